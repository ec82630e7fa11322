//! Samples that were cut off at the top.

use crate::damage::{Damage, DamageKind};
use crate::timeline::milliseconds;

/// Looks for samples that stay at the top.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clipping {
    samples: u64,
    last: i16,
    run: u32,
    plateaus: u32,
    first: Option<u64>,
}

impl Clipping {
    pub(crate) fn push(&mut self, pcm: &[i16]) {
        for sample in pcm {
            let magnitude = sample.unsigned_abs();
            let is_top = magnitude >= CODED_TOP;
            self.run = if is_top && *sample == self.last {
                self.run + 1
            } else {
                0
            };
            let plateau = if magnitude >= TOP { 2 } else { 3 };
            if self.run + 1 == plateau {
                self.plateaus += 1;
                self.first.get_or_insert(self.samples);
            }
            self.last = *sample;
            self.samples += 1;
        }
    }

    pub(crate) fn damage(&self, rate_hz: u32) -> Option<Damage> {
        let first = self.first.filter(|_| self.plateaus >= MIN_PLATEAUS)?;
        Some(Damage::at(
            DamageKind::Clipped,
            milliseconds(first, rate_hz),
        ))
    }
}

/// Two equal samples in a row up here are no tone.
const TOP: u16 = 32_767;
/// The highest values of µ-law and A-law, where it takes three.
const CODED_TOP: u16 = 32_124;
/// As many of them are no accident.
const MIN_PLATEAUS: u32 = 4;
