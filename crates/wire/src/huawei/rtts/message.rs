//! The client's one command: types, strict decode, encode.
//!
//! ```text
//!   {"command":"START","text":"…","config":{
//!      "audio_format":"pcm","sample_rate":"8000","property":"chinese_xiaoyan_common",
//!      "speed":0,"pitch":0,"volume":50,"subtitle":"word_level"}}
//! ```

use bytes::Bytes;

use super::clauses::{answer, request};
use super::rules::{Edition, Rules, Untimed, Voices};
use super::voice::{self, Reach, Timing, Voice};
use crate::audio::{AudioFormat, Encoding, Endian};
use crate::finding::Finding;
use crate::huawei::command::{Got, Members, Notes, open_command};
use crate::huawei::error::{Problem, What};
use crate::json::{Style, Value, object};
use crate::session::{Decoded, Form};

/// A message of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// START, as the service takes it or with the reason why it does not.
    Start(Result<Start, Problem>),
    /// A text message that is no command of the service.
    Refused(Problem),
    /// A binary message, which has no meaning here.
    Binary,
}

/// A START that the service takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// What is spoken.
    pub text: String,
    /// The encoding of the audio.
    pub format: Format,
    /// The sample rate of the audio.
    pub rate: Rate,
    /// The voice.
    pub property: String,
    /// -500 to 500.
    pub speed: i32,
    /// -500 to 500.
    pub pitch: i32,
    /// 0 to 100.
    pub volume: i32,
    /// The timestamps that were asked for.
    pub subtitle: Option<Subtitle>,
}

/// `config.audio_format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 16-bit linear, little endian.
    Pcm,
    /// G.711 A-law.
    Alaw,
    /// G.711 µ-law.
    Ulaw,
    /// MPEG layer III.
    Mp3,
}

/// `config.sample_rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// `"8000"`.
    Hz8000,
    /// `"16000"`.
    Hz16000,
}

/// `config.subtitle`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subtitle {
    /// The times of words.
    Word,
    /// The times of words and of their phonemes.
    Phoneme,
}

impl Format {
    const ALL: &[(&'static str, Self)] = &[
        ("pcm", Self::Pcm),
        ("alaw", Self::Alaw),
        ("ulaw", Self::Ulaw),
        ("mp3", Self::Mp3),
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcm => "pcm",
            Self::Alaw => "alaw",
            Self::Ulaw => "ulaw",
            Self::Mp3 => "mp3",
        }
    }

    const fn encoding(self) -> Encoding {
        match self {
            Self::Pcm => Encoding::Pcm(Endian::Little),
            Self::Alaw => Encoding::Alaw,
            Self::Ulaw => Encoding::Mulaw,
            Self::Mp3 => Encoding::Mp3(None),
        }
    }
}

impl Rate {
    const ALL: &[(&'static str, Self)] = &[("8000", Self::Hz8000), ("16000", Self::Hz16000)];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hz8000 => "8000",
            Self::Hz16000 => "16000",
        }
    }

    const fn hz(self) -> u32 {
        match self {
            Self::Hz8000 => 8000,
            Self::Hz16000 => 16_000,
        }
    }
}

impl Subtitle {
    const ALL: &[(&'static str, Self)] =
        &[("word_level", Self::Word), ("phoneme_level", Self::Phoneme)];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Word => "word_level",
            Self::Phoneme => "phoneme_level",
        }
    }
}

impl Start {
    /// The format of the audio.
    #[must_use]
    pub const fn audio(&self) -> AudioFormat {
        AudioFormat {
            encoding: self.format.encoding(),
            rate_hz: self.rate.hz(),
        }
    }

    /// The command as text, with every member that it has.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut config = vec![
            ("audio_format", Value::from(self.format.name())),
            ("sample_rate", Value::from(self.rate.name())),
            ("property", Value::from(self.property.as_str())),
            ("speed", Value::from(self.speed)),
            ("pitch", Value::from(self.pitch)),
            ("volume", Value::from(self.volume)),
        ];
        let subtitle = self.subtitle.map(|level| Value::from(level.name()));
        config.extend(subtitle.map(|level| ("subtitle", level)));
        object([
            ("command", Value::from("START")),
            ("text", Value::from(self.text.as_str())),
            ("config", object(config)),
        ])
        .write(Style::Compact)
    }
}

