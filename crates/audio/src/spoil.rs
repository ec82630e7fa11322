//! Encoded audio that is wrong on purpose, and only where it says.
//!
//! Each function takes a piece of a stream as [`Encoder`](crate::Encoder) makes it and answers
//! the spoilt piece, or nothing if there is nothing in it to spoil.

use crate::wav::LIST;

/// A WAV header whose two sizes are `value`. The piece has to begin with the header.
#[must_use]
pub fn wav_sizes(piece: &[u8], value: u32) -> Option<Vec<u8>> {
    let data = data_chunk(piece)?;
    let mut spoilt = piece.to_vec();
    for at in [RIFF_SIZE, data + 4] {
        let size = spoilt.get_mut(at..at + 4)?;
        size.copy_from_slice(&value.to_le_bytes());
    }
    Some(spoilt)
}

/// A WAV header with a `LIST` chunk of 34 bytes between format and samples. The size of the
/// whole grows with it, unless it is a placeholder. The piece has to begin with the header.
#[must_use]
pub fn wav_list(piece: &[u8]) -> Option<Vec<u8>> {
    let data = data_chunk(piece)?;
    let mut spoilt = piece.to_vec();
    let whole = u32_at(piece, RIFF_SIZE)?;
    if whole != 0 && whole < PLACEHOLDER {
        let grown = whole.saturating_add(u32::try_from(LIST.len()).unwrap_or_default());
        let size = spoilt.get_mut(RIFF_SIZE..RIFF_SIZE + 4)?;
        size.copy_from_slice(&grown.to_le_bytes());
    }
    spoilt.splice(data..data, LIST.iter().copied());
    Some(spoilt)
}

/// Ogg pages the last of which has a wrong checksum. The piece has to begin with a page.
#[must_use]
pub fn ogg_checksum(piece: &[u8]) -> Option<Vec<u8>> {
    let (mut next, mut last) = (0, None);
    while piece.get(next..)?.starts_with(b"OggS") {
        let segments = usize::from(*piece.get(next + 26)?);
        let lacing = piece.get(next + 27..next + 27 + segments)?;
        let payload: usize = lacing.iter().map(|length| usize::from(*length)).sum();
        last = Some(next);
        next += 27 + segments + payload;
        if next >= piece.len() {
            break;
        }
    }
    let checksum = last? + 22;
    let mut spoilt = piece.to_vec();
    for byte in spoilt.get_mut(checksum..checksum + 4)? {
        *byte = !*byte;
    }
    Some(spoilt)
}

/// An `ID3v2.4` tag that names the encoder, as MP3 files begin with one.
pub const ID3: &[u8] = b"ID3\x04\0\0\0\0\0\x11TSSE\0\0\0\x07\0\0\x03mynah\0";

/// Where the `data` chunk of a WAV header begins.
fn data_chunk(piece: &[u8]) -> Option<usize> {
    if !piece.starts_with(b"RIFF") || piece.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    while piece.get(at..at + 4)? != b"data" {
        let size = usize::try_from(u32_at(piece, at + 4)?).ok()?;
        at = at.checked_add(8)?.checked_add(size)?;
    }
    Some(at)
}

fn u32_at(piece: &[u8], at: usize) -> Option<u32> {
    let bytes = piece.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

const RIFF_SIZE: usize = 4;
/// From here on a size means that nobody knows it.
const PLACEHOLDER: u32 = 0x7FFF_FFFF;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crc::crc32;
    use crate::encode::encode;
    use crate::format::{Encoding, Format, WavSizes};
    use crate::wav;

    fn stream(format: Format, samples: usize) -> Vec<u8> {
        let rate_hz = 16_000;
        encode(Encoding { format, rate_hz }, &vec![7; samples]).unwrap()
    }

    #[test]
    fn both_sizes_of_a_wav_header_are_the_value() {
        let piece = stream(Format::Wav(WavSizes::Exact), 100);
        let spoilt = wav_sizes(&piece, 0x7FFF_FFFF).unwrap();
        assert_eq!(spoilt[4..8], [0xFF, 0xFF, 0xFF, 0x7F]);
        assert_eq!(spoilt[40..44], [0xFF, 0xFF, 0xFF, 0x7F]);
        assert_eq!((&spoilt[..4], &spoilt[8..40]), (&piece[..4], &piece[8..40]));
        assert_eq!(spoilt[44..], piece[44..]);
    }

    #[test]
    fn a_list_chunk_is_as_the_encoder_writes_it() {
        let piece = stream(Format::Wav(WavSizes::Exact), 100);
        let spoilt = wav_list(&piece).unwrap();
        assert_eq!(
            spoilt[..78],
            wav::header_with_list(16_000, WavSizes::Exact, 100)
        );
        // One more: the sizes of both are found behind the first.
        let twice = wav_sizes(&wav_list(&spoilt).unwrap(), 5).unwrap();
        assert_eq!(twice[108..112], [5, 0, 0, 0]);
    }

    #[test]
    fn the_checksum_of_the_last_page_is_wrong() {
        let piece = stream(Format::OggOpus, 16_000);
        let spoilt = ogg_checksum(&piece).unwrap();
        let mut edges: Vec<usize> = (0..spoilt.len())
            .filter(|at| spoilt[*at..].starts_with(b"OggS"))
            .collect();
        edges.push(spoilt.len());
        let good: Vec<bool> = edges
            .windows(2)
            .map(|edges| {
                let mut page = spoilt[edges[0]..edges[1]].to_vec();
                let told: [u8; 4] = page[22..26].try_into().unwrap();
                page[22..26].fill(0);
                crc32(&page) == u32::from_le_bytes(told)
            })
            .collect();
        let (last, others) = good.split_last().unwrap();
        assert!(!last && others.len() > 2 && others.iter().all(|good| *good));
    }

    #[test]
    fn anything_else_is_left_alone() {
        for piece in [
            &b""[..],
            b"RIFF",
            b"RIFF\0\0\0\0WAVEfmt \xFF\xFF\xFF\xFF",
            b"OggS\0",
        ] {
            let spoilt = [wav_sizes(piece, 0), wav_list(piece), ogg_checksum(piece)];
            assert_eq!(spoilt, [None, None, None]);
        }
    }
}
