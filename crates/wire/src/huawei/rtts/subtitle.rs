//! Timestamps: from what was spoken and when, to the entries of `RESULT`.

use std::collections::VecDeque;

use super::message::Subtitle;
use super::response::{Entry, Phoneme};
use crate::speech::{Interval, Plan, Unit, is_ideograph};

/// The entries of one sentence, and when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sentence {
    /// In microseconds of the whole audio.
    pub(super) start_us: u64,
    /// Never empty.
    pub(super) entries: Vec<Entry>,
}

/// The sentences of a speech with the times of their words, in order.
pub(super) fn sentences(units: &[Unit], plan: &Plan, level: Subtitle) -> VecDeque<Sentence> {
    let mut sentences = VecDeque::new();
    let mut open: Option<Sentence> = None;
    let mut times = plan.words.iter();
    for unit in units {
        match unit {
            Unit::Word { text, .. } => {
                let Some(time) = times.next() else { break };
                let sentence = open.get_or_insert_with(|| Sentence {
                    start_us: time.start_us,
                    entries: Vec::new(),
                });
                let index = count(sentence.entries.len());
                sentence.entries.push(entry(text, index, *time, level));
            }
            Unit::SentenceEnd => sentences.extend(open.take()),
            Unit::Pause { .. } | Unit::Mark(_) => {}
        }
    }
    sentences.extend(open);
    sentences
}

fn entry(text: &str, word_index: u64, time: Interval, level: Subtitle) -> Entry {
    let phonemes = match level {
        Subtitle::Word => Vec::new(),
        Subtitle::Phoneme => phonemes(text, time),
    };
    // The punctuation of a Chinese character is no part of its entry, that of a word is.
    let ideograph = text.chars().find(|character| is_ideograph(*character));
    Entry {
        start_ms: millis(time.start_us),
        end_ms: millis(time.end_us),
        text: ideograph.map_or_else(|| text.to_owned(), String::from),
        word_index,
        phonemes,
    }
}

/// The letters of a word, in equal shares of its time.
fn phonemes(text: &str, time: Interval) -> Vec<Phoneme> {
    let letters: Vec<String> = text
        .chars()
        .filter(|character| character.is_alphanumeric())
        .map(|character| character.to_lowercase().collect())
        .collect();
    let shares = count(letters.len()).max(1);
    let length = time.end_us.saturating_sub(time.start_us);
    let at = |index: u64| millis(time.start_us + length * index / shares);
    (0_u64..)
        .zip(letters)
        .map(|(index, phoneme)| Phoneme {
            phoneme,
            start_ms: at(index),
            end_ms: at(index + 1),
            index,
        })
        .collect()
}

const fn millis(us: u64) -> u64 {
    us / 1000
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
