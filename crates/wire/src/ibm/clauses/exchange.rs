//! Clauses about the messages of a session, their order and its end.

use super::sources::{
    DOTNET, GO, JAVA, LIVE_PAYLOAD, LIVE_STYLE, NODE, PYTHON, READING, RELEASES, RFC6455, SDKS,
    SISTER, TIMING, WEBSOCKETS, WEBSOCKETS_2017,
};
use crate::clause::Clause;
use crate::clause::Level::{Assumed, May, Must, Observed, SdkRelied};

/// The clauses of this file.
pub(super) const ALL: &[&Clause] = &[
    &ORDER,
    &REQUEST,
    &ONE_REQUEST,
    &TEXT,
    &ACCEPT,
    &ACCEPT_OMITTED,
    &TIMINGS,
    &EXTRA_MEMBERS,
    &REPEATED_MEMBER,
    &REASSEMBLED,
    &ERROR_THEN_CLOSE,
    &ERROR_ALONE,
    &CLEAN_CLOSE,
    &TEXT_MISSING,
    &ACCEPT_MISSING,
    &TEXT_LIMIT,
    &TEXT_LIMIT_WORDS,
    &TEXT_LIMIT_UNIT,
    &FRAME_LIMIT,
    &MESSAGE_LIMIT,
    &ERROR_BEFORE_ANY_CLOSE,
    &MALFORMED_JSON,
    &NOT_AN_OBJECT,
    &WRONG_TYPE,
    &TEXT_EMPTY,
    &TIMINGS_OTHER,
    &ENGINE_FAILURE,
    &WARNINGS,
    &WARNINGS_2016,
    &QUERY_WARNINGS,
    &WARNINGS_AFTER_FORMAT,
    &WARNINGS_APART,
    &UNKNOWN_ARGUMENT,
    &ACTION_WARNED,
    &JSON_STYLE,
    &JSON_NEVER_COMPACT,
    &FORMAT_FIRST,
    &AUDIO,
    &SINGLE_FRAMES,
    &AUDIO_SIZE,
    &MARKS,
    &MARK_APART,
    &WORDS,
    &THREE_DECIMALS,
    &NESTED_WORDS,
    &TIMING_FIRST,
    &TIMING_ORDER,
    &MARKS_AND_WORDS,
    &EXAMPLE_TIMES,
    &DONE,
    &DONE_REASON,
    &PROTOCOL_ERROR,
    &BAD_UTF8,
    &ABNORMAL,
    &CLOSE_STATUS,
    &IDLE,
    &SECOND_MESSAGE,
    &CLIENT_BINARY,
    &CLIENT_CLOSE,
];

pub(crate) const ORDER: Clause = Clause::new(
    "IBT-O3AU",
    Must,
    WEBSOCKETS,
    "The client sends one text message; the server confirms the format, sends audio and timings, and closes.",
);

pub(crate) const REQUEST: Clause = Clause::new(
    "IBT-GDOL",
    Must,
    WEBSOCKETS,
    "The request is one text message, a JSON object of text, accept and timings.",
);

pub(crate) const ONE_REQUEST: Clause =
    Clause::new("IBT-BKTL", Must, PYTHON, "A connection serves one request.");

pub(crate) const TEXT: Clause = Clause::new(
    "IBT-U7WR",
    Must,
    WEBSOCKETS,
    "text is mandatory: plain text or SSML.",
);

pub(crate) const ACCEPT: Clause = Clause::new(
    "IBT-TRRP",
    Must,
    WEBSOCKETS,
    "accept is mandatory on a WebSocket: the MIME type of the audio.",
);

pub(crate) const ACCEPT_OMITTED: Clause = Clause::new(
    "IBT-YPBV",
    Assumed,
    SDKS,
    "The SDKs let their users leave accept out; by the page it is an error, and the knob missing-accept takes the default format instead.",
);

pub(crate) const TIMINGS: Clause = Clause::new(
    "IBT-N53M",
    Must,
    WEBSOCKETS,
    "timings is an array whose only element is words; an empty array or none asks for nothing.",
);

