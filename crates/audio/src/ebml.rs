//! The few forms of EBML (RFC 8794) elements that a `WebM` file needs.

/// Appends `id · size · payload`.
pub(crate) fn binary(id: u32, payload: &[u8], out: &mut Vec<u8>) {
    push_id(id, out);
    push_size(payload.len() as u64, out);
    out.extend_from_slice(payload);
}

/// Appends an unsigned integer in as few bytes as it needs.
pub(crate) fn unsigned(id: u32, number: u64, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    let skip = (number.leading_zeros() / 8).min(7);
    binary(
        id,
        bytes
            .get(usize::try_from(skip).unwrap_or_default()..)
            .unwrap_or_default(),
        out,
    );
}

/// Appends a signed integer in eight bytes.
pub(crate) fn signed(id: u32, number: i64, out: &mut Vec<u8>) {
    binary(id, &number.to_be_bytes(), out);
}

/// Appends a floating-point number in eight bytes.
pub(crate) fn float(id: u32, number: f64, out: &mut Vec<u8>) {
    binary(id, &number.to_be_bytes(), out);
}

/// Appends an element whose children `fill` writes.
pub(crate) fn master(id: u32, out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut children = Vec::new();
    fill(&mut children);
    binary(id, &children, out);
}

/// Appends the head of an element that lasts to the end of the stream.
pub(crate) fn open_ended(id: u32, out: &mut Vec<u8>) {
    push_id(id, out);
    out.extend([0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
}

/// An id is written as it is printed: its length marker is part of it.
fn push_id(id: u32, out: &mut Vec<u8>) {
    out.extend(id.to_be_bytes().into_iter().skip_while(|byte| *byte == 0));
}

/// A size of `n` bytes has `7n` bits; all ones is reserved for the open end.
fn push_size(size: u64, out: &mut Vec<u8>) {
    let length = (1..8).find(|n| size < (1 << (7 * n)) - 1).unwrap_or(8);
    let marked = size | 1 << (7 * length);
    let bytes = marked.to_be_bytes();
    out.extend(bytes.iter().skip(8 - length));
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::zero(0, &[0x80])]
    #[case::one_byte_last(126, &[0xFE])]
    #[case::all_ones_is_avoided(127, &[0x40, 0x7F])]
    #[case::two_bytes_last(16_382, &[0x7F, 0xFE])]
    #[case::three_bytes_first(16_383, &[0x20, 0x3F, 0xFF])]
    fn writes_sizes(#[case] size: u64, #[case] expected: &[u8]) {
        let mut out = Vec::new();
        push_size(size, &mut out);
        assert_eq!(out, expected);
    }

    #[rstest]
    #[case::zero_takes_a_byte(0, &[0xD7, 0x81, 0x00])]
    #[case::one_byte(255, &[0xD7, 0x81, 0xFF])]
    #[case::two_bytes(256, &[0xD7, 0x82, 0x01, 0x00])]
    fn writes_unsigned(#[case] number: u64, #[case] expected: &[u8]) {
        let mut out = Vec::new();
        unsigned(0xD7, number, &mut out);
        assert_eq!(out, expected);
    }
}
