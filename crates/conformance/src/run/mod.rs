//! Runs: cases against a subject.
//!
//! ```text
//!   plain cases ──▶ the other cases, several at a time ──▶ CaseResult, one each ──▶ RunResult
//!        │ what means nothing without them is not run, and never green
//! ```
//!
//! `server` plays the client at a URL, `client` plays the vendor for a command, `replay` reads
//! stored sessions. All of them only collect results; reports are made of these afterwards.

mod client;
mod judge;
pub mod mutant;
mod replay;
mod server;
mod sweep;
pub mod trace;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use futures_util::StreamExt as _;

use crate::case::{Case, Kind, Role};
use crate::select::Selection;
use crate::verdict::{CheckResult, Ending, Profile, Verdict};

pub(crate) use client::input;
pub use client::{
    About, Command, Function, Job, Lines, ProbeResult, Reply, StartError, Subject, run_client,
    test_client,
};
pub use judge::{Judge, NOT_REACHED};
pub use replay::{ReplayError, run_replay};
pub use server::{Target, TargetError, run_server};
use trace::Trace;

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// Its id.
    pub id: String,
    /// Its readable name.
    pub slug: String,
    /// The endpoint that it is about.
    pub endpoint: String,
    /// Whether it counts.
    pub is_scored: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, as a code; empty for a pass.
    pub reason: &'static str,
    /// Why, in words.
    pub detail: String,
    /// The clauses that it is about.
    pub clauses: Vec<String>,
    /// What came of its checks.
    pub checks: Vec<CheckResult>,
    /// How the session ended.
    pub ending: Ending,
    /// How long it took.
    pub took: Duration,
    /// What crossed its connections.
    pub trace: Trace,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunResult {
    /// What was judged: `server`, `client` or `fixtures`.
    pub kind: &'static str,
    /// Which one: a URL, a command, a folder.
    pub subject: String,
    /// The seed.
    pub seed: u64,
    /// Which levels were scored.
    pub profile: Profile,
    /// What came of the probes, before anything was scored.
    pub probes: Vec<ProbeResult>,
    /// What came of the cases.
    pub cases: Vec<CaseResult>,
    /// What a client says about itself.
    pub about: Option<About>,
}

impl RunResult {
    /// What came of a run without probes.
    fn of(
        kind: &'static str,
        subject: String,
        selection: &Selection,
        cases: Vec<CaseResult>,
    ) -> Self {
        Self {
            kind,
            subject,
            seed: selection.seed,
            profile: selection.profile,
            probes: Vec::new(),
            cases,
            about: None,
        }
    }

    /// How many checks have a verdict. Of cases that were not run, their checks count as such.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        let scored = self.cases.iter().filter(|case| case.is_scored);
        let checks = scored.flat_map(|case| &case.checks);
        checks.filter(|check| check.verdict == verdict).count()
    }

    /// Whether a probe has failed: then nothing was scored.
    #[must_use]
    pub fn has_failed_probe(&self) -> bool {
        self.probes.iter().any(|probe| !probe.passed)
    }

    /// Whether everything that counts is as expected. Without a single pass nothing is.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        let is_good = |verdict| {
            matches!(
                verdict,
                Verdict::Pass | Verdict::Lenient | Verdict::Unsupported
            )
        };
        let mut scored = self.cases.iter().filter(|case| case.is_scored);
        !self.has_failed_probe()
            && scored.all(|case| is_good(case.verdict))
            && self.count(Verdict::Pass) > 0
    }

    /// Whether we are at fault.
    #[must_use]
    pub fn has_harness_error(&self) -> bool {
        let mut cases = self.cases.iter();
        cases.any(|case| case.verdict == Verdict::HarnessError)
    }
}

/// Why a case is not run, as far as that is known from its endpoint's plain case.
enum Gate {
    Open,
    /// With the verdict, the reason and the words for it.
    Shut(Verdict, &'static str, String),
}

/// How the reason begins why a case was not run, if its endpoint's plain case is the reason.
pub(crate) const BECAUSE: &str = "the plain case";

/// A case that may take longer than this mostly waits, and does not hold others up.
const LONG_MS: u64 = 15_000;

/// How many cases are run at once.
#[derive(Clone, Copy, Debug)]
struct Parallel {
    /// Of those that have something to do.
    brisk: usize,
    /// Of those that mostly wait, beside the others.
    patient: usize,
}

/// Runs cases, the plain ones first, several at a time; the results are in the order of `cases`.
async fn run_all<'c, F>(
    cases: &[&'c Case],
    role: Role,
    parallel: Parallel,
    run: impl Fn(&'c Case) -> F,
    done: &dyn Fn(&CaseResult),
) -> Vec<CaseResult>
where
    F: Future<Output = CaseResult>,
{
    let mut plain: BTreeMap<&str, CaseResult> = BTreeMap::new();
    let mut results = BTreeMap::new();
    for is_plain in [true, false] {
        let wave = cases
            .iter()
            .enumerate()
            .filter(|(_, case)| (case.kind == Kind::Plain) == is_plain);
        let jobs = wave.map(|(place, case)| {
            let gate = gate(case, plain.get(case.endpoint.as_str()));
            let job = match gate {
                Gate::Open => Some(run(case)),
                Gate::Shut(..) => None,
            };
            let job = async move {
                let result = match (job, gate) {
                    (Some(job), _) => job.await,
                    (None, Gate::Shut(verdict, reason, detail)) => {
                        judge::unrun(case, role, verdict, reason, &detail)
                    }
                    (None, Gate::Open) => unreachable!("an open gate has a job"),
                };
                (place, result)
            };
            (case.budget_ms > LONG_MS, job)
        });
        // The futures are made before any of them runs, so that the plain results can be read.
        let (patient, brisk): (Vec<_>, Vec<_>) = jobs.partition(|(is_patient, _)| *is_patient);
        let several = |jobs: Vec<(bool, _)>, count| {
            futures_util::stream::iter(jobs.into_iter().map(|(_, job)| job)).buffer_unordered(count)
        };
        let mut ended = futures_util::stream::select(
            several(patient, parallel.patient.max(1)),
            several(brisk, parallel.brisk.max(1)),
        );
        while let Some((place, result)) = ended.next().await {
            done(&result);
            if is_plain {
                plain.insert(
                    cases.get(place).map_or("", |case| &case.endpoint),
                    result.clone(),
                );
            }
            results.insert(place, result);
        }
        drop(ended);
    }
    results.into_values().collect()
}

fn gate(case: &Case, plain: Option<&CaseResult>) -> Gate {
    let Some(plain) = plain else {
        return Gate::Open;
    };
    let because = format!("{BECAUSE} {} is {}", plain.id, plain.verdict);
    let never_opened = plain.ending == Ending::None;
    match plain.verdict {
        Verdict::Pass | Verdict::Lenient => Gate::Open,
        Verdict::Unsupported => Gate::Shut(Verdict::Unsupported, "unsupported", because),
        _ if case.kind == Kind::Error => {
            Gate::Shut(Verdict::Inconclusive, "plain-case-failed", because)
        }
        _ if never_opened => Gate::Shut(Verdict::NotRun, "does-not-open", because),
        _ => Gate::Open,
    }
}
