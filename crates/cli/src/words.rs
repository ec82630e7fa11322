//! Settings that are a word each.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use mock_server::{JournalMode, Strict};
use serde::de::{Deserialize, Deserializer};

use crate::settings::{AsText, NotTaken, Setting, parse};

/// How a log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Setting for LogFormat {
    const TAKES: &'static str = "text or json";

    fn of(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What findings do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strictness(pub(crate) Strict);

impl Setting for Strictness {
    const TAKES: &'static str = "ignore, warn or error";

    fn of(text: &str) -> Option<Self> {
        let strict = match text {
            "ignore" => Strict::Ignore,
            "warn" => Strict::Warn,
            "error" => Strict::Error,
            _ => return None,
        };
        Some(Self(strict))
    }
}

/// Whether sessions are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JournalSwitch(pub(crate) JournalMode);

impl Setting for JournalSwitch {
    const TAKES: &'static str = "on or off";

    fn of(text: &str) -> Option<Self> {
        match text {
            "on" => Some(Self(JournalMode::On)),
            "off" => Some(Self(JournalMode::Off)),
            _ => None,
        }
    }
}

/// What the admin API asks for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AdminToken(pub(crate) String);

impl Setting for AdminToken {
    const TAKES: &'static str = "printable ASCII without spaces";

    fn of(text: &str) -> Option<Self> {
        let is_good = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_good.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken(***)")
    }
}

impl FromStr for LogFormat {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for Strictness {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for JournalSwitch {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for AdminToken {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl<'de> Deserialize<'de> for LogFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Strictness {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> Deserialize<'de> for JournalSwitch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> Deserialize<'de> for AdminToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("secret-1", true)]
    #[case("", false)]
    #[case("two words", false)]
    #[case("clé", false)]
    fn a_token_can_stand_in_a_header(#[case] text: &str, #[case] is_good: bool) {
        assert_eq!(AdminToken::of(text).is_some(), is_good);
    }

    #[test]
    fn words_are_exact() {
        assert_eq!(LogFormat::of("json"), Some(LogFormat::Json));
        assert_eq!(LogFormat::of("JSON"), None);
        assert_eq!(Strictness::of("error").map(|it| it.0), Some(Strict::Error));
        assert_eq!(Strictness::of("fail"), None);
        assert_eq!(
            JournalSwitch::of("off").map(|it| it.0),
            Some(JournalMode::Off)
        );
    }
}
