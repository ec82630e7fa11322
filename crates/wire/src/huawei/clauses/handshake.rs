//! Clauses about paths, the handshake and what refuses it.

use crate::clause::{Clause, Level, Source};
use crate::huawei::clauses::sources::{CLIENTS, CODES, FAQ, PYSDK, READING};

/// Paths, handshake, refusals, sign-in and signature.
pub(in crate::huawei) const REGISTER: &[&Clause] = &[
    &PATHS,
    &ASR_PATHS,
    &SHORT_AUDIO_PATH,
    &CLONE_PATH,
    &HOSTS,
    &UPGRADE,
    &NO_QUERY,
    &NO_SUBPROTOCOL,
    &CREDENTIAL,
    &EMPTY_CREDENTIAL,
    &ENTERPRISE_PROJECT,
    &LANGUAGE,
    &BROWSERS,
    &TLS,
    &ORIGIN,
    &HEADER_CASE,
    &DEFLATE,
    &ONE_HOST,
    &SWITCHING,
    &SILENT_OPEN,
    &REFUSED_BEFORE,
    &REFUSAL_BODY,
    &NO_CREDENTIAL,
    &TOKEN_UNREADABLE,
    &TOKEN_EXPIRED,
    &BAD_SIGNATURE,
    &CLOCK_SKEW,
    &FIVE_ATTEMPTS,
    &UNKNOWN_PATH,
    &WRONG_METHOD,
    &BROKEN_UPGRADE,
    &UPGRADE_VERSION,
    &NO_BACKEND,
    &PROJECT_MISMATCH,
    &REAL_NAME,
    &NO_USER,
    &NO_CREDENTIAL_INSIDE,
    &ARREARS,
    &THROTTLED,
    &BODY_SIZE,
    &URI_SIZE,
    &HEADER_SIZE,
    &BACKEND_DOWN,
    &FORBIDDEN,
    &GATEWAY_PREFIX,
    &RELY_ON_CODE,
    &SIGN_IN,
    &TOKEN_LIFE,
    &TOKEN_SCOPE,
    &PROJECTS,
    &REVOKED,
    &SIGNATURE,
    &SIGNED_HANDSHAKE,
    &DERIVED_SIGNATURE,
    &OTHER_SIGNATURES,
];

pub(in crate::huawei) const PATHS: Clause = Clause::new(
    "HSA-BXQ6",
    Level::Must,
    OVERVIEW,
    "The served WebSocket paths are /v1/{project_id}/rtts and /v1/{project_id}/rasr/ followed \
     by short-stream, sentence-stream or continue-stream.",
);

pub(in crate::huawei) const ASR_PATHS: Clause = Clause::new(
    "HSA-Q3Y4",
    Level::Assumed,
    SHORT,
    "The Java samples of 2021 print /asr/short-stream, /asr/sentence-stream and \
     /asr/continue-stream; the Python samples and every client say /rasr/. We take the Java \
     paths for a misprint and answer them like any unknown path.",
);

pub(in crate::huawei) const SHORT_AUDIO_PATH: Clause = Clause::new(
    "HSA-DLJ5",
    Level::May,
    SHORT_AUDIO,
    "One-sentence recognition is offered over WebSocket at /v1/{project_id}/asr/short-audio: \
     START without vad_* and max_seconds, END without cancel, EXCEEDED_AUDIO as its only \
     event.",
)
.gap("not served: the path is no longer in the API overview of 2026");

pub(in crate::huawei) const CLONE_PATH: Clause = Clause::new(
    "HSA-NRTB",
    Level::May,
    CLONE,
    "Streaming-input synthesis with preset and cloned voices is at \
     /v1/{project_id}/vcs/voices/clone, with START, MSG and END commands.",
)
.gap("not served: three of its response pages have not been read in full");

pub(in crate::huawei) const HOSTS: Clause = Clause::new(
    "HSA-XJKD",
    Level::Must,
    ENDPOINTS,
    "Hosts are sis-ext.{region}.myhuaweicloud.com; regions cn-north-4, cn-east-3, \
     ap-southeast-3, me-east-1, and cn-north-1 in 2021. sis-ext.cn-east-3.myhuaweicloud.cn is \
     listed, too.",
);

