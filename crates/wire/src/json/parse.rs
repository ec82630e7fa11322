//! Text to [`Value`], with byte offsets and repeated members.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Value;
use crate::error::{DecodeError, ErrorKind};

/// A parsed text.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value.
    pub value: Value,
    /// The paths of members that stand more than once in their object, `config.speed`: the first
    /// [`MOST_REPEATED`] of them, each cut to [`LONGEST_PATH`] bytes.
    pub repeated: Vec<String>,
}

/// Parses one JSON text. Nesting deeper than 128 is refused, and more than [`MOST_VALUES`] values.
///
/// # Errors
/// [`ErrorKind::Json`] at the byte where the text stops being JSON, or has become too much.
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

/// How many values a text may have, itself and those in it. An empty array takes three bytes of text
/// and forty times as many of memory, and text can come compressed.
pub const MOST_VALUES: usize = 1 << 18;

/// How many repeated members are named. A hostile text may have millions of them.
pub const MOST_REPEATED: usize = 64;

/// The most that is kept of the path of one, in bytes: names may be as long as the text.
pub const LONGEST_PATH: usize = 256;

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
    values: usize,
}

impl Walk {
    /// Notes the path of the member that has just been met again.
    fn note_repeated(&mut self) {
        if self.repeated.len() >= MOST_REPEATED {
            return;
        }
        let mut path = String::new();
        for (depth, name) in self.path.iter().enumerate() {
            if depth > 0 {
                path.push('.');
            }
            let room = LONGEST_PATH.saturating_sub(path.len());
            let end = (0..=room).rev().find(|end| name.is_char_boundary(*end));
            path.push_str(end.and_then(|end| name.get(..end)).unwrap_or_default());
            if path.len() >= LONGEST_PATH {
                break;
            }
        }
        self.repeated.push(path);
    }
}

struct Node<'w>(&'w RefCell<Walk>);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let mut walk = self.0.borrow_mut();
        walk.values += 1;
        if walk.values > MOST_VALUES {
            return Err(D::Error::custom(format!("more than {MOST_VALUES} values")));
        }
        drop(walk);
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
                walk.note_repeated();
            }
            drop(walk);
            let value = map.next_value_seed(Node(self.0))?;
            self.0.borrow_mut().path.pop();
            members.push((name, value));
        }
        Ok(Value::Object(members))
    }
}
