//! `VTB`, first part: the request and its members.

use super::{CLIENTS, D_BIG, D_V1, DEMO, OURS, SEED};
use crate::clause::{Clause, Level};

/// Every clause of this file.
pub const ALL: &[&Clause] = &[
    &FRAME,
    &PACKING,
    &JSON,
    &REPEATED,
    &UNKNOWN,
    &LENIENT,
    &INTEGER_TEXT,
    &NULL,
    &APP,
    &APPID,
    &TOKEN,
    &CLUSTER,
    &UID,
    &VOICE,
    &ENCODING,
    &UNENCODABLE,
    &RATE,
    &COMPRESSION_RATE,
    &BITRATE,
    &SPEED,
    &VOLUME,
    &LOUDNESS,
    &PITCH,
    &EMOTION,
    &EMOTION_NULL,
    &EMOTION_SCALE,
    &LANGUAGE,
    &EXPLICIT_LANGUAGE,
    &REQID,
    &TEXT,
    &TEXT_MISSING,
    &TEXT_LIMIT,
    &TEXT_CLONES,
    &SPEAKABLE,
    &VOICE_LANGUAGE,
    &MODEL,
    &TEXT_TYPE,
    &SSML,
    &OPERATION,
    &SILENCE,
    &SILENCE_BIG,
    &WITH_FRONTEND,
    &WITH_TIMESTAMP,
    &SPLIT_SENTENCE,
    &PURE_ENGLISH,
    &EXTRA_PARAM,
    &EXTRA_MEMBERS,
    &BYTEPLUS,
];

