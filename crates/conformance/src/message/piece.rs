//! Binary messages from pieces.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use wire::json::{Style, Value};
use wire::session::Form;

use super::scope::Scope;
use crate::case::{EndpointFile, Json, Send, Template};
use crate::matcher;

/// A part of a binary message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Piece {
    /// Bytes in hex; spaces mean nothing.
    Hex(String),
    /// Bytes in base64.
    Base64(String),
    /// A text in UTF-8.
    Text(String),
    /// JSON text. It is what a step's `set` and `remove` edit.
    Json(Json),
    /// An unsigned integer of 32 bits, most significant byte first.
    U32Be(u32),
    /// A signed integer of 32 bits, most significant byte first.
    I32Be(i32),
    /// An unsigned integer of 32 bits, least significant byte first.
    U32Le(u32),
    /// An unsigned integer of 16 bits, most significant byte first.
    U16Be(u16),
    /// The length of what follows, 32 bits, most significant byte first, then what follows.
    Sized(Vec<Self>),
    /// The same with a length that is wrong by so many bytes.
    Missized {
        /// What is added to the length.
        by: i64,
        /// What follows.
        of: Vec<Self>,
    },
    /// The pieces as one gzip member.
    Gzip(Vec<Self>),
    /// One byte, many times.
    Fill {
        /// The byte.
        byte: u8,
        /// How often.
        times: usize,
    },
}

/// A message that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Text or binary.
    pub form: Form,
    /// The payload.
    pub payload: Vec<u8>,
}

/// Why a message cannot be made: the case is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// There is no such message.
    #[error("endpoint.toml has no message {0:?}")]
    Unknown(String),
    /// A member that is to be set or removed, and no JSON to edit.
    #[error("{0}: the message has no JSON with such a member")]
    NoMember(String),
    /// Hex or base64 that is none.
    #[error("{0:?} is not {1}")]
    Encoding(String, &'static str),
    /// A step without a body.
    #[error("the step has none of message, text, json, bytes")]
    Empty,
}

/// Makes the message of a step.
///
/// # Errors
/// If the case is wrong.
pub fn build(
    send: &Send,
    shared: &EndpointFile,
    scope: &mut Scope,
) -> Result<Outgoing, MessageError> {
    let mut template = match send {
        Send {
            message: Some(name),
            ..
        } => {
            let known = shared.messages.get(name);
            known
                .cloned()
                .ok_or_else(|| MessageError::Unknown(name.clone()))?
        }
        Send {
            text: Some(text), ..
        } => Template::Text(text.clone()),
        Send {
            json: Some(json), ..
        } => Template::Json(json.clone()),
        Send {
            bytes: Some(pieces),
            ..
        } => Template::Bytes(pieces.clone()),
        _ => return Err(MessageError::Empty),
    };
    for (path, Json(value)) in &send.set {
        let json = first_json(&mut template);
        let json = json.ok_or_else(|| MessageError::NoMember(path.clone()))?;
        matcher::set(json, path, value.clone());
    }
    for path in &send.remove {
        let json = first_json(&mut template);
        if !json.is_some_and(|json| matcher::remove(json, path)) {
            return Err(MessageError::NoMember(path.clone()));
        }
    }
    Ok(match template {
        Template::Text(text) => Outgoing {
            form: Form::Text,
            payload: scope.fill(&text).into_bytes(),
        },
        Template::Json(Json(value)) => Outgoing {
            form: Form::Text,
            payload: json_text(&value, scope),
        },
        Template::Bytes(pieces) => Outgoing {
            form: Form::Binary,
            payload: join(&pieces, scope)?,
        },
    })
}

fn json_text(value: &Value, scope: &mut Scope) -> Vec<u8> {
    scope.fill_json(value).write(Style::Compact).into_bytes()
}

/// The JSON that edits are about.
fn first_json(template: &mut Template) -> Option<&mut Value> {
    match template {
        Template::Text(_) => None,
        Template::Json(Json(value)) => Some(value),
        Template::Bytes(pieces) => json_among(pieces),
    }
}

fn json_among(pieces: &mut [Piece]) -> Option<&mut Value> {
    pieces.iter_mut().find_map(|piece| match piece {
        Piece::Json(Json(value)) => Some(value),
        Piece::Sized(inner) | Piece::Gzip(inner) | Piece::Missized { of: inner, .. } => {
            json_among(inner)
        }
        _ => None,
    })
}

