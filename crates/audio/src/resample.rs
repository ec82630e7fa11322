//! One rate to another, streaming and in integers.
//!
//! Each output sample is a windowed sinc over the input, cut off below half of the lower
//! rate. The kernel is tabulated at 64 offsets between two input samples.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::sine::sine;

/// Resampler of one stream. Sample `n` that comes out belongs to the same instant as sample
/// `n · input rate / output rate` that went in.
#[derive(Debug, Clone)]
pub struct Resampler {
    input_hz: u64,
    output_hz: u64,
    /// Input samples on either side of the instant of an output sample.
    reach: usize,
    /// `OFFSETS` rows of `2 · reach` weights that sum to 2¹⁴.
    kernel: Arc<[i16]>,
    /// Input from `start` on.
    input: Vec<i16>,
    /// Index of the first sample in `input`; `reach` zeros come before the stream.
    start: u64,
    /// Index of the next output sample.
    next: u64,
}

impl Resampler {
    /// A resampler at the start of a stream.
    #[must_use]
    pub fn new(input_hz: u32, output_hz: u32) -> Self {
        let (input_hz, output_hz) = (input_hz.max(1000), output_hz.max(1));
        let reach = LOBES * input_hz.max(output_hz).div_ceil(output_hz);
        let reach = usize::try_from(reach).unwrap_or_default();
        Self {
            input_hz: input_hz.into(),
            output_hz: output_hz.into(),
            reach,
            kernel: shared_kernel(input_hz, output_hz, reach),
            input: vec![0; reach],
            start: 0,
            next: 0,
        }
    }

    /// Takes input and appends the output that it completes.
    pub fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        self.input.extend_from_slice(pcm);
        let row_length = 2 * self.reach;
        loop {
            let position = self.next * self.input_hz;
            let (index, fraction) = (position / self.output_hz, position % self.output_hz);
            let offset = usize::try_from(fraction * OFFSETS / self.output_hz).unwrap_or_default();
            // The sample at `index` is `reach` further on in the padded input; the row
            // begins `reach − 1` before it.
            let from = usize::try_from(index - self.start)
                .unwrap_or(usize::MAX)
                .saturating_add(1);
            let Some(window) = self.input.get(from..from.saturating_add(row_length)) else {
                break;
            };
            let row = self
                .kernel
                .get(offset * row_length..(offset + 1) * row_length);
            let sum = dot(window, row.unwrap_or_default());
            let rounded = (sum + (1 << 13)) >> 14;
            out.push(i16::try_from(rounded).unwrap_or(if rounded < 0 {
                i16::MIN
            } else {
                i16::MAX
            }));
            self.next += 1;
        }
        let needed_from = self.next * self.input_hz / self.output_hz;
        let spent = usize::try_from(needed_from - self.start)
            .unwrap_or(usize::MAX)
            .min(self.input.len());
        self.input.drain(..spent);
        self.start += spent as u64;
    }

    /// Ends the stream: the last samples come out as if silence followed.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        self.push(&vec![0; self.reach], out);
    }
}

/// Sum of products. Weights of 2¹⁴ in total keep it inside 32 bits.
pub(crate) fn dot(a: &[i16], b: &[i16]) -> i32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| i32::from(*a) * i32::from(*b))
        .sum()
}

/// Lobes of the sinc on either side, at the output rate.
const LOBES: u32 = 12;
const OFFSETS: u64 = 64;
const TWO_PI_Q20: u64 = 6_588_397;

/// A pair of rates, and its kernel.
type Known = ((u32, u32), Arc<[i16]>);

/// The kernels that were asked for last. One takes longer to tabulate than the handshake of a
/// session, and a service knows two or three rates.
static KNOWN: Mutex<VecDeque<Known>> = Mutex::new(VecDeque::new());

/// How many are kept, and the weights of the largest: those from 192 kHz to 8 kHz.
const KEPT: usize = 8;
const LARGEST_KEPT: usize = 64 * 2 * 12 * 24;

/// The kernel of a pair of rates, tabulated once for all who resample alike.
fn shared_kernel(input_hz: u32, output_hz: u32, reach: usize) -> Arc<[i16]> {
    let rates = (input_hz, output_hz);
    let find = |known: &VecDeque<Known>| {
        let found = known.iter().find(|(its, _)| *its == rates);
        found.map(|(_, kernel)| Arc::clone(kernel))
    };
    if let Some(kernel) = find(&KNOWN.lock().unwrap_or_else(PoisonError::into_inner)) {
        return kernel;
    }
    // Not under the lock: odd rates take long.
    let kernel: Arc<[i16]> = kernel(input_hz, output_hz, reach).into();
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if find(&known).is_none() && kernel.len() <= LARGEST_KEPT {
        known.truncate(KEPT - 1);
        known.push_front((rates, Arc::clone(&kernel)));
    }
    kernel
}