/// The frame of a request.
pub const FRAME: Clause = Clause::new(
    "VTB-4G22",
    Level::Must,
    D_BIG,
    "a request, submit or query, is a full client request with header size 1, flags 0 and serialization JSON",
);
/// Its compression.
pub const PACKING: Clause = Clause::new(
    "VTB-WXKA",
    Level::Must,
    SEED,
    "the request's JSON may be gzip'd or not",
);
/// Its payload.
pub const JSON: Clause = Clause::new(
    "VTB-FPTU",
    Level::Must,
    D_V1,
    "the payload is a JSON object in UTF-8 with the objects app, user, audio and request",
);
/// Members that stand twice.
pub const REPEATED: Clause = Clause::new(
    "VTB-H7PV",
    Level::Assumed,
    OURS,
    "a member stands once in its object; of repeated ones the last counts",
);
/// Members that nobody knows.
pub const UNKNOWN: Clause = Clause::new(
    "VTB-EH5W",
    Level::May,
    CLIENTS,
    "unknown members are ignored: working clients send audio.bits, audio.channel and audio.sample_rate",
);
/// Numbers as strings.
pub const LENIENT: Clause = Clause::new(
    "VTB-TNZG",
    Level::SdkRelied,
    DEMO,
    "the switches silence_duration, with_frontend, with_timestamp, split_sentence and pure_english_opt arrive as numbers or as strings; the official demos send \"125\" and \"1\"",
);
/// Integers as strings.
pub const INTEGER_TEXT: Clause = Clause::new(
    "VTB-N6TQ",
    Level::Assumed,
    OURS,
    "the integers rate, bitrate and compression_rate are served and noted when they arrive as strings, since the switches may",
);
/// `null` is no value.
pub const NULL: Clause = Clause::new(
    "VTB-JADN",
    Level::Assumed,
    OURS,
    "a member that is null has the wrong type, optional or not, as is known of audio.emotion",
);
/// The object app.
pub const APP: Clause = Clause::new(
    "VTB-ZSZB",
    Level::Must,
    D_V1,
    "app, user, audio and request are objects and required",
);
/// The application.
pub const APPID: Clause = Clause::new(
    "VTB-H3NQ",
    Level::Must,
    D_V1,
    "app.appid is a required string",
);
/// The second token.
pub const TOKEN: Clause = Clause::new(
    "VTB-7JSU",
    Level::Must,
    D_V1,
    "app.token is a required string and only a placeholder: anything but empty will do, the credential is the header's",
);
/// The cluster.
pub const CLUSTER: Clause = Clause::new(
    "VTB-BPLU",
    Level::Must,
    D_V1,
    "app.cluster is a required string: volcano_tts, for clones volcano_icl; one client uses volcano_mega. Others are noted and served",
);
/// The user.
pub const UID: Clause = Clause::new(
    "VTB-UKLZ",
    Level::Must,
    D_V1,
    "user.uid is a required string, anything but empty",
);
/// The voice.
pub const VOICE: Clause = Clause::new(
    "VTB-5E5R",
    Level::Must,
    D_V1,
    "audio.voice_type is a required string",
);
/// The encoding.
pub const ENCODING: Clause = Clause::new(
    "VTB-DK32",
    Level::Must,
    D_V1,
    "audio.encoding is wav, pcm, ogg_opus or mp3; pcm if absent",
);
/// What cannot be encoded.
pub const UNENCODABLE: Clause = Clause::new(
    "VTB-XKQY",
    Level::Assumed,
    OURS,
    "an encoding that cannot be made at the asked rate is refused like an unknown one",
);
/// The sample rate.
pub const RATE: Clause = Clause::new(
    "VTB-XVEV",
    Level::Must,
    D_V1,
    "audio.rate is 8000, 16000 or 24000; 24000 if absent",
);
/// The compression of opus.
pub const COMPRESSION_RATE: Clause = Clause::new(
    "VTB-JH3L",
    Level::Must,
    D_V1,
    "audio.compression_rate is an integer from 1 to 20, 1 if absent, for opus only",
)
.gap("its value is checked and has no effect on the sound: what it does to the stream is not described");
/// The bit rate of mp3.
pub const BITRATE: Clause = Clause::new(
    "VTB-APA3",
    Level::Must,
    D_BIG,
    "audio.bitrate is an integer in kbit/s, 160 if absent, for mp3 only",
);
/// The speed.
pub const SPEED: Clause = Clause::new(
    "VTB-H6JP",
    Level::Must,
    D_V1,
    "audio.speed_ratio is a number, 1.0 if absent: 0.2 to 3, for big-model voices 0.8 to 2, in a later text 0.1 to 2; what no text allows is refused",
);
/// The volume.
pub const VOLUME: Clause = Clause::new(
    "VTB-KQP7",
    Level::Must,
    D_V1,
    "audio.volume_ratio is a number from 0.1 to 3, 1.0 if absent",
);
/// The loudness.
pub const LOUDNESS: Clause = Clause::new(
    "VTB-LAYO",
    Level::Must,
    D_BIG,
    "audio.loudness_ratio is a number from 0.5 to 2, 1.0 if absent",
);
/// The pitch.
pub const PITCH: Clause = Clause::new(
    "VTB-Z76Q",
    Level::Must,
    D_V1,
    "audio.pitch_ratio is a number from 0.1 to 3, 1.0 if absent; big-model voices do not support it",
);
/// The emotion.
pub const EMOTION: Clause = Clause::new(
    "VTB-P76Z",
    Level::May,
    D_V1,
    "audio.emotion is a string that depends on the voice, and may be empty; big-model voices need audio.enable_emotion",
)
.gap("its type is checked and its value has no effect: our voices have no emotions");
/// `null` is an emotion too many.
pub const EMOTION_NULL: Clause = Clause::new(
    "VTB-DUOS",
    Level::Observed,
    CLIENTS,
    "audio.emotion null is answered with an error, an empty string is fine",
);
/// How much of it.
pub const EMOTION_SCALE: Clause = Clause::new(
    "VTB-VCSB",
    Level::May,
    D_BIG,
    "audio.emotion_scale is a number from 1 to 5, 4 if absent; audio.enable_emotion is a boolean, false if absent",
);
/// The language.
pub const LANGUAGE: Clause = Clause::new(
    "VTB-G6KX",
    Level::May,
    D_V1,
    "audio.language is a string that depends on the voice, such as cn",
);
/// The language of big-model voices.
pub const EXPLICIT_LANGUAGE: Clause = Clause::new(
    "VTB-FAEX",
    Level::May,
    D_BIG,
    "audio.explicit_language is crosslingual, zh (later zh-cn), en, ja, es-mx, id, pt-br, de or fr; audio.context_language is id, es or pt. Others are noted and served",
);
/// The id of the request.
pub const REQID: Clause = Clause::new(
    "VTB-IY2F",
    Level::Must,
    D_V1,
    "request.reqid is a required string, new for every request; a version 4 UUID is advised",
);
/// The text.
pub const TEXT: Clause = Clause::new(
    "VTB-AUHQ",
    Level::Must,
    D_V1,
    "request.text is a required string; an empty one is 3011",
);
/// No text at all.
pub const TEXT_MISSING: Clause = Clause::new(
    "VTB-HMI5",
    Level::Assumed,
    OURS,
    "a missing request.text is 3001; 3011 would be as plausible",
);
/// Its length.
pub const TEXT_LIMIT: Clause = Clause::new(
    "VTB-2FXC",
    Level::Must,
    D_V1,
    "request.text has at most 1024 bytes of UTF-8, else 3010; fewer than 300 characters are advised",
);
/// Clones have no limit.
pub const TEXT_CLONES: Clause = Clause::new(
    "VTB-RXOB",
    Level::May,
    D_BIG,
    "the text of a clone (voice S_…, cluster volcano_icl) is not limited; here a synthesis is, by the time that it would take to hear",
);
/// Something to say.
pub const SPEAKABLE: Clause = Clause::new(
    "VTB-AELF",
    Level::Must,
    D_V1,
    "a text of punctuation or emoji alone is invalid, 3011",
);
/// The wrong language.
pub const VOICE_LANGUAGE: Clause = Clause::new(
    "VTB-QGTF",
    Level::Must,
    D_V1,
    "a text in a language that the voice does not speak is invalid, 3011",
)
.gap("our voices speak everything");
/// The model.
pub const MODEL: Clause = Clause::new(
    "VTB-ZNL2",
    Level::May,
    D_BIG,
    "request.model is a string, seed-tts-1.1. Others are noted and served",
);
/// Text or markup.
pub const TEXT_TYPE: Clause = Clause::new(
    "VTB-SBHR",
    Level::May,
    D_V1,
    "request.text_type is plain or ssml, plain if absent; a working gateway sends it empty",
);
/// Markup.
pub const SSML: Clause = Clause::new(
    "VTB-QG7Y",
    Level::Assumed,
    OURS,
    "SSML is XML; tags are stripped, break is a pause, sub is read as its alias. An ill-formed one is 3001",
);
/// The operation.
pub const OPERATION: Clause = Clause::new(
    "VTB-56TU",
    Level::Must,
    D_V1,
    "request.operation is required: submit for a stream, query for one answer; anything else is 3001",
);
/// Silence at the end.
pub const SILENCE: Clause = Clause::new(
    "VTB-CPJ7",
    Level::May,
    D_V1,
    "request.silence_duration is the silence after the sound in ms, a number or a string, 125 if absent, 0 to 30000",
);
/// Silence of big-model voices.
pub const SILENCE_BIG: Clause = Clause::new(
    "VTB-JHKK",
    Level::May,
    D_BIG,
    "for big-model voices silence_duration needs request.enable_trailing_silence_audio true, else it has no effect",
);
/// Phoneme times.
pub const WITH_FRONTEND: Clause = Clause::new(
    "VTB-POEJ",
    Level::May,
    D_V1,
    "request.with_frontend 1 with request.frontend_type unitTson asks for the times of phonemes and words",
);
/// Word times.
pub const WITH_TIMESTAMP: Clause = Clause::new(
    "VTB-55JF",
    Level::May,
    D_BIG,
    "request.with_timestamp 1 asks for the times of words",
);
/// Sentence by sentence.
pub const SPLIT_SENTENCE: Clause = Clause::new(
    "VTB-JYSF",
    Level::May,
    D_BIG,
    "request.split_sentence 1 has a text made sentence by sentence; the times may then come several times",
);
/// English.
pub const PURE_ENGLISH: Clause = Clause::new(
    "VTB-EQ3K",
    Level::May,
    D_V1,
    "request.pure_english_opt 1 is for texts in English alone",
)
.gap("its type is checked and it has no effect: our voices speak everything alike");
/// More parameters.
pub const EXTRA_PARAM: Clause = Clause::new(
    "VTB-KAF5",
    Level::May,
    D_BIG,
    "request.extra_param is a string that holds a JSON object: disable_markdown_filter, disable_emoji_filter, enable_latex_tn, mute_cut_threshold, mute_cut_remain_ms, unsupported_char_ratio_thresh, cache_config, aigc_watermark",
);
/// What they do.
pub const EXTRA_MEMBERS: Clause = Clause::new(
    "VTB-EHPY",
    Level::May,
    D_BIG,
    "the members of extra_param filter the text, cut silence, cache the audio or mark it",
)
.gap("they are read and noted, and have no effect: nothing is filtered, cached or marked here");
/// Another dialect.
pub const BYTEPLUS: Clause = Clause::new(
    "VTB-3MMG",
    Level::May,
    CLIENTS,
    "an older variant of BytePlus has integers for speed, volume and pitch, and bits 16",
)
.gap("that variant is another service; its members are unknown here and ignored");
