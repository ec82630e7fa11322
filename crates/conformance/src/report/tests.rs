use std::time::Duration;

use junit_parser::TestStatus;

use super::*;
use crate::expect::{Existing, Expectations, Reruns, Setting, judge};
use crate::run::trace::{Comparison, Evidence, Trace};
use crate::verdict::{Ending, Profile, fold};

/// A text that every format has to escape somehow.
const NASTY: &str = "<b>&\"'`|*]]>\u{1b}[31m\u{0}\u{fffe}你好\nline";

fn check(id: &str, verdict: Verdict, reason: &'static str, detail: &str) -> CheckResult {
    CheckResult {
        id: id.to_owned(),
        verdict,
        reason,
        detail: detail.to_owned(),
        clauses: vec!["WSF-7K3M".to_owned()],
        evidence: Evidence {
            compared: vec![Comparison {
                path: "a".to_owned(),
                expected: "1".to_owned(),
                found: NASTY.to_owned(),
                holds: false,
            }],
            ..Evidence::default()
        },
    }
}

fn case(id: &str, checks: Vec<CheckResult>) -> CaseResult {
    let verdict = fold(checks.iter().map(|check| check.verdict));
    CaseResult {
        id: id.to_owned(),
        slug: format!("echo/{id}"),
        endpoint: "demo/echo".to_owned(),
        is_scored: true,
        verdict,
        reason: "",
        detail: String::new(),
        clauses: Vec::new(),
        checks,
        ending: Ending::None,
        took: Duration::from_millis(1250),
        trace: Trace::default(),
    }
}

fn run() -> RunResult {
    RunResult {
        kind: "server",
        subject: format!("ws://h {NASTY}"),
        seed: 7,
        profile: Profile::Documented,
        probes: Vec::new(),
        about: None,
        cases: vec![
            case(
                "ABC-AAAA",
                vec![
                    check("fine", Verdict::Pass, "", ""),
                    check("broken", Verdict::Fail, "value", NASTY),
                    check("known", Verdict::Fail, "kind", "as ever"),
                ],
            ),
            case(
                "ABC-BBBB",
                vec![
                    check("may", Verdict::Lenient, "value", "so what"),
                    check("skipped", Verdict::NotRun, "does-not-open", "not run"),
                    check("ours", Verdict::HarnessError, "case", "oh no"),
                ],
            ),
        ],
    }
}

fn outcome(run: &RunResult) -> Outcome {
    let lines = "ABC-AAAA/known fail reason=kind\nABC-AAAA/fine fail\n";
    let expectations = Expectations::parse(lines).unwrap();
    let setting = Setting {
        today: Date::parse("2026-06-01").unwrap(),
        os: "linux",
        profile: "documented".to_owned(),
    };
    let existing = Existing::default().and_of(run);
    Outcome {
        file: "known.txt".to_owned(),
        ..judge(&expectations, run, &existing, &Reruns::new(), &setting)
    }
}

fn report<'r>(run: &'r RunResult, outcome: Option<&'r Outcome>) -> Report<'r> {
    Report {
        run,
        library: None,
        date: Date::parse("2026-06-01").unwrap(),
        is_filtered: false,
        outcome,
        command: None,
    }
}

