//! Bytes to [`Frame`] and back.

use bytes::Bytes;

use super::event::{Addressee, Event, addressee};
use super::kinds::{Compression, Extension, Kind, Position, Serialization, Version};
use crate::error::{DecodeError, ErrorKind};
use crate::reader::Reader;
use crate::session::Side;
use crate::writer::Writer;

/// One frame. Its flags and its header size follow from what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The protocol version.
    pub version: Version,
    /// The message type, and the code if it is an error.
    pub kind: Kind,
    /// Whether it ends its series.
    pub position: Position,
    /// Its sequence number, if it has one.
    pub sequence: Option<i32>,
    /// Its event, if it has one.
    pub event: Option<Event>,
    /// How the payload is written.
    pub serialization: Serialization,
    /// How the payload is compressed.
    pub compression: Compression,
    /// The reserved byte: 0 from everybody but a few.
    pub reserved: u8,
    /// The header extension.
    pub extension: Extension,
    /// The payload as it travels, compressed or not.
    pub payload: Bytes,
}

impl Frame {
    /// An uncompressed version 1 frame without sequence, event and extension.
    #[must_use]
    pub fn new(kind: Kind, serialization: Serialization, payload: Bytes) -> Self {
        Self {
            version: Version::V1,
            kind,
            position: Position::Open,
            sequence: None,
            event: None,
            serialization,
            compression: Compression::None,
            reserved: 0,
            extension: Extension::default(),
            payload,
        }
    }

    /// The nibble of the flags: bit 0 a sequence, bit 1 the last, bit 2 an event.
    #[must_use]
    pub fn flags(&self) -> u8 {
        let sequence = if self.sequence.is_some() { SEQUENCE } else { 0 };
        let event = if self.event.is_some() { EVENT } else { 0 };
        let last = match self.position {
            Position::Open => 0,
            Position::Last => LAST,
        };
        sequence | last | event
    }

    /// Everything before the payload, its size included.
    #[must_use]
    pub fn head(&self) -> Bytes {
        let mut writer = Writer::new();
        writer
            .u8(self.version.nibble() << 4 | self.extension.header_words())
            .u8(self.kind.nibble() << 4 | self.flags())
            .u8(self.serialization.nibble() << 4 | self.compression.nibble())
            .u8(self.reserved)
            .put(self.extension.bytes());
        if let Kind::Error { code } = self.kind {
            writer.u32(code);
        }
        if let Some(sequence) = self.sequence {
            writer.i32(sequence);
        }
        if let Some(event) = &self.event {
            writer.i32(event.number());
            if let Some(id) = event.id() {
                writer.sized(id);
            }
        }
        writer.u32(u32::try_from(self.payload.len()).unwrap_or(u32::MAX));
        writer.finish()
    }

    /// The whole frame.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let mut writer = Writer::new();
        writer.put(&self.head()).put(&self.payload);
        writer.finish()
    }

    /// Where the payload begins in the encoded frame.
    #[must_use]
    pub fn payload_offset(&self) -> usize {
        self.head().len()
    }
}

/// Decodes one whole frame of the side that sent it; only the server's connection events
/// are followed by a connection's id.
///
/// # Errors
/// If the bytes are cut, declare more than they hold, go on after the payload, or hold a
/// value that the documents do not define.
pub fn decode(from: Side, bytes: &Bytes) -> Result<Frame, DecodeError> {
    let mut reader = Reader::new(bytes);
    let first = reader.u8(field::VERSION)?;
    let version =
        Version::of(first >> 4).ok_or_else(|| undefined(0, field::VERSION, first >> 4))?;
    let words = header_words(first & 0x0f)?;

    let second = reader.u8(field::MESSAGE_TYPE)?;
    let (message_type, flags) = (second >> 4, second & 0x0f);
    let kind = match message_type {
        Kind::ERROR => None,
        other => Some(Kind::of(other).ok_or_else(|| undefined(1, field::MESSAGE_TYPE, other))?),
    };
    if flags & !(SEQUENCE | LAST | EVENT) != 0 {
        return Err(undefined(1, field::FLAGS, flags));
    }

    let third = reader.u8(field::SERIALIZATION)?;
    let serialization = Serialization::of(third >> 4)
        .ok_or_else(|| undefined(2, field::SERIALIZATION, third >> 4))?;
    let compression = Compression::of(third & 0x0f)
        .ok_or_else(|| undefined(2, field::COMPRESSION, third & 0x0f))?;
    let reserved = reader.u8(field::RESERVED)?;
    let extension = bytes.slice_ref(reader.take(field::EXTENSION, (words - 1) * 4)?);
    let Some(extension) = Extension::new(extension) else {
        unreachable!("a header of at most 14 words leaves at most 13 whole words")
    };

    let kind = match kind {
        Some(kind) => kind,
        None => Kind::Error {
            code: reader.u32(field::ERROR_CODE)?,
        },
    };
    let sequence = match flags & SEQUENCE {
        0 => None,
        _ => Some(reader.i32(field::SEQUENCE)?),
    };
    let event = match flags & EVENT {
        0 => None,
        _ => Some(decode_event(from, bytes, &mut reader)?),
    };
    let payload = bytes.slice_ref(reader.sized(field::PAYLOAD_SIZE)?);
    reader.finish()?;
    Ok(Frame {
        version,
        kind,
        position: match flags & LAST {
            0 => Position::Open,
            _ => Position::Last,
        },
        sequence,
        event,
        serialization,
        compression,
        reserved,
        extension,
        payload,
    })
}

