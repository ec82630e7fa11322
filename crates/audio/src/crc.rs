//! The checksums of the containers, by table. All start from zero, most significant bit first.

/// `x⁸ + x² + x + 1`, as FLAC frame headers have it.
pub(crate) fn crc8(bytes: &[u8]) -> u8 {
    let [crc, ..] = checksum(bytes, &CRC8).to_be_bytes();
    crc
}

/// `x¹⁶ + x¹⁵ + x² + 1`, as FLAC frames have it.
pub(crate) fn crc16(bytes: &[u8]) -> u16 {
    let [high, low, ..] = checksum(bytes, &CRC16).to_be_bytes();
    u16::from_be_bytes([high, low])
}

/// Polynomial `04c11db7`, as Ogg pages have it.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    checksum(bytes, &CRC32)
}

/// Shorter checksums live in the upper bits of the register.
fn checksum(bytes: &[u8], table: &[u32; 256]) -> u32 {
    bytes.iter().fold(0, |crc: u32, byte| {
        let [high, ..] = crc.to_be_bytes();
        (crc << 8)
            ^ table
                .get(usize::from(high ^ byte))
                .copied()
                .unwrap_or_default()
    })
}

static CRC8: [u32; 256] = table(0x07 << 24);
static CRC16: [u32; 256] = table(0x8005 << 16);
static CRC32: [u32; 256] = table(0x04c1_1db7);

#[expect(
    clippy::indexing_slicing,
    reason = "a constant that is out of bounds does not compile"
)]
const fn table(polynomial: u32) -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte << 24;
        let mut bit = 0;
        while bit < 8 {
            let carry = crc & 0x8000_0000 != 0;
            crc = (crc << 1) ^ if carry { polynomial } else { 0 };
            bit += 1;
        }
        table[byte as usize] = crc;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_the_published_check_values() {
        assert_eq!(crc8(b"123456789"), 0xF4);
        assert_eq!(crc16(b"123456789"), 0xFEE8);
        assert_eq!(crc32(b"123456789"), 0x89A1_897F);
    }
}
