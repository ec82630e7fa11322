//! The messages of both sides: types, strict decode, encode.
//!
//! ```text
//!   client   {"text": "…", "accept": "audio/wav", "timings": ["words"]}
//!   server   {"binary_streams": [{"content_type": "audio/wav"}]}
//!            {"warnings": "…"}   {"marks": [["here", 0.501]]}   {"words": [["I", 0.0, 0.157]]}
//!            binary: audio       {"error": "…"}
//! ```

mod client;
mod server;

use bytes::Bytes;

use crate::error::{DecodeError, ErrorKind};
use crate::json;

pub use client::{ClientMessage, Request, Timings};
pub(super) use server::SERVER_MEMBERS;
pub use server::{ServerMessage, Word, WordForm};

/// The kinds of message, as the table names them.
pub mod kind {
    /// The client's request.
    pub const REQUEST: &str = "request";
    /// A text message of the client that is no JSON.
    pub const MALFORMED: &str = "malformed";
    /// A binary message of the client.
    pub const BINARY: &str = "binary";
    /// The confirmation of the format.
    pub const BINARY_STREAMS: &str = "binary_streams";
    /// A warning.
    pub const WARNINGS: &str = "warnings";
    /// The time of a mark.
    pub const MARKS: &str = "marks";
    /// The times of words.
    pub const WORDS: &str = "words";
    /// Audio.
    pub const AUDIO: &str = "audio";
    /// An error.
    pub const ERROR: &str = "error";
}

fn parse(payload: &Bytes) -> Result<json::Parsed, DecodeError> {
    let text = std::str::from_utf8(payload).map_err(|error| {
        let problem = "not UTF-8";
        DecodeError::new(ErrorKind::Utf8, error.valid_up_to(), "message", problem)
    })?;
    json::parse(text)
}
