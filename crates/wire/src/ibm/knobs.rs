//! What can be chosen about the endpoint: wherever the evidence leaves a choice.

use crate::knob::{Knob, SWITCH, Values};

use super::clauses::{audio, exchange, handshake, ssml};

/// How the 401 is worded.
pub const UNAUTHORIZED_BODY: Knob = Knob {
    name: "unauthorized-body",
    default: "today",
    values: Values::OneOf(&["today", "2019"]),
    clause: &handshake::UNAUTHORIZED_2019,
    text: "the body of a 401: with trace and more_info, or as the gateway of 2019 had it",
};

/// Whether an `Origin` is refused.
pub const STRICT_ORIGIN: Knob = Knob {
    name: "strict-origin",
    default: "off",
    values: SWITCH,
    clause: &handshake::ORIGIN,
    text: "answer 403 to a handshake with an Origin",
};

/// Whether the hosts of the former platform still serve.
pub const LEGACY_HOSTS: Knob = Knob {
    name: "legacy-hosts",
    default: "serve",
    values: Values::OneOf(&["serve", "refuse"]),
    clause: &handshake::URL_LEGACY,
    text: "serve a handshake for a host of the former platform, or answer 403 as they do since 2021",
};

/// When an unknown voice is refused.
pub const UNKNOWN_VOICE: Knob = Knob {
    name: "unknown-voice",
    default: "handshake",
    values: Values::OneOf(&["handshake", "message"]),
    clause: &handshake::VOICE_REFUSAL,
    text: "refuse an unknown voice in the handshake, or answer the request with an error and 1011",
};

/// What becomes of a query value that cannot be used.
pub const BAD_QUERY: Knob = Knob {
    name: "bad-query",
    default: "handshake",
    values: Values::OneOf(&["handshake", "message", "ignore"]),
    clause: &handshake::BAD_QUERY_VALUE,
    text: "refuse an unusable query value in the handshake, answer the request with an error, or ignore it",
};

/// The voice that speaks without a choice.
pub const DEFAULT_VOICE: Knob = Knob {
    name: "default-voice",
    default: "en-US_MichaelV3Voice",
    values: Values::Text,
    clause: &handshake::DEFAULT_VOICE,
    text: "the voice that speaks when the query names none",
};

/// Voices beside the documented ones.
pub const FURTHER_VOICES: Knob = Knob {
    name: "further-voices",
    default: "",
    values: Values::Text,
    clause: &handshake::DEFAULT_VOICE,
    text: "names of voices beside the documented ones, separated by commas",
};

/// The custom models that exist.
pub const CUSTOMIZATIONS: Knob = Knob {
    name: "customizations",
    default: "",
    values: Values::Text,
    clause: &handshake::ANY_CUSTOMIZATION,
    text: "the GUIDs of the custom models that exist, separated by commas; empty takes any GUID",
};

/// How long a connection may be without a request.
pub const FIRST_MESSAGE_TIMEOUT: Knob = Knob {
    name: "first-message-timeout-ms",
    default: "30000",
    values: Values::Number(0, 86_400_000),
    clause: &exchange::IDLE,
    text: "how long a connection may be without a request, in milliseconds; 0 is for ever",
};

/// What becomes of a message that is no JSON.
pub const MALFORMED_JSON: Knob = Knob {
    name: "malformed-json",
    default: "error",
    values: Values::OneOf(&["error", "drop"]),
    clause: &exchange::MALFORMED_JSON,
    text: "answer a message that is no JSON with an error and 1011, or drop the connection without a close frame",
};

/// What becomes of a request without `accept`.
pub const MISSING_ACCEPT: Knob = Knob {
    name: "missing-accept",
    default: "error",
    values: Values::OneOf(&["error", "default"]),
    clause: &exchange::ACCEPT_OMITTED,
    text: "answer a request without accept with an error, or with the default format",
};

/// What becomes of an empty text.
pub const EMPTY_TEXT: Knob = Knob {
    name: "empty-text",
    default: "error",
    values: Values::OneOf(&["error", "silence"]),
    clause: &exchange::TEXT_EMPTY,
    text: "answer an empty text with an error, or with silence",
};

/// The largest text.
pub const TEXT_LIMIT: Knob = Knob {
    name: "text-limit-bytes",
    default: "5120",
    values: Values::Number(1, 65_536),
    clause: &exchange::TEXT_LIMIT_WORDS,
    text: "the largest text in bytes of UTF-8",
};

/// What becomes of a second text message.
pub const SECOND_MESSAGE: Knob = Knob {
    name: "second-message",
    default: "ignore",
    values: Values::OneOf(&["ignore", "error"]),
    clause: &exchange::SECOND_MESSAGE,
    text: "ignore a second text message, or answer it with an error and 1011",
};

