//! What a vendor's folder offers to the rest: endpoints, as data.

use bytes::Bytes;

use crate::audio::{AudioFormat, Direction};
use crate::clause::Clause;
use crate::credentials::Grant;
use crate::dialect::Dialect;
use crate::error::DecodeError;
use crate::handshake::{Admission, PathMiss, Refusal, RequestHead, Welcome};
use crate::json::Value;
use crate::knob::{Knob, Knobs};
use crate::session::{Form, Session, Side, Table};
use crate::side::Service;

/// A company and what is served of it.
#[derive(Clone, Copy, Debug)]
pub struct Vendor {
    /// Its name, the first half of its endpoints' names and the name of its folders.
    pub name: &'static str,
    /// What it is called in prose.
    pub title: &'static str,
    /// What is served.
    pub endpoints: &'static [&'static Endpoint],
    /// Words the refusal of a path that is near one of the vendor's.
    pub refuse_path: fn(&RequestHead, PathMiss, &mut Admission<'_>) -> Refusal,
    /// What is served beside the endpoints: sign-in, lists, HTTP twins.
    pub side: &'static [&'static Service],
    /// The settings that point its clients here.
    pub recipes: &'static [Recipe],
    /// The host names that its clients are built with.
    pub hosts: &'static [&'static str],
}

/// One URL path with one protocol.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// `vendor/endpoint`, the same as its folder in `fixtures/` and `conformance/`.
    pub name: &'static str,
    /// The documented forms of its path, the usual one first; `{name}` stands for any segment.
    pub paths: &'static [&'static str],
    /// Whether further segments may stand before the path.
    pub prefix: Prefix,
    /// Which way its audio travels.
    pub audio: Direction,
    /// Everything that is known about it.
    pub clauses: &'static [&'static Clause],
    /// What is legal on it.
    pub table: &'static Table,
    /// What can be chosen about it.
    pub knobs: &'static [Knob],
    /// The vendor's own limits on WebSocket frames and messages.
    pub limits: Limits,
    /// Judges a handshake on one of its paths: authentication first, then the upgrade.
    pub admit: fn(&RequestHead, &mut Admission<'_>) -> Result<Welcome, Refusal>,
    /// Opens a session after the upgrade.
    pub open: fn(Opening) -> Box<dyn Session>,
    /// Decodes one message of either side for people.
    pub decode: fn(Side, Form, &Bytes) -> Result<Dump, DecodeError>,
    /// How faults look on it.
    pub dialect: &'static Dialect,
    /// Encodes anew what a message decodes to; `None` if that has no encoding: what is refused, and what
    /// is known by its kind alone. White space, the order of members and unknown members may be lost,
    /// never a byte of a frame.
    pub recode: fn(Side, Form, &Bytes) -> Option<Bytes>,
    /// Whether bytes look like a message of this endpoint, for `mynah decode` without a name.
    pub resembles: fn(&[u8]) -> bool,
}

/// Whether a path may stand behind other segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// The path is the whole path.
    None,
    /// Any segments may stand before it.
    Any,
}

/// A vendor's own limits, in bytes; `None` where it documents none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The largest WebSocket frame.
    pub frame: Option<u64>,
    /// The largest WebSocket message.
    pub message: Option<u64>,
}

/// What a session is opened with.
#[derive(Debug)]
pub struct Opening {
    /// Decides every id that the session draws.
    pub seed: u64,
    /// The chosen values of the endpoint's knobs.
    pub knobs: Knobs,
    /// The request that was accepted.
    pub head: RequestHead,
    /// What its credential is good for.
    pub grant: Grant,
    /// Whether an audio format can be made honestly; what cannot is refused as unsupported.
    pub can_encode: fn(&AudioFormat) -> bool,
}

/// A decoded message for people and programs.
#[derive(Clone, Debug, PartialEq)]
pub struct Dump {
    /// The kind of message.
    pub kind: &'static str,
    /// Its fields with their place in the bytes, in order.
    pub fields: Vec<Field>,
    /// What it says, as JSON. Audio is described, never contained.
    pub value: Value,
}

/// One field of a [`Dump`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// 0-based offset in the message.
    pub offset: usize,
    /// Length in bytes.
    pub length: usize,
    /// Its name.
    pub name: String,
    /// Its value, in words.
    pub value: String,
}

impl Field {
    /// A field.
    #[must_use]
    pub fn new(
        offset: usize,
        length: usize,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self {
            offset,
            length,
            name: name.into(),
            value: value.into(),
        }
    }
}

/// How to point one language's clients of a vendor at the mock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// `python`, `node`, `java`, `go`, `rust` or `shell`.
    pub language: &'static str,
    /// The client or library that it is for.
    pub client: &'static str,
    /// The settings. `{ws}`, `{http}` and `{authority}` are replaced: `ws://127.0.0.1:7070`,
    /// `http://127.0.0.1:7070` and `127.0.0.1:7070`.
    pub text: &'static str,
}
