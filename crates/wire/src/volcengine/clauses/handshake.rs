//! `VAU`: the upgrade and its refusals.

use super::{CAPTURES, CLIENTS, D_BI, D_BIG, D_V1, DEMO, OURS};
use crate::clause::{Clause, Level};

/// Every clause of this file.
pub const ALL: &[&Clause] = &[
    &BEARER,
    &OTHER_SCHEME,
    &MISSING,
    &BAD_TOKEN,
    &GONE_TOKEN,
    &FOREIGN_APP,
    &FOREIGN_CLUSTER,
    &NO_SEMICOLON,
    &NO_SEMICOLON_STATUS,
    &USER_INFO,
    &QUERY_CREDENTIALS,
    &NOTHING_ELSE,
    &LOG_ID,
    &LOG_ID_NEEDED,
    &LOG_ID_REFUSED,
    &SWITCHING,
    &REASON,
    &REASON_READ,
    &NOT_GRANTED,
    &NOT_AN_UPGRADE,
    &UPGRADE_DETAILS,
    &ORDER,
    &TWO_HOSTS,
    &PATH,
    &UNKNOWN_PATH,
    &DEFLATE,
];

/// The credential.
pub const BEARER: Clause = Clause::new(
    "VAU-RAG2",
    Level::Must,
    D_V1,
    "the upgrade carries `Authorization: Bearer; {token}` or `Bearer;{token}`: a semicolon, then an optional space",
);
/// Schemes that nobody describes.
pub const OTHER_SCHEME: Clause = Clause::new(
    "VAU-JMGE",
    Level::Assumed,
    OURS,
    "an Authorization of a scheme that no page describes counts as a credential if it is not empty",
);
/// No credential.
pub const MISSING: Clause = Clause::new(
    "VAU-BNBW",
    Level::Assumed,
    OURS,
    "a missing Authorization, or one without a token in it, is refused with 401 and a reason in the body; inferred from the refusal of bad tokens",
);
/// A bad credential.
pub const BAD_TOKEN: Clause = Clause::new(
    "VAU-ZYDO",
    Level::Observed,
    CAPTURES,
    "a token that is wrong, or of a service that is not enabled, is refused with 401; here, where credentials are checked",
);
/// A token that was good.
pub const GONE_TOKEN: Clause = Clause::new(
    "VAU-6HXO",
    Level::Assumed,
    OURS,
    "a token that has expired or was taken back is refused like a wrong one; an open link goes on",
);
/// An application that is not the token's.
pub const FOREIGN_APP: Clause = Clause::new(
    "VAU-QX3M",
    Level::Must,
    D_BIG,
    "an appid that does not belong to the token fails with `load grant: requested grant not found`; looked at where credentials are checked",
);
/// A cluster that was not bought.
pub const FOREIGN_CLUSTER: Clause = Clause::new(
    "VAU-P5WJ",
    Level::Assumed,
    OURS,
    "a cluster that the application is not configured for fails like a voice that was not bought: 403 over HTTP, 3001 with 403 inside on the socket",
);
/// The usual form of a bearer credential is a mistake.
pub const NO_SEMICOLON: Clause = Clause::new(
    "VAU-D4Q7",
    Level::Must,
    D_BIG,
    "`Authorization: Bearer TOKEN` without the semicolon fails with `authenticate request: load grant: requested grant not found`",
);
/// Where it fails.
pub const NO_SEMICOLON_STATUS: Clause = Clause::new(
    "VAU-VQZP",
    Level::Assumed,
    OURS,
    "that failure is a 401 at the upgrade; whether it is one, or an error frame, is not recorded",
);
/// Tokens in the URL.
pub const USER_INFO: Clause = Clause::new(
    "VAU-CGXW",
    Level::Assumed,
    CLIENTS,
    "a token in the URL's user-info, which clients turn into a Basic credential, is no credential",
);
/// Credentials in the query.
pub const QUERY_CREDENTIALS: Clause = Clause::new(
    "VAU-YY2B",
    Level::Assumed,
    CLIENTS,
    "one client's notes claim that appid, token and cluster may stand in the URL's query; no working client does it",
)
.gap("unverified: the query is ignored and the header asked for");
/// The upgrade is plain otherwise.
pub const NOTHING_ELSE: Clause = Clause::new(
    "VAU-WKGA",
    Level::May,
    D_V1,
    "no sub-protocol and no query are needed",
);
/// The trace header.
pub const LOG_ID: Clause = Clause::new(
    "VAU-76Y5",
    Level::Must,
    D_BIG,
    "the 101 carries X-Tt-Logid: 34 characters, YYYYMMDDhhmmss and 20 upper-case hexadecimal digits",
);
/// Who needs it.
pub const LOG_ID_NEEDED: Clause = Clause::new(
    "VAU-SET3",
    Level::SdkRelied,
    DEMO,
    "the official Python demo and its C# port index the X-Tt-Logid header and crash without it",
);
/// On refusals too.
pub const LOG_ID_REFUSED: Clause = Clause::new(
    "VAU-ES6D",
    Level::Assumed,
    OURS,
    "a refused upgrade carries X-Tt-Logid as well",
);
/// Success is 101.
pub const SWITCHING: Clause = Clause::new(
    "VAU-75GM",
    Level::Observed,
    CAPTURES,
    "a good upgrade is answered 101, although the pages say 200",
);
/// Refusals have bodies.
pub const REASON: Clause = Clause::new(
    "VAU-KOUF",
    Level::Must,
    D_BI,
    "a failed upgrade has a status other than 2xx and the reason in its body",
);
/// And clients read them.
pub const REASON_READ: Clause = Clause::new(
    "VAU-NKKP",
    Level::SdkRelied,
    CLIENTS,
    "two clients read the body of a failed upgrade, livekit reads its status, doubao-speech looks for 401 or 403 in the text of the exception",
);
/// No right to a resource.
pub const NOT_GRANTED: Clause = Clause::new(
    "VAU-TEQM",
    Level::Observed,
    CAPTURES,
    "no permission for the resource is 403, `[resource_id=…] requested resource not granted`",
)
.gap("nothing is bought here, so nothing is missing: only a scenario can ask for it");
/// Not an upgrade at all.
pub const NOT_AN_UPGRADE: Clause = Clause::new(
    "VAU-DLMX",
    Level::Observed,
    CAPTURES,
    "a request that is no upgrade is 400 with {\"error\":\"cannot upgrade to websocket: websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header\"}",
);
/// The other ways not to be one.
pub const UPGRADE_DETAILS: Clause = Clause::new(
    "VAU-FK2N",
    Level::Assumed,
    OURS,
    "other faults of the upgrade are 400 in the words of Go's gorilla/websocket, which the known text is from",
);
/// Which is judged first.
pub const ORDER: Clause = Clause::new(
    "VAU-QHNM",
    Level::Assumed,
    OURS,
    "the credential is judged before the upgrade",
);
/// Two Host headers.
pub const TWO_HOSTS: Clause = Clause::new(
    "VAU-BWD3",
    Level::Observed,
    CAPTURES,
    "a request with two Host headers is refused with 400",
);
/// The path.
pub const PATH: Clause = Clause::new(
    "VAU-JWLS",
    Level::Must,
    D_V1,
    "TTS v1 is served at /api/v1/tts/ws_binary",
);
/// Other paths.
pub const UNKNOWN_PATH: Clause = Clause::new(
    "VAU-T72W",
    Level::Assumed,
    OURS,
    "a path that nothing serves is 404 with Go's plain text",
);
/// Compression of the socket.
pub const DEFLATE: Clause = Clause::new(
    "VAU-HR3G",
    Level::Assumed,
    CLIENTS,
    "an offered permessage-deflate is declined; clients work with and without it, and what the live service does is not recorded",
);
