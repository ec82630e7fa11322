use bytes::Bytes;
use hex_literal::hex;
use proptest::prelude::*;
use rstest::rstest;

use super::*;

/// Another than the default, to see that something is drawn.
const SEED: u64 = 5;

/// An altered message of the wire.
fn touched(how: Retouch, bytes: &[u8]) -> Option<Bytes> {
    let data = Data::binary(Bytes::copy_from_slice(bytes));
    retouch(how, "", &data, &mut Ids::new(SEED)).map(|data| joined(&data))
}

fn frame_of(bytes: &Bytes) -> Frame {
    frame::decode(Side::Server, bytes).unwrap()
}

fn front_end(compression: Compression) -> Vec<u8> {
    let mut frame = Frame::new(Kind::FrontEnd, Serialization::Json, Bytes::new());
    frame.compression = compression;
    let json = r#"{"duration":"40","frontend":"{\"words\":[],\"phonemes\":[]}"}"#;
    frame.payload = compression.pack(json.as_bytes().to_vec());
    frame.encode().to_vec()
}

fn error(compression: Compression) -> Vec<u8> {
    let shape = crate::volcengine::error::Shape::Json;
    let frame = ServiceError::Busy.frame("r1", shape, compression);
    frame.encode().to_vec()
}

const ACK: [u8; 8] = hex!("11 b0 00 00 00 00 00 00");
const AUDIO: [u8; 16] = hex!("11 b1 00 00 00 00 00 01 00 00 00 04 01 02 03 04");
const THIRD: [u8; 16] = hex!("11 b1 00 00 00 00 00 03 00 00 00 04 01 02 03 04");
const LAST: [u8; 14] = hex!("11 b3 00 00 ff ff ff fe 00 00 00 02 05 06");

#[rstest]
#[case::first_skips(Retouch::BadSequence, &AUDIO, &hex!("11 b1 00 00 00 00 00 02 00 00 00 04 01 02 03 04"))]
#[case::later_repeats(Retouch::BadSequence, &THIRD, &hex!("11 b1 00 00 00 00 00 02 00 00 00 04 01 02 03 04"))]
#[case::last_loses_its_sign(Retouch::BadSequence, &LAST, &hex!("11 b3 00 00 00 00 00 02 00 00 00 02 05 06"))]
#[case::more_declared(Retouch::SizeLies(1), &LAST, &hex!("11 b3 00 00 ff ff ff fe 00 00 00 03 05 06"))]
#[case::fewer_declared(Retouch::SizeLies(-1), &LAST, &hex!("11 b3 00 00 ff ff ff fe 00 00 00 01 05 06"))]
#[case::never_below_nothing(Retouch::SizeLies(-9), &LAST, &hex!("11 b3 00 00 ff ff ff fe 00 00 00 00 05 06"))]
#[case::size_of_nothing(Retouch::SizeLies(4096), &ACK, &hex!("11 b0 00 00 00 00 10 00"))]
#[case::cut_payload(Retouch::Truncated(1), &LAST, &hex!("11 b3 00 00 ff ff ff fe 00 00 00 02 05"))]
#[case::cut_header(Retouch::Truncated(11), &LAST, &hex!("11 b3 00"))]
#[case::cut_to_nothing(Retouch::Truncated(u64::MAX), &LAST, &[])]
#[case::silent_end(Retouch::WithoutAudio, &LAST, &hex!("11 b3 00 00 ff ff ff fe 00 00 00 00"))]
#[case::silent_audio(Retouch::WithoutAudio, &AUDIO, &hex!("11 b1 00 00 00 00 00 01 00 00 00 00"))]
#[case::end_as_audio(Retouch::NotLast, &LAST, &hex!("11 b1 00 00 00 00 00 02 00 00 00 02 05 06"))]
#[case::audio_is_not_last(Retouch::NotLast, &AUDIO, &AUDIO)]
#[case::over_and_over(Retouch::Grown(16), &LAST, &hex!("11 b3 00 00 ff ff ff fe 00 00 00 04 05 06 05 06"))]
#[case::says_gzip(Retouch::GzipFlagMismatch, &LAST, &hex!("11 b3 01 00 ff ff ff fe 00 00 00 02 05 06"))]
#[case::error_text(Retouch::GzipErrorPayload, &AUDIO, &hex!("11 f0 11 00 00 00 0b d7 00 00 00 10 70 72 6f 63 65 73 73 69 6e 67 20 65 72 72 6f 72"))]
fn bytes_are_altered_so(#[case] how: Retouch, #[case] bytes: &[u8], #[case] expected: &[u8]) {
    assert_eq!(touched(how, bytes).unwrap()[..], expected[..]);
}

