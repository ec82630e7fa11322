//! `mynah tables`: what is legal on each endpoint, state by state.

use wire::endpoint::Endpoint;
use wire::json::{Value, object};
use wire::session::{Conduct, Rule, mermaid};

use crate::failure::Failure;
use crate::names;
use crate::text::{Grid, json_line, paragraph, strings, terminal_width};

/// The options of `mynah tables`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only the table of this endpoint, given by name or path; otherwise all
    endpoint: Option<String>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
    /// Print Mermaid state diagrams
    #[arg(long, conflicts_with = "json")]
    mermaid: bool,
}

/// Lists session tables.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let endpoints = names::endpoints(args.endpoint.as_deref())?;
    Ok(if args.json {
        json_line(&to_json(&endpoints))
    } else if args.mermaid {
        to_mermaid(&endpoints)
    } else {
        to_text(&endpoints, terminal_width())
    })
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    let endpoint = names::example_endpoint();
    format!(
        "Examples:\n  mynah tables {endpoint}\n  mynah tables {endpoint} --mermaid > session.mmd"
    )
}

fn to_json(endpoints: &[&Endpoint]) -> Value {
    let items = endpoints.iter().map(|endpoint| {
        let states = endpoint.table.states.iter().map(|state| {
            object([
                ("name", Value::from(state.name)),
                ("text", state.text.into()),
            ])
        });
        let rules = endpoint.table.rules.iter().map(|rule| {
            object([
                ("from", strings(states_of(endpoint, rule))),
                ("side", rule.side.name().into()),
                ("kind", rule.kind.into()),
                ("to", rule.to.map_or(Value::Null, Value::from)),
                ("conduct", conduct(rule).into()),
                ("clause", rule.clause.id.into()),
            ])
        });
        object([
            ("endpoint", endpoint.name.into()),
            ("states", Value::Array(states.collect())),
            ("rules", Value::Array(rules.collect())),
        ])
    });
    object([("tables", Value::Array(items.collect()))])
}

fn to_text(endpoints: &[&Endpoint], width: usize) -> String {
    let mut out = String::new();
    for endpoint in endpoints {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(endpoint.name);
        out.push('\n');
        let mut states = Grid::new(&["STATE", "MEANING"], 1);
        for state in endpoint.table.states {
            states.row([state.name, state.text].map(str::to_owned));
        }
        out.push_str(&states.render(width, 2));
        out.push('\n');
        let mut rules = Grid::new(
            &["IN", "SENDER", "MESSAGE", "LEADS TO", "CONDUCT", "CLAUSE"],
            0,
        );
        for rule in endpoint.table.rules {
            let from = match rule.from {
                [] => "any state".to_owned(),
                some => some.join(", "),
            };
            let cells = [
                &from,
                rule.side.name(),
                rule.kind,
                rule.to.unwrap_or("(stays)"),
                conduct(rule),
                rule.clause.id,
            ];
            rules.row(cells.map(str::to_owned));
        }
        out.push_str(&rules.render(width, 2));
        let order = endpoint.table.order.id;
        out.push_str(&paragraph("  Anything else breaks ", 2, order, width));
    }
    out
}

fn to_mermaid(endpoints: &[&Endpoint]) -> String {
    let drawings = endpoints
        .iter()
        .map(|endpoint| format!("%% {}\n{}", endpoint.name, mermaid(endpoint.table)));
    drawings.collect::<Vec<_>>().join("\n")
}

/// The states in which a rule holds, by name; all of them if it holds in any.
fn states_of(endpoint: &Endpoint, rule: &Rule) -> impl Iterator<Item = &'static str> {
    let states = endpoint.table.states.iter().map(|state| state.name);
    states.filter(|state| rule.holds_in(state))
}

const fn conduct(rule: &Rule) -> &'static str {
    match rule.conduct {
        Conduct::Legal => "legal",
        Conduct::Misuse => "misuse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn states_and_rules_are_aligned() {
        insta::assert_snapshot!(to_text(demo::ENDPOINTS, 80), @"
        demo/echo
          STATE  MEANING
          open   Connected; the server waits for the first SAY of the client, for as
                 long as it takes.
          done   Answered.

          IN          SENDER  MESSAGE  LEADS TO  CONDUCT  CLAUSE
          open, done  client  SAY      done      legal    DEM-ECHQ
          open        client  STOP     (stays)   misuse   DEM-IDLE
          any state   server  ERROR    done      legal    DEM-BOTH
          Anything else breaks DEM-ECHQ

        demo/listen
          STATE  MEANING
          open   Connected.

          IN  SENDER  MESSAGE  LEADS TO  CONDUCT  CLAUSE
          Anything else breaks DEM-BOTH
        ");
    }

    #[test]
    fn programs_get_everything_in_one_line() {
        insta::assert_snapshot!(json_line(&to_json(&demo::ENDPOINTS[..1])), @r#"{"tables":[{"endpoint":"demo/echo","states":[{"name":"open","text":"Connected; the server waits for the first SAY of the client, for as long as it takes."},{"name":"done","text":"Answered."}],"rules":[{"from":["open","done"],"side":"client","kind":"SAY","to":"done","conduct":"legal","clause":"DEM-ECHQ"},{"from":["open"],"side":"client","kind":"STOP","to":null,"conduct":"misuse","clause":"DEM-IDLE"},{"from":["open","done"],"side":"server","kind":"ERROR","to":"done","conduct":"legal","clause":"DEM-BOTH"}]}]}"#);
    }

    #[test]
    fn diagrams_name_their_endpoint() {
        insta::assert_snapshot!(to_mermaid(&demo::ENDPOINTS[..1]), @"
        %% demo/echo
        stateDiagram-v2
            [*] --> open
            open: Connected; the server waits for the first SAY of the client, for as long as it takes.
            done: Answered.
            open --> done: client SAY [DEM-ECHQ]
            done --> done: client SAY [DEM-ECHQ]
            open --> open: client STOP (misuse) [DEM-IDLE]
            open --> done: server ERROR [DEM-BOTH]
            done --> done: server ERROR [DEM-BOTH]
        ");
    }
}
