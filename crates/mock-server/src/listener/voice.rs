//! Where voice begins and ends: by the energy of the sound, and by the words in it.
//!
//! A word that was read is voice even where the sound is too quiet for the detector.

use audio::vad::Change;
use audio::{HeardWord, Vad};

/// Detector of one stream, fed with whole frames of 10 ms.
pub(crate) struct Voice {
    vad: Vad,
    tail_ms: u64,
    /// Whether a start has been told and no end.
    is_on: bool,
    /// Where the sound last ended, as far as it is known.
    sound_ms: u64,
    /// How much longer voice lasts while its words are read without being loud.
    patience_ms: u64,
}

/// The longest sound of a word is known only when it ends.
const WORD_MS: u64 = 600;

impl Voice {
    /// A detector that takes so much silence for the end of voice.
    pub(crate) fn new(rate_hz: u32, tail_ms: u32) -> Self {
        Self {
            vad: Vad::with_hangover(rate_hz, tail_ms),
            tail_ms: tail_ms.into(),
            is_on: false,
            sound_ms: 0,
            patience_ms: 0,
        }
    }

    /// Takes a frame and the words that end in it, and tells what changes.
    pub(crate) fn push(&mut self, frame: &[i16], words: &[HeardWord]) -> Vec<Change> {
        let mut found = Vec::new();
        self.vad.push(frame, &mut found);
        let mut changes = Vec::new();
        for change in found {
            match change {
                Change::Start { at_ms } => {
                    self.patience_ms = 0;
                    self.start(at_ms, &mut changes);
                }
                Change::End { at_ms } => self.sound_ms = self.sound_ms.max(at_ms),
            }
        }
        for word in words {
            self.start(word.start_ms.max(self.sound_ms), &mut changes);
            self.sound_ms = self.sound_ms.max(word.end_ms);
            if !self.vad.is_voiced() {
                self.patience_ms = WORD_MS;
            }
        }
        let end_ms = self.sound_ms + self.tail_ms + self.patience_ms;
        if !self.vad.is_voiced() && self.elapsed_ms() >= end_ms {
            self.end(&mut changes);
        }
        changes
    }

    /// Ends the stream.
    pub(crate) fn finish(&mut self) -> Vec<Change> {
        let (mut found, mut changes) = (Vec::new(), Vec::new());
        self.vad.finish(&mut found);
        for change in found {
            if let Change::End { at_ms } = change {
                self.sound_ms = self.sound_ms.max(at_ms);
            }
        }
        self.end(&mut changes);
        changes
    }

    /// Whether the sound is, or was a moment ago, loud.
    pub(crate) fn is_loud(&self) -> bool {
        self.vad.is_voiced()
    }

    /// Where the loudness that is going on was last heard.
    pub(crate) fn loud_until_ms(&self) -> Option<u64> {
        self.vad.voiced_until_ms()
    }

    /// Length of the whole frames so far.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        self.vad.elapsed_ms()
    }

    fn start(&mut self, at_ms: u64, changes: &mut Vec<Change>) {
        if !self.is_on {
            self.is_on = true;
            self.sound_ms = self.sound_ms.max(at_ms);
            changes.push(Change::Start { at_ms });
        }
    }

    fn end(&mut self, changes: &mut Vec<Change>) {
        if self.is_on {
            self.is_on = false;
            changes.push(Change::End {
                at_ms: self.sound_ms,
            });
        }
    }
}