pub(in crate::huawei) const UPGRADE: Clause = Clause::new(
    "HSA-D7FJ",
    Level::Must,
    REQUEST_2021,
    "A session opens with an RFC 6455 upgrade, version 13, over GET.",
);

pub(in crate::huawei) const NO_QUERY: Clause = Clause::new(
    "HSA-SGPH",
    Level::Must,
    REQUEST_2021,
    "The handshake has no query parameters; a token in the query is not a credential. We \
     ignore what stands there.",
);

pub(in crate::huawei) const NO_SUBPROTOCOL: Clause = Clause::new(
    "HSA-GFWX",
    Level::Must,
    REQUEST_2021,
    "The handshake has no sub-protocol; we select none.",
);

pub(in crate::huawei) const CREDENTIAL: Clause = Clause::new(
    "HSA-M5QN",
    Level::Must,
    AUTH,
    "A handshake carries X-Auth-Token with a project-scoped token, or an AK/SK signature in \
     Authorization and X-Sdk-Date, with X-Security-Token for temporary keys.",
);

pub(in crate::huawei) const EMPTY_CREDENTIAL: Clause = Clause::new(
    "HSA-4USM",
    Level::Assumed,
    READING,
    "A credential header with an empty value counts as none.",
);

pub(in crate::huawei) const ENTERPRISE_PROJECT: Clause = Clause::new(
    "HSA-RQWI",
    Level::May,
    REQUEST_2021,
    "Enterprise-Project-Id may be sent; a wrong or absent value is never an error. The \
     international pages do not list it; the official client adds it after signing.",
);

pub(in crate::huawei) const LANGUAGE: Clause = Clause::new(
    "HSA-UFHA",
    Level::May,
    REQUEST_2021,
    "X-Language may be en-us or zh-cn, by default zh-cn.",
)
.gap("messages are in English whatever it says; the service's translations are not known");

pub(in crate::huawei) const BROWSERS: Clause = Clause::new(
    "HSA-5KQJ",
    Level::May,
    FAQ,
    "Browsers cannot set the credential headers; the vendor's advice is a reverse proxy or a \
     back end. There is no other form of authentication.",
);

pub(in crate::huawei) const TLS: Clause = Clause::new(
    "HSA-LK7X",
    Level::Must,
    FAQ_0014,
    "TLS is 1.2 or newer; clients of TLS 1.0 fail.",
);

pub(in crate::huawei) const ORIGIN: Clause = Clause::new(
    "HSA-K4HF",
    Level::SdkRelied,
    LIBRARIES,
    "websocket-client sends an Origin header of its own; a handshake is not refused for it.",
);

pub(in crate::huawei) const HEADER_CASE: Clause = Clause::new(
    "HSA-HN5N",
    Level::SdkRelied,
    LIBRARIES,
    "The case of header names varies from library to library and means nothing.",
);

pub(in crate::huawei) const DEFLATE: Clause = Clause::new(
    "HSA-ZRMY",
    Level::Assumed,
    LIBRARIES,
    "websockets and ws offer permessage-deflate; what the service answers is not known. We \
     decline it.",
);

pub(in crate::huawei) const ONE_HOST: Clause = Clause::new(
    "HSA-IE3P",
    Level::Observed,
    PYSDK,
    "Two Host headers in a handshake give 401: the official client removes the one that it \
     signed before it lets the library write its own.",
);

pub(in crate::huawei) const SWITCHING: Clause = Clause::new(
    "HSA-X4Q5",
    Level::Must,
    RESPONSE_2021,
    "Success is 101 with Upgrade: websocket, Connection: Upgrade and Sec-WebSocket-Accept.",
);

pub(in crate::huawei) const SILENT_OPEN: Clause = Clause::new(
    "HSA-LHDS",
    Level::SdkRelied,
    CLIENTS,
    "The server says nothing before START; no client waits for anything after the upgrade.",
);

