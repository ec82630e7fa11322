//! `mynah clauses`: what is claimed about each endpoint, and on what evidence.

mod coverage;

use wire::clause::Clause;
use wire::endpoint::Endpoint;
use wire::json::{Value, object};
use wire::{common, registry};

use crate::failure::Failure;
use crate::names;
use crate::text::{json_line, paragraph, strings, terminal_width};

/// The options of `mynah clauses`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only the clauses of this endpoint, given by name or path; otherwise all, and those of RFC 6455
    endpoint: Option<String>,
    /// How far each clause has got: cited by a case, exercised by a run, proven by a mutant
    #[arg(long)]
    coverage: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Lists clauses.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let all: Vec<&Endpoint> = registry::endpoints().collect();
    let entries = match &args.endpoint {
        Some(name) => of_endpoint(names::endpoint(name)?, &all),
        None => of_all(&all),
    };
    if args.coverage {
        let clauses: Vec<&'static Clause> = entries.iter().map(|entry| entry.clause).collect();
        return coverage::show(&clauses, args.json);
    }
    Ok(if args.json {
        json_line(&to_json(&entries))
    } else {
        to_text(&entries, terminal_width())
    })
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    format!(
        "Examples:\n  mynah clauses {}\n  mynah clauses --json | jq '.clauses[] | select(.gap)'",
        names::example_endpoint()
    )
}

/// A clause, and the endpoints that it is about; those of RFC 6455 are about none of them.
struct Entry {
    clause: &'static Clause,
    endpoints: Vec<&'static str>,
}

fn of_endpoint(endpoint: &Endpoint, all: &[&'static Endpoint]) -> Vec<Entry> {
    let clauses = endpoint.clauses.iter();
    clauses.map(|clause| Entry::of(clause, all)).collect()
}

fn of_all(all: &[&'static Endpoint]) -> Vec<Entry> {
    let own = all.iter().flat_map(|endpoint| endpoint.clauses);
    let mut seen = std::collections::BTreeSet::new();
    own.copied()
        .chain(common::clauses())
        .filter(|clause| seen.insert(clause.id))
        .map(|clause| Entry::of(clause, all))
        .collect()
}

impl Entry {
    fn of(clause: &'static Clause, all: &[&'static Endpoint]) -> Self {
        let about = |endpoint: &&&Endpoint| endpoint.clauses.iter().any(|c| c.id == clause.id);
        let endpoints = all.iter().filter(about).map(|e| e.name).collect();
        Self { clause, endpoints }
    }
}

fn to_json(entries: &[Entry]) -> Value {
    let items = entries.iter().map(|Entry { clause, endpoints }| {
        object([
            ("id", clause.id.into()),
            ("endpoints", strings(endpoints.iter().copied())),
            ("level", clause.level.name().into()),
            ("source", clause.source.page.into()),
            ("date", clause.source.read.into()),
            ("text", clause.text.into()),
            ("gap", clause.gap.map_or(Value::Null, Value::from)),
        ])
    });
    object([("clauses", Value::Array(items.collect()))])
}

/// Clauses under the endpoints that they are about: id and level, then text, source and gap.
fn to_text(entries: &[Entry], width: usize) -> String {
    const INDENT: usize = 24;
    let mut out = String::new();
    let mut heading: Option<&[&str]> = None;
    for Entry { clause, endpoints } in entries {
        if heading != Some(endpoints) {
            let apart = if heading.is_some() { "\n" } else { "" };
            let about = match endpoints.as_slice() {
                [] => "every endpoint".to_owned(),
                some => some.join(", "),
            };
            out.push_str(apart);
            out.push_str(&paragraph("", 0, &about, width));
            heading = Some(endpoints);
        }
        let lead = format!("  {:8}  {:10}  ", clause.id, clause.level.name());
        let source = format!("— {}, {}", clause.source.page, clause.source.read);
        out.push_str(&paragraph(&lead, INDENT, clause.text, width));
        out.push_str(&paragraph(&" ".repeat(INDENT), INDENT + 2, &source, width));
        if let Some(gap) = clause.gap {
            let gap = format!("not held: {gap}");
            out.push_str(&paragraph(&" ".repeat(INDENT), INDENT + 2, &gap, width));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn clauses_stand_under_their_endpoints() {
        let mut entries = of_all(demo::ENDPOINTS);
        entries.truncate(5);
        insta::assert_snapshot!(to_text(&entries, 72), @"
        demo/echo
          DEM-ECHQ  must        The server answers every SAY with an ECHO of the
                                same text, in order, before it answers the next
                                one.
                                — Echo API reference, section 4.2, 2026-03-01
          DEM-IDLE  assumed     A silent client is disconnected.
                                — Echo API reference, section 4.2, 2026-03-01
                                not held: the page does not say after how long

        demo/echo, demo/listen
          DEM-BOTH  should      文本不超过500个字符。
                                — Echo API reference, section 4.2, 2026-03-01

        every endpoint
          WSP-RSVB  must        The reserved bits of a frame are 0 unless an
                                extension was negotiated.
                                — RFC 6455 5.2, 2011-12
          WSP-OPCD  must        The opcodes 0x3-0x7 and 0xB-0xF are reserved.
                                — RFC 6455 5.2, 2011-12
        ");
    }

    #[test]
    fn programs_get_everything_in_one_line() {
        let entries = of_endpoint(demo::ENDPOINTS[0], demo::ENDPOINTS);
        insta::assert_snapshot!(json_line(&to_json(&entries)), @r#"{"clauses":[{"id":"DEM-ECHQ","endpoints":["demo/echo"],"level":"must","source":"Echo API reference, section 4.2","date":"2026-03-01","text":"The server answers every SAY with an ECHO of the same text, in order, before it answers the next one.","gap":null},{"id":"DEM-IDLE","endpoints":["demo/echo"],"level":"assumed","source":"Echo API reference, section 4.2","date":"2026-03-01","text":"A silent client is disconnected.","gap":"the page does not say after how long"},{"id":"DEM-BOTH","endpoints":["demo/echo","demo/listen"],"level":"should","source":"Echo API reference, section 4.2","date":"2026-03-01","text":"文本不超过500个字符。","gap":null}]}"#);
    }

    #[test]
    fn every_clause_is_listed_once() {
        let ids: Vec<&str> = of_all(demo::ENDPOINTS)
            .iter()
            .map(|e| e.clause.id)
            .collect();
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len());
        assert!(common::clauses().all(|clause| ids.contains(&clause.id)));
    }
}
