//! Bytes of recognition clients in, samples out.

use crate::format::Endian;
use crate::g711;

/// How a client writes its samples. There is no header; [`wav::Reader`](crate::wav::Reader)
/// takes one off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleFormat {
    /// 16 bits, two's complement.
    Pcm(Endian),
    /// G.711 µ-law.
    Mulaw,
    /// G.711 A-law.
    Alaw,
}

/// Decoder of one stream. However the bytes are cut, the samples are the same.
#[derive(Debug, Clone)]
pub struct Decoder {
    format: SampleFormat,
    half: Option<u8>,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub fn new(format: SampleFormat) -> Self {
        Self { format, half: None }
    }

    /// Takes bytes and appends the samples that are complete.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<i16>) {
        match self.format {
            SampleFormat::Mulaw => out.extend(bytes.iter().map(|byte| g711::decode_mulaw(*byte))),
            SampleFormat::Alaw => out.extend(bytes.iter().map(|byte| g711::decode_alaw(*byte))),
            SampleFormat::Pcm(endian) => self.push_pcm(bytes, endian, out),
        }
    }

    /// True if the bytes so far end in the middle of a sample.
    #[must_use]
    pub fn has_half_sample(&self) -> bool {
        self.half.is_some()
    }

    fn push_pcm(&mut self, bytes: &[u8], endian: Endian, out: &mut Vec<i16>) {
        let sample = |pair: [u8; 2]| match endian {
            Endian::Little => i16::from_le_bytes(pair),
            Endian::Big => i16::from_be_bytes(pair),
        };
        let mut bytes = bytes;
        if let (Some(first), Some((second, rest))) = (self.half, bytes.split_first()) {
            out.push(sample([first, *second]));
            self.half = None;
            bytes = rest;
        }
        let (pairs, rest) = bytes.as_chunks::<2>();
        out.extend(pairs.iter().map(|pair| sample(*pair)));
        self.half = rest.first().copied().or(self.half);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn decode(format: SampleFormat, pieces: &[&[u8]]) -> (Vec<i16>, bool) {
        let (mut decoder, mut out) = (Decoder::new(format), Vec::new());
        for piece in pieces {
            decoder.push(piece, &mut out);
        }
        (out, decoder.has_half_sample())
    }

    #[rstest]
    #[case::little(SampleFormat::Pcm(Endian::Little), &[0x01, 0x80], &[-32_767])]
    #[case::big(SampleFormat::Pcm(Endian::Big), &[0x80, 0x01], &[-32_767])]
    #[case::mulaw(SampleFormat::Mulaw, &[0xFF, 0x80], &[0, 32_124])]
    #[case::alaw(SampleFormat::Alaw, &[0xD5, 0xAA], &[8, 32_256])]
    fn decodes(#[case] format: SampleFormat, #[case] bytes: &[u8], #[case] expected: &[i16]) {
        assert_eq!(decode(format, &[bytes]), (expected.to_vec(), false));
    }

    #[test]
    fn says_that_half_a_sample_is_left() {
        let format = SampleFormat::Pcm(Endian::Little);
        assert_eq!(decode(format, &[&[1], &[0, 2], &[]]), (vec![1], true));
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_samples(bytes in prop::collection::vec(any::<u8>(), 0..60), cuts in prop::collection::vec(1usize..5, 1..9)) {
            for format in [SampleFormat::Pcm(Endian::Little), SampleFormat::Pcm(Endian::Big), SampleFormat::Mulaw] {
                let (mut pieces, mut rest) = (Vec::new(), bytes.as_slice());
                for cut in cuts.iter().cycle() {
                    let (now, later) = rest.split_at((*cut).min(rest.len()));
                    pieces.push(now);
                    rest = later;
                    if rest.is_empty() {
                        break;
                    }
                }
                prop_assert_eq!(decode(format, &pieces), decode(format, &[&bytes]));
            }
        }
    }
}
