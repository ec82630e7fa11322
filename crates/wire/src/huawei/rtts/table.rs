//! What is legal in real-time synthesis.

use super::clauses::{answer, request};
use crate::huawei::clauses::messages;
use crate::session::{ANY, Rule, State, Table};

/// The table of `huawei/rtts`.
pub const TABLE: Table = Table {
    states: &[
        State {
            name: "open",
            text: "waits for START",
        },
        State {
            name: "starting",
            text: "START is being judged",
        },
        State {
            name: "speaking",
            text: "audio is on its way",
        },
        State {
            name: "done",
            text: "waits for the client to close",
        },
        State {
            name: "closed",
            text: "the server closes",
        },
    ],
    rules: &[
        Rule::client(&["open"], "START", Some("starting"), &request::START),
        Rule::misuse(&["speaking", "done"], "START", None, &answer::ONE_TEXT),
        Rule::misuse(ANY, "unknown", None, &request::COMMAND),
        Rule::misuse(ANY, "malformed", None, &messages::FORMS),
        Rule::misuse(ANY, "audio", None, &request::BINARY),
        Rule::server(&["starting"], "START", Some("speaking"), &answer::STARTED),
        Rule::server(&["starting"], "ERROR", Some("open"), &answer::REFUSED_START),
        Rule::server(&["open", "done"], "ERROR", None, &messages::ERROR_STAYS),
        Rule::server(&["speaking"], "RESULT", None, &answer::RESULT),
        Rule::server(&["speaking"], "audio", None, &answer::AUDIO),
        Rule::server(&["speaking"], "ERROR", None, &messages::ERROR_STAYS),
        Rule::server(&["speaking"], "END", Some("done"), &answer::ENDED),
        Rule::server(
            &["open", "done"],
            "FATAL_ERROR",
            Some("closed"),
            &answer::IDLE,
        ),
    ],
    order: &answer::ONE_TEXT,
};
