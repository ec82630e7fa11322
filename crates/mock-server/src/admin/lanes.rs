//! `lanes/{lane}`: set, see, reset.

use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::{PREFIX, answer_json, query};
use crate::body::Body;
use crate::lane::{Lane, Rule};
use crate::scenario::Scenario;
use crate::server::Shared;
use crate::upgrade::Answer;

/// Answers a request for a lane.
pub(super) async fn answer(
    shared: &Shared,
    name: &str,
    request: Request<Incoming>,
) -> Result<Answer, Problem> {
    query::read(&request, &[])?;
    let name = query::lane(name)?;
    if request.method() == Method::PUT {
        let known = ["scenario", "seed", "transcripts"];
        let members = query::body(request, &known, shared.options.guards.head_time).await?;
        let (rule, scenario) = rule(shared, &members)?;
        let transcripts = transcripts(&members)?;
        let lane = shared.lanes.enter(&name).map_err(|error| {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Problem::new(status, "too many lanes", error.to_string())
        })?;
        lane.set(rule, transcripts);
        lane.expect(&scenario);
        return Ok(answer_json(&shown(&lane)));
    }
    if request.method() == Method::DELETE {
        shared.lanes.remove(&name);
        shared.journal.forget_lane(&name);
        let mut response = Response::new(Body::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        return Ok(response);
    }
    match shared.lanes.find(&name) {
        Some(lane) => Ok(answer_json(&shown(&lane))),
        None => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "no such lane",
            format!("nothing has named lane {name} yet; PUT {PREFIX}lanes/{name} makes it"),
        )),
    }
}

fn rule(shared: &Shared, members: &Map<String, Value>) -> Result<(Rule, Scenario), Problem> {
    let scenario = match members.get("scenario") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => return Err(query::bad_body("scenario has to be a string")),
    };
    let seed = match members.get("seed") {
        None | Some(Value::Null) => None,
        Some(seed) => Some(query::whole(seed).ok_or_else(|| {
            query::bad_body("seed has to be a whole number from 0 to 18446744073709551615")
        })?),
    };
    let found = scenario.as_ref().map(|text| shared.library.find(text));
    let found = found.transpose().map_err(|error| {
        query::bad_body(&error.to_string()).with("known", json!(shared.library.names()))
    })?;
    Ok((Rule { scenario, seed }, found.unwrap_or_default()))
}

fn transcripts(members: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let bad = || query::bad_body("transcripts has to be an array of strings");
    match members.get("transcripts") {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(bad))
            .collect(),
        Some(_) => Err(bad()),
    }
}

fn shown(lane: &Lane) -> Value {
    let (rule, tally) = (lane.rule(), lane.tally().clone());
    json!({
        "lane": lane.name,
        "scenario": rule.scenario,
        "seed": rule.seed,
        "transcripts": lane.transcripts(),
        "connections": lane.connections(),
        "open": tally.open,
        "closed": tally.closed,
        "findings": tally.findings_count(),
    })
}
