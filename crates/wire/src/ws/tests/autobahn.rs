//! The case classes of the Autobahn test suite 0.10.9, as far as they concern reading: numbers are its own. Every
//! stream is read as client and as server, whole, in pieces of 997 bytes and byte by byte. Class 12 and 13 need an
//! extension that is never negotiated here.

use super::{drain, read, read_bytewise, stream, told};
use crate::ws::{Event, Limits, Receiver, Role};
use rstest::rstest;

type Frames<'a> = &'a [(u8, &'a [u8])];

/// First byte and payload.
const fn frame(first: u8, payload: &[u8]) -> (u8, &[u8]) {
    (first, payload)
}

/// What is told of the frames, without offsets, which differ between the roles.
fn outcome(frames: Frames<'_>) -> Vec<String> {
    let limits = Limits::default();
    let mut outcomes = [Role::Server, Role::Client].map(|role| {
        let bytes = stream(role, frames);
        let whole = read(role, limits, &bytes);
        let mut receiver = Receiver::new(role, limits);
        bytes.chunks(997).for_each(|chunk| receiver.push(chunk));
        assert_eq!(drain(&mut receiver), whole);
        if bytes.len() < 100_000 {
            assert_eq!(read_bytewise(role, limits, &bytes), whole);
        }
        told(&whole)
            .iter()
            .map(|word| without_offset(word))
            .collect::<Vec<_>>()
    });
    assert_eq!(outcomes[0], outcomes[1]);
    std::mem::take(&mut outcomes[0])
}

fn without_offset(word: &str) -> String {
    match word
        .split_once('@')
        .map(|(kind, rest)| (kind, rest.split_once(':')))
    {
        Some((kind, Some((_, cost)))) => format!("{kind}:{cost}"),
        _ => word.into(),
    }
}

#[rstest]
#[case::empty(0)]
#[case::longest_in_7_bits(125)]
#[case::shortest_in_16_bits(126)]
#[case::no_marker(127)]
#[case::no_sign_bit(128)]
#[case::longest_in_16_bits(65535)]
#[case::shortest_in_64_bits(65536)]
fn class_1_payload_lengths(#[case] length: usize) {
    let text = vec![b'*'; length];
    let expected = if length > 0 {
        format!("text:{length}")
    } else {
        "text:".into()
    };
    assert_eq!(outcome(&[frame(0x81, &text)]), [expected]);
    assert_eq!(
        outcome(&[frame(0x82, &vec![0xFE; length])]),
        [format!("binary:{length}")]
    );
}

#[rstest]
#[case::c2_1_empty(&[frame(0x89, b"")], &["ping:0"])]
#[case::c2_2_text(&[frame(0x89, b"Hello, world!")], &["ping:13"])]
#[case::c2_3_bytes(&[frame(0x89, &[0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF])], &["ping:8"])]
#[case::c2_4_longest(&[frame(0x89, &[0xFE; 125])], &["ping:125"])]
#[case::c2_5_too_long(&[frame(0x89, &[0xFE; 126])], &["ControlTooLong:1002"])]
#[case::c2_7_unasked_pong(&[frame(0x8A, b"")], &["pong:0"])]
#[case::c2_8_unasked_pong_with_payload(&[frame(0x8A, b"unasked")], &["pong:7"])]
#[case::c2_9_pong_then_ping(&[frame(0x8A, b"unasked"), frame(0x89, b"ping")], &["pong:7", "ping:4"])]
#[case::c2_10_several(&[frame(0x89, b"0"), frame(0x89, b"01"), frame(0x89, b"012")], &["ping:1", "ping:2", "ping:3"])]
fn class_2_pings_and_pongs(#[case] frames: Frames<'_>, #[case] expected: &[&str]) {
    assert_eq!(outcome(frames), expected);
}

#[rstest]
#[case::c3_1_rsv3(&[frame(0x91, b"Hello"), frame(0x89, b"")], &["ReservedBits:1002"])]
#[case::c3_2_rsv2(&[frame(0x81, b"Hello"), frame(0xA1, b"Hello"), frame(0x89, b"")], &["text:Hello", "ReservedBits:1002"])]
#[case::c3_3_rsv2_3(&[frame(0x81, b"Hello"), frame(0xB1, b"Hello"), frame(0x89, b"")], &["text:Hello", "ReservedBits:1002"])]
#[case::c3_4_rsv1(&[frame(0x81, b"Hello"), frame(0xC1, b"Hello"), frame(0x89, b"")], &["text:Hello", "ReservedBits:1002"])]
#[case::c3_5_binary(&[frame(0xD2, &[0, 255])], &["ReservedBits:1002"])]
#[case::c3_6_ping(&[frame(0xE9, b"Hello")], &["ReservedBits:1002"])]
#[case::c3_7_close(&[frame(0xF8, b"")], &["ReservedBits:1002"])]
fn class_3_reserved_bits(#[case] frames: Frames<'_>, #[case] expected: &[&str]) {
    assert_eq!(outcome(frames), expected);
}

#[rstest]
fn class_4_reserved_opcodes(
    #[values(0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)] opcode: u8,
    #[values(b"" as &[u8], b"payload")] payload: &[u8],
) {
    let first = 0x80 | opcode;
    assert_eq!(outcome(&[frame(first, payload)]), ["ReservedOpcode:1002"]);
    let frames: Frames<'_> = &[
        frame(0x81, b"Hello"),
        frame(first, payload),
        frame(0x89, b""),
    ];
    assert_eq!(outcome(frames), ["text:Hello", "ReservedOpcode:1002"]);
}

#[rstest]
#[case::c5_1_ping(&[frame(0x09, b"frag"), frame(0x80, b"ment")], &["ControlFragmented:1002"])]
#[case::c5_2_pong(&[frame(0x0A, b"frag"), frame(0x80, b"ment")], &["ControlFragmented:1002"])]
#[case::c5_3_text(&[frame(0x01, b"frag"), frame(0x80, b"ment")], &["text:fragment"])]
#[case::c5_6_ping_between(&[frame(0x01, b"frag"), frame(0x89, b"!"), frame(0x80, b"ment")], &["ping:1", "text:fragment"])]
#[case::c5_9_nothing_to_continue(&[frame(0x80, b"a"), frame(0x81, b"b")], &["ContinuationWithoutStart:1002"])]
#[case::c5_12_nothing_to_continue(&[frame(0x00, b"a"), frame(0x81, b"b")], &["ContinuationWithoutStart:1002"])]
#[case::c5_15_after_a_whole_one(
    &[frame(0x01, b"frag"), frame(0x80, b"ment"), frame(0x00, b"a"), frame(0x81, b"b")],
    &["text:fragment", "ContinuationWithoutStart:1002"]
)]
#[case::c5_16_before_a_fragment(&[frame(0x00, b"a"), frame(0x01, b"b"), frame(0x80, b"c")], &["ContinuationWithoutStart:1002"])]
#[case::c5_17_before_a_fragment(&[frame(0x80, b"a"), frame(0x01, b"b"), frame(0x80, b"c")], &["ContinuationWithoutStart:1002"])]
#[case::c5_18_two_starts(&[frame(0x01, b"frag"), frame(0x81, b"ment")], &["MessageInterleaved:1002"])]
#[case::c5_19_pings_between(
    &[frame(0x01, b"1"), frame(0x00, b"2"), frame(0x89, b"ping 1"), frame(0x00, b"3"), frame(0x00, b"4"), frame(0x89, b"ping 2"), frame(0x80, b"5")],
    &["ping:6", "ping:6", "text:12345"]
)]
fn class_5_fragmentation(#[case] frames: Frames<'_>, #[case] expected: &[&str]) {
    assert_eq!(outcome(frames), expected);
}

