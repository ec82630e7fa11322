//! What is legal on `ibm/tts`.

use crate::ibm::clauses::exchange as clauses;
use crate::session::{Rule, State, Table};

use super::message::kind;

/// The table of `ibm/tts`.
pub const TABLE: Table = Table {
    states: &[
        State {
            name: OPEN,
            text: "the request is awaited",
        },
        State {
            name: REQUESTED,
            text: "the request is judged",
        },
        State {
            name: SPEAKING,
            text: "the format is confirmed, audio and timings follow",
        },
        State {
            name: FAILED,
            text: "the error is told, the close follows",
        },
    ],
    rules: &[
        Rule::client(&[OPEN], kind::REQUEST, Some(REQUESTED), &clauses::REQUEST),
        Rule::misuse(
            &[OPEN],
            kind::MALFORMED,
            Some(REQUESTED),
            &clauses::MALFORMED_JSON,
        ),
        Rule::misuse(LATER, kind::REQUEST, None, &clauses::SECOND_MESSAGE),
        Rule::misuse(LATER, kind::MALFORMED, None, &clauses::SECOND_MESSAGE),
        Rule::misuse(&[OPEN], kind::BINARY, None, &clauses::CLIENT_BINARY),
        Rule::misuse(LATER, kind::BINARY, None, &clauses::CLIENT_BINARY),
        Rule::server(
            &[REQUESTED],
            kind::BINARY_STREAMS,
            Some(SPEAKING),
            &clauses::FORMAT_FIRST,
        ),
        Rule::server(&[SPEAKING], kind::WARNINGS, None, &clauses::WARNINGS),
        Rule::server(&[SPEAKING], kind::MARKS, None, &clauses::MARKS),
        Rule::server(&[SPEAKING], kind::WORDS, None, &clauses::WORDS),
        Rule::server(&[SPEAKING], kind::AUDIO, None, &clauses::AUDIO),
        Rule::server(
            &[OPEN, REQUESTED, SPEAKING],
            kind::ERROR,
            Some(FAILED),
            &clauses::ERROR_THEN_CLOSE,
        ),
    ],
    order: &clauses::ORDER,
};

const OPEN: &str = "open";
const REQUESTED: &str = "requested";
const SPEAKING: &str = "speaking";
const FAILED: &str = "failed";
const LATER: &[&str] = &[REQUESTED, SPEAKING, FAILED];
