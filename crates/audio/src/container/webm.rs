//! Opus in `WebM`: the blocks of the first track that is Opus.
//!
//! Masters are entered, so that one whose size is unknown needs no end; of the rest only what
//! is needed is kept.

use std::io::{ErrorKind, Read};

use super::opus_track::Packets;
use super::{Container, ContainerError, Track};
use crate::opus::PLAYED_HZ;

/// The packets of a `WebM` file.
pub(super) struct WebmTrack<R> {
    elements: Elements<R>,
    packets: Packets,
    track: u64,
    /// The last block that was decoded: what follows it may shorten it.
    held: Vec<i16>,
}

impl<R: Read> WebmTrack<R> {
    pub(super) fn open(source: R) -> Result<(u32, Self), ContainerError> {
        let mut elements = Elements { source };
        let (mut number, mut head) = (0, None);
        loop {
            match elements.next()? {
                None | Some((CLUSTER, _)) => break,
                Some((TRACK_NUMBER, bytes)) if head.is_none() => number = unsigned(&bytes),
                Some((CODEC_PRIVATE, bytes)) if head.is_none() && is_head(&bytes) => {
                    head = Some(bytes);
                }
                Some(_) => {}
            }
        }
        let head = head.unwrap_or_default();
        let [_, _, _, _, _, _, _, _, _, channels, low, high, ..] = head.as_slice() else {
            return Err(broken("no Opus track in it"));
        };
        let pre_skip = u16::from_le_bytes([*low, *high]);
        let track = Self {
            elements,
            packets: Packets::new(Container::WebmOpus, usize::from(*channels), pre_skip)?,
            track: number,
            held: Vec::new(),
        };
        Ok((PLAYED_HZ, track))
    }

    fn block(&mut self, block: &[u8]) -> Result<Vec<i16>, ContainerError> {
        let [track, _, _, flags, packet @ ..] = block else {
            return Err(broken("a block of less than 4 bytes"));
        };
        if u64::from(track & 0x7F) != self.track {
            return Ok(Vec::new());
        }
        if flags & 0x06 != 0 {
            return Err(broken("laced blocks are not read"));
        }
        self.packets.decode(packet)
    }
}

impl<R: Read> Track for WebmTrack<R> {
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        match self.elements.next()? {
            None => {
                let is_end = self.held.is_empty();
                out.append(&mut self.held);
                Ok(!is_end)
            }
            Some((SIMPLE_BLOCK | BLOCK, bytes)) => {
                out.append(&mut self.held);
                self.held = self.block(&bytes)?;
                Ok(true)
            }
            Some((DISCARD_PADDING, bytes)) => {
                let samples = unsigned(&bytes) / (1_000_000_000 / u64::from(PLAYED_HZ));
                let kept = (self.held.len() as u64).saturating_sub(samples);
                self.held
                    .truncate(usize::try_from(kept).unwrap_or(usize::MAX));
                Ok(true)
            }
            Some(_) => Ok(true),
        }
    }
}

/// Elements in the order of the file: masters without their content, others with it.
struct Elements<R> {
    source: R,
}

impl<R: Read> Elements<R> {
    /// The next element that matters; none at the end of the file.
    fn next(&mut self) -> Result<Option<(u32, Vec<u8>)>, ContainerError> {
        loop {
            let Some((id, _)) = self.number(4, Marker::Kept)? else {
                return Ok(None);
            };
            let Some((size, is_unknown)) = self.number(8, Marker::Removed)? else {
                return Ok(None);
            };
            let id = u32::try_from(id).unwrap_or_default();
            if MASTERS.contains(&id) {
                return Ok(Some((id, Vec::new())));
            }
            if is_unknown {
                return Err(broken(format!("element {id:x} has no size")));
            }
            if !KEPT.contains(&id) {
                std::io::copy(&mut (&mut self.source).take(size), &mut std::io::sink())?;
                continue;
            }
            if size > LONGEST_ELEMENT {
                return Err(broken(format!("element {id:x} of {size} bytes")));
            }
            let mut bytes = Vec::new();
            (&mut self.source).take(size).read_to_end(&mut bytes)?;
            // The rest of a file that was cut off says nothing.
            return Ok(Some((id, bytes)).filter(|(_, bytes)| bytes.len() as u64 == size));
        }
    }

    /// A number of up to so many bytes, and whether all its bits are set.
    fn number(&mut self, most: u32, marker: Marker) -> Result<Option<(u64, bool)>, ContainerError> {
        let Some(first) = self.byte()? else {
            return Ok(None);
        };
        let length = first.leading_zeros() + 1;
        if length > most {
            return Err(broken(format!("a number that begins with {first:02x}")));
        }
        let mut value = u64::from(first);
        for _ in 1..length {
            let Some(byte) = self.byte()? else {
                return Ok(None);
            };
            value = value << 8 | u64::from(byte);
        }
        let mask = (1 << (7 * length)) - 1;
        let is_unknown = value & mask == mask;
        Ok(Some(match marker {
            Marker::Kept => (value, is_unknown),
            Marker::Removed => (value & mask, is_unknown),
        }))
    }

    fn byte(&mut self) -> Result<Option<u8>, ContainerError> {
        let mut byte = [0];
        match self.source.read_exact(&mut byte) {
            Ok(()) => Ok(byte.first().copied()),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The bit that tells the length of a number is part of an id, but not of a size.
#[derive(Clone, Copy)]
enum Marker {
    Kept,
    Removed,
}

fn is_head(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OpusHead")
}

fn unsigned(bytes: &[u8]) -> u64 {
    let number = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    bytes.iter().take(8).fold(0, number)
}

fn broken(problem: impl Into<String>) -> ContainerError {
    ContainerError::broken(Container::WebmOpus, &problem.into())
}

const CLUSTER: u32 = 0x1F43_B675;
const TRACK_NUMBER: u32 = 0xD7;
const CODEC_PRIVATE: u32 = 0x63A2;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK: u32 = 0xA1;
const DISCARD_PADDING: u32 = 0x75A2;
/// EBML, Segment, Cluster, Tracks, `TrackEntry`, `BlockGroup`.
const MASTERS: [u32; 6] = [0x1A45_DFA3, 0x1853_8067, CLUSTER, 0x1654_AE6B, 0xAE, 0xA0];
const KEPT: [u32; 5] = [
    TRACK_NUMBER,
    CODEC_PRIVATE,
    SIMPLE_BLOCK,
    BLOCK,
    DISCARD_PADDING,
];
const LONGEST_ELEMENT: u64 = 1 << 20;
