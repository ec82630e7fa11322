//! Scenarios as they are written: faults joined by `+`, each `name[:key=value,…]`.
//!
//! ```text
//!   half-open:at=audio/2+slow-first-byte:ms=800     none
//! ```
//!
//! This module knows how a scenario is written. Which faults exist, and what they take, is the
//! business of the [`Catalogue`] that it is checked against.

use std::fmt;

/// What a session does beside what is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scenario {
    text: String,
    calls: Vec<Call>,
}

/// One fault of a scenario, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The fault's name.
    pub(crate) name: String,
    /// Its parameters in order.
    pub(crate) parameters: Vec<(String, String)>,
}

/// The faults that exist, by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catalogue {
    /// Their names.
    pub(crate) names: &'static [&'static str],
}

/// What is served without a fault.
pub(crate) const CATALOGUE: Catalogue = Catalogue { names: &[] };

/// The scenario without faults.
pub(crate) const NONE: &str = "none";

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ScenarioError {
    /// There is nothing.
    #[error("a scenario is empty; write {NONE} for a session without faults")]
    Empty,
    /// A fault that does not exist.
    #[error("unknown fault {name:?}; {}", hint(nearest.as_deref()))]
    Unknown {
        /// Its name.
        name: String,
        /// The fault whose name is most like it.
        nearest: Option<String>,
    },
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
}

fn hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => format!("there is none but {NONE:?}"),
    }
}

impl Scenario {
    /// Reads a scenario and checks that its faults exist.
    ///
    /// # Errors
    /// If it is empty, names a fault that does not exist or has ill-formed parameters.
    pub(crate) fn parse(text: &str) -> Result<Self, ScenarioError> {
        if text == NONE {
            return Ok(Self {
                text: text.to_owned(),
                calls: Vec::new(),
            });
        }
        let calls: Result<Vec<Call>, ScenarioError> = text.split('+').map(Call::parse).collect();
        let scenario = Self {
            text: text.to_owned(),
            calls: calls?,
        };
        match scenario
            .calls
            .iter()
            .find(|call| !CATALOGUE.has(&call.name))
        {
            Some(call) => Err(ScenarioError::Unknown {
                name: call.name.clone(),
                nearest: CATALOGUE.nearest(&call.name).map(str::to_owned),
            }),
            None => Ok(scenario),
        }
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

impl Catalogue {
    fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    fn nearest(&self, name: &str) -> Option<&'static str> {
        let distance = |known: &&str| wire::registry::edit_distance(name, known);
        self.names.iter().copied().min_by_key(distance)
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
        "half-open:at=audio/2",
        "unknown fault \"half-open\"; there is none but \"none\""
    )]
    #[case::no_value("a:at=", "fault \"a\": parameter \"at=\" is not key=value")]
    #[case::no_parameter("a:", "fault \"a\": parameter \"\" is not key=value")]
    #[case::twice("a:k=1,k=2", "fault \"a\": parameter \"k\" is given twice")]
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
