//! Frame heads, the 2 to 14 bytes in front of every payload, and the mask.
//!
//! ```text
//! byte 0   fin 1 · rsv 3 · opcode 4
//! byte 1   mask 1 · length 7       126: 16 bits follow · 127: 64 bits follow, big-endian
//! then     length 0, 2 or 8 bytes · masking key 0 or 4 bytes
//! ```
//! Source: RFC 6455 §5.2.

use std::ops::Deref;

/// Kind of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opcode {
    /// 0x0, the next fragment of a message.
    Continuation,
    /// 0x1, the first or only fragment of a text message.
    Text,
    /// 0x2, the first or only fragment of a binary message.
    Binary,
    /// 0x8.
    Close,
    /// 0x9.
    Ping,
    /// 0xA.
    Pong,
    /// A reserved value: 0x3–0x7 or 0xB–0xF. Only the low four bits are ever written.
    Other(u8),
}

impl Opcode {
    /// Opcode in the low four bits of a frame's first byte; the high four are ignored.
    #[must_use]
    pub fn from_bits(byte: u8) -> Self {
        match byte & OPCODE {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            other => Self::Other(other),
        }
    }

    /// The four bits on the wire.
    #[must_use]
    pub fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xA,
            Self::Other(other) => other & OPCODE,
        }
    }

    /// Whether this is one of the three defined control frames. Reserved opcodes are neither control nor data.
    #[must_use]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// How many bits a head spends on its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LengthForm {
    /// In the second byte itself, 0–125.
    Seven,
    /// 126, then two bytes.
    Sixteen,
    /// 127, then eight bytes.
    SixtyFour,
}

impl LengthForm {
    /// The shortest form that holds `length`, the only one that RFC 6455 allows.
    #[must_use]
    pub fn minimal(length: u64) -> Self {
        match length {
            0..=125 => Self::Seven,
            126..=0xFFFF => Self::Sixteen,
            _ => Self::SixtyFour,
        }
    }
}

/// Everything that a frame says before its payload, legal or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameHead {
    /// Whether this is the last fragment of its message.
    pub fin: bool,
    /// Reserved bits, RSV1 = 0b100, RSV3 = 0b001. Only the low three bits are ever written.
    pub rsv: u8,
    /// Kind of the frame.
    pub opcode: Opcode,
    /// Masking key; clients mask, servers do not.
    pub mask: Option<[u8; 4]>,
    /// Payload bytes declared, all 64 bits as they are on the wire.
    pub length: u64,
    /// Form in which the length is written; a form too short for the length is widened.
    pub length_form: LengthForm,
}

impl FrameHead {
    /// Final, unmasked head with the minimal length, as a server writes it.
    #[must_use]
    pub fn server(opcode: Opcode, length: usize) -> Self {
        let length = length as u64;
        Self {
            fin: true,
            rsv: 0,
            opcode,
            mask: None,
            length,
            length_form: LengthForm::minimal(length),
        }
    }

    /// Reads the head at the start of `bytes` and tells how many bytes it takes, 2–14; `None` if it is not all there.
    /// No complete head is refused: what is wrong with it is for the receiver to say.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<(Self, usize)> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        let (length, length_form, rest) = match second & LENGTH {
            LENGTH_16 => {
                let (length, rest) = rest.split_first_chunk()?;
                (
                    u64::from(u16::from_be_bytes(*length)),
                    LengthForm::Sixteen,
                    rest,
                )
            }
            LENGTH_64 => {
                let (length, rest) = rest.split_first_chunk()?;
                (u64::from_be_bytes(*length), LengthForm::SixtyFour, rest)
            }
            length => (u64::from(length), LengthForm::Seven, rest),
        };
        let (mask, rest) = if second & MASKED == 0 {
            (None, rest)
        } else {
            let (key, rest) = rest.split_first_chunk()?;
            (Some(*key), rest)
        };
        let fin = first & FIN != 0;
        let rsv = (first & RSV) >> RSV_SHIFT;
        let head = Self {
            fin,
            rsv,
            opcode: Opcode::from_bits(first),
            mask,
            length,
            length_form,
        };
        Some((head, bytes.len() - rest.len()))
    }

    /// The head's bytes, without allocation.
    #[must_use]
    pub fn encode(&self) -> HeadBytes {
        let fin = if self.fin { FIN } else { 0 };
        let masked = if self.mask.is_some() { MASKED } else { 0 };
        let length = self.length.to_be_bytes();
        let [.., high, low] = length;
        let mut head = HeadBytes::default();
        head.fill(&[fin | ((self.rsv << RSV_SHIFT) & RSV) | self.opcode.bits()]);
        match self.length_form.max(LengthForm::minimal(self.length)) {
            LengthForm::Seven => head.fill(&[masked | low]),
            LengthForm::Sixteen => head.fill(&[masked | LENGTH_16, high, low]),
            LengthForm::SixtyFour => {
                head.fill(&[masked | LENGTH_64]);
                head.fill(&length);
            }
        }
        if let Some(key) = self.mask {
            head.fill(&key);
        }
        head
    }
}

