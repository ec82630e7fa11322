//! MPEG audio layer III at a constant bit rate, frame by frame.
//!
//! The encoder's frame engine is driven directly: its stream type would lead with a LAME
//! tag, and at 32 kHz and more it would keep everything until the end for its bit reservoir.
//! Every frame here stands on its own.

use rusty_mp3::Mp3Encode;
use rusty_mp3::header::FrameHeader;

use crate::format::{Format, Unsupported};

/// Encoder of one MP3 stream.
pub(crate) struct Mp3 {
    engine: Mp3Encode,
    header: FrameHeader,
    frame: Vec<f32>,
    /// Fraction of a byte that the frames so far are short of the bit rate, over `rate_hz`.
    owed: u32,
    pushed: u64,
    frames: u64,
}

impl Mp3 {
    pub(crate) fn new(rate_hz: u32, bitrate_kbps: Option<u32>) -> Result<Self, Unsupported> {
        // Zero asks for the engine's default.
        let Ok(header) = rusty_mp3::encoder_header(rate_hz, 1, bitrate_kbps.unwrap_or(0)) else {
            let expected = Format::Mp3 { bitrate_kbps }.rates_hz().unwrap_or_default();
            return Err(Unsupported::NotListed {
                found: rate_hz,
                expected,
            });
        };
        Ok(Self {
            engine: Mp3Encode::new(),
            header,
            frame: Vec::new(),
            owed: 0,
            pushed: 0,
            frames: 0,
        })
    }

    pub(crate) fn push(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        self.pushed += pcm.len() as u64;
        for sample in pcm {
            self.take(*sample, out);
        }
    }

    /// Zeros follow until the last sample has left the delay lines of encoder and decoder,
    /// and two frames at least, since players look for a second one.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if self.pushed == 0 {
            return;
        }
        let needed = (self.pushed + DELAY_SAMPLES)
            .div_ceil(self.frame_samples() as u64)
            .max(2);
        while self.frames < needed {
            self.take(0, out);
        }
    }

    fn take(&mut self, sample: i16, out: &mut Vec<u8>) {
        self.frame.push(f32::from(sample) / 32_768.0);
        if self.frame.len() < self.frame_samples() {
            return;
        }
        self.header.padding = self.is_padded();
        match self.engine.encode_frame(&self.header, &[&self.frame], None) {
            Ok(bytes) => out.extend(bytes),
            Err(error) => unreachable!("a frame of the right length always encodes: {error}"),
        }
        self.frame.clear();
        self.frames += 1;
    }

    /// Whether this frame takes one byte more, so that the frames together keep the bit rate.
    fn is_padded(&mut self) -> bool {
        let rate_hz = self.header.sample_rate;
        let frame_samples = u32::try_from(self.frame_samples()).unwrap_or_default();
        self.owed += frame_samples / 8 * self.header.bitrate_kbps * 1000 % rate_hz;
        let is_padded = self.owed >= rate_hz;
        if is_padded {
            self.owed -= rate_hz;
        }
        is_padded
    }

    fn frame_samples(&self) -> usize {
        self.header.version.samples_per_frame()
    }
}

impl std::fmt::Debug for Mp3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mp3")
            .field("header", &self.header)
            .field("frames", &self.frames)
            .finish_non_exhaustive()
    }
}

/// 528 samples in the encoder and 529 in every decoder.
const DELAY_SAMPLES: u64 = 528 + 529;
