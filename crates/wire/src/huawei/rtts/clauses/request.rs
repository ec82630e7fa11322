//! Clauses about what the client asks for.

use crate::clause::{Clause, Level, Source};
use crate::huawei::clauses::sources::{CLIENTS, PYSDK, READING, RTTS_START};

/// The request of real-time synthesis.
pub(in crate::huawei) const REGISTER: &[&Clause] = &[
    &START,
    &COMMAND,
    &OTHER_COMMANDS,
    &BINARY,
    &TEXT,
    &TEXT_LIMIT,
    &TEXT_LIMIT_INTL,
    &TEXT_LIMIT_2021,
    &TEXT_UNIT,
    &LONG_VOICES,
    &CONFIG,
    &AUDIO_FORMAT,
    &AUDIO_FORMAT_INTL,
    &AUDIO_FORMAT_2021,
    &HEADERLESS,
    &SAMPLE_RATE,
    &SAMPLE_RATE_NUMBER,
    &PROPERTY,
    &PROPERTY_INTL,
    &SPEED,
    &SPEED_SCALE,
    &PITCH,
    &VOLUME,
    &PROSODY_INTL,
    &SUBTITLE,
    &SUBTITLE_VOICES,
    &SUBTITLE_REFUSED,
    &SDK_KEYS,
    &STANDARD_VOICES,
    &PREMIUM_VOICES,
    &INTERNATIONAL_VOICES,
    &VOICE_FORMATS,
    &VOICE_FORMATS_REFUSED,
    &VOICES_2021,
    &VOICE_LIST_OPEN,
    &REST_VOICES,
];

pub(in crate::huawei) const START: Clause = Clause::new(
    "HTS-UUBX",
    Level::Must,
    RTTS_START,
    "The client's one command is START with text and config.",
);

pub(in crate::huawei) const COMMAND: Clause = Clause::new(
    "HTS-QXYX",
    Level::Must,
    RTTS_START,
    "command is mandatory and START.",
);

pub(in crate::huawei) const OTHER_COMMANDS: Clause = Clause::new(
    "HTS-ZMTL",
    Level::Assumed,
    READING,
    "There is no END command. Any other command, or none, is answered ERROR SIS.0415 and the \
     connection stays open.",
);

pub(in crate::huawei) const BINARY: Clause = Clause::new(
    "HTS-3TR7",
    Level::Assumed,
    READING,
    "A binary message of the client has no meaning; it is answered ERROR SIS.0032 and the \
     connection stays open.",
);

pub(in crate::huawei) const TEXT: Clause = Clause::new(
    "HTS-A25M",
    Level::Must,
    RTTS_START,
    "text is a mandatory string.",
);

pub(in crate::huawei) const TEXT_LIMIT: Clause = Clause::new(
    "HTS-OK33",
    Level::Must,
    RTTS_START,
    "text has at most 10 000 characters for the long voices and at most 500 for all others; \
     exactly so many are taken.",
);

pub(in crate::huawei) const TEXT_LIMIT_INTL: Clause = Clause::new(
    "HTS-VTLX",
    Level::Must,
    RTTS_INTL,
    "In the international edition text has at most 10 000 characters for every voice.",
);

pub(in crate::huawei) const TEXT_LIMIT_2021: Clause = Clause::new(
    "HTS-ZVF4",
    Level::Must,
    RTTS_2021,
    "In 2021 text had fewer than 500 characters.",
);

pub(in crate::huawei) const TEXT_UNIT: Clause = Clause::new(
    "HTS-36XE",
    Level::Must,
    REST_TTS,
    "One Chinese character, letter or punctuation mark is one character; we count Unicode code \
     points.",
);

pub(in crate::huawei) const LONG_VOICES: Clause = Clause::new(
    "HTS-BNP4",
    Level::Must,
    RTTS_START,
    "The long voices are \
     chinese_huaxiao{mei,fei,long,rui,he,ye,xue,jiao,hui,kang,kun,quan}_common, \
     english_amy_common and english_alvin_common.",
);

pub(in crate::huawei) const CONFIG: Clause = Clause::new(
    "HTS-MQEC",
    Level::Must,
    RTTS_START,
    "config is an object and may be left out.",
);

pub(in crate::huawei) const AUDIO_FORMAT: Clause = Clause::new(
    "HTS-67NQ",
    Level::Must,
    RTTS_START,
    "config.audio_format is pcm, alaw, ulaw or mp3, by default pcm.",
);

pub(in crate::huawei) const AUDIO_FORMAT_INTL: Clause = Clause::new(
    "HTS-OGQN",
    Level::Must,
    RTTS_INTL,
    "In the international edition config.audio_format is pcm.",
);

pub(in crate::huawei) const AUDIO_FORMAT_2021: Clause = Clause::new(
    "HTS-C63S",
    Level::Must,
    RTTS_2021,
    "In 2021 config.audio_format was pcm, alaw or ulaw.",
);

pub(in crate::huawei) const HEADERLESS: Clause = Clause::new(
    "HTS-WV7P",
    Level::Must,
    RTTS_START,
    "pcm, alaw and ulaw are sent without any header.",
);

pub(in crate::huawei) const SAMPLE_RATE: Clause = Clause::new(
    "HTS-PMRH",
    Level::Must,
    RTTS_START,
    "config.sample_rate is the string 8000 or 16000, by default 8000.",
);

pub(in crate::huawei) const SAMPLE_RATE_NUMBER: Clause = Clause::new(
    "HTS-TTEI",
    Level::Assumed,
    READING,
    "config.sample_rate is taken as a number, too.",
);

