//! Messages for people: the members of a JSON text with their places, the length of audio.

use bytes::Bytes;

use crate::endpoint::{Dump, Field};
use crate::error::{DecodeError, ErrorKind};
use crate::json::{self, Value, object};
use crate::session::{Form, Side};

use super::message::{ClientMessage, SERVER_MEMBERS, ServerMessage, kind};

/// Decodes one message of either side.
///
/// # Errors
/// Where a text is no JSON, or not a message of that side.
pub fn decode(side: Side, form: Form, payload: &Bytes) -> Result<Dump, DecodeError> {
    if form == Form::Binary {
        return Ok(binary(side, payload.len()));
    }
    let kind = match side {
        Side::Server => ServerMessage::decode(form, payload)
            .map_err(|error| placed(error, payload))?
            .kind(),
        Side::Client => match ClientMessage::decode(form, payload).message {
            ClientMessage::Malformed(error) => return Err(error),
            _ => kind::REQUEST,
        },
    };
    let text = std::str::from_utf8(payload).map_err(|error| {
        DecodeError::new(ErrorKind::Utf8, error.valid_up_to(), "message", "not UTF-8")
    })?;
    let value = json::parse(text)?.value;
    let Some(members) = value.members() else {
        let problem = format!("an object expected, {} found", value.type_name());
        return Err(DecodeError::new(ErrorKind::Json, 0, "message", problem));
    };
    let fields = spans(text)
        .into_iter()
        .zip(members)
        .map(|((offset, length), (name, value))| Field::new(offset, length, name, value.excerpt()))
        .collect();
    Ok(Dump {
        kind,
        fields,
        value,
    })
}

/// Encodes anew what a message decodes to.
#[must_use]
pub fn recode(side: Side, form: Form, payload: &Bytes) -> Option<Bytes> {
    if form == Form::Binary {
        return Some(payload.clone());
    }
    match side {
        Side::Server => ServerMessage::decode(form, payload)
            .ok()
            .map(|message| message.encode().body),
        Side::Client => match ClientMessage::decode(form, payload).message {
            ClientMessage::Request(request) => Some(request.encode().into()),
            ClientMessage::Invalid(_) | ClientMessage::Malformed(_) | ClientMessage::Binary(_) => {
                None
            }
        },
    }
}

/// The error of a member, at the place of that member.
fn placed(error: DecodeError, payload: &Bytes) -> DecodeError {
    if !SERVER_MEMBERS.contains(&error.field.as_str()) {
        return error;
    }
    let text = std::str::from_utf8(payload).unwrap_or_default();
    let value = json::parse(text).map(|parsed| parsed.value);
    let Some(members) = value.as_ref().ok().and_then(Value::members) else {
        return error;
    };
    // Of repeated members the last counts.
    let place = spans(text)
        .into_iter()
        .zip(members)
        .rfind(|(_, (name, _))| *name == error.field);
    match place {
        Some(((offset, _), _)) => DecodeError { offset, ..error },
        None => error,
    }
}

/// Whether bytes look like a message of this endpoint.
#[must_use]
pub fn resembles(bytes: &[u8]) -> bool {
    let parsed = std::str::from_utf8(bytes).ok().map(json::parse);
    let Some(Ok(parsed)) = parsed else {
        return false;
    };
    let is_answer = match parsed.value.members() {
        Some([(name, _)]) => SERVER_MEMBERS.contains(&name.as_str()),
        _ => false,
    };
    let text = parsed.value.get("text").and_then(Value::as_str);
    is_answer || text.is_some() && parsed.value.get("command").is_none()
}

fn binary(side: Side, length: usize) -> Dump {
    let kind = match side {
        Side::Client => kind::BINARY,
        Side::Server => kind::AUDIO,
    };
    let bytes = u64::try_from(length).unwrap_or(u64::MAX);
    Dump {
        kind,
        fields: vec![Field::new(0, length, kind, format!("{length} bytes"))],
        value: object([("bytes", Value::from(bytes))]),
    }
}

/// Offset and length of each member of an object, in order. The text is known to be JSON.
fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut spans = Vec::new();
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    let mut member: Option<(usize, usize)> = None;
    for (at, byte) in text.bytes().enumerate() {
        let was_inside = depth;
        if quoted {
            quoted = escaped || byte != b'"';
            escaped = byte == b'\\' && !escaped;
        } else {
            match byte {
                b'"' => quoted = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            let ends = was_inside == 1 && (byte == b',' || depth == 0);
            if ends {
                spans.extend(member.take());
                continue;
            }
        }
        if was_inside >= 1 && !byte.is_ascii_whitespace() {
            let start = member.map_or(at, |(start, _)| start);
            member = Some((start, at + 1 - start));
        }
    }
    spans
}