/// What becomes of a binary message.
pub const CLIENT_BINARY: Knob = Knob {
    name: "client-binary",
    default: "ignore",
    values: Values::OneOf(&["ignore", "error"]),
    clause: &exchange::CLIENT_BINARY,
    text: "ignore a binary message of the client, or answer it with an error and 1011",
};

/// Whether unknown members are warned of.
pub const UNKNOWN_MEMBERS: Knob = Knob {
    name: "unknown-members",
    default: "warn",
    values: Values::OneOf(&["warn", "silent"]),
    clause: &exchange::ACTION_WARNED,
    text: "warn of unknown members and query parameters, or keep silent about them",
};

/// Whether an error message comes before 1002, 1007 and 1009 too.
pub const ERROR_BEFORE_CLOSE: Knob = Knob {
    name: "error-before-close",
    default: "on",
    values: SWITCH,
    clause: &exchange::ERROR_BEFORE_ANY_CLOSE,
    text: "send an error message before a close with 1002, 1007 or 1009",
};

/// When timings are sent.
pub const TIMING_ORDER: Knob = Knob {
    name: "timing-order",
    default: "interleaved",
    values: Values::OneOf(&["interleaved", "first"]),
    clause: &exchange::TIMING_ORDER,
    text: "send each timing just before its audio, or all of them before any audio",
};

/// How words are written.
pub const WORD_FORM: Knob = Knob {
    name: "word-form",
    default: "flat",
    values: Values::OneOf(&["flat", "nested"]),
    clause: &exchange::NESTED_WORDS,
    text: "write words as [word, start, end] with three decimals, or as before February 2022",
};

/// How much sound an audio message holds.
pub const AUDIO_CHUNK: Knob = Knob {
    name: "audio-chunk-ms",
    default: "400",
    values: Values::Number(10, 10_000),
    clause: &exchange::AUDIO_SIZE,
    text: "how much sound an audio message holds in milliseconds, as far as 64 KiB allow",
};

/// How many blanks the error about a format has.
pub const MIMETYPE_BLANKS: Knob = Knob {
    name: "mimetype-blanks",
    default: "one",
    values: Values::OneOf(&["one", "two"]),
    clause: &audio::MIMETYPE_BLANKS,
    text: "the blanks after the first sentence of the error about a format: one, or two as until 2018",
};

/// What `audio/ogg` without a codec is.
pub const BARE_OGG: Knob = Knob {
    name: "bare-ogg",
    default: "vorbis",
    values: Values::OneOf(&["vorbis", "opus"]),
    clause: &audio::VORBIS,
    text: "take audio/ogg for Vorbis, which is refused because it cannot be encoded, or for Opus",
};

/// What becomes of a rate outside the range.
pub const BAD_RATE: Knob = Knob {
    name: "bad-rate",
    default: "error",
    values: Values::OneOf(&["error", "default"]),
    clause: &audio::RATE_REFUSED,
    text: "answer a rate outside 8000 to 192000 Hz with an error, or take the default rate",
};

/// What becomes of optional attributes with values that they do not take.
pub const OPTIONAL_ATTRIBUTES: Knob = Knob {
    name: "optional-attributes",
    default: "ignore",
    values: Values::OneOf(&["ignore", "error"]),
    clause: &ssml::OPTIONAL_ATTRIBUTE,
    text: "ignore an optional SSML attribute with an invalid value, or answer it with an error",
};

/// What becomes of marks whose names break the rule.
pub const MARK_NAMES: Knob = Knob {
    name: "mark-names",
    default: "error",
    values: Values::OneOf(&["error", "keep"]),
    clause: &ssml::MARK_REFUSED,
    text: "answer a mark whose name does not begin with a letter or digit with an error, or keep it",
};

/// Every knob of `ibm/tts`.
pub const ALL: &[Knob] = &[
    UNAUTHORIZED_BODY,
    STRICT_ORIGIN,
    LEGACY_HOSTS,
    UNKNOWN_VOICE,
    BAD_QUERY,
    DEFAULT_VOICE,
    FURTHER_VOICES,
    CUSTOMIZATIONS,
    FIRST_MESSAGE_TIMEOUT,
    MALFORMED_JSON,
    MISSING_ACCEPT,
    EMPTY_TEXT,
    TEXT_LIMIT,
    SECOND_MESSAGE,
    CLIENT_BINARY,
    UNKNOWN_MEMBERS,
    ERROR_BEFORE_CLOSE,
    TIMING_ORDER,
    WORD_FORM,
    AUDIO_CHUNK,
    MIMETYPE_BLANKS,
    BARE_OGG,
    BAD_RATE,
    OPTIONAL_ATTRIBUTES,
    MARK_NAMES,
];
