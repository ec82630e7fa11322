//! What can be chosen about a server.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use wire::credentials::Credentials;
use wire::knob::{KnobError, Knobs};

use crate::clock::ClockMode;
use crate::sound::SoundOptions;
use crate::tls::Tls;

/// How a server is run. The default is what a newcomer's first session needs.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Decides every id that is drawn.
    pub seed: u64,
    /// What sessions do beside what is right, if nobody chooses anything else.
    pub scenario: Option<String>,
    /// A folder with scenarios of the user's own, each in a file `NAME.toml`.
    pub scenarios: Option<PathBuf>,
    /// What time is for the services' limits.
    pub clock: ClockMode,
    /// How fast audio is sent.
    pub pace: Pace,
    /// What recognition answers, one text a result, in order; then a description of the audio.
    pub transcripts: Vec<String>,
    /// What speech sounds like, and which sounds are known.
    pub sound: SoundOptions,
    /// The chosen knobs, by the name of their endpoint.
    pub knobs: BTreeMap<&'static str, Knobs>,
    /// With it, the port takes TLS beside plain text.
    pub tls: Option<Tls>,
    /// Whether HTTP CONNECT to a host that is emulated here is a way in.
    pub connect_proxy: bool,
    /// Whether clients that offer permessage-deflate get it.
    pub deflate: bool,
    /// Who is known, and whether that is looked at. Seed and start are the server's own.
    pub credentials: Credentials,
    /// The limits against hostile peers.
    pub guards: Guards,
    /// What becomes of findings.
    pub strict: Strict,
    /// What the journal keeps.
    pub journal: JournalMode,
    /// A file that gets the journal, too, as JSON Lines.
    pub journal_file: Option<PathBuf>,
    /// What the admin API asks for; without it only loopback addresses get in.
    pub admin_token: Option<String>,
}

/// What becomes of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strict {
    /// Nothing.
    Ignore,
    /// They are reasons in a verdict, which passes all the same.
    #[default]
    Warn,
    /// They make a verdict fail.
    Error,
}

/// What the journal keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JournalMode {
    /// Everything, within its limit.
    #[default]
    On,
    /// Numbers only.
    Off,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            seed: 0,
            scenario: None,
            scenarios: None,
            clock: ClockMode::default(),
            pace: Pace::Burst,
            transcripts: Vec::new(),
            sound: SoundOptions::default(),
            knobs: BTreeMap::new(),
            tls: None,
            connect_proxy: false,
            deflate: false,
            credentials: Credentials::any(),
            guards: Guards::default(),
            strict: Strict::default(),
            journal: JournalMode::default(),
            journal_file: None,
            admin_token: None,
        }
    }
}

/// Why a knob could not be turned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Nothing with this name is served.
    #[error("{name:?} is not served; there are: {}", known.join(", "))]
    Endpoint {
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: Vec<&'static str>,
    },
    /// The endpoint does not take the knob or its value.
    #[error("{endpoint}: {source}")]
    Knob {
        /// The endpoint.
        endpoint: &'static str,
        /// What is wrong.
        source: KnobError,
    },
}

impl Options {
    /// Turns a knob of an endpoint, which is given by name or by path.
    ///
    /// # Errors
    /// If there is no such endpoint or knob, or the knob does not take the value.
    pub fn set_knob(&mut self, endpoint: &str, knob: &str, value: &str) -> Result<(), SetError> {
        let Some(endpoint) = wire::registry::find(endpoint) else {
            return Err(SetError::Endpoint {
                name: endpoint.to_owned(),
                known: wire::registry::endpoints().map(|e| e.name).collect(),
            });
        };
        let knobs = self.knobs.entry(endpoint.name).or_default();
        knobs
            .set(endpoint.knobs, knob, value)
            .map_err(|source| SetError::Knob {
                endpoint: endpoint.name,
                source,
            })
    }

    /// The knobs of an endpoint.
    pub(crate) fn knobs_of(&self, endpoint: &str) -> Knobs {
        self.knobs.get(endpoint).cloned().unwrap_or_default()
    }
}

/// How fast audio is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As fast as the client takes it.
    Burst,
    /// So many times as fast as it sounds; 1 is real time.
    Times(u32),
}

/// Limits against hostile peers. They run on real time whatever the clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guards {
    /// The largest request head, in bytes.
    pub head_bytes: usize,
    /// How long a request head may take.
    pub head_time: Duration,
    /// How long a TLS handshake may take.
    pub tls_time: Duration,
    /// How long a client may take to answer a close frame.
    pub close_time: Duration,
    /// The largest WebSocket message where the vendor documents no smaller one, in bytes.
    pub message_bytes: u64,
    /// How many connections are served at once.
    pub connections: usize,
    /// How many bytes of payloads the journal keeps.
    pub journal_bytes: usize,
}

impl Default for Guards {
    fn default() -> Self {
        const MIB: usize = 1 << 20;
        Self {
            head_bytes: 256 << 10,
            head_time: Duration::from_secs(10),
            tls_time: Duration::from_secs(10),
            close_time: Duration::from_secs(10),
            message_bytes: 16 << 20,
            connections: 20_000,
            journal_bytes: 256 * MIB,
        }
    }
}
