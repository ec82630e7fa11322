//! One case of the page.

use std::time::Duration;

use maud::{Markup, html};

use super::super::view::layers::Detail;
use super::super::view::sound;
use super::super::view::timeline::{self, ending};
use super::super::view::tree::shortened;
use super::super::view::{Said, said};
use super::super::{Report, clause_of};
use super::drawing;
use super::evidence::{Shown, evidence, in_short};
use super::page::{Anchors, badge};
use crate::run::CaseResult;
use crate::verdict::{CheckResult, Verdict};

/// The ids of a case and its checks.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) case: String,
    pub(super) checks: Vec<String>,
}

impl Places {
    pub(super) fn of(case: &CaseResult, anchors: &mut Anchors) -> Self {
        let own = anchors.take(&case.id);
        let checks = case.checks.iter();
        let checks = checks.map(|check| anchors.take(&format!("{own}/{}", check.id)));
        Self {
            checks: checks.collect(),
            case: own,
        }
    }

    /// Where a check of the case is, by its id.
    pub(super) fn check(&self, case: &CaseResult, id: &str) -> Option<&str> {
        let place = case.checks.iter().position(|check| check.id == id)?;
        self.checks.get(place).map(String::as_str)
    }
}

/// The room for cases of either kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rooms {
    pub(super) differing: Room,
    pub(super) passed: Room,
}

/// The room for some cases: what one does not need is the others'.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    bytes: usize,
    cases: usize,
}

/// No case may take more.
const MOST: usize = 200_000;

impl Room {
    pub(super) const fn of(bytes: usize, cases: usize) -> Self {
        Self { bytes, cases }
    }

    /// How much all of them take at most.
    pub(super) fn at_most(self) -> usize {
        self.bytes.min(self.cases.saturating_mul(MOST))
    }

    /// How much the next case may take.
    fn share(self) -> usize {
        (self.bytes / self.cases.max(1)).min(MOST)
    }

    /// It has taken so much.
    const fn take(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.cases = self.cases.saturating_sub(1);
    }
}

/// Whether a case that differs has a session to be shown; one without takes next to nothing.
pub(super) fn is_rich(case: &&CaseResult) -> bool {
    case.verdict != Verdict::Pass && !case.trace.connections.is_empty()
}

/// How much of a case is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    /// Messages layer by layer.
    Whole(Detail),
    /// The timeline, but no messages.
    Picture,
    /// Checks and clauses.
    Words,
    /// The same in a few words.
    Bare,
}

/// A case, as much of it as fits.
pub(super) fn case(
    report: &Report<'_>,
    case: &CaseResult,
    places: &Places,
    rooms: &mut Rooms,
) -> Markup {
    let endpoint = wire::registry::endpoints().find(|known| known.name == case.endpoint);
    let said = said(&case.trace, endpoint);
    let page = Page {
        report,
        case,
        places,
        said: &said,
    };
    let is_passed = case.verdict == Verdict::Pass;
    let (sizes, room): (&[Size], _) = match is_passed {
        true => (&[Size::Picture, Size::Words], &mut rooms.passed),
        false => (
            &[
                Size::Whole(Detail::Much),
                Size::Whole(Detail::Little),
                Size::Picture,
                Size::Words,
                Size::Bare,
            ],
            &mut rooms.differing,
        ),
    };
    let rendered = sizes.iter().map(|size| page.render(*size));
    let mut fitting = rendered.skip_while(|markup| markup.0.len() > room.share());
    let markup = match fitting.next() {
        Some(markup) => markup,
        None => page.render(Size::Bare),
    };
    if is_passed || is_rich(&case) {
        room.take(markup.0.len());
    }
    markup
}

/// What a case's markup is made of.
struct Page<'p> {
    report: &'p Report<'p>,
    case: &'p CaseResult,
    places: &'p Places,
    said: &'p [Said],
}