#[rstest]
#[case::no_json(Retouch::ExtraFields, &AUDIO)]
#[case::no_id(Retouch::ForeignId, &LAST)]
#[case::nothing_to_cut(Retouch::MalformedJson, &AUDIO)]
#[case::nothing_to_list(Retouch::NonObjectJson, &ACK)]
#[case::no_sequence(Retouch::BadSequence, &ACK)]
#[case::no_end(Retouch::NotLast, &ACK)]
#[case::no_audio(Retouch::WithoutAudio, &ACK)]
#[case::no_payload(Retouch::GzipFlagMismatch, &ACK)]
#[case::no_body(Retouch::GzipCorrupt, &ACK)]
#[case::no_trailer(Retouch::BadGzipChecksum, &ACK)]
#[case::long_enough(Retouch::Grown(14), &LAST)]
#[case::no_page(Retouch::BadPageChecksum, &LAST)]
#[case::no_lie(Retouch::SizeLies(0), &LAST)]
#[case::no_cut(Retouch::Truncated(0), &LAST)]
#[case::no_frame(Retouch::SizeLies(1), b"{}")]
fn what_cannot_be_altered_is_left(#[case] how: Retouch, #[case] bytes: &[u8]) {
    assert_eq!(touched(how, bytes), None);
}

#[rstest]
#[case::plain(Compression::None)]
#[case::gzip(Compression::Gzip)]
fn json_is_altered_inside_and_sealed_again(#[case] compression: Compression) {
    let read = |how, bytes: Vec<u8>| {
        let frame = frame_of(&touched(how, &bytes).unwrap());
        assert_eq!(frame.compression, compression);
        String::from_utf8(frame.inflated().unwrap().into_owned()).unwrap()
    };
    let extended = read(Retouch::ExtraFields, error(compression));
    let start =
        r#"{"reqid":"r1","code":3005,"message":"backend service is busy","log_id":"20260101000000"#;
    assert!(extended.starts_with(start), "{extended}");
    assert!(extended.ends_with(r#","trace":{"region":null,"stages":["frontend"]}}"#));
    let foreign = json::parse(&read(Retouch::ForeignId, error(compression))).unwrap();
    let members = foreign.value.members().unwrap();
    assert_eq!(members.len(), 3);
    assert_eq!(members[0].1.as_str(), Some(Ids::new(SEED).uuid().as_str()));
    let foreign = read(Retouch::ForeignId, front_end(compression));
    assert!(foreign.starts_with(r#"{"reqid":""#) && foreign.contains(r#""duration":"40""#));
    assert_eq!(
        read(Retouch::MalformedJson, error(compression)),
        r#"{"reqid":"r1","code":3005,"mess"#
    );
    assert_eq!(
        read(Retouch::NonObjectJson, error(compression)),
        r#"[{"reqid":"r1","code":3005,"message":"backend service is busy"}]"#
    );
}

#[test]
fn json_is_cut_between_characters() {
    let mut frame = Frame::new(Kind::FrontEnd, Serialization::Json, Bytes::new());
    for length in 1..8 {
        let json = format!("{{\"a\":\"{}\"}}", "语".repeat(length));
        frame.payload = json.clone().into();
        let cut = touched(Retouch::MalformedJson, &frame.encode()).unwrap();
        let cut = frame_of(&cut).payload;
        assert!(json.starts_with(std::str::from_utf8(&cut).unwrap()));
        assert!(json::parse(std::str::from_utf8(&cut).unwrap()).is_err());
    }
}

#[rstest]
#[case::of_plain(error(Compression::None))]
#[case::of_gzip(error(Compression::Gzip))]
#[case::of_audio(AUDIO.to_vec())]
fn a_broken_gzip_body_keeps_its_size_and_never_inflates(#[case] bytes: Vec<u8>) {
    for how in [Retouch::GzipCorrupt, Retouch::BadGzipChecksum] {
        for seed in 0..200 {
            let data = Data::binary(Bytes::copy_from_slice(&bytes));
            let touched = retouch(how, "", &data, &mut Ids::new(seed)).unwrap();
            let frame = frame_of(&joined(&touched));
            assert_eq!(frame.compression, Compression::Gzip);
            assert_eq!(frame.payload[..4], [0x1f, 0x8b, 8, 0]);
            assert!(frame.inflated().is_err(), "{how:?} {seed}");
        }
    }
}

#[test]
fn a_wrong_checksum_is_all_that_is_wrong() {
    let whole = frame_of(&Bytes::from(error(Compression::Gzip))).payload;
    let spoilt = touched(Retouch::BadGzipChecksum, &error(Compression::Gzip)).unwrap();
    let spoilt = frame_of(&spoilt).payload;
    let pairs = whole.iter().zip(&spoilt).enumerate();
    let differ: Vec<usize> = pairs.filter(|(_, (a, b))| a != b).map(|(n, _)| n).collect();
    assert_eq!(differ, [whole.len() - 8]);
}

#[rstest]
#[case::gzip_said_to_be_plain(Compression::Gzip, 0x10)]
#[case::plain_said_to_be_gzip(Compression::None, 0x11)]
fn only_the_nibble_lies(#[case] compression: Compression, #[case] third: u8) {
    let bytes = error(compression);
    let touched = touched(Retouch::GzipFlagMismatch, &bytes).unwrap();
    assert_eq!(touched[2], third);
    assert_eq!(touched[..2], bytes[..2]);
    assert_eq!(touched[3..], bytes[3..]);
}

#[test]
fn the_text_of_an_error_stays_under_a_nibble_that_lies() {
    let touched = touched(Retouch::GzipErrorPayload, &error(Compression::Gzip)).unwrap();
    assert_eq!(touched[..8], hex!("11 f0 11 00 00 00 0b bd"));
    assert!(touched[12..].starts_with(br#"{"reqid":"r1","code":3005"#));
}

/// Every alteration, with what it takes.
fn any_retouch() -> impl Strategy<Value = Retouch> {
    prop_oneof![
        Just(Retouch::ExtraFields),
        Just(Retouch::ForeignId),
        Just(Retouch::MalformedJson),
        Just(Retouch::NonObjectJson),
        Just(Retouch::GzipFlagMismatch),
        Just(Retouch::GzipErrorPayload),
        Just(Retouch::GzipCorrupt),
        Just(Retouch::BadGzipChecksum),
        Just(Retouch::BadSequence),
        any::<i64>().prop_map(Retouch::SizeLies),
        any::<u64>().prop_map(Retouch::Truncated),
        Just(Retouch::WithoutAudio),
        Just(Retouch::NotLast),
        (0_u64..300).prop_map(Retouch::Grown),
        Just(Retouch::BadPageChecksum),
    ]
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        how in any_retouch(),
        header in prop::option::of((0x90_u8..=0xff, 0_u8..=0x11)),
        mut bytes in prop::collection::vec(any::<u8>(), 0..80),
        at in 0_usize..80,
    ) {
        // Half of the time the bytes begin as a frame does.
        if let (Some((second, third)), true) = (header, bytes.len() > 12) {
            bytes[..4].copy_from_slice(&[0x11, second, third, 0]);
        }
        let bytes = Bytes::from(bytes);
        let at = at.min(bytes.len());
        let data = Data::framed(bytes.slice(..at), bytes.slice(at..));
        let one = retouch(how, "audio", &data, &mut Ids::new(1));
        let two = retouch(how, "audio", &data, &mut Ids::new(1));
        prop_assert_eq!(one, two, "the seed decides");
    }

    #[test]
    fn audio_can_always_be_misnumbered_and_mislabelled(
        sequence in any::<i32>(),
        payload in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let mut frame = Frame::new(Kind::AudioOnlyServer, Serialization::Raw, payload.into());
        frame.sequence = Some(sequence);
        for how in [Retouch::BadSequence, Retouch::GzipFlagMismatch, Retouch::GzipCorrupt] {
            let bytes = frame.encode();
            let altered = touched(how, &bytes).unwrap();
            if sequence != 0 || how != Retouch::BadSequence {
                prop_assert_ne!(altered, bytes);
            }
        }
    }
}
