//! What is wrong with one of our own files: the place, its line, and carets under what is meant.
//!
//! ```text
//! mynah.toml:3:9: takes real, manual or xN, not "x0"
//!   |
//! 3 | clock = "x0"
//!   |         ^^^^
//! ```

use std::fmt;
use std::ops::Range;

use crate::text::{columns, plain};

/// What is wrong with a file, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// What is wrong, without the place.
    pub message: String,
    /// The bytes of the text that it is about.
    pub span: Range<usize>,
}

/// A mistake in one of our own files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Diagnostic {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub message: String,
    /// Where, if that is known.
    pub place: Option<Place>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line as it is shown.
    pub text: String,
    /// How many columns of a terminal are before what is meant.
    pub indent: usize,
    /// How many columns are meant; at least one.
    pub width: usize,
}

impl FileProblem {
    /// What TOML's reader has to say.
    #[must_use]
    pub fn of_toml(error: &toml::de::Error) -> Self {
        // A file has keys, whatever the library calls them.
        let message = error
            .message()
            .replacen("unknown field", "unknown key", 1)
            .replacen("unknown variant", "unknown name", 1);
        Self {
            message,
            span: error.span().unwrap_or_default(),
        }
    }
}

impl Diagnostic {
    /// A mistake somewhere in a file.
    #[must_use]
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            message: message.into(),
            place: None,
        }
    }

    /// A mistake in the text of a file.
    #[must_use]
    pub fn at(file: &str, text: &str, problem: FileProblem) -> Self {
        Self {
            file: file.to_owned(),
            message: problem.message,
            place: Some(Place::of(text, problem.span)),
        }
    }

    /// What TOML's reader has to say of the text of a file.
    #[must_use]
    pub fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        Self::at(file, text, FileProblem::of_toml(error))
    }
}

impl Place {
    /// The place of the bytes `span` of a file's text.
    #[must_use]
    pub fn of(text: &str, span: Range<usize>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let lead = before.get(line_start..).unwrap_or_default();
        let shown = |part: &str| plain(&part.replace('\t', "    "));
        Self {
            line: before.matches('\n').count() + 1,
            column: lead.chars().count() + 1,
            text: shown(first_line(text.get(line_start..))),
            indent: columns(&shown(lead)),
            width: columns(&shown(first_line(text.get(span)))).max(1),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = &self.place else {
            return write!(f, "{}: {}", self.file, self.message);
        };
        let gutter = " ".repeat(place.line.to_string().len());
        let indent = " ".repeat(place.indent);
        write!(
            f,
            "{}:{}:{}: {}\n{gutter} |\n{} | {}\n{gutter} | {indent}{}",
            self.file,
            place.line,
            place.column,
            plain(&self.message),
            place.line,
            place.text,
            "^".repeat(place.width)
        )
    }
}

fn first_line(text: Option<&str>) -> &str {
    text.and_then(|text| text.lines().next())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, meant: &str) -> String {
        let start = text.find(meant).unwrap();
        let problem = FileProblem {
            message: "no\u{7}".to_owned(),
            span: start..start + meant.len(),
        };
        Diagnostic::at("f.toml", text, problem).to_string()
    }

    #[test]
    fn carets_stand_under_what_is_meant_whatever_is_before_it() {
        let lines = [
            r"f.toml:2:13: no\u{7}",
            "  |",
            "2 |     b = ['语音', 'x']",
            "  |                  ^^^",
        ];
        let shown = shown("a = 1\n\tb = ['语音', 'x']\n", "'x'");
        assert_eq!(shown, lines.join("\n"));
    }

    #[test]
    fn what_goes_on_in_further_lines_is_marked_in_its_first() {
        let lines = [r"f.toml:1:5: no\u{7}", "  |", "1 | a = [", "  |     ^"];
        assert_eq!(shown("a = [\n1,\n]\n", "[\n1,\n]"), lines.join("\n"));
    }

    #[test]
    fn a_mistake_without_a_place_is_one_line() {
        let problem = Diagnostic::whole("f.toml", "it is empty");
        assert_eq!(problem.to_string(), "f.toml: it is empty");
    }
}
