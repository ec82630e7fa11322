//! `clock`: what time it is for the services, and moving it.

use std::time::Duration;

use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use serde_json::{Value, json};

use super::problem::Problem;
use super::query;
use crate::server::Shared;

/// The furthest that one request moves the clock, in milliseconds: a year.
const LONGEST_MS: u64 = 366 * 86_400_000;

/// Answers a request for the clock.
pub(super) async fn answer(shared: &Shared, request: Request<Incoming>) -> Result<Value, Problem> {
    query::read(&request, &[])?;
    if request.method() == Method::POST {
        let by = advance_ms(request, shared.options.guards.head_time).await?;
        if !shared.clock.advance(Duration::from_millis(by)).await {
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

async fn advance_ms(request: Request<Incoming>, time: Duration) -> Result<u64, Problem> {
    let members = query::body(request, &["advance_ms"], time).await?;
    let advance = members.get("advance_ms").and_then(query::whole);
    advance.filter(|ms| *ms <= LONGEST_MS).ok_or_else(|| {
        let detail =
            format!("advance_ms has to be a whole number of milliseconds, at most {LONGEST_MS}");
        query::bad_body(&detail)
    })
}
