//! When marks and words are announced: each before the audio that holds it.

use std::collections::VecDeque;

use crate::speech::Plan;

use super::message::{ServerMessage, Word, WordForm};
use crate::ibm::ssml::Script;

/// The announcements that are still to be made.
#[derive(Debug, Default)]
pub struct Timeline {
    marks: VecDeque<(u64, String)>,
    words: VecDeque<(u64, Word)>,
    form: Option<WordForm>,
}

impl Timeline {
    /// The marks of a planned script, and its words in the given form if they are wanted.
    #[must_use]
    pub fn new(
        script: &Script,
        plan: &Plan,
        words: Option<WordForm>,
        precision: Precision,
    ) -> Self {
        let marks = script.marks.iter().zip(&plan.marks_us);
        let marks = marks.map(|(name, at)| (*at, name.clone())).collect();
        let mut timeline = Self {
            marks,
            words: VecDeque::new(),
            form: words,
        };
        if words.is_none() {
            return timeline;
        }
        for token in &script.tokens {
            let covered = plan.words.get(token.words.clone()).unwrap_or_default();
            let (Some(first), Some(last)) = (covered.first(), covered.last()) else {
                continue;
            };
            let word = Word {
                text: token.text.clone(),
                start: precision.seconds(first.start_us),
                end: precision.seconds(last.end_us),
            };
            timeline.words.push_back((first.start_us, word));
        }
        timeline
    }

    /// What has to be said before the audio up to `until_us` is sent: a message for each mark,
    /// and one for all words that begin in it.
    pub fn before(&mut self, until_us: u64, precision: Precision) -> Vec<ServerMessage> {
        let mut messages = Vec::new();
        while let Some((at, _)) = self.marks.front()
            && *at < until_us
            && let Some((at, name)) = self.marks.pop_front()
        {
            messages.push(ServerMessage::Marks(vec![(name, precision.seconds(at))]));
        }
        let mut words = Vec::new();
        while let Some((start, _)) = self.words.front()
            && *start < until_us
            && let Some((_, word)) = self.words.pop_front()
        {
            words.push(word);
        }
        if let Some(form) = self.form
            && !words.is_empty()
        {
            messages.push(ServerMessage::Words(words, form));
        }
        messages
    }

    /// Everything that has not been said yet.
    pub fn rest(&mut self, precision: Precision) -> Vec<ServerMessage> {
        self.before(u64::MAX, precision)
    }
}

/// How exactly times are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// Three decimals, as since February 2022.
    Millis,
    /// As exactly as they are known.
    Micros,
}

impl Precision {
    /// Microseconds as seconds.
    #[must_use]
    pub fn seconds(self, us: u64) -> f64 {
        let whole = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        match self {
            Self::Millis => whole(us.saturating_add(500) / 1000) / 1000.0,
            Self::Micros => whole(us / 1_000_000) + whole(us % 1_000_000) / 1_000_000.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Precision;

    #[rstest]
    #[case::nought(0, 0.0)]
    #[case::down(157_499, 0.157)]
    #[case::up(157_500, 0.158)]
    #[case::long(83_000_001, 83.0)]
    fn times_have_three_decimals(#[case] us: u64, #[case] seconds: f64) {
        assert!((Precision::Millis.seconds(us) - seconds).abs() < 1e-9);
    }

    #[test]
    fn older_times_are_long() {
        assert!((Precision::Micros.seconds(62_983) - 0.062_983).abs() < 1e-9);
    }
}
