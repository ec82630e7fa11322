//! Coverage: how far each clause has got.
//!
//! ```text
//!   uncovered ─▶ cited ─▶ exercised ─▶ proven        exception: no peer can break it where we see
//!               a case    a check of    a mutant that breaks exactly this
//!               names it  it was reached   is killed by a check of it
//! ```
//!
//! What is cited follows from the cases. What was exercised and proven is read from
//! `conformance/exercised*.jsonl` and `conformance/proven.jsonl`, which runs write; exceptions
//! stand with their reasons in `conformance/exceptions.toml`.

use std::collections::{BTreeMap, BTreeSet};

use mock_server::Diagnostic;
use serde::Deserialize;
use wire::clause::{Clause, Level};
use wire::json::{Style, Value, object};
use wire::{common, registry};

use crate::case::{Library, Role};
use crate::run::RunResult;
use crate::verdict::Verdict;

/// How far a clause has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// No case names it.
    Uncovered,
    /// No peer can break it where we see; there is a reason.
    Exception,
    /// A case names it.
    Cited,
    /// A check of it has been reached.
    Exercised,
    /// A mutant that breaks it has been killed by a check of it.
    Proven,
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 5] = [
        Self::Uncovered,
        Self::Exception,
        Self::Cited,
        Self::Exercised,
        Self::Proven,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uncovered => "uncovered",
            Self::Exception => "exception",
            Self::Cited => "cited",
            Self::Exercised => "exercised",
            Self::Proven => "proven",
        }
    }
}

/// A clause and how far it has got.
#[derive(Clone, Debug)]
pub struct Covered {
    /// The clause.
    pub clause: &'static Clause,
    /// How far.
    pub state: State,
    /// The cases that name it.
    pub cases: Vec<String>,
    /// The mutants that prove it.
    pub mutants: Vec<String>,
    /// Why it needs no case.
    pub exception: Option<String>,
}

/// What the clauses have got to, as far as it is stored.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    exceptions: BTreeMap<String, String>,
    unkilled: BTreeMap<String, String>,
    exercised: BTreeSet<String>,
    proven: BTreeMap<String, Vec<String>>,
}

/// `conformance/exceptions.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    schema: String,
    exceptions: BTreeMap<String, String>,
    /// Scored cases that kill no mutant, `CASE server` or `CASE client`, and why.
    #[serde(default)]
    unkilled: BTreeMap<String, String>,
}

/// The name of the file of exceptions.
const EXCEPTIONS: &str = "exceptions.toml";

impl Coverage {
    /// What is part of the program.
    ///
    /// # Errors
    /// If a stored file is wrong, which the tests of this crate rule out.
    pub fn embedded() -> Result<Self, Diagnostic> {
        let mut coverage = Self::default();
        for (name, text) in crate::embedded::cases() {
            if *name == EXCEPTIONS {
                let stored = exceptions(text)?;
                (coverage.exceptions, coverage.unkilled) = (stored.exceptions, stored.unkilled);
            }
        }
        for (name, text) in crate::embedded::coverage() {
            for (number, line) in text.lines().enumerate() {
                let entry = entry(line).ok_or_else(|| {
                    let message = format!("line {}: not a clause and its names", number + 1);
                    Diagnostic::whole(name, message)
                })?;
                match *name {
                    // A clause may be reached from both sides.
                    "exercised.jsonl" | "exercised-by-clients.jsonl" => {
                        let _ = coverage.exercised.insert(entry.0);
                    }
                    "proven.jsonl" => drop(coverage.proven.insert(entry.0, entry.1)),
                    _ => return Err(Diagnostic::whole(name, "it is no file of coverage")),
                }
            }
        }
        Ok(coverage)
    }

    /// Every clause of these, and how far it has got.
    #[must_use]
    pub fn of(&self, clauses: &[&'static Clause], library: &Library) -> Vec<Covered> {
        let cited = cited(library);
        let covered = clauses.iter().map(|clause| {
            let cases = cited.get(clause.id).cloned().unwrap_or_default();
            let mutants = self.proven.get(clause.id).cloned().unwrap_or_default();
            let exception = self.exceptions.get(clause.id).cloned();
            let state = match (&cases[..], &mutants[..], &exception) {
                (_, [_, ..], _) => State::Proven,
                ([_, ..], ..) if self.exercised.contains(clause.id) => State::Exercised,
                ([_, ..], ..) => State::Cited,
                ([], [], Some(_)) => State::Exception,
                ([], [], None) => State::Uncovered,
            };
            Covered {
                clause,
                state,
                cases,
                mutants,
                exception,
            }
        });
        covered.collect()
    }

    /// Why a scored case kills no mutant of this role, if it may.
    #[must_use]
    pub fn why_unkilled(&self, case: &str, role: &str) -> Option<&str> {
        let reason = self.unkilled.get(&format!("{case} {role}"));
        reason.map(String::as_str)
    }

    /// What is wrong with the exceptions: a clause that is none, or that has a case.
    #[must_use]
    pub fn problems(&self, library: &Library) -> Vec<String> {
        let known: BTreeSet<&str> = all_clauses().iter().map(|clause| clause.id).collect();
        let cited = cited(library);
        let cases = self.unkilled.keys().filter(|name| {
            let (id, role) = name.split_once(' ').unwrap_or((name, ""));
            let roles = [Role::Server, Role::Client].into_iter();
            let mut of_role = roles.filter(|known| known.name() == role);
            let of_role = of_role.next();
            !of_role.is_some_and(|role| {
                let mut cases = library.cases.iter();
                cases.any(|case| case.id == id && case.has_role(role))
            })
        });
        let cases = cases.map(|name| format!("exceptions.toml: there is no case {name:?}"));
        let names = self.exceptions.keys().map(|id| ("exceptions.toml", id));
        let names = names.chain(self.exercised.iter().map(|id| ("exercised.jsonl", id)));
        let names = names.chain(self.proven.keys().map(|id| ("proven.jsonl", id)));
        let unknown = names
            .filter(|(_, id)| !known.contains(id.as_str()))
            .map(|(file, id)| format!("{file}: there is no clause {id}"));
        let doubled = self
            .exceptions
            .keys()
            .filter(|id| cited.contains_key(id.as_str()))
            .map(|id| format!("exceptions.toml: {id} has a case"));
        cases.chain(unknown).chain(doubled).collect()
    }
}

/// Whether a clause needs a case or an exception.
#[must_use]
pub const fn needs_case(clause: &Clause) -> bool {
    matches!(clause.level, Level::Must | Level::SdkRelied)
}

/// The clauses of every endpoint and those of RFC 6455, each once.
#[must_use]
pub fn all_clauses() -> Vec<&'static Clause> {
    let mut seen = BTreeSet::new();
    registry::endpoints()
        .flat_map(|endpoint| endpoint.clauses)
        .copied()
        .chain(common::clauses())
        .filter(|clause| seen.insert(clause.id))
        .collect()
}

