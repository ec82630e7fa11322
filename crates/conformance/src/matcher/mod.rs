//! Matchers: what a value is like.
//!
//! ```text
//!   "json": { "path" = matcher }        what is written          what it takes
//!                                       value                    exactly that value
//!   { is = V }                          the same, for objects and arrays
//!   { regex = "…" }                     a string that matches as a whole
//!   { any = [m, …], why = "…" }         one of several
//!   { absent = true }                   no such member: forbidden
//!   { type = "string" }                 a JSON type; "integer" is a number without a fraction
//!   { min = 0, max = 1 }                a number in a range
//!   { above = "name" }, { below = … }   a number larger, smaller than the one that was bound
//!   { near = 5, within = 0.5 }          a number with a tolerance
//!   { subset = { path = m } }           an object with at least these members
//!   { each = m }, { length = m }        of arrays, of strings the number of characters
//!   { not = m }                         anything else, but something
//!   { bind = "name" }                   anything; later `${name}`. Goes with any of the above
//! ```
//!
//! Strings that hold `${name}` stand for what the name stands for. Matchers know JSON only.

mod check;
#[cfg(test)]
mod laws;
mod parse;
mod path;

use std::collections::BTreeMap;

use regex::Regex;
use wire::json::Value;

pub use check::{Mismatch, check, check_all};
pub(crate) use check::{compare, unnamed};
#[cfg(test)]
pub(crate) use parse::KEYS;
pub(crate) use path::{find, remove, set};

/// Members and what they are like, by path: `config.speed`, `segments[0].is_final`.
pub type Matchers = BTreeMap<String, Matcher>;

/// What a value is like.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// The conditions, all of which hold.
    pub(crate) conditions: Vec<Condition>,
    /// The name by which the value is known afterwards.
    pub(crate) bind: Option<String>,
}

/// One condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Is(Value),
    Regex(Regex),
    Any(Vec<Matcher>),
    Absent,
    Type(JsonType),
    Least(f64),
    Most(f64),
    Above(String),
    Below(String),
    Near { value: f64, within: f64 },
    Subset(Matchers),
    Each(Box<Matcher>),
    Length(Box<Matcher>),
    Not(Box<Matcher>),
}

/// A JSON type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl JsonType {
    pub(crate) const ALL: [(&'static str, Self); 7] = [
        ("null", Self::Null),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("string", Self::String),
        ("array", Self::Array),
        ("object", Self::Object),
    ];

    pub(crate) fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, kind)| *kind == self);
        found.map_or("", |(name, _)| name)
    }
}

impl Matcher {
    /// Takes exactly this value.
    #[must_use]
    pub fn is(value: Value) -> Self {
        Self {
            conditions: vec![Condition::Is(value)],
            bind: None,
        }
    }
}
