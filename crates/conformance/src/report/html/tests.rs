use std::collections::BTreeSet;

use regex::Regex;
use wire::ws::Opcode;

use super::super::example::{MARKUP, case, check, connection, fault, report, run};
use super::*;
use crate::run::RunResult;

fn nasty() -> RunResult {
    let text = format!("{{\"a\":\"{}\"}}", MARKUP.replace('"', "\\\""));
    let mut session = connection(&[
        (Opcode::Text, text.as_bytes()),
        (Opcode::Text, MARKUP.as_bytes()),
        (Opcode::Ping, MARKUP.as_bytes()),
    ]);
    session.faults.push(fault());
    let checks = || {
        vec![
            check("fine", Verdict::Pass, ""),
            check(MARKUP, Verdict::Fail, MARKUP),
            check("again", Verdict::Lenient, MARKUP),
            check("again", Verdict::Inconclusive, MARKUP),
        ]
    };
    let mut run = run(vec![
        case("ABC-AAAA", checks(), session.clone()),
        case(
            "ABC-AAAA",
            vec![check("fine", Verdict::Pass, "")],
            session.clone(),
        ),
        case(MARKUP, checks(), session),
    ]);
    MARKUP.clone_into(&mut run.cases[2].endpoint);
    run
}

fn page_of(run: &RunResult) -> String {
    report_html(&report(run))
}

fn captures(pattern: &str, page: &str) -> Vec<String> {
    let found = Regex::new(pattern).unwrap();
    found
        .captures_iter(page)
        .map(|found| found[1].to_owned())
        .collect()
}

#[test]
fn nothing_that_a_subject_says_becomes_markup() {
    let page = page_of(&nasty());
    assert_eq!(page.matches("<script").count(), 2, "our own");
    assert_eq!(page.matches("</script").count(), 2, "our own");
    assert!(!page.contains("alert(1)</script>"));
    assert!(!page.contains("<b a="));
    assert!(!page.contains("<i>7"), "a header of the answer");
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;";
    for place in [
        "Standard error of the program",
        "on purpose: fault",
        "Subject",
    ] {
        let at = page.find(place).unwrap_or_else(|| panic!("{place}"));
        let near: String = page[at..].chars().take(600).collect();
        assert!(near.contains(escaped), "{near}");
    }
}

#[test]
fn a_page_loads_nothing() {
    let page = page_of(&nasty());
    for attribute in captures(r#"(?:src|href|action|poster|data)="([^"]*)""#, &page) {
        let is_own =
            attribute.starts_with('#') || attribute == "data:," || attribute.starts_with("repro/");
        assert!(is_own, "{attribute}");
    }
    assert!(page.contains("default-src 'none'"));
    for loading in [
        "url(",
        "@import",
        "fetch(",
        "XMLHttpRequest",
        "http://",
        "https://",
    ] {
        assert!(!page.contains(loading), "{loading}");
    }
}

#[test]
fn every_place_has_a_name_of_its_own_and_every_link_leads_to_one() {
    let page = page_of(&nasty());
    let ids = captures(r#" id="([^"]*)""#, &page);
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:?}");
    let links = captures(r##"href="#([^"]*)""##, &page);
    assert!(links.len() > 10, "{links:?}");
    for link in links {
        assert!(unique.contains(&link), "#{link} is nowhere in {ids:?}");
    }
    for known in ["ABC-AAAA", "ABC-AAAA/fine", "ABC-AAAA/again"] {
        assert!(unique.contains(&known.to_owned()), "{known} in {ids:?}");
    }
}

#[test]
fn a_page_of_three_hundred_failures_stays_small_and_says_what_it_leaves_out() {
    let long = "a long text ".repeat(250);
    let session = connection(&[
        (Opcode::Text, format!("{{\"a\":\"{long}\"}}").as_bytes()),
        (Opcode::Binary, &[7; 6000]),
    ]);
    let checks: Vec<_> = (0..12)
        .map(|n| check(&format!("check-{n}"), Verdict::Fail, &long))
        .collect();
    let cases = (0..300).map(|n| case(&format!("ABC-{n:04}"), checks.clone(), session.clone()));
    let page = page_of(&run(cases.collect()));
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(page.matches("<article").count() == 300);
    assert!(page.contains("left out to keep this page small"));
    assert!(page.contains("more characters)"));
}

#[test]
fn what_one_case_does_not_need_is_anothers() {
    let long = "x".repeat(100_000);
    let big = connection(&[(Opcode::Text, format!("{{\"a\":\"{long}\"}}").as_bytes())]);
    let checks = vec![check("a", Verdict::Fail, "1")];
    let page = page_of(&run(vec![case("ABC-AAAA", checks, big)]));
    assert!(page.contains("WebSocket text frame"));
    assert!(!page.contains("to keep this page small"));
}

/// The relative luminance of `#rrggbb`, as WCAG 2 defines it.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        match value <= 0.04045 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

#[test]
fn letters_stand_out_from_what_is_behind_them_in_light_and_dark() {
    let style = include_str!("page.css");
    let found = Regex::new(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\)").unwrap();
    let colours: Vec<(String, [String; 2])> = found
        .captures_iter(style)
        .map(|found| {
            (
                found[1].to_owned(),
                [found[2].to_owned(), found[3].to_owned()],
            )
        })
        .collect();
    let of = |name: &str| &colours.iter().find(|(known, _)| known == name).unwrap().1;
    let letters = [
        "text",
        "muted",
        "link",
        "pass",
        "fail",
        "lenient",
        "inconclusive",
        "other",
    ];
    for name in letters {
        for behind in ["bg", "panel"] {
            for theme in 0..2 {
                let (a, b) = (luminance(&of(name)[theme]), luminance(&of(behind)[theme]));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(
                    contrast >= 4.5,
                    "{name} on {behind}, theme {theme}: {contrast:.2}"
                );
            }
        }
    }
}
