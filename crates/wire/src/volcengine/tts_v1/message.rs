//! What a client's message is taken for.

use bytes::Bytes;

use super::policy::Policy;
use super::request::{self, Operation, Request};
use super::table;
use crate::clause::Clause;
use crate::error::{DecodeError, ErrorKind};
use crate::finding::Finding;
use crate::json::Parsed;
use crate::session::{Decoded, Form, Side};
use crate::volcengine::clauses::{fault, frame as frames, request as clauses};
use crate::volcengine::error::ServiceError;
use crate::volcengine::frame::{self, Compression, Frame, Kind, Serialization, Version};

/// A client's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request that can be served.
    Request {
        /// The request.
        request: Box<Request>,
        /// Its compression, which an answer mirrors.
        compression: Compression,
    },
    /// Anything else: it is answered by an error.
    Refused(Refused),
}

/// A message that is answered by an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The error.
    pub error: ServiceError,
    /// The id of the request, as far as it can be read.
    pub reqid: String,
    /// The compression that the error mirrors.
    pub compression: Compression,
}

/// Decodes a client's message. Nothing is an error: what cannot be served is a message
/// that will be refused, with findings that say why.
#[must_use]
pub fn decode(form: Form, payload: &Bytes, policy: &Policy) -> Decoded<Message> {
    if form == Form::Text {
        let finding = Finding::whole(&frames::SHAPE, "a text message", "a binary message");
        return invalid(table::TEXT, Compression::None, vec![finding]);
    }
    let frame = match frame::decode(Side::Client, payload) {
        Ok(frame) => frame,
        Err(error) => {
            let findings = vec![finding(&error)];
            return invalid(table::MALFORMED, compression_of(payload), findings);
        }
    };
    let compression = mirrored(frame.compression);
    let mut findings = notes(&frame);
    if let Some((kind, finding)) = unserved(&frame) {
        findings.push(finding);
        // A selector in it counts all the same.
        let credentials = frame.json().map(|parsed| credentials(&parsed));
        return Decoded {
            credentials: credentials.unwrap_or_default(),
            ..invalid(kind, compression, findings)
        };
    }
    let parsed = match frame.json() {
        Ok(parsed) => parsed,
        Err(error) => {
            findings.push(finding(&error));
            return invalid(table::MALFORMED, compression, findings);
        }
    };
    let credentials = credentials(&parsed);
    let reading = request::read(&parsed, policy);
    findings.extend(reading.findings);
    match reading.outcome {
        Ok(request) => Decoded {
            kind: match request.operation {
                Operation::Submit => table::SUBMIT,
                Operation::Query => table::QUERY,
            },
            message: Message::Request {
                request: Box::new(request),
                compression,
            },
            findings,
            credentials,
        },
        Err(error) => Decoded {
            kind: table::REFUSED,
            message: Message::Refused(Refused {
                error,
                reqid: reading.reqid,
                compression,
            }),
            findings,
            credentials,
        },
    }
}

/// The credentials of a request: `app.token`, then `app.appid`.
fn credentials(parsed: &Parsed) -> Vec<String> {
    let app = parsed.value.get("app");
    ["token", "appid"]
        .iter()
        .filter_map(|name| Some(app?.get(name)?.as_str()?.to_owned()))
        .collect()
}

/// Oddities of a frame that do not matter to the service.
fn notes(frame: &Frame) -> Vec<Finding> {
    let mut notes = Vec::new();
    if frame.reserved != 0 {
        let found = format!("reserved {:#04x}", frame.reserved);
        notes.push(Finding::at_offset(&frames::RESERVED, 3, found, "0x00"));
    }
    if !frame.extension.bytes().is_empty() {
        let found = format!("header size {}", frame.extension.header_words());
        notes.push(Finding::at_offset(
            &clauses::FRAME,
            0,
            found,
            "header size 1",
        ));
    }
    notes
}

