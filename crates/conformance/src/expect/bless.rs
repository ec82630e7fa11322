//! Rewriting an expectation file so that it says what is so, and nothing else.

use std::collections::BTreeSet;

use super::judge::{Item, holds, is_good, items};
use super::{Entry, Existing, Expectations, Expected, Pattern, Setting};
use crate::run::RunResult;
use crate::verdict::Verdict;

/// Why a file is not rewritten.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlessError {
    /// Something was not judged.
    #[error("cannot bless what was not judged: {0}")]
    Unjudged(String),
}

/// The text of the file as it would have to be for this run to be as expected.
///
/// Comments and empty lines stay. A line that holds stays as it is, as does one that does not
/// count here, is flaky, or is about an endpoint that was not chosen; a day that is over stays
/// over. What passes loses its line, what is different now gets its verdict and reason, and
/// what is new comes at the end.
///
/// # Errors
/// If the run does not tell enough.
pub fn bless(
    expectations: &Expectations,
    run: &RunResult,
    existing: &Existing,
    setting: &Setting<'_>,
) -> Result<String, BlessError> {
    if run.has_failed_probe() {
        return Err(BlessError::Unjudged("a probe failed".to_owned()));
    }
    let unjudged = |verdict| matches!(verdict, Verdict::NotRun | Verdict::HarnessError);
    if let Some(item) = items(run).find(|item| unjudged(item.verdict)) {
        let (name, verdict, reason) = (item.name, item.verdict, item.reason);
        return Err(BlessError::Unjudged(format!(
            "{name} is {verdict} ({reason})"
        )));
    }
    let mut text = String::new();
    // What the lines that stay are about.
    let mut known = BTreeSet::new();
    for line in &expectations.lines {
        let kept = match &line.entry {
            None => Some(line.text.clone()),
            Some(entry) => {
                let about = about(entry, line.number, expectations, run, setting);
                let kept = keep(entry, &line.text, &about, run, existing, setting);
                if kept.is_some() {
                    known.extend(about.into_iter().map(|item| item.name));
                }
                kept.or_else(|| entry.comment.as_ref().map(|comment| format!("# {comment}")))
            }
        };
        if let Some(kept) = kept {
            text.push_str(&kept);
            text.push('\n');
        }
    }
    for case in run.cases.iter().filter(|case| case.is_scored) {
        let of_case: Vec<Item<'_>> = items(run)
            .filter(|item| item.case.id == case.id && item.name != case.id)
            .collect();
        let new: Vec<&Item<'_>> = of_case
            .iter()
            .filter(|item| !is_good(item.verdict))
            .filter(|item| !known.contains(&item.name) && !known.contains(&case.id))
            .collect();
        let is_whole = new.len() == of_case.len()
            && new
                .iter()
                .all(|item| (item.verdict, item.reason) == (case.verdict, case.reason));
        let names: Vec<(&str, Verdict, &str)> = match is_whole {
            true if !new.is_empty() => vec![(case.id.as_str(), case.verdict, case.reason)],
            _ => new
                .iter()
                .map(|item| (item.name.as_str(), item.verdict, item.reason))
                .collect(),
        };
        for (name, verdict, reason) in names {
            let entry = Entry {
                pattern: Pattern(name.to_owned()),
                expected: always(verdict, reason),
                issue: None,
                until: None,
                max: None,
                os: None,
                profile: None,
                comment: None,
            };
            text.push_str(&entry.to_string());
            text.push('\n');
        }
    }
    Ok(text)
}

fn always(verdict: Verdict, reason: &str) -> Expected {
    Expected::Always {
        verdict,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    }
}

/// What of the run a line governs.
fn about<'r>(
    entry: &Entry,
    number: usize,
    expectations: &Expectations,
    run: &'r RunResult,
    setting: &Setting<'_>,
) -> Vec<Item<'r>> {
    let governed = |item: &Item<'_>| {
        let line = expectations.governing(&item.name, setting);
        line.is_some_and(|(line, _)| line == number)
    };
    items(run)
        .filter(|item| entry.pattern.matches(&item.name) && governed(item))
        .collect()
}

/// The line as it is to be; nothing if it goes.
fn keep(
    entry: &Entry,
    text: &str,
    about: &[Item<'_>],
    run: &RunResult,
    existing: &Existing,
    setting: &Setting<'_>,
) -> Option<String> {
    let count = existing.count(&entry.pattern);
    if count == 0 || entry.max.is_some_and(|max| count > max) {
        return None;
    }
    let is_flaky = matches!(entry.expected, Expected::Flaky { .. });
    // A check that every case has shows up only where it is not as it should be.
    let case = entry.pattern.0.rsplit_once('/').map(|(case, _)| case);
    let has_run = |id: &str| run.cases.iter().any(|case| case.id == id && case.is_scored);
    let is_unseen = about.is_empty() && !entry.pattern.is_wide() && case.is_some_and(has_run);
    if is_unseen && !is_flaky && entry.applies(setting) {
        return None;
    }
    let all_hold = about.iter().all(|item| holds(item, &entry.expected));
    if !entry.applies(setting) || is_flaky || all_hold {
        return Some(text.to_owned());
    }
    let [item] = about else {
        return None;
    };
    let needs_none = is_good(item.verdict) && item.verdict != Verdict::Lenient;
    if entry.pattern.is_wide() || needs_none {
        return None;
    }
    let changed = Entry {
        expected: always(item.verdict, item.reason),
        ..entry.clone()
    };
    Some(changed.to_string())
}
