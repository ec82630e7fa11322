//! A JSON value line by line, with what was expected of it beside its members.

use wire::json::{Style, Value};

use crate::matcher::find;
use crate::run::trace::Comparison;

/// A line of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// How deep it stands.
    pub(crate) depth: usize,
    /// The member's name or the item's place, if it has one.
    pub(crate) key: Option<String>,
    /// The value, or the bracket that it begins or ends with.
    pub(crate) text: String,
    /// What was expected here.
    pub(crate) mark: Option<Mark>,
}

/// What was expected at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// In words.
    pub(crate) expected: String,
    /// Whether it is so.
    pub(crate) holds: bool,
}

/// Lines, and how many were left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) lines: Vec<Line>,
    /// How many lines are not shown.
    pub(crate) hidden: usize,
}

/// So many characters of a string are shown.
const STRING: usize = 160;

/// So many items of an array are shown, and those that something is expected of.
const ITEMS: usize = 12;

/// A value as lines, at most about so many; those with marks are always among them.
pub(crate) fn tree(value: &Value, compared: &[Comparison], most: usize) -> Tree {
    let mut writer = Writer {
        marks: marks(value, compared),
        missing: missing(value, compared),
        lines: Vec::new(),
    };
    writer.write(value, 0, None);
    let mut tree = Tree::default();
    for line in writer.lines {
        if tree.lines.len() < most || line.mark.is_some() {
            tree.lines.push(line);
        } else {
            tree.hidden += 1;
        }
    }
    tree
}

/// A text of which at most so many characters are shown; says how many are not.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((cut, _)) => {
            let (shown, rest) = text.split_at(cut);
            format!("{shown}… ({} more characters)", rest.chars().count())
        }
    }
}

fn mark(compared: &Comparison) -> Mark {
    Mark {
        expected: compared.expected.clone(),
        holds: compared.holds,
    }
}

/// What is expected of values that are there. A value is known by its address.
fn marks<'v>(value: &'v Value, compared: &[Comparison]) -> Vec<(&'v Value, Mark)> {
    let found = compared.iter().filter(|compared| !compared.path.is_empty());
    found
        .filter_map(|compared| Some((find(value, &compared.path)?, mark(compared))))
        .collect()
}

/// What is expected of members that are not there: the object that lacks it, its name.
fn missing<'v>(value: &'v Value, compared: &[Comparison]) -> Vec<(&'v Value, String, Mark)> {
    let mut all = Vec::new();
    for compared in compared.iter().filter(|c| !c.holds && c.found == "nothing") {
        if compared.path.is_empty() || find(value, &compared.path).is_some() {
            continue;
        }
        let (parent, name) = match compared.path.rsplit_once('.') {
            Some((parent, name)) => (find(value, parent), name),
            None => (Some(value), compared.path.as_str()),
        };
        if let Some(parent @ Value::Object(_)) = parent {
            all.push((parent, name.to_owned(), mark(compared)));
        }
    }
    all
}