const KOSME: &[u8] = "κ\u{1F79}σμε".as_bytes();

#[rstest]
#[case::c6_1_1_empty(&[frame(0x81, b"")], &["text:"])]
#[case::c6_1_2_empty_fragments(&[frame(0x01, b""), frame(0x00, b""), frame(0x80, b"")], &["text:"])]
#[case::c6_1_3_one_not_empty(&[frame(0x01, b""), frame(0x00, b"middle"), frame(0x80, b"")], &["text:middle"])]
#[case::c6_2_1_whole(&[frame(0x81, KOSME)], &["text:κ\u{1F79}σμε"])]
#[case::c6_2_2_between_characters(&[frame(0x01, KOSME.split_at(5).0), frame(0x80, KOSME.split_at(5).1)], &["text:κ\u{1F79}σμε"])]
#[case::c6_2_3_inside_a_character(&[frame(0x01, KOSME.split_at(4).0), frame(0x80, KOSME.split_at(4).1)], &["text:κ\u{1F79}σμε"])]
#[case::c6_3_1_surrogate(&[frame(0x81, b"\xCE\xBA\xED\xA0\x80edited")], &["BadUtf8:1007"])]
#[case::c6_3_2_in_fragments(&[frame(0x01, b"\xED"), frame(0x00, b"\xA0"), frame(0x00, b"\x80"), frame(0x80, b"e")], &["BadUtf8:1007"])]
#[case::c6_6_half_character(&[frame(0x01, b"\xCE\xBA\xE1\xBD"), frame(0x80, b"")], &["BadUtf8:1007"])]
#[case::ping_inside_a_character(&[frame(0x01, b"\xE2"), frame(0x89, b"\xFF"), frame(0x80, b"\x82\xAC")], &["ping:1", "text:€"])]
#[case::binary_is_not_checked(&[frame(0x82, b"\xFF\xED\xA0")], &["binary:3"])]
fn class_6_utf8(#[case] frames: Frames<'_>, #[case] expected: &[&str]) {
    assert_eq!(outcome(frames), expected);
}

