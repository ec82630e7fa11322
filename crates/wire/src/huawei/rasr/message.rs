//! Messages of the client: types, strict decode, encode.
//!
//! ```text
//!   {"command":"START","config":{"audio_format":"pcm16k16bit","property":"chinese_16k_general", …}}
//!   binary: audio
//!   {"command":"END","cancel":false}
//! ```

use bytes::Bytes;

use super::clauses::commands;
use super::format::{FORMATS, Format};
use super::knobs;
use crate::clause::Clause;
use crate::huawei::command::{Got, Members, Notes, Types, Unknown, open_command};
use crate::huawei::error::{Problem, What};
use crate::json::{Style, Value, object};
use crate::knob::Knobs;
use crate::session::{Decoded, Form};

/// A message of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// START, as the service takes it or with the reason why it does not.
    Start(Result<Start, Problem>),
    /// END, likewise.
    End(Result<End, Problem>),
    /// A text message that is no command of the service.
    Refused(Problem),
    /// Audio.
    Audio(Bytes),
}

/// A START that the service takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The encoding of the audio.
    pub format: Format,
    /// The model.
    pub property: String,
    /// Whether punctuation is wanted.
    pub add_punc: Choice,
    /// Whether numbers are wanted in digits.
    pub digit_norm: Choice,
    /// So much leading silence is too much; 0 to 60000.
    pub vad_head_ms: i32,
    /// So much silence ends a sentence; 0 to 3000.
    pub vad_tail_ms: i32,
    /// So much speech ends a sentence; 1 to 60.
    pub max_seconds: i32,
    /// Whether growing results are wanted.
    pub interim_results: Choice,
    /// A hot-word table.
    pub vocabulary_id: Option<String>,
    /// Whether the times of words are wanted.
    pub need_word_info: Choice,
}

/// END.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Recognise everything first.
    Finish,
    /// Drop what is not yet recognised.
    Cancel,
}

/// `yes` or `no`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// `yes`.
    Yes,
    /// `no`.
    No,
}

/// What decides whether a command is taken.
#[derive(Clone, Debug)]
pub struct Rules {
    types: Types,
    unknown: Unknown,
    models: Models,
    /// The known hot-word tables; empty for any.
    vocabularies: Vec<String>,
}

/// Which models exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Models {
    Shaped,
    Listed,
}

