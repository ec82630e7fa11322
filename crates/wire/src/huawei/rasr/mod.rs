//! Real-time recognition, `/v1/{project_id}/rasr/{mode}`: audio in, text out, in three modes.
//!
//! ```text
//!   client                                    server
//!     │ START config ───────────────────────▶ │
//!     │ ◀──────────────────── START trace_id  │
//!     │ binary: audio ──────────────────────▶ │  any number, 160 to 65536 bytes
//!     │ ◀──────────── EVENT (sentence-stream) │
//!     │ ◀────────────────────────── RESULT    │  interim or final
//!     │ END cancel ─────────────────────────▶ │
//!     │ ◀───────────────── RESULT, END NORMAL │
//!     │ START … a new session, or close ────▶ │
//! ```
//!
//! A mistake outside a session costs an ERROR, inside it costs the session: ERROR, then END
//! with reason ERROR. 20 s without a message cost the connection. The modes differ in where
//! results are cut, in their events and in how much audio they take; that is data, in [`mode`].
//! How audio becomes text is decided elsewhere.

pub(in crate::huawei) mod clauses;
pub mod format;
mod knobs;
pub mod message;
pub mod mode;
mod reply;
pub mod response;
mod table;

pub use reply::Recognition;
pub use table::{EVENTFUL, QUIET};

use crate::audio::Direction;
use crate::endpoint::{Endpoint, Limits, Opening, Prefix};
use crate::huawei::{auth, dialect, dump};
use crate::session::{Conversation, Session, Table};

/// `huawei/rasr-short-stream`.
pub const SHORT: Endpoint = endpoint(
    "huawei/rasr-short-stream",
    &["/v1/{project_id}/rasr/short-stream"],
    &QUIET,
    open_short,
);

/// `huawei/rasr-sentence-stream`.
pub const SENTENCE: Endpoint = endpoint(
    "huawei/rasr-sentence-stream",
    &["/v1/{project_id}/rasr/sentence-stream"],
    &EVENTFUL,
    open_sentence,
);

/// `huawei/rasr-continue-stream`.
pub const CONTINUE: Endpoint = endpoint(
    "huawei/rasr-continue-stream",
    &["/v1/{project_id}/rasr/continue-stream"],
    &QUIET,
    open_continue,
);

const fn endpoint(
    name: &'static str,
    paths: &'static [&'static str],
    table: &'static Table,
    open: fn(Opening) -> Box<dyn Session>,
) -> Endpoint {
    Endpoint {
        name,
        paths,
        prefix: Prefix::None,
        audio: Direction::ToServer,
        clauses: clauses::REGISTER,
        table,
        knobs: knobs::KNOBS,
        limits: Limits {
            frame: None,
            message: None,
        },
        admit: auth::admit,
        open,
        decode: dump::recognition,
        dialect: &dialect::RECOGNITION,
        recode: dump::recode_recognition,
        resembles: dump::resembles_recognition,
    }
}

fn open_short(opening: Opening) -> Box<dyn Session> {
    Box::new(Conversation::new(
        &QUIET,
        Recognition::new(&mode::SHORT, opening),
    ))
}

fn open_sentence(opening: Opening) -> Box<dyn Session> {
    let protocol = Recognition::new(&mode::SENTENCE, opening);
    Box::new(Conversation::new(&EVENTFUL, protocol))
}

fn open_continue(opening: Opening) -> Box<dyn Session> {
    let protocol = Recognition::new(&mode::CONTINUE, opening);
    Box::new(Conversation::new(&QUIET, protocol))
}

#[cfg(test)]
mod tests;
