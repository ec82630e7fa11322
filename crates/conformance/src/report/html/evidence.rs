//! What a check looked at: what was expected beside what was found, and the message's layers.

use maud::{Markup, html};

use super::super::view::Said;
use super::super::view::layers::{Bits, Detail, HexRow, Layer, Row, Titled, layers};
use super::super::view::tree::{Line, Mark, Tree, shortened};
use crate::run::trace::{Comparison, MessageRef};
use crate::verdict::CheckResult;

/// The messages that a case has shown already, and at which check.
#[derive(Debug, Default)]
pub(super) struct Shown {
    messages: Vec<(MessageRef, String)>,
}

/// So many comparisons that hold are shown beside those that do not.
const HOLDING: usize = 8;

/// So many comparisons are shown.
const COMPARED: usize = 40;

/// What was compared, without the message.
pub(super) fn in_short(check: &CheckResult) -> Markup {
    let wrong = check.evidence.compared.iter().filter(|c| !c.holds);
    let wrong: Vec<&Comparison> = wrong.take(5).collect();
    compared(&wrong, check.evidence.compared.len())
}

/// All of it.
pub(super) fn evidence(
    said: &[Said],
    check: &CheckResult,
    place: &str,
    detail: Detail,
    shown: &mut Shown,
) -> Markup {
    let all = &check.evidence.compared;
    let wrong = all.iter().filter(|c| !c.holds);
    let right = all.iter().filter(|c| c.holds).take(HOLDING);
    let chosen: Vec<&Comparison> = wrong.chain(right).take(COMPARED).collect();
    html! {
        (compared(&chosen, all.len()))
        @if let Some(message) = check.evidence.message {
            @if let Some(one) = said.iter().find(|one| one.is(message)) {
                @match shown.messages.iter().find(|(other, _)| *other == message) {
                    // Once is enough, unless something else is wrong with it.
                    Some((_, first)) if all.iter().all(|c| c.holds) => {
                        p.expl { "The message is shown " a href={ "#" (first) } { "above" } "." }
                    }
                    _ => (whole(one, message, all, detail)),
                }
            }
        }
        @if let Some(message) = check.evidence.message { (remember(shown, message, place)) }
    }
}

fn remember(shown: &mut Shown, message: MessageRef, place: &str) -> &'static str {
    shown.messages.push((message, place.to_owned()));
    ""
}

fn compared(chosen: &[&Comparison], all: usize) -> Markup {
    html! {
        @if !chosen.is_empty() {
            table.compared.stack {
                thead {
                    tr {
                        th scope="col" { "Where" } th scope="col" { "Expected" } th scope="col" { "Found" }
                        th scope="col" { span.hidden-text { "Holds" } }
                    }
                }
                tbody {
                    @for one in chosen {
                        tr.marked.holds[one.holds] {
                            td { (one.path) }
                            td.want data-label="expected" { (shortened(&one.expected, 300)) }
                            td.(if one.holds { "want" } else { "found" }) data-label="found" { (shortened(&one.found, 300)) }
                            td { (holds(one.holds)) }
                        }
                    }
                }
            }
            @if chosen.len() < all { p.muted { (all - chosen.len()) " more comparisons are not shown." } }
        }
    }
}

fn holds(holds: bool) -> Markup {
    html! {
        @if holds { span.v.v-pass { "= same" } } @else { span.v.v-fail { "≠ differs" } }
    }
}

fn whole(one: &Said, message: MessageRef, compared: &[Comparison], detail: Detail) -> Markup {
    let side = message.side.name();
    let title = match message.index {
        0 => format!("The {side}'s {}", one.kind()),
        index => format!("Message {index} of the {side}: {}", one.kind()),
    };
    let layers = layers(one, compared, detail);
    html! {
        div.layers {
            details open[detail == Detail::Much] {
                summary {
                    (title) ", " (one.bytes().len()) " bytes, after " (super::case::ms(one.at))
                    @if message.connection > 1 { ", on connection " (message.connection) }
                }
                @for layer in &layers { (titled(layer)) }
            }
        }
    }
}

