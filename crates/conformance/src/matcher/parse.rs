//! Matchers as they are written in TOML.

use std::collections::BTreeMap;

use regex::Regex;
use serde::de::{Deserialize, Deserializer, Error};

use super::{Condition, JsonType, Matcher, Matchers};
use crate::case::Json;

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(deserializer)?;
        matcher(value).map_err(D::Error::custom)
    }
}

fn matcher(value: toml::Value) -> Result<Matcher, String> {
    let toml::Value::Table(table) = value else {
        return Ok(Matcher::is(json(value)?));
    };
    if table.is_empty() {
        return Err(
            "a matcher is a value or a table of conditions; write { is = {} } for an empty object"
                .to_owned(),
        );
    }
    let mut found = Matcher {
        conditions: Vec::new(),
        bind: None,
    };
    let (mut near, mut within, mut has_choice, mut why) = (None, None, false, None);
    for (key, value) in table {
        let condition = match key.as_str() {
            "is" => Condition::Is(json(value)?),
            "$json" => {
                let table = toml::Table::from_iter([(key, value)]);
                Condition::Is(json(toml::Value::Table(table))?)
            }
            "regex" => Condition::Regex(regex(&text(&key, &value)?)?),
            "any" => {
                has_choice = true;
                Condition::Any(several(value)?)
            }
            "absent" if value.as_bool() == Some(true) => Condition::Absent,
            "type" => Condition::Type(json_type(&text(&key, &value)?)?),
            "min" => Condition::Least(number(&key, &value)?),
            "max" => Condition::Most(number(&key, &value)?),
            "above" => Condition::Above(text(&key, &value)?),
            "below" => Condition::Below(text(&key, &value)?),
            "subset" => Condition::Subset(members(value)?),
            "each" => Condition::Each(Box::new(matcher(value)?)),
            "length" => Condition::Length(Box::new(matcher(value)?)),
            "not" => Condition::Not(Box::new(matcher(value)?)),
            "near" => {
                near = Some(number(&key, &value)?);
                continue;
            }
            "within" => {
                within = Some(number(&key, &value)?);
                continue;
            }
            "why" => {
                why = Some(text(&key, &value)?);
                continue;
            }
            "bind" => {
                found.bind = Some(text(&key, &value)?);
                continue;
            }
            _ => return Err(unknown(&key)),
        };
        found.conditions.push(condition);
    }
    match (near, within) {
        (Some(value), Some(within)) => found.conditions.push(Condition::Near { value, within }),
        (None, None) => {}
        _ => return Err("near and within go together".to_owned()),
    }
    if has_choice != why.is_some() {
        return Err("any and why go together: say why several values are right".to_owned());
    }
    Ok(found)
}

/// Every key of a condition.
pub(crate) const KEYS: [&str; 17] = [
    "is", "regex", "any", "why", "absent", "type", "min", "max", "above", "below", "near",
    "within", "subset", "each", "length", "not", "bind",
];

fn unknown(key: &str) -> String {
    let distance = |known: &&str| wire::registry::edit_distance(key, known);
    let nearest = KEYS.into_iter().min_by_key(distance);
    match (key, nearest) {
        ("absent", _) => "absent takes true alone".to_owned(),
        (_, Some(nearest)) => format!(
            "unknown condition `{key}`; did you mean `{nearest}`? An object to be equal to is written {{ is = … }}"
        ),
        (_, None) => format!("unknown condition `{key}`"),
    }
}

fn json(value: toml::Value) -> Result<wire::json::Value, String> {
    let Json(value) = Json::deserialize(value).map_err(|error| error.message().to_owned())?;
    Ok(value)
}

fn text(key: &str, value: &toml::Value) -> Result<String, String> {
    let text = value.as_str().map(str::to_owned);
    text.ok_or_else(|| format!("{key} takes a string, not {}", value.type_str()))
}

fn number(key: &str, value: &toml::Value) -> Result<f64, String> {
    let number = match value {
        toml::Value::Float(number) => Some(*number),
        toml::Value::Integer(number) => i32::try_from(*number).ok().map(f64::from),
        _ => None,
    };
    number.ok_or_else(|| format!("{key} takes a number"))
}

/// A pattern that a whole string matches.
fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(&format!("^(?s:{pattern})$")).map_err(|error| {
        let line = error.to_string();
        let last = line.lines().last().unwrap_or_default();
        format!("regex {pattern:?}: {last}")
    })
}

fn json_type(name: &str) -> Result<JsonType, String> {
    let found = JsonType::ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let known: Vec<&str> = JsonType::ALL.iter().map(|(known, _)| *known).collect();
        format!("unknown type {name:?}; there are {}", known.join(", "))
    })
}

fn several(value: toml::Value) -> Result<Vec<Matcher>, String> {
    match value {
        toml::Value::Array(items) if items.len() > 1 => items.into_iter().map(matcher).collect(),
        _ => Err("any takes an array of two or more matchers".to_owned()),
    }
}

fn members(value: toml::Value) -> Result<Matchers, String> {
    match value {
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(path, value)| Ok((path, matcher(value)?)))
            .collect::<Result<BTreeMap<_, _>, String>>(),
        _ => Err("subset takes a table of matchers".to_owned()),
    }
}