#[test]
fn a_foreign_parser_reads_the_junit_file() {
    let run = run();
    let outcome = outcome(&run);
    let xml = junit_xml(&report(&run, Some(&outcome))).unwrap();
    let junit = junit_parser::from_reader(xml.as_bytes()).unwrap();
    let mut seen = Vec::new();
    for suite in &junit.suites {
        for case in &suite.cases {
            let (status, kind) = match &case.status {
                TestStatus::Success => ("passed", ""),
                TestStatus::Failure(failure) => ("failure", failure.failure_type.as_str()),
                TestStatus::Error(error) => ("error", error.error_type.as_str()),
                TestStatus::Skipped(skipped) => ("skipped", skipped.skipped_type.as_str()),
            };
            seen.push(format!(
                "{} {} {status} {kind}",
                suite.name, case.original_name
            ));
        }
    }
    insta::assert_snapshot!(seen.join("\n"), @r"
    demo/echo ABC-AAAA/fine passed 
    demo/echo ABC-AAAA/broken failure value
    demo/echo ABC-AAAA/known skipped kind
    demo/echo ABC-BBBB/may passed 
    demo/echo ABC-BBBB/skipped skipped does-not-open
    demo/echo ABC-BBBB/ours error case
    expectations of known.txt line 2: ABC-AAAA/fine passes; take the line out failure passes
    ");
    let first = &junit.suites[0];
    assert_eq!(
        (first.tests, first.failures, first.errors, first.skipped),
        (6, 1, 1, 2)
    );
    assert!((first.time - 2.5).abs() < 0.001, "{}", first.time);
    let TestStatus::Failure(failure) = &first.cases[1].status else {
        panic!("{:?}", first.cases[1]);
    };
    assert!(
        failure.message.contains("<b>&\"'`|*]]>"),
        "{}",
        failure.message
    );
}

#[test]
fn the_summary_says_what_is_new_first() {
    let mut run = run();
    run.subject = "ws://h".to_owned();
    let outcome = outcome(&run);
    "<b>&`*|\nx".clone_into(&mut run.cases[0].checks[1].detail);
    insta::assert_snapshot!(summary_md(&report(&run, Some(&outcome))), @r"
    # mynah test server: **not as expected**

    Subject `ws://h` · profile documented · seed 7 · 2026-06-01

    *Not all cases were judged: this says little about the subject.*

    ## New differences (2)

    - `ABC-AAAA/broken` echo/ABC-AAAA: fail `value`: &lt;b>&amp;\`\*\| x
    - `ABC-BBBB/ours` echo/ABC-BBBB: harness-error `case`: oh no

    ## Lines of known.txt that are wrong (1)

    - line 2: ABC-AAAA/fine passes; take the line out

    ## Checks

    | endpoint | pass | lenient | fail | inconclusive | unsupported | not-run | harness-error |
    |---|--:|--:|--:|--:|--:|--:|--:|
    | demo/echo | 1 | 1 | 2 |  |  | 1 | 1 |

    ## Known differences (1)

    - `ABC-AAAA/known` echo/ABC-AAAA: fail `kind` (line 1): as ever

    ## Not judged (1)

    - `ABC-BBBB/skipped` echo/ABC-BBBB: not-run `does-not-open`: not run
    ");
}

#[test]
fn run_json_is_json_whatever_the_subject_says() {
    let run = run();
    let outcome = outcome(&run);
    let text = run_json(&report(&run, Some(&outcome)));
    let json = wire::json::parse(&text).unwrap().value;
    let found = json.get("cases").unwrap().items().unwrap()[0]
        .get("checks")
        .unwrap()
        .items()
        .unwrap();
    assert_eq!(found[1].get("detail").unwrap().as_str(), Some(NASTY));
    assert_eq!(found[2].get("expected_by_line").unwrap().as_i64(), Some(1));
    assert_eq!(json.get("as_expected").unwrap().as_bool(), Some(false));
    assert_eq!(json.get("complete").unwrap().as_bool(), Some(false));
}

#[test]
fn without_a_pass_nothing_is_as_expected() {
    let mut run = run();
    run.cases = vec![case("ABC-AAAA", vec![check("a", Verdict::Fail, "x", "")])];
    let expectations = Expectations::parse("ABC-AAAA/a fail reason=x").unwrap();
    let setting = Setting {
        today: Date::parse("2026-06-01").unwrap(),
        os: "linux",
        profile: "documented".to_owned(),
    };
    let existing = Existing::default().and_of(&run);
    let outcome = judge(&expectations, &run, &existing, &Reruns::new(), &setting);
    assert_eq!(outcome.problems, []);
    assert!(!report(&run, Some(&outcome)).is_as_expected());
}
