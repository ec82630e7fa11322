//! Text to [`Value`], with byte offsets and repeated members.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt::{self, Display};

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

/// What the parser has met so far.
#[derive(Default)]
struct Walk {
    /// The paths of repeated members, from the value that is being read on: whoever reads the value
    /// around it puts its own name before them, so that texts without any need no paths.
    repeated: Vec<String>,
    values: usize,
}

impl Walk {
    /// Notes a member that has been met again.
    fn note_repeated(&mut self, name: &str) {
        if self.repeated.len() < MOST_REPEATED {
            self.repeated.push(cut(name.to_owned()));
        }
    }

    /// Puts a name before the paths that have been noted since there were `before` of them.
    fn go_up(&mut self, before: usize, name: impl Display) {
        for path in self.repeated.iter_mut().skip(before) {
            *path = cut(format!("{name}.{path}"));
        }
    }
}

/// Cuts a path to [`LONGEST_PATH`].
fn cut(mut path: String) -> String {
    let mut end = path.len().min(LONGEST_PATH);
    while !path.is_char_boundary(end) {
        end -= 1;
    }
    path.truncate(end);
    path
}

struct Node<'w>(&'w RefCell<Walk>);

/// Up to so many members are compared one by one.
const FEW: usize = 16;

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
            let before = self.0.borrow().repeated.len();
            let Some(item) = items.next_element_seed(Node(self.0))? else {
                return Ok(Value::Array(array));
            };
            self.0.borrow_mut().go_up(before, array.len());
            array.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members: Vec<(String, Value)> = Vec::new();
        // Objects of the protocols have a dozen members; a hostile one with many thousand
        // would make a search per member quadratic, so its names are kept in a set as well.
        let mut names: HashSet<String> = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let is_repeated = if members.len() < FEW {
                members.iter().any(|(known, _)| *known == name)
            } else {
                if names.is_empty() {
                    names.extend(members.iter().map(|(known, _)| known.clone()));
                }
                !names.insert(name.clone())
            };
            let before = {
                let mut walk = self.0.borrow_mut();
                if is_repeated {
                    walk.note_repeated(&name);
                }
                walk.repeated.len()
            };
            let value = map.next_value_seed(Node(self.0))?;
            self.0.borrow_mut().go_up(before, &name);
            members.push((name, value));
        }
        Ok(Value::Object(members))
    }
}
