//! Clauses about the opening request, its query and its refusals.

use super::sources::{
    FORBIDDEN_PAGE, HTTP, LIVE_ERRORS, LIVE_HEADERS, NODE, PARAMS, PYTHON, READING, RELEASES,
    REQUESTS_CP4D, RFC6455, SDKS, SISTER, SISTER_ISSUES, UNAUTHORIZED_PAGE, VOICE_USE, VOICES,
    WEBSOCKETS, WEBSOCKETS_2017, ZEN,
};
use crate::clause::Clause;
use crate::clause::Level::{Assumed, May, Must, Observed, SdkRelied, Should};

/// The clauses of this file.
pub(super) const ALL: &[&Clause] = &[
    &URL_INSTANCE,
    &URL_BARE,
    &URL_CP4D,
    &URL_LEGACY,
    &URL_PREFIX,
    &EMPTY_QUERY,
    &NO_SUBPROTOCOL,
    &CREDENTIALS,
    &TOKEN_USED_ONCE,
    &WATSON_TOKEN,
    &AUTHORIZATION,
    &ZEN_API_KEY,
    &AUTHORIZATION_TOKEN,
    &TWO_CREDENTIALS,
    &HEADER_WINS,
    &EMPTY_CREDENTIAL,
    &OTHER_SCHEME,
    &SDK_HEADERS,
    &ORIGIN,
    &TRANSACTION_ID,
    &OWN_TRANSACTION_ID,
    &GATEWAY_HEADERS,
    &REFUSAL_HEADERS,
    &NO_SESSION_NAME,
    &REFUSED_AS_HTTP,
    &UNAUTHORIZED,
    &UNAUTHORIZED_2019,
    &FORBIDDEN,
    &BAD_QUERY_VALUE,
    &UNKNOWN_VOICE,
    &VOICE_REFUSAL,
    &NO_SUCH_RESOURCE,
    &OVERLOAD,
    &HTTP_TWIN,
    &NOT_AN_UPGRADE,
    &UNKNOWN_QUERY,
    &REPEATED_QUERY,
    &VOICE,
    &DEFAULT_VOICE,
    &VOICE_NEEDED,
    &CUSTOMIZATION_ID,
    &ANY_CUSTOMIZATION,
    &RATE_PERCENTAGE,
    &PITCH_PERCENTAGE,
    &PERCENTAGE_RANGE,
    &PERCENTAGE_BOUND,
    &PLUS_SIGN,
    &SPELL_OUT_MODE,
    &METADATA,
    &OPT_OUT,
    &VOICE_LIST,
    &SDK_VOICES,
    &FORMER_VOICES,
];

pub(crate) const URL_INSTANCE: Clause = Clause::new(
    "IBA-LN4Q",
    Must,
    WEBSOCKETS,
    "The public cloud serves /instances/{instance_id}/v1/synthesize.",
);

pub(crate) const URL_BARE: Clause = Clause::new(
    "IBA-WFUZ",
    SdkRelied,
    SDKS,
    "/v1/synthesize without an instance is served too; it is the default of every SDK.",
);

pub(crate) const URL_CP4D: Clause = Clause::new(
    "IBA-5ERK",
    Must,
    REQUESTS_CP4D,
    "Cloud Pak for Data serves /text-to-speech/{release}/instances/{instance_id}/api/v1/synthesize.",
);

pub(crate) const URL_LEGACY: Clause = Clause::new(
    "IBA-WJBY", Must, FORBIDDEN_PAGE,
    "The hosts of the former platform, which served /text-to-speech/api/v1/synthesize, answer 403 since 26 May 2021.",
)
.gap("served by default, so that the clients that still name these hosts can be tested; the knob legacy-hosts refuses");

pub(crate) const URL_PREFIX: Clause = Clause::new(
    "IBA-TG2V",
    Assumed,
    READING,
    "The path is known by its end; anything may stand before /v1/synthesize.",
);

