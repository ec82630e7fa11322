//! Clauses about what the client sends as text.

use crate::clause::{Clause, Level, Source};
use crate::huawei::clauses::sources::{CODES, PYSDK, RASR_END_2021, RASR_ERROR, READING};

/// The commands of real-time recognition.
pub(in crate::huawei) const REGISTER: &[&Clause] = &[
    &START,
    &COMMAND,
    &COMMAND_CODES,
    &CONFIG,
    &AUDIO_FORMAT,
    &WAV_HEADER,
    &PROPERTY,
    &PROPERTY_SHAPE,
    &MODELS,
    &GENERAL_MODEL,
    &MODEL_RATE,
    &ADD_PUNC,
    &DIGIT_NORM,
    &VAD_HEAD,
    &VAD_HEAD_ZERO,
    &VAD_TAIL,
    &MAX_SECONDS,
    &INTERIM_RESULTS,
    &VOCABULARY,
    &VOCABULARY_ANY,
    &NEED_WORD_INFO,
    &RANGES,
    &MISSING_CODE,
    &FORMAT_CODE,
    &VALUE_CODE,
    &SDK_KEYS,
    &END,
    &CANCEL,
    &CANCEL_STRING,
];

pub(in crate::huawei) const START: Clause = Clause::new(
    "HSR-ORY6",
    Level::Must,
    RASR_START,
    "A session begins with START and its config; the three modes take the same.",
);

pub(in crate::huawei) const COMMAND: Clause = Clause::new(
    "HSR-NQYO",
    Level::Must,
    RASR_START,
    "command is mandatory and START or END.",
);

pub(in crate::huawei) const COMMAND_CODES: Clause = Clause::new(
    "HSR-AVMS",
    Level::Assumed,
    CODES,
    "A missing command is SIS.0012, an unknown one SIS.0031, by the wording of the code table.",
);

pub(in crate::huawei) const CONFIG: Clause = Clause::new(
    "HSR-N2DS",
    Level::Must,
    RASR_START,
    "config is a mandatory object.",
);

pub(in crate::huawei) const AUDIO_FORMAT: Clause = Clause::new(
    "HSR-IJ36",
    Level::Must,
    RASR_START_2021,
    "config.audio_format is mandatory: pcm16k16bit, pcm8k16bit, ulaw16k8bit, ulaw8k8bit, \
     alaw16k8bit or alaw8k8bit, mono, pcm in little endian. The values of REST (mp3, aac, wav, \
     amr, amrwb, auto) are not valid.",
);

pub(in crate::huawei) const WAV_HEADER: Clause = Clause::new(
    "HSR-KWDB",
    Level::May,
    RASR_START_2021,
    "Audio is raw; a WAV header before pcm is tolerated.",
);

pub(in crate::huawei) const PROPERTY: Clause = Clause::new(
    "HSR-NVOK",
    Level::Must,
    RASR_START,
    "config.property is mandatory: {language}_{rate}_{domain}.",
);

pub(in crate::huawei) const PROPERTY_SHAPE: Clause = Clause::new(
    "HSR-AN4M",
    Level::Assumed,
    READING,
    "The list of models has not been read in full: any name of the shape language, 8k or 16k, \
     domain is taken unless chosen otherwise.",
);

pub(in crate::huawei) const MODELS: Clause = Clause::new(
    "HSR-V45C",
    Level::May,
    RASR_START_2021,
    "Documented models are chinese_8k_common, chinese_16k_common, chinese_16k_general, \
     sichuan_16k_common, cantonese_16k_common, shanghai_16k_common, chinese_16k_court, \
     chinese_16k_it and english_16k_common; a hot-word page adds chinese_8k_general, the REST \
     list chinese_16k_travel and english_8k_common.",
);

pub(in crate::huawei) const GENERAL_MODEL: Clause = Clause::new(
    "HSR-JPHI",
    Level::May,
    RASR_START_2021,
    "In 2021 chinese_16k_general took pcm16k16bit only, in continue and short mode only, \
     without vad_tail and max_seconds.",
)
.gap("clients of today use it otherwise; the current table has not been read in full");

pub(in crate::huawei) const MODEL_RATE: Clause = Clause::new(
    "HSR-YNZ3",
    Level::Must,
    CODES,
    "The rate of property equals that of audio_format, else SIS.0301, 'audio_format' is not \
     match model.",
);

pub(in crate::huawei) const ADD_PUNC: Clause = Clause::new(
    "HSR-FXRH",
    Level::Must,
    RASR_START,
    "config.add_punc is yes or no, by default no.",
);

pub(in crate::huawei) const DIGIT_NORM: Clause = Clause::new(
    "HSR-M7EZ",
    Level::Must,
    RASR_START,
    "config.digit_norm is yes or no, by default yes; the international page does not have it.",
)
.gap("it is checked, but transcripts keep the digits that they were given");

