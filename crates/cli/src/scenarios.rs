//! Scenarios as settings.

use std::str::FromStr;

use mock_server::{Scenario, ScenarioError};
use serde::{Deserializer, de};

/// What sessions do beside what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ScenarioSetting(pub(crate) Scenario);

impl FromStr for ScenarioSetting {
    type Err = ScenarioError;

    fn from_str(text: &str) -> Result<Self, ScenarioError> {
        text.parse().map(Self)
    }
}

impl<'de> de::Deserialize<'de> for ScenarioSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