pub(crate) const EMPTY_QUERY: Clause = Clause::new(
    "IBA-AQEK",
    SdkRelied,
    SDKS,
    "A question mark with nothing behind it is no error: the Python and Node clients always send one.",
);

pub(crate) const NO_SUBPROTOCOL: Clause = Clause::new(
    "IBA-JUZK",
    Assumed,
    WEBSOCKETS,
    "Neither a subprotocol nor an extension is needed or agreed on.",
);

pub(crate) const CREDENTIALS: Clause = Clause::new(
    "IBA-DMZN",
    Must,
    WEBSOCKETS,
    "A token has to be given, as query parameter access_token, to open the connection.",
);

pub(crate) const TOKEN_USED_ONCE: Clause = Clause::new(
    "IBA-AAY7",
    Assumed,
    SISTER,
    "A token is used to open the connection only; that it expires later does not matter (stated for the sister service).",
);

pub(crate) const WATSON_TOKEN: Clause = Clause::new(
    "IBA-PQ7W",
    May,
    RELEASES,
    "Query parameter watson-token carries the token of the former credentials; documented until September 2020.",
);

pub(crate) const AUTHORIZATION: Clause = Clause::new(
    "IBA-JFXS",
    SdkRelied,
    SDKS,
    "Instead of access_token, the header Authorization carries Bearer and a token, or Basic and apikey:KEY in base64. All SDKs send the header.",
);

pub(crate) const ZEN_API_KEY: Clause = Clause::new(
    "IBA-PKN5",
    May,
    ZEN,
    "Cloud Pak for Data also knows Authorization: ZenApiKey and user:key in base64.",
);

pub(crate) const AUTHORIZATION_TOKEN: Clause = Clause::new(
    "IBA-NUHC",
    May,
    WEBSOCKETS_2017,
    "The header X-Watson-Authorization-Token carries the token of the former credentials.",
);

pub(crate) const TWO_CREDENTIALS: Clause = Clause::new(
    "IBA-QUN4",
    SdkRelied,
    NODE,
    "A query token and an Authorization header may both be present.",
);

pub(crate) const HEADER_WINS: Clause = Clause::new(
    "IBA-Y6T4",
    Assumed,
    READING,
    "Of a header and a query token that differ, the header counts; either alone is enough.",
);

pub(crate) const EMPTY_CREDENTIAL: Clause = Clause::new(
    "IBA-FQ5F",
    Assumed,
    READING,
    "A credential that is present but empty counts as missing.",
);

pub(crate) const OTHER_SCHEME: Clause = Clause::new(
    "IBA-M6AL",
    Assumed,
    READING,
    "A scheme that nobody describes counts as any other credential.",
);

pub(crate) const SDK_HEADERS: Clause = Clause::new(
    "IBA-JNPU",
    SdkRelied,
    SDKS,
    "X-Watson-Learning-Opt-Out, X-Watson-Metadata, X-IBMCloud-SDK-Analytics, X-Watson-Test and the older X-WDC-PL-OPT-OUT are part of client traffic and change nothing.",
);

pub(crate) const ORIGIN: Clause = Clause::new(
    "IBA-EDO6",
    Assumed,
    PYTHON,
    "Any Origin, or none, is accepted. A backend of 2021 evidently refused foreign ones: the knob strict-origin answers 403 to every Origin.",
);

pub(crate) const TRANSACTION_ID: Clause = Clause::new(
    "IBA-OKUO",
    SdkRelied,
    NODE,
    "The 101 carries X-Global-Transaction-ID, 24 hexadecimal digits; the Node client's getTransactionId() waits for it.",
);

pub(crate) const OWN_TRANSACTION_ID: Clause = Clause::new(
    "IBA-QP4Y",
    Assumed,
    SDKS,
    "A client that supplies its own X-Global-Transaction-Id gets it back.",
);

pub(crate) const GATEWAY_HEADERS: Clause = Clause::new(
    "IBA-OUYB", Observed, LIVE_HEADERS,
    "The 101 of the sister service also carried X-DP-Watson-Tran-ID, Strict-Transport-Security and a Set-Cookie of Watson-DPAT.",
)
.gap("X-DP-Watson-Tran-ID is sent; Strict-Transport-Security would bind a browser's localhost to TLS for a year, and the cookie would follow the user to other servers there");

