//! The values of attributes: which are valid, and what they come to.

use crate::ibm::voices::{Kind, Voice};

/// What a `break` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// It takes away the silence of a sentence end.
    Suppress,
    /// So much silence.
    Millis(u32),
}

/// What a `break` comes to. An attribute with an invalid value counts as absent.
pub(super) fn break_of(strength: Option<&str>, time: Option<&str>) -> Break {
    if let Some(ms) = time.and_then(millis) {
        return Break::Millis(ms);
    }
    match strength.unwrap_or("medium") {
        "none" => Break::Suppress,
        "x-weak" => Break::Millis(100),
        "weak" => Break::Millis(250),
        "strong" => Break::Millis(750),
        "x-strong" => Break::Millis(1000),
        _ => Break::Millis(500),
    }
}

/// The factor of a speaking rate in thousandths: `+10%`, words a minute, or a keyword.
pub(super) fn rate(value: &str) -> Option<u32> {
    let permille = match value {
        "default" | "medium" => 1000,
        "x-slow" => 500,
        "slow" => 750,
        "fast" => 1250,
        "x-fast" => 1500,
        _ => match value.strip_suffix('%') {
            Some(percent) => {
                let (sign, thousandths) = signed(percent)?;
                return Some(changed(sign, thousandths));
            }
            None => {
                let thousandths = decimal(value).filter(|number| *number > 0)?;
                return Some(bounded(thousandths.saturating_mul(1000) / WORDS_PER_MINUTE));
            }
        },
    };
    Some(permille)
}

/// The factor of a change in percent, in thousandths, kept within bounds.
pub(super) fn changed(sign: Sign, thousandths_of_percent: u64) -> u32 {
    // One percent is ten thousandths, so a thousandth of a percent is a hundredth of one.
    let normal = 1_000_000_u64;
    let change = thousandths_of_percent.saturating_mul(10);
    bounded(match sign {
        Sign::Plus => normal.saturating_add(change),
        Sign::Minus => normal.saturating_sub(change),
    })
}

/// Millionths to thousandths, between a quarter and four times the normal.
pub(super) fn bounded(millionths: u64) -> u32 {
    u32::try_from(millionths / 1000)
        .unwrap_or(u32::MAX)
        .clamp(SLOWEST, FASTEST)
}

/// Whether characters are spoken one by one.
pub(super) fn spells(interpret_as: &str) -> bool {
    matches!(interpret_as, "letters" | "digits" | "vxml:digits")
}

pub(super) fn is_anything(_: &str, _: &Voice) -> bool {
    true
}

pub(super) fn is_filled(value: &str, _: &Voice) -> bool {
    !value.trim().is_empty()
}

pub(super) fn is_version(value: &str, _: &Voice) -> bool {
    matches!(value.trim(), "1.0" | "1.1")
}

pub(super) fn is_interpretation(value: &str, _: &Voice) -> bool {
    let plain = [
        "cardinal",
        "date",
        "digits",
        "interjection",
        "letters",
        "number",
        "ordinal",
    ];
    let voice_xml = ["boolean", "currency", "date", "time", "digits", "phone"];
    match value.strip_prefix("vxml:") {
        Some(rest) => voice_xml.contains(&rest),
        None => plain.contains(&value),
    }
}

pub(super) fn is_alphabet(value: &str, _: &Voice) -> bool {
    matches!(value, "ibm" | "ipa")
}

pub(super) fn is_style(value: &str, _: &Voice) -> bool {
    matches!(value, "cheerful" | "empathetic" | "neutral" | "uncertain")
}

pub(super) fn is_emphasis(value: &str, _: &Voice) -> bool {
    matches!(value, "none" | "moderate" | "strong" | "reduced")
}

pub(super) fn is_strength(value: &str, _: &Voice) -> bool {
    matches!(
        value,
        "none" | "x-weak" | "weak" | "medium" | "strong" | "x-strong"
    )
}

pub(super) fn is_time(value: &str, _: &Voice) -> bool {
    millis(value).is_some()
}

