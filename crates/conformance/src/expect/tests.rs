use std::time::Duration;

use rstest::rstest;

use super::*;
use crate::run::trace::{Evidence, Trace};
use crate::run::{CaseResult, RunResult};
use crate::verdict::{CheckResult, Ending, fold};

const TODAY: &str = "2026-06-01";

fn setting() -> Setting<'static> {
    Setting {
        today: Date::parse(TODAY).unwrap(),
        os: "linux",
        profile: "documented".to_owned(),
    }
}

/// `check verdict reason`, separated by commas.
fn case(id: &str, checks: &str) -> CaseResult {
    let checks: Vec<CheckResult> = checks
        .split(',')
        .map(|check| {
            let mut words = check.split_whitespace();
            let id = words.next().unwrap();
            let verdict = words.next().unwrap();
            let verdict = Verdict::ALL.into_iter().find(|v| v.name() == verdict);
            CheckResult {
                id: id.to_owned(),
                verdict: verdict.unwrap(),
                reason: words.next().unwrap_or("").to_owned().leak(),
                detail: String::new(),
                clauses: Vec::new(),
                evidence: Evidence::default(),
            }
        })
        .collect();
    let verdict = fold(checks.iter().map(|check| check.verdict));
    let worst = checks.iter().find(|check| check.verdict == verdict);
    CaseResult {
        id: id.to_owned(),
        slug: id.to_owned(),
        endpoint: "demo/echo".to_owned(),
        is_scored: true,
        verdict,
        reason: worst.map_or("", |check| check.reason),
        detail: String::new(),
        clauses: Vec::new(),
        checks,
        ending: Ending::None,
        took: Duration::ZERO,
        trace: Trace::default(),
    }
}

fn run(cases: &[(&str, &str)]) -> RunResult {
    RunResult {
        kind: "server",
        subject: "demo".to_owned(),
        seed: 0,
        profile: crate::verdict::Profile::default(),
        probes: Vec::new(),
        about: None,
        cases: cases.iter().map(|(id, checks)| case(id, checks)).collect(),
    }
}

fn sample() -> RunResult {
    run(&[
        ("ABC-AAAA", "a pass,b pass"),
        ("ABC-BBBB", "a pass,b fail timeout,c lenient value"),
        ("ABC-CCCC", "a unsupported unsupported"),
        ("ABC-DDDD", "a inconclusive not-reached,b fail kind"),
    ])
}

/// What the run has, and a check that every case has.
fn existing(run: &RunResult) -> Existing {
    let mut existing = Existing::default().and_of(run);
    for checks in existing.cases.values_mut() {
        checks.insert("legal".to_owned());
    }
    existing
}

fn judged(lines: &str, run: &RunResult) -> Outcome {
    let expectations = Expectations::parse(lines).unwrap();
    let existing = existing(run);
    judge(&expectations, run, &existing, &Reruns::new(), &setting())
}

fn problems(lines: &str, run: &RunResult) -> Vec<String> {
    let outcome = judged(lines, run);
    outcome.problems.iter().map(ToString::to_string).collect()
}

/// What makes the sample as expected.
const RIGHT: &str = "\
# What is known.
ABC-BBBB/b  fail  reason=timeout  issue=acme/tts#88  until=2026-06-01  # soon

ABC-DDDD    fail  reason=kind
";

#[test]
fn what_is_listed_is_as_expected() {
    let outcome = judged(RIGHT, &sample());
    assert_eq!(outcome.problems, []);
    let lines: Vec<(&str, usize)> = outcome
        .expected
        .iter()
        .map(|(name, line)| (name.as_str(), *line))
        .collect();
    assert_eq!(lines, [("ABC-BBBB/b", 2), ("ABC-DDDD", 4)]);
}

