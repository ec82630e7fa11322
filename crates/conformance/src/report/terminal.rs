//! What a terminal shows: a line for each case, more for what is not green, and the totals.

use std::fmt::Write as _;

use super::Report;
use crate::run::{BECAUSE, CaseResult, NOT_REACHED};
use crate::verdict::Verdict;

/// A case in a line, and a line for each check that is not green.
#[must_use]
pub fn case_line(case: &CaseResult) -> String {
    let mut text = format!("{:<13} {:<8}  {}", case.verdict.name(), case.id, case.slug);
    if case.slug == case.id {
        text = format!("{:<13} {}", case.verdict.name(), case.slug);
    }
    if !case.is_scored {
        text.push_str("  (draft, not scored)");
    }
    text.push('\n');
    // If all checks say the same, once is enough.
    let is_whole = (case.checks.len() != 1 || case.verdict == Verdict::Unsupported)
        && case.checks.iter().all(|check| {
            check.verdict != Verdict::Pass
                && check.reason == case.reason
                && check.detail == case.detail
        });
    if is_whole && case.verdict == Verdict::Unsupported && is_gated(case) {
        return text;
    }
    if is_whole && case.verdict != Verdict::Pass {
        push(
            &mut text,
            &format!("  {}: {}", case.reason, shown(&case.detail)),
        );
        return text;
    }
    let (reached, missed): (Vec<_>, Vec<_>) = case
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Pass)
        .partition(|check| check.reason != NOT_REACHED);
    for check in reached {
        let clauses = check.clauses.join(" ");
        let line = format!(
            "  {} {}/{} [{clauses}] {}: {}",
            check.verdict,
            case.id,
            check.id,
            check.reason,
            shown(&check.detail)
        );
        push(&mut text, &line);
    }
    if !missed.is_empty() {
        let names: Vec<&str> = missed.iter().map(|check| check.id.as_str()).collect();
        push(&mut text, &format!("  not reached: {}", names.join(", ")));
    }
    text
}

/// Whether another case says why.
fn is_gated(case: &CaseResult) -> bool {
    case.detail.starts_with(BECAUSE)
}

/// The totals, which count checks, and what they mean.
#[must_use]
pub fn summary(report: &Report<'_>) -> String {
    let run = report.run;
    let mut text = String::new();
    if let Some(outcome) = report.outcome {
        let problems = outcome.problems.iter().map(ToString::to_string);
        for line in problems.chain(outcome.notes.iter().cloned()) {
            push(
                &mut text,
                &format!("{}: {}", shown(&outcome.file), shown(&line)),
            );
        }
    }
    for probe in run.probes.iter().filter(|probe| !probe.passed) {
        push(
            &mut text,
            &format!(
                "probe {} failed: the program {}",
                probe.id,
                shown(&probe.detail)
            ),
        );
    }
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| (verdict, run.count(verdict)))
        .filter(|(verdict, count)| *count > 0 || matches!(verdict, Verdict::Pass | Verdict::Fail))
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    let cases = run.cases.len();
    let noun = if cases == 1 { "case" } else { "cases" };
    let line = format!(
        "checks: {}\n{cases} {noun}, profile {}, seed {}, {} {}",
        counts.join(" · "),
        run.profile.name(),
        run.seed,
        run.kind,
        shown(&run.subject),
    );
    push(&mut text, &line);
    if let Some(outcome) = report.outcome {
        let (known, wrong) = (outcome.expected.len(), outcome.problems.len());
        let file = shown(&outcome.file);
        let line = format!("{file}: {known} differences as it says, {wrong} problems");
        push(&mut text, &line);
    }
    text
}

fn push(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

/// A text of the subject's, without characters that a terminal would act upon.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}
