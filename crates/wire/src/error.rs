//! The one error of every decoder: where, what, and which rule of the layout.

/// What kind of thing is wrong with the bytes. Stable: tests and fixtures compare it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input ends inside a field of fixed size.
    Truncated,
    /// A declared length disagrees with what follows it.
    Length,
    /// Bytes follow the end of the message.
    Trailing,
    /// A value that the layout does not define.
    Undefined,
    /// Compressed data that does not inflate.
    Compression,
    /// Compressed data that is refused although it inflates: to too much, or with more behind it.
    Excess,
    /// Text that is not UTF-8.
    Utf8,
    /// Text that is not JSON, or JSON of the wrong shape.
    Json,
}

impl ErrorKind {
    /// Its name in vectors and in output, one lower-case word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Length => "length",
            Self::Trailing => "trailing",
            Self::Undefined => "undefined",
            Self::Compression => "compression",
            Self::Excess => "excess",
            Self::Utf8 => "utf8",
            Self::Json => "json",
        }
    }
}

/// Why bytes could not be decoded.
///
/// Displays as `byte 8: payload size: 4096 bytes declared, 120 remain`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {field}: {problem}")]
pub struct DecodeError {
    /// What kind of thing is wrong.
    pub kind: ErrorKind,
    /// 0-based offset of the field in the whole input.
    pub offset: usize,
    /// The field that could not be read.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl DecodeError {
    /// An error of the given kind about `field` at `offset`.
    #[must_use]
    pub fn new(
        kind: ErrorKind,
        offset: usize,
        field: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            offset,
            field: field.into(),
            problem: problem.into(),
        }
    }

    /// The same error, `by` bytes further into the input.
    #[must_use]
    pub fn shifted(mut self, by: usize) -> Self {
        self.offset += by;
        self
    }
}
