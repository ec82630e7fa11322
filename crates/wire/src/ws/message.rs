//! Assembly of a message from its fragments, checked as the bytes arrive.

use super::deflate::{InflateError, Inflater};
use super::frame::{FrameHead, Opcode, mask};
use super::receiver::Limits;
use super::rules::{RSV1, SECOND_BYTE};
use super::violation::{Violation, ViolationKind};
use bytes::Bytes;

/// Kind of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataOpcode {
    /// UTF-8.
    Text,
    /// Any bytes.
    Binary,
}

/// The message under way, if there is one.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    opcode: Option<DataOpcode>,
    payload: Vec<u8>,
    frames: u32,
    text: TextCheck,
    /// Where in the stream its data starts, if it is compressed.
    compressed_at: Option<u64>,
    /// Bytes appended, moved and checked so far, each as often as it was.
    #[cfg(test)]
    pub(super) work: usize,
}

/// How far a text is known to be UTF-8.
#[derive(Debug, Default)]
struct TextCheck {
    /// Payload bytes that are whole, valid characters; at most three further ones wait for the rest of theirs.
    valid: usize,
    /// Where in the stream the waiting ones start.
    waiting_at: u64,
}

impl Assembly {
    /// Whether a message has begun and not ended.
    pub(super) fn is_open(&self) -> bool {
        self.opcode.is_some()
    }

    /// What a data frame's head at `start` breaks in view of the frames before it.
    pub(super) fn judge(&self, head: &FrameHead, limits: Limits, start: u64) -> Vec<Violation> {
        let mut broken = Vec::new();
        let mut record = |kind, byte, found: String, expected: String| {
            broken.push(Violation {
                kind,
                offset: start + byte,
                found,
                expected,
            });
        };
        match (head.opcode, self.opcode) {
            (Opcode::Continuation, None) => {
                let expected = "a text, binary or control frame".into();
                record(
                    ViolationKind::ContinuationWithoutStart,
                    0,
                    "a continuation frame".into(),
                    expected,
                );
            }
            (Opcode::Text | Opcode::Binary, Some(open)) => {
                let found =
                    format!("{:?} after {} fragments", head.opcode, self.frames).to_lowercase();
                let expected = format!("a continuation of the {open:?} message").to_lowercase();
                record(ViolationKind::MessageInterleaved, 0, found, expected);
            }
            _ => {}
        }
        let total = (self.payload.len() as u64).saturating_add(head.length);
        let most_frames = FREE_FRAMES.saturating_add(limits.message / BYTES_PER_FRAME);
        if head.length > limits.frame {
            let (found, expected) = (
                format!("{} bytes declared", head.length),
                format!("at most {}", limits.frame),
            );
            record(ViolationKind::FrameTooLarge, SECOND_BYTE, found, expected);
        } else if total > limits.message {
            let (found, expected) = (
                format!("{total} bytes so far"),
                format!("at most {}", limits.message),
            );
            record(ViolationKind::MessageTooLarge, SECOND_BYTE, found, expected);
        } else if u64::from(self.frames) >= most_frames {
            let found = format!("fragment {}", u64::from(self.frames) + 1);
            record(
                ViolationKind::MessageTooLarge,
                0,
                found,
                format!("at most {most_frames} fragments"),
            );
        }
        broken
    }

    /// Counts a data frame in whose payload starts at `payload_at`. Its reserved bits have been judged.
    pub(super) fn begin(&mut self, head: &FrameHead, payload_at: u64) {
        match head.opcode {
            Opcode::Text => self.opcode = Some(DataOpcode::Text),
            Opcode::Binary => self.opcode = Some(DataOpcode::Binary),
            _ => {}
        }
        if head.rsv & RSV1 != 0 {
            self.compressed_at = Some(payload_at);
        }
        self.frames = self.frames.saturating_add(1);
    }

    /// Takes bytes that stand at `offset` in the stream, and notices text that can no longer become UTF-8.
    pub(super) fn append(&mut self, part: &Part<'_>, offset: u64) -> Option<Violation> {
        let had = self.payload.len();
        #[cfg(test)]
        let room = self.payload.capacity();
        part.append_to(&mut self.payload);
        #[cfg(test)]
        {
            let moved = if self.payload.capacity() > room {
                had
            } else {
                0
            };
            self.work += self.payload.len() - had + moved;
        }
        if self.opcode != Some(DataOpcode::Text) || self.compressed_at.is_some() {
            return None;
        }
        let unchecked = self.payload.get(self.text.valid..).unwrap_or(&[]);
        #[cfg(test)]
        {
            self.work += unchecked.len();
        }
        let Err(error) = std::str::from_utf8(unchecked) else {
            self.text.valid = self.payload.len();
            return None;
        };
        let suspect = unchecked.get(error.valid_up_to()..).unwrap_or(&[]);
        self.text.valid += error.valid_up_to();
        if let Some(distance) = self.text.valid.checked_sub(had) {
            self.text.waiting_at = offset + distance as u64;
        }
        let bad = suspect.get(..error.error_len()?).unwrap_or(&[]);
        Some(self.text.violation(bad, "a whole character of UTF-8"))
    }

