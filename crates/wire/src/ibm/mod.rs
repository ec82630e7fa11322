//! IBM Watson Text to Speech over WebSocket.
//!
//! ```text
//!   client                                             server
//!   GET …/v1/synthesize?access_token=…&voice=…  ─────▶
//!                                               ◀───── 101, X-Global-Transaction-ID
//!   {"text", "accept", "timings"}               ─────▶
//!                                               ◀───── {"binary_streams": [{"content_type"}]}
//!                                               ◀───── {"warnings"}, if anything is unknown
//!                                               ◀───── {"marks"}, {"words"}, audio, …
//!                                               ◀───── close 1000
//!
//!   on failure, at any point                    ◀───── {"error"}, close 1011
//! ```
//!
//! A connection serves one request. A timing comes before the audio that it describes; apart
//! from that the order of timings and audio is free. Every message is one frame, JSON is
//! indented by three blanks: clients break without either.
//!
//! The same path without an upgrade synthesises over HTTP; that, the list of voices and the
//! sign-in services are in [`side`].
//!
//! This folder refuses to know which custom models exist and what Vorbis is. Speech to Text, the sister service, is another protocol; where only its
//! behaviour is known, a clause says so.

pub mod accept;
pub mod auth;
pub mod clauses;
mod dialect;
pub mod error;
mod fault;
pub mod knobs;
pub mod setup;
pub mod side;
pub mod ssml;
pub mod tts;
pub mod voices;

use crate::endpoint::Vendor;

/// IBM, and what is served of it.
pub const VENDOR: Vendor = Vendor {
    name: "ibm",
    title: "IBM Watson Text to Speech",
    endpoints: &[&tts::ENDPOINT],
    refuse_path: auth::refuse_path,
    side: side::SERVICES,
    recipes: setup::RECIPES,
    hosts: setup::HOSTS,
};
