use rstest::rstest;

use super::super::example::{MARKUP, case, check, connection, report, run};
use super::super::run_json;
use super::*;
use crate::run::RunResult;

fn today() -> Date {
    Date::parse("2026-06-04").unwrap()
}

/// A run of three cases in which one check has this verdict.
fn judged(verdict: Verdict) -> RunResult {
    let mut odd = check("odd", verdict, "2");
    odd.clauses = vec![MARKUP.to_owned()];
    run(vec![
        case(
            "ABC-AAAA",
            vec![check("same", Verdict::Pass, ""), odd],
            connection(&[]),
        ),
        case(
            "ABC-BBBB",
            vec![check("lenient", Verdict::Lenient, "2")],
            connection(&[]),
        ),
    ])
}

fn entry(name: &str, verdict: Verdict) -> Entry {
    let run = judged(verdict);
    let mut entry = Entry::parse("a/run.json", &run_json(&report(&run))).unwrap();
    name.clone_into(&mut entry.name);
    entry
}

fn three() -> Matrix {
    let mut subjects = vec![
        entry("one", Verdict::Pass),
        entry(MARKUP, Verdict::Fail),
        entry("three", Verdict::Unsupported),
    ];
    subjects[1].report = Some("runs/two/report.html".to_owned());
    subjects[2].about = "2.4.0, python".to_owned();
    Matrix::new(subjects, today()).unwrap()
}

#[test]
fn subjects_stand_side_by_side_and_disagree_about_what_they_differ_in() {
    let mut matrix = three();
    "two".clone_into(&mut matrix.subjects[1].name);
    let endpoint = matrix.areas[0].endpoint.clone();
    let text = matrix_text(&matrix).replace(&endpoint, "some/endpoint");
    insta::assert_snapshot!(text, @r"
    server  some/endpoint  seed  days
    one     ✓2 ~1        7     3
    two     ✓1 ~1 ✗1     7     3
    three   ✓1 ~1 –1     7     3

    ✓ pass  ~ lenient  ✗ fail  ? inconclusive  – unsupported  ○ not-run  ! harness-error  · not asked
    1 checks that subjects disagree about
      ✓ ✗ –  ABC-AAAA/odd a/ABC-AAAA
    ");
}

#[test]
fn who_was_not_judged_does_not_disagree() {
    let subjects = vec![
        entry("one", Verdict::Pass),
        entry("two", Verdict::Unsupported),
        entry("three", Verdict::NotRun),
        entry("four", Verdict::Inconclusive),
    ];
    let matrix = Matrix::new(subjects, today()).unwrap();
    assert_eq!(matrix.disagreements(), []);
}

#[rstest]
#[case::of_single_cases(
    "\"complete\":true",
    "\"complete\":false",
    "a/run.json: the run is incomplete"
)]
#[case::of_other_cases("\"hash\":\"", "\"hash\":\"f", "a/run.json: its set of cases is f")]
#[case::of_another_version(
    "\"version\":\"",
    "\"version\":\"9.",
    "a/run.json: its version of mynah is 9."
)]
#[case::of_another_profile(
    "\"profile\":\"documented\"",
    "\"profile\":\"parity\"",
    "its profile is parity, that of a/run.json is documented"
)]
#[case::of_the_other_role("\"kind\":\"server\"", "\"kind\":\"client\"", "its subject is client")]
#[case::of_no_subject(
    "\"kind\":\"server\"",
    "\"kind\":\"fixtures\"",
    "it judges stored sessions"
)]
#[case::in_another_form(
    "\"schema\":\"run/1\"",
    "\"schema\":\"run/0\"",
    "its form is \"run/0\""
)]
#[case::with_another_word(
    "\"id\":\"same\",\"verdict\":\"pass\"",
    "\"id\":\"same\",\"verdict\":\"great\"",
    "\"great\" is no verdict"
)]
#[case::cut_off("\"cases\":[", "\"cases\":", "this is no run.json")]
fn runs_that_cannot_be_compared_are_refused_by_name(
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] why: &str,
) {
    let text = run_json(&report(&judged(Verdict::Pass)));
    assert!(text.contains(right), "{text}");
    let first = Entry::parse("a/run.json", &text).unwrap();
    let second = Entry::parse("a/run.json", &text.replacen(right, wrong, 1));
    let refused = match second {
        Ok(second) => Matrix::new(vec![first, second], today()).unwrap_err(),
        Err(refused) => refused,
    };
    assert!(refused.to_string().contains(why), "{refused}");
    assert!(!refused.to_string().contains('\n'));
}

#[test]
fn the_page_escapes_links_and_loads_nothing() {
    let page = matrix_html(&three());
    assert_eq!(page.matches("<script").count(), 2, "our own");
    assert!(!page.contains("alert(1)</script>"));
    assert!(page.contains("runs/two/report.html#ABC-AAAA/odd"));
    assert!(page.contains("2.4.0, python"));
    assert!(page.contains("3 days"));
    for loading in ["url(", "@import", "fetch(", "http://", "https://", "src="] {
        assert!(!page.contains(loading), "{loading}");
    }
    let found = regex::Regex::new(r##" (?:id="|href="#)([^"]*)""##).unwrap();
    let ids = found.captures_iter(&page).map(|found| found[1].to_owned());
    assert!(ids.collect::<Vec<_>>().contains(&"ABC-AAAA/odd".to_owned()));
}
