//! Packets out of samples at one rate.

use crate::receive::{RATE_HZ, Received, Receiver};
use crate::resample::Resampler;

/// Listener for packets at one rate.
#[derive(Debug, Clone)]
pub(crate) struct Ear {
    resampler: Resampler,
    receiver: Receiver,
}

impl Ear {
    pub(crate) fn new(rate_hz: u32) -> Self {
        Self {
            resampler: Resampler::new(rate_hz, RATE_HZ),
            receiver: Receiver::default(),
        }
    }

    pub(crate) fn push(&mut self, pcm: &[i16]) -> Vec<Received> {
        let (mut sound, mut received) = (Vec::new(), Vec::new());
        self.resampler.push(pcm, &mut sound);
        self.receiver.push(&sound, &mut received);
        received
    }

    /// Listens on for a while as if silence followed, for the last symbol to end.
    pub(crate) fn finish(&mut self) -> Vec<Received> {
        let (mut sound, mut received) = (Vec::new(), Vec::new());
        self.resampler.finish(&mut sound);
        sound.extend([0; TAIL]);
        self.receiver.push(&sound, &mut received);
        received
    }
}

/// 20 ms of silence after the end, and as much as a window of the sweep.
const TAIL: usize = 400;