pub(crate) const EXTRA_MEMBERS: Clause = Clause::new(
    "IBT-TTGZ",
    SdkRelied,
    JAVA,
    "Real clients send action, voice, rate_percentage and pitch_percentage in the message: not fatal.",
);

pub(crate) const REPEATED_MEMBER: Clause = Clause::new(
    "IBT-YAZW",
    Assumed,
    READING,
    "Of a JSON member that stands twice the last counts.",
);

pub(crate) const REASSEMBLED: Clause = Clause::new(
    "IBT-VXTX",
    SdkRelied,
    NODE,
    "Clients fragment messages above 16384 bytes; limits apply to the whole message.",
);

pub(crate) const ERROR_THEN_CLOSE: Clause = Clause::new(
    "IBT-NGKC",
    Must,
    WEBSOCKETS,
    "A failure is one text message {\"error\": …} and then a close with 1011 and the reason: see the previous message for the error details.",
);

pub(crate) const ERROR_ALONE: Clause = Clause::new(
    "IBT-GHJ4",
    Must,
    WEBSOCKETS,
    "When an argument is bad the error stands alone: no binary_streams before it.",
);

pub(crate) const CLEAN_CLOSE: Clause = Clause::new(
    "IBT-MASY",
    Must,
    WEBSOCKETS_2017,
    "The close after an error is a complete closing handshake (the True of the page's sample is wasClean).",
);

pub(crate) const TEXT_MISSING: Clause = Clause::new(
    "IBT-7U5U",
    Must,
    WEBSOCKETS,
    "Without text: Required parameter \"text\" is missing.",
);

pub(crate) const ACCEPT_MISSING: Clause = Clause::new(
    "IBT-ZRRJ",
    Assumed,
    READING,
    "Without accept: the same sentence about accept.",
);

pub(crate) const TEXT_LIMIT: Clause = Clause::new(
    "IBT-KOLF",
    Must,
    WEBSOCKETS,
    "text is at most 5 KB, markup included; more is 1011.",
);

pub(crate) const TEXT_LIMIT_WORDS: Clause = Clause::new(
    "IBT-S7MO",
    Observed,
    LIVE_PAYLOAD,
    "The limit is 5120 bytes: Payload length N exceeds the payload limit 5120 bytes. (captured over HTTP)",
);

pub(crate) const TEXT_LIMIT_UNIT: Clause = Clause::new(
    "IBT-MR4Q",
    Assumed,
    READING,
    "What is counted is the text in UTF-8, not its JSON.",
);

pub(crate) const FRAME_LIMIT: Clause = Clause::new(
    "IBT-4R4L",
    Must,
    WEBSOCKETS,
    "A frame above 4 MB is closed with 1009.",
);

pub(crate) const MESSAGE_LIMIT: Clause = Clause::new(
    "IBT-RIEE",
    Assumed,
    READING,
    "4 MB are 4194304 bytes; a message above that made of smaller frames gets the same answer.",
);

pub(crate) const ERROR_BEFORE_ANY_CLOSE: Clause = Clause::new(
    "IBT-6KNN",
    Must,
    WEBSOCKETS,
    "Before it closes because of an error the service sends {\"error\": …}; the sentence covers 1002 and 1009, no sample shows it. The knob error-before-close can leave it out.",
);

pub(crate) const MALFORMED_JSON: Clause = Clause::new(
    "IBT-PY65",
    Assumed,
    DOTNET,
    "A message that is no JSON: error and 1011. One client's report reads as if the server dropped the connection without a close frame; the knob malformed-json does that.",
);

pub(crate) const NOT_AN_OBJECT: Clause = Clause::new(
    "IBT-E5N4",
    Assumed,
    READING,
    "JSON that is no object: error and 1011.",
);

pub(crate) const WRONG_TYPE: Clause = Clause::new(
    "IBT-3QGO",
    Assumed,
    READING,
    "A member of the wrong type: error and 1011.",
);

