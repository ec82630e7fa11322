//! What was received, decoded.

use bytes::Bytes;
use wire::endpoint::{Dump, Endpoint};
use wire::json::{Value, object};
use wire::session::{Form, Side};

/// A message of the other side.
#[derive(Clone, Debug)]
pub struct Received {
    /// Text or binary.
    pub form: Form,
    /// The payload.
    pub payload: Bytes,
    /// What it is, or why it cannot be read.
    pub decoded: Result<Dump, String>,
    /// Which of its sender's text and binary messages it is, from 1; 0 if that is not known.
    pub number: usize,
}

/// Reads a message.
#[must_use]
pub fn receive(endpoint: &Endpoint, side: Side, form: Form, payload: Bytes) -> Received {
    let decoded = (endpoint.decode)(side, form, &payload).map_err(|error| error.to_string());
    Received {
        form,
        payload,
        decoded,
        number: 0,
    }
}

impl Received {
    /// Its kind; `malformed` if it cannot be read.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.decoded.as_ref().map_or("malformed", |dump| dump.kind)
    }

    /// What it says; an empty object if it cannot be read.
    #[must_use]
    pub fn value(&self) -> Value {
        match &self.decoded {
            Ok(dump) => dump.value.clone(),
            Err(_) => object::<String>([]),
        }
    }

    /// How many bytes of audio or other payload it has: what its codec calls `bytes`, wherever
    /// that stands, else all of it.
    #[must_use]
    pub fn audio_bytes(&self) -> usize {
        let value = self.value();
        let places = [
            value.get("bytes"),
            value.get("audio").and_then(|audio| audio.get("bytes")),
            value
                .get("payload")
                .and_then(|payload| payload.get("bytes")),
        ];
        let told = places.into_iter().flatten().find_map(Value::as_i64);
        let told = told.and_then(|bytes| usize::try_from(bytes).ok());
        told.unwrap_or(self.payload.len())
    }

    /// Its audio, which stands at its end.
    #[must_use]
    pub fn audio(&self) -> &[u8] {
        let start = self.payload.len().saturating_sub(self.audio_bytes());
        self.payload.get(start..).unwrap_or_default()
    }

    /// The message before it is read as anything: a text as it is, a binary one in hex.
    #[must_use]
    pub fn raw(&self) -> String {
        match self.form {
            Form::Text => String::from_utf8_lossy(&self.payload).into_owned(),
            Form::Binary => {
                let bytes = self.payload.iter();
                bytes.map(|byte| format!("{byte:02x}")).collect()
            }
        }
    }

    /// The message in a few words.
    #[must_use]
    pub fn excerpt(&self) -> String {
        match &self.decoded {
            Ok(dump) => format!("{} {}", dump.kind, dump.value.excerpt()),
            Err(error) => format!("a malformed message ({error})"),
        }
    }
}