/// Bytes of text after which it is certain that no UTF-8 can come of it.
#[rstest]
#[case::c6_4_1_second_frame(&[KOSME, b"\xF4\x90\x80\x80", b"edited"], 13)]
#[case::c6_4_2_second_frame_ends_inside(&[KOSME, b"\xF4\x90", b"\x80\x80edited"], 13)]
#[case::c6_4_3_one_frame(&[b"\xCE\xBA\xF4\x90\x80\x80edited" as &[u8]], 4)]
#[case::first_byte_of_the_next_frame(&[b"\xE2\x82" as &[u8], b"\x41"], 3)]
fn class_6_4_fails_fast(#[case] fragments: &[&[u8]], #[case] certain_after: usize) {
    let mut receiver = Receiver::new(Role::Client, Limits::default());
    let mut text_bytes = 0;
    for (n, fragment) in fragments.iter().enumerate() {
        let first = if n == 0 { 0x01 } else { 0x00 };
        let frame = stream(Role::Client, &[frame(first, fragment)]);
        let (head, payload) = frame.split_at(frame.len() - fragment.len());
        receiver.push(head);
        for byte in payload {
            receiver.push(&[*byte]);
            text_bytes += 1;
            assert_eq!(
                receiver.is_broken(),
                text_bytes >= certain_after,
                "after {text_bytes} bytes"
            );
        }
    }
}

