//! The check of a token or a signature against the configured keys.
//!
//! ```text
//!   X-Auth-Token: configured, or issued by our sign-in ─▶ end ─▶ project scope ─▶ project
//!   Authorization: locked? ─▶ known key ─▶ date within 15 min ─▶ signature ─▶ project
//! ```

use super::difference;
use super::refusal::{Row, refuse, refuse_saying};
use super::signature::{Authorization, DATE, canonical_request, string_to_sign};
use crate::clause::Clause;
use crate::credentials::{Claims, Configured, Denial, Secret};
use crate::date::{iso_micros, parse_compact};
use crate::finding::Finding;
use crate::handshake::{Admission, Refusal, RequestHead};
use crate::huawei::clauses::handshake;

/// Why a credential is not good.
#[derive(Debug)]
pub(in crate::huawei) struct Wrong {
    row: Row,
    text: Option<String>,
    finding: Box<Finding>,
}

/// Whose credential a request has.
#[derive(Clone, Debug)]
pub(in crate::huawei) struct Caller {
    /// The project that it is good for; any if there is none.
    pub(in crate::huawei) project: Option<String>,
}

impl Wrong {
    /// The refusal.
    pub(super) fn refuse(self, admission: &mut Admission<'_>) -> Refusal {
        match self.text {
            Some(text) => refuse_saying(&self.row, &text, *self.finding, admission),
            None => refuse(&self.row, *self.finding, admission),
        }
    }

    /// What the client did wrong.
    pub(in crate::huawei) fn into_finding(self) -> Finding {
        *self.finding
    }

    fn new(row: Row, clause: &'static Clause, found: impl Into<String>, expected: &str) -> Self {
        Self {
            row,
            text: None,
            finding: Box::new(Finding::whole(clause, found, expected)),
        }
    }

    fn saying(mut self, text: String) -> Self {
        self.text = Some(text);
        self
    }
}

/// Judges the credential of a handshake, if the server checks credentials.
pub(super) fn judge(head: &RequestHead, admission: &mut Admission<'_>) -> Result<(), Wrong> {
    if !admission.credentials.is_strict() {
        return Ok(());
    }
    let caller = caller(head, Scope::Project, admission)?;
    let segments = head.segments();
    let mut named = segments.iter().skip_while(|segment| *segment != "v1");
    let named = named.nth(1).map(String::as_str).unwrap_or_default();
    if caller.project.as_deref().is_some_and(|own| own != named) {
        let clause = &handshake::PROJECT_MISMATCH;
        let found = "a credential of another project";
        let expected = "one of the project in the path";
        return Err(Wrong::new(Row::PROJECT_MISMATCH, clause, found, expected));
    }
    Ok(())
}

/// Whether a token has to be scoped to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::huawei) enum Scope {
    /// It has to be.
    Project,
    /// Any token will do.
    Any,
}

/// Finds out whose credential a request has.
pub(in crate::huawei) fn caller(
    head: &RequestHead,
    scope: Scope,
    admission: &mut Admission<'_>,
) -> Result<Caller, Wrong> {
    match head.filled_header("X-Auth-Token") {
        Some(token) => by_token(token, scope, admission),
        None => by_signature(head, admission),
    }
}

fn by_token(token: &str, scope: Scope, admission: &Admission<'_>) -> Result<Caller, Wrong> {
    let (store, now_s) = (admission.credentials, admission.now_s());
    let is = |secret: &Secret| matches!(secret, Secret::Token(own) if own == token);
    let found = match store.find("huawei", now_s, is) {
        Err(Denial::Unknown) => match store.redeem("huawei", token, now_s) {
            Ok((claims, Some(configured))) => Ok((Some(claims), configured)),
            Ok((_, None)) => Err(Denial::Unknown),
            Err(denial) => Err(denial),
        },
        other => other.map(|(_, configured)| (None, configured)),
    };
    match found {
        Ok((Some(claims), configured)) => scoped(&claims, configured, scope),
        Ok((None, configured)) => Ok(Caller {
            project: configured.project.clone(),
        }),
        Err(denial) => Err(bad_token(denial)),
    }
}

/// The caller of an issued token.
fn scoped(claims: &Claims, configured: &Configured, scope: Scope) -> Result<Caller, Wrong> {
    if scope == Scope::Project && claims.scope != PROJECT_SCOPE {
        let clause = &handshake::TOKEN_SCOPE;
        let found = "a token without a project scope";
        let expected = "auth.scope.project when the token was asked for";
        return Err(Wrong::new(Row::PROJECT_MISMATCH, clause, found, expected));
    }
    let asked = claims.project.clone();
    Ok(Caller {
        project: asked.or_else(|| configured.project.clone()),
    })
}

