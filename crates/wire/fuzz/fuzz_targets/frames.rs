//! A stream of RFC 6455 frames.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("frames", input));
