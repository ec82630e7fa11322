//! Holding a run against an expectation file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Entry, Expectations, Expected, Pattern, Setting};
use crate::case::{Library, Role};
use crate::run::{CaseResult, RunResult};
use crate::verdict::Verdict;

/// The cases that exist, and the checks of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    pub(super) cases: BTreeMap<String, BTreeSet<String>>,
}

/// Checks that every case has without naming them.
const UNNAMED: [&str; 4] = ["opens", "decodes", "legal", "sent"];

/// What came of cases that were run again because a line says that they are flaky, by their ids.
pub type Reruns = BTreeMap<String, Vec<CaseResult>>;

/// What a run is like, beside an expectation file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The name of the file.
    pub file: String,
    /// What is not as the file says.
    pub problems: Vec<Problem>,
    /// What is worth knowing and no problem.
    pub notes: Vec<String>,
    /// The differences that are as the file says, and the line that says so: checks as
    /// `CASE/check`, whole cases as `CASE`.
    pub expected: BTreeMap<String, usize>,
}

/// What is not as an expectation file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A difference that no line expects.
    New {
        /// Which check.
        name: String,
        /// Its verdict.
        verdict: Verdict,
        /// Its reason.
        reason: String,
    },
    /// It passes.
    Passes {
        /// The line that expects otherwise.
        line: usize,
        /// What passes.
        name: String,
    },
    /// Another verdict, or another reason.
    Other {
        /// The line.
        line: usize,
        /// Which check or case.
        name: String,
        /// What the line says.
        expected: String,
        /// What came of it.
        found: String,
    },
    /// It was skipped.
    Skipped {
        /// The line.
        line: usize,
        /// Which check or case.
        name: String,
        /// What came of it.
        found: String,
    },
    /// Its day is over.
    Expired {
        /// The line.
        line: usize,
        /// What it is about.
        pattern: String,
        /// Its last day.
        until: String,
    },
    /// There is no such case or check.
    Unknown {
        /// The line.
        line: usize,
        /// What it is about.
        pattern: String,
        /// The nearest that there is.
        nearest: String,
    },
    /// It is about more than it says.
    TooWide {
        /// The line.
        line: usize,
        /// What it is about.
        pattern: String,
        /// How many cases or checks that are.
        count: usize,
        /// How many it may be.
        max: usize,
    },
    /// It is no pass too often.
    TooFlaky {
        /// The line.
        line: usize,
        /// Which check or case.
        name: String,
        /// How often it was no pass.
        bad: usize,
        /// Of how many times.
        of: usize,
    },
}

impl Problem {
    /// Its kind, as a code.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Passes { .. } => "passes",
            Self::Other { .. } => "other",
            Self::Skipped { .. } => "skipped",
            Self::Expired { .. } => "expired",
            Self::Unknown { .. } => "unknown",
            Self::TooWide { .. } => "too-wide",
            Self::TooFlaky { .. } => "too-flaky",
        }
    }

    /// Whether it is a difference that no line is about.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        matches!(self, Self::New { .. })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New {
                name,
                verdict,
                reason,
            } => write!(f, "{name}: {verdict} ({reason}), and no line expects it"),
            Self::Passes { line, name } => {
                write!(f, "line {line}: {name} passes; take the line out")
            }
            Self::Other {
                line,
                name,
                expected,
                found,
            } => write!(f, "line {line}: {name}: {found}, expected {expected}"),
            Self::Skipped { line, name, found } => {
                write!(f, "line {line}: {name} was skipped ({found})")
            }
            Self::Expired {
                line,
                pattern,
                until,
            } => write!(f, "line {line}: {pattern} was expected until {until}"),
            Self::Unknown {
                line,
                pattern,
                nearest,
            } => write!(
                f,
                "line {line}: there is no {pattern}; the nearest is {nearest}"
            ),
            Self::TooWide {
                line,
                pattern,
                count,
                max,
            } => write!(
                f,
                "line {line}: {pattern} is about {count}, expected up to {max}"
            ),
            Self::TooFlaky {
                line,
                name,
                bad,
                of,
            } => write!(
                f,
                "line {line}: {name} was no pass in {bad} of {of} runs, which is too often"
            ),
        }
    }
}

impl Existing {
    /// The cases for subjects of this kind.
    #[must_use]
    pub fn of(library: &Library, role: Role) -> Self {
        let cases = library.cases.iter().filter(|case| case.has_role(role));
        let named = cases.map(|case| {
            let named = case.checks(role).into_iter().map(|(id, _)| id);
            let checks = named.chain(UNNAMED).map(str::to_owned).collect();
            (case.id.clone(), checks)
        });
        Self {
            cases: named.collect(),
        }
    }

