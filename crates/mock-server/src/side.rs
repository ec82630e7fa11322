//! Serves the vendors' HTTP services: reads a bounded body, asks the pure service, speaks.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use wire::finding::Finding;
use wire::handshake::RequestHead;
use wire::id::{Ids, seed_of};
use wire::side::{self, Service, Wrap};
use wire::speech::{Speech, SpeechEvent};

use crate::body::{Body, Spoken};
use crate::journal::{Redactor, SessionInfo};
use crate::lane::Lane;
use crate::server::Shared;
use crate::sound::SessionSound;
use crate::speaker::{Speaker, can_encode};
use crate::upgrade::Answer;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 4 << 20;

/// What requests are counted under in the lane's memory.
const REQUESTS: &str = "side request";

/// Answers a request to a service.
pub(crate) async fn answer(
    shared: &Shared,
    lane: &Lane,
    service: &'static Service,
    head: &RequestHead,
    request: Request<Incoming>,
) -> Answer {
    let visit = Visit {
        shared,
        lane,
        service,
        head,
    };
    let body = match read(request, shared.options.guards.head_time).await {
        Ok(body) => body,
        Err(status) => {
            visit.log(status, 0);
            let mut answer = Response::new(Body::default());
            *answer.status_mut() = status;
            return answer;
        }
    };
    let (asked, seed) = visit.ask(&body);
    let sound = SessionSound {
        options: &shared.options.sound,
        seed,
    };
    match asked {
        side::Answer::Now(response) => visit.respond(response),
        side::Answer::Stream(response, speech) => visit.stream(response, &speech, sound),
        side::Answer::Collect(speech, mut wrap) => {
            let response = match collect(&speech, wrap.as_mut(), sound).await {
                Ok(audio) => wrap.done(&audio),
                Err(refused) => refused,
            };
            visit.respond(response)
        }
    }
}

/// One request.
struct Visit<'v> {
    shared: &'v Shared,
    lane: &'v Lane,
    service: &'static Service,
    head: &'v RequestHead,
}

impl Visit<'_> {
    /// Lets the service answer; the seed of whatever is spoken.
    fn ask(&self, body: &Bytes) -> (side::Answer, u64) {
        let options = &self.shared.options;
        let knobs = options.knobs_of(self.service.endpoint.name);
        let mut memory = crate::live::lock(&self.lane.memory);
        // Sessions count connections; services have a count of their own beside it.
        let number = memory.count(REQUESTS);
        let seed =
            seed_of(options.seed, &self.lane.name, number) ^ seed_of(0, self.service.name, 0);
        let mut ids = Ids::new(seed);
        let mut admission = self.shared.admission(&knobs, &mut ids, &mut memory);
        let request = side::Request {
            head: self.head,
            body,
            can_encode,
        };
        let answer = (self.service.answer)(&request, &mut admission);
        (answer, seed)
    }

    fn respond(&self, response: side::Response) -> Answer {
        let status = status_of(&response);
        self.record(status, response.findings);
        let mut answer = Response::new(Body::from(response.body));
        *answer.status_mut() = status;
        add_headers(&mut answer, &response.headers);
        answer
    }

    fn stream(&self, response: side::Response, speech: &Speech, sound: SessionSound<'_>) -> Answer {
        let clock = self.shared.clock.clone();
        let Some(spoken) = Spoken::new(speech, sound, clock, self.shared.options.pace) else {
            unreachable!("services ask beforehand which formats can be made")
        };
        let status = status_of(&response);
        self.record(status, response.findings);
        let mut answer = Response::new(Body::Spoken(spoken));
        *answer.status_mut() = status;
        add_headers(&mut answer, &response.headers);
        answer
    }

    /// A refused request is a session of the lane, as a refused handshake is; others only have a
    /// line in the log.
    fn record(&self, status: StatusCode, findings: Vec<Finding>) {
        self.log(status, findings.len());
        if !(status.is_client_error() || status.is_server_error()) {
            return;
        }
        let info = SessionInfo {
            lane: self.lane.name.clone(),
            connection: self.lane.connect(),
            endpoint: None,
            status: status.as_u16(),
            request: match &self.head.query {
                Some(query) => format!("{} {}?{query}", self.head.method, self.head.path),
                None => format!("{} {}", self.head.method, self.head.path),
            },
        };
        let recorder = self.shared.journal.open(info, Redactor::of(self.head));
        for finding in findings {
            recorder.write(|record| record.find(Some(0), finding));
        }
    }

    fn log(&self, status: StatusCode, findings: usize) {
        tracing::info!(
            service = self.service.name,
            lane = self.lane.name,
            status = status.as_u16(),
            findings,
            "request"
        );
    }
}

/// The whole body, if it is not too large and comes in time.
async fn read(request: Request<Incoming>, time: Duration) -> Result<Bytes, StatusCode> {
    let body = Limited::new(request.into_body(), LARGEST_BODY).collect();
    match tokio::time::timeout(time, body).await {
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Ok(Ok(body)) => Ok(body.to_bytes()),
    }
}

/// All of the audio of a speech, or what refuses it once its times are known.
async fn collect(
    speech: &Speech,
    wrap: &mut dyn Wrap,
    sound: SessionSound<'_>,
) -> Result<Vec<u8>, side::Response> {
    let Some(mut speaker) = Speaker::new(speech, sound) else {
        unreachable!("services ask beforehand which formats can be made")
    };
    let mut audio = Vec::new();
    while !speaker.is_finished() {
        match speaker.step() {
            Some(SpeechEvent::Planned(plan)) => {
                if let Some(refused) = wrap.planned(plan) {
                    return Err(refused);
                }
            }
            Some(SpeechEvent::Audio { bytes, .. }) => audio.extend_from_slice(&bytes),
            None => tokio::task::yield_now().await,
        }
    }
    Ok(audio)
}

fn status_of(response: &side::Response) -> StatusCode {
    StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Adds a vendor's headers; one that no header can hold is left out.
pub(crate) fn add_headers(answer: &mut Answer, headers: &[(&'static str, String)]) {
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
            answer.headers_mut().append(name, value);
        }
    }
}
