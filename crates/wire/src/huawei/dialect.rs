//! How faults look on Huawei's endpoints.

use super::error::Service;
use super::fault::{UNASKED, UNTRACED, UNTYPED, codes};
use super::{auth, rasr};
use crate::dialect::{Dialect, Part, Retouch, Retouching};
use crate::id::Ids;
use crate::json::{Style, Value, parse};
use crate::retouch::{shared, with_foreign_id};
use crate::session::{Data, Side};

/// Real-time synthesis.
pub(super) const SYNTHESIS: Dialect = Dialect {
    part: synthesis_part,
    idle_timers: &["idle"],
    idle_reason: "wait text timeout",
    error_codes: synthesis_codes,
    retouches: RETOUCHES,
    retouch,
    signed_at: auth::signed_at,
    refuse: auth::deny,
    own_faults: &[UNTRACED, UNASKED],
};

/// Real-time recognition.
pub(super) const RECOGNITION: Dialect = Dialect {
    part: recognition_part,
    idle_timers: &["idle"],
    idle_reason: "wait voice timeout",
    error_codes: recognition_codes,
    retouches: RETOUCHES,
    retouch,
    signed_at: auth::signed_at,
    refuse: auth::deny,
    own_faults: &[UNTRACED],
};

const RETOUCHES: &[Retouching] = &[
    Retouching::ExtraFields,
    Retouching::ForeignId,
    Retouching::MalformedJson,
    Retouching::NonObjectJson,
];

fn synthesis_part(side: Side, kind: &str, _: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "START") => Part::Request,
        (Side::Server, "START") => Part::Start,
        (Side::Server, "audio") => Part::Audio,
        (Side::Server, "RESULT") => Part::Result,
        (Side::Server, "END") => Part::End,
        (Side::Server, "ERROR" | "FATAL_ERROR" | UNTYPED) => Part::Error,
        _ => Part::Other,
    }
}

fn recognition_part(side: Side, kind: &str, data: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "START") => Part::Request,
        (Side::Client, "audio") => Part::Audio,
        (Side::Client, "END") if is_cancel(data) => Part::Cancel,
        (Side::Client, "END") => Part::Finish,
        (Side::Server, "START") => Part::Start,
        (Side::Server, "RESULT") if is_final(data) => Part::FinalResult,
        (Side::Server, "RESULT") => Part::Result,
        (Side::Server, "END") => Part::End,
        (Side::Server, "ERROR" | "FATAL_ERROR" | UNTYPED) => Part::Error,
        _ => Part::Other,
    }
}

/// Whether an END drops the rest. Clients write `true` with and without quotes.
fn is_cancel(data: &Data) -> bool {
    let text = std::str::from_utf8(&data.body).unwrap_or_default();
    let value = parse(text).ok().map(|parsed| parsed.value);
    match value.as_ref().and_then(|value| value.get("cancel")) {
        Some(Value::Bool(cancel)) => *cancel,
        Some(Value::String(cancel)) => cancel.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Whether nothing of a RESULT will change.
fn is_final(data: &Data) -> bool {
    match rasr::response::Response::decode(&data.body) {
        Ok((_, rasr::response::Response::Result(segments))) => {
            !segments.is_empty() && segments.iter().all(|segment| segment.is_final)
        }
        _ => false,
    }
}

fn synthesis_codes() -> Vec<&'static str> {
    codes(Service::Synthesis)
}

fn recognition_codes() -> Vec<&'static str> {
    codes(Service::Recognition)
}

fn retouch(how: Retouch, _: &str, data: &Data, ids: &mut Ids) -> Option<Data> {
    const STYLE: Style = Style::Compact;
    match how {
        Retouch::ForeignId => with_foreign_id(data, STYLE, "trace_id", || ids.uuid()),
        how => shared(how, data, STYLE, ids, ("revision", 2)),
    }
}

#[cfg(test)]
mod tests;
