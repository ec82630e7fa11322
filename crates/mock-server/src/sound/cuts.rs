//! Where the audio of one speech is cut into chunks.

use wire::id::Ids;

use super::SessionSound;

/// The lengths of the chunks, one after the other, and whether cuts are odd.
pub(crate) struct Cuts {
    samples: u64,
    jitter_percent: u64,
    ids: Ids,
    is_odd: bool,
    /// Bytes so far.
    bytes: u64,
}

impl Cuts {
    /// Chunks of so many samples, unless more is chosen.
    pub(crate) fn new(samples: u64, sound: SessionSound<'_>) -> Self {
        Self {
            samples,
            jitter_percent: u64::from(sound.options.chunk_jitter_percent.min(90)),
            // The session draws its ids from the same seed: other numbers are wanted here.
            ids: Ids::new(sound.seed ^ JITTER),
            is_odd: sound.options.odd_cuts,
            bytes: 0,
        }
    }

    /// The number of samples of the next chunk.
    pub(crate) fn next_samples(&mut self) -> u64 {
        let most = self.samples.saturating_mul(self.jitter_percent) / 100;
        // A chunk that holds everything stays whole.
        if most == 0 || self.samples == u64::MAX {
            return self.samples;
        }
        let drawn = self.ids.bits() % (2 * most + 1);
        (self.samples - most + drawn).max(1)
    }

    /// Takes the bytes of a chunk out of `pending`; a byte may stay for the next one.
    pub(crate) fn take(&mut self, pending: &mut Vec<u8>, is_last: bool) -> Vec<u8> {
        let mut chunk = std::mem::take(pending);
        let is_even = (self.bytes + chunk.len() as u64).is_multiple_of(2);
        if self.is_odd && !is_last && is_even && chunk.len() > 1 {
            pending.extend(chunk.pop());
        }
        self.bytes += chunk.len() as u64;
        chunk
    }
}

const JITTER: u64 = 0x6a69_7474_6572;
