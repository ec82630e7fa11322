//! `VHT`: the HTTP twin.

use super::{CAPTURES, CLIENTS, D_BIG, D_V1, OURS};
use crate::clause::{Clause, Level};

/// Every clause of this file.
pub const ALL: &[&Clause] = &[
    &REQUEST,
    &QUERY_ONLY,
    &ANSWER,
    &DURATION,
    &SUCCESS,
    &ERRORS,
    &STATUSES,
    &ENGINE_STATUS,
    &LOG_ID,
    &LONGEST,
    &METHOD,
];

/// What is asked.
pub const REQUEST: Clause = Clause::new(
    "VHT-4NKD",
    Level::Must,
    D_V1,
    "POST /api/v1/tts takes the JSON of the socket's request, with `Authorization: Bearer;{token}` and Content-Type application/json",
);
/// How it is asked.
pub const QUERY_ONLY: Clause = Clause::new(
    "VHT-Z6EU",
    Level::Must,
    D_V1,
    "over HTTP the operation is query; that another one is answered 3001 is our reading",
);
/// What is answered.
pub const ANSWER: Clause = Clause::new(
    "VHT-H3OA",
    Level::Must,
    D_V1,
    "the answer is 200 and JSON with reqid, code 3000, operation, message Success, sequence -1, data in base64 and addition",
);
/// How long it is.
pub const DURATION: Clause = Clause::new(
    "VHT-WT5C",
    Level::Must,
    D_V1,
    "addition.duration is a string in milliseconds; addition.frontend is there if it was asked for",
);
/// What clients look at.
pub const SUCCESS: Clause = Clause::new(
    "VHT-7LQB",
    Level::SdkRelied,
    CLIENTS,
    "a production gateway demands code 3000 and data that is not null",
);
/// What an error is.
pub const ERRORS: Clause = Clause::new(
    "VHT-KM2J",
    Level::Must,
    D_V1,
    "an error is the same JSON without data",
);
/// Which statuses are known.
pub const STATUSES: Clause = Clause::new(
    "VHT-RU6X",
    Level::Observed,
    CAPTURES,
    "a bad token is 401; a resource that is not granted is 403 with code 3001 and `requested resource not granted`",
);
/// Which are not.
pub const ENGINE_STATUS: Clause = Clause::new(
    "VHT-DV7Y",
    Level::Assumed,
    OURS,
    "every other error has the status 200; what the service sends is not recorded",
);
/// The trace header.
pub const LOG_ID: Clause = Clause::new(
    "VHT-E5GP",
    Level::Must,
    D_BIG,
    "the answer carries X-Tt-Logid",
);
/// The guard of long texts.
pub const LONGEST: Clause = Clause::new(
    "VHT-AS3I",
    Level::Must,
    D_BIG,
    "over HTTP a synthesis may take 60 s; here a sound of more than the knob longest-ms is answered 3030",
);
/// Other methods.
pub const METHOD: Clause = Clause::new(
    "VHT-OC4F",
    Level::Assumed,
    OURS,
    "a method other than POST is answered 405 with Allow",
);
