//! The score sheet of one case: its checks, and what came of them.

use std::time::Duration;

use tokio::time::Instant;
use wire::clause::Level;

use super::CaseResult;
use super::trace::{Comparison, Evidence, MessageRef, Trace};
use crate::case::{Case, Role};
use crate::select::is_scored;
use crate::verdict::{CheckResult, Ending, Profile, Verdict, clause, fold, heaviest};

/// The score sheet of a case.
#[derive(Debug)]
pub struct Judge<'c> {
    case: &'c Case,
    role: Role,
    profile: Profile,
    results: Vec<CheckResult>,
    /// The checks that passed for what did not happen, or for what any WebSocket does.
    conditional: Vec<String>,
    began: Instant,
    /// What the next verdict is about.
    evidence: Evidence,
    /// The step of the script that is being carried out, from 1.
    step: usize,
}

/// The reason of a check that the session did not come to.
pub const NOT_REACHED: &str = "not-reached";

impl<'c> Judge<'c> {
    /// An empty sheet.
    #[must_use]
    pub fn new(case: &'c Case, role: Role, profile: Profile) -> Self {
        Self {
            case,
            role,
            profile,
            results: Vec::new(),
            conditional: Vec::new(),
            began: Instant::now(),
            evidence: Evidence::default(),
            step: 0,
        }
    }

    /// How long ago the case began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What follows belongs to this step of the script, from 1.
    pub fn at_step(&mut self, step: usize) {
        self.step = step;
        self.forget();
    }

    /// The next verdict is about this message.
    pub fn look_at(&mut self, message: MessageRef) {
        self.evidence.message = Some(message);
    }

    /// The next verdict is about this value, too.
    pub fn compare(&mut self, compared: Comparison) {
        self.evidence.compared.push(compared);
    }

    /// What was looked at so far says nothing about the next verdict.
    pub fn forget(&mut self) {
        self.evidence = Evidence::default();
    }

    /// A check came out as expected.
    pub fn pass(&mut self, id: &str, clauses: &[String]) {
        self.note(id, clauses, Verdict::Pass, "", String::new());
    }

    /// A check came out as expected, but would have with a subject that knows nothing, too:
    /// silence, a pong. It counts if another check of the case passes by itself.
    pub fn pass_if_alive(&mut self, id: &str, clauses: &[String]) {
        self.conditional.push(id.to_owned());
        self.pass(id, clauses);
    }

    /// A check came out otherwise; what that means follows from the level of its clauses.
    pub fn differ(&mut self, id: &str, clauses: &[String], reason: &'static str, detail: String) {
        let level = self.level(clauses);
        let verdict = self.profile.difference(level, self.role);
        self.note(id, clauses, verdict, reason, detail);
    }

    /// It cannot be said how a check came out.
    pub fn unclear(&mut self, id: &str, clauses: &[String], reason: &'static str, detail: String) {
        self.note(id, clauses, Verdict::Inconclusive, reason, detail);
    }

    /// The case itself is wrong, or we could not do what it says.
    pub fn harness_error(&mut self, id: &str, reason: &'static str, detail: String) {
        self.note(id, &[], Verdict::HarnessError, reason, detail);
    }

    /// All checks have this verdict.
    pub fn all(&mut self, verdict: Verdict, reason: &'static str, detail: &str) {
        for (id, clauses) in self.case.checks(self.role) {
            self.note(id, clauses, verdict, reason, detail.to_owned());
        }
    }

    /// The sheet with the case's verdict. Checks that were not reached are inconclusive.
    #[must_use]
    pub fn finish(mut self, ending: Ending, took: Duration) -> CaseResult {
        for (id, clauses) in self.case.checks(self.role) {
            if !self.results.iter().any(|result| result.id == id) {
                let detail = match self.results.iter().find(|r| r.verdict != Verdict::Pass) {
                    Some(first) => format!("the session did not get so far: {}", first.detail),
                    None => "the session did not get so far".to_owned(),
                };
                self.note(id, clauses, Verdict::Inconclusive, NOT_REACHED, detail);
            }
        }
        self.withdraw_empty_passes();
        let verdict = fold(self.results.iter().map(|result| result.verdict));
        let worst = self.results.iter().find(|result| result.verdict == verdict);
        let (reason, detail) = match worst {
            Some(worst) if verdict != Verdict::Pass => (worst.reason, worst.detail.clone()),
            _ => ("", String::new()),
        };
        CaseResult {
            id: self.case.id.clone(),
            slug: self.case.slug.clone(),
            endpoint: self.case.endpoint.clone(),
            is_scored: is_scored(self.case),
            verdict,
            reason,
            detail,
            clauses: self.case.clauses.clone(),
            checks: self.results,
            ending,
            took,
            trace: Trace::default(),
        }
    }

    fn withdraw_empty_passes(&mut self) {
        let is_conditional = |result: &CheckResult| self.conditional.contains(&result.id);
        let mut passed = self.results.iter().filter(|r| r.verdict == Verdict::Pass);
        if passed.any(|result| !is_conditional(result)) {
            return;
        }
        for result in &mut self.results {
            if result.verdict == Verdict::Pass {
                result.verdict = Verdict::Inconclusive;
                result.reason = "nothing-proven";
                "the subject has done nothing by which it could be known"
                    .clone_into(&mut result.detail);
            }
        }
    }

    fn level(&self, clauses: &[String]) -> Level {
        let clauses = match clauses {
            [] => &self.case.clauses,
            some => some,
        };
        let endpoint = crate::case::endpoint_of(self.case);
        let counts = |id: &&String| clause(endpoint, id).is_some_and(|c| self.profile.counts(c));
        let counted: Vec<String> = clauses.iter().filter(counts).cloned().collect();
        heaviest(endpoint, &counted)
    }

    fn note(
        &mut self,
        id: &str,
        clauses: &[String],
        verdict: Verdict,
        reason: &'static str,
        detail: String,
    ) {
        let clauses = match clauses {
            [] => self.case.clauses.clone(),
            some => some.to_vec(),
        };
        let evidence = Evidence {
            at: self.elapsed(),
            step: self.step,
            ..std::mem::take(&mut self.evidence)
        };
        self.results.push(CheckResult {
            id: id.to_owned(),
            verdict,
            reason,
            detail,
            clauses,
            evidence,
        });
    }
}

/// The result of a case that is not run.
pub(super) fn unrun(
    case: &Case,
    role: Role,
    verdict: Verdict,
    reason: &'static str,
    detail: &str,
) -> CaseResult {
    let mut judge = Judge::new(case, role, Profile::default());
    judge.all(verdict, reason, detail);
    judge.finish(Ending::None, Duration::ZERO)
}
