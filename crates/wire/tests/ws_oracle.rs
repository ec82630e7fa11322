//! The WebSocket codec against tungstenite, in both directions. Where the two disagree on purpose, `DIFFERENCES` says
//! why, and a fixed stream shows it.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use rstest::rstest;
use std::io::{Cursor, Read, Write};
use tungstenite::error::ProtocolError;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame as TheirClose, Frame};
use tungstenite::protocol::{Role as TheirRole, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket};
use wire::ws::{
    DataOpcode, Event, FrameHead, LengthForm, Limits, Opcode, Receiver, Role, ViolationKind, mask,
};

/// What an application is told.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Text(Bytes),
    Binary(Bytes),
    Ping(Bytes),
    Pong(Bytes),
    Close(Option<(u16, String)>),
}

/// How reading a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    /// At the last byte, perhaps inside a frame.
    Bytes,
    /// At a frame behind the close frame.
    AfterClose,
    /// With an error.
    Rejected,
}

/// A violation that is fatal here, and what tungstenite does instead.
const DIFFERENCES: [(ViolationKind, &str); 2] = [
    (
        ViolationKind::LengthNotMinimal,
        "reads a length in any form",
    ),
    (
        ViolationKind::CloseBadCode,
        "replaces the code by 1002 and reports a close",
    ),
];

const LIMITS: Limits = Limits {
    frame: 300,
    message: 500,
};

fn ours(role: Role, bytes: &[u8]) -> (Vec<Told>, End, Vec<ViolationKind>) {
    let mut receiver = Receiver::new(role, LIMITS);
    receiver.push(bytes);
    let broken = receiver.is_broken();
    let (mut told, mut violations) = (Vec::new(), Vec::new());
    while let Some(event) = receiver.next_event() {
        match event {
            Event::Frame { .. } => {}
            Event::Message {
                opcode: DataOpcode::Text,
                payload,
                ..
            } => told.push(Told::Text(payload)),
            Event::Message {
                opcode: DataOpcode::Binary,
                payload,
                ..
            } => told.push(Told::Binary(payload)),
            Event::Ping(payload) => told.push(Told::Ping(payload)),
            Event::Pong(payload) => told.push(Told::Pong(payload)),
            Event::Close(close) => {
                told.push(Told::Close(close.code.map(|code| (code, close.reason))));
            }
            Event::Violation(violation) => violations.push(violation.kind),
        }
    }
    let end = if violations.contains(&ViolationKind::DataAfterClose) {
        End::AfterClose
    } else if broken {
        End::Rejected
    } else {
        End::Bytes
    };
    (told, end, violations)
}

fn theirs(role: Role, bytes: &[u8]) -> (Vec<Told>, End) {
    let role = match role {
        Role::Server => TheirRole::Server,
        Role::Client => TheirRole::Client,
    };
    let stream = Pipe {
        input: Cursor::new(bytes.to_vec()),
        output: Vec::new(),
    };
    let mut socket = WebSocket::from_raw_socket(stream, role, Some(config()));
    let mut told = Vec::new();
    let end = loop {
        match socket.read() {
            Ok(Message::Text(text)) => told.push(Told::Text(text.into())),
            Ok(Message::Binary(payload)) => told.push(Told::Binary(payload)),
            Ok(Message::Ping(payload)) => told.push(Told::Ping(payload)),
            Ok(Message::Pong(payload)) => told.push(Told::Pong(payload)),
            Ok(Message::Close(close)) => {
                told.push(Told::Close(
                    close.map(|close| (close.code.into(), close.reason.to_string())),
                ));
            }
            Ok(Message::Frame(frame)) => unreachable!("never read: {frame}"),
            Err(
                Error::ConnectionClosed
                | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake),
            ) => {
                break End::Bytes;
            }
            Err(Error::Protocol(ProtocolError::ReceivedAfterClosing)) => break End::AfterClose,
            Err(Error::Protocol(_) | Error::Utf8(_) | Error::Capacity(_)) => break End::Rejected,
            Err(other) => unreachable!("not about the bytes: {other}"),
        }
    };
    (told, end)
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .max_frame_size(usize::try_from(LIMITS.frame).ok())
        .max_message_size(usize::try_from(LIMITS.message).ok())
}

