//! Tests of the receiver as a whole, in terms of a one-line notation for events.

mod autobahn;
mod bounds;
mod deflate;
mod laws;
mod rules;

use super::{DataOpcode, Event, FrameHead, Limits, Opcode, Receiver, Role, mask};

const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// A client's frame: first byte, masking key, payload.
fn client(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let head = FrameHead {
        fin: first & 0x80 != 0,
        rsv: (first >> 4) & 0b111,
        mask: Some(KEY),
        ..FrameHead::server(Opcode::from_bits(first), payload.len())
    };
    let mut bytes = head.encode().to_vec();
    let start = bytes.len();
    bytes.extend_from_slice(payload);
    mask(&mut bytes[start..], KEY, 0);
    bytes
}

/// A server's frame: first byte, payload.
fn server(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let head = FrameHead {
        fin: first & 0x80 != 0,
        rsv: (first >> 4) & 0b111,
        ..FrameHead::server(Opcode::from_bits(first), payload.len())
    };
    [&*head.encode(), payload].concat()
}

/// A stream that one side reads.
fn stream(role: Role, frames: &[(u8, &[u8])]) -> Vec<u8> {
    let frame = match role {
        Role::Server => client,
        Role::Client => server,
    };
    frames
        .iter()
        .flat_map(|(first, payload)| frame(*first, payload))
        .collect()
}

fn drain(receiver: &mut Receiver) -> Vec<Event> {
    std::iter::from_fn(|| receiver.next_event()).collect()
}

/// Events of a stream pushed whole.
fn read(role: Role, limits: Limits, bytes: &[u8]) -> Vec<Event> {
    let mut receiver = Receiver::new(role, limits);
    receiver.push(bytes);
    drain(&mut receiver)
}

/// Events of a stream pushed byte by byte.
fn read_bytewise(role: Role, limits: Limits, bytes: &[u8]) -> Vec<Event> {
    let mut receiver = Receiver::new(role, limits);
    let mut events = Vec::new();
    for byte in bytes {
        receiver.push(&[*byte]);
        events.extend(drain(&mut receiver));
    }
    events
}

/// What an application would see, one word or two per event: `text:Hello`, `binary:3`, `ping:0`, `close:1000:bye`,
/// `ReservedBits@7:1002`. Frames are left out.
fn told(events: &[Event]) -> Vec<String> {
    events.iter().filter_map(tell).collect()
}

fn tell(event: &Event) -> Option<String> {
    let words = match event {
        Event::Frame { .. } => return None,
        Event::Message {
            opcode: DataOpcode::Text,
            payload,
            ..
        } => {
            let text = std::str::from_utf8(payload).expect("checked text");
            if text.len() > 20 {
                format!("text:{}", text.len())
            } else {
                format!("text:{text}")
            }
        }
        Event::Message {
            opcode: DataOpcode::Binary,
            payload,
            ..
        } => {
            format!("binary:{}", payload.len())
        }
        Event::Ping(payload) => format!("ping:{}", payload.len()),
        Event::Pong(payload) => format!("pong:{}", payload.len()),
        Event::Close(close) => match close.code {
            Some(code) => format!("close:{code}:{}", close.reason),
            None => "close".into(),
        },
        Event::Violation(violation) => {
            let cost = violation
                .close_code()
                .map_or_else(|| "goes-on".into(), |code| code.to_string());
            format!("{:?}@{}:{cost}", violation.kind, violation.offset)
        }
    };
    Some(words)
}
