//! The check of a credential against the configured ones.

use crate::credentials::{Configured, Denial, Secret};
use crate::finding::Finding;
use crate::handshake::{Admission, RequestHead};
use crate::ibm::clauses::handshake as clauses;
use crate::ibm::clauses::side as side_clauses;

/// What keeps a credential from being good.
#[derive(Debug)]
pub(super) enum Wrong {
    /// It is not good for anything.
    Credential(Box<Finding>),
    /// It is good for another instance.
    Instance(Box<Finding>),
}

/// A credential as it travels.
enum Presented {
    Token(String),
    Login(String, String),
    ZenApiKey(String),
}

/// Judges the credential of a request, if the server checks credentials.
pub(super) fn judge(head: &RequestHead, admission: &Admission<'_>) -> Result<(), Wrong> {
    if !admission.credentials.is_strict() {
        return Ok(());
    }
    let (place, presented) = presented(head);
    let configured = match presented.map_or(Err(Denial::Unknown), |it| find(&it, admission)) {
        Ok(configured) => configured,
        Err(denial) => {
            let clause = match denial {
                Denial::Unknown => &clauses::UNAUTHORIZED,
                Denial::Expired(_) => &side_clauses::EXPIRED,
                Denial::Revoked(_) => &side_clauses::REVOKED,
            };
            let expected = "a credential that is configured, or was issued for one";
            let finding = Finding::at_path(clause, place, denial.found(), expected);
            return Err(Wrong::Credential(Box::new(finding)));
        }
    };
    let segments = head.segments();
    let mut named = segments.iter().skip_while(|it| *it != "instances").skip(1);
    match (&configured.project, named.next()) {
        (Some(own), Some(named)) if own != named => {
            let found = "a credential of another instance";
            let finding = Finding::whole(&clauses::FORBIDDEN, found, "one of the instance named");
            Err(Wrong::Instance(Box::new(finding)))
        }
        _ => Ok(()),
    }
}

/// The credential that counts, and where it stands: a header wins.
fn presented(head: &RequestHead) -> (&'static str, Option<Presented>) {
    if let Some(value) = head.filled_header("Authorization") {
        let (scheme, rest) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
        let presented = if scheme.eq_ignore_ascii_case("Bearer") {
            Some(Presented::Token(rest.trim().to_owned()))
        } else if let Some((user, password)) = head.basic_login("Basic") {
            Some(Presented::Login(user, password))
        } else {
            let zen = head.basic_login("ZenApiKey");
            zen.map(|(_, key)| Presented::ZenApiKey(key))
        };
        return ("Authorization", presented);
    }
    if let Some(token) = head.filled_header("X-Watson-Authorization-Token") {
        let token = Presented::Token(token.to_owned());
        return ("X-Watson-Authorization-Token", Some(token));
    }
    for name in ["access_token", "watson-token"] {
        if let Some(token) = head.query_value(name).filter(|it| !it.trim().is_empty()) {
            return (name, Some(Presented::Token(token.trim().to_owned())));
        }
    }
    ("Authorization", None)
}

fn find<'c>(presented: &Presented, admission: &Admission<'c>) -> Result<&'c Configured, Denial> {
    let (store, now_s) = (admission.credentials, admission.now_s());
    let find = |is: &dyn Fn(&Secret) -> bool| {
        let found = store.find("ibm", now_s, is);
        found.map(|(_, configured)| configured)
    };
    match presented {
        Presented::Token(token) => {
            let configured = find(&|secret| matches!(secret, Secret::Token(own) if own == token));
            match configured {
                Err(Denial::Unknown) => match store.redeem("ibm", token, now_s)? {
                    (_, Some(configured)) => Ok(configured),
                    (_, None) => Err(Denial::Unknown),
                },
                other => other,
            }
        }
        Presented::Login(user, password) => find(&|secret| match secret {
            Secret::ApiKey(key) => user == "apikey" && key == password,
            Secret::Login {
                user: own_user,
                password: own_password,
                ..
            } => own_user == user && own_password == password,
            Secret::Token(_) | Secret::KeyPair { .. } | Secret::App { .. } => false,
        }),
        Presented::ZenApiKey(key) => {
            find(&|secret| matches!(secret, Secret::ApiKey(own) if own == key))
        }
    }
}
