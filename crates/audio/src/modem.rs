//! How a packet sounds, for the one who speaks and the one who hears.
//!
//! A sweep of 30 ms says where a packet begins. Then come symbols of 25 ms with two bytes
//! each: four groups of 16 tones, one tone of each group, high half-byte first. All of it
//! lies between 400 and 3300 Hz, so that it passes through a telephone.

use crate::packet::{OVERHEAD, coded_bytes};

/// Length of the sweep.
pub(crate) const CHIRP_MS: u32 = 30;
/// Length of a symbol.
pub(crate) const SYMBOL_MS: u32 = 25;
/// Where the sweep begins and ends.
pub(crate) const CHIRP_HZ: (u32, u32) = (450, 3300);
/// Groups of tones, each carrying half a byte.
pub(crate) const GROUPS: usize = 4;
/// Tones of a group.
pub(crate) const TONES: usize = 16;

/// Frequency of a tone.
pub(crate) fn tone_hz(group: usize, tone: usize) -> u32 {
    let index = u32::try_from(group * TONES + tone).unwrap_or_default();
    LOWEST_HZ + SPACING_HZ * index
}

/// Number of symbols for a packet of that many bytes.
pub(crate) const fn symbols(packet_bytes: usize) -> usize {
    packet_bytes.div_ceil(2)
}

/// The half-bytes of one symbol.
pub(crate) fn nibbles(pair: [u8; 2]) -> [u8; GROUPS] {
    let [a, b] = pair;
    [a >> 4, a & 0x0F, b >> 4, b & 0x0F]
}

/// Length of a packet's sound in milliseconds.
pub(crate) fn packet_ms(text: &str) -> u32 {
    let symbols = u32::try_from(symbols(coded_bytes(text) + OVERHEAD)).unwrap_or(u32::MAX / 64);
    CHIRP_MS + SYMBOL_MS * symbols
}

const LOWEST_HZ: u32 = 420;
const SPACING_HZ: u32 = 45;