struct Writer<'v> {
    marks: Vec<(&'v Value, Mark)>,
    missing: Vec<(&'v Value, String, Mark)>,
    lines: Vec<Line>,
}

impl<'v> Writer<'v> {
    fn write(&mut self, value: &'v Value, depth: usize, key: Option<String>) {
        let mark = self.mark_of(value);
        match value {
            Value::Object(members) if !members.is_empty() => {
                self.line(depth, key, "{", mark);
                for (name, member) in members {
                    self.write(member, depth + 1, Some(name.clone()));
                }
                self.write_missing(value, depth + 1);
                self.line(depth, None, "}", None);
            }
            Value::Array(items) if !items.is_empty() => {
                self.line(depth, key, "[", mark);
                self.write_items(items, depth + 1);
                self.line(depth, None, "]", None);
            }
            Value::Object(_) => {
                self.line(depth, key, "{}", mark);
                self.write_missing(value, depth + 1);
            }
            Value::String(text) => {
                let shown = Value::from(shortened(text, STRING).as_str());
                self.line(depth, key, &shown.write(Style::Compact), mark);
            }
            other => self.line(depth, key, &other.write(Style::Compact), mark),
        }
    }

    fn write_items(&mut self, items: &'v [Value], depth: usize) {
        let mut left_out = 0;
        for (place, item) in items.iter().enumerate() {
            if place >= ITEMS && !self.is_marked(item) {
                left_out += 1;
                continue;
            }
            self.write(item, depth, Some(format!("[{place}]")));
        }
        if left_out > 0 {
            self.line(depth, None, &format!("… {left_out} more items"), None);
        }
    }

    fn write_missing(&mut self, value: &Value, depth: usize) {
        let here = self.missing.iter();
        let here = here.filter(|(parent, ..)| std::ptr::eq(*parent, value));
        let lines: Vec<Line> = here
            .map(|(_, name, mark)| Line {
                depth,
                key: Some(name.clone()),
                text: "nothing".to_owned(),
                mark: Some(mark.clone()),
            })
            .collect();
        self.lines.extend(lines);
    }

    fn line(&mut self, depth: usize, key: Option<String>, text: &str, mark: Option<Mark>) {
        self.lines.push(Line {
            depth,
            key,
            text: text.to_owned(),
            mark,
        });
    }

    /// What is expected of this value: what does not hold goes first.
    fn mark_of(&self, value: &Value) -> Option<Mark> {
        let here = self.marks.iter();
        let here = here.filter(|(marked, _)| std::ptr::eq(*marked, value));
        let worst = here.min_by_key(|(_, mark)| mark.holds);
        worst.map(|(_, mark)| mark.clone())
    }

    fn is_marked(&self, value: &Value) -> bool {
        let within = match value {
            Value::Object(members) => members.iter().any(|(_, member)| self.is_marked(member)),
            Value::Array(items) => items.iter().any(|item| self.is_marked(item)),
            _ => false,
        };
        let is_parent = |(parent, ..): &(&Value, String, Mark)| std::ptr::eq(*parent, value);
        within || self.mark_of(value).is_some() || self.missing.iter().any(is_parent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(path: &str, expected: &str, found: &str) -> Comparison {
        Comparison {
            path: path.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
            holds: expected == found,
        }
    }

    fn shown(tree: &Tree) -> String {
        let mut text = String::new();
        for line in &tree.lines {
            let key = line
                .key
                .as_ref()
                .map_or(String::new(), |key| format!("{key}: "));
            let mark = match &line.mark {
                None => String::new(),
                Some(mark) if mark.holds => format!("   = {}", mark.expected),
                Some(mark) => format!("   ≠ {}", mark.expected),
            };
            let indent = "  ".repeat(line.depth);
            text = format!("{text}{indent}{key}{}{mark}\n", line.text);
        }
        format!("{text}{} hidden", tree.hidden)
    }

    #[test]
    fn expectations_stand_where_they_belong() {
        let value = wire::json::parse(r#"{"a":{"b":1,"c":[5,6]},"d":"x"}"#)
            .unwrap()
            .value;
        let compared = [
            compared("a.b", "2", "1"),
            compared("a.c[-1]", "6", "6"),
            compared("a.e", "a string", "nothing"),
            compared("close code", "1000", "nothing at all"),
            compared("d.e", "1", "nothing"),
        ];
        insta::assert_snapshot!(shown(&tree(&value, &compared, 100)), @r#"
        {
          a: {
            b: 1   ≠ 2
            c: [
              [0]: 5
              [1]: 6   = 6
            ]
            e: nothing   ≠ a string
          }
          d: "x"
        }
        0 hidden
        "#);
    }

    #[test]
    fn what_is_left_out_is_counted_and_nothing_marked_is() {
        let items: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let text = format!(
            r#"{{"s":"{}","i":[{}]}}"#,
            "字".repeat(200),
            items.join(",")
        );
        let value = wire::json::parse(&text).unwrap().value;
        let compared = [compared("i[20]", "7", "20")];
        insta::assert_snapshot!(shown(&tree(&value, &compared, 6)), @r#"
        {
          s: "字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字字… (40 more characters)"
          i: [
            [0]: 0
            [1]: 1
            [2]: 2
            [20]: 20   ≠ 7
        12 hidden
        "#);
    }
}