pub(in crate::huawei) const REFUSED_BEFORE: Clause = Clause::new(
    "HSA-UFQU",
    Level::Must,
    FAQ_0014,
    "Authentication problems are answered as HTTP, before the upgrade; nothing of the service \
     comes before the connection stands.",
);

pub(in crate::huawei) const REFUSAL_BODY: Clause = Clause::new(
    "HSA-25YB",
    Level::Must,
    CODES,
    "A refusal of the gateway has a JSON body with error_msg, error_code and request_id, 32 \
     hexadecimal digits; one of the service has error_code and error_msg.",
);

pub(in crate::huawei) const NO_CREDENTIAL: Clause = Clause::new(
    "HSA-BHAC",
    Level::Must,
    FAQ_OCR,
    "Without X-Auth-Token and Authorization the answer is 401, APIG.0301, Incorrect IAM \
     authentication information: x-auth-token not found.",
);

pub(in crate::huawei) const TOKEN_UNREADABLE: Clause = Clause::new(
    "HSA-JIAX",
    Level::Must,
    FAQ_0082,
    "A token that does not decode, or of another region, is answered 401, APIG.0301, … decrypt \
     token fail.",
);

pub(in crate::huawei) const TOKEN_EXPIRED: Clause = Clause::new(
    "HSA-ZQ75",
    Level::Must,
    FAQ_OCR,
    "An expired token is answered 401, APIG.0301, … token expires, expires_at: and the time.",
);

pub(in crate::huawei) const BAD_SIGNATURE: Clause = Clause::new(
    "HSA-ZEMV",
    Level::Must,
    FAQ_0082,
    "A wrong AK/SK signature is answered 401, APIG.0301, … verify aksk signature fail, \
     followed by the canonical request of the server joined by |.",
);

pub(in crate::huawei) const CLOCK_SKEW: Clause = Clause::new(
    "HSA-M2SA",
    Level::Must,
    FAQ_0087,
    "An X-Sdk-Date more than 15 minutes off is answered 401, APIG.0301, … calc ak sk signature \
     fail:signature expired.",
);

pub(in crate::huawei) const FIVE_ATTEMPTS: Clause = Clause::new(
    "HSA-BW75",
    Level::Must,
    FAQ_0082,
    "After five bad AK/SK attempts in a row every attempt is refused with 401 for five minutes. \
     Counted where credentials are checked, in the lane.",
);

pub(in crate::huawei) const UNKNOWN_PATH: Clause = Clause::new(
    "HSA-ZG5S",
    Level::Must,
    APIG,
    "An unknown path, or one without its project id, is answered 404, APIG.0101, The API does \
     not exist or has not been published in the environment.",
);

pub(in crate::huawei) const WRONG_METHOD: Clause = Clause::new(
    "HSA-R5VP",
    Level::Must,
    APIG,
    "A wrong HTTP method is answered 404, APIG.0101, The API does not exist.",
);

pub(in crate::huawei) const BROKEN_UPGRADE: Clause = Clause::new(
    "HSA-7O7Y",
    Level::Assumed,
    RFC6455,
    "A GET on the right path that is no upgrade, or lacks its key, is answered 400; which 4xx \
     and which body the service uses is not documented.",
);

pub(in crate::huawei) const UPGRADE_VERSION: Clause = Clause::new(
    "HSA-YDOU",
    Level::Must,
    RFC6455,
    "A WebSocket version other than 13 is answered 426 with Sec-WebSocket-Version: 13. The \
     body is our reading.",
);

pub(in crate::huawei) const NO_BACKEND: Clause = Clause::new(
    "HSA-UUVQ",
    Level::Observed,
    CLIENTS,
    "An API that a region does not offer is answered APIG.0610, No backend available; one \
     project saw it in ap-southeast-3. The status 502 is our reading.",
);

pub(in crate::huawei) const PROJECT_MISMATCH: Clause = Clause::new(
    "HSA-X77P",
    Level::Assumed,
    FAQ,
    "A token and a project id that do not belong together are answered SIS.0101, the \
     parameters of requesting token are wrong or project_id doesn't match the token. Whether \
     400 or 401 is not known; 401 by default.",
);

