//! What a request asks for.

use super::check::{self, Checked, number_of};
use super::members::{MEMBERS, Shape};
use super::policy::{Policy, Query, Ranges};
use super::text;
use crate::audio::{AudioFormat, Encoding, Endian};
use crate::credentials::Grant;
use crate::finding::Finding;
use crate::json::{Parsed, Value};
use crate::speech::{Chunking, Speech, Unit};
use crate::volcengine::clauses::{exchange, fault, handshake as auth, request as clauses};
use crate::volcengine::error::ServiceError;

/// A request that can be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id.
    pub reqid: String,
    /// The application that it names.
    pub appid: String,
    /// The cluster that it names.
    pub cluster: String,
    /// How it wants its audio.
    pub operation: Operation,
    /// The voice.
    pub voice: String,
    /// What is said.
    pub units: Vec<Unit>,
    /// 1000 is normal speed.
    pub speed_permille: u32,
    /// 1000 is normal pitch.
    pub pitch_permille: u32,
    /// 1000 is normal loudness.
    pub volume_permille: u32,
    /// Silence after the sound.
    pub silence_ms: u32,
    /// The encoding.
    pub format: AudioFormat,
    /// Which times it wants.
    pub times: Times,
    /// Whether the times come sentence by sentence.
    pub sentences: Sentences,
}

/// How a request wants its audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// As a stream.
    Submit,
    /// In one answer.
    Query,
}

/// Which times a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// None.
    Off,
    /// Those of words.
    Words,
    /// Those of words and phonemes.
    Phonemes,
}

/// Whether a text is made as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sentences {
    /// As a whole.
    Whole,
    /// Sentence by sentence.
    Split,
}

/// What became of reading a request.
#[derive(Debug)]
pub struct Reading {
    /// The request, or why it is refused.
    pub outcome: Result<Request, ServiceError>,
    /// Its id as far as it can be read.
    pub reqid: String,
    /// Every oddity.
    pub findings: Vec<Finding>,
}

/// Reads a request. Wrong members are refused before a wrong text, and that before a voice
/// that does not exist.
#[must_use]
pub fn read(parsed: &Parsed, policy: &Policy) -> Reading {
    let root = &parsed.value;
    let checked = check::check(root, policy.ranges);
    let mut reader = Sheet {
        root,
        policy,
        refusal: refusal_of(&checked, root, policy),
        findings: checked.findings,
    };
    for path in parsed.repeated.iter().take(check::MOST_UNKNOWN) {
        let shown: String = path.chars().take(160).collect();
        let finding = Finding::at_path(&clauses::REPEATED, shown, "a repeated member", "one");
        reader.findings.push(finding);
    }
    let request = reader.request();
    Reading {
        outcome: match reader.refusal {
            Some(error) => Err(error),
            None => Ok(request),
        },
        reqid: reader.text("request", "reqid").to_owned(),
        findings: reader.findings,
    }
}

impl Request {
    /// Why a credential that is good for this only is not good for the request.
    #[must_use]
    pub fn outside(&self, grant: &Grant) -> Option<(ServiceError, Finding)> {
        let is_other =
            |own: &Option<String>, named: &str| own.as_deref().is_some_and(|own| own != named);
        if is_other(&grant.appid, &self.appid) {
            let expected = "the appid of the token";
            let finding =
                Finding::at_path(&auth::FOREIGN_APP, "app.appid", "another appid", expected);
            return Some((ServiceError::UnknownGrant, finding));
        }
        if is_other(&grant.cluster, &self.cluster) {
            let found = Value::from(self.cluster.as_str()).excerpt();
            let expected = "a cluster of the application";
            let finding = Finding::at_path(&auth::FOREIGN_CLUSTER, "app.cluster", found, expected);
            return Some((ServiceError::AccessDenied, finding));
        }
        None
    }

    /// The speech that it asks for.
    #[must_use]
    pub fn speech(&self, chunk_ms: u32) -> Speech {
        Speech {
            units: self.units.clone(),
            voice: self.voice.clone(),
            speed_permille: self.speed_permille,
            pitch_permille: self.pitch_permille,
            volume_permille: self.volume_permille,
            trailing_silence_ms: self.silence_ms,
            format: self.format,
            chunking: match self.operation {
                Operation::Submit => Chunking::Millis(chunk_ms),
                Operation::Query => Chunking::Whole,
            },
        }
    }
}

/// The most bytes that a text may have.
const TEXT_BYTES: usize = 1024;
/// The most bytes of a text that has no limit: a guard, hours of sound beyond what is made.
const UNLIMITED_BYTES: usize = 1024 * 1024;

