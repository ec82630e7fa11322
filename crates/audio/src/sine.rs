//! A sine that is the same on every machine: a table made by the compiler in fixed point.

/// `32767 · sin` of a phase in which 2³² is a whole turn, by linear interpolation in a table
/// of 1024 values; less than one unit from the true value.
#[inline]
pub(crate) fn sine(phase: u32) -> i32 {
    let index = (phase >> 22) as usize;
    let fraction = ((phase >> 8) & 0x3FFF).cast_signed();
    let (Some(&a), Some(&b)) = (TABLE.get(index), TABLE.get(index + 1)) else {
        unreachable!("an index of ten bits is inside the table");
    };
    (a + (((b - a) * fraction) >> 14) + 128) >> 8
}

/// Phase step per sample for a frequency in millihertz.
pub(crate) fn step(millihertz: u64, rate_hz: u32) -> u32 {
    let turn = (millihertz << 32) / (u64::from(rate_hz.max(1)) * 1000);
    u32::try_from(turn & 0xFFFF_FFFF).unwrap_or(0)
}

/// Half a raised cosine, 0 at the start and 32767 at the end, for `at` of `length`.
pub(crate) fn rise(at: u32, length: u32) -> i32 {
    if at >= length {
        return 32767;
    }
    let quarter_turn = (u64::from(at) << 30) / u64::from(length.max(1));
    let s = sine(u32::try_from(quarter_turn).unwrap_or(0));
    (s * s) >> 15
}

/// With eight fractional bits, and one entry more than a whole turn, so that the last
/// interval has a right end.
static TABLE: [i32; 1025] = table();

#[expect(
    clippy::indexing_slicing,
    reason = "a constant that is out of bounds does not compile"
)]
const fn table() -> [i32; 1025] {
    let mut table = [0; 1025];
    let mut index = 0;
    while index <= 1024 {
        let (quadrant, within) = (index / 256 % 4, index % 256);
        let from_zero = if quadrant % 2 == 0 {
            within
        } else {
            256 - within
        };
        let value = quarter(from_zero);
        table[index] = if quadrant < 2 { value } else { -value };
        index += 1;
    }
    table
}

/// `256 · 32767 · sin(π/2 · index/256)`, rounded: the Taylor series with 56 fractional bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "index is at most 256, the result at most 256 · 32767"
)]
const fn quarter(index: usize) -> i32 {
    const ONE: i128 = 1 << 56;
    // π/2 with 56 fractional bits.
    const HALF_PI: i128 = 113_187_804_032_455_044;
    let x = HALF_PI * index as i128 / 256;
    let (mut term, mut sum, mut n) = (x, x, 1);
    while n < 20 {
        term = -(term * x / ONE) * x / ONE / ((2 * n) * (2 * n + 1));
        sum += term;
        n += 1;
    }
    ((sum * 32767 * 256 + ONE / 2) / ONE) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_less_than_one_unit_from_the_true_sine() {
        for k in 0..100_000u32 {
            let phase = k.wrapping_mul(42_949_673);
            let exact =
                (f64::from(phase) / 4_294_967_296.0 * std::f64::consts::TAU).sin() * 32767.0;
            assert!(
                (f64::from(sine(phase)) - exact).abs() < 0.75,
                "phase {phase}"
            );
        }
        assert_eq!((sine(0), sine(1 << 30), sine(3 << 30)), (0, 32767, -32767));
    }

    #[test]
    fn steps_are_exact_fractions_of_a_turn() {
        assert_eq!(step(1_000_000, 8000), 1 << 29);
        assert_eq!(step(12_000_000, 48_000), 1 << 30);
    }

    #[test]
    fn ramps_rise_from_zero_to_full() {
        let ramp: Vec<i32> = (0..=40).map(|at| rise(at, 40)).collect();
        assert_eq!((ramp[0], ramp[40]), (0, 32767));
        assert!(ramp.is_sorted());
        assert_eq!(rise(0, 0), 32767);
    }
}
