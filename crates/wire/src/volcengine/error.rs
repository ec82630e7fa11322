//! Every way in which the service says no, in one table each: on the socket, at the upgrade.
//!
//! Codes, texts and what happens to the link are chosen here and never where something
//! goes wrong.

use bytes::Bytes;

use super::clauses::{fault, handshake};
use super::frame::{Compression, Frame, Kind, Serialization};
use crate::clause::Clause;
use crate::json::{self, Style, Value};

/// A refusal on the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServiceError {
    /// A bad or missing parameter, or no request at all.
    InvalidRequest,
    /// The voice was not bought.
    AccessDenied,
    /// The credential is known to nobody.
    UnknownGrant,
    /// Too many requests at once.
    Concurrency,
    /// The backend is busy.
    Busy,
    /// The reqid was used before.
    Interrupted,
    /// The text is too long.
    TextTooLong,
    /// The text has nothing to say.
    TextInvalid,
    /// The request takes too long.
    ProcessingTimeout,
    /// The engine failed.
    Processing,
    /// No audio came, or no request.
    AudioTimeout,
    /// The backend cannot be reached.
    Backend,
    /// There is no such voice.
    NoVoice,
}

/// What an error does to the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aftermath {
    /// It stays open, unless the user chose otherwise.
    Open,
    /// It is closed with 1000.
    Closed,
}

/// Whether the documents advise to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No: the request is wrong.
    No,
    /// Yes, perhaps later.
    Yes,
}

/// A row of [`ERRORS`].
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The error.
    pub error: ServiceError,
    /// The code in the frame.
    pub code: u32,
    /// The code in the JSON of the message.
    pub body_code: u32,
    /// What the code means.
    pub meaning: &'static str,
    /// The text of the message.
    pub text: &'static str,
    /// Whether to try again.
    pub retry: Retry,
    /// What happens to the link.
    pub aftermath: Aftermath,
    /// The clause that it is from.
    pub clause: &'static Clause,
}

/// Every error of the socket.
pub const ERRORS: &[Row] = &[
    row(
        ServiceError::InvalidRequest,
        3001,
        "bad or missing parameter, wrong operation, not a request",
        "invalid request",
        Retry::No,
        &fault::INVALID,
    ),
    Row {
        body_code: 403,
        ..row(
            ServiceError::AccessDenied,
            3001,
            "the voice was not bought",
            "extract request resource id: get resource id: access denied",
            Retry::No,
            &fault::ACCESS,
        )
    },
    row(
        ServiceError::UnknownGrant,
        3001,
        "bad appid or token",
        GRANT_NOT_FOUND,
        Retry::No,
        &handshake::NO_SEMICOLON,
    ),
    row(
        ServiceError::Concurrency,
        3003,
        "too many requests at once",
        "quota exceeded for types: concurrency",
        Retry::Yes,
        &fault::CONCURRENCY,
    ),
    row(
        ServiceError::Busy,
        3005,
        "backend busy",
        "backend service is busy",
        Retry::Yes,
        &fault::BUSY,
    ),
    row(
        ServiceError::Interrupted,
        3006,
        "service interrupted: the reqid was used before",
        "service interrupted: reqid has been used and has finished or failed",
        Retry::No,
        &fault::REPEATED,
    ),
    row(
        ServiceError::TextTooLong,
        3010,
        "text too long",
        "text is too long",
        Retry::No,
        &fault::TOO_LONG,
    ),
    row(
        ServiceError::TextInvalid,
        3011,
        "text invalid: empty, punctuation or emoji alone",
        "illegal input text!",
        Retry::No,
        &fault::TEXT_INVALID,
    ),
    row(
        ServiceError::ProcessingTimeout,
        3030,
        "processing timed out",
        "processing timeout",
        Retry::Yes,
        &fault::PROCESSING_TIMEOUT,
    ),
    row(
        ServiceError::Processing,
        3031,
        "processing error",
        "processing error",
        Retry::Yes,
        &fault::PROCESSING,
    ),
    Row {
        aftermath: Aftermath::Closed,
        ..row(
            ServiceError::AudioTimeout,
            3032,
            "timed out waiting for audio",
            "timeout waiting for audio",
            Retry::Yes,
            &fault::AUDIO_TIMEOUT,
        )
    },
    row(
        ServiceError::Backend,
        3040,
        "backend link error",
        "backend link error",
        Retry::Yes,
        &fault::BACKEND,
    ),
    row(
        ServiceError::NoVoice,
        3050,
        "voice does not exist",
        "Fail to feed text, reason Init Engine Instance failed",
        Retry::No,
        &fault::VOICE,
    ),
];

/// How the message of an error is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// `{"reqid","code","message"}`.
    #[default]
    Json,
    /// `{"reqid","message","code","backend_code"}`, as in a live capture.
    Backend,
    /// The text alone.
    Plain,
}

