//! One stretch of voice and what is known of its text.

use wire::hearing::{HeardWord, Punctuation, Segment};

use super::source::Source;
use super::{short, text};

/// Voice that has begun and not ended.
pub(crate) struct Phrase {
    pub(crate) start_ms: u64,
    /// A text that was decided before the end.
    pub(crate) said: Option<(Source, String)>,
    /// Whether the script was asked for one.
    pub(crate) is_asked: bool,
    words: Vec<HeardWord>,
    /// Sum of the qualities of all words, those without a text included.
    quality: u64,
    count: u64,
    end_ms: u64,
    /// How many words have been shown, and when last.
    pub(crate) shown_words: usize,
    pub(crate) shown_at_ms: u64,
}

impl Phrase {
    /// Voice that begins.
    pub(crate) const fn new(start_ms: u64) -> Self {
        Self {
            start_ms,
            said: None,
            is_asked: false,
            words: Vec::new(),
            quality: 0,
            count: 0,
            end_ms: start_ms,
            shown_words: 0,
            shown_at_ms: start_ms,
        }
    }

    /// Takes a word of our own sound. The first one may begin a moment before its loudness.
    pub(crate) fn hear(
        &mut self,
        word: &audio::HeardWord,
        punctuation: Punctuation,
        least_ms: u64,
    ) {
        if self.shown_words == 0 {
            self.start_ms = self.start_ms.min(word.start_ms.max(least_ms));
        }
        if self.count == 0 {
            // What was guessed so far counts for nothing.
            self.shown_words = 0;
        }
        self.count += 1;
        self.quality += u64::from(word.quality);
        self.end_ms = word.end_ms;
        let text = text::punctuate(&word.text, punctuation);
        if !text.is_empty() {
            self.words.push(HeardWord {
                text,
                start_ms: short(word.start_ms.max(self.start_ms)),
                end_ms: short(word.end_ms),
            });
        }
    }

    /// Whether any word was heard.
    pub(crate) const fn has_words(&self) -> bool {
        self.count > 0
    }

    /// Where the last word ends.
    pub(crate) const fn words_end_ms(&self) -> u64 {
        self.end_ms
    }

    /// Takes note of how many words are shown; false if they are no more than before.
    pub(crate) const fn grew(&mut self, words: usize) -> bool {
        let grew = words > self.shown_words;
        self.shown_words = words;
        grew
    }

    /// The words of our own sound.
    pub(crate) fn said_in_words(&self) -> Said {
        Said {
            words: self.words.clone(),
            score_permille: 500 + short(self.quality * 499 / 100 / self.count.max(1)),
        }
    }
}

/// Words with their times, and how sure they are.
pub(crate) struct Said {
    pub(crate) words: Vec<HeardWord>,
    score_permille: u32,
}

impl Said {
    /// Words that share a time equally.
    pub(crate) fn shared(
        words: &[String],
        start_ms: u64,
        end_ms: u64,
        score_permille: u32,
    ) -> Self {
        let count = u64::try_from(words.len()).unwrap_or(1).max(1);
        let length = end_ms.saturating_sub(start_ms);
        let bound = |index: u64| short(start_ms + length * index / count);
        let timed = (0..).zip(words).map(|(index, text)| HeardWord {
            text: text.clone(),
            start_ms: bound(index),
            end_ms: bound(index + 1),
        });
        Self {
            words: timed.collect(),
            score_permille,
        }
    }

    /// The words as a result.
    pub(crate) fn segment(self, phrase: &Phrase, end_ms: u64) -> Segment {
        Segment {
            start_ms: short(phrase.start_ms),
            end_ms: short(end_ms),
            text: text::join(self.words.iter().map(|word| word.text.as_str())),
            words: self.words,
            score_permille: self.score_permille,
        }
    }
}
