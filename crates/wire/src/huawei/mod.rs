//! Huawei Cloud SIS: real-time synthesis and real-time recognition over WebSocket.
//!
//! ```text
//!   GET /v1/{project_id}/rtts                     X-Auth-Token, or an AK/SK signature
//!   GET /v1/{project_id}/rasr/short-stream   ───▶ gateway: 101, or 4xx with a JSON body
//!       …/sentence-stream, …/continue-stream
//!                                                 text:   JSON commands and responses
//!                                                 binary: audio, raw
//! ```
//!
//! All endpoints share the handshake ([`auth`]), the shape of their text messages
//! ([`response`]) and one table of what a mistake is called ([`error`]). Synthesis takes one
//! text a connection ([`rtts`]); recognition takes one session after the other ([`rasr`]).
//!
//! Tokens are issued by a sign-in service ([`side`]).
//!
//! The folder knows nothing of sockets, clocks and sound. It does not serve REST,
//! `/asr/short-audio` and `/vcs/voices/clone`; the register says why.

pub mod auth;
mod clauses;
mod command;
mod dialect;
mod dump;
pub mod error;
mod fault;
#[cfg(test)]
mod fixtures;
mod knobs;
#[cfg(test)]
mod peer;
pub mod rasr;
pub mod response;
pub mod rtts;
pub mod setup;
pub mod side;

use crate::endpoint::Vendor;

/// The vendor.
pub const VENDOR: Vendor = Vendor {
    name: "huawei",
    title: "Huawei Cloud SIS",
    endpoints: &[
        &rtts::ENDPOINT,
        &rasr::SHORT,
        &rasr::SENTENCE,
        &rasr::CONTINUE,
    ],
    refuse_path: auth::refuse_path,
    side: side::SERVICES,
    recipes: setup::RECIPES,
    hosts: setup::HOSTS,
};
