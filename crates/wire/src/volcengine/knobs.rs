//! What can be chosen about TTS v1: every behaviour that the sources leave open.

use super::clauses::{exchange, fault, handshake, request};
use crate::knob::{Knob, SWITCH, Values};

/// Every knob of TTS v1.
pub const TTS_V1: &[Knob] = &[
    ACK,
    QUERY,
    BUSY,
    SINGLE,
    CLOSE_AFTER_ERROR,
    CLOSE_AFTER_FINAL,
    IDLE_MS,
    IDLE_ANSWER,
    CHUNK_MS,
    LONGEST_MS,
    VOICES,
    REQID_REUSE,
    RATIO_RANGE,
    MISSING_TEXT,
    SSML_ERROR,
    ERROR_BODY,
    ERROR_COMPRESSION,
    WRONG_BEARER,
    BASIC_AUTH,
];

/// Whether submit is acknowledged.
pub const ACK: Knob = Knob {
    name: "ack",
    default: "on",
    values: SWITCH,
    clause: &exchange::ACK,
    text: "whether an ACK precedes the audio of submit",
};
/// Whether query is served.
pub const QUERY: Knob = Knob {
    name: "query",
    default: "serve",
    values: Values::OneOf(&["serve", "refuse"]),
    clause: &exchange::QUERY,
    text: "whether query is served on the socket or refused with 3001",
};
/// What a second request does to the first.
pub const BUSY: Knob = Knob {
    name: "busy",
    default: "go-on",
    values: Values::OneOf(&["go-on", "abort"]),
    clause: &exchange::BUSY,
    text: "whether a synthesis goes on or ends when a message in its midst is refused",
};
/// One link, one synthesis.
pub const SINGLE: Knob = Knob {
    name: "single",
    default: "off",
    values: Values::OneOf(&["off", "on", "refuse"]),
    clause: &exchange::REUSE,
    text: "one synthesis a link: `on` closes 1000 after the last frame, `refuse` stays open and answers a further request with 3001",
};
/// Whether an error closes.
pub const CLOSE_AFTER_ERROR: Knob = Knob {
    name: "close-after-error",
    default: "off",
    values: SWITCH,
    clause: &fault::AFTER,
    text: "whether the server closes 1000 after an error",
};
/// Whether the last frame closes.
pub const CLOSE_AFTER_FINAL: Knob = Knob {
    name: "close-after-final",
    default: "off",
    values: SWITCH,
    clause: &exchange::SERVER_CLOSES,
    text: "whether the server closes 1000 after the last audio frame",
};
/// How long a link may idle.
pub const IDLE_MS: Knob = Knob {
    name: "idle-ms",
    default: "10000",
    values: Values::Number(0, 3_600_000),
    clause: &exchange::IDLE,
    text: "how long a link may stay without a request, in ms; 0 is for ever",
};
/// What an idle link is told.
pub const IDLE_ANSWER: Knob = Knob {
    name: "idle-answer",
    default: "3032",
    values: Values::OneOf(&["3032", "close"]),
    clause: &exchange::IDLE,
    text: "whether an idle link is told 3032 before it is closed 1000",
};
/// How much sound a frame holds.
pub const CHUNK_MS: Knob = Knob {
    name: "chunk-ms",
    default: "200",
    values: Values::Number(20, 10_000),
    clause: &exchange::CHUNKS,
    text: "how much sound an audio frame of submit holds, in ms",
};
/// How long a sound may be.
pub const LONGEST_MS: Knob = Knob {
    name: "longest-ms",
    default: "1800000",
    values: Values::Number(1, 86_400_000),
    clause: &exchange::LONGEST,
    text: "the longest sound that one request may make, in ms; more is 3030",
};
/// Which voices exist.
pub const VOICES: Knob = Knob {
    name: "voices",
    default: "",
    values: Values::Text,
    clause: &fault::VOICE_RULE,
    text: "the voices that exist, separated by commas; empty leaves it to the rule by names",
};
/// Whether ids may be used again.
pub const REQID_REUSE: Knob = Knob {
    name: "reqid-reuse",
    default: "refuse",
    values: Values::OneOf(&["refuse", "accept"]),
    clause: &fault::REPEATED_MEMORY,
    text: "whether a used reqid is refused with 3006",
};
/// What becomes of numbers out of range.
pub const RATIO_RANGE: Knob = Knob {
    name: "ratio-range",
    default: "refuse",
    values: Values::OneOf(&["refuse", "clamp", "accept"]),
    clause: &fault::RANGES,
    text: "whether a number out of its range is refused with 3001, put to the nearest bound, or taken as far as sound can follow",
};
/// What a missing text is.
pub const MISSING_TEXT: Knob = Knob {
    name: "missing-text",
    default: "3001",
    values: Values::OneOf(&["3001", "3011"]),
    clause: &request::TEXT_MISSING,
    text: "the code for a request without request.text",
};
/// What ill-formed markup is.
pub const SSML_ERROR: Knob = Knob {
    name: "ssml-error",
    default: "3001",
    values: Values::OneOf(&["3001", "3011"]),
    clause: &request::SSML,
    text: "the code for SSML that is not XML",
};
/// How errors are written.
pub const ERROR_BODY: Knob = Knob {
    name: "error-body",
    default: "json",
    values: Values::OneOf(&["json", "backend", "plain"]),
    clause: &fault::BODY_PLAIN,
    text: "an error's message: JSON, JSON with backend_code as in a live capture, or the sentence alone",
};
/// How errors are compressed.
pub const ERROR_COMPRESSION: Knob = Knob {
    name: "error-compression",
    default: "mirror",
    values: Values::OneOf(&["mirror", "gzip", "none"]),
    clause: &fault::MIRROR,
    text: "whether an error is compressed as the request was, always, or never",
};
/// Where a wrong credential fails.
pub const WRONG_BEARER: Knob = Knob {
    name: "wrong-bearer",
    default: "401",
    values: Values::OneOf(&["401", "frame", "accept"]),
    clause: &handshake::NO_SEMICOLON_STATUS,
    text: "whether `Bearer TOKEN` without the semicolon is refused at the upgrade, in an error frame, or not at all",
};
/// Whether user-info is a credential.
pub const BASIC_AUTH: Knob = Knob {
    name: "basic-auth",
    default: "refuse",
    values: Values::OneOf(&["refuse", "accept"]),
    clause: &handshake::USER_INFO,
    text: "whether a Basic credential, from a URL's user-info, is refused with 401",
};
