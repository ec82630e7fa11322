//! Text messages of the client: opened leniently, read strictly, oddities kept.
//!
//! Every oddity becomes a finding at its JSON path; the first one that the service would
//! not accept becomes the [`Problem`] that is answered.

use bytes::Bytes;

use super::clauses::messages::{NOT_JSON, REPEATED_MEMBERS, UNKNOWN_MEMBERS};
use super::error::{Problem, What};
use super::knobs;
use super::response::utf8;
use crate::clause::Clause;
use crate::error::DecodeError;
use crate::finding::Finding;
use crate::json::{Value, parse};
use crate::knob::Knobs;

/// How far a value may stray from its documented type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Types {
    /// Not at all.
    Strict,
    /// Numbers in strings, strings in numbers, and null for absence are taken.
    Lenient,
}

/// What becomes of members that the service does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    /// They are ignored.
    Ignore,
    /// They are refused.
    Refuse,
}

impl Types {
    /// As chosen.
    #[must_use]
    pub(super) fn of(knobs: &Knobs) -> Self {
        match knobs.text(&knobs::TYPES) {
            "lenient" => Self::Lenient,
            _ => Self::Strict,
        }
    }
}

impl Unknown {
    /// As chosen.
    #[must_use]
    pub(super) fn of(knobs: &Knobs) -> Self {
        match knobs.text(&knobs::UNKNOWN_MEMBERS) {
            "error" => Self::Refuse,
            _ => Self::Ignore,
        }
    }
}

/// What was noticed while reading a message.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Every oddity, in the order in which it was met.
    pub(super) findings: Vec<Finding>,
    /// The first that the service does not accept.
    pub(super) problem: Option<Problem>,
}

impl Notes {
    pub(super) fn refuse(&mut self, finding: Finding, problem: Problem) {
        self.findings.push(finding);
        self.problem.get_or_insert(problem);
    }

    /// The value, if nothing keeps the service from accepting it.
    pub(super) fn verdict<T>(&mut self, value: T) -> Result<T, Problem> {
        match self.problem.take() {
            None => Ok(value),
            Some(problem) => Err(problem),
        }
    }
}

/// Opens a text message as one of some commands: its name, which is the kind of the message, and
/// its members. Else the kind of what came instead, and the problem.
pub(super) fn open_command(
    payload: &Bytes,
    names: &[&'static str],
    clause: &'static Clause,
    notes: &mut Notes,
) -> Result<(&'static str, Value), (&'static str, Problem)> {
    let not_json = || ("malformed", Problem::new(What::NotJson));
    let value = open(payload, notes).ok_or_else(not_json)?;
    let command = value.get("command");
    let said = command.and_then(Value::as_str);
    if let Some(name) = names.iter().find(|name| said == Some(**name)) {
        return Ok((name, value));
    }
    let (kind, what, found) = match command {
        None => ("malformed", What::Missing, "absent".to_owned()),
        Some(Value::Null) => ("malformed", What::Missing, "null".to_owned()),
        Some(other) => ("unknown", What::Invalid, other.excerpt()),
    };
    let problem = Problem::about(what, "command");
    let finding = Finding::at_path(clause, "command", found, names.join(" or "));
    notes.refuse(finding, problem.clone());
    Err((kind, problem))
}

/// Opens a text message as a JSON object; what is not one is a problem.
fn open(payload: &Bytes, notes: &mut Notes) -> Option<Value> {
    let parsed = match utf8(payload).and_then(parse) {
        Ok(parsed) => parsed,
        Err(error) => {
            let DecodeError {
                offset, problem, ..
            } = error;
            let finding = Finding::at_offset(&NOT_JSON, offset, problem, "a JSON object");
            notes.refuse(finding, Problem::new(What::NotJson));
            return None;
        }
    };
    if parsed.value.members().is_none() {
        let finding = Finding::at_offset(&NOT_JSON, 0, parsed.value.type_name(), "a JSON object");
        notes.refuse(finding, Problem::new(What::NotJson));
        return None;
    }
    for path in parsed.repeated.into_iter().take(MOST_NOTED) {
        let finding = Finding::at_path(&REPEATED_MEMBERS, short(&path), "more than once", "once");
        notes.findings.push(finding);
    }
    Some(parsed.value)
}

/// What a member held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got<T> {
    /// Nothing: it is absent.
    Absent,
    /// Something that the service does not accept; it has been noted.
    Refused,
    /// This.
    Value(T),
}

impl<T> Got<T> {
    /// The value, or another if there is none.
    pub(super) fn or(self, default: T) -> T {
        match self {
            Self::Value(value) => value,
            Self::Absent | Self::Refused => default,
        }
    }
}

/// The members of one object of a message.
pub(super) struct Members<'v, 'n> {
    /// The object.
    pub(super) object: &'v Value,
    /// Its path, empty for the whole message.
    pub(super) path: &'static str,
    /// How strictly it is read.
    pub(super) types: Types,
    /// Where oddities go.
    pub(super) notes: &'n mut Notes,
}

