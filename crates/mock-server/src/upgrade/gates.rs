//! What faults do to a handshake.

use std::time::Duration;

use http::header::{DATE, LOCATION, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT};
use http::{HeaderValue, Response, StatusCode};
use wire::dialect::{Denial, Denied};
use wire::endpoint::Endpoint;
use wire::id::Ids;
use wire::session::Side;

use super::{Answer, Visit};
use crate::body::Body;
use crate::dressing::Dressing;
use crate::fault::{Gate, Leave, Note, Plan};
use crate::journal::{Ending, Recorder, SessionInfo};
use crate::server::{conclude, gone};
use crate::side::add_headers;
use crate::socket::Socket as _;

/// What the gates have let through.
pub(super) enum Passage {
    /// The request, to a server whose clock is so far ahead.
    Through {
        /// In milliseconds.
        ahead_ms: u64,
    },
    /// Nothing but this answer.
    Refused(Answer),
}

/// How far the clock of a server is ahead whose clients' clocks are off.
const SKEW_MS: u64 = 3_600_000;

/// How far a signature may be off.
const SIGNED_WITHIN_S: u64 = 15 * 60;

/// Lets a request through the gates in order. Those that alter a 101 stay in the plan until
/// there is one.
pub(super) async fn pass(
    visit: &Visit<'_>,
    endpoint: &'static Endpoint,
    plan: &mut Plan,
    ids: &mut Ids,
) -> Passage {
    let mut ahead_ms = 0;
    for planned in std::mem::take(&mut plan.gates) {
        if planned.tally.is_spent() {
            continue;
        }
        match &planned.gate {
            Gate::Drip(_) | Gate::BadAccept | Gate::BareLf | Gate::Deflate(_) => {
                plan.gates.push(planned);
                continue;
            }
            Gate::ClockSkew if is_signed_ahead(visit, endpoint) => {
                ahead_ms = SKEW_MS;
                continue;
            }
            _ => {}
        }
        planned.tally.count();
        plan.fired.push(planned.index);
        return Passage::Refused(match planned.gate {
            Gate::Delay(time) => {
                let faults = Faults::of(plan);
                delay(visit, endpoint, faults, time).await;
                continue;
            }
            Gate::Deny(denial, retry_after) => {
                let mut answer = deny(visit, endpoint, plan, denial, ids);
                if let Some(seconds) = retry_after {
                    let value = HeaderValue::from(seconds);
                    answer.headers_mut().insert(RETRY_AFTER, value);
                }
                answer
            }
            Gate::ClockSkew => {
                let mut answer = deny(visit, endpoint, plan, Denial::ClockSkew, ids);
                let date = wire::date::http(ahead_s(visit));
                if let Ok(date) = HeaderValue::from_str(&date) {
                    answer.headers_mut().insert(DATE, date);
                }
                answer
            }
            Gate::Redirect(to) => redirect(visit, endpoint, plan, &to),
            Gate::Leave(how) => leave(visit, endpoint, Faults::of(plan), how).await,
            Gate::Drip(_) | Gate::BadAccept | Gate::BareLf | Gate::Deflate(_) => continue,
        });
    }
    Passage::Through { ahead_ms }
}

/// Alters the 101 that a request gets.
pub(super) fn dress(visit: &Visit<'_>, plan: &mut Plan, response: &mut Answer) {
    let mut dressing = Dressing::default();
    for planned in std::mem::take(&mut plan.gates) {
        match planned.gate {
            Gate::Drip(gap) => dressing.gap = Some(gap),
            Gate::BareLf => dressing.has_bare_lf = true,
            Gate::BadAccept => {
                // The key of the example in RFC 6455 1.3, turned around.
                let other = wire::ws::accept_key("ZWNub24gZWxwbWFzIGVodA==");
                if let Ok(other) = HeaderValue::from_str(&other) {
                    response.headers_mut().insert(SEC_WEBSOCKET_ACCEPT, other);
                }
            }
            _ => continue,
        }
        planned.tally.count();
        plan.fired.push(planned.index);
    }
    if dressing != Dressing::default() {
        visit.overheard.withhold(dressing);
    }
}

