//! What can be chosen about a server, on the command line and in a file alike.
//!
//! [`Settings`] is both: a long option `--log-level` is the key `log_level` of the file. A kind
//! of value is one type here, with one parser and one sentence about what it takes.

use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use mock_server::{ClockMode, Guards, Options, Pace, SoundOptions};
use serde::de::{self, Deserializer, Visitor};

use crate::credentials::{Auth, CredentialSettings, credentials};
use crate::knobs::{KnobSetting, KnobTables};
use crate::sounds::{Loaded, RecordingEntry, SignalName, SoundEntry, WavSizesName};
use crate::words::{AdminToken, JournalSwitch, LogFormat, Strictness};

/// Everything that can be chosen; what is not chosen stays as it is.
#[derive(Clone, Debug, Default, clap::Args, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where to listen; port 0 picks a free one [default: 127.0.0.1:7070]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<Listen>,
    /// Decides every id that is drawn [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<Whole<0, { u64::MAX }>>,
    /// What goes wrong in every session, unless a client chooses otherwise: the name of a scenario's
    /// file, or faults joined by +; `mynah faults` lists them
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) scenario: Option<String>,
    /// A folder with scenarios of your own, each in a file NAME.toml, which may change meanwhile
    #[arg(long, value_name = "FOLDER")]
    pub(crate) scenarios: Option<PathBuf>,
    /// Time for the services' limits: real, N times as fast, or still until POST clock [default: real]
    #[arg(long, value_name = "real|xN|manual")]
    pub(crate) clock: Option<Clock>,
    /// How fast audio is sent: at once, as it sounds, or N times as fast [default: burst]
    #[arg(long, value_name = "burst|realtime|xN")]
    pub(crate) pace: Option<Speed>,
    /// What recognition answers, one text a result, in order; then it describes the audio
    #[arg(long, value_name = "TEXT")]
    #[serde(deserialize_with = "one_or_more_texts")]
    pub(crate) transcript: Vec<String>,
    /// What synthetic speech sounds like: its own words for a machine to read, tones, or nothing
    /// [default: words]
    #[arg(long, value_name = "words|tone|silence")]
    pub(crate) signal: Option<SignalName>,
    /// What WAV headers say about the length: the truth, 0, 0x7FFFFFFF or 0xFFFFFFFF [default: exact]
    #[arg(long, value_name = "exact|zero|max|unknown")]
    pub(crate) wav_sizes: Option<WavSizesName>,
    /// Puts a LIST chunk before the samples of WAV files, as many programs do
    #[arg(long)]
    pub(crate) wav_list: bool,
    /// Makes chunks of audio up to so much shorter or longer, by the seed [default: 0]
    #[arg(long, value_name = "PERCENT")]
    pub(crate) chunk_jitter: Option<Whole<0, 90>>,
    /// Ends every chunk of audio but the last after an odd number of bytes
    #[arg(long)]
    pub(crate) odd_cuts: bool,
    /// Chooses a behaviour that nobody has documented; `mynah endpoints --knobs` lists them
    #[arg(long, value_name = "ENDPOINT.NAME=VALUE")]
    pub(crate) knob: Vec<KnobSetting>,
    /// Take TLS, too, on the same port; `mynah ca` says how clients come to trust it
    #[arg(long, num_args = 0, default_missing_value = "true")]
    pub(crate) tls: Option<bool>,
    /// Keep the CA in this folder, made if need be, instead of a new one each run; implies --tls
    #[arg(long, value_name = "FOLDER")]
    pub(crate) ca_dir: Option<PathBuf>,
    /// A further name or address for the certificate, beside those of this machine and the vendors; implies --tls
    #[arg(long, value_name = "NAME")]
    #[serde(deserialize_with = "one_or_more_texts")]
    pub(crate) tls_name: Vec<String>,
    /// Be the proxy of clients whose URL is built in: HTTP CONNECT to vendors' hosts; implies --tls
    #[arg(long, num_args = 0, default_missing_value = "true")]
    pub(crate) connect_proxy: Option<bool>,
    /// Grant permessage-deflate to clients that offer it; without this nobody gets it
    #[arg(long, num_args = 0, default_missing_value = "true")]
    pub(crate) deflate: Option<bool>,
    /// Whether any credential lets a client in, or only those of the file [default: any]
    #[arg(long, value_name = "any|strict")]
    pub(crate) auth: Option<Auth>,
    /// What is logged; without it `RUST_LOG` decides [default: info]
    #[arg(long, value_name = "off|error|warn|info|debug|trace")]
    pub(crate) log_level: Option<LogLevel>,
    /// How a log line is written [default: text]
    #[arg(long, value_name = "text|json")]
    pub(crate) log: Option<LogFormat>,
    /// What findings do: nothing, reasons in `verify`, or also a failed `verify` and exit code 1 [default: warn]
    #[arg(long, value_name = "ignore|warn|error")]
    pub(crate) strict: Option<Strictness>,
    /// Whether sessions are recorded; without it there are numbers only [default: on]
    #[arg(long, value_name = "on|off")]
    pub(crate) journal: Option<JournalSwitch>,
    /// How much memory the journal takes before the oldest payloads go [default: 268435456]
    #[arg(long, value_name = "N")]
    pub(crate) journal_bytes: Option<Whole<0, { 1 << 50 }>>,
    /// A file to which the journal is written, too, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub(crate) journal_file: Option<PathBuf>,
    /// What the admin API asks for as `Authorization: Bearer TOKEN`; without it only loopback gets in
    #[arg(long, value_name = "TOKEN")]
    pub(crate) admin_token: Option<AdminToken>,
    /// The knobs of a file, in a table for each endpoint.
    #[arg(skip)]
    pub(crate) knobs: KnobTables,
    /// Who is known, in files only.
    #[arg(skip)]
    pub(crate) credentials: Vec<CredentialSettings>,
    /// The limits against hostile peers, in files only.
    #[arg(skip)]
    pub(crate) guards: GuardSettings,
    /// Sounds of the user's own, in files only.
    #[arg(skip)]
    pub(crate) sounds: Vec<SoundEntry>,
    /// Recordings with their texts, in files only.
    #[arg(skip)]
    pub(crate) recordings: Vec<RecordingEntry>,
    /// What the files of these hold.
    #[arg(skip)]
    #[serde(skip)]
    pub(crate) loaded: Loaded,
}