pub(in crate::huawei) const REAL_NAME: Clause = Clause::new(
    "HSA-4A7I",
    Level::Must,
    FAQ_0017,
    "A missing real-name verification is answered SIS.0103, real name authentication missing; \
     the status is not known.",
);

pub(in crate::huawei) const NO_USER: Clause = Clause::new(
    "HSA-2EGF",
    Level::Must,
    CODES,
    "A token without user information is answered SIS.0003 with a 4xx status.",
);

pub(in crate::huawei) const NO_CREDENTIAL_INSIDE: Clause = Clause::new(
    "HSA-D5Z6",
    Level::Must,
    CODES,
    "Credentials that do not reach the service are answered SIS.0102 with a 4xx status.",
);

pub(in crate::huawei) const ARREARS: Clause = Clause::new(
    "HSA-ZOBH",
    Level::Must,
    FAQ,
    "An account in arrears is refused with the words resource type is RESTRICTED; the status \
     403 and the code SIS.0101 are our reading.",
);

pub(in crate::huawei) const THROTTLED: Clause = Clause::new(
    "HSA-DWHF",
    Level::Must,
    APIG,
    "A throttled handshake is answered 429, APIG.0308.",
);

pub(in crate::huawei) const BODY_SIZE: Clause = Clause::new(
    "HSA-LRG7",
    Level::Must,
    APIG,
    "A request body over 12 MB is answered 413, APIG.0201.",
);

pub(in crate::huawei) const URI_SIZE: Clause = Clause::new(
    "HSA-IERY",
    Level::Must,
    APIG,
    "A URI over 32 KB is answered 414, APIG.0201.",
);

pub(in crate::huawei) const HEADER_SIZE: Clause = Clause::new(
    "HSA-DB6Y",
    Level::Must,
    APIG,
    "Headers over 32 KB each or 128 KB in total are answered 494, APIG.0201.",
);

pub(in crate::huawei) const BACKEND_DOWN: Clause = Clause::new(
    "HSA-KHYK",
    Level::Must,
    APIG,
    "A back end that is down or too slow is answered 502 or 504, APIG.0201.",
);

pub(in crate::huawei) const FORBIDDEN: Clause = Clause::new(
    "HSA-JSHP",
    Level::Must,
    APIG,
    "A caller who may not use the API is answered 403, APIG.0302.",
);

pub(in crate::huawei) const GATEWAY_PREFIX: Clause = Clause::new(
    "HSA-SI7E",
    Level::May,
    APIG,
    "Older gateways write APIGW. with the same numbers.",
);

pub(in crate::huawei) const RELY_ON_CODE: Clause = Clause::new(
    "HSA-FS4U",
    Level::Should,
    APIG,
    "Clients rely on the code; the text may change.",
);

pub(in crate::huawei) const SIGN_IN: Clause = Clause::new(
    "HSA-32CG",
    Level::Must,
    IAM,
    "POST /v3/auth/tokens of the sign-in host answers 201 with the token in X-Subject-Token; a \
     failure is {\"error\":{message, code, title}}.",
);

pub(in crate::huawei) const TOKEN_LIFE: Clause = Clause::new(
    "HSA-C2MI",
    Level::Must,
    IAM,
    "A token is valid for 24 hours. Its end is looked at where credentials are checked.",
);

pub(in crate::huawei) const TOKEN_SCOPE: Clause = Clause::new(
    "HSA-IU6H",
    Level::Must,
    FAQ_0012,
    "A token without a project scope is issued by the sign-in service but refused by the \
     speech service. Looked at where credentials are checked.",
);

pub(in crate::huawei) const PROJECTS: Clause = Clause::new(
    "HSA-6PWE",
    Level::May,
    CORE,
    "GET /v3/projects?name= of the sign-in host lists projects; the core SDKs ask it for the id \
     of a project that they know by name.",
);

