//! How faults look on Watson's endpoint.

use super::auth;
use super::fault::{CODES, UNTYPED, WARNING_LIST};
use super::tts::reply::FIRST_MESSAGE;
use crate::dialect::{Dialect, Part, Retouch, Retouching};
use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::json::Style;
use crate::retouch::{shared, with_bad_page};
use crate::session::{Data, Form, Side};

/// Synthesis.
pub(super) const SYNTHESIS: Dialect = Dialect {
    part,
    idle_timers: &[FIRST_MESSAGE],
    idle_reason: "Session timed out.",
    error_codes,
    // No message has an id.
    retouches: &[
        Retouching::ExtraFields,
        Retouching::MalformedJson,
        Retouching::NonObjectJson,
        Retouching::Pages,
    ],
    retouch,
    signed_at,
    refuse: auth::deny,
    own_faults: &[WARNING_LIST],
};

/// The end marker is the close.
fn part(side: Side, kind: &str, _: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "request") => Part::Request,
        (Side::Server, "binary_streams") => Part::Start,
        (Side::Server, "audio") => Part::Audio,
        (Side::Server, "words" | "marks") => Part::Result,
        (Side::Server, "error" | UNTYPED) => Part::Error,
        _ => Part::Other,
    }
}

fn error_codes() -> Vec<&'static str> {
    CODES.to_vec()
}

fn retouch(how: Retouch, _: &str, data: &Data, ids: &mut Ids) -> Option<Data> {
    match how {
        Retouch::BadPageChecksum if data.form == Form::Binary => {
            with_bad_page(&data.body).map(Data::binary)
        }
        // None of its members is one that tells messages apart.
        how => shared(how, data, STYLE, ids, ("result_index", 0)),
    }
}

/// A request carries a token, and no token says when it was signed.
const fn signed_at(_: &RequestHead) -> Option<u64> {
    None
}

/// As the service indents.
const STYLE: Style = Style::Indented(3);

#[cfg(test)]
mod tests;
