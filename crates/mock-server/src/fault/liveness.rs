//! Silence, delays and half-open connections.

mod drop;
mod pace;
mod pong;

use super::behaviour::{Behaviour, Hand, Leave};
use super::closing::how;
use super::gate::Gate;
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "half-open",
        family: Family::Liveness,
        does: "from then on the server reads nothing, writes nothing and answers no ping; TCP stays established until the client ends it",
        incident: "a dead peer behind a living socket: nothing is logged and nothing comes until TCP gives up, after a quarter of an hour or never",
        example: "half-open:at=audio/2",
        parameters: &[],
        at: "audio/2",
        points: Points::Any,
        applies: Applies::Everywhere,
        make: Make::Either(|_| Gate::Leave(Leave::HalfOpen), |_| Box::new(HalfOpen)),
    },
    Fault {
        name: "stall-midstream",
        family: Family::Liveness,
        does: "no further message; pings and the close frame of the client are still answered",
        incident: "speech that starts and then stops for good, with no end and no error",
        example: "stall-midstream:at=audio/3",
        parameters: &[],
        at: "audio/3",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|_| Box::new(Stall)),
    },
    Fault {
        name: "silent-but-pinging",
        family: Family::Liveness,
        does: "nothing but pings, one at once and then one every so often; after that time everything goes on",
        incident: "a healthy connection that the client gives up, because it counts messages and not pings",
        example: "silent-but-pinging:ms=5000,every_ms=500",
        parameters: &[
            milliseconds(
                "every_ms",
                1,
                "1000",
                "the time between two pings, in milliseconds",
            ),
            milliseconds("ms", 0, "30000", "how long it lasts, in milliseconds"),
        ],
        at: "first-byte",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| {
            Box::new(pace::Pinging::new(values.ms("every_ms"), values.ms("ms")))
        }),
    },
    Fault {
        name: "no-pong",
        family: Family::Liveness,
        does: "pings are never answered; everything else goes on",
        incident: "a loaded service that answers no pings: the keepalive of the client kills a session that works",
        example: "no-pong:at=open",
        parameters: &[],
        at: "open",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|_| Box::new(pong::Never)),
    },
    Fault {
        name: "late-pong",
        family: Family::Liveness,
        does: "every ping is answered so much later; everything else comes in time",
        incident: "pongs that come after the keepalive limit of the client, while data flows",
        example: "late-pong:ms=25000",
        parameters: &[milliseconds("ms", 0, "15000", "the delay, in milliseconds")],
        at: "open",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| Box::new(pong::Late::new(values.ms("ms")))),
    },
    Fault {
        name: "slow-trickle",
        family: Family::Liveness,
        does: "a pause before every audio message of a synthesis and every result of a recognition",
        incident: "audio that comes slower than it is heard, with gaps longer than the client bears: it starves or gives up too early",
        example: "slow-trickle:gap_ms=800",
        parameters: &[milliseconds(
            "gap_ms",
            0,
            "3500",
            "the pause, in milliseconds",
        )],
        at: "first-byte",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| Box::new(pace::Trickle(values.ms("gap_ms")))),
    },
    Fault {
        name: "slow-first-byte",
        family: Family::Liveness,
        does: "a delay once, before the first audio or the first result",
        incident: "a cold service: time-outs and latency figures of the client that no test has ever touched",
        example: "slow-first-byte:ms=800",
        parameters: &[milliseconds("ms", 0, "3000", "the delay, in milliseconds")],
        at: "first-byte",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| Box::new(pace::Delay(values.ms("ms")))),
    },
    Fault {
        name: "drop-while-sending",
        family: Family::Liveness,
        does: "TCP is reset at the next message of the client's uplink: audio in a recognition, a request in a synthesis",
        incident: "a write that fails in the middle of a stream: the whole stream dies instead of one reconnect",
        example: "drop-while-sending:at=audio/5",
        parameters: &[],
        at: "open",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|_| Box::new(drop::WhileSending)),
    },
    Fault {
        name: "drop-after-request",
        family: Family::Liveness,
        does: "the request is accepted with the start message, if the vendor has one, then TCP ends without audio, result or close frame",
        incident: "text that is sent once and lost with its connection: the client reconnects and stays mute",
        example: "drop-after-request:conn=1",
        parameters: &[HOW],
        at: "request",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| Box::new(drop::AfterRequest(how(values)))),
    },
    Fault {
        name: "drop-after-partial-audio",
        family: Family::Liveness,
        does: "TCP ends without a close frame when a part of the audio has been sent",
        incident: "a retry that plays again what has been heard, or a turn that is lost as a whole",
        example: "drop-after-partial-audio:at=30%,how=rst",
        parameters: &[HOW],
        at: "50%",
        points: Points::Session,
        applies: Applies::Synthesis,
        make: Make::Behaviour(|values| Box::new(drop::AtOnce(how(values)))),
    },
    Fault {
        name: "flap",
        family: Family::Liveness,
        does: "every connection ends without a close frame so long after it was opened",
        incident: "connections that live for seconds: a storm of reconnects without backoff, or none at all",
        example: "flap:after_ms=2000,how=rst",
        parameters: &[
            milliseconds(
                "after_ms",
                0,
                "5000",
                "how long a connection lives, in milliseconds",
            ),
            HOW,
        ],
        at: "after_ms",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| Box::new(drop::AtOnce(how(values)))),
    },
    Fault {
        name: "stale-reuse",
        family: Family::Liveness,
        does: "TCP ends without a close frame when for so long no request has been worked at and nothing was said",
        incident: "a pooled connection that the vendor has dropped between two tasks: the next task goes into the void",
        example: "stale-reuse:after_ms=3000",
        parameters: &[
            milliseconds("after_ms", 0, "10000", "the idle time, in milliseconds"),
            HOW,
        ],
        at: "after_ms",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| {
            Box::new(drop::WhenIdle::new(values.ms("after_ms"), how(values)))
        }),
    },
];

const HOW: Parameter = Parameter {
    key: "how",
    kind: Kind::Word(&["fin", "rst"]),
    default: "fin",
    text: "how TCP ends",
};

const fn milliseconds(
    key: &'static str,
    least: u64,
    default: &'static str,
    text: &'static str,
) -> Parameter {
    Parameter {
        key,
        kind: Kind::Number(least, MONTH_MS),
        default,
        text,
    }
}

const MONTH_MS: u64 = 31 * 24 * 3600 * 1000;

/// TCP without anybody behind it.
struct HalfOpen;

impl Behaviour for HalfOpen {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.leave(Leave::HalfOpen);
    }
}

/// No further message.
struct Stall;

impl Behaviour for Stall {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.stall();
    }
}
