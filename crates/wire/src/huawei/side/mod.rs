//! The sign-in service, of which a client needs two things.
//!
//! ```text
//!   POST /v3/auth/tokens      login, JSON           ─▶ 201, the token in X-Subject-Token
//!   GET  /v3/projects?name=   token or signature    ─▶ 200, the project's id
//! ```
//!
//! A token is opaque. It says for which of the configured logins it was issued, for which
//! project, and the selector that a member of the login was, if one was.

mod projects;
mod tokens;

use crate::endpoint::Prefix;
use crate::finding::Finding;
use crate::json::{Value, object};
use crate::side::{Response, Service};

/// Every service.
pub const SERVICES: &[&Service] = &[
    &Service {
        name: "huawei/iam-tokens",
        paths: &["/v3/auth/tokens"],
        prefix: Prefix::Any,
        endpoint: &super::rtts::ENDPOINT,
        answer: tokens::answer,
    },
    &Service {
        name: "huawei/iam-projects",
        paths: &["/v3/projects"],
        prefix: Prefix::Any,
        endpoint: &super::rtts::ENDPOINT,
        answer: projects::answer,
    },
];

/// A failure in the words of the service.
fn failure(status: u16, message: &str, finding: Finding) -> Response {
    let title = match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        405 => "Method Not Allowed",
        _ => "Error",
    };
    let error = object([
        ("message", Value::from(message)),
        ("code", Value::from(u32::from(status))),
        ("title", Value::from(title)),
    ]);
    Response::json(status, &object([("error", error)])).with_finding(finding)
}

/// An id of the service's form that stands for a name: the same for every session.
fn id_of(kind: &str, name: &str) -> String {
    let seed = crate::id::seed_of(0, kind, 0) ^ crate::id::seed_of(0, name, 1);
    crate::id::Ids::new(seed).hex(32)
}

#[cfg(test)]
mod tests;