/// `exercised.jsonl`: the clauses of which runs have reached a check, and the checks.
#[must_use]
pub fn exercised(runs: &[&RunResult]) -> String {
    let mut reached: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let cases = runs.iter().flat_map(|run| &run.cases);
    for (case, check) in cases.flat_map(|case| case.checks.iter().map(move |c| (case, c))) {
        if matches!(
            check.verdict,
            Verdict::Pass | Verdict::Lenient | Verdict::Fail
        ) {
            for clause in &check.clauses {
                let names = reached.entry(clause).or_default();
                names.insert(format!("{}/{}", case.id, check.id));
            }
        }
    }
    let lines = reached
        .into_iter()
        .map(|(clause, checks)| line(clause, "checks", checks.iter()));
    lines.collect()
}

/// A line of a file of coverage: a clause, and what it was reached or proven by.
#[must_use]
pub fn line<'n>(clause: &str, member: &str, names: impl Iterator<Item = &'n String>) -> String {
    let names = names.map(|name| Value::from(name.as_str())).collect();
    let value = object([
        ("clause", Value::from(clause)),
        (member, Value::Array(names)),
    ]);
    format!("{}\n", value.write(Style::Compact))
}

fn entry(line: &str) -> Option<(String, Vec<String>)> {
    let value = wire::json::parse(line).ok()?.value;
    let clause = value.get("clause")?.as_str()?.to_owned();
    let names = value.get("checks").or_else(|| value.get("mutants"))?;
    let names = names
        .items()?
        .iter()
        .map(|name| name.as_str().map(str::to_owned));
    Some((clause, names.collect::<Option<_>>()?))
}

fn exceptions(text: &str) -> Result<Exceptions, Diagnostic> {
    let parsed: Exceptions =
        toml::from_str(text).map_err(|error| Diagnostic::of_toml(EXCEPTIONS, text, &error))?;
    match parsed.schema.as_str() {
        "exceptions/1" => Ok(parsed),
        other => {
            let message = format!("schema {other:?}: this program reads \"exceptions/1\"");
            Err(Diagnostic::whole(EXCEPTIONS, message))
        }
    }
}

/// Clauses and the cases that name them in a check.
fn cited(library: &Library) -> BTreeMap<&str, Vec<String>> {
    let mut cited: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for case in &library.cases {
        let roles = [Role::Server, Role::Client].into_iter();
        let named: BTreeSet<&str> = roles
            .flat_map(|role| case.checks(role))
            .flat_map(|(_, clauses)| clauses)
            .map(String::as_str)
            .collect();
        for clause in named {
            cited.entry(clause).or_default().push(case.id.clone());
        }
    }
    cited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_is_about_clauses_that_there_are() {
        let library = Library::embedded().unwrap();
        let coverage = Coverage::embedded().unwrap();
        assert_eq!(coverage.problems(&library), [""; 0]);
    }

    #[test]
    fn every_weighty_clause_has_a_case_or_a_reason() {
        let library = Library::embedded().unwrap();
        let coverage = Coverage::embedded().unwrap();
        let cited = cited(&library);
        let open: Vec<&str> = all_clauses()
            .into_iter()
            .filter(|clause| needs_case(clause))
            .map(|clause| clause.id)
            .filter(|id| !cited.contains_key(id) && !coverage.exceptions.contains_key(*id))
            .collect();
        assert_eq!(open, [""; 0], "a case or a line in exceptions.toml");
    }

    #[test]
    fn a_stored_line_is_read_as_it_is_written() {
        let names = ["ABC-DEFG/x".to_owned()];
        let written = line("ABC-CLAU", "checks", names.iter());
        assert_eq!(
            written,
            "{\"clause\":\"ABC-CLAU\",\"checks\":[\"ABC-DEFG/x\"]}\n"
        );
        assert_eq!(
            entry(written.trim_end()),
            Some(("ABC-CLAU".to_owned(), names.to_vec()))
        );
    }
}