pub(in crate::huawei) const VAD_HEAD: Clause = Clause::new(
    "HSR-7V2J",
    Level::Must,
    RASR_START,
    "config.vad_head is an integer from 0 to 60000 ms, by default 10000: so much leading \
     silence ends a sentence-stream and cuts a continue-stream; short-stream ignores it.",
);

pub(in crate::huawei) const VAD_HEAD_ZERO: Clause = Clause::new(
    "HSR-3467",
    Level::Assumed,
    RASR_START_INTL,
    "vad_head 0 means no limit in the Chinese text and 60000 in the international one; 60000 \
     unless chosen otherwise.",
);

pub(in crate::huawei) const VAD_TAIL: Clause = Clause::new(
    "HSR-JCM4",
    Level::Must,
    RASR_START,
    "config.vad_tail is an integer from 0 to 3000 ms, by default 500: so much silence after \
     speech ends the sentence, with VOICE_END in sentence-stream if there is text, else \
     EXCEEDED_SILENCE.",
);

pub(in crate::huawei) const MAX_SECONDS: Clause = Clause::new(
    "HSR-TQ5E",
    Level::Must,
    RASR_START,
    "config.max_seconds is an integer from 1 to 60 s, by default 30: longer speech is cut \
     there in sentence-stream and continue-stream. The client pages of 2021 say from 0.",
);

pub(in crate::huawei) const INTERIM_RESULTS: Clause = Clause::new(
    "HSR-Z46I",
    Level::Must,
    RASR_START,
    "config.interim_results is yes or no, by default no.",
);

pub(in crate::huawei) const VOCABULARY: Clause = Clause::new(
    "HSR-WAGQ",
    Level::Must,
    RASR_START,
    "config.vocabulary_id names a hot-word table; an unknown one is SIS.0201.",
);

pub(in crate::huawei) const VOCABULARY_ANY: Clause = Clause::new(
    "HSR-2JCJ",
    Level::Assumed,
    READING,
    "Any non-empty vocabulary_id is known, unless a list of known ones is chosen.",
);

pub(in crate::huawei) const NEED_WORD_INFO: Clause = Clause::new(
    "HSR-3ZIF",
    Level::Must,
    RASR_START,
    "config.need_word_info is yes or no, by default no.",
);

pub(in crate::huawei) const RANGES: Clause = Clause::new(
    "HSR-SXZM",
    Level::Must,
    RASR_ERROR,
    "A value that is not recognised or out of its range is answered ERROR.",
);

pub(in crate::huawei) const MISSING_CODE: Clause = Clause::new(
    "HSR-OYED",
    Level::Must,
    CODES,
    "A missing mandatory member is SIS.0012.",
);

pub(in crate::huawei) const FORMAT_CODE: Clause = Clause::new(
    "HSR-HP4T",
    Level::Must,
    RASR_ERROR,
    "A bad audio_format is SIS.0032, 'audio_format' is invalid.",
);

pub(in crate::huawei) const VALUE_CODE: Clause = Clause::new(
    "HSR-CE6N",
    Level::Assumed,
    CODES,
    "Any other bad value is SIS.0031.",
);

pub(in crate::huawei) const SDK_KEYS: Clause = Clause::new(
    "HSR-S444",
    Level::SdkRelied,
    PYSDK,
    "The official Python client always sends audio_format, property, add_punc, vad_head, \
     vad_tail, max_seconds and interim_results; newer ones digit_norm and need_word_info, too.",
);

pub(in crate::huawei) const END: Clause = Clause::new(
    "HSR-FN2B",
    Level::Must,
    RASR_END_2021,
    "END ends the session; with cancel true what is not yet recognised is dropped, else all \
     audio is recognised first.",
);

pub(in crate::huawei) const CANCEL: Clause = Clause::new(
    "HSR-WIIP",
    Level::Must,
    RASR_END_2021,
    "cancel is a boolean, by default false.",
);

pub(in crate::huawei) const CANCEL_STRING: Clause = Clause::new(
    "HSR-UULA",
    Level::SdkRelied,
    PYSDK,
    "Every official Python client and the Python sample send cancel as the string false, the \
     Java sample as a boolean: booleans, the strings true and false in any case, and absence \
     are taken.",
);

const RASR_START: Source = Source {
    page: "sis_03_0030, start request of real-time ASR",
    read: "2026-02-03",
};
const RASR_START_INTL: Source = Source {
    page: "sis_03_0030, international edition",
    read: "2025-12",
};
const RASR_START_2021: Source = Source {
    page: "docs-2021 开始识别.md",
    read: "2021-10-12",
};
