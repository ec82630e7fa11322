//! Knobs: behaviours that nobody has documented, so that a user can choose.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::clause::Clause;

/// A behaviour that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob {
    /// Its name, `idle-code`.
    pub name: &'static str,
    /// The value when nobody chooses.
    pub default: &'static str,
    /// The values that it takes.
    pub values: Values,
    /// The clause that leaves the behaviour open.
    pub clause: &'static Clause,
    /// What it does, in one line.
    pub text: &'static str,
}

/// The values that a knob takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number from the first to the second, inclusive.
    Number(u32, u32),
    /// Any text, often a list separated by commas; empty is none.
    Text,
}

/// `on` or `off`.
pub const SWITCH: Values = Values::OneOf(&["on", "off"]);

/// The chosen values of an endpoint's knobs.
#[derive(Clone, Debug, Default)]
pub struct Knobs {
    /// Shared, because every session has the same.
    chosen: Arc<BTreeMap<&'static str, String>>,
}

/// Why a value was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KnobError {
    /// The endpoint has no such knob.
    #[error("knob {name} is unknown; there are: {}", known.join(", "))]
    Unknown {
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: Vec<&'static str>,
    },
    /// The knob does not take the value.
    #[error("knob {name} does not take {value:?}; it takes {takes}")]
    Value {
        /// The knob.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// What it takes.
        takes: String,
    },
}

impl Knobs {
    /// Every knob at its default.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses a value for one of the `declared` knobs.
    ///
    /// # Errors
    /// If there is no such knob, or it does not take the value.
    pub fn set(&mut self, declared: &[Knob], name: &str, value: &str) -> Result<(), KnobError> {
        let Some(knob) = declared.iter().find(|knob| knob.name == name) else {
            return Err(KnobError::Unknown {
                name: name.to_owned(),
                known: declared.iter().map(|knob| knob.name).collect(),
            });
        };
        if !knob.values.takes(value) {
            return Err(KnobError::Value {
                name: knob.name,
                value: value.to_owned(),
                takes: knob.values.to_string(),
            });
        }
        Arc::make_mut(&mut self.chosen).insert(knob.name, value.to_owned());
        Ok(())
    }

    /// Turns the knobs that others have turned.
    pub fn turn(&mut self, others: &Self) {
        let chosen = others.chosen.iter();
        Arc::make_mut(&mut self.chosen).extend(chosen.map(|(name, value)| (*name, value.clone())));
    }

    /// The value of a knob.
    #[must_use]
    pub fn text(&self, knob: &Knob) -> &str {
        self.chosen.get(knob.name).map_or(knob.default, |v| v)
    }

    /// Whether a knob has this value.
    #[must_use]
    pub fn is(&self, knob: &Knob, value: &str) -> bool {
        self.text(knob) == value
    }

    /// Whether a [`SWITCH`] is on.
    #[must_use]
    pub fn is_on(&self, knob: &Knob) -> bool {
        self.is(knob, "on")
    }

    /// The value of a [`Values::Number`] knob.
    #[must_use]
    pub fn number(&self, knob: &Knob) -> u32 {
        self.text(knob).parse().unwrap_or_default()
    }
}

impl Values {
    fn takes(self, value: &str) -> bool {
        match self {
            Self::OneOf(words) => words.contains(&value),
            Self::Number(low, high) => value.parse().is_ok_and(|n: u32| (low..=high).contains(&n)),
            Self::Text => true,
        }
    }
}

impl std::fmt::Display for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OneOf(words) => f.write_str(&words.join(" | ")),
            Self::Number(low, high) => write!(f, "{low}..={high}"),
            Self::Text => f.write_str("any text"),
        }
    }
}

/// What is wrong with a list of knobs: repeated names, defaults that they do not take.
#[must_use]
pub fn lint(knobs: &[Knob]) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, knob) in knobs.iter().enumerate() {
        if !knob.values.takes(knob.default) {
            problems.push(format!("{}: does not take its own default", knob.name));
        }
        if knobs
            .iter()
            .take(index)
            .any(|other| other.name == knob.name)
        {
            problems.push(format!("{}: declared twice", knob.name));
        }
    }
    problems
}
