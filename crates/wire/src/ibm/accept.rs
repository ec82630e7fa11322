//! `accept`: from a MIME type to an audio format.
//!
//! ```text
//!   audio/l16; rate=16000; endianness=big-endian
//!   ───┬───── ────┬─────── ────────┬────────────
//!     type    parameter        parameter           names in any case, values quoted or not
//! ```

use std::collections::HashSet;

use crate::audio::{AudioFormat, Encoding, Endian};
use crate::clause::Clause;
use crate::finding::Finding;
use crate::knob::Knobs;

use super::clauses::audio as clauses;
use super::error::{Failure, MOST_FINDINGS, Refused};
use super::knobs;
use super::voices::Kind;

/// What `*/*` means.
pub const DEFAULT: &str = "audio/ogg;codecs=opus";

/// What an `accept` comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What the service calls it.
    pub content_type: String,
    /// What is encoded.
    pub format: AudioFormat,
    /// Oddities that do no harm.
    pub findings: Vec<Finding>,
}

/// What the answer depends on beside the text.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The kind of the voice, which decides the default rate.
    pub kind: Kind,
    /// The chosen values of the endpoint's knobs.
    pub knobs: &'a Knobs,
    /// Whether an audio format can be made honestly.
    pub can_encode: fn(&AudioFormat) -> bool,
}

/// Reads an `accept`.
///
/// # Errors
/// What the service says about a format that it does not have, or a rate that is missing or
/// outside the range of the format.
pub fn read(text: &str, given: Circumstances<'_>) -> Result<Accepted, Refused> {
    let media = Media::parse(text);
    let mut reading = Reading {
        text,
        given,
        findings: Vec::new(),
    };
    let (codec, pace) = reading.codec(&media)?;
    let rate_hz = reading.rate(&media, pace)?;
    let encoding = match codec {
        Codec::L16 => Encoding::Pcm(reading.endian(&media)?),
        Codec::Plain(encoding) => encoding,
    };
    let format = AudioFormat { encoding, rate_hz };
    if !(given.can_encode)(&format) {
        return Err(reading.not_encoded("a format and rate that the mock can encode"));
    }
    reading.note_the_rest(&media, pace, codec);
    Ok(Accepted {
        content_type: media.content_type(text),
        format,
        findings: reading.findings,
    })
}

/// A MIME type with its parameters, in the order and letters in which they came.
#[derive(Debug)]
struct Media {
    name: String,
    parameters: Vec<(String, String)>,
}

impl Media {
    fn parse(text: &str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let parameters = parts
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                let value = value.trim().trim_matches('"').trim();
                (name.trim().to_ascii_lowercase(), value.to_owned())
            })
            .collect();
        Self { name, parameters }
    }

    /// The first value of a parameter; `None` if it is absent or empty.
    fn parameter(&self, name: &str) -> Option<&str> {
        self.written(name).filter(|value| !value.is_empty())
    }

    /// The first value of a parameter, as it was written.
    fn written(&self, name: &str) -> Option<&str> {
        let first = self.parameters.iter().find(|(key, _)| key == name);
        first.map(|(_, value)| value.as_str())
    }

    /// What the service calls the format: its own name of MP3, else what was asked for.
    fn content_type(&self, text: &str) -> String {
        match self.name.as_str() {
            "*/*" => DEFAULT.to_owned(),
            "audio/mp3" => match text.find(';') {
                Some(at) => format!("audio/mpeg{}", text.get(at..).unwrap_or_default()),
                None => "audio/mpeg".to_owned(),
            },
            _ => text.trim().to_owned(),
        }
    }
}

/// How samples become bytes; that of `audio/l16` needs one more parameter.
#[derive(Clone, Copy, Debug)]
enum Codec {
    L16,
    Plain(Encoding),
}

