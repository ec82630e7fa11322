//! A stream of RFC 6455 frames with permessage-deflate.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wire_fuzz::run("deflate", input));
