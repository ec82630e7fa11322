//! Compressed messages among others.

use super::{client, drain, server, stream, told};
use crate::ws::deflate::{Deflater, Direction, Takeover};
use crate::ws::{Deflate, Event, Limits, Receiver, Role};
use hex_literal::hex;
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use rstest::rstest;

/// "Hello" as RFC 7692 §7.2.3.1 compresses it, and once more as §7.2.3.2 does.
const HELLO: &[u8] = &hex!("f2 48 cd c9 c9 07 00");
const AGAIN: &[u8] = &hex!("f2 00 11 00 00");

const LIMITS: Limits = Limits {
    frame: 300,
    message: 500,
};

fn deflating(role: Role) -> Receiver {
    Receiver::new(role, LIMITS).with_deflate(Deflate::default())
}

/// What is told of a client's frames, pushed whole and byte by byte.
fn read(frames: &[(u8, &[u8])]) -> Vec<String> {
    let bytes = stream(Role::Server, frames);
    let mut receiver = deflating(Role::Server);
    receiver.push(&bytes);
    let whole = drain(&mut receiver);
    let mut receiver = deflating(Role::Server);
    let mut events = Vec::new();
    for byte in &bytes {
        receiver.push(&[*byte]);
        events.extend(drain(&mut receiver));
    }
    assert_eq!(events, whole);
    told(&whole)
}

#[rstest]
#[case::text(&[(0xC1, HELLO)], &["text:Hello"])]
#[case::binary(&[(0xC2, HELLO)], &["binary:5"])]
#[case::context(&[(0xC1, HELLO), (0xC1, AGAIN)], &["text:Hello", "text:Hello"])]
#[case::plain_between(&[(0xC1, HELLO), (0x81, &b"plain"[..]), (0xC1, AGAIN)], &["text:Hello", "text:plain", "text:Hello"])]
#[case::fragments(&[(0x41, &HELLO[..3]), (0x89, &b"p"[..]), (0x00, &b""[..]), (0x80, &HELLO[3..])], &["ping:1", "text:Hello"])]
#[case::nothing(&[(0xC1, &[0][..])], &["text:"])]
#[case::on_a_continuation(&[(0x41, &HELLO[..3]), (0xC0, &HELLO[3..])], &["ReservedBits@9:1002"])]
#[case::on_a_plain_one_s_continuation(&[(0x01, &b"He"[..]), (0xC0, &b"llo"[..])], &["ReservedBits@8:1002"])]
#[case::on_a_ping(&[(0xC9, &b"p"[..])], &["ReservedBits@0:1002"])]
#[case::on_a_close(&[(0xC8, &b""[..])], &["ReservedBits@0:1002"])]
#[case::on_a_reserved_opcode(&[(0xC3, HELLO)], &["ReservedBits@0:1002", "ReservedOpcode@0:1002"])]
#[case::another_bit(&[(0xE1, HELLO)], &["ReservedBits@0:1002"])]
#[case::no_data(&[(0xC1, &b""[..])], &["BadDeflate@6:1007"])]
#[case::plain_data(&[(0xC1, &b"plain"[..])], &["BadDeflate@6:1007"])]
#[case::cut(&[(0xC1, &HELLO[..4])], &["BadDeflate@6:1007"])]
#[case::cut_in_the_second(&[(0xC1, HELLO), (0x41, &AGAIN[..1]), (0x80, &AGAIN[1..3])], &["text:Hello", "BadDeflate@19:1007"])]
#[case::context_of_nothing(&[(0xC1, AGAIN)], &["BadDeflate@6:1007"])]
fn messages_inflate_and_violations_are_told(
    #[case] frames: &[(u8, &[u8])],
    #[case] expected: &[&str],
) {
    assert_eq!(read(frames), expected);
}

#[test]
fn without_an_agreement_the_bit_is_reserved() {
    let mut receiver = Receiver::new(Role::Server, LIMITS);
    receiver.push(&client(0xC1, HELLO));
    assert_eq!(told(&drain(&mut receiver)), ["ReservedBits@0:1002"]);
}

