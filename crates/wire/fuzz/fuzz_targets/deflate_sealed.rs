//! A stream of RFC 6455 frames with permessage-deflate. Changed inside, and sealed again.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("deflate", input));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    wire_fuzz::mutate(
        "deflate",
        data,
        size,
        max_size,
        seed,
        libfuzzer_sys::fuzzer_mutate,
    )
});