impl Page<'_> {
    fn render(&self, size: Size) -> Markup {
        let case = self.case;
        html! {
            article.case id=(self.places.case) data-v=(case.verdict.name()) data-e=(case.endpoint) {
                details {
                    summary data-s {
                        h3 {
                            (badge(case.verdict)) " " code { (case.id) } " "
                            @if case.slug != case.id { (case.slug) }
                            @if !case.is_scored { " (draft, not scored)" }
                        }
                        @if case.verdict != Verdict::Pass {
                            span.told { b { (case.reason) } ": " (shortened(&case.detail, 220)) }
                        }
                    }
                    div.body { (self.body(size)) }
                }
            }
        }
    }

    fn body(&self, size: Size) -> Markup {
        let case = self.case;
        let file = self.report.case(case);
        let rerun = self.report.command.map(|command| command.of_case(&case.id));
        html! {
            @if let Some(file) = file { p { (file.why) } }
            dl.facts {
                dt { "Link" } dd { a href={ "#" (self.places.case) } { "#" (self.places.case) } }
                dt { "Endpoint" } dd { (case.endpoint) }
                @if let Some(file) = file { dt { "Kind" } dd { (file.kind.name()) } }
                dt { "Ending" } dd { (ending(&case.ending)) }
                dt { "Took" } dd { (ms(case.took)) }
                @if let Some(file) = file {
                    @if !file.kills.is_empty() { dt { "Finds mutants" } dd { (file.kills.join(", ")) } }
                }
                @if let Some(rerun) = rerun { dt { "Again" } dd { code { (rerun) } } }
                @if self.report.has_repro(case) {
                    dt { "Without mynah" }
                    @let readme = format!("repro/{}/README.md", super::super::repro::folder_of(case));
                    dd { a href=(readme) { (readme) } }
                }
            }
            (self.checks(size))
            @if matches!(size, Size::Words | Size::Bare) {
                @if !self.said.is_empty() {
                    p.muted {
                        "Its session (" (self.said.len()) " messages and frames) is left out to keep this page small; \
                         the case by itself (--case) shows it"
                        @if case.verdict != Verdict::Pass { ", and run.json has it" } "."
                    }
                }
            } @else {
                (self.session())
            }
            @if let Size::Whole(detail) = size { (self.messages(detail)) }
            @if size == Size::Picture && case.verdict != Verdict::Pass {
                p.muted { "Its messages are left out to keep this page small; run.json has them." }
            }
            (self.clauses())
            @if !case.trace.stderr.is_empty() && case.verdict != Verdict::Pass {
                h4 { "Standard error of the program" }
                pre { (end_of(&case.trace.stderr, match size { Size::Bare => 120, Size::Words => 500, Size::Picture | Size::Whole(_) => 4000 })) }
            }
        }
    }

    /// Checks that passed in a line each, the others with what they looked at.
    fn checks(&self, size: Size) -> Markup {
        let case = self.case;
        let mut shown = Shown::default();
        let checks = || case.checks.iter().zip(&self.places.checks);
        let is_passed = |check: &CheckResult| check.verdict == Verdict::Pass;
        html! {
            h4 { "Checks" }
            @for (check, place) in checks().filter(|(check, _)| !is_passed(check)) {
                (self.check(check, place, size, &mut shown))
            }
            @if case.checks.iter().any(is_passed) {
                ul.passed {
                    @for (check, place) in checks().filter(|(check, _)| is_passed(check)) {
                        li id=(place) data-s {
                            (badge(check.verdict)) " " (check.id)
                            span.muted { " " (check.clauses.join(" ")) }
                        }
                    }
                }
            }
        }
    }

    fn check(&self, check: &CheckResult, place: &str, size: Size, shown: &mut Shown) -> Markup {
        let is_bad = matches!(check.verdict, Verdict::Fail | Verdict::HarnessError);
        let told = match size {
            Size::Bare => 60,
            Size::Words => 300,
            Size::Picture | Size::Whole(_) => 1500,
        };
        html! {
            section.check.bad[is_bad] id=(place) data-s {
                h5 {
                    (badge(check.verdict)) " " (check.id) " "
                    code { (check.reason) } " "
                    a.self href={ "#" (place) } aria-label={ "Link to check " (check.id) } { "#" }
                }
                p { (shortened(&check.detail, told)) }
                @if let Some(line) = self.report.line(self.case, check) {
                    p.muted { "Expected by line " (line) " of the expectation file." }
                }
                p.expl {
                    "Clauses " (check.clauses.join(", "))
                    @if check.evidence.step > 0 { " · step " (check.evidence.step) " of the script" }
                    @if check.evidence.at > Duration::ZERO { " · known after " (ms(check.evidence.at)) }
                }
            }
            @match size {
                Size::Whole(detail) => (evidence(self.said, check, place, detail, shown)),
                Size::Picture | Size::Words => (in_short(check)),
                Size::Bare => {}
            }
        }
    }

    fn clauses(&self) -> Markup {
        let case = self.case;
        let mut ids: Vec<&str> = case.clauses.iter().map(String::as_str).collect();
        for check in &case.checks {
            for id in &check.clauses {
                if !ids.contains(&id.as_str()) {
                    ids.push(id);
                }
            }
        }
        html! {
            h4 { "Clauses" }
            @for id in ids {
                div.clause {
                    @match clause_of(&case.endpoint, id) {
                        Some(clause) => {
                            code { (clause.id) } " " span.level { (clause.level) } " " (clause.text)
                            div.expl { (clause.source.page) ", read " (clause.source.read) }
                            @if let Some(gap) = clause.gap { div.expl { "The mock does not hold to it: " (gap) } }
                        }
                        None => { code { (id) } }
                    }
                }
            }
        }
    }

    fn session(&self) -> Markup {
        let most = match self.case.verdict {
            Verdict::Pass => 14,
            _ => 40,
        };
        let rows = timeline::rows(self.case, self.said, most);
        let file = self.report.case(self.case);
        let heard = sound::heard(self.said, file);
        let is_cut = self.case.trace.connections.iter().any(|c| c.is_cut);
        html! {
            @if !rows.is_empty() {
                h4 { "Session" }
                div.figures {
                    (drawing::timeline(&rows, self.report.run.kind, |id| {
                        self.places.check(self.case, id).map(ToOwned::to_owned)
                    }))
                    @for audio in heard.iter().take(3) { (drawing::audio(audio)) }
                }
                @if heard.len() > 3 { p.muted { (heard.len() - 3) " more streams of audio are not drawn." } }
                @if is_cut { p.muted { "There was more on the wire than is kept of it." } }
            }
        }
    }

    /// Every message in a line.
    fn messages(&self, detail: Detail) -> Markup {
        let most = match detail {
            Detail::Little => 20,
            Detail::Much => 100,
        };
        html! {
            @if !self.said.is_empty() {
                details.msg {
                    summary { "All " (self.said.len()) " messages and frames" }
                    div.scroll tabindex="0" role="region" aria-label="Messages" {
                        table.stack {
                            thead {
                                tr {
                                    th.n scope="col" { "ms" } th scope="col" { "From" } th scope="col" { "Kind" }
                                    th.n scope="col" { "Bytes" } th scope="col" { "Says" }
                                }
                            }
                            tbody {
                                @for one in self.said.iter().take(most) {
                                    tr {
                                        td.n data-label="ms" { (one.at.as_millis()) }
                                        td data-label="from" { (one.side.name()) }
                                        td data-label="kind" { (one.kind()) }
                                        td.n data-label="bytes" { (one.bytes().len()) }
                                        td.mono { (shortened(&one.line(), 140)) }
                                    }
                                }
                            }
                        }
                    }
                    @if self.said.len() > most { p.muted { (self.said.len() - most) " more are not shown." } }
                }
            }
        }
    }
}

/// A time in words: milliseconds, or seconds if there are many.
pub(super) fn ms(time: Duration) -> String {
    match time.as_millis() {
        0 if time.is_zero() => "0 ms".to_owned(),
        0 => format!("{} µs", time.as_micros()),
        ms @ 1..10_000 => format!("{ms} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// The end of a text, of at most so many characters; says how many came before.
fn end_of(text: &str, most: usize) -> String {
    match text.chars().count().checked_sub(most) {
        Some(more @ 1..) => {
            let end: String = text.chars().skip(more).collect();
            format!("({more} characters before) …{end}")
        }
        _ => text.to_owned(),
    }
}
