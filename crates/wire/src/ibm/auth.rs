//! Who may open a connection, and how the others are turned away.
//!
//! ```text
//!   credentials ──▶ origin, host ──▶ upgrade ──▶ query values ──▶ 101 + X-Global-Transaction-ID
//!       401             403            400         400, 404
//! ```
//!
//! Any credential that is there will do, unless the server checks them (`strict`).

mod denial;
mod strict;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::credentials::Grant;
use crate::finding::Finding;
use crate::handshake::{Admission, PathMiss, Refusal, RequestHead, UpgradeProblem, Welcome};
use crate::id::Ids;
use crate::json::Value;

use super::clauses::handshake as clauses;
use super::error::{self, Blanks, Failure};
use super::knobs;
use super::setup;
use super::tts::query::Query;

pub(super) use denial::deny;

/// Judges a handshake.
///
/// # Errors
/// The service's HTTP answer: 401 without a credential, 403, 400 or 404.
pub fn admit(head: &RequestHead, admission: &mut Admission<'_>) -> Result<Welcome, Refusal> {
    let transaction = transaction_id(head, admission.ids);
    let mut findings = Vec::new();
    match judge(head, admission, &mut findings) {
        Ok(()) => Ok(Welcome {
            headers: vec![
                (TRANSACTION_ID, transaction),
                ("X-DP-Watson-Tran-ID", gateway_id(admission.ids)),
            ],
            findings,
            grant: Grant::default(),
        }),
        Err(refusal) => Err(dress(*refusal, transaction)),
    }
}

/// Words the refusal of a path that nothing serves.
pub fn refuse_path(head: &RequestHead, miss: PathMiss, admission: &mut Admission<'_>) -> Refusal {
    let transaction = transaction_id(head, admission.ids);
    let found = Value::from(head.path.as_str()).excerpt();
    let finding = Finding::whole(&clauses::NO_SUCH_RESOURCE, found, miss.nearest);
    let refusal = Refusal::json(404, error::NO_SUCH_RESOURCE.to_owned(), finding);
    dress(refusal, transaction)
}

fn judge(
    head: &RequestHead,
    admission: &mut Admission<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(), Box<Refusal>> {
    let knobs = admission.knobs;
    let_in(head, admission)?;
    if let Some(problem) = head.upgrade_problem() {
        return Err(Box::new(not_an_upgrade(&problem)));
    }
    let query = Query::read(head, knobs);
    if let Some(refused) = query.refused_in_handshake(knobs) {
        let (status, _) = refused.failure.status();
        let body = refused.failure.body(Blanks::One);
        let finding = (*refused.finding).clone();
        return Err(Box::new(Refusal::json(status, body, finding)));
    }
    findings.extend(query.findings);
    // What is refused after the upgrade is noted now: it is the handshake that is wrong.
    findings.extend(query.refused.into_iter().map(|refused| *refused.finding));
    Ok(())
}

/// Judges the credential, the origin and the host, which all services of the vendor look at.
pub(super) fn let_in(
    head: &RequestHead,
    admission: &mut Admission<'_>,
) -> Result<(), Box<Refusal>> {
    if let Some(finding) = missing_credential(head) {
        return Err(Box::new(unauthorized(finding, admission)));
    }
    match strict::judge(head, admission) {
        Ok(()) => {}
        Err(strict::Wrong::Credential(finding)) => {
            return Err(Box::new(unauthorized(*finding, admission)));
        }
        Err(strict::Wrong::Instance(finding)) => {
            let body = error::forbidden(&admission.ids.uuid());
            return Err(Box::new(Refusal::json(403, body, *finding)));
        }
    }
    if let Some(finding) = forbidden(head, admission) {
        let body = error::forbidden(&admission.ids.uuid());
        return Err(Box::new(Refusal::json(403, body, finding)));
    }
    Ok(())
}

fn unauthorized(finding: Finding, admission: &mut Admission<'_>) -> Refusal {
    let body = if admission.knobs.is(&knobs::UNAUTHORIZED_BODY, "2019") {
        error::UNAUTHORIZED_2019.to_owned()
    } else {
        error::unauthorized(&admission.ids.uuid())
    };
    Refusal::json(401, body, finding)
}

/// What is wrong with the credentials, if there is none that says anything.
fn missing_credential(head: &RequestHead) -> Option<Finding> {
    let authorization = head.headers("Authorization").any(is_authorization);
    let by_header = authorization || head.filled_header("X-Watson-Authorization-Token").is_some();
    let pairs = head.query_pairs();
    let by_query = pairs
        .iter()
        .any(|(name, value)| TOKENS.contains(&name.as_str()) && !value.trim().is_empty());
    if by_header || by_query {
        return None;
    }
    let sent = pairs
        .iter()
        .find(|(name, _)| TOKENS.contains(&name.as_str()))
        .map(|(name, _)| name.clone());
    let header = ["Authorization", "X-Watson-Authorization-Token"]
        .into_iter()
        .find(|name| head.header(name).is_some());
    let (place, clause, found) = match header.map(str::to_owned).or(sent) {
        Some(name) => (name, &clauses::EMPTY_CREDENTIAL, "an empty credential"),
        None => (
            "access_token".to_owned(),
            &clauses::CREDENTIALS,
            "no credential",
        ),
    };
    let expected = "access_token in the query, or a header Authorization";
    Some(Finding::at_path(clause, place, found, expected))
}

/// Whether a value of `Authorization` carries anything. A scheme alone does not, if it is known.
fn is_authorization(value: &str) -> bool {
    let (scheme, rest) = match value.trim().split_once(char::is_whitespace) {
        Some((scheme, rest)) => (scheme, rest.trim()),
        None => (value.trim(), ""),
    };
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("Basic") || is("ZenApiKey") {
        return !rest.is_empty() && has_password(rest);
    }
    if is("Bearer") {
        return !rest.is_empty();
    }
    !scheme.is_empty()
}

/// Whether `user:password` in base64 has a password. What is not base64 is a credential as it is.
fn has_password(encoded: &str) -> bool {
    let Ok(decoded) = STANDARD.decode(encoded) else {
        return true;
    };
    match decoded.iter().position(|byte| *byte == b':') {
        Some(colon) => colon + 1 < decoded.len(),
        None => !decoded.is_empty(),
    }
}

/// Why the connection is forbidden to anybody, if it is.
fn forbidden(head: &RequestHead, admission: &Admission<'_>) -> Option<Finding> {
    if admission.knobs.is_on(&knobs::STRICT_ORIGIN)
        && let Some(origin) = head.filled_header("Origin")
    {
        let found = Value::from(origin).excerpt();
        let clause = &clauses::ORIGIN;
        return Some(Finding::at_path(clause, "Origin", found, "no Origin"));
    }
    let host = head.header("Host").unwrap_or_default().trim();
    let host = host.split(':').next().unwrap_or_default();
    let legacy = setup::LEGACY_HOSTS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(host));
    if legacy && admission.knobs.is(&knobs::LEGACY_HOSTS, "refuse") {
        let expected = "a host of today";
        let clause = &clauses::URL_LEGACY;
        return Some(Finding::at_path(clause, "Host", host, expected));
    }
    None
}

