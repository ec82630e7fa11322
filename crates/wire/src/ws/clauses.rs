//! RFC 6455 as clauses, so that a broken framing rule is reported like every other.

use super::violation::ViolationKind;
use crate::clause::{Clause, Level, Source};

const fn section(page: &'static str) -> Source {
    Source {
        page,
        read: "2011-12",
    }
}

const fn must(id: &'static str, page: &'static str, text: &'static str) -> Clause {
    Clause::new(id, Level::Must, section(page), text)
}

/// No reserved bit without an extension.
pub const RESERVED_BITS: Clause = must(
    "WSP-RSVB",
    "RFC 6455 5.2",
    "The reserved bits of a frame are 0 unless an extension was negotiated.",
);
/// No reserved opcode.
pub const RESERVED_OPCODE: Clause = must(
    "WSP-OPCD",
    "RFC 6455 5.2",
    "The opcodes 0x3-0x7 and 0xB-0xF are reserved.",
);
/// Clients mask, servers do not.
pub const MASKING: Clause = must(
    "WSP-MASK",
    "RFC 6455 5.1",
    "A client masks every frame, a server masks none.",
);
/// Control frames are short and whole.
pub const CONTROL: Clause = must(
    "WSP-CTRL",
    "RFC 6455 5.5",
    "A control frame has at most 125 bytes of payload and is not fragmented.",
);
/// Fragments follow each other.
pub const FRAGMENTS: Clause = must(
    "WSP-FRAG",
    "RFC 6455 5.4",
    "A message is one frame, or a first frame and continuations with only control frames between them.",
);
/// Where frames and segments end means nothing.
pub const SPLITTING: Clause = must(
    "WSP-SPLT",
    "RFC 6455 5.4",
    "A message means the same however it is divided into frames, and a frame however TCP divides it: no peer depends on where they end.",
);
/// Lengths are minimal.
pub const LENGTH: Clause = must(
    "WSP-LENG",
    "RFC 6455 5.2",
    "The payload length is written in the shortest form, and the top bit of the longest is 0.",
);
/// Text is UTF-8.
pub const UTF8: Clause = must(
    "WSP-UTFE",
    "RFC 6455 8.1",
    "The payload of a text message and the reason of a close frame are UTF-8.",
);
/// Close payloads.
pub const CLOSE: Clause = must(
    "WSP-CLSE",
    "RFC 6455 5.5.1 and 7.4",
    "A close payload is empty, or a code that may be sent and a reason.",
);
/// Silence after a close frame.
pub const AFTER_CLOSE: Clause = must(
    "WSP-AFTR",
    "RFC 6455 5.5.1",
    "No data frame follows a close frame.",
);
/// Limits.
pub const LIMITS: Clause = Clause::new(
    "WSP-LIMT",
    Level::Should,
    section("RFC 6455 10.4"),
    "Frames and messages beyond the receiver's limit are answered with 1009.",
);
/// Connections end between frames.
pub const CUT: Clause = Clause::new(
    "WSP-CUTF",
    Level::Should,
    section("RFC 6455 7.1.1"),
    "A connection ends with a close handshake, not inside a frame or message.",
);

/// The answer to the handshake.
pub const HANDSHAKE: Clause = must(
    "WSP-HSHK",
    "RFC 6455 4.1",
    "A client fails the connection if the answer is not 101, or if its Sec-WebSocket-Accept is wrong.",
);
/// Pings are answered.
pub const PING: Clause = must(
    "WSP-PING",
    "RFC 6455 5.5.2",
    "A ping is answered by a pong with its payload as soon as may be, whatever it stands between.",
);
/// Reconnecting slowly.
pub const BACKOFF: Clause = Clause::new(
    "WSP-BACK",
    Level::Should,
    section("RFC 6455 7.2.3"),
    "A client that was cut off waits before it connects again, and longer each time.",
);

/// Compressed messages inflate.
pub const DEFLATE: Clause = Clause::new(
    "WSP-DFLA",
    Level::Must,
    DEFLATED,
    "The data of a message compressed by permessage-deflate inflates, with 00 00 FF FF behind it, and ends with a block.",
);
/// Offers of compression.
pub const DEFLATE_OFFER: Clause = Clause::new(
    "WSP-DOFR",
    Level::Must,
    DEFLATED,
    "An offer of permessage-deflate has known parameters, each once and with a value in its range; any other is declined.",
);

const DEFLATED: Source = Source {
    page: "RFC 7692 7",
    read: "2015-12",
};

/// All clauses of RFC 6455 and RFC 7692 that a peer is held to.
pub const ALL: &[&Clause] = &[
    &RESERVED_BITS,
    &RESERVED_OPCODE,
    &MASKING,
    &CONTROL,
    &FRAGMENTS,
    &SPLITTING,
    &LENGTH,
    &UTF8,
    &CLOSE,
    &AFTER_CLOSE,
    &LIMITS,
    &CUT,
    &HANDSHAKE,
    &PING,
    &BACKOFF,
    &DEFLATE,
    &DEFLATE_OFFER,
];

/// The clause of a broken rule.
#[must_use]
pub const fn of(kind: ViolationKind) -> &'static Clause {
    match kind {
        ViolationKind::ReservedBits => &RESERVED_BITS,
        ViolationKind::ReservedOpcode => &RESERVED_OPCODE,
        ViolationKind::Unmasked | ViolationKind::Masked => &MASKING,
        ViolationKind::ControlTooLong | ViolationKind::ControlFragmented => &CONTROL,
        ViolationKind::ContinuationWithoutStart | ViolationKind::MessageInterleaved => &FRAGMENTS,
        ViolationKind::LengthNotMinimal | ViolationKind::LengthTopBit => &LENGTH,
        ViolationKind::BadUtf8 | ViolationKind::CloseBadUtf8 => &UTF8,
        ViolationKind::BadDeflate => &DEFLATE,
        ViolationKind::CloseOneByte | ViolationKind::CloseBadCode => &CLOSE,
        ViolationKind::DataAfterClose => &AFTER_CLOSE,
        ViolationKind::FrameTooLarge | ViolationKind::MessageTooLarge => &LIMITS,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_register_is_sound() {
        assert_eq!(crate::clause::lint(super::ALL), [""; 0]);
    }
}
