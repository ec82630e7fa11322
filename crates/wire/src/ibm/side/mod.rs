//! What is served beside the socket: sign-in in four generations, the HTTP twin, the voices.
//!
//! ```text
//!   POST …/identity/token                  API key, form      ─▶ JSON with a JWT
//!   POST …/v1/authorize                    login or key, JSON ─▶ JSON with a JWT
//!   GET  …/v1/preauth/validateAuth         Basic              ─▶ JSON with a JWT
//!   POST …/v1/preauth/signin               login, JSON        ─▶ JSON with a JWT
//!   GET  …/authorization/api/v1/token      Basic              ─▶ a bare JWT
//!   GET, POST …/v1/synthesize              token              ─▶ audio
//!   GET  …/v1/voices, …/v1/voices/{voice}  token              ─▶ JSON
//! ```
//!
//! A token tells for which of the configured credentials it was issued, and the selector that
//! the credential was, if it was one.

mod sign_in;
mod synthesize;
mod voices;

use crate::endpoint::Prefix;
use crate::handshake::{Admission, RequestHead};
use crate::side::{Answer, Request, Response, Service};

use super::auth;
use super::tts::ENDPOINT;

/// Every service.
pub const SERVICES: &[&Service] = &[
    &service("ibm/iam-token", &["/identity/token"], sign_in::iam),
    &service("ibm/authorize", &["/v1/authorize"], sign_in::authorize),
    &service(
        "ibm/validate-auth",
        &["/v1/preauth/validateAuth"],
        sign_in::validate_auth,
    ),
    &service("ibm/signin", &["/v1/preauth/signin"], sign_in::signin),
    &service(
        "ibm/cf-token",
        &["/authorization/api/v1/token"],
        sign_in::cloud_foundry,
    ),
    &service(
        "ibm/http-synthesize",
        &["/v1/synthesize"],
        synthesize::answer,
    ),
    &service(
        "ibm/voices",
        &["/v1/voices", "/v1/voices/{voice}"],
        voices::answer,
    ),
];

const fn service(
    name: &'static str,
    paths: &'static [&'static str],
    answer: fn(&Request<'_>, &mut Admission<'_>) -> Answer,
) -> Service {
    Service {
        name,
        paths,
        prefix: Prefix::Any,
        endpoint: &ENDPOINT,
        answer,
    }
}

/// Adds the headers of the gateway.
fn dress(mut response: Response, head: &RequestHead, admission: &mut Admission<'_>) -> Response {
    let transaction = auth::transaction_id(head, admission.ids);
    response.headers.extend(auth::gateway_headers(transaction));
    response
}

/// The answer to a method that a path does not have.
fn wrong_method(request: &Request<'_>, allowed: &'static str) -> Response {
    let finding = crate::finding::Finding::whole(
        &super::clauses::side::METHOD,
        format!("method {}", request.head.method),
        allowed,
    );
    let body = super::error::error_body(405, "Method Not Allowed", "Method not allowed.");
    Response::new(405, "application/json", body)
        .with_header("Allow", allowed)
        .with_finding(finding)
}

#[cfg(test)]
mod tests;
