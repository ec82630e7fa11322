//! Clauses about what is served beside the socket: sign-in, HTTP twin, voices.

use super::sources::{BEARER_TOKEN, CORES, HTTP, IAM, LIVE_PAYLOAD, OLD_SAMPLES, READING, VOICES};
use crate::clause::Clause;
use crate::clause::Level::{Assumed, Must, Observed, SdkRelied};

/// The clauses of this file.
pub(super) const ALL: &[&Clause] = &[
    &IAM_REQUEST,
    &IAM_RESPONSE,
    &IAM_LIFETIME,
    &IAM_JWT,
    &IAM_ERROR,
    &CP4D_REQUEST,
    &CP4D_NULLS,
    &CP4D_RESPONSE,
    &CP4D_ERROR,
    &CP4D_OLDER,
    &CLOUD_FOUNDRY,
    &EXPIRED,
    &REVOKED,
    &HTTP_FORMAT,
    &HTTP_STATUSES,
    &HTTP_WARNINGS,
    &HTTP_MARKS,
    &HTTP_PAYLOAD,
    &CONTENT_TYPE,
    &REQUEST_LIMIT,
    &VOICES_LIST,
    &METHOD,
];

pub(crate) const IAM_REQUEST: Clause = Clause::new(
    "IBS-4KQM",
    Must,
    IAM,
    "POST /identity/token takes a form with grant_type urn:ibm:params:oauth:grant-type:apikey and apikey; response_type, scope and a Basic client may come with it.",
);

pub(crate) const IAM_RESPONSE: Clause = Clause::new(
    "IBS-QZ2E",
    Must,
    IAM,
    "It answers 200 and JSON with access_token, refresh_token, token_type Bearer, expires_in, expiration and scope.",
);

pub(crate) const IAM_LIFETIME: Clause = Clause::new(
    "IBS-W7PA",
    Must,
    IAM,
    "A token lives for at most 60 minutes: expires_in is 3600.",
);

pub(crate) const IAM_JWT: Clause = Clause::new(
    "IBS-DJ5H",
    SdkRelied,
    CORES,
    "access_token is a JSON Web Token with numeric iat and exp: the Python and Node cores decode it and refuse anything else. They do not check its signature.",
);

pub(crate) const IAM_ERROR: Clause = Clause::new(
    "IBS-T3XC",
    SdkRelied,
    CORES,
    "A failure is 4xx and JSON with errorCode, such as BXNIM0415E, and errorMessage. That every failure has this code and 400 is our reading.",
);

pub(crate) const CP4D_REQUEST: Clause = Clause::new(
    "IBS-N6VB",
    Must,
    BEARER_TOKEN,
    "POST …/v1/authorize takes JSON with username, and password or api_key.",
);

pub(crate) const CP4D_NULLS: Clause = Clause::new(
    "IBS-2LRY",
    SdkRelied,
    CORES,
    "The Python core sends username, password, api_key and account_id, with null for those that it has not.",
);

pub(crate) const CP4D_RESPONSE: Clause = Clause::new(
    "IBS-HU4F",
    Must,
    BEARER_TOKEN,
    "It answers 200 and {\"_messageCode_\":\"200\",\"message\":\"Success\",\"token\":…}; the token is a JSON Web Token with iat and exp.",
);

pub(crate) const CP4D_ERROR: Clause = Clause::new(
    "IBS-OC7I",
    Assumed,
    READING,
    "A failed sign-in of this form is 401, a request that cannot be understood 400, with _messageCode_ and message.",
);

pub(crate) const CP4D_OLDER: Clause = Clause::new(
    "IBS-5GSW",
    SdkRelied,
    CORES,
    "Until May 2021 the cores sent GET …/v1/preauth/validateAuth with a Basic credential and read accessToken; POST …/v1/preauth/signin is the variant with a body.",
);

pub(crate) const CLOUD_FOUNDRY: Clause = Clause::new(
    "IBS-KE3N",
    SdkRelied,
    OLD_SAMPLES,
    "GET /authorization/api/v1/token?url= with a Basic credential answers the bare token, for watson-token.",
);

pub(crate) const EXPIRED: Clause = Clause::new(
    "IBS-VM6D",
    Assumed,
    READING,
    "A token that has expired is refused like any bad credential; one that expires later does not end the session.",
);

pub(crate) const REVOKED: Clause = Clause::new(
    "IBS-A2TQ",
    Assumed,
    READING,
    "A credential that is taken back refuses the next handshake; an open session goes on, since a token only opens it.",
);

pub(crate) const HTTP_FORMAT: Clause = Clause::new(
    "IBS-YB5Z",
    Must,
    HTTP,
    "The format is the Accept header or the query's accept, by default audio/ogg;codecs=opus; the answer is the audio with that Content-Type.",
);

pub(crate) const HTTP_STATUSES: Clause = Clause::new(
    "IBS-J7LO",
    Must,
    HTTP,
    "400 for bad input or markup, 404 for a voice, 406 for a format or a missing rate, 415 for a content type, 500, 503.",
);

pub(crate) const HTTP_WARNINGS: Clause = Clause::new(
    "IBS-RP4U",
    Must,
    HTTP,
    "Parameters that are not known are named in the header Warnings; the request succeeds.",
);

pub(crate) const HTTP_MARKS: Clause =
    Clause::new("IBS-3XGK", Must, HTTP, "Marks are ignored over HTTP.");

pub(crate) const HTTP_PAYLOAD: Clause = Clause::new(
    "IBS-EI6V",
    Observed,
    LIVE_PAYLOAD,
    "A text of more than 5 KB: 400 with the length of the whole payload in the sentence.",
);

pub(crate) const CONTENT_TYPE: Clause = Clause::new(
    "IBS-U5WJ",
    Must,
    HTTP,
    "A body is application/json. One that names no type is taken for that.",
);

pub(crate) const REQUEST_LIMIT: Clause = Clause::new(
    "IBS-MZ3R",
    Must,
    HTTP,
    "URL and headers are at most 8 KB. The status of the refusal is our reading.",
);

pub(crate) const VOICES_LIST: Clause = Clause::new(
    "IBS-C4HA",
    Must,
    VOICES,
    "GET /v1/voices lists name, language, gender, url, description, customizable and supported_features; /v1/voices/{voice} answers one, with customization if customization_id is given.",
);

pub(crate) const METHOD: Clause = Clause::new(
    "IBS-G6NT",
    Assumed,
    READING,
    "A method that a path does not have is answered 405 with Allow.",
);
