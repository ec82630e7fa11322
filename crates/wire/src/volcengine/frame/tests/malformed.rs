//! What is no frame, and what the error says.

use bytes::Bytes;
use hex_literal::hex;
use rstest::rstest;

use super::super::{Body, decode, resembles};
use crate::error::ErrorKind;
use crate::gzip;
use crate::session::Side;

#[rstest]
#[case::nothing(&hex!(""), "byte 0: version: 1 bytes needed, 0 remain")]
#[case::one_byte(&hex!("11"), "byte 1: message type: 1 bytes needed, 0 remain")]
#[case::two_bytes(&hex!("1110"), "byte 2: serialization: 1 bytes needed, 0 remain")]
#[case::three_bytes(&hex!("111010"), "byte 3: reserved: 1 bytes needed, 0 remain")]
#[case::header_alone(&hex!("11b00000"), "byte 4: payload size: 4 bytes needed, 0 remain")]
#[case::size_cut(&hex!("11b00000 0000"), "byte 4: payload size: 4 bytes needed, 2 remain")]
#[case::sequence_cut(&hex!("11b10000 0000"), "byte 4: sequence: 4 bytes needed, 2 remain")]
#[case::code_cut(&hex!("11f01000 0000"), "byte 4: error code: 4 bytes needed, 2 remain")]
#[case::event_cut(&hex!("11941000 0000"), "byte 4: event: 4 bytes needed, 2 remain")]
#[case::extension_cut(&hex!("12b10000 dead"), "byte 4: extension: 4 bytes needed, 2 remain")]
#[case::four_gibibytes(&hex!("11101000 ffffffff 7b7d7d"), "byte 4: payload size: 4294967295 bytes declared, 3 remain")]
#[case::id_too_long(&hex!("11941000 00000096 00000100 0000"), "byte 8: session id size: 256 bytes declared, 2 remain")]
#[case::connect_id_too_long(&hex!("11941000 00000032 00000100 0000"), "byte 8: connect id size: 256 bytes declared, 2 remain")]
#[case::version_0(&hex!("01101000 00000000"), "byte 0: version: 0x0 is not defined")]
#[case::version_5(&hex!("51101000 00000000"), "byte 0: version: 0x5 is not defined")]
#[case::no_header(&hex!("10101000 00000000"), "byte 0: header size: 0 words declared, at least 1 needed")]
#[case::endless_header(&hex!("1f101000 00000000"), "byte 0: header size: 0xf puts the true size into the extension, in a form that is nowhere defined")]
#[case::type_0(&hex!("11001000 00000000"), "byte 1: message type: 0x0 is not defined")]
#[case::type_5(&hex!("11501000 00000000"), "byte 1: message type: 0x5 is not defined")]
#[case::flag_8(&hex!("11181000 00000000"), "byte 1: flags: 0x8 is not defined")]
#[case::serialization_4(&hex!("11104000 00000000"), "byte 2: serialization: 0x4 is not defined")]
#[case::compression_2(&hex!("11101200 00000000"), "byte 2: compression: 0x2 is not defined")]
fn an_error_says_where_and_what(#[case] bytes: &'static [u8], #[case] text: &str) {
    let error = decode(Side::Server, &Bytes::from_static(bytes)).unwrap_err();
    assert_eq!(error.to_string(), text);
}

/// Declared and there: only what agrees exactly is a frame, at the edges of every width.
#[rstest]
fn a_size_is_compared_exactly(
    #[values(
        0,
        1,
        0xff,
        0xffff,
        0x1_0000,
        0x1_0001,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff
    )]
    declared: u32,
    #[values(0, 1, 0xff, 0xffff, 0x1_0000, 0x1_0001)] there: usize,
) {
    let head = [&[0x11, 0x20, 0, 0][..], &declared.to_be_bytes()].concat();
    let bytes = Bytes::from([head, vec![0; there]].concat());
    let size = usize::try_from(declared).unwrap();
    let expected = match size.cmp(&there) {
        std::cmp::Ordering::Equal => Ok(there),
        std::cmp::Ordering::Greater => Err((ErrorKind::Length, 4)),
        std::cmp::Ordering::Less => Err((ErrorKind::Trailing, 8 + size)),
    };
    let found = decode(Side::Client, &bytes).map(|frame| frame.payload.len());
    assert_eq!(found.map_err(|error| (error.kind, error.offset)), expected);
}

/// Exhaustive: every value of every byte of the header. An undefined nibble is refused where it stands,
/// a reserved one is without effect.
#[test]
fn every_undefined_nibble_is_refused_at_its_byte() {
    for at in 0..4 {
        for value in 0..=u8::MAX {
            let mut bytes = bytes_of("11101000 00000002 7b7d").to_vec();
            bytes[at] = value;
            match decode(Side::Client, &bytes.into()) {
                Ok(frame) => assert_eq!(frame.encode()[at], value),
                Err(error) if error.kind == ErrorKind::Undefined => assert_eq!(error.offset, at),
                Err(error) => assert!(at < 2 && error.offset >= 4, "{at} {value:#x}: {error}"),
            }
        }
    }
}