pub(in crate::huawei) const PROPERTY: Clause = Clause::new(
    "HTS-6LMU",
    Level::Must,
    RTTS_START,
    "config.property names the voice, by default chinese_xiaoyan_common.",
);

pub(in crate::huawei) const PROPERTY_INTL: Clause = Clause::new(
    "HTS-3J4E",
    Level::Must,
    RTTS_INTL,
    "In the international edition config.property is mandatory.",
);

pub(in crate::huawei) const SPEED: Clause = Clause::new(
    "HTS-YKAS",
    Level::Must,
    RTTS_START,
    "config.speed is an integer from -500 to 500, by default 0.",
);

pub(in crate::huawei) const SPEED_SCALE: Clause = Clause::new(
    "HTS-OTJV",
    Level::Assumed,
    REST_TTS,
    "Speed 0 is about 250 Chinese characters a minute. We take 500 for twice as fast, -500 for \
     half as fast, and what lies between in a straight line on either side of 0; pitch in the \
     same way.",
);

pub(in crate::huawei) const PITCH: Clause = Clause::new(
    "HTS-PADH",
    Level::Must,
    RTTS_START,
    "config.pitch is an integer from -500 to 500, by default 0.",
);

pub(in crate::huawei) const VOLUME: Clause = Clause::new(
    "HTS-VYHR",
    Level::Must,
    RTTS_START,
    "config.volume is an integer from 0 to 100, by default 50.",
);

pub(in crate::huawei) const PROSODY_INTL: Clause = Clause::new(
    "HTS-T7IW",
    Level::May,
    RTTS_INTL,
    "The international table of 2025 lists no speed, pitch and volume; they are taken all the \
     same.",
);

pub(in crate::huawei) const SUBTITLE: Clause = Clause::new(
    "HTS-YQXQ",
    Level::Must,
    RTTS_START,
    "config.subtitle is word_level or phoneme_level; without it there are no timestamps.",
);

pub(in crate::huawei) const SUBTITLE_VOICES: Clause = Clause::new(
    "HTS-PWR2",
    Level::Must,
    RTTS_START,
    "Ten voices support subtitle: \
     chinese_huaxiao{mei,fei,he,ye,xue,jiao,hui,kang,kun,quan}_common. The international \
     edition names no restriction.",
);

pub(in crate::huawei) const SUBTITLE_REFUSED: Clause = Clause::new(
    "HTS-BZRY",
    Level::Assumed,
    READING,
    "Whether subtitle with another voice is an error or silently none is not stated; it is \
     SIS.0415 unless chosen otherwise.",
);

pub(in crate::huawei) const SDK_KEYS: Clause = Clause::new(
    "HTS-FTM4",
    Level::SdkRelied,
    PYSDK,
    "The official Python client always sends speed, pitch, audio_format, sample_rate, property \
     and volume.",
);

pub(in crate::huawei) const STANDARD_VOICES: Clause = Clause::new(
    "HTS-4NMV",
    Level::Must,
    RTTS_START,
    "The standard voices are chinese_{xiaoqi,xiaoyu,xiaoyan,xiaowang}_common.",
);

pub(in crate::huawei) const PREMIUM_VOICES: Clause = Clause::new(
    "HTS-BJT6",
    Level::Observed,
    CLIENTS,
    "The premium voices are \
     chinese_huaxiao{mei,fei,ru,han,rui,long,zhen,he,ye,xue,jiao,hui,kang,kun,quan}_common, \
     english_amy_common and english_alvin_common, as the test of an independent client copies \
     them from the page.",
);

pub(in crate::huawei) const INTERNATIONAL_VOICES: Clause = Clause::new(
    "HTS-JSI5",
    Level::Must,
    RTTS_INTL,
    "The international voices are arabic_dh_male, arabic_dh_female, english_dh_male and \
     english_dh_female, at 8 and 16 kHz, pcm.",
);

pub(in crate::huawei) const VOICE_FORMATS: Clause = Clause::new(
    "HTS-PQJT",
    Level::Must,
    RTTS_START,
    "The standard voices take pcm, alaw and ulaw but not mp3; huaxiaomei and huaxiaofei take \
     pcm and mp3 but neither alaw nor ulaw.",
);

pub(in crate::huawei) const VOICE_FORMATS_REFUSED: Clause = Clause::new(
    "HTS-RZ4B",
    Level::Assumed,
    READING,
    "What the server says to a pair of voice and format outside the tables is not stated: it \
     is taken, or refused with SIS.0410 if chosen so.",
);

pub(in crate::huawei) const VOICES_2021: Clause = Clause::new(
    "HTS-4G5V",
    Level::May,
    RTTS_2021,
    "From 2021 to 2024 huaxiaomei and huaxiaofei spoke pcm only, and huaxiaolong and \
     huaxiaorui 16 kHz only.",
)
.gap("the current tables say otherwise or have not been read in full");

pub(in crate::huawei) const VOICE_LIST_OPEN: Clause = Clause::new(
    "HTS-VBKR",
    Level::Assumed,
    READING,
    "The tables of voices have not been read to their end, so an unlisted name of the vendor's \
     shape is taken unless chosen otherwise.",
);

pub(in crate::huawei) const REST_VOICES: Clause = Clause::new(
    "HTS-7LYG",
    Level::May,
    REST_TTS,
    "REST synthesis has more than 30 further voices; with listed voices only, they are refused \
     here.",
);

const RTTS_INTL: Source = Source {
    page: "sis_03_0115, international edition",
    read: "2025-12",
};
const RTTS_2021: Source = Source {
    page: "docs-2021, start request of real-time TTS",
    read: "2021-10-12",
};
const REST_TTS: Source = Source {
    page: "sis_03_0111, REST text to speech",
    read: "2026-02-03",
};
