//! What can be chosen about every endpoint of the vendor; the endpoints add their own.

use super::clauses::{handshake, messages};
use crate::knob::{Knob, SWITCH, Values};

/// The knobs of every endpoint.
pub(super) const SHARED: &[Knob] = &[
    REFUSE,
    GATEWAY_PREFIX,
    TYPES,
    UNKNOWN_MEMBERS,
    ERROR_TRACE_ID,
    FATAL_CLOSE,
    IDLE_MS,
];

pub(super) const REFUSE: Knob = Knob {
    name: "refuse",
    default: "none",
    values: Values::OneOf(&[
        "none",
        "no-credential",
        "token-unreadable",
        "token-expired",
        "bad-signature",
        "clock-skew",
        "no-backend",
        "project-mismatch",
        "project-mismatch-400",
        "real-name",
        "no-user",
        "no-credential-inside",
        "arrears",
        "throttled",
        "backend-down",
        "backend-timeout",
        "forbidden",
    ]),
    clause: &handshake::REFUSED_BEFORE,
    text: "refuse every handshake in the service's words for this reason",
};

pub(super) const GATEWAY_PREFIX: Knob = Knob {
    name: "gateway-prefix",
    default: "APIG",
    values: Values::OneOf(&["APIG", "APIGW"]),
    clause: &handshake::GATEWAY_PREFIX,
    text: "the prefix of the gateway's error codes",
};

pub(super) const TYPES: Knob = Knob {
    name: "types",
    default: "strict",
    values: Values::OneOf(&["strict", "lenient"]),
    clause: &messages::TYPES,
    text: "whether numbers in strings, strings in numbers and null are refused",
};

pub(super) const UNKNOWN_MEMBERS: Knob = Knob {
    name: "unknown-members",
    default: "ignore",
    values: Values::OneOf(&["ignore", "error"]),
    clause: &messages::UNKNOWN_MEMBERS,
    text: "what becomes of a START with members that the service does not know",
};

pub(super) const ERROR_TRACE_ID: Knob = Knob {
    name: "error-trace-id",
    default: "on",
    values: SWITCH,
    clause: &messages::TRACE_IN_ERROR,
    text: "whether ERROR and FATAL_ERROR carry trace_id",
};

pub(super) const FATAL_CLOSE: Knob = Knob {
    name: "fatal-close",
    default: "1000",
    values: Values::OneOf(&["1000", "1001", "1006", "1008", "1011"]),
    clause: &messages::CLOSE_CODE,
    text: "the close code after FATAL_ERROR and at the age limit; 1006 drops the connection",
};

pub(super) const IDLE_MS: Knob = Knob {
    name: "idle-ms",
    default: "20000",
    values: Values::Number(1, 3_600_000),
    clause: &messages::PINGS_ARE_NOT_DATA,
    text: "how long a client may send no text and no binary message",
};