pub(crate) const TEXT_EMPTY: Clause = Clause::new(
    "IBT-FNXG",
    Assumed,
    READING,
    "An empty text: error and 1011, or silence by the knob empty-text.",
);

pub(crate) const TIMINGS_OTHER: Clause = Clause::new(
    "IBT-M4ZS",
    Assumed,
    READING,
    "timings other than [\"words\"] and []: error and 1011.",
);

pub(crate) const ENGINE_FAILURE: Clause = Clause::new(
    "IBT-7W57",
    Observed,
    RELEASES,
    "A failure of the engine is any text, such as a Python OSError in 2023, and 1011.",
)
.gap("the mock's engine does not fail by itself; a fault does it");

pub(crate) const WARNINGS: Clause = Clause::new(
    "IBT-OVLO",
    Must,
    WEBSOCKETS,
    "Unknown members are named in {\"warnings\": \"Unknown arguments: a, b.\"}: one string, comma and blank between, a full stop behind. The request goes on.",
);

pub(crate) const WARNINGS_2016: Clause = Clause::new(
    "IBT-U76U",
    Must,
    RELEASES,
    "Before 23 June 2016 the names stood in a Python list with u'' strings.",
)
.gap("a form that no current client has met");

pub(crate) const QUERY_WARNINGS: Clause = Clause::new(
    "IBT-Z4B7",
    Assumed,
    PYTHON,
    "Unknown query parameters are warned of as Unknown url query arguments: a, b. (documented for a header of the HTTP twin)",
);

pub(crate) const WARNINGS_AFTER_FORMAT: Clause = Clause::new(
    "IBT-CYUA",
    Assumed,
    TIMING,
    "Warnings come after binary_streams.",
);

pub(crate) const WARNINGS_APART: Clause = Clause::new(
    "IBT-B3TP",
    SdkRelied,
    JAVA,
    "Warnings are a message of their own: the Java client looks at one member of each message.",
);

pub(crate) const UNKNOWN_ARGUMENT: Clause = Clause::new(
    "IBT-OLGY",
    Assumed,
    READING,
    "Members and query parameters beside the documented ones are slips of the client, but for those that SDKs send.",
);

pub(crate) const ACTION_WARNED: Clause = Clause::new(
    "IBT-FWPU",
    Assumed,
    READING,
    "The service warns of action too, which two SDKs send; the knob unknown-members can keep silent.",
);

pub(crate) const JSON_STYLE: Clause = Clause::new(
    "IBT-5PUM",
    Observed,
    LIVE_STYLE,
    "JSON is written as Python's json.dumps(…, indent=3) does.",
);

pub(crate) const JSON_NEVER_COMPACT: Clause = Clause::new(
    "IBT-QHXR",
    SdkRelied,
    LIVE_STYLE,
    "A client looks for literal bytes with a blank after the colon.",
);

pub(crate) const FORMAT_FIRST: Clause = Clause::new(
    "IBT-N76G",
    Must,
    TIMING,
    "The first message of a successful answer is {\"binary_streams\":[{\"content_type\":…}]}, exactly once.",
);

pub(crate) const AUDIO: Clause = Clause::new(
    "IBT-U2IM",
    Must,
    WEBSOCKETS,
    "Audio is one or more binary messages in order; joined they are the audio file.",
);

pub(crate) const SINGLE_FRAMES: Clause = Clause::new(
    "IBT-NEK6",
    SdkRelied,
    PYTHON,
    "Every message of the server is one frame: the Python client loses fragmented ones.",
);

pub(crate) const AUDIO_SIZE: Clause = Clause::new(
    "IBT-UREW",
    SdkRelied,
    NODE,
    "An audio message has at most 64 KiB: the .NET preview has a buffer of that size, the Node client closes above 1 MiB.",
);

pub(crate) const MARKS: Clause = Clause::new(
    "IBT-JWR2",
    Must,
    TIMING,
    "Every mark is announced as {\"marks\":[[name, seconds]]}.",
);

