//! What faults do to a handshake.

use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use wire::dialect::{Denial, Denied};
use wire::endpoint::Endpoint;
use wire::id::Ids;

use super::{Answer, Visit};
use crate::body::Body;
use crate::fault::{Gate, Plan};
use crate::side::add_headers;

/// Lets a request through the gates in order; `Some` is the answer of the first that refuses it.
pub(super) async fn pass(
    visit: &Visit<'_>,
    endpoint: &'static Endpoint,
    plan: &mut Plan,
    ids: &mut Ids,
) -> Option<Answer> {
    for planned in std::mem::take(&mut plan.gates) {
        if planned.tally.is_spent() {
            continue;
        }
        planned.tally.count();
        plan.fired.push(planned.index);
        match planned.gate {
            Gate::Deny(denial, retry_after) => {
                return Some(deny(visit, endpoint, plan, denial, retry_after, ids));
            }
            Gate::Delay(time) => {
                let clock = &visit.shared.clock;
                clock.wait(clock.now() + time).await;
            }
            _ => {}
        }
    }
    None
}

fn deny(
    visit: &Visit<'_>,
    endpoint: &'static Endpoint,
    plan: &Plan,
    denial: Denial,
    retry_after: Option<u64>,
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
    if let Some(seconds) = retry_after {
        let value = HeaderValue::from(seconds);
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}
