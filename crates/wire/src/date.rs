//! Dates of the Gregorian calendar in UTC, from and to seconds since 1970. No clock.

/// `2026-01-03T09:05:22.701000Z`, from milliseconds since 1970.
#[must_use]
pub fn iso_micros(unix_ms: u64) -> String {
    let seconds = unix_ms / 1000;
    let (year, month, day) = civil(seconds / DAY_S);
    let (hour, minute, second) = time_of_day(seconds);
    let micros = unix_ms % 1000 * 1000;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z")
}

/// `Sat, 03 Jan 2026 09:05:22 GMT` as in the headers of HTTP (RFC 9110 5.6.7), from seconds since
/// 1970.
#[must_use]
pub fn http(unix_s: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let days = unix_s / DAY_S;
    let (year, month, day) = civil(days);
    let (hour, minute, second) = time_of_day(unix_s);
    let named = |names: &[&'static str], place: u64| {
        let place = usize::try_from(place).ok();
        place.and_then(|place| names.get(place)).copied()
    };
    let weekday = named(&DAYS, days % 7).unwrap_or_default();
    let month = named(&MONTHS, month - 1).unwrap_or_default();
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// The seconds since 1970 of `20260103T090522Z`; `None` if it is no such date.
#[must_use]
pub fn parse_compact(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = [part(date, 0..4)?, part(date, 4..6)?, part(date, 6..8)?];
    let [hour, minute, second] = [part(time, 0..2)?, part(time, 2..4)?, part(time, 4..6)?];
    let is_date = date.len() == 8 && (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_time = time.len() == 6 && hour < 24 && minute < 60 && second <= 60;
    if !(is_date && is_time && year >= 1970) {
        return None;
    }
    let days = days_since_1970(year, month, day);
    // A day that the month does not have comes back as one of the next month.
    (civil(days) == (year, month, day)).then_some(days * DAY_S + hour * 3600 + minute * 60 + second)
}

fn part(digits: &str, range: std::ops::Range<usize>) -> Option<u64> {
    let digits = digits.get(range)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

const fn time_of_day(seconds: u64) -> (u64, u64, u64) {
    let rest = seconds % DAY_S;
    (rest / 3600, rest / 60 % 60, rest % 60)
}

/// Year, month and day of a day since 1970. Years begin in March here, so that the odd day of
/// leap years is the last one.
const fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + TO_MARCH_OF_YEAR_0;
    let (era, of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let year = era * 400 + year_of_era + if is_next_year { 1 } else { 0 };
    let month = if is_next_year { month - 9 } else { month + 3 };
    (year, month, day)
}

const fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = if month <= 2 { month + 9 } else { month - 3 };
    let (era, year_of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * ERA_DAYS + of_era - TO_MARCH_OF_YEAR_0
}

const DAY_S: u64 = 86_400;
/// The days of 400 years.
const ERA_DAYS: u64 = 146_097;
/// The days from 1 March of the year 0 to 1970.
const TO_MARCH_OF_YEAR_0: u64 = 719_468;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, "1970-01-01T00:00:00.000000Z")]
    #[case(951_782_400_000, "2000-02-29T00:00:00.000000Z")]
    #[case(1_578_042_322_701, "2020-01-03T09:05:22.701000Z")]
    #[case(4_102_444_799_999, "2099-12-31T23:59:59.999000Z")]
    fn instants_are_written(#[case] unix_ms: u64, #[case] text: &str) {
        assert_eq!(iso_micros(unix_ms), text);
    }

    #[rstest]
    #[case(0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    #[case::example(784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT")]
    #[case::leap(951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT")]
    fn headers_are_dated(#[case] unix_s: u64, #[case] text: &str) {
        assert_eq!(http(unix_s), text);
    }

    #[rstest]
    #[case::published("20191115T033655Z", Some(1_573_789_015))]
    #[case::epoch("19700101T000000Z", Some(0))]
    #[case::leap("20000229T000000Z", Some(951_782_400))]
    #[case::no_leap("20010229T000000Z", None)]
    #[case::month("20011301T000000Z", None)]
    #[case::hour("20010101T240000Z", None)]
    #[case::no_zone("20010101T000000", None)]
    #[case::iso("2001-01-01T00:00:00Z", None)]
    #[case::signs("+0010101T000000Z", None)]
    #[case::too_old("19691231T235959Z", None)]
    #[case::wide("２001101T000000Z", None)]
    fn instants_are_read(#[case] text: &str, #[case] unix_s: Option<u64>) {
        assert_eq!(parse_compact(text), unix_s);
    }
}
