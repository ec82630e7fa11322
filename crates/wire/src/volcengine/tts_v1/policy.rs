//! The choices that decide what a request is refused for.

use crate::audio::AudioFormat;
use crate::knob::{Knob, Knobs};
use crate::volcengine::error::ServiceError;
use crate::volcengine::knobs;

/// What is refused, and how. The default is that of the knobs, with every encoding.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The error for a missing text.
    pub missing_text: ServiceError,
    /// The error for ill-formed SSML.
    pub ssml: ServiceError,
    /// Whether query is served.
    pub query: Query,
    /// What becomes of numbers out of range.
    pub ranges: Ranges,
    /// The voices that exist; empty leaves it to the rule.
    pub voices: Vec<String>,
    /// Whether a format can be made.
    pub can_encode: fn(&AudioFormat) -> bool,
}

/// Whether query is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// It is.
    Served,
    /// It is refused.
    Refused,
}

/// What becomes of numbers out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranges {
    /// They are refused.
    Refuse,
    /// They become the nearest bound.
    Clamp,
    /// They are taken, as far as sound can follow.
    Accept,
}

impl Policy {
    /// The policy that the knobs choose.
    #[must_use]
    pub fn of(knobs: &Knobs, can_encode: fn(&AudioFormat) -> bool) -> Self {
        let code = |knob: &Knob| match knobs.text(knob) {
            "3011" => ServiceError::TextInvalid,
            _ => ServiceError::InvalidRequest,
        };
        Self {
            missing_text: code(&knobs::MISSING_TEXT),
            ssml: code(&knobs::SSML_ERROR),
            query: match knobs.text(&knobs::QUERY) {
                "refuse" => Query::Refused,
                _ => Query::Served,
            },
            ranges: match knobs.text(&knobs::RATIO_RANGE) {
                "clamp" => Ranges::Clamp,
                "accept" => Ranges::Accept,
                _ => Ranges::Refuse,
            },
            voices: knobs
                .text(&knobs::VOICES)
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
            can_encode,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::of(&Knobs::new(), |_| true)
    }
}
