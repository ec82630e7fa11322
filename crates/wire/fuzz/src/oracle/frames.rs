//! A stream of RFC 6455 frames, in pieces.

use wire::ws::{DataOpcode, Event, FrameHead, Limits, Receiver, Role, mask};

use super::cost::{FLAT, bounded};

/// Small enough that a fuzzer reaches them.
const SMALL: Limits = Limits {
    frame: 300,
    message: 500,
};

/// Reads a stream whole, in pieces of every length up to 16, and cut in two.
pub fn check(role: Role, stream: &[u8]) {
    for limits in [SMALL, Limits::default()] {
        let weight = stream.len() as u64;
        let whole = bounded("frames", weight, FLAT, || {
            read(role, limits, stream, usize::MAX)
        });
        for piece in [1, 2, 3, 5, 16] {
            let pieces = bounded("frames", weight, FLAT, || read(role, limits, stream, piece));
            assert_eq!(pieces, whole, "in pieces of {piece}");
        }
        says_what_is_there(role, &whole, stream);
        a_refusal_is_the_end(role, limits, &whole, stream);
    }
}

fn read(role: Role, limits: Limits, stream: &[u8], piece: usize) -> Vec<Event> {
    let mut receiver = Receiver::new(role, limits);
    let mut events = Vec::new();
    for piece in stream.chunks(piece) {
        receiver.push(piece);
        events.extend(std::iter::from_fn(|| receiver.next_event()));
    }
    assert_eq!(receiver.offset(), stream.len() as u64);
    events
}

/// The heads of the events, encoded, are the stream, and the messages hold its payloads.
fn says_what_is_there(role: Role, events: &[Event], stream: &[u8]) {
    let mut rest = stream;
    let mut message = Vec::new();
    for event in events {
        match event {
            Event::Frame { head } => {
                let encoded = head.encode();
                assert_eq!(FrameHead::decode(&encoded), Some((*head, encoded.len())));
                let behind = rest.strip_prefix(&*encoded).expect("the head is there");
                let length = usize::try_from(head.length).expect("it has arrived");
                let (payload, behind) = behind.split_at(length);
                let mut payload = payload.to_vec();
                assert_eq!(head.mask.is_some(), role == Role::Server);
                if let Some(key) = head.mask {
                    mask(&mut payload, key, 0);
                }
                if head.opcode.is_control() {
                    rest = behind;
                    continue;
                }
                message.extend(payload);
                rest = behind;
            }
            Event::Message {
                opcode, payload, ..
            } => {
                assert_eq!(payload[..], message);
                message.clear();
                if *opcode == DataOpcode::Text {
                    assert!(std::str::from_utf8(payload).is_ok(), "text is UTF-8");
                }
            }
            Event::Close(_) => message.clear(),
            Event::Violation(violation) => {
                assert!(violation.offset < stream.len() as u64, "{violation}");
                assert!(!violation.section().is_empty());
            }
            Event::Ping(payload) | Event::Pong(payload) => assert!(payload.len() <= 125),
        }
    }
}

fn a_refusal_is_the_end(role: Role, limits: Limits, events: &[Event], stream: &[u8]) {
    let fatal = |it: &Event| matches!(it, Event::Violation(it) if it.close_code().is_some());
    let Some(first) = events.iter().position(fatal) else {
        return;
    };
    assert!(
        events[first..]
            .iter()
            .all(|it| matches!(it, Event::Violation(_))),
        "{events:?}"
    );
    let longer = [stream, b"\x81\x01a\x81\x81\0\0\0\0b"].concat();
    assert_eq!(read(role, limits, &longer, usize::MAX), events);
}