/// Row `o` holds the weights of the input samples at `−reach + 1 … reach` from the sample
/// before an instant that lies `o / 64` after it.
fn kernel(input_hz: u32, output_hz: u32, reach: usize) -> Vec<i16> {
    let half_band_hz = u64::from(input_hz.min(output_hz)) * CUTOFF_PERCENT / 200;
    let mut kernel = Vec::new();
    for offset in 0..OFFSETS {
        let row: Vec<i64> = (0..2 * reach)
            .map(|tap| {
                let tap = u64::try_from(tap).unwrap_or_default();
                let reach = u64::try_from(reach).unwrap_or_default();
                let instant = (reach - 1) * OFFSETS + offset;
                let distance = instant.abs_diff(tap * OFFSETS);
                weight(distance, half_band_hz, u64::from(input_hz), reach)
            })
            .collect();
        let sum: i64 = row.iter().sum::<i64>().max(1);
        kernel.extend(
            row.iter()
                .map(|weight| i16::try_from(weight * (1 << 14) / sum).unwrap_or_default()),
        );
    }
    kernel
}

/// `sinc · Hann window` at a distance in 64ths of an input sample, times 2²⁰.
fn weight(distance: u64, half_band_hz: u64, input_hz: u64, reach: u64) -> i64 {
    let limit = reach * OFFSETS;
    if distance >= limit {
        return 0;
    }
    // Phase 2³² is a whole turn: the sinc turns half_band_hz times a second.
    let turns = (distance << 32) / OFFSETS * half_band_hz / input_hz;
    let phase = u32::try_from(turns & 0xFFFF_FFFF).unwrap_or_default();
    let angle_q20 = i64::try_from((turns * TWO_PI_Q20) >> 32).unwrap_or(i64::MAX);
    let sinc_q20 = if angle_q20 < 64 {
        1 << 20
    } else {
        (i64::from(sine(phase)) << 25) / angle_q20
    };
    let cosine = sine(
        u32::try_from((distance << 31) / limit)
            .unwrap_or_default()
            .wrapping_add(1 << 30),
    );
    let window_q16 = i64::from(cosine) + 32_767;
    (sinc_q20 * window_q16) >> 16
}

/// Cut-off in percent of half the lower rate.
const CUTOFF_PERCENT: u64 = 92;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::sine::step;

    fn tone(hz: u64, rate_hz: u32, count: usize) -> Vec<i16> {
        let step = step(hz * 1000, rate_hz);
        let sample = |n: u32| i16::try_from(sine(step.wrapping_mul(n)) / 4).unwrap();
        (0..u32::try_from(count).unwrap()).map(sample).collect()
    }

    fn resample(pcm: &[i16], input_hz: u32, cut: usize) -> Vec<i16> {
        let (mut resampler, mut out) = (Resampler::new(input_hz, 8000), Vec::new());
        for piece in pcm.chunks(cut) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    #[rstest]
    #[case(8000)]
    #[case(11_025)]
    #[case(16_000)]
    #[case(22_050)]
    #[case(24_000)]
    #[case(44_100)]
    #[case(48_000)]
    #[case(12_345)]
    fn keeps_tones_and_their_phase(#[case] rate_hz: u32) {
        for hz in [420, 1500, 3255] {
            let found = resample(
                &tone(hz, rate_hz, usize::try_from(rate_hz / 2).unwrap()),
                rate_hz,
                1000,
            );
            assert_eq!(found.len(), 4000);
            let expected = tone(hz, 8000, 4000);
            let worst = (100..3900)
                .map(|n| (i32::from(found[n]) - i32::from(expected[n])).abs())
                .max();
            assert!(worst.unwrap() < 8192 / 25, "{hz} Hz: {worst:?}");
        }
    }

    #[test]
    fn removes_what_would_fold_into_the_tones() {
        let found = resample(&tone(5000, 16_000, 8000), 16_000, 1000);
        assert!(found[100..3900].iter().all(|sample| sample.abs() < 80));
    }

    #[test]
    fn kernels_are_shared_and_only_the_last_ones_kept() {
        let (one, other) = (Resampler::new(13_001, 8000), Resampler::new(13_001, 8000));
        assert!(Arc::ptr_eq(&one.kernel, &other.kernel));
        for hz in 14_000..14_020 {
            drop(Resampler::new(hz, 8000));
        }
        drop(Resampler::new(4_000_000, 8000));
        let known = KNOWN.lock().unwrap();
        assert!(known.len() <= KEPT);
        assert!(known.iter().all(|(_, kernel)| kernel.len() <= LARGEST_KEPT));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_samples(cut in 1usize..500, rate_hz in 8000u32..50_000) {
            let pcm = tone(700, rate_hz, 3000);
            prop_assert_eq!(resample(&pcm, rate_hz, cut), resample(&pcm, rate_hz, 3000));
        }
    }
}
