//! The text of a request: markup in, things to speak and tokens to announce out.
//!
//! ```text
//!   I work at <sub alias="International Business Machines">IBM</sub>.
//!   │ │    │  └────────────── one token, `IBM.` ───────────────────┘     announced
//!   │ │    │   International · Business · Machines.                      spoken
//! ```
//!
//! What is announced and what is spoken differ, so a [`Token`] names the run of spoken
//! words that it covers. Text is always read as XML, inside an element of our own, so that
//! fragments and documents are one case. Nothing here recurses: the depth of the markup
//! costs memory in proportion to its length and no stack.

mod elements;
mod tokens;
mod values;

use std::ops::Range;

use roxmltree::{Document, Node, TextPos};

use crate::finding::Finding;
use crate::knob::Knobs;
use crate::speech::Unit;

use super::clauses::ssml as clauses;
use super::error::{Failure, Refused};
use super::voices::Voice;
use tokens::Writer;
use values::Break;

/// What a text comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// What is spoken.
    pub units: Vec<Unit>,
    /// What is announced as words, in order.
    pub tokens: Vec<Token>,
    /// The names of the marks, in order.
    pub marks: Vec<String>,
    /// Oddities that do no harm.
    pub findings: Vec<Finding>,
}

/// A piece of the input as it was written, and the spoken words that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As it is announced.
    pub text: String,
    /// Which words of [`Script::units`], counted from 0; never empty.
    pub words: Range<usize>,
}

/// Reads a text for a voice.
///
/// # Errors
/// If it is not well formed, or an element has an attribute that it cannot have.
pub fn read(text: &str, voice: &Voice, knobs: &Knobs) -> Result<Script, Refused> {
    let body = without_declaration(text);
    let wrapped = format!("{OPEN}{body}{CLOSE}");
    let skipped = text.len() - body.len();
    let document = Document::parse(&wrapped)
        .map_err(|error| ill_formed(&wrapped, skipped, error.pos(), &error.to_string()))?;
    let mut findings = Vec::new();
    for node in document.root_element().descendants().skip(1) {
        if node.is_element() {
            let place = (node.range().start + skipped).saturating_sub(OPEN.len());
            elements::check(node, place, voice, knobs, &mut findings)?;
        }
    }
    let mut writer = Writer::default();
    walk(document.root_element(), voice, &mut writer);
    let mut script = writer.finish();
    findings.append(&mut script.findings);
    findings.extend(repeated_marks(&script.marks));
    script.findings = findings;
    Ok(script)
}

/// The text without a byte order mark, leading white space and an XML declaration.
fn without_declaration(text: &str) -> &str {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let declaration = start
        .strip_prefix("<?xml")
        .filter(|rest| rest.starts_with(char::is_whitespace))
        .and_then(|rest| rest.split_once("?>"));
    match declaration {
        Some((_, rest)) => rest,
        None => start,
    }
}

/// The refusal of ill-formed markup, with the byte of the text at which the reader gave up.
fn ill_formed(wrapped: &str, skipped: usize, at: TextPos, problem: &str) -> Refused {
    let row = usize::try_from(at.row).unwrap_or(1);
    let column = usize::try_from(at.col).unwrap_or(1);
    let before: usize = wrapped
        .split_inclusive('\n')
        .take(row.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = wrapped.get(before..).unwrap_or_default();
    let within: usize = line
        .chars()
        .take(column.saturating_sub(1))
        .map(char::len_utf8)
        .sum();
    let longest = wrapped.len() - OPEN.len() - CLOSE.len();
    let offset = (before + within).saturating_sub(OPEN.len()).min(longest) + skipped;
    // The reader's own position counts in the wrapped text; the offset replaces it.
    let problem = problem.split(" at ").next().unwrap_or(problem);
    let found = format!("{problem} at byte {offset} of the text");
    Refused::at(PATH, Failure::Markup, found, "well-formed SSML")
}

fn repeated_marks(marks: &[String]) -> Vec<Finding> {
    let mut known = std::collections::BTreeSet::new();
    let repeated = marks.iter().filter(|name| !known.insert(name.as_str()));
    repeated
        .map(|name| {
            let found = format!("mark {name} again");
            Finding::at_path(&clauses::MARK_UNIQUE, PATH, found, "a name of its own")
        })
        .collect()
}

/// What is still to be done, the next thing last.
enum Visit<'n> {
    Enter(Node<'n, 'n>, u32),
    SentenceEnd,
}

