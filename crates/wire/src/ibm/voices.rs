//! The voices: what they are called, and what sets their kinds apart.

/// A voice that speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Its name today, `en-US_MichaelV3Voice`.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
}

/// The technology of a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Natural: no marks, no prosody.
    Natural,
    /// Expressive neural: styles and emphasis, prosody in percent.
    Expressive,
    /// Enhanced neural.
    Enhanced,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// A voice of today.
    Current(Voice),
    /// A voice that is called by a former name.
    Former(Voice),
    /// No voice.
    Unknown,
}

impl Voice {
    /// The language of the voice, `en-US`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.name.split('_').next().unwrap_or_default()
    }

    /// Whether the service announces marks for the voice.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        self.kind != Kind::Natural && self.name != MEREL
    }

    /// Whether the voice takes notice of `prosody`.
    #[must_use]
    pub fn has_prosody(&self) -> bool {
        self.kind != Kind::Natural
    }

    /// Whether the service announces words for the voice.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.language() != "ja-JP" && self.name != MEREL
    }

    /// The voice that a name stands for, of the documented ones and `further` (separated by commas).
    #[must_use]
    pub fn named(name: &str, further: &str) -> Named {
        let is_further = further
            .split(',')
            .map(str::trim)
            .any(|other| !other.is_empty() && other == name);
        if is_further || CURRENT.contains(&name) {
            return Named::Current(Self::new(name));
        }
        match name.strip_suffix("Voice") {
            Some(stem) if FORMER.contains(&stem) => {
                Named::Former(Self::new(&format!("{stem}V3Voice")))
            }
            _ => Named::Unknown,
        }
    }

    /// Every voice of today.
    pub fn all() -> impl Iterator<Item = Self> {
        CURRENT.iter().map(|name| Self::new(name))
    }

    fn new(name: &str) -> Self {
        let kind = if name.ends_with("Natural") {
            Kind::Natural
        } else if name.ends_with("Expressive") {
            Kind::Expressive
        } else {
            Kind::Enhanced
        };
        Self {
            name: name.to_owned(),
            kind,
        }
    }
}

/// The voice that was launched without marks and timings.
const MEREL: &str = "nl-NL_MerelV3Voice";

/// The 47 documented voices, and one that only the SDKs list (`en-GB_JamesV3Voice`).
const CURRENT: [&str; 48] = [
    "en-AU_HeidiNatural",
    "en-AU_JackNatural",
    "en-CA_HannahNatural",
    "en-GB_ChloeNatural",
    "en-GB_GeorgeNatural",
    "en-US_EllieNatural",
    "en-US_EmmaNatural",
    "en-US_EthanNatural",
    "en-US_JacksonNatural",
    "en-US_VictoriaNatural",
    "pt-BR_LucasNatural",
    "pt-BR_CamilaNatural",
    "es-LA_AlejandroNatural",
    "es-LA_DanielaNatural",
    "en-AU_HeidiExpressive",
    "en-AU_JackExpressive",
    "en-US_AllisonExpressive",
    "en-US_EmmaExpressive",
    "en-US_LisaExpressive",
    "en-US_MichaelExpressive",
    "en-GB_GeorgeExpressive",
    "pt-BR_LucasExpressive",
    "es-LA_DanielaExpressive",
    "nl-NL_MerelV3Voice",
    "en-GB_CharlotteV3Voice",
    "en-GB_JamesV3Voice",
    "en-GB_KateV3Voice",
    "en-US_AllisonV3Voice",
    "en-US_EmilyV3Voice",
    "en-US_HenryV3Voice",
    "en-US_KevinV3Voice",
    "en-US_LisaV3Voice",
    "en-US_MichaelV3Voice",
    "en-US_OliviaV3Voice",
    "fr-CA_LouiseV3Voice",
    "fr-FR_NicolasV3Voice",
    "fr-FR_ReneeV3Voice",
    "de-DE_BirgitV3Voice",
    "de-DE_DieterV3Voice",
    "de-DE_ErikaV3Voice",
    "it-IT_FrancescaV3Voice",
    "ja-JP_EmiV3Voice",
    "ko-KR_JinV3Voice",
    "pt-BR_IsabelaV3Voice",
    "es-ES_EnriqueV3Voice",
    "es-ES_LauraV3Voice",
    "es-LA_SofiaV3Voice",
    "es-US_SofiaV3Voice",
];

/// The former names that still mean a voice, without their `Voice`.
const FORMER: [&str; 14] = [
    "de-DE_Birgit",
    "de-DE_Dieter",
    "en-GB_Kate",
    "en-US_Allison",
    "en-US_Lisa",
    "en-US_Michael",
    "es-ES_Enrique",
    "es-ES_Laura",
    "es-LA_Sofia",
    "es-US_Sofia",
    "fr-FR_Renee",
    "it-IT_Francesca",
    "ja-JP_Emi",
    "pt-BR_Isabela",
];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::natural("en-US_EllieNatural", "en-US_EllieNatural", Kind::Natural)]
    #[case::expressive("pt-BR_LucasExpressive", "pt-BR_LucasExpressive", Kind::Expressive)]
    #[case::enhanced("ko-KR_JinV3Voice", "ko-KR_JinV3Voice", Kind::Enhanced)]
    #[case::sdk_only("en-GB_JamesV3Voice", "en-GB_JamesV3Voice", Kind::Enhanced)]
    #[case::former("en-US_AllisonVoice", "en-US_AllisonV3Voice", Kind::Enhanced)]
    #[case::former_default("en-US_MichaelVoice", "en-US_MichaelV3Voice", Kind::Enhanced)]
    fn a_name_means_a_voice(#[case] name: &str, #[case] expected: &str, #[case] kind: Kind) {
        let (Named::Current(voice) | Named::Former(voice)) = Voice::named(name, "") else {
            panic!("{name} is unknown");
        };
        assert_eq!((voice.name.as_str(), voice.kind), (expected, kind));
    }

    #[rstest]
    #[case::empty("")]
    #[case::case("en-us_michaelv3voice")]
    #[case::never_existed("en-US_NobodyV3Voice")]
    #[case::gone("en-AU_MadisonVoice")]
    #[case::never_had_a_former_name("en-US_EmilyVoice")]
    fn other_names_mean_none(#[case] name: &str) {
        assert_eq!(Voice::named(name, ""), Named::Unknown);
    }

    #[test]
    fn an_installation_can_have_further_voices() {
        let named = Voice::named("en-AU_MadisonVoice", "x, en-AU_MadisonVoice");
        assert!(matches!(named, Named::Current(_)));
    }

    #[test]
    fn every_former_name_has_its_voice_today_and_47_are_documented() {
        for stem in FORMER {
            let name = format!("{stem}V3Voice");
            assert!(CURRENT.contains(&name.as_str()), "{name}");
        }
        let of = |suffix: &str| CURRENT.iter().filter(|v| v.ends_with(suffix)).count();
        assert_eq!(
            (of("Natural"), of("Expressive"), of("V3Voice")),
            (14, 9, 24 + 1)
        );
    }
}
