//! A JSON text.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("json", input));