fn titled(titled: &Titled) -> Markup {
    html! {
        div.layer {
            h5 { (titled.title) }
            @match &titled.layer {
                Layer::Head(bits) => (head(bits)),
                Layer::Lines(lines) => (text_lines(lines)),
                Layer::Fields { rows, hidden } => (fields(rows, *hidden)),
                Layer::Hex { rows, hidden } => (hex(rows, *hidden)),
                Layer::Text(text) => { pre { (text) } }
                Layer::Value(value) => (tree(value)),
                Layer::Note(text) => { p { (text) } }
            }
        }
    }
}

fn head(bits: &[Bits]) -> Markup {
    html! {
        ul.bits {
            @for bit in bits {
                li { b { (bit.raw) } (bit.name) @if !bit.value.is_empty() { ": " (bit.value) } small { (bit.place) } }
            }
        }
    }
}

fn expected(mark: &Mark) -> Markup {
    html! {
        @if mark.holds { span.want { " = expected" } } @else { span.want { " ← expected " (shortened(&mark.expected, 300)) } }
    }
}

fn sign(mark: Option<&Mark>) -> &'static str {
    match mark {
        None => "",
        Some(mark) if mark.holds => "=",
        Some(_) => "≠",
    }
}

fn holding(mark: Option<&Mark>) -> bool {
    mark.is_some_and(|mark| mark.holds)
}

fn text_lines(lines: &[(String, Option<Mark>)]) -> Markup {
    html! {
        div.tree {
            @for (line, mark) in lines {
                div.line.marked[mark.is_some()].holds[holding(mark.as_ref())] {
                    span.m { (sign(mark.as_ref())) }
                    (line)
                    @if let Some(mark) = mark { (expected(mark)) }
                }
            }
        }
    }
}

fn fields(rows: &[Row], hidden: usize) -> Markup {
    html! {
        table.stack {
            thead {
                tr {
                    th.n scope="col" { "Byte" } th scope="col" { "Raw" }
                    th scope="col" { "Field" } th scope="col" { "Value" }
                }
            }
            tbody {
                @for row in rows {
                    tr.marked[row.mark.is_some()].holds[holding(row.mark.as_ref())] {
                        td.n data-label="byte" { (row.offset) @if row.length > 1 { "–" (row.offset + row.length - 1) } }
                        td.mono data-label="raw" { (row.raw) }
                        td { (sign(row.mark.as_ref())) " " (row.name) }
                        td.mono {
                            (row.value)
                            @if let Some(mark) = &row.mark { (expected(mark)) }
                        }
                    }
                }
            }
        }
        @if hidden > 0 { p.muted { (hidden) " more fields are not shown." } }
    }
}

fn hex(rows: &[HexRow], hidden: usize) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Bytes" {
            table.hex {
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (format!("{:>6}", row.offset)) }
                            td {
                                @for (at, byte) in row.bytes.iter().enumerate() {
                                    @if row.marked == Some(at) { mark { (format!("{byte:02x}")) } } @else { (format!("{byte:02x}")) }
                                    " "
                                }
                            }
                            td.muted { (ascii(&row.bytes)) }
                        }
                    }
                }
            }
        }
        @if hidden > 0 { p.muted { (hidden) " more bytes are not shown." } }
    }
}

fn ascii(bytes: &[u8]) -> String {
    let shown = bytes.iter().map(|byte| match byte {
        0x20..=0x7e => char::from(*byte),
        _ => '·',
    });
    shown.collect()
}

fn tree(tree: &Tree) -> Markup {
    html! {
        div.tree {
            @for line in &tree.lines { (tree_line(line)) }
        }
        @if tree.hidden > 0 { p.muted { (tree.hidden) " more lines are not shown." } }
    }
}

fn tree_line(line: &Line) -> Markup {
    let mark = line.mark.as_ref();
    let is_wrong = mark.is_some_and(|mark| !mark.holds);
    html! {
        div.line.marked[mark.is_some()].holds[holding(mark)] style=[(line.depth > 0).then(|| format!("--d:{}", line.depth))] {
            @if mark.is_some() { span.m { (sign(mark)) } }
            @if let Some(key) = &line.key { span.key { (key) } ": " }
            @if is_wrong { span.found { (line.text) } } @else { (line.text) }
            @if let Some(mark) = mark { (expected(mark)) }
        }
    }
}
