//! What the user chose about sound: the signal, files of their own, and how audio is cut.

mod cuts;
mod kept;
mod playback;

use std::sync::Arc;

use audio::{Signal, WavSizes};
use wire::speech::{Speech, Unit, units_of};

use crate::listener::Recording;

pub(crate) use self::cuts::Cuts;
pub(crate) use self::kept::{Keeper, KeptSpeech, Replay};
pub(crate) use self::playback::Playback;

/// What speech sounds like, and which sounds are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoundOptions {
    /// What synthetic words sound like.
    pub signal: Signal,
    /// Sounds of the user's own, spoken instead of synthetic words; the first that fits is taken.
    pub files: Vec<SpokenFile>,
    /// Recordings whose text recognition knows.
    pub recordings: Vec<Recording>,
    /// What WAV headers say about the length.
    pub wav_sizes: WavSizes,
    /// Whether WAV headers have a LIST chunk before the samples.
    pub wav_list: bool,
    /// By how much chunks are shorter or longer than they should be, in percent; up to 90.
    pub chunk_jitter_percent: u8,
    /// Whether every chunk but the last ends after an odd number of bytes of the stream.
    pub odd_cuts: bool,
}

impl Default for SoundOptions {
    fn default() -> Self {
        Self {
            signal: Signal::default(),
            files: Vec::new(),
            recordings: Vec::new(),
            wav_sizes: WavSizes::Exact,
            wav_list: false,
            chunk_jitter_percent: 0,
            odd_cuts: false,
        }
    }
}

/// What faults make of one speech while it is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// How many containers there are.
    pub(crate) containers: Containers,
    /// Up to how many frames an Opus packet holds; 0 is as usual.
    pub(crate) opus_frames: usize,
    /// How much is missing at the end.
    pub(crate) cut_tail_ms: u32,
    /// Whether the samples of a WAV file have 32 bits.
    pub(crate) is_wav_wide: bool,
}

/// How many containers a speech comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Containers {
    /// One around everything.
    #[default]
    One,
    /// One around each chunk.
    EachChunk,
}

/// A sound that is spoken instead of synthetic words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpokenFile {
    /// The text that it is spoken for; none is any.
    pub text: Option<String>,
    /// The voice that it is spoken for; none is any.
    pub voice: Option<String>,
    /// The samples, mono.
    pub pcm: Arc<[i16]>,
    /// Samples per second.
    pub rate_hz: u32,
}

impl SpokenFile {
    /// Whether it is spoken for this request. Texts are compared word by word.
    fn fits(&self, speech: &Speech) -> bool {
        let is_voice = self
            .voice
            .as_ref()
            .is_none_or(|voice| *voice == speech.voice);
        let is_text = self.text.as_ref().is_none_or(|text| {
            let expected = units_of(text);
            words(&expected).eq(words(&speech.units))
        });
        is_voice && is_text
    }
}

fn words(units: &[Unit]) -> impl Iterator<Item = &str> {
    units.iter().filter_map(|unit| match unit {
        Unit::Word { text, .. } => Some(text.as_str()),
        Unit::Pause { .. } | Unit::Mark(_) | Unit::SentenceEnd => None,
    })
}

/// The sound of one session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionSound<'s> {
    /// What was chosen.
    pub(crate) options: &'s SoundOptions,
    /// Decides the lengths of chunks that vary.
    pub(crate) seed: u64,
    /// What was made before.
    pub(crate) kept: &'s Arc<KeptSpeech>,
}

impl SessionSound<'_> {
    /// Whether a speech sounds the same, and is cut the same way, in every session.
    pub(crate) const fn is_repeatable(&self) -> bool {
        self.options.chunk_jitter_percent == 0
    }

    /// The file that is spoken for a request, if there is one.
    pub(crate) fn file_for(&self, speech: &Speech) -> Option<&SpokenFile> {
        self.options.files.iter().find(|file| file.fits(speech))
    }
}
