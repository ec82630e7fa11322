//! What crossed the socket, byte for byte, but for the credentials.
//!
//! ```text
//!   chunks of one side ─▶ one stream ─▶ frame ─▶ unmask ─▶ message ─▶ gzip ─▶ blank
//!          ▲                                                                    │
//!          └──────────── the same lengths ◀── mask again ◀── compress again ◀───┘
//! ```

use std::ops::Range;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::json;
use wire::gzip;
use wire::session::Side;
use wire::ws::deflate::{Direction, Inflater};
use wire::ws::{FrameHead, mask};

use super::record::OVERHEAD;
use super::redact::Redactor;

/// Bytes of one side that crossed a connection together, without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawChunk {
    /// Who sent them.
    pub side: Side,
    /// When, since the session began.
    pub at: Duration,
    /// The bytes; credentials are asterisks of the same length.
    pub bytes: Bytes,
}

/// What is known of the credentials in bytes that are to be blanked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets<'s> {
    /// These are all: whatever else is called a token or password may be seen.
    Only(&'s [String]),
    /// These, and whatever names say is one.
    AndNamed(&'s [String]),
}

/// Blanks credentials in all that crossed some connections, their heads included: in frames
/// however masked, in gzip members, each at its length. What one connection shows to be a
/// credential is blanked in all of them.
pub fn blank(connections: &mut [&mut [RawChunk]], secrets: Secrets<'_>) {
    let redactor = match secrets {
        Secrets::Only(secrets) => Redactor::knowing(secrets),
        Secrets::AndNamed(secrets) => {
            let mut redactor = Redactor::default();
            secrets
                .iter()
                .for_each(|secret| redactor.learn_secret(secret));
            for chunks in connections.iter() {
                for side in [Side::Client, Side::Server] {
                    redactor.learn_text(&String::from_utf8_lossy(&joined(chunks, side)));
                }
            }
            redactor
        }
    };
    for chunks in connections {
        blank_connection(chunks, &redactor, secrets);
    }
}

fn joined(chunks: &[RawChunk], side: Side) -> Vec<u8> {
    let chunks = chunks.iter().filter(|chunk| chunk.side == side);
    let pieces: Vec<&[u8]> = chunks.map(|chunk| chunk.bytes.as_ref()).collect();
    pieces.concat()
}

fn blank_connection(chunks: &mut [RawChunk], redactor: &Redactor, secrets: Secrets<'_>) {
    let (mut client, mut server) = (joined(chunks, Side::Client), joined(chunks, Side::Server));
    let is_open = server.starts_with(b"HTTP/1.1 101");
    for stream in [&mut client, &mut server] {
        let end = memchr::memmem::find(stream, b"\r\n\r\n").map(|at| at + 4);
        let end = end.unwrap_or(stream.len());
        let (head, rest) = stream.split_at_mut(end);
        match secrets {
            Secrets::Only(_) => redactor.blank(head),
            Secrets::AndNamed(_) => redactor.blank_head(head),
        }
        match is_open {
            true => blank_stream(rest, redactor),
            false => redactor.blank(rest),
        }
    }
    let (mut client, mut server) = (Bytes::from(client), Bytes::from(server));
    for chunk in chunks {
        let stream = match chunk.side {
            Side::Client => &mut client,
            Side::Server => &mut server,
        };
        chunk.bytes = stream.split_to(chunk.bytes.len().min(stream.len()));
    }
}

/// Bytes of one side that crossed the socket together.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    /// Who sent them.
    pub(super) side: Side,
    /// When, since the session began.
    pub(super) at: Duration,
    /// The bytes, in the pieces in which they were written.
    pub(super) bytes: Vec<Bytes>,
}

impl Chunk {
    /// How many bytes it has.
    fn len(&self) -> usize {
        self.bytes.iter().map(Bytes::len).sum()
    }

    /// What it takes in memory.
    pub(super) fn weight(&self) -> usize {
        let own = match self.side {
            Side::Client => self.len(),
            // The payload is a message's, too, and shared with it.
            Side::Server => 0,
        };
        own + OVERHEAD * self.bytes.len()
    }
}

/// The heads of a handshake as they crossed the socket.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heads {
    /// The request, with its body if it had one.
    pub(crate) request: Vec<u8>,
    /// The answer.
    pub(crate) answer: Vec<u8>,
}

