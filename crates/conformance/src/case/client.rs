//! What is asked of a client, and what is expected of it.

use std::collections::BTreeMap;

use mock_server::Diagnostic;
use serde::Deserialize;

use crate::matcher::{Matcher, Matchers};

/// An operation that a client carries out against the mock, and checks on what it did.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct ClientCase {
    /// What the client is to do.
    pub operation: Operation,
    /// The text: to be synthesised, or what the WAV file to be recognised says.
    pub input: String,
    /// The audio format in the vendor's words; empty for its default.
    #[serde(default)]
    pub format: String,
    /// The rate of the audio.
    pub rate_hz: u32,
    /// What goes wrong, as in a selector's `scenario`.
    pub scenario: Option<String>,
    /// The mock's knobs.
    #[serde(default)]
    pub knobs: BTreeMap<String, String>,
    /// What recognition answers, instead of what it hears.
    #[serde(default)]
    pub transcripts: Vec<String>,
    /// How long the client may take, in milliseconds.
    #[serde(default = "usual_deadline")]
    pub deadline_ms: u64,
    /// What is expected.
    pub checks: Vec<ClientCheck>,
}

const fn usual_deadline() -> u64 {
    20_000
}

/// What a client is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Text to audio.
    Synthesize,
    /// Audio to text.
    Recognize,
}

impl Operation {
    /// Its name in the adapter's environment.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synthesize => "synthesize",
            Self::Recognize => "recognize",
        }
    }
}

/// One thing that is expected of a client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct ClientCheck {
    /// Its id inside the case.
    pub id: String,
    /// Its clauses.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// What is expected.
    pub expect: Answer,
}

/// What is expected of a client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Answer {
    /// How the program ends.
    Outcome(Outcome),
    /// The audio that it wrote says the input, whole and undamaged.
    Audio(SoundAs),
    /// The text that it wrote is this.
    Transcript(String),
    /// The mock noticed nothing wrong, but for these clauses.
    Findings {
        /// Clauses that may be broken here.
        #[serde(default)]
        except: Vec<String>,
    },
    /// How many connections it opened.
    Connections(Matcher),
    /// Messages that it sent in its last session.
    Messages {
        /// Only those whose JSON is like this.
        #[serde(default)]
        which: Matchers,
        /// How many there are; one or more if nothing is said.
        count: Option<Matcher>,
        /// What the JSON of each is like.
        #[serde(default)]
        json: Matchers,
    },
    /// How the last session was closed: the code that the mock noted.
    Close(Matcher),
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It has done what it was asked: exit 0.
    Completed,
    /// It reports an error: exit 1.
    Error,
    /// It ends by itself, either way.
    Ends,
}

/// What a file of audio is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SoundAs {
    /// A file that names its own format: WAV, FLAC, MP3, Ogg, `WebM`.
    File,
    /// 16-bit samples, least significant byte first.
    Pcm,
    /// G.711 µ-law.
    Mulaw,
    /// G.711 A-law.
    Alaw,
}

impl ClientCase {
    /// What cannot be meant, beyond what the format says.
    pub(crate) fn problems(&self, file: &str) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let mut wrong = |message: String| problems.push(Diagnostic::whole(file, message));
        if self.checks.is_empty() {
            wrong("client: there is no check".to_owned());
        }
        for check in &self.checks {
            let is_about_another = matches!(
                (&check.expect, self.operation),
                (Answer::Audio(_), Operation::Recognize)
                    | (Answer::Transcript(_), Operation::Synthesize)
            );
            if is_about_another {
                wrong(format!(
                    "client check {:?} is about another operation than {}",
                    check.id,
                    self.operation.name()
                ));
            }
        }
        let says_outcome = |check: &ClientCheck| matches!(check.expect, Answer::Outcome(_));
        if !self.checks.iter().any(says_outcome) {
            wrong("client: no check says how the program ends (outcome)".to_owned());
        }
        problems
    }
}
