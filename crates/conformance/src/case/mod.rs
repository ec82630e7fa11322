//! Cases: the checks of the suite, as data.
//!
//! ```text
//! conformance/<vendor>/<endpoint>/endpoint.toml   handshake and named messages
//!                                 *.toml          one case each
//!             <vendor>/*.toml                     cases that several of its endpoints share
//!      │ parse: TOML, unknown keys are errors, line and caret
//!      ▼
//!   Library ── lint: ids, clauses, checks, names of messages ──▶ what the runners take
//! ```
//!
//! A case says what a subject is asked and what is expected of it: as a server by a script of
//! steps, as a client by an operation and checks on what it did. It knows nothing of sockets.

mod client;
#[cfg(test)]
mod documented;
mod file;
mod json;
mod library;
mod lint;
mod step;
mod template;

pub use client::{Answer, ClientCase, ClientCheck, Operation, Outcome, SoundAs};
pub use file::{Case, Kind, Need, Role, Status};
pub use json::Json;
pub use library::{Library, LoadError};
pub(crate) use library::{endpoint_of, has_mutants};
pub use step::{
    Close, Closed, Collect, Connect, Expect, Frame, Http, LengthForm, Ping, Quiet, Refused, Send,
    SoundLike, Step, Stream, Unfragmented,
};
pub use template::{EndpointFile, Template};
