//! `VTB`, third part: errors on the socket.

use super::{CAPTURES, CLIENTS, D_BIG, D_V1, DEMO, OURS};
use crate::clause::{Clause, Level};

/// Every clause of this file.
pub const ALL: &[&Clause] = &[
    &FRAME,
    &MIRROR,
    &PLAIN,
    &BODY,
    &BODY_PLAIN,
    &AFTER,
    &OK,
    &INVALID,
    &ACCESS,
    &CONCURRENCY,
    &LIFETIME,
    &BUSY,
    &REPEATED,
    &REPEATED_MEMORY,
    &TOO_LONG,
    &TEXT_INVALID,
    &PROCESSING_TIMEOUT,
    &PROCESSING,
    &AUDIO_TIMEOUT,
    &BACKEND,
    &VOICE,
    &VOICE_RULE,
    &VOICE_2,
    &ENGINE,
    &RANGES,
    &MALFORMED,
    &UNSUPPORTED,
    &FOREIGN_TABLES,
];

/// The frame.
pub const FRAME: Clause = Clause::new(
    "VTB-FQAN",
    Level::Must,
    D_V1,
    "an error is a frame of type 0xF with flags 0: a u32 code, a u32 size and the message",
);
/// Its compression.
pub const MIRROR: Clause = Clause::new(
    "VTB-KA7X",
    Level::SdkRelied,
    CLIENTS,
    "an error has the compression of the request: one Go client always gunzips and panics on a plain one",
);
/// The other half of that.
pub const PLAIN: Clause = Clause::new(
    "VTB-IJ3V",
    Level::SdkRelied,
    DEMO,
    "the error for an uncompressed request is uncompressed: the newer official demos cannot gunzip at all",
);
/// Its message.
pub const BODY: Clause = Clause::new(
    "VTB-7QYX",
    Level::Observed,
    CAPTURES,
    "the message is JSON with reqid, code and message; a live one had the frame code 3001, the JSON code 403 and backend_code 0",
);
/// The other form.
pub const BODY_PLAIN: Clause = Clause::new(
    "VTB-G27C",
    Level::May,
    D_V1,
    "the message may be a plain sentence instead of JSON",
);
/// What happens next.
pub const AFTER: Clause = Clause::new(
    "VTB-Z2MX",
    Level::Assumed,
    OURS,
    "after an error the server keeps the link open; every client closes it",
);
/// Success has no frame.
pub const OK: Clause = Clause::new(
    "VTB-KFH3",
    Level::Must,
    D_V1,
    "3000 is the HTTP twin's success and never stands in an error frame",
);
/// 3001.
pub const INVALID: Clause = Clause::new(
    "VTB-KDPG",
    Level::Must,
    D_V1,
    "3001: invalid request, a bad or missing parameter, a wrong operation; do not retry",
);
/// 3001 for want of permission.
pub const ACCESS: Clause = Clause::new(
    "VTB-W3NJ",
    Level::Observed,
    CAPTURES,
    "3001 with `extract request resource id: get resource id: access denied` and JSON code 403: the voice was not bought",
)
.gap("nothing is bought here: only a scenario can ask for it");
/// 3003.
pub const CONCURRENCY: Clause = Clause::new(
    "VTB-W4NR",
    Level::Must,
    D_V1,
    "3003: too many requests at once, `quota exceeded for types: concurrency`; retry later",
)
.gap("nothing is counted: only a scenario can ask for it");
/// The other quota.
pub const LIFETIME: Clause = Clause::new(
    "VTB-RVCA",
    Level::Must,
    D_BIG,
    "`quota exceeded for types: xxx_lifetime`: the whole quota is used up",
)
.gap("nothing is counted, and the code is not recorded");
/// 3005.
pub const BUSY: Clause = Clause::new(
    "VTB-CRL3",
    Level::Must,
    D_V1,
    "3005: the backend is busy; retry",
)
.gap("only a scenario can ask for it");
/// 3006.
pub const REPEATED: Clause = Clause::new(
    "VTB-2UY4",
    Level::Must,
    D_V1,
    "3006: the service was interrupted, because the reqid was used before and has finished or failed; do not retry",
);
/// How long ids are remembered.
pub const REPEATED_MEMORY: Clause = Clause::new(
    "VTB-3X2Z",
    Level::Assumed,
    OURS,
    "used reqids are remembered across connections, the newest ten thousand of a lane; how long the service does is not documented",
);
/// 3010.
pub const TOO_LONG: Clause = Clause::new(
    "VTB-B6GQ",
    Level::Must,
    D_V1,
    "3010: the text is too long; do not retry",
);
/// 3011.
pub const TEXT_INVALID: Clause = Clause::new(
    "VTB-APQV",
    Level::Must,
    D_V1,
    "3011: the text is invalid: empty, punctuation or emoji alone, in another language than the voice, `illegal input text!`; do not retry",
);
/// 3030.
pub const PROCESSING_TIMEOUT: Clause = Clause::new(
    "VTB-LBMX",
    Level::Must,
    D_V1,
    "3030: processing timed out, one request took more than the service's maximum; retry, or check the text",
);
/// 3031.
pub const PROCESSING: Clause = Clause::new(
    "VTB-SCWT",
    Level::Must,
    D_V1,
    "3031: an error while processing; retry",
)
.gap("only a scenario can ask for it");
/// 3032.
pub const AUDIO_TIMEOUT: Clause = Clause::new(
    "VTB-E34H",
    Level::Must,
    D_V1,
    "3032: timed out waiting for audio; retry",
);
/// 3040.
pub const BACKEND: Clause = Clause::new(
    "VTB-P4FO",
    Level::Must,
    D_V1,
    "3040: an error on the link to the backend; retry",
)
.gap("only a scenario can ask for it");
/// 3050.
pub const VOICE: Clause = Clause::new(
    "VTB-77I4",
    Level::Must,
    D_V1,
    "3050: the voice does not exist; do not retry",
);
/// Which voices exist.
pub const VOICE_RULE: Clause = Clause::new(
    "VTB-OAD5",
    Level::Assumed,
    OURS,
    "without a list, voices named BV or BR (as mi-gpt-tts has them) and digits, S_…, and with a part male or female exist, others do not",
);
/// Voices of the second generation.
pub const VOICE_2: Clause = Clause::new(
    "VTB-YAXG",
    Level::Must,
    D_BIG,
    "the voices of model 2.0, …_uranus_bigtts, are not served on v1; the code is not documented, here 3050",
);
/// The wrong engine.
pub const ENGINE: Clause = Clause::new(
    "VTB-TKSL",
    Level::Must,
    D_BIG,
    "`Fail to feed text, reason Init Engine Instance failed` is what a wrong voice or cluster is told",
);
/// Ratios out of range.
pub const RANGES: Clause = Clause::new(
    "VTB-OKOW",
    Level::Assumed,
    OURS,
    "a number out of its documented range is 3001; the pages give ranges and no error, and a public client sends volume_ratio 50 and pitch_ratio 0 by default",
);
/// Bytes that are no request.
pub const MALFORMED: Clause = Clause::new(
    "VTB-WP42",
    Level::Assumed,
    OURS,
    "fewer than 4 bytes, a bad size, bad gzip, bad JSON and a wrong version are 3001",
);
/// Nibbles that are not served.
pub const UNSUPPORTED: Clause = Clause::new(
    "VTB-IERX",
    Level::Must,
    D_V1,
    "a wrong message type and an unsupported serialization are answered by an error frame",
);
/// Other tables.
pub const FOREIGN_TABLES: Clause = Clause::new(
    "VTB-OIGS",
    Level::Assumed,
    CLIENTS,
    "codes of gateways and client libraries (3060, 3002 for authentication, 3005 for long texts) are their own inventions",
)
.gap("they contradict the documents and are never sent");
