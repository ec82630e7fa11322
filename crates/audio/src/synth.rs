//! Sound from an utterance, made as it is read.
//!
//! Integer arithmetic only. Between the words are true zeros; every word fades in and out
//! and takes exactly the samples that the timeline announces for it.

use crate::hash::{Fnv, mix};
use crate::sine::{rise, sine, step};
use crate::speech::{Unit, Utterance};
use crate::timeline::{Span, Timeline};

/// What the words sound like. The timeline is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signal {
    /// Three gliding tones between 300 and 3300 Hz, chosen by the letters and the voice.
    #[default]
    Tone,
    /// Zeros.
    Silence,
}

/// The sound of one utterance at one rate.
///
/// ```
/// use audio::{Signal, Synthesis, Utterance};
///
/// let mut synthesis = Synthesis::new(&Utterance::of_text("Hello, world!", "amy"), 16_000, Signal::Tone);
/// assert_eq!(synthesis.timeline().total_samples, 16_000);
/// let mut chunk = [0; 1600];
/// while synthesis.read(&mut chunk) > 0 {}
/// ```
#[derive(Debug, Clone)]
pub struct Synthesis {
    timeline: Timeline,
    signal: Signal,
    texts: Vec<String>,
    prosody: Prosody,
    /// The next sample to be made.
    at: u64,
    /// The word that `at` is in or before.
    word: usize,
    tone: Option<Tone>,
}

impl Synthesis {
    /// Prepares the sound of an utterance; nothing is made before it is read.
    #[must_use]
    pub fn new(utterance: &Utterance, rate_hz: u32, signal: Signal) -> Self {
        let texts = utterance.units.iter().filter_map(|unit| match unit {
            Unit::Word { text, .. } => Some(text.clone()),
            Unit::Pause { .. } | Unit::Mark | Unit::SentenceEnd => None,
        });
        Self {
            timeline: Timeline::new(utterance, rate_hz),
            signal,
            texts: texts.collect(),
            prosody: Prosody::new(utterance),
            at: 0,
            word: 0,
            tone: None,
        }
    }

    /// Where the words and marks are, and how long the audio is.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Makes the next samples and returns how many; 0 is the end, unless `out` is empty.
    ///
    /// However the reads are cut, the samples are the same.
    pub fn read(&mut self, out: &mut [i16]) -> usize {
        let left = usize::try_from(self.timeline.total_samples - self.at).unwrap_or(usize::MAX);
        let length = out.len().min(left);
        let mut rest = out.get_mut(..length).unwrap_or_default();
        while !rest.is_empty() {
            let (end, sounding) = self.stretch();
            let stretch = usize::try_from(end - self.at)
                .unwrap_or(usize::MAX)
                .min(rest.len());
            let (now, later) = rest.split_at_mut(stretch);
            self.fill(now, sounding);
            self.at += now.len() as u64;
            rest = later;
        }
        length
    }

    /// The end of the stretch of sound or silence that the next sample is in.
    fn stretch(&mut self) -> (u64, Option<Span>) {
        while let Some(span) = self.timeline.words.get(self.word) {
            if self.at < span.start {
                return (span.start, None);
            }
            if self.at < span.end {
                return (span.end, Some(*span));
            }
            self.word += 1;
            self.tone = None;
        }
        (self.timeline.total_samples, None)
    }

    fn fill(&mut self, out: &mut [i16], sounding: Option<Span>) {
        let (Some(span), Signal::Tone) = (sounding, self.signal) else {
            out.fill(0);
            return;
        };
        let text = self.texts.get(self.word).map_or("", String::as_str);
        let rate_hz = self.timeline.rate_hz;
        let tone = self
            .tone
            .get_or_insert_with(|| Tone::new(text, &self.prosody, rate_hz, span));
        for sample in out {
            *sample = tone.next();
        }
    }
}

/// What the voice and the prosody make of the tones.
#[derive(Debug, Clone)]
struct Prosody {
    seed: u64,
    pitch_permille: u64,
    /// Amplitude of the loudest tone, of 32767.
    amplitude: i32,
}

impl Prosody {
    fn new(utterance: &Utterance) -> Self {
        let amplitude = AMPLITUDE * u64::from(utterance.volume_permille) / 1000;
        Self {
            seed: Fnv::new().bytes(utterance.voice.as_bytes()).mixed(),
            pitch_permille: u64::from(utterance.pitch_permille.clamp(250, 4000)),
            amplitude: i32::try_from(amplitude.min(32767)).unwrap_or(32767),
        }
    }
}

/// The sound of one word: a row of syllables, each with three tones of its own.
#[derive(Debug, Clone)]
struct Tone {
    /// Steps of the three tones, one row per syllable.
    syllables: Vec<[u32; 3]>,
    phases: [u32; 3],
    amplitude: i32,
    at: u32,
    length: u32,
    ramp: u32,
}