pub(in crate::huawei) const REVOKED: Clause = Clause::new(
    "HSA-KV2T",
    Level::Assumed,
    READING,
    "A token that was taken back is refused like one that does not decode, a key pair like a \
     wrong signature; an open session goes on.",
);

pub(in crate::huawei) const SIGNATURE: Clause = Clause::new(
    "HSA-MJM5",
    Level::Must,
    SIGNING,
    "SDK-HMAC-SHA256 signs method, path with a trailing slash, sorted query, the signed \
     headers and the hash of the body; the key is the secret key itself. Only X-Sdk-Date must \
     be among the signed headers.",
);

pub(in crate::huawei) const SIGNED_HANDSHAKE: Clause = Clause::new(
    "HSA-ZUCE",
    Level::Observed,
    CORE,
    "The handshake is signed as GET with an empty body; the signed host includes a port that \
     is not the default.",
);

pub(in crate::huawei) const DERIVED_SIGNATURE: Clause = Clause::new(
    "HSA-BM3S",
    Level::May,
    CORE,
    "V11-HMAC-SHA256 signs with a derived key.",
)
.gap("off unless a user asks for it in the SDK; no WebSocket client does");

pub(in crate::huawei) const OTHER_SIGNATURES: Clause = Clause::new(
    "HSA-RL65",
    Level::May,
    CORE,
    "SDK-HMAC-SM3, SDK-ECDSA-P256-SHA256 and SDK-SM2-SM3 exist by name.",
)
.gap("not seen with this service");

const OVERVIEW: Source = Source {
    page: "sis_03_0005, API overview",
    read: "2026-02-03",
};
const ENDPOINTS: Source = Source {
    page: "SIS endpoint page; region table of huaweicloudsdksis 3.1.219",
    read: "2026-02-03",
};
const REQUEST_2021: Source = Source {
    page: "docs-2021 公共请求参数.md; sis_03_0042",
    read: "2026-02-03",
};
const RESPONSE_2021: Source = Source {
    page: "docs-2021 公共响应参数.md",
    read: "2021-10-12",
};
const AUTH: Source = Source {
    page: "docs-2021 认证鉴权.md; sis_03_0113",
    read: "2026-02-03",
};
const SHORT: Source = Source {
    page: "sis_03_0026, short stream",
    read: "2026-02-03",
};
const SHORT_AUDIO: Source = Source {
    page: "docs-2021 websocket接口.md, one-sentence recognition over WebSocket",
    read: "2021-10-12",
};
const CLONE: Source = Source {
    page: "sis_03_0158, 0161, 0164, 0172; sis_05_0101, 0104",
    read: "2026-02-03",
};
const FAQ_0012: Source = Source {
    page: "sis_04_0012, SIS FAQ",
    read: "2026-11",
};
const FAQ_0014: Source = Source {
    page: "sis_04_0014, SIS FAQ",
    read: "2026-11",
};
const FAQ_0017: Source = Source {
    page: "sis_04_0017, SIS FAQ",
    read: "2026-11",
};
const FAQ_0082: Source = Source {
    page: "sis_04_0082, SIS FAQ",
    read: "2026-11",
};
const FAQ_0087: Source = Source {
    page: "sis_04_0087, SIS FAQ; API signing guide",
    read: "2026-11",
};
const FAQ_OCR: Source = Source {
    page: "FAQ of OCR, a service behind the same gateway",
    read: "2026-11",
};
const APIG: Source = Source {
    page: "API Gateway error code tables",
    read: "2026-11",
};
const SIGNING: Source = Source {
    page: "API signing guide",
    read: "2026-11",
};
const IAM: Source = Source {
    page: "iam_30_0001, obtaining a user token",
    read: "2026-11",
};
const RFC6455: Source = Source {
    page: "RFC 6455, sections 4.2.1 and 4.4",
    read: "2011-12",
};
const CORE: Source = Source {
    page: "Python huaweicloudsdkcore 3.1.219, Node core 3.1.211",
    read: "2026-11",
};
const LIBRARIES: Source = Source {
    page: "websocket-client 1.9.2, websockets, ws against a loopback server",
    read: "2026-11",
};
