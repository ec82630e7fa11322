//! What is legal on TTS v1.

use crate::session::{ANY, Rule, State, Table};
use crate::volcengine::clauses::{exchange, fault, request};

/// A request for a stream.
pub const SUBMIT: &str = "submit";
/// A request for one answer.
pub const QUERY: &str = "query";
/// A request that the service refuses as it stands.
pub const REFUSED: &str = "refused-request";
/// A frame that is no request.
pub const FOREIGN: &str = "foreign-frame";
/// A text message.
pub const TEXT: &str = "text";
/// Bytes that are no frame, or whose payload is no JSON.
pub const MALFORMED: &str = "malformed";

/// The acknowledgement.
pub const ACK: &str = "ack";
/// Audio with more to come.
pub const AUDIO: &str = "audio";
/// The last audio.
pub const LAST_AUDIO: &str = "last-audio";
/// The times of words.
pub const FRONT_END: &str = "front-end";
/// The error that ends what was asked for.
pub const ERROR: &str = "error";
/// The error about a message that is not being served: nothing ends with it.
pub const OBJECTION: &str = "objection";

const READY: &str = "ready";
const SUBMITTED: &str = "submitted";
const STREAMING: &str = "streaming";
const QUERIED: &str = "queried";
const FINISHED: &str = "finished";

/// The table of TTS v1.
pub const TABLE: Table = Table {
    states: &[
        State {
            name: READY,
            text: "no synthesis yet on this link, or the last one failed",
        },
        State {
            name: SUBMITTED,
            text: "a stream has been asked for",
        },
        State {
            name: STREAMING,
            text: "audio is on its way",
        },
        State {
            name: QUERIED,
            text: "one answer has been asked for",
        },
        State {
            name: FINISHED,
            text: "the last audio has been sent",
        },
    ],
    rules: &[
        Rule::client(&[READY], SUBMIT, Some(SUBMITTED), &exchange::SUBMIT),
        Rule::client(&[READY], QUERY, Some(QUERIED), &exchange::QUERY),
        Rule::misuse(&[FINISHED], SUBMIT, Some(SUBMITTED), &exchange::REUSE),
        Rule::misuse(&[FINISHED], QUERY, Some(QUERIED), &exchange::REUSE),
        Rule::misuse(BUSY, SUBMIT, None, &exchange::ORDER),
        Rule::misuse(BUSY, QUERY, None, &exchange::ORDER),
        Rule::client(&[READY], REFUSED, None, &request::JSON),
        Rule::misuse(&[FINISHED], REFUSED, None, &exchange::REUSE),
        Rule::misuse(BUSY, REFUSED, None, &exchange::ORDER),
        Rule::misuse(ANY, FOREIGN, None, &exchange::FOREIGN),
        Rule::misuse(ANY, TEXT, None, &exchange::TEXT_MESSAGE),
        Rule::misuse(ANY, MALFORMED, None, &fault::MALFORMED),
        Rule::server(&[SUBMITTED], ACK, Some(STREAMING), &exchange::ACK),
        Rule::server(
            &[SUBMITTED, STREAMING],
            AUDIO,
            Some(STREAMING),
            &exchange::AUDIO,
        ),
        Rule::server(
            &[SUBMITTED, STREAMING],
            FRONT_END,
            Some(STREAMING),
            &exchange::FRONT_END,
        ),
        Rule::server(
            &[SUBMITTED, STREAMING],
            LAST_AUDIO,
            Some(FINISHED),
            &exchange::LAST,
        ),
        Rule::server(&[QUERIED], FRONT_END, None, &exchange::FRONT_END_QUERY),
        Rule::server(
            &[QUERIED],
            LAST_AUDIO,
            Some(FINISHED),
            &exchange::QUERY_FIRST,
        ),
        Rule::server(BUSY, ERROR, Some(READY), &fault::FRAME),
        Rule::server(&[READY, FINISHED], ERROR, None, &fault::FRAME),
        Rule::server(ANY, OBJECTION, None, &fault::FRAME),
    ],
    order: &exchange::ORDER,
};

/// The states in which a request is being answered.
const BUSY: &[&str] = &[SUBMITTED, STREAMING, QUERIED];