fn refusal_of(checked: &Checked, root: &Value, policy: &Policy) -> Option<ServiceError> {
    if checked.incomplete {
        return Some(ServiceError::InvalidRequest);
    }
    let member = checked.refused?;
    let text = root.get("request").and_then(|request| request.get("text"));
    Some(match (member.name, text) {
        ("text", None) => policy.missing_text,
        _ => ServiceError::InvalidRequest,
    })
}

/// A request whose members have been checked; values that were refused read as defaults.
struct Sheet<'a> {
    root: &'a Value,
    policy: &'a Policy,
    refusal: Option<ServiceError>,
    findings: Vec<Finding>,
}

impl<'a> Sheet<'a> {
    fn request(&mut self) -> Request {
        let operation = self.operation();
        let units = self.units();
        let format = self.format();
        let voice = self.text("audio", "voice_type");
        self.check_voice(voice);
        Request {
            reqid: self.text("request", "reqid").to_owned(),
            appid: self.text("app", "appid").to_owned(),
            cluster: self.text("app", "cluster").to_owned(),
            operation,
            voice: voice.to_owned(),
            units,
            speed_permille: permille(self.ratio("speed_ratio")),
            pitch_permille: permille(self.ratio("pitch_ratio")),
            volume_permille: permille(self.ratio("volume_ratio") * self.ratio("loudness_ratio")),
            silence_ms: self.silence_ms(voice),
            format,
            times: self.times(),
            sentences: match self.is_on("split_sentence") {
                true => Sentences::Split,
                false => Sentences::Whole,
            },
        }
    }

    fn operation(&mut self) -> Operation {
        if self.text("request", "operation") != "query" {
            return Operation::Submit;
        }
        if self.policy.query == Query::Refused {
            let finding =
                Finding::at_path(&exchange::QUERY, "request.operation", "\"query\"", "submit");
            self.refuse(ServiceError::InvalidRequest, finding);
        }
        Operation::Query
    }

    /// What the text says, if it is a text that can be said.
    fn units(&mut self) -> Vec<Unit> {
        const PATH: &str = "request.text";
        let Some(said) = self.get("request", "text").and_then(Value::as_str) else {
            return Vec::new();
        };
        if said.is_empty() {
            let finding = Finding::at_path(&clauses::TEXT, PATH, "an empty string", "text");
            self.refuse(ServiceError::TextInvalid, finding);
            return Vec::new();
        }
        let (limit, clause) = match self.is_clone() {
            true => (UNLIMITED_BYTES, &clauses::TEXT_CLONES),
            false => (TEXT_BYTES, &clauses::TEXT_LIMIT),
        };
        if said.len() > limit {
            let found = format!("{} bytes", said.len());
            let expected = format!("at most {limit} bytes");
            let finding = Finding::at_path(clause, PATH, found, expected);
            self.refuse(ServiceError::TextTooLong, finding);
            return Vec::new();
        }
        let units = match self.text("request", "text_type") {
            "ssml" => match text::ssml_units(said) {
                Ok(units) => units,
                Err(problem) => {
                    let finding =
                        Finding::at_path(&clauses::SSML, PATH, problem, "well-formed SSML");
                    self.refuse(self.policy.ssml, finding);
                    return Vec::new();
                }
            },
            _ => text::plain_units(said),
        };
        if !text::is_speakable(&units) {
            let found = "nothing that can be said";
            let finding = Finding::at_path(&clauses::SPEAKABLE, PATH, found, "words");
            self.refuse(ServiceError::TextInvalid, finding);
        }
        units
    }

    fn format(&mut self) -> AudioFormat {
        let rate_hz = self
            .get("audio", "rate")
            .and_then(number_of)
            .map_or(24_000, whole);
        let at = |encoding| AudioFormat { encoding, rate_hz };
        let can_encode = self.policy.can_encode;
        let format = match self.text("audio", "encoding") {
            "wav" => at(Encoding::Wav),
            "ogg_opus" => at(Encoding::OggOpus),
            "mp3" => match self.get("audio", "bitrate").and_then(number_of) {
                Some(kbits) => at(Encoding::Mp3(Some(whole(kbits)))),
                // The documented default, where the rate allows it.
                None if can_encode(&at(Encoding::Mp3(Some(160)))) => at(Encoding::Mp3(Some(160))),
                None => at(Encoding::Mp3(None)),
            },
            _ => at(Encoding::Pcm(Endian::Little)),
        };
        if self.refusal.is_none() && !can_encode(&format) {
            let found = format!("{:?} at {rate_hz} Hz", format.encoding);
            let finding = Finding::at_path(
                &clauses::UNENCODABLE,
                "audio.encoding",
                found,
                "an encoding that can be made",
            );
            self.refuse(ServiceError::InvalidRequest, finding);
        }
        format
    }

