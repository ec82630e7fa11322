//! A trace as people read it: heads, frames and messages with their times and places.
//!
//! ```text
//!   chunks of a side ─▶ one stream ─▶ head │ frame │ frame … ─▶ messages ─▶ decoded
//!                           └─ each with its time, and how many pieces TCP brought it in
//!   Said ─▶ layers (bits, fields, gunzipped, JSON) · timeline (rows) · sound (envelope, gaps)
//! ```
//!
//! Frames are taken apart with `wire::ws` here, which is for showing only: verdicts come from
//! tokio-tungstenite.

pub(super) mod layers;
pub(super) mod sound;
pub(super) mod timeline;
pub(super) mod tree;

use std::time::Duration;

use bytes::Bytes;
use mock_server::{RawChunk, Side};
use wire::endpoint::{Dump, Endpoint};
use wire::session::Form;
use wire::ws::deflate::{Direction, Inflater};
use wire::ws::{CloseFrame, FrameHead, Opcode, mask};

use crate::run::trace::{Connection, MessageRef, Trace};

/// Something that one side said, whole.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The connection, from 1.
    pub(crate) connection: usize,
    /// Who said it.
    pub(crate) side: Side,
    /// Which of the side's text and binary messages it is, from 1; 0 for heads and the like.
    pub(crate) index: usize,
    /// When its last byte came, since the case began.
    pub(crate) at: Duration,
    /// What it is.
    pub(crate) what: What,
}

/// What was said.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A head of HTTP, with its body.
    Head(Bytes),
    /// A text or binary message.
    Message(Message),
    /// A ping, pong or close, or a frame of a reserved kind.
    Control { frame: Frame, payload: Bytes },
    /// The start of a frame, and as much of its payload as came.
    Cut { frame: Frame, payload: Bytes },
    /// Bytes that make no frame.
    Rest(Bytes),
}

/// A text or binary message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) form: Form,
    /// What its frames carried together, inflated if they were compressed.
    pub(crate) payload: Bytes,
    /// How many bytes it had when permessage-deflate had compressed it.
    pub(crate) deflated: Option<usize>,
    pub(crate) frames: Vec<Frame>,
    /// Whether its last frame came.
    pub(crate) is_whole: bool,
    pub(crate) decoded: Result<Dump, String>,
}

/// One frame and its place.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) head: FrameHead,
    /// The bytes of the head.
    pub(crate) head_bytes: Bytes,
    /// Where it begins in all that the side sent.
    pub(crate) offset: usize,
    /// In how many pieces TCP brought it.
    pub(crate) pieces: usize,
}

/// Everything that was said in a case, connection by connection, by the time of its last byte.
pub(crate) fn said(trace: &Trace, endpoint: Option<&Endpoint>) -> Vec<Said> {
    let mut all = Vec::new();
    for (number, connection) in (1..).zip(&trace.connections) {
        let is_open = is_open(connection);
        let mut of_connection = Vec::new();
        for side in [Side::Client, Side::Server] {
            let stream = Stream::of(connection, side);
            of_connection.extend(stream.said(number, is_open, endpoint));
        }
        // Stable: what came at the same moment stays in each side's order, the client first.
        of_connection.sort_by_key(|said| (said.at, said.rank()));
        all.extend(of_connection);
    }
    all
}

impl Said {
    /// Heads come before everything else of their moment.
    const fn rank(&self) -> u8 {
        match (&self.what, self.side) {
            (What::Head(_), Side::Client) => 0,
            (What::Head(_), Side::Server) => 1,
            _ => 2,
        }
    }

    /// Whether a check has looked at this.
    pub(crate) fn is(&self, message: MessageRef) -> bool {
        let is_index = match self.what {
            What::Head(_) => message.index == 0,
            What::Message(_) => message.index == self.index && self.index > 0,
            What::Control { .. } | What::Cut { .. } | What::Rest(_) => false,
        };
        is_index && (self.connection, self.side) == (message.connection, message.side)
    }

