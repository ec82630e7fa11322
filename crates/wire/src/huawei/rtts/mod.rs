//! Real-time synthesis, `/v1/{project_id}/rtts`: one text in, audio and timestamps out.
//!
//! ```text
//!   client                                    server
//!     │ START text, config ─────────────────▶ │
//!     │ ◀──────────────────── START trace_id  │
//!     │ ◀── RESULT (only if subtitle asked)   │  once a sentence, before its audio
//!     │ ◀──────────────────── binary: audio   │  any number
//!     │ ◀──────────────────── END NORMAL      │
//!     │ close 1000 ─────────────────────────▶ │
//! ```
//!
//! One connection carries one synthesis. The pages say nothing of message sizes, of close
//! codes and of what a bad value costs beyond its code; each such reading is a clause of
//! level `assumed` and, where it is a choice, a knob.

pub(in crate::huawei) mod clauses;
pub(in crate::huawei) mod knobs;
pub mod message;
mod reply;
pub mod response;
pub mod rules;
mod subtitle;
mod table;
pub mod voice;

pub use reply::Synthesis;
pub use table::TABLE;

use crate::audio::Direction;
use crate::endpoint::{Endpoint, Limits, Opening, Prefix};
use crate::huawei::{auth, dialect, dump};
use crate::session::{Conversation, Session};

/// `huawei/rtts`.
pub const ENDPOINT: Endpoint = Endpoint {
    name: "huawei/rtts",
    paths: &["/v1/{project_id}/rtts"],
    prefix: Prefix::None,
    audio: Direction::ToClient,
    clauses: clauses::REGISTER,
    table: &TABLE,
    knobs: knobs::KNOBS,
    limits: Limits {
        frame: None,
        message: None,
    },
    admit: auth::admit,
    open,
    decode: dump::synthesis,
    dialect: &dialect::SYNTHESIS,
    recode: dump::recode_synthesis,
    resembles: dump::resembles_synthesis,
};

fn open(opening: Opening) -> Box<dyn Session> {
    Box::new(Conversation::new(&TABLE, Synthesis::new(opening)))
}

#[cfg(test)]
mod tests;
