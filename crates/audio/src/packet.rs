//! One word as bytes that survive a telephone line.
//!
//! ```text
//! seq(1) · last(1 bit) more(1 bit) wide(1 bit) length(5 bits) · text(length) · crc(2) · parity(4)
//! ```
//!
//! `seq` counts the packets of an utterance from 0, modulo 256. The text is UTF-8, or
//! big-endian UTF-16 where that is shorter, and `wide` is set. A word longer than
//! [`MAX_TEXT`] goes into several packets, all but the last of them with `more` set. The
//! parity is a Reed–Solomon code that corrects two bytes anywhere; the checksum tells
//! whether it did. All bytes are whitened, so that no steady sound reads as a packet.

use crate::crc::crc16;
use crate::hash::mix;
use crate::reed_solomon::{self, PARITY};

/// What a packet says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) seq: u8,
    /// The last packet of its utterance.
    pub(crate) is_last: bool,
    /// The word goes on in the next packet.
    pub(crate) has_more: bool,
    pub(crate) text: String,
}

impl Packet {
    /// Bytes as they are sent. The text is one that [`fragments`] made.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let (text, is_wide) = code(&self.text);
        let length = u8::try_from(text.len().min(MAX_TEXT)).unwrap_or_default();
        let flags =
            u8::from(self.is_last) << 7 | u8::from(self.has_more) << 6 | u8::from(is_wide) << 5;
        let mut bytes = vec![self.seq, flags | length];
        bytes.extend(text.iter().take(MAX_TEXT));
        bytes.extend(crc16(&bytes).to_be_bytes());
        bytes.extend(reed_solomon::parity(&bytes));
        whiten(&mut bytes);
        bytes
    }

    /// Reads bytes that are a whole packet, at most two of them wrong.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut bytes = bytes.to_vec();
        whiten(&mut bytes);
        reed_solomon::correct(&mut bytes)?;
        let (checked, _parity) = bytes.split_last_chunk::<PARITY>()?;
        let (content, crc) = checked.split_last_chunk::<2>()?;
        let [seq, flags, text @ ..] = content else {
            return None;
        };
        if usize::from(flags & LENGTH) != text.len() || u16::from_be_bytes(*crc) != crc16(content) {
            return None;
        }
        Some(Self {
            seq: *seq,
            is_last: flags & 0x80 != 0,
            has_more: flags & 0x40 != 0,
            text: decode_text(text, flags & 0x20 != 0)?,
        })
    }

    /// True for bytes that say of themselves that they are as long as they are.
    pub(crate) fn claims_length(bytes: &[u8]) -> bool {
        let mut head: Vec<u8> = bytes.iter().take(2).copied().collect();
        whiten(&mut head);
        head.get(1)
            .is_some_and(|flags| usize::from(flags & LENGTH) + OVERHEAD == bytes.len())
    }
}

/// Cuts a word into texts that fit into packets; an empty word is one empty text.
pub(crate) fn fragments(word: &str) -> Vec<&str> {
    let (mut fragments, mut rest) = (Vec::new(), word);
    // More than three bytes of UTF-8 for every one that fits are too long in UTF-16 as well.
    while rest.len() > 3 * MAX_TEXT || coded_bytes(rest) > MAX_TEXT {
        let cuts = rest.char_indices().map(|(at, _)| at);
        let fits = |at: &usize| {
            rest.get(..*at)
                .is_some_and(|text| coded_bytes(text) <= MAX_TEXT)
        };
        let (now, later) = rest.split_at(cuts.take_while(fits).last().unwrap_or_default());
        fragments.push(now);
        rest = later;
    }
    fragments.push(rest);
    fragments
}

/// Bytes that a text takes in a packet.
pub(crate) fn coded_bytes(text: &str) -> usize {
    text.len().min(2 * text.encode_utf16().count())
}

/// Longest text of one packet in bytes.
pub(crate) const MAX_TEXT: usize = LENGTH as usize;
/// Bytes of a packet beside its text.
pub(crate) const OVERHEAD: usize = 4 + PARITY;

fn code(text: &str) -> (Vec<u8>, bool) {
    let is_wide = coded_bytes(text) < text.len();
    if is_wide {
        (
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            true,
        )
    } else {
        (text.as_bytes().to_vec(), false)
    }
}

fn decode_text(bytes: &[u8], is_wide: bool) -> Option<String> {
    if !is_wide {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    let (pairs, rest) = bytes.as_chunks();
    let units: Vec<u16> = pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
    String::from_utf16(&units).ok().filter(|_| rest.is_empty())
}

fn whiten(bytes: &mut [u8]) {
    for (n, byte) in (0..).zip(bytes) {
        let [mask, ..] = mix(n).to_le_bytes();
        *byte ^= mask;
    }
}

const LENGTH: u8 = 0x1F;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packets() -> impl Strategy<Value = Packet> {
        let text = any::<String>().prop_map(|text| text.chars().take(7).collect());
        (any::<u8>(), any::<bool>(), any::<bool>(), text).prop_map(
            |(seq, is_last, has_more, text)| Packet {
                seq,
                is_last,
                has_more,
                text,
            },
        )
    }

    #[test]
    fn steady_bytes_are_no_packet() {
        for byte in 0..=255 {
            for length in OVERHEAD..=OVERHEAD + MAX_TEXT {
                assert_eq!(Packet::decode(&vec![byte; length]), None);
            }
        }
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let word = "好".repeat(40);
        let fragments = fragments(&word);
        assert_eq!(
            fragments
                .iter()
                .map(|text| coded_bytes(text))
                .collect::<Vec<_>>(),
            [30, 30, 20]
        );
        assert_eq!(fragments.concat(), word);
        assert_eq!(super::fragments(""), [""]);
    }

    #[test]
    fn texts_take_the_shorter_code() {
        let bytes = ["Hello", "好", "好，", "Zürich", "Привет", "😀", "¥5"].map(coded_bytes);
        assert_eq!(bytes, [5, 2, 4, 7, 12, 4, 3]);
    }

    proptest! {
        #[test]
        fn two_wrong_bytes_are_corrected(
            packet in packets(),
            (a, b) in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
            (flip_a, flip_b) in (any::<u8>(), any::<u8>()),
        ) {
            let mut bytes = packet.encode();
            let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
            bytes[a] ^= flip_a;
            bytes[b] ^= flip_b;
            prop_assert_eq!(Packet::decode(&bytes), Some(packet));
        }

        #[test]
        fn a_wrong_length_is_no_packet(packet in packets(), extra in 1usize..5) {
            let mut bytes = packet.encode();
            bytes.extend(vec![0; extra]);
            prop_assert_eq!(Packet::decode(&bytes), None);
        }

        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            Packet::decode(&bytes);
        }
    }
}
