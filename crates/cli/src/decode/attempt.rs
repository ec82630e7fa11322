//! Whose message the bytes are, who sent it, and whether it was text or binary.

use bytes::Bytes;
use wire::endpoint::{Dump, Endpoint};
use wire::error::DecodeError;
use wire::session::{Form, Side};

/// A message and whose it is.
#[derive(Debug)]
pub(super) struct Decoded {
    pub(super) endpoint: &'static Endpoint,
    pub(super) side: Side,
    pub(super) dump: Dump,
}

/// Decodes the bytes as the first endpoint, form and side that fit.
///
/// If none fits, the error is that of the attempt that got furthest.
pub(super) fn decode(
    candidates: &[&'static Endpoint],
    side: Option<Side>,
    bytes: &Bytes,
) -> Result<Decoded, DecodeError> {
    let sides = match side {
        Some(side) => vec![side],
        None => vec![Side::Server, Side::Client],
    };
    let forms = Forms::of(bytes);
    let mut furthest: Option<DecodeError> = None;
    for endpoint in candidates.iter().copied() {
        for form in std::iter::once(forms.likely).chain(forms.possible) {
            for side in sides.iter().copied() {
                match (endpoint.decode)(side, form, bytes) {
                    Ok(dump) => {
                        return Ok(Decoded {
                            endpoint,
                            side,
                            dump,
                        });
                    }
                    Err(error) if form == forms.likely => {
                        furthest = Some(match furthest {
                            Some(best) if best.offset >= error.offset => best,
                            _ => error,
                        });
                    }
                    Err(_) => {}
                }
            }
        }
    }
    match furthest {
        Some(error) => Err(error),
        None => unreachable!("there is at least one candidate and one side"),
    }
}

/// Whether bytes were a text or a binary message: what they look like, and what they may be else.
#[derive(Debug, PartialEq, Eq)]
struct Forms {
    likely: Form,
    possible: Option<Form>,
}

impl Forms {
    fn of(bytes: &[u8]) -> Self {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let is_json_like = matches!(first, Some(b'{' | b'['));
        let (likely, possible) = match (is_json_like, is_utf8(bytes)) {
            // Not also binary: where any bytes are audio, broken JSON would count as sound.
            (true, true) => (Form::Text, None),
            (true, false) => (Form::Text, Some(Form::Binary)),
            (false, true) => (Form::Binary, Some(Form::Text)),
            (false, false) => (Form::Binary, None),
        };
        Self { likely, possible }
    }
}

/// Whether bytes are UTF-8, though perhaps cut inside their last character.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::demo;

    #[rstest]
    #[case::json(b" {\"a\":1}", Form::Text, None)]
    #[case::broken_json(b"{\"a", Form::Text, None)]
    #[case::json_cut_inside_a_character(b"{\"\xe8\xaf", Form::Text, None)]
    #[case::a_brace_and_no_text(b"{\xff\xfe\x00", Form::Text, Some(Form::Binary))]
    #[case::other_text(b"hello", Form::Binary, Some(Form::Text))]
    #[case::other_bytes(b"\x11\xff", Form::Binary, None)]
    fn the_form_is_guessed(
        #[case] bytes: &[u8],
        #[case] likely: Form,
        #[case] possible: Option<Form>,
    ) {
        assert_eq!(Forms::of(bytes), Forms { likely, possible });
    }

    #[rstest]
    #[case::the_server_first(b"{\"echo\":\"a\",\"say\":\"b\"}", None, "demo/echo server echo")]
    #[case::then_the_client(b"{\"say\":\"a\"}", None, "demo/echo client say")]
    #[case::the_named_side_alone(
        b"{\"echo\":\"a\",\"say\":\"b\"}",
        Some(Side::Client),
        "demo/echo client say"
    )]
    #[case::a_frame(b"\x11\x02hi", None, "demo/echo server echo")]
    #[case::the_endpoint_that_fits(b"\x00\x01", None, "demo/listen client audio")]
    #[case::broken_json(b"{\"echo\":", None, "byte 8: JSON: EOF while parsing a value")]
    #[case::the_furthest_error(
        b"\x11\x09hi",
        None,
        "byte 1: payload size: 9 bytes declared, 2 remain"
    )]
    #[case::the_named_sides_error(b"\x11\x09hi", Some(Side::Client), "demo/listen client audio")]
    fn the_first_that_fits_is_taken(
        #[case] bytes: &'static [u8],
        #[case] side: Option<Side>,
        #[case] expected: &str,
    ) {
        // A binary message of the client is audio to the second endpoint, whatever it is.
        let candidates = match bytes {
            [0x11, ..] if side.is_none() => &demo::ENDPOINTS[..1],
            _ => demo::ENDPOINTS,
        };
        let got = match decode(candidates, side, &Bytes::from_static(bytes)) {
            Ok(Decoded {
                endpoint,
                side,
                dump,
            }) => format!("{} {} {}", endpoint.name, side.name(), dump.kind),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, expected);
    }
}
