//! RFC 6455 as data: what crosses a WebSocket connection after the 101, for either side, without IO.
//!
//! ```text
//! bytes ─ push ─▶ Receiver ─ next_event ─▶ Frame · Message · Ping · Pong · Close · Violation
//!                 │ FrameHead::decode          what the head says, legal or not
//!                 │ rules, assembly            what RFC 6455 says about it: a Violation beside it
//! FrameHead::encode ◀─ head and payload are written side by side, so the payload is never copied
//! ```
//!
//! A head is recorded before it is judged: every bit pattern decodes and encodes again, a broken rule is a
//! [`Violation`] with offset, RFC section and close code. The first fatal one ends the events, because behind it the
//! framing cannot be trusted. What the reader does then (close, abort, go on) is not decided here.
//!
//! [`Deflate`] is the one extension that is known; a receiver that was told of it inflates what the first frame of a
//! message marks with RSV1.
//!
//! Promises, held by tests: any cutting of the bytes gives the same events; memory follows the bytes that arrived,
//! never the length that a head declares; work is linear even byte by byte; no input panics.
//!
//! It refuses to know sockets, time, randomness and the HTTP handshake, of which only the [`accept_key`] and the
//! values of `Sec-WebSocket-Extensions` are here.

pub mod clauses;
mod close;
pub mod deflate;
mod frame;
mod handshake;
mod message;
mod receiver;
mod rules;
mod violation;

pub use close::CloseFrame;
pub use deflate::{Deflate, Deflater};
pub use frame::{FrameHead, HeadBytes, LengthForm, Opcode, mask};
pub use handshake::accept_key;
pub use message::DataOpcode;
pub use receiver::{Event, Limits, Receiver, Role};
pub use violation::{Violation, ViolationKind};

#[cfg(test)]
mod tests;