pub(crate) const REFUSAL_HEADERS: Clause = Clause::new(
    "IBA-QUCK", Observed, LIVE_HEADERS,
    "HTTP answers carry X-Frame-Options: DENY, X-Content-Type-Options: nosniff, X-XSS-Protection: 1, Content-Security-Policy: default-src, Server: - and X-Backside-Transport.",
)
.gap("X-Backside-Transport is left out: its value was not recorded");

pub(crate) const NO_SESSION_NAME: Clause = Clause::new(
    "IBA-S26O",
    Assumed,
    READING,
    "A session-name header is neither sent nor asked for; it belonged to an interface that is gone.",
);

pub(crate) const REFUSED_AS_HTTP: Clause = Clause::new(
    "IBA-R5DK",
    Observed,
    LIVE_ERRORS,
    "What is wrong with the handshake is answered over HTTP, not with a WebSocket close.",
);

pub(crate) const UNAUTHORIZED: Clause = Clause::new(
    "IBA-TF52",
    Must,
    UNAUTHORIZED_PAGE,
    "Bad or missing credentials: 401 with trace, error Unauthorized, more_info and code in the body.",
);

pub(crate) const UNAUTHORIZED_2019: Clause = Clause::new(
    "IBA-BYOX",
    Observed,
    LIVE_ERRORS,
    "The gateway of 2018 and 2019 answered 401 with only code and error in the body; the knob unauthorized-body chooses.",
);

pub(crate) const FORBIDDEN: Clause = Clause::new(
    "IBA-LQSB", Must, FORBIDDEN_PAGE,
    "A valid token for another instance, a wrong endpoint or an expired instance: 403 with trace, error Forbidden, more_info and code.",
)
.gap("the mock owns no instances but those that are configured for --auth strict; without them 403 comes from strict-origin and legacy-hosts only");

pub(crate) const BAD_QUERY_VALUE: Clause = Clause::new(
    "IBA-GAU2",
    Assumed,
    SISTER_ISSUES,
    "A query value that cannot be used is refused in the handshake with 400, as the sister service does; the knob bad-query chooses.",
);

pub(crate) const UNKNOWN_VOICE: Clause = Clause::new(
    "IBA-SED7",
    Must,
    RELEASES,
    "An unknown voice is Model '{voice}' not found; over HTTP with 404.",
);

pub(crate) const VOICE_REFUSAL: Clause = Clause::new(
    "IBA-LTHK",
    Assumed,
    SISTER_ISSUES,
    "Over WebSocket an unknown voice is refused in the handshake with that 404; the knob unknown-voice answers after the upgrade instead.",
);

pub(crate) const NO_SUCH_RESOURCE: Clause = Clause::new(
    "IBA-FWL6",
    Observed,
    LIVE_ERRORS,
    "An unknown path: 404 and a body with No Such Resource.",
);

pub(crate) const OVERLOAD: Clause = Clause::new(
    "IBA-ZANV",
    Must,
    SISTER,
    "503 when no connection can be created (listed for the sister service).",
)
.gap("the mock's own guard answers, only when its connections are used up");

pub(crate) const HTTP_TWIN: Clause = Clause::new(
    "IBA-UR7S",
    Must,
    HTTP,
    "The same path without an upgrade synthesises over HTTP with GET and POST.",
);

pub(crate) const NOT_AN_UPGRADE: Clause = Clause::new(
    "IBA-56EU",
    Assumed,
    RFC6455,
    "A request that is no RFC 6455 upgrade is answered with 400; a wrong version names the right one.",
);

pub(crate) const UNKNOWN_QUERY: Clause = Clause::new(
    "IBA-JBWK",
    Must,
    WEBSOCKETS,
    "An unknown query parameter is no error but a warning.",
);

