//! Packets out of sound, as they end.
//!
//! The sound comes at 8000 Hz. Wherever the last 30 ms correlate with the sweep, the symbols
//! that would follow are read one by one, and after each one the bytes so far are tried as a
//! packet. What is no packet is dropped after the longest possible one.

use std::sync::LazyLock;

use crate::modem::{self, CHIRP_HZ, CHIRP_MS, GROUPS, SYMBOL_MS, TONES};
use crate::packet::{MAX_TEXT, OVERHEAD, Packet};
use crate::resample::dot;
use crate::sine::{sine, step};

/// Rate of the sound that is listened to.
pub(crate) const RATE_HZ: u32 = 8000;

/// A packet and where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) packet: Packet,
    /// First sample of the sweep and first sample after the last symbol.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// How clearly the tones stood out: 100 if nothing else was heard in their groups.
    pub(crate) quality: u8,
}

/// Receiver of one stream. However the samples are cut, the packets are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Receiver {
    /// Sound from `start` on.
    samples: Vec<i16>,
    start: u64,
    /// Where the next window for the sweep begins, and the energy in it less its last sample.
    scanned: u64,
    energy: u64,
    /// The best window of the last few milliseconds.
    peak: Option<Peak>,
    candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, Copy)]
struct Peak {
    at: u64,
    score: u64,
}

/// Where a packet may have begun, and what it would be so far.
#[derive(Debug, Clone)]
struct Candidate {
    at: u64,
    symbols: u64,
    nibbles: Vec<Nibble>,
}

/// What was heard in one group of one symbol.
#[derive(Debug, Clone, Copy, Default)]
struct Nibble {
    value: u8,
    second: u8,
    /// How far the second is behind, in percent.
    margin: u8,
}

impl Receiver {
    /// Takes sound and appends the packets that end in it.
    pub(crate) fn push(&mut self, sound: &[i16], received: &mut Vec<Received>) {
        self.samples.extend_from_slice(sound);
        while self.scanned + CHIRP <= self.start + self.samples.len() as u64 {
            self.step(received);
        }
        let keep_from = self.candidates.iter().map(|candidate| candidate.at).min();
        let keep_from = keep_from
            .into_iter()
            .chain(self.peak.map(|peak| peak.at))
            .fold(self.scanned, u64::min);
        let spent = usize::try_from((keep_from - self.start).saturating_sub(1)).unwrap_or_default();
        self.samples.drain(..spent);
        self.start += spent as u64;
    }

    /// Looks at the window that begins at `scanned`, and at everything that ends with it.
    fn step(&mut self, received: &mut Vec<Received>) {
        let score = self.score();
        match self.peak {
            Some(peak) if score > peak.score => {
                self.peak = Some(Peak {
                    at: self.scanned,
                    score,
                });
            }
            Some(peak) if self.scanned - peak.at >= PEAK_DISTANCE => {
                self.candidates.push(Candidate::new(peak.at));
                self.peak = None;
            }
            None if score >= MIN_SCORE => {
                self.peak = Some(Peak {
                    at: self.scanned,
                    score,
                });
            }
            Some(_) | None => {}
        }
        self.scanned += 1;
        let now = self.scanned + CHIRP - 1;
        if self
            .candidates
            .iter()
            .any(|candidate| candidate.due() <= now)
        {
            self.read_symbols(now, received);
        }
    }

    fn read_symbols(&mut self, now: u64, received: &mut Vec<Received>) {
        let mut found = None;
        for candidate in &mut self.candidates {
            while found.is_none() && candidate.due() <= now {
                let from =
                    usize::try_from(candidate.due() - SYMBOL - self.start).unwrap_or(usize::MAX);
                let symbol = self.samples.get(from..).unwrap_or_default();
                found = candidate.read(symbol);
            }
        }
        self.candidates
            .retain(|candidate| candidate.symbols < MAX_SYMBOLS);
        if let Some(found) = found {
            // Whatever else seemed to begin was inside this packet.
            self.candidates.clear();
            self.peak = None;
            received.push(found);
        }
    }

    /// How much of the energy of the window is the sweep, in thousandths.
    fn score(&mut self) -> u64 {
        let from = usize::try_from(self.scanned - self.start).unwrap_or(usize::MAX);
        let Some(window) = self.samples.get(from..from.saturating_add(CHIRP_SAMPLES)) else {
            return 0;
        };
        if self.scanned == 0 {
            self.energy = window.iter().map(|sample| square(*sample)).sum();
        } else {
            let before = from
                .checked_sub(1)
                .and_then(|n| self.samples.get(n))
                .copied();
            self.energy -= square(before.unwrap_or_default());
            self.energy += square(window.last().copied().unwrap_or_default());
        }
        if self.energy < CHIRP * MIN_RMS * MIN_RMS {
            return 0;
        }
        let sweep = &*SWEEP;
        sweep.power(window) / sweep.energy * 1000 / self.energy
    }
}

impl Candidate {
    fn new(at: u64) -> Self {
        Self {
            at,
            symbols: 0,
            nibbles: Vec::new(),
        }
    }

    /// The end of the next symbol to be read.
    fn due(&self) -> u64 {
        self.at + CHIRP + (self.symbols + 1) * SYMBOL
    }

    /// Reads the symbol that `sound` begins with; a packet if one ends with it.
    fn read(&mut self, sound: &[i16]) -> Option<Received> {
        let window = sound.get(WINDOW_OFFSET..WINDOW_OFFSET + WINDOW)?;
        self.nibbles
            .extend(TONE_TABLE.iter().map(|group| Nibble::hear(window, group)));
        self.symbols += 1;
        // The last byte of an odd packet is filled up.
        let odd = self.nibbles.len() - 2;
        let packet = self
            .packet(odd)
            .or_else(|| self.packet(self.nibbles.len()))?;
        let margins: u64 = self
            .nibbles
            .iter()
            .map(|nibble| u64::from(nibble.margin))
            .sum();
        Some(Received {
            packet,
            start: self.at,
            end: self.due() - SYMBOL,
            quality: u8::try_from(margins / self.nibbles.len().max(1) as u64).unwrap_or(100),
        })
    }

