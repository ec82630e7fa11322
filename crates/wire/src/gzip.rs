//! gzip with a ceiling: payloads are inflated only so far as they are allowed to grow.

use std::io::{Read, Write};

use crate::error::{DecodeError, ErrorKind};

/// The most that any payload may inflate to, in bytes.
pub const MAX_INFLATED: usize = 16 * 1024 * 1024;

/// Inflates one gzip member to at most `limit` bytes.
///
/// # Errors
/// At offset 0: [`ErrorKind::Compression`] if the data is not gzip, is cut or fails its checksum,
/// [`ErrorKind::Excess`] if it is followed by more bytes or would inflate to more than `limit`.
pub fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
    let fail = |kind, problem: String| DecodeError::new(kind, 0, "gzip", problem);
    let mut decoder = flate2::bufread::GzDecoder::new(compressed);
    let mut inflated = Vec::new();
    let ceiling = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder
        .by_ref()
        .take(ceiling)
        .read_to_end(&mut inflated)
        .map_err(|error| fail(ErrorKind::Compression, format!("does not inflate: {error}")))?;
    if inflated.len() > limit {
        let problem = format!("inflates to more than {limit} bytes");
        return Err(fail(ErrorKind::Excess, problem));
    }
    let rest = decoder.into_inner().len();
    if rest > 0 {
        let problem = format!("{rest} bytes follow the gzip stream");
        return Err(fail(ErrorKind::Excess, problem));
    }
    Ok(inflated)
}

/// What begins as a gzip member, as far as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it inflates to; of a cut or broken member what came before the damage.
    pub inflated: Vec<u8>,
    /// How many bytes of the input it takes; `None` if it is cut, broken or too large.
    pub length: Option<usize>,
}

/// Inflates the gzip member at the start of `bytes`, which may be damaged and may be followed
/// by anything, to at most `limit` bytes.
#[must_use]
pub fn member(bytes: &[u8], limit: usize) -> Member {
    let mut decoder = flate2::bufread::GzDecoder::new(bytes);
    let mut inflated = Vec::new();
    let ceiling = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let whole = decoder.by_ref().take(ceiling).read_to_end(&mut inflated);
    let length = match whole {
        Ok(_) if inflated.len() <= limit => Some(bytes.len() - decoder.into_inner().len()),
        _ => None,
    };
    Member { inflated, length }
}

/// Whether a member seems to begin in a message, behind a header of some kind.
#[must_use]
pub fn begins_in(message: &[u8]) -> bool {
    let start = message.get(..LONGEST_HEADER).unwrap_or(message);
    start.windows(3).any(|it| it == [0x1f, 0x8b, 0x08])
}

/// More than any header before a compressed payload has.
const LONGEST_HEADER: usize = 128;

/// Compresses `bytes` to a member of exactly `length` bytes, filled up with a comment in its
/// header; `None` if that is too short for them.
#[must_use]
pub fn deflate_to(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    const FLAGS: usize = 3;
    const COMMENT: u8 = 0b1_0000;
    const HEADER: usize = 10;
    let mut member = Vec::new();
    for level in [6, 9] {
        let compression = flate2::Compression::new(level);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), compression);
        member = match encoder.write_all(bytes).and_then(|()| encoder.finish()) {
            Ok(compressed) => compressed,
            Err(_) => unreachable!("writing to memory does not fail"),
        };
        if member.len() <= length {
            break;
        }
    }
    let missing = length.checked_sub(member.len())?;
    if let Some(text) = missing.checked_sub(1) {
        *member.get_mut(FLAGS)? |= COMMENT;
        let comment = std::iter::repeat_n(b'*', text).chain([0]);
        member.splice(HEADER..HEADER, comment);
    }
    Some(member)
}

/// Compresses `bytes` as one gzip member without a time stamp.
#[must_use]
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    // Level 6: level 1 of the zlib-rs backend has panicked on small output buffers.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    match encoder.write_all(bytes).and_then(|()| encoder.finish()) {
        Ok(compressed) => compressed,
        Err(_) => unreachable!("writing to memory does not fail"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = deflate(&vec![0; 1_000_000]);
        assert!(bomb.len() < 5_000);
        let error = inflate(&bomb, 1_000).unwrap_err();
        assert_eq!(error.problem, "inflates to more than 1000 bytes");
    }

    #[test]
    fn a_cut_stream_is_an_error_at_every_cut() {
        let whole = deflate(b"hello hello hello");
        for cut in 0..whole.len() {
            assert!(inflate(&whole[..cut], 100).is_err(), "cut at {cut}");
        }
        assert_eq!(inflate(&whole, 100).unwrap(), b"hello hello hello");
    }

    #[test]
    fn bytes_after_the_stream_are_an_error() {
        let mut long = deflate(b"x");
        long.push(0);
        assert!(inflate(&long, 100).is_err());
    }

    #[test]
    fn a_member_says_where_it_ends_and_keeps_what_came_before_damage() {
        let mut long = deflate(b"hello hello hello");
        let length = long.len();
        long.extend_from_slice(b"more");
        let whole = member(&long, 100);
        assert_eq!(
            (whole.inflated.as_slice(), whole.length),
            (&b"hello hello hello"[..], Some(length))
        );
        let noise: Vec<u8> = (0..9_000_u32).flat_map(u32::to_be_bytes).collect();
        let cut = member(&deflate(&noise)[..4_000], 100_000);
        assert_eq!(cut.length, None);
        assert!(noise.starts_with(&cut.inflated) && !cut.inflated.is_empty());
    }

    #[test]
    fn a_member_can_be_made_of_any_length_that_is_enough() {
        let least = deflate(b"hello").len();
        assert_eq!(deflate_to(b"hello", least - 1), None);
        for length in least..least + 300 {
            let member = deflate_to(b"hello", length).unwrap();
            assert_eq!(member.len(), length);
            assert_eq!(inflate(&member, 100).unwrap(), b"hello");
        }
    }

    #[test]
    fn large_input_with_small_output_buffers_survives_every_used_level() {
        let noise: Vec<u8> = (0..65_536_u32)
            .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2])
            .collect();
        assert_eq!(inflate(&deflate(&noise), 65_536).unwrap(), noise);
    }
}