struct Pipe {
    input: Cursor<Vec<u8>>,
    output: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A message with the places at which it is cut into fragments, and a ping to put between them.
#[derive(Debug, Clone)]
struct Sent {
    told: Told,
    cuts: Vec<usize>,
    ping: Option<Vec<u8>>,
}

impl Sent {
    fn payload(&self) -> Vec<u8> {
        match &self.told {
            Told::Text(payload)
            | Told::Binary(payload)
            | Told::Ping(payload)
            | Told::Pong(payload) => payload.to_vec(),
            Told::Close(None) => Vec::new(),
            Told::Close(Some((code, reason))) => [&code.to_be_bytes(), reason.as_bytes()].concat(),
        }
    }

    fn opcode(&self) -> Opcode {
        match &self.told {
            Told::Text(_) => Opcode::Text,
            Told::Binary(_) => Opcode::Binary,
            Told::Ping(_) => Opcode::Ping,
            Told::Pong(_) => Opcode::Pong,
            Told::Close(_) => Opcode::Close,
        }
    }

    /// Frames as (final, opcode, payload); control frames are never cut.
    fn frames(&self) -> Vec<(bool, Opcode, Vec<u8>)> {
        let payload = self.payload();
        if self.opcode().is_control() {
            return vec![(true, self.opcode(), payload)];
        }
        let mut ends: Vec<usize> = self
            .cuts
            .iter()
            .map(|cut| cut % (payload.len() + 1))
            .collect();
        ends.push(payload.len());
        ends.sort_unstable();
        let mut frames = Vec::new();
        let mut start = 0;
        for (n, end) in ends.iter().enumerate() {
            let opcode = if n == 0 {
                self.opcode()
            } else {
                Opcode::Continuation
            };
            let fragment = payload.get(start..*end).expect("sorted ends");
            frames.push((n + 1 == ends.len(), opcode, fragment.to_vec()));
            start = *end;
        }
        if let Some(ping) = &self.ping {
            frames.insert(1, (true, Opcode::Ping, ping.clone()));
        }
        frames
    }