/// Where a format's sample rate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// The parameter `rate`, which has to be there.
    Needed(&'static str),
    /// The parameter `rate`, or that of the voice.
    Voice(&'static str),
    /// Always this one.
    Fixed(u32),
    /// The parameter `rate`, one of the rates of Opus, or 48000.
    Opus(&'static str),
    /// 48000, whatever rate of Opus is asked for.
    FixedOpus(&'static str),
}

struct Reading<'a> {
    text: &'a str,
    given: Circumstances<'a>,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn codec(&self, media: &Media) -> Result<(Codec, Pace), Refused> {
        let codecs = media.parameter("codecs").map(str::to_ascii_lowercase);
        let codecs = codecs.as_deref();
        let ogg_opus = || (Encoding::OggOpus, Pace::Opus("audio/ogg;codecs=opus"));
        let (encoding, pace) = match (media.name.as_str(), codecs) {
            ("audio/l16", _) => return Ok((Codec::L16, Pace::Needed("audio/l16"))),
            ("audio/alaw", _) => (Encoding::Alaw, Pace::Needed("audio/alaw")),
            ("audio/mulaw", _) => (Encoding::Mulaw, Pace::Needed("audio/mulaw")),
            ("audio/basic", _) => (Encoding::Mulaw, Pace::Fixed(8000)),
            ("audio/flac", _) => (Encoding::Flac, Pace::Voice("audio/flac")),
            ("audio/wav", _) => (Encoding::Wav, Pace::Voice("audio/wav")),
            ("audio/mp3", _) => (Encoding::Mp3(None), Pace::Voice("audio/mp3")),
            ("audio/mpeg", _) => (Encoding::Mp3(None), Pace::Voice("audio/mpeg")),
            ("*/*", _) => (Encoding::OggOpus, Pace::Fixed(48_000)),
            ("audio/ogg", Some("opus")) => ogg_opus(),
            ("audio/ogg", None) if self.given.knobs.is(&knobs::BARE_OGG, "opus") => ogg_opus(),
            ("audio/webm", None | Some("opus")) => (
                Encoding::WebmOpus,
                Pace::FixedOpus("audio/webm;codecs=opus"),
            ),
            ("audio/ogg", None | Some("vorbis")) | ("audio/webm", Some("vorbis")) => {
                let expected = "a format that the mock can encode: there is no Vorbis here";
                return Err(self.not_encoded(expected));
            }
            _ => return Err(self.refuse(Failure::Mimetype, "one of the documented formats")),
        };
        Ok((Codec::Plain(encoding), pace))
    }

    fn rate(&mut self, media: &Media, pace: Pace) -> Result<u32, Refused> {
        let asked = media.written("rate");
        let natural = self.given.kind == Kind::Natural;
        let of_voice = if natural { 24_000 } else { 22_050 };
        match (pace, asked) {
            (Pace::Fixed(rate), _) => Ok(rate),
            (Pace::Opus(_) | Pace::FixedOpus(_), None) => Ok(48_000),
            (Pace::Voice(_), None) => Ok(of_voice),
            (Pace::Needed(mime), None | Some("")) => {
                Err(self.refuse(Failure::RateMissing(mime), "a parameter rate"))
            }
            (Pace::Opus(mime) | Pace::FixedOpus(mime), Some(asked)) => {
                let known = number(asked).filter(|rate| OPUS_RATES.contains(rate));
                let expected = "rate 48000, 24000, 16000, 12000 or 8000";
                let rate = known.ok_or_else(|| self.refuse(Failure::OpusRate(mime), expected))?;
                Ok(if pace == Pace::Opus(mime) {
                    rate
                } else {
                    48_000
                })
            }
            (Pace::Needed(mime) | Pace::Voice(mime), Some(asked)) => {
                let expected = "rate from 8000 to 192000";
                match number(asked).filter(|rate| RATES.contains(rate)) {
                    Some(rate) => Ok(rate),
                    None if self.given.knobs.is(&knobs::BAD_RATE, "default") => {
                        self.note(&clauses::RATE_RANGE, expected);
                        Ok(of_voice)
                    }
                    None => Err(self.refuse(Failure::RateRange(mime), expected)),
                }
            }
        }
    }

    fn endian(&self, media: &Media) -> Result<Endian, Refused> {
        let Some(asked) = media.parameter("endianness") else {
            return Ok(Endian::Little);
        };
        if asked.eq_ignore_ascii_case("little-endian") {
            Ok(Endian::Little)
        } else if asked.eq_ignore_ascii_case("big-endian") {
            Ok(Endian::Big)
        } else {
            Err(self.refuse(Failure::Endianness, "big-endian or little-endian"))
        }
    }

    /// Notes parameters that say nothing about this format.
    fn note_the_rest(&mut self, media: &Media, pace: Pace, codec: Codec) {
        let is_l16 = matches!(codec, Codec::L16);
        let has_codecs = matches!(media.name.as_str(), "audio/ogg" | "audio/webm");
        let mut names = HashSet::new();
        for (name, value) in &media.parameters {
            if self.findings.len() >= MOST_FINDINGS {
                return;
            }
            let repeated = !names.insert(name);
            let clause = match name.as_str() {
                _ if repeated => &clauses::ACCEPT_LENIENT,
                "rate" if pace == Pace::Fixed(8000) => &clauses::BASIC,
                "rate" if matches!(pace, Pace::FixedOpus(_)) => &clauses::WEBM_OPUS,
                "rate" if pace == Pace::Fixed(48_000) => &clauses::ANY_FORMAT,
                "rate" => continue,
                "endianness" if is_l16 => continue,
                "codecs" if has_codecs => continue,
                _ => &clauses::ACCEPT_LENIENT,
            };
            let found = format!("parameter {name}={value}");
            let expected = format!("only the parameters of {}", media.name);
            self.findings
                .push(Finding::at_path(clause, PATH, found, expected));
        }
    }

    fn note(&mut self, clause: &'static Clause, expected: &str) {
        let finding = self.finding(clause, expected);
        self.findings.push(finding);
    }

    fn refuse(&self, failure: Failure, expected: &str) -> Refused {
        let finding = self.finding(failure.clause(), expected);
        Refused {
            failure,
            finding: Box::new(finding),
        }
    }

    /// The refusal of a format that the service has and the mock has not.
    fn not_encoded(&self, expected: &str) -> Refused {
        let finding = self.finding(&clauses::NOT_ENCODED, expected);
        Refused {
            failure: Failure::Mimetype,
            finding: Box::new(finding),
        }
    }

    fn finding(&self, clause: &'static Clause, expected: &str) -> Finding {
        let found = crate::json::Value::from(self.text).excerpt();
        Finding::at_path(clause, PATH, found, expected)
    }
}

/// A whole number without a sign.
fn number(text: &str) -> Option<u32> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

const PATH: &str = "accept";
const OPUS_RATES: [u32; 5] = [48_000, 24_000, 16_000, 12_000, 8_000];
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;

#[cfg(test)]
mod tests;
