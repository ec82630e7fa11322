//! Days, as files write them.

use std::fmt;

/// A day of the Gregorian calendar, `2026-06-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Days since 1970.
    days: u64,
}

const DAY_S: u64 = 86_400;

impl Date {
    /// The day in UTC of so many seconds since 1970.
    #[must_use]
    pub const fn of_unix(seconds: u64) -> Self {
        Self {
            days: seconds / DAY_S,
        }
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let &[year, month, day] = parts.as_slice() else {
            return None;
        };
        if [year.len(), month.len(), day.len()] != [4, 2, 2] {
            return None;
        }
        let seconds = wire::date::parse_compact(&format!("{year}{month}{day}T000000Z"))?;
        Some(Self::of_unix(seconds))
    }

    /// How many days this is after another; 0 if it is before.
    #[must_use]
    pub const fn days_after(self, other: Self) -> u64 {
        self.days.saturating_sub(other.days)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = wire::date::iso_micros(self.days * DAY_S * 1000);
        f.write_str(text.split('T').next().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_day_is_written_as_it_is_read() {
        let day = Date::parse("2028-02-29").unwrap();
        assert_eq!(day.to_string(), "2028-02-29");
        assert_eq!(day, Date::of_unix(1_835_395_200 + 86_399));
        assert!(day < Date::parse("2028-03-01").unwrap());
        assert_eq!(Date::parse("2028-03-02").unwrap().days_after(day), 2);
        assert_eq!(day.days_after(Date::parse("2028-03-02").unwrap()), 0);
    }

    #[rstest]
    #[case("2026-02-29")]
    #[case("2026-1-01")]
    #[case("20260101")]
    #[case("2026-01-01T")]
    #[case("tomorrow")]
    fn what_is_no_day_is_refused(#[case] text: &str) {
        assert_eq!(Date::parse(text), None);
    }
}