pub(crate) const REPEATED_QUERY: Clause = Clause::new(
    "IBA-BLIE",
    Assumed,
    READING,
    "Of a query parameter that stands twice the first counts.",
);

pub(crate) const VOICE: Clause = Clause::new(
    "IBA-SXPI",
    Must,
    VOICE_USE,
    "voice chooses the voice; without it en-US_MichaelV3Voice speaks.",
);

pub(crate) const DEFAULT_VOICE: Clause = Clause::new(
    "IBA-UGOI",
    Assumed,
    RELEASES,
    "The release note of 26 March 2026 calls a former voice the default until then; Cloud Pak installations have another one: the knob default-voice chooses.",
);

pub(crate) const VOICE_NEEDED: Clause = Clause::new(
    "IBA-2E6B",
    Must,
    VOICE_USE,
    "An installation without the default voice has to be told one: with the knob default-voice naming a voice that is not there, the query must.",
);

pub(crate) const CUSTOMIZATION_ID: Clause = Clause::new(
    "IBA-XVGB", Must, WEBSOCKETS,
    "customization_id is the GUID of a model of the voice's language that belongs to the caller's instance.",
)
.gap("the mock owns no models: language and owner are not checked");

pub(crate) const ANY_CUSTOMIZATION: Clause = Clause::new(
    "IBA-GHDO",
    Assumed,
    READING,
    "Any GUID names a model, unless the knob customizations lists those that exist.",
);

pub(crate) const RATE_PERCENTAGE: Clause = Clause::new(
    "IBA-KGQP",
    Must,
    PARAMS,
    "rate_percentage is a signed or unsigned integer, the change of speed in percent; 0 is the default. It multiplies with prosody rate.",
);

pub(crate) const PITCH_PERCENTAGE: Clause = Clause::new(
    "IBA-IORZ",
    Must,
    PARAMS,
    "pitch_percentage is a signed or unsigned integer: -50 halves the pitch, 100 doubles it.",
);

pub(crate) const PERCENTAGE_RANGE: Clause = Clause::new(
    "IBA-A5MK",
    Should,
    PARAMS,
    "Percentages below -50 or above 100 are of no help.",
);

pub(crate) const PERCENTAGE_BOUND: Clause = Clause::new(
    "IBA-3ESU",
    Assumed,
    READING,
    "Speed and pitch stay between a quarter and four times the normal, whatever is asked for.",
);

pub(crate) const PLUS_SIGN: Clause = Clause::new(
    "IBA-XAQX",
    Assumed,
    READING,
    "+10, %2B10 and a blank before 10 are the same: form rules decode a plus to a blank.",
);

pub(crate) const SPELL_OUT_MODE: Clause = Clause::new(
    "IBA-KCC7", Must, PARAMS,
    "spell_out_mode is default, singles, pairs or triples, which one table spells triplets; for German voices.",
)
.gap("checked, but the synthetic sound does not change with it");

pub(crate) const METADATA: Clause = Clause::new(
    "IBA-DVSK",
    Must,
    WEBSOCKETS,
    "x-watson-metadata is customer_id={id}, URL-encoded.",
);

pub(crate) const OPT_OUT: Clause = Clause::new(
    "IBA-ALG2",
    Must,
    WEBSOCKETS,
    "x-watson-learning-opt-out is true; older pages also write 1.",
);

pub(crate) const VOICE_LIST: Clause = Clause::new(
    "IBA-7KTR",
    Must,
    VOICES,
    "47 voices are documented: 14 natural, 9 expressive, 24 enhanced neural.",
);

pub(crate) const SDK_VOICES: Clause = Clause::new(
    "IBA-W3IQ",
    SdkRelied,
    SDKS,
    "The SDKs' list of voices also has en-GB_JamesV3Voice.",
);

pub(crate) const FORMER_VOICES: Clause = Clause::new(
    "IBA-ASZT",
    Must,
    RELEASES,
    "Former names xx-YY_NameVoice mean xx-YY_NameV3Voice since 26 March 2026.",
);