    /// What it is called: the kind of message, or of frame.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.what {
            What::Head(_) => match self.side {
                Side::Client => "request",
                Side::Server => "answer",
            },
            What::Message(message) if !message.is_whole => "unfinished message",
            What::Message(message) => message
                .decoded
                .as_ref()
                .map_or("malformed", |dump| dump.kind),
            What::Control { frame, .. } => opcode(frame.head.opcode),
            What::Cut { .. } => "cut frame",
            What::Rest(_) => "bytes",
        }
    }

    /// Its bytes, without the heads of frames.
    pub(crate) const fn bytes(&self) -> &Bytes {
        match &self.what {
            What::Head(bytes) | What::Rest(bytes) => bytes,
            What::Message(message) => &message.payload,
            What::Control { payload, .. } | What::Cut { payload, .. } => payload,
        }
    }

    /// What it says, in a line.
    pub(crate) fn line(&self) -> String {
        match &self.what {
            What::Head(bytes) => first_line(bytes),
            What::Message(message) => match &message.decoded {
                Ok(dump) => dump.value.excerpt(),
                Err(error) => error.clone(),
            },
            What::Control { frame, payload } if frame.head.opcode == Opcode::Close => {
                let (close, _) = CloseFrame::decode(payload);
                let code = close.code.map_or(String::new(), |code| code.to_string());
                format!("{code} {}", close.reason).trim().to_owned()
            }
            What::Control { payload, .. } => String::from_utf8_lossy(payload).into_owned(),
            What::Cut { frame, payload } => format!(
                "{}: {} bytes declared, {} came",
                opcode(frame.head.opcode),
                frame.head.length,
                payload.len()
            ),
            What::Rest(bytes) => format!("{} bytes that make no frame", bytes.len()),
        }
    }
}

/// An opcode's name.
pub(crate) const fn opcode(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Continuation => "continuation",
        Opcode::Text => "text",
        Opcode::Binary => "binary",
        Opcode::Close => "close",
        Opcode::Ping => "ping",
        Opcode::Pong => "pong",
        Opcode::Other(_) => "reserved",
    }
}

fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|byte| *byte == b'\r' || *byte == b'\n').next();
    String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
}

/// Whether the handshake was answered with a 101.
pub(crate) fn is_open(connection: &Connection) -> bool {
    let mut chunks = connection.chunks.iter();
    let answer = chunks.find(|chunk| chunk.side == Side::Server);
    answer.is_some_and(|chunk| chunk.bytes.starts_with(b"HTTP/1.1 101"))
}

/// Where the head of HTTP at the start of bytes ends; `None` if it does not.
pub(crate) fn head_end(bytes: &[u8]) -> Option<usize> {
    let blank = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(blank + 4)
}

/// All that one side sent on a connection.
struct Stream {
    side: Side,
    bytes: Bytes,
    /// Where each chunk ends, and when it came since the case began.
    ends: Vec<(usize, Duration)>,
}