/// Whether bytes look like a frame: a version 1 header with defined nibbles, long enough
/// for a size.
#[must_use]
pub fn resembles(bytes: &[u8]) -> bool {
    let [first, second, third, _, ..] = bytes else {
        return false;
    };
    bytes.len() >= 8
        && first >> 4 == Version::V1.nibble()
        && (1..=0xe).contains(&(first & 0x0f))
        && (second >> 4 == Kind::ERROR || Kind::of(second >> 4).is_some())
        && second & 0x0f <= SEQUENCE | LAST | EVENT
        && Serialization::of(third >> 4).is_some()
        && Compression::of(third & 0x0f).is_some()
}

fn header_words(nibble: u8) -> Result<usize, DecodeError> {
    let problem = match nibble {
        0x0 => "0 words declared, at least 1 needed",
        0xf => "0xf puts the true size into the extension, in a form that is nowhere defined",
        words => return Ok(usize::from(words)),
    };
    Err(DecodeError::new(
        ErrorKind::Undefined,
        0,
        field::HEADER_SIZE,
        problem,
    ))
}

fn decode_event(from: Side, bytes: &Bytes, reader: &mut Reader<'_>) -> Result<Event, DecodeError> {
    let number = reader.i32(field::EVENT)?;
    let size = match addressee(number, from) {
        Addressee::Nobody => return Ok(Event::from_parts(number, None)),
        Addressee::Connection => field::CONNECT_ID_SIZE,
        Addressee::Session => field::SESSION_ID_SIZE,
    };
    let id = bytes.slice_ref(reader.sized(size)?);
    Ok(Event::from_parts(number, Some(id)))
}

fn undefined(offset: usize, name: &str, nibble: u8) -> DecodeError {
    let problem = format!("{nibble:#x} is not defined");
    DecodeError::new(ErrorKind::Undefined, offset, name, problem)
}

/// Bit 0 of the flags: a sequence number follows.
const SEQUENCE: u8 = 0b0001;
/// Bit 1 of the flags: the last frame of its series.
const LAST: u8 = 0b0010;
/// Bit 2 of the flags: an event follows.
const EVENT: u8 = 0b0100;

/// What the parts of a frame are called, in dumps and in errors.
pub(in crate::volcengine) mod field {
    /// High nibble of byte 0.
    pub(in crate::volcengine) const VERSION: &str = "version";
    /// Low nibble of byte 0.
    pub(in crate::volcengine) const HEADER_SIZE: &str = "header size";
    /// High nibble of byte 1.
    pub(in crate::volcengine) const MESSAGE_TYPE: &str = "message type";
    /// Low nibble of byte 1.
    pub(in crate::volcengine) const FLAGS: &str = "flags";
    /// High nibble of byte 2.
    pub(in crate::volcengine) const SERIALIZATION: &str = "serialization";
    /// Low nibble of byte 2.
    pub(in crate::volcengine) const COMPRESSION: &str = "compression";
    /// Byte 3.
    pub(in crate::volcengine) const RESERVED: &str = "reserved";
    /// Bytes 4 to the end of the header.
    pub(in crate::volcengine) const EXTENSION: &str = "extension";
    /// Of errors only.
    pub(in crate::volcengine) const ERROR_CODE: &str = "error code";
    /// With bit 0 of the flags.
    pub(in crate::volcengine) const SEQUENCE: &str = "sequence";
    /// With bit 2 of the flags.
    pub(in crate::volcengine) const EVENT: &str = "event";
    /// Of the server's connection events.
    pub(in crate::volcengine) const CONNECT_ID_SIZE: &str = "connect id size";
    /// Of the server's connection events.
    pub(in crate::volcengine) const CONNECT_ID: &str = "connect id";
    /// Of the other events.
    pub(in crate::volcengine) const SESSION_ID_SIZE: &str = "session id size";
    /// Of the other events.
    pub(in crate::volcengine) const SESSION_ID: &str = "session id";
    /// Compressed length.
    pub(in crate::volcengine) const PAYLOAD_SIZE: &str = "payload size";
    /// The rest.
    pub(in crate::volcengine) const PAYLOAD: &str = "payload";
}
