//! One message of either side, decoded for people.

use bytes::Bytes;

use super::response::{Envelope, object_of, string, wrong};
use crate::endpoint::{Dump, Field};
use crate::error::DecodeError;
use crate::json::{Value, object, parse};
use crate::session::{Form, Side};

/// Decodes one message. Audio is described by its length.
///
/// # Errors
/// If a text is not a JSON object, or names no command or kind of message.
pub(super) fn decode(side: Side, form: Form, payload: &Bytes) -> Result<Dump, DecodeError> {
    if form == Form::Binary {
        let bytes = payload.len();
        let field = Field::new(0, bytes, "audio", format!("{bytes} bytes"));
        let length = Value::from(u64::try_from(bytes).unwrap_or(u64::MAX));
        return Ok(Dump {
            kind: "audio",
            fields: vec![field],
            value: object([("audio", object([("bytes", length)]))]),
        });
    }
    let (kind, value) = match side {
        Side::Client => command(payload)?,
        Side::Server => response(payload)?,
    };
    let field = Field::new(0, payload.len(), "JSON", value.excerpt());
    Ok(Dump {
        kind,
        fields: vec![field],
        value,
    })
}

/// Whether bytes look like a message of synthesis.
#[must_use]
pub(super) fn resembles_synthesis(bytes: &[u8]) -> bool {
    object_like(bytes).is_some_and(|value| {
        let of_recognition = value.get("segments").is_some()
            || value.get("event").is_some()
            || is_command(&value, "END")
            || (is_command(&value, "START") && value.get("text").is_none());
        is_of_vendor(&value) && !of_recognition
    })
}

/// Whether bytes look like a message of recognition.
#[must_use]
pub(super) fn resembles_recognition(bytes: &[u8]) -> bool {
    object_like(bytes).is_some_and(|value| {
        let of_synthesis = value.get("text").is_some() || value.get("result").is_some();
        is_of_vendor(&value) && !of_synthesis
    })
}

fn command(payload: &Bytes) -> Result<(&'static str, Value), DecodeError> {
    let value = object_of(payload)?;
    let kind = match string(&value, "command")? {
        "START" => "START",
        "END" => "END",
        _ => "unknown",
    };
    Ok((kind, value))
}

fn response(payload: &Bytes) -> Result<(&'static str, Value), DecodeError> {
    let envelope = Envelope::open(payload)?;
    let known = KINDS
        .iter()
        .find(|kind| **kind == envelope.resp_type)
        .copied();
    let Some(kind) = known else {
        let problem = format!("{:?} is no kind of message", envelope.resp_type);
        return Err(wrong("resp_type", problem));
    };
    let event = envelope.value.get("event").and_then(Value::as_str);
    let event = event.filter(|_| kind == "EVENT");
    let event = event.and_then(|name| EVENTS.iter().find(|event| **event == name));
    Ok((event.copied().unwrap_or(kind), envelope.value))
}

fn object_like(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    let value = parse(text).ok()?.value;
    value.members().is_some().then_some(value)
}

fn is_of_vendor(value: &Value) -> bool {
    value.get("command").is_some_and(|v| v.as_str().is_some())
        || value.get("resp_type").is_some_and(|v| v.as_str().is_some())
}

fn is_command(value: &Value, name: &str) -> bool {
    value.get("command").and_then(Value::as_str) == Some(name)
}

const KINDS: &[&str] = &["START", "RESULT", "EVENT", "END", "ERROR", "FATAL_ERROR"];

const EVENTS: &[&str] = &[
    "VOICE_START",
    "VOICE_END",
    "EXCEEDED_SILENCE",
    "EXCEEDED_AUDIO",
];
