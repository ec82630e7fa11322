//! Servers: we play the client at a URL.
//!
//! ```text
//!   Case ─▶ Dialogue ─ handshake by hand ─▶ Peer (tokio-tungstenite) ─▶ the subject
//!              │  steps                          │ messages, decoded
//!              └──────────▶ Judge ◀── session table: was it legal there? ◀┘
//! ```

mod cuts;
mod dialogue;
mod frames;
mod handshake;
mod link;
mod peer;
mod steps;
mod target;

use std::time::Instant;

use super::{CaseResult, Judge, RunResult, run_all};
use crate::case::{Case, Library, Role};
use crate::select::Selection;
use crate::verdict::Verdict;

use cuts::Cutting;

pub use target::{Target, TargetError};

/// How many sessions are held at once.
const PARALLEL: usize = 4;

/// Judges a server.
///
/// # Errors
/// If nothing listens there.
pub async fn run_server(
    library: &Library,
    cases: &[&Case],
    target: &Target,
    selection: &Selection,
    token: &str,
    done: &dyn Fn(&CaseResult),
) -> Result<RunResult, TargetError> {
    target.reach().await?;
    let run = |case| run_case(library, case, target, selection, token);
    let cases = run_all(cases, Role::Server, PARALLEL, run, done).await;
    Ok(RunResult {
        kind: "server",
        subject: target.shown(),
        seed: selection.seed,
        profile: selection.profile,
        probes: Vec::new(),
        cases,
    })
}

/// A case as it is, then under each splitting up to the first that makes a difference.
async fn run_case(
    library: &Library,
    case: &Case,
    target: &Target,
    selection: &Selection,
    token: &str,
) -> CaseResult {
    let began = Instant::now();
    let Some(shared) = library.shared(&case.endpoint) else {
        unreachable!("lint refuses cases without an endpoint.toml")
    };
    let dialogue = || {
        let judge = Judge::new(case, Role::Server, selection.profile);
        dialogue::Dialogue::new(case, shared, target, token, judge)
    };
    let (judge, ending) = dialogue().run().await;
    let mut result = judge.finish(ending, began.elapsed());
    if result.verdict != Verdict::Pass {
        return result;
    }
    for cutting in Cutting::of(case, selection.cuts, selection.seed) {
        let name = cutting.name();
        let (judge, ending) = dialogue().split(cutting).run().await;
        let split = judge.finish(ending, began.elapsed());
        if split.verdict != Verdict::Pass {
            return under(&name, split);
        }
        result.took = split.took;
    }
    result
}

/// What a splitting has changed, said with the splitting.
fn under(name: &str, mut result: CaseResult) -> CaseResult {
    let details = result.checks.iter_mut().map(|check| &mut check.detail);
    for detail in details.chain([&mut result.detail]) {
        if !detail.is_empty() {
            *detail = format!("{name}: {detail}");
        }
    }
    result
}
