//! The plain sound of a word: tones that glide from syllable to syllable and carry nothing.

use crate::hash::{Fnv, mix};
use crate::sine::{rise, sine, step};
use crate::synth::Prosody;
use crate::timeline::Span;

/// The sound of one word: a row of syllables, each with three tones of its own.
#[derive(Debug, Clone)]
pub(crate) struct Tone {
    /// Steps of the three tones, one row per syllable.
    syllables: Vec<[u32; 3]>,
    phases: [u32; 3],
    amplitude: i32,
    at: u32,
    length: u32,
    ramp: u32,
}

impl Tone {
    pub(crate) fn new(text: &str, prosody: &Prosody, rate_hz: u32, span: Span) -> Self {
        let characters: Vec<char> = text.chars().collect();
        let syllables = characters.chunks(2).map(|syllable| {
            let mut hash = Fnv::new().number(prosody.seed);
            for character in syllable {
                hash = hash.number(u64::from(u32::from(*character)));
            }
            formants(hash.mixed(), prosody.pitch_permille, rate_hz)
        });
        let length = u32::try_from(span.len()).unwrap_or(u32::MAX);
        Self {
            syllables: syllables.collect(),
            phases: [0; 3],
            amplitude: prosody.amplitude,
            at: 0,
            length,
            ramp: (rate_hz / 1000 * RAMP_MS).min(length / 2),
        }
    }

    pub(crate) fn next(&mut self) -> i16 {
        let count = self.syllables.len() as u64;
        let syllable = u64::from(self.at) * count / u64::from(self.length.max(1));
        let steps = usize::try_from(syllable)
            .ok()
            .and_then(|n| self.syllables.get(n));
        let mut sum = 0;
        for ((phase, step), share) in self
            .phases
            .iter_mut()
            .zip(steps.unwrap_or(&[0; 3]))
            .zip(SHARES)
        {
            sum += sine(*phase) * share;
            *phase = phase.wrapping_add(*step);
        }
        let from_edge = (self.at + 1).min(self.length - self.at.min(self.length));
        let gain = (rise(from_edge, self.ramp) * self.amplitude) >> 15;
        self.at += 1;
        let sample = (i64::from(sum / 8) * i64::from(gain)) >> 15;
        i16::try_from(sample).unwrap_or(if sample < 0 { i16::MIN } else { i16::MAX })
    }
}

/// Steps of three tones in the bands of the first three formants.
fn formants(seed: u64, pitch_permille: u64, rate_hz: u32) -> [u32; 3] {
    let mut number = seed;
    BANDS_HZ.map(|(from, width)| {
        number = mix(number);
        let millihertz = (from * 1000 + number % (width * 1000)) * pitch_permille / 1000;
        step(millihertz.min(MAX_TONE_HZ * 1000), rate_hz)
    })
}

/// Eighths of the amplitude that the three tones take.
const SHARES: [i32; 3] = [4, 3, 1];
/// Lower edge and width of the bands that the tones are chosen from.
const BANDS_HZ: [(u64, u64); 3] = [(300, 500), (900, 1300), (2300, 1000)];
/// A tone stays below half of the lowest rate whatever the pitch.
const MAX_TONE_HZ: u64 = 3600;
/// A word fades in and out over this time.
const RAMP_MS: u32 = 8;
