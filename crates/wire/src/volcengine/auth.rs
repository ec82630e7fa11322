//! The upgrade: a credential in a form of its own, then RFC 6455.
//!
//! ```text
//!   two Host headers ─▶ 400     no credential ─▶ 401     `Bearer TOKEN` ─▶ 401
//!   not an upgrade   ─▶ 400     otherwise ─▶ 101 with X-Tt-Logid
//! ```
//!
//! Any token is good, unless the server checks them. Which application and which cluster it is
//! good for is known when the request is read.

use super::clauses::handshake as clauses;
use super::error::Rejection;
use super::knobs;
use crate::credentials::{Denial, Grant, Secret};
use crate::dialect::Denied;
use crate::finding::Finding;
use crate::handshake::{Admission, PathMiss, Refusal, RequestHead, UpgradeProblem, Welcome};
use crate::id::Ids;
use crate::json::{self, Style, Value};

/// What an `Authorization` header holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Credential {
    /// Nothing, or a scheme without a token.
    Missing,
    /// `Bearer; token`.
    Bearer,
    /// `Bearer token`.
    WrongBearer,
    /// `Basic …`, as clients write the user-info of a URL.
    Basic,
    /// Anything else.
    Other,
}

impl Credential {
    /// What the request brings.
    pub(super) fn of(head: &RequestHead) -> Self {
        let Some(value) = head.filled_header("Authorization") else {
            return Self::Missing;
        };
        let end = value.find(|c: char| c == ';' || c.is_whitespace());
        let (scheme, rest) = value.split_at(end.unwrap_or(value.len()));
        if scheme.eq_ignore_ascii_case("Basic") {
            return Self::Basic;
        }
        if !scheme.eq_ignore_ascii_case("Bearer") {
            return Self::Other;
        }
        match rest.strip_prefix(';') {
            Some(token) if token.trim().is_empty() => Self::Missing,
            Some(_) => Self::Bearer,
            None if rest.trim().is_empty() => Self::Missing,
            None => Self::WrongBearer,
        }
    }
}

/// Judges an upgrade.
///
/// # Errors
/// The refusal, in the order of the drawing above.
pub(super) fn admit(head: &RequestHead, admission: &mut Admission<'_>) -> Result<Welcome, Refusal> {
    let hosts = head.headers("Host").count();
    if hosts > 1 {
        return Err(refuse(
            Rejection::TwoHosts,
            &format!("{hosts} Host headers"),
            "one",
            admission.ids,
        ));
    }
    let admitted = let_in(head, admission)
        .map_err(|wrong| refuse_for(wrong.rejection, *wrong.finding, admission.ids))?;
    if let Some((rejection, found)) = upgrade_problem(head) {
        let refusal = refuse(rejection, &found, "an RFC 6455 upgrade", admission.ids);
        // RFC 6455 4.4: the refusal of a version names those that are spoken.
        return Err(match rejection {
            Rejection::Version => refusal.with_header("Sec-WebSocket-Version", "13"),
            _ => refusal,
        });
    }
    Ok(Welcome {
        headers: vec![("X-Tt-Logid", log_id(admission.ids))],
        findings: admitted.findings,
        grant: admitted.grant,
    })
}

/// A credential that is let in.
#[derive(Debug, Default)]
pub(super) struct Admitted {
    /// What it is good for.
    pub(super) grant: Grant,
    /// Oddities that do no harm.
    pub(super) findings: Vec<Finding>,
}

/// A credential that is not.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The refusal.
    pub(super) rejection: Rejection,
    /// What is wrong.
    pub(super) finding: Box<Finding>,
}

