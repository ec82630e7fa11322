//! The query of the opening request: voice, speed, pitch, and what else may stand there.

use std::collections::HashSet;

use crate::clause::Clause;
use crate::finding::Finding;
use crate::handshake::RequestHead;
use crate::ibm::clauses::exchange::UNKNOWN_ARGUMENT;
use crate::ibm::clauses::handshake as clauses;
use crate::ibm::error::{Failure, MOST_FINDINGS, Refused};
use crate::ibm::knobs;
use crate::ibm::voices::{Named, Voice};
use crate::knob::Knobs;

/// What a query comes to.
#[derive(Clone, Debug)]
pub struct Query {
    /// The voice; `None` if there is no such voice, which is in `refused` then.
    pub voice: Option<Voice>,
    /// The speed in thousandths of the normal.
    pub speed_permille: u32,
    /// The pitch in thousandths of the normal.
    pub pitch_permille: u32,
    /// The names of parameters that the service does not know, in order.
    pub unknown: Vec<String>,
    /// What cannot be used, in the order in which it is looked at.
    pub refused: Vec<Refused>,
    /// Oddities that do no harm.
    pub findings: Vec<Finding>,
}

impl Query {
    /// Reads the query of a request.
    #[must_use]
    pub fn read(head: &RequestHead, knobs: &Knobs) -> Self {
        let mut query = Self {
            voice: None,
            speed_permille: NORMAL,
            pitch_permille: NORMAL,
            unknown: Vec::new(),
            refused: Vec::new(),
            findings: Vec::new(),
        };
        let pairs = head.query_pairs();
        query.take_names(&pairs);
        let value = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| is_named(key, name));
            pair.map(|(_, value)| value.as_str())
        };
        query.take_voice(value("voice"), knobs);
        let rate = query.percentage("rate_percentage", value("rate_percentage"));
        query.speed_permille = rate;
        let pitch = query.percentage("pitch_percentage", value("pitch_percentage"));
        query.pitch_permille = pitch;
        query.take_spelling(value("spell_out_mode"));
        query.take_customization(value("customization_id"), knobs);
        query.take_metadata(value("x-watson-metadata"));
        query.take_opt_out(value("x-watson-learning-opt-out"));
        if knobs.is(&knobs::BAD_QUERY, "ignore") {
            let (voices, values) = query
                .refused
                .into_iter()
                .partition(|refused| matches!(refused.failure, Failure::Voice(_)));
            query.refused = voices;
            let values: Vec<Refused> = values;
            let findings = values.into_iter().map(|refused| *refused.finding);
            query.findings.extend(findings);
        }
        query
    }

    /// What the handshake is refused for; the rest is what the request is refused for.
    #[must_use]
    pub fn refused_in_handshake(&self, knobs: &Knobs) -> Option<&Refused> {
        self.refused.iter().find(|refused| {
            let knob = match refused.failure {
                Failure::Voice(_) => &knobs::UNKNOWN_VOICE,
                _ => &knobs::BAD_QUERY,
            };
            knobs.is(knob, "handshake")
        })
    }

    fn take_names(&mut self, pairs: &[(String, String)]) {
        let mut names = HashSet::new();
        for (name, _) in pairs {
            let known = KNOWN.iter().any(|known| is_named(name, known));
            let again = !names.insert(name);
            if known && !again {
                continue;
            }
            if !known && !again {
                self.unknown.push(name.clone());
            }
            if self.findings.len() >= MOST_FINDINGS {
                continue;
            }
            if again {
                let clause = &clauses::REPEATED_QUERY;
                self.note(clause, name, "the parameter again", "one value");
            } else {
                let expected = KNOWN.join(", ");
                self.note(&UNKNOWN_ARGUMENT, name, "an unknown parameter", &expected);
            }
        }
    }

    fn take_voice(&mut self, asked: Option<&str>, knobs: &Knobs) {
        let name = asked.unwrap_or_else(|| knobs.text(&knobs::DEFAULT_VOICE));
        match Voice::named(name, knobs.text(&knobs::FURTHER_VOICES)) {
            Named::Current(voice) | Named::Former(voice) => self.voice = Some(voice),
            Named::Unknown => {
                let found = match asked {
                    None => "no voice, and the default one is not there".to_owned(),
                    Some(name) => excerpt(name),
                };
                let failure = Failure::Voice(name.to_owned());
                let refused = Refused::at("voice", failure, found, "a voice of the service");
                self.refused.push(refused);
            }
        }
    }

    /// A change in percent as a factor in thousandths.
    fn percentage(&mut self, name: &'static str, value: Option<&str>) -> u32 {
        let Some(value) = value else {
            return NORMAL;
        };
        let Some(percent) = integer(value) else {
            self.refuse(name, value, "a signed or unsigned integer");
            return NORMAL;
        };
        if !HELPFUL.contains(&percent) {
            let expected = "-50 to 100";
            self.note(&clauses::PERCENTAGE_RANGE, name, &excerpt(value), expected);
        }
        let permille = percent.saturating_mul(10).saturating_add(1000);
        u32::try_from(permille.clamp(SLOWEST, FASTEST)).unwrap_or(NORMAL)
    }

    fn take_spelling(&mut self, value: Option<&str>) {
        let modes = ["default", "singles", "pairs", "triples", "triplets"];
        let Some(value) = value else { return };
        if !modes.contains(&value) {
            self.refuse(
                "spell_out_mode",
                value,
                "default, singles, pairs or triples",
            );
            return;
        }
        let german = self.voice.as_ref().is_none_or(|v| v.language() == "de-DE");
        if !german {
            let expected = "a German voice";
            self.note(&clauses::SPELL_OUT_MODE, "spell_out_mode", value, expected);
        }
    }

    fn take_customization(&mut self, value: Option<&str>, knobs: &Knobs) {
        let Some(value) = value else { return };
        let existing = knobs.text(&knobs::CUSTOMIZATIONS);
        let mut known = existing.split(',').map(str::trim);
        if !is_guid(value) {
            self.refuse("customization_id", value, "a GUID");
        } else if !existing.trim().is_empty() && !known.any(|id| id.eq_ignore_ascii_case(value)) {
            self.refuse("customization_id", value, "the GUID of a model that exists");
        }
    }

    fn take_metadata(&mut self, value: Option<&str>) {
        let filled = |value: &str| {
            let id = value.strip_prefix("customer_id=");
            id.is_some_and(|id| !id.is_empty())
        };
        if let Some(value) = value
            && !filled(value)
        {
            let expected = "customer_id={id}, URL-encoded";
            self.note(
                &clauses::METADATA,
                "x-watson-metadata",
                &excerpt(value),
                expected,
            );
        }
    }

    fn take_opt_out(&mut self, value: Option<&str>) {
        if let Some(value) = value
            && !matches!(value, "true" | "false" | "1" | "0")
        {
            let name = "x-watson-learning-opt-out";
            self.note(&clauses::OPT_OUT, name, &excerpt(value), "true");
        }
    }

    fn refuse(&mut self, name: &'static str, value: &str, expected: &str) {
        let failure = Failure::Query {
            name,
            value: value.to_owned(),
        };
        self.refused
            .push(Refused::at(name, failure, excerpt(value), expected));
    }

    fn note(&mut self, clause: &'static Clause, name: &str, found: &str, expected: &str) {
        self.findings
            .push(Finding::at_path(clause, name, found, expected));
    }
}

