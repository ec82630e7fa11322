//! Recordings that the user has given texts for: known by their samples, as these arrive.

use std::sync::Arc;

use audio::{SampleFormat, g711};

/// The samples of a sound file and what recognition answers to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The samples, mono.
    pub pcm: Arc<[i16]>,
    /// Samples per second.
    pub rate_hz: u32,
    /// What is said in it, one text a result.
    pub texts: Vec<String>,
}

/// The recordings that the audio of one recognition may still be.
pub(crate) struct Following {
    candidates: Vec<Candidate>,
    heard: usize,
    format: SampleFormat,
}

struct Candidate {
    recording: Recording,
    /// How many of its texts have been given.
    given: usize,
}

impl Following {
    /// Nothing has been heard yet: it may be any recording of that rate.
    pub(crate) fn new(recordings: &[Recording], rate_hz: u32, format: SampleFormat) -> Self {
        let right = recordings.iter().filter(|r| r.rate_hz == rate_hz);
        let candidates = right.map(|recording| Candidate {
            recording: recording.clone(),
            given: 0,
        });
        Self {
            candidates: candidates.collect(),
            heard: 0,
            format,
        }
    }

    /// Takes samples, and lets go of the recordings that do not have them.
    pub(crate) fn push(&mut self, pcm: &[i16]) {
        let heard = self.heard;
        self.heard += pcm.len();
        let (end, format) = (self.heard, self.format);
        self.candidates.retain(|candidate| {
            let expected = candidate.recording.pcm.get(heard..end);
            expected.is_some_and(|expected| {
                let mut pairs = expected.iter().zip(pcm);
                pairs.all(|(expected, found)| sent(*expected, format) == *found)
            })
        });
    }

    /// The next text of the first recording that fits.
    pub(crate) fn next_text(&mut self) -> Option<String> {
        let candidate = self.candidates.first_mut().filter(|_| self.heard > 0)?;
        let text = candidate.recording.texts.get(candidate.given).cloned();
        candidate.given += 1;
        text
    }
}

/// A sample as it comes out of the format that it is sent in.
fn sent(sample: i16, format: SampleFormat) -> i16 {
    match format {
        SampleFormat::Pcm(_) => sample,
        SampleFormat::Mulaw => g711::decode_mulaw(g711::encode_mulaw(sample)),
        SampleFormat::Alaw => g711::decode_alaw(g711::encode_alaw(sample)),
    }
}
