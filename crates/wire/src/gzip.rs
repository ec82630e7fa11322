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
    fn large_input_with_small_output_buffers_survives_every_used_level() {
        let noise: Vec<u8> = (0..65_536_u32)
            .map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2])
            .collect();
        assert_eq!(inflate(&deflate(&noise), 65_536).unwrap(), noise);
    }
}
