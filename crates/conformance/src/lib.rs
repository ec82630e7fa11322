//! The conformance suite: cases to verdicts to reports, in both directions.
//!
//! ```text
//!  case files ─▶ case::Library ─▶ select ─┬─▶ run::server  we play the client at a URL ─┐
//!  (TOML)                                 ├─▶ run::client  the mock plays the vendor,   ├─▶ verdict
//!                                         │                a command is the subject     │     │
//!  fixtures ──────────────────────────────┴─▶ run::replay  stored sessions, no network ─┘     ▼
//!                                                                         report: terminal, run.json
//! ```
//!
//! It names no vendor: what a message is, and what is legal when, comes from
//! [`wire::registry`]; what is sent and expected is data. As a client it uses
//! tokio-tungstenite, never our own framing, so that the suite cannot agree with itself.

pub mod case;
pub mod coverage;
pub mod cut;
pub mod expect;
pub mod matcher;
pub mod message;
pub mod record;
pub mod report;
pub mod run;
pub mod select;
pub mod verdict;

mod embedded;
mod head;
mod profile;
