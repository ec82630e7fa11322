//! A client of every served endpoint: short, strict, and nothing of mynah in it.
//!
//! ```text
//!   Request ─▶ run ─▶ huawei | ibm | volcengine ─▶ Ok(what MYNAH_OUT holds) | Failure
//! ```
//!
//! It is three things: an adapter of the conformance suite (`main.rs`, rung 1), an example of how a
//! crate tests its own client with the suite (`tests/cases.rs`, rung 3), and the client behind
//! which the proxy makes mutants.

mod huawei;
mod ibm;
mod socket;
mod volcengine;

use std::fmt;
use std::time::Duration;

/// What is asked of the client.
#[derive(Clone, Debug)]
pub struct Request {
    /// The base URL, without a path.
    pub url: String,
    /// The endpoint's name.
    pub endpoint: String,
    /// What to do.
    pub operation: Operation,
    /// The credential.
    pub token: String,
    /// UTF-8 text, or a WAV file of 16-bit mono PCM.
    pub input: Vec<u8>,
    /// The audio format in the vendor's words; empty for its default.
    pub format: String,
    /// The rate of the audio.
    pub rate_hz: u32,
    /// It must have ended by then; a silence of two fifths of it is an error.
    pub deadline: Duration,
}

impl Request {
    /// How long nothing may come. No legal dialogue is silent for half of the deadline.
    fn patience(&self) -> Duration {
        self.deadline * 2 / 5
    }
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Text to audio.
    Synthesize,
    /// Audio to text.
    Recognize,
}

/// Why nothing came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// This client does not speak to the endpoint, or not so.
    Unsupported,
    /// What the service said, or did wrong.
    Error(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported => f.write_str("unsupported"),
            Self::Error(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for Failure {}

fn error(text: impl fmt::Display) -> Failure {
    Failure::Error(text.to_string())
}

/// Does it: the audio as received, or the final texts by start time, joined.
///
/// # Errors
/// If the service refuses, or does not keep to its protocol.
pub async fn run(request: &Request) -> Result<Vec<u8>, Failure> {
    match (request.endpoint.as_str(), request.operation) {
        ("huawei/rtts", Operation::Synthesize) => huawei::synthesize(request).await,
        ("huawei/rasr-short-stream", Operation::Recognize) => {
            huawei::recognize(request, "short-stream").await
        }
        ("huawei/rasr-sentence-stream", Operation::Recognize) => {
            huawei::recognize(request, "sentence-stream").await
        }
        ("huawei/rasr-continue-stream", Operation::Recognize) => {
            huawei::recognize(request, "continue-stream").await
        }
        ("ibm/tts", Operation::Synthesize) => ibm::synthesize(request).await,
        ("volcengine/tts-v1", Operation::Synthesize) => volcengine::synthesize(request).await,
        _ => Err(Failure::Unsupported),
    }
}

/// The audio of a synthesis, which is never empty.
fn some(audio: Vec<u8>) -> Result<Vec<u8>, Failure> {
    match audio.is_empty() {
        true => Err(error("no audio came")),
        false => Ok(audio),
    }
}

/// The text to be synthesised.
fn text(request: &Request) -> Result<&str, Failure> {
    std::str::from_utf8(&request.input).map_err(error)
}
