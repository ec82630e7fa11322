//! Who decides what was said.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use audio::Damage;

/// Texts that recognition answers, taken in order by all sessions of a lane.
pub(crate) type Script = Arc<Mutex<VecDeque<String>>>;

/// Takes the next text of a script.
pub(crate) fn next_of(script: &Script) -> Option<String> {
    crate::lock::lock(script).pop_front()
}

/// Who decides what was said, the first one that has something to say. What a selector brings
/// along belongs behind the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The transcripts that the user gave, in order.
    Script,
    /// The words that our own sound carries.
    Words,
    /// A recording whose samples the user gave a text for.
    Recording,
    /// The sound itself: nothing else is known of it.
    Description,
}

impl Source {
    /// The name in the journal.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Words => "words",
            Self::Recording => "recording",
            Self::Description => "description",
        }
    }
}

/// One final result, for the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recognition {
    /// Who decided.
    pub(crate) source: Source,
    /// The text of the result.
    pub(crate) text: String,
    /// Where it starts in the audio.
    pub(crate) start_ms: u64,
    /// Where it ends.
    pub(crate) end_ms: u64,
    /// What was wrong with the words, as far as it is known when the result is final.
    pub(crate) damage: Vec<Damage>,
}

/// What a recognition leaves in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// A final result.
    Recognised(Recognition),
    /// The whole damage of the audio, which has ended. It takes the place of what was known
    /// before: a word that seemed to be missing may have come late.
    Damage(Vec<Damage>),
}
