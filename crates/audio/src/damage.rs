//! What happened to the words on their way: an account of their numbers.

/// Something that is wrong with what was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// What is wrong.
    pub kind: DamageKind,
    /// Number of the word concerned within its utterance, from 0.
    pub seq: Option<u32>,
    /// The word concerned, where it was heard.
    pub text: Option<String>,
    /// The word heard or known before it.
    pub after: Option<String>,
    /// The word heard or known after it.
    pub before: Option<String>,
    /// Where in the sound.
    pub at_ms: u64,
}

/// The kinds of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DamageKind {
    /// A word was not heard: its neighbours were.
    Missing,
    /// A word was heard again.
    Doubled,
    /// A word was heard after one that should have followed it.
    Swapped,
    /// The sound, or the next utterance, came before the last word.
    Truncated,
    /// The samples are cut from the bytes one byte off.
    OddByteShift,
    /// The samples are played at another rate than they were made for.
    WrongRate {
        /// The rate at which words can be heard.
        likely_hz: u32,
    },
    /// The bytes of the samples are in the other order.
    Endianness,
    /// The loudest samples are cut off.
    Clipped,
}

impl DamageKind {
    /// The kind as reports spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Doubled => "doubled",
            Self::Swapped => "swapped",
            Self::Truncated => "truncated",
            Self::OddByteShift => "odd-byte-shift",
            Self::WrongRate { .. } => "wrong-rate",
            Self::Endianness => "endianness",
            Self::Clipped => "clipped",
        }
    }
}

impl Damage {
    pub(crate) const fn at(kind: DamageKind, at_ms: u64) -> Self {
        Self {
            kind,
            seq: None,
            text: None,
            after: None,
            before: None,
            at_ms,
        }
    }
}

/// A packet as the account sees it.
#[derive(Debug, Clone)]
pub(crate) struct Entry<'a> {
    /// Its number modulo 256.
    pub(crate) seq: u8,
    pub(crate) is_last: bool,
    pub(crate) text: &'a str,
    pub(crate) start_ms: u64,
    pub(crate) end_ms: u64,
}

/// Keeps account of the packets in the order in which they were heard.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// Packets of the utterance so far, by number.
    heard: Vec<(u32, String)>,
    /// The number after the highest so far.
    next: u32,
    /// The last packet of the utterance was heard.
    is_ended: bool,
    missing: Vec<Damage>,
    damage: Vec<Damage>,
    /// How many of the last words were doubled.
    again: usize,
    end_ms: u64,
    utterances: u64,
    /// An utterance before this one lacks words.
    has_gaps: bool,
}

impl Account {
    /// Enters a packet and returns its number.
    pub(crate) fn enter(&mut self, entry: &Entry<'_>) -> u32 {
        let seq = match self.place(entry) {
            Place::Next(seq) => {
                self.note_missing(seq, entry);
                self.next = seq + 1;
                seq
            }
            Place::Late(seq) => {
                self.missing.retain(|missing| missing.seq != Some(seq));
                self.note(DamageKind::Swapped, seq, entry);
                seq
            }
            Place::Again(seq) => {
                self.note(DamageKind::Doubled, seq, entry);
                self.again += 1;
                self.end_ms = entry.end_ms;
                return seq;
            }
            Place::NewUtterance => {
                let seq = u32::from(entry.seq);
                self.start_utterance(seq);
                self.note_missing(seq, entry);
                self.next = seq + 1;
                self.utterances += 1;
                seq
            }
        };
        self.again = 0;
        self.is_ended |= entry.is_last;
        self.heard.push((seq, entry.text.to_owned()));
        self.end_ms = entry.end_ms;
        seq
    }

    /// Everything wrong so far, in the order of the sound.
    pub(crate) fn damage(&self) -> Vec<Damage> {
        let mut all = self.damage_so_far();
        all.extend(self.truncation());
        all.sort_by_key(|damage| damage.at_ms);
        all
    }

    /// The same, while more may come.
    pub(crate) fn damage_so_far(&self) -> Vec<Damage> {
        self.damage.iter().chain(&self.missing).cloned().collect()
    }

    /// True if words were heard, and of every utterance all of them.
    pub(crate) fn is_complete(&self) -> bool {
        self.is_ended && self.missing.is_empty() && !self.has_gaps
    }

    fn place(&self, entry: &Entry<'_>) -> Place {
        if self.utterances == 0 {
            return Place::NewUtterance;
        }
        // The number nearest to the expected one.
        let [expected, ..] = self.next.to_le_bytes();
        let ahead = entry.seq.wrapping_sub(expected).cast_signed();
        let near = self.next.checked_add_signed(ahead.into());
        match near {
            Some(seq) if seq < self.next && self.missing.iter().any(|m| m.seq == Some(seq)) => {
                Place::Late(seq)
            }
            Some(seq) if self.is_ended && (entry.seq == 0 || seq >= self.next) => {
                Place::NewUtterance
            }
            Some(seq) if seq >= self.next => Place::Next(seq),
            Some(seq) if self.text(seq) == Some(entry.text) => Place::Again(seq),
            Some(_) | None => Place::NewUtterance,
        }
    }

