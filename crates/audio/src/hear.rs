//! The text that our own sound carries, and what happened to it on its way.
//!
//! ```text
//! i16 at any rate ─→ 8000 Hz ─→ packets ─→ words with times, and an account of their numbers
//!        └─→ nothing read for a while? the same samples with bytes swapped, shifted, or at
//!            another rate ─→ damage with a name
//! ```
//!
//! | path | words of 200 and more in five scripts |
//! |---|---|
//! | none; every resampling among 8, 16, 22.05, 24, 44.1 and 48 kHz | all |
//! | µ-law and A-law at 8 kHz | all |
//! | MP3 at 32 and 64 kbit/s | all |
//! | Opus at 24 kbit/s, and at 16 kbit/s in frames of 60 ms, `voip` and `audio` | all |
//! | gain × 0.05, and × 3 with clipping | all |
//! | white noise 20, 10 and 3 dB below the mean power | all |
//! | Opus at 12 kbit/s from 16 kHz; a clock off by 0.2 % | 95 % and more |
//! | a hole of 20 ms | all but those that it hits, which are named |
//! | ten minutes of noise, chords and silence | none is heard |
//!
//! `tests/survival_table.rs` asserts the table, `scripts/survival` with codecs that are not
//! ours. Outside the promise are Opus below 24 kbit/s from 8 kHz input and below 12 kbit/s
//! from any, other speech codecs, time-stretching, and echo cancellers: `docs/audio.md` has
//! figures.

use crate::clipping::Clipping;
use crate::damage::{Account, Entry};
use crate::ear::Ear;
use crate::receive::{RATE_HZ, Received};
use crate::timeline;
use crate::unread::Unread;

pub use crate::damage::{Damage, DamageKind};

/// A word that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardWord {
    /// The word, punctuation included.
    pub text: String,
    /// Its number within its utterance, from 0. A word of more than 31 bytes takes several
    /// numbers, and has the first.
    pub seq: u32,
    /// Start of its sound.
    pub start_ms: u64,
    /// End of its sound.
    pub end_ms: u64,
    /// How clearly it was heard, from 0 to 100.
    pub quality: u8,
    /// True for the last word of its utterance.
    pub is_last: bool,
}

/// All that was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The words, in the order of the sound.
    pub words: Vec<HeardWord>,
    /// What was wrong, in the order of the sound.
    pub damage: Vec<Damage>,
    /// True if words were heard, and of every utterance all of them.
    pub complete: bool,
}

/// Listener of one stream. However the samples are cut, it hears the same.
///
/// ```
/// use audio::hear::Hearer;
/// use audio::{Signal, Synthesis, Utterance};
///
/// let mut synthesis = Synthesis::new(&Utterance::of_text("Hello, world!", "amy"), 16_000, Signal::Words);
/// let mut hearer = Hearer::new(16_000);
/// let mut chunk = [0; 1600];
/// while synthesis.read(&mut chunk) > 0 {
///     hearer.push(&chunk);
/// }
/// let heard = hearer.finish();
/// assert_eq!(heard.words[1].text, "world!");
/// assert!(heard.complete && heard.damage.is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Hearer {
    rate_hz: u32,
    ear: Ear,
    words: Vec<HeardWord>,
    /// Packets of a word that goes on.
    started: Option<Started>,
    account: Account,
    clipping: Clipping,
    unread: Unread,
}

#[derive(Debug, Clone)]
struct Started {
    text: String,
    seq: u32,
    next: u32,
    start: u64,
    end: u64,
    quality: u8,
}

impl Hearer {
    /// A listener for samples that are said to have this rate.
    #[must_use]
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            ear: Ear::new(rate_hz),
            words: Vec::new(),
            started: None,
            account: Account::default(),
            clipping: Clipping::default(),
            unread: Unread::default(),
        }
    }

    /// Takes samples. The words that end in them are in [`Hearer::words`] afterwards.
    pub fn push(&mut self, pcm: &[i16]) {
        // What was not read is looked at in blocks that lie where they lie in the stream.
        let mut rest = pcm;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(self.unread.room(self.rate_hz).min(rest.len()));
            rest = later;
            self.clipping.push(now);
            let received = self.ear.push(now);
            self.unread.push(now);
            self.take(received);
            self.unread.look(self.rate_hz);
        }
    }

    /// The words so far.
    #[must_use]
    pub fn words(&self) -> &[HeardWord] {
        &self.words
    }

    /// True once anything of a word was read.
    #[must_use]
    pub fn has_read(&self) -> bool {
        !self.words.is_empty() || self.started.is_some()
    }

    /// What was wrong so far, as far as it does not depend on what follows.
    #[must_use]
    pub fn damage(&self) -> Vec<Damage> {
        let mut damage = self.account.damage_so_far();
        damage.extend(self.unread.damage.iter().cloned());
        damage.sort_by_key(|damage| damage.at_ms);
        damage
    }

    /// Ends the stream and tells all that was heard.
    #[must_use]
    pub fn finish(mut self) -> Heard {
        let received = self.ear.finish();
        self.take(received);
        self.end_word();
        self.unread.finish(self.rate_hz);
        let mut damage = self.account.damage();
        damage.append(&mut self.unread.damage);
        damage.extend(self.clipping.damage(self.rate_hz));
        damage.sort_by_key(|damage| damage.at_ms);
        Heard {
            complete: self.account.is_complete(),
            words: self.words,
            damage,
        }
    }

    fn take(&mut self, received: Vec<Received>) {
        for received in received {
            let read = received.end * u64::from(self.rate_hz) / u64::from(RATE_HZ);
            self.unread.forget(read);
            self.take_packet(received);
        }
    }

    fn take_packet(&mut self, received: Received) {
        let Received {
            packet,
            start,
            end,
            quality,
        } = received;
        let seq = self.account.enter(&Entry {
            seq: packet.seq,
            is_last: packet.is_last,
            text: &packet.text,
            start_ms: milliseconds(start),
            end_ms: milliseconds(end),
        });
        if self
            .started
            .as_ref()
            .is_some_and(|started| started.next != seq)
        {
            self.end_word();
        }
        let started = self.started.get_or_insert_with(|| Started {
            text: String::new(),
            seq,
            next: seq,
            start,
            end,
            quality,
        });
        started.text.push_str(&packet.text);
        started.next = seq + 1;
        started.end = end;
        started.quality = started.quality.min(quality);
        if !packet.has_more {
            self.end_word();
            if let Some(word) = self.words.last_mut() {
                word.is_last = packet.is_last;
            }
        }
    }

    fn end_word(&mut self) {
        self.words
            .extend(self.started.take().map(|started| HeardWord {
                text: started.text,
                seq: started.seq,
                start_ms: milliseconds(started.start),
                end_ms: milliseconds(started.end),
                quality: started.quality,
                is_last: false,
            }));
    }
}

/// Hears the words of a whole buffer.
#[must_use]
pub fn hear(pcm: &[i16], rate_hz: u32) -> Heard {
    let mut hearer = Hearer::new(rate_hz);
    hearer.push(pcm);
    hearer.finish()
}

fn milliseconds(samples: u64) -> u64 {
    timeline::milliseconds(samples, RATE_HZ)
}
