//! The client's messages: a request, and what is not one.

use bytes::Bytes;

use super::{kind, parse};
use crate::error::DecodeError;
use crate::finding::Finding;
use crate::ibm::clauses::exchange as clauses;
use crate::ibm::error::{Failure, MOST_FINDINGS, Refused};
use crate::json::{Style, Value, object};
use crate::session::{Decoded, Form};

/// A message of the client.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientMessage {
    /// A request whose members have their types.
    Request(Request),
    /// A JSON message that is no request.
    Invalid(Failure),
    /// A text message that is no JSON.
    Malformed(DecodeError),
    /// A binary message of so many bytes.
    Binary(usize),
}

/// What is to be spoken, and how it is to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Plain text or SSML; possibly empty.
    pub text: String,
    /// The MIME type of the audio; mandatory by the page, left out by some.
    pub accept: Option<String>,
    /// Which timings are wanted.
    pub timings: Timings,
    /// Members that the service does not know, in order.
    pub extra: Vec<(String, Value)>,
}

/// Which timings are wanted, beside those of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timings {
    /// None.
    None,
    /// Those of all words.
    Words,
}

impl ClientMessage {
    /// Whether it came as text or binary.
    #[must_use]
    pub const fn form(&self) -> Form {
        match self {
            Self::Request(_) | Self::Invalid(_) | Self::Malformed(_) => Form::Text,
            Self::Binary(_) => Form::Binary,
        }
    }

    /// Decodes a message of the client. What is odd about it travels beside it.
    #[must_use]
    pub fn decode(form: Form, payload: &Bytes) -> Decoded<Self> {
        if form == Form::Binary {
            return Decoded {
                kind: kind::BINARY,
                message: Self::Binary(payload.len()),
                findings: Vec::new(),
                credentials: Vec::new(),
            };
        }
        let parsed = match parse(payload) {
            Ok(parsed) => parsed,
            Err(error) => {
                let clause = Failure::NotJson.clause();
                let found = format!("{}: {}", error.field, error.problem);
                let finding = Finding::at_offset(clause, error.offset, found, "JSON");
                return Decoded {
                    kind: kind::MALFORMED,
                    message: Self::Malformed(error),
                    findings: vec![finding],
                    credentials: Vec::new(),
                };
            }
        };
        let mut findings: Vec<Finding> = parsed
            .repeated
            .iter()
            .take(MOST_FINDINGS)
            .map(|path| {
                let clause = &clauses::REPEATED_MEMBER;
                Finding::at_path(clause, path, "the member again", "one member of a name")
            })
            .collect();
        let message = match Request::read(&parsed.value, &mut findings) {
            Ok(request) => Self::Request(request),
            Err(refused) => {
                findings.push(*refused.finding);
                Self::Invalid(refused.failure)
            }
        };
        Decoded {
            kind: kind::REQUEST,
            message,
            findings,
            credentials: Vec::new(),
        }
    }
}

impl Request {
    /// The request as a client writes it.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut members = vec![("text".to_owned(), Value::from(self.text.as_str()))];
        if let Some(accept) = &self.accept {
            members.push(("accept".to_owned(), Value::from(accept.as_str())));
        }
        if self.timings == Timings::Words {
            let words = Value::from(vec![Value::from("words")]);
            members.push(("timings".to_owned(), words));
        }
        members.extend(self.extra.iter().cloned());
        object(members).write(Style::Spaced)
    }

    /// The names of the members that the service does not know, each once.
    #[must_use]
    pub fn unknown(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for (name, _) in &self.extra {
            if known.insert(name) {
                names.push(name);
            }
        }
        names
    }

    fn read(value: &Value, findings: &mut Vec<Finding>) -> Result<Self, Refused> {
        let Some(members) = value.members() else {
            let found = value.type_name();
            let finding = Finding::whole(&clauses::REQUEST, found, "an object");
            return Err(Refused {
                failure: Failure::NotAnObject(found),
                finding: Box::new(finding),
            });
        };
        let extra: Vec<(String, Value)> = members
            .iter()
            .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
            .cloned()
            .collect();
        let odd = extra
            .iter()
            .filter(|(name, _)| !SENT_BY_SDKS.contains(&name.as_str()));
        for (name, value) in odd.take(MOST_FINDINGS) {
            let found = format!("unknown member {}", value.excerpt());
            let clause = &clauses::UNKNOWN_ARGUMENT;
            findings.push(Finding::at_path(clause, name, found, KNOWN.join(", ")));
        }
        // Everything is looked at before anything is refused, so that all findings are made.
        let text = read_text(value.get("text"), findings);
        let accept = read_accept(value.get("accept"), findings);
        let timings = read_timings(value.get("timings"));
        let failed = [text.as_ref().err(), accept.as_ref().err()];
        if failed.iter().any(Option::is_some)
            && let Err(refused) = &timings
        {
            findings.push((*refused.finding).clone());
        }
        if text.is_err()
            && let Err(refused) = &accept
        {
            findings.push((*refused.finding).clone());
        }
        Ok(Self {
            text: text?,
            accept: accept?,
            timings: timings?,
            extra,
        })
    }
}

fn read_text(value: Option<&Value>, findings: &mut Vec<Finding>) -> Result<String, Refused> {
    let missing = |found: &str| {
        let failure = Failure::Missing("text");
        Refused::at("text", failure, found, "a string, which is mandatory")
    };
    match value {
        None => Err(missing("missing")),
        Some(Value::Null) => Err(missing("null")),
        Some(Value::String(text)) => {
            if text.trim().is_empty() {
                let clause = Failure::TextEmpty.clause();
                let found = if text.is_empty() {
                    "empty"
                } else {
                    "white space"
                };
                findings.push(Finding::at_path(clause, "text", found, "something to say"));
            }
            Ok(text.clone())
        }
        Some(other) => Err(wrong_type("text", other, "a string")),
    }
}

fn read_accept(
    value: Option<&Value>,
    findings: &mut Vec<Finding>,
) -> Result<Option<String>, Refused> {
    let found = match value {
        Some(Value::String(accept)) => return Ok(Some(accept.clone())),
        None => "missing",
        Some(Value::Null) => "null",
        Some(other) => return Err(wrong_type("accept", other, "a string")),
    };
    let expected = "a MIME type, which is mandatory";
    findings.push(Finding::at_path(
        &clauses::ACCEPT,
        "accept",
        found,
        expected,
    ));
    Ok(None)
}

fn read_timings(value: Option<&Value>) -> Result<Timings, Refused> {
    match value {
        None => Ok(Timings::None),
        Some(Value::Array(items)) => match items.as_slice() {
            [] => Ok(Timings::None),
            [Value::String(word)] if word == "words" => Ok(Timings::Words),
            _ => {
                let found = Value::Array(items.clone()).excerpt();
                let expected = "[\"words\"] or []";
                Err(Refused::at("timings", Failure::Timings, found, expected))
            }
        },
        Some(other) => Err(wrong_type("timings", other, "an array of strings")),
    }
}

fn wrong_type(member: &'static str, value: &Value, expected: &'static str) -> Refused {
    let found = match value {
        Value::Null => "null".to_owned(),
        other => format!("{} {}", other.type_name(), other.excerpt()),
    };
    let failure = Failure::WrongType { member, expected };
    Refused::at(member, failure, found, expected)
}

/// The members of a request.
const KNOWN: [&str; 3] = ["text", "accept", "timings"];

/// Members that the service warns of, and that clients of its own maker send all the same.
const SENT_BY_SDKS: [&str; 4] = ["action", "voice", "rate_percentage", "pitch_percentage"];