impl Settings {
    /// These settings, and those of `file` where these say nothing.
    pub(crate) fn over(self, file: Self) -> Self {
        Self {
            listen: self.listen.or(file.listen),
            seed: self.seed.or(file.seed),
            scenario: self.scenario.or(file.scenario),
            scenarios: self.scenarios.or(file.scenarios),
            clock: self.clock.or(file.clock),
            pace: self.pace.or(file.pace),
            transcript: match self.transcript.is_empty() {
                true => file.transcript,
                false => self.transcript,
            },
            signal: self.signal.or(file.signal),
            wav_sizes: self.wav_sizes.or(file.wav_sizes),
            wav_list: self.wav_list || file.wav_list,
            chunk_jitter: self.chunk_jitter.or(file.chunk_jitter),
            odd_cuts: self.odd_cuts || file.odd_cuts,
            // Later ones win, knob by knob.
            knob: [file.knobs.0, file.knob, self.knobs.0, self.knob].concat(),
            tls: self.tls.or(file.tls),
            ca_dir: self.ca_dir.or(file.ca_dir),
            tls_name: match self.tls_name.is_empty() {
                true => file.tls_name,
                false => self.tls_name,
            },
            connect_proxy: self.connect_proxy.or(file.connect_proxy),
            deflate: self.deflate.or(file.deflate),
            auth: self.auth.or(file.auth),
            log_level: self.log_level.or(file.log_level),
            log: self.log.or(file.log),
            strict: self.strict.or(file.strict),
            journal: self.journal.or(file.journal),
            journal_bytes: self.journal_bytes.or(file.journal_bytes),
            journal_file: self.journal_file.or(file.journal_file),
            admin_token: self.admin_token.or(file.admin_token),
            knobs: KnobTables::default(),
            credentials: file.credentials,
            guards: file.guards,
            sounds: Vec::new(),
            recordings: Vec::new(),
            loaded: file.loaded,
        }
    }

    /// What TLS is to be like; `None` without it.
    pub(crate) fn tls(&self) -> Option<TlsSettings> {
        let is_implied =
            self.ca_dir.is_some() || !self.tls_name.is_empty() || self.connect_proxy == Some(true);
        self.tls.unwrap_or(is_implied).then(|| TlsSettings {
            folder: self.ca_dir.clone(),
            names: self.tls_name.clone(),
        })
    }