impl ServiceError {
    /// Its row.
    #[must_use]
    pub fn row(self) -> &'static Row {
        match ERRORS.iter().find(|row| row.error == self) {
            Some(row) => row,
            None => unreachable!("every error has a row, as a test holds"),
        }
    }

    /// The error that a code stands for: the plainest of those with that code.
    #[must_use]
    pub fn of(code: u32) -> Option<Self> {
        ERRORS
            .iter()
            .find(|row| row.code == code)
            .map(|row| row.error)
    }

    /// The error as a frame.
    #[must_use]
    pub fn frame(self, reqid: &str, shape: Shape, compression: Compression) -> Frame {
        let row = self.row();
        let text = Value::from(row.text);
        let (reqid, code) = (Value::from(reqid), Value::from(row.body_code));
        let message = match shape {
            Shape::Json => json::object([("reqid", reqid), ("code", code), ("message", text)])
                .write(Style::Compact),
            Shape::Backend => json::object([
                ("reqid", reqid),
                ("message", text),
                ("code", code),
                ("backend_code", Value::from(0_u32)),
            ])
            .write(Style::Compact),
            Shape::Plain => row.text.to_owned(),
        };
        let kind = Kind::Error { code: row.code };
        let mut frame = Frame::new(kind, Serialization::Json, Bytes::new());
        frame.compression = compression;
        frame.payload = compression.pack(message.into_bytes());
        frame
    }
}

/// A refusal at the upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rejection {
    /// No credential.
    MissingAuthorization,
    /// A credential in the wrong form.
    UnknownGrant,
    /// No right to the resource.
    NotGranted,
    /// More than one Host header.
    TwoHosts,
    /// `Connection` does not name `upgrade`.
    NoConnection,
    /// `Upgrade` does not name `websocket`.
    NoUpgrade,
    /// Not a GET.
    Method,
    /// `Sec-WebSocket-Version` is not 13.
    Version,
    /// `Sec-WebSocket-Key` is missing or ill-formed.
    Key,
    /// A path that nothing serves.
    Path,
}

/// A row of [`REJECTIONS`].
#[derive(Clone, Copy, Debug)]
pub struct RejectionRow {
    /// The refusal.
    pub rejection: Rejection,
    /// The HTTP status.
    pub status: u16,
    /// The reason in the body.
    pub text: &'static str,
    /// The clause that it is from.
    pub clause: &'static Clause,
}

/// Every refusal at the upgrade.
pub const REJECTIONS: &[RejectionRow] = &[
    rejection(
        Rejection::MissingAuthorization,
        401,
        "missing Authorization header",
        &handshake::MISSING,
    ),
    rejection(
        Rejection::UnknownGrant,
        401,
        GRANT_NOT_FOUND,
        &handshake::NO_SEMICOLON,
    ),
    rejection(
        Rejection::NotGranted,
        403,
        "[resource_id=volc.tts.default] requested resource not granted",
        &handshake::NOT_GRANTED,
    ),
    rejection(
        Rejection::TwoHosts,
        400,
        "too many Host headers",
        &handshake::TWO_HOSTS,
    ),
    rejection(
        Rejection::NoConnection,
        400,
        "cannot upgrade to websocket: websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header",
        &handshake::NOT_AN_UPGRADE,
    ),
    rejection(
        Rejection::NoUpgrade,
        400,
        "cannot upgrade to websocket: websocket: the client is not using the websocket protocol: 'websocket' token not found in 'Upgrade' header",
        &handshake::UPGRADE_DETAILS,
    ),
    rejection(
        Rejection::Method,
        400,
        "cannot upgrade to websocket: websocket: the client is not using the websocket protocol: request method is not GET",
        &handshake::UPGRADE_DETAILS,
    ),
    rejection(
        Rejection::Version,
        400,
        "cannot upgrade to websocket: websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header",
        &handshake::UPGRADE_DETAILS,
    ),
    rejection(
        Rejection::Key,
        400,
        "cannot upgrade to websocket: websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length",
        &handshake::UPGRADE_DETAILS,
    ),
    rejection(
        Rejection::Path,
        404,
        "404 page not found",
        &handshake::UNKNOWN_PATH,
    ),
];

impl Rejection {
    /// Its row.
    #[must_use]
    pub fn row(self) -> &'static RejectionRow {
        match REJECTIONS.iter().find(|row| row.rejection == self) {
            Some(row) => row,
            None => unreachable!("every rejection has a row, as a test holds"),
        }
    }
}

/// What an unknown credential is told, wherever it is told.
const GRANT_NOT_FOUND: &str = "authenticate request: load grant: requested grant not found";

const fn row(
    error: ServiceError,
    code: u32,
    meaning: &'static str,
    text: &'static str,
    retry: Retry,
    clause: &'static Clause,
) -> Row {
    Row {
        error,
        code,
        body_code: code,
        meaning,
        text,
        retry,
        aftermath: Aftermath::Open,
        clause,
    }
}

const fn rejection(
    rejection: Rejection,
    status: u16,
    text: &'static str,
    clause: &'static Clause,
) -> RejectionRow {
    RejectionRow {
        rejection,
        status,
        text,
        clause,
    }
}

#[cfg(test)]
mod tests;