impl Tone {
    fn new(text: &str, prosody: &Prosody, rate_hz: u32, span: Span) -> Self {
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
            ramp: (rate_hz * RAMP_MS / 1000).min(length / 2),
        }
    }

    fn next(&mut self) -> i16 {
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

/// Peak of a word at normal volume: about 9 dB below full scale.
const AMPLITUDE: u64 = 12_000;
/// Eighths of the amplitude that the three tones take.
const SHARES: [i32; 3] = [4, 3, 1];
/// Lower edge and width of the bands that the tones are chosen from.
const BANDS_HZ: [(u64, u64); 3] = [(300, 500), (900, 1300), (2300, 1000)];
/// A tone stays below half of the lowest rate whatever the pitch.
const MAX_TONE_HZ: u64 = 3600;
/// A word fades in and out over this time.
const RAMP_MS: u32 = 8;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn sound(utterance: &Utterance, rate_hz: u32, signal: Signal) -> Vec<i16> {
        let mut synthesis = Synthesis::new(utterance, rate_hz, signal);
        let mut samples = vec![0; usize::try_from(synthesis.timeline().total_samples).unwrap()];
        assert_eq!(synthesis.read(&mut samples), samples.len());
        assert_eq!(synthesis.read(&mut [0; 8]), 0);
        samples
    }

    fn tone(text: &str, voice: &str, rate_hz: u32) -> Vec<i16> {
        sound(&Utterance::of_text(text, voice), rate_hz, Signal::Tone)
    }

    #[test]
    fn differs_by_text_voice_and_pitch() {
        let base = tone("Hello, world", "amy", 16_000);
        assert_ne!(base, tone("Hello, World", "amy", 16_000));
        assert_ne!(base, tone("Hello, world", "alvin", 16_000));
        let mut high = Utterance::of_text("Hello, world", "amy");
        high.pitch_permille = 1200;
        assert_ne!(base, sound(&high, 16_000, Signal::Tone));
        assert_eq!(base, tone("Hello, world", "amy", 16_000));
    }

    #[rstest]
    #[case(8000)]
    #[case(11_025)]
    #[case(16_000)]
    #[case(44_100)]
    #[case(192_000)]
    fn sound_is_inside_the_words_and_silence_is_zero(#[case] rate_hz: u32) {
        let mut utterance = Utterance::of_text("One two. 三四", "amy");
        utterance.units.insert(1, Unit::Pause { ms: 120 });
        utterance.trailing_silence_ms = 40;
        let samples = sound(&utterance, rate_hz, Signal::Tone);
        let timeline = Timeline::new(&utterance, rate_hz);
        let mut from = 0;
        for span in &timeline.words {
            let (start, end) = (
                usize::try_from(span.start).unwrap(),
                usize::try_from(span.end).unwrap(),
            );
            assert!(samples[from..start].iter().all(|sample| *sample == 0));
            let word = &samples[start..end];
            assert!(word.iter().any(|sample| sample.unsigned_abs() > 6000));
            let edge = usize::try_from(rate_hz / 4000).unwrap();
            assert!(
                word[..edge]
                    .iter()
                    .chain(&word[word.len() - edge..])
                    .all(|s| s.unsigned_abs() < 300)
            );
            from = end;
        }
        assert!(samples[from..].iter().all(|sample| *sample == 0));
        assert_eq!(samples.len() - from, usize::try_from(rate_hz / 25).unwrap());
    }

    #[test]
    fn ends_with_sound() {
        let samples = tone("Hello, world!", "amy", 16_000);
        let last_20_ms = &samples[samples.len() - 320..];
        assert!(last_20_ms.iter().any(|sample| sample.unsigned_abs() > 3000));
    }

    #[rstest]
    #[case::silent(0, 0, 0)]
    #[case::normal(1000, 9000, 12_000)]
    #[case::double(2000, 18_000, 24_000)]
    #[case::full_scale(30_000, 25_000, 32_767)]
    fn volume_scales_the_peak(#[case] volume: u32, #[case] from: u16, #[case] to: u16) {
        let mut utterance = Utterance::of_text("loudness", "amy");
        utterance.volume_permille = volume;
        let samples = sound(&utterance, 16_000, Signal::Tone);
        let peak = samples
            .iter()
            .map(|sample| sample.unsigned_abs())
            .max()
            .unwrap();
        assert!((from..=to).contains(&peak), "{peak}");
    }

    #[test]
    fn silence_lasts_as_long_as_the_words() {
        let utterance = Utterance::of_text("Hello, world", "amy");
        assert_eq!(sound(&utterance, 16_000, Signal::Silence), vec![0; 16_000]);
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_samples(cuts in prop::collection::vec(1usize..3000, 1..20)) {
            let utterance = Utterance::of_text("Any cut will do. 好的", "amy");
            let whole = sound(&utterance, 22_050, Signal::Tone);
            let mut synthesis = Synthesis::new(&utterance, 22_050, Signal::Tone);
            let mut pieces = Vec::new();
            for cut in cuts.iter().cycle() {
                let mut piece = vec![0; *cut];
                let read = synthesis.read(&mut piece);
                pieces.extend_from_slice(&piece[..read]);
                if read == 0 {
                    break;
                }
            }
            prop_assert_eq!(pieces, whole);
        }
    }
}
