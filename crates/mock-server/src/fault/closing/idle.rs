//! Ends that the clock brings about: idle limits, longest sessions, rotation.

use std::time::Duration;

use wire::dialect::{Denial, Deviation};

use super::{CLOSE, code, code_of};
use crate::fault::behaviour::{Aftermath, Behaviour, CloseBody, Hand};
use crate::fault::gate::Gate;
use crate::fault::row::{Fault, Kind, Make, Parameter, Values};

/// The faults of this family that the clock brings about.
pub(in crate::fault) const FAULTS: &[Fault] = &[
    Fault {
        name: "idle-close",
        does: "a close frame with 1011 and the vendor's words for it, when no message has gone either way for so long",
        incident: "a client that is closed for its silence, and whose error handler fails again on the closed socket",
        example: "idle-close:after_ms=2000",
        parameters: &[quiet("10000")],
        make: Make::Behaviour(|values| {
            Box::new(Idle::new(values, |hand| {
                hand.close(CloseBody::new(1011, hand.dialect.idle_reason));
            }))
        }),
        ..TIMED
    },
    Fault {
        name: "idle-close-routine",
        does: "a close frame with 1001 on every connection on which no message has gone either way for so long",
        incident: "a quiet caller: the vendor recycles the socket every few minutes, each time costs a retry, and at last the session dies of it",
        example: "idle-close-routine:after_ms=5000",
        parameters: &[quiet("180000")],
        make: Make::Behaviour(|values| {
            Box::new(Idle::new(values, |hand| {
                hand.close(CloseBody::new(1001, ""));
            }))
        }),
        ..TIMED
    },
    Fault {
        name: "idle-error-then-close",
        does: "the vendor's error for an idle client, then a close frame with 1011, or with the code given",
        incident: "an error first and a close that refers to it: the client reports the close alone",
        example: "idle-error-then-close:after_ms=2000,code=1008",
        parameters: &[quiet("10000"), code("1011")],
        make: Make::Behaviour(|values| {
            let aftermath = Aftermath::Closed(code_of(values));
            Box::new(Idle::new(values, move |hand| {
                hand.deviate_but(Deviation::IdleError, aftermath);
            }))
        }),
        ..TIMED
    },
    Fault {
        name: "stream-idle-408",
        does: "the vendor's error for an idle client, and no close: the socket stays open, pings are answered, the stream is dead",
        incident: "keepalive says that all is well while the one stream on the connection has timed out",
        example: "stream-idle-408:after_ms=2000",
        parameters: &[quiet("10000")],
        make: Make::Behaviour(|values| {
            Box::new(Idle::new(values, |hand| {
                hand.deviate_but(Deviation::IdleError, Aftermath::Open);
            }))
        }),
        ..TIMED
    },
    Fault {
        name: "session-expired",
        does: "the vendor's error for a session that has lasted too long, then a close frame with 1001, whatever is going on",
        incident: "a hard stop after so many minutes, in the middle of a call",
        example: "session-expired:after_ms=3000",
        parameters: &[elapsed("900000")],
        make: Make::Behaviour(|_| Box::new(Expired)),
        ..TIMED
    },
    Fault {
        name: "connection-rotated",
        does: "a close frame with 1000, then HTTP 401 for the lane's next connection",
        incident: "the server rotates connections, and the client reconnects with a token that has expired meanwhile",
        example: "connection-rotated:after_ms=1000,times=1",
        parameters: &[elapsed("600000")],
        make: Make::Sequel(
            |_| Box::new(Rotated),
            |_| Gate::Deny(Denial::Status(401), None),
        ),
        ..TIMED
    },
];

/// What all rows have in common.
const TIMED: Fault = Fault {
    at: AFTER,
    make: Make::Behaviour(|_| Box::new(Expired)),
    ..CLOSE
};

const AFTER: &str = "after_ms";

const fn quiet(default: &'static str) -> Parameter {
    Parameter {
        text: "milliseconds without a message; `at=Nms` is the same",
        ..elapsed(default)
    }
}

const fn elapsed(default: &'static str) -> Parameter {
    Parameter {
        key: AFTER,
        kind: Kind::Number(0, 86_400_000),
        default,
        text: "milliseconds after the 101; `at=Nms` is the same",
    }
}

/// Something that happens when no message has gone either way for so long.
struct Idle<F> {
    limit: Duration,
    due: Option<Duration>,
    end: F,
}

impl<F: FnMut(&mut Hand<'_>) + Send> Idle<F> {
    fn new(values: &Values, end: F) -> Self {
        Self {
            limit: values.ms(AFTER),
            due: None,
            end,
        }
    }

    fn look(&mut self, hand: &mut Hand<'_>) {
        let due = hand.past.last_at + self.limit;
        self.due = (due > hand.now).then_some(due);
        if self.due.is_none() {
            (self.end)(hand);
        }
    }
}

impl<F: FnMut(&mut Hand<'_>) + Send> Behaviour for Idle<F> {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        self.look(hand);
    }

    fn next_due(&self) -> Option<Duration> {
        self.due
    }

    fn due(&mut self, hand: &mut Hand<'_>) {
        self.look(hand);
    }
}

/// The longest session is over.
struct Expired;

impl Behaviour for Expired {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.deviate_but(Deviation::Expired, Aftermath::Closed(1001));
    }
}

/// The server gives the connection back.
struct Rotated;

impl Behaviour for Rotated {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.close(CloseBody::new(1000, ""));
    }
}