/// Judges the credential of a request, which the socket and its twin have in common.
pub(super) fn let_in(head: &RequestHead, admission: &Admission<'_>) -> Result<Admitted, Wrong> {
    let knobs = admission.knobs;
    let expected = "Authorization: Bearer; {token}";
    let wrong = |rejection: Rejection, clause, found: &str| Wrong {
        rejection,
        finding: Box::new(Finding::whole(clause, found, expected)),
    };
    let plain = |rejection: Rejection, found: &str| wrong(rejection, rejection.row().clause, found);
    let mut admitted = Admitted::default();
    match Credential::of(head) {
        Credential::Bearer => {}
        Credential::Missing => {
            let found = match head.header("Authorization") {
                None => "no Authorization",
                Some(_) => "an Authorization without a token",
            };
            return Err(plain(Rejection::MissingAuthorization, found));
        }
        Credential::WrongBearer => {
            let found = "a Bearer token without the semicolon";
            if knobs.is(&knobs::WRONG_BEARER, "401") {
                return Err(plain(Rejection::UnknownGrant, found));
            }
            let finding = Finding::whole(&clauses::NO_SEMICOLON, found, expected);
            admitted.findings.push(finding);
        }
        Credential::Basic => {
            let found = "a Basic credential";
            if knobs.is(&knobs::BASIC_AUTH, "refuse") {
                return Err(wrong(Rejection::UnknownGrant, &clauses::USER_INFO, found));
            }
            let finding = Finding::whole(&clauses::USER_INFO, found, expected);
            admitted.findings.push(finding);
        }
        Credential::Other => {
            let found = "an Authorization of another scheme";
            let finding = Finding::whole(&clauses::BEARER, found, expected);
            admitted.findings.push(finding);
        }
    }
    let store = admission.credentials;
    if store.is_strict() {
        let value = head.filled_header("Authorization").unwrap_or_default();
        let end = value.find(|c: char| c == ';' || c.is_whitespace());
        let token = value.get(end.unwrap_or(value.len())..).unwrap_or_default();
        let token = token.trim_start_matches([';', ' ', '\t']);
        let is = |secret: &Secret| match secret {
            Secret::Token(own) => own == token,
            Secret::App { access_token, .. } => access_token == token,
            Secret::ApiKey(_) | Secret::KeyPair { .. } | Secret::Login { .. } => false,
        };
        let found = store.find("volcengine", admission.now_s(), is);
        let (_, configured) = found.map_err(|denial| {
            let clause = match denial {
                Denial::Unknown => &clauses::BAD_TOKEN,
                Denial::Expired(_) | Denial::Revoked(_) => &clauses::GONE_TOKEN,
            };
            wrong(Rejection::UnknownGrant, clause, denial.found())
        })?;
        admitted.grant = Grant {
            appid: match &configured.secret {
                Secret::App { appid, .. } => Some(appid.clone()),
                _ => None,
            },
            cluster: configured.cluster.clone(),
        };
    }
    Ok(admitted)
}

/// Refuses a path that is near the served one.
pub(super) fn refuse_path(
    head: &RequestHead,
    miss: PathMiss,
    admission: &mut Admission<'_>,
) -> Refusal {
    let finding = Finding::whole(miss.clause, format!("path {}", head.path), miss.nearest);
    refuse_for(Rejection::Path, finding, admission.ids)
}

/// A refusal of the table in its own words. A path that nothing serves is told so by Go's
/// library, in plain text.
pub(super) fn rejected(rejection: Rejection, ids: &mut Ids) -> Denied {
    let row = rejection.row();
    match rejection {
        Rejection::Path => Denied {
            status: row.status,
            headers: headers("text/plain; charset=utf-8", ids),
            body: format!("{}\n", row.text),
        },
        _ => denied(row.status, row.text, ids),
    }
}

/// A refusal with this text, in the shape that they have.
pub(super) fn denied(status: u16, text: &str, ids: &mut Ids) -> Denied {
    Denied {
        status,
        headers: headers("application/json", ids),
        body: json::object([("error", Value::from(text))]).write(Style::Compact),
    }
}

/// The same with a code beside the text.
pub(super) fn denied_with_code(status: u16, code: u32, text: &str, ids: &mut Ids) -> Denied {
    let members = [("code", Value::from(code)), ("error", Value::from(text))];
    Denied {
        status,
        headers: headers("application/json", ids),
        body: json::object(members).write(Style::Compact),
    }
}

fn headers(content_type: &str, ids: &mut Ids) -> Vec<(&'static str, String)> {
    vec![
        ("Content-Type", content_type.to_owned()),
        ("X-Tt-Logid", log_id(ids)),
    ]
}

/// The first thing that keeps a request from being an upgrade, in the order in which the
/// service's library looks for them.
fn upgrade_problem(head: &RequestHead) -> Option<(Rejection, String)> {
    let names = |header: &str, token: &str| {
        head.headers(header)
            .flat_map(|value| value.split(','))
            .any(|word| word.trim().eq_ignore_ascii_case(token))
    };
    if !names("Connection", "upgrade") {
        return Some((
            Rejection::NoConnection,
            UpgradeProblem::NoConnection.found(),
        ));
    }
    if !names("Upgrade", "websocket") {
        return Some((Rejection::NoUpgrade, UpgradeProblem::NoUpgrade.found()));
    }
    let problem = head.upgrade_problem()?;
    let rejection = match problem {
        UpgradeProblem::Method(_) => Rejection::Method,
        UpgradeProblem::NoUpgrade => Rejection::NoUpgrade,
        UpgradeProblem::NoConnection => Rejection::NoConnection,
        UpgradeProblem::Version(_) => Rejection::Version,
        UpgradeProblem::Key(_) => Rejection::Key,
    };
    Some((rejection, problem.found()))
}

fn refuse(rejection: Rejection, found: &str, expected: &str, ids: &mut Ids) -> Refusal {
    let finding = Finding::whole(rejection.row().clause, found, expected);
    refuse_for(rejection, finding, ids)
}

fn refuse_for(rejection: Rejection, finding: Finding, ids: &mut Ids) -> Refusal {
    let Denied {
        status,
        headers,
        body,
    } = rejected(rejection, ids);
    Refusal {
        status,
        headers,
        body,
        finding,
    }
}

/// A trace id: 14 digits of a date that is always the same, and 20 upper-case digits.
pub(super) fn log_id(ids: &mut Ids) -> String {
    format!("20260101000000{}", ids.hex(20).to_uppercase())
}

#[cfg(test)]
mod tests;
