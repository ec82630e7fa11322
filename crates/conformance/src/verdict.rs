//! Verdicts: what to think of a check, and of a case as a whole.
//!
//! ```text
//!   harness-error > fail > inconclusive > lenient > pass        worst first
//!   unsupported, not-run                                        beside the order: never green
//! ```
//!
//! What a difference means depends on the level of the clause, the profile and the role; how a
//! session ended is an axis of its own.

use std::fmt;

use wire::clause::{Clause, Level};
use wire::endpoint::Endpoint;

use crate::case::Role;
use crate::run::trace::Evidence;

pub use crate::profile::{Profile, Sdk, sdks};

/// What to think of a check or case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// As expected.
    Pass,
    /// Different, in something that does not have to be so.
    Lenient,
    /// Different.
    Fail,
    /// It cannot be said.
    Inconclusive,
    /// The subject says that it cannot do this.
    Unsupported,
    /// It was not tried.
    NotRun,
    /// We are at fault.
    HarnessError,
}

impl Verdict {
    /// Every verdict, in the order of reports.
    pub const ALL: [Self; 7] = [
        Self::Pass,
        Self::Lenient,
        Self::Fail,
        Self::Inconclusive,
        Self::Unsupported,
        Self::NotRun,
        Self::HarnessError,
    ];

    /// Its name in reports and files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Lenient => "lenient",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Unsupported => "unsupported",
            Self::NotRun => "not-run",
            Self::HarnessError => "harness-error",
        }
    }

    const fn weight(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Lenient => 1,
            Self::Unsupported => 2,
            Self::NotRun => 3,
            Self::Inconclusive => 4,
            Self::Fail => 5,
            Self::HarnessError => 6,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// Its id inside the case.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, as a code: `timeout`, `kind`, `value` … Empty for a pass.
    pub reason: &'static str,
    /// Why, in words.
    pub detail: String,
    /// The clauses that it is about.
    pub clauses: Vec<String>,
    /// What it has looked at.
    pub evidence: Evidence,
}

impl CheckResult {
    /// Whether something was seen that is different from what was expected.
    #[must_use]
    pub const fn is_difference(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::Lenient)
    }
}

/// How a session ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// There was none.
    #[default]
    None,
    /// The handshake was refused with this status.
    Refused(u16),
    /// A close frame with this code.
    Close {
        /// The code; 1005 if the frame was empty.
        code: u16,
        /// Who sent the first one.
        by: Role,
    },
    /// TCP ended without a close frame.
    Fin,
    /// TCP was reset.
    Reset,
    /// The framing broke RFC 6455.
    Broken(String),
    /// It was open when its time was up.
    LeftOpen,
    /// The program had to be stopped.
    Hung,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Refused(status) => write!(f, "refused:{status}"),
            Self::Close { code, by } => write!(f, "close:{code}:{}", by.name()),
            Self::Fin => f.write_str("fin"),
            Self::Reset => f.write_str("reset"),
            Self::Broken(_) => f.write_str("broken"),
            Self::LeftOpen => f.write_str("left-open"),
            Self::Hung => f.write_str("hung"),
        }
    }
}

/// The worst of several verdicts; of none at all, `not-run`.
#[must_use]
pub fn fold(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let worst = verdicts.into_iter().max_by_key(|verdict| verdict.weight());
    worst.unwrap_or(Verdict::NotRun)
}

/// The heaviest level of clauses, which decides what a difference means.
#[must_use]
pub fn heaviest(endpoint: &Endpoint, ids: &[String]) -> Level {
    let levels = ids.iter().filter_map(|id| clause(endpoint, id));
    let rank = |level: &Level| match level {
        Level::Must => 0,
        Level::SdkRelied => 1,
        Level::Observed => 2,
        Level::Should => 3,
        Level::May => 4,
        Level::Assumed => 5,
    };
    levels
        .map(|clause| clause.level)
        .min_by_key(rank)
        .unwrap_or(Level::Assumed)
}

/// The clause of an endpoint, or of RFC 6455, with this id.
#[must_use]
pub fn clause(endpoint: &Endpoint, id: &str) -> Option<&'static Clause> {
    let own = endpoint.clauses.iter().copied();
    own.chain(wire::common::clauses())
        .find(|clause| clause.id == id)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::none(&[], Verdict::NotRun)]
    #[case::pass(&[Verdict::Pass, Verdict::Pass], Verdict::Pass)]
    #[case::lenient(&[Verdict::Pass, Verdict::Lenient], Verdict::Lenient)]
    #[case::a_skip_is_not_green(&[Verdict::Pass, Verdict::NotRun], Verdict::NotRun)]
    #[case::fail_over_inconclusive(&[Verdict::Inconclusive, Verdict::Fail], Verdict::Fail)]
    #[case::ours_first(&[Verdict::HarnessError, Verdict::Fail], Verdict::HarnessError)]
    fn the_worst_decides(#[case] verdicts: &[Verdict], #[case] worst: Verdict) {
        assert_eq!(fold(verdicts.iter().copied()), worst);
    }
}
