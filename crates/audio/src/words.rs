//! The sound of a word that can be heard again: its packets, one sample at a time.

use crate::hash::mix;
use crate::modem::{self, CHIRP_HZ, CHIRP_MS, GROUPS, SYMBOL_MS};
use crate::packet::{self, Packet};
use crate::sine::{rise, sine, step};
use crate::speech::GAP_MS;

/// The sound of one word.
#[derive(Debug, Clone)]
pub(crate) struct WordSound {
    stretches: Vec<Stretch>,
    /// The stretch that the next sample is in.
    current: usize,
    at: u32,
    phases: [u32; GROUPS],
    seed: u64,
    amplitude: i32,
    rate_hz: u32,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    kind: Kind,
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// From the first step to the second.
    Chirp(u32, u32),
    Symbol([u32; GROUPS]),
    Gap,
}

impl WordSound {
    /// A word whose first packet has the number `seq`. The seed gives the voice its colour:
    /// it sets the phases of the tones.
    pub(crate) fn new(
        text: &str,
        seq: u32,
        is_last: bool,
        seed: u64,
        amplitude: i32,
        rate_hz: u32,
    ) -> Self {
        let mut sound = Self {
            stretches: Vec::new(),
            current: 0,
            at: 0,
            phases: [0; GROUPS],
            seed,
            amplitude,
            rate_hz,
        };
        let fragments = packet::fragments(text);
        let mut end_ms = 0;
        for (n, fragment) in (1..).zip(&fragments) {
            let is_final = n == fragments.len();
            let [seq, ..] = seq
                .wrapping_add(u32::try_from(n - 1).unwrap_or_default())
                .to_le_bytes();
            let packet = Packet {
                seq,
                is_last: is_last && is_final,
                has_more: !is_final,
                text: (*fragment).to_owned(),
            };
            sound.push_packet(&packet.encode(), &mut end_ms);
            if !is_final {
                sound.push(
                    Kind::Gap,
                    GAP_MS.try_into().unwrap_or_default(),
                    &mut end_ms,
                );
            }
        }
        sound.start_stretch();
        sound
    }

    /// The next sample; zeros after the end.
    pub(crate) fn next(&mut self) -> i16 {
        let Some(mut stretch) = self.stretches.get(self.current).copied() else {
            return 0;
        };
        if self.at == stretch.end {
            self.current += 1;
            self.start_stretch();
            let Some(following) = self.stretches.get(self.current) else {
                return 0;
            };
            stretch = *following;
        }
        let (from_start, length) = (self.at - stretch.start, stretch.end - stretch.start);
        self.at += 1;
        let sum = match stretch.kind {
            Kind::Gap => return 0,
            Kind::Chirp(from, to) => self.chirp(from, to, from_start, length),
            Kind::Symbol(steps) => self.symbol(steps),
        };
        let from_edge = (from_start + 1).min(length - from_start);
        let ramp = self.rate_hz / 1000 * RAMP_US / 1000;
        let gain = (rise(from_edge, ramp) * self.amplitude) >> 15;
        i16::try_from((sum * gain) >> 15).unwrap_or_default()
    }

    fn chirp(&mut self, from: u32, to: u32, at: u32, length: u32) -> i32 {
        let Some(phase) = self.phases.first_mut() else {
            return 0;
        };
        let value = sine(*phase);
        let swept = u64::from(to - from) * u64::from(at) / u64::from(length.max(1));
        *phase = phase
            .wrapping_add(from)
            .wrapping_add(u32::try_from(swept).unwrap_or_default());
        value * CHIRP_SIXTEENTHS / 16
    }

    fn symbol(&mut self, steps: [u32; GROUPS]) -> i32 {
        let mut sum = 0;
        for (phase, step) in self.phases.iter_mut().zip(steps) {
            sum += sine(*phase);
            *phase = phase.wrapping_add(step);
        }
        sum / 4
    }

    fn push_packet(&mut self, bytes: &[u8], end_ms: &mut u32) {
        let (from, to) = CHIRP_HZ;
        let hz = |hz: u32| step(u64::from(hz) * 1000, self.rate_hz);
        self.push(Kind::Chirp(hz(from), hz(to)), CHIRP_MS, end_ms);
        for pair in bytes.chunks(2) {
            let pair = [pair.first(), pair.get(1)].map(|byte| byte.copied().unwrap_or_default());
            let mut group = 0;
            let steps = modem::nibbles(pair).map(|nibble| {
                let tone_hz = modem::tone_hz(group, nibble.into());
                group += 1;
                step(u64::from(tone_hz) * 1000, self.rate_hz)
            });
            self.push(Kind::Symbol(steps), SYMBOL_MS, end_ms);
        }
    }

    fn push(&mut self, kind: Kind, ms: u32, end_ms: &mut u32) {
        let samples = |ms: u32| {
            u32::try_from(u64::from(ms) * u64::from(self.rate_hz) / 1000).unwrap_or(u32::MAX)
        };
        let start = samples(*end_ms);
        *end_ms += ms;
        let end = samples(*end_ms);
        self.stretches.push(Stretch { kind, start, end });
    }

    /// Tones begin at phases that belong to the voice and the place in the word.
    fn start_stretch(&mut self) {
        let mut number = self.seed ^ self.current as u64;
        self.phases = self.phases.map(|_| {
            number = mix(number);
            u32::try_from(number >> 32).unwrap_or_default()
        });
    }
}

/// Every symbol and sweep fades in and out over this time.
const RAMP_US: u32 = 1500;
/// Amplitude of the sweep, of the peak that four tones reach together.
const CHIRP_SIXTEENTHS: i32 = 11;
