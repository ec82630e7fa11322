//! The layers that the vendors share: JSON and gzip.

use wire::error::ErrorKind;
use wire::gzip;
use wire::json::{Style, parse};

use super::cost::{COMPRESSOR, FLAT, bounded};

/// Parses, writes and parses again.
pub fn check_json(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let weight = input.len() as u64;
    let parsed = match bounded("JSON", weight, FLAT, || parse(text)) {
        Ok(parsed) => parsed,
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Json);
            assert!(error.offset <= text.len(), "{error} of {}", text.len());
            // What is wrong before the end stays wrong, and at its place.
            if error.offset < text.len() && text.is_char_boundary(error.offset) {
                for more in ["}", "]", "\"", "0", " "] {
                    assert!(
                        parse(&format!("{text}{more}")).is_err(),
                        "{error}, then {more}"
                    );
                }
            }
            return;
        }
    };
    for style in [Style::Compact, Style::Spaced, Style::Indented(2)] {
        let once = parsed.value.write(style);
        let again = parse(&once).expect("what is written is JSON");
        assert_eq!(again, parsed, "{style:?}");
        assert_eq!(again.value.write(style), once);
    }
}

/// Inflates as far as allowed, and deflates.
pub fn check_gzip(input: &[u8]) {
    const LIMIT: usize = 1 << 16;
    let room = (4 * LIMIT) as u64 + FLAT;
    let outcome = bounded("gzip", 0, room, || gzip::inflate(input, LIMIT));
    let member = bounded("gzip", 0, room, || gzip::member(input, LIMIT));
    match &outcome {
        Ok(inflated) => {
            assert!(inflated.len() <= LIMIT);
            assert_eq!(
                (&member.inflated, member.length),
                (inflated, Some(input.len()))
            );
            for cut in [0, input.len() / 2, input.len() - 1] {
                let error = gzip::inflate(&input[..cut], LIMIT).expect_err("a cut is no end");
                assert_eq!(error.kind, ErrorKind::Compression);
            }
            if let Some(shorter) = inflated.len().checked_sub(1) {
                let error = gzip::inflate(input, shorter).expect_err("more than the limit");
                assert_eq!(error.kind, ErrorKind::Excess);
            }
        }
        Err(error) => {
            assert_eq!(error.offset, 0);
            let takes_all = member.length == Some(input.len());
            assert!(!takes_all, "{error}, and yet a whole member");
        }
    }
    // As a plain text the input survives, whatever it is.
    let packed = bounded("deflate", input.len() as u64, COMPRESSOR, || {
        gzip::deflate(input)
    });
    assert_eq!(gzip::inflate(&packed, input.len()).as_deref(), Ok(input));
    let filled = gzip::deflate_to(input, packed.len() + input.len() % 40).expect("there is room");
    assert_eq!(filled.len(), packed.len() + input.len() % 40);
    assert_eq!(gzip::inflate(&filled, input.len()).as_deref(), Ok(input));
}
