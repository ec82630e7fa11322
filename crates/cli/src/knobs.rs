//! Knobs as they are written: `ENDPOINT.NAME=VALUE`, or a table for each endpoint in a file.
//!
//! Whatever is read here exists: the registry is asked while reading, so that a mistake is
//! reported at its place.

use std::fmt;
use std::str::FromStr;

use mock_server::Options;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, Visitor};
use wire::endpoint::Endpoint;
use wire::knob::{Knob, KnobError, Knobs};

use crate::names::{self, UnknownName};

/// One knob of one endpoint at one of its values.
#[derive(Clone, Debug)]
pub(crate) struct KnobSetting {
    endpoint: &'static Endpoint,
    knob: &'static str,
    value: String,
}

impl KnobSetting {
    /// Turns the knob.
    pub(crate) fn turn(&self, options: &mut Options) {
        let turned = options.set_knob(self.endpoint.name, self.knob, &self.value);
        let Ok(()) = turned else {
            unreachable!("a knob setting was checked when it was read")
        };
    }

    fn new(endpoint: &'static Endpoint, knob: &Knob, value: &str) -> Result<Self, KnobError> {
        Knobs::new().set(endpoint.knobs, knob.name, value)?;
        Ok(Self {
            endpoint,
            knob: knob.name,
            value: value.to_owned(),
        })
    }
}

/// Why a text is no knob setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KnobProblem {
    #[error("takes ENDPOINT.NAME=VALUE, not {0:?}")]
    Shape(String),
    #[error(transparent)]
    Endpoint(#[from] UnknownName),
    #[error("{0}: {1}")]
    Name(&'static str, UnknownName),
    #[error("{0}: {1}")]
    Value(&'static str, KnobError),
}

impl FromStr for KnobSetting {
    type Err = KnobProblem;

    fn from_str(text: &str) -> Result<Self, KnobProblem> {
        let parts = text.split_once('=').and_then(|(name, value)| {
            // A path may have dots, the name of a knob has none.
            let (endpoint, knob) = name.rsplit_once('.')?;
            Some((endpoint, knob, value))
        });
        let Some((endpoint, knob, value)) = parts else {
            return Err(KnobProblem::Shape(text.to_owned()));
        };
        let endpoint = names::endpoint(endpoint)?;
        let knob = knob_of(endpoint, knob)?;
        Self::new(endpoint, knob, value).map_err(|error| KnobProblem::Value(endpoint.name, error))
    }
}

fn knob_of(endpoint: &'static Endpoint, name: &str) -> Result<&'static Knob, KnobProblem> {
    let found = endpoint.knobs.iter().find(|knob| knob.name == name);
    found.ok_or_else(|| {
        let known = endpoint.knobs.iter().map(|knob| knob.name);
        KnobProblem::Name(endpoint.name, UnknownName::new("knob", name, known))
    })
}

/// `[knobs."ENDPOINT"]`: a table of names and values for each endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct KnobTables(pub(crate) Vec<KnobSetting>);

impl<'de> de::Deserialize<'de> for KnobSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<'de> de::Deserialize<'de> for KnobTables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Tables)
    }
}

struct Tables;

impl<'de> Visitor<'de> for Tables {
    type Value = KnobTables;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table [knobs.\"ENDPOINT\"] for each endpoint")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut tables: A) -> Result<KnobTables, A::Error> {
        let mut all = Vec::new();
        while let Some(endpoint) = tables.next_key_seed(EndpointName)? {
            all.extend(tables.next_value_seed(Table(endpoint))?);
        }
        Ok(KnobTables(all))
    }
}

struct EndpointName;

impl<'de> DeserializeSeed<'de> for EndpointName {
    type Value = &'static Endpoint;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        let name = <String as de::Deserialize>::deserialize(key)?;
        names::endpoint(&name).map_err(de::Error::custom)
    }
}

