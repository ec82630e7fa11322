//! The steps of a script: what we do to a server, and what we expect of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::json::Json;
use crate::matcher::{Matcher, Matchers};
use crate::message::Piece;

/// One step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Step {
    /// Opens a connection; a script that begins with another step opens one first.
    Connect(Connect),
    /// Asks for a connection and expects a refusal.
    Refused(Refused),
    /// Sends a message.
    Send(Send),
    /// Sends speech in several binary messages.
    Stream(Stream),
    /// Expects the next message.
    Expect(Expect),
    /// Expects any number of messages of some kinds, up to the first of another kind.
    Collect(Collect),
    /// Sends a ping and expects its pong; messages in between wait.
    Ping(Ping),
    /// Expects that nothing comes before the pong of a ping.
    Quiet(Quiet),
    /// Expects the server to close.
    Closed(Closed),
    /// Closes.
    Close(Close),
}

impl Step {
    /// The id of its check and the clauses of it, if it is judged.
    #[must_use]
    pub fn check(&self) -> Option<(&str, &[String])> {
        match self {
            Self::Connect(Connect { check, clauses, .. })
            | Self::Ping(Ping { check, clauses, .. })
            | Self::Close(Close { check, clauses, .. }) => Some((check.as_deref()?, clauses)),
            Self::Refused(Refused { check, clauses, .. })
            | Self::Expect(Expect { check, clauses, .. })
            | Self::Collect(Collect { check, clauses, .. })
            | Self::Quiet(Quiet { check, clauses, .. })
            | Self::Closed(Closed { check, clauses, .. }) => Some((check, clauses)),
            Self::Send(_) | Self::Stream(_) => None,
        }
    }
}

/// How a handshake differs from the endpoint's usual one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Connect {
    /// Another method than GET.
    pub method: Option<String>,
    /// Another path.
    pub path: Option<String>,
    /// A query, without the `?`.
    pub query: Option<String>,
    /// Headers, beside or instead of the usual ones.
    pub headers: BTreeMap<String, String>,
    /// Headers that are left out, those of RFC 6455 among them.
    pub without: Vec<String>,
    /// What the headers of the 101 are like.
    pub expect_headers: BTreeMap<String, Matcher>,
    /// The id of the check that the connection opens.
    pub check: Option<String>,
    /// Its clauses.
    pub clauses: Vec<String>,
}

/// A handshake that is to be refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Refused {
    /// The handshake.
    #[serde(default)]
    pub request: Connect,
    /// The status.
    pub status: Matcher,
    /// What the headers are like.
    #[serde(default)]
    pub headers: BTreeMap<String, Matcher>,
    /// What the body's JSON is like.
    #[serde(default)]
    pub json: Matchers,
    /// What the body is like as text.
    pub body: Option<Matcher>,
    /// The id of the check.
    pub check: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// A message: one of the endpoint's by name, or written out; then edited.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Send {
    /// The name of a message in the endpoint's file.
    pub message: Option<String>,
    /// A text message.
    pub text: Option<String>,
    /// A text message of JSON.
    pub json: Option<Json>,
    /// A binary message.
    pub bytes: Option<Vec<Piece>>,
    /// JSON members that get another value, by path.
    pub set: BTreeMap<String, Json>,
    /// JSON members that are left out.
    pub remove: Vec<String>,
    /// The lengths of the first WebSocket fragments; the rest is the last one.
    pub fragments: Vec<usize>,
    /// Sends a ping between the fragments.
    pub ping_between: bool,
}

/// Speech as raw samples in binary messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Stream {
    /// What is said.
    pub say: String,
    /// The rate.
    pub rate_hz: u32,
    /// Silence before it.
    #[serde(default)]
    pub lead_ms: u32,
    /// Silence after it.
    #[serde(default)]
    pub tail_ms: u32,
    /// How many bytes a message has.
    pub chunk_bytes: usize,
}

/// The next message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Expect {
    /// Its kind, as in the endpoint's table.
    pub kind: String,
    /// Kinds that may come before it.
    #[serde(default)]
    pub skip: Vec<String>,
    /// What its JSON is like, by path.
    #[serde(default)]
    pub json: Matchers,
    /// Whether members beside those of `json` are wrong.
    #[serde(default)]
    pub only: bool,
    /// The id of the check.
    pub check: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// Messages of some kinds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Collect {
    /// Their kinds.
    pub kinds: Vec<String>,
    /// How many there are at least.
    #[serde(default = "one")]
    pub least: usize,
    /// How many there are at most.
    pub most: Option<usize>,
    /// How many bytes they have together at least.
    #[serde(default)]
    pub least_bytes: usize,
    /// A number that divides the bytes of all of them together.
    pub multiple_of: Option<usize>,
    /// What the JSON of each of them is like.
    #[serde(default)]
    pub each: Matchers,
    /// The id of the check.
    pub check: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

const fn one() -> usize {
    1
}

/// A ping and its pong.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Ping {
    /// The payload.
    pub payload: String,
    /// The id of the check that the pong comes with the same payload.
    pub check: Option<String>,
    /// Its clauses.
    pub clauses: Vec<String>,
}

/// Nothing comes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Quiet {
    /// The kinds that do not come; none named means all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The id of the check.
    pub check: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// The server closes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Closed {
    /// The code; 1005 is an empty close frame, 1006 the end of TCP without one.
    pub code: Matcher,
    /// The reason.
    pub reason: Option<Matcher>,
    /// Kinds of messages that may come before it.
    #[serde(default)]
    pub skip: Vec<String>,
    /// The id of the check.
    pub check: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// We close, and the server answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Close {
    /// The code; 1000 if there is none.
    pub code: Option<u16>,
    /// The id of the check that the server answers with a close frame.
    pub check: Option<String>,
    /// Its clauses.
    pub clauses: Vec<String>,
}
