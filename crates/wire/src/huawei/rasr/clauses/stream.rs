//! Clauses about audio, what comes back for it, and limits.

use crate::clause::{Clause, Level, Source};
use crate::huawei::clauses::sources::{
    CLIENTS, CODES, FAQ, OBS, PYSDK, RASR_END_2021, RASR_ERROR, RASR_FATAL, RASR_STARTED_2021,
    READING,
};

/// The audio, the answers and the limits of real-time recognition.
pub(in crate::huawei) const REGISTER: &[&Clause] = &[
    &AUDIO,
    &AUDIO_EARLY,
    &FRAME_SIZE,
    &FRAME_SIZE_CODE,
    &LAST_FRAME,
    &FRAME_ADVICE,
    &SDK_FRAMES,
    &AFTER_ERROR,
    &OUTSIDE,
    &MAX_AUDIO,
    &EXCEEDED_AUDIO,
    &ORDER,
    &ORDER_CODE,
    &END_OUTSIDE,
    &WAITING_END,
    &START_AGAIN,
    &START_AGAIN_SDK,
    &ONE_STREAM,
    &STARTED,
    &ERROR_OUTSIDE,
    &ERROR_INSIDE,
    &RESULT,
    &WORD_INFO,
    &WORD_PIECES,
    &RESULT_FAILED,
    &SCORE,
    &INTERIM_SCORE,
    &INTERIM,
    &INTERIM_KEY,
    &FINAL_ONLY,
    &EVENT,
    &EVENTS_SENTENCE,
    &EVENTS_NONE,
    &DEAF,
    &EVENT_ORDER,
    &SILENCE_END,
    &EVENT_CLIENTS,
    &ENDED,
    &CANCELLED,
    &CLIENT_CLOSES,
    &NO_BINARY,
    &RESP_TYPES,
    &PATIENCE,
    &IDLE,
    &IDLE_SCOPE,
    &AGE,
    &QUOTA,
    &QUOTA_AT_START,
    &ENGINE_CODES,
];

pub(in crate::huawei) const AUDIO: Clause = Clause::new(
    "HSR-GER6",
    Level::Must,
    RASR_AUDIO,
    "Audio is sent in binary messages after the response to START.",
);

pub(in crate::huawei) const AUDIO_EARLY: Clause = Clause::new(
    "HSR-GVSF",
    Level::SdkRelied,
    OBS,
    "A client may send audio right after START without waiting for the response; the server \
     keeps it.",
);

pub(in crate::huawei) const FRAME_SIZE: Clause = Clause::new(
    "HSR-O4AX",
    Level::Must,
    RASR_AUDIO,
    "A binary message has 160 to 32768 bytes for 8 kHz formats and 320 to 65536 bytes for 16 \
     kHz formats; another size is an error. In 2021 there was no such limit.",
);

pub(in crate::huawei) const FRAME_SIZE_CODE: Clause = Clause::new(
    "HSR-IPJJ",
    Level::Assumed,
    CODES,
    "A binary message of a wrong size is SIS.0032; the page says only that it is an error.",
);

pub(in crate::huawei) const LAST_FRAME: Clause = Clause::new(
    "HSR-DAOV",
    Level::SdkRelied,
    PYSDK,
    "No client pads its last slice: a message that is too small is kept, taken if END comes \
     next, and an error if more audio follows. An empty message is one that is too small.",
);

pub(in crate::huawei) const FRAME_ADVICE: Clause = Clause::new(
    "HSR-NAH5",
    Level::Should,
    RASR_AUDIO,
    "A binary message should hold 50 to 1000 ms: 100 ms with interim results, else 500 ms.",
)
.gap("advice that is not judged: the vendor's own Java sample sends a whole file in one message");

pub(in crate::huawei) const SDK_FRAMES: Clause = Clause::new(
    "HSR-VVPF",
    Level::SdkRelied,
    PYSDK,
    "Python clients send 4000 bytes every 40 or 60 ms, the Java demo 3200 bytes every 200 ms, \
     the Java sample everything in one message.",
);

pub(in crate::huawei) const AFTER_ERROR: Clause = Clause::new(
    "HSR-2LHL",
    Level::Must,
    RASR_ERROR,
    "After ERROR audio is ignored until the next START.",
);

pub(in crate::huawei) const OUTSIDE: Clause = Clause::new(
    "HSR-AVKQ",
    Level::Assumed,
    READING,
    "Audio before START and after END is ignored; the code table can be read as SIS.0032 for it.",
);

pub(in crate::huawei) const MAX_AUDIO: Clause = Clause::new(
    "HSR-A7ZA",
    Level::Must,
    CODES,
    "Audio longer than 60 s in short-stream and sentence-stream, and than 5 h in \
     continue-stream, is SIS.0309.",
);

pub(in crate::huawei) const EXCEEDED_AUDIO: Clause = Clause::new(
    "HSR-GHWG",
    Level::May,
    RASR_EVENT,
    "In 2021 the same limit was the event EXCEEDED_AUDIO in all modes, after which audio is \
     ignored; it is gone from the current page and can be chosen.",
);

