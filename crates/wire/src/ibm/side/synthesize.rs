//! The HTTP twin: the request of the socket as a query or a body, the audio as the answer.

use crate::finding::Finding;
use crate::handshake::{Admission, RequestHead, percent_decode};
use crate::ibm::accept::{self, Circumstances};
use crate::ibm::auth;
use crate::ibm::clauses::exchange::UNKNOWN_ARGUMENT;
use crate::ibm::clauses::side as clauses;
use crate::ibm::error::{Blanks, Failure, MOST_FINDINGS, Refused, error_body};
use crate::ibm::knobs;
use crate::ibm::ssml;
use crate::ibm::tts::query::Query;
use crate::json::Value;
use crate::side::{Answer, Request, Response};
use crate::speech::{Chunking, Speech};

use super::{dress, wrong_method};

/// `GET` and `POST /v1/synthesize`.
pub(super) fn answer(request: &Request<'_>, admission: &mut Admission<'_>) -> Answer {
    let judged = match auth::let_in(request.head, admission) {
        Err(refusal) => Err(Box::new((*refusal).into())),
        Ok(()) => judge(request, admission),
    };
    match judged {
        Ok((response, speech)) => {
            Answer::Stream(dress(response, request.head, admission), Box::new(speech))
        }
        Err(response) => dress(*response, request.head, admission).into(),
    }
}

/// What a request says, wherever it stands.
struct Asked {
    text: String,
    /// Members of the body that the service does not know.
    unknown: Vec<String>,
    findings: Vec<Finding>,
    /// The bytes that the limit of the text is told with.
    length: usize,
}

fn judge(
    request: &Request<'_>,
    admission: &Admission<'_>,
) -> Result<(Response, Speech), Box<Response>> {
    let knobs = admission.knobs;
    let asked = match request.head.method.as_str() {
        "GET" => by_query(request.head)?,
        "POST" => by_body(request)?,
        _ => return Err(Box::new(wrong_method(request, "GET, POST"))),
    };
    let query = Query::read(&without_message(request.head), knobs);
    if let Some(refused) = query.refused.into_iter().next() {
        return Err(refuse(refused));
    }
    let Some(voice) = query.voice else {
        unreachable!("a query without a voice is refused for it")
    };
    let accept = accept_of(request.head);
    let given = Circumstances {
        kind: voice.kind,
        knobs,
        can_encode: request.can_encode,
    };
    let accepted = accept::read(&accept, given).map_err(refuse)?;
    if asked.text.trim().is_empty() && knobs.is(&knobs::EMPTY_TEXT, "error") {
        let expected = "something to say";
        return Err(refuse(Refused::at(
            "text",
            Failure::TextEmpty,
            "empty",
            expected,
        )));
    }
    let limit = usize::try_from(knobs.number(&knobs::TEXT_LIMIT)).unwrap_or(usize::MAX);
    if asked.text.len() > limit {
        let found = format!("{} bytes", asked.text.len());
        let length = asked.length;
        let failure = Failure::TooLong { length, limit };
        return Err(refuse(Refused::at(
            "text",
            failure,
            found,
            format!("at most {limit} bytes"),
        )));
    }
    let script = ssml::read(&asked.text, &voice, knobs).map_err(refuse)?;
    let mut response = Response::new(200, &accepted.content_type, "");
    if knobs.is(&knobs::UNKNOWN_MEMBERS, "warn") {
        let warnings = [
            warning("Unknown url query arguments", &query.unknown),
            warning("Unknown arguments", &asked.unknown),
        ];
        let warnings: Vec<String> = warnings.into_iter().flatten().collect();
        if !warnings.is_empty() {
            response = response.with_header("Warnings", warnings.join(" "));
        }
    }
    let lists = [
        asked.findings,
        query.findings,
        accepted.findings,
        script.findings,
    ];
    response.findings.extend(lists.into_iter().flatten());
    let speech = Speech {
        units: script.units,
        voice: voice.name,
        speed_permille: query.speed_permille,
        pitch_permille: query.pitch_permille,
        volume_permille: 1000,
        trailing_silence_ms: crate::ibm::tts::reply::TRAILING_SILENCE_MS,
        format: accepted.format,
        chunking: Chunking::Millis(knobs.number(&knobs::AUDIO_CHUNK)),
    };
    Ok((response, speech))
}

fn by_query(head: &RequestHead) -> Result<Asked, Box<Response>> {
    let length = head_length(head);
    if length > LONGEST_HEAD {
        return Err(too_long_head(length));
    }
    let pairs = head.query.as_deref().unwrap_or_default().split('&');
    let mut pairs = pairs.filter_map(|pair| pair.split_once('='));
    let Some((_, raw)) = pairs.find(|(name, _)| *name == "text") else {
        return Err(missing_text("nothing"));
    };
    Ok(Asked {
        // Form rules: a blank travels as a plus, and a plus as %2B.
        text: percent_decode(&raw.replace('+', "%20")),
        unknown: Vec::new(),
        findings: Vec::new(),
        length: head.query.as_deref().unwrap_or_default().len(),
    })
}