impl Stream {
    fn of(connection: &Connection, side: Side) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        let of_side = |chunk: &&RawChunk| chunk.side == side;
        for chunk in connection.chunks.iter().filter(of_side) {
            bytes.extend_from_slice(&chunk.bytes);
            ends.push((bytes.len(), connection.began + chunk.at));
        }
        Self {
            side,
            bytes: bytes.into(),
            ends,
        }
    }

    /// The chunk that the byte at this place came in.
    fn chunk(&self, at: usize) -> usize {
        self.ends.partition_point(|(end, _)| *end <= at)
    }

    fn time(&self, at: usize) -> Duration {
        let last = self.ends.len().saturating_sub(1);
        let chunk = self.ends.get(self.chunk(at).min(last));
        chunk.map_or(Duration::ZERO, |(_, at)| *at)
    }

    fn said(&self, connection: usize, is_open: bool, endpoint: Option<&Endpoint>) -> Vec<Said> {
        let mut all = Vec::new();
        let mut say = |index, until: usize, what| {
            all.push(Said {
                connection,
                side: self.side,
                index,
                at: self.time(until.max(1) - 1),
                what,
            });
        };
        let length = self.bytes.len();
        if length == 0 {
            return all;
        }
        let head = match head_end(&self.bytes) {
            Some(end) if is_open => end,
            _ => length,
        };
        say(0, head, What::Head(self.bytes.slice(..head)));
        let mut at = head;
        let mut index = 0;
        let mut pending: Option<Pending> = None;
        // It takes contexts over, which those that stand alone do not notice.
        let mut inflater = Inflater::new(Direction::default());
        while at < length {
            let Some((frame, payload)) = self.frame(at) else {
                say(0, length, What::Rest(self.bytes.slice(at..)));
                break;
            };
            let end = at + frame.head_bytes.len() + payload.len();
            at = end;
            if u64::try_from(payload.len()).is_ok_and(|came| came < frame.head.length) {
                let payload = payload.into();
                say(0, end, What::Cut { frame, payload });
                break;
            }
            if frame.head.opcode.is_control() || matches!(frame.head.opcode, Opcode::Other(_)) {
                let payload = payload.into();
                say(0, end, What::Control { frame, payload });
                continue;
            }
            let is_last = frame.head.fin;
            let message = pending.get_or_insert_with(Pending::default);
            message.payload.extend(payload);
            message.frames.push(frame);
            if is_last && let Some(message) = pending.take() {
                index += 1;
                let message = message.whole(self.side, endpoint, &mut inflater);
                say(index, end, What::Message(message));
            }
        }
        if let Some(message) = pending {
            let message = Message {
                is_whole: false,
                ..message.whole(self.side, endpoint, &mut inflater)
            };
            say(0, length, What::Message(message));
        }
        all
    }

    /// The frame at this place and its payload, unmasked, as far as it came.
    fn frame(&self, at: usize) -> Option<(Frame, Vec<u8>)> {
        let (head, head_length) = FrameHead::decode(self.bytes.get(at..)?)?;
        let start = at + head_length;
        let declared = usize::try_from(head.length).unwrap_or(usize::MAX);
        let end = start.saturating_add(declared).min(self.bytes.len());
        let mut payload = self.bytes.get(start..end)?.to_vec();
        if let Some(key) = head.mask {
            mask(&mut payload, key, 0);
        }
        let pieces = self.chunk(end.max(at + 1) - 1) - self.chunk(at) + 1;
        let frame = Frame {
            head,
            head_bytes: self.bytes.slice(at..start),
            offset: at,
            pieces,
        };
        Some((frame, payload))
    }
}

/// The bit of a frame that says that its message is compressed.
const RSV1: u8 = 0b100;

/// A message whose last fragment is still to come.
#[derive(Default)]
struct Pending {
    payload: Vec<u8>,
    frames: Vec<Frame>,
}

impl Pending {
    fn whole(self, side: Side, endpoint: Option<&Endpoint>, inflater: &mut Inflater) -> Message {
        let first = self.frames.first().map(|frame| frame.head);
        let form = match first.map(|head| head.opcode) {
            Some(Opcode::Text) => Form::Text,
            _ => Form::Binary,
        };
        let is_compressed = first.is_some_and(|head| head.rsv & RSV1 != 0);
        let (payload, deflated) = match is_compressed {
            true => match inflater.inflate(&self.payload, wire::gzip::MAX_INFLATED) {
                Ok(inflated) => (Bytes::from(inflated), Some(self.payload.len())),
                Err(_) => (Bytes::from(self.payload), None),
            },
            false => (Bytes::from(self.payload), None),
        };
        let decoded = match endpoint {
            Some(endpoint) => {
                (endpoint.decode)(side, form, &payload).map_err(|error| error.to_string())
            }
            None => Err("no endpoint is known by this name".to_owned()),
        };
        Message {
            form,
            payload,
            deflated,
            frames: self.frames,
            is_whole: true,
            decoded,
        }
    }
}

#[cfg(test)]
mod tests;
