//! Mutants on the command line: `mynah test mutants`, and `--mutant` of `server` and `client`.

use std::collections::BTreeSet;

use conformance::case::{Library, Role};
use conformance::run::mutant::{Mutant, Mutants, Proxy};
use conformance::run::{RunResult, Target, TargetError};
use wire::json::{Value, object};

use super::no_subject;
use crate::failure::Failure;
use crate::names::{self, UnknownName};
use crate::text::{json_line, paragraph, strings, terminal_width};

/// The options of `mynah test mutants`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Only those of this endpoint, by name or path; may be repeated
    #[arg(long, value_name = "NAME")]
    endpoint: Vec<String>,
    /// For programs
    #[arg(long)]
    json: bool,
}

/// What there is.
pub(super) fn list(args: &ListArgs) -> Result<String, Failure> {
    let mut chosen = BTreeSet::new();
    for name in &args.endpoint {
        chosen.insert(names::endpoint(name)?.name);
    }
    let library = super::library(None)?;
    let mutants = all(&library)?;
    let is_chosen = |mutant: &&Mutant| chosen.is_empty() || chosen.contains(&*mutant.endpoint);
    let listed: Vec<&Mutant> = mutants.all.iter().filter(is_chosen).collect();
    Ok(match args.json {
        true => json_line(&to_json(&listed)),
        false => to_text(&listed, terminal_width()),
    })
}

fn to_json(mutants: &[&Mutant]) -> Value {
    let items = mutants.iter().map(|mutant| {
        object([
            ("endpoint", mutant.endpoint.as_str().into()),
            ("id", mutant.id.as_str().into()),
            ("of", mutant.role().name().into()),
            ("breaks", mutant.breaks.as_str().into()),
            ("text", mutant.text.as_str().into()),
            ("caught", strings(mutant.caught.iter().map(String::as_str))),
        ])
    });
    object([("mutants", Value::Array(items.collect()))])
}

/// Endpoint by endpoint: the name, the broken clause, what it does.
fn to_text(mutants: &[&Mutant], width: usize) -> String {
    const INDENT: usize = 42;
    let mut out = String::new();
    for endpoint in names::endpoints(None).unwrap_or_default() {
        let of_endpoint = || mutants.iter().filter(|m| m.endpoint == endpoint.name);
        if of_endpoint().next().is_none() {
            continue;
        }
        out.extend([endpoint.name, "\n"]);
        for mutant in of_endpoint() {
            let lead = format!("  {:<29} {:<9} ", mutant.id, mutant.breaks);
            out.push_str(&paragraph(&lead, INDENT, &mutant.text, width));
        }
        out.push('\n');
    }
    let of_role = |role| mutants.iter().filter(|m| m.role() == role).count();
    let totals = format!(
        "{} servers, {} clients; `mynah test server URL --endpoint NAME --mutant ID` switches one on",
        of_role(Role::Server),
        of_role(Role::Client),
    );
    out.push_str(&paragraph("", 0, &totals, width));
    out
}

fn all(library: &Library) -> Result<Mutants, Failure> {
    Mutants::embedded(library).map_err(|error| Failure::Judged {
        code: 3,
        line: format!("error: the mutants of this program are wrong: {error}"),
        output: String::new(),
    })
}

/// The mutant of this name, for subjects of this kind, at one of these endpoints.
pub(super) fn find(
    name: &str,
    role: Role,
    endpoints: &[String],
    library: &Library,
) -> Result<Mutant, Failure> {
    let mutants = all(library)?;
    let of_role = || mutants.of_role(role);
    let found: Vec<&Mutant> = of_role()
        .filter(|mutant| mutant.id == name)
        .filter(|mutant| endpoints.is_empty() || endpoints.contains(&mutant.endpoint))
        .collect();
    match found.as_slice() {
        [mutant] => Ok((*mutant).clone()),
        [] => {
            let there =
                of_role().filter(|m| endpoints.is_empty() || endpoints.contains(&m.endpoint));
            let known: BTreeSet<&str> = there.map(|mutant| mutant.id.as_str()).collect();
            let unknown = UnknownName::new("mutant", name, known);
            let nearest: Vec<&str> = unknown.known.iter().take(3).map(String::as_str).collect();
            Err(Failure::Usage(format!(
                "unknown mutant {name:?}; the nearest are {}; `mynah test mutants` lists all",
                nearest.join(", ")
            )))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|m| m.endpoint.as_str()).collect();
            Err(Failure::Usage(format!(
                "{name} is a mutant of {}; say which with --endpoint",
                names.join(", ")
            )))
        }
    }
}

/// A server with a mutant's deviation: a proxy before it, which lives as long as it is held.
pub(super) async fn before(
    target: &Target,
    mutant: &Mutant,
    library: &Library,
    token: &str,
) -> Result<(Proxy, Target), Failure> {
    let shared = library
        .shared(&mutant.endpoint)
        .ok_or_else(|| Failure::Usage(format!("there are no cases for {}", mutant.endpoint)))?;
    let mut held = None;
    let start = async |upstream: &str| {
        let proxy = Proxy::start(mutant, shared, upstream, token).await?;
        let authority = proxy.authority();
        held = Some(proxy);
        Ok(authority)
    };
    let behind = target.behind(start).await.map_err(|error| match error {
        TargetError::Unreachable { .. } => no_subject(format!("error: {error}")),
        TargetError::Url(_) | TargetError::Tls(_) => Failure::Usage(error.to_string()),
    })?;
    match held {
        Some(proxy) => Ok((proxy, behind)),
        None => Err(no_subject("error: there is no port for a proxy".to_owned())),
    }
}

/// The verdict on a run with a mutant: red if it is found, which is what it is for.
pub(super) fn conclude(
    mutant: &Mutant,
    run: &RunResult,
    usual: Result<String, Failure>,
) -> Result<String, Failure> {
    let (code, line, output) = match usual {
        Ok(output) => (1, String::new(), output),
        Err(Failure::Judged { code, line, output }) => (code, line, output),
        Err(other) => return Err(other),
    };
    let Mutant { id, breaks, .. } = mutant;
    let found_by = mutant.found_by(run);
    match (found_by.is_empty(), code, line.is_empty()) {
        (_, 3 | 4, _) => Err(Failure::Judged { code, line, output }),
        (false, ..) => Err(Failure::Judged {
            code,
            line: format!(
                "error: not as expected: {id} breaks {breaks}, and is found by {}",
                found_by.join(", ")
            ),
            output,
        }),
        (true, _, true) => Ok(format!(
            "{output}{id} breaks {breaks}, and no check of this run finds it; some need --auth strict\n"
        )),
        (true, ..) => Err(Failure::Judged {
            code,
            line: format!("{line}; no check about {breaks}, which {id} breaks, differs"),
            output,
        }),
    }
}