fn is_signed_ahead(visit: &Visit<'_>, endpoint: &Endpoint) -> bool {
    let signed_s = (endpoint.dialect.signed_at)(visit.head);
    signed_s.is_some_and(|signed_s| signed_s.abs_diff(ahead_s(visit)) <= SIGNED_WITHIN_S)
}

fn ahead_s(visit: &Visit<'_>) -> u64 {
    (visit.shared.now_ms() + SKEW_MS) / 1000
}

fn deny(
    visit: &Visit<'_>,
    endpoint: &'static Endpoint,
    plan: &Plan,
    denial: Denial,
    ids: &mut Ids,
) -> Answer {
    let Denied {
        status,
        headers,
        body,
    } = (endpoint.dialect.refuse)(denial, visit.head, ids);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    visit.record_faulty(endpoint, status, plan);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    add_headers(&mut response, &headers);
    response
}

fn redirect(visit: &Visit<'_>, endpoint: &'static Endpoint, plan: &Plan, to: &str) -> Answer {
    visit.record_faulty(endpoint, StatusCode::FOUND, plan);
    let own = visit.asked.split_once(' ').map_or("/", |(_, path)| path);
    let to = if to.is_empty() { own } else { to };
    let mut response = Response::new(Body::default());
    *response.status_mut() = StatusCode::FOUND;
    if let Ok(to) = HeaderValue::from_bytes(to.as_bytes()) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// Leaves the connection without an answer.
async fn leave(
    visit: &Visit<'_>,
    endpoint: &'static Endpoint,
    faults: Faults,
    how: Leave,
) -> Answer {
    let recorder = unanswered(visit, endpoint, faults);
    if let Some(stream) = visit.overheard.seize() {
        let ending = match how {
            // Of a half-open connection the client's end is the end.
            Leave::HalfOpen => gone(),
            Leave::Fin | Leave::Reset => Ending {
                by: Side::Server,
                ..gone()
            },
        };
        match how {
            Leave::Fin => stream.finish().await,
            Leave::Reset => stream.reset(),
            Leave::HalfOpen => stream.hung_up().await,
        }
        recorder.write(|record| record.close(ending));
    }
    conclude(visit.shared, &recorder, None);
    // There is nothing left to write it to.
    Response::new(Body::default())
}

/// Waits before the request is judged.
async fn delay(visit: &Visit<'_>, endpoint: &'static Endpoint, faults: Faults, time: Duration) {
    let mut patience = Patience {
        visit,
        endpoint,
        faults: Some(faults),
    };
    let clock = &visit.shared.clock;
    clock.wait(clock.now() + time).await;
    patience.faults = None;
}

/// A client that waits for its answer. If it leaves before, that is noted: nobody else would.
struct Patience<'p> {
    visit: &'p Visit<'p>,
    endpoint: &'static Endpoint,
    /// What has become of the faults so far, until the wait is over.
    faults: Option<Faults>,
}

impl Drop for Patience<'_> {
    fn drop(&mut self) {
        let Some(faults) = self.faults.take() else {
            return;
        };
        let recorder = unanswered(self.visit, self.endpoint, faults);
        recorder.write(|record| record.close(gone()));
        conclude(self.visit.shared, &recorder, None);
    }
}

/// The record of a handshake that is not answered, as long as it lasts.
fn unanswered<'v>(
    visit: &'v Visit<'_>,
    endpoint: &'static Endpoint,
    faults: Faults,
) -> Recorder<'v> {
    let info = SessionInfo {
        status: 0,
        ..visit.info(Some(endpoint), StatusCode::OK)
    };
    let journal = &visit.shared.journal;
    let recorder = journal.open(info, visit.redactor.clone(), visit.lane.clone());
    visit.overheard.give_to(recorder.record());
    recorder.write(|record| record.faults.arm(faults.notes, &faults.fired));
    recorder
}

/// What has become of the faults of a plan so far.
struct Faults {
    notes: Vec<Note>,
    fired: Vec<usize>,
}

impl Faults {
    fn of(plan: &Plan) -> Self {
        Self {
            notes: plan.notes.clone(),
            fired: plan.fired.clone(),
        }
    }
}
