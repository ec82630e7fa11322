//! Scenarios as they are written: faults joined by `+`, each `name[:key=value,…]`.
//!
//! ```text
//!   half-open:at=audio/2+slow-first-byte:ms=800     none
//! ```
//!
//! or the name of a file, which says more: knobs, faults of single connections, and what is
//! expected of the client.
//!
//! This module knows how a scenario is written. Which faults exist, and what they take, is the
//! business of [`crate::fault`].

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use wire::knob::Knobs;

pub(crate) use self::expect::Expect;
pub use self::library::BUILT_IN;
pub(crate) use self::library::{Library, check_folder};
use crate::diagnostic::FileProblem;
use crate::fault::{Order, OrderError};

mod expect;
mod file;
mod library;

/// What a session does beside what is right.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// Its faults as they were written, or its file's name.
    text: String,
    title: String,
    about: String,
    orders: Arc<[Order]>,
    knobs: Arc<BTreeMap<&'static str, Knobs>>,
    expect: Option<Arc<Expect>>,
}

/// One fault of a scenario, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The fault's name.
    pub(crate) name: String,
    /// Its parameters in order.
    pub(crate) parameters: Vec<(String, String)>,
}

/// The scenario without faults.
pub(crate) const NONE: &str = "none";

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// There is nothing.
    #[error("a scenario is empty; write {NONE} for a session without faults")]
    Empty,
    /// A parameter that is not `key=value`.
    #[error("fault {fault:?}: parameter {parameter:?} is not key=value")]
    Parameter {
        /// The fault.
        fault: String,
        /// The parameter.
        parameter: String,
    },
    /// A parameter given twice.
    #[error("fault {fault:?}: parameter {key:?} is given twice")]
    Repeated {
        /// The fault.
        fault: String,
        /// The parameter's key.
        key: String,
    },
    /// A fault that does not exist, or is not asked for rightly.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A name that no file has.
    #[error("unknown scenario {name:?}; did you mean {nearest:?}?")]
    File {
        /// The name.
        name: String,
        /// The name that is most like it.
        nearest: String,
    },
    /// A file that is wrong.
    #[error("{file}:{line}:{column}: {message}")]
    Broken {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl Scenario {
    /// Reads a scenario and checks that its faults exist.
    ///
    /// # Errors
    /// If it is empty, names a fault that does not exist or has ill-formed parameters.
    pub(crate) fn parse(text: &str) -> Result<Self, ScenarioError> {
        Ok(Self {
            text: text.to_owned(),
            orders: orders_of(text)?.into(),
            ..Self::default()
        })
    }

    /// Reads the text of a scenario's file.
    ///
    /// # Errors
    /// If it is not TOML, has unknown keys, or something in it is wrong.
    pub fn read(name: &str, text: &str) -> Result<Self, FileProblem> {
        file::read(name, text)
    }

    /// What it is about, in a few words; empty if it has no file.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it shows about a client; empty if its file does not say.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The knobs of an endpoint, where it turns some.
    pub(crate) fn knobs_of(&self, endpoint: &str) -> Option<&Knobs> {
        self.knobs.get(endpoint)
    }

    /// What it expects of the client.
    pub(crate) const fn expect(&self) -> Option<&Arc<Expect>> {
        self.expect.as_ref()
    }

    /// Its faults, in the order in which they were written.
    pub(crate) fn orders(&self) -> &[Order] {
        &self.orders
    }
}

/// The faults of a text, joined by `+`.
fn orders_of(text: &str) -> Result<Vec<Order>, ScenarioError> {
    if text == NONE {
        return Ok(Vec::new());
    }
    let calls: Result<Vec<Call>, ScenarioError> = text.split('+').map(Call::parse).collect();
    let orders: Result<Vec<Order>, OrderError> = calls?.iter().map(Order::of).collect();
    Ok(orders?)
}

impl FromStr for Scenario {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        Self::parse(text)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Call {
    fn parse(text: &str) -> Result<Self, ScenarioError> {
        let (name, parameters) = text.split_once(':').unwrap_or((text, ""));
        if name.is_empty() {
            return Err(ScenarioError::Empty);
        }
        let mut call = Self {
            name: name.to_owned(),
            parameters: Vec::new(),
        };
        if name.len() == text.len() {
            return Ok(call);
        }
        for parameter in parameters.split(',') {
            let pair = parameter.split_once('=');
            let Some((key, value)) =
                pair.filter(|(key, value)| !key.is_empty() && !value.is_empty())
            else {
                return Err(ScenarioError::Parameter {
                    fault: call.name,
                    parameter: parameter.to_owned(),
                });
            };
            if call.parameters.iter().any(|(known, _)| known == key) {
                return Err(ScenarioError::Repeated {
                    fault: call.name,
                    key: key.to_owned(),
                });
            }
            call.parameters.push((key.to_owned(), value.to_owned()));
        }
        Ok(call)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (n, (key, value)) in self.parameters.iter().enumerate() {
            let before = if n == 0 { ':' } else { ',' };
            write!(f, "{before}{key}={value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn no_faults_are_a_scenario() {
        assert_eq!(Scenario::parse("none").unwrap().to_string(), "none");
    }

    #[rstest]
    #[case::empty("", "a scenario is empty; write none for a session without faults")]
    #[case::between("a++b", "a scenario is empty; write none for a session without faults")]
    #[case::unknown(
        "close-101",
        "unknown fault \"close-101\"; did you mean \"close-CODE\"?"
    )]
    #[case::no_value("a:at=", "fault \"a\": parameter \"at=\" is not key=value")]
    #[case::no_parameter("a:", "fault \"a\": parameter \"\" is not key=value")]
    #[case::twice("a:k=1,k=2", "fault \"a\": parameter \"k\" is given twice")]
    #[case::key(
        "close-1011:after=1",
        "fault \"close-1011\": unknown key \"after\"; it takes at, conn, times, then, seed, reason"
    )]
    #[case::point(
        "close-1011:at=audio/0",
        "fault \"close-1011\": at=audio/0 is wrong: a point is handshake, open, request, first-byte, audio/N, result/N, before-final, end, Nms or N%"
    )]
    #[case::place(
        "close-1011:at=handshake",
        "fault \"close-1011\": at=handshake is wrong: it acts behind the handshake only"
    )]
    #[case::then(
        "close-1011:then=close-9",
        "unknown fault \"close-9\"; did you mean \"close-CODE\"?"
    )]
    fn what_is_wrong_is_said(#[case] text: &str, #[case] problem: &str) {
        assert_eq!(Scenario::parse(text).unwrap_err().to_string(), problem);
    }

    #[test]
    fn a_call_has_a_name_and_parameters() {
        let call = Call::parse("half-open:at=audio/2,reason=a:b=c").unwrap();
        assert_eq!(call.name, "half-open");
        let pairs: Vec<(&str, &str)> = call
            .parameters
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, [("at", "audio/2"), ("reason", "a:b=c")]);
    }
}
