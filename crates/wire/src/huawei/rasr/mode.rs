//! The three modes, as data: they differ in segmentation, events and the audio that they take.

use super::message::Start;
use crate::hearing::{Endpointing, Segmentation};

/// One of the modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Where one result ends and the next begins.
    pub cut: Cut,
    /// Which events it sends.
    pub events: Events,
    /// The most audio of a session, in seconds.
    pub longest_s: u32,
}

/// Where one result ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At END.
    AtEnd,
    /// After the first sentence, which ends the recognition.
    FirstSentence,
    /// After every sentence.
    EverySentence,
}

/// Which events a mode sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Events {
    /// None.
    None,
    /// `VOICE_START`, `VOICE_END`, `EXCEEDED_SILENCE`.
    Voice,
}

/// `short-stream`: at most a minute, without detection of voice.
pub const SHORT: Mode = Mode {
    cut: Cut::AtEnd,
    events: Events::None,
    longest_s: 60,
};

/// `sentence-stream`: the first sentence.
pub const SENTENCE: Mode = Mode {
    cut: Cut::FirstSentence,
    events: Events::Voice,
    longest_s: 60,
};

/// `continue-stream`: one sentence after the other, up to five hours.
pub const CONTINUE: Mode = Mode {
    cut: Cut::EverySentence,
    events: Events::None,
    longest_s: 18_000,
};

impl Mode {
    /// The segmentation of a session.
    #[must_use]
    pub fn segmentation(&self, start: &Start, head_ms: u32) -> Segmentation {
        let endpointing = Endpointing {
            head_ms,
            tail_ms: u32::try_from(start.vad_tail_ms).unwrap_or_default(),
            longest_ms: u32::try_from(start.max_seconds * 1000).unwrap_or_default(),
        };
        match self.cut {
            Cut::AtEnd => Segmentation::Whole,
            Cut::FirstSentence => Segmentation::FirstSentence(endpointing),
            Cut::EverySentence => Segmentation::EverySentence(endpointing),
        }
    }
}
