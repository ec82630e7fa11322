//! gzip with a ceiling: payloads are inflated only so far as they are allowed to grow.

use std::cell::RefCell;
use std::io::{Read, Write};

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use crate::error::{DecodeError, ErrorKind};

/// The most that any payload may inflate to, in bytes.
pub const MAX_INFLATED: usize = 16 * 1024 * 1024;

/// Inflates one gzip member to at most `limit` bytes.
///
/// # Errors
/// At offset 0: [`ErrorKind::Compression`] if the data is not gzip, is cut or fails its checksum,
/// [`ErrorKind::Excess`] if it is followed by more bytes or would inflate to more than `limit`.
pub fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
    if let Some(inflated) = inflate_plain(compressed, limit) {
        return Ok(inflated);
    }
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

/// Inflates one member of the plainest kind, with a decoder that is used again: to make one takes
/// longer than most payloads. `None` of anything else, and of anything wrong.
fn inflate_plain(compressed: &[u8], limit: usize) -> Option<Vec<u8>> {
    let rest = compressed.strip_prefix(&PLAIN)?;
    let (_time_and_system, rest) = rest.split_first_chunk::<6>()?;
    let (body, trailer) = rest.split_last_chunk::<8>()?;
    let [a, b, c, d, length @ ..] = *trailer;
    let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
    if length > limit {
        return None;
    }
    // What a member declares is believed only as far as it comes.
    let mut inflated = Vec::with_capacity(length.min(4 * body.len()));
    INFLATER.with_borrow_mut(|inflater| {
        inflater.reset(false);
        loop {
            let taken = usize::try_from(inflater.total_in()).ok()?;
            let had = inflated.len();
            let flush = FlushDecompress::Finish;
            let status = inflater.decompress_vec(body.get(taken..)?, &mut inflated, flush);
            if inflated.len() > length {
                return None;
            }
            match status.ok()? {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError if inflated.len() == inflated.capacity() => {
                    inflated.reserve(inflated.len().clamp(64, 1 << 20));
                }
                Status::Ok if inflated.len() > had => {}
                Status::Ok | Status::BufError => return None,
            }
        }
        (inflater.total_in() == body.len() as u64).then_some(())
    })?;
    let mut sum = Crc::new();
    sum.update(&inflated);
    let is_whole = inflated.len() == length && sum.sum() == u32::from_le_bytes([a, b, c, d]);
    is_whole.then_some(inflated)
}

thread_local! {
    /// Compressors and decompressors to use again.
    static DEFLATER: RefCell<Compress> = RefCell::new(Compress::new(LEVEL, false));
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Level 6: level 1 of the zlib-rs backend has panicked on small output buffers.
const LEVEL: Compression = Compression::new(6);

/// How a member begins that has deflated data and no optional fields.
const PLAIN: [u8; 4] = [0x1f, 0x8b, 8, 0];

/// The rest of its header: no time, no extra flags, and a system that is not told.
const NO_TIME: [u8; 6] = [0, 0, 0, 0, 0, 255];

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

/// Compresses `bytes` to a member of exactly `length` bytes, filled up with a comment in its
/// header; `None` if that is too short for them.
#[must_use]
pub fn deflate_to(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    const FLAGS: usize = 3;
    const COMMENT: u8 = 0b1_0000;
    const HEADER: usize = 10;
    let mut member = Vec::new();
    for level in [6, 9] {
        let compression = Compression::new(level);
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
    let mut member = Vec::with_capacity(bytes.len() / 2 + 64);
    member.extend_from_slice(&PLAIN);
    member.extend_from_slice(&NO_TIME);
    DEFLATER.with_borrow_mut(|deflater| {
        deflater.reset();
        loop {
            let taken = usize::try_from(deflater.total_in()).unwrap_or(usize::MAX);
            let rest = bytes.get(taken..).unwrap_or_default();
            match deflater.compress_vec(rest, &mut member, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => break,
                Ok(Status::Ok | Status::BufError) => member.reserve(member.len().max(64)),
                Err(_) => unreachable!("compressing from memory to memory does not fail"),
            }
        }
    });
    let mut sum = Crc::new();
    sum.update(bytes);
    member.extend_from_slice(&sum.sum().to_le_bytes());
    member.extend_from_slice(&sum.amount().to_le_bytes());
    member
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
    fn what_is_used_again_leaves_no_trace() {
        let texts = [0, 1, 50, 400, 70_000, 3, 1_000_000].map(|length| {
            let bytes = (0..length)
                .map(|n: u32| n.wrapping_mul(2_654_435_761).to_be_bytes()[n as usize % 2]);
            bytes.collect::<Vec<u8>>()
        });
        for text in texts {
            let mut fresh = flate2::write::GzEncoder::new(Vec::new(), LEVEL);
            fresh.write_all(&text).unwrap();
            let packed = deflate(&text);
            assert_eq!(packed, fresh.finish().unwrap());
            assert_eq!(inflate_plain(&packed, text.len()).as_ref(), Some(&text));
            let mut wrong = packed.clone();
            let at = wrong.len() - 5;
            wrong[at] ^= 1;
            assert!(inflate(&wrong, text.len()).is_err());
            assert_eq!(inflate(&packed, text.len()).unwrap(), text);
        }
    }

    #[test]
    fn a_member_with_optional_fields_inflates() {
        let named = deflate_to(b"hello", 60).unwrap();
        assert_eq!(inflate_plain(&named, 100), None);
        assert_eq!(inflate(&named, 100).unwrap(), b"hello");
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
