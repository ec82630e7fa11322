//! How faults look on Volcengine's endpoint.
//!
//! What the session itself does is in `tts_v1::reply`, what becomes of its frames in
//! [`super::retouch`]; words of refusals are those of [`super::error`].

use super::auth;
use super::error::{Rejection, ServiceError};
use super::retouch::retouch;
use crate::dialect::{Denial, Denied, Dialect, OwnFault, Part, Retouching};
use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::session::{Data, Side};

/// Synthesis.
pub(super) const SYNTHESIS: Dialect = Dialect {
    part,
    idle_timers: &["idle"],
    idle_reason: "timeout waiting for audio",
    error_codes,
    retouches: &[
        Retouching::ExtraFields,
        Retouching::ForeignId,
        Retouching::MalformedJson,
        Retouching::NonObjectJson,
        Retouching::Gzip,
        Retouching::Sequence,
        Retouching::Framing,
        Retouching::Pages,
    ],
    retouch,
    signed_at,
    refuse,
    own_faults: &[ERROR_FRAME, FRONT_END, ACK],
};

/// The error frame of the recognition services, as it was captured.
pub(super) const ERROR_FRAME: OwnFault = OwnFault {
    name: "volc-error-frame",
    does: "sends the error frame 11 f0 10 00 with code 45000081, a 4-byte length and plain JSON, never gzip'd, then closes 1000",
    incident: "a client reads the message at the wrong offset or gunzips it, and its own exception hides the service's text",
    example: "volc-error-frame:at=audio/2",
    at: "audio/1",
};
/// Times that nobody asked for.
pub(super) const FRONT_END: OwnFault = OwnFault {
    name: "volc-front-end-unasked",
    does: "sends a front-end frame (type 0xC, JSON) that the request did not ask for; the audio goes on",
    incident: "a client takes 0xC for an error, gives up, and crashes when more audio comes",
    example: "volc-front-end-unasked:at=audio/2",
    at: "audio/1",
};
/// An acknowledgement out of its place.
pub(super) const ACK: OwnFault = OwnFault {
    name: "volc-ack-undue",
    does: "sends an ACK (type 0xB, flags 0, no payload) where none is due: before the answer of query, or in the midst of audio",
    incident: "a client of query receives once and takes the ACK for its audio; another takes an ACK for the end",
    example: "volc-ack-undue:at=audio/1",
    at: "audio/1",
};

/// The codes that an error can be asked for by, the commonest first. 403 is the one inside the
/// JSON of a 3001: the voice was not bought.
pub(super) const CODES: &[(&str, ServiceError)] = &[
    ("3001", ServiceError::InvalidRequest),
    ("403", ServiceError::AccessDenied),
    ("3003", ServiceError::Concurrency),
    ("3050", ServiceError::NoVoice),
    ("3011", ServiceError::TextInvalid),
    ("3010", ServiceError::TextTooLong),
    ("3006", ServiceError::Interrupted),
    ("3005", ServiceError::Busy),
    ("3031", ServiceError::Processing),
    ("3030", ServiceError::ProcessingTimeout),
    ("3032", ServiceError::AudioTimeout),
    ("3040", ServiceError::Backend),
];

fn part(side: Side, kind: &str, _: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "submit" | "query" | "refused-request") => Part::Request,
        (Side::Server, "ack") => Part::Start,
        (Side::Server, "audio") => Part::Audio,
        (Side::Server, "last-audio") => Part::LastAudio,
        (Side::Server, "front-end") => Part::Result,
        (Side::Server, "error" | "objection") => Part::Error,
        _ => Part::Other,
    }
}

fn error_codes() -> Vec<&'static str> {
    CODES.iter().map(|(code, _)| *code).collect()
}

/// A bearer token says nothing about time.
const fn signed_at(_: &RequestHead) -> Option<u64> {
    None
}

fn refuse(denial: Denial, _: &RequestHead, ids: &mut Ids) -> Denied {
    match denial {
        Denial::Status(status) => refuse_with(status, ids),
        // The page that nothing serves is plain text; what misled people looks like a
        // credential's failure, in JSON and with a code of the newer services.
        Denial::WrongPath => {
            let text = "load grant: requested grant not found in SaaS storage";
            auth::denied_with_code(Rejection::Path.row().status, 45_000_010, text, ids)
        }
        Denial::ClockSkew => auth::denied(403, Rejection::UnknownGrant.row().text, ids),
        Denial::Opaque => auth::rejected(Rejection::TwoHosts, ids),
    }
}

/// The refusal that is known for a status; else its text is the one that the socket has for the
/// same trouble, in the shape that all refusals have.
fn refuse_with(status: u16, ids: &mut Ids) -> Denied {
    let text = match status {
        400 => return auth::rejected(Rejection::NoConnection, ids),
        401 => return auth::rejected(Rejection::UnknownGrant, ids),
        403 => return auth::rejected(Rejection::NotGranted, ids),
        404 => return auth::rejected(Rejection::Path, ids),
        402 => "quota exceeded for types: xxx_lifetime",
        429 => ServiceError::Concurrency.row().text,
        500 => ServiceError::Processing.row().text,
        502 => ServiceError::Backend.row().text,
        503 => ServiceError::Busy.row().text,
        504 => ServiceError::ProcessingTimeout.row().text,
        _ => ServiceError::InvalidRequest.row().text,
    };
    auth::denied(status, text, ids)
}

#[cfg(test)]
mod tests;
