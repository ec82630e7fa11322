//! How faults look on Huawei's endpoints.

use crate::dialect::{Denial, Denied, Dialect, Part, Retouch};
use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::session::{Data, Side};

/// Real-time synthesis.
pub(super) const SYNTHESIS: Dialect = Dialect {
    part: synthesis_part,
    idle_timers: &["idle"],
    error_codes: nothing,
    retouches: &[],
    retouch,
    signed_at,
    refuse,
    own_faults: &[],
};

/// Real-time recognition.
pub(super) const RECOGNITION: Dialect = Dialect {
    part: recognition_part,
    idle_timers: &["idle"],
    error_codes: nothing,
    retouches: &[],
    retouch,
    signed_at,
    refuse,
    own_faults: &[],
};

fn synthesis_part(side: Side, kind: &str, _: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "START") => Part::Request,
        (Side::Server, "START") => Part::Start,
        (Side::Server, "audio") => Part::Audio,
        (Side::Server, "RESULT") => Part::Result,
        (Side::Server, "END") => Part::End,
        (Side::Server, "ERROR" | "FATAL_ERROR") => Part::Error,
        _ => Part::Other,
    }
}

fn recognition_part(side: Side, kind: &str, data: &Data) -> Part {
    match (side, kind) {
        (Side::Client, "START") => Part::Request,
        (Side::Client, "audio") => Part::Audio,
        (Side::Client, "END") => Part::Finish,
        (Side::Client, "CANCEL") => Part::Cancel,
        (Side::Server, "START") => Part::Start,
        (Side::Server, "RESULT") if is_final(data) => Part::FinalResult,
        (Side::Server, "RESULT") => Part::Result,
        (Side::Server, "END") => Part::End,
        (Side::Server, "ERROR" | "FATAL_ERROR") => Part::Error,
        _ => Part::Other,
    }
}

fn is_final(data: &Data) -> bool {
    const FINAL: &[u8] = br#""is_final":true"#;
    data.body.windows(FINAL.len()).any(|piece| piece == FINAL)
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
