//! What several of the tests need: sound, comparison with it, and readers of the containers
//! that share no code with the writers.

#![expect(dead_code, reason = "every test uses its own part")]

pub(crate) mod ogg;
pub(crate) mod texts;
pub(crate) mod webm;

use audio::{Encoder, Encoding, Format, Signal, Synthesis, Unit, Utterance};

/// A short utterance with a pause, two scripts and a length that fits no frame.
pub(crate) fn utterance() -> Utterance {
    let mut utterance = Utterance::of_text("Hello, big world! 你好。", "amy");
    utterance.units.push(Unit::Pause { ms: 123 });
    utterance.units.push(Unit::word("Fine"));
    utterance
}

pub(crate) fn tone(rate_hz: u32) -> Vec<i16> {
    samples(&utterance(), rate_hz, Signal::Tone)
}

pub(crate) fn samples(utterance: &Utterance, rate_hz: u32, signal: Signal) -> Vec<i16> {
    let mut synthesis = Synthesis::new(utterance, rate_hz, signal);
    let total = usize::try_from(synthesis.timeline().total_samples).unwrap();
    let mut samples = vec![0; total];
    assert_eq!(synthesis.read(&mut samples), total);
    samples
}

/// Encodes in pieces of the given lengths, repeated as long as there are samples.
pub(crate) fn encode(format: Format, rate_hz: u32, pcm: &[i16], cuts: &[usize]) -> Vec<u8> {
    let mut encoder = Encoder::new(Encoding { format, rate_hz }, pcm.len() as u64).unwrap();
    let (mut bytes, mut rest) = (Vec::new(), pcm);
    for cut in cuts.iter().cycle() {
        let (now, later) = rest.split_at((*cut).min(rest.len()));
        encoder.push(now, &mut bytes);
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    encoder.finish(&mut bytes);
    bytes
}

/// FNV-1a, 64 bits.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Power of the signal over the power of the difference, in decibels.
pub(crate) fn signal_to_noise_db(expected: &[i16], found: &[i16]) -> f64 {
    assert_eq!(expected.len(), found.len());
    let power =
        |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
    let signal = power(&mut expected.iter().map(|a| f64::from(*a)));
    let noise = power(
        &mut expected
            .iter()
            .zip(found)
            .map(|(a, b)| f64::from(*a) - f64::from(*b)),
    );
    10.0 * (signal / noise.max(1.0)).log10()
}

/// Decodes packets with a decoder that shares no code with the encoder.
pub(crate) fn decode_opus(packets: &[Vec<u8>], rate_hz: u32) -> Vec<i16> {
    let mut decoder = opus_rs::OpusDecoder::new(i32::try_from(rate_hz).unwrap(), 1).unwrap();
    let frame = usize::try_from(rate_hz / 50).unwrap();
    let mut samples = Vec::new();
    for packet in packets {
        let mut out = vec![0.0; frame];
        assert_eq!(decoder.decode(packet, frame, &mut out).unwrap(), frame);
        #[expect(clippy::cast_possible_truncation, reason = "rounded and clamped")]
        samples.extend(
            out.iter()
                .map(|x| (x * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16),
        );
    }
    samples
}

/// Asserts that packets, less what a decoder is told to skip, sound like `pcm`.
pub(crate) fn assert_opus_comes_back(packets: &[Vec<u8>], rate_hz: u32, skip: u16, pcm: &[i16]) {
    let decoded = decode_opus(packets, rate_hz);
    let skip = usize::from(skip) * usize::try_from(rate_hz).unwrap() / 48_000;
    let sound = &decoded[skip..skip + pcm.len()];
    let quality = signal_to_noise_db(pcm, sound);
    assert!(quality > 20.0, "{quality} dB");
}

/// White noise that is the same in every run.
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A sample of noise with that root mean square: twelve uniform numbers make it normal.
    #[expect(clippy::cast_possible_truncation, reason = "clamped")]
    pub(crate) fn sample(&mut self, rms: f64) -> i16 {
        let sum: f64 = (0..12).map(|_| self.uniform()).sum();
        ((sum - 6.0) * rms).clamp(-32_768.0, 32_767.0) as i16
    }

    fn uniform(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / 4_294_967_296.0
    }
}

/// Adds white noise, relative to the mean power with pauses.
pub(crate) fn add_noise(pcm: &[i16], signal_over_noise_db: i32) -> Vec<i16> {
    let power = pcm
        .iter()
        .map(|sample| f64::from(*sample).powi(2))
        .sum::<f64>()
        / pcm.len() as f64;
    let rms = (power / 10f64.powf(f64::from(signal_over_noise_db) / 10.0)).sqrt();
    let mut noise = Noise::new(1);
    pcm.iter()
        .map(|sample| sample.saturating_add(noise.sample(rms)))
        .collect()
}

/// Resamples as hasty code does: along a line from sample to sample, without a filter.
pub(crate) fn interpolate(pcm: &[i16], from_hz: u32, to_hz: u32) -> Vec<i16> {
    let count = pcm.len() as u64 * u64::from(to_hz) / u64::from(from_hz);
    let sample = |n: u64| {
        let position = n * u64::from(from_hz);
        let (index, fraction) = (position / u64::from(to_hz), position % u64::from(to_hz));
        let at = |n: u64| {
            pcm.get(usize::try_from(n).unwrap())
                .map_or(0, |sample| i64::from(*sample))
        };
        let step = (at(index + 1) - at(index)) * fraction.cast_signed() / i64::from(to_hz);
        i16::try_from(at(index) + step).unwrap()
    };
    (0..count).map(sample).collect()
}

/// A sample of a decoder whose full scale is 1.
pub(crate) fn narrow(sample: f32) -> i16 {
    narrow_wide(f64::from(sample) * 32_768.0)
}

/// A sample that may be beyond full scale.
#[expect(clippy::cast_possible_truncation, reason = "rounded and clamped")]
pub(crate) fn narrow_wide(sample: f64) -> i16 {
    sample.round().clamp(-32_768.0, 32_767.0) as i16
}
