//! MPEG audio, one frame after the other.

use std::io::Read;

use nanomp3::{Decoder, MAX_SAMPLES_PER_FRAME};

use super::{Container, ContainerError, Track, mix};

/// The frames of an MP3 file.
pub(super) struct Mp3Track<R> {
    source: R,
    decoder: Box<Decoder>,
    /// Bytes from `at` on are not decoded yet.
    bytes: Vec<u8>,
    at: usize,
    is_ended: bool,
    frame: Vec<i16>,
    /// The first frame, which tells the rate.
    first: Vec<i16>,
}

impl<R: Read> Mp3Track<R> {
    pub(super) fn open(mut source: R) -> Result<(u32, Self), ContainerError> {
        let bytes = skip_tag(&mut source)?;
        let mut track = Self {
            source,
            decoder: Box::new(Decoder::new()),
            bytes,
            at: 0,
            is_ended: false,
            frame: vec![0; MAX_SAMPLES_PER_FRAME],
            first: Vec::new(),
        };
        let mut first = Vec::new();
        match track.decode(&mut first)? {
            Some(rate_hz) => {
                track.first = first;
                Ok((rate_hz, track))
            }
            None => Err(ContainerError::broken(Container::Mp3, &"no frame in it")),
        }
    }

    /// Decodes the next frame and tells its rate; none at the end.
    fn decode(&mut self, out: &mut Vec<i16>) -> Result<Option<u32>, ContainerError> {
        loop {
            self.fill()?;
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(None);
            }
            let (consumed, decoded) = self.decoder.decode(rest, &mut self.frame);
            self.at += consumed.max(1);
            if let Ok(info) = decoded
                && info.samples_produced > 0
            {
                let channels = usize::from(info.channels.num());
                let samples = self.frame.get(..info.samples_produced * channels);
                mix(samples.unwrap_or_default(), channels, out);
                return Ok(Some(info.sample_rate));
            }
        }
    }

    /// A frame is known by those after it: several have to be there.
    fn fill(&mut self) -> Result<(), ContainerError> {
        if self.is_ended || self.bytes.len() - self.at.min(self.bytes.len()) >= LOOKAHEAD_BYTES {
            return Ok(());
        }
        self.bytes.drain(..self.at.min(self.bytes.len()));
        self.at = 0;
        let wanted = 2 * LOOKAHEAD_BYTES as u64;
        let read = (&mut self.source)
            .take(wanted)
            .read_to_end(&mut self.bytes)?;
        self.is_ended = read == 0;
        Ok(())
    }
}

impl<R: Read> Track for Mp3Track<R> {
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        if !self.first.is_empty() {
            out.append(&mut self.first);
            return Ok(true);
        }
        Ok(self.decode(out)?.is_some())
    }
}

/// Skips a tag of the second ID3; otherwise answers the bytes that it has looked at.
fn skip_tag(source: &mut impl Read) -> Result<Vec<u8>, ContainerError> {
    let mut head = Vec::new();
    source.take(10).read_to_end(&mut head)?;
    let [b'I', b'D', b'3', _, _, flags, size @ ..] = head.as_slice() else {
        return Ok(head);
    };
    let size = size
        .iter()
        .fold(0u64, |size, byte| size << 7 | u64::from(byte & 0x7F));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    std::io::copy(&mut source.take(size + footer), &mut std::io::sink())?;
    Ok(Vec::new())
}

const LOOKAHEAD_BYTES: usize = 16 << 10;
