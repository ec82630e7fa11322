//! Text to [`Value`], with byte offsets and repeated members.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Value;
use crate::error::{DecodeError, ErrorKind};

/// A parsed text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value.
    pub value: Value,
    /// The paths of members that stand more than once in their object, `config.speed`.
    pub repeated: Vec<String>,
}

/// Parses one JSON text. Nesting deeper than 128 is refused.
///
/// # Errors
/// [`ErrorKind::Json`] at the byte where the text stops being JSON.
pub fn parse(text: &str) -> Result<Parsed, DecodeError> {
    let walk = RefCell::new(Walk::default());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node(&walk)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| {
            let offset = if error.is_eof() {
                text.len()
            } else {
                offset_of(text, error.line(), error.column())
            };
            DecodeError::new(ErrorKind::Json, offset, "JSON", plain(&error))
        })?;
    Ok(Parsed {
        value,
        repeated: walk.into_inner().repeated,
    })
}

/// The message without the position, which the error carries as an offset.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.find(" at line ") {
        Some(end) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// The byte offset of a 1-based line and column as `serde_json` counts them (columns in bytes).
/// Column 0 is the line break before the line.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    (before + column).saturating_sub(1).min(text.len())
}

/// Where the parser stands, and which repeated members it has met.
#[derive(Default)]
struct Walk {
    path: Vec<String>,
    repeated: Vec<String>,
}

struct Node<'w>(&'w RefCell<Walk>);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            self.0.borrow_mut().path.push(array.len().to_string());
            let item = items.next_element_seed(Node(self.0))?;
            self.0.borrow_mut().path.pop();
            match item {
                Some(item) => array.push(item),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        // Objects of the protocols have a dozen members; a hostile one with many thousand
        // would make a search per member quadratic, so names are kept in a set as well.
        let mut names = std::collections::HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let mut walk = self.0.borrow_mut();
            walk.path.push(name.clone());
            if !names.insert(name.clone()) {
                let path = walk.path.join(".");
                walk.repeated.push(path);
            }
            drop(walk);
            let value = map.next_value_seed(Node(self.0))?;
            self.0.borrow_mut().path.pop();
            members.push((name, value));
        }
        Ok(Value::Object(members))
    }
}
