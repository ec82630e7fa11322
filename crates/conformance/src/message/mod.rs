//! Messages as cases write them, and as they are read.
//!
//! ```text
//!   template + edits ──▶ pieces ──▶ bytes          written without any vendor's code
//!   bytes ──▶ wire::endpoint::Endpoint::decode ──▶ kind, fields, JSON    read with the codecs
//! ```

mod frame;
mod piece;
mod received;
mod scope;
mod sound;
mod speech;

pub use frame::frame;
pub use piece::{MessageError, Outgoing, Piece, build};
pub use received::{Received, receive};
pub use scope::Scope;
pub use sound::{hex_head, unlike};
pub use speech::{say, wav};
