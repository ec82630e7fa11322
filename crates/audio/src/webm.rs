//! Opus in `WebM`: the Matroska subset that browsers play, for a stream of one audio track.
//!
//! ```text
//! EBML · Segment (open-ended) ─┬─ Info · Tracks
//!                              └─ Cluster (200 ms) … ─┬─ SimpleBlock …
//!                                                     └─ the last one a BlockGroup with DiscardPadding
//! ```

use crate::ebml::{binary, float, master, open_ended, signed, unsigned};
use crate::format::Unsupported;
use crate::opus::{FRAME_SAMPLES, Opus, PLAYED_HZ};

/// Encoder of one `WebM` stream.
#[derive(Debug)]
pub(crate) struct Webm {
    opus: Opus,
    rate_hz: u32,
    total_samples: u64,
    has_head: bool,
    clusters: Clusters,
}

impl Webm {
    pub(crate) fn new(rate_hz: u32, total_samples: u64) -> Result<Self, Unsupported> {
        let opus = Opus::new(rate_hz)?;
        Ok(Self {
            opus,
            rate_hz,
            total_samples,
            has_head: false,
            clusters: Clusters::default(),
        })
    }

    /// From now on packets hold up to so many frames.
    pub(crate) fn bundle(&mut self, frames: usize) {
        self.opus.bundle(frames);
    }

    pub(crate) fn push(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        if !self.has_head {
            self.has_head = true;
            self.push_head(out);
        }
        let clusters = &mut self.clusters;
        self.opus
            .push(pcm, |packet, frames| clusters.packet(packet, frames, out));
    }

    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        let clusters = &mut self.clusters;
        self.opus
            .finish(|packet, frames| clusters.packet(packet, frames, out));
        let surplus = (self.clusters.frames * FRAME_SAMPLES).saturating_sub(self.opus.end());
        self.clusters.finish(nanoseconds(surplus), out);
    }

    fn push_head(&self, out: &mut Vec<u8>) {
        master(0x1A45_DFA3, out, |ebml| {
            unsigned(0x4286, 1, ebml); // EBMLVersion
            unsigned(0x42F7, 1, ebml); // EBMLReadVersion
            unsigned(0x42F2, 4, ebml); // EBMLMaxIDLength
            unsigned(0x42F3, 8, ebml); // EBMLMaxSizeLength
            binary(0x4282, b"webm", ebml); // DocType
            unsigned(0x4287, 4, ebml); // DocTypeVersion
            unsigned(0x4285, 2, ebml); // DocTypeReadVersion
        });
        open_ended(0x1853_8067, out); // Segment
        master(0x1549_A966, out, |info| {
            unsigned(0x002A_D7B1, 1_000_000, info); // TimestampScale: milliseconds
            float(0x4489, self.duration_ms(), info); // Duration
            binary(0x4D80, b"mynah", info); // MuxingApp
            binary(0x5741, b"mynah", info); // WritingApp
        });
        master(0x1654_AE6B, out, |tracks| {
            master(0xAE, tracks, |track| self.push_track(track));
        });
    }

    fn push_track(&self, track: &mut Vec<u8>) {
        unsigned(0xD7, TRACK.into(), track); // TrackNumber
        unsigned(0x73C5, TRACK.into(), track); // TrackUID
        unsigned(0x9C, 0, track); // FlagLacing
        unsigned(0x83, 2, track); // TrackType: audio
        binary(0x86, b"A_OPUS", track); // CodecID
        binary(0x63A2, &self.opus.head(), track); // CodecPrivate
        unsigned(0x56AA, nanoseconds(self.opus.pre_skip().into()), track); // CodecDelay
        unsigned(0x56BB, 80_000_000, track); // SeekPreRoll
        master(0xE1, track, |audio| {
            float(0xB5, f64::from(PLAYED_HZ), audio); // SamplingFrequency
            unsigned(0x9F, 1, audio); // Channels
        });
    }

    fn duration_ms(&self) -> f64 {
        let microseconds =
            self.total_samples.saturating_mul(1_000_000) / u64::from(self.rate_hz.max(1));
        // Exact up to 49 days.
        let whole_ms = u32::try_from(microseconds / 1000).unwrap_or(u32::MAX);
        let rest_us = u32::try_from(microseconds % 1000).unwrap_or_default();
        f64::from(whole_ms) + f64::from(rest_us) / 1000.0
    }
}

/// Blocks on their way into clusters. One packet is held back, since the last is written in
/// another way.
#[derive(Debug, Default)]
struct Clusters {
    held: Option<Held>,
    /// Frames so far, those of the packet held included.
    frames: u64,
    blocks: Vec<u8>,
    blocks_in_cluster: u64,
    cluster_ms: u64,
}

/// A packet that is not written yet.
#[derive(Debug)]
struct Held {
    packet: Vec<u8>,
    /// When it begins.
    at_ms: u64,
}

impl Clusters {
    fn packet(&mut self, packet: &[u8], frames: u64, out: &mut Vec<u8>) {
        let next = Held {
            packet: packet.to_vec(),
            at_ms: self.frames * FRAME_MS,
        };
        if let Some(held) = self.held.replace(next) {
            self.start_block(&held, out);
            let block = self.block(&held, 0x80);
            binary(0xA3, &block, &mut self.blocks); // SimpleBlock, a keyframe
        }
        self.frames += frames;
    }

    fn finish(&mut self, discard_ns: u64, out: &mut Vec<u8>) {
        if let Some(held) = self.held.take() {
            self.start_block(&held, out);
            let block = self.block(&held, 0);
            master(0xA0, &mut self.blocks, |group| {
                binary(0xA1, &block, group); // Block
                signed(0x75A2, discard_ns.cast_signed(), group); // DiscardPadding
            });
        }
        self.flush(out);
    }

    /// Begins a cluster when the one before is full.
    fn start_block(&mut self, held: &Held, out: &mut Vec<u8>) {
        if self.blocks_in_cluster == BLOCKS_PER_CLUSTER {
            self.flush(out);
        }
        if self.blocks_in_cluster == 0 {
            self.cluster_ms = held.at_ms;
        }
        self.blocks_in_cluster += 1;
    }

    /// `track(1) · milliseconds from the start of the cluster(i16) · flags · packet`
    fn block(&self, held: &Held, flags: u8) -> Vec<u8> {
        let at_ms = held.at_ms - self.cluster_ms;
        let mut block = vec![0x80 | TRACK];
        block.extend(i16::try_from(at_ms).unwrap_or_default().to_be_bytes());
        block.push(flags);
        block.extend_from_slice(&held.packet);
        block
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        if self.blocks.is_empty() {
            return;
        }
        let blocks = std::mem::take(&mut self.blocks);
        master(0x1F43_B675, out, |cluster| {
            unsigned(0xE7, self.cluster_ms, cluster); // Timestamp
            cluster.extend_from_slice(&blocks);
        });
        self.blocks_in_cluster = 0;
    }
}

fn nanoseconds(samples: u64) -> u64 {
    samples * 1_000_000_000 / u64::from(PLAYED_HZ)
}

const TRACK: u8 = 1;
const FRAME_MS: u64 = 20;
const BLOCKS_PER_CLUSTER: u64 = 10;
