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
        name: "ended",
        text: "END was the client's wish; waits for START or the close",
    },
    State {
        name: "refused",
        text: "ERROR came unasked: what was on its way is ignored until START",
    },
    State {
        name: "closed",
        text: "the server closes",
    },
];

const RULES: &[Rule] = &[
    Rule::client(&["open"], "START", Some("starting"), &commands::START),
    Rule::client(BETWEEN, "START", Some("starting"), &stream::START_AGAIN),
    Rule::misuse(SESSION, "START", None, &stream::ORDER),
    Rule::client(&["session"], "audio", None, &stream::AUDIO),
    Rule::client(&["refused"], "audio", None, &stream::AFTER_ERROR),
    Rule::misuse(&["open", "ending", "ended"], "audio", None, &stream::AUDIO),
    Rule::client(&["session"], "END", Some("ending"), &commands::END),
    Rule::misuse(&["refused"], "END", None, &stream::END_OUTSIDE),
    Rule::misuse(&["open", "ending", "ended"], "END", None, &stream::ORDER),
    Rule::misuse(ANY, "unknown", None, &commands::COMMAND),
    Rule::misuse(ANY, "malformed", None, &messages::FORMS),
    Rule::server(&["starting"], "START", Some("session"), &stream::STARTED),
    Rule::server(OUTSIDE, "ERROR", Some("refused"), &stream::ERROR_OUTSIDE),
    Rule::server(SESSION, "ERROR", Some("failed"), &stream::ERROR_INSIDE),
    Rule::server(&["failed"], "END", Some("refused"), &stream::ERROR_INSIDE),
    Rule::server(SESSION, "RESULT", None, &stream::RESULT),
    Rule::server(SESSION, "EXCEEDED_AUDIO", None, &stream::EXCEEDED_AUDIO),
    Rule::server(&["ending"], "END", Some("ended"), &stream::ENDED),
    Rule::server(OUTSIDE, "FATAL_ERROR", Some("closed"), &stream::IDLE),
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

const BETWEEN: &[&str] = &["ended", "refused"];

const OUTSIDE: &[&str] = &["open", "starting", "ended", "refused"];
