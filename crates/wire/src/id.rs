//! Ids drawn from a seed: the same seed gives the same ids, in the same order.

use std::fmt::Write as _;

/// A generator of ids. It draws nothing from outside: the seed decides everything.
#[derive(Clone, Debug)]
pub struct Ids {
    state: u64,
}

impl Ids {
    /// A generator that starts at `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits (SplitMix64).
    pub const fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `digits` lower-case hexadecimal digits.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            let Ok(()) = write!(text, "{:016x}", self.bits()) else {
                unreachable!("writing to a string does not fail")
            };
        }
        text.truncate(digits);
        text
    }

    /// A lower-case UUID, version 4 in form, 8-4-4-4-12.
    pub fn uuid(&mut self) -> String {
        let high = (self.bits() & !0xf000) | 0x4000;
        let low = (self.bits() & !(0b11 << 62)) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff,
        )
    }
}

/// Mixes the parts of a seed into one number: server seed, lane and connection number.
#[must_use]
pub fn seed_of(seed: u64, lane: &str, connection: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let parts = seed
        .to_be_bytes()
        .into_iter()
        .chain(lane.bytes())
        .chain(connection.to_be_bytes());
    for byte in parts {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_series() {
        let (mut a, mut b, mut c) = (Ids::new(1), Ids::new(1), Ids::new(2));
        assert_eq!(a.uuid(), b.uuid());
        assert_eq!(a.hex(34), b.hex(34));
        assert_ne!(a.uuid(), c.uuid());
    }

    #[test]
    fn a_uuid_has_its_form() {
        let uuid = Ids::new(7).uuid();
        let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4');
    }

    #[test]
    fn lanes_and_connections_have_seeds_of_their_own() {
        assert_ne!(seed_of(0, "a", 1), seed_of(0, "a", 2));
        assert_ne!(seed_of(0, "a", 1), seed_of(0, "b", 1));
    }
}
