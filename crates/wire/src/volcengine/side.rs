//! The HTTP twin: one request, all of the audio in one JSON.
//!
//! ```text
//!   POST /api/v1/tts   {"app","user","audio","request"}   ─▶ {"reqid","code":3000,…,"data":"base64"}
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::endpoint::Prefix;
use crate::finding::Finding;
use crate::handshake::Admission;
use crate::json::{Style, Value, object};
use crate::side::{Answer, Request, Response, Service, Wrap};
use crate::speech::{Chunking, Plan};

use super::auth::{let_in, log_id};
use super::clauses::side as clauses;
use super::error::{Rejection, ServiceError};
use super::knobs;
use super::tts_v1::policy::{Policy, Query};
use super::tts_v1::reply::{REQID, remembered};
use super::tts_v1::request::{self, Operation, Sentences};
use super::tts_v1::{ENDPOINT, front_end};

/// Every service.
pub const SERVICES: &[&Service] = &[&Service {
    name: "volcengine/http-tts",
    paths: &["/api/v1/tts"],
    prefix: Prefix::Any,
    endpoint: &ENDPOINT,
    answer,
}];

fn answer(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    let log = log_id(admission.ids);
    match judge(request, admission, &log) {
        Ok(job) => {
            let mut speech = job.request.speech(0);
            speech.chunking = Chunking::Whole;
            Answer::Collect(Box::new(speech), Box::new(job))
        }
        Err(response) => (*response).into(),
    }
}

/// A request whose speech is on its way.
#[derive(Debug)]
struct Job {
    request: request::Request,
    longest_ms: u32,
    duration_ms: u64,
    front_end: Option<String>,
    findings: Vec<Finding>,
    log: String,
}

fn judge(
    request: &Request<'_>,
    admission: &mut Admission<'_>,
    log: &str,
) -> Result<Job, Box<Response>> {
    let knobs = admission.knobs;
    if request.head.method != "POST" {
        let found = format!("method {}", request.head.method);
        let finding = Finding::whole(&clauses::METHOD, found, "POST");
        let response = error(
            405,
            ServiceError::InvalidRequest.row().code,
            "",
            "method not allowed",
            log,
        );
        let response = response.with_header("Allow", "POST").with_finding(finding);
        return Err(Box::new(response));
    }
    let parsed = request.json();
    let reqid = parsed.as_ref().ok().and_then(|parsed| {
        let reqid = parsed.value.get("request")?.get("reqid")?.as_str()?;
        Some(reqid.to_owned())
    });
    let reqid = reqid.unwrap_or_default();
    let admitted = let_in(request.head, admission).map_err(|wrong| {
        let row = wrong.rejection.row();
        let code = ServiceError::InvalidRequest.row().code;
        let response = error(row.status, code, &reqid, row.text, log);
        Box::new(response.with_finding(*wrong.finding))
    })?;
    let fail = |why: ServiceError, findings: Vec<Finding>| {
        let row = why.row();
        let response = match why {
            ServiceError::UnknownGrant => error(401, row.code, &reqid, row.text, log),
            ServiceError::AccessDenied => {
                let row = Rejection::NotGranted.row();
                let code = ServiceError::InvalidRequest.row().code;
                error(row.status, code, &reqid, row.text, log)
            }
            _ => error(200, row.code, &reqid, row.text, log),
        };
        Box::new(Response {
            findings,
            ..response
        })
    };
    let parsed = parsed.map_err(|problem| {
        let finding = Finding::whole(&clauses::REQUEST, problem, "a JSON object");
        fail(ServiceError::InvalidRequest, vec![finding])
    })?;
    let policy = Policy {
        query: Query::Served,
        ..Policy::of(knobs, request.can_encode)
    };
    let reading = request::read(&parsed, &policy);
    let mut findings = admitted.findings;
    findings.extend(reading.findings);
    let read = match reading.outcome {
        Ok(read) => read,
        Err(why) => return Err(fail(why, findings)),
    };
    if read.operation != Operation::Query {
        let path = "request.operation";
        let finding = Finding::at_path(&clauses::QUERY_ONLY, path, "\"submit\"", "\"query\"");
        findings.push(finding);
        return Err(fail(ServiceError::InvalidRequest, findings));
    }
    if let Some((why, finding)) = read.outside(&admitted.grant) {
        findings.push(finding);
        return Err(fail(why, findings));
    }
    let is_new = admission.memory.is_new(REQID, &remembered(&read.reqid));
    if !is_new {
        let clause = &super::clauses::fault::REPEATED;
        let expected = "an id of its own";
        findings.push(Finding::at_path(
            clause,
            "request.reqid",
            "a used id",
            expected,
        ));
        if knobs.is(&knobs::REQID_REUSE, "refuse") {
            return Err(fail(ServiceError::Interrupted, findings));
        }
    }
    Ok(Job {
        request: read,
        longest_ms: knobs.number(&knobs::LONGEST_MS),
        duration_ms: 0,
        front_end: None,
        findings,
        log: log.to_owned(),
    })
}

impl Wrap for Job {
    fn planned(&mut self, plan: Plan) -> Option<Response> {
        self.duration_ms = plan.total_us.div_ceil(1000);
        if self.duration_ms > u64::from(self.longest_ms) {
            let found = format!("{} s of sound", self.duration_ms / 1000);
            let expected = format!("at most {} s", self.longest_ms / 1000);
            let finding = Finding::at_path(&clauses::LONGEST, "request.text", found, expected);
            let row = ServiceError::ProcessingTimeout.row();
            let response = error(200, row.code, &self.request.reqid, row.text, &self.log);
            return Some(response.with_finding(finding));
        }
        // There is room for one, so a request for one a sentence gets that of the whole.
        let request::Request { units, times, .. } = &self.request;
        let payloads = front_end::payloads(units, &plan, *times, Sentences::Whole);
        self.front_end = payloads.into_iter().next().and_then(|payload| {
            let parsed = crate::json::parse(&payload).ok()?.value;
            parsed.get("frontend")?.as_str().map(str::to_owned)
        });
        None
    }

    fn done(self: Box<Self>, audio: &[u8]) -> Response {
        let mut addition = vec![("duration", Value::from(self.duration_ms.to_string()))];
        if let Some(front_end) = self.front_end {
            addition.push(("frontend", Value::from(front_end)));
        }
        let body = object([
            ("reqid", Value::from(self.request.reqid)),
            ("code", Value::from(SUCCESS)),
            ("operation", Value::from("query")),
            ("message", Value::from("Success")),
            ("sequence", Value::from(-1)),
            ("data", Value::from(STANDARD.encode(audio))),
            ("addition", object(addition)),
        ]);
        let mut response = respond(200, &body, &self.log);
        response.findings = self.findings;
        response
    }
}

fn error(status: u16, code: u32, reqid: &str, message: &str, log: &str) -> Response {
    let body = object([
        ("reqid", Value::from(reqid)),
        ("code", Value::from(code)),
        ("operation", Value::from("query")),
        ("message", Value::from(message)),
        ("sequence", Value::from(-1)),
    ]);
    respond(status, &body, log)
}

fn respond(status: u16, body: &Value, log: &str) -> Response {
    Response::new(status, "application/json", body.write(Style::Compact))
        .with_header("X-Tt-Logid", log)
}

/// The code of success.
const SUCCESS: u32 = 3000;

#[cfg(test)]
mod tests;