    /// The options of a server with these settings, except for TLS, which takes a CA.
    pub(crate) fn into_options(self) -> Options {
        let default = Options::default();
        let mut options = Options {
            listen: self.listen.map_or(DEFAULT_LISTEN, |listen| listen.0),
            seed: self.seed.map_or(default.seed, |seed| seed.0),
            scenario: self.scenario,
            scenarios: self.scenarios,
            clock: self.clock.map_or(default.clock, |clock| clock.0),
            pace: self.pace.map_or(default.pace, |speed| speed.0),
            transcripts: self.transcript,
            sound: SoundOptions {
                signal: self.signal.map_or(default.sound.signal, |signal| signal.0),
                files: self.loaded.sounds,
                recordings: self.loaded.recordings,
                wav_sizes: self
                    .wav_sizes
                    .map_or(default.sound.wav_sizes, |sizes| sizes.0),
                wav_list: self.wav_list,
                chunk_jitter_percent: self.chunk_jitter.map_or(0, Whole::small),
                odd_cuts: self.odd_cuts,
            },
            knobs: default.knobs,
            tls: default.tls,
            connect_proxy: self.connect_proxy.unwrap_or(default.connect_proxy),
            deflate: self.deflate.unwrap_or(default.deflate),
            credentials: credentials(self.auth, self.credentials),
            guards: self.guards.into_guards(),
            strict: self.strict.map_or(default.strict, |strict| strict.0),
            journal: self.journal.map_or(default.journal, |switch| switch.0),
            journal_file: self.journal_file,
            admin_token: self.admin_token.map(|token| token.0),
        };
        if let Some(bytes) = self.journal_bytes {
            options.guards.journal_bytes = bytes.size();
        }
        for knob in self.knobs.0.iter().chain(&self.knob) {
            knob.turn(&mut options);
        }
        options
    }
}

/// What is chosen about TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsSettings {
    /// Where the CA is kept, if it is.
    pub(crate) folder: Option<PathBuf>,
    /// Further names for the certificate.
    pub(crate) names: Vec<String>,
}

/// Where the server listens if nobody says.
const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7070);

/// The table `[guards]`.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "the table [guards]")]
pub(crate) struct GuardSettings {
    // Less than this the HTTP library does not take.
    head_bytes: Option<Whole<8192, { 1 << 30 }>>,
    head_ms: Option<Whole<1, DAY_MS>>,
    tls_ms: Option<Whole<1, DAY_MS>>,
    close_ms: Option<Whole<1, DAY_MS>>,
    message_bytes: Option<Whole<1, { 1 << 40 }>>,
    connections: Option<Whole<1, 10_000_000>>,
    journal_bytes: Option<Whole<0, { 1 << 50 }>>,
}

const DAY_MS: u64 = 86_400_000;

impl GuardSettings {
    fn into_guards(self) -> Guards {
        let default = Guards::default();
        let time = |ms: u64| Duration::from_millis(ms);
        Guards {
            head_bytes: self.head_bytes.map_or(default.head_bytes, Whole::size),
            head_time: self.head_ms.map_or(default.head_time, |ms| time(ms.0)),
            tls_time: self.tls_ms.map_or(default.tls_time, |ms| time(ms.0)),
            close_time: self.close_ms.map_or(default.close_time, |ms| time(ms.0)),
            message_bytes: self.message_bytes.map_or(default.message_bytes, |n| n.0),
            connections: self.connections.map_or(default.connections, Whole::size),
            journal_bytes: self
                .journal_bytes
                .map_or(default.journal_bytes, Whole::size),
        }
    }
}

/// A kind of value that is written as text.
pub(crate) trait Setting: Sized {
    /// What it takes, as it follows "takes" or "expected".
    const TAKES: &'static str;

    /// The value of a text, if the text is one.
    fn of(text: &str) -> Option<Self>;
}

/// A text that a setting does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("takes {takes}, not {given}")]
pub(crate) struct NotTaken {
    takes: String,
    given: String,
}

pub(crate) fn parse<T: Setting>(text: &str) -> Result<T, NotTaken> {
    T::of(text).ok_or_else(|| NotTaken {
        takes: T::TAKES.to_owned(),
        given: format!("{text:?}"),
    })
}

/// Where to listen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Listen(SocketAddr);