/// The session as JSON Lines: `dir`, `ms`, `base64`.
pub(super) fn lines(chunks: &[RawChunk]) -> String {
    let mut text = String::new();
    for chunk in chunks {
        let ms = u64::try_from(chunk.at.as_millis()).unwrap_or(u64::MAX);
        let base64 = STANDARD.encode(&chunk.bytes);
        let line = json!({ "dir": chunk.side.name(), "ms": ms, "base64": base64 });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}

/// What crossed the socket, without credentials; the heads of the handshake first.
pub(super) fn blanked(heads: &Heads, chunks: &[Chunk], redactor: &Redactor) -> Vec<RawChunk> {
    let mut blanked = Vec::new();
    for (side, head) in [
        (Side::Client, &heads.request),
        (Side::Server, &heads.answer),
    ] {
        if !head.is_empty() {
            let mut head = head.clone();
            redactor.blank_head(&mut head);
            blanked.push(RawChunk {
                side,
                at: Duration::ZERO,
                bytes: head.into(),
            });
        }
    }
    let (mut client, mut server) = (stream(chunks, Side::Client), stream(chunks, Side::Server));
    blank_stream(&mut client, redactor);
    blank_stream(&mut server, redactor);
    let (mut client, mut server) = (Bytes::from(client), Bytes::from(server));
    // Slices that were written at once are one chunk.
    for group in chunks.chunk_by(|a, b| a.side == b.side && a.at == b.at) {
        let Some(first) = group.first() else { continue };
        let length: usize = group.iter().map(Chunk::len).sum();
        let rest = match first.side {
            Side::Client => &mut client,
            Side::Server => &mut server,
        };
        blanked.push(RawChunk {
            side: first.side,
            at: first.at,
            bytes: rest.split_to(length.min(rest.len())),
        });
    }
    blanked
}

fn stream(chunks: &[Chunk], side: Side) -> Vec<u8> {
    let chunks = chunks.iter().filter(|chunk| chunk.side == side);
    let pieces = chunks.flat_map(|chunk| &chunk.bytes);
    let pieces: Vec<&[u8]> = pieces.map(AsRef::as_ref).collect();
    pieces.concat()
}

/// Blanks the credentials in a stream of frames, whole, cut or broken.
fn blank_stream(stream: &mut [u8], redactor: &Redactor) {
    let mut at = 0;
    let mut message: Vec<(Range<usize>, Option<[u8; 4]>)> = Vec::new();
    // It takes contexts over, which those that stand alone do not notice.
    let mut inflater = Inflater::new(Direction::default());
    let mut is_compressed = false;
    while let Some((head, length)) = FrameHead::decode(stream.get(at..).unwrap_or_default()) {
        let start = at + length;
        let declared = usize::try_from(head.length).unwrap_or(usize::MAX);
        let end = start.saturating_add(declared).min(stream.len());
        let piece = (start..end, head.mask);
        if head.opcode.is_control() {
            blank_message(stream, &[piece], None, redactor);
        } else {
            if message.is_empty() && head.rsv & RSV1 != 0 {
                is_compressed = true;
            }
            message.push(piece);
            if head.fin {
                let inflater = std::mem::take(&mut is_compressed).then_some(&mut inflater);
                blank_message(stream, &message, inflater, redactor);
                message.clear();
            }
        }
        at = end;
    }
    let inflater = is_compressed.then_some(&mut inflater);
    blank_message(stream, &message, inflater, redactor);
    // Where nothing can be taken apart any more, what is plain to see is blanked.
    redactor.blank(stream.get_mut(at..).unwrap_or_default());
}

/// Blanks a message that lies in pieces of a stream, each masked with its own key.
fn blank_message(
    stream: &mut [u8],
    pieces: &[(Range<usize>, Option<[u8; 4]>)],
    inflater: Option<&mut Inflater>,
    redactor: &Redactor,
) {
    let mut payload = Vec::new();
    for (range, key) in pieces {
        let from = payload.len();
        payload.extend_from_slice(stream.get(range.clone()).unwrap_or_default());
        if let (Some(key), Some(piece)) = (key, payload.get_mut(from..)) {
            mask(piece, *key, 0);
        }
    }
    match inflater {
        Some(inflater) => blank_compressed(&mut payload, inflater, redactor),
        None => blank_payload(&mut payload, redactor),
    }
    let mut rest = payload.as_mut_slice();
    for (range, key) in pieces {
        let Some(place) = stream.get_mut(range.clone()) else {
            continue;
        };
        let (piece, after) = rest.split_at_mut(place.len().min(rest.len()));
        if let Some(key) = key {
            mask(piece, *key, 0);
        }
        place.copy_from_slice(piece);
        rest = after;
    }
}

/// Blanks a compressed message as a whole if there is anything to blank in it, or if nobody can
/// tell: what comes behind it points back into it.
fn blank_compressed(payload: &mut [u8], inflater: &mut Inflater, redactor: &Redactor) {
    let Ok(inflated) = inflater.inflate(payload, gzip::MAX_INFLATED) else {
        return payload.fill(b'*');
    };
    let mut blanked = inflated.clone();
    blank_payload(&mut blanked, redactor);
    if blanked != inflated {
        payload.fill(b'*');
    }
}

/// Blanks a payload and the gzip members inside it.
fn blank_payload(payload: &mut [u8], redactor: &Redactor) {
    const MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];
    let mut at = 0;
    // A payload full of beginnings must not cost more than it is worth.
    let mut members = 0;
    while let Some(found) = payload
        .get(at..)
        .and_then(|rest| memchr::memmem::find(rest, &MAGIC))
    {
        at += found;
        members += 1;
        let rest = payload.get_mut(at..).unwrap_or_default();
        if members > MEMBERS {
            rest.fill(b'*');
            break;
        }
        at += blank_member(rest, redactor).max(1);
    }
    redactor.blank(payload);
}