    fn text(&self, seq: u32) -> Option<&str> {
        self.heard
            .iter()
            .rev()
            .find(|(heard, _)| *heard == seq)
            .map(|(_, text)| text.as_str())
    }

    fn note_missing(&mut self, seq: u32, entry: &Entry<'_>) {
        let expected = self.next;
        let after = expected
            .checked_sub(1)
            .and_then(|seq| self.text(seq))
            .map(str::to_owned);
        for seq in expected..seq {
            self.missing.push(Damage {
                kind: DamageKind::Missing,
                seq: Some(seq),
                text: None,
                after: after.clone(),
                before: Some(entry.text.to_owned()),
                at_ms: entry.start_ms,
            });
        }
    }

    fn note(&mut self, kind: DamageKind, seq: u32, entry: &Entry<'_>) {
        self.damage.push(Damage {
            kind,
            seq: Some(seq),
            text: Some(entry.text.to_owned()),
            after: self.heard.last().map(|(_, text)| text.clone()),
            before: self.text(seq + 1).map(str::to_owned),
            at_ms: entry.start_ms,
        });
    }

    fn truncation(&self) -> Option<Damage> {
        let is_open = self.utterances > 0 && !self.is_ended;
        is_open.then(|| Damage {
            seq: Some(self.next),
            after: self.text(self.next.wrapping_sub(1)).map(str::to_owned),
            ..Damage::at(DamageKind::Truncated, self.end_ms)
        })
    }

    /// Words that seemed to be doubled were the start of this utterance, if they lead up to
    /// the word that shows that it is another one.
    fn start_utterance(&mut self, seq: u32) {
        let doubled = self.damage.split_off(self.damage.len() - self.again);
        let numbers = doubled.iter().filter_map(|damage| damage.seq);
        if numbers.eq(0..seq) {
            self.end_ms = doubled.first().map_or(self.end_ms, |damage| damage.at_ms);
            self.end_utterance();
            self.heard = doubled
                .into_iter()
                .filter_map(|damage| damage.seq.zip(damage.text))
                .collect();
            self.next = seq;
        } else {
            self.damage.extend(doubled);
            self.end_utterance();
        }
    }

    fn end_utterance(&mut self) {
        let truncation = self.truncation();
        self.has_gaps |= truncation.is_some() || !self.missing.is_empty();
        self.damage.append(&mut self.missing);
        self.damage.extend(truncation);
        self.heard.clear();
        self.next = 0;
        self.is_ended = false;
    }
}

enum Place {
    /// The next one, or one after a gap.
    Next(u32),
    /// One that was missing until now.
    Late(u32),
    Again(u32),
    NewUtterance,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Enters words written as `number text`, `!` for a last one, and tells kinds and numbers.
    fn account(words: &str) -> (Vec<String>, bool) {
        let mut account = Account::default();
        for (n, word) in (0..).zip(words.split_whitespace()) {
            let text = word.trim_start_matches(|c: char| c.is_ascii_digit());
            let number: u32 = word[..word.len() - text.len()].parse().unwrap();
            let [seq, ..] = number.to_le_bytes();
            let is_last = text.ends_with('!');
            let found = account.enter(&Entry {
                seq,
                is_last,
                text,
                start_ms: n * 500,
                end_ms: n * 500 + 400,
            });
            assert_eq!(found, number, "{word}");
        }
        let damage = account
            .damage()
            .into_iter()
            .map(|damage| format!("{} {}", damage.kind.name(), damage.seq.unwrap()));
        (damage.collect(), account.is_complete())
    }

    #[rstest]
    #[case::plain("0a 1b 2c!", &[], true)]
    #[case::single("0a!", &[], true)]
    #[case::single_words_again("0a! 0a! 0a!", &[], true)]
    #[case::nothing("", &[], false)]
    #[case::other_text_after_an_abort("0a 1b 0x 1y 2z!", &["truncated 2"], false)]
    #[case::same_start_after_an_abort("0the 1cat 0the 1dog 2ran!", &["truncated 2"], false)]
    #[case::chunk_sent_twice("0a 1b 2c 1b 2c 3d!", &["doubled 1", "doubled 2"], true)]
    #[case::gap_at_the_end_of_one_and_start_of_the_next("0a 1b 3d! 1f 2g!", &["missing 2", "missing 0"], false)]
    #[case::only_the_last("2c!", &["missing 0", "missing 1"], false)]
    #[case::late_after_the_last("0a 1b 3d! 2c", &["swapped 2"], true)]
    #[case::two_late("0a 3d 1b 2c 4e!", &["swapped 1", "swapped 2"], true)]
    fn tells(#[case] words: &str, #[case] expected: &[&str], #[case] complete: bool) {
        assert_eq!(
            account(words),
            (
                expected.iter().map(|line| (*line).to_owned()).collect(),
                complete
            )
        );
    }
}
