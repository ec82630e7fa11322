//! Serves the vendors' HTTP services: reads a bounded body, asks the pure service, speaks.

use std::sync::Arc;
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
use crate::tap::Overheard;
use crate::upgrade::Answer;

/// The largest body that is read, in bytes.
const LARGEST_BODY: usize = 4 << 20;

/// What requests are counted under in the lane's memory.
const REQUESTS: &str = "side request";

/// A request at the door of a service.
pub(crate) struct Door<'v> {
    pub(crate) shared: &'v Shared,
    pub(crate) lane: &'v Arc<Lane>,
    /// The seed of the lane, or of whoever chose a nearer one.
    pub(crate) seed: u64,
    /// The request line as it was sent.
    pub(crate) asked: String,
    pub(crate) redactor: Redactor,
    pub(crate) scenario: Option<String>,
    /// The request as it was sent.
    pub(crate) sent: &'v RequestHead,
    /// The request as the vendor sees it.
    pub(crate) head: &'v RequestHead,
}

/// Answers a request to a service.
pub(crate) async fn answer(
    door: Door<'_>,
    overheard: &Overheard,
    service: &'static Service,
    request: Request<Incoming>,
) -> Answer {
    let shared = door.shared;
    let visit = Visit { door, service };
    let body = read(request, shared.options.guards.head_time).await;
    // Bodies hold credentials: nothing of this exchange is for the journal.
    drop(overheard.take(0));
    let body = match body {
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
        kept: &shared.speech,
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
    door: Door<'v>,
    service: &'static Service,
}

impl Visit<'_> {
    /// Lets the service answer; the seed of whatever is spoken.
    fn ask(&self, body: &Bytes) -> (side::Answer, u64) {
        let Door {
            shared,
            lane,
            seed,
            sent,
            head,
            ..
        } = &self.door;
        let options = &shared.options;
        let knobs = options.knobs_of(self.service.endpoint.name);
        let mut memory = crate::lock::lock(&lane.memory);
        // Sessions count connections; services have a count of their own beside it.
        let number = memory.count(REQUESTS);
        let seed = seed_of(*seed, &lane.name, number) ^ seed_of(0, self.service.name, 0);
        let mut ids = Ids::new(seed);
        let mut admission = shared.admission(&knobs, &mut ids, &mut memory, sent);
        let request = side::Request {
            head,
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
        let clock = self.door.shared.clock.clone();
        let Some(spoken) = Spoken::new(speech, sound, clock, self.door.shared.options.pace) else {
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
        let door = &self.door;
        let info = SessionInfo {
            lane: door.lane.name.clone(),
            connection: door.lane.next_connection(),
            endpoint: None,
            status: status.as_u16(),
            request: door.asked.clone(),
            scenario: door.scenario.clone(),
        };
        let journal = &door.shared.journal;
        let recorder = journal.open(info, door.redactor.clone(), Arc::clone(door.lane));
        for finding in findings {
            recorder.find(Some(0), finding);
        }
        recorder.end();
    }

    fn log(&self, status: StatusCode, findings: usize) {
        tracing::info!(
            service = self.service.name,
            lane = self.door.lane.name,
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
