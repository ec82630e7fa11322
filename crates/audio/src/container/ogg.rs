//! Opus in Ogg.

use std::io::{ErrorKind, Read};

use opus_pure::{Error, OggOpusReader};

use super::opus_track::Packets;
use super::{Container, ContainerError, Track};
use crate::opus::PLAYED_HZ;

/// The packets of an Ogg Opus file.
pub(super) struct OggTrack<R: Read> {
    reader: OggOpusReader<R>,
    packets: Packets,
    pre_skip: u64,
    /// Samples so far.
    played: u64,
}

impl<R: Read> OggTrack<R> {
    pub(super) fn open(source: R) -> Result<(u32, Self), ContainerError> {
        let reader = OggOpusReader::new(source).map_err(broken)?;
        let head = reader.head();
        let pre_skip = head.pre_skip;
        let channels = usize::from(head.channel_count);
        let track = Self {
            packets: Packets::new(Container::OggOpus, channels, pre_skip)?,
            reader,
            pre_skip: pre_skip.into(),
            played: 0,
        };
        Ok((PLAYED_HZ, track))
    }
}

impl<R: Read> Track for OggTrack<R> {
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        let packet = match self.reader.read_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => return Ok(false),
            Err(Error::Io(error)) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
            // What is left of a file that was cut inside a page.
            Err(Error::InvalidStream(_)) if self.played > 0 => return Ok(false),
            Err(error) => return Err(broken(error)),
        };
        let mut pcm = self.packets.decode(&packet.data)?;
        if packet.end_of_stream {
            let end = u64::try_from(packet.page_granule).unwrap_or(u64::MAX);
            let left = end.saturating_sub(self.pre_skip + self.played);
            pcm.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        }
        self.played += pcm.len() as u64;
        out.append(&mut pcm);
        Ok(true)
    }
}

fn broken(error: Error) -> ContainerError {
    match error {
        Error::Io(error) if error.kind() != ErrorKind::UnexpectedEof => error.into(),
        error => ContainerError::broken(Container::OggOpus, &error),
    }
}
