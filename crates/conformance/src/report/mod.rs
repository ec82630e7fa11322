//! Reports: what came of a run, for people and programs.
//!
//! ```text
//!   RunResult + expectations' Outcome + Library ─▶ Report ─┬─▶ run.json      everything
//!                                                          ├─▶ junit.xml     a testcase a check
//!                                                          └─▶ summary.md    what is new, first
//!   each CaseResult as it ends ─▶ terminal
//! ```
//!
//! Everything is made of a [`Report`], so that all of them agree.

mod json;
mod junit;
mod markdown;
mod terminal;

use std::path::Path;
use std::{fs, io};

use wire::clause::Clause;

use crate::case::{Case, Library};
use crate::expect::{Date, Outcome};
use crate::run::{CaseResult, RunResult};
use crate::verdict::{CheckResult, Verdict};

pub use json::{SCHEMA, run_json};
pub use junit::{JunitError, junit_xml};
pub use markdown::summary_md;
pub use terminal::{case_line, summary};

/// A run and what is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Report<'r> {
    /// The run.
    pub run: &'r RunResult,
    /// The cases that it was made of, if it was made of cases.
    pub library: Option<&'r Library>,
    /// Its date.
    pub date: Date,
    /// Whether single cases were chosen.
    pub is_filtered: bool,
    /// What it is like beside the expectation file, if one was given.
    pub outcome: Option<&'r Outcome>,
}

/// What a check means for whoever reads the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// A difference that nobody expected.
    New,
    /// A difference that the expectation file has.
    Known,
    /// It was not judged.
    Open,
    /// As expected.
    Good,
}

/// Why reports could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file or folder cannot be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// `junit.xml` cannot be made.
    #[error(transparent)]
    Junit(#[from] JunitError),
}

impl<'r> Report<'r> {
    /// Whether everything is as expected, by the expectation file if there is one.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        match self.outcome {
            None => self.run.is_as_expected(),
            Some(outcome) => {
                outcome.problems.is_empty()
                    && !self.run.has_failed_probe()
                    && !self.run.has_harness_error()
                    && self.run.count(Verdict::Pass) > 0
            }
        }
    }

    /// Whether every case of the chosen endpoints was judged: less says little about a subject.
    /// What a failed plain case prevents counts as judged.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.is_filtered && !self.run.has_failed_probe() && !self.run.has_harness_error()
    }

    /// The endpoints of the run, in its order.
    #[must_use]
    pub fn endpoints(&self) -> Vec<&'r str> {
        let mut endpoints: Vec<&str> = Vec::new();
        for case in &self.run.cases {
            if !endpoints.contains(&case.endpoint.as_str()) {
                endpoints.push(&case.endpoint);
            }
        }
        endpoints
    }

    /// What a case says of itself.
    pub(crate) fn case(&self, result: &CaseResult) -> Option<&'r Case> {
        self.library.and_then(|library| library.find(&result.id))
    }

    /// The line of the expectation file that a difference is in.
    pub(crate) fn line(&self, case: &CaseResult, check: &CheckResult) -> Option<usize> {
        let expected = &self.outcome?.expected;
        let own = expected.get(&format!("{}/{}", case.id, check.id));
        own.or_else(|| expected.get(&case.id)).copied()
    }

    /// What a check means.
    pub(crate) fn standing(&self, case: &CaseResult, check: &CheckResult) -> Standing {
        match check.verdict {
            Verdict::Pass => Standing::Good,
            Verdict::Unsupported | Verdict::NotRun => Standing::Open,
            _ if self.line(case, check).is_some() => Standing::Known,
            Verdict::Lenient => Standing::Good,
            _ if !case.is_scored => Standing::Open,
            _ => Standing::New,
        }
    }
}

/// The clause of an endpoint with this id.
pub(crate) fn clause_of(endpoint: &str, id: &str) -> Option<&'static Clause> {
    let endpoint = wire::registry::endpoints().find(|known| known.name == endpoint)?;
    crate::verdict::clause(endpoint, id)
}

/// Writes all reports into a folder, which is made if need be.
///
/// # Errors
/// If a file cannot be written.
pub fn write(report: &Report<'_>, folder: &Path) -> Result<(), WriteError> {
    let files = [
        ("run.json", run_json(report)),
        ("junit.xml", junit_xml(report)?),
        ("summary.md", summary_md(report)),
    ];
    make(folder)?;
    for (name, text) in files {
        put(&folder.join(name), text.as_bytes())?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    fs::write(path, bytes).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> WriteError {
    WriteError::File {
        path: path.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests;