    /// Takes the first nibbles for a packet: as they are, and if they claim to be one, with
    /// the most doubtful of them in every combination of their first and second values.
    fn packet(&self, count: usize) -> Option<Packet> {
        let mut nibbles = self.nibbles.get(..count)?.to_vec();
        let bytes = bytes(&nibbles);
        let packet = Packet::decode(&bytes);
        if packet.is_some() || !Packet::claims_length(&bytes) {
            return packet;
        }
        let mut doubtful: Vec<usize> = (0..count).collect();
        doubtful.sort_by_key(|n| nibbles.get(*n).map(|nibble| nibble.margin));
        doubtful.truncate(DOUBTS);
        (1..1u32 << DOUBTS).find_map(|combination| {
            let before = combination - 1;
            for (bit, n) in doubtful.iter().enumerate() {
                if (before ^ combination) >> bit & 1 == 1
                    && let Some(nibble) = nibbles.get_mut(*n)
                {
                    std::mem::swap(&mut nibble.value, &mut nibble.second);
                }
            }
            Packet::decode(&self::bytes(&nibbles))
        })
    }
}

impl Nibble {
    fn hear(window: &[i16], group: &[Wave; TONES]) -> Self {
        let (mut best, mut next, mut nibble) = (0, 0, Self::default());
        for (n, tone) in (0..).zip(group) {
            let power = tone.power(window);
            if power > best {
                (nibble.second, next) = (nibble.value, best);
                (nibble.value, best) = (n, power);
            } else if power > next {
                (nibble.second, next) = (n, power);
            }
        }
        let margin = (best - next) / (best / 100).max(1);
        Self {
            margin: u8::try_from(margin).unwrap_or(100),
            ..nibble
        }
    }
}

fn bytes(nibbles: &[Nibble]) -> Vec<u8> {
    nibbles
        .as_chunks()
        .0
        .iter()
        .map(|[high, low]| high.value << 4 | low.value)
        .collect()
}

/// A waveform in two phases a quarter turn apart, at most 127 high: the products of a whole
/// window of samples with it fit into 32 bits.
#[derive(Debug)]
struct Wave {
    cosine: Vec<i16>,
    sine: Vec<i16>,
    energy: u64,
}

impl Wave {
    /// A wave of `length` samples whose step grows from `from` to `to`.
    fn new(from: u32, to: u32, length: usize) -> Self {
        let (mut cosine_row, mut sine_row) = (Vec::new(), Vec::new());
        let mut phase = 0u32;
        for at in 0..length {
            let value = |phase| i16::try_from((sine(phase) * 127) >> 15).unwrap_or_default();
            cosine_row.push(value(phase.wrapping_add(1 << 30)));
            sine_row.push(value(phase));
            let swept = u64::from(to - from) * at as u64 / length as u64;
            phase = phase
                .wrapping_add(from)
                .wrapping_add(u32::try_from(swept).unwrap_or_default());
        }
        let energy = cosine_row.iter().map(|sample| square(*sample)).sum();
        Self {
            cosine: cosine_row,
            sine: sine_row,
            energy,
        }
    }

    /// Square of the correlation with a window, whatever the phase.
    fn power(&self, window: &[i16]) -> u64 {
        let (cosine, sine) = (dot(window, &self.cosine), dot(window, &self.sine));
        (i64::from(cosine).pow(2) + i64::from(sine).pow(2)).unsigned_abs()
    }
}

fn square(sample: i16) -> u64 {
    u64::from(sample.unsigned_abs()).pow(2)
}

static SWEEP: LazyLock<Wave> = LazyLock::new(|| {
    let hz = |hz: u32| step(u64::from(hz) * 1000, RATE_HZ);
    let (from, to) = CHIRP_HZ;
    Wave::new(hz(from), hz(to), CHIRP_SAMPLES)
});

static TONE_TABLE: LazyLock<[[Wave; TONES]; GROUPS]> = LazyLock::new(|| {
    std::array::from_fn(|group| {
        std::array::from_fn(|tone| {
            let step = step(u64::from(modem::tone_hz(group, tone)) * 1000, RATE_HZ);
            Wave::new(step, step, WINDOW)
        })
    })
});

const CHIRP_SAMPLES: usize = (RATE_HZ / 1000 * CHIRP_MS) as usize;
const CHIRP: u64 = CHIRP_SAMPLES as u64;
const SYMBOL_SAMPLES: usize = (RATE_HZ / 1000 * SYMBOL_MS) as usize;
const SYMBOL: u64 = SYMBOL_SAMPLES as u64;
/// Samples of a symbol that are looked at: one turn of the spacing of the tones, so that
/// they do not disturb each other.
const WINDOW: usize = 178;
const WINDOW_OFFSET: usize = (SYMBOL_SAMPLES - WINDOW) / 2;
const MAX_SYMBOLS: u64 = modem::symbols(OVERHEAD + MAX_TEXT) as u64;
/// Least share of the sweep in a window that may be one, in thousandths: white noise does
/// not get there.
const MIN_SCORE: u64 = 150;
/// Two sweeps are never nearer than this.
const PEAK_DISTANCE: u64 = 80;
/// Half-bytes that are tried with their second value.
const DOUBTS: usize = 4;
/// A window as quiet as this is rounding noise.
const MIN_RMS: u64 = 4;
