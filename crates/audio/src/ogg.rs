//! Opus in Ogg (RFC 3533, RFC 7845): whole pages of five packets, the header pages first.

use crate::crc::crc32;
use crate::format::Unsupported;
use crate::hash::Fnv;
use crate::opus::{FRAME_SAMPLES, Opus};

/// Encoder of one Ogg Opus stream.
#[derive(Debug)]
pub(crate) struct Ogg {
    opus: Opus,
    pages: Pages,
    has_head: bool,
}

impl Ogg {
    pub(crate) fn new(rate_hz: u32, total_samples: u64) -> Result<Self, Unsupported> {
        let opus = Opus::new(rate_hz)?;
        // Streams played one after the other need different serial numbers.
        let hash = Fnv::new()
            .number(u64::from(rate_hz))
            .number(total_samples)
            .mixed();
        let serial = u32::try_from(hash >> 32).unwrap_or_default();
        Ok(Self {
            opus,
            pages: Pages::new(serial),
            has_head: false,
        })
    }

    /// From now on packets hold up to so many frames.
    pub(crate) fn bundle(&mut self, frames: usize) {
        self.opus.bundle(frames);
    }

    pub(crate) fn push(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        if !self.has_head {
            self.has_head = true;
            self.pages.header(&self.opus.head(), Flag::First, out);
            self.pages.header(&tags(), Flag::None, out);
        }
        let pages = &mut self.pages;
        self.opus
            .push(pcm, |packet, frames| pages.packet(packet, frames, out));
    }

    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let pages = &mut self.pages;
        self.opus
            .finish(|packet, frames| pages.packet(packet, frames, out));
        // Fewer samples than the packets hold: the rest is not to be played.
        self.pages.granule = self.pages.granule.min(self.opus.end());
        self.pages.flush(Flag::Last, out);
    }
}

/// `"OpusTags" · vendor(u32 + text) · no comments(u32)`, little-endian.
fn tags() -> Vec<u8> {
    let mut tags = b"OpusTags".to_vec();
    tags.extend(
        u32::try_from(VENDOR.len())
            .unwrap_or_default()
            .to_le_bytes(),
    );
    tags.extend(VENDOR);
    tags.extend([0; 4]);
    tags
}

#[derive(Debug)]
struct Pages {
    serial: u32,
    sequence: u32,
    /// Samples at 48 kHz up to the end of the last packet.
    granule: u64,
    lacing: Vec<u8>,
    payload: Vec<u8>,
    /// Frames of 20 ms on the page.
    frames: u64,
}

#[derive(Debug, Clone, Copy)]
enum Flag {
    None = 0,
    First = 2,
    Last = 4,
}

impl Pages {
    fn new(serial: u32) -> Self {
        Self {
            serial,
            sequence: 0,
            granule: 0,
            lacing: Vec::new(),
            payload: Vec::new(),
            frames: 0,
        }
    }

    fn header(&mut self, packet: &[u8], flag: Flag, out: &mut Vec<u8>) {
        self.append(packet);
        self.flush(flag, out);
    }

    /// A full page leaves when the next packet comes: the last page has to be kept for the
    /// mark of the end.
    fn packet(&mut self, packet: &[u8], frames: u64, out: &mut Vec<u8>) {
        if self.frames >= FRAMES_PER_PAGE {
            self.flush(Flag::None, out);
        }
        self.append(packet);
        self.frames += frames;
        self.granule += frames * FRAME_SAMPLES;
    }

    fn append(&mut self, packet: &[u8]) {
        self.payload.extend_from_slice(packet);
        self.lacing
            .extend(std::iter::repeat_n(255, packet.len() / 255));
        self.lacing
            .push(u8::try_from(packet.len() % 255).unwrap_or_default());
    }

    /// `"OggS" · version 0 · flag · granule(u64) · serial · sequence · crc · segments(u8) · lacing · payload`,
    /// little-endian.
    fn flush(&mut self, flag: Flag, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend(b"OggS\0");
        out.push(flag as u8);
        out.extend(self.granule.to_le_bytes());
        out.extend(self.serial.to_le_bytes());
        out.extend(self.sequence.to_le_bytes());
        out.extend([0; 4]);
        out.push(u8::try_from(self.lacing.len()).unwrap_or(u8::MAX));
        out.append(&mut self.lacing);
        out.append(&mut self.payload);
        let crc = crc32(out.get(start..).unwrap_or_default());
        for (slot, byte) in out.iter_mut().skip(start + 22).zip(crc.to_le_bytes()) {
            *slot = byte;
        }
        self.sequence += 1;
        self.frames = 0;
    }
}

const VENDOR: &[u8] = b"mynah";
/// 100 ms, so that playing can begin soon.
const FRAMES_PER_PAGE: u64 = 5;
