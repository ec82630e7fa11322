//! `volcengine/tts-v1`: one request, a stream or a single answer.
//!
//! `message` reads what the client sends, `members` is the table of the request's JSON
//! and `check` holds it against it, `request` is what it asks for, `text` what is said, `front_end` when. `table` says what
//! is legal, `reply` answers.

pub mod check;
pub(in crate::volcengine) mod front_end;
pub mod members;
pub mod message;
pub mod policy;
pub mod reply;
pub mod request;
pub mod table;
mod text;

use bytes::Bytes;

use policy::Policy;

use super::frame::{self, Body, Frame, Kind, Position, Version, field};
use super::{auth, clauses, dialect, knobs};
use crate::audio::Direction;
use crate::endpoint::{Dump, Endpoint, Limits, Opening, Prefix};
use crate::error::{DecodeError, ErrorKind};

use crate::session::{Conversation, Form, Session, Side};

/// TTS v1.
pub const ENDPOINT: Endpoint = Endpoint {
    name: "volcengine/tts-v1",
    paths: &["/api/v1/tts/ws_binary"],
    prefix: Prefix::None,
    audio: Direction::ToClient,
    clauses: clauses::TTS_V1,
    table: &table::TABLE,
    knobs: knobs::TTS_V1,
    limits: Limits {
        frame: None,
        message: None,
    },
    admit: auth::admit,
    open,
    decode,
    dialect: &dialect::SYNTHESIS,
    recode,
    resembles,
};

fn open(opening: Opening) -> Box<dyn Session> {
    Box::new(Conversation::new(&table::TABLE, reply::Reply::new(opening)))
}

/// Decodes a message for people: any frame of the family. A text message is none, unless
/// its bytes are a frame's: the recognition services are said to have sent such.
fn decode(side: Side, form: Form, payload: &Bytes) -> Result<Dump, DecodeError> {
    if form == Form::Text && !frame::resembles(payload) {
        let problem = "a text message, where a binary frame is due";
        return Err(DecodeError::new(
            ErrorKind::Undefined,
            0,
            "message",
            problem,
        ));
    }
    let frame = frame::decode(side, payload)?;
    if frame.version != Version::V1 {
        let problem = format!("{:#x}, expected 0x1", frame.version.nibble());
        return Err(DecodeError::new(
            ErrorKind::Undefined,
            0,
            field::VERSION,
            problem,
        ));
    }
    let body = frame.body()?;
    let kind = match side {
        Side::Client => message::decode(Form::Binary, payload, &Policy::default()).kind,
        Side::Server => server_kind(&frame, &body).ok_or_else(|| {
            let nibble = frame.kind.nibble();
            let problem = format!("{nibble:#x} is sent by clients alone");
            DecodeError::new(ErrorKind::Undefined, 1, field::MESSAGE_TYPE, problem)
        })?,
    };
    Ok(Dump {
        kind,
        fields: frame::fields(&frame, &body),
        value: frame::value(&frame, &body),
    })
}

/// Encodes anew the frame that a message decodes to, byte by byte the same.
fn recode(side: Side, form: Form, payload: &Bytes) -> Option<Bytes> {
    decode(side, form, payload).ok()?;
    let frame = frame::decode(side, payload).ok()?;
    Some(frame.encode())
}

/// The kind of a server's frame, as in the table; what TTS v1 does not send has the name
/// of its type. `None` for what only clients send.
fn server_kind(frame: &Frame, body: &Body) -> Option<&'static str> {
    Some(match frame.kind {
        Kind::AudioOnlyServer => match (frame.sequence, frame.position, body) {
            (None, Position::Open, Body::Empty) if frame.event.is_none() => table::ACK,
            (_, Position::Last, _) => table::LAST_AUDIO,
            (Some(sequence), _, _) if sequence < 0 => table::LAST_AUDIO,
            _ => table::AUDIO,
        },
        Kind::FrontEnd => table::FRONT_END,
        Kind::Error { .. } => table::ERROR,
        Kind::FullServerResponse => "full-server-response",
        Kind::FullClientRequest | Kind::AudioOnlyClient => return None,
    })
}

/// Whether bytes may be a message of this endpoint: anything but JSON, since no other protocol
/// here has an inside to its binary messages.
fn resembles(bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    !matches!(first, None | Some(b'{' | b'['))
}

#[cfg(test)]
mod tests;
