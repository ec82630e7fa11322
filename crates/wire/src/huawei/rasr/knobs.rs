//! What can be chosen about real-time recognition.

use super::clauses::{commands, stream};
use crate::huawei::clauses::join;
use crate::huawei::knobs::SHARED;
use crate::knob::{Knob, SWITCH, Values};

/// All knobs of the three endpoints.
pub(in crate::huawei) const KNOBS: &[Knob] = &JOINED;

const JOINED: [Knob; SHARED.len() + OWN.len()] = join(&[SHARED, OWN], MODELS);

const OWN: &[Knob] = &[
    MODELS,
    VOCABULARIES,
    VAD_HEAD_ZERO,
    FRAME_SIZE,
    OUTSIDE,
    EXCEEDED_AUDIO,
    MAX_AUDIO_S,
    AGE_S,
    LIVE_SCORE,
    FAIL_START,
    FAIL_SESSION,
];

pub(super) const MODELS: Knob = Knob {
    name: "models",
    default: "shaped",
    values: Values::OneOf(&["shaped", "listed"]),
    clause: &commands::PROPERTY_SHAPE,
    text: "which models exist: any of the documented shape, or the documented ones",
};

pub(super) const VOCABULARIES: Knob = Knob {
    name: "vocabularies",
    default: "",
    values: Values::Text,
    clause: &commands::VOCABULARY_ANY,
    text: "the known hot-word tables, separated by commas; empty for any",
};

pub(super) const VAD_HEAD_ZERO: Knob = Knob {
    name: "vad-head-zero",
    default: "60000",
    values: Values::OneOf(&["60000", "never"]),
    clause: &commands::VAD_HEAD_ZERO,
    text: "what vad_head 0 means",
};

pub(super) const FRAME_SIZE: Knob = Knob {
    name: "frame-size",
    default: "tolerate-last",
    values: Values::OneOf(&["tolerate-last", "strict", "off"]),
    clause: &stream::LAST_FRAME,
    text: "whether the limits of a binary message hold for all but the last, for all, or for none as in 2021",
};

pub(super) const OUTSIDE: Knob = Knob {
    name: "audio-outside",
    default: "ignore",
    values: Values::OneOf(&["ignore", "error"]),
    clause: &stream::OUTSIDE,
    text: "what becomes of audio before the first START of a connection",
};

pub(super) const EXCEEDED_AUDIO: Knob = Knob {
    name: "exceeded-audio",
    default: "error",
    values: Values::OneOf(&["error", "event"]),
    clause: &stream::EXCEEDED_AUDIO,
    text: "whether too much audio is an error, or the event of 2021",
};

pub(super) const MAX_AUDIO_S: Knob = Knob {
    name: "max-audio-s",
    default: "0",
    values: Values::Number(0, 18_000),
    clause: &stream::MAX_AUDIO,
    text: "how much audio a session takes; 0 for what the mode documents",
};

pub(super) const AGE_S: Knob = Knob {
    name: "age-s",
    default: "18000",
    values: Values::Number(1, 86_400),
    clause: &stream::AGE,
    text: "how long after the upgrade a connection is closed",
};

pub(super) const LIVE_SCORE: Knob = Knob {
    name: "live-score",
    default: "off",
    values: SWITCH,
    clause: &stream::INTERIM_SCORE,
    text: "whether interim results have a score of their own instead of 0.0",
};

pub(super) const FAIL_START: Knob = Knob {
    name: "fail-start",
    default: "none",
    values: Values::OneOf(&[
        "none", "SIS.0100", "SIS.0101", "SIS.0302", "SIS.0303", "SIS.0312",
    ]),
    clause: &stream::QUOTA_AT_START,
    text: "answer every START with this error",
};

pub(super) const FAIL_SESSION: Knob = Knob {
    name: "fail-session",
    default: "none",
    values: Values::OneOf(&[
        "none", "SIS.0033", "SIS.0100", "SIS.0302", "SIS.0303", "SIS.0305", "SIS.0306", "SIS.0307",
    ]),
    clause: &stream::ENGINE_CODES,
    text: "let every session fail with this error at its first audio",
};
