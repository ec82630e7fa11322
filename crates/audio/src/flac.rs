//! FLAC (RFC 9639) without compression: frames of 1152 samples, each stored as it is or, if
//! it is one value throughout, as that value.
//!
//! The MD5 in the stream info is zero, which means unknown: it would have to be sent before
//! the audio it is made from.

use crate::crc::{crc8, crc16};

/// Encoder of one FLAC stream.
#[derive(Debug)]
pub(crate) struct Flac {
    rate_hz: u32,
    head: Option<Vec<u8>>,
    block: Vec<i16>,
    frame: u64,
}

impl Flac {
    pub(crate) fn new(rate_hz: u32, total_samples: u64) -> Self {
        Self {
            rate_hz,
            head: Some(head(rate_hz, total_samples)),
            block: Vec::new(),
            frame: 0,
        }
    }

    pub(crate) fn push(&mut self, mut pcm: &[i16], out: &mut Vec<u8>) {
        out.extend(self.head.take().unwrap_or_default());
        while !pcm.is_empty() {
            let (now, later) = pcm.split_at((BLOCK - self.block.len()).min(pcm.len()));
            self.block.extend_from_slice(now);
            pcm = later;
            if self.block.len() == BLOCK {
                self.write_frame(out);
            }
        }
    }

    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.block.is_empty() {
            self.write_frame(out);
        }
    }

    /// `sync and codes(4) · frame number(1–6) · last block(0|2) · rate(0–2) · crc8 · subframe · crc16`
    fn write_frame(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        let (rate_code, rate_bytes) = rate(self.rate_hz);
        let is_full = self.block.len() == BLOCK;
        let block_code = if is_full { 0x30 } else { 0x70 };
        // Mono, 16 bits per sample.
        out.extend([0xFF, 0xF8, block_code | rate_code, 0x08]);
        push_coded_number(self.frame, out);
        if !is_full {
            let last = u16::try_from(self.block.len() - 1).unwrap_or(u16::MAX);
            out.extend(last.to_be_bytes());
        }
        out.extend(rate_bytes);
        out.push(crc8(out.get(start..).unwrap_or_default()));
        push_subframe(&self.block, out);
        out.extend(crc16(out.get(start..).unwrap_or_default()).to_be_bytes());
        self.block.clear();
        self.frame += 1;
    }
}

/// Marker and the only metadata block, the stream info.
fn head(rate_hz: u32, total_samples: u64) -> Vec<u8> {
    // A length that does not fit into 36 bits is written as unknown.
    let total = if total_samples >> 36 == 0 {
        total_samples
    } else {
        0
    };
    let rate_channels_bits_total = u64::from(rate_hz) << 44 | 15 << 36 | total;
    let mut head = b"fLaC\x80\x00\x00\x22".to_vec();
    for _ in 0..2 {
        head.extend(BLOCK_SAMPLES.to_be_bytes());
    }
    head.extend([0; 6]);
    head.extend(rate_channels_bits_total.to_be_bytes());
    head.extend([0; 16]);
    head
}

/// The code of a rate, and the bytes that follow the header for a rate without a code.
fn rate(rate_hz: u32) -> (u8, Vec<u8>) {
    let short = |number: u32| u16::try_from(number).unwrap_or(0).to_be_bytes().to_vec();
    match rate_hz {
        88_200 => (1, vec![]),
        176_400 => (2, vec![]),
        192_000 => (3, vec![]),
        8000 => (4, vec![]),
        16_000 => (5, vec![]),
        22_050 => (6, vec![]),
        24_000 => (7, vec![]),
        32_000 => (8, vec![]),
        44_100 => (9, vec![]),
        48_000 => (10, vec![]),
        96_000 => (11, vec![]),
        ..=65_535 => (13, short(rate_hz)),
        _ if rate_hz.is_multiple_of(10) => (14, short(rate_hz / 10)),
        // To be looked up in the stream info.
        _ => (0, vec![]),
    }
}

fn push_subframe(block: &[i16], out: &mut Vec<u8>) {
    let first = block.first().copied().unwrap_or_default();
    if block.iter().all(|sample| *sample == first) {
        out.push(0x00);
        out.extend(first.to_be_bytes());
    } else {
        out.push(0x02);
        out.extend(block.iter().flat_map(|sample| sample.to_be_bytes()));
    }
}

/// A number in the way of UTF-8, extended to 36 bits.
fn push_coded_number(number: u64, out: &mut Vec<u8>) {
    let low = |shift: u32, mask: u64| u8::try_from((number >> shift) & mask).unwrap_or_default();
    if number < 0x80 {
        out.push(low(0, 0x7F));
        return;
    }
    // One more byte for every five bits from eleven on.
    let bits = 64 - number.leading_zeros();
    let continued = (bits - 2) / 5;
    let marker = !(0xFF >> (continued + 1));
    out.push(marker | low(6 * continued, 0x3F));
    for n in (0..continued).rev() {
        out.push(0x80 | low(6 * n, 0x3F));
    }
}

const BLOCK_SAMPLES: u16 = 1152;
const BLOCK: usize = BLOCK_SAMPLES as usize;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::one_byte(0x7F, &[0x7F])]
    #[case::two_bytes_first(0x80, &[0xC2, 0x80])]
    #[case::two_bytes_last(0x7FF, &[0xDF, 0xBF])]
    #[case::three_bytes_first(0x800, &[0xE0, 0xA0, 0x80])]
    #[case::three_bytes_last(0xFFFF, &[0xEF, 0xBF, 0xBF])]
    #[case::four_bytes_first(0x1_0000, &[0xF0, 0x90, 0x80, 0x80])]
    #[case::six_bytes(0x7FFF_FFFF, &[0xFD, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF])]
    #[case::seven_bytes(0x8000_0000, &[0xFE, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80])]
    fn codes_frame_numbers(#[case] number: u64, #[case] expected: &[u8]) {
        let mut out = Vec::new();
        push_coded_number(number, &mut out);
        assert_eq!(out, expected);
    }
}
