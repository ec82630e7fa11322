//! Close payloads: nothing, or a code and a reason.
//!
//! ```text
//! code(u16 BE) · reason(UTF-8, at most 123 bytes)
//! ```
//! Source: RFC 6455 §5.5.1 and §7.4.

use super::violation::{Violation, ViolationKind};
use bytes::Bytes;

/// What a close frame says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloseFrame {
    /// The code as sent, legal or not; `None` if there is none, which an application sees as 1005.
    pub code: Option<u16>,
    /// The reason; malformed UTF-8 is replaced by U+FFFD.
    pub reason: String,
}

impl CloseFrame {
    /// Reads a close payload, with what is wrong about it; the offsets count within the payload.
    #[must_use]
    pub fn decode(payload: &[u8]) -> (Self, Vec<Violation>) {
        let Some((code, reason)) = payload.split_first_chunk() else {
            let violations = payload.first().map(|byte| Violation {
                kind: ViolationKind::CloseOneByte,
                offset: 0,
                found: format!("the one byte {byte:#04X}"),
                expected: "no payload, or a code of two bytes and a reason".into(),
            });
            return (Self::default(), violations.into_iter().collect());
        };
        let code = u16::from_be_bytes(*code);
        let mut violations = Vec::new();
        if !may_be_sent(code) {
            violations.push(Violation {
                kind: ViolationKind::CloseBadCode,
                offset: 0,
                found: code.to_string(),
                expected: "1000–1003, 1007–1014 or 3000–4999".into(),
            });
        }
        let reason = match std::str::from_utf8(reason) {
            Ok(reason) => reason.to_owned(),
            Err(error) => {
                violations.push(Violation {
                    kind: ViolationKind::CloseBadUtf8,
                    offset: (CODE_BYTES + error.valid_up_to()) as u64,
                    found: format!("{} good bytes, then none of UTF-8", error.valid_up_to()),
                    expected: "a reason in UTF-8".into(),
                });
                String::from_utf8_lossy(reason).into_owned()
            }
        };
        (
            Self {
                code: Some(code),
                reason,
            },
            violations,
        )
    }

    /// Payload of a close frame with any code, even one that must not be sent; a reason that does not fit into a
    /// control frame is cut after its last whole character within 123 bytes. A frame without a code has no payload.
    #[must_use]
    pub fn encode(code: u16, reason: &str) -> Bytes {
        let end = (0..=LONGEST_REASON)
            .rev()
            .find(|&end| reason.is_char_boundary(end));
        let reason = end.and_then(|end| reason.get(..end)).unwrap_or("");
        let mut payload = Vec::with_capacity(CODE_BYTES + reason.len());
        payload.extend_from_slice(&code.to_be_bytes());
        payload.extend_from_slice(reason.as_bytes());
        payload.into()
    }
}

/// 1004 is reserved, 1005, 1006 and 1015 are for APIs only; 1012–1014 came to the IANA registry after the RFC.
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

const CODE_BYTES: usize = 2;
const LONGEST_REASON: usize = 123;

#[cfg(test)]
mod tests {
    use super::CloseFrame;
    use crate::ws::ViolationKind;
    use proptest::prelude::{any, proptest};
    use rstest::rstest;

    fn kinds(payload: &[u8]) -> Vec<(ViolationKind, u64)> {
        CloseFrame::decode(payload)
            .1
            .iter()
            .map(|violation| (violation.kind, violation.offset))
            .collect()
    }

    #[rstest]
    #[case::empty(b"", None, "", &[])]
    #[case::one_byte(b"\x03", None, "", &[(ViolationKind::CloseOneByte, 0)])]
    #[case::code(b"\x03\xE8", Some(1000), "", &[])]
    #[case::reason(b"\x03\xF3bye", Some(1011), "bye", &[])]
    #[case::bad_code(b"\x03\xEDbye", Some(1005), "bye", &[(ViolationKind::CloseBadCode, 0)])]
    #[case::bad_reason(b"\x03\xE8ab\xFF", Some(1000), "ab\u{FFFD}", &[(ViolationKind::CloseBadUtf8, 4)])]
    #[case::half_character(b"\x03\xE8\xE2\x82", Some(1000), "\u{FFFD}", &[(ViolationKind::CloseBadUtf8, 2)])]
    #[case::both(b"\0\0\xFF", Some(0), "\u{FFFD}", &[(ViolationKind::CloseBadCode, 0), (ViolationKind::CloseBadUtf8, 2)])]
    fn decodes(
        #[case] payload: &[u8],
        #[case] code: Option<u16>,
        #[case] reason: &str,
        #[case] violations: &[(ViolationKind, u64)],
    ) {
        assert_eq!(
            CloseFrame::decode(payload).0,
            CloseFrame {
                code,
                reason: reason.into()
            }
        );
        assert_eq!(kinds(payload), violations);
    }

    #[rstest]
    #[case::ascii("x".repeat(200), 123)]
    #[case::just_fits("x".repeat(123), 123)]
    #[case::three_byte_characters_fit("€".repeat(41), 123)]
    #[case::four_byte_characters_do_not("😀".repeat(31), 120)]
    #[case::short("é".into(), 2)]
    #[case::none(String::new(), 0)]
    fn cuts_the_reason_between_characters(#[case] reason: String, #[case] bytes: usize) {
        assert_eq!(
            CloseFrame::encode(1011, &reason),
            [&1011u16.to_be_bytes(), &reason.as_bytes()[..bytes]].concat()
        );
    }

    proptest! {
        #[test]
        fn decode_undoes_encode(code in any::<u16>(), reason in "\\PC{0,30}") {
            let (close, violations) = CloseFrame::decode(&CloseFrame::encode(code, &reason));
            assert_eq!(close, CloseFrame { code: Some(code), reason });
            assert!(violations.iter().all(|violation| violation.kind == ViolationKind::CloseBadCode));
        }

        #[test]
        fn any_payload_decodes(payload in any::<Vec<u8>>()) {
            let (close, violations) = CloseFrame::decode(&payload);
            assert_eq!(close.code.is_some(), payload.len() >= 2);
            assert!(violations.iter().all(|violation| violation.offset < payload.len() as u64));
        }
    }
}
