//! A `run.json` as far as the matrix needs it.

use serde::Deserialize;

use super::super::SCHEMA;
use super::Area;
use crate::expect::Date;
use crate::verdict::Verdict;

/// One subject and what came of its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the row is called.
    pub name: String,
    /// The version and language of a client that says so.
    pub about: String,
    /// The file.
    pub file: String,
    /// Where its `report.html` is, seen from the page; `None` if there is none beside it.
    pub report: Option<String>,
    /// What was judged: `server` or `client`.
    pub kind: String,
    /// The version of mynah.
    pub version: String,
    /// The hash of the cases.
    pub hash: String,
    /// Which levels were scored.
    pub profile: String,
    /// The seed.
    pub seed: u64,
    /// The run's date.
    pub date: Date,
    /// What came of its cases.
    pub(super) cases: Vec<Told>,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) endpoint: String,
    pub(super) kind: String,
    pub(super) is_scored: bool,
    pub(super) checks: Vec<ToldCheck>,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ToldCheck {
    pub(super) id: String,
    pub(super) verdict: Verdict,
    pub(super) reason: String,
    pub(super) clauses: Vec<String>,
}

/// Why a run has no place in a matrix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedRun {
    /// There is nothing to compare.
    #[error("a matrix needs at least one run")]
    None,
    /// The file is no `run.json`.
    #[error("{file}: this is no run.json: {problem}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        problem: String,
    },
    /// It is in another form.
    #[error("{file}: its form is {found:?}, this program reads {SCHEMA:?}; run it again")]
    Schema {
        /// Which.
        file: String,
        /// Its form.
        found: String,
    },
    /// Not everything was judged.
    #[error(
        "{file}: the run is incomplete: cases were chosen by --case, or a probe or the suite failed; run it again as a whole"
    )]
    Incomplete {
        /// Which.
        file: String,
    },
    /// It is about stored sessions.
    #[error("{file}: it judges stored sessions, not a subject")]
    NoSubject {
        /// Which.
        file: String,
    },
    /// Two runs cannot be compared.
    #[error("{file}: its {what} is {found}, that of {other} is {expected}; run both the same way")]
    Differs {
        /// Which.
        file: String,
        /// What differs.
        what: &'static str,
        /// What it is here.
        found: String,
        /// The run that it was compared with.
        other: String,
        /// What it is there.
        expected: String,
    },
}

#[derive(Deserialize)]
struct File {
    schema: String,
    version: String,
    suite: Suite,
    date: String,
    seed: u64,
    profile: String,
    subject: Subject,
    complete: bool,
    cases: Vec<FileCase>,
}

#[derive(Deserialize)]
struct Suite {
    hash: String,
}

#[derive(Deserialize)]
struct Subject {
    kind: String,
    name: String,
    client: Option<String>,
    version: Option<String>,
    language: Option<String>,
}

#[derive(Deserialize)]
struct FileCase {
    id: String,
    slug: String,
    endpoint: String,
    kind: String,
    scored: bool,
    checks: Vec<FileCheck>,
}

#[derive(Deserialize)]
struct FileCheck {
    id: String,
    verdict: String,
    reason: String,
    clauses: Vec<String>,
}

/// The form alone, which other forms have, too.
#[derive(Deserialize)]
struct Form {
    schema: String,
}

impl Entry {
    /// Reads a `run.json`.
    ///
    /// # Errors
    /// If it is none, or not about all cases of a subject.
    pub fn parse(file: &str, text: &str) -> Result<Self, RefusedRun> {
        let unreadable = |problem: String| RefusedRun::Unreadable {
            file: file.to_owned(),
            problem,
        };
        let form: Form = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
        if form.schema != SCHEMA {
            return Err(RefusedRun::Schema {
                file: file.to_owned(),
                found: form.schema,
            });
        }
        let run: File = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
        let date = Date::parse(&run.date)
            .ok_or_else(|| unreadable(format!("date {:?} is no day", run.date)))?;
        if run.subject.kind == "fixtures" {
            return Err(RefusedRun::NoSubject {
                file: file.to_owned(),
            });
        }
        if !run.complete || run.cases.is_empty() {
            return Err(RefusedRun::Incomplete {
                file: file.to_owned(),
            });
        }
        debug_assert_eq!(run.schema, SCHEMA, "it was looked at before");
        let cases = run.cases.into_iter().map(told).collect::<Result<_, _>>();
        let about = [run.subject.version, run.subject.language];
        let about: Vec<String> = about.into_iter().flatten().collect();
        Ok(Self {
            name: run.subject.client.unwrap_or(run.subject.name),
            about: about.join(", "),
            file: file.to_owned(),
            report: None,
            kind: run.subject.kind,
            version: run.version,
            hash: run.suite.hash,
            profile: run.profile,
            seed: run.seed,
            date,
            cases: cases.map_err(unreadable)?,
        })
    }

    /// Whether another run can stand beside this one.
    pub(super) fn agrees_with(&self, other: &Self) -> Result<(), RefusedRun> {
        let same = [
            ("subject", &self.kind, &other.kind),
            ("version of mynah", &self.version, &other.version),
            ("set of cases", &self.hash, &other.hash),
            ("profile", &self.profile, &other.profile),
        ];
        match same.into_iter().find(|(_, own, others)| own != others) {
            None => Ok(()),
            Some((what, own, others)) => Err(RefusedRun::Differs {
                file: other.file.clone(),
                what,
                found: others.clone(),
                other: self.file.clone(),
                expected: own.clone(),
            }),
        }
    }

    pub(super) fn cases_in<'e>(&'e self, area: &'e Area) -> impl Iterator<Item = &'e Told> {
        let cases = self.cases.iter();
        cases.filter(move |case| (&case.endpoint, &case.kind) == (&area.endpoint, &area.kind))
    }

    /// How many days ago the run was.
    #[must_use]
    pub fn age(&self, today: Date) -> u64 {
        today.days_after(self.date)
    }
}

fn told(case: FileCase) -> Result<Told, String> {
    let checks = case.checks.into_iter().map(|check| {
        let known = Verdict::ALL.into_iter();
        let verdict = known
            .clone()
            .find(|verdict| verdict.name() == check.verdict);
        Ok(ToldCheck {
            verdict: verdict.ok_or_else(|| format!("{:?} is no verdict", check.verdict))?,
            id: check.id,
            reason: check.reason,
            clauses: check.clauses,
        })
    });
    Ok(Told {
        checks: checks.collect::<Result<_, String>>()?,
        id: case.id,
        slug: case.slug,
        endpoint: case.endpoint,
        kind: case.kind,
        is_scored: case.scored,
    })
}