/// The bit of a message that is compressed, if that was agreed.
const RSV1: u8 = 0b100;

/// How many gzip members of one payload are looked into.
const MEMBERS: usize = 64;

/// Blanks the gzip member at the start of `bytes` and tells how long it is.
fn blank_member(bytes: &mut [u8], redactor: &Redactor) -> usize {
    let member = gzip::member(bytes, gzip::MAX_INFLATED);
    let mut blanked = member.inflated.clone();
    redactor.blank(&mut blanked);
    let length = member.length.unwrap_or(bytes.len());
    if blanked == member.inflated {
        return if member.length.is_some() { length } else { 0 };
    }
    let Some(place) = bytes.get_mut(..length) else {
        return 0;
    };
    // Asterisks compress better than credentials, so there is room but for odd compressors.
    let again = match member.length {
        Some(_) => gzip::deflate_to(&blanked, length).or_else(|| gzip::deflate_to(b"{}", length)),
        None => None,
    };
    match again {
        Some(again) => place.copy_from_slice(&again),
        None => place.fill(b'*'),
    }
    length
}

#[cfg(test)]
mod tests {
    use wire::ws::{Event, Limits, Opcode, Receiver, Role};

    use super::*;

    const KEY: [u8; 4] = [0x11, 0x22, 0x33, 0x44];

    fn frame(opcode: Opcode, fin: bool, payload: &[u8]) -> Vec<u8> {
        let mut head = FrameHead::server(opcode, payload.len());
        head.mask = Some(KEY);
        head.fin = fin;
        let mut payload = payload.to_vec();
        mask(&mut payload, KEY, 0);
        [head.encode().to_vec(), payload].concat()
    }

    fn messages(stream: &[u8]) -> Vec<Vec<u8>> {
        let mut receiver = Receiver::new(Role::Server, Limits::default());
        receiver.push(stream);
        let events = std::iter::from_fn(|| receiver.next_event());
        events
            .filter_map(|event| match event {
                Event::Message { payload, .. } | Event::Ping(payload) => Some(payload.to_vec()),
                Event::Violation(violation) => panic!("{violation}"),
                _ => None,
            })
            .collect()
    }

    fn knowing(secret: &str) -> Redactor {
        let mut redactor = Redactor::default();
        redactor.learn_text(&format!("token={secret}"));
        redactor
    }

