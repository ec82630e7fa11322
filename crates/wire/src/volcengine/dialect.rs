//! How faults look on Volcengine's endpoint.
//!
//! What the session itself does is in `tts_v1::reply`, what becomes of its frames in
//! [`super::retouch`]; words of refusals are those of [`super::error`].

use super::auth;
use super::error::{Rejection, ServiceError};
use super::retouch::retouch;
use crate::dialect::{Denial, Denied, Dialect, Part, Retouching};
use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::session::{Data, Side};

/// Synthesis.
pub(super) const SYNTHESIS: Dialect = Dialect {
    part,
    idle_timers: &["idle"],
    error_codes,
    retouches: &[
        Retouching::ExtraFields,
        Retouching::ForeignId,
        Retouching::MalformedJson,
        Retouching::NonObjectJson,
        Retouching::Gzip,
        Retouching::Sequence,
        Retouching::Framing,
    ],
    retouch,
    signed_at,
    refuse,
    own_faults: &[],
};

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

const fn error_codes() -> Vec<&'static str> {
    Vec::new()
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
