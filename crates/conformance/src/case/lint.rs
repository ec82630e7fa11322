//! What the format cannot rule out: unknown clauses, doubled ids, checks that check nothing.

use std::collections::{BTreeMap, BTreeSet};

use mock_server::Diagnostic;
use wire::registry;

use super::file::{Case, Role};
use super::step::Step;
use super::template::EndpointFile;

/// The problems of all cases together.
pub(super) fn lint(
    cases: &[(String, Case)],
    endpoints: &BTreeMap<&'static str, EndpointFile>,
) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let (mut ids, mut slugs) = (BTreeSet::new(), BTreeSet::new());
    for (file, case) in cases {
        let mut wrong = |message: String| problems.push(Diagnostic::whole(file, message));
        if !ids.insert(case.id.as_str()) {
            wrong(format!("id {} is used twice", case.id));
        }
        if !slugs.insert((case.endpoint.as_str(), case.slug.as_str())) {
            wrong(format!("slug {:?} is used twice", case.slug));
        }
        if !is_id(&case.id) {
            wrong(format!(
                "id {:?} is not three capitals, a hyphen and four of A-Z2-7",
                case.id
            ));
        }
        if registry::endpoints().any(|known| known.clauses.iter().any(|c| c.id == case.id)) {
            wrong(format!("id {} is that of a clause", case.id));
        }
        problems.extend(lint_case(file, case, endpoints.get(case.endpoint.as_str())));
    }
    problems
}

fn lint_case(file: &str, case: &Case, shared: Option<&EndpointFile>) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut wrong = |message: String| problems.push(Diagnostic::whole(file, message));
    let endpoint = super::library::endpoint_of(case);
    let Some(shared) = shared else {
        wrong("there is no endpoint.toml beside it".to_owned());
        return problems;
    };
    if !case.has_role(Role::Server) && !case.has_role(Role::Client) {
        wrong("it has neither a script nor a client table".to_owned());
    }
    if case.clauses.is_empty() {
        wrong("it is about no clause".to_owned());
    }
    let known = |id: &String| {
        let own = endpoint.clauses.iter().copied();
        let mut clauses = own.chain(wire::common::clauses());
        clauses.any(|clause| clause.id == *id)
    };
    let cited: BTreeSet<&String> = [Role::Server, Role::Client]
        .into_iter()
        .flat_map(|role| case.checks(role))
        .flat_map(|(_, clauses)| clauses)
        .chain(&case.clauses)
        .collect();
    for id in cited {
        if !known(id) {
            wrong(format!("{} has no clause {id}", endpoint.name));
        } else if !case.clauses.contains(id) {
            wrong(format!("a check cites {id}, which the case does not"));
        }
    }
    for role in [Role::Server, Role::Client] {
        let mut seen = BTreeSet::new();
        for (check, _) in case.checks(role) {
            if !seen.insert(check) {
                wrong(format!(
                    "check {check:?} is there twice for a {}",
                    role.name()
                ));
            }
            if ["legal", "decodes", "opens", "sent"].contains(&check) {
                wrong(format!("check {check:?} is one that every script has"));
            }
        }
    }
    if case.has_role(Role::Server) && case.checks(Role::Server).is_empty() {
        wrong("its script checks nothing".to_owned());
    }
    for step in &case.script {
        match step {
            Step::Send(send) => {
                let bodies = [
                    send.message.is_some(),
                    send.text.is_some(),
                    send.json.is_some(),
                    send.bytes.is_some(),
                ];
                if bodies.iter().filter(|has| **has).count() != 1 {
                    wrong("a send step has one of message, text, json, bytes".to_owned());
                }
                if let Some(name) = &send.message
                    && !shared.messages.contains_key(name)
                {
                    wrong(format!("endpoint.toml has no message {name:?}"));
                }
            }
            Step::Expect(expect) if !has_kind(endpoint, &expect.kind) => {
                wrong(format!(
                    "no table of the vendor of {} has the kind {:?}",
                    endpoint.name, expect.kind
                ));
            }
            Step::Collect(collect) => {
                let unknown = |kind: &&String| !has_kind(endpoint, kind);
                for kind in collect.kinds.iter().filter(unknown) {
                    wrong(format!(
                        "no table of the vendor of {} has the kind {kind:?}",
                        endpoint.name
                    ));
                }
            }
            Step::Http(http) if http.text.is_some() && http.json.is_some() => {
                wrong("an http step has one of text, json".to_owned());
            }
            _ => {}
        }
    }
    if let Some(client) = &case.client {
        problems.extend(client.problems(file));
    }
    problems
}

/// Whether an endpoint of the same vendor knows the kind: cases are shared among them.
fn has_kind(endpoint: &wire::endpoint::Endpoint, kind: &str) -> bool {
    let vendor = registry::vendor_of(endpoint);
    let mut rules = vendor
        .iter()
        .flat_map(|vendor| vendor.endpoints)
        .flat_map(|known| known.table.rules);
    rules.any(|rule| rule.kind == kind)
}

fn is_id(id: &str) -> bool {
    let base32 = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte);
    match id.split_once('-') {
        Some((prefix, rest)) => {
            prefix.len() == 3
                && prefix.bytes().all(|byte| byte.is_ascii_uppercase())
                && rest.len() == 4
                && rest.bytes().all(base32)
        }
        None => false,
    }
}
