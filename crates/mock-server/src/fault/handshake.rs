//! Before the 101, in it, and right behind it.

use std::time::Duration;

use wire::dialect::{Denial, Part};

use super::behaviour::{Behaviour, CloseBody, Hand, Leave};
use super::closing::{REASON, code, code_of};
use super::gate::Gate;
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points, Values};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "handshake-CODE",
        does: "HTTP with this status, 400 to 599, in the vendor's words, no upgrade",
        incident: "a refusal that the client does not tell from a lost connection",
        example: "handshake-503:times=2,retry_after_s=1",
        parameters: &[RETRY_AFTER],
        make: Make::Gate(|values| deny(values.code(), values)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-401",
        does: "HTTP 401 with the vendor's body, no upgrade",
        incident: "an expired key: an unhandled exception, or a bare 1006 that tells nothing",
        example: "handshake-401:conn=2",
        parameters: &[RETRY_AFTER],
        make: Make::Gate(|values| deny(401, values)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-402",
        does: "HTTP 402 in the vendor's words, no upgrade",
        incident: "a used-up quota: the client's process ends of it, or its status stays hidden",
        example: "handshake-402",
        parameters: &[RETRY_AFTER],
        make: Make::Gate(|values| deny(402, values)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-403-clock-skew",
        does: "the vendor's refusal of an expired signature, 403 where it has none, from a server whose clock is one hour ahead and says so in Date; a request signed within 15 minutes of that gets in",
        incident: "a machine whose clock is off: every request is refused, though Date would tell the right time",
        example: "handshake-403-clock-skew",
        make: Make::Gate(|_| Gate::ClockSkew),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-400-opaque",
        does: "HTTP 400 whose reason stands in the vendor's header or body only, no upgrade",
        incident: "a service that is not enabled, or an option that it does not take: browsers show a bare 1006",
        example: "handshake-400-opaque",
        make: Make::Gate(|_| Gate::Deny(Denial::Opaque, None)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-429",
        does: "HTTP 429 in the vendor's words, with Retry-After if it is given, no upgrade",
        incident: "a concurrency limit: the client fails for good, or tries again at once and for ever",
        example: "handshake-429:times=2,retry_after_s=1",
        parameters: &[RETRY_AFTER],
        make: Make::Gate(|values| deny(429, values)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-wrong-path",
        does: "the vendor's answer to a path that it does not serve, however misleading, no upgrade",
        incident: "a wrong path that is answered as if the credential were wrong",
        example: "handshake-wrong-path",
        make: Make::Gate(|_| Gate::Deny(Denial::WrongPath, None)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-stall",
        does: "TCP is accepted, TLS is done, the request is read, and no answer comes; TCP stays open until the client ends it",
        incident: "a connect without a limit of its own: it hangs past every budget",
        example: "handshake-stall:times=1",
        make: Make::Gate(|_| Gate::Leave(Leave::HalfOpen)),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-drip",
        does: "the 101 byte by byte, with a pause between two",
        incident: "a limit on each read instead of on the whole: the handshake takes for ever",
        example: "handshake-drip:every_ms=20",
        parameters: &[Parameter {
            key: "every_ms",
            kind: Kind::Number(0, 60_000),
            default: "100",
            text: "milliseconds between two bytes",
        }],
        make: Make::Gate(|values| Gate::Drip(values.ms("every_ms"))),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-bad-accept",
        does: "a 101 with a Sec-WebSocket-Accept that belongs to another key",
        incident: "a proxy that answers in the server's place: the client does not notice",
        example: "handshake-bad-accept",
        make: Make::Gate(|_| Gate::BadAccept),
        ..HANDSHAKE
    },
    Fault {
        name: "handshake-redirect",
        does: "HTTP 302 with a Location, no upgrade",
        incident: "a moved endpoint: the client follows with its credential, for ever, or not at all",
        example: "handshake-redirect:to=wss://127.0.0.1:1/v2/moved",
        parameters: &[Parameter {
            key: "to",
            kind: Kind::Text,
            default: "",
            text: "the Location; the request's own path unless told otherwise, which is a circle",
        }],
        make: Make::Gate(|values| Gate::Redirect(values.text("to").to_owned())),
        ..HANDSHAKE
    },
    Fault {
        name: "slow-handshake",
        does: "the answer to the handshake comes so late",
        incident: "a connect budget that nobody has ever tried",
        example: "slow-handshake:ms=2600",
        parameters: &[Parameter {
            key: "ms",
            kind: Kind::Number(0, 86_400_000),
            default: "3000",
            text: "milliseconds before the answer",
        }],
        make: Make::Gate(|values| Gate::Delay(values.ms("ms"))),
        ..HANDSHAKE
    },
    Fault {
        name: "header-newline-change",
        does: "a 101 whose lines end in a bare LF instead of CR LF",
        incident: "a service that changes its line endings: the client's own parser finds no end of the head",
        example: "header-newline-change",
        make: Make::Gate(|_| Gate::BareLf),
        ..HANDSHAKE
    },
    Fault {
        name: "accept-then-close",
        does: "the 101, pongs, no message, and so much later a close frame with 1008, or with the code given",
        incident: "a refusal behind the upgrade: the retry counter starts anew each time, and the loop never ends",
        example: "accept-then-close:code=4403",
        parameters: &[
            code("1008"),
            REASON,
            Parameter {
                key: "after_ms",
                kind: Kind::Number(0, 60_000),
                default: "200",
                text: "milliseconds between the 101, or the point given, and the close frame",
            },
        ],
        at: "open",
        points: Points::Session,
        make: Make::Behaviour(|values| {
            Box::new(AcceptThenClose {
                after: values.ms("after_ms"),
                close: CloseBody::new(code_of(values), values.text("reason")),
                due: None,
            })
        }),
        ..HANDSHAKE
    },
    Fault {
        name: "ready-never",
        does: "the request is never answered, not even by the message that it has begun; pings are",
        incident: "a client that waits for the started event without a limit",
        example: "ready-never",
        at: "request",
        points: Points::Session,
        make: Make::Behaviour(|_| Box::new(ReadyNever)),
        ..HANDSHAKE
    },
    Fault {
        name: "ready-only-after-audio",
        does: "nothing until the client's first audio, then everything as usual",
        incident: "a client that holds its audio back until a message which comes only after audio",
        example: "ready-only-after-audio",
        at: "request",
        points: Points::Session,
        applies: Applies::Recognition,
        make: Make::Behaviour(|_| Box::new(ReadyAfterAudio)),
        ..HANDSHAKE
    },
];

/// What most rows have in common.
const HANDSHAKE: Fault = Fault {
    name: "",
    family: Family::Handshake,
    does: "",
    incident: "",
    example: "",
    parameters: &[],
    at: "handshake",
    points: Points::Handshake,
    applies: Applies::Everywhere,
    make: Make::Gate(|_| Gate::Leave(Leave::HalfOpen)),
};

const RETRY_AFTER: Parameter = Parameter {
    key: "retry_after_s",
    kind: Kind::Number(0, 86_400),
    default: "",
    text: "seconds in a Retry-After header; none unless told otherwise",
};

fn deny(status: u16, values: &Values) -> Gate {
    Gate::Deny(Denial::Status(status), values.optional("retry_after_s"))
}

/// The refusal comes behind the upgrade.
struct AcceptThenClose {
    after: Duration,
    close: CloseBody,
    due: Option<Duration>,
}

impl Behaviour for AcceptThenClose {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.stall();
        self.due = Some(hand.now + self.after);
    }

    fn next_due(&self) -> Option<Duration> {
        self.due
    }

    fn due(&mut self, hand: &mut Hand<'_>) {
        self.due = None;
        hand.close(self.close.clone());
    }
}

/// Nothing is said.
struct ReadyNever;

impl Behaviour for ReadyNever {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.stall();
    }
}

/// Nothing is said until there is audio.
struct ReadyAfterAudio;

impl Behaviour for ReadyAfterAudio {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.stall();
    }

    fn received(&mut self, part: Part, hand: &mut Hand<'_>) {
        if part.is_audio() {
            hand.release();
        }
    }
}
