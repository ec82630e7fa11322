//! What the fuzz targets of `wire` are made of: oracles that say whether a decoder or session has kept
//! to the laws on an input, mutators that know what a message looks like inside, and seeds from the
//! stored sessions. All of it is also compiled into `wire/tests/laws`, which replays the corpus on any
//! toolchain.
//!
//! A binary in `fuzz_targets` is for one kind of target. `FUZZ_SUBJECT` says which of the kind is fuzzed, such
//! as an endpoint's name; without it every input goes to all of them.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use oracle::target::Target;

pub mod oracle;

/// Runs an input on the chosen targets of a kind.
///
/// # Panics
/// If a law is broken, or there is no such target.
pub fn run(kind: &str, input: &[u8]) {
    for target in chosen(kind) {
        target.run(input);
    }
}

/// Changes the input in the first `size` bytes of `data` inside, and seals it again; now and then it is
/// left to the fuzzer alone. `plain` is the fuzzer's own mutation. Returns the new size.
pub fn mutate(
    kind: &str,
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    plain: fn(&mut [u8], usize, usize) -> usize,
) -> usize {
    let targets = chosen(kind);
    let target = targets[seed as usize / 8 % targets.len()];
    if seed.is_multiple_of(8) {
        return plain(data, size, max_size);
    }
    let mut plain = |bytes: &mut Vec<u8>, max: usize| {
        let size = bytes.len();
        let max = max.max(size).max(1);
        bytes.resize(max, 0);
        let size = plain(bytes, size, max);
        bytes.truncate(size);
    };
    let changed = target.mutate(&data[..size], max_size, seed.into(), &mut plain);
    data[..changed.len()].copy_from_slice(&changed);
    changed.len()
}

/// The targets of this process, of which there is one kind.
fn chosen(kind: &str) -> &'static [Target] {
    static CHOSEN: OnceLock<Vec<Target>> = OnceLock::new();
    CHOSEN.get_or_init(|| {
        let subject = std::env::var("FUZZ_SUBJECT").unwrap_or_default();
        let chosen = Target::chosen(kind, &subject);
        assert!(!chosen.is_empty(), "there is no target {kind}/{subject}");
        chosen
    })
}