    /// The whole message, once its final frame is complete; a text may still end inside a character, and compressed
    /// data may be anything.
    pub(super) fn finish(
        &mut self,
        inflater: Option<&mut Inflater>,
        limits: Limits,
    ) -> Result<(DataOpcode, Bytes, u32), Violation> {
        let whole = std::mem::take(self);
        #[cfg(test)]
        {
            self.work = whole.work;
        }
        let opcode = whole.opcode.unwrap_or(DataOpcode::Binary);
        if let (Some(offset), Some(inflater)) = (whole.compressed_at, inflater) {
            let inflated = inflate(inflater, &whole.payload, limits, offset)?;
            return match (opcode, std::str::from_utf8(&inflated)) {
                (DataOpcode::Text, Err(error)) => Err(Violation {
                    kind: ViolationKind::BadUtf8,
                    offset,
                    found: format!(
                        "{} good bytes inflated, then none of UTF-8",
                        error.valid_up_to()
                    ),
                    expected: "UTF-8".into(),
                }),
                _ => Ok((opcode, inflated.into(), whole.frames)),
            };
        }
        match (opcode, whole.payload.get(whole.text.valid..).unwrap_or(&[])) {
            (DataOpcode::Text, half @ [_, ..]) => Err(whole.text.violation(
                half,
                "the rest of the character before the end of the message",
            )),
            _ => Ok((opcode, whole.payload.into(), whole.frames)),
        }
    }

    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        self.payload.capacity()
    }
}

/// Inflates a message whose data starts at `offset` in the stream.
fn inflate(
    inflater: &mut Inflater,
    payload: &[u8],
    limits: Limits,
    offset: u64,
) -> Result<Vec<u8>, Violation> {
    let most = usize::try_from(limits.message).unwrap_or(usize::MAX);
    let inflated = inflater.inflate(payload, most);
    inflated.map_err(|error| {
        let (kind, expected) = match error {
            InflateError::TooLarge(_) => {
                (ViolationKind::MessageTooLarge, format!("at most {most}"))
            }
            InflateError::Broken | InflateError::Cut => {
                (ViolationKind::BadDeflate, "whole DEFLATE blocks".into())
            }
        };
        Violation {
            kind,
            offset,
            found: format!("{} bytes that {error}", payload.len()),
            expected,
        }
    })
}

impl TextCheck {
    fn violation(&self, bytes: &[u8], expected: &str) -> Violation {
        let found = format!("{bytes:02X?}");
        Violation {
            kind: ViolationKind::BadUtf8,
            offset: self.waiting_at,
            found,
            expected: expected.into(),
        }
    }
}

/// Payload bytes of one frame, as far as they have arrived.
pub(super) struct Part<'a> {
    /// As on the wire.
    pub(super) bytes: &'a [u8],
    /// Key turned to the first of the bytes.
    pub(super) key: Option<[u8; 4]>,
    /// How many bytes may be reserved in view of the head: what the frame still declares, these bytes included. `None`
    /// if more frames follow.
    pub(super) ahead: Option<u64>,
}

impl Part<'_> {
    /// Appends the bytes unmasked. The buffer grows to twice what has arrived at most, and to no more than the message
    /// declares: a message that arrives at once costs one allocation of its own size.
    pub(super) fn append_to(&self, buffer: &mut Vec<u8>) {
        let had = buffer.len();
        let needed = had + self.bytes.len();
        if needed > buffer.capacity() {
            let ahead = self.ahead.map_or(usize::MAX, |ahead| {
                usize::try_from(ahead).unwrap_or(usize::MAX)
            });
            let wanted = had
                .saturating_add(ahead)
                .min(buffer.capacity().saturating_mul(2))
                .max(needed);
            buffer.reserve_exact(wanted - had);
        }
        buffer.extend_from_slice(self.bytes);
        if let (Some(key), Some(fresh)) = (self.key, buffer.get_mut(had..)) {
            mask(fresh, key, 0);
        }
    }
}

/// Legal streams send long messages in pieces of 64 bytes, hostile ones in pieces of none: every message may have the
/// first so many frames, and one more for so many bytes of the limit.
const FREE_FRAMES: u64 = 1024;
const BYTES_PER_FRAME: u64 = 16;
