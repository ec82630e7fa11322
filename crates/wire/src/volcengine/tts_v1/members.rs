//! The members of a request, as a table.

use crate::clause::Clause;
use crate::finding::Finding;
use crate::volcengine::clauses::request as clauses;

/// A member of a request.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its object.
    pub section: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// What it may be.
    pub shape: Shape,
    /// The clause that says so.
    pub clause: &'static Clause,
}

/// Whether a member must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may be absent.
    Optional,
}

/// What a member may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Any string.
    Text,
    /// A string that is not empty.
    Filled,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// A string, usually one of these; others are noted.
    Hint(&'static [&'static str]),
    /// An integer from the first to the second.
    Whole(i64, i64),
    /// One of these integers.
    Choice(&'static [i64]),
    /// A number from the first to the second.
    Ratio(f64, f64),
    /// A number from the first to the second, or a string that holds one.
    Millis(f64, f64),
    /// 0 or 1, or a string that holds an integer.
    Switch,
    /// A boolean.
    Flag,
    /// A string that holds a JSON object, or nothing.
    JsonText,
}

/// Every object of a request.
pub const SECTIONS: &[&str] = &["app", "user", "audio", "request"];

/// Every documented member.
pub const MEMBERS: &[Member] = &[
    required("app", "appid", Shape::Filled, &clauses::APPID),
    required("app", "token", Shape::Filled, &clauses::TOKEN),
    required("app", "cluster", Shape::Filled, &clauses::CLUSTER),
    required("user", "uid", Shape::Filled, &clauses::UID),
    required("audio", "voice_type", Shape::Filled, &clauses::VOICE),
    optional(
        "audio",
        "encoding",
        Shape::Word(&["wav", "pcm", "ogg_opus", "mp3"]),
        &clauses::ENCODING,
    ),
    optional(
        "audio",
        "rate",
        Shape::Choice(&[8000, 16000, 24000]),
        &clauses::RATE,
    ),
    optional(
        "audio",
        "compression_rate",
        Shape::Whole(1, 20),
        &clauses::COMPRESSION_RATE,
    ),
    optional("audio", "bitrate", Shape::Whole(1, 320), &clauses::BITRATE),
    optional(
        "audio",
        "speed_ratio",
        Shape::Ratio(0.1, 3.0),
        &clauses::SPEED,
    ),
    optional(
        "audio",
        "volume_ratio",
        Shape::Ratio(0.1, 3.0),
        &clauses::VOLUME,
    ),
    optional(
        "audio",
        "loudness_ratio",
        Shape::Ratio(0.5, 2.0),
        &clauses::LOUDNESS,
    ),
    optional(
        "audio",
        "pitch_ratio",
        Shape::Ratio(0.1, 3.0),
        &clauses::PITCH,
    ),
    optional("audio", "emotion", Shape::Text, &clauses::EMOTION_NULL),
    optional(
        "audio",
        "enable_emotion",
        Shape::Flag,
        &clauses::EMOTION_SCALE,
    ),
    optional(
        "audio",
        "emotion_scale",
        Shape::Ratio(1.0, 5.0),
        &clauses::EMOTION_SCALE,
    ),
    optional("audio", "language", Shape::Text, &clauses::LANGUAGE),
    optional(
        "audio",
        "explicit_language",
        Shape::Hint(EXPLICIT_LANGUAGES),
        &clauses::EXPLICIT_LANGUAGE,
    ),
    optional(
        "audio",
        "context_language",
        Shape::Hint(&["", "id", "es", "pt"]),
        &clauses::EXPLICIT_LANGUAGE,
    ),
    required("request", "reqid", Shape::Filled, &clauses::REQID),
    required("request", "text", Shape::Text, &clauses::TEXT),
    optional(
        "request",
        "model",
        Shape::Hint(&["", "seed-tts-1.1"]),
        &clauses::MODEL,
    ),
    optional(
        "request",
        "text_type",
        Shape::Word(&["plain", "ssml", ""]),
        &clauses::TEXT_TYPE,
    ),
    required(
        "request",
        "operation",
        Shape::Word(&["submit", "query"]),
        &clauses::OPERATION,
    ),
    optional(
        "request",
        "silence_duration",
        Shape::Millis(0.0, 30_000.0),
        &clauses::SILENCE,
    ),
    optional(
        "request",
        "enable_trailing_silence_audio",
        Shape::Flag,
        &clauses::SILENCE_BIG,
    ),
    optional(
        "request",
        "with_frontend",
        Shape::Switch,
        &clauses::WITH_FRONTEND,
    ),
    optional(
        "request",
        "frontend_type",
        Shape::Hint(&["", "unitTson"]),
        &clauses::WITH_FRONTEND,
    ),
    optional(
        "request",
        "with_timestamp",
        Shape::Switch,
        &clauses::WITH_TIMESTAMP,
    ),
    optional(
        "request",
        "split_sentence",
        Shape::Switch,
        &clauses::SPLIT_SENTENCE,
    ),
    optional(
        "request",
        "pure_english_opt",
        Shape::Switch,
        &clauses::PURE_ENGLISH,
    ),
    optional(
        "request",
        "extra_param",
        Shape::JsonText,
        &clauses::EXTRA_PARAM,
    ),
];

impl Member {
    /// The path of the member in a request.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The finding that it is not what it should be.
    pub(super) fn finding(&self, clause: &'static Clause, found: impl Into<String>) -> Finding {
        Finding::at_path(clause, self.path(), found, self.shape.expected())
    }
}

impl Shape {
    /// What would have been right, in words.
    fn expected(self) -> String {
        match self {
            Self::Text => "a string".to_owned(),
            Self::Filled => "a string that is not empty".to_owned(),
            Self::Word(words) | Self::Hint(words) => {
                let words: Vec<&str> = words.iter().copied().filter(|w| !w.is_empty()).collect();
                words.join(" | ")
            }
            Self::Whole(low, high) => format!("an integer from {low} to {high}"),
            Self::Choice(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                values.join(" | ")
            }
            Self::Ratio(low, high) => format!("a number from {low} to {high}"),
            Self::Millis(low, high) => format!("a number of ms from {low} to {high}"),
            Self::Switch => "0 or 1".to_owned(),
            Self::Flag => "a boolean".to_owned(),
            Self::JsonText => "a string that holds a JSON object".to_owned(),
        }
    }
}

const EXPLICIT_LANGUAGES: &[&str] = &[
    "",
    "crosslingual",
    "zh",
    "zh-cn",
    "en",
    "ja",
    "es-mx",
    "id",
    "pt-br",
    "de",
    "fr",
];

const fn required(
    section: &'static str,
    name: &'static str,
    shape: Shape,
    clause: &'static Clause,
) -> Member {
    Member {
        section,
        name,
        need: Need::Required,
        shape,
        clause,
    }
}

const fn optional(
    section: &'static str,
    name: &'static str,
    shape: Shape,
    clause: &'static Clause,
) -> Member {
    let mut member = required(section, name, shape, clause);
    member.need = Need::Optional;
    member
}
