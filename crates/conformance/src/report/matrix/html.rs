//! The matrix as a page that needs nothing else.

use maud::{Markup, html};

use super::super::clause_of;
use super::super::html::{Anchors, badge, page, sign, top};
use super::{Area, Disagreement, Entry, Matrix};
use crate::verdict::Verdict;

const SCRIPT: &str = include_str!("matrix.js");

/// The matrix as a page.
#[must_use]
pub fn matrix_html(matrix: &Matrix) -> String {
    let mut anchors = Anchors::default();
    for own in ["theme", "disagreements", "matrix"] {
        anchors.take(own);
    }
    let title = format!("mynah test matrix: {}s", matrix.kind);
    let disagreements = matrix.disagreements();
    let body = html! {
        a.skip href="#disagreements" { "Skip to the disagreements" }
        (top(&title))
        main {
            dl.facts {
                dt { "Profile" } dd { (matrix.profile) }
                dt { "Suite" } dd { "mynah " (matrix.suite.0) ", cases " code { (matrix.suite.1) } }
                dt { "Made on" } dd { time datetime=(matrix.today) { (matrix.today) } }
            }
            (table(matrix))
            p.expl {
                "Cells count checks: "
                @for verdict in Verdict::ALL { (badge(verdict)) " " }
                span { "· not asked" }
            }
            section #disagreements {
                h2 { "What subjects disagree about (" (disagreements.len()) ")" }
                @if matrix.subjects.len() < 2 {
                    p { "There is only one subject." }
                } @else if disagreements.is_empty() {
                    p { "Nothing." }
                } @else {
                    p.expl { "Either a subject is wrong here, or the case is. A subject that was not judged there does not count." }
                    @for one in &disagreements { (disagreement(matrix, one, &mut anchors)) }
                }
            }
        }
        footer { "Made by mynah " (env!("CARGO_PKG_VERSION")) " from the run.json of each subject." }
    };
    page(&title, &body, SCRIPT)
}

fn table(matrix: &Matrix) -> Markup {
    let mut endpoints: Vec<(&str, usize)> = Vec::new();
    for area in &matrix.areas {
        match endpoints.last_mut() {
            Some((name, count)) if *name == area.endpoint => *count += 1,
            _ => endpoints.push((&area.endpoint, 1)),
        }
    }
    html! {
        div.scroll #matrix tabindex="0" role="region" aria-label="Matrix" {
            table.matrix {
                thead {
                    tr {
                        th scope="col" rowspan="2" { "Subject" }
                        @for (endpoint, count) in &endpoints { th scope="colgroup" colspan=(count) { (endpoint) } }
                    }
                    tr { @for area in &matrix.areas { th scope="col" { (area.kind) } } }
                }
                tbody {
                    @for subject in &matrix.subjects {
                        tr {
                            th scope="row" { (name(matrix, subject)) }
                            @for area in &matrix.areas { td { (cell(matrix, subject, area)) } }
                        }
                    }
                }
            }
        }
    }
}

fn name(matrix: &Matrix, subject: &Entry) -> Markup {
    html! {
        @match &subject.report {
            Some(report) => { a href=(report) { (subject.name) } }
            None => { (subject.name) }
        }
        @if !subject.about.is_empty() { div.expl { (subject.about) } }
        div.expl {
            "seed " (subject.seed) ", "
            time datetime=(subject.date) title=(subject.date) { (age(subject.age(matrix.today))) }
        }
    }
}

fn age(days: u64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "1 day old".to_owned(),
        days => format!("{days} days old"),
    }
}

/// The counts of an area, and where its cases are.
fn cell(matrix: &Matrix, subject: &Entry, area: &Area) -> Markup {
    let counts = matrix.cell(subject, area);
    let in_words: Vec<String> = counts
        .iter()
        .map(|(verdict, count)| format!("{count} {verdict}"))
        .collect();
    let told = html! {
        @for (verdict, count) in &counts {
            span class={ "v v-" (verdict.name()) } { (sign(*verdict)) (count) }
        }
    };
    let label = format!("{}: {}", subject.name, in_words.join(", "));
    html! {
        @if counts.is_empty() {
            span.none title="not asked" { "·" }
        } @else if let Some(report) = &subject.report {
            a.cell href=(format!("{report}#?e={}", area.endpoint)) aria-label=(label) title=(in_words.join(", ")) { (told) }
        } @else {
            span.cell title=(in_words.join(", ")) { (told) }
        }
    }
}

fn disagreement(matrix: &Matrix, one: &Disagreement, anchors: &mut Anchors) -> Markup {
    let place = anchors.take(&format!("{}/{}", one.case, one.check));
    html! {
        article.case id=(place) {
            details {
                summary {
                    h3 { code { (one.case) "/" (one.check) } " " (one.slug) }
                    span.told {
                        @for (verdict, subjects) in grouped(matrix, one) {
                            (badge(verdict)) " " (subjects.len()) " "
                        }
                        " · " (one.endpoint)
                    }
                }
                div.body {
                    @for id in &one.clauses {
                        div.clause {
                            @match clause_of(&one.endpoint, id) {
                                Some(clause) => {
                                    code { (clause.id) } " " span.level { (clause.level) } " " (clause.text)
                                    div.expl { (clause.source.page) ", read " (clause.source.read) }
                                }
                                None => { code { (id) } }
                            }
                        }
                    }
                    table {
                        thead { tr { th scope="col" { "Subject" } th scope="col" { "Verdict" } th scope="col" { "Reason" } } }
                        tbody {
                            @for (subject, verdict) in matrix.subjects.iter().zip(&one.verdicts) {
                                @if let Some((verdict, reason)) = verdict {
                                    tr {
                                        td {
                                            @match &subject.report {
                                                Some(report) => {
                                                    a href=(format!("{report}#{}/{}", one.case, one.check)) { (subject.name) }
                                                }
                                                None => { (subject.name) }
                                            }
                                        }
                                        td { (badge(*verdict)) }
                                        td { code { (reason) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Who got which verdict.
fn grouped<'m>(matrix: &'m Matrix, one: &Disagreement) -> Vec<(Verdict, Vec<&'m str>)> {
    let groups = Verdict::ALL.map(|wanted| {
        let pairs = matrix.subjects.iter().zip(&one.verdicts);
        let same = pairs.filter(|(_, told)| told.as_ref().is_some_and(|(v, _)| *v == wanted));
        (
            wanted,
            same.map(|(subject, _)| subject.name.as_str())
                .collect::<Vec<_>>(),
        )
    });
    groups
        .into_iter()
        .filter(|(_, subjects)| !subjects.is_empty())
        .collect()
}
