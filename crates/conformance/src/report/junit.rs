//! `junit.xml`: a testsuite for each endpoint, a testcase for each check.

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{Report, Standing};
use crate::run::CaseResult;
use crate::verdict::{CheckResult, Verdict};

/// Why there is no `junit.xml`.
#[derive(Debug, thiserror::Error)]
#[error("cannot make junit.xml: {0}")]
pub struct JunitError(#[from] quick_junit::SerializeError);

/// The run as `JUnit` XML. What is expected to differ counts as skipped, and says so; what is not
/// as the expectation file says is a failure of its own.
///
/// # Errors
/// If it cannot be serialized, which no text that XML can hold brings about.
pub fn junit_xml(report: &Report<'_>) -> Result<String, JunitError> {
    let run = report.run;
    let mut junit = Junit::new(xml(&format!("mynah test {} {}", run.kind, run.subject)));
    for endpoint in report.endpoints() {
        let mut suite = TestSuite::new(endpoint);
        suite.set_time(std::time::Duration::ZERO);
        let mut took = std::time::Duration::ZERO;
        for case in run.cases.iter().filter(|case| case.endpoint == endpoint) {
            took += case.took;
            for (place, check) in case.checks.iter().enumerate() {
                let mut test = test(report, case, check);
                // The time is the case's as a whole, so it stands once.
                test.set_time(match place {
                    0 => case.took,
                    _ => std::time::Duration::ZERO,
                });
                suite.add_test_case(test);
            }
        }
        suite.set_time(took);
        junit.add_test_suite(suite);
    }
    add_probes(report, &mut junit);
    add_problems(report, &mut junit);
    Ok(junit.to_string()?)
}

/// A text with nothing in it that XML 1.0 cannot hold.
fn xml(text: &str) -> String {
    let is_char =
        |c: &char| matches!(*c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    text.chars().filter(is_char).collect()
}

fn test(report: &Report<'_>, case: &CaseResult, check: &CheckResult) -> TestCase {
    let text = || match check.detail.as_str() {
        "" => check.verdict.name().to_owned(),
        detail => xml(detail),
    };
    let line = report.line(case, check);
    let mut status = match (report.standing(case, check), check.verdict) {
        (_, Verdict::HarnessError) => TestCaseStatus::non_success(NonSuccessKind::Error),
        (Standing::New, _) => TestCaseStatus::non_success(NonSuccessKind::Failure),
        (Standing::Good, _) => TestCaseStatus::success(),
        // What a plain failure prevents is red already; silence about it must not be green.
        (Standing::Known | Standing::Open, _) => TestCaseStatus::skipped(),
    };
    if !matches!(status, TestCaseStatus::Success { .. }) {
        status.set_type(check.reason);
        status.set_message(match line {
            Some(line) => format!("{}, as line {line} expects: {}", check.verdict, text()),
            None => format!("{}: {}", check.verdict, text()),
        });
        let clauses = check.clauses.iter().filter_map(|id| {
            let clause = super::clause_of(&case.endpoint, id)?;
            Some(format!("{id} ({}): {}", clause.level, clause.text))
        });
        status.set_description(clauses.collect::<Vec<_>>().join("\n"));
    }
    let mut test = TestCase::new(format!("{}/{}", case.id, check.id), status);
    test.set_classname(case.slug.replace('/', "."));
    test.add_property(("verdict", check.verdict.name()));
    test.add_property(("clauses", check.clauses.join(" ").as_str()));
    test
}

/// A failed probe is a failure: nothing was scored.
fn add_probes(report: &Report<'_>, junit: &mut Junit) {
    if report.run.probes.is_empty() {
        return;
    }
    let mut suite = TestSuite::new("probes");
    for probe in &report.run.probes {
        let mut status = match probe.passed {
            true => TestCaseStatus::success(),
            false => TestCaseStatus::non_success(NonSuccessKind::Failure),
        };
        if !probe.passed {
            status.set_type("probe-failed");
            status.set_message(format!("the program {}", xml(&probe.detail)));
        }
        suite.add_test_case(TestCase::new(probe.id, status));
    }
    junit.add_test_suite(suite);
}

/// What is wrong with the lines of the expectation file. New differences are failures already.
fn add_problems(report: &Report<'_>, junit: &mut Junit) {
    let Some(outcome) = report.outcome else {
        return;
    };
    let mut suite = TestSuite::new(xml(&format!("expectations of {}", outcome.file)));
    for problem in outcome.problems.iter().filter(|problem| !problem.is_new()) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(problem.kind());
        let text = xml(&problem.to_string());
        status.set_message(text.as_str());
        suite.add_test_case(TestCase::new(text, status));
    }
    if !suite.test_cases.is_empty() {
        junit.add_test_suite(suite);
    }
}
