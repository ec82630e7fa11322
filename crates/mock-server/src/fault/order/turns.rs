//! Requests, starts and results that are too many, too few or too late.

use wire::dialect::Part;
use wire::hearing::{HeardEvent, Segment};

use crate::fault::behaviour::{Behaviour, CloseBody, Hand, Outgoing};

/// So many requests on one connection, and no more.
pub(super) struct Limit {
    most: u64,
    seen: u64,
}

impl Limit {
    /// Answers so many.
    pub(super) const fn new(most: u64) -> Self {
        Self { most, seen: 0 }
    }
}

/// The close code of a request that is one too many.
const POLICY: u16 = 1008;

impl Behaviour for Limit {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn received(&mut self, part: Part, hand: &mut Hand<'_>) {
        if part != Part::Request {
            return;
        }
        self.seen += 1;
        if self.seen == self.most + 1 {
            hand.close(CloseBody::new(POLICY, "too many contexts"));
        }
    }
}

/// Everything but the start.
pub(super) struct WithoutStart;

impl Behaviour for WithoutStart {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if message.part != Part::Start {
            return vec![message];
        }
        hand.fire();
        Vec::new()
    }
}

/// The first result once more.
#[derive(Default)]
pub(super) struct Stale {
    is_done: bool,
}

impl Behaviour for Stale {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        if let Some(stale) = hand.past.first_result.clone() {
            self.is_done = true;
            hand.send(stale);
        }
    }

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        let stale = hand.past.first_result.clone();
        let Some(stale) = stale.filter(|_| !self.is_done) else {
            return vec![message];
        };
        self.is_done = true;
        hand.fire();
        vec![stale, message]
    }
}

/// Two final results in place of one.
pub(super) struct ManyFinals;

impl Behaviour for ManyFinals {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn heard(&mut self, event: HeardEvent, hand: &mut Hand<'_>) -> Vec<HeardEvent> {
        let HeardEvent::Final(segment) = &event else {
            return vec![event];
        };
        let Some(halves) = halves(segment) else {
            return vec![event];
        };
        hand.fire();
        halves.map(HeardEvent::Final).into()
    }
}

/// A segment of two words or more as two.
fn halves(segment: &Segment) -> Option<[Segment; 2]> {
    let (front, back) = segment.words.split_at(segment.words.len() / 2);
    let (last, first) = (front.last()?, back.first()?);
    // Where the second half begins in the text: behind the words of the first.
    let mut cut = 0;
    for word in front {
        let rest = segment.text.get(cut..)?;
        cut += rest.find(&word.text)? + word.text.len();
    }
    cut += segment.text.get(cut..)?.find(&first.text)?;
    let (text, further) = segment.text.split_at_checked(cut)?;
    Some([
        Segment {
            end_ms: last.end_ms,
            text: text.trim_end().to_owned(),
            words: front.to_vec(),
            ..*segment
        },
        Segment {
            start_ms: first.start_ms,
            text: further.to_owned(),
            words: back.to_vec(),
            ..*segment
        },
    ])
}

#[cfg(test)]
mod tests {
    use wire::hearing::HeardWord;

    use super::*;

    fn segment(text: &str, words: &[&str]) -> Segment {
        let words = (0..).zip(words).map(|(n, text)| HeardWord {
            text: (*text).to_owned(),
            start_ms: n * 100,
            end_ms: n * 100 + 80,
        });
        Segment {
            start_ms: 0,
            end_ms: 1000,
            text: text.to_owned(),
            words: words.collect(),
            score_permille: 900,
        }
    }

    #[test]
    fn halves_share_words_text_and_time() {
        let [front, back] = halves(&segment("one, two three.", &["one", "two", "three"])).unwrap();
        assert_eq!(
            (front.text.as_str(), front.start_ms, front.end_ms),
            ("one,", 0, 80)
        );
        assert_eq!(
            (back.text.as_str(), back.start_ms, back.end_ms),
            ("two three.", 100, 1000)
        );
        assert_eq!((front.words.len(), back.words.len()), (1, 2));
    }

    #[test]
    fn ideographs_are_cut_between_two() {
        let [front, back] = halves(&segment("你好。", &["你", "好"])).unwrap();
        assert_eq!((front.text.as_str(), back.text.as_str()), ("你", "好。"));
    }

    #[test]
    fn one_word_stays_one() {
        assert_eq!(halves(&segment("one", &["one"])), None);
    }
}