/// After Markus Kuhn's decoder stress test.
#[rstest]
fn classes_6_5_to_6_23_valid(
    #[values(
        "hello$world",
        "hello¢world",
        "hello€world",
        "hello𤭢world",
        "κ\u{1F79}σμε",
        "\0",
        "\u{80}",
        "\u{800}",
        "\u{10000}",
        "\u{7F}",
        "\u{7FF}",
        "\u{FFFF}",
        "\u{10FFFF}",
        "\u{D7FF}",
        "\u{E000}",
        "\u{FFFD}",
        "\u{FFFE}",
        "\u{1FFFE}",
        "\u{2FFFF}",
        "\u{3FFFE}",
        "\u{FFFFF}",
        "\u{10FFFE}",
        "\u{FFF9}",
        "\u{FFFA}",
        "\u{FFFB}",
        "\u{FFFC}"
    )]
    text: &str,
) {
    assert_eq!(
        outcome(&[frame(0x81, text.as_bytes())]),
        [format!("text:{text}")]
    );
    for cut in 0..=text.len() {
        let (first, second) = text.as_bytes().split_at(cut);
        assert_eq!(
            outcome(&[frame(0x01, first), frame(0x80, second)]),
            [format!("text:{text}")]
        );
    }
}

#[rstest]
#[case::five_bytes(b"\xF8\x88\x80\x80\x80")]
#[case::six_bytes(b"\xFC\x84\x80\x80\x80\x80")]
#[case::above_the_last_plane(b"\xF7\xBF\xBF\xBF")]
#[case::just_above_the_last(b"\xF4\x90\x80\x80")]
#[case::lone_continuation(b"\x80")]
#[case::last_continuation(b"\xBF")]
#[case::two_continuations(b"\x80\xBF")]
#[case::lone_start_of_two(b"\xC2 \xDF ")]
#[case::lone_start_of_three(b"\xE0 \xEF ")]
#[case::lone_start_of_four(b"\xF0 \xF4 ")]
#[case::last_of_two_missing(b"\xDF")]
#[case::last_of_three_missing(b"\xEF\xBF")]
#[case::last_of_four_missing(b"\xF1\xBF\xBF")]
#[case::incomplete_ones_in_a_row(b"\xDF\xEF\xBF\xF1\xBF\xBF")]
#[case::fe(b"\xFE")]
#[case::ff(b"\xFF")]
#[case::overlong_slash_in_two(b"\xC0\xAF")]
#[case::overlong_slash_in_three(b"\xE0\x80\xAF")]
#[case::overlong_slash_in_four(b"\xF0\x80\x80\xAF")]
#[case::largest_overlong_in_two(b"\xC1\xBF")]
#[case::largest_overlong_in_three(b"\xE0\x9F\xBF")]
#[case::largest_overlong_in_four(b"\xF0\x8F\xBF\xBF")]
#[case::overlong_nul(b"\xC0\x80")]
#[case::first_high_surrogate(b"\xED\xA0\x80")]
#[case::last_high_surrogate(b"\xED\xAF\xBF")]
#[case::first_low_surrogate(b"\xED\xB0\x80")]
#[case::last_low_surrogate(b"\xED\xBF\xBF")]
#[case::pair_of_surrogates(b"\xED\xA0\x80\xED\xB0\x80")]
fn classes_6_5_to_6_23_invalid(#[case] text: &[u8]) {
    assert_eq!(outcome(&[frame(0x81, text)]), ["BadUtf8:1007"]);
    for cut in 0..=text.len() {
        let (first, second) = text.split_at(cut);
        assert_eq!(
            outcome(&[frame(0x01, first), frame(0x80, second)]),
            ["BadUtf8:1007"],
            "cut at {cut}"
        );
    }
}