/// Decodes a message of the client. Whatever it is, it is a message.
#[must_use]
pub fn decode(form: Form, payload: &Bytes, rules: &Rules) -> Decoded<Message> {
    let mut notes = Notes::default();
    let (kind, message) = match form {
        Form::Binary => {
            let found = format!("a binary message of {} bytes", payload.len());
            let finding = Finding::whole(&request::BINARY, found, "a text message");
            notes.findings.push(finding);
            ("audio", Message::Binary)
        }
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
    match open_command(payload, &["START"], &request::COMMAND, notes) {
        Ok((kind, value)) => (kind, Message::Start(read_start(&value, rules, notes))),
        Err((kind, problem)) => (kind, Message::Refused(problem)),
    }
}

/// Reads a START member by member; the first that is refused decides.
fn read_start(value: &Value, rules: &Rules, notes: &mut Notes) -> Result<Start, Problem> {
    let mut top = Members::new(value, "", rules.types, notes);
    top.others(&["command", "text", "config"], rules.unknown);
    let text = match value.get("text") {
        None | Some(Value::Null) => {
            top.missing("text", &request::TEXT, "a string");
            String::new()
        }
        Some(_) => top
            .string("text", &request::TEXT, "a string")
            .or(String::new()),
    };
    if value.get("text").and_then(Value::as_str) == Some("") {
        top.refuse("text", What::Missing, &request::TEXT, "\"\"", "a text");
    }
    let empty = Value::Object(Vec::new());
    let config = match top.value("config", &request::CONFIG, "an object") {
        Got::Value(config @ Value::Object(_)) => config,
        Got::Value(other) => {
            let found = other.excerpt();
            top.refuse(
                "config",
                What::Invalid,
                &request::CONFIG,
                found,
                "an object",
            );
            &empty
        }
        Got::Absent | Got::Refused => &empty,
    };
    let mut members = Members::new(config, "config", rules.types, notes);
    members.others(CONFIG, rules.unknown);
    let format = read_format(&mut members, rules);
    let rate = read_rate(&mut members);
    let property = read_property(&mut members, rules);
    let known = voice::find(&property);
    let prosody = (-500, 500);
    let speed = members.integer("speed", prosody, &request::SPEED).or(0);
    let pitch = members.integer("pitch", prosody, &request::PITCH).or(0);
    let volume = members.integer("volume", (0, 100), &request::VOLUME).or(50);
    let subtitle = read_subtitle(&mut members, rules, known);
    check_length(&text, rules, known, notes);
    let start = Start {
        text,
        format,
        rate,
        property,
        speed,
        pitch,
        volume,
        subtitle,
    };
    check_format(&start, rules, known, notes);
    notes.verdict(start)
}

fn read_format(members: &mut Members<'_, '_>, rules: &Rules) -> Format {
    let (words, clause) = match rules.edition {
        Edition::China => (Format::ALL, &request::AUDIO_FORMAT),
        Edition::China2021 => (FORMATS_2021, &request::AUDIO_FORMAT_2021),
        Edition::International => (FORMATS_INTERNATIONAL, &request::AUDIO_FORMAT_INTL),
    };
    members.word("audio_format", words, clause).or(Format::Pcm)
}

fn read_rate(members: &mut Members<'_, '_>) -> Rate {
    let number = members.object.get("sample_rate").and_then(Value::as_i64);
    let rate = match number {
        Some(8000) => Rate::Hz8000,
        Some(16_000) => Rate::Hz16000,
        _ => {
            let rate = members.word("sample_rate", Rate::ALL, &request::SAMPLE_RATE);
            return rate.or(Rate::Hz8000);
        }
    };
    // It is taken, but what the page documents is a string.
    let expected = format!("\"{}\"", rate.name());
    let value = Value::from(rate.hz());
    members.stray("sample_rate", &request::SAMPLE_RATE, &value, &expected);
    rate
}

fn read_property(members: &mut Members<'_, '_>, rules: &Rules) -> String {
    const EXPECTED: &str = "the name of a voice";
    let absent = members.object.get("property").is_none();
    if absent && rules.edition == Edition::International {
        members.missing("property", &request::PROPERTY_INTL, EXPECTED);
    }
    let property = match members.string("property", &request::PROPERTY, EXPECTED) {
        Got::Value(property) => property,
        Got::Absent | Got::Refused => return voice::DEFAULT.to_owned(),
    };
    let known = voice::find(&property).is_some();
    let taken = match rules.voices {
        Voices::Any => !property.is_empty(),
        Voices::Shaped => known || voice::is_shaped(&property),
        Voices::Listed => known,
    };
    if !taken {
        let found = Value::from(property.as_str()).excerpt();
        let clause = &request::PROPERTY;
        members.refuse("property", What::Invalid, clause, found, EXPECTED);
    }
    property
}

fn read_subtitle(
    members: &mut Members<'_, '_>,
    rules: &Rules,
    known: Option<&Voice>,
) -> Option<Subtitle> {
    let level = match members.word("subtitle", Subtitle::ALL, &request::SUBTITLE) {
        Got::Value(level) => level,
        Got::Absent | Got::Refused => return None,
    };
    let timed = known.is_some_and(|voice| voice.timing == Timing::Known)
        || rules.edition == Edition::International
        || rules.untimed == Untimed::Any;
    if timed {
        return Some(level);
    }
    let clause = &request::SUBTITLE_VOICES;
    let expected = "a voice that supports subtitle";
    if rules.untimed == Untimed::Silent {
        let path = members.path_of("subtitle");
        let finding = Finding::at_path(clause, path, level.name(), expected);
        members.notes.findings.push(finding);
    } else {
        members.refuse("subtitle", What::Invalid, clause, level.name(), expected);
    }
    None
}

fn check_length(text: &str, rules: &Rules, known: Option<&Voice>, notes: &mut Notes) {
    let (most, clause) = match rules.edition {
        Edition::China => {
            let reach = known.map_or(Reach::Short, |voice| voice.reach);
            (reach.characters(), &request::TEXT_LIMIT)
        }
        Edition::International => (Reach::Long.characters(), &request::TEXT_LIMIT_INTL),
        Edition::China2021 => (Reach::Short.characters() - 1, &request::TEXT_LIMIT_2021),
    };
    let characters = text.chars().count();
    if characters > most {
        let found = format!("{characters} characters");
        let finding = Finding::at_path(clause, "text", found, format!("at most {most}"));
        notes.refuse(finding, Problem::about(What::TooLong, "text"));
    }
}

/// Checks that the voice speaks the format, and that it can be encoded at all.
fn check_format(start: &Start, rules: &Rules, known: Option<&Voice>, notes: &mut Notes) {
    let formats = known.map_or(&[][..], |voice| voice.formats);
    let spoken = !rules.tables || formats.is_empty() || formats.contains(&start.format);
    let clause = if !spoken {
        &request::VOICE_FORMATS
    } else if !(rules.can_encode)(&start.audio()) {
        &answer::FORMAT_CODE
    } else {
        return;
    };
    let found = format!("{} at {} Hz", start.format.name(), start.rate.name());
    let expected = format!("a format of {}", start.property);
    let finding = Finding::at_path(clause, "config.audio_format", found, expected);
    notes.refuse(finding, Problem::about(What::Invalid, "audio_format"));
}

const FORMATS_2021: &[(&str, Format)] = &[
    ("pcm", Format::Pcm),
    ("alaw", Format::Alaw),
    ("ulaw", Format::Ulaw),
];

const FORMATS_INTERNATIONAL: &[(&str, Format)] = &[("pcm", Format::Pcm)];

const CONFIG: &[&str] = &[
    "audio_format",
    "sample_rate",
    "property",
    "speed",
    "pitch",
    "volume",
    "subtitle",
];
