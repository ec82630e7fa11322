//! What `mutants.toml` means at each endpoint, and what cannot be meant.

use mock_server::Diagnostic;
use wire::endpoint::Endpoint;

use super::file::{CLIENT, Mutant, SERVER};
use crate::case::{Case, Library, Role};
use crate::verdict::clause;

/// One mutant of each endpoint that a file is about, with the ids of this endpoint's cases.
pub(super) fn settle(
    file: &str,
    found: Vec<Mutant>,
    homes: &[&'static Endpoint],
    library: &Library,
) -> (Vec<Mutant>, Vec<Diagnostic>) {
    let (mut settled, mut problems) = (Vec::new(), Vec::new());
    for mutant in found {
        let mut wrong = |message: String| {
            problems.push(Diagnostic::whole(file, format!("{}: {message}", mutant.id)));
        };
        let short = |endpoint: &Endpoint| endpoint.name.rsplit('/').next().unwrap_or_default();
        for name in &mutant.endpoints {
            if !homes.iter().any(|home| short(home) == name) {
                wrong(format!("no endpoint of this folder is called {name:?}"));
            }
        }
        let mut unknown: Vec<&String> = mutant.caught.iter().collect();
        for home in homes {
            if !mutant.endpoints.is_empty() && !mutant.endpoints.iter().any(|n| n == short(home)) {
                continue;
            }
            let mut caught = Vec::new();
            for name in &mutant.caught {
                if let Some(id) = resolved(name, home, library) {
                    unknown.retain(|known| *known != name);
                    caught.push(id);
                }
            }
            if !caught.is_empty() {
                settled.push(Mutant {
                    endpoint: home.name.to_owned(),
                    caught,
                    ..mutant.clone()
                });
            }
        }
        for name in unknown {
            wrong(format!("there is no case {name:?}"));
        }
        if mutant.caught.is_empty() {
            wrong("no check has to catch it".to_owned());
        }
    }
    (settled, problems)
}

/// `CASE/check` with the id of an endpoint's case, which may be named by its slug.
fn resolved(name: &str, endpoint: &Endpoint, library: &Library) -> Option<String> {
    let (case, check) = name.rsplit_once('/')?;
    let mut cases = library.cases.iter();
    let found = cases.find(|known| {
        known.endpoint == endpoint.name && (known.id == case || known.slug == case)
    })?;
    Some(format!("{}/{check}", found.id))
}

pub(super) fn lint(mutants: &[&Mutant], endpoint: &Endpoint, library: &Library) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (place, mutant) in mutants.iter().enumerate() {
        let id = &mutant.id;
        let mut wrong = |message: String| {
            problems.push(Diagnostic::whole(endpoint.name, format!("{id}: {message}")));
        };
        if !id.starts_with(SERVER) && !id.starts_with(CLIENT) {
            wrong(format!("a mutant's id begins with {SERVER} or {CLIENT}"));
        }
        if mutants.iter().take(place).any(|known| known.id == *id) {
            wrong("the id is used twice".to_owned());
        }
        if clause(endpoint, &mutant.breaks).is_none() {
            wrong(format!("{} has no clause {}", endpoint.name, mutant.breaks));
        }
        if mutant.edits.is_empty() && mutant.answer.is_none() {
            wrong("it breaks nothing".to_owned());
        }
        if mutant.answer.is_some() && mutant.role() == Role::Server {
            wrong("only clients have an answer".to_owned());
        }
        let overlooks = mutant.edits.iter().any(|edit| edit.overlooked);
        if overlooks && mutant.role() == Role::Server {
            wrong("only clients overlook something".to_owned());
        }
        for name in &mutant.caught {
            if let Err(problem) = aim(name, mutant, library) {
                wrong(problem);
            }
        }
    }
    problems
}

/// Checks of the runner itself, which cite a clause as they differ.
const WATCHING: [&str; 3] = ["legal", "decodes", "opens"];

/// Whether a check exists and is about the broken clause.
fn aim(name: &str, mutant: &Mutant, library: &Library) -> Result<(), String> {
    let (id, check) = name
        .split_once('/')
        .ok_or_else(|| format!("{name:?} is not CASE/check"))?;
    let of_endpoint = |case: &&Case| case.id == id && case.endpoint == mutant.endpoint;
    let case = library.cases.iter().find(of_endpoint);
    let case = case.ok_or_else(|| format!("{} has no case {id}", mutant.endpoint))?;
    if WATCHING.contains(&check) {
        return Ok(());
    }
    let mut checks = case.checks(mutant.role()).into_iter();
    let found = checks.find(|(known, _)| *known == check);
    let (_, clauses) = found.ok_or_else(|| format!("case {id} has no check {check:?}"))?;
    // Findings name the clause that the client broke, which is only known when it did.
    let is_open = case
        .client
        .iter()
        .flat_map(|client| &client.checks)
        .any(|c| c.id == check && matches!(c.expect, crate::case::Answer::Findings { .. }));
    match clauses.contains(&mutant.breaks) || (is_open && mutant.role() == Role::Client) {
        true => Ok(()),
        false => Err(format!("check {name} is not about {}", mutant.breaks)),
    }
}
