//! From a file to the bytes of a message: hex, base64 or raw.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use crate::failure::Failure;

/// How bytes are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Writing {
    /// Pairs of digits; spaces, colons, line ends and 0x do not matter
    Hex,
    /// The standard or the URL-safe alphabet, padded or not
    Base64,
    /// As they are
    Raw,
}

/// Why a file has no message in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum InputError {
    #[error("the input is empty; give a message in a file, or on standard input")]
    Empty,
    #[error("the input is larger than {} MiB; give one message alone", LIMIT_BYTES >> 20)]
    TooLarge,
    #[error("the input is not hex: {0:?} at byte {1}; try --input base64 or --input raw")]
    NoHexDigit(char, usize),
    #[error("the input is not hex: {0} digits are an odd number; one is missing or too many")]
    OddHexDigits(usize),
    #[error("the input is not base64: {0}; try --input hex or --input raw")]
    NoBase64(String),
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        Self::Operation(error.to_string())
    }
}

/// Reads the message in a file, or on standard input if the file is `-`.
pub(super) fn load(file: &Path, writing: Option<Writing>) -> Result<Bytes, Failure> {
    let is_stdin = file.as_os_str() == "-";
    let content = if is_stdin {
        read(io::stdin().lock())
    } else {
        File::open(file).and_then(read)
    };
    let content = content.map_err(|error| {
        Failure::Operation(format!(
            "cannot read {}: {error}; give a readable file, or - for standard input",
            file.display()
        ))
    })?;
    Ok(parse(content, writing)?)
}

/// Reads to the end, but not far beyond the limit.
fn read(from: impl Read) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    from.take(LIMIT_BYTES + 1).read_to_end(&mut content)?;
    Ok(content)
}

fn parse(content: Vec<u8>, writing: Option<Writing>) -> Result<Bytes, InputError> {
    if u64::try_from(content.len()).is_ok_and(|length| length > LIMIT_BYTES) {
        return Err(InputError::TooLarge);
    }
    let bytes = match writing {
        Some(Writing::Hex) => parse_hex(&content)?,
        Some(Writing::Base64) => parse_base64(&content)?,
        Some(Writing::Raw) => content,
        None if content.iter().all(u8::is_ascii_whitespace) => Vec::new(),
        None => parse_hex(&content)
            .or_else(|_| parse_base64(&content))
            .unwrap_or(content),
    };
    if bytes.is_empty() {
        return Err(InputError::Empty);
    }
    Ok(bytes.into())
}

fn parse_hex(text: &[u8]) -> Result<Vec<u8>, InputError> {
    let mut digits = Vec::with_capacity(text.len());
    let mut at = 0;
    for token in text.split(|byte| byte.is_ascii_whitespace() || *byte == b':') {
        let bare = token
            .strip_prefix(b"0x")
            .or_else(|| token.strip_prefix(b"0X"));
        let first = digits.len();
        let start = at + token.len() - bare.unwrap_or(token).len();
        for (index, byte) in bare.unwrap_or(token).iter().enumerate() {
            let Some(digit) = char::from(*byte).to_digit(16) else {
                return Err(InputError::NoHexDigit(
                    character_at(text, start + index),
                    start + index,
                ));
            };
            digits.push(u8::try_from(digit).unwrap_or_default());
        }
        // 0x1 0x2 are two numbers, not one byte.
        let count = digits.len() - first;
        if bare.is_some() && (count == 0 || count % 2 == 1) {
            return Err(InputError::OddHexDigits(count));
        }
        at += token.len() + 1;
    }
    if digits.len() % 2 == 1 {
        return Err(InputError::OddHexDigits(digits.len()));
    }
    let (pairs, _) = digits.as_chunks::<2>();
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

fn parse_base64(text: &[u8]) -> Result<Vec<u8>, InputError> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let has = |one: u8, other: u8| text.contains(&one) || text.contains(&other);
    let alphabet = match (has(b'-', b'_'), has(b'+', b'/')) {
        (true, true) => {
            let both = "characters of the standard and of the URL-safe alphabet are mixed";
            return Err(InputError::NoBase64(both.to_owned()));
        }
        (true, false) => URL_SAFE,
        (false, _) => STANDARD,
    };
    let padding = DecodePaddingMode::Indifferent;
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding);
    GeneralPurpose::new(&alphabet, config)
        .decode(text)
        .map_err(|error| InputError::NoBase64(error.to_string().to_lowercase()))
}

