//! JSON as it is written in TOML.

use serde::de::{Deserialize, Deserializer, Error};
use wire::json::{Value, object};

/// A JSON value. TOML has no null: `{ "$json" = "null" }` stands for any JSON text.
#[derive(Clone, Debug, PartialEq)]
pub struct Json(pub Value);

/// The key of a table that holds JSON text.
const LITERAL: &str = "$json";

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        to_json(value).map(Self).map_err(D::Error::custom)
    }
}

/// A TOML value as JSON.
///
/// # Errors
/// If it is a date, or JSON text that is none.
pub(crate) fn to_json(value: toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(value) => Value::Bool(value),
        toml::Value::Datetime(_) => return Err("JSON has no dates; write a string".to_owned()),
        toml::Value::Array(items) => {
            Value::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(mut table) => {
            if let (1, Some(literal)) = (table.len(), table.remove(LITERAL)) {
                let text = literal
                    .as_str()
                    .ok_or_else(|| format!("{LITERAL} takes a string of JSON text"))?;
                let parsed = wire::json::parse(text);
                return parsed
                    .map(|parsed| parsed.value)
                    .map_err(|error| format!("{LITERAL}: {error}"));
            }
            let members = table
                .into_iter()
                .map(|(key, value)| to_json(value).map(|value| (key, value)));
            object(members.collect::<Result<Vec<_>, _>>()?)
        }
    })
}
