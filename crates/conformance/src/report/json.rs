//! `run.json`: everything, for programs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::json::{Style, Value, object};

use super::Report;
use crate::case::Kind;
use crate::expect::Outcome;
use crate::run::trace::{Evidence, Trace};
use crate::run::{CaseResult, ProbeResult};
use crate::verdict::{CheckResult, Verdict};

/// The version of the file's form.
pub const SCHEMA: &str = "run/1";

/// The run as JSON text.
#[must_use]
pub fn run_json(report: &Report<'_>) -> String {
    let run = report.run;
    let totals = Verdict::ALL.map(|verdict| (verdict.name(), number(run.count(verdict))));
    let cases = run.cases.iter().map(|result| case(report, result));
    let value = object([
        ("schema", Value::from(SCHEMA)),
        ("version", Value::from(env!("CARGO_PKG_VERSION"))),
        ("suite", suite(report)),
        ("date", Value::from(report.date.to_string())),
        ("os", Value::from(std::env::consts::OS)),
        ("seed", Value::from(run.seed)),
        ("profile", Value::from(run.profile.name())),
        (
            "subject",
            object(
                [("kind", run.kind), ("name", run.subject.as_str())]
                    .map(|(key, value)| (key, Value::from(value))),
            ),
        ),
        ("endpoints", texts(report.endpoints())),
        ("complete", Value::from(report.is_complete())),
        ("as_expected", Value::from(report.is_as_expected())),
        ("totals", object(totals)),
        (
            "probes",
            Value::Array(run.probes.iter().map(probe).collect()),
        ),
        (
            "expectations",
            report.outcome.map_or(Value::Null, expectations),
        ),
        ("cases", Value::Array(cases.collect())),
    ]);
    let mut text = value.write(Style::Compact);
    text.push('\n');
    text
}

/// The set of cases: how many, and a hash that changes with any of them.
fn suite(report: &Report<'_>) -> Value {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let cases = report.library.map_or(&[][..], |library| &library.cases);
    for case in cases {
        for byte in format!("{case:?}").bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    object([
        ("cases", number(cases.len())),
        ("hash", Value::from(format!("{hash:016x}"))),
    ])
}

fn expectations(outcome: &Outcome) -> Value {
    let problems = outcome.problems.iter().map(|problem| {
        object([
            ("kind", Value::from(problem.kind())),
            ("text", Value::from(problem.to_string())),
        ])
    });
    object([
        ("file", Value::from(outcome.file.as_str())),
        ("problems", Value::Array(problems.collect())),
        ("notes", texts(outcome.notes.iter().map(String::as_str))),
    ])
}

fn probe(probe: &ProbeResult) -> Value {
    object([
        ("id", Value::from(probe.id)),
        ("passed", Value::from(probe.passed)),
        ("detail", Value::from(probe.detail.as_str())),
    ])
}

fn case(report: &Report<'_>, case: &CaseResult) -> Value {
    let kind = report.case(case).map_or(Kind::Flow, |case| case.kind);
    let checks = case
        .checks
        .iter()
        .map(|result| check(report.line(case, result), result));
    object([
        ("id", Value::from(case.id.as_str())),
        ("slug", Value::from(case.slug.as_str())),
        ("endpoint", Value::from(case.endpoint.as_str())),
        ("kind", Value::from(kind.name())),
        ("scored", Value::from(case.is_scored)),
        ("verdict", Value::from(case.verdict.name())),
        ("reason", Value::from(case.reason)),
        ("detail", Value::from(case.detail.as_str())),
        ("clauses", texts(case.clauses.iter().map(String::as_str))),
        ("ending", Value::from(case.ending.to_string())),
        ("ms", number(millis(case.took))),
        ("checks", Value::Array(checks.collect())),
        (
            "trace",
            match case.verdict {
                Verdict::Pass => Value::Null,
                _ => trace(&case.trace),
            },
        ),
    ])
}

fn check(line: Option<usize>, check: &CheckResult) -> Value {
    object([
        ("id", Value::from(check.id.as_str())),
        ("verdict", Value::from(check.verdict.name())),
        ("reason", Value::from(check.reason)),
        ("detail", Value::from(check.detail.as_str())),
        ("clauses", texts(check.clauses.iter().map(String::as_str))),
        ("expected_by_line", line.map_or(Value::Null, number)),
        (
            "evidence",
            match check.verdict {
                Verdict::Pass => Value::Null,
                _ => evidence(&check.evidence),
            },
        ),
    ])
}

fn evidence(evidence: &Evidence) -> Value {
    let message = evidence.message.map_or(Value::Null, |message| {
        object([
            ("connection", number(message.connection)),
            ("dir", Value::from(message.side.name())),
            ("index", number(message.index)),
        ])
    });
    let compared = evidence.compared.iter().map(|compared| {
        object([
            ("path", Value::from(compared.path.as_str())),
            ("expected", Value::from(compared.expected.as_str())),
            ("found", Value::from(compared.found.as_str())),
            ("holds", Value::from(compared.holds)),
        ])
    });
    object([
        ("ms", number(millis(evidence.at))),
        ("step", number(evidence.step)),
        ("message", message),
        ("compared", Value::Array(compared.collect())),
    ])
}

/// What crossed the connections, so that other reports can be made of this one.
fn trace(trace: &Trace) -> Value {
    let connections = trace.connections.iter().map(|connection| {
        let chunks = connection.chunks.iter().map(|chunk| {
            object([
                ("dir", Value::from(chunk.side.name())),
                ("ms", number(millis(chunk.at))),
                ("base64", Value::from(STANDARD.encode(&chunk.bytes))),
            ])
        });
        object([
            ("ms", number(millis(connection.began))),
            ("cut", Value::from(connection.is_cut)),
            ("chunks", Value::Array(chunks.collect())),
        ])
    });
    object([
        ("connections", Value::Array(connections.collect())),
        ("stderr", Value::from(trace.stderr.as_str())),
    ])
}

fn millis(time: std::time::Duration) -> usize {
    usize::try_from(time.as_millis()).unwrap_or(usize::MAX)
}

fn number(number: usize) -> Value {
    Value::from(u64::try_from(number).unwrap_or(u64::MAX))
}

fn texts<'t>(items: impl IntoIterator<Item = &'t str>) -> Value {
    Value::Array(items.into_iter().map(Value::from).collect())
}