/// What keeps a well-formed frame from being a request, and the kind that it is instead.
fn unserved(frame: &Frame) -> Option<(&'static str, Finding)> {
    let at = |clause, offset, found: String, expected: &str| {
        Finding::at_offset(clause, offset, found, expected)
    };
    if frame.version != Version::V1 {
        let found = format!("version {}", frame.version.nibble());
        return Some((
            table::MALFORMED,
            at(&frames::VERSION, 0, found, "version 1"),
        ));
    }
    if frame.kind != Kind::FullClientRequest {
        let found = format!(
            "message type {:#x}, {}",
            frame.kind.nibble(),
            frame.kind.name()
        );
        let expected = "0x1, full client request";
        return Some((table::FOREIGN, at(&clauses::FRAME, 1, found, expected)));
    }
    if frame.flags() != 0 {
        let found = format!("flags {}", frame.flags());
        return Some((table::FOREIGN, at(&clauses::FRAME, 1, found, "flags 0")));
    }
    if frame.serialization != Serialization::Json {
        let name = frame.serialization.name();
        let found = format!("serialization {:#x}, {name}", frame.serialization.nibble());
        return Some((
            table::REFUSED,
            at(&fault::UNSUPPORTED, 2, found, "0x1, JSON"),
        ));
    }
    if frame.compression == Compression::Custom {
        let found = "compression 0xf, custom".to_owned();
        let expected = "0x0, none, or 0x1, gzip";
        return Some((table::REFUSED, at(&fault::UNSUPPORTED, 2, found, expected)));
    }
    None
}

fn invalid(
    kind: &'static str,
    compression: Compression,
    findings: Vec<Finding>,
) -> Decoded<Message> {
    Decoded {
        kind,
        message: Message::Refused(Refused {
            error: ServiceError::InvalidRequest,
            reqid: String::new(),
            compression,
        }),
        findings,
        credentials: Vec::new(),
    }
}

/// The finding about bytes that do not decode.
fn finding(error: &DecodeError) -> Finding {
    let found = format!("{}: {}", error.field, error.problem);
    let (clause, expected) = rule_of(error);
    Finding::at_offset(clause, error.offset, found, expected)
}

fn rule_of(error: &DecodeError) -> (&'static Clause, &'static str) {
    use frame::field;
    match error.kind {
        ErrorKind::Truncated => (&frames::SHAPE, "a whole frame"),
        ErrorKind::Length => (&frames::DECLARED, "as many bytes as the size declares"),
        ErrorKind::Trailing => (&frames::TRAILING, "nothing after the payload"),
        ErrorKind::Compression => (&frames::COMPRESSION, "a gzip stream, as the header says"),
        ErrorKind::Excess => (&frames::INFLATED, "one gzip stream of at most 16 MiB"),
        ErrorKind::Utf8 => (&clauses::JSON, "UTF-8"),
        ErrorKind::Json => (&clauses::JSON, "JSON"),
        ErrorKind::Undefined => match error.field.as_str() {
            field::VERSION => (&frames::VERSION, "version 1"),
            field::HEADER_SIZE => (&clauses::FRAME, "header size 1"),
            field::MESSAGE_TYPE => (&frames::MESSAGE_TYPES, "0x1, full client request"),
            field::FLAGS => (&frames::FLAGS, "flags 0"),
            field::SERIALIZATION => (&frames::SERIALIZATION, "0x1, JSON"),
            _ => (&frames::COMPRESSION, "0x0, none, or 0x1, gzip"),
        },
    }
}

/// The compression that an error about undecodable bytes mirrors: their nibble may be
/// readable although nothing else is.
fn compression_of(payload: &[u8]) -> Compression {
    let nibble = payload.get(2).map_or(0, |byte| byte & 0x0f);
    mirrored(Compression::of(nibble).unwrap_or_default())
}

/// What can be mirrored: nobody knows how to write a custom compression.
const fn mirrored(compression: Compression) -> Compression {
    match compression {
        Compression::Gzip => Compression::Gzip,
        Compression::None | Compression::Custom => Compression::None,
    }
}