fn excerpt(value: &str) -> String {
    crate::json::Value::from(value).excerpt()
}

/// Headers that became parameters keep the indifference of headers to case.
fn is_named(key: &str, name: &str) -> bool {
    key == name || (name.starts_with("x-watson-") && key.eq_ignore_ascii_case(name))
}

/// An integer with or without a sign; the plus may have become a blank.
fn integer(value: &str) -> Option<i64> {
    let value = value.trim();
    let (negative, digits) = match value.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, value.strip_prefix('+').unwrap_or(value)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // No range is documented: what is too large for us stays at our largest.
    let number: i64 = digits.parse().unwrap_or(i64::MAX);
    Some(if negative { -number } else { number })
}

/// Five groups of hexadecimal digits, or all 32 in one.
fn is_guid(value: &str) -> bool {
    let lengths: Vec<usize> = value.split('-').map(str::len).collect();
    let grouped = lengths == [8, 4, 4, 4, 12] || lengths == [32];
    grouped
        && value
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The parameters of the service.
const KNOWN: [&str; 9] = [
    "access_token",
    "watson-token",
    "voice",
    "customization_id",
    "rate_percentage",
    "pitch_percentage",
    "spell_out_mode",
    "x-watson-metadata",
    "x-watson-learning-opt-out",
];

const NORMAL: u32 = 1000;
const HELPFUL: std::ops::RangeInclusive<i64> = -50..=100;
/// The bounds of speed and pitch: a request must not cost unbounded time.
const SLOWEST: i64 = 250;
const FASTEST: i64 = 4000;
