//! `ibm/tts`: one request, one answer, one connection.

pub mod dump;
pub mod message;
pub mod query;
pub mod reply;
pub mod table;
pub mod timing;

use crate::audio::Direction;
use crate::endpoint::{Endpoint, Limits, Opening, Prefix};
use crate::session::{Conversation, Session};

use super::{auth, clauses, dialect, error, knobs};

/// The endpoint `ibm/tts`.
pub const ENDPOINT: Endpoint = Endpoint {
    name: "ibm/tts",
    paths: &[
        "/v1/synthesize",
        "/instances/{instance_id}/v1/synthesize",
        "/text-to-speech/{release}/instances/{instance_id}/api/v1/synthesize",
        "/text-to-speech/api/v1/synthesize",
    ],
    prefix: Prefix::Any,
    audio: Direction::ToClient,
    clauses: clauses::ALL,
    table: &table::TABLE,
    knobs: knobs::ALL,
    limits: Limits {
        frame: Some(error::LARGEST_FRAME),
        message: Some(error::LARGEST_FRAME),
    },
    admit: auth::admit,
    open,
    decode: dump::decode,
    dialect: &dialect::SYNTHESIS,
    recode: dump::recode,
    resembles: dump::resembles,
};

fn open(opening: Opening) -> Box<dyn Session> {
    Box::new(Conversation::new(
        &table::TABLE,
        reply::Synthesis::new(opening),
    ))
}

#[cfg(test)]
mod tests;
