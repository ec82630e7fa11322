//! How faults look on Huawei's endpoints.

use super::error::Service;
use super::fault::{UNASKED, UNTRACED, UNTYPED, codes};
use super::{auth, rasr};
use crate::dialect::{Dialect, Part, Retouch, Retouching};
use crate::id::Ids;
use crate::json::{Style, Value, object, parse};
use crate::retouch::{cut, grown, listed, with_foreign_id, with_members};
use crate::session::{Data, Form, Side};

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
    match how {
        Retouch::ExtraFields => with_members(data, Style::Compact, further(ids)),
        Retouch::ForeignId => with_foreign_id(data, Style::Compact, "trace_id", || ids.uuid()),
        Retouch::MalformedJson => cut(data),
        Retouch::NonObjectJson => listed(data, Style::Compact),
        Retouch::WithoutAudio if data.form == Form::Binary => Some(Data::binary(Vec::new().into())),
        Retouch::NotLast if data.form == Form::Binary => Some(data.clone()),
        Retouch::Grown(least) => grown(data, least),
        Retouch::WithoutAudio
        | Retouch::NotLast
        | Retouch::GzipFlagMismatch
        | Retouch::GzipErrorPayload
        | Retouch::GzipCorrupt
        | Retouch::BadGzipChecksum
        | Retouch::BadSequence
        | Retouch::BadPageChecksum
        | Retouch::SizeLies(_)
        | Retouch::Truncated(_) => None,
    }
}

/// Members that no page lists, one of each type.
fn further(ids: &mut Ids) -> [(&'static str, Value); 5] {
    let engine = object([("version", Value::from("2")), ("node", ids.hex(8).into())]);
    [
        ("session_id", Value::from(ids.uuid())),
        ("revision", Value::from(2_u32)),
        ("engine", engine),
        ("tags", Value::from(Vec::new())),
        ("debug", Value::Null),
    ]
}

#[cfg(test)]
mod tests;