#[rstest]
#[case::new("ABC-DDDD fail", "ABC-BBBB/b: fail (timeout), and no line expects it")]
#[case::unexpected_pass(
    "{} \nABC-AAAA/a fail reason=x",
    "line 5: ABC-AAAA/a passes; take the line out"
)]
#[case::whole_case_passes("{} \nABC-AAAA fail", "line 5: ABC-AAAA passes; take the line out")]
#[case::unnamed_check_passes(
    "{} \nABC-AAAA/legal fail",
    "line 5: ABC-AAAA/legal passes; take the line out"
)]
#[case::other_reason(
    "ABC-BBBB/b fail reason=value\nABC-DDDD fail",
    "line 1: ABC-BBBB/b: fail (timeout), expected fail (value)"
)]
#[case::other_verdict(
    "{} \nABC-BBBB/c inconclusive",
    "line 5: ABC-BBBB/c: lenient (value), expected inconclusive"
)]
#[case::skipped(
    "{} \nABC-CCCC/a fail",
    "line 5: ABC-CCCC/a was skipped (unsupported (unsupported))"
)]
#[case::unknown(
    "{} \nABC-AAAB fail",
    "line 5: there is no ABC-AAAB; the nearest is ABC-AAAA"
)]
#[case::unknown_elsewhere(
    "{} \nABC-AAAB fail os=windows",
    "line 5: there is no ABC-AAAB; the nearest is ABC-AAAA"
)]
#[case::expired(
    "ABC-BBBB/b fail until=2026-05-31\nABC-DDDD fail",
    "line 1: ABC-BBBB/b was expected until 2026-05-31"
)]
#[case::too_wide(
    "{} \nABC-CC* unsupported max=1\nABC-*C unsupported max=1\nABC-CCCC/* unsupported max=1",
    "line 7: ABC-CCCC/* is about 2, expected up to 1"
)]
#[case::elsewhere("{} \nABC-AAAA/a fail os=windows", "")]
#[case::other_profile("{} \nABC-AAAA/a fail profile=parity", "")]
fn a_run_fails_by(#[case] lines: &str, #[case] problem: &str) {
    let found = problems(&lines.replace("{} ", RIGHT.trim_end()), &sample());
    let expected: Vec<&str> = [problem].into_iter().filter(|p| !p.is_empty()).collect();
    assert_eq!(found, expected);
}

#[test]
fn what_was_not_run_is_never_expected() {
    let run = run(&[
        ("ABC-AAAA", "a pass"),
        ("ABC-BBBB", "a not-run does-not-open"),
    ]);
    let found = problems("ABC-BBBB/a fail", &run);
    assert_eq!(
        found,
        ["line 1: ABC-BBBB/a was skipped (not-run (does-not-open))"]
    );
    assert_eq!(
        problems("", &run),
        ["ABC-BBBB/a: not-run (does-not-open), and no line expects it"]
    );
}

#[test]
fn an_exact_line_governs_before_one_with_an_asterisk() {
    let lines = "ABC-BBBB/* fail max=9 reason=x\nABC-BBBB/b fail reason=timeout\nABC-DDDD fail";
    let found = problems(lines, &sample());
    assert_eq!(
        found,
        [
            "line 1: ABC-BBBB/a passes; take the line out",
            "line 1: ABC-BBBB/c: lenient (value), expected fail (x)",
        ]
    );
}

#[test]
fn what_is_flaky_is_run_again_and_again() {
    let run = run(&[("ABC-AAAA", "a pass,b inconclusive timing")]);
    let lines = "ABC-AAAA flaky outcomes=pass,inconclusive max-rate=0.10";
    let expectations = Expectations::parse(lines).unwrap();
    let wanted = expectations.reruns(&run, &setting());
    assert_eq!(wanted, [("ABC-AAAA".to_owned(), 20)].into());
    let existing = Existing::default().and_of(&run);
    let again = |bad: usize, of: usize, how: &str| {
        let one = |place| match place < bad {
            true => case("ABC-AAAA", how),
            false => case("ABC-AAAA", "a pass,b pass"),
        };
        let reruns = [("ABC-AAAA".to_owned(), (0..of).map(one).collect())].into();
        judge(&expectations, &run, &existing, &reruns, &setting())
    };
    assert_eq!(again(1, 19, "b inconclusive x").problems, []);
    let often = again(2, 19, "b inconclusive x").problems;
    let often: Vec<String> = often.iter().map(ToString::to_string).collect();
    assert_eq!(
        often,
        ["line 1: ABC-AAAA was no pass in 3 of 20 runs, which is too often"]
    );
    assert_eq!(again(1, 19, "b fail x").problems.len(), 1);
}

#[test]
fn what_flakes_no_more_is_worth_a_note() {
    let run = run(&[("ABC-AAAA", "a pass")]);
    let outcome = judged("ABC-AAAA flaky outcomes=pass,fail max-rate=0.5", &run);
    assert_eq!(outcome.problems, []);
    assert_eq!(
        outcome.notes,
        ["line 1: ABC-AAAA passed 1 times; is it flaky still?"]
    );
}

