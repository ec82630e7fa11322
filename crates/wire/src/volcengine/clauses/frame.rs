//! `VFR`: the frame codec of the family.

use super::{CAPTURES, CLIENTS, D_BI, D_RT, D_SAUC, D_V1, DEMO, OURS};
use crate::clause::{Clause, Level};

/// Every clause of this file.
pub const ALL: &[&Clause] = &[
    &SHAPE,
    &DECLARED,
    &TRAILING,
    &VERSION,
    &HEADER_SIZE,
    &HEADER_SIZE_F,
    &EXTENSION,
    &MESSAGE_TYPES,
    &FLAGS,
    &FLAG_2,
    &FLAG_4,
    &FLAGS_COMBINED,
    &FLAGS_SENT,
    &SERIALIZATION,
    &COMPRESSION,
    &CUSTOM,
    &RESERVED,
    &PAYLOAD_ONLY,
    &INFLATED,
    &CONNECT_ID,
    &SESSION_ID,
    &EVENTS,
    &CLOSED_ENUMS,
    &ERROR_FRAME,
];

/// What one frame is made of.
pub const SHAPE: Clause = Clause::new(
    "VFR-Z22O",
    Level::Must,
    D_V1,
    "one message is one binary WebSocket message with one frame: a 4-byte header, an optional extension, optional fields, a u32 payload size and the payload; integers are big-endian",
);
/// The size field counts what follows.
pub const DECLARED: Clause = Clause::new(
    "VFR-YBRZ",
    Level::Must,
    D_V1,
    "the payload size is there in every frame and is the number of bytes that follow it; nothing is set aside for more than has come",
);
/// Nothing follows the payload.
pub const TRAILING: Clause = Clause::new(
    "VFR-U6KM",
    Level::SdkRelied,
    DEMO,
    "nothing follows the payload: the official Go reader and its C# port refuse trailing bytes",
);
/// The version nibble.
pub const VERSION: Clause = Clause::new(
    "VFR-EBBA",
    Level::Must,
    D_V1,
    "the protocol version is 0b0001; demos also name 2, 3 and 4, which nothing uses",
);
/// The header size nibble.
pub const HEADER_SIZE: Clause = Clause::new(
    "VFR-MO5V",
    Level::Must,
    D_V1,
    "the header size counts 4-byte words: 1 is 4 bytes, 2 is 8, up to 0xE, which is 56",
);
/// The header size that nobody implements.
pub const HEADER_SIZE_F: Clause = Clause::new(
    "VFR-EX4T",
    Level::Must,
    D_V1,
    "header size 0xF stands for 60 bytes or more, the true size being inside the extension",
)
.gap("how the size is written there is defined nowhere and no client writes it: refused as undecodable");
/// The extension is skipped.
pub const EXTENSION: Clause = Clause::new(
    "VFR-EMSE",
    Level::SdkRelied,
    CLIENTS,
    "a header extension of (size − 1) · 4 bytes follows byte 3 and every reader skips it unread",
);
/// The message types.
pub const MESSAGE_TYPES: Clause = Clause::new(
    "VFR-BEE7",
    Level::Must,
    D_V1,
    "message types: 0x1 full client request and 0x2 audio-only client from the client; 0x9 full server response (struck out as obsolete on the TTS page), 0xB audio-only server or ACK, 0xC front-end result and 0xF error from the server",
);
/// Flags of the first generation.
pub const FLAGS: Clause = Clause::new(
    "VFR-QKLJ",
    Level::Must,
    D_V1,
    "flags 0: no sequence; 1: a positive sequence follows and more frames come; 3: a negative sequence follows and the series ends",
);
/// The disputed flag.
pub const FLAG_2: Clause = Clause::new(
    "VFR-VT7Z",
    Level::Assumed,
    D_SAUC,
    "flags 2: the last packet, and no sequence follows. The recognition page and the official readers say so; the TTS pages describe 2 like 3, and several TTS clients read a sequence. Read without one, from either side, and never sent",
);
/// Flag 4.
pub const FLAG_4: Clause = Clause::new(
    "VFR-SIHQ",
    Level::Must,
    D_BI,
    "flags 4: an i32 event number follows instead of a sequence",
);
/// Flags 5 to 7.
pub const FLAGS_COMBINED: Clause = Clause::new(
    "VFR-S56I",
    Level::May,
    D_RT,
    "flags 5 to 7 combine the bits; the fields stand in the order error code, sequence, event, connect id, session id",
);
/// What a server may put into the flags.
pub const FLAGS_SENT: Clause = Clause::new(
    "VFR-G2BJ",
    Level::SdkRelied,
    CLIENTS,
    "a server sends only flags 0, 1, 3 and 4: doubao-speech 0.1.0 raises on 5, and readers disagree about 2",
);
/// The serialization nibble.
pub const SERIALIZATION: Clause = Clause::new(
    "VFR-OPWA",
    Level::Must,
    D_V1,
    "serialization: 0 raw, 1 JSON, 3 Thrift, 0xF custom; 2 for protobuf is known from volcengine-audio 0.3.0 alone",
);
/// The compression nibble.
pub const COMPRESSION: Clause = Clause::new(
    "VFR-IZZI",
    Level::Must,
    D_V1,
    "compression: 0 none, 1 gzip, 0xF custom",
);
/// Custom forms.
pub const CUSTOM: Clause = Clause::new(
    "VFR-YZTY",
    Level::May,
    D_V1,
    "a custom serialization or compression is described in the header extension",
)
.gap("no such description is defined: the payload stays opaque");
/// The reserved byte.
pub const RESERVED: Clause = Clause::new(
    "VFR-UFP7",
    Level::Observed,
    CAPTURES,
    "byte 3 is reserved and 0; a working client sends 1 and is served, so a server ignores it and sends 0",
);
/// What compression covers.
pub const PAYLOAD_ONLY: Clause = Clause::new(
    "VFR-I3ZC",
    Level::Must,
    D_V1,
    "header, sizes and ids are never compressed; the payload size counts the compressed bytes",
);
/// The limit of inflation.
pub const INFLATED: Clause = Clause::new(
    "VFR-TRVR",
    Level::Assumed,
    OURS,
    "a gzip payload is one whole gzip stream that inflates to at most 16 MiB",
);
/// Connection events.
pub const CONNECT_ID: Clause = Clause::new(
    "VFR-QIXS",
    Level::Must,
    D_BI,
    "events 50, 51 and 52 of the server are followed by a u32 length and the connection's id, which may be empty",
);
/// Session events.
pub const SESSION_ID: Clause = Clause::new(
    "VFR-7QQB",
    Level::Must,
    D_BI,
    "every event but 1, 2, 50, 51 and 52 is followed by a u32 length and the session's id",
);
/// Event numbers.
pub const EVENTS: Clause = Clause::new(
    "VFR-SSPD",
    Level::May,
    D_BI,
    "events have numbers with fixed names, 1 StartConnection to 655; unknown ones are kept as numbers",
);
/// Clients with closed enums.
pub const CLOSED_ENUMS: Clause = Clause::new(
    "VFR-PQFJ",
    Level::SdkRelied,
    CLIENTS,
    "a server sends no message type, flag, serialization or event that the documents do not name: doubao-speech, doubao-tts and vixio abort on one, the official v1 demo raises a lookup error for types other than 0xB, 0xC, 0xF and flags above 3",
);
/// Error frames.
pub const ERROR_FRAME: Clause = Clause::new(
    "VFR-TPJF",
    Level::Observed,
    CAPTURES,
    "an error frame has flags 0 and neither sequence nor event: a u32 code, a u32 size and the message; live captures begin 11 f0 10 00",
);
