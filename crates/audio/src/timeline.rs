//! The one sample counter that word times, marks and the length of the audio come from.
//!
//! Instants are summed in microseconds and turned into samples once, rounding down, so that
//! a long text does not drift and the same utterance has the same times at every rate.

use crate::speech::{Unit, Utterance, sound_ms};

/// Where everything in an utterance is, in samples at `rate_hz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// Samples per second.
    pub rate_hz: u32,
    /// One per [`Unit::Word`], in order: the whole sound of the word, none of the silence.
    pub words: Vec<Span>,
    /// One per [`Unit::Mark`], in order.
    pub marks: Vec<u64>,
    /// Length of the audio.
    pub total_samples: u64,
}

/// A stretch of samples, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First sample.
    pub start: u64,
    /// First sample after it.
    pub end: u64,
}

impl Timeline {
    /// Lays an utterance out. The signal has no part in it: every signal of one utterance
    /// has the same timeline.
    #[must_use]
    pub fn new(utterance: &Utterance, rate_hz: u32) -> Self {
        let mut timeline = Self {
            rate_hz,
            words: Vec::new(),
            marks: Vec::new(),
            total_samples: 0,
        };
        let mut at_us = 0;
        let mut owed_us = 0;
        for unit in &utterance.units {
            match unit {
                Unit::Word {
                    text,
                    speed_permille,
                } => {
                    at_us += std::mem::take(&mut owed_us);
                    at_us += utterance.word_us(text, *speed_permille);
                    timeline.words.push(Span {
                        start: samples(at_us - sound_ms(text) * 1000, rate_hz),
                        end: samples(at_us, rate_hz),
                    });
                }
                Unit::Pause { ms } => at_us += u64::from(*ms) * 1000,
                Unit::Mark => timeline.marks.push(samples(at_us, rate_hz)),
                Unit::SentenceEnd => owed_us = utterance.sentence_us(),
            }
        }
        at_us += u64::from(utterance.trailing_silence_ms) * 1000;
        timeline.total_samples = samples(at_us, rate_hz);
        timeline
    }

    /// Length of the audio in milliseconds, rounded to the nearest.
    #[must_use]
    pub fn total_ms(&self) -> u64 {
        milliseconds(self.total_samples, self.rate_hz)
    }
}

impl Span {
    /// Start in milliseconds, rounded to the nearest.
    #[must_use]
    pub fn start_ms(self, rate_hz: u32) -> u64 {
        milliseconds(self.start, rate_hz)
    }

    /// End in milliseconds, rounded to the nearest.
    #[must_use]
    pub fn end_ms(self, rate_hz: u32) -> u64 {
        milliseconds(self.end, rate_hz)
    }

    /// Number of samples.
    #[must_use]
    pub fn len(self) -> u64 {
        self.end - self.start
    }

    /// True for a span without samples.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A number of samples in milliseconds, rounded to the nearest.
#[must_use]
pub fn milliseconds(samples: u64, rate_hz: u32) -> u64 {
    let rate = u128::from(rate_hz.max(1));
    u64::try_from((u128::from(samples) * 1000 + rate / 2) / rate).unwrap_or(u64::MAX)
}

fn samples(at_us: u64, rate_hz: u32) -> u64 {
    u64::try_from(u128::from(at_us) * u128::from(rate_hz) / 1_000_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn utterance(units: Vec<Unit>) -> Utterance {
        Utterance::new(units, "v")
    }

    #[rstest]
    #[case::two_words(vec![Unit::word("one"), Unit::word("two")], 1000)]
    #[case::four_characters(vec![Unit::word("你"), Unit::word("好"), Unit::word("世"), Unit::word("界")], 1500)]
    #[case::pause_counts(vec![Unit::word("one"), Unit::Pause { ms: 300 }], 800)]
    #[case::sentence_between(vec![Unit::word("one."), Unit::SentenceEnd, Unit::word("two")], 1250)]
    #[case::sentence_at_the_end_is_free(vec![Unit::word("one."), Unit::SentenceEnd], 500)]
    #[case::marks_take_no_time(vec![Unit::Mark, Unit::word("one"), Unit::Mark], 500)]
    #[case::nothing_said(vec![], 0)]
    fn lasts(#[case] units: Vec<Unit>, #[case] expected_ms: u64) {
        for rate_hz in [8000, 22_050, 192_000] {
            assert_eq!(
                Timeline::new(&utterance(units.clone()), rate_hz).total_ms(),
                expected_ms
            );
        }
    }

    #[test]
    fn words_end_where_the_next_silence_begins() {
        let mut said = utterance(vec![Unit::word("one"), Unit::Mark, Unit::word("two")]);
        said.trailing_silence_ms = 100;
        let timeline = Timeline::new(&said, 8000);
        assert_eq!(
            timeline.words,
            [
                Span {
                    start: 2560,
                    end: 4000
                },
                Span {
                    start: 6560,
                    end: 8000
                }
            ]
        );
        assert_eq!(timeline.marks, [4000]);
        assert_eq!(timeline.total_samples, 8800);
    }

    #[test]
    fn a_thousand_longest_pauses_are_survived() {
        let said = utterance(vec![Unit::Pause { ms: u32::MAX }; 1000]);
        assert_eq!(
            Timeline::new(&said, 192_000).total_ms(),
            1000 * u64::from(u32::MAX)
        );
    }

    #[test]
    fn times_do_not_drift_over_ten_thousand_words() {
        let said = utterance(vec![Unit::word("word"); 10_000]);
        for rate_hz in [11_025, 16_000, 44_100] {
            let timeline = Timeline::new(&said, rate_hz);
            assert_eq!(timeline.total_samples, 5000 * u64::from(rate_hz));
            for (n, span) in (1u64..).zip(&timeline.words) {
                assert_eq!(span.end_ms(rate_hz), n * 500);
            }
        }
    }
}
