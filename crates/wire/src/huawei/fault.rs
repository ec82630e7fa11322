//! What the services say when a fault wants it: errors that nothing has caused, and messages
//! that no page lists.
//!
//! ```text
//!   Deviation ──wanted──▶ Fail    ERROR, and END if it costs a session; or FATAL_ERROR and the close
//!                    └──▶ Say     a message; the session goes on
//! ```

use super::error::{Answer, CODES, Problem, Service, Severity, What, answer, severity_of};
use super::response::{Failure, encode};
use crate::dialect::{Deviation, OwnFault};
use crate::id::Ids;
use crate::json::{Style, Value, object};
use crate::knob::Knobs;
use crate::session::Data;

/// What a session has to do for a deviation.
#[derive(Debug)]
pub(super) enum Wanted {
    /// It fails with this answer.
    Fail(Answer, Traced),
    /// It sends something that no page lists, and goes on.
    Say(Oddity),
}

/// Whether an error carries the id of its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Traced {
    /// As the knob says.
    AsUsual,
    /// It does not.
    Never,
}

/// A message that no page lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// An error in the words of the gateway.
    Untyped,
    /// A `resp_type` that nobody knows.
    Unknown,
    /// Timestamps that nobody has asked for.
    Subtitle,
}

/// What a session has to do for a deviation; `None` if the service has nothing of the kind.
pub(super) fn wanted(service: Service, deviation: &Deviation, knobs: &Knobs) -> Option<Wanted> {
    let answer = match deviation {
        Deviation::Error(Some(code)) => failing(code)?,
        Deviation::Error(None) => failing(codes(service).first()?)?,
        Deviation::Idle | Deviation::IdleError => answer(service, &Problem::new(What::Idle), knobs),
        // No page has an error for the longest connection: these come nearest.
        Deviation::Expired => fatal(match service {
            Service::Synthesis => "SIS.0414",
            Service::Recognition => "SIS.0309",
        })?,
        Deviation::Quota => fatal("SIS.0312")?,
        Deviation::Untyped => return Some(Wanted::Say(Oddity::Untyped)),
        Deviation::Unknown => return Some(Wanted::Say(Oddity::Unknown)),
        Deviation::Own(name) if *name == UNTRACED.name => {
            let answer = failing(codes(service).first()?)?;
            return Some(Wanted::Fail(answer, Traced::Never));
        }
        Deviation::Own(name) if *name == UNASKED.name && service == Service::Synthesis => {
            return Some(Wanted::Say(Oddity::Subtitle));
        }
        Deviation::Own(_) => return None,
    };
    Some(Wanted::Fail(answer, Traced::AsUsual))
}

/// The codes of the table, the service's own before the other's, the commonest first.
pub(super) fn codes(service: Service) -> Vec<&'static str> {
    let first: &[&str] = match service {
        Service::Synthesis => &["SIS.0401", "SIS.0413", "SIS.0417", "SIS.0412", "SIS.0414"],
        Service::Recognition => &["SIS.0305", "SIS.0306", "SIS.0307", "SIS.0033", "SIS.0312"],
    };
    let own = match service {
        Service::Synthesis => "SIS.04",
        Service::Recognition => "SIS.03",
    };
    let mut codes: Vec<&'static str> = CODES.iter().map(|code| code.code).collect();
    codes.sort_by_key(|code| {
        let place = first.iter().position(|it| it == code);
        (place.unwrap_or(first.len()), !code.starts_with(own))
    });
    codes
}

/// Whether a failure leaves the session as it is: the one that refuses a further task.
pub(super) fn is_harmless(failure: &Failure) -> bool {
    failure.code == "SIS.0418"
}

impl Oddity {
    /// Its kind and its text. `trace_id` is the session's.
    pub(super) fn message(self, trace_id: &str, ids: &mut Ids) -> (&'static str, Data) {
        let (kind, text) = match self {
            // As the gateway words its refusals: no `resp_type`, no `trace_id`.
            Self::Untyped => {
                let error = object([
                    ("error_msg", Value::from("Internal Server Error")),
                    ("error_code", Value::from("APIG.0201")),
                    ("request_id", Value::from(ids.hex(32))),
                ]);
                (UNTYPED, error.write(Style::Compact))
            }
            Self::Unknown => {
                let status = ("status", Value::from("PROCESSING"));
                ("STATUS", encode("STATUS", Some(trace_id), vec![status]))
            }
            Self::Subtitle => {
                let entry = object([
                    ("start_time", Value::from(0_u32)),
                    ("end_time", Value::from(100_u32)),
                    ("text", Value::from("")),
                    ("word_index", Value::from(0_u32)),
                ]);
                let result = ("result", Value::from(vec![entry]));
                ("RESULT", encode("RESULT", Some(trace_id), vec![result]))
            }
        };
        (kind, Data::text(text))
    }
}

/// The failure that a code of the table stands for.
fn failing(code: &str) -> Option<Answer> {
    let known = CODES.iter().find(|known| known.code == code)?;
    Some(Answer {
        severity: severity_of(known.code),
        failure: Failure {
            code: known.code.to_owned(),
            text: known.meaning.to_owned(),
        },
    })
}

/// A code as the reason for which the server closes.
fn fatal(code: &str) -> Option<Answer> {
    Some(Answer {
        severity: Severity::Fatal,
        ..failing(code)?
    })
}

/// The kind of an error without a `resp_type`.
pub(super) const UNTYPED: &str = "untyped";

/// An error without the id that clients read from it.
pub(super) const UNTRACED: OwnFault = OwnFault {
    name: "sis-error-without-trace-id",
    does: "the commonest ERROR without trace_id, and END if it costs a session",
    incident: "the pages allow an ERROR without trace_id; the official Python SDK reads it from every message and fails in its own error path",
    example: "sis-error-without-trace-id:at=audio/2",
    at: "first-byte",
};

/// Timestamps that nobody has asked for.
pub(super) const UNASKED: OwnFault = OwnFault {
    name: "sis-unasked-subtitle",
    does: "a RESULT with timestamps although START had no subtitle; the synthesis goes on",
    incident: "older official Python SDKs take any text RESULT of a synthesis for an error",
    example: "sis-unasked-subtitle:at=audio/2",
    at: "first-byte",
};
