//! What happened: sessions, one session, its bytes, its sound, and all findings.

use std::sync::{Arc, Mutex};

use http::{Request, StatusCode};
use serde_json::{Value, json};
use wire::session::Side;

use super::problem::Problem;
use super::query::{self, Filter};
use super::{PREFIX, answer_bytes};
use crate::journal::{Record, guard};
use crate::server::Shared;
use crate::upgrade::Answer;

/// `GET sessions`.
pub(super) fn list<B>(shared: &Shared, request: &Request<B>) -> Result<Value, Problem> {
    let sessions = newest(shared, &Filter::of(request)?);
    Ok(json!({ "sessions": sessions }))
}

/// `GET findings`.
pub(super) fn findings<B>(shared: &Shared, request: &Request<B>) -> Result<Value, Problem> {
    let findings = newest_findings(shared, &Filter::of(request)?);
    Ok(json!({ "findings": findings }))
}

/// The newest sessions that the filter admits, the oldest of them first.
pub(super) fn newest(shared: &Shared, filter: &Filter) -> Vec<Value> {
    gather(shared, filter, |record| {
        vec![Value::Object(record.summary())]
    })
}

/// The newest findings that the filter admits, the oldest of them first.
pub(super) fn newest_findings(shared: &Shared, filter: &Filter) -> Vec<Value> {
    gather(shared, filter, Record::findings)
}

/// The newest of what sessions have, as many as the filter admits, the oldest of them first.
fn gather(
    shared: &Shared,
    filter: &Filter,
    what: impl Fn(&mut Record) -> Vec<Value>,
) -> Vec<Value> {
    let mut shown: Vec<Value> = Vec::new();
    for record in shared.journal.sessions().iter().rev() {
        let mut record = guard(record);
        if shown.len() >= filter.limit {
            break;
        }
        if filter.admits(record.lane(), record.endpoint()) {
            shown.extend(what(&mut record).into_iter().rev());
        }
    }
    shown.truncate(filter.limit);
    shown.reverse();
    shown
}

/// `GET sessions/{id}`.
pub(super) fn one<B>(shared: &Shared, id: &str, request: &Request<B>) -> Result<Value, Problem> {
    query::read(request, &[])?;
    let record = find(shared, id)?;
    let detail = guard(&record).detail();
    Ok(detail)
}

/// `GET sessions/{id}/raw`.
pub(super) fn raw<B>(shared: &Shared, id: &str, request: &Request<B>) -> Result<Answer, Problem> {
    query::read(request, &[])?;
    let record = find(shared, id)?;
    let raw = guard(&record).raw();
    let lines = raw.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no raw bytes any more",
            "they were dropped to make room; start the server with a larger --journal-bytes",
        )
    })?;
    Ok(answer_bytes("application/jsonl", lines))
}

/// `GET sessions/{id}/audio?from=`.
pub(super) fn audio<B>(shared: &Shared, id: &str, request: &Request<B>) -> Result<Answer, Problem> {
    let from = query::read(request, &["from"])?.pop();
    let side = match from.as_ref().map(|(_, side)| side.as_str()) {
        Some("client") => Side::Client,
        Some("server") => Side::Server,
        _ => {
            let detail = "say whose audio is wanted: from=client or from=server";
            return Err(query::bad_query(detail.to_owned()));
        }
    };
    let record = find(shared, id)?;
    let file = guard(&record).audio(side);
    let file = file.ok_or_else(|| {
        let detail = format!(
            "the {} of session {id} has sent no audio, or it was dropped to make room",
            side.name()
        );
        Problem::new(StatusCode::NOT_FOUND, "no audio", detail)
    })?;
    Ok(answer_bytes(file.kind, file.bytes))
}

fn find(shared: &Shared, id: &str) -> Result<Arc<Mutex<Record>>, Problem> {
    let sessions = shared.journal.sessions();
    let found = sessions
        .into_iter()
        .find(|record| guard(record).id().to_string() == id);
    found.ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no such session",
            format!("there is no session {id}; GET {PREFIX}sessions lists them"),
        )
    })
}
