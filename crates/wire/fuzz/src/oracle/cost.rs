//! What may be spent on an input: memory and work follow the bytes that arrived.

use allocation_counter::measure;
use bytes::Bytes;
use wire::gzip;

/// At the worst moment so many bytes may be held for each byte of a message, inflated.
pub const PER_BYTE: u64 = 160;
/// And so many whatever the message is: what an inflater holds, and what the two bytes of length before the
/// extra field of a gzip header can make it reserve, twice.
pub const FLAT: u64 = (64 + 2 * 64) << 10;
/// What an answer may cost beside that: it may have to be compressed, and a compressor holds so much.
pub const COMPRESSOR: u64 = 420 << 10;
/// So many bytes may be allocated in all for each byte, one after the other: a decoder that went back
/// would need more.
const WORK_PER_BYTE: u64 = 1200;

/// Does it, and holds what it costs against what may be spent on `weight` bytes and `flat` beside them.
pub fn bounded<T>(what: &str, weight: u64, flat: u64, act: impl FnOnce() -> T) -> T {
    let mut result = None;
    let cost = measure(|| result = Some(act()));
    let most = flat + PER_BYTE * weight;
    assert!(
        cost.bytes_max <= most,
        "{what}: {} bytes held for {weight}, at most {most}",
        cost.bytes_max
    );
    let most = 4 * flat + WORK_PER_BYTE * weight;
    assert!(
        cost.bytes_total <= most,
        "{what}: {} bytes allocated for {weight}, at most {most}",
        cost.bytes_total
    );
    result.expect("it has been done")
}

/// How much there is to decode once a message has been inflated.
pub fn weight(payload: &Bytes) -> u64 {
    let begins = |it: &[u8]| it.starts_with(&[0x1f, 0x8b]);
    let inflated = payload.windows(2).enumerate().filter(|(_, it)| begins(it));
    let inflated = inflated.map(|(at, _)| {
        gzip::member(&payload[at..], gzip::MAX_INFLATED + 1)
            .inflated
            .len()
    });
    (payload.len() + inflated.max().unwrap_or(0)) as u64
}
