//! Speech for recognition.

use audio::{Signal, Synthesis, Utterance, WavSizes};

/// Samples that say a text, with silence around it.
#[must_use]
pub fn say(text: &str, rate_hz: u32, lead_ms: u32, tail_ms: u32) -> Vec<i16> {
    let silence = |ms: u32| {
        let samples = u64::from(rate_hz) * u64::from(ms) / 1000;
        std::iter::repeat_n(0, usize::try_from(samples).unwrap_or(0))
    };
    let mut samples: Vec<i16> = silence(lead_ms).collect();
    let mut synthesis = Synthesis::new(&Utterance::of_text(text, ""), rate_hz, Signal::Words);
    let mut chunk = [0; 1600];
    loop {
        let count = synthesis.read(&mut chunk);
        if count == 0 {
            break;
        }
        samples.extend(chunk.iter().take(count));
    }
    samples.extend(silence(tail_ms));
    samples
}

/// A WAV file of 16-bit mono samples.
#[must_use]
pub fn wav(samples: &[i16], rate_hz: u32) -> Vec<u8> {
    let count = u64::try_from(samples.len()).unwrap_or(u64::MAX);
    let header = audio::wav::header(rate_hz, WavSizes::Exact, count);
    let samples = samples.iter().flat_map(|sample| sample.to_le_bytes());
    header.into_iter().chain(samples).collect()
}
