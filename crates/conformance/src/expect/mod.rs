//! Expectation files: the differences of one subject that are known.
//!
//! ```text
//!   lines ─ parse ─▶ Expectations ─ judge(run, what exists, today) ─▶ Outcome: problems, notes
//!                         └─ bless(run) ─▶ the lines as they would have to be, comments kept
//! ```
//!
//! A file never lowers the bar: whatever it lists has to be so, for the reason given, until the
//! day given. It knows ids, verdicts and dates, and nothing of sessions.

mod bless;
mod date;
mod judge;
mod parse;

use std::fmt;

use crate::verdict::Verdict;

pub use bless::{BlessError, bless};
pub use date::Date;
pub use judge::{Existing, Outcome, Problem, Reruns, judge};
pub use parse::Mistake;

/// An expectation file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// Its lines, comments and empty ones among them.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// As it was read.
    pub text: String,
    /// What it expects; nothing if it is empty or a comment.
    pub entry: Option<Entry>,
}

/// What a line expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The cases or checks that it is about.
    pub pattern: Pattern,
    /// What comes of them.
    pub expected: Expected,
    /// Where the difference is being dealt with.
    pub issue: Option<String>,
    /// The last day on which the line counts.
    pub until: Option<Date>,
    /// How many cases or checks a pattern with an asterisk may be about.
    pub max: Option<usize>,
    /// The operating system on which the line counts.
    pub os: Option<String>,
    /// The profile with which the line counts.
    pub profile: Option<String>,
    /// The comment behind it.
    pub comment: Option<String>,
}

/// What comes of a case or check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Always the same.
    Always {
        /// The verdict: never a pass, nor what was skipped.
        verdict: Verdict,
        /// The reason; none given means any.
        reason: Option<String>,
    },
    /// One of several, which is found out by running it again and again.
    Flaky {
        /// What may come of it.
        outcomes: Vec<Verdict>,
        /// How often it may be something else than a pass, in thousandths.
        max_permille: u32,
    },
}

/// `CASE` or `CASE/check`, in which `*` stands for anything but a slash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub String);

/// Where a run takes place, for lines that depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<'s> {
    /// The run's date.
    pub today: Date,
    /// The operating system, as `std::env::consts::OS` calls it.
    pub os: &'s str,
    /// The name of the profile.
    pub profile: String,
}

impl Pattern {
    /// Whether it has an asterisk.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        self.0.contains('*')
    }

    /// Whether it is about this case or check.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut wanted = self.0.split('/');
        let mut found = name.split('/');
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return true,
                (Some(wanted), Some(found)) if part_matches(wanted, found) => {}
                _ => return false,
            }
        }
    }
}

fn part_matches(wanted: &str, found: &str) -> bool {
    let Some((start, rest)) = wanted.split_once('*') else {
        return wanted == found;
    };
    let Some(mut found) = found.strip_prefix(start) else {
        return false;
    };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let Some(end) = pieces.pop() else {
        return true;
    };
    for piece in pieces {
        match found.split_once(piece) {
            Some((_, after)) => found = after,
            None => return false,
        }
    }
    found.ends_with(end)
}

impl Entry {
    /// Whether the line counts in this setting.
    #[must_use]
    pub fn applies(&self, setting: &Setting<'_>) -> bool {
        self.os.as_deref().is_none_or(|os| os == setting.os)
            && self
                .profile
                .as_deref()
                .is_none_or(|profile| profile == setting.profile)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<32} ", self.pattern.0)?;
        match &self.expected {
            Expected::Always { verdict, reason } => {
                write!(f, "{:<13}", verdict.name())?;
                if let Some(reason) = reason {
                    write!(f, " reason={reason}")?;
                }
            }
            Expected::Flaky {
                outcomes,
                max_permille,
            } => {
                let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.name()).collect();
                let rate = f64::from(*max_permille) / 1000.0;
                write!(
                    f,
                    "flaky         outcomes={} max-rate={rate}",
                    names.join(",")
                )?;
            }
        }
        if let Some(max) = self.max {
            write!(f, " max={max}")?;
        }
        if let Some(os) = &self.os {
            write!(f, " os={os}")?;
        }
        if let Some(profile) = &self.profile {
            write!(f, " profile={profile}")?;
        }
        if let Some(issue) = &self.issue {
            write!(f, " issue={issue}")?;
        }
        if let Some(until) = self.until {
            write!(f, " until={until}")?;
        }
        if let Some(comment) = &self.comment {
            write!(f, "  # {comment}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
