//! What is wrong with a file, with the line and a caret.

use std::fmt;
use std::ops::Range;

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
    /// The text of the line.
    pub text: String,
    /// How many characters are meant.
    pub width: usize,
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

    /// A mistake at the bytes `span` of `text`.
    #[must_use]
    pub fn at(file: &str, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let first = |text: Option<&str>| {
            let line = text.and_then(|text| text.lines().next());
            line.unwrap_or_default().to_owned()
        };
        let place = Place {
            line: before.matches('\n').count() + 1,
            column: before
                .get(line_start..)
                .map_or(0, |lead| lead.chars().count())
                + 1,
            text: first(text.get(line_start..)),
            width: first(text.get(span)).chars().count().max(1),
        };
        Self {
            file: file.to_owned(),
            message: message.into(),
            place: Some(place),
        }
    }

    /// What TOML's reader has to say.
    #[must_use]
    pub fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        // A file has keys, whatever the library calls them.
        let message = error
            .message()
            .replacen("unknown field", "unknown key", 1)
            .replacen("unknown variant", "unknown name", 1);
        Self::at(file, text, error.span().unwrap_or_default(), message)
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = &self.place else {
            return write!(f, "{}: {}", self.file, self.message);
        };
        let gutter = " ".repeat(place.line.to_string().len());
        let indent = " ".repeat(place.column.saturating_sub(1));
        write!(
            f,
            "{}:{}:{}: {}\n{gutter} |\n{} | {}\n{gutter} | {indent}{}",
            self.file,
            place.line,
            place.column,
            self.message,
            place.line,
            place.text.replace('\t', " "),
            "^".repeat(place.width)
        )
    }
}