pub(in crate::huawei) const ORDER: Clause = Clause::new(
    "HSR-KBWE",
    Level::Must,
    RASR_ERROR,
    "A command in the wrong order, such as START twice in a row, is answered ERROR.",
);

pub(in crate::huawei) const ORDER_CODE: Clause = Clause::new(
    "HSR-UTCD",
    Level::Assumed,
    READING,
    "A command in the wrong order is SIS.0031.",
);

pub(in crate::huawei) const END_OUTSIDE: Clause = Clause::new(
    "HSR-KPPP",
    Level::Assumed,
    READING,
    "END without a session is answered ERROR without END.",
);

pub(in crate::huawei) const WAITING_END: Clause = Clause::new(
    "HSR-HCK5",
    Level::Assumed,
    READING,
    "Between END and its response the session still stands: START and END are in the wrong \
     order there.",
);

pub(in crate::huawei) const START_AGAIN: Clause = Clause::new(
    "HSR-BFJG",
    Level::Must,
    RASR_ERROR,
    "After END or ERROR a new START on the same connection begins a new session.",
);

pub(in crate::huawei) const START_AGAIN_SDK: Clause = Clause::new(
    "HSR-CJEE",
    Level::SdkRelied,
    PYSDK,
    "The official client starts again on a connection whose session has ended.",
);

pub(in crate::huawei) const ONE_STREAM: Clause = Clause::new(
    "HSR-DLQN",
    Level::Must,
    FAQ,
    "One connection carries the stream of one user at a time.",
);

pub(in crate::huawei) const STARTED: Clause = Clause::new(
    "HSR-V7TQ",
    Level::Must,
    RASR_STARTED_2021,
    "START is answered {resp_type: START, trace_id}.",
);

pub(in crate::huawei) const ERROR_OUTSIDE: Clause = Clause::new(
    "HSR-H7AF",
    Level::Must,
    RASR_ERROR,
    "Before a session ERROR comes alone; the connection can be used for another START.",
);

pub(in crate::huawei) const ERROR_INSIDE: Clause = Clause::new(
    "HSR-7HE7",
    Level::Must,
    RASR_ERROR,
    "Inside a session ERROR is followed by END with reason ERROR.",
);

pub(in crate::huawei) const RESULT: Clause = Clause::new(
    "HSR-GF6V",
    Level::Must,
    RASR_RESULT,
    "RESULT has segments, an array of start_time, end_time (integer milliseconds of the \
     session), is_final and result, an object with text and score.",
);

pub(in crate::huawei) const WORD_INFO: Clause = Clause::new(
    "HSR-BDQX",
    Level::Must,
    RASR_RESULT,
    "word_info, an array of start_time, end_time and word, is in result only with \
     need_word_info yes.",
);

pub(in crate::huawei) const WORD_PIECES: Clause = Clause::new(
    "HSR-VNSM",
    Level::May,
    RASR_RESULT,
    "Entries of word_info are single characters in the Chinese sample, words in that of 2021, \
     and upper-case pieces marked with U+2581 in the English one.",
)
.gap("entries are the words of the transcript; pieces depend on a model that we do not have");

pub(in crate::huawei) const RESULT_FAILED: Clause = Clause::new(
    "HSR-R4FU",
    Level::May,
    RASR_RESULT,
    "result is absent from a segment that failed.",
)
.gap("no segment fails here; a failure is answered ERROR");

pub(in crate::huawei) const SCORE: Clause = Clause::new(
    "HSR-K6CP",
    Level::Must,
    RASR_RESULT,
    "score is a number from 0 to 1.",
);

pub(in crate::huawei) const INTERIM_SCORE: Clause = Clause::new(
    "HSR-UKQR",
    Level::Assumed,
    RASR_RESULT,
    "Interim results have score 0.0 in 2021 and a live one from 2025 on; 0.0 unless chosen \
     otherwise.",
);

pub(in crate::huawei) const INTERIM: Clause = Clause::new(
    "HSR-WSEW",
    Level::Must,
    RASR_RESULT,
    "With interim_results yes, segments with is_final false come first, with the same \
     start_time and growing end_time and text, then one with is_final true replaces them.",
);

pub(in crate::huawei) const INTERIM_KEY: Clause = Clause::new(
    "HSR-YLKS",
    Level::SdkRelied,
    CLIENTS,
    "Clients key segments by start_time and replace, or look at segments[0] alone.",
);

pub(in crate::huawei) const FINAL_ONLY: Clause = Clause::new(
    "HSR-5MJF",
    Level::Must,
    FAQ,
    "With interim_results no, continue-stream sends one RESULT for each sentence when its end \
     is found, short-stream its result after END.",
);

pub(in crate::huawei) const EVENT: Clause = Clause::new(
    "HSR-YH3E",
    Level::Must,
    RASR_EVENT,
    "EVENT has event and timestamp, integer milliseconds of the session.",
);

pub(in crate::huawei) const EVENTS_SENTENCE: Clause = Clause::new(
    "HSR-JMGU",
    Level::Must,
    RASR_EVENT,
    "sentence-stream sends at most one VOICE_START and one VOICE_END, or EXCEEDED_SILENCE.",
);

