//! `wait` and `verify`: when a test may look, and what it is to think.

use std::time::Duration;

use http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use super::answer_json;
use super::problem::Problem;
use super::query::{self, Filter};
use super::sessions::{newest, newest_findings};
use crate::server::Shared;
use crate::upgrade::Answer;
use crate::verdict::Verdict;

/// How long is waited if nobody says, and at most, in milliseconds.
const TIMEOUT_MS: u64 = 10_000;
const LONGEST_MS: u64 = 600_000;

/// `GET wait`: answers as soon as so many sessions have closed and the finding has come up.
pub(super) async fn wait<B>(shared: &Shared, request: &Request<B>) -> Result<Answer, Problem> {
    let (mut lane, mut sessions, mut finding, mut timeout_ms) = (None, None, None, TIMEOUT_MS);
    let known = ["lane", "sessions", "finding", "timeout_ms"];
    for (name, value) in query::read(request, &known)? {
        match name.as_str() {
            "lane" => lane = Some(query::lane(&value)?),
            "sessions" => sessions = Some(query::number("sessions", &value)?),
            "finding" if value.is_empty() => {
                let detail = "finding has to be the id of a clause; `mynah clauses` lists them";
                return Err(query::bad_query(detail.to_owned()));
            }
            "finding" => finding = Some(value),
            _ => timeout_ms = query::number("timeout_ms", &value)?,
        }
    }
    if timeout_ms > LONGEST_MS {
        let detail = format!("timeout_ms has to be at most {LONGEST_MS}");
        return Err(query::bad_query(detail));
    }
    // Who waits for nothing in particular waits for a session.
    let enough = match (sessions, &finding) {
        (Some(sessions), _) => sessions,
        (None, Some(_)) => 0,
        (None, None) => 1,
    };
    let deadline = Instant::now() + Duration::from_millis(timeout_ms);
    let mut changes = shared.journal.changes();
    let holds = loop {
        changes.borrow_and_update();
        let tally = shared.lanes.tally(lane.as_deref());
        let found = |clause: &String| tally.findings.contains_key(clause.as_str());
        if tally.closed >= enough && finding.as_ref().is_none_or(found) {
            break true;
        }
        match timeout_at(deadline, changes.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => break false,
        }
    };
    let tally = shared.lanes.tally(lane.as_deref());
    let filter = Filter::of_lane(lane);
    let (sessions, findings) = (newest(shared, &filter), newest_findings(shared, &filter));
    if holds {
        return Ok(answer_json(&json!({
            "closed": tally.closed,
            "sessions": sessions,
            "findings": findings,
        })));
    }
    let detail = format!(
        "{} sessions have closed within {timeout_ms} ms; raise timeout_ms, or look at what there is",
        tally.closed
    );
    Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "not yet", detail)
        .with("closed", json!(tally.closed))
        .with("sessions", json!(sessions))
        .with("findings", json!(findings)))
}

/// `GET verify`.
pub(super) fn verify<B>(shared: &Shared, request: &Request<B>) -> Result<Value, Problem> {
    let lane = query::read(request, &["lane"])?.pop();
    let lane = lane.map(|(_, name)| query::lane(&name)).transpose()?;
    let Verdict { passed, reasons } = shared.verdict(lane.as_deref());
    let verdict = if passed { "pass" } else { "fail" };
    Ok(json!({ "verdict": verdict, "reasons": reasons }))
}