fn walk<'n>(root: Node<'n, 'n>, voice: &Voice, writer: &mut Writer) {
    let mut visits = Vec::new();
    plan(root, NORMAL, &mut visits);
    while let Some(visit) = visits.pop() {
        let (node, speed) = match visit {
            Visit::Enter(node, speed) => (node, speed),
            Visit::SentenceEnd => {
                writer.end_sentence();
                continue;
            }
        };
        if node.is_text() {
            writer.text(node.text().unwrap_or_default(), speed);
        }
        if node.is_element() {
            enter(node, speed, voice, writer, &mut visits);
        }
    }
}

fn enter<'n>(
    node: Node<'n, 'n>,
    speed: u32,
    voice: &Voice,
    writer: &mut Writer,
    visits: &mut Vec<Visit<'n>>,
) {
    match node.tag_name().name() {
        "break" => match values::break_of(node.attribute("strength"), node.attribute("time")) {
            Break::Suppress => writer.suppress_pause(),
            Break::Millis(ms) => writer.pause(ms),
        },
        "p" | "paragraph" | "s" | "sentence" => {
            writer.end_sentence();
            visits.push(Visit::SentenceEnd);
            plan(node, speed, visits);
        }
        "mark" => mark(node, voice, writer),
        "say-as" | "phoneme" | "sub" => {
            let (announced, spoken) = atom(node);
            writer.atom(&announced, &spoken, speed);
            for inner in node.descendants().skip(1) {
                if inner.has_tag_name("mark") {
                    mark(inner, voice, writer);
                }
            }
        }
        "prosody" if voice.has_prosody() => {
            let factor = node.attribute("rate").and_then(values::rate);
            let speed = values::bounded(u64::from(speed) * u64::from(factor.unwrap_or(NORMAL)));
            plan(node, speed, visits);
        }
        _ => plan(node, speed, visits),
    }
}

/// Puts the children of a node on the stack, so that the first comes out first.
fn plan<'n>(node: Node<'n, 'n>, speed: u32, visits: &mut Vec<Visit<'n>>) {
    let mut child = node.last_child();
    while let Some(node) = child {
        visits.push(Visit::Enter(node, speed));
        child = node.prev_sibling();
    }
}

fn mark(node: Node<'_, '_>, voice: &Voice, writer: &mut Writer) {
    if let Some(name) = node.attribute("name")
        && voice.has_marks()
    {
        writer.mark(name);
    }
}

/// What an element with one token announces and speaks.
fn atom(node: Node<'_, '_>) -> (String, String) {
    let inside: String = node
        .descendants()
        .filter(Node::is_text)
        .filter_map(|text| text.text())
        .collect();
    let content = inside.split_whitespace().collect::<Vec<_>>().join(" ");
    let written = |fallback: &str| {
        let text = if content.is_empty() {
            fallback
        } else {
            &content
        };
        text.to_owned()
    };
    match node.tag_name().name() {
        "phoneme" => (written("<phoneme>"), written("<phoneme>")),
        "sub" => {
            let alias = node.attribute("alias").unwrap_or_default();
            (written("<sub>"), alias.to_owned())
        }
        _ => {
            let spelled = node.attribute("interpret-as").is_some_and(values::spells);
            let spoken = if spelled {
                spell(&content)
            } else {
                content.clone()
            };
            (content, spoken)
        }
    }
}

/// Every character a word of its own.
fn spell(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_whitespace());
    letters.map(String::from).collect::<Vec<_>>().join(" ")
}

/// Where the text stands in a request.
const PATH: &str = "text";
const NORMAL: u32 = 1000;
const OPEN: &str = "<t>";
const CLOSE: &str = "</t>";

#[cfg(test)]
mod tests;
