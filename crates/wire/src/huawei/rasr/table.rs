//! What is legal in real-time recognition: one table for the modes without events, one with.

use super::clauses::{commands, stream};
use crate::huawei::clauses::{join, messages};
use crate::session::{ANY, Rule, State, Table};

/// The table of `short-stream` and `continue-stream`.
pub const QUIET: Table = Table {
    states: STATES,
    rules: RULES,
    order: &stream::ORDER,
};

/// The table of `sentence-stream`.
pub const EVENTFUL: Table = Table {
    states: STATES,
    rules: &ALL_RULES,
    order: &stream::ORDER,
};

const STATES: &[State] = &[
    State {
        name: "open",
        text: "waits for START",
    },
    State {
        name: "starting",
        text: "START is being judged",
    },
    State {
        name: "session",
        text: "takes audio",
    },
    State {
        name: "ending",
        text: "recognises the rest",
    },
    State {
        name: "failed",
        text: "END is due after ERROR",
    },
    State {
        name: "closed",
        text: "the server closes",
    },
];

const RULES: &[Rule] = &[
    Rule::client(&["open"], "START", Some("starting"), &commands::START),
    Rule::misuse(SESSION, "START", None, &stream::ORDER),
    Rule::client(&["session"], "audio", None, &stream::AUDIO),
    Rule::misuse(&["open", "ending"], "audio", None, &stream::OUTSIDE),
    Rule::client(&["session"], "END", Some("ending"), &commands::END),
    Rule::misuse(&["open", "ending"], "END", None, &stream::ORDER),
    Rule::misuse(ANY, "unknown", None, &commands::COMMAND),
    Rule::misuse(ANY, "malformed", None, &messages::FORMS),
    Rule::server(&["starting"], "START", Some("session"), &stream::STARTED),
    Rule::server(&["starting"], "ERROR", Some("open"), &stream::ERROR_OUTSIDE),
    Rule::server(&["open"], "ERROR", None, &stream::ERROR_OUTSIDE),
    Rule::server(SESSION, "ERROR", Some("failed"), &stream::ERROR_INSIDE),
    Rule::server(&["failed"], "END", Some("open"), &stream::ERROR_INSIDE),
    Rule::server(SESSION, "RESULT", None, &stream::RESULT),
    Rule::server(SESSION, "EXCEEDED_AUDIO", None, &stream::EXCEEDED_AUDIO),
    Rule::server(&["ending"], "END", Some("open"), &stream::ENDED),
    Rule::server(&["open"], "FATAL_ERROR", Some("closed"), &stream::IDLE),
    Rule::server(SESSION, "FATAL_ERROR", Some("closed"), &stream::IDLE),
];

const VOICE_RULES: &[Rule] = &[
    Rule::server(SESSION, "VOICE_START", None, &stream::EVENTS_SENTENCE),
    Rule::server(SESSION, "VOICE_END", None, &stream::EVENTS_SENTENCE),
    Rule::server(SESSION, "EXCEEDED_SILENCE", None, &stream::EVENTS_SENTENCE),
];

const ALL_RULES: [Rule; RULES.len() + VOICE_RULES.len()] = {
    let fill = Rule::client(&["open"], "START", Some("starting"), &commands::START);
    join(&[RULES, VOICE_RULES], fill)
};

const SESSION: &[&str] = &["session", "ending"];
