//! permessage-deflate (RFC 7692): what two sides agree on, and the codec of either direction.
//!
//! ```text
//! Sec-WebSocket-Extensions ─ Deflate::negotiate ─▶ Deflate, value of the answer's header
//!                                                   │
//!        message ─ Deflater::compress ─▶ payload of the frames, RSV1 on the first
//!        payload of a compressed message ─ Inflater::inflate ─▶ message, at most so long
//! ```
//!
//! A compressed message is raw DEFLATE up to a sync flush, without the flush's last four bytes. With context takeover
//! each message may point back into those before it; without, it stands alone. [`Receiver`](super::Receiver) inflates
//! by itself once it knows of the agreement.
//!
//! It refuses to know which messages are worth compressing: a sender may leave any of them as it is.

mod offer;

pub use offer::{ClientWindow, Offer, offers};

use bytes::Bytes;
use flate2::{Compress, Decompress, FlushCompress, FlushDecompress, Status};
use std::fmt;

use crate::states::Lent;

/// What both sides have agreed on. The default is the extension without parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Deflate {
    /// What the server compresses.
    pub server: Direction,
    /// What the client compresses.
    pub client: Direction,
}

/// How one side compresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Direction {
    /// Whether messages point back into those before them.
    pub takeover: Takeover,
    /// How far they point back.
    pub window: WindowBits,
}

/// Whether the context of a message is taken over into the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Takeover {
    /// It is.
    #[default]
    Kept,
    /// Each message stands alone.
    Dropped,
}

/// The logarithm of a window's size: 8 for 256 bytes to 15 for 32 KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowBits(u8);

impl WindowBits {
    /// The largest window, which is that of an agreement that says nothing.
    pub const LARGEST: Self = Self(15);
    /// The smallest window that the compressor here holds to. RFC 7692 has a smaller one, 8, which zlib does not make.
    pub const SMALLEST_MADE: Self = Self(9);

    /// A window of `bits`, if there is one.
    #[must_use]
    pub fn new(bits: u8) -> Option<Self> {
        (8..=15).contains(&bits).then_some(Self(bits))
    }

    /// Its bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The bits of the window that is made for it.
    const fn made(self) -> u8 {
        match self.0 < Self::SMALLEST_MADE.0 {
            true => Self::SMALLEST_MADE.0,
            false => self.0,
        }
    }
}

impl Default for WindowBits {
    fn default() -> Self {
        Self::LARGEST
    }
}

impl fmt::Display for WindowBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Compresses the messages of one side.
#[derive(Debug)]
pub struct Deflater {
    takeover: Takeover,
    stream: Lent<Compress>,
}

impl Deflater {
    /// A compressor at the start of a connection. A window smaller than [`WindowBits::SMALLEST_MADE`] is not held to;
    /// [`Deflate::negotiate`] never agrees to one.
    #[must_use]
    pub const fn new(direction: Direction) -> Self {
        Self {
            takeover: direction.takeover,
            stream: Lent::new(direction.window.made()),
        }
    }

    /// The payload of a compressed message; it may be longer than the message.
    pub fn compress(&mut self, message: &[u8]) -> Bytes {
        if message.is_empty() {
            return Bytes::from_static(EMPTY);
        }
        let stream = self.stream.at_work();
        let mut payload = Vec::with_capacity(message.len() / 2 + FLUSH_ROOM);
        let mut rest = message;
        loop {
            let before = stream.total_in();
            let Ok(_) = stream.compress_vec(rest, &mut payload, FlushCompress::Sync) else {
                unreachable!("raw compression without a dictionary does not fail")
            };
            rest = behind(rest, stream.total_in() - before);
            if rest.is_empty() && payload.len() < payload.capacity() {
                break;
            }
            payload.reserve(rest.len() / 2 + FLUSH_ROOM);
        }
        if payload.ends_with(TAIL) {
            payload.truncate(payload.len() - TAIL.len());
        }
        if self.takeover == Takeover::Dropped {
            self.stream.forget();
        }
        payload.into()
    }
}

/// Why a payload does not inflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// It would be longer than allowed.
    #[error("inflate to more than {0}")]
    TooLarge(usize),
    /// It is not DEFLATE, or points back further than anything reaches.
    #[error("are not DEFLATE")]
    Broken,
    /// It ends inside a block.
    #[error("end inside a DEFLATE block")]
    Cut,
}