impl Setting for Listen {
    const TAKES: &'static str = "an address and a port such as 127.0.0.1:7070 or [::1]:7070";

    fn of(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// What moves the services' time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock(ClockMode);

impl Setting for Clock {
    const TAKES: &'static str = "real, manual or xN with a whole N from 1, such as x50";

    fn of(text: &str) -> Option<Self> {
        Some(Self(match text {
            "real" => ClockMode::Times(1),
            "manual" => ClockMode::Manual,
            _ => ClockMode::Times(times(text)?),
        }))
    }
}

/// How fast audio is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speed(Pace);

impl Setting for Speed {
    const TAKES: &'static str = "burst, realtime or xN with a whole N from 1, such as x4";

    fn of(text: &str) -> Option<Self> {
        Some(Self(match text {
            "burst" => Pace::Burst,
            "realtime" => Pace::Times(1),
            _ => Pace::Times(times(text)?),
        }))
    }
}

/// The N of `xN`.
fn times(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('x')?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|n| is_number && *n > 0)
}

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LogLevel(&'static str);

impl LogLevel {
    /// The level if nobody says.
    pub(crate) const DEFAULT: Self = Self("info");

    /// Its name, which is also a directive of `RUST_LOG`.
    pub(crate) const fn name(self) -> &'static str {
        self.0
    }
}

impl Setting for LogLevel {
    const TAKES: &'static str = "off, error, warn, info, debug or trace";

    fn of(text: &str) -> Option<Self> {
        let levels = ["off", "error", "warn", "info", "debug", "trace"];
        levels.into_iter().find(|level| *level == text).map(Self)
    }
}

impl FromStr for Listen {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for Clock {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for Speed {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for LogLevel {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl<'de> de::Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> de::Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> de::Deserialize<'de> for Speed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> de::Deserialize<'de> for LogLevel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

/// Reads a [`Setting`] from a file.
pub(crate) struct AsText<T>(pub(crate) PhantomData<T>);

impl<T: Setting> Visitor<'_> for AsText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::TAKES)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        parse(text).map_err(E::custom)
    }
}

/// A whole number in a range, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole<const LOW: u64, const HIGH: u64>(u64);

impl<const LOW: u64, const HIGH: u64> Whole<LOW, HIGH> {
    /// The number as a size in memory.
    fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// The number, which is a small one.
    fn small(self) -> u8 {
        u8::try_from(self.0).unwrap_or(u8::MAX)
    }

    fn takes() -> String {
        match HIGH {
            u64::MAX => format!("a whole number from {LOW}"),
            _ => format!("a whole number from {LOW} to {HIGH}"),
        }
    }

    fn of(number: impl TryInto<u64> + fmt::Display + Copy) -> Result<Self, NotTaken> {
        match number.try_into() {
            Ok(n) if (LOW..=HIGH).contains(&n) => Ok(Self(n)),
            _ => Err(Self::refuse(&number.to_string())),
        }
    }

    fn refuse(given: &str) -> NotTaken {
        NotTaken {
            takes: Self::takes(),
            given: given.to_owned(),
        }
    }
}

impl<const LOW: u64, const HIGH: u64> FromStr for Whole<LOW, HIGH> {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        let number: u64 = text
            .parse()
            .map_err(|_| Self::refuse(&format!("{text:?}")))?;
        Self::of(number)
    }
}

impl<'de, const LOW: u64, const HIGH: u64> de::Deserialize<'de> for Whole<LOW, HIGH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_u64(AsNumber)
    }
}

/// Reads a [`Whole`] from a file.
struct AsNumber<const LOW: u64, const HIGH: u64>;

impl<const LOW: u64, const HIGH: u64> Visitor<'_> for AsNumber<LOW, HIGH> {
    type Value = Whole<LOW, HIGH>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Whole::<LOW, HIGH>::takes())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
        Whole::of(number).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        Whole::of(number).map_err(E::custom)
    }
}

/// One text, or a list of them.
pub(crate) fn one_or_more_texts<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<String>, D::Error> {
    struct Texts;

    impl<'de> Visitor<'de> for Texts {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text, or a list of texts")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut texts: A) -> Result<Self::Value, A::Error> {
            let mut all = Vec::new();
            while let Some(text) = texts.next_element()? {
                all.push(text);
            }
            Ok(all)
        }
    }

    from.deserialize_any(Texts)
}

#[cfg(test)]
mod tests;
