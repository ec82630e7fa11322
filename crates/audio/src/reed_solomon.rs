//! A Reed–Solomon code over bytes: four parity bytes, two corrected errors.
//!
//! The field is GF(256) with `x⁸ + x⁴ + x³ + x² + 1`; the generator has the roots α⁰ to α³.
//! With two errors at most, their places are the roots of a quadratic that is solved directly.

/// Number of parity bytes.
pub(crate) const PARITY: usize = 4;

/// The parity of up to 251 bytes: the remainder of their division by the generator.
pub(crate) fn parity(bytes: &[u8]) -> [u8; PARITY] {
    bytes.iter().fold([0; PARITY], |[a, b, c, d], byte| {
        let [_, g3, g2, g1, g0] = GENERATOR;
        let lead = byte ^ a;
        [
            b ^ multiply(lead, g3),
            c ^ multiply(lead, g2),
            d ^ multiply(lead, g1),
            multiply(lead, g0),
        ]
    })
}

/// Corrects bytes followed by their parity and returns how many were wrong; none if there
/// were more than two, as far as the code can tell.
pub(crate) fn correct(bytes: &mut [u8]) -> Option<usize> {
    let s = syndromes(bytes);
    if s == [0; PARITY] {
        return Some(0);
    }
    let [s0, s1, s2, s3] = s;
    let determinant = multiply(s1, s1) ^ multiply(s0, s2);
    if determinant == 0 {
        // One error of value s0 at the place whose locator is s1 / s0.
        if s0 == 0 || s1 == 0 {
            return None;
        }
        let place = logarithm(divide(s1, s0));
        flip(bytes, place, s0)?;
        return (syndromes(bytes) == [0; PARITY]).then_some(1);
    }
    // The locators are the roots of x² + sum·x + product.
    let sum = divide(multiply(s0, s3) ^ multiply(s1, s2), determinant);
    let product = divide(multiply(s1, s3) ^ multiply(s2, s2), determinant);
    let is_root = |place: &usize| {
        let x = power(*place);
        multiply(x, x) ^ multiply(sum, x) ^ product == 0
    };
    let mut places = (0..bytes.len()).filter(is_root);
    let (a, b) = (places.next()?, places.next()?);
    let (x, y) = (power(a), power(b));
    let value_b = divide(s1 ^ multiply(s0, x), x ^ y);
    flip(bytes, a, s0 ^ value_b)?;
    flip(bytes, b, value_b)?;
    (syndromes(bytes) == [0; PARITY]).then_some(2)
}

/// Changes the byte whose place is counted from the end.
fn flip(bytes: &mut [u8], place: usize, value: u8) -> Option<()> {
    *bytes.iter_mut().rev().nth(place)? ^= value;
    Some(())
}

/// The values of the word at α⁰ to α³: all zero for a word of the code.
fn syndromes(bytes: &[u8]) -> [u8; PARITY] {
    [0, 1, 2, 3].map(|n| {
        bytes
            .iter()
            .fold(0, |value, byte| multiply(value, power(n)) ^ byte)
    })
}

fn multiply(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 {
        0
    } else {
        power(logarithm(a) + logarithm(b))
    }
}

/// `a / b` for a `b` other than zero.
fn divide(a: u8, b: u8) -> u8 {
    if a == 0 {
        0
    } else {
        power(logarithm(a) + 255 - logarithm(b))
    }
}

fn power(exponent: usize) -> u8 {
    POWERS.get(exponent % 255).copied().unwrap_or_default()
}

fn logarithm(value: u8) -> usize {
    LOGARITHMS
        .get(usize::from(value))
        .copied()
        .map_or(0, usize::from)
}

/// `(x − α⁰)(x − α¹)(x − α²)(x − α³)`, highest power first.
const GENERATOR: [u8; PARITY + 1] = [0x01, 0x0F, 0x36, 0x78, 0x40];

static POWERS: [u8; 255] = TABLES.0;
static LOGARITHMS: [u8; 256] = TABLES.1;

const TABLES: ([u8; 255], [u8; 256]) = tables();

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a constant that is out of bounds does not compile"
)]
const fn tables() -> ([u8; 255], [u8; 256]) {
    let (mut powers, mut logarithms) = ([0; 255], [0; 256]);
    let (mut value, mut exponent): (u32, usize) = (1, 0);
    while exponent < 255 {
        powers[exponent] = value as u8;
        logarithms[value as usize] = exponent as u8;
        value <<= 1;
        if value & 0x100 != 0 {
            value ^= 0x11D;
        }
        exponent += 1;
    }
    (powers, logarithms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generator_has_its_roots() {
        for n in 0..PARITY {
            let value = GENERATOR
                .iter()
                .fold(0, |value, c| multiply(value, power(n)) ^ c);
            assert_eq!(value, 0, "α^{n}");
        }
    }

    #[test]
    fn corrects_every_pair_of_places() {
        let mut word: Vec<u8> = (0..20u8).map(|n| n.wrapping_mul(37)).collect();
        word.extend(parity(&word));
        for a in 0..word.len() {
            for b in 0..word.len() {
                let mut damaged = word.clone();
                damaged[a] ^= 0x5A;
                damaged[b] ^= 0xC3;
                assert_eq!(correct(&mut damaged), Some(if a == b { 1 } else { 2 }));
                assert_eq!(damaged, word);
            }
        }
    }

    #[test]
    fn three_errors_are_mostly_noticed() {
        let mut word: Vec<u8> = (0..10).collect();
        word.extend(parity(&word));
        let noticed = (1..=255u8).filter(|flip| {
            let mut damaged = word.clone();
            damaged[0] ^= flip;
            damaged[5] ^= flip.rotate_left(3);
            damaged[9] ^= flip.rotate_left(5);
            correct(&mut damaged).is_none()
        });
        assert!(noticed.count() > 240);
    }
}