#[rstest]
#[case::no_verdict("ABC-AAAA", 1, 9, "a verdict is missing")]
#[case::pass("ABC-AAAA pass", 1, 10, "what passes needs no line")]
#[case::not_run("ABC-AAAA not-run", 1, 10, "what was not run proves nothing")]
#[case::no_verdict_at_all("# x\nABC-AAAA often", 2, 10, "unknown verdict")]
#[case::key("ABC-AAAA fail because=x", 1, 15, "unknown key \"because\"")]
#[case::no_pair("ABC-AAAA fail x", 1, 15, "\"x\" is no key=value")]
#[case::empty("ABC-AAAA fail reason=", 1, 15, "reason= has no value")]
#[case::twice("ABC-AAAA fail reason=a reason=b", 1, 24, "reason= is there twice")]
#[case::date("ABC-AAAA fail until=2026-02-30", 1, 15, "is no day")]
#[case::wide("ABC-* fail", 1, 1, "max=N")]
#[case::max_alone("ABC-AAAA fail max=2", 1, 1, "for patterns with an asterisk")]
#[case::max_zero("ABC-* fail max=0", 1, 12, "is no number from 1")]
#[case::flaky_bare("ABC-AAAA flaky", 1, 10, "outcomes=")]
#[case::flaky_rate("ABC-AAAA flaky outcomes=pass,fail", 1, 10, "max-rate=")]
#[case::flaky_always(
    "ABC-AAAA flaky outcomes=fail,lenient max-rate=0.1",
    1,
    16,
    "passes now and then"
)]
#[case::rate("ABC-AAAA flaky outcomes=pass,fail max-rate=1.0", 1, 35, "is no rate")]
#[case::reason_of_flaky(
    "ABC-AAAA flaky outcomes=pass,fail max-rate=0.1 reason=x",
    1,
    48,
    "does not go with flaky"
)]
#[case::rate_of_fail("ABC-AAAA fail max-rate=0.1", 1, 15, "does not go with fail")]
#[case::doubled("ABC-AAAA fail\nABC-AAAA lenient", 2, 1, "is in line 1 already")]
#[case::system("ABC-AAAA fail os=beos", 1, 15, "one of linux, macos, windows")]
fn a_line_that_says_nothing_is_refused(
    #[case] text: &str,
    #[case] line: usize,
    #[case] column: usize,
    #[case] problem: &str,
) {
    let mistake = Expectations::parse(text).unwrap_err();
    assert_eq!((mistake.line, mistake.column), (line, column), "{mistake}");
    assert!(mistake.problem.contains(problem), "{mistake}");
}

#[test]
fn a_mistake_is_shown_in_its_line() {
    let mistake = Expectations::parse("ABC-AAAA  often").unwrap_err();
    insta::assert_snapshot!(mistake, @r#"
    line 1, column 11: "often": unknown verdict; one of fail, lenient, inconclusive, unsupported or flaky
      ABC-AAAA  often
                ^
    "#);
}

#[rstest]
#[case("ABC-AAAA", "ABC-AAAA", true)]
#[case("ABC-AAAA", "ABC-AAAA/a", false)]
#[case("ABC-*", "ABC-AAAA", true)]
#[case("ABC-*", "ABC-AAAA/a", false)]
#[case("*/last", "ABC-AAAA/last", true)]
#[case("A*A*/l*t", "ABC-AAAA/last", true)]
#[case("A*Z*/*", "ABC-AAAA/last", false)]
#[case("ABC-AAAA*A", "ABC-AAAA", false)]
fn an_asterisk_stands_for_anything_but_a_slash(
    #[case] pattern: &str,
    #[case] name: &str,
    #[case] matches: bool,
) {
    assert_eq!(Pattern(pattern.to_owned()).matches(name), matches);
}

fn blessed(lines: &str, run: &RunResult) -> String {
    let expectations = Expectations::parse(lines).unwrap();
    let existing = existing(run);
    bless(&expectations, run, &existing, &setting()).unwrap()
}

#[test]
fn blessing_keeps_what_holds_and_every_comment() {
    let lines = "\
# Known.
ABC-BBBB/b   fail   reason=value   issue=acme/tts#88   # soon
ABC-AAAA/a   fail   # was hard

# Elsewhere.
ABC-AAAA/b   fail   os=windows
ABC-D*       fail   max=1
ABC-ZZZZ     fail
ABC-CCCC     unsupported
";
    insta::assert_snapshot!(blessed(lines, &sample()), @r"
    # Known.
    ABC-BBBB/b                       fail          reason=timeout issue=acme/tts#88  # soon
    # was hard

    # Elsewhere.
    ABC-AAAA/b   fail   os=windows
    ABC-D*       fail   max=1
    ABC-CCCC     unsupported
    ");
}

#[test]
fn after_a_blessing_the_run_is_as_expected() {
    for lines in [
        "",
        RIGHT,
        "ABC-* fail max=9\nABC-BBBB/* fail max=9\n# x\nABC-BBBB/legal fail",
    ] {
        let text = blessed(lines, &sample());
        assert_eq!(problems(&text, &sample()), [""; 0], "{text}");
        assert_eq!(blessed(&text, &sample()), text);
    }
    assert_eq!(blessed(RIGHT, &sample()), RIGHT);
}

#[test]
fn what_was_not_judged_is_not_blessed() {
    let run = run(&[
        ("ABC-AAAA", "a pass"),
        ("ABC-BBBB", "a not-run does-not-open"),
    ]);
    let expectations = Expectations::default();
    let existing = Existing::default().and_of(&run);
    let error = bless(&expectations, &run, &existing, &setting()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot bless what was not judged: ABC-BBBB is not-run (does-not-open)"
    );
}
