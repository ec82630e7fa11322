//! A frame for people: its fields with their offsets, and its meaning as JSON.

use std::fmt::Write as _;

use bytes::Bytes;

use super::kinds::{Compression, Kind, Position};
use super::layout::{Frame, field};
use super::payload::Body;
use crate::endpoint::Field;
use crate::json::{self, Style, Value};

/// The fields of a frame in the order of its bytes. Nibbles share their byte's offset.
#[must_use]
pub fn fields(frame: &Frame, body: &Body) -> Vec<Field> {
    let mut list = Fields::default();
    let nibble = |value: u8, text: &str| format!("{value:#x} ({text})");
    let words = frame.extension.header_words();
    list.shared(field::VERSION, format!("{:#x}", frame.version.nibble()));
    list.add(
        1,
        field::HEADER_SIZE,
        nibble(words, &format!("{} bytes", u32::from(words) * 4)),
    );
    list.shared(
        field::MESSAGE_TYPE,
        nibble(frame.kind.nibble(), frame.kind.name()),
    );
    list.add(
        1,
        field::FLAGS,
        nibble(frame.flags(), &flags_in_words(frame)),
    );
    let serialization = frame.serialization;
    list.shared(
        field::SERIALIZATION,
        nibble(serialization.nibble(), serialization.name()),
    );
    let compression = frame.compression;
    list.add(
        1,
        field::COMPRESSION,
        nibble(compression.nibble(), compression.name()),
    );
    list.add(1, field::RESERVED, format!("{:#04x}", frame.reserved));
    let extension = frame.extension.bytes();
    if !extension.is_empty() {
        list.add(extension.len(), field::EXTENSION, hex(extension));
    }
    if let Kind::Error { code } = frame.kind {
        list.add(4, field::ERROR_CODE, code.to_string());
    }
    if let Some(sequence) = frame.sequence {
        list.add(4, field::SEQUENCE, sequence.to_string());
    }
    if let Some(event) = &frame.event {
        let name = event.name().unwrap_or("unknown");
        list.add(4, field::EVENT, format!("{} ({name})", event.number()));
        if let Some(id) = event.connect_id() {
            list.add(4, field::CONNECT_ID_SIZE, id.len().to_string());
            list.add(id.len(), field::CONNECT_ID, text_of(id));
        }
        if let Some(id) = event.session_id() {
            list.add(4, field::SESSION_ID_SIZE, id.len().to_string());
            list.add(id.len(), field::SESSION_ID, text_of(id));
        }
    }
    list.add(4, field::PAYLOAD_SIZE, frame.payload.len().to_string());
    list.add(
        frame.payload.len(),
        field::PAYLOAD,
        payload_in_words(frame, body),
    );
    list.fields
}

/// What a frame says, as JSON. Members that the frame does not have are `null`.
#[must_use]
pub fn value(frame: &Frame, body: &Body) -> Value {
    let event = frame.event.as_ref();
    let size = u64::try_from(frame.payload.len()).unwrap_or(u64::MAX);
    let code = match frame.kind {
        Kind::Error { code } => Value::from(code),
        _ => Value::Null,
    };
    let id = |id: Option<&Bytes>| id.map_or(Value::Null, |id| Value::from(text_of(id)));
    let extension = match frame.extension.bytes() {
        bytes if bytes.is_empty() => Value::Null,
        bytes => Value::from(hex(bytes)),
    };
    json::object([
        ("version", Value::from(u32::from(frame.version.nibble()))),
        (
            "header_size",
            Value::from(u32::from(frame.extension.header_words()) * 4),
        ),
        ("message_type", Value::from(u32::from(frame.kind.nibble()))),
        ("message_type_name", Value::from(frame.kind.name())),
        ("flags", Value::from(u32::from(frame.flags()))),
        (
            "serialization",
            Value::from(u32::from(frame.serialization.nibble())),
        ),
        (
            "compression",
            Value::from(u32::from(frame.compression.nibble())),
        ),
        ("reserved", Value::from(u32::from(frame.reserved))),
        ("extension", extension),
        ("error_code", code),
        ("sequence", frame.sequence.map_or(Value::Null, Value::from)),
        (
            "event",
            event.map_or(Value::Null, |event| Value::from(event.number())),
        ),
        (
            "event_name",
            event
                .and_then(|event| event.name())
                .map_or(Value::Null, Value::from),
        ),
        ("connect_id", id(event.and_then(|event| event.connect_id()))),
        ("session_id", id(event.and_then(|event| event.session_id()))),
        ("payload_size", Value::from(size)),
        ("payload", body.value()),
    ])
}

#[derive(Default)]
struct Fields {
    fields: Vec<Field>,
    at: usize,
}

impl Fields {
    /// A field of `length` bytes.
    fn add(&mut self, length: usize, name: &str, value: impl Into<String>) {
        self.fields.push(Field::new(self.at, length, name, value));
        self.at += length;
    }

    /// The high nibble of the byte whose low nibble comes next.
    fn shared(&mut self, name: &str, value: impl Into<String>) {
        self.fields.push(Field::new(self.at, 1, name, value));
    }
}

fn flags_in_words(frame: &Frame) -> String {
    let mut words = Vec::new();
    words.push(match frame.sequence {
        Some(_) => "sequence",
        None => "no sequence",
    });
    if frame.position == Position::Last {
        words.push("last");
    }
    if frame.event.is_some() {
        words.push("event");
    }
    words.join(", ")
}

fn payload_in_words(frame: &Frame, body: &Body) -> String {
    let packed = match frame.compression {
        Compression::Gzip => "gzip of ",
        Compression::None | Compression::Custom => "",
    };
    match body {
        Body::Empty => "empty".to_owned(),
        Body::Json(parsed) => format!("{packed}{}", parsed.value.write(Style::Compact)),
        Body::Text(text) => format!(
            "{packed}{}",
            Value::from(text.as_str()).write(Style::Compact)
        ),
        Body::Bytes(length) if frame.kind.carries_audio() => {
            format!("{packed}{length} bytes of audio")
        }
        Body::Bytes(length) => format!("{packed}{length} bytes"),
    }
}

/// An id as text; bytes that are not text as hexadecimal digits.
fn text_of(id: &Bytes) -> String {
    std::str::from_utf8(id).map_or_else(|_| hex(id), str::to_owned)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let Ok(()) = write!(text, "{byte:02x}") else {
            unreachable!("writing to a string does not fail")
        };
    }
    text
}
