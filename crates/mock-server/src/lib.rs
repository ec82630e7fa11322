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
mod body;
mod clock;
mod drive;
mod journal;
mod lane;
mod listener;
mod live;
mod options;
mod outbox;
mod rfc;
mod server;
mod side;
mod sound;
mod speaker;
mod timers;
mod tls;
mod upgrade;

pub use clock::{Clock, ClockMode};
pub use listener::Recording;
pub use options::{Guards, Options, Pace, SetError};
pub use server::Server;
pub use sound::{SoundOptions, SpokenFile};
pub use tls::{Authority, Tls, TlsError};
