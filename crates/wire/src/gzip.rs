//! gzip with a ceiling: payloads are inflated only so far as they are allowed to grow.

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use crate::error::{DecodeError, ErrorKind};
use crate::states;

/// The most that any payload may inflate to, in bytes.
pub const MAX_INFLATED: usize = 16 * 1024 * 1024;

/// Inflates one gzip member to at most `limit` bytes.
///
/// # Errors
/// At offset 0: [`ErrorKind::Compression`] if the data is not gzip, is cut or fails its checksum,
/// [`ErrorKind::Excess`] if it is followed by more bytes or would inflate to more than `limit`.
pub fn inflate(compressed: &[u8], limit: usize) -> Result<Vec<u8>, DecodeError> {
    let fail = |kind, problem: String| DecodeError::new(kind, 0, "gzip", problem);
    let (inflated, end) = read(compressed, limit);
    let length = match end {
        Ok(length) => length,
        Err(Flaw::TooLarge) => {
            let problem = format!("inflates to more than {limit} bytes");
            return Err(fail(ErrorKind::Excess, problem));
        }
        Err(flaw) => {
            let problem = format!("does not inflate: {flaw}");
            return Err(fail(ErrorKind::Compression, problem));
        }
    };
    let rest = compressed.len().saturating_sub(length);
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
    let (inflated, end) = read(bytes, limit);
    let length = end.ok();
    Member { inflated, length }
}

/// Why something is no member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Flaw {
    #[error("invalid gzip header")]
    Header,
    #[error("corrupt deflate stream")]
    Deflate,
    #[error("unexpected end of file")]
    Cut,
    #[error("corrupt gzip stream does not have a matching checksum")]
    Checksum,
    #[error("too large")]
    TooLarge,
}

/// Inflates what begins as a member to at most a byte more than `limit`; how long it is.
fn read(bytes: &[u8], limit: usize) -> (Vec<u8>, Result<usize, Flaw>) {
    let mut inflated = Vec::new();
    let start = match header(bytes) {
        Ok(start) => start,
        Err(flaw) => return (inflated, Err(flaw)),
    };
    let mut state = states::lend(WINDOW);
    let data = bytes.get(start..).unwrap_or_default();
    let end = read_data(&mut state, data, &mut inflated, limit);
    states::give_back(WINDOW, state);
    let end = end.and_then(|length| {
        let at = start + length;
        let trailer = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
        let [a, b, c, d, rest @ ..] = *trailer.ok_or(Flaw::Cut)?;
        let mut sum = Crc::new();
        sum.update(&inflated);
        let is_right =
            [a, b, c, d] == sum.sum().to_le_bytes() && rest == sum.amount().to_le_bytes();
        is_right.then_some(at + 8).ok_or(Flaw::Checksum)
    });
    (inflated, end)
}

/// Inflates raw DEFLATE up to its end, to at most a byte more than `limit`; how long it is.
fn read_data(
    state: &mut Decompress,
    data: &[u8],
    inflated: &mut Vec<u8>,
    limit: usize,
) -> Result<usize, Flaw> {
    let most = limit.saturating_add(1);
    let position = |state: &Decompress| usize::try_from(state.total_in()).unwrap_or(usize::MAX);
    loop {
        if inflated.len() == inflated.capacity() {
            let wanted = inflated.capacity().saturating_mul(2).max(data.len() * 2);
            let wanted = wanted.clamp(64, most.max(64));
            inflated.reserve_exact(wanted.saturating_sub(inflated.len()).max(1));
        }
        let (had, at) = (inflated.len(), position(state));
        let rest = data.get(at..).unwrap_or_default();
        let status = state.decompress_vec(rest, inflated, FlushDecompress::None);
        let status = status.map_err(|_| Flaw::Deflate)?;
        if inflated.len() > limit {
            inflated.truncate(most);
            return Err(Flaw::TooLarge);
        }
        match status {
            Status::StreamEnd => return Ok(position(state)),
            Status::Ok | Status::BufError => {
                let is_stuck = position(state) == at && inflated.len() == had;
                if is_stuck && had < inflated.capacity() {
                    return Err(Flaw::Cut);
                }
            }
        }
    }
}

/// Reads the header of a member (RFC 1952, section 2.3); how long it is.
fn header(bytes: &[u8]) -> Result<usize, Flaw> {
    let fixed = bytes.first_chunk::<HEADER>().ok_or(Flaw::Cut)?;
    let [0x1f, 0x8b, DEFLATE, flags, ..] = *fixed else {
        return Err(Flaw::Header);
    };
    if flags & RESERVED != 0 {
        return Err(Flaw::Header);
    }
    let mut at = HEADER;
    let rest = |at: usize| bytes.get(at..).ok_or(Flaw::Cut);
    if flags & EXTRA != 0 {
        let length = rest(at)?.first_chunk().ok_or(Flaw::Cut)?;
        at += 2 + usize::from(u16::from_le_bytes(*length));
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            at += 1 + rest(at)?.iter().position(|it| *it == 0).ok_or(Flaw::Cut)?;
        }
    }
    if flags & CHECKED != 0 {
        let mut sum = Crc::new();
        sum.update(bytes.get(..at).ok_or(Flaw::Cut)?);
        let [a, b, ..] = sum.sum().to_le_bytes();
        if *rest(at)?.first_chunk::<2>().ok_or(Flaw::Cut)? != [a, b] {
            return Err(Flaw::Header);
        }
        at += 2;
    }
    Ok(at)
}

/// The part of a header that every member has, and what its flags add.
const HEADER: usize = 10;
const DEFLATE: u8 = 8;
const CHECKED: u8 = 0b0_0010;
const EXTRA: u8 = 0b0_0100;
const NAME: u8 = 0b0_1000;
const COMMENT: u8 = 0b1_0000;
const RESERVED: u8 = 0b1110_0000;

/// The logarithm of the window that DEFLATE may point back in.
const WINDOW: u8 = 15;

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
    let mut member = deflate(bytes);
    if member.len() > length {
        member.clear();
        let mut best = Compress::new(Compression::best(), false);
        write(&mut best, bytes, &mut member);
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
    let mut member = Vec::new();
    let mut state = states::lend(WINDOW);
    write(&mut state, bytes, &mut member);
    states::give_back(WINDOW, state);
    member
}

/// Writes a member. It says nothing of when and where.
fn write(state: &mut Compress, bytes: &[u8], member: &mut Vec<u8>) {
    const UNKNOWN: u8 = 255;
    member.extend([0x1f, 0x8b, DEFLATE, 0, 0, 0, 0, 0, 0, UNKNOWN]);
    loop {
        let room = bytes.len() / 2 + 64;
        member.reserve(room);
        let at = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        let rest = bytes.get(at..).unwrap_or_default();
        match state.compress_vec(rest, member, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => break,
            Ok(Status::Ok | Status::BufError) => {}
            Err(_) => unreachable!("writing to memory does not fail"),
        }
    }
    let mut sum = Crc::new();
    sum.update(bytes);
    member.extend(sum.sum().to_le_bytes());
    member.extend(sum.amount().to_le_bytes());
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
