//! Clauses about what comes back, errors and the end.

use crate::clause::{Clause, Level, Source};
use crate::huawei::clauses::sources::{CLIENTS, CODES, PYSDK, READING, RTTS_SHAKE};

/// The answers of real-time synthesis.
pub(in crate::huawei) const REGISTER: &[&Clause] = &[
    &STARTED,
    &REFUSED_START,
    &AUDIO,
    &AUDIO_SIZE,
    &TAIL,
    &ENDED,
    &RESULT_ASKED,
    &RESULT,
    &RESULT_ENTRY,
    &RESULT_HANZI,
    &WORD_INDEX,
    &PHONEMES,
    &PHONEME_NAMES,
    &RESULT_ORDER,
    &RESULT_MANY,
    &ONE_TEXT,
    &SECOND_TASK,
    &SECOND_TASK_ALONE,
    &TEXT_CODE,
    &FORMAT_CODE,
    &FORMAT_CODE_EXAMPLE,
    &RATE_CODE,
    &PROPERTY_CODE,
    &PARAMETER_CODE,
    &ENGINE_CODES,
    &FAILED,
    &IDLE,
    &IDLE_CODE,
    &IDLE_AFTER_END,
    &CLIENT_CLOSES,
    &CLOSES_1000,
    &PATIENCE,
];

pub(in crate::huawei) const STARTED: Clause = Clause::new(
    "HTS-TCKS",
    Level::Must,
    RTTS_STARTED,
    "The answer to START begins with {resp_type: START, trace_id}, before any audio.",
);

pub(in crate::huawei) const REFUSED_START: Clause = Clause::new(
    "HTS-BSVO",
    Level::Assumed,
    RTTS_STARTED,
    "A refused START is answered by ERROR alone, with neither START before it nor END after \
     it; another START may follow.",
);

pub(in crate::huawei) const AUDIO: Clause = Clause::new(
    "HTS-Z55Z",
    Level::Must,
    RTTS_RESULT_2021,
    "The audio comes as any number of binary messages of raw bytes in the chosen format.",
);

pub(in crate::huawei) const AUDIO_SIZE: Clause = Clause::new(
    "HTS-BQEN",
    Level::Assumed,
    READING,
    "The size of a binary message is not documented; it is 100 ms, 3200 bytes of 16 kHz pcm, \
     unless chosen otherwise.",
);

pub(in crate::huawei) const TAIL: Clause = Clause::new(
    "HTS-VTPC",
    Level::Observed,
    CLIENTS,
    "A client has seen a long, nearly silent tail after the last syllable.",
);

pub(in crate::huawei) const ENDED: Clause = Clause::new(
    "HTS-FOAM",
    Level::Must,
    RTTS_END_2021,
    "After the last audio comes {resp_type: END, trace_id, reason}, reason NORMAL or ERROR.",
);

pub(in crate::huawei) const RESULT_ASKED: Clause = Clause::new(
    "HTS-FCWC",
    Level::SdkRelied,
    PYSDK,
    "RESULT is sent only if subtitle was asked for: clients up to 1.8.1 take it for an error.",
);

pub(in crate::huawei) const RESULT: Clause = Clause::new(
    "HTS-MJL4",
    Level::Must,
    RTTS_TIMES,
    "RESULT has result, an array of entries with start_time, end_time (integer milliseconds of \
     the whole audio), text and word_index.",
);

pub(in crate::huawei) const RESULT_ENTRY: Clause = Clause::new(
    "HTS-OEFC",
    Level::Must,
    RTTS_TIMES,
    "There is one entry for each Chinese character or English word; punctuation stays glued to \
     an English word.",
);

pub(in crate::huawei) const RESULT_HANZI: Clause = Clause::new(
    "HTS-MBLF",
    Level::Assumed,
    RTTS_TIMES,
    "We leave punctuation out of the entry of a Chinese character.",
);

pub(in crate::huawei) const WORD_INDEX: Clause = Clause::new(
    "HTS-OHQ6",
    Level::Observed,
    RTTS_TIMES,
    "word_index counts from 0 within its sentence while the times run over the whole audio: \
     the Chinese sample has index 10 at 43 980 ms.",
);

pub(in crate::huawei) const PHONEMES: Clause = Clause::new(
    "HTS-VPS7",
    Level::Must,
    RTTS_TIMES,
    "phoneme_level adds phonemes to each entry: an array of phoneme, start_time, end_time and \
     phoneme_index.",
);

pub(in crate::huawei) const PHONEME_NAMES: Clause = Clause::new(
    "HTS-34UW",
    Level::Assumed,
    READING,
    "Which phonemes a word has, and whether phoneme_index restarts with each entry, is not \
     documented: ours are the letters of the word in equal shares of its time, counted from 0 \
     in each entry.",
);

pub(in crate::huawei) const RESULT_ORDER: Clause = Clause::new(
    "HTS-BM6X",
    Level::Assumed,
    READING,
    "The order of RESULT and audio is not documented: each sentence's RESULT comes before its \
     audio, and always before END.",
);

