//! Sessions: what is legal, as data, and what a server does, as pure functions.
//!
//! ```text
//!             message ──▶ Protocol::decode ──▶ kind ──▶ Machine::step ──▶ Step
//!                                                          │ Table          │
//!   actions ◀── checked against the Table ◀── Protocol::receive ◀───────────┘
//! ```
//!
//! A [`Table`] says which kinds of message each side may send in which state. A
//! [`Protocol`] decides what a correct server answers. [`Conversation`] joins the
//! two: it reports what the client may not send, and refuses to let the server send
//! what the table does not allow.
//!
//! Words: a *frame* is an RFC 6455 frame, a *message* a whole WebSocket message, a
//! *payload* what is inside a vendor's binary frame; a *session* is one conversation
//! on one connection.

mod action;
mod conversation;
mod lint;
mod machine;
mod render;
mod table;

pub use action::{Action, Data, Form, Turn};
pub use conversation::{Conversation, Decoded, Protocol, Seen, Session};
pub use lint::lint;
pub use machine::{Machine, Standing, Step};
pub use render::mermaid;
pub use table::{ANY, Conduct, Rule, Side, State, Table};