pub(in crate::huawei) const EVENTS_NONE: Clause = Clause::new(
    "HSR-X4JX",
    Level::Must,
    RASR_EVENT,
    "short-stream and continue-stream send none of VOICE_START, VOICE_END and EXCEEDED_SILENCE.",
);

pub(in crate::huawei) const DEAF: Clause = Clause::new(
    "HSR-ZL2N",
    Level::Must,
    RASR_EVENT,
    "After VOICE_END and EXCEEDED_SILENCE further audio is ignored; the client still sends END.",
);

pub(in crate::huawei) const EVENT_ORDER: Clause = Clause::new(
    "HSR-VY5D",
    Level::Assumed,
    READING,
    "The order of VOICE_END and the final RESULT is not documented; VOICE_END comes first.",
);

pub(in crate::huawei) const SILENCE_END: Clause = Clause::new(
    "HSR-KEKZ",
    Level::Assumed,
    READING,
    "A sentence-stream that heard only silence ends with reason NORMAL.",
);

pub(in crate::huawei) const EVENT_CLIENTS: Clause = Clause::new(
    "HSR-TCYU",
    Level::SdkRelied,
    PYSDK,
    "Older clients take VOICE_END and EXCEEDED_AUDIO for the end and EXCEEDED_SILENCE for an \
     error, and stop sending; every EVENT has event.",
);

pub(in crate::huawei) const ENDED: Clause = Clause::new(
    "HSR-GI5K",
    Level::Must,
    RASR_ENDED,
    "END has reason NORMAL, CANCEL after END with cancel true, or ERROR.",
);

pub(in crate::huawei) const CANCELLED: Clause = Clause::new(
    "HSR-5HO3",
    Level::Must,
    RASR_END_2021,
    "With cancel true no further RESULT comes.",
);

pub(in crate::huawei) const CLIENT_CLOSES: Clause = Clause::new(
    "HSR-XCWU",
    Level::Must,
    RASR_FLOW_2021,
    "The client closes; the server does not close after END.",
);

pub(in crate::huawei) const NO_BINARY: Clause = Clause::new(
    "HSR-A4CO",
    Level::SdkRelied,
    PYSDK,
    "The server sends text alone: clients parse every message as JSON.",
);

pub(in crate::huawei) const RESP_TYPES: Clause = Clause::new(
    "HSR-SWKH",
    Level::SdkRelied,
    PYSDK,
    "An unknown resp_type puts the official client into its error state; none but START, \
     RESULT, EVENT, END, ERROR and FATAL_ERROR is sent.",
);

pub(in crate::huawei) const PATIENCE: Clause = Clause::new(
    "HSR-S6RE",
    Level::SdkRelied,
    PYSDK,
    "The official client waits 18 s for START, and 18 s for END.",
);

pub(in crate::huawei) const IDLE: Clause = Clause::new(
    "HSR-HQBG",
    Level::Must,
    RASR_FATAL,
    "20 s without data of the client get FATAL_ERROR SIS.0304, wait voice timeout, and the \
     connection is closed.",
);

pub(in crate::huawei) const IDLE_SCOPE: Clause = Clause::new(
    "HSR-OGBH",
    Level::Assumed,
    READING,
    "Four pages word the limit differently. We have one timer, from the upgrade to the close, \
     restarted by every text and binary message; so it strikes a client, too, that has ended \
     but not closed.",
);

pub(in crate::huawei) const AGE: Clause = Clause::new(
    "HSR-WG3H",
    Level::Must,
    RASR_FLOW_2021,
    "A connection is closed 5 h after it was opened.",
);

pub(in crate::huawei) const QUOTA: Clause = Clause::new(
    "HSR-UVC7",
    Level::Must,
    CODES,
    "Above the quota of concurrent streams the answer is SIS.0312.",
);

pub(in crate::huawei) const QUOTA_AT_START: Clause = Clause::new(
    "HSR-V5HP",
    Level::Assumed,
    READING,
    "Whether the quota strikes at the handshake or at START is not known; at START if chosen.",
);

pub(in crate::huawei) const ENGINE_CODES: Clause = Clause::new(
    "HSR-IYFH",
    Level::Must,
    CODES,
    "A recognition may fail with SIS.0033, 0100, 0302, 0303, 0305, 0306 or 0307.",
);

const RASR_AUDIO: Source = Source {
    page: "sis_03_0031, audio data of real-time ASR",
    read: "2025-12",
};
const RASR_EVENT: Source = Source {
    page: "sis_03_0035, event response",
    read: "2026-02-03",
};
const RASR_RESULT: Source = Source {
    page: "sis_03_0036, result response",
    read: "2026-02-03",
};
const RASR_ENDED: Source = Source {
    page: "sis_03_0039, end response",
    read: "2026-02-03",
};
const RASR_FLOW_2021: Source = Source {
    page: "docs-2021 实时语音识别工作流程.md",
    read: "2021-10-12",
};