#[test]
fn a_violation_says_what_was_expected() {
    for (first, expected) in [
        (0xA1, "000, or 100 for compressed data"),
        (0xC9, "000, except on the first frame of a message"),
    ] {
        let mut receiver = deflating(Role::Server);
        receiver.push(&client(first, b""));
        let Some(Event::Violation(violation)) = receiver.next_event() else {
            panic!("no violation")
        };
        assert_eq!(violation.expected, expected);
    }
    let mut receiver = deflating(Role::Server);
    receiver.push(&client(0xC1, b"plain"));
    let events = drain(&mut receiver);
    let Some(Event::Violation(violation)) = events.last() else {
        panic!("no violation")
    };
    assert_eq!(
        violation.to_string(),
        "byte 6: data does not inflate: found 5 bytes that are not DEFLATE, expected whole DEFLATE blocks"
    );
    assert_eq!(violation.section(), "RFC 7692 7.2.2");
}

#[test]
fn a_client_reads_what_the_server_compresses() {
    let alone = Direction {
        takeover: Takeover::Dropped,
        ..Direction::default()
    };
    let agreed = Deflate {
        server: alone,
        client: Direction::default(),
    };
    let mut deflater = Deflater::new(agreed.server);
    let mut receiver = Receiver::new(Role::Client, LIMITS).with_deflate(agreed);
    for _ in 0..3 {
        receiver.push(&server(0xC1, deflater.compress(b"Hello")));
        assert_eq!(told(&drain(&mut receiver)), ["text:Hello"]);
    }
    receiver.push(&server(0xC1, AGAIN));
    let told = told(&drain(&mut receiver));
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("BadDeflate@"), "{told:?}");
}

#[rstest]
#[case::just_fits(500, "binary:500")]
#[case::one_too_many(501, "MessageTooLarge@6:1009")]
#[case::bomb(10_000_000, "MessageTooLarge@")]
fn the_limit_counts_what_is_inflated(#[case] length: usize, #[case] expected: &str) {
    let limits = Limits {
        frame: 20_000,
        ..LIMITS
    };
    let payload = Deflater::new(Direction::default()).compress(&vec![7; length]);
    let mut receiver = Receiver::new(Role::Server, limits).with_deflate(Deflate::default());
    receiver.push(&client(0xC2, &payload));
    let told = told(&drain(&mut receiver));
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with(expected), "{told:?}");
    assert!(receiver.held_bytes() < 1024);
}

#[test]
fn text_that_is_not_utf_8_once_inflated_is_1007() {
    let payload = Deflater::new(Direction::default()).compress(b"good\xff");
    assert_eq!(read(&[(0xC1, &payload)]), ["BadUtf8@6:1007"]);
    // Its compressed bytes need not be UTF-8.
    assert!(std::str::from_utf8(HELLO).is_err());
}

proptest! {
    #[test]
    fn any_data_under_the_bit_neither_panics_nor_passes_the_limit(
        messages in vec((any::<bool>(), vec(any::<u8>(), 0..200)), 0..6),
    ) {
        let frames: Vec<(u8, &[u8])> = messages
            .iter()
            .map(|(compressed, payload)| (if *compressed { 0xC2 } else { 0x82 }, payload.as_slice()))
            .collect();
        for told in read(&frames) {
            if let Some(length) = told.strip_prefix("binary:") {
                assert!(length.parse::<u64>().unwrap() <= LIMITS.message);
            }
        }
    }

    #[test]
    fn what_is_compressed_and_cut_into_fragments_comes_back(
        messages in vec("[a-z你]{0,100}", 1..6),
        cut in 1..40_usize,
    ) {
        let mut deflater = Deflater::new(Direction::default());
        let mut receiver = deflating(Role::Server);
        for message in &messages {
            let payload = deflater.compress(message.as_bytes());
            let count = payload.chunks(cut).count();
            for (n, piece) in payload.chunks(cut).enumerate() {
                let first = if n == 0 { 0x41 } else { 0x00 };
                let last = if n + 1 == count { 0x80 } else { 0x00 };
                receiver.push(&client(first | last, piece));
            }
            let events = drain(&mut receiver);
            let Some(Event::Message { payload, .. }) = events.last() else {
                panic!("{events:?}")
            };
            assert_eq!(payload, message.as_bytes());
        }
    }
}
