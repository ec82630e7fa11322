//! A message, as every side's and in every form. Changed inside, and sealed again.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("decode", input));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    wire_fuzz::mutate(
        "decode",
        data,
        size,
        max_size,
        seed,
        libfuzzer_sys::fuzzer_mutate,
    )
});