impl<'v, 'n> Members<'v, 'n> {
    /// The members of the object at `path`.
    pub(super) const fn new(
        object: &'v Value,
        path: &'static str,
        types: Types,
        notes: &'n mut Notes,
    ) -> Self {
        Self {
            object,
            path,
            types,
            notes,
        }
    }

    /// The path of a member.
    pub(super) fn path_of(&self, name: &str) -> String {
        match self.path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    /// Notes that a member is not accepted.
    pub(super) fn refuse(
        &mut self,
        name: &'static str,
        what: What,
        clause: &'static Clause,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        let finding = Finding::at_path(clause, self.path_of(name), found, expected);
        self.notes.refuse(finding, Problem::about(what, name));
    }

    /// Notes that a mandatory member is absent.
    pub(super) fn missing(&mut self, name: &'static str, clause: &'static Clause, expected: &str) {
        let found = match self.object.get(name) {
            None => "absent",
            Some(_) => "null",
        };
        self.refuse(name, What::Missing, clause, found, expected);
    }

    /// Any value; null counts as absent where that is lenient, or `null` says so.
    pub(super) fn value(
        &mut self,
        name: &'static str,
        clause: &'static Clause,
        expected: &str,
    ) -> Got<&'v Value> {
        match self.object.get(name) {
            None => Got::Absent,
            Some(Value::Null) if self.types == Types::Lenient => {
                self.stray(name, clause, &Value::Null, expected);
                Got::Absent
            }
            Some(Value::Null) => {
                self.refuse(name, What::Invalid, clause, "null", expected);
                Got::Refused
            }
            Some(value) => Got::Value(value),
        }
    }

    /// A string.
    pub(super) fn string(
        &mut self,
        name: &'static str,
        clause: &'static Clause,
        expected: &str,
    ) -> Got<String> {
        let value = match self.value(name, clause, expected) {
            Got::Absent => return Got::Absent,
            Got::Refused => return Got::Refused,
            Got::Value(value) => value,
        };
        match value {
            Value::String(text) => Got::Value(text.clone()),
            Value::Number(number) if self.types == Types::Lenient => {
                self.stray(name, clause, value, expected);
                Got::Value(number.to_string())
            }
            other => {
                self.refuse(name, What::Invalid, clause, other.excerpt(), expected);
                Got::Refused
            }
        }
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, T)],
        clause: &'static Clause,
    ) -> Got<T> {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let expected = format!("one of {}", names.join(", "));
        let text = match self.string(name, clause, &expected) {
            Got::Absent => return Got::Absent,
            Got::Refused => return Got::Refused,
            Got::Value(text) => text,
        };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Got::Value(*value);
        }
        let found = Value::from(text).excerpt();
        self.refuse(name, What::Invalid, clause, found, expected);
        Got::Refused
    }

    /// An integer in a range.
    pub(super) fn integer(
        &mut self,
        name: &'static str,
        (low, high): (i32, i32),
        clause: &'static Clause,
    ) -> Got<i32> {
        let expected = format!("an integer from {low} to {high}");
        let value = match self.value(name, clause, &expected) {
            Got::Absent => return Got::Absent,
            Got::Refused => return Got::Refused,
            Got::Value(value) => value,
        };
        let number = match value {
            Value::String(text) if self.types == Types::Lenient => text.trim().parse().ok(),
            value => value.as_i64(),
        };
        let fits = number
            .and_then(|number| i32::try_from(number).ok())
            .filter(|number| (low..=high).contains(number));
        let Some(number) = fits else {
            self.refuse(name, What::Invalid, clause, value.excerpt(), expected);
            return Got::Refused;
        };
        if value.as_str().is_some() {
            self.stray(name, clause, value, &expected);
        }
        Got::Value(number)
    }

    /// Notes a value of another type that is taken all the same.
    pub(super) fn stray(
        &mut self,
        name: &str,
        clause: &'static Clause,
        value: &Value,
        expected: &str,
    ) {
        let finding = Finding::at_path(clause, self.path_of(name), value.excerpt(), expected);
        self.notes.findings.push(finding);
    }

    /// Notes members that are not among the `known` ones.
    pub(super) fn others(&mut self, known: &[&str], unknown: Unknown) {
        let members = self.object.members().unwrap_or_default();
        let others = members
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()));
        for (name, value) in others.take(MOST_NOTED) {
            let expected = format!("none but {}", known.join(", "));
            let name = short(name);
            let path = self.path_of(&name);
            let finding = Finding::at_path(&UNKNOWN_MEMBERS, path, value.excerpt(), expected);
            match unknown {
                Unknown::Ignore => self.notes.findings.push(finding),
                Unknown::Refuse => {
                    let problem = Problem {
                        what: What::UnknownMember,
                        member: name.into(),
                    };
                    self.notes.refuse(finding, problem);
                }
            }
        }
    }
}

/// A name of the client's choosing, cut to a length that fits a finding.
fn short(name: &str) -> String {
    name.chars().take(80).collect()
}

/// How many repeated or unknown members of one message are noted; a hostile one may have millions.
const MOST_NOTED: usize = 16;