/// Inflates the messages of one side.
#[derive(Debug)]
pub struct Inflater {
    takeover: Takeover,
    stream: Lent<Decompress>,
}

impl Inflater {
    /// A decompressor at the start of a connection.
    #[must_use]
    pub const fn new(direction: Direction) -> Self {
        Self {
            takeover: direction.takeover,
            stream: Lent::new(direction.window.made()),
        }
    }

    /// The message of a compressed payload, at most `limit` bytes. After an error nothing further can be inflated in
    /// a direction that takes its context over.
    ///
    /// # Errors
    /// If it is no DEFLATE data, ends inside a block, or would be longer.
    pub fn inflate(&mut self, payload: &[u8], limit: usize) -> Result<Vec<u8>, InflateError> {
        let stream = self.stream.at_work();
        let room = payload.len().saturating_mul(2).min(limit);
        let mut message = Vec::with_capacity(room + 1);
        let place = feed(stream, payload, &mut message, limit)?;
        // The tail completes an empty block, and further ones say nothing; inside a block they are data, or nonsense.
        // Who ends with a final block and leaves out the empty one behind it needs no tail.
        let mut surplus = Vec::new();
        let tail = match place {
            Place::Within => feed(stream, TAIL, &mut surplus, 0),
            Place::Ended => Ok(Place::Within),
        };
        let ends = tail.and_then(|_| feed(stream, &EMPTY_BLOCKS, &mut surplus, 0));
        if ends != Ok(Place::Within) {
            return Err(InflateError::Cut);
        }
        if self.takeover == Takeover::Dropped {
            self.stream.forget();
        }
        Ok(message)
    }
}

/// Where inflating stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Between a stream's first and last block.
    Within,
    /// Just behind the last block of a stream.
    Ended,
}

/// Inflates all of `input` behind `message`.
fn feed(
    stream: &mut Decompress,
    input: &[u8],
    message: &mut Vec<u8>,
    limit: usize,
) -> Result<Place, InflateError> {
    let mut rest = input;
    loop {
        if message.len() == message.capacity() {
            let most = limit.saturating_add(1);
            let wanted = message
                .capacity()
                .saturating_mul(2)
                .clamp(256, most.max(256));
            message.reserve_exact(wanted - message.len());
        }
        let (had, before) = (message.len(), stream.total_in());
        let status = stream
            .decompress_vec(rest, message, FlushDecompress::Sync)
            .map_err(|_| InflateError::Broken)?;
        let used = stream.total_in() - before;
        rest = behind(rest, used);
        if message.len() > limit {
            return Err(InflateError::TooLarge(limit));
        }
        match status {
            Status::StreamEnd => {
                stream.reset(false);
                if rest.is_empty() {
                    return Ok(Place::Ended);
                }
            }
            Status::Ok | Status::BufError => {
                if rest.is_empty() && message.len() < message.capacity() {
                    return Ok(Place::Within);
                }
                if used == 0 && message.len() == had && had < message.capacity() {
                    return Err(InflateError::Broken);
                }
            }
        }
    }
}

/// What is left of `bytes` when so many are used.
fn behind(bytes: &[u8], used: u64) -> &[u8] {
    let used = usize::try_from(used).unwrap_or(usize::MAX);
    bytes.get(used..).unwrap_or(&[])
}

/// Enough for a flush, so that none is begun twice.
const FLUSH_ROOM: usize = 64;
/// What a sync flush ends with, and a compressed message leaves out (RFC 7692 §7.2.1).
const TAIL: &[u8] = &[0x00, 0x00, 0xFF, 0xFF];
/// An empty message (RFC 7692 §7.2.3.6).
const EMPTY: &[u8] = &[0x00];
/// Blocks without data, none of them the last; more bytes than any table of codes has.
const EMPTY_BLOCKS: [u8; 5 * 64] = {
    let mut blocks = [0x00; 5 * 64];
    let mut pairs = blocks.as_mut_slice();
    while let Some((block, rest)) = pairs.split_first_chunk_mut() {
        *block = [0x00, 0x00, 0x00, 0xFF, 0xFF];
        pairs = rest;
    }
    blocks
};

#[cfg(test)]
mod tests;
