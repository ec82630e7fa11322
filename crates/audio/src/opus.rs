//! Opus packets of 20 ms, as the Ogg and `WebM` streams carry them; several in one if asked for.

use opus_pure::{Application, MAX_PACKET_BYTES, OpusEncoder};

use crate::bundle::Bundle;
use crate::format::{Format, Unsupported};

/// Turns samples into packets and knows how much of them is to be played.
#[derive(Debug)]
pub(crate) struct Opus {
    encoder: Box<OpusEncoder>,
    rate_hz: u32,
    frame: Vec<i16>,
    frame_samples: usize,
    pre_skip: u16,
    packet: Vec<u8>,
    pushed: u64,
    frames: u64,
    bundle: Option<Bundle>,
}

impl Opus {
    pub(crate) fn new(rate_hz: u32) -> Result<Self, Unsupported> {
        let encoder = i32::try_from(rate_hz)
            .ok()
            .and_then(|rate| OpusEncoder::new(rate, 1, Application::Audio).ok());
        let Some(mut encoder) = encoder else {
            let expected = Format::OggOpus.rates_hz().unwrap_or_default();
            return Err(Unsupported::NotListed {
                found: rate_hz,
                expected,
            });
        };
        encoder.bitrate_bps = BITRATE_BPS;
        encoder.complexity = COMPLEXITY;
        let lookahead = u32::try_from(encoder.lookahead()).unwrap_or_default();
        let frame_samples = rate_hz / 50;
        Ok(Self {
            pre_skip: u16::try_from(lookahead * (PLAYED_HZ / rate_hz)).unwrap_or_default(),
            encoder: Box::new(encoder),
            rate_hz,
            frame: Vec::new(),
            frame_samples: usize::try_from(frame_samples).unwrap_or_default(),
            packet: vec![0; MAX_PACKET_BYTES],
            pushed: 0,
            frames: 0,
            bundle: None,
        })
    }

    /// From now on packets hold up to so many frames of 20 ms, see [`Bundle`].
    pub(crate) fn bundle(&mut self, frames: usize) {
        self.bundle = Some(Bundle::new(frames));
    }

    /// Hands every complete packet to `sink`, with the number of its frames.
    pub(crate) fn push(&mut self, mut pcm: &[i16], mut sink: impl FnMut(&[u8], u64)) {
        self.pushed += pcm.len() as u64;
        while !pcm.is_empty() {
            let room = self.frame_samples - self.frame.len();
            let (now, later) = pcm.split_at(room.min(pcm.len()));
            self.frame.extend_from_slice(now);
            pcm = later;
            if self.frame.len() == self.frame_samples {
                self.emit(&mut sink);
            }
        }
    }

    /// Zeros follow until the last sample has left the encoder's delay line.
    pub(crate) fn finish(&mut self, mut sink: impl FnMut(&[u8], u64)) {
        if self.pushed == 0 {
            return;
        }
        let needed = self.end().div_ceil(FRAME_SAMPLES);
        while self.frames < needed {
            self.frame.resize(self.frame_samples, 0);
            self.emit(&mut sink);
        }
        if let Some(bundle) = &mut self.bundle {
            bundle.flush(&mut sink);
        }
    }

    /// Samples at 48 kHz that a decoder makes before the sound begins.
    pub(crate) fn pre_skip(&self) -> u16 {
        self.pre_skip
    }

    /// Where the sound ends, in samples at 48 kHz from the start of the first packet.
    pub(crate) fn end(&self) -> u64 {
        u64::from(self.pre_skip) + self.pushed * u64::from(PLAYED_HZ / self.rate_hz)
    }

    /// `"OpusHead" · version 1 · channels 1 · pre-skip(u16) · rate(u32) · gain(i16) · family 0`,
    /// little-endian.
    pub(crate) fn head(&self) -> Vec<u8> {
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend(self.pre_skip.to_le_bytes());
        head.extend(self.rate_hz.to_le_bytes());
        head.extend([0; 3]);
        head
    }

    fn emit(&mut self, sink: &mut impl FnMut(&[u8], u64)) {
        let length =
            match self
                .encoder
                .encode_s16(&self.frame, self.frame_samples, &mut self.packet)
            {
                Ok(length) => length,
                Err(error) => unreachable!("20 ms at a rate that Opus has always encode: {error}"),
            };
        self.frame.clear();
        self.frames += 1;
        let packet = self.packet.get(..length).unwrap_or_default();
        match &mut self.bundle {
            None => sink(packet, 1),
            Some(bundle) => bundle.push(packet, sink),
        }
    }
}

/// The rate that every decoder plays at and all positions are counted in.
pub(crate) const PLAYED_HZ: u32 = 48_000;
/// Samples of one frame at that rate.
pub(crate) const FRAME_SAMPLES: u64 = 960;

const BITRATE_BPS: i32 = 32_000;
const COMPLEXITY: i32 = 5;
