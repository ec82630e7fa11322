//! What the service says when a fault wants it: errors that nothing has caused, and messages
//! that no page lists.

use super::error::Failure;
use super::knobs::DEFAULT_VOICE;
use crate::dialect::{Deviation, OwnFault};
use crate::id::Ids;
use crate::json::{Style, Value, object};
use crate::session::Data;

/// What a session has to do for a deviation.
#[derive(Debug)]
pub(super) enum Wanted {
    /// It says this and closes.
    Fail(Failure),
    /// It sends something that no page lists, and goes on.
    Say(Oddity),
}

/// A message that no page lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// An error as the platform's HTTP services write it.
    Untyped,
    /// A member that nobody knows.
    Unknown,
    /// A warning as the sister service writes it.
    WarningList,
}

/// What a session has to do for a deviation; `None` if the service has nothing of the kind.
pub(super) fn wanted(deviation: &Deviation) -> Option<Wanted> {
    Some(match deviation {
        Deviation::Error(None) => Wanted::Fail(Failure::Engine),
        Deviation::Error(Some(code)) => Wanted::Fail(failing(code)?),
        // The service has no longest session of its own: the text of its idle rule comes nearest.
        Deviation::Idle | Deviation::IdleError | Deviation::Expired => Wanted::Fail(Failure::Idle),
        Deviation::Quota => Wanted::Fail(Failure::Quota),
        Deviation::Untyped => Wanted::Say(Oddity::Untyped),
        Deviation::Unknown => Wanted::Say(Oddity::Unknown),
        Deviation::Own(name) if *name == WARNING_LIST.name => Wanted::Say(Oddity::WarningList),
        Deviation::Own(_) => return None,
    })
}

/// The errors of the service have texts and no codes, so that a failure is named by the close
/// code behind it, or by what it is about.
pub(super) const CODES: &[&str] = &[
    "1011",
    "session-timed-out",
    "unsupported-mimetype",
    "text-missing",
    "text-too-long",
    "accept-missing",
    "rate-missing",
    "rate-out-of-range",
    "opus-rate",
    "endianness",
    "invalid-ssml",
    "invalid-attribute",
    "missing-attribute",
    "unsupported-element",
    "voice-not-found",
    "invalid-query",
    "not-json",
    "not-an-object",
    "wrong-type",
    "text-empty",
    "invalid-timings",
    "second-message",
    "client-binary",
    "quota",
    "1002",
    "1007",
    "1009",
];

fn failing(code: &str) -> Option<Failure> {
    Some(match code {
        "1011" => Failure::Engine,
        "session-timed-out" => Failure::Idle,
        "unsupported-mimetype" => Failure::Mimetype,
        "text-missing" => Failure::Missing("text"),
        // The numbers of the captured message.
        "text-too-long" => Failure::TooLong {
            length: 47_818,
            limit: 5120,
        },
        "accept-missing" => Failure::Missing("accept"),
        "rate-missing" => Failure::RateMissing("audio/l16"),
        "rate-out-of-range" => Failure::RateRange("audio/l16"),
        "opus-rate" => Failure::OpusRate("audio/ogg;codecs=opus"),
        "endianness" => Failure::Endianness,
        "invalid-ssml" => Failure::Markup,
        "invalid-attribute" => Failure::Attribute {
            tag: "say-as".to_owned(),
            attribute: "interpret-as".to_owned(),
            value: "currency".to_owned(),
        },
        "missing-attribute" => Failure::AttributeMissing {
            tag: "phoneme",
            attribute: "ph",
        },
        "unsupported-element" => Failure::Element {
            tag: "express-as",
            voice: VOICE.to_owned(),
        },
        "voice-not-found" => Failure::Voice(VOICE.to_owned()),
        "invalid-query" => Failure::Query {
            name: "rate_percentage",
            value: "fast".to_owned(),
        },
        "not-json" => Failure::NotJson,
        "not-an-object" => Failure::NotAnObject("an array"),
        "wrong-type" => Failure::WrongType {
            member: "text",
            expected: "a string",
        },
        "text-empty" => Failure::TextEmpty,
        "invalid-timings" => Failure::Timings,
        "second-message" => Failure::SecondMessage,
        "client-binary" => Failure::ClientBinary,
        "quota" => Failure::Quota,
        "1002" => Failure::Protocol,
        "1007" => Failure::NotUtf8,
        "1009" => Failure::TooLarge,
        _ => return None,
    })
}

impl Oddity {
    /// Its kind and the message.
    pub(super) fn message(self, ids: &mut Ids) -> (&'static str, Data) {
        let (kind, value) = match self {
            Self::Untyped => {
                let error = object([
                    ("code", Value::from("internal_error")),
                    ("message", Value::from("An internal error occurred.")),
                ]);
                let trace = ("trace", Value::from(ids.uuid()));
                (UNTYPED, object([("errors", vec![error].into()), trace]))
            }
            Self::Unknown => {
                let characters = Value::from(11_u32);
                let usage = object([("characters", characters)]);
                ("usage", object([("usage", usage)]))
            }
            Self::WarningList => {
                let list = vec![Value::from("Unknown arguments: continuous.")];
                ("warnings", object([("warnings", Value::from(list))]))
            }
        };
        (kind, Data::text(value.write(Style::Indented(3))))
    }
}

/// The kind of an error without a member `error`.
pub(super) const UNTYPED: &str = "untyped";

/// A warning in the shape of the sister service.
pub(super) const WARNING_LIST: OwnFault = OwnFault {
    name: "watson-warning-list",
    does: "a warning whose value is a list of strings; the synthesis goes on",
    incident: "the vendor's recognition writes warnings as a list, its synthesis as a string: a client with one type for both fails on the other",
    example: "watson-warning-list:at=audio/2",
    at: "first-byte",
};

/// A voice for texts that name one.
const VOICE: &str = DEFAULT_VOICE.default;
