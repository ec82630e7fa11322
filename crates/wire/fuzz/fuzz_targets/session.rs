//! A session, as a script of what happens in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("session", input));
