//! Clauses about audio formats.

use super::sources::{FORMATS, GO, LIMITS, LIVE_RATE, READING, RELEASES, THIRD_PARTY, WEBSOCKETS};
use crate::clause::Clause;
use crate::clause::Level::{Assumed, Must, Observed, SdkRelied};

/// The clauses of this file.
pub(super) const ALL: &[&Clause] = &[
    &UNSUPPORTED_MIMETYPE,
    &MIMETYPE_LIST,
    &MIMETYPE_BLANKS,
    &ACCEPT_SYNTAX,
    &ACCEPT_LENIENT,
    &ANY_FORMAT,
    &CONTENT_TYPE,
    &CONTENT_TYPE_ECHO,
    &RATE_NEEDED,
    &RATE_MISSING,
    &RATE_RANGE,
    &RATE_REFUSED,
    &OPUS_RATES,
    &OPUS_OUTPUT,
    &DEFAULT_RATE,
    &NATURAL_RATE,
    &BASIC,
    &WEBM_OPUS,
    &L16,
    &ENDIANNESS,
    &VORBIS,
    &NOT_ENCODED,
    &VORBIS_RATE,
    &WAV_SIZES,
    &WAV_HEADER,
    &MONO,
    &JAPANESE_TIMINGS,
    &MEREL,
];

pub(crate) const UNSUPPORTED_MIMETYPE: Clause = Clause::new(
    "IBT-KJR5",
    Must,
    WEBSOCKETS,
    "An unsupported accept: Unsupported mimetype. Supported mimetypes are: and a list in Python's notation that begins with 'application/json', 'audio/flac'.",
);

pub(crate) const MIMETYPE_LIST: Clause = Clause::new(
    "IBT-RZKP",
    Assumed,
    READING,
    "The pages leave the rest of the list out; the documented formats stand there.",
);

pub(crate) const MIMETYPE_BLANKS: Clause = Clause::new(
    "IBT-OAKL",
    Assumed,
    WEBSOCKETS,
    "Pages up to 2018 have two blanks after the first sentence, later ones have one; the knob mimetype-blanks chooses.",
);

pub(crate) const ACCEPT_SYNTAX: Clause = Clause::new(
    "IBT-ASJR",
    Observed,
    THIRD_PARTY,
    "Parameters are separated by semicolons; blanks after them are in use, as in audio/l16; rate=16000.",
);

pub(crate) const ACCEPT_LENIENT: Clause = Clause::new(
    "IBT-OYNT",
    Assumed,
    READING,
    "Names are compared without regard to case, values may be quoted, an empty parameter but a rate is nothing, an unknown one changes nothing.",
);

pub(crate) const ANY_FORMAT: Clause = Clause::new(
    "IBT-O7WR",
    Must,
    WEBSOCKETS,
    "*/* is audio/ogg;codecs=opus.",
);

pub(crate) const CONTENT_TYPE: Clause = Clause::new(
    "IBT-CQ2D",
    SdkRelied,
    GO,
    "content_type is the service's own name: audio/mp3 is confirmed as audio/mpeg.",
);

pub(crate) const CONTENT_TYPE_ECHO: Clause = Clause::new(
    "IBT-CHE7",
    Assumed,
    READING,
    "Other formats are confirmed as they were asked for.",
);

pub(crate) const RATE_NEEDED: Clause = Clause::new(
    "IBT-CHUL",
    Must,
    FORMATS,
    "audio/l16, audio/alaw and audio/mulaw need a rate.",
);

pub(crate) const RATE_MISSING: Clause = Clause::new(
    "IBT-5X7C",
    Observed,
    LIVE_RATE,
    "Without it: rate parameter missing in mimetype audio/l16 (captured over HTTP).",
);

pub(crate) const RATE_RANGE: Clause = Clause::new(
    "IBT-PN3H",
    Must,
    FORMATS,
    "A rate lies between 8000 and 192000 Hz.",
)
.gap("held but for MP3, which has nine rates from 8000 to 48000 Hz: another one is refused as an unsupported format");

