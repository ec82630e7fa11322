//! The admin API: what happened, for tests and for people.
//!
//! ```text
//!   health · openapi.json                      what this is
//!   sessions · sessions/ID[/raw|/audio] · findings      what happened
//!   lanes/NAME · wait · verify · clock         tests at work
//!   metrics                                    numbers
//! ```
//!
//! `openapi.json` in this crate's folder describes it, and is held against it in the tests.

mod access;
mod clock;
mod lanes;
mod problem;
mod query;
mod sessions;
mod wait;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value, json};
use wire::handshake::percent_decode;

pub(crate) use problem::Problem;

use crate::body::Body;
use crate::metrics;
use crate::server::Shared;
use crate::tls;
use crate::upgrade::Answer;

/// Where the admin API lives.
pub(crate) const PREFIX: &str = "/__mynah/";

/// What is served, for people who are lost.
const RESOURCES: &str = "health, ca.pem, openapi.json, sessions, sessions/{id}, sessions/{id}/raw, \
                         sessions/{id}/audio, findings, lanes/{lane}, wait, verify, clock, metrics";

/// The description of the API.
const OPENAPI: &str = include_str!("../../openapi.json");

/// Answers one request under [`PREFIX`].
pub(crate) async fn answer(shared: &Shared, is_local: bool, request: Request<Incoming>) -> Answer {
    route(shared, is_local, request)
        .await
        .unwrap_or_else(Problem::into_answer)
}

async fn route(
    shared: &Shared,
    is_local: bool,
    request: Request<Incoming>,
) -> Result<Answer, Problem> {
    const GET: &[Method] = &[Method::GET];
    let path = request.uri().path().to_owned();
    let resource = path.strip_prefix(PREFIX).unwrap_or_default();
    if !matches!(resource, "health" | "ca.pem") {
        access::check(shared.options.admin_token.as_deref(), is_local, &request)?;
    }
    let words: Vec<String> = resource.split('/').map(percent_decode).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["health"] => {
            only(&request, GET)?;
            query::read(&request, &[])?;
            let version = env!("CARGO_PKG_VERSION");
            Ok(answer_json(&json!({ "status": "ok", "version": version })))
        }
        ["ca.pem"] => {
            only(&request, GET)?;
            query::read(&request, &[])?;
            tls::answer_ca(shared.options.tls.as_ref())
        }
        ["openapi.json"] => {
            only(&request, GET)?;
            query::read(&request, &[])?;
            Ok(answer_bytes("application/json", OPENAPI))
        }
        ["sessions"] => {
            only(&request, GET)?;
            sessions::list(shared, &request).map(|value| answer_json(&value))
        }
        ["findings"] => {
            only(&request, GET)?;
            sessions::findings(shared, &request).map(|value| answer_json(&value))
        }
        ["sessions", id] => {
            only(&request, GET)?;
            sessions::one(shared, id, &request).map(|value| answer_json(&value))
        }
        ["sessions", id, "raw"] => {
            only(&request, GET)?;
            sessions::raw(shared, id, &request)
        }
        ["sessions", id, "audio"] => {
            only(&request, GET)?;
            sessions::audio(shared, id, &request)
        }
        ["lanes", name] => {
            only(&request, &[Method::GET, Method::PUT, Method::DELETE])?;
            lanes::answer(shared, name, request).await
        }
        ["wait"] => {
            only(&request, GET)?;
            wait::wait(shared, &request).await
        }
        ["verify"] => {
            only(&request, GET)?;
            wait::verify(shared, &request).map(|value| answer_json(&value))
        }
        ["clock"] => {
            only(&request, &[Method::GET, Method::POST])?;
            let value = clock::answer(shared, request).await?;
            Ok(answer_json(&value))
        }
        ["metrics"] => {
            only(&request, GET)?;
            query::read(&request, &[])?;
            let (lanes, bytes) = (shared.lanes.all().len(), shared.journal.bytes());
            let text = shared.journal.metrics.text(lanes, bytes);
            Ok(answer_bytes(metrics::MEDIA_TYPE, text))
        }
        _ => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no such resource",
            format!("{path} is not served; there are: {RESOURCES}"),
        )),
    }
}

fn only(request: &Request<Incoming>, methods: &[Method]) -> Result<(), Problem> {
    if methods.contains(request.method()) {
        return Ok(());
    }
    let allowed: Vec<&str> = methods.iter().map(Method::as_str).collect();
    let allowed = allowed.join(", ");
    let problem = Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong method",
        format!("{} is not served here; use {allowed}", request.method()),
    );
    Err(problem.with_header(ALLOW, &allowed))
}

fn answer_json(value: &Value) -> Answer {
    answer_bytes("application/json", value.to_string())
}

fn answer_bytes(kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(Body::from(body.into()));
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