fn not_an_upgrade(problem: &UpgradeProblem) -> Refusal {
    let found = problem.found();
    let failure = Failure::NotAnUpgrade(found.clone());
    let clause = match problem {
        UpgradeProblem::Method(_) | UpgradeProblem::NoUpgrade => &clauses::HTTP_TWIN,
        _ => &clauses::NOT_AN_UPGRADE,
    };
    let finding = Finding::whole(clause, found, "a WebSocket upgrade");
    let (status, _) = failure.status();
    let refusal = Refusal::json(status, failure.body(Blanks::One), finding);
    match problem {
        UpgradeProblem::Version(_) => refusal.with_header("Sec-WebSocket-Version", "13"),
        _ => refusal,
    }
}

/// The client's own id if it fits into a header, else 24 hexadecimal digits.
pub(super) fn transaction_id(head: &RequestHead, ids: &mut Ids) -> String {
    let drawn = ids.hex(24);
    let own = head
        .filled_header(TRANSACTION_ID)
        .filter(|id| id.len() <= LONGEST_OWN_ID && id.bytes().all(|byte| byte.is_ascii_graphic()));
    own.map_or(drawn, str::to_owned)
}

/// An id of the form `stream01-405810411`.
fn gateway_id(ids: &mut Ids) -> String {
    format!("stream01-{:09}", ids.bits() % 1_000_000_000)
}

/// Adds the headers that every HTTP answer of the gateway has.
fn dress(mut refusal: Refusal, transaction: String) -> Refusal {
    refusal.headers.extend(gateway_headers(transaction));
    refusal
}

/// The headers that every HTTP answer of the gateway has.
pub(super) fn gateway_headers(transaction: String) -> [(&'static str, String); 6] {
    [
        (TRANSACTION_ID, transaction),
        ("X-Frame-Options", "DENY".to_owned()),
        ("X-Content-Type-Options", "nosniff".to_owned()),
        ("X-XSS-Protection", "1".to_owned()),
        ("Content-Security-Policy", "default-src".to_owned()),
        ("Server", "-".to_owned()),
    ]
}

const TRANSACTION_ID: &str = "X-Global-Transaction-ID";
const TOKENS: [&str; 2] = ["access_token", "watson-token"];
const LONGEST_OWN_ID: usize = 128;

#[cfg(test)]
mod tests;