    /// What the reader should be told: the ping, if it fits between fragments, comes first.
    fn expected(&self) -> Vec<Told> {
        let ping = self.ping.iter().filter(|_| !self.opcode().is_control());
        let ping = ping.map(|payload| Told::Ping(payload.clone().into()));
        if self.cuts.is_empty() {
            [self.told.clone()].into_iter().chain(ping).collect()
        } else {
            ping.chain([self.told.clone()]).collect()
        }
    }
}

fn sent() -> impl Strategy<Value = Vec<Sent>> {
    let text = || "[a-zé€😀\\x00]{0,60}".prop_map(Bytes::from);
    let bytes = |longest| vec(any::<u8>(), 0..=longest).prop_map(Bytes::from);
    let told = prop_oneof![
        4 => text().prop_map(Told::Text),
        4 => bytes(300).prop_map(Told::Binary),
        1 => bytes(125).prop_map(Told::Ping),
        1 => bytes(125).prop_map(Told::Pong),
    ];
    let cuts = prop_oneof![Just(Vec::new()), vec(any::<usize>(), 1..5)];
    let ping = proptest::option::weighted(0.3, vec(any::<u8>(), 0..=125));
    let message = (told, cuts, ping).prop_map(|(told, cuts, ping)| Sent { told, cuts, ping });
    let code = proptest::sample::select(vec![1000, 1001, 1002, 1007, 1008, 1011, 1013, 3000, 4999]);
    let close = proptest::option::of((code, "[a-z€]{0,41}"));
    let close = close.prop_map(|close| Sent {
        told: Told::Close(close),
        cuts: Vec::new(),
        ping: None,
    });
    (vec(message, 0..6), proptest::option::of(close)).prop_map(|(mut messages, close)| {
        messages.extend(close);
        messages
    })
}

/// Written with our heads; a client's frames carry a key.
fn write_ours(sent: &[Sent], key: Option<[u8; 4]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (fin, opcode, mut payload) in sent.iter().flat_map(Sent::frames) {
        let head = FrameHead {
            fin,
            mask: key,
            ..FrameHead::server(opcode, payload.len())
        };
        bytes.extend_from_slice(&head.encode());
        if let Some(key) = key {
            mask(&mut payload, key, 0);
        }
        bytes.extend(payload);
    }
    bytes
}

/// Written by tungstenite as a client.
fn write_theirs(sent: &[Sent]) -> Vec<u8> {
    let stream = Pipe {
        input: Cursor::default(),
        output: Vec::new(),
    };
    let mut socket = WebSocket::from_raw_socket(stream, TheirRole::Client, Some(config()));
    for message in sent {
        match (
            &message.told,
            message.cuts.is_empty() && message.ping.is_none(),
        ) {
            (Told::Text(payload), true) => {
                let text = std::str::from_utf8(payload).expect("text");
                socket.send(Message::text(text)).expect("sends");
            }
            (Told::Binary(payload), true) => socket
                .send(Message::Binary(payload.clone()))
                .expect("sends"),
            (Told::Ping(payload), _) => socket.send(Message::Ping(payload.clone())).expect("sends"),
            (Told::Pong(payload), _) => socket.send(Message::Pong(payload.clone())).expect("sends"),
            (Told::Close(close), _) => {
                let close = close.clone().map(|(code, reason)| TheirClose {
                    code: code.into(),
                    reason: reason.into(),
                });
                socket.close(close).expect("closes");
            }
            (Told::Text(_) | Told::Binary(_), false) => {
                for (fin, opcode, payload) in message.frames() {
                    let frame = match opcode {
                        Opcode::Text => Frame::message(payload, OpCode::Data(Data::Text), fin),
                        Opcode::Binary => Frame::message(payload, OpCode::Data(Data::Binary), fin),
                        Opcode::Continuation => {
                            Frame::message(payload, OpCode::Data(Data::Continue), fin)
                        }
                        _ => Frame::ping(payload),
                    };
                    socket.send(Message::Frame(frame)).expect("sends");
                }
            }
        }
    }
    socket.into_inner().output
}

/// A stream of frames that are mostly legal, then spoilt in up to two bytes.
fn spoilt() -> impl Strategy<Value = (Role, Vec<u8>)> {
    let first = prop_oneof![
        8 => proptest::sample::select(vec![0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x80, 0x89, 0x8A, 0x88]),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        6 => "[aé€😀]{0,12}".prop_map(String::into_bytes),
        2 => vec(any::<u8>(), 0..8),
        1 => vec(Just(b'x'), 120..320),
        2 => (998..1016u16).prop_map(|code| code.to_be_bytes().to_vec()),
    ];
    let form = prop_oneof![9 => Just(LengthForm::Seven), 1 => Just(LengthForm::Sixteen)];
    let key = any::<[u8; 4]>();
    let role = prop_oneof![Just(Role::Server), Just(Role::Client)];
    let spots = vec((any::<usize>(), any::<u8>()), 0..=2);
    (role, key, vec((first, payload, form), 0..8), spots).prop_map(|(role, key, frames, spots)| {
        let key = (role == Role::Server).then_some(key);
        let mut bytes = Vec::new();
        for (first, mut payload, length_form) in frames {
            let head = FrameHead {
                fin: first & 0x80 != 0,
                rsv: (first >> 4) & 0b111,
                opcode: Opcode::from_bits(first),
                mask: key,
                length: payload.len() as u64,
                length_form,
            };
            bytes.extend_from_slice(&head.encode());
            if let Some(key) = key {
                mask(&mut payload, key, 0);
            }
            bytes.extend(payload);
        }
        for (place, byte) in spots {
            let length = bytes.len().max(1);
            if let Some(slot) = bytes.get_mut(place % length) {
                *slot ^= byte;
            }
        }
        (role, bytes)
    })
}

proptest! {
    #[test]
    fn reads_what_tungstenite_writes(sent in sent()) {
        let expected: Vec<Told> = sent.iter().flat_map(Sent::expected).collect();
        let (told, end, violations) = ours(Role::Server, &write_theirs(&sent));
        assert_eq!((told, end, violations), (expected, End::Bytes, vec![]));
    }

    #[test]
    fn tungstenite_reads_what_a_server_writes_here(sent in sent()) {
        let expected: Vec<Told> = sent.iter().flat_map(Sent::expected).collect();
        assert_eq!(theirs(Role::Client, &write_ours(&sent, None)), (expected, End::Bytes));
    }

    #[test]
    fn tungstenite_reads_what_a_client_writes_here(sent in sent(), key in any::<[u8; 4]>()) {
        let expected: Vec<Told> = sent.iter().flat_map(Sent::expected).collect();
        assert_eq!(theirs(Role::Server, &write_ours(&sent, Some(key))), (expected, End::Bytes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn judges_spoilt_streams_as_tungstenite_does((role, bytes) in spoilt()) {
        let (told, end, violations) = ours(role, &bytes);
        let (their_told, their_end) = theirs(role, &bytes);

        // Both report the same as long as both read; 1014 is the one close code on which they differ.
        let replaced = |told: &Told| matches!(told, Told::Close(Some((1014, _))));
        for (here, there) in told.iter().zip(&their_told) {
            assert!(here == there || replaced(here), "{here:?} here, {there:?} there");
        }
        let different = DIFFERENCES.iter().any(|(kind, _)| violations.contains(kind));
        match (their_end, end) {
            (End::Rejected, end) => {
                // A frame behind the close that is malformed as well is both things at once.
                assert!(end != End::Bytes, "rejected there, read here");
                assert!(different || told.len() == their_told.len());
            }
            // Their client minds the frame behind the close, their server stops reading at the close.
            (End::AfterClose, end) => assert!(end != End::Bytes, "frame behind the close there, nothing here"),
            (End::Bytes, End::Rejected) => {
                // Here the head or the first hopeless byte decides, there the whole frame.
                let closed = their_told.iter().any(|told| matches!(told, Told::Close(_)));
                let later = theirs(role, &complete(&bytes)).1;
                assert!(different || closed || later == End::Rejected, "{violations:?} here, nothing there");
            }
            (End::Bytes, End::Bytes | End::AfterClose) => assert_eq!(told.len(), their_told.len()),
        }
    }
}

/// The stream with as many zeros behind it as the largest frame that either side accepts.
fn complete(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.extend([0; 400]);
    bytes
}

/// Every difference, shown.
#[rstest]
#[case::length_not_minimal(
    Role::Client,
    b"\x82\x7E\x00\x01a",
    ViolationKind::LengthNotMinimal,
    &[Told::Binary(Bytes::from_static(b"a"))],
    End::Bytes
)]
#[case::close_bad_code(
    Role::Client,
    b"\x88\x02\x03\xED",
    ViolationKind::CloseBadCode,
    &[Told::Close(Some((1002, "Protocol violation".into())))],
    End::Bytes
)]
#[case::client_minds_what_follows_the_close(
    Role::Client,
    b"\x88\x00\x89\x00",
    ViolationKind::DataAfterClose,
    &[Told::Close(None)],
    End::AfterClose
)]
#[case::server_stops_at_the_close(
    Role::Server,
    b"\x88\x80\x00\x00\x00\x00\x89\x80\x00\x00\x00\x00",
    ViolationKind::DataAfterClose,
    &[Told::Close(None)],
    End::Bytes
)]
#[case::they_wait_for_the_payload(Role::Client, b"\xC1\x05", ViolationKind::ReservedBits, &[], End::Bytes)]
#[case::they_wait_for_the_rest_of_the_text(Role::Client, b"\x81\x05\xFF", ViolationKind::BadUtf8, &[], End::Bytes)]
fn differs_where_it_should(
    #[case] role: Role,
    #[case] bytes: &[u8],
    #[case] violation: ViolationKind,
    #[case] told_there: &[Told],
    #[case] end_there: End,
) {
    assert_eq!(ours(role, bytes).2, [violation]);
    assert_eq!(theirs(role, bytes), (told_there.to_vec(), end_there));
}

#[test]
fn tungstenite_replaces_1014() {
    let bytes = b"\x88\x02\x03\xF6";
    assert_eq!(
        ours(Role::Client, bytes).0,
        [Told::Close(Some((1014, String::new())))]
    );
    assert_eq!(
        theirs(Role::Client, bytes).0,
        [Told::Close(Some((1002, "Protocol violation".into())))]
    );
}

#[test]
fn both_compute_the_same_accept_key() {
    for key in ["dGhlIHNhbXBsZSBub25jZQ==", "", "x3JJHMbDL1EzLkh9GBhXDw=="] {
        let theirs = tungstenite::handshake::derive_accept_key(key.as_bytes());
        assert_eq!(wire::ws::accept_key(key), theirs);
    }
}
