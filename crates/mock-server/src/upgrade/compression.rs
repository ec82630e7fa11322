//! What a handshake says about permessage-deflate.

use http::HeaderValue;
use http::header::SEC_WEBSOCKET_EXTENSIONS;

use super::{Answer, Visit};
use crate::extension::{self, Extension};
use crate::fault::{Gate, Plan, Planned};

/// Takes the first fault of compression out of a plan: it acts on the 101, if there is one.
pub(super) fn take(plan: &mut Plan) -> Option<Planned> {
    let mut gates = plan.gates.iter();
    let at = gates.position(|planned| matches!(planned.gate, Gate::Deflate(_)))?;
    Some(plan.gates.remove(at))
}

/// Agrees on compression with a client, in the 101 that it gets.
pub(super) fn agree(
    visit: &Visit<'_>,
    fault: Option<Planned>,
    plan: &mut Plan,
    response: &mut Answer,
) -> Option<Extension> {
    let fault = fault.filter(|planned| !planned.tally.is_spent());
    let deflate = fault.as_ref().and_then(|planned| match planned.gate {
        Gate::Deflate(deflate) => Some(deflate),
        _ => None,
    });
    let is_on = visit.shared.options.deflate;
    if !is_on && deflate.is_none() {
        return None;
    }
    let headers = visit.head.headers.iter();
    let headers = headers.filter(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-extensions"));
    let values: Vec<&str> = headers.map(|(_, value)| value.as_str()).collect();
    let agreement = extension::agree(&values, is_on, deflate);
    if let Some(planned) = fault.filter(|_| agreement.has_fired) {
        planned.tally.count();
        plan.fired.push(planned.index);
    }
    let (extension, header) = agreement.granted?;
    let value = HeaderValue::from_str(&header).ok()?;
    let headers = response.headers_mut();
    headers.insert(SEC_WEBSOCKET_EXTENSIONS, value);
    Some(extension)
}