/// The table of one endpoint.
struct Table(&'static Endpoint);

impl<'de> DeserializeSeed<'de> for Table {
    type Value = Vec<KnobSetting>;

    fn deserialize<D: Deserializer<'de>>(self, table: D) -> Result<Self::Value, D::Error> {
        table.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Table {
    type Value = Vec<KnobSetting>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a table of the knobs of {}", self.0.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut knobs: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(knob) = knobs.next_key_seed(KnobName(self.0))? {
            all.push(knobs.next_value_seed(KnobValue(self.0, knob))?);
        }
        Ok(all)
    }
}

struct KnobName(&'static Endpoint);

impl<'de> DeserializeSeed<'de> for KnobName {
    type Value = &'static Knob;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<Self::Value, D::Error> {
        let name = <String as de::Deserialize>::deserialize(key)?;
        knob_of(self.0, &name).map_err(de::Error::custom)
    }
}

/// The value of one knob: a text, a number, or true and false for on and off.
struct KnobValue(&'static Endpoint, &'static Knob);

impl<'de> DeserializeSeed<'de> for KnobValue {
    type Value = KnobSetting;

    fn deserialize<D: Deserializer<'de>>(self, value: D) -> Result<KnobSetting, D::Error> {
        value.deserialize_any(self)
    }
}

impl Visitor<'_> for KnobValue {
    type Value = KnobSetting;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a text, a whole number, true or false for knob {}",
            self.1.name
        )
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<KnobSetting, E> {
        KnobSetting::new(self.0, self.1, text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<KnobSetting, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_bool<E: de::Error>(self, on: bool) -> Result<KnobSetting, E> {
        self.visit_str(if on { "on" } else { "off" })
    }
}

#[cfg(test)]
mod tests {
    use wire::knob::Values;
    use wire::registry;

    use super::*;

    #[test]
    fn every_knob_can_be_set_by_name_and_by_path() {
        for endpoint in registry::endpoints() {
            for knob in endpoint.knobs {
                for name in std::iter::once(endpoint.name).chain(endpoint.paths.iter().copied()) {
                    let text = format!("{name}.{}={}", knob.name, knob.default);
                    let setting: KnobSetting = text.parse().unwrap();
                    assert_eq!(setting.knob, knob.name, "{text}");
                    setting.turn(&mut Options::default());
                }
            }
        }
    }

    #[test]
    fn every_knob_can_stand_in_a_file() {
        for endpoint in registry::endpoints() {
            for knob in endpoint.knobs {
                let value = match knob.values {
                    Values::Number(..) => knob.default.to_owned(),
                    Values::OneOf(_) | Values::Text => format!("{:?}", knob.default),
                };
                let text = format!("\"{}\" = {{ {} = {value} }}", endpoint.name, knob.name);
                let tables: KnobTables = toml::from_str(&text).unwrap();
                assert_eq!(tables.0.len(), 1, "{text}");
            }
        }
    }

    #[test]
    fn a_setting_without_its_parts_is_refused() {
        for text in ["", "a", "a.b", "a=b", "="] {
            let problem = text.parse::<KnobSetting>().unwrap_err();
            assert_eq!(problem, KnobProblem::Shape(text.to_owned()));
        }
    }

    #[test]
    fn unknown_names_and_values_are_refused_with_what_exists() {
        let unknown: Result<KnobSetting, _> = "no/where.idle=1".parse();
        let line = unknown.unwrap_err().to_string();
        assert!(
            line.starts_with("unknown endpoint \"no/where\"; there "),
            "{line}"
        );
        for endpoint in registry::endpoints() {
            let unknown: Result<KnobSetting, _> = format!("{}.x=1", endpoint.name).parse();
            let line = unknown.unwrap_err().to_string();
            let lead = format!("{}: unknown knob \"x\"; there ", endpoint.name);
            assert!(line.starts_with(&lead), "{line}");
            for knob in endpoint
                .knobs
                .iter()
                .filter(|knob| knob.values != Values::Text)
            {
                let bad: Result<KnobSetting, _> =
                    format!("{}.{}=no such", endpoint.name, knob.name).parse();
                let line = bad.unwrap_err().to_string();
                assert!(line.contains(&knob.values.to_string()), "{line}");
            }
        }
    }
}
