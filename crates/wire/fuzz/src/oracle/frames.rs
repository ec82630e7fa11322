//! A stream of RFC 6455 frames, in pieces.

use wire::ws::{DataOpcode, Deflate, Event, FrameHead, Limits, Receiver, Role, mask};

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
        let receiver = || Receiver::new(role, limits);
        let whole = however_it_is_cut(&receiver, stream, weight, FLAT);
        says_what_is_there(role, &whole, stream);
        a_refusal_is_the_end(&receiver, &whole, stream);
    }
}

/// The same of a client's stream on a connection on which permessage-deflate has been agreed.
pub fn check_compressed(stream: &[u8]) {
    for limits in [SMALL, Limits::default()] {
        let receiver = || Receiver::new(Role::Server, limits).with_deflate(Deflate::default());
        // So much is in the stream at most, and so much may come out of it.
        let length = stream.len() as u64;
        let inflated = (DENSEST * length).min(limits.message * (length / SHORTEST + 1));
        let whole = however_it_is_cut(&receiver, stream, length, FLAT + 3 * inflated);
        for event in &whole {
            if let Event::Message {
                opcode, payload, ..
            } = event
            {
                assert!(payload.len() as u64 <= limits.message, "over the limit");
                let is_text = *opcode == DataOpcode::Text;
                assert!(!is_text || std::str::from_utf8(payload).is_ok());
            }
        }
        a_refusal_is_the_end(&receiver, &whole, stream);
    }
}

/// What a stream says whole, which is what it says in pieces.
fn however_it_is_cut(
    receiver: &dyn Fn() -> Receiver,
    stream: &[u8],
    weight: u64,
    flat: u64,
) -> Vec<Event> {
    let whole = bounded("frames", weight, flat, || {
        read(receiver(), stream, usize::MAX)
    });
    for piece in [1, 2, 3, 5, 16] {
        let pieces = bounded("frames", weight, flat, || read(receiver(), stream, piece));
        assert_eq!(pieces, whole, "in pieces of {piece}");
    }
    whole
}

fn read(mut receiver: Receiver, stream: &[u8], piece: usize) -> Vec<Event> {
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

fn a_refusal_is_the_end(receiver: &dyn Fn() -> Receiver, events: &[Event], stream: &[u8]) {
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
    assert_eq!(read(receiver(), &longer, usize::MAX), events);
}

/// So many bytes a byte of DEFLATE can become.
const DENSEST: u64 = 1032;
/// The shortest frame of a client.
const SHORTEST: u64 = 6;
