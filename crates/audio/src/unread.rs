//! Sound in which nothing was read, looked at in other ways.

use crate::damage::{Damage, DamageKind};
use crate::ear::Ear;
use crate::timeline::milliseconds;

/// Samples since the last packet, looked at in other ways when there are many of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unread {
    samples: Vec<i16>,
    start: u64,
    /// Blocks with sound that nothing was read from, since the last packet.
    blocks: u32,
    pub(crate) damage: Vec<Damage>,
}

impl Unread {
    pub(crate) fn room(&self, rate_hz: u32) -> usize {
        block_samples(rate_hz) - self.samples.len()
    }

    pub(crate) fn push(&mut self, pcm: &[i16]) {
        self.samples.extend_from_slice(pcm);
    }

    /// A packet was read: what came before its end is explained.
    pub(crate) fn forget(&mut self, end: u64) {
        let read = usize::try_from(end.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let read = read.min(self.samples.len());
        self.samples.drain(..read);
        self.start += read as u64;
        self.blocks = 0;
    }

    pub(crate) fn look(&mut self, rate_hz: u32) {
        if self.samples.len() < block_samples(rate_hz) {
            return;
        }
        if is_loud(&self.samples) {
            self.blocks += 1;
            // Less and less often: sound that is not ours must not cost much.
            if self.blocks.is_power_of_two() {
                self.explain(rate_hz);
            }
        }
        self.start += self.samples.len() as u64;
        self.samples.clear();
    }

    pub(crate) fn finish(&mut self, rate_hz: u32) {
        if is_loud(&self.samples) {
            self.explain(rate_hz);
        }
    }

    fn explain(&mut self, rate_hz: u32) {
        let Some(kind) = explanation(&self.samples, rate_hz) else {
            return;
        };
        if self.damage.iter().all(|damage| damage.kind != kind) {
            let at_ms = milliseconds(self.start, rate_hz);
            self.damage.push(Damage::at(kind, at_ms));
        }
    }
}

/// The way of reading samples in which packets are found.
fn explanation(samples: &[i16], rate_hz: u32) -> Option<DamageKind> {
    let swapped: Vec<i16> = samples.iter().map(|sample| sample.swap_bytes()).collect();
    if has_packets(&swapped, rate_hz) {
        // One byte off reads alike, but for the lower byte of every sample, which is noise
        // in one of the two readings.
        let bytes: Vec<u8> = samples
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .skip(1)
            .collect();
        let shifted: Vec<i16> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|pair| i16::from_le_bytes(*pair))
            .collect();
        let is_shift = roughness(&shifted) < roughness(&swapped);
        return Some(if is_shift {
            DamageKind::OddByteShift
        } else {
            DamageKind::Endianness
        });
    }
    let other_rates = LIKELY_RATES_HZ
        .into_iter()
        .filter(|likely_hz| *likely_hz != rate_hz);
    let mut likely = other_rates.filter(|likely_hz| has_packets(samples, *likely_hz));
    likely
        .next()
        .map(|likely_hz| DamageKind::WrongRate { likely_hz })
}

fn has_packets(samples: &[i16], rate_hz: u32) -> bool {
    let mut ear = Ear::new(rate_hz);
    !ear.push(samples).is_empty() || !ear.finish().is_empty()
}

/// Mean size of the second differences.
fn roughness(samples: &[i16]) -> u64 {
    let differences = samples.windows(3).map(|window| match window {
        [a, b, c] => (i32::from(*a) - 2 * i32::from(*b) + i32::from(*c)).unsigned_abs(),
        _ => 0,
    });
    differences.map(u64::from).sum::<u64>() * 16 / samples.len().max(1) as u64
}

/// A tenth of the samples reach −50 dB.
fn is_loud(samples: &[i16]) -> bool {
    let loud = samples
        .iter()
        .filter(|sample| sample.unsigned_abs() >= 100)
        .count();
    loud > 800 && loud * 10 > samples.len()
}

/// Longest stretch of samples that is kept to be looked at again.
fn block_samples(rate_hz: u32) -> usize {
    usize::try_from(rate_hz).unwrap_or_default().max(1000) * 4
}

const LIKELY_RATES_HZ: [u32; 9] = [
    16_000, 8000, 24_000, 48_000, 44_100, 22_050, 32_000, 11_025, 12_000,
];
