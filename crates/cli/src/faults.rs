//! `mynah faults`: what the mock can do to a client on purpose.

#[cfg(test)]
mod page;

use mock_server::fault::{Family, Fault, Parameter, Points, catalogue};
use wire::endpoint::Endpoint;
use wire::json::{Value, object};
use wire::registry;

use crate::failure::Failure;
use crate::names::{self, UnknownName};
use crate::text::{json_line, paragraph, strings, terminal_width};

/// The options of `mynah faults`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only this fault, or this family of faults
    name: Option<String>,
    /// Only the faults that apply to this endpoint, given by name or path
    #[arg(long, value_name = "ENDPOINT")]
    endpoint: Option<String>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Lists faults.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let mut faults: Vec<&Fault> = catalogue().iter().collect();
    if let Some(name) = &args.name {
        faults.retain(|fault| fault.name == name || fault.family.name() == name);
        if faults.is_empty() {
            let known = catalogue().iter().map(|fault| fault.name);
            let known = known.chain(Family::ALL.map(Family::name));
            return Err(UnknownName::new("fault", name, known).into());
        }
    }
    if let Some(name) = &args.endpoint {
        let endpoint = names::endpoint(name)?;
        faults.retain(|fault| fault.applies.to(endpoint));
    }
    faults.sort_by_key(|fault| fault.family);
    Ok(if args.json {
        json_line(&to_json(&faults))
    } else {
        to_text(&faults, terminal_width())
    })
}

/// Examples for `--help`.
pub(crate) const fn examples() -> &'static str {
    "Examples:\n  mynah faults closing\n  mynah faults half-open\n  \
     mynah faults --json | jq -r '.faults[].example'\n\n\
     A scenario is faults joined by +, each `name[:key=value,…]`. Every fault takes, beside its own keys:\n  \
     at=POINT     where it acts: handshake, open, request, first-byte, audio/N, result/N,\n               \
     before-final, end, Nms after open, N% of the audio\n  \
     conn=N       on which connection of the lane, or conn=N..M; at=conn/N is short for it\n  \
     times=K      fires K times in the lane, then no more\n  \
     then=NAME    the fault that takes over when times is spent (1 unless told)\n  \
     seed=N       decides what is random about it\n\n\
     Choose one with serve --scenario, with a path /~scenario=…/, or with the credential mynah:scenario=…"
}

/// The names of the endpoints that a fault applies to.
fn endpoints_of(fault: &Fault) -> Vec<&'static str> {
    let applies = |endpoint: &&'static Endpoint| fault.applies.to(endpoint);
    let endpoints = registry::endpoints().filter(applies);
    endpoints.map(|endpoint| endpoint.name).collect()
}

const fn points_of(fault: &Fault) -> &'static str {
    match fault.points {
        Points::Handshake => "handshake",
        Points::Session => "session",
        Points::Any => "any",
    }
}

fn to_json(faults: &[&Fault]) -> Value {
    let items = faults.iter().map(|fault| {
        let parameters = fault.parameters.iter().map(|parameter| {
            let default = match parameter.default {
                "" => Value::Null,
                default => default.into(),
            };
            object([
                ("name", parameter.key.into()),
                ("takes", parameter.rule().into()),
                ("default", default),
                ("text", parameter.text.into()),
            ])
        });
        object([
            ("name", fault.name.into()),
            ("family", fault.family.name().into()),
            ("does", fault.does.into()),
            ("incident", fault.incident.into()),
            ("parameters", Value::Array(parameters.collect())),
            ("at", fault.at.into()),
            ("points", points_of(fault).into()),
            ("endpoints", strings(endpoints_of(fault))),
            ("example", fault.example.into()),
        ])
    });
    object([("faults", Value::Array(items.collect()))])
}

fn to_text(faults: &[&Fault], width: usize) -> String {
    const INDENT: usize = 4;
    let pad = " ".repeat(INDENT);
    let all = registry::endpoints().count();
    let mut out = String::new();
    let mut family = None;
    for fault in faults {
        if family != Some(fault.family) {
            let apart = if family.is_some() { "\n" } else { "" };
            out.push_str(apart);
            out.push_str(&paragraph("", 0, fault.family.title(), width));
            family = Some(fault.family);
        }
        out.push_str(&paragraph("  ", INDENT, fault.name, width));
        out.push_str(&paragraph(&pad, INDENT, fault.does, width));
        for parameter in fault.parameters {
            out.push_str(&paragraph(&pad, INDENT + 4, &described(parameter), width));
        }
        let mut place = format!("at {}", fault.at);
        let endpoints = endpoints_of(fault);
        if endpoints.len() < all {
            place = format!("{place}; on {}", endpoints.join(", "));
        }
        out.push_str(&paragraph(&pad, INDENT, &place, width));
        let incident = format!("reproduces {}", fault.incident);
        out.push_str(&paragraph(&pad, INDENT, &incident, width));
        let example = format!("--scenario '{}'", fault.example);
        out.push_str(&paragraph(&pad, INDENT, &example, width));
    }
    out
}

/// A parameter in one line.
fn described(parameter: &Parameter) -> String {
    let default = match parameter.default {
        "" => String::new(),
        default => format!(" [{default}]"),
    };
    format!(
        "{}{default}: {}; {}",
        parameter.key,
        parameter.text,
        parameter.rule()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_or_a_name_chooses() {
        let run = |name: &str| {
            run(&Args {
                name: Some(name.to_owned()),
                endpoint: None,
                json: false,
            })
        };
        assert!(run("closing").unwrap().contains("abrupt-1006"));
        let one = run("abrupt-1006").unwrap();
        assert!(one.contains("abrupt-1006") && !one.contains("close-CODE"));
        let wrong = run("abrupt-1007").unwrap_err().to_string();
        assert!(wrong.contains("abrupt-1006"), "{wrong}");
    }

    #[test]
    fn every_row_is_whole_and_its_example_works() {
        for fault in catalogue() {
            let row = format!("{fault:?}");
            assert!(
                !fault.does.is_empty() && !fault.incident.is_empty(),
                "{row}"
            );
            assert!(!fault.does.ends_with('.'), "{row}");
            assert!(!endpoints_of(fault).is_empty(), "{row}");
            let scenario = fault.example.parse::<mock_server::Scenario>();
            assert!(scenario.is_ok(), "{}: {scenario:?}", fault.name);
            let stem = fault.name.trim_end_matches("CODE");
            assert!(fault.example.contains(stem), "{row}");
            for parameter in fault.parameters {
                assert!(!parameter.text.is_empty(), "{row}");
            }
        }
    }

    #[test]
    fn no_two_faults_have_one_name() {
        let mut names: Vec<&str> = catalogue().iter().map(|fault| fault.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
