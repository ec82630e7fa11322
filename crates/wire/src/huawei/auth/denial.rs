//! Handshakes that are refused because a fault wants it.

use super::refusal::{Row, body};
use super::signature::{Authorization, DATE};
use crate::date::parse_compact;
use crate::dialect::{Denial, Denied};
use crate::handshake::RequestHead;
use crate::huawei::clauses::handshake;
use crate::id::Ids;
use crate::knob::Knobs;
use crate::status::phrase;

/// Refuses a handshake in the words of the gateway, or of the service behind it.
pub(in crate::huawei) fn deny(denial: Denial, head: &RequestHead, ids: &mut Ids) -> Denied {
    let row = match denial {
        Denial::Status(401) => unauthorized(head),
        Denial::Status(status) => documented(status).unwrap_or_else(|| undocumented(status)),
        Denial::WrongPath => Row::UNKNOWN_PATH,
        Denial::ClockSkew if has_token(head) => Row::TOKEN_EXPIRED,
        Denial::ClockSkew => Row::CLOCK_SKEW,
        Denial::Opaque => documented(400).unwrap_or_else(|| undocumented(400)),
    };
    let mut headers = vec![("Content-Type", "application/json".to_owned())];
    if row.status == Row::UPGRADE_VERSION.status {
        headers.push(("Sec-WebSocket-Version", "13".to_owned()));
    }
    Denied {
        status: row.status,
        headers,
        body: body(&row, row.text, &Knobs::new(), ids),
    }
}

/// When a request was signed, in seconds since 1970. A token goes before a signature.
pub(in crate::huawei) fn signed_at(head: &RequestHead) -> Option<u64> {
    if has_token(head) {
        return None;
    }
    let authorization = Authorization::parse(head.filled_header("Authorization")?)?;
    let date = head.filled_header(DATE)?;
    authorization.is_dated().then(|| parse_compact(date))?
}

fn has_token(head: &RequestHead) -> bool {
    head.filled_header("X-Auth-Token").is_some()
}

/// What is wrong with the credential that the request has.
fn unauthorized(head: &RequestHead) -> Row {
    if has_token(head) {
        Row::TOKEN_UNREADABLE
    } else if head.filled_header("Authorization").is_some() {
        Row::BAD_SIGNATURE
    } else {
        Row::NO_CREDENTIAL
    }
}

/// The usual refusal with a status that the pages name.
fn documented(status: u16) -> Option<Row> {
    let chosen = |name| Row::named(name).copied();
    match status {
        400 => chosen("project-mismatch-400"),
        403 => chosen("forbidden"),
        404 => Some(Row::UNKNOWN_PATH),
        413 => Some(Row::BODY_SIZE),
        414 => Some(Row::URI_SIZE),
        426 => Some(Row::UPGRADE_VERSION),
        429 => chosen("throttled"),
        494 => Some(Row::HEADER_SIZE),
        502 => chosen("backend-down"),
        504 => chosen("backend-timeout"),
        _ => None,
    }
}

/// The gateway's shape for a status that no page names.
const fn undocumented(status: u16) -> Row {
    Row {
        name: "",
        status,
        code: ".0201",
        text: phrase(status),
        clause: &handshake::REFUSAL_BODY,
    }
}