    #[test]
    fn masked_fragmented_and_compressed_credentials_are_blanked_and_frames_still_parse() {
        let secret = "s3cr3t-7f0a9c4e";
        let inside = format!(r#"{{"app":{{"token":"{secret}"}},"text":"hello"}}"#);
        let framed = [
            b"\x11\x10\x11\x00",
            gzip::deflate(inside.as_bytes()).as_slice(),
        ]
        .concat();
        let (head, tail) = inside.split_at(20);
        let mut stream = [
            frame(Opcode::Text, false, head.as_bytes()),
            frame(Opcode::Ping, true, secret.as_bytes()),
            frame(Opcode::Continuation, true, tail.as_bytes()),
            frame(Opcode::Binary, true, &framed),
        ]
        .concat();
        let length = stream.len();
        blank_stream(&mut stream, &knowing(secret));
        assert_eq!(stream.len(), length);
        let shown = messages(&stream);
        let blank = "*".repeat(secret.len());
        assert_eq!(shown[0], blank.as_bytes());
        let expected = inside.replace(secret, &blank);
        assert_eq!(shown[1], expected.as_bytes());
        let inflated = gzip::inflate(&shown[2][4..], 1000).unwrap();
        assert_eq!(inflated, expected.as_bytes());
    }

    #[test]
    fn only_known_credentials_are_blanked_where_nothing_else_is_secret() {
        let (secret, open) = ("s3cr3t-7f0a9c4e", "made-up-in-a-case");
        let inside = format!(r#"{{"token":"{open}","key":"{secret}"}}"#);
        let member = gzip::deflate(inside.as_bytes());
        let request = format!("GET / HTTP/1.1\r\nAuthorization: Bearer {secret}\r\n\r\n");
        let chunk = |side, bytes: &[u8]| RawChunk {
            side,
            at: Duration::ZERO,
            bytes: Bytes::copy_from_slice(bytes),
        };
        let client = [request.as_bytes(), &frame(Opcode::Binary, true, &member)].concat();
        let (first, second) = client.split_at(30);
        let mut chunks = [
            chunk(Side::Client, first),
            chunk(Side::Server, b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
            chunk(Side::Client, second),
        ];
        let secrets = [secret.to_owned()];
        blank(&mut [&mut chunks], Secrets::Only(&secrets));
        let blanked = [chunks[0].bytes.as_ref(), &chunks[2].bytes].concat();
        let (head, frames) = blanked.split_at(request.len());
        let stars = "*".repeat(secret.len());
        assert_eq!(head, request.replace(secret, &stars).as_bytes());
        let inflated = gzip::inflate(&messages(frames)[0], 1000).unwrap();
        assert_eq!(inflated, inside.replace(secret, &stars).as_bytes());
        let mut refused = [
            chunk(Side::Client, request.as_bytes()),
            chunk(
                Side::Server,
                format!("HTTP/1.1 401 No\r\n\r\n{secret}").as_bytes(),
            ),
        ];
        blank(&mut [&mut refused], Secrets::Only(&secrets));
        assert!(refused[1].bytes.ends_with(stars.as_bytes()));
        let issued = b"HTTP/1.1 200 OK\r\n\r\n{\"access_token\":\"issued-1234\"}";
        let mut sign_in = [
            chunk(Side::Client, b"POST / HTTP/1.1\r\n\r\n"),
            chunk(Side::Server, issued),
        ];
        let mut later = [chunk(Side::Client, b"GET /?x=issued-1234 HTTP/1.1\r\n\r\n")];
        blank(&mut [&mut sign_in, &mut later], Secrets::AndNamed(&[]));
        assert!(sign_in[1].bytes.ends_with(b":\"***********\"}"));
        assert_eq!(&later[0].bytes[..], b"GET /?x=*********** HTTP/1.1\r\n\r\n");
    }

    #[test]
    fn compressed_messages_with_credentials_are_blanked_whole() {
        use wire::ws::Deflater;
        let secret = "s3cr3t-7f0a9c4e";
        let mut deflater = Deflater::new(Direction::default());
        let mut stream = Vec::new();
        let texts = [
            r#"{"text":"hello"}"#.to_owned(),
            format!(r#"{{"app":{{"token":"{secret}"}},"text":"hello"}}"#),
        ];
        for text in &texts {
            let payload = deflater.compress(text.as_bytes());
            let mut bytes = frame(Opcode::Text, true, &payload);
            bytes[0] |= 0x40;
            stream.extend(bytes);
        }
        let first = stream.clone();
        blank_stream(&mut stream, &knowing(secret));
        let end = deflater_length(&first);
        assert_eq!(stream[..end], first[..end]);
        let mut tail = stream[end + 6..].to_vec();
        mask(&mut tail, KEY, 0);
        assert!(tail.iter().all(|byte| *byte == b'*'));
    }

    /// How long the first frame of a stream is, if it is a short one of a client.
    fn deflater_length(stream: &[u8]) -> usize {
        6 + usize::from(stream[1] & 0x7F)
    }

    #[test]
    fn a_cut_member_and_a_cut_frame_hide_their_credentials() {
        let secret = "s3cr3t-7f0a9c4e";
        let inside = format!(r#"{{"token":"{secret}"}}{}"#, "x".repeat(50));
        let member = gzip::deflate(inside.as_bytes());
        let cut = frame(Opcode::Binary, true, &member[..member.len() - 8]);
        let mut stream = [cut, frame(Opcode::Text, true, inside.as_bytes())].concat();
        stream.truncate(stream.len() - 40);
        blank_stream(&mut stream, &Redactor::default());
        let first = messages(&stream);
        assert!(first[0].iter().all(|byte| *byte == b'*'));
        let mut tail = stream.clone();
        mask(&mut tail[member.len() - 8 + 12..], KEY, 0);
        let shown = String::from_utf8_lossy(&tail).into_owned();
        assert!(!shown.contains(secret));
    }
}
