//! What the load generator and the servers beside mynah have in common.
//!
//! ```text
//!   workload (fixtures/load) ──▶ load ──▶ a server ──▶ capture ──▶ script
//!                                  ▲                                 │
//!                                  └──── the same bytes, from floor, plain and peers/ ◀──┘
//! ```
//!
//! Nothing here knows a vendor: what is sent stands in the workload, what is answered in the
//! script, which is a session of mynah as its client saw it.

pub mod frames;
pub mod script;
pub mod session;
pub mod stats;
pub mod workload;

/// The key that every handshake sends, and so its answer: the pair of RFC 6455, section 1.3.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The answer to [`KEY`].
pub const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
