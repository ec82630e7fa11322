//! The matrix: how several subjects do, side by side, made of their `run.json` alone.
//!
//! ```text
//!   run.json … ─ read ─▶ Entry ─ only whole runs of one set of cases ─▶ Matrix ─┬─▶ text
//!                                                                               └─▶ html
//! ```
//!
//! Rows are subjects, columns areas: an endpoint and a kind of case. What subjects disagree about
//! stands below: either one of them is wrong, or the case is.

mod html;
mod read;
mod text;

use std::collections::BTreeMap;

use crate::case::Kind;
use crate::expect::Date;
use crate::verdict::Verdict;

pub use html::matrix_html;
pub use read::{Entry, RefusedRun};
pub use text::matrix_text;

/// Several subjects side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// What was judged: `server` or `client`.
    pub kind: String,
    /// Which levels were scored.
    pub profile: String,
    /// The version of mynah, and the hash of the cases.
    pub suite: (String, String),
    /// The day from which ages are counted.
    pub today: Date,
    /// The columns.
    pub areas: Vec<Area>,
    /// The rows.
    pub subjects: Vec<Entry>,
}

/// A column: an endpoint and a kind of case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Area {
    /// The endpoint's name.
    pub endpoint: String,
    /// `plain`, `flow` or `error`.
    pub kind: String,
}

/// A check that subjects disagree about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// The case's id.
    pub case: String,
    /// Its readable name.
    pub slug: String,
    /// The endpoint.
    pub endpoint: String,
    /// The check's id.
    pub check: String,
    /// Its clauses.
    pub clauses: Vec<String>,
    /// What each subject got, in the order of the rows; `None` where it was not asked.
    pub verdicts: Vec<Option<(Verdict, String)>>,
}

impl Matrix {
    /// Subjects side by side.
    ///
    /// # Errors
    /// If one of them was not judged as a whole, or they were judged by different cases, profiles
    /// or roles.
    pub fn new(subjects: Vec<Entry>, today: Date) -> Result<Self, RefusedRun> {
        let Some(first) = subjects.first() else {
            return Err(RefusedRun::None);
        };
        for other in &subjects {
            first.agrees_with(other)?;
        }
        let kinds = [Kind::Plain, Kind::Flow, Kind::Error].map(Kind::name);
        let mut areas: Vec<Area> = Vec::new();
        for endpoint in wire::registry::endpoints() {
            for kind in kinds {
                let area = Area {
                    endpoint: endpoint.name.to_owned(),
                    kind: kind.to_owned(),
                };
                if subjects
                    .iter()
                    .any(|subject| subject.cases_in(&area).next().is_some())
                {
                    areas.push(area);
                }
            }
        }
        Ok(Self {
            kind: first.kind.clone(),
            profile: first.profile.clone(),
            suite: (first.version.clone(), first.hash.clone()),
            today,
            areas,
            subjects,
        })
    }

    /// How many checks of an area have which verdict, in the order of [`Verdict::ALL`].
    #[must_use]
    pub fn cell(&self, subject: &Entry, area: &Area) -> Vec<(Verdict, usize)> {
        let count = |verdict| {
            let cases = subject.cases_in(area).filter(|case| case.is_scored);
            let checks = cases.flat_map(|case| &case.checks);
            checks.filter(|check| check.verdict == verdict).count()
        };
        let counts = Verdict::ALL.map(|verdict| (verdict, count(verdict)));
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The checks that subjects disagree about. Where a subject was not judged, because it does
    /// not support something or did not get so far, it does not disagree.
    #[must_use]
    pub fn disagreements(&self) -> Vec<Disagreement> {
        let mut all: BTreeMap<(String, String, String), Disagreement> = BTreeMap::new();
        for (place, subject) in self.subjects.iter().enumerate() {
            for case in subject.cases.iter().filter(|case| case.is_scored) {
                for check in &case.checks {
                    let key = (case.endpoint.clone(), case.id.clone(), check.id.clone());
                    let one = all.entry(key).or_insert_with(|| Disagreement {
                        case: case.id.clone(),
                        slug: case.slug.clone(),
                        endpoint: case.endpoint.clone(),
                        check: check.id.clone(),
                        clauses: check.clauses.clone(),
                        verdicts: vec![None; self.subjects.len()],
                    });
                    if let Some(slot) = one.verdicts.get_mut(place) {
                        *slot = Some((check.verdict, check.reason.clone()));
                    }
                }
            }
        }
        all.into_values().filter(Disagreement::is_one).collect()
    }
}

impl Disagreement {
    fn is_one(&self) -> bool {
        let is_judged = |verdict: &Verdict| {
            !matches!(
                verdict,
                Verdict::Inconclusive | Verdict::Unsupported | Verdict::NotRun
            )
        };
        let told = self.verdicts.iter().flatten().map(|(verdict, _)| *verdict);
        let mut judged = told.filter(is_judged);
        let first = judged.next();
        judged.any(|other| Some(other) != first)
    }
}

#[cfg(test)]
mod tests;