#[rstest]
#[case::c7_1_1_message_then_close(&[frame(0x81, b"Hello"), frame(0x88, b"\x03\xE8")], &["text:Hello", "close:1000:"])]
#[case::c7_1_2_two_closes(&[frame(0x88, b""), frame(0x88, b"")], &["close", "DataAfterClose:goes-on"])]
#[case::c7_1_3_ping_after_close(&[frame(0x88, b""), frame(0x89, b"")], &["close", "DataAfterClose:goes-on"])]
#[case::c7_1_4_text_after_close(&[frame(0x88, b""), frame(0x81, b"a")], &["close", "DataAfterClose:goes-on"])]
#[case::c7_1_5_close_between_fragments(
    &[frame(0x01, b"frag"), frame(0x88, b""), frame(0x80, b"ment")],
    &["close", "DataAfterClose:goes-on"]
)]
#[case::c7_1_6_large_message_first(
    &[frame(0x81, &[b'*'; 256 << 10]), frame(0x88, b"\x03\xE8"), frame(0x89, b"")],
    &["text:262144", "close:1000:", "DataAfterClose:goes-on"]
)]
#[case::c7_3_1_empty(&[frame(0x88, b"")], &["close"])]
#[case::c7_3_2_one_byte(&[frame(0x88, b"a")], &["CloseOneByte:1002"])]
#[case::c7_3_3_code(&[frame(0x88, b"\x03\xE8")], &["close:1000:"])]
#[case::c7_3_4_reason(&[frame(0x88, b"\x03\xE8Hello World!")], &["close:1000:Hello World!"])]
#[case::c7_3_6_reason_too_long(&[frame(0x88, &[3; 126])], &["ControlTooLong:1002"])]
#[case::c7_5_1_reason_not_utf8(&[frame(0x88, b"\x03\xE8\xCE\xBA\xED\xA0\x80edited")], &["CloseBadUtf8:1007"])]
fn class_7_close(#[case] frames: Frames<'_>, #[case] expected: &[&str]) {
    assert_eq!(outcome(frames), expected);
}

#[test]
fn class_7_3_5_longest_reason() {
    let payload = [b"\x03\xE8" as &[u8], &[b'*'; 123]].concat();
    assert_eq!(
        outcome(&[frame(0x88, &payload)]),
        [format!("close:1000:{}", "*".repeat(123))]
    );
}

/// 7.7 and 7.9; the IANA registry has given out 1012–1014 since, and 7.13 leaves 5000 and above open.
#[test]
fn class_7_7_to_7_13_close_codes() {
    for code in 0..=u16::MAX {
        let defined = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
        let expected = if defined {
            format!("close:{code}:")
        } else {
            "CloseBadCode:1002".into()
        };
        let bytes = stream(Role::Client, &[frame(0x88, &code.to_be_bytes())]);
        let found = told(&read(Role::Client, Limits::default(), &bytes));
        assert_eq!(
            found
                .iter()
                .map(|word| without_offset(word))
                .collect::<Vec<_>>(),
            [expected]
        );
    }
}

#[rstest]
fn class_9_large_messages(#[values(64 << 10, 1 << 20, 16 << 20)] length: usize) {
    let payload = vec![b'*'; length];
    assert_eq!(
        outcome(&[frame(0x81, &payload)]),
        [format!("text:{length}")]
    );
    assert_eq!(
        outcome(&[frame(0x82, &payload)]),
        [format!("binary:{length}")]
    );
    let too_long = vec![b'*'; (16 << 20) + 1];
    assert_eq!(outcome(&[frame(0x82, &too_long)]), ["FrameTooLarge:1009"]);
}

/// 9.3 and 9.4, and 10.1 with its pieces of 1300 bytes.
#[rstest]
#[case(4 << 20, 64)]
#[case(4 << 20, 1024)]
#[case(4 << 20, 4 << 20)]
#[case(65536, 1300)]
fn class_9_fragments(#[case] length: usize, #[case] piece: usize) {
    let payload = vec![b'*'; length];
    let mut frames: Vec<(u8, &[u8])> = payload
        .chunks(piece)
        .map(|chunk| frame(0x00, chunk))
        .collect();
    frames.first_mut().expect("a fragment").0 |= 0x01;
    frames.last_mut().expect("a fragment").0 |= 0x80;
    let bytes = stream(Role::Server, &frames);
    let events = read(Role::Server, Limits::default(), &bytes);
    assert_eq!(told(&events), [format!("text:{length}")]);
    let Some(Event::Message {
        frames: counted, ..
    }) = events.last()
    else {
        panic!("no message")
    };
    assert_eq!(usize::try_from(*counted), Ok(frames.len()));
}
