//! [`Value`] to text, in the style of a service.

use std::fmt::Write as _;

use super::Value;

/// Where white space goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// None: `{"a":1,"b":[2]}`.
    Compact,
    /// One space after colon and comma: `{"a": 1, "b": [2]}`.
    Spaced,
    /// One member or item a line, indented by so many spaces a level, a space after each colon.
    Indented(usize),
}

impl Value {
    /// The value as JSON text. Text outside ASCII is written as it is.
    #[must_use]
    pub fn write(&self, style: Style) -> String {
        let mut text = String::new();
        write_value(self, style, 0, &mut text);
        text
    }
}

fn write_value(value: &Value, style: Style, depth: usize, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let Ok(()) = write!(out, "{number}") else {
                unreachable!("writing to a string does not fail")
            };
        }
        Value::String(text) => write_string(text, out),
        Value::Array(items) => write_list(items, ('[', ']'), style, depth, out, |item, out| {
            write_value(item, style, depth + 1, out);
        }),
        Value::Object(members) => {
            write_list(
                members,
                ('{', '}'),
                style,
                depth,
                out,
                |(name, value), out| {
                    write_string(name, out);
                    out.push_str(if style == Style::Compact { ":" } else { ": " });
                    write_value(value, style, depth + 1, out);
                },
            );
        }
    }
}

fn write_list<T>(
    items: &[T],
    (open, close): (char, char),
    style: Style,
    depth: usize,
    out: &mut String,
    mut write_item: impl FnMut(&T, &mut String),
) {
    out.push(open);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(if style == Style::Spaced { ", " } else { "," });
        }
        break_line(style, depth + 1, out);
        write_item(item, out);
    }
    if !items.is_empty() {
        break_line(style, depth, out);
    }
    out.push(close);
}

fn break_line(style: Style, depth: usize, out: &mut String) {
    if let Style::Indented(width) = style {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', width * depth));
    }
}

fn write_string(text: &str, out: &mut String) {
    match serde_json::to_string(text) {
        Ok(quoted) => out.push_str(&quoted),
        Err(_) => unreachable!("a string is always JSON"),
    }
}
