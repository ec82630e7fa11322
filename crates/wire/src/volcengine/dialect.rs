//! How faults look on Volcengine's endpoint.

use crate::dialect::{Denial, Denied, Dialect, Part, Retouch};
use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::session::{Data, Side};

/// Synthesis.
pub(super) const SYNTHESIS: Dialect = Dialect {
    part: part,
    idle_timers: &[],
    error_codes: nothing,
    retouches: &[],
    retouch,
    signed_at,
    refuse,
    own_faults: &[],
};

fn part(side: Side, kind: &str, _: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "submit" | "query") => Part::Request,
        (Side::Server, "ack") => Part::Start,
        (Side::Server, "audio") => Part::Audio,
        (Side::Server, "last-audio") => Part::LastAudio,
        (Side::Server, "front-end") => Part::Result,
        (Side::Server, "error" | "objection") => Part::Error,
        _ => Part::Other,
    }
}

const fn nothing() -> Vec<&'static str> {
    Vec::new()
}

const fn retouch(_: Retouch, _: &str, _: &Data, _: &mut Ids) -> Option<Data> {
    None
}

const fn signed_at(_: &RequestHead) -> Option<u64> {
    None
}

fn refuse(denial: Denial, _: &RequestHead, _: &mut Ids) -> Denied {
    let status = match denial {
        Denial::Status(status) => status,
        Denial::WrongPath => 404,
        Denial::ClockSkew => 403,
        Denial::Opaque => 400,
    };
    Denied {
        status,
        headers: Vec::new(),
        body: String::new(),
    }
}
