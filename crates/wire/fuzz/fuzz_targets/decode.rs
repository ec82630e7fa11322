//! A message, as every side's and in every form.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("decode", input));
