//! `mynah endpoints`: what is served.

use wire::clause::{self, Level};
use wire::endpoint::Endpoint;
use wire::json::{Value, object};
use wire::knob::{Knob, Values};
use wire::registry;

use crate::failure::Failure;
use crate::text::{columns, json_line, number, paragraph, strings, terminal_width};

/// The options of `mynah endpoints`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Also list the knobs of every endpoint, with what they take
    #[arg(long)]
    knobs: bool,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

/// Lists what is served.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let endpoints: Vec<&Endpoint> = registry::endpoints().collect();
    if args.json {
        return Ok(json_line(&to_json(&endpoints)));
    }
    let detail = if args.knobs {
        Detail::Knobs
    } else {
        Detail::Overview
    };
    Ok(to_text(&endpoints, detail, terminal_width()))
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    "Examples:\n  mynah endpoints\n  mynah endpoints --knobs\n  mynah endpoints --json | jq -r '.endpoints[].path'".to_owned()
}

/// How much is told of each endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    Overview,
    Knobs,
}

fn to_json(endpoints: &[&Endpoint]) -> Value {
    let items = endpoints.iter().map(|endpoint| {
        let vendor = endpoint.name.split('/').next().unwrap_or_default();
        let clauses = Level::ALL.map(|level| {
            let count = clause::count(endpoint.clauses, level);
            (level.name(), number(count))
        });
        object([
            ("name", endpoint.name.into()),
            ("vendor", vendor.into()),
            ("paths", strings(endpoint.paths.iter().copied())),
            ("path", usual_path(endpoint).into()),
            ("direction", endpoint.audio.name().into()),
            ("clauses", object(clauses)),
            (
                "knobs",
                Value::Array(endpoint.knobs.iter().map(knob_to_json).collect()),
            ),
        ])
    });
    object([("endpoints", Value::Array(items.collect()))])
}

fn knob_to_json(knob: &Knob) -> Value {
    let values = match knob.values {
        Values::OneOf(words) => strings(words.iter().copied()),
        range @ (Values::Number(..) | Values::Text) => range.to_string().into(),
    };
    object([
        ("name", knob.name.into()),
        ("default", knob.default.into()),
        ("values", values),
        ("clause", knob.clause.id.into()),
        ("text", knob.text.into()),
    ])
}

fn to_text(endpoints: &[&Endpoint], detail: Detail, width: usize) -> String {
    let longest = endpoints.iter().map(|e| columns(e.name)).max();
    let longest = longest.unwrap_or_default();
    let mut lines = Vec::new();
    for endpoint in endpoints {
        let audio = endpoint.audio.name();
        lines.push(format!("{:longest$}  {audio}", endpoint.name));
        lines.extend(endpoint.paths.iter().map(|path| format!("  {path}")));
        lines.push(format!("  clauses: {}", counts(endpoint)));
        if detail == Detail::Knobs {
            lines.extend(endpoint.knobs.iter().map(|knob| knob_to_text(knob, width)));
        }
    }
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

/// `12 must · 3 should`; levels without a clause are left out.
fn counts(endpoint: &Endpoint) -> String {
    let counts: Vec<String> = Level::ALL
        .into_iter()
        .map(|level| (clause::count(endpoint.clauses, level), level))
        .filter(|(count, _)| *count > 0)
        .map(|(count, level)| format!("{count} {level}"))
        .collect();
    counts.join(" · ")
}

fn knob_to_text(knob: &Knob, width: usize) -> String {
    const INDENT: usize = 7;
    let default = match knob.default {
        "" => "(empty)",
        default => default,
    };
    let lead = " ".repeat(INDENT);
    let text = format!("{} [{}]", knob.text, knob.clause.id);
    let takes = format!("takes {}", knob.values);
    format!(
        "  knob {} = {default}\n{}{}",
        knob.name,
        paragraph(&lead, INDENT, &text, width),
        paragraph(&lead, INDENT + 2, &takes, width),
    )
}

fn usual_path(endpoint: &Endpoint) -> &'static str {
    endpoint.paths.first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn every_endpoint_has_its_paths_and_counts() {
        insta::assert_snapshot!(to_text(demo::ENDPOINTS, Detail::Overview, 80), @"
        demo/echo    server-to-client
          /v1/{project}/echo
          /v1/echo
          clauses: 1 must · 1 should · 1 assumed
        demo/listen  client-to-server
          /v1/{project}/listen
          clauses: 1 should
        ");
    }

    #[test]
    fn knobs_are_told_on_demand() {
        insta::assert_snapshot!(to_text(&demo::ENDPOINTS[..1], Detail::Knobs, 60), @"
        demo/echo  server-to-client
          /v1/{project}/echo
          /v1/echo
          clauses: 1 must · 1 should · 1 assumed
          knob loud = off
               Whether echoes are in capital letters, as older
               versions of the service answer. [DEM-ECHQ]
               takes on | off
          knob idle-ms = 20000
               How long a client may be silent. [DEM-IDLE]
               takes 1..=60000
        ");
    }

    #[test]
    fn programs_get_everything_in_one_line() {
        insta::assert_snapshot!(json_line(&to_json(&demo::ENDPOINTS[..1])), @r#"{"endpoints":[{"name":"demo/echo","vendor":"demo","paths":["/v1/{project}/echo","/v1/echo"],"path":"/v1/{project}/echo","direction":"server-to-client","clauses":{"must":1,"should":1,"may":0,"observed":0,"sdk-relied":0,"assumed":1},"knobs":[{"name":"loud","default":"off","values":["on","off"],"clause":"DEM-ECHQ","text":"Whether echoes are in capital letters, as older versions of the service answer."},{"name":"idle-ms","default":"20000","values":"1..=60000","clause":"DEM-IDLE","text":"How long a client may be silent."}]}]}"#);
    }
}