    fn check_voice(&mut self, voice: &str) {
        if voice.is_empty() {
            return;
        }
        let listed = &self.policy.voices;
        let (exists, clause) = if !listed.is_empty() {
            (listed.iter().any(|name| name == voice), &fault::VOICE)
        } else if voice.ends_with("_uranus_bigtts") {
            (false, &fault::VOICE_2)
        } else {
            (is_voice(voice), &fault::VOICE_RULE)
        };
        if !exists {
            let found = self
                .get("audio", "voice_type")
                .map_or_else(String::new, Value::excerpt);
            let finding =
                Finding::at_path(clause, "audio.voice_type", found, "a voice that exists");
            self.refuse(ServiceError::NoVoice, finding);
        }
    }

    /// The silence after the sound. Big-model voices need a second member to ask for it.
    fn silence_ms(&mut self, voice: &str) -> u32 {
        const DEFAULT_MS: f64 = 125.0;
        let Some(asked) = self.get("request", "silence_duration").and_then(number_of) else {
            return whole(DEFAULT_MS);
        };
        let enabled = self
            .get("request", "enable_trailing_silence_audio")
            .and_then(Value::as_bool)
            == Some(true);
        if is_big_model(voice) && !enabled {
            let finding = Finding::at_path(
                &clauses::SILENCE_BIG,
                "request.enable_trailing_silence_audio",
                "not true",
                "true beside silence_duration",
            );
            self.findings.push(finding);
            return whole(DEFAULT_MS);
        }
        whole(asked.clamp(0.0, 30_000.0))
    }

    fn times(&mut self) -> Times {
        if self.is_on("with_frontend") {
            if self.text("request", "frontend_type") == "unitTson" {
                return Times::Phonemes;
            }
            // Other types have been noted by the check.
            if self.text("request", "frontend_type").is_empty() {
                let found = self
                    .get("request", "frontend_type")
                    .map_or("nothing", |_| "an empty string");
                self.findings.push(Finding::at_path(
                    &clauses::WITH_FRONTEND,
                    "request.frontend_type",
                    found,
                    "unitTson beside with_frontend",
                ));
            }
        }
        match self.is_on("with_timestamp") {
            true => Times::Words,
            false => Times::Off,
        }
    }

    /// A ratio of the audio section, within what sound can follow.
    fn ratio(&self, name: &str) -> f64 {
        let asked = self
            .get("audio", name)
            .and_then(Value::as_f64)
            .unwrap_or(1.0);
        match (self.policy.ranges, range_of(name)) {
            (Ranges::Accept, _) | (_, None) => asked.clamp(0.05, 10.0),
            (Ranges::Refuse | Ranges::Clamp, Some((low, high))) => asked.clamp(low, high),
        }
    }

    fn is_on(&self, name: &str) -> bool {
        self.get("request", name)
            .and_then(number_of)
            .is_some_and(|number| number != 0.0)
    }

    fn is_clone(&self) -> bool {
        self.text("audio", "voice_type").starts_with("S_")
            || self.text("app", "cluster") == "volcano_icl"
    }

    fn get(&self, section: &str, name: &str) -> Option<&'a Value> {
        self.root.get(section)?.get(name)
    }

    /// A string; empty if it is absent or something else.
    fn text(&self, section: &str, name: &str) -> &'a str {
        self.get(section, name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Records an oddity that refuses the request, unless something else did before.
    fn refuse(&mut self, error: ServiceError, finding: Finding) {
        self.findings.push(finding);
        self.refusal.get_or_insert(error);
    }
}

/// Whether a voice exists by its name: no list is documented.
fn is_voice(voice: &str) -> bool {
    let is_numbered =
        numbered(voice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let is_clone = voice
        .strip_prefix("S_")
        .is_some_and(|rest| !rest.is_empty());
    let is_named = voice
        .split('_')
        .any(|part| part == "male" || part == "female");
    is_numbered || is_clone || is_named
}

/// What follows the letters of a numbered voice.
fn numbered(voice: &str) -> Option<&str> {
    voice
        .strip_prefix("BV")
        .or_else(|| voice.strip_prefix("BR"))
}

/// Whether a voice is of the big model: all but the numbered ones and the clones.
fn is_big_model(voice: &str) -> bool {
    numbered(voice).is_none() && !voice.starts_with("S_")
}

fn range_of(name: &str) -> Option<(f64, f64)> {
    MEMBERS
        .iter()
        .find(|member| member.section == "audio" && member.name == name)
        .and_then(|member| match member.shape {
            Shape::Ratio(low, high) => Some((low, high)),
            _ => None,
        })
}

/// A ratio in thousandths.
fn permille(ratio: f64) -> u32 {
    whole(ratio * 1000.0)
}

/// A number that is not negative and fits, rounded; there is no checked conversion.
fn whole(number: f64) -> u32 {
    format!("{number:.0}").parse().unwrap_or_default()
}
