//! What a payload holds, once it is inflated and parsed.

use std::borrow::Cow;

use super::kinds::{Compression, Kind, Serialization};
use super::layout::{Frame, field};
use crate::error::{DecodeError, ErrorKind};
use crate::gzip;
use crate::json::{self, Parsed, Value};

/// What a payload holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON, with the paths of repeated members.
    Json(Parsed),
    /// Text that need not be JSON: errors are often a plain sentence.
    Text(String),
    /// So many bytes of something else, after inflating.
    Bytes(usize),
}

impl Frame {
    /// The payload without its compression, at most [`gzip::MAX_INFLATED`] bytes of it.
    ///
    /// # Errors
    /// [`ErrorKind::Compression`] or [`ErrorKind::Excess`] at the payload's offset.
    pub fn inflated(&self) -> Result<Cow<'_, [u8]>, DecodeError> {
        match self.compression {
            Compression::Gzip => {
                let inflated = gzip::inflate(&self.payload, gzip::MAX_INFLATED);
                inflated
                    .map(Cow::Owned)
                    .map_err(|error| self.about_payload(error))
            }
            Compression::None | Compression::Custom => Ok(Cow::Borrowed(&self.payload)),
        }
    }

    /// The payload as JSON, whatever the serialization says.
    ///
    /// # Errors
    /// If it does not inflate, is not UTF-8 or is not JSON; at the offending byte if the
    /// payload is not compressed, else at the payload's offset.
    pub fn json(&self) -> Result<Parsed, DecodeError> {
        let plain = self.inflated()?;
        let text = match std::str::from_utf8(&plain) {
            Ok(text) => text,
            Err(error) => {
                let problem = format!("not UTF-8 at byte {} of the text", error.valid_up_to());
                let error = DecodeError::new(ErrorKind::Utf8, error.valid_up_to(), "", problem);
                return Err(self.about_payload(error));
            }
        };
        json::parse(text).map_err(|mut error| {
            error.problem = format!("not JSON: {}", error.problem);
            self.about_payload(error)
        })
    }

    /// What the payload holds.
    ///
    /// # Errors
    /// If it does not inflate, or should be JSON and is not. An error's text may be either.
    pub fn body(&self) -> Result<Body, DecodeError> {
        if self.payload.is_empty() {
            return Ok(Body::Empty);
        }
        if self.compression == Compression::Custom || self.kind.carries_audio() {
            return Ok(Body::Bytes(self.inflated()?.len()));
        }
        if matches!(self.kind, Kind::Error { .. }) {
            return Ok(match self.json() {
                Ok(parsed) => Body::Json(parsed),
                Err(_) => text_or_bytes(&self.inflated()?),
            });
        }
        match self.serialization {
            Serialization::Json => self.json().map(Body::Json),
            Serialization::Raw => Ok(text_or_bytes(&self.inflated()?)),
            Serialization::Protobuf | Serialization::Thrift | Serialization::Custom => {
                Ok(Body::Bytes(self.inflated()?.len()))
            }
        }
    }

    /// An error of the payload, placed in the frame. Offsets in inflated text are no
    /// offsets in the frame.
    fn about_payload(&self, mut error: DecodeError) -> DecodeError {
        if self.compression == Compression::Gzip {
            if error.kind == ErrorKind::Json {
                error.problem = format!(
                    "{} at byte {} of the inflated text",
                    error.problem, error.offset
                );
            }
            error.offset = 0;
        }
        field::PAYLOAD.clone_into(&mut error.field);
        error.shifted(self.payload_offset())
    }
}

impl Body {
    /// The body as JSON: parsed, as a string, or as `{"bytes": n}`.
    #[must_use]
    pub fn value(&self) -> Value {
        match self {
            Self::Empty => described(0),
            Self::Json(parsed) => parsed.value.clone(),
            Self::Text(text) => Value::from(text.as_str()),
            Self::Bytes(length) => described(*length),
        }
    }
}

fn text_or_bytes(bytes: &[u8]) -> Body {
    match std::str::from_utf8(bytes) {
        Ok(text) => Body::Text(text.to_owned()),
        Err(_) => Body::Bytes(bytes.len()),
    }
}

fn described(length: usize) -> Value {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    json::object([("bytes", Value::from(length))])
}
