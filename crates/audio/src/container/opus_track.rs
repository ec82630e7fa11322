//! Opus packets to mono samples at 48 kHz.

use opus_pure::OpusDecoder;

use super::{Container, ContainerError, mix};
use crate::opus::PLAYED_HZ;

/// Decoder of one stream of packets.
pub(super) struct Packets {
    container: Container,
    decoder: OpusDecoder,
    channels: usize,
    frame: Vec<i16>,
    /// Samples that are still to be skipped.
    skip: usize,
}

impl Packets {
    pub(super) fn new(
        container: Container,
        channels: usize,
        pre_skip: u16,
    ) -> Result<Self, ContainerError> {
        let decoder = OpusDecoder::new(PLAYED_HZ.cast_signed(), channels)
            .map_err(|error| ContainerError::broken(container, &error))?;
        Ok(Self {
            container,
            decoder,
            channels,
            frame: vec![0; LONGEST_PACKET * channels],
            skip: pre_skip.into(),
        })
    }

    /// Decodes one packet.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Result<Vec<i16>, ContainerError> {
        let count = self
            .decoder
            .decode_s16(packet, LONGEST_PACKET, &mut self.frame)
            .map_err(|error| ContainerError::broken(self.container, &error))?;
        let mut pcm = Vec::new();
        let samples = self.frame.get(..count * self.channels);
        mix(samples.unwrap_or_default(), self.channels, &mut pcm);
        let skipped = self.skip.min(pcm.len());
        self.skip -= skipped;
        pcm.drain(..skipped);
        Ok(pcm)
    }
}

/// 120 ms.
const LONGEST_PACKET: usize = 5760;
