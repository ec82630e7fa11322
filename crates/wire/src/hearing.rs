//! What a reply asks to be recognised, and what comes back.

use crate::audio::AudioFormat;

/// A request to recognise the audio that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The encoding of the audio: a header-less one.
    pub format: AudioFormat,
    /// Where one result ends and the next begins.
    pub segmentation: Segmentation,
    /// Whether growing results are wanted before the final one.
    pub interim: Interim,
    /// Whether punctuation stays in the texts.
    pub punctuation: Punctuation,
}

/// Where one result ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segmentation {
    /// All audio is one result, which is final when the audio ends.
    Whole,
    /// The first sentence ends the recognition.
    FirstSentence(Endpointing),
    /// Every sentence has its result.
    EverySentence(Endpointing),
}

/// When a sentence is taken to have begun and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpointing {
    /// So much leading silence is too much.
    pub head_ms: u32,
    /// So much silence after speech ends the sentence.
    pub tail_ms: u32,
    /// So much speech ends the sentence whatever follows.
    pub longest_ms: u32,
}

/// Whether interim results are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interim {
    /// Only final results.
    Off,
    /// Growing results before the final one.
    On,
}

/// What becomes of punctuation in recognised text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Punctuation {
    /// It stays.
    Keep,
    /// It is taken out.
    Strip,
}

/// What comes back while listening. Times are milliseconds of audio since the recognition began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeardEvent {
    /// Speech has begun.
    VoiceStart {
        /// When.
        at_ms: u32,
    },
    /// The sentence has ended.
    VoiceEnd {
        /// When.
        at_ms: u32,
    },
    /// Leading silence has reached its limit.
    TooMuchSilence {
        /// When.
        at_ms: u32,
    },
    /// A result that may still grow.
    Interim(Segment),
    /// A result that stays.
    Final(Segment),
    /// All audio has been dealt with, after [`crate::session::Action::FinishHearing`].
    Done,
}

/// One recognised stretch of audio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts.
    pub start_ms: u32,
    /// Where it ends, so far.
    pub end_ms: u32,
    /// Its text.
    pub text: String,
    /// Its words with their times, in order.
    pub words: Vec<HeardWord>,
    /// How sure the recogniser is, in thousandths.
    pub score_permille: u32,
}

/// One recognised word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardWord {
    /// Its text.
    pub text: String,
    /// Where it starts.
    pub start_ms: u32,
    /// Where it ends.
    pub end_ms: u32,
}
