//! Sound from an utterance, made as it is read.
//!
//! Integer arithmetic only. Between the words are true zeros; every word fades in and out
//! and takes exactly the samples that the timeline announces for it.

use crate::hash::{Fnv, mix};
use crate::packet;
use crate::speech::{Unit, Utterance};
use crate::timeline::{Span, Timeline};
use crate::tone::Tone;
use crate::words::WordSound;

/// What the words sound like. The timeline is the same for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Signal {
    /// The text itself, as tones that [`Hearer`](crate::hear::Hearer) reads again.
    #[default]
    Words,
    /// Three gliding tones between 300 and 3300 Hz, chosen by the letters and the voice.
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
    /// Number of its first packet.
    seq: u32,
    sound: Option<Sound>,
}

#[derive(Debug, Clone)]
enum Sound {
    Words(WordSound),
    Tone(Tone),
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
            seq: 0,
            sound: None,
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
            let packets = self
                .texts
                .get(self.word)
                .map_or(0, |text| packet::fragments(text).len());
            self.seq = self
                .seq
                .wrapping_add(u32::try_from(packets).unwrap_or_default());
            self.word += 1;
            self.sound = None;
        }
        (self.timeline.total_samples, None)
    }

    fn fill(&mut self, out: &mut [i16], sounding: Option<Span>) {
        let sound = sounding.and_then(|span| {
            if self.sound.is_none() {
                self.sound = self.start_word(span);
            }
            self.sound.as_mut()
        });
        match sound {
            None => out.fill(0),
            Some(Sound::Words(words)) => out.fill_with(|| words.next()),
            Some(Sound::Tone(tone)) => out.fill_with(|| tone.next()),
        }
    }

    fn start_word(&self, span: Span) -> Option<Sound> {
        let text = self.texts.get(self.word).map_or("", String::as_str);
        let rate_hz = self.timeline.rate_hz;
        let is_last = self.word + 1 == self.texts.len();
        let Prosody {
            seed,
            pitch_permille,
            amplitude,
        } = self.prosody;
        match self.signal {
            Signal::Words => {
                let colour = mix(seed ^ pitch_permille);
                let sound = WordSound::new(text, self.seq, is_last, colour, amplitude, rate_hz);
                Some(Sound::Words(sound))
            }
            Signal::Tone => Some(Sound::Tone(Tone::new(text, &self.prosody, rate_hz, span))),
            Signal::Silence => None,
        }
    }
}

/// What the voice and the prosody make of the tones.
#[derive(Debug, Clone)]
pub(crate) struct Prosody {
    pub(crate) seed: u64,
    pub(crate) pitch_permille: u64,
    /// Amplitude of the loudest tone, of 32767.
    pub(crate) amplitude: i32,
}

impl Prosody {
    fn new(utterance: &Utterance) -> Self {
        let pitch_permille = u64::from(utterance.pitch_permille.clamp(250, 4000));
        let amplitude = AMPLITUDE * u64::from(utterance.volume_permille) / 1000;
        Self {
            seed: Fnv::new().bytes(utterance.voice.as_bytes()).mixed(),
            pitch_permille,
            amplitude: i32::try_from(amplitude.min(32767)).unwrap_or(32767),
        }
    }
}

/// Peak of a word at normal volume: about 9 dB below full scale.
const AMPLITUDE: u64 = 12_000;

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

    #[rstest]
    fn differs_by_text_voice_and_pitch(#[values(Signal::Words, Signal::Tone)] signal: Signal) {
        let said = |text, voice| sound(&Utterance::of_text(text, voice), 16_000, signal);
        let base = said("Hello, world", "amy");
        assert_ne!(base, said("Hello, World", "amy"));
        assert_ne!(base, said("Hello, world", "alvin"));
        let mut high = Utterance::of_text("Hello, world", "amy");
        high.pitch_permille = 1200;
        assert_ne!(base, sound(&high, 16_000, signal));
        assert_eq!(base, said("Hello, world", "amy"));
    }

    #[rstest]
    fn sound_is_inside_the_words_and_silence_is_zero(
        #[values(8000, 11_025, 16_000, 44_100, 192_000)] rate_hz: u32,
        #[values(Signal::Words, Signal::Tone)] signal: Signal,
    ) {
        let mut utterance = Utterance::of_text("One two. 三四", "amy");
        utterance.units.insert(1, Unit::Pause { ms: 120 });
        utterance.trailing_silence_ms = 40;
        let samples = sound(&utterance, rate_hz, signal);
        let index = |sample: u64| usize::try_from(sample).unwrap();
        let mut from = 0;
        for span in &Timeline::new(&utterance, rate_hz).words {
            let (start, end) = (index(span.start), index(span.end));
            assert!(samples[from..start].iter().all(|sample| *sample == 0));
            let word = &samples[start..end];
            assert!(word.iter().any(|sample| sample.unsigned_abs() > 6000));
            let edge = index(u64::from(rate_hz / 8000));
            let mut edges = word[..edge].iter().chain(&word[word.len() - edge..]);
            assert!(edges.all(|sample| sample.unsigned_abs() < 300));
            from = end;
        }
        assert!(samples[from..].iter().all(|sample| *sample == 0));
        assert_eq!(samples.len() - from, index(u64::from(rate_hz / 25)));
    }

    #[rstest]
    fn ends_with_sound(#[values(Signal::Words, Signal::Tone)] signal: Signal) {
        let samples = sound(&Utterance::of_text("Hello, world!", "amy"), 16_000, signal);
        let last_20_ms = &samples[samples.len() - 320..];
        assert!(last_20_ms.iter().any(|sample| sample.unsigned_abs() > 3000));
    }

    #[rstest]
    #[case::silent(0, 0, 0)]
    #[case::normal(1000, 7500, 12_000)]
    #[case::double(2000, 15_000, 24_000)]
    #[case::full_scale(30_000, 21_000, 32_767)]
    fn volume_scales_the_peak(
        #[case] volume: u32,
        #[case] from: u16,
        #[case] to: u16,
        #[values(Signal::Words, Signal::Tone)] signal: Signal,
    ) {
        let mut utterance = Utterance::of_text("loudness", "amy");
        utterance.volume_permille = volume;
        let samples = sound(&utterance, 16_000, signal);
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
        fn any_cut_gives_the_same_samples(
            cuts in prop::collection::vec(1usize..3000, 1..20),
            signal in prop::sample::select(vec![Signal::Words, Signal::Tone, Signal::Silence]),
        ) {
            let utterance = Utterance::of_text("Any cut will do. 好的", "amy");
            let whole = sound(&utterance, 22_050, signal);
            let mut synthesis = Synthesis::new(&utterance, 22_050, signal);
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
