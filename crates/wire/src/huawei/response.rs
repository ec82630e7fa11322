//! Messages of the server that both services have: types, encode, strict decode.
//!
//! ```text
//!   {"resp_type":"START","trace_id":"…"}
//!   {"resp_type":"END","trace_id":"…","reason":"NORMAL"}
//!   {"resp_type":"ERROR","trace_id":"…","error_code":"SIS.0032","error_msg":"…"}
//! ```

use bytes::Bytes;

use crate::error::{DecodeError, ErrorKind};
use crate::json::{Style, Value, object, parse};

/// A message that both services send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Common {
    /// The session has begun.
    Start,
    /// The session has ended.
    End(Reason),
    /// It cannot go on.
    Error(Failure),
    /// It cannot go on, and the server closes.
    FatalError(Failure),
}

/// Why a session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Everything was done.
    Normal,
    /// The client asked to drop the rest.
    Cancel,
    /// An `ERROR` went before.
    Error,
}

/// What an `ERROR` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `SIS.0032`.
    pub code: String,
    /// What is wrong, for people.
    pub text: String,
}

impl Reason {
    const ALL: [(&'static str, Self); 3] = [
        ("NORMAL", Self::Normal),
        ("CANCEL", Self::Cancel),
        ("ERROR", Self::Error),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Cancel => "CANCEL",
            Self::Error => "ERROR",
        }
    }
}

impl Common {
    /// Its kind, which is its `resp_type`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::End(_) => "END",
            Self::Error(_) => "ERROR",
            Self::FatalError(_) => "FATAL_ERROR",
        }
    }

    /// The message as text.
    #[must_use]
    pub fn encode(&self, trace_id: Option<&str>) -> String {
        let rest = match self {
            Self::Start => Vec::new(),
            Self::End(reason) => vec![("reason", Value::from(reason.name()))],
            Self::Error(failure) | Self::FatalError(failure) => vec![
                ("error_code", Value::from(failure.code.as_str())),
                ("error_msg", Value::from(failure.text.as_str())),
            ],
        };
        encode(self.kind(), trace_id, rest)
    }

    /// The message behind an envelope; `None` if its `resp_type` is none of these.
    ///
    /// # Errors
    /// If a member is missing or has a value that it does not take.
    pub fn read(envelope: &Envelope) -> Result<Option<Self>, DecodeError> {
        let failure = || -> Result<Failure, DecodeError> {
            Ok(Failure {
                code: string(&envelope.value, "error_code")?.to_owned(),
                text: string(&envelope.value, "error_msg")?.to_owned(),
            })
        };
        Ok(Some(match envelope.resp_type.as_str() {
            "START" => Self::Start,
            "END" => {
                let name = string(&envelope.value, "reason")?;
                let known = Reason::ALL.iter().find(|(word, _)| *word == name);
                let Some((_, reason)) = known else {
                    return Err(wrong("reason", format!("{name:?} is not a reason")));
                };
                Self::End(*reason)
            }
            "ERROR" => Self::Error(failure()?),
            "FATAL_ERROR" => Self::FatalError(failure()?),
            _ => return Ok(None),
        }))
    }
}

/// What every text message of the server has.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    /// The kind of message.
    pub resp_type: String,
    /// The session's id; may be absent from errors.
    pub trace_id: Option<String>,
    /// The whole message.
    pub value: Value,
}

impl Envelope {
    /// Opens a text message of the server.
    ///
    /// # Errors
    /// If it is not a JSON object, has no `resp_type`, or a `trace_id` that is no string.
    pub fn open(payload: &Bytes) -> Result<Self, DecodeError> {
        let value = object_of(payload)?;
        let resp_type = string(&value, "resp_type")?.to_owned();
        let trace_id = match value.get("trace_id") {
            None => None,
            Some(_) => Some(string(&value, "trace_id")?.to_owned()),
        };
        Ok(Self {
            resp_type,
            trace_id,
            value,
        })
    }
}

/// Writes a message: `resp_type`, `trace_id` and the rest, in this order.
pub(super) fn encode(
    resp_type: &str,
    trace_id: Option<&str>,
    rest: Vec<(&'static str, Value)>,
) -> String {
    let mut members = vec![("resp_type", Value::from(resp_type))];
    members.extend(trace_id.map(|id| ("trace_id", Value::from(id))));
    members.extend(rest);
    object(members).write(Style::Compact)
}

/// A payload as a JSON object.
pub(super) fn object_of(payload: &Bytes) -> Result<Value, DecodeError> {
    let text = utf8(payload)?;
    let value = parse(text)?.value;
    match value {
        Value::Object(_) => Ok(value),
        _ => {
            let problem = format!("an object is expected, {} found", value.type_name());
            Err(DecodeError::new(ErrorKind::Json, 0, "JSON", problem))
        }
    }
}

/// A payload as text.
pub(super) fn utf8(payload: &Bytes) -> Result<&str, DecodeError> {
    std::str::from_utf8(payload).map_err(|error| {
        let problem = "not UTF-8".to_owned();
        DecodeError::new(ErrorKind::Utf8, error.valid_up_to(), "text", problem)
    })
}

/// A mandatory string.
pub(super) fn string<'v>(value: &'v Value, name: &str) -> Result<&'v str, DecodeError> {
    member(value, name, "a string", Value::as_str)
}

/// A mandatory integer of at least 0.
pub(super) fn millis(value: &Value, name: &str) -> Result<u64, DecodeError> {
    member(value, name, "an integer of at least 0", |value| {
        value.as_i64().and_then(|number| u64::try_from(number).ok())
    })
}

/// A mandatory array.
pub(super) fn array<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], DecodeError> {
    member(value, name, "an array", Value::items)
}

/// A mandatory member of some type.
pub(super) fn member<'v, T>(
    value: &'v Value,
    name: &str,
    expected: &str,
    read: impl Fn(&'v Value) -> Option<T>,
) -> Result<T, DecodeError> {
    let found = value.get(name);
    found.and_then(read).ok_or_else(|| {
        let found = found.map_or("nothing", Value::type_name);
        wrong(name, format!("{expected} is expected, {found} found"))
    })
}

/// A member that is not what it should be. JSON values have no offset here, so it is that of the text.
pub(super) fn wrong(name: &str, problem: String) -> DecodeError {
    DecodeError::new(ErrorKind::Json, 0, name, problem)
}
