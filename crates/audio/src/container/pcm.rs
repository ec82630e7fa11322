//! Samples of a fixed size, with a WAV header before them or without.

use std::io::Read;

use super::{ContainerError, Track, mix};
use crate::decode::{Decoder, SampleFormat};
use crate::format::Endian;
use crate::wav::Reader;

/// Samples alone.
pub(super) struct RawTrack<R> {
    source: R,
    decoder: Decoder,
}

impl<R: Read> RawTrack<R> {
    pub(super) fn new(source: R, format: SampleFormat) -> Self {
        Self {
            source,
            decoder: Decoder::new(format),
        }
    }
}

impl<R: Read> Track for RawTrack<R> {
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        let bytes = block(&mut self.source)?;
        self.decoder.push(&bytes, out);
        Ok(!bytes.is_empty())
    }
}

/// Samples behind a WAV header.
pub(super) struct WavTrack<R> {
    source: R,
    reader: Reader,
    decoder: Decoder,
    channels: usize,
    /// Audio that came with the header, then samples of a frame that is not complete.
    bytes: Vec<u8>,
    frame: Vec<i16>,
}

impl<R: Read> WavTrack<R> {
    pub(super) fn open(mut source: R) -> Result<(u32, Self), ContainerError> {
        let (mut reader, mut bytes) = (Reader::new(), Vec::new());
        let header = loop {
            let read = block(&mut source)?;
            reader.push(&read, &mut bytes)?;
            match reader.header() {
                Some(header) => break header,
                None if read.is_empty() => return Err(crate::wav::WavError::NoData.into()),
                None => {}
            }
        };
        let format = match (header.tag, header.bits) {
            (1, 16) => SampleFormat::Pcm(Endian::Little),
            (6, 8) => SampleFormat::Alaw,
            (7, 8) => SampleFormat::Mulaw,
            (tag, bits) => return Err(ContainerError::WavCodec { tag, bits }),
        };
        let track = Self {
            source,
            reader,
            decoder: Decoder::new(format),
            channels: header.channels.into(),
            bytes,
            frame: Vec::new(),
        };
        Ok((header.rate_hz, track))
    }
}

impl<R: Read> Track for WavTrack<R> {
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        let read = block(&mut self.source)?;
        let more = !read.is_empty() || !self.bytes.is_empty();
        self.reader.push(&read, &mut self.bytes)?;
        self.decoder.push(&self.bytes, &mut self.frame);
        self.bytes.clear();
        let whole = self.frame.len() - self.frame.len() % self.channels.max(1);
        mix(
            self.frame.get(..whole).unwrap_or_default(),
            self.channels,
            out,
        );
        self.frame.drain(..whole);
        Ok(more)
    }
}

fn block(source: &mut impl Read) -> Result<Vec<u8>, ContainerError> {
    let mut bytes = Vec::new();
    source.take(BLOCK_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

const BLOCK_BYTES: u64 = 8192;