pub(crate) const RATE_REFUSED: Clause = Clause::new(
    "IBT-A56S",
    Assumed,
    READING,
    "Another rate: error and 1011, or the default rate by the knob bad-rate.",
);

pub(crate) const OPUS_RATES: Clause = Clause::new(
    "IBT-FPQS",
    Must,
    FORMATS,
    "Opus takes 48000, 24000, 16000, 12000 and 8000 Hz; another rate is an error.",
);

pub(crate) const OPUS_OUTPUT: Clause = Clause::new(
    "IBT-NDUA",
    Must,
    LIMITS,
    "Opus in Ogg is 48 kHz whatever is asked for.",
);

pub(crate) const DEFAULT_RATE: Clause = Clause::new(
    "IBT-TG2A",
    Must,
    FORMATS,
    "flac, mp3 and wav are 22050 Hz without a rate.",
);

pub(crate) const NATURAL_RATE: Clause = Clause::new(
    "IBT-5ATN",
    Must,
    FORMATS,
    "With natural voices they are 24000 Hz.",
);

pub(crate) const BASIC: Clause = Clause::new(
    "IBT-RJUX",
    Must,
    FORMATS,
    "audio/basic is µ-law at 8000 Hz, always.",
);

pub(crate) const WEBM_OPUS: Clause = Clause::new(
    "IBT-7V2D",
    Must,
    FORMATS,
    "audio/webm is Opus at 48000 Hz, always.",
);

pub(crate) const L16: Clause = Clause::new(
    "IBT-62ZZ",
    Must,
    FORMATS,
    "audio/l16 is raw PCM, little-endian unless endianness says big-endian.",
);

pub(crate) const ENDIANNESS: Clause = Clause::new(
    "IBT-523Q",
    Assumed,
    READING,
    "Another endianness: error and 1011.",
);

pub(crate) const VORBIS: Clause = Clause::new(
    "IBT-BZMH", Must, FORMATS,
    "audio/ogg, audio/ogg;codecs=vorbis and audio/webm;codecs=vorbis are Vorbis.",
)
.gap("there is no Vorbis encoder here: refused as an unsupported format, never sent as something else; the Java SDK's integration test, which asks for audio/ogg, needs the knob bare-ogg=opus");

pub(crate) const NOT_ENCODED: Clause = Clause::new(
    "IBT-MNDZ",
    Assumed,
    READING,
    "What cannot be encoded honestly is refused as an unsupported format.",
);

pub(crate) const VORBIS_RATE: Clause = Clause::new(
    "IBT-WF6Z",
    Assumed,
    FORMATS,
    "Vorbis is 22050 Hz without a rate by the page, 48000 Hz by the SDKs.",
)
.gap("Vorbis is not encoded");

pub(crate) const WAV_SIZES: Clause = Clause::new(
    "IBT-PPEO",
    Must,
    FORMATS,
    "The WAV header does not know the length: its sample count is 0.",
)
.gap("the sizes are the encoder's choice; clients have to cope with both");

pub(crate) const WAV_HEADER: Clause = Clause::new(
    "IBT-WNH5",
    SdkRelied,
    THIRD_PARTY,
    "The WAV header has 44 bytes.",
);

pub(crate) const MONO: Clause = Clause::new(
    "IBT-LSV3",
    Must,
    FORMATS,
    "Audio is mono; synthesis works at 22050 Hz.",
)
.gap("the synthetic sound is made at the rate asked for");

pub(crate) const JAPANESE_TIMINGS: Clause = Clause::new(
    "IBT-EXLU",
    Must,
    WEBSOCKETS,
    "timings is not supported for Japanese: no words are announced.",
);

pub(crate) const MEREL: Clause = Clause::new(
    "IBT-ZY7A",
    Must,
    RELEASES,
    "nl-NL_MerelV3Voice came without marks and timings.",
);
