//! `summary.md`: for the page that CI shows, what is new first.

use std::fmt::Write as _;

use super::{Report, Standing, clause_of};
use crate::run::CaseResult;
use crate::verdict::{CheckResult, Verdict};

/// So many lines of a kind are shown; the rest is in the other reports.
const LINES: usize = 50;

/// The run in Markdown.
#[must_use]
pub fn summary_md(report: &Report<'_>) -> String {
    let run = report.run;
    let mut text = String::new();
    let verdict = match report.is_as_expected() {
        true => "as expected",
        false => "**not as expected**",
    };
    push(
        &mut text,
        &format!(
            "# mynah test {}: {verdict}\n\nSubject {} · profile {} · seed {} · {}",
            run.kind,
            code(&run.subject),
            run.profile.name(),
            run.seed,
            report.date,
        ),
    );
    if !report.is_complete() {
        push(
            &mut text,
            "\n*Not all cases were judged: this says little about the subject.*",
        );
    }
    for probe in run.probes.iter().filter(|probe| !probe.passed) {
        let (id, detail) = (probe.id, plain(&probe.detail));
        push(
            &mut text,
            &format!("\n**Probe {id} failed:** the program {detail}"),
        );
    }
    differences(report, Standing::New, "New differences", &mut text);
    if let Some(outcome) = report.outcome {
        let lines = outcome.problems.iter().filter(|problem| !problem.is_new());
        let lines = lines.map(|problem| format!("- {}", plain(&problem.to_string())));
        section(
            &format!("Lines of {} that are wrong", plain(&outcome.file)),
            lines.collect(),
            &mut text,
        );
        let notes = outcome
            .notes
            .iter()
            .map(|note| format!("- {}", plain(note)));
        section("Notes", notes.collect(), &mut text);
    }
    totals(report, &mut text);
    differences(report, Standing::Known, "Known differences", &mut text);
    differences(report, Standing::Open, "Not judged", &mut text);
    text
}

fn totals(report: &Report<'_>, text: &mut String) {
    push(text, "\n## Checks\n");
    let names: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.name()).collect();
    push(text, &format!("| endpoint | {} |", names.join(" | ")));
    push(text, &format!("|---|{}", "--:|".repeat(names.len())));
    for endpoint in report.endpoints() {
        let counts = Verdict::ALL.map(|verdict| {
            let cases = report.run.cases.iter();
            let cases = cases.filter(|case| case.endpoint == endpoint && case.is_scored);
            let checks = cases.flat_map(|case| &case.checks);
            let count = checks.filter(|check| check.verdict == verdict).count();
            match count {
                0 => String::new(),
                count => count.to_string(),
            }
        });
        push(text, &format!("| {endpoint} | {} |", counts.join(" | ")));
    }
}

fn differences(report: &Report<'_>, standing: Standing, title: &str, text: &mut String) {
    let checks = report.run.cases.iter().flat_map(|case| {
        let checks = case.checks.iter();
        checks.map(move |check| (case, check))
    });
    let lines = checks
        .filter(|(case, check)| report.standing(case, check) == standing)
        .map(|(case, check)| line(report, case, check));
    section(title, lines.collect(), text);
}

fn line(report: &Report<'_>, case: &CaseResult, check: &CheckResult) -> String {
    let clause = check.clauses.first();
    let clause = clause.and_then(|id| clause_of(&case.endpoint, id));
    let clause = clause.map_or_else(String::new, |clause| {
        format!(" ({}, {})", clause.id, clause.level)
    });
    let known = match report.line(case, check) {
        Some(line) => format!(" (line {line})"),
        None => String::new(),
    };
    format!(
        "- {} {}: {} `{}`{known}: {}{clause}",
        code(&format!("{}/{}", case.id, check.id)),
        plain(&case.slug),
        check.verdict,
        check.reason,
        plain(&check.detail),
    )
}

fn section(title: &str, lines: Vec<String>, text: &mut String) {
    if lines.is_empty() {
        return;
    }
    push(text, &format!("\n## {title} ({})\n", lines.len()));
    let more = lines.len().saturating_sub(LINES);
    for line in lines.into_iter().take(LINES) {
        push(text, &line);
    }
    if more > 0 {
        push(text, &format!("- … and {more} more"));
    }
}

fn push(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

/// A text of the subject's, which must not become markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            c if c.is_control() => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            c if "\\`*_[]|#~!".contains(c) => plain.extend(['\\', c]),
            c => plain.push(c),
        }
    }
    plain
}

/// A text between as many backticks as it needs.
fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    match longest {
        0 => format!("{fence}{text}{fence}"),
        _ => format!("{fence} {text} {fence}"),
    }
}