fn bad_token(denial: Denial) -> Wrong {
    let expected = "a token that is configured, or was issued by the sign-in service";
    match denial {
        Denial::Unknown => {
            let row = Row::TOKEN_UNREADABLE;
            Wrong::new(row, row.clause, denial.found(), expected)
        }
        Denial::Revoked(_) => {
            let clause = &handshake::REVOKED;
            Wrong::new(Row::TOKEN_UNREADABLE, clause, denial.found(), expected)
        }
        Denial::Expired(at_s) => {
            let row = Row::TOKEN_EXPIRED;
            let at = iso_micros(at_s.saturating_mul(1000));
            let found = format!("a token that expired at {at}");
            Wrong::new(row, row.clause, found, expected).saying(format!(
                "Incorrect IAM authentication information: token expires, expires_at: {at}"
            ))
        }
    }
}

fn by_signature(head: &RequestHead, admission: &mut Admission<'_>) -> Result<Caller, Wrong> {
    let now_s = admission.now_s();
    if admission.memory.strikes(STRIKES).is_locked(now_s) {
        let clause = &handshake::FIVE_ATTEMPTS;
        let found = "an attempt within five minutes after five bad ones";
        return Err(Wrong::new(Row::BAD_SIGNATURE, clause, found, "none"));
    }
    let checked = check(head, admission);
    let strikes = admission.memory.strikes(STRIKES);
    match &checked {
        Ok(_) => strikes.succeed(),
        Err(_) => strikes.fail(ATTEMPTS, now_s, LOCK_S),
    }
    checked
}

fn check(head: &RequestHead, admission: &Admission<'_>) -> Result<Caller, Wrong> {
    let head = admission.sent.unwrap_or(head);
    let (store, now_s) = (admission.credentials, admission.now_s());
    let row = Row::BAD_SIGNATURE;
    let value = head.filled_header("Authorization").unwrap_or_default();
    let Some(authorization) = Authorization::parse(value) else {
        let found = "an Authorization that is no such signature";
        let expected = "SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…";
        return Err(Wrong::new(row, &handshake::SIGNATURE, found, expected));
    };
    let is = |secret: &Secret| matches!(secret, Secret::KeyPair { access_key, .. } if *access_key == authorization.access);
    let configured = match store.find("huawei", now_s, is) {
        Ok((_, configured)) => configured,
        Err(denial) => {
            let (clause, found) = match denial {
                Denial::Revoked(_) => (&handshake::REVOKED, "an access key that was revoked"),
                Denial::Unknown | Denial::Expired(_) => {
                    (row.clause, "an access key that nobody has configured")
                }
            };
            return Err(Wrong::new(row, clause, found, "a configured access key"));
        }
    };
    let Secret::KeyPair { secret_key, .. } = &configured.secret else {
        unreachable!("only key pairs were looked for")
    };
    let Some(date) = head
        .filled_header(DATE)
        .filter(|_| authorization.is_dated())
    else {
        let expected = "X-Sdk-Date, and its name among the signed headers";
        let found = "a signature without a date";
        return Err(Wrong::new(row, &handshake::SIGNATURE, found, expected));
    };
    let skewed = |found: String, expected| {
        Wrong::new(Row::CLOCK_SKEW, Row::CLOCK_SKEW.clause, found, expected)
    };
    let Some(signed_s) = parse_compact(date) else {
        let expected = "X-Sdk-Date: YYYYMMDDTHHMMSSZ";
        let found = "an X-Sdk-Date that is no date";
        return Err(skewed(found.to_owned(), expected));
    };
    let off_s = now_s.abs_diff(signed_s);
    if off_s > SKEW_S {
        let found = format!("an X-Sdk-Date that is {off_s} s off");
        let expected = "at most 900 s";
        return Err(skewed(found, expected));
    }
    if !authorization.is_by(secret_key, head) {
        let canonical = canonical_request(head, &authorization.signed_headers);
        let string = string_to_sign(date, &canonical);
        let difference = difference::explain(&authorization, secret_key, date, head);
        let found = "a signature that the secret key does not give";
        let expected =
            format!("the signature of {string:?} over the canonical request {canonical:?}");
        let finding = Finding::whole(row.clause, found, expected).with_text(format!(
            "the signature is wrong; first difference: {difference}; canonical request: \
             {canonical:?}; string to sign: {string:?}"
        ));
        let text = format!(
            "Incorrect IAM authentication information: verify aksk signature fail, \
             canonicalRequest:{}",
            canonical.replace('\n', "|")
        );
        return Err(Wrong {
            row,
            text: Some(text),
            finding: Box::new(finding),
        });
    }
    Ok(Caller {
        project: configured.project.clone(),
    })
}

/// The scope that says of an issued token that it is good for a project.
pub(in crate::huawei) const PROJECT_SCOPE: &str = "project";
/// What bad attempts are remembered under.
const STRIKES: &str = "huawei signature";
const ATTEMPTS: u32 = 5;
const LOCK_S: u64 = 300;
/// How far a date may be off.
const SKEW_S: u64 = 900;
