//! A sound of the user's own at the rate that is asked for.

use std::sync::Arc;

use audio::Resampler;

use super::SpokenFile;

/// A file on its way out, followed by silence.
pub(crate) struct Playback {
    pcm: Arc<[i16]>,
    at: usize,
    /// None if the file has the rate that is asked for.
    resampler: Option<Resampler>,
    ready: Vec<i16>,
    left: u64,
}

impl Playback {
    /// A file at its start, to be played at `rate_hz`.
    pub(crate) fn new(file: &SpokenFile, rate_hz: u32) -> Self {
        Self {
            pcm: Arc::clone(&file.pcm),
            at: 0,
            resampler: (file.rate_hz != rate_hz).then(|| Resampler::new(file.rate_hz, rate_hz)),
            ready: Vec::new(),
            left: Self::samples(file, rate_hz),
        }
    }

    /// The same with so many zeros after it.
    pub(crate) const fn followed_by(mut self, zeros: u64) -> Self {
        self.left += zeros;
        self
    }

    /// How long a file is at `rate_hz`.
    pub(crate) fn samples(file: &SpokenFile, rate_hz: u32) -> u64 {
        let samples = file.pcm.len() as u64 * u64::from(rate_hz);
        samples.div_ceil(u64::from(file.rate_hz.max(1)))
    }

    /// Makes the next samples and returns how many; 0 is the end.
    pub(crate) fn read(&mut self, out: &mut [i16]) -> usize {
        let length = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(out.len());
        while self.ready.len() < length && self.at < self.pcm.len() {
            let end = (self.at + BLOCK).min(self.pcm.len());
            let block = self.pcm.get(self.at..end).unwrap_or_default();
            self.at = end;
            match &mut self.resampler {
                None => self.ready.extend_from_slice(block),
                Some(resampler) => resampler.push(block, &mut self.ready),
            }
            if let (Some(resampler), true) = (&mut self.resampler, end == self.pcm.len()) {
                resampler.finish(&mut self.ready);
            }
        }
        let made = self.ready.drain(..length.min(self.ready.len()));
        let made = made.chain(std::iter::repeat(0));
        for (slot, sample) in out.iter_mut().zip(made.take(length)) {
            *slot = sample;
        }
        self.left -= length as u64;
        length
    }
}

const BLOCK: usize = 4096;