    /// Adds what a run has.
    #[must_use]
    pub fn and_of(mut self, run: &RunResult) -> Self {
        for case in &run.cases {
            let checks = self.cases.entry(case.id.clone()).or_default();
            checks.extend(case.checks.iter().map(|check| check.id.clone()));
        }
        self
    }

    /// How many cases or checks a pattern is about.
    pub(super) fn count(&self, pattern: &Pattern) -> usize {
        self.names().filter(|name| pattern.matches(name)).count()
    }

    /// Cases as `CASE`, checks as `CASE/check`.
    fn names(&self) -> impl Iterator<Item = String> {
        self.cases.iter().flat_map(|(case, checks)| {
            let checks = checks.iter().map(move |check| format!("{case}/{check}"));
            std::iter::once(case.clone()).chain(checks)
        })
    }
}

impl Expectations {
    /// The lines that expect something.
    pub(super) fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let lines = self.lines.iter();
        lines.filter_map(|line| Some((line.number, line.entry.as_ref()?)))
    }

    /// The cases of a run that have to be run again, and how often, since a line says that they
    /// are flaky.
    #[must_use]
    pub fn reruns(&self, run: &RunResult, setting: &Setting<'_>) -> BTreeMap<String, usize> {
        let mut wanted = BTreeMap::new();
        for (_, entry) in self.entries().filter(|(_, entry)| entry.applies(setting)) {
            let Expected::Flaky { max_permille, .. } = entry.expected else {
                continue;
            };
            // Often enough that a rate just above the limit shows.
            let times = 2000_u32.div_ceil(max_permille.max(1)).clamp(10, 100);
            let times = usize::try_from(times).unwrap_or(100);
            for case in items(run).filter(|item| entry.pattern.matches(&item.name)) {
                let known = wanted.entry(case.case.id.clone()).or_insert(times);
                *known = times.max(*known);
            }
        }
        wanted
    }

    /// The line that governs a case or check: an exact one before one with an asterisk.
    pub(super) fn governing(&self, name: &str, setting: &Setting<'_>) -> Option<(usize, &Entry)> {
        let applying = || {
            self.entries()
                .filter(|(_, entry)| entry.applies(setting) && entry.pattern.matches(name))
        };
        applying()
            .find(|(_, entry)| !entry.pattern.is_wide())
            .or_else(|| applying().next())
    }
}

/// A case or check of a run.
pub(super) struct Item<'r> {
    pub(super) name: String,
    pub(super) case: &'r CaseResult,
    pub(super) verdict: Verdict,
    pub(super) reason: &'r str,
}

/// All cases and checks of a run that count.
pub(super) fn items(run: &RunResult) -> impl Iterator<Item = Item<'_>> {
    run.cases
        .iter()
        .filter(|case| case.is_scored)
        .flat_map(|case| {
            let whole = Item {
                name: case.id.clone(),
                case,
                verdict: case.verdict,
                reason: case.reason,
            };
            let checks = case.checks.iter().map(move |check| Item {
                name: format!("{}/{}", case.id, check.id),
                case,
                verdict: check.verdict,
                reason: check.reason,
            });
            std::iter::once(whole).chain(checks)
        })
}

/// Whether an item is as a line says, as far as one run tells.
pub(super) fn holds(item: &Item<'_>, expected: &Expected) -> bool {
    match expected {
        Expected::Always { verdict, reason } => {
            item.verdict == *verdict && reason.as_deref().is_none_or(|reason| reason == item.reason)
        }
        Expected::Flaky { outcomes, .. } => outcomes.contains(&item.verdict),
    }
}

/// Whether a verdict needs no line.
pub(super) const fn is_good(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Pass | Verdict::Lenient | Verdict::Unsupported
    )
}

/// Holds a run against an expectation file.
#[must_use]
pub fn judge(
    expectations: &Expectations,
    run: &RunResult,
    existing: &Existing,
    reruns: &Reruns,
    setting: &Setting<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    for (line, entry) in expectations.entries() {
        judge_line(line, entry, existing, setting, &mut outcome);
    }
    for item in items(run) {
        let Some((line, entry)) = expectations.governing(&item.name, setting) else {
            continue;
        };
        match &entry.expected {
            Expected::Always { .. } => judge_item(line, entry, &item, &mut outcome),
            Expected::Flaky {
                outcomes,
                max_permille,
            } => judge_flaky(line, outcomes, *max_permille, &item, reruns, &mut outcome),
        }
    }
    // Checks that every case has show up in results only where they are not as they should be.
    for (line, entry) in expectations.entries().filter(|(_, e)| e.applies(setting)) {
        for case in run.cases.iter().filter(|case| case.is_scored) {
            let is_shown = |name: &str| case.checks.iter().any(|check| check.id == name);
            let unseen = UNNAMED.into_iter().filter(|name| !is_shown(name));
            for check in unseen {
                let name = format!("{}/{check}", case.id);
                if entry.pattern.0 == name && matches!(entry.expected, Expected::Always { .. }) {
                    outcome.problems.push(Problem::Passes { line, name });
                }
            }
        }
    }
    let mut new = Vec::new();
    for item in items(run) {
        let is_check = item.name != item.case.id;
        let is_known = |name: &str| expectations.governing(name, setting).is_some();
        if is_check && !is_good(item.verdict) && !is_known(&item.name) && !is_known(&item.case.id) {
            new.push(Problem::New {
                name: item.name,
                verdict: item.verdict,
                reason: item.reason.to_owned(),
            });
        }
    }
    outcome.problems.splice(0..0, new);
    outcome
}

