//! G.711: 16-bit samples in eight bits, as ITU-T G.711 and its reference code have them.

/// µ-law byte of a sample.
///
/// Sign, three bits of segment and four bits within it, all inverted. The magnitude is biased
/// by 132, which makes every segment twice as long as the one before.
#[must_use]
pub fn encode_mulaw(sample: i16) -> u8 {
    let magnitude = (sample.unsigned_abs().min(MULAW_CLIP)) + MULAW_BIAS;
    // The bias sets bit 7, the clip keeps bit 15 clear.
    let segment = 8 - magnitude.leading_zeros();
    let step = (magnitude >> (segment + 3)) & 0x0F;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !(sign | low_byte(segment << 4) | low_byte(u32::from(step)))
}

/// Sample of a µ-law byte.
#[must_use]
pub fn decode_mulaw(byte: u8) -> i16 {
    let bits = !byte;
    let segment = (bits >> 4) & 0x07;
    let magnitude = (((i16::from(bits & 0x0F)) << 3) + 132) << segment;
    let value = magnitude - 132;
    if bits & 0x80 == 0 { value } else { -value }
}

/// A-law byte of a sample.
///
/// Sign, three bits of segment and four bits within it, even bits inverted. The two lowest
/// segments have the same step.
#[must_use]
pub fn encode_alaw(sample: i16) -> u8 {
    // One's complement, so that the decision values of both signs mirror each other.
    let magnitude = if sample < 0 { !sample } else { sample }.unsigned_abs() >> 3;
    let segment = 11u32.saturating_sub(magnitude.leading_zeros());
    let step = (magnitude >> segment.max(1)) & 0x0F;
    let sign = if sample < 0 { 0 } else { 0x80 };
    (sign | low_byte(segment << 4) | low_byte(u32::from(step))) ^ 0x55
}

/// Sample of an A-law byte.
#[must_use]
pub fn decode_alaw(byte: u8) -> i16 {
    let bits = byte ^ 0x55;
    let segment = (bits >> 4) & 0x07;
    let within = (i16::from(bits & 0x0F) << 4) + 8;
    let value = match segment {
        0 => within,
        _ => (within + 0x100) << (segment - 1),
    };
    if bits & 0x80 == 0 { -value } else { value }
}

const MULAW_BIAS: u16 = 132;
const MULAW_CLIP: u16 = 32_635;

const fn low_byte(number: u32) -> u8 {
    number.to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// G.711 table 2: the output values of µ-law are `2^s · (2m + 33) − 33` in 14 bits.
    #[test]
    fn mulaw_levels_are_the_formula_of_the_recommendation() {
        for segment in 0..8u32 {
            for step in 0..16i32 {
                let level = (((2 * step + 33) << segment) - 33) * 4;
                let code = !u8::try_from(segment * 16 + u32::try_from(step).unwrap()).unwrap();
                assert_eq!(i32::from(decode_mulaw(code)), level);
                assert_eq!(i32::from(decode_mulaw(code & 0x7F)), -level);
            }
        }
    }

    /// G.711 table 1: the output values of A-law are `2m + 1` in the lowest segment and
    /// `2^(s−1) · (2m + 33)` above it, in 13 bits.
    #[test]
    fn alaw_levels_are_the_formula_of_the_recommendation() {
        for segment in 0..8u32 {
            for step in 0..16i32 {
                let level = match segment {
                    0 => (2 * step + 1) * 8,
                    _ => ((2 * step + 33) << (segment - 1)) * 8,
                };
                let code = (0x80
                    | u8::try_from(segment * 16 + u32::try_from(step).unwrap()).unwrap())
                    ^ 0x55;
                assert_eq!(i32::from(decode_alaw(code)), level);
                assert_eq!(i32::from(decode_alaw(code ^ 0x80)), -level);
            }
        }
    }

    /// The decision values of both laws lie half a step from the output values.
    #[rstest]
    #[case::mulaw(encode_mulaw, decode_mulaw, 0xFF, [4, 8, 16, 32, 64, 128, 256, 512])]
    #[case::alaw(encode_alaw, decode_alaw, 0x55, [8, 8, 16, 32, 64, 128, 256, 512])]
    fn samples_fall_between_their_decision_values(
        #[case] encode: fn(i16) -> u8,
        #[case] decode: fn(u8) -> i16,
        #[case] inverted: u8,
        #[case] half_steps: [u16; 8],
    ) {
        let top = decode(encode(i16::MAX)).unsigned_abs() + half_steps[7] - 1;
        for sample in i16::MIN..=i16::MAX {
            let (code, magnitude) = (encode(sample), sample.unsigned_abs().min(top));
            let level = decode(code);
            let half_step = half_steps[usize::from((code ^ inverted) >> 4 & 7)];
            assert!(
                magnitude.abs_diff(level.unsigned_abs()) <= half_step,
                "{sample}: {level}"
            );
            assert!(
                sample == 0 || level == 0 || (sample < 0) == (level < 0),
                "{sample}: {level}"
            );
        }
    }

    #[rstest]
    #[case::mulaw_zero(encode_mulaw(0), 0xFF)]
    #[case::mulaw_top(encode_mulaw(32_767), 0x80)]
    #[case::mulaw_bottom(encode_mulaw(-32_768), 0x00)]
    #[case::alaw_zero(encode_alaw(0), 0xD5)]
    #[case::alaw_top(encode_alaw(32_767), 0xAA)]
    #[case::alaw_bottom(encode_alaw(-32_768), 0x2A)]
    fn known_bytes(#[case] found: u8, #[case] expected: u8) {
        assert_eq!(found, expected);
    }

    #[test]
    fn levels_come_back_as_their_own_byte() {
        for byte in 0..=255u8 {
            // µ-law has two zeros; the negative one is never sent.
            let expected = if byte == 0x7F { 0xFF } else { byte };
            assert_eq!(encode_mulaw(decode_mulaw(byte)), expected);
            assert_eq!(encode_alaw(decode_alaw(byte)), byte);
        }
    }
}
