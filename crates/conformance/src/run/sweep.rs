//! A case under every splitting: what it says must not change.

use std::future::Future;
use std::time::Instant;

use futures_util::StreamExt as _;
use wire::ws::clauses::SPLITTING;

use super::CaseResult;
use super::trace::Evidence;
use crate::case::Case;
use crate::cut::Cut;
use crate::verdict::{CheckResult, Verdict, fold};

/// The check that says what came of the splittings.
pub(super) const CHECK: &str = "cuts";

/// How many splittings of a case that mostly waits are tried at once.
const PATIENT: usize = 8;

/// Repeats a case under each splitting, up to the first that makes a difference; the difference
/// has to show twice. What is not green as it is says nothing under splittings.
pub(super) async fn sweep<F>(
    whole: CaseResult,
    case: &Case,
    cuts: &[Cut],
    again: impl Fn(Cut) -> String,
    run: impl Fn(Cut) -> F,
) -> CaseResult
where
    F: Future<Output = CaseResult>,
{
    if cuts.is_empty() || !matches!(whole.verdict, Verdict::Pass | Verdict::Lenient) {
        return whole;
    }
    let began = Instant::now();
    let mut result = whole.clone();
    let at_once = match case.budget_ms > super::LONG_MS {
        true => PATIENT,
        false => 1,
    };
    let runs = cuts.iter().map(|cut| {
        let running = run(*cut);
        async move { (*cut, running.await) }
    });
    let mut runs = futures_util::stream::iter(runs).buffered(at_once);
    let mut found = None;
    while let Some((cut, split)) = runs.next().await {
        if difference(&whole, &split).is_none() {
            continue;
        }
        let second = run(cut).await;
        found = Some(match difference(&whole, &second) {
            Some(difference) => {
                let said = said(cut, &difference, &again(cut));
                (Verdict::Fail, difference.reason, said, second)
            }
            None => {
                let detail = format!("{cut} made a difference, and none when tried again");
                (Verdict::Inconclusive, "not-reproducible", detail, split)
            }
        });
        break;
    }
    drop(runs);
    let (verdict, reason, detail) = match found {
        None => (Verdict::Pass, "", String::new()),
        Some((verdict, reason, detail, split)) => {
            // The connections of the splitting follow those of the case as it is.
            result.trace.connections.extend(split.trace.connections);
            (verdict, reason, detail)
        }
    };
    if verdict != Verdict::Pass {
        result.verdict = fold([result.verdict, verdict]);
        result.reason = reason;
        result.detail.clone_from(&detail);
    }
    result.checks.push(CheckResult {
        id: CHECK.to_owned(),
        verdict,
        reason,
        detail,
        clauses: vec![SPLITTING.id.to_owned()],
        evidence: Evidence {
            at: began.elapsed(),
            ..Evidence::default()
        },
    });
    result.took += began.elapsed();
    result
}

/// What a splitting has changed.
struct Difference {
    check: String,
    whole: String,
    split: String,
    reason: &'static str,
    detail: String,
}

fn said(cut: Cut, found: &Difference, again: &str) -> String {
    let Difference {
        check,
        whole,
        split,
        detail,
        ..
    } = found;
    let words = cut.words();
    let detail = match detail.is_empty() {
        true => String::new(),
        false => format!(": {detail}"),
    };
    format!("with {cut} ({words}) {check} is {split} and not {whole}{detail}; again: {again}")
}

/// The first check that comes out otherwise.
fn difference(whole: &CaseResult, split: &CaseResult) -> Option<Difference> {
    let same = |a: &&CheckResult, b: &&CheckResult| {
        a.id == b.id && a.verdict == b.verdict && a.reason == b.reason
    };
    let in_words = |check: &CheckResult| match check.reason {
        "" => check.verdict.name().to_owned(),
        reason => format!("{} ({reason})", check.verdict),
    };
    for check in &split.checks {
        let before: Vec<&CheckResult> = whole.checks.iter().filter(|c| c.id == check.id).collect();
        if before.iter().any(|known| same(known, &check)) {
            continue;
        }
        return Some(Difference {
            check: check.id.clone(),
            whole: before
                .first()
                .map_or_else(|| "there".to_owned(), |known| in_words(known)),
            split: in_words(check),
            reason: match check.reason {
                "" => "otherwise",
                reason => reason,
            },
            detail: check.detail.clone(),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use super::*;
    use crate::case::{Library, Role};
    use crate::run::Judge;
    use crate::verdict::{Ending, Profile};

    fn result(case: &Case, passes: bool) -> CaseResult {
        let mut judge = Judge::new(case, Role::Server, Profile::Documented);
        for (id, clauses) in case.checks(Role::Server) {
            match passes {
                true => judge.pass(id, clauses),
                false => judge.differ(id, clauses, "timeout", "nothing came".to_owned()),
            }
        }
        judge.finish(Ending::None, Duration::ZERO)
    }

    async fn swept(passes: impl Fn(Cut, usize) -> bool) -> (CaseResult, Vec<Cut>) {
        let library = Library::embedded().unwrap();
        let mut cases = library.cases.iter();
        let case = cases.find(|case| case.has_role(Role::Server)).unwrap();
        let cuts = [Cut::Tcp(3), Cut::TcpEach, Cut::Frames(1)];
        let tried = RefCell::new(Vec::new());
        let run = |cut: Cut| {
            let times = tried.borrow().iter().filter(|known| **known == cut).count();
            tried.borrow_mut().push(cut);
            let result = result(case, passes(cut, times));
            async move { result }
        };
        let again = |cut: Cut| format!("--cuts {cut}");
        let swept = sweep(result(case, true), case, &cuts, again, run).await;
        (swept, tried.into_inner())
    }

    #[tokio::test]
    async fn what_never_differs_passes() {
        let (found, tried) = swept(|_, _| true).await;
        assert_eq!(found.verdict, Verdict::Pass);
        assert_eq!(tried.len(), 3);
        let last = found.checks.last().unwrap();
        assert_eq!((last.id.as_str(), last.verdict), ("cuts", Verdict::Pass));
    }

    #[tokio::test]
    async fn a_difference_is_a_failure_with_the_way_to_see_it_again() {
        let (found, tried) = swept(|cut, _| cut != Cut::TcpEach).await;
        assert_eq!((found.verdict, found.reason), (Verdict::Fail, "timeout"));
        assert_eq!(tried, [Cut::Tcp(3), Cut::TcpEach, Cut::TcpEach]);
        assert!(found.detail.starts_with("with tcp:each (TCP cuts behind"));
        assert!(
            found
                .detail
                .ends_with("nothing came; again: --cuts tcp:each")
        );
    }

    #[tokio::test]
    async fn a_difference_that_does_not_come_again_proves_nothing() {
        let (found, _) = swept(|cut, times| cut != Cut::Tcp(3) || times > 0).await;
        assert_eq!(found.verdict, Verdict::Inconclusive);
        assert_eq!(found.reason, "not-reproducible");
    }

    #[tokio::test]
    async fn what_fails_whole_is_not_split() {
        let library = Library::embedded().unwrap();
        let mut cases = library.cases.iter();
        let case = cases.find(|case| case.has_role(Role::Server)).unwrap();
        let run = |_: Cut| async { unreachable!("it is not split") };
        let whole = result(case, false);
        let found = sweep(whole.clone(), case, &[Cut::TcpEach], |_| String::new(), run).await;
        assert_eq!(found, whole);
    }
}
