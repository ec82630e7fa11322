//! The mock server: sockets, time and chance around the pure crates.
//!
//! ```text
//! accept ─▶ upgrade ─▶ registry by path ─▶ admit: refusal, or 101
//!                                               │
//!   socket ─▶ drive ─▶ Live ─▶ wire::ws ─▶ Session ─▶ actions ─▶ outbox ─▶ socket
//!               ▲        │                             │
//!             clock      └─▶ journal ◀── findings      ├─▶ Speaker  (text → chunks)
//!                                                      └─▶ Listener (audio → results)
//! ```
//!
//! It knows no vendor: what is served, and how, comes from [`wire::registry`].

mod admin;
mod attempts;
mod body;
mod clock;
mod diagnostic;
mod dressing;
mod drive;
mod expectation;
mod extension;
pub mod fault;
mod journal;
mod lane;
mod listener;
mod live;
mod lock;
mod metrics;
mod names;
mod options;
mod outbox;
mod report;
mod rfc;
mod running;
mod scenario;
mod selector;
mod server;
mod side;
mod socket;
mod sound;
mod speaker;
mod tap;
pub mod text;
mod timers;
mod tls;
mod upgrade;
mod verdict;

pub use clock::{Clock, ClockMode};
pub use diagnostic::{Diagnostic, FileProblem, Place};
pub use expectation::{Expectation, Unmet};
pub use journal::{AudioFile, RawChunk, Secrets, blank};
pub use listener::Recording;
pub use options::{Guards, JournalMode, Options, Pace, SetError, Strict};
pub use report::{
    CloseReport, FaultReport, FindingReport, MessageKind, MessageReport, SessionReport,
};
pub use running::{LaneError, Running, TestLane};
pub use scenario::{BUILT_IN, Scenario, ScenarioError};
pub use server::{BindError, Server};
pub use sound::{SoundOptions, SpokenFile};
pub use tls::{Authority, Tls, TlsError};
pub use verdict::Verdict;
pub use wire::session::Side;
