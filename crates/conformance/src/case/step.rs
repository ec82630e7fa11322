//! The steps of a script: what we do to a server, and what we expect of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::client::SoundAs;
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
    /// Asks for something over plain HTTP.
    Http(Http),
    /// Sends a message.
    Send(Send),
    /// Sends a frame that no WebSocket library would send.
    Frame(Frame),
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
            | Self::Http(Http { check, clauses, .. })
            | Self::Expect(Expect { check, clauses, .. })
            | Self::Collect(Collect { check, clauses, .. })
            | Self::Quiet(Quiet { check, clauses, .. })
            | Self::Closed(Closed { check, clauses, .. }) => Some((check, clauses)),
            Self::Send(_) | Self::Frame(_) | Self::Stream(_) => None,
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

/// A request over plain HTTP, and what its answer is like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Http {
    /// The request. Of the endpoint's usual headers and query it has none.
    pub request: Connect,
    /// The body as text.
    pub text: Option<String>,
    /// The body as JSON.
    pub json: Option<Json>,
    /// The status.
    pub status: Matcher,
    /// What the headers are like.
    #[serde(default)]
    pub headers: BTreeMap<String, Matcher>,
    /// What the JSON of the answer is like.
    #[serde(default)]
    pub answer: Matchers,
    /// What the answer is like as text.
    pub body: Option<Matcher>,
    /// What the answer sounds like.
    pub sound: Option<SoundLike>,
    /// The id of the check.
    pub check: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
}

/// What audio is like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct SoundLike {
    /// What it is read as. Raw samples do not begin like a file of another format.
    pub read_as: SoundAs,
    /// The rate: what a file says, what raw samples are taken for.
    pub rate_hz: u32,
    /// The name of a file's format: `WAV`, `FLAC`, `MP3`, `Ogg Opus`, `WebM Opus`.
    pub container: Option<String>,
    /// How long it is.
    pub ms: Option<Matcher>,
    /// What its first 64 bytes are like, in hex.
    pub starts: Option<Matcher>,
}

/// One frame, right or wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Frame {
    /// The opcode.
    pub opcode: u8,
    /// Whether it ends its message.
    #[serde(default = "yes")]
    pub fin: bool,
    /// The reserved bits, RSV1 being 4.
    #[serde(default)]
    pub rsv: u8,
    /// Whether it is masked.
    #[serde(default = "yes")]
    pub masked: bool,
    /// How its length is written.
    #[serde(default)]
    pub length: LengthForm,
    /// A length that is not that of the payload.
    pub declared: Option<u64>,
    /// The payload.
    #[serde(default)]
    pub payload: Vec<Piece>,
    /// Where TCP cuts it, in bytes of the frame.
    #[serde(default)]
    pub cut: Vec<usize>,
}

/// How a frame's length is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum LengthForm {
    /// As RFC 6455 wants it.
    #[default]
    #[serde(rename = "shortest")]
    Shortest,
    /// In 16 bits.
    #[serde(rename = "16-bit")]
    Bits16,
    /// In 64 bits.
    #[serde(rename = "64-bit")]
    Bits64,
}

const fn yes() -> bool {
    true
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
    /// Where TCP cuts what is sent, in bytes with the WebSocket's own.
    pub cut: Vec<usize>,
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
    /// The kind that is the last one; it is one of `kinds`.
    pub until: Option<String>,
    /// The path of an integer that is one larger in each of them than in the one before.
    pub counts: Option<String>,
    /// What their audio is like, all together.
    pub sound: Option<SoundLike>,
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
