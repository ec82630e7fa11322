//! An HTTP request, before there is a session.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("request", input));