/// Up to 14 bytes of a frame head, held inline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeadBytes {
    bytes: [u8; LONGEST_HEAD],
    used: u8,
}

impl HeadBytes {
    /// Appends what fits.
    pub(super) fn fill(&mut self, bytes: &[u8]) {
        for (slot, byte) in self
            .bytes
            .iter_mut()
            .skip(usize::from(self.used))
            .zip(bytes)
        {
            *slot = *byte;
            self.used += 1;
        }
    }
}

impl Deref for HeadBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.used)).unwrap_or(&[])
    }
}

impl AsRef<[u8]> for HeadBytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Masks or unmasks `payload` in place; `offset` is the position of its first byte within the frame's whole payload.
/// Source: RFC 6455 §5.3.
pub fn mask(payload: &mut [u8], key: [u8; 4], offset: usize) {
    let mut key = key;
    key.rotate_left(offset % 4);
    let [a, b, c, d] = key;
    let key_word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, tail) = payload.as_chunks_mut();
    for word in words {
        *word = (u64::from_ne_bytes(*word) ^ key_word).to_ne_bytes();
    }
    for (byte, key_byte) in tail.iter_mut().zip(key.iter().cycle()) {
        *byte ^= key_byte;
    }
}

const LONGEST_HEAD: usize = 14;
const FIN: u8 = 0b1000_0000;
const RSV: u8 = 0b0111_0000;
const RSV_SHIFT: u32 = 4;
const OPCODE: u8 = 0b0000_1111;
const MASKED: u8 = 0b1000_0000;
const LENGTH: u8 = 0b0111_1111;
const LENGTH_16: u8 = 126;
const LENGTH_64: u8 = 127;

#[cfg(test)]
mod tests {
    use super::{FrameHead, LengthForm, Opcode, mask};
    use hex_literal::hex;
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
    use rstest::rstest;

    fn head(opcode: Opcode, length: u64, length_form: LengthForm) -> FrameHead {
        FrameHead {
            fin: true,
            rsv: 0,
            opcode,
            mask: None,
            length,
            length_form,
        }
    }

