//! Where in a session a fault acts.

use std::fmt;
use std::time::Duration;

/// A place in a session, as `at` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Point {
    /// Before the 101.
    Handshake,
    /// After the 101, before any message.
    Open,
    /// The first request has been received and is not answered yet.
    Request,
    /// Before the first audio of a synthesis, or the first result of a recognition.
    FirstByte,
    /// Before the Nth audio message of a synthesis; after that of a recognition's client.
    Audio(u64),
    /// Before the Nth result.
    Result(u64),
    /// Before the first result that is final, or the end marker if there is none.
    BeforeFinal,
    /// After the end marker.
    End,
    /// So long after the session was opened.
    Elapsed(Duration),
    /// When so much of the audio has been sent, in percent.
    Percent(u8),
}

/// What a point is not.
pub(crate) const RULE: &str = "a point is handshake, open, request, first-byte, audio/N, result/N, before-final, end, Nms or N%";

impl Point {
    /// Reads a point; numbers count from 1.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "handshake" => return Some(Self::Handshake),
            "open" => return Some(Self::Open),
            "request" => return Some(Self::Request),
            "first-byte" => return Some(Self::FirstByte),
            "before-final" => return Some(Self::BeforeFinal),
            "end" => return Some(Self::End),
            _ => {}
        }
        if let Some(number) = text.strip_prefix("audio/") {
            return positive(number).map(Self::Audio);
        }
        if let Some(number) = text.strip_prefix("result/") {
            return positive(number).map(Self::Result);
        }
        if let Some(ms) = text.strip_suffix("ms") {
            return digits(ms).map(|ms| Self::Elapsed(Duration::from_millis(ms)));
        }
        let percent = digits(text.strip_suffix('%')?)?;
        let percent = u8::try_from(percent).ok().filter(|it| *it <= 100)?;
        Some(Self::Percent(percent))
    }
}

/// A whole number written in digits alone, no longer than a year of milliseconds.
pub(super) fn digits(text: &str) -> Option<u64> {
    const MOST: u64 = 366 * 24 * 3600 * 1000;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|it| is_number && *it <= MOST)
}

fn positive(text: &str) -> Option<u64> {
    digits(text).filter(|number| *number > 0)
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handshake => f.write_str("handshake"),
            Self::Open => f.write_str("open"),
            Self::Request => f.write_str("request"),
            Self::FirstByte => f.write_str("first-byte"),
            Self::Audio(n) => write!(f, "audio/{n}"),
            Self::Result(n) => write!(f, "result/{n}"),
            Self::BeforeFinal => f.write_str("before-final"),
            Self::End => f.write_str("end"),
            Self::Elapsed(after) => write!(f, "{}ms", after.as_millis()),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("handshake")]
    #[case("open")]
    #[case("request")]
    #[case("first-byte")]
    #[case("audio/1")]
    #[case("result/12")]
    #[case("before-final")]
    #[case("end")]
    #[case("0ms")]
    #[case("20000ms")]
    #[case("0%")]
    #[case("100%")]
    fn points_are_written_as_they_are_read(#[case] text: &str) {
        assert_eq!(Point::parse(text).unwrap().to_string(), text);
    }

    #[rstest]
    #[case::zero("audio/0")]
    #[case::no_number("audio/")]
    #[case::sign("audio/+1")]
    #[case::too_much("150%")]
    #[case::fraction("1.5%")]
    #[case::unit("20s")]
    #[case::bare("20")]
    #[case::empty("")]
    #[case::unknown("middle")]
    fn anything_else_is_no_point(#[case] text: &str) {
        assert_eq!(Point::parse(text), None);
    }
}
