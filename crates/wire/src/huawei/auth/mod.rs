//! Who gets in, and in which words the others are kept out.
//!
//! ```text
//!   chosen refusal → method → sizes → Host → credential → upgrade → 101
//! ```
//!
//! The gateway answers before the service does, so every refusal is HTTP. Any credential
//! that is not empty is taken, unless the server checks them (`strict`); what is said to a bad
//! one can also be chosen.

mod denial;
mod difference;
mod refusal;
pub mod signature;
mod strict;

pub(super) use denial::{deny, signed_at};
use refusal::{Row, refuse};
pub(super) use strict::{PROJECT_SCOPE, Scope, caller};

use super::clauses::handshake;
use super::knobs::REFUSE;
use crate::clause::Clause;
use crate::credentials::Grant;
use crate::finding::Finding;
use crate::handshake::{Admission, PathMiss, Refusal, RequestHead, UpgradeProblem, Welcome};

/// Judges a handshake on one of the vendor's paths.
///
/// # Errors
/// The refusal in the gateway's words.
pub fn admit(head: &RequestHead, admission: &mut Admission<'_>) -> Result<Welcome, Refusal> {
    if let Some(row) = Row::named(admission.knobs.text(&REFUSE)) {
        let finding = Finding::whole(row.clause, "a handshake", "none, by choice");
        return Err(refuse(row, finding, admission));
    }
    if head.method != "GET" {
        let found = format!("method {}", head.method);
        let finding = Finding::whole(&handshake::WRONG_METHOD, found, "GET");
        return Err(refuse(&Row::WRONG_METHOD, finding, admission));
    }
    if let Some((row, finding)) = oversize(head) {
        return Err(refuse(row, finding, admission));
    }
    let hosts = head.headers("Host").count();
    if hosts > 1 {
        let finding = Finding::whole(&handshake::ONE_HOST, format!("{hosts} Host headers"), "one");
        return Err(refuse(&Row::BAD_SIGNATURE, finding, admission));
    }
    if let Some(finding) = no_credential(head) {
        return Err(refuse(&Row::NO_CREDENTIAL, finding, admission));
    }
    strict::judge(head, admission).map_err(|wrong| wrong.refuse(admission))?;
    if let Some(problem) = head.upgrade_problem() {
        return Err(broken_upgrade(&problem, admission));
    }
    Ok(Welcome {
        headers: Vec::new(),
        findings: oddities(head),
        grant: Grant::default(),
    })
}

/// Words the refusal of a path that is near one of the vendor's.
#[must_use]
pub fn refuse_path(head: &RequestHead, miss: PathMiss, admission: &mut Admission<'_>) -> Refusal {
    // The clause of the miss is that of the nearest endpoint; the paths are those of all of them.
    let found = format!("path {}", excerpt(&head.path));
    let finding = Finding::whole(&handshake::PATHS, found, miss.nearest);
    refuse(&Row::UNKNOWN_PATH, finding, admission)
}

/// The finding about a missing or empty credential.
fn no_credential(head: &RequestHead) -> Option<Finding> {
    const HEADERS: [&str; 2] = ["X-Auth-Token", "Authorization"];
    const EXPECTED: &str = "X-Auth-Token or Authorization";
    if HEADERS
        .iter()
        .any(|name| head.filled_header(name).is_some())
    {
        return None;
    }
    let empty = HEADERS.iter().find(|name| head.header(name).is_some());
    let found = match empty {
        Some(name) => format!("an empty {name}"),
        None => "no credential".to_owned(),
    };
    Some(Finding::whole(&handshake::CREDENTIAL, found, EXPECTED))
}

/// The finding about a URI, a header or a body that is larger than the gateway takes.
fn oversize(head: &RequestHead) -> Option<(&'static Row, Finding)> {
    const KIB: usize = 1024;
    let too_large = |row: &'static Row, what: &str, bytes: u64, limit: usize| {
        let finding = Finding::whole(
            row.clause,
            format!("{what} of {bytes} bytes"),
            format!("at most {limit} bytes"),
        );
        (u64::try_from(limit).is_ok_and(|limit| bytes > limit)).then_some((row, finding))
    };
    let count = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
    let uri = head.path.len() + head.query.as_ref().map_or(0, |query| query.len() + 1);
    let each = head
        .headers
        .iter()
        .map(|(name, value)| name.len() + value.len());
    let longest = each.clone().max().unwrap_or_default();
    let body = head
        .header("Content-Length")
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or_default();
    too_large(&Row::URI_SIZE, "a URI", count(uri), 32 * KIB)
        .or_else(|| too_large(&Row::HEADER_SIZE, "a header", count(longest), 32 * KIB))
        .or_else(|| too_large(&Row::HEADER_SIZE, "headers", count(each.sum()), 128 * KIB))
        .or_else(|| too_large(&Row::BODY_SIZE, "a body", body, 12 * KIB * KIB))
}

fn broken_upgrade(problem: &UpgradeProblem, admission: &mut Admission<'_>) -> Refusal {
    let (row, clause): (_, &'static Clause) = match problem {
        UpgradeProblem::Version(_) => (&Row::UPGRADE_VERSION, &handshake::UPGRADE),
        _ => (&Row::BROKEN_UPGRADE, &handshake::UPGRADE),
    };
    let finding = Finding::whole(clause, problem.found(), "an RFC 6455 upgrade, version 13");
    let refusal = refuse(row, finding, admission);
    match problem {
        UpgradeProblem::Version(_) => refusal.with_header("Sec-WebSocket-Version", "13"),
        _ => refusal,
    }
}

/// What is odd about a handshake but does not refuse it.
fn oddities(head: &RequestHead) -> Vec<Finding> {
    let mut findings = Vec::new();
    // `mynah` is the query parameter by which a scenario is chosen, and never the client's fault.
    if let Some((name, _)) = head
        .query_pairs()
        .into_iter()
        .find(|(name, _)| name != "mynah")
    {
        let found = format!("query parameter {}", excerpt(&name));
        findings.push(Finding::whole(&handshake::NO_QUERY, found, "no query"));
    }
    if let Some(offered) = head.filled_header("Sec-WebSocket-Protocol") {
        let found = format!("Sec-WebSocket-Protocol: {}", excerpt(offered));
        findings.push(Finding::whole(&handshake::NO_SUBPROTOCOL, found, "none"));
    }
    let language = head.filled_header("X-Language");
    if let Some(language) = language.filter(|it| !matches!(*it, "en-us" | "zh-cn")) {
        let found = format!("X-Language: {}", excerpt(language));
        let expected = "en-us or zh-cn";
        findings.push(Finding::whole(&handshake::LANGUAGE, found, expected));
    }
    findings
}

/// As much of a text as fits a finding.
fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests;
