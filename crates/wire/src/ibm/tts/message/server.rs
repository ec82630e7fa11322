//! The server's messages: JSON objects of one member, and audio.

use bytes::Bytes;

use super::{kind, parse};
use crate::error::{DecodeError, ErrorKind};
use crate::json::{Style, Value, object};
use crate::session::{Data, Form};

/// A message of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerMessage {
    /// The format of the audio that follows.
    BinaryStreams(String),
    /// Something was not understood, and did no harm.
    Warnings(String),
    /// Marks and their times in seconds; the service sends one at a time.
    Marks(Vec<(String, f64)>),
    /// Words and their times.
    Words(Vec<Word>, WordForm),
    /// Audio.
    Audio(Bytes),
    /// Why the connection is about to be closed.
    Error(String),
}

/// A word with its times in seconds from the start of the audio.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// As it was written in the request.
    pub text: String,
    /// Where it starts.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordForm {
    /// `[word, start, end]`.
    Flat,
    /// `[word, [start, end]]`, until February 2022.
    Nested,
}

impl ServerMessage {
    /// The kind of the message, as the table names it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::BinaryStreams(_) => kind::BINARY_STREAMS,
            Self::Warnings(_) => kind::WARNINGS,
            Self::Marks(_) => kind::MARKS,
            Self::Words(..) => kind::WORDS,
            Self::Audio(_) => kind::AUDIO,
            Self::Error(_) => kind::ERROR,
        }
    }

    /// The message as it goes out: JSON as the service indents it, audio as it is.
    #[must_use]
    pub fn encode(&self) -> Data {
        let value = match self {
            Self::Audio(bytes) => return Data::binary(bytes.clone()),
            Self::BinaryStreams(content_type) => {
                let stream = object([("content_type", Value::from(content_type.as_str()))]);
                Value::from(vec![stream])
            }
            Self::Warnings(text) | Self::Error(text) => Value::from(text.as_str()),
            Self::Marks(marks) => Value::Array(marks.iter().map(write_mark).collect()),
            Self::Words(words, form) => {
                Value::Array(words.iter().map(|word| write_word(word, *form)).collect())
            }
        };
        Data::text(object([(self.kind(), value)]).write(Style::Indented(3)))
    }

    /// Decodes a message of the server.
    ///
    /// # Errors
    /// If a text message is not UTF-8, no JSON, or not one of the messages above.
    pub fn decode(form: Form, payload: &Bytes) -> Result<Self, DecodeError> {
        if form == Form::Binary {
            return Ok(Self::Audio(payload.clone()));
        }
        let value = parse(payload)?.value;
        let shape = |field: &str, expected: &str| {
            DecodeError::new(ErrorKind::Json, 0, field, format!("{expected} expected"))
        };
        let found = SERVER_MEMBERS
            .into_iter()
            .find_map(|name| value.get(name).map(|value| (name, value)));
        let Some((name, member)) = found else {
            let expected = format!("an object with one of {}", SERVER_MEMBERS.join(", "));
            return Err(shape("message", &expected));
        };
        let text = || member.as_str().map(str::to_owned);
        let decoded = match name {
            kind::ERROR => text().map(Self::Error),
            kind::WARNINGS => text().map(Self::Warnings),
            kind::BINARY_STREAMS => read_stream(member).map(Self::BinaryStreams),
            kind::MARKS => read_marks(member).map(Self::Marks),
            _ => read_words(member).map(|(words, form)| Self::Words(words, form)),
        };
        decoded.ok_or_else(|| {
            let expected = match name {
                kind::BINARY_STREAMS => "[{\"content_type\": string}]",
                kind::MARKS => "pairs of a string and a number",
                kind::WORDS => "triples of a string and two numbers",
                _ => "a string",
            };
            shape(name, expected)
        })
    }
}

fn write_mark((name, at): &(String, f64)) -> Value {
    Value::from(vec![Value::from(name.as_str()), Value::from(*at)])
}

fn write_word(word: &Word, form: WordForm) -> Value {
    let text = Value::from(word.text.as_str());
    let (start, end) = (Value::from(word.start), Value::from(word.end));
    Value::from(match form {
        WordForm::Flat => vec![text, start, end],
        WordForm::Nested => vec![text, Value::from(vec![start, end])],
    })
}

fn read_stream(value: &Value) -> Option<String> {
    let stream = value.items()?.first()?;
    Some(stream.get("content_type")?.as_str()?.to_owned())
}

fn read_marks(value: &Value) -> Option<Vec<(String, f64)>> {
    let pairs = value.items()?.iter();
    pairs
        .map(|pair| match pair.items()? {
            [name, at] => Some((name.as_str()?.to_owned(), at.as_f64()?)),
            _ => None,
        })
        .collect()
}

fn read_words(value: &Value) -> Option<(Vec<Word>, WordForm)> {
    let items = value.items()?;
    let nested = items
        .first()
        .and_then(Value::items)
        .is_some_and(|word| word.len() == 2);
    let form = if nested {
        WordForm::Nested
    } else {
        WordForm::Flat
    };
    let words = items.iter().map(|word| {
        let (text, times) = word.items()?.split_first()?;
        let times = match (form, times) {
            (WordForm::Nested, [inner]) => inner.items()?,
            (WordForm::Flat, times) => times,
            (WordForm::Nested, _) => return None,
        };
        let [start, end] = times else { return None };
        Some(Word {
            text: text.as_str()?.to_owned(),
            start: start.as_f64()?,
            end: end.as_f64()?,
        })
    });
    Some((words.collect::<Option<_>>()?, form))
}

/// The members that tell the server's messages apart, in the order in which clients look.
pub(in crate::ibm::tts) const SERVER_MEMBERS: [&str; 5] = [
    kind::ERROR,
    kind::WARNINGS,
    kind::BINARY_STREAMS,
    kind::MARKS,
    kind::WORDS,
];