pub(in crate::huawei) const RESULT_MANY: Clause = Clause::new(
    "HTS-Q3YN",
    Level::SdkRelied,
    CLIENTS,
    "Several RESULTs in one synthesis are legal; a client appends their lists.",
);

pub(in crate::huawei) const ONE_TEXT: Clause = Clause::new(
    "HTS-CUON",
    Level::Must,
    RTTS_SHAKE,
    "One connection carries one synthesis; a further text needs a further connection.",
);

pub(in crate::huawei) const SECOND_TASK: Clause = Clause::new(
    "HTS-PYFU",
    Level::Must,
    CODES,
    "A second START on a connection is SIS.0418.",
);

pub(in crate::huawei) const SECOND_TASK_ALONE: Clause = Clause::new(
    "HTS-ZMWX",
    Level::Assumed,
    READING,
    "SIS.0418 is answered during and after the synthesis, has no END of its own, and a running \
     synthesis goes on to its own END NORMAL.",
);

pub(in crate::huawei) const TEXT_CODE: Clause = Clause::new(
    "HTS-MIU6",
    Level::Assumed,
    READING,
    "A missing, empty or too long text is SIS.0415; SIS.0012 would fit a missing one as well.",
);

pub(in crate::huawei) const FORMAT_CODE: Clause = Clause::new(
    "HTS-UUWV",
    Level::Must,
    CODES,
    "An unsupported audio_format is SIS.0410.",
);

pub(in crate::huawei) const FORMAT_CODE_EXAMPLE: Clause = Clause::new(
    "HTS-TTRO",
    Level::May,
    RTTS_ERROR,
    "The example of the error page answers 'audio_format' is invalid with SIS.0032.",
);

pub(in crate::huawei) const RATE_CODE: Clause = Clause::new(
    "HTS-OVOX",
    Level::Must,
    CODES,
    "An unsupported sample_rate is SIS.0402.",
);

pub(in crate::huawei) const PROPERTY_CODE: Clause = Clause::new(
    "HTS-BXSL",
    Level::Must,
    CODES,
    "An unsupported property is SIS.0411.",
);

pub(in crate::huawei) const PARAMETER_CODE: Clause = Clause::new(
    "HTS-GL7C",
    Level::Assumed,
    READING,
    "speed, pitch, volume and subtitle out of range or of a wrong type are SIS.0415.",
);

pub(in crate::huawei) const ENGINE_CODES: Clause = Clause::new(
    "HTS-6AUA",
    Level::Must,
    CODES,
    "A synthesis may fail with SIS.0401, 0412, 0413, 0414 or 0417.",
);

pub(in crate::huawei) const FAILED: Clause = Clause::new(
    "HTS-2RWB",
    Level::Assumed,
    READING,
    "A synthesis that fails after START is answered ERROR, then END with reason ERROR.",
);

pub(in crate::huawei) const IDLE: Clause = Clause::new(
    "HTS-G2SG",
    Level::Must,
    RTTS_ERROR,
    "A connection on which no START comes for 20 s gets FATAL_ERROR and is closed.",
);

pub(in crate::huawei) const IDLE_CODE: Clause = Clause::new(
    "HTS-IYJP",
    Level::Assumed,
    CODES,
    "The code table has SIS.0416 for a text that does not come; the example of the page has \
     SIS.0304, wait voice timeout, as recognition does. SIS.0416 unless chosen otherwise.",
);

pub(in crate::huawei) const IDLE_AFTER_END: Clause = Clause::new(
    "HTS-PVEO",
    Level::Assumed,
    READING,
    "Whether the limit also strikes a client that does not close after END is not documented \
     for synthesis; it does not, unless chosen so.",
);

pub(in crate::huawei) const CLIENT_CLOSES: Clause = Clause::new(
    "HTS-4HF3",
    Level::Must,
    RTTS_END_2021,
    "After END the client closes; the server does not.",
);

pub(in crate::huawei) const CLOSES_1000: Clause = Clause::new(
    "HTS-4NWT",
    Level::Observed,
    CLIENTS,
    "The official and the independent clients close with 1000.",
);

pub(in crate::huawei) const PATIENCE: Clause = Clause::new(
    "HTS-ZOXY",
    Level::SdkRelied,
    PYSDK,
    "Clients wait for END: 20 s in the Java SDK, 30 s and 60 s in independent clients, so a \
     synthesis ends within 18 s.",
);

const RTTS_STARTED: Source = Source {
    page: "sis_03_0118, start response of real-time TTS",
    read: "2026-02-03",
};
const RTTS_RESULT_2021: Source = Source {
    page: "docs-2021 语音合成结果响应.md",
    read: "2021-10-12",
};
const RTTS_END_2021: Source = Source {
    page: "docs-2021 语音合成结束响应.md",
    read: "2021-10-12",
};
const RTTS_TIMES: Source = Source {
    page: "sis_03_0125, timestamp response of real-time TTS",
    read: "2026-02-03",
};
const RTTS_ERROR: Source = Source {
    page: "sis_03_0121 and sis_03_0122, error responses of real-time TTS",
    read: "2026-02-03",
};
