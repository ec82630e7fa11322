//! Findings: oddities noticed about a peer.

use crate::clause::Clause;

/// Where in a message an oddity stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// 0-based byte offset in the whole message payload.
    Offset(usize),
    /// A JSON path such as `config.speed`; a missing member has its own path.
    Path(String),
    /// The message, or the connection, as a whole.
    Whole,
}

/// An oddity noticed about a peer: which sentence it broke, where, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The sentence that was broken.
    pub clause: &'static Clause,
    /// Where it was broken.
    pub place: Place,
    /// What was found there.
    pub found: String,
    /// What would have been right.
    pub expected: String,
    /// One line for people.
    pub text: String,
    /// The state of the session in which it was noticed, if it is about a message.
    pub state: Option<&'static str>,
    /// The kind of message that the client may send in that state and that comes nearest.
    pub nearest: Option<&'static str>,
}

impl Finding {
    /// A finding at a JSON path.
    #[must_use]
    pub fn at_path(
        clause: &'static Clause,
        path: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let path = path.into();
        Self::new(clause, Place::Path(path), found, expected)
    }

    /// A finding at a byte offset of the message.
    #[must_use]
    pub fn at_offset(
        clause: &'static Clause,
        offset: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::new(clause, Place::Offset(offset), found, expected)
    }

    /// A finding about a message or connection as a whole.
    #[must_use]
    pub fn whole(
        clause: &'static Clause,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::new(clause, Place::Whole, found, expected)
    }

    /// The same finding with another line for people.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    fn new(
        clause: &'static Clause,
        place: Place,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        let found = found.into();
        let expected = expected.into();
        let text = match &place {
            Place::Offset(offset) => format!("byte {offset}: {found}, expected {expected}"),
            Place::Path(path) => format!("{path}: {found}, expected {expected}"),
            Place::Whole => format!("{found}, expected {expected}"),
        };
        Self {
            clause,
            place,
            found,
            expected,
            text,
            state: None,
            nearest: None,
        }
    }
}
