//! The binary frame of the openspeech family.
//!
//! ```text
//!   byte 0      byte 1      byte 2        byte 3
//! ┌────┬────┐ ┌────┬────┐ ┌────┬────┐ ┌──────────┐ ┌ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┐
//! │vers│size│ │type│flag│ │ser.│cmp.│ │ reserved │   (size − 1) · 4 bytes of
//! └────┴────┘ └────┴────┘ └────┴────┘ └──────────┘ └ extension, never read ─ ┘
//! ┌ ─ ─ ─ ─ ─ ┐┌ ─ ─ ─ ─ ─┐┌ ─ ─ ─ ─ ┐┌ ─ ─ ─ ─ ─ ─ ─ ─ ┐┌──────────────┐┌─────────┐
//!  error code   sequence    event      id size · id       │ payload size ││ payload │
//! └ type 0xF ─ ┘└ flag 1 ─ ┘└ flag 4 ┘└ with some events ┘└──────────────┘└─────────┘
//! ```
//!
//! One WebSocket message is one frame; all integers are big-endian. The codec covers
//! the whole family, also what no endpoint here serves: every message type, flags 0
//! to 7, every event, serialization and compression that any of the documents names.
//! It is strict: what the documents leave undefined, what is cut and what follows the
//! payload is an error that names the field and its offset.
//!
//! It refuses to know what a frame is for: which type, event or payload belongs where
//! is each endpoint's business, and nothing is inflated until [`Frame::body`] is asked.

mod dump;
mod event;
mod kinds;
mod layout;
mod payload;

pub use dump::{fields, value};
pub use event::{EVENTS, Event, EventName};
pub use kinds::{Compression, Extension, Kind, Position, Serialization, Version};
pub(in crate::volcengine) use layout::field;
pub use layout::{Frame, decode, resembles};
pub use payload::Body;

#[cfg(test)]
mod tests;
