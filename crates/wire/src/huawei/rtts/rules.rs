//! What decides whether a START is taken: the edition, and choices where the pages are silent.

use super::knobs;
use crate::audio::AudioFormat;
use crate::huawei::command::{Types, Unknown};
use crate::knob::Knobs;

/// Whose page is followed where the editions disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The Chinese pages of 2026.
    China,
    /// The international pages of 2025.
    International,
    /// The Chinese pages of 2021.
    China2021,
}

/// What decides whether a START is taken.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub(super) edition: Edition,
    pub(super) types: Types,
    pub(super) unknown: Unknown,
    pub(super) voices: Voices,
    /// Whether a voice speaks only the formats of its table.
    pub(super) tables: bool,
    pub(super) untimed: Untimed,
    pub(super) can_encode: fn(&AudioFormat) -> bool,
}

/// Which voices exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voices {
    /// Documented ones, and names of their shape.
    Shaped,
    /// Documented ones.
    Listed,
    /// All names.
    Any,
}

/// What `subtitle` with a voice that does not support it brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untimed {
    /// An error.
    Error,
    /// No timestamps.
    Silent,
    /// Timestamps all the same.
    Any,
}

impl Rules {
    /// As chosen.
    #[must_use]
    pub fn of(knobs: &Knobs, can_encode: fn(&AudioFormat) -> bool) -> Self {
        Self {
            edition: match knobs.text(&knobs::EDITION) {
                "international" => Edition::International,
                "china-2021" => Edition::China2021,
                _ => Edition::China,
            },
            types: Types::of(knobs),
            unknown: Unknown::of(knobs),
            voices: match knobs.text(&knobs::VOICES) {
                "listed" => Voices::Listed,
                "any" => Voices::Any,
                _ => Voices::Shaped,
            },
            tables: knobs.is(&knobs::VOICE_FORMATS, "tables"),
            untimed: match knobs.text(&knobs::SUBTITLE_VOICES) {
                "silent" => Untimed::Silent,
                "any" => Untimed::Any,
                _ => Untimed::Error,
            },
            can_encode,
        }
    }
}
