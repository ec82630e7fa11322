//! The admin API: what happened, for tests and for people.

mod problem;

use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};
use wire::handshake::percent_decode;

pub(crate) use problem::Problem;

use crate::body::Body;
use crate::journal;
use crate::server::Shared;
use crate::tls;
use crate::upgrade::Answer;

/// Where the admin API lives.
pub(crate) const PREFIX: &str = "/__mynah/";

/// How many items a list has if nobody says.
const LIMIT: usize = 1000;

/// Answers one request under [`PREFIX`].
pub(crate) async fn answer(shared: &Shared, is_local: bool, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    let resource = path.strip_prefix(PREFIX).unwrap_or_default();
    if resource == "ca.pem" {
        let asked = only(&request, &[Method::GET]).and_then(|()| query(&request, &[]));
        let found = asked.and_then(|_| tls::answer_ca(shared.options.tls.as_ref()));
        return found.unwrap_or_else(Problem::into_answer);
    }
    let outcome = match resource {
        "health" => only(&request, &[Method::GET]).and_then(|()| health(&request)),
        _ if !is_local => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "not from here",
            "the admin API answers loopback addresses only",
        )),
        "sessions" => only(&request, &[Method::GET]).and_then(|()| sessions(shared, &request)),
        "findings" => only(&request, &[Method::GET]).and_then(|()| findings(shared, &request)),
        "clock" => match only(&request, &[Method::GET, Method::POST]) {
            Ok(()) => clock(shared, request).await,
            Err(problem) => Err(problem),
        },
        _ => match resource.strip_prefix("sessions/") {
            Some(id) => only(&request, &[Method::GET]).and_then(|()| one_session(shared, id)),
            None => Err(Problem::new(
                StatusCode::NOT_FOUND,
                "no such resource",
                format!(
                    "{path} is not served; there are: health, sessions, sessions/{{id}}, findings, clock, ca.pem"
                ),
            )),
        },
    };
    match outcome {
        Ok(value) => answer_json(&value),
        Err(problem) => problem.into_answer(),
    }
}

fn health(request: &Request<Incoming>) -> Result<Value, Problem> {
    query(request, &[])?;
    Ok(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

fn sessions(shared: &Shared, request: &Request<Incoming>) -> Result<Value, Problem> {
    let filter = Filter::of(request)?;
    let mut shown: Vec<Value> = Vec::new();
    for record in shared.journal.sessions().iter().rev() {
        let mut record = journal::guard(record);
        if shown.len() < filter.limit && filter.admits(record.lane(), record.endpoint()) {
            shown.push(Value::Object(record.summary()));
        }
    }
    shown.reverse();
    Ok(json!({ "sessions": shown }))
}

fn one_session(shared: &Shared, id: &str) -> Result<Value, Problem> {
    let sessions = shared.journal.sessions();
    let found = sessions
        .iter()
        .find(|record| journal::guard(record).id().to_string() == id);
    match found {
        Some(record) => Ok(journal::guard(record).detail()),
        None => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no such session",
            format!("there is no session {id}; GET {PREFIX}sessions lists them"),
        )),
    }
}

fn findings(shared: &Shared, request: &Request<Incoming>) -> Result<Value, Problem> {
    let filter = Filter::of(request)?;
    let mut shown: Vec<Value> = Vec::new();
    for record in shared.journal.sessions() {
        let mut record = journal::guard(&record);
        if filter.admits(record.lane(), record.endpoint()) {
            shown.extend(record.findings());
        }
    }
    let skip = shown.len().saturating_sub(filter.limit);
    Ok(json!({ "findings": shown.split_off(skip) }))
}

async fn clock(shared: &Shared, request: Request<Incoming>) -> Result<Value, Problem> {
    query(&request, &[])?;
    if request.method() == Method::POST {
        let by = advance_ms(request).await?;
        if !shared.clock.advance(std::time::Duration::from_millis(by)) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "the clock moves by itself",
                "start the server with --clock manual to advance it",
            ));
        }
    }
    let now = u64::try_from(shared.clock.now().as_millis()).unwrap_or(u64::MAX);
    Ok(json!({ "mode": shared.clock.mode(), "now_ms": now }))
}

/// The `advance_ms` of a request's body.
async fn advance_ms(request: Request<Incoming>) -> Result<u64, Problem> {
    const BODY: usize = 64 << 10;
    let bad = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "bad body", detail);
    let body = Limited::new(request.into_body(), BODY).collect().await;
    let body = body.map_err(|_| bad("the body is too large or incomplete"))?;
    let body: Value = serde_json::from_slice(&body.to_bytes())
        .map_err(|error| bad(&format!("the body is not JSON: {error}")))?;
    let members = body
        .as_object()
        .ok_or_else(|| bad("the body is not a JSON object"))?;
    if let Some(unknown) = members.keys().find(|key| *key != "advance_ms") {
        return Err(bad(&format!(
            "{unknown:?} is unknown; there is: advance_ms"
        )));
    }
    members
        .get("advance_ms")
        .and_then(Value::as_u64)
        .ok_or_else(|| bad("advance_ms has to be a whole number of milliseconds"))
}

/// What a list is cut down to.
struct Filter {
    lane: Option<String>,
    endpoint: Option<&'static str>,
    limit: usize,
}

impl Filter {
    fn of(request: &Request<Incoming>) -> Result<Self, Problem> {
        let mut filter = Self {
            lane: None,
            endpoint: None,
            limit: LIMIT,
        };
        for (name, value) in query(request, &["lane", "endpoint", "limit"])? {
            match name.as_str() {
                "lane" => filter.lane = Some(value),
                "endpoint" => match wire::registry::find(&value) {
                    Some(endpoint) => filter.endpoint = Some(endpoint.name),
                    None => {
                        let known: Vec<&str> =
                            wire::registry::endpoints().map(|e| e.name).collect();
                        let detail =
                            format!("{value:?} is not served; there are: {}", known.join(", "));
                        return Err(bad_query(detail));
                    }
                },
                _ => {
                    filter.limit = value
                        .parse()
                        .map_err(|_| bad_query("limit has to be a whole number".to_owned()))?;
                }
            }
        }
        Ok(filter)
    }

    fn admits(&self, lane: &str, endpoint: Option<&'static str>) -> bool {
        self.lane.as_deref().is_none_or(|wanted| wanted == lane)
            && (self.endpoint.is_none() || self.endpoint == endpoint)
    }
}

/// The query's pairs, if all of them are `known`.
fn query(request: &Request<Incoming>, known: &[&str]) -> Result<Vec<(String, String)>, Problem> {
    let query = request.uri().query().unwrap_or_default();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = percent_decode(name);
            if known.contains(&name.as_str()) {
                Ok((name, percent_decode(value)))
            } else if known.is_empty() {
                Err(bad_query(format!(
                    "{name:?} is unknown; there are none here"
                )))
            } else {
                let known = known.join(", ");
                Err(bad_query(format!(
                    "{name:?} is unknown; there are: {known}"
                )))
            }
        })
        .collect()
}

fn bad_query(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad query parameter", detail)
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
    let mut response = Response::new(Body::from(value.to_string()));
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
