//! `run.json`: everything, for programs.

use wire::json::{Style, Value, object};

use crate::run::{CaseResult, ProbeResult, RunResult};
use crate::verdict::{CheckResult, Verdict};

/// The version of the file's form.
pub const SCHEMA: &str = "run/1";

/// The run as JSON text.
#[must_use]
pub fn run_json(run: &RunResult) -> String {
    let totals = Verdict::ALL.map(|verdict| {
        let count = u64::try_from(run.count(verdict)).unwrap_or(u64::MAX);
        (verdict.name(), Value::from(count))
    });
    let value = object([
        ("schema", Value::from(SCHEMA)),
        ("version", Value::from(env!("CARGO_PKG_VERSION"))),
        ("seed", Value::from(run.seed)),
        ("profile", Value::from(run.profile.name())),
        (
            "subject",
            object(
                [("kind", run.kind), ("name", run.subject.as_str())]
                    .map(|(key, value)| (key, Value::from(value))),
            ),
        ),
        ("as_expected", Value::from(run.is_as_expected())),
        ("totals", object(totals)),
        (
            "probes",
            Value::Array(run.probes.iter().map(probe).collect()),
        ),
        ("cases", Value::Array(run.cases.iter().map(case).collect())),
    ]);
    let mut text = value.write(Style::Compact);
    text.push('\n');
    text
}

fn probe(probe: &ProbeResult) -> Value {
    object([
        ("id", Value::from(probe.id)),
        ("passed", Value::from(probe.passed)),
        ("detail", Value::from(probe.detail.as_str())),
    ])
}

fn case(case: &CaseResult) -> Value {
    let took = u64::try_from(case.took.as_millis()).unwrap_or(u64::MAX);
    object([
        ("id", Value::from(case.id.as_str())),
        ("slug", Value::from(case.slug.as_str())),
        ("endpoint", Value::from(case.endpoint.as_str())),
        ("scored", Value::from(case.is_scored)),
        ("verdict", Value::from(case.verdict.name())),
        ("reason", Value::from(case.reason)),
        ("detail", Value::from(case.detail.as_str())),
        ("clauses", strings(&case.clauses)),
        ("ending", Value::from(case.ending.to_string())),
        ("ms", Value::from(took)),
        (
            "checks",
            Value::Array(case.checks.iter().map(check).collect()),
        ),
    ])
}

fn check(check: &CheckResult) -> Value {
    object([
        ("id", Value::from(check.id.as_str())),
        ("verdict", Value::from(check.verdict.name())),
        ("reason", Value::from(check.reason)),
        ("detail", Value::from(check.detail.as_str())),
        ("clauses", strings(&check.clauses)),
    ])
}

fn strings(items: &[String]) -> Value {
    Value::Array(
        items
            .iter()
            .map(|item| Value::from(item.as_str()))
            .collect(),
    )
}