/// What is wrong with a line whatever came of the run.
fn judge_line(
    line: usize,
    entry: &Entry,
    existing: &Existing,
    setting: &Setting<'_>,
    outcome: &mut Outcome,
) {
    let pattern = entry.pattern.0.clone();
    let count = existing.count(&entry.pattern);
    if count == 0 {
        let distance = |name: &String| wire::registry::edit_distance(&pattern, name);
        let nearest = existing.names().min_by_key(distance).unwrap_or_default();
        outcome.problems.push(Problem::Unknown {
            line,
            pattern,
            nearest,
        });
        return;
    }
    if !entry.applies(setting) {
        let note = format!("line {line}: {pattern} does not count here (os or profile)");
        outcome.notes.push(note);
        return;
    }
    if let Some(until) = entry.until.filter(|until| *until < setting.today) {
        outcome.problems.push(Problem::Expired {
            line,
            pattern: pattern.clone(),
            until: until.to_string(),
        });
    }
    if let Some(max) = entry.max.filter(|max| count > *max) {
        outcome.problems.push(Problem::TooWide {
            line,
            pattern,
            count,
            max,
        });
    }
}

fn judge_item(line: usize, entry: &Entry, item: &Item<'_>, outcome: &mut Outcome) {
    let name = item.name.clone();
    if holds(item, &entry.expected) {
        outcome.expected.insert(name, line);
        return;
    }
    let found = found(item);
    let problem = match item.verdict {
        Verdict::Pass => Problem::Passes { line, name },
        Verdict::NotRun | Verdict::Unsupported => Problem::Skipped { line, name, found },
        _ => Problem::Other {
            line,
            name,
            expected: expected(&entry.expected),
            found,
        },
    };
    outcome.problems.push(problem);
}

fn judge_flaky(
    line: usize,
    outcomes: &[Verdict],
    max_permille: u32,
    item: &Item<'_>,
    reruns: &Reruns,
    outcome: &mut Outcome,
) {
    let check = item.name.strip_prefix(&format!("{}/", item.case.id));
    let again = reruns.get(&item.case.id).map_or(&[][..], Vec::as_slice);
    let verdict = |case: &CaseResult| match check {
        None => Some(case.verdict),
        Some(id) => {
            let found = case.checks.iter().find(|check| check.id == id);
            found.map(|check| check.verdict)
        }
    };
    let all: Vec<Verdict> = std::iter::once(item.verdict)
        .chain(again.iter().filter_map(verdict))
        .collect();
    let name = item.name.clone();
    if let Some(other) = all.iter().find(|verdict| !outcomes.contains(verdict)) {
        let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.name()).collect();
        outcome.problems.push(match other {
            Verdict::NotRun | Verdict::Unsupported => Problem::Skipped {
                line,
                name,
                found: other.to_string(),
            },
            _ => Problem::Other {
                line,
                name,
                expected: names.join(" or "),
                found: other.to_string(),
            },
        });
        return;
    }
    let bad = all.iter().filter(|found| **found != Verdict::Pass).count();
    let permille = u32::try_from(bad * 1000 / all.len().max(1)).unwrap_or(u32::MAX);
    if permille > max_permille {
        outcome.problems.push(Problem::TooFlaky {
            line,
            name,
            bad,
            of: all.len(),
        });
        return;
    }
    if bad == 0 {
        let times = all.len();
        let note = format!("line {line}: {name} passed {times} times; is it flaky still?");
        outcome.notes.push(note);
    }
    outcome.expected.insert(name, line);
}

fn found(item: &Item<'_>) -> String {
    match item.reason {
        "" => item.verdict.to_string(),
        reason => format!("{} ({reason})", item.verdict),
    }
}

fn expected(expected: &Expected) -> String {
    match expected {
        Expected::Always {
            verdict,
            reason: Some(reason),
        } => format!("{verdict} ({reason})"),
        Expected::Always { verdict, .. } => verdict.to_string(),
        Expected::Flaky { .. } => "flaky".to_owned(),
    }
}