fn by_body(request: &Request<'_>) -> Result<Asked, Box<Response>> {
    let length = head_length(request.head);
    if length > LONGEST_HEAD {
        return Err(too_long_head(length));
    }
    if let Some(media) = request.media_type().filter(|it| it != "application/json") {
        let finding = Finding::at_path(
            &clauses::CONTENT_TYPE,
            "Content-Type",
            Value::from(media.as_str()).excerpt(),
            "application/json",
        );
        let text = format!("Unsupported content type: {media}");
        let body = error_body(415, "Unsupported Media Type", &text);
        return Err(Box::new(
            Response::new(415, JSON, body).with_finding(finding),
        ));
    }
    let refuse_at = |failure: Failure, found: &str| {
        let finding = Finding::whole(failure.clause(), found, "a JSON object");
        refuse(Refused {
            failure,
            finding: Box::new(finding),
        })
    };
    let parsed = request
        .json()
        .map_err(|problem| refuse_at(Failure::NotJson, &problem))?;
    let Some(members) = parsed.value.members() else {
        let found = parsed.value.type_name();
        return Err(refuse_at(Failure::NotAnObject(found), found));
    };
    let text = match parsed.value.get("text") {
        Some(Value::String(text)) => text.clone(),
        None => return Err(missing_text("nothing")),
        Some(Value::Null) => return Err(missing_text("null")),
        Some(other) => {
            let expected = "a string";
            let failure = Failure::WrongType {
                member: "text",
                expected,
            };
            return Err(refuse(Refused::at(
                "text",
                failure,
                other.type_name(),
                expected,
            )));
        }
    };
    let mut unknown: Vec<String> = Vec::new();
    let mut findings = Vec::new();
    for (name, value) in members.iter().filter(|(name, _)| name != "text") {
        if unknown.len() < MOST_FINDINGS && !unknown.contains(name) {
            let found = format!("unknown member {}", value.excerpt());
            findings.push(Finding::at_path(&UNKNOWN_ARGUMENT, name, found, "text"));
            unknown.push(name.clone());
        }
    }
    Ok(Asked {
        text,
        unknown,
        findings,
        length: request.body.len(),
    })
}

/// The format that is asked for: the query wins over the header, of a list the first counts.
fn accept_of(head: &RequestHead) -> String {
    let asked = head
        .query_value("accept")
        .filter(|it| !it.trim().is_empty());
    let asked = asked.or_else(|| head.filled_header("Accept").map(str::to_owned));
    let asked = asked.unwrap_or_else(|| accept::DEFAULT.to_owned());
    let first = asked.split(',').next().unwrap_or_default();
    // A weight belongs to the header, not to the format.
    let parts = first
        .split(';')
        .filter(|part| !part.trim_start().starts_with("q="));
    let parts: Vec<&str> = parts.collect();
    parts.join(";").trim().to_owned()
}

/// The head without what is the message of the socket.
fn without_message(head: &RequestHead) -> RequestHead {
    let query = head.query.as_deref().unwrap_or_default();
    let is_message = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        matches!(name, "text" | "accept")
    };
    let kept: Vec<&str> = query.split('&').filter(|pair| !is_message(pair)).collect();
    RequestHead {
        query: Some(kept.join("&")),
        ..head.clone()
    }
}

fn head_length(head: &RequestHead) -> usize {
    let query = head.query.as_ref().map_or(0, |query| query.len() + 1);
    let headers = head.headers.iter();
    let headers: usize = headers
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum();
    head.path.len() + query + headers
}

fn too_long_head(length: usize) -> Box<Response> {
    let failure = Failure::TooLong {
        length,
        limit: LONGEST_HEAD,
    };
    let found = format!("{length} bytes of URL and headers");
    let expected = format!("at most {LONGEST_HEAD} bytes");
    let finding = Finding::whole(&clauses::REQUEST_LIMIT, found, expected);
    refuse(Refused {
        failure,
        finding: Box::new(finding),
    })
}

/// Over HTTP the member stands in other quotes than on the socket.
fn missing_text(found: &str) -> Box<Response> {
    let expected = "a string, which is mandatory";
    let finding = Finding::at_path(Failure::Missing("text").clause(), "text", found, expected);
    let body = error_body(400, "Bad Request", "Required parameter 'text' is missing.");
    Box::new(Response::new(400, JSON, body).with_finding(finding))
}

fn refuse(refused: Refused) -> Box<Response> {
    let (status, description) = match refused.failure {
        Failure::Mimetype
        | Failure::RateMissing(_)
        | Failure::RateRange(_)
        | Failure::OpusRate(_)
        | Failure::Endianness => (406, "Not Acceptable"),
        _ => refused.failure.status(),
    };
    let text = refused.failure.text(Blanks::One);
    let body = error_body(status, description, &text);
    Box::new(Response::new(status, JSON, body).with_finding(*refused.finding))
}

fn warning(what: &str, names: &[String]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let plain = |c: char| {
        if c.is_ascii_graphic() || c == ' ' {
            c
        } else {
            '?'
        }
    };
    let names: String = names.join(", ").chars().map(plain).collect();
    Some(format!("{what}: {names}."))
}

const JSON: &str = "application/json";
/// The most bytes of URL and headers.
const LONGEST_HEAD: usize = 8192;
