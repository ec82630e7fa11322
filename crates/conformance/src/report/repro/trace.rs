//! A session as text: every message, layer by layer.

use std::fmt::Write as _;

use wire::json::Style;

use super::super::view::layers::{Detail, Layer, Titled, layers};
use super::super::view::timeline::ending;
use super::super::view::{Said, What};
use crate::run::CaseResult;
use crate::run::trace::Comparison;
use crate::verdict::CheckResult;

/// The text.
pub(super) fn trace(case: &CaseResult, said: &[Said]) -> String {
    let mut text = String::new();
    let mut connection = 0;
    for one in said {
        if one.connection != connection {
            connection = one.connection;
            line(&mut text, 0, &format!("connection {connection}"));
        }
        let place = match one.index {
            0 => String::new(),
            index => format!(" {index}"),
        };
        let (at, side, kind) = (one.at.as_micros(), one.side.name(), one.kind());
        let (ms, us) = (at / 1000, at % 1000);
        let bytes = one.bytes().len();
        line(&mut text, 0, "");
        line(
            &mut text,
            0,
            &format!("{ms:>6}.{us:03} ms  {side}{place}  {kind}  {bytes} bytes"),
        );
        let checks: Vec<&CheckResult> = checks_of(case, one).collect();
        for check in &checks {
            let (id, verdict) = (&check.id, check.verdict);
            line(
                &mut text,
                1,
                &format!("check {id}: {verdict} {}", check.reason),
            );
        }
        let compared = checks.iter().flat_map(|check| &check.evidence.compared);
        let compared: Vec<Comparison> = compared.cloned().collect();
        for layer in layers(one, &compared, Detail::Much) {
            of_layer(&mut text, &layer);
        }
        // The tree above is for differences; this is all of it.
        if let What::Message(message) = &one.what
            && let Ok(dump) = &message.decoded
        {
            line(&mut text, 1, "JSON");
            lines(&mut text, 2, &dump.value.write(Style::Indented(2)));
        }
    }
    line(&mut text, 0, "");
    line(&mut text, 0, &format!("end: {}", ending(&case.ending)));
    text
}

fn checks_of<'c>(case: &'c CaseResult, said: &Said) -> impl Iterator<Item = &'c CheckResult> {
    let looked = |check: &&CheckResult| check.evidence.message.is_some_and(|m| said.is(m));
    case.checks
        .iter()
        .filter(looked)
        .collect::<Vec<_>>()
        .into_iter()
}

fn of_layer(text: &mut String, titled: &Titled) {
    line(text, 1, &titled.title);
    match &titled.layer {
        Layer::Head(bits) => {
            let bits: Vec<String> = bits
                .iter()
                .map(|bit| match bit.value.as_str() {
                    "" => format!("{} {}", bit.name, bit.raw),
                    value => format!("{} {} ({value})", bit.name, bit.raw),
                })
                .collect();
            line(text, 2, &bits.join(" · "));
        }
        Layer::Lines(all) => all.iter().for_each(|(one, _)| lines(text, 2, one)),
        Layer::Fields { rows, hidden } => {
            for row in rows {
                let mark = match &row.mark {
                    Some(mark) if !mark.holds => format!("   <- expected {}", mark.expected),
                    _ => String::new(),
                };
                let (offset, raw, name, value) = (row.offset, &row.raw, &row.name, &row.value);
                line(
                    text,
                    2,
                    &format!("{offset:>6}  {raw:<28}  {name}: {value}{mark}"),
                );
            }
            more(text, *hidden, "fields");
        }
        Layer::Hex { rows, hidden } => {
            for row in rows {
                let bytes: Vec<String> = row.bytes.iter().map(|b| format!("{b:02x}")).collect();
                line(text, 2, &format!("{:>6}  {}", row.offset, bytes.join(" ")));
            }
            more(text, *hidden, "bytes");
        }
        Layer::Text(told) | Layer::Note(told) => lines(text, 2, told),
        Layer::Value(tree) => {
            for one in tree.lines.iter().filter(|one| one.mark.is_some()) {
                let key = one.key.as_deref().unwrap_or_default();
                let told = match &one.mark {
                    Some(mark) if !mark.holds => format!("expected {}", mark.expected),
                    _ => "as expected".to_owned(),
                };
                line(text, 2, &format!("{key}: {} <- {told}", one.text));
            }
        }
    }
}

fn more(text: &mut String, hidden: usize, what: &str) {
    if hidden > 0 {
        line(text, 2, &format!("… {hidden} more {what}"));
    }
}

fn lines(text: &mut String, depth: usize, told: &str) {
    told.lines().for_each(|one| line(text, depth, one));
}

/// A line, without characters that a terminal would act upon.
fn line(text: &mut String, depth: usize, told: &str) {
    let indent = "    ".repeat(depth);
    let told: String = told
        .chars()
        .flat_map(|c| match c.is_control() {
            true => c.escape_default().collect::<Vec<char>>(),
            false => vec![c],
        })
        .collect();
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", format!("{indent}{told}").trim_end());
}
