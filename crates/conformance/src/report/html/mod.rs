//! `report.html`: everything about a run on one page that needs nothing else.
//!
//! ```text
//!   Report ─▶ summary · filters · cases, what is new first ─▶ one file
//!                                  └─ case: checks ─▶ evidence ─▶ layers of the message
//!                                           clauses · timeline and audio (SVG) · messages · stderr
//! ```
//!
//! Every text of a subject goes through maud's escaping. A page stays small: each case has its
//! share of the room, and what does not fit is left out and says so.

mod case;
mod drawing;
mod evidence;
mod page;

use maud::{Markup, html};

use super::{Report, Standing};
use crate::run::CaseResult;
use crate::verdict::Verdict;

use case::{Places, Room, Rooms};
pub(super) use page::{Anchors, badge, page, sign, top};

const SCRIPT: &str = include_str!("report.js");

/// So many bytes all cases may take together.
const ROOM: usize = 2_700_000;

/// So many of them are for cases that passed, and more if few differ.
const PASSED_ROOM: usize = 600_000;

/// The run as a page.
#[must_use]
pub fn report_html(report: &Report<'_>) -> String {
    let run = report.run;
    let mut anchors = Anchors::default();
    for own in ["theme", "filters", "cases", "summary"] {
        anchors.take(own);
    }
    let title = format!("mynah test {}", run.kind);
    let body = html! {
        a.skip href="#cases" { "Skip to the cases" }
        (top(&title))
        main {
            (summary(report))
            (filters(report))
            (cases(report, &mut anchors))
        }
        footer {
            "Made by mynah " (env!("CARGO_PKG_VERSION")) ". Press / to search. A case is at #ID, a check at \
             #ID/CHECK; filters stand behind a question mark: #?v=fail,lenient."
        }
    };
    let title = format!("{title} {}", run.subject);
    page(&title, &body, SCRIPT)
}

fn summary(report: &Report<'_>) -> Markup {
    let run = report.run;
    let is_good = report.is_as_expected();
    let (verdict, words) = match is_good {
        true => (Verdict::Pass, "as expected"),
        false => (Verdict::Fail, "not as expected"),
    };
    let passed = run.count(Verdict::Pass);
    let all: usize = Verdict::ALL.iter().map(|verdict| run.count(*verdict)).sum();
    let took: f64 = run.cases.iter().map(|case| case.took.as_secs_f64()).sum();
    html! {
        section #summary aria-label="Summary" {
            p.verdict {
                span class={ "v v-" (verdict.name()) } { i aria-hidden="true" { (sign(verdict)) } " " (words) }
                " · " (passed) " of " (all) " checks pass"
            }
            @if !report.is_complete() {
                p.warn { "Not all cases were judged: this says little about the subject." }
            }
            @for probe in run.probes.iter().filter(|probe| !probe.passed) {
                p.warn { "Probe " (probe.id) " failed: the program " (probe.detail) }
            }
            @if let Some(outcome) = report.outcome {
                @let wrong: Vec<_> = outcome.problems.iter().filter(|problem| !problem.is_new()).collect();
                @if !wrong.is_empty() {
                    div.warn {
                        p { "Lines of " code { (outcome.file) } " that are wrong:" }
                        ul.plain { @for problem in wrong { li { (problem) } } }
                    }
                }
                @if !outcome.notes.is_empty() {
                    ul.plain { @for note in &outcome.notes { li { (note) } } }
                }
            }
            dl.facts {
                dt { "Subject" } dd { code { (run.subject) } }
                @if let Some(about) = &run.about {
                    dt { "Client" }
                    dd {
                        (about.name)
                        @if let Some(version) = &about.version { " " (version) }
                        @if let Some(language) = &about.language { ", " (language) }
                    }
                }
                dt { "Profile" } dd { (run.profile.name()) }
                dt { "Seed" } dd { (run.seed) }
                dt { "Date" } dd { time datetime=(report.date) { (report.date) } }
                dt { "Cases" } dd { (run.cases.len()) ", " (format!("{took:.1}")) " s of work" }
            }
            (totals(report))
        }
    }
}