pub(super) fn join(pieces: &[Piece], scope: &mut Scope) -> Result<Vec<u8>, MessageError> {
    let mut bytes = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Hex(text) => bytes.extend(hex(text)?),
            Piece::Base64(text) => {
                let decoded = STANDARD.decode(text);
                let fail = |_| MessageError::Encoding(text.clone(), "base64");
                bytes.extend(decoded.map_err(fail)?);
            }
            Piece::Text(text) => bytes.extend(scope.fill(text).into_bytes()),
            Piece::Json(Json(value)) => bytes.extend(json_text(value, scope)),
            Piece::U32Be(number) => bytes.extend(number.to_be_bytes()),
            Piece::I32Be(number) => bytes.extend(number.to_be_bytes()),
            Piece::U32Le(number) => bytes.extend(number.to_le_bytes()),
            Piece::U16Be(number) => bytes.extend(number.to_be_bytes()),
            Piece::Sized(inner) => bytes.extend(sized(inner, 0, scope)?),
            Piece::Missized { by, of } => bytes.extend(sized(of, *by, scope)?),
            Piece::Gzip(inner) => bytes.extend(wire::gzip::deflate(&join(inner, scope)?)),
            Piece::Fill { byte, times } => bytes.extend(std::iter::repeat_n(*byte, *times)),
        }
    }
    Ok(bytes)
}

fn sized(inner: &[Piece], by: i64, scope: &mut Scope) -> Result<Vec<u8>, MessageError> {
    let inner = join(inner, scope)?;
    let length = i64::try_from(inner.len()).unwrap_or(i64::MAX);
    let declared = u32::try_from(length.saturating_add(by).max(0)).unwrap_or(u32::MAX);
    Ok(declared.to_be_bytes().into_iter().chain(inner).collect())
}

fn hex(text: &str) -> Result<Vec<u8>, MessageError> {
    let fail = || MessageError::Encoding(text.to_owned(), "hex");
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let pairs = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect::<Option<_>>().ok_or_else(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct File {
        send: Send,
    }

    fn made(send: &str) -> Result<Outgoing, MessageError> {
        let shared = EndpointFile::parse(
            "endpoint.toml",
            "schema = 'endpoint/1'\npath = '/x'\n[messages]\n\
             start = { json = { command = 'START', config = { speed = 1, token = '${token}' } } }\n\
             frame = { bytes = [{ hex = '11 10' }, { sized = [{ gzip = [{ json = { a = 1 } }] }] }] }\n",
        );
        let file: File = toml::from_str(&format!("send = {send}")).unwrap();
        build(&file.send, &shared.unwrap(), &mut Scope::new("t0ken"))
    }

    #[test]
    fn a_message_is_edited_by_path() {
        let message =
            made("{ message = 'start', set = { 'config.speed' = 'x' }, remove = ['command'] }");
        let text = String::from_utf8(message.unwrap().payload).unwrap();
        assert_eq!(text, r#"{"config":{"speed":"x","token":"t0ken"}}"#);
    }

    #[test]
    fn the_json_inside_a_frame_is_edited_and_measured_afterwards() {
        let message = made("{ message = 'frame', set = { a = { '$json' = 'null' } } }").unwrap();
        assert_eq!(message.form, Form::Binary);
        let declared = u32::from_be_bytes(message.payload[2..6].try_into().unwrap());
        assert_eq!(declared as usize, message.payload.len() - 6);
        let inside = wire::gzip::inflate(&message.payload[6..], 100).unwrap();
        assert_eq!(inside, br#"{"a":null}"#);
    }

    #[test]
    fn a_length_may_lie() {
        let message = made(
            "{ bytes = [{ missized = { by = -1, of = [{ fill = { byte = 7, times = 3 } }] } }] }",
        );
        assert_eq!(message.unwrap().payload, [0, 0, 0, 2, 7, 7, 7]);
    }

    #[test]
    fn what_cannot_be_made_is_said() {
        let problem = |send: &str| made(send).unwrap_err().to_string();
        assert_eq!(
            problem("{ message = 'no' }"),
            "endpoint.toml has no message \"no\""
        );
        assert_eq!(
            problem("{ message = 'start', remove = ['config.no'] }"),
            "config.no: the message has no JSON with such a member"
        );
        assert_eq!(problem("{ bytes = [{ hex = '1' }] }"), "\"1\" is not hex");
    }
}