impl Rules {
    /// As chosen.
    #[must_use]
    pub fn of(knobs: &Knobs) -> Self {
        let vocabularies = knobs.text(&knobs::VOCABULARIES).split(',').map(str::trim);
        Self {
            types: Types::of(knobs),
            unknown: Unknown::of(knobs),
            models: match knobs.text(&knobs::MODELS) {
                "listed" => Models::Listed,
                _ => Models::Shaped,
            },
            vocabularies: vocabularies
                .filter(|id| !id.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }
}

impl Choice {
    const ALL: &[(&'static str, Self)] = &[("yes", Self::Yes), ("no", Self::No)];

    /// Its spelling on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

impl Start {
    /// The command as text, with every member that it has.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut config = vec![
            ("audio_format", Value::from(self.format.name)),
            ("property", Value::from(self.property.as_str())),
            ("add_punc", Value::from(self.add_punc.name())),
            ("digit_norm", Value::from(self.digit_norm.name())),
            ("vad_head", Value::from(self.vad_head_ms)),
            ("vad_tail", Value::from(self.vad_tail_ms)),
            ("max_seconds", Value::from(self.max_seconds)),
            ("interim_results", Value::from(self.interim_results.name())),
        ];
        let vocabulary = self.vocabulary_id.as_deref().map(Value::from);
        config.extend(vocabulary.map(|id| ("vocabulary_id", id)));
        config.push(("need_word_info", Value::from(self.need_word_info.name())));
        object([
            ("command", Value::from("START")),
            ("config", object(config)),
        ])
        .write(Style::Compact)
    }
}

impl End {
    /// The command as text.
    #[must_use]
    pub fn encode(self) -> String {
        let cancel = Value::from(self == Self::Cancel);
        object([("command", Value::from("END")), ("cancel", cancel)]).write(Style::Compact)
    }
}

/// Decodes a message of the client. Whatever it is, it is a message.
#[must_use]
pub fn decode(form: Form, payload: &Bytes, rules: &Rules) -> Decoded<Message> {
    let mut notes = Notes::default();
    let (kind, message) = match form {
        Form::Binary => ("audio", Message::Audio(payload.clone())),
        Form::Text => text_message(payload, rules, &mut notes),
    };
    Decoded {
        kind,
        message,
        findings: notes.findings,
        credentials: Vec::new(),
    }
}

fn text_message(payload: &Bytes, rules: &Rules, notes: &mut Notes) -> (&'static str, Message) {
    match open_command(payload, &["START", "END"], &commands::COMMAND, notes) {
        Ok(("END", value)) => ("END", Message::End(read_end(&value, rules, notes))),
        Ok((kind, value)) => (kind, Message::Start(read_start(&value, rules, notes))),
        Err((kind, problem)) => (kind, Message::Refused(problem)),
    }
}

/// Reads END. Booleans and their names in any case are both in use by official clients.
fn read_end(value: &Value, rules: &Rules, notes: &mut Notes) -> Result<End, Problem> {
    const EXPECTED: &str = "true or false";
    let mut members = Members::new(value, "", rules.types, notes);
    members.others(&["command", "cancel"], rules.unknown);
    let cancel = match members.value("cancel", &commands::CANCEL, EXPECTED) {
        Got::Absent | Got::Refused => Some(false),
        Got::Value(Value::Bool(cancel)) => Some(*cancel),
        Got::Value(Value::String(text)) if text.eq_ignore_ascii_case("true") => Some(true),
        Got::Value(Value::String(text)) if text.eq_ignore_ascii_case("false") => Some(false),
        Got::Value(other) => {
            let found = other.excerpt();
            members.refuse("cancel", What::Invalid, &commands::CANCEL, found, EXPECTED);
            None
        }
    };
    let end = match cancel {
        Some(true) => End::Cancel,
        _ => End::Finish,
    };
    notes.verdict(end)
}

/// Reads a START member by member; the first that is refused decides.
fn read_start(value: &Value, rules: &Rules, notes: &mut Notes) -> Result<Start, Problem> {
    let mut top = Members::new(value, "", rules.types, notes);
    top.others(&["command", "config"], rules.unknown);
    let config = match value.get("config") {
        Some(config @ Value::Object(_)) => config,
        None | Some(Value::Null) => {
            top.missing("config", &commands::CONFIG, "an object");
            return Err(Problem::about(What::Missing, "config"));
        }
        Some(other) => {
            let (found, expected) = (other.excerpt(), "an object");
            top.refuse("config", What::Invalid, &commands::CONFIG, found, expected);
            return Err(Problem::about(What::Invalid, "config"));
        }
    };
    let mut members = Members::new(config, "config", rules.types, notes);
    members.others(CONFIG, rules.unknown);
    let format = read_format(&mut members);
    let property = read_property(&mut members, rules);
    if let (Some(format), Some(property)) = (format, &property) {
        check_rate(&mut members, format, property);
    }
    let mut choice = |name, default, clause| members.word(name, Choice::ALL, clause).or(default);
    let add_punc = choice("add_punc", Choice::No, &commands::ADD_PUNC);
    let digit_norm = choice("digit_norm", Choice::Yes, &commands::DIGIT_NORM);
    let interim_results = choice("interim_results", Choice::No, &commands::INTERIM_RESULTS);
    let need_word_info = choice("need_word_info", Choice::No, &commands::NEED_WORD_INFO);
    let head = members.integer("vad_head", (0, 60_000), &commands::VAD_HEAD);
    let tail = members.integer("vad_tail", (0, 3000), &commands::VAD_TAIL);
    let seconds = members.integer("max_seconds", (1, 60), &commands::MAX_SECONDS);
    let vocabulary_id = read_vocabulary(&mut members, rules);
    notes.verdict(Start {
        format: format.unwrap_or(FORMATS[0]),
        property: property.unwrap_or_default(),
        add_punc,
        digit_norm,
        vad_head_ms: head.or(10_000),
        vad_tail_ms: tail.or(500),
        max_seconds: seconds.or(30),
        interim_results,
        vocabulary_id,
        need_word_info,
    })
}

/// A mandatory string; null counts as absent.
fn mandatory(
    members: &mut Members<'_, '_>,
    name: &'static str,
    clause: &'static Clause,
    expected: &str,
) -> Option<String> {
    match members.object.get(name) {
        None | Some(Value::Null) => {
            members.missing(name, clause, expected);
            None
        }
        Some(_) => match members.string(name, clause, expected) {
            Got::Value(text) => Some(text),
            Got::Absent | Got::Refused => None,
        },
    }
}

fn read_format(members: &mut Members<'_, '_>) -> Option<Format> {
    let clause = &commands::AUDIO_FORMAT;
    let names = FORMATS.map(|format| format.name).join(", ");
    let expected = format!("one of {names}");
    let name = mandatory(members, "audio_format", clause, &expected)?;
    let format = Format::find(&name);
    if format.is_none() {
        let found = Value::from(name).excerpt();
        members.refuse("audio_format", What::Invalid, clause, found, expected);
    }
    format
}

fn read_property(members: &mut Members<'_, '_>, rules: &Rules) -> Option<String> {
    const EXPECTED: &str = "a model, {language}_{8k or 16k}_{domain}";
    let clause = &commands::PROPERTY;
    let property = mandatory(members, "property", clause, EXPECTED)?;
    let listed = rules.models == Models::Shaped || MODELS.contains(&property.as_str());
    if model_rate(&property).is_some() && listed {
        return Some(property);
    }
    let found = Value::from(property).excerpt();
    members.refuse("property", What::Invalid, clause, found, EXPECTED);
    None
}

/// The rate in the name of a model; `None` if the name has not the shape of one.
fn model_rate(property: &str) -> Option<&str> {
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase());
    let (language, rest) = property.split_once('_')?;
    let (rate, domain) = rest.split_once('_')?;
    let shaped = is_name(language) && is_name(domain) && matches!(rate, "8k" | "16k");
    shaped.then_some(rate)
}

fn check_rate(members: &mut Members<'_, '_>, format: Format, property: &str) {
    if model_rate(property) == Some(format.model_rate()) {
        return;
    }
    let found = format!("{} with {property}", format.name);
    let expected = "a format at the rate of the model";
    let (what, clause) = (What::RateMismatch, &commands::MODEL_RATE);
    members.refuse("audio_format", what, clause, found, expected);
}

fn read_vocabulary(members: &mut Members<'_, '_>, rules: &Rules) -> Option<String> {
    const EXPECTED: &str = "the id of a hot-word table";
    let clause = &commands::VOCABULARY;
    let id = match members.string("vocabulary_id", clause, EXPECTED) {
        Got::Value(id) => id,
        Got::Absent | Got::Refused => return None,
    };
    let known = rules.vocabularies.is_empty() || rules.vocabularies.contains(&id);
    if id.is_empty() || !known {
        let found = Value::from(id.as_str()).excerpt();
        let what = What::UnknownVocabulary;
        members.refuse("vocabulary_id", what, clause, found, EXPECTED);
    }
    Some(id)
}

const CONFIG: &[&str] = &[
    "audio_format",
    "property",
    "add_punc",
    "digit_norm",
    "vad_head",
    "vad_tail",
    "max_seconds",
    "interim_results",
    "vocabulary_id",
    "need_word_info",
];

const MODELS: &[&str] = &[
    "chinese_8k_common",
    "chinese_16k_common",
    "chinese_8k_general",
    "chinese_16k_general",
    "sichuan_16k_common",
    "cantonese_16k_common",
    "shanghai_16k_common",
    "chinese_16k_court",
    "chinese_16k_it",
    "chinese_16k_travel",
    "english_8k_common",
    "english_16k_common",
];