/// The character that begins at a byte of a text, as far as it is one.
fn character_at(text: &[u8], at: usize) -> char {
    let rest = text.get(at..).unwrap_or_default();
    let longest = rest.get(..4).unwrap_or(rest);
    let lossy = String::from_utf8_lossy(longest);
    lossy.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The largest file that is read.
const LIMIT_BYTES: u64 = 64 << 20;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("1190", &[0x11, 0x90])]
    #[case::spaced("11 90\n00", &[0x11, 0x90, 0])]
    #[case::cut_between_digits("1\n190", &[0x11, 0x90])]
    #[case::colons("aA:bB:", &[0xaa, 0xbb])]
    #[case::prefixed("0x11 0X90", &[0x11, 0x90])]
    #[case::one_prefix("0x1190", &[0x11, 0x90])]
    #[case::base64_padded("EZA=", &[0x11, 0x90])]
    #[case::base64_unpadded("EZA", &[0x11, 0x90])]
    #[case::base64_wrapped("E\nZA\r\n=\n", &[0x11, 0x90])]
    #[case::base64_standard("+/8=", &[0xfb, 0xff])]
    #[case::base64_url_safe("-_8", &[0xfb, 0xff])]
    #[case::mixed_alphabets_are_raw("-/8=", b"-/8=")]
    #[case::half_a_byte_behind_0x_is_raw("0x1 0x2", b"0x1 0x2")]
    #[case::json_is_raw("{\"a\":1}\n", b"{\"a\":1}\n")]
    fn the_writing_is_recognised(#[case] text: &str, #[case] bytes: &[u8]) {
        assert_eq!(parse(text.into(), None), Ok(Bytes::copy_from_slice(bytes)));
    }

    #[rstest]
    #[case(Writing::Raw, "1190", b"1190")]
    #[case(Writing::Raw, " \n", b" \n")]
    #[case(Writing::Base64, "1190", &[0xd7, 0x5f, 0x74])]
    fn the_writing_can_be_decided(
        #[case] writing: Writing,
        #[case] text: &str,
        #[case] bytes: &[u8],
    ) {
        let parsed = parse(text.into(), Some(writing));
        assert_eq!(parsed, Ok(Bytes::copy_from_slice(bytes)));
    }

    #[rstest]
    #[case::nothing(
        None,
        "",
        "the input is empty; give a message in a file, or on standard input"
    )]
    #[case::space(
        None,
        " \n",
        "the input is empty; give a message in a file, or on standard input"
    )]
    #[case::nothing_raw(
        Some(Writing::Raw),
        "",
        "the input is empty; give a message in a file, or on standard input"
    )]
    #[case::odd(
        Some(Writing::Hex),
        "11 9",
        "the input is not hex: 3 digits are an odd number; one is missing or too many"
    )]
    #[case::no_digit(
        Some(Writing::Hex),
        "11 0x9g",
        "the input is not hex: 'g' at byte 6; try --input base64 or --input raw"
    )]
    #[case::no_ascii(
        Some(Writing::Hex),
        "11 语",
        "the input is not hex: '语' at byte 3; try --input base64 or --input raw"
    )]
    #[case::no_base64(
        Some(Writing::Base64),
        "E*",
        "the input is not base64: invalid symbol 42, offset 1.; try --input hex or --input raw"
    )]
    fn other_input_is_refused(
        #[case] writing: Option<Writing>,
        #[case] text: &str,
        #[case] why: &str,
    ) {
        assert_eq!(parse(text.into(), writing).unwrap_err().to_string(), why);
    }

    #[test]
    fn no_more_than_the_limit_is_read() {
        let content = read(io::repeat(b'0')).unwrap();
        assert_eq!(parse(content, None), Err(InputError::TooLarge));
    }
}
