//! Wire codecs and session rules of the emulated cloud speech services.
//!
//! ```text
//!   bytes ──ws──▶ messages ──<vendor>::message──▶ typed messages
//!                                                    │
//!                 session::Table (what is legal) ◀───┤
//!                                                    ▼
//!   bytes ◀──ws── messages ◀──encode── <vendor>::reply (what a correct server answers)
//! ```
//!
//! This crate is pure. It opens no socket, reads no clock and draws no
//! randomness: bytes, instants and seeds are arguments, and everything it wants
//! done comes back as an [`session::Action`]. It knows nothing of how sound is
//! made: a reply asks for speech and receives encoded chunks.
//!
//! Each vendor is one folder with the same silhouette: `mod` (the story and the
//! endpoints), `auth`, `clauses`, `error`, `setup`, and per endpoint `message`
//! (types, strict decode, encode), `table` (const data) and `reply` (a pure
//! function from state and message to actions). Everything outside those folders
//! is vendor-neutral.

pub mod audio;
pub mod clause;
pub mod common;
pub mod credentials;
pub mod date;
pub mod dialect;
pub mod endpoint;
pub mod error;
pub mod finding;
pub mod gzip;
pub mod handshake;
pub mod hearing;
pub mod huawei;
pub mod ibm;
pub mod id;
pub mod json;
pub mod knob;
pub mod memory;
pub mod reader;
pub mod registry;
mod retouch;
pub mod session;
pub mod side;
pub mod speech;
mod states;
mod status;
pub mod volcengine;
pub mod writer;
pub mod ws;
