//! The voices, and which of them speak how much in which format.

use super::message::Format;

/// A documented voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Its name, a value of `config.property`.
    pub name: &'static str,
    /// Which page names it.
    pub family: Family,
    /// How long a text it takes.
    pub reach: Reach,
    /// Whether it supports `subtitle`.
    pub timing: Timing,
    /// The formats of its table; empty where the table has not been read.
    pub formats: &'static [Format],
}

/// Which page names a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The Chinese edition, ordinary voices.
    Standard,
    /// The Chinese edition, dearer voices.
    Premium,
    /// The international edition.
    International,
}

/// How long a text a voice takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// 500 characters.
    Short,
    /// 10 000 characters.
    Long,
}

impl Reach {
    /// The most characters of a text.
    #[must_use]
    pub const fn characters(self) -> usize {
        match self {
            Self::Short => 500,
            Self::Long => 10_000,
        }
    }
}

/// Whether a voice knows the times of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    /// It does.
    Known,
    /// It does not.
    Unknown,
}

/// The voice of a START that names none.
pub const DEFAULT: &str = "chinese_xiaoyan_common";

/// The documented voice with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Voice> {
    VOICES.iter().find(|voice| voice.name == name)
}

/// Whether a name has the shape of the vendor's voices: `chinese_xiao…_common`,
/// `chinese_huaxiao…_common`, `english_…_common`, or a `_dh_` voice.
#[must_use]
pub fn is_shaped(name: &str) -> bool {
    let (Some((language, rest)), Some((_, kind))) = (name.split_once('_'), name.rsplit_once('_'))
    else {
        return false;
    };
    let Some(middle) = rest
        .strip_suffix(kind)
        .and_then(|middle| middle.strip_suffix('_'))
    else {
        return false;
    };
    let is_name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase());
    match (language, kind) {
        ("chinese", "common") => {
            let short = middle.strip_prefix("hua").unwrap_or(middle);
            short.strip_prefix("xiao").is_some_and(is_name)
        }
        ("english", "common") => is_name(middle),
        (_, "male" | "female") => is_name(language) && middle == "dh",
        _ => false,
    }
}

/// The documented voices.
pub const VOICES: &[Voice] = &[
    standard("chinese_xiaoqi_common"),
    standard("chinese_xiaoyu_common"),
    standard("chinese_xiaoyan_common"),
    standard("chinese_xiaowang_common"),
    premium("chinese_huaxiaomei_common", Reach::Long, Timing::Known).of(PCM_AND_MP3),
    premium("chinese_huaxiaofei_common", Reach::Long, Timing::Known).of(PCM_AND_MP3),
    premium("chinese_huaxiaoru_common", Reach::Short, Timing::Unknown),
    premium("chinese_huaxiaohan_common", Reach::Short, Timing::Unknown),
    premium("chinese_huaxiaorui_common", Reach::Long, Timing::Unknown),
    premium("chinese_huaxiaolong_common", Reach::Long, Timing::Unknown),
    premium("chinese_huaxiaozhen_common", Reach::Short, Timing::Unknown),
    premium("chinese_huaxiaohe_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaoye_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaoxue_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaojiao_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaohui_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaokang_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaokun_common", Reach::Long, Timing::Known),
    premium("chinese_huaxiaoquan_common", Reach::Long, Timing::Known),
    premium("english_amy_common", Reach::Long, Timing::Unknown),
    premium("english_alvin_common", Reach::Long, Timing::Unknown),
    international("arabic_dh_male"),
    international("arabic_dh_female"),
    international("english_dh_male"),
    international("english_dh_female"),
];

const PCM_AND_MP3: &[Format] = &[Format::Pcm, Format::Mp3];

impl Voice {
    const fn of(mut self, formats: &'static [Format]) -> Self {
        self.formats = formats;
        self
    }
}

const fn standard(name: &'static str) -> Voice {
    Voice {
        name,
        family: Family::Standard,
        reach: Reach::Short,
        timing: Timing::Unknown,
        formats: &[Format::Pcm, Format::Alaw, Format::Ulaw],
    }
}

const fn premium(name: &'static str, reach: Reach, timing: Timing) -> Voice {
    Voice {
        name,
        family: Family::Premium,
        reach,
        timing,
        formats: &[],
    }
}

const fn international(name: &'static str) -> Voice {
    Voice {
        name,
        family: Family::International,
        reach: Reach::Long,
        timing: Timing::Known,
        formats: &[Format::Pcm],
    }
}