pub(crate) const MARK_APART: Clause = Clause::new(
    "IBT-VG3E",
    Assumed,
    TIMING,
    "A message announces one mark; the pages never show two.",
);

pub(crate) const WORDS: Clause = Clause::new(
    "IBT-NBJW",
    Must,
    TIMING,
    "Words are announced as {\"words\":[[word, start, end], …]}, one or more messages with one or more words each.",
);

pub(crate) const THREE_DECIMALS: Clause = Clause::new(
    "IBT-74RB",
    Must,
    RELEASES,
    "Times are seconds from the start of the audio with three decimals, each word flat, since 28 February 2022.",
);

pub(crate) const NESTED_WORDS: Clause = Clause::new(
    "IBT-EZGA",
    Must,
    RELEASES,
    "Before, a word was [word,[start,end]] and times were long floats; the knob word-form chooses.",
);

pub(crate) const TIMING_FIRST: Clause = Clause::new(
    "IBT-ZLLN",
    Must,
    TIMING,
    "A timing message comes before the binary message that holds the audio it describes.",
);

pub(crate) const TIMING_ORDER: Clause = Clause::new(
    "IBT-HQEO",
    May,
    TIMING,
    "All timings may come before any audio, or between it; the knob timing-order chooses.",
);

pub(crate) const MARKS_AND_WORDS: Clause = Clause::new(
    "IBT-M43V",
    SdkRelied,
    GO,
    "Marks and words may be asked for together.",
);

pub(crate) const EXAMPLE_TIMES: Clause = Clause::new(
    "IBT-KSOP",
    Must,
    TIMING,
    "The pages give times for their example sentences.",
)
.gap("the times are those of the mock's own sound");

pub(crate) const DONE: Clause = Clause::new(
    "IBT-QTBX",
    Must,
    WEBSOCKETS,
    "After the last message the server closes with 1000.",
);

pub(crate) const DONE_REASON: Clause = Clause::new(
    "IBT-MH67",
    Assumed,
    READING,
    "The close with 1000 has no reason.",
);

pub(crate) const PROTOCOL_ERROR: Clause = Clause::new(
    "IBT-5KBZ",
    Must,
    WEBSOCKETS,
    "A protocol error is closed with 1002: the framing errors of RFC 6455.",
);

pub(crate) const BAD_UTF8: Clause = Clause::new(
    "IBT-WUVL",
    Assumed,
    RFC6455,
    "Text that is not UTF-8 is closed with 1007, which the page does not list.",
);

pub(crate) const ABNORMAL: Clause = Clause::new(
    "IBT-A2J6",
    Must,
    WEBSOCKETS,
    "1006 is what a client reports when the connection ends without a close frame; it is never sent.",
);

pub(crate) const CLOSE_STATUS: Clause = Clause::new(
    "IBT-NK5G",
    SdkRelied,
    NODE,
    "A close frame that the server sends of itself always has a status: the Node client takes an empty one for a dropped connection. An empty one of the client is echoed as it is.",
);

pub(crate) const IDLE: Clause = Clause::new(
    "IBT-6SWQ",
    Assumed,
    SISTER,
    "A connection without a request is ended after 30 s with Session timed out. and 1011, as the sister service does; the knob first-message-timeout-ms sets it.",
);

pub(crate) const SECOND_MESSAGE: Clause = Clause::new(
    "IBT-67OG",
    Assumed,
    DOTNET,
    "Further text messages are ignored: two SDKs were written to send some. The knob second-message refuses them.",
);

pub(crate) const CLIENT_BINARY: Clause = Clause::new(
    "IBT-YEBH",
    Assumed,
    READING,
    "A binary message of the client is ignored; the knob client-binary refuses it.",
);

pub(crate) const CLIENT_CLOSE: Clause = Clause::new(
    "IBT-DMDQ",
    Assumed,
    READING,
    "A client that closes in the middle gets its code back and nothing more.",
);