pub(super) fn is_mark_name(value: &str, _: &Voice) -> bool {
    value.chars().next().is_some_and(char::is_alphanumeric)
}

pub(super) fn is_rate(value: &str, voice: &Voice) -> bool {
    rate(value).is_some() && (voice.kind != Kind::Expressive || value.ends_with('%'))
}

pub(super) fn is_pitch(value: &str, voice: &Voice) -> bool {
    if let Some(percent) = value.strip_suffix('%') {
        return signed(percent).is_some();
    }
    if voice.kind == Kind::Expressive {
        return false;
    }
    if let Some(hertz) = value.strip_suffix("Hz") {
        return signed(hertz).is_some();
    }
    match value.strip_suffix("st") {
        Some(semitones) => semitones.starts_with(['+', '-']) && signed(semitones).is_some(),
        None => matches!(
            value,
            "default" | "x-low" | "low" | "medium" | "high" | "x-high"
        ),
    }
}

/// Which way a change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// More.
    Plus,
    /// Less.
    Minus,
}

/// A number with or without a sign, in thousandths.
fn signed(text: &str) -> Option<(Sign, u64)> {
    let (sign, number) = match text.strip_prefix('-') {
        Some(number) => (Sign::Minus, number),
        None => (Sign::Plus, text.strip_prefix('+').unwrap_or(text)),
    };
    decimal(number).map(|thousandths| (sign, thousandths))
}

/// A time such as `2s` or `150ms`, in milliseconds. Decimals are taken, too.
fn millis(value: &str) -> Option<u32> {
    let thousandths = match value.strip_suffix("ms") {
        Some(number) => decimal(number)? / 1000,
        None => decimal(value.strip_suffix('s')?)?,
    };
    Some(u32::try_from(thousandths).unwrap_or(u32::MAX))
}

/// A decimal number without a sign, in thousandths; what is too large stays at the largest.
fn decimal(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let all_digits =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().unwrap_or(u64::MAX);
    let thousandths = fraction.bytes().chain([b'0'; 3]).take(3);
    let thousandths = thousandths.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Some(whole.saturating_mul(1000).saturating_add(thousandths))
}

/// The normal speed, by our reading.
const WORDS_PER_MINUTE: u64 = 120;
/// The bounds of speed and pitch, in thousandths of the normal.
const SLOWEST: u32 = 250;
const FASTEST: u32 = 4000;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::more("+10%", Some(1100))]
    #[case::less("-10%", Some(900))]
    #[case::unsigned("25%", Some(1250))]
    #[case::fraction("+0.5%", Some(1005))]
    #[case::far_less("-100%", Some(250))]
    #[case::far_more("+99999999999999999999%", Some(4000))]
    #[case::words_a_minute("60", Some(500))]
    #[case::relative_words("+15", None)]
    #[case::nought("0", None)]
    #[case::slow("slow", Some(750))]
    #[case::other("xyz", None)]
    #[case::empty("", None)]
    #[case::percent_alone("%", None)]
    fn a_rate_has_a_factor(#[case] value: &str, #[case] expected: Option<u32>) {
        assert_eq!(rate(value), expected);
    }

    #[rstest]
    #[case::seconds(None, Some("2s"), Break::Millis(2000))]
    #[case::millis(None, Some("150ms"), Break::Millis(150))]
    #[case::decimal(None, Some("1.5s"), Break::Millis(1500))]
    #[case::blank(None, Some("300 ms"), Break::Millis(500))]
    #[case::huge(None, Some("99999999999999999999s"), Break::Millis(u32::MAX))]
    #[case::none(Some("none"), None, Break::Suppress)]
    #[case::strong(Some("strong"), None, Break::Millis(750))]
    #[case::time_first(Some("none"), Some("1s"), Break::Millis(1000))]
    #[case::nothing(None, None, Break::Millis(500))]
    fn a_break_has_a_length(
        #[case] strength: Option<&str>,
        #[case] time: Option<&str>,
        #[case] expected: Break,
    ) {
        assert_eq!(break_of(strength, time), expected);
    }
}
