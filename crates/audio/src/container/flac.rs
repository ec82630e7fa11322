//! Native FLAC.

use std::io::{ErrorKind, Read};

use claxon::{Error, FlacReader, FlacReaderOptions};

use super::{Container, ContainerError, Track, mix};

/// The blocks of a FLAC file.
pub(super) struct FlacTrack<R: Read> {
    reader: FlacReader<R>,
    bits: u32,
    buffer: Vec<i32>,
}

impl<R: Read> FlacTrack<R> {
    pub(super) fn open(source: R) -> Result<(u32, Self), ContainerError> {
        let options = FlacReaderOptions {
            metadata_only: false,
            read_vorbis_comment: false,
        };
        let reader = FlacReader::new_ext(source, options).map_err(broken)?;
        let info = reader.streaminfo();
        let track = Self {
            reader,
            bits: info.bits_per_sample,
            buffer: Vec::new(),
        };
        Ok((info.sample_rate, track))
    }
}

impl<R: Read> Track for FlacTrack<R> {
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        let buffer = std::mem::take(&mut self.buffer);
        let block = match self.reader.blocks().read_next_or_eof(buffer) {
            Ok(Some(block)) => block,
            Ok(None) => return Ok(false),
            Err(Error::IoError(error)) if error.kind() == ErrorKind::UnexpectedEof => {
                return Ok(false);
            }
            Err(error) => return Err(broken(error)),
        };
        let channels = usize::try_from(block.channels()).unwrap_or(1);
        let interleaved: Vec<i16> = (0..block.duration())
            .flat_map(|n| (0..block.channels()).map(move |channel| (channel, n)))
            .map(|(channel, n)| narrow(block.sample(channel, n), self.bits))
            .collect();
        mix(&interleaved, channels, out);
        self.buffer = block.into_buffer();
        Ok(true)
    }
}

/// A sample of so many bits as one of 16.
fn narrow(sample: i32, bits: u32) -> i16 {
    let sample = if bits > 16 {
        sample >> (bits - 16).min(16)
    } else {
        sample << (16 - bits)
    };
    i16::try_from(sample).unwrap_or_default()
}

fn broken(error: Error) -> ContainerError {
    match error {
        Error::IoError(error) if error.kind() != ErrorKind::UnexpectedEof => error.into(),
        error => ContainerError::broken(Container::Flac, &error),
    }
}
