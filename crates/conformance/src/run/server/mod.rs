//! Servers: we play the client at a URL.
//!
//! ```text
//!   Case ─▶ Dialogue ─ handshake by hand ─▶ Peer (tokio-tungstenite) ─▶ the subject
//!              │  steps                          │ messages, decoded
//!              └──────────▶ Judge ◀── session table: was it legal there? ◀┘
//! ```

mod dialogue;
mod frames;
mod handshake;
mod link;
mod peer;
mod steps;
mod target;

use std::time::Instant;

use super::sweep::sweep;
use super::{CaseResult, Judge, Parallel, RunResult, run_all};
use crate::case::{Case, Library, Need, Role};
use crate::cut::{self, Cut};
use crate::select::Selection;

pub use target::{Target, TargetError};

/// How many sessions are held at once.
const PARALLEL: Parallel = Parallel {
    brisk: 4,
    patient: 16,
};

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
    Ok(RunResult::of("server", target.shown(), selection, cases))
}

/// A case as it is, then under each splitting.
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
    let run = async |cut: Option<Cut>| {
        let judge = Judge::new(case, Role::Server, selection.profile);
        let cutting = cut.map(|cut| (cut, cut.ids(selection.seed, case)));
        let dialogue = dialogue::Dialogue::new(case, shared, target, token, judge);
        let (judge, ending, trace) = dialogue.split(cutting).run().await;
        CaseResult {
            trace,
            ..judge.finish(ending, began.elapsed())
        }
    };
    let whole = run(None).await;
    let cuts = match cut::is_split(case, Role::Server) {
        true => selection.cuts.list(),
        false => Vec::new(),
    };
    let again = |cut| {
        let auth = match case.needs.contains(&Need::CheckedCredentials) {
            true => " --auth strict",
            false => "",
        };
        let (url, seed) = (target.shown(), selection.seed);
        format!(
            "mynah test server {url}{auth} --case {} --seed {seed} --cuts {cut}",
            case.id
        )
    };
    sweep(whole, case, &cuts, again, |cut| run(Some(cut))).await
}