    #[rstest]
    #[case::text(&hex!("81 05"), head(Opcode::Text, 5, LengthForm::Seven))]
    #[case::first_fragment(&hex!("01 03"), FrameHead { fin: false, ..head(Opcode::Text, 3, LengthForm::Seven) })]
    #[case::continuation(&hex!("80 02"), head(Opcode::Continuation, 2, LengthForm::Seven))]
    #[case::ping(&hex!("89 7D"), head(Opcode::Ping, 125, LengthForm::Seven))]
    #[case::masked(&hex!("8A 85 37 FA 21 3D"), FrameHead { mask: Some(hex!("37 FA 21 3D")), ..head(Opcode::Pong, 5, LengthForm::Seven) })]
    #[case::sixteen(&hex!("82 7E 01 00"), head(Opcode::Binary, 256, LengthForm::Sixteen))]
    #[case::sixty_four(&hex!("82 7F 00 00 00 00 00 01 00 00"), head(Opcode::Binary, 1 << 16, LengthForm::SixtyFour))]
    #[case::reserved(&hex!("D3 00"), FrameHead { rsv: 0b101, ..head(Opcode::Other(3), 0, LengthForm::Seven) })]
    #[case::not_minimal(&hex!("82 7E 00 7D"), head(Opcode::Binary, 125, LengthForm::Sixteen))]
    #[case::top_bit(&hex!("82 7F FF FF FF FF FF FF FF FF"), head(Opcode::Binary, u64::MAX, LengthForm::SixtyFour))]
    #[case::longest(
        &hex!("82 FF 00 00 00 01 00 00 00 00 01 02 03 04"),
        FrameHead { mask: Some([1, 2, 3, 4]), ..head(Opcode::Binary, 1 << 32, LengthForm::SixtyFour) }
    )]
    fn decodes_and_encodes(#[case] bytes: &[u8], #[case] head: FrameHead) {
        assert_eq!(FrameHead::decode(bytes), Some((head, bytes.len())));
        assert_eq!(&*head.encode(), bytes);
        for cut in 0..bytes.len() {
            assert_eq!(FrameHead::decode(&bytes[..cut]), None, "{cut} bytes");
        }
    }

    #[rstest]
    #[case(0, LengthForm::Seven)]
    #[case(125, LengthForm::Seven)]
    #[case(126, LengthForm::Sixteen)]
    #[case(0xFFFF, LengthForm::Sixteen)]
    #[case(0x1_0000, LengthForm::SixtyFour)]
    #[case((1 << 31) - 1, LengthForm::SixtyFour)]
    #[case(1 << 31, LengthForm::SixtyFour)]
    #[case((1 << 32) - 1, LengthForm::SixtyFour)]
    #[case(1 << 32, LengthForm::SixtyFour)]
    #[case((1 << 53) + 1, LengthForm::SixtyFour)]
    #[case((1 << 63) - 1, LengthForm::SixtyFour)]
    #[case(1 << 63, LengthForm::SixtyFour)]
    #[case(u64::MAX, LengthForm::SixtyFour)]
    fn widens_to_the_minimal_form(#[case] length: u64, #[case] minimal: LengthForm) {
        let bytes = head(Opcode::Binary, length, LengthForm::Seven).encode();
        assert_eq!(
            FrameHead::decode(&bytes),
            Some((head(Opcode::Binary, length, minimal), bytes.len()))
        );
    }

    #[test]
    fn masks_by_words_as_by_bytes() {
        let key = [0x11, 0x57, 0xA3, 0xFE];
        for length in 0..=130 {
            for alignment in 0..8 {
                for offset in 0..8 {
                    let plain: Vec<u8> = (0..=250).cycle().take(alignment + length).collect();
                    let mut fast = plain.clone();
                    mask(&mut fast[alignment..], key, offset);
                    let mut slow = plain;
                    for (n, byte) in slow[alignment..].iter_mut().enumerate() {
                        *byte ^= key[(offset + n) % 4];
                    }
                    assert_eq!(
                        fast, slow,
                        "{length} bytes, alignment {alignment}, offset {offset}"
                    );
                }
            }
        }
    }

    fn any_head() -> impl Strategy<Value = FrameHead> {
        let lengths = prop_oneof![
            0..130u64,
            0..0x2_0000u64,
            any::<u64>(),
            (0..64u32).prop_map(|bit| 1 << bit)
        ];
        let forms = prop_oneof![
            Just(LengthForm::Seven),
            Just(LengthForm::Sixteen),
            Just(LengthForm::SixtyFour)
        ];
        (
            any::<bool>(),
            0..8u8,
            any::<u8>(),
            any::<Option<[u8; 4]>>(),
            lengths,
            forms,
        )
            .prop_map(|(fin, rsv, opcode, mask, length, form)| {
                let length_form = form.max(LengthForm::minimal(length));
                FrameHead {
                    fin,
                    rsv,
                    opcode: Opcode::from_bits(opcode),
                    mask,
                    length,
                    length_form,
                }
            })
    }

    proptest! {
        #[test]
        fn decode_undoes_encode(head in any_head()) {
            let bytes = head.encode();
            assert_eq!(FrameHead::decode(&bytes), Some((head, bytes.len())));
        }

        #[test]
        fn encode_undoes_decode(bytes in any::<[u8; 14]>()) {
            let (head, length) = FrameHead::decode(&bytes).unwrap();
            assert_eq!(&*head.encode(), &bytes[..length]);
        }
    }
}
