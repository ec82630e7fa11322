//! What can be chosen about real-time synthesis.

use super::clauses::{answer, request};
use crate::huawei::clauses::join;
use crate::huawei::knobs::SHARED;
use crate::knob::{Knob, SWITCH, Values};

/// All knobs of the endpoint.
pub(in crate::huawei) const KNOBS: &[Knob] = &JOINED;

const JOINED: [Knob; SHARED.len() + OWN.len()] = join(&[SHARED, OWN], EDITION);

const OWN: &[Knob] = &[
    EDITION,
    VOICES,
    VOICE_FORMATS,
    SUBTITLE_VOICES,
    BAD_FORMAT_CODE,
    IDLE_CODE,
    IDLE_AFTER_END,
    BINARY,
    CHUNK_MS,
    TAIL_MS,
    FAIL_START,
    FAIL_SYNTHESIS,
];

pub(super) const EDITION: Knob = Knob {
    name: "edition",
    default: "china",
    values: Values::OneOf(&["china", "international", "china-2021"]),
    clause: &request::TEXT_LIMIT_INTL,
    text: "whose page decides on text lengths, formats and mandatory members",
};

pub(super) const VOICES: Knob = Knob {
    name: "voices",
    default: "shaped",
    values: Values::OneOf(&["shaped", "listed", "any"]),
    clause: &request::VOICE_LIST_OPEN,
    text: "which voices exist: those of the vendor's shape, the documented ones, or any name",
};

pub(super) const VOICE_FORMATS: Knob = Knob {
    name: "voice-formats",
    default: "any",
    values: Values::OneOf(&["any", "tables"]),
    clause: &request::VOICE_FORMATS_REFUSED,
    text: "whether every voice takes every format, or what the tables say",
};

pub(super) const SUBTITLE_VOICES: Knob = Knob {
    name: "subtitle-voices",
    default: "error",
    values: Values::OneOf(&["error", "silent", "any"]),
    clause: &request::SUBTITLE_REFUSED,
    text: "what subtitle with a voice that does not support it brings: an error, nothing, or timestamps",
};

pub(in crate::huawei) const BAD_FORMAT_CODE: Knob = Knob {
    name: "bad-format-code",
    default: "SIS.0410",
    values: Values::OneOf(&["SIS.0410", "SIS.0032"]),
    clause: &answer::FORMAT_CODE_EXAMPLE,
    text: "the code for an audio_format that is not supported",
};

pub(in crate::huawei) const IDLE_CODE: Knob = Knob {
    name: "idle-code",
    default: "SIS.0416",
    values: Values::OneOf(&["SIS.0416", "SIS.0304"]),
    clause: &answer::IDLE_CODE,
    text: "the code for a START that does not come",
};

pub(super) const IDLE_AFTER_END: Knob = Knob {
    name: "idle-after-end",
    default: "off",
    values: SWITCH,
    clause: &answer::IDLE_AFTER_END,
    text: "whether the idle limit also strikes a client that does not close after END",
};

pub(super) const BINARY: Knob = Knob {
    name: "binary",
    default: "error",
    values: Values::OneOf(&["error", "ignore"]),
    clause: &request::BINARY,
    text: "what becomes of a binary message of the client",
};

pub(super) const CHUNK_MS: Knob = Knob {
    name: "chunk-ms",
    default: "100",
    values: Values::Number(20, 10_000),
    clause: &answer::AUDIO_SIZE,
    text: "how much sound a binary message holds",
};

pub(super) const TAIL_MS: Knob = Knob {
    name: "tail-ms",
    default: "100",
    values: Values::Number(20, 10_000),
    clause: &answer::TAIL,
    text: "how much silence follows the last syllable",
};

pub(super) const FAIL_START: Knob = Knob {
    name: "fail-start",
    default: "none",
    values: Values::OneOf(&["none", "SIS.0100", "SIS.0101", "SIS.0412", "SIS.0413"]),
    clause: &answer::ENGINE_CODES,
    text: "answer every START with this error",
};

pub(super) const FAIL_SYNTHESIS: Knob = Knob {
    name: "fail-synthesis",
    default: "none",
    values: Values::OneOf(&[
        "none", "SIS.0401", "SIS.0412", "SIS.0413", "SIS.0414", "SIS.0417",
    ]),
    clause: &answer::ENGINE_CODES,
    text: "let every synthesis fail with this error after its first audio",
};
