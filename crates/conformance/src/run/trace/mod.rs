//! What happened in a case: the bytes of its connections, and what each check has looked at.
//!
//! ```text
//!   Link ─ Recorder ─▶ chunks: side, time, bytes      evidence: step, message, what was compared
//!   journal ─────────▶    └──────────── Trace ────────────┘──▶ reports
//! ```
//!
//! It is recorded, never judged by: verdicts come from what tokio-tungstenite or the client says.

mod recorder;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_server::{FaultReport, RawChunk, Secrets, Side, blank};

pub(crate) use recorder::Recorder;

/// The credential of a run that is given none: it is no secret.
pub const PUBLIC_TOKEN: &str = "mynah";

/// Whether a case asks for a token of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignsIn {
    Yes,
    No,
}

/// What crossed the connections of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Its connections, in order.
    pub connections: Vec<Connection>,
    /// What a program said on standard error, without the credential.
    pub stderr: String,
}

/// One connection, handshake included. The credential is blanked at its length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connection {
    /// When it was opened, since the case began.
    pub began: Duration,
    /// What crossed it, by time; `at` counts from its opening.
    pub chunks: Vec<RawChunk>,
    /// Whether there was more than is kept.
    pub is_cut: bool,
    /// What the mock did on purpose, if it was the server.
    pub faults: Vec<FaultReport>,
}

/// What a check has looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// When its verdict was known, since the case began.
    pub at: Duration,
    /// The step of the script, from 1; 0 if it was none.
    pub step: usize,
    /// The message.
    pub message: Option<MessageRef>,
    /// What was compared, whether it was right or not.
    pub compared: Vec<Comparison>,
}

/// A message of a case: text or binary, or what a handshake says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRef {
    /// The connection, from 1.
    pub connection: usize,
    /// Who sent it.
    pub side: Side,
    /// Which of the side's text and binary messages, from 1; 0 is its head of the handshake.
    pub index: usize,
}

/// One value and what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Its JSON path, or what it is: `status`, `close code`, `byte 8`.
    pub path: String,
    /// What would be right.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// Whether it was right.
    pub holds: bool,
}

impl Trace {
    /// The trace of what was recorded. The credential of the run is blanked unless it is the
    /// public one; where a case has signed in, everything is that sounds like one.
    pub(crate) fn of(recorders: &[Recorder], token: &str, signs_in: SignsIn) -> Self {
        let mut connections: Vec<Connection> = recorders.iter().map(Recorder::take).collect();
        let mut known = Vec::new();
        if token != PUBLIC_TOKEN {
            known.push(token.to_owned());
            let hidden = connections.iter().flat_map(|c| basic(token, &c.chunks));
            known.extend(hidden);
        }
        let secrets = match signs_in {
            SignsIn::Yes => Secrets::AndNamed(&known),
            SignsIn::No => Secrets::Only(&known),
        };
        let mut all: Vec<&mut [RawChunk]> = connections
            .iter_mut()
            .map(|connection| connection.chunks.as_mut_slice())
            .collect();
        blank(&mut all, secrets);
        Self {
            connections,
            stderr: String::new(),
        }
    }
}

/// The header of a request that hides the token: a user and a password in one.
fn basic(token: &str, chunks: &[RawChunk]) -> Option<String> {
    let request = chunks.iter().find(|chunk| chunk.side == Side::Client)?;
    let request = String::from_utf8_lossy(&request.bytes).into_owned();
    let (_, rest) = request.split_once("Basic ")?;
    let basic = rest.split_ascii_whitespace().next()?;
    let decoded = STANDARD.decode(basic).ok()?;
    let is_it = String::from_utf8_lossy(&decoded).contains(token);
    is_it.then(|| basic.to_owned())
}