#[rstest]
#[case::plain_json(
    "11101000 00000001 7b",
    ErrorKind::Json,
    "byte 9: payload: not JSON: EOF while parsing an object"
)]
#[case::not_utf8(
    "11101000 00000002 22ff",
    ErrorKind::Utf8,
    "byte 9: payload: not UTF-8 at byte 1 of the text"
)]
#[case::no_gzip(
    "11101100 00000002 7b7d",
    ErrorKind::Compression,
    "byte 8: payload: does not inflate: "
)]
fn a_payload_that_is_not_what_it_should_be(
    #[case] digits: &str,
    #[case] kind: ErrorKind,
    #[case] text: &str,
) {
    let frame = decode(Side::Client, &bytes_of(digits)).unwrap();
    let error = frame.body().unwrap_err();
    assert_eq!(error.kind, kind);
    assert!(error.to_string().starts_with(text), "{error}");
}

#[test]
fn inflated_json_is_placed_at_the_payload() {
    let packed = gzip::deflate(b"{\"a\":1,}");
    let mut bytes = hex!("11101100 00000000").to_vec();
    bytes[7] = u8::try_from(packed.len()).unwrap();
    bytes.extend(packed);
    let error = decode(Side::Client, &bytes.into())
        .unwrap()
        .json()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 8: payload: not JSON: trailing comma at byte 7 of the inflated text"
    );
}

#[rstest]
#[case::raw_text("11900000 00000002 6869", Body::Text("hi".to_owned()))]
#[case::raw_bytes("11900000 00000001 ff", Body::Bytes(1))]
#[case::protobuf("11902000 00000001 08", Body::Bytes(1))]
#[case::thrift("11903000 00000001 08", Body::Bytes(1))]
#[case::custom("1190f000 00000001 08", Body::Bytes(1))]
#[case::custom_compression("11901f00 00000001 08", Body::Bytes(1))]
#[case::plain_error("11f01000 00000bb9 00000002 6e6f", Body::Text("no".to_owned()))]
#[case::audio_that_says_json("11201000 00000002 7b7d", Body::Bytes(2))]
#[case::nothing("11b00000 00000000", Body::Empty)]
fn a_payload_is_read_by_type_and_serialization(#[case] digits: &str, #[case] body: Body) {
    let frame = decode(Side::Server, &bytes_of(digits)).unwrap();
    assert_eq!(frame.body(), Ok(body));
}

#[test]
fn flag_2_has_no_sequence_from_either_side() {
    for side in [Side::Client, Side::Server] {
        let frame = decode(side, &bytes_of("11220000 00000001 00")).unwrap();
        assert_eq!((frame.sequence, frame.flags()), (None, 2));
        assert!(decode(side, &bytes_of("11b20000 ffffffff 00000001 00")).is_err());
    }
}

#[rstest]
#[case::five("11950000 00000001 00000096 00000001 73 00000000", Some(1), 5)]
#[case::six("11960000 00000096 00000001 73 00000000", None, 6)]
#[case::seven("11970000 fffffffe 00000096 00000001 73 00000000", Some(-2), 7)]
fn combined_flags_have_their_fields_in_order(
    #[case] digits: &str,
    #[case] sequence: Option<i32>,
    #[case] flags: u8,
) {
    let frame = decode(Side::Server, &bytes_of(digits)).unwrap();
    assert_eq!((frame.sequence, frame.flags()), (sequence, flags));
    let event = frame.event.unwrap();
    assert_eq!(
        (event.number(), event.name()),
        (150, Some("SessionStarted"))
    );
    assert_eq!(event.session_id().unwrap(), "s");
}

#[test]
fn only_the_server_names_connections() {
    let digits = "11941000 00000032 00000000";
    let frame = decode(Side::Client, &bytes_of(digits)).unwrap();
    assert_eq!(frame.event.unwrap().connect_id(), None);
    assert!(decode(Side::Server, &bytes_of(digits)).is_err());
}

#[rstest]
#[case::ack("11b00000 00000000", true)]
#[case::json("7b227265", false)]
#[case::short("11b00000", false)]
#[case::undefined("11b04000 00000000", false)]
fn frames_are_told_from_other_bytes(#[case] digits: &str, #[case] is_frame: bool) {
    assert_eq!(resembles(&bytes_of(digits)), is_frame);
}

fn bytes_of(digits: &str) -> Bytes {
    let digits: String = digits.split_whitespace().collect();
    (0..digits.len() / 2)
        .map(|n| u8::from_str_radix(&digits[n * 2..n * 2 + 2], 16).unwrap())
        .collect::<Vec<u8>>()
        .into()
}
