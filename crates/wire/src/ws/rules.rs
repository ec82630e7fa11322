//! What a head alone breaks, whatever came before it.

use super::frame::{FrameHead, LengthForm, Opcode};
use super::receiver::Role;
use super::violation::{Violation, ViolationKind};

/// Whose reserved bits are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extension {
    /// Nobody's.
    None,
    /// RSV1 of permessage-deflate, on the first frame of a message.
    Deflate,
}

/// Broken rules of one head at `start` in the stream, in the order of its bits.
pub(super) fn judge_head(
    head: &FrameHead,
    role: Role,
    extension: Extension,
    start: u64,
) -> Vec<Violation> {
    // Does not allocate while there is nothing to say.
    let mut broken = Vec::new();
    let mut record = |kind, byte, found, expected: &str| {
        broken.push(Violation {
            kind,
            offset: start + byte,
            found,
            expected: expected.into(),
        });
    };
    let begins_message = matches!(head.opcode, Opcode::Text | Opcode::Binary);
    let (known, expected) = match (extension, begins_message) {
        (Extension::None, _) => (0, "000, without an extension"),
        (Extension::Deflate, true) => (RSV1, "000, or 100 for compressed data"),
        (Extension::Deflate, false) => (0, "000, except on the first frame of a message"),
    };
    if head.rsv & !known != 0 {
        let found = format!("{:03b}", head.rsv);
        record(ViolationKind::ReservedBits, FIRST_BYTE, found, expected);
    }
    if let Opcode::Other(opcode) = head.opcode {
        record(
            ViolationKind::ReservedOpcode,
            FIRST_BYTE,
            format!("{opcode:#X}"),
            "0x0–0x2 or 0x8–0xA",
        );
    }
    if head.opcode.is_control() && !head.fin {
        record(
            ViolationKind::ControlFragmented,
            FIRST_BYTE,
            "no final bit".into(),
            "a whole control frame",
        );
    }
    match (role, head.mask) {
        (Role::Server, None) => {
            record(
                ViolationKind::Unmasked,
                SECOND_BYTE,
                "no mask".into(),
                "a masking key from a client",
            );
        }
        (Role::Client, Some(_)) => {
            record(
                ViolationKind::Masked,
                SECOND_BYTE,
                "a masking key".into(),
                "no mask from a server",
            );
        }
        (Role::Server, Some(_)) | (Role::Client, None) => {}
    }
    if head.opcode.is_control() && head.length > LONGEST_CONTROL {
        let found = format!("{} bytes declared", head.length);
        record(
            ViolationKind::ControlTooLong,
            SECOND_BYTE,
            found,
            "at most 125",
        );
    }
    let minimal = LengthForm::minimal(head.length);
    if head.length > i64::MAX as u64 {
        record(
            ViolationKind::LengthTopBit,
            LENGTH_BYTES,
            format!("{:#X}", head.length),
            "at most 2^63 - 1",
        );
    } else if head.length_form != minimal {
        let found = format!("{} in {}", head.length, bits(head.length_form));
        record(
            ViolationKind::LengthNotMinimal,
            LENGTH_BYTES,
            found,
            bits(minimal),
        );
    }
    broken
}

fn bits(form: LengthForm) -> &'static str {
    match form {
        LengthForm::Seven => "7 bits",
        LengthForm::Sixteen => "16 bits",
        LengthForm::SixtyFour => "64 bits",
    }
}

/// Of the three reserved bits the first.
pub(super) const RSV1: u8 = 0b100;
const FIRST_BYTE: u64 = 0;
pub(super) const SECOND_BYTE: u64 = 1;
const LENGTH_BYTES: u64 = 2;
const LONGEST_CONTROL: u64 = 125;

#[cfg(test)]
mod tests {
    use super::{Extension, judge_head};
    use crate::ws::{FrameHead, Role, ViolationKind};
    use ViolationKind::{
        ControlFragmented, ControlTooLong, LengthNotMinimal, LengthTopBit, Masked, ReservedBits,
        ReservedOpcode, Unmasked,
    };
    use hex_literal::hex;
    use rstest::rstest;

    #[rstest]
    #[case::nothing_wrong(&hex!("82 05"), &[])]
    #[case::each_reserved_bit(&hex!("B2 05"), &[(ReservedBits, 0)])]
    #[case::data_opcode(&hex!("83 00"), &[(ReservedOpcode, 0)])]
    #[case::control_opcode_may_be_anything_else(&hex!("0B 7E 00 7E"), &[(ReservedOpcode, 0)])]
    #[case::mask(&hex!("81 80 00 00 00 00"), &[(Masked, 1)])]
    #[case::ping_in_parts(&hex!("09 00"), &[(ControlFragmented, 0)])]
    #[case::longest_close(&hex!("88 7D"), &[])]
    #[case::long_close(&hex!("88 7E 00 7E"), &[(ControlTooLong, 1)])]
    #[case::wide_close(&hex!("88 7E 00 7D"), &[(LengthNotMinimal, 2)])]
    #[case::sixteen(&hex!("82 7E 00 7D"), &[(LengthNotMinimal, 2)])]
    #[case::sixteen_needed(&hex!("82 7E 00 7E"), &[])]
    #[case::sixty_four(&hex!("82 7F 00 00 00 00 00 00 FF FF"), &[(LengthNotMinimal, 2)])]
    #[case::sixty_four_needed(&hex!("82 7F 00 00 00 00 00 01 00 00"), &[])]
    #[case::largest(&hex!("82 7F 7F FF FF FF FF FF FF FF"), &[])]
    #[case::top_bit(&hex!("82 7F 80 00 00 00 00 00 00 00"), &[(LengthTopBit, 2)])]
    #[case::all_at_once(
        &hex!("79 FE 00 7E 00 00 00 00"),
        &[(ReservedBits, 0), (ControlFragmented, 0), (Masked, 1), (ControlTooLong, 1)]
    )]
    fn judges_a_server_s_head(#[case] bytes: &[u8], #[case] broken: &[(ViolationKind, u64)]) {
        let (head, _) = FrameHead::decode(bytes).unwrap();
        let found: Vec<_> = judge_head(&head, Role::Client, Extension::None, 1000)
            .iter()
            .map(|v| (v.kind, v.offset - 1000))
            .collect();
        assert_eq!(found, broken);
    }

    #[rstest]
    #[case::masked(&hex!("81 80 00 00 00 00"), &[])]
    #[case::unmasked(&hex!("81 00"), &[Unmasked])]
    fn judges_a_client_s_head(#[case] bytes: &[u8], #[case] broken: &[ViolationKind]) {
        let (head, _) = FrameHead::decode(bytes).unwrap();
        let found: Vec<_> = judge_head(&head, Role::Server, Extension::None, 0)
            .iter()
            .map(|violation| violation.kind)
            .collect();
        assert_eq!(found, broken);
    }
}