fn totals(report: &Report<'_>) -> Markup {
    let seen = |verdict: &&Verdict| {
        let mut checks = report.run.cases.iter().flat_map(|case| &case.checks);
        checks.any(|check| check.verdict == **verdict)
    };
    let verdicts: Vec<Verdict> = Verdict::ALL.iter().filter(seen).copied().collect();
    let count = |endpoint: &str, verdict| {
        let cases = report.run.cases.iter();
        let cases = cases.filter(|case| case.endpoint == endpoint && case.is_scored);
        let checks = cases.flat_map(|case| &case.checks);
        checks.filter(|check| check.verdict == verdict).count()
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label="Checks by endpoint" {
            table {
                thead {
                    tr {
                        th scope="col" { "Checks of" }
                        @for verdict in &verdicts { th.n scope="col" { (badge(*verdict)) } }
                    }
                }
                tbody {
                    @for endpoint in report.endpoints() {
                        tr {
                            th scope="row" { (endpoint) }
                            @for verdict in &verdicts {
                                td.n { @match count(endpoint, *verdict) { 0 => "", count => (count) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The search and the filters, which scripts show and apply.
fn filters(report: &Report<'_>) -> Markup {
    let count = |verdict: Verdict| {
        let cases = report.run.cases.iter();
        cases.filter(|case| case.verdict == verdict).count()
    };
    html! {
        form #filters hidden role="search" {
            div.row {
                input type="search" aria-label="Search ids, slugs, clauses and reasons"
                    placeholder="Search ids, slugs, clauses, reasons" autocomplete="off" spellcheck="false";
                select aria-label="Endpoint" {
                    option value="" { "all endpoints" }
                    @for endpoint in report.endpoints() { option value=(endpoint) { (endpoint) } }
                }
                button type="reset" { "Clear" }
                span.muted role="status" { }
            }
            fieldset {
                legend { "Verdicts" }
                @for verdict in Verdict::ALL {
                    @let count = count(verdict);
                    @if count > 0 {
                        label { input type="checkbox" value=(verdict.name()); " " (badge(verdict)) " " (count) }
                    }
                }
            }
        }
    }
}

/// What a case means: the worst that any of its checks means.
fn standing(report: &Report<'_>, case: &CaseResult) -> Standing {
    let checks = case.checks.iter();
    let standings = checks.map(|check| report.standing(case, check));
    standings.min().unwrap_or(Standing::Open)
}

/// The cases that mean this, failures before what cannot be said.
fn chosen<'r>(report: &Report<'r>, wanted: Standing) -> Vec<&'r CaseResult> {
    let cases = report.run.cases.iter();
    let mut chosen: Vec<&CaseResult> = cases
        .filter(|case| standing(report, case) == wanted)
        .collect();
    chosen.sort_by_key(|case| case.verdict == Verdict::Inconclusive);
    chosen
}

fn cases(report: &Report<'_>, anchors: &mut Anchors) -> Markup {
    let groups = [
        (Standing::New, "New differences"),
        (Standing::Known, "Known differences"),
        (Standing::Open, "Not judged"),
        (Standing::Good, "As expected"),
    ];
    let count = |is: fn(&&CaseResult) -> bool| report.run.cases.iter().filter(is).count();
    let (rich, passed) = (
        count(case::is_rich),
        count(|case| case.verdict == Verdict::Pass),
    );
    let differing = Room::of(ROOM - PASSED_ROOM, rich);
    let mut rooms = Rooms {
        differing,
        passed: Room::of(ROOM - differing.at_most(), passed),
    };
    html! {
        div #cases {
            @for (wanted, title) in groups {
                @let chosen = chosen(report, wanted);
                @if !chosen.is_empty() {
                    section.group {
                        h2 { (title) " (" (chosen.len()) ")" }
                        @for case in chosen {
                            (case::case(report, case, &Places::of(case, anchors), &mut rooms))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
