//! `mutants.toml`, `mutants-….toml`: the mutants of an endpoint, of a vendor's endpoints, or of all, as data.

use std::collections::BTreeMap;

use mock_server::Diagnostic;
use serde::Deserialize;
use wire::endpoint::Endpoint;
use wire::registry;
use wire::session::{Form, Side};

use super::lint::{lint, settle};
use crate::case::{Json, Library, LoadError, Role, Send, has_mutants};
use crate::coverage::line;
use crate::matcher::Matchers;
use crate::run::RunResult;

/// The mutants of every endpoint.
#[derive(Clone, Debug)]
pub struct Mutants {
    /// In the order of their files.
    pub all: Vec<Mutant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
struct File {
    schema: String,
    mutant: Vec<Mutant>,
}

/// A subject that is broken in one place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Mutant {
    /// Its name, `srv.` or `cli.` first; the endpoint's mutants have different ones.
    pub id: String,
    /// Of a shared file: the endpoints, without their vendor. None named: all that have a case
    /// that has to catch it.
    #[serde(default)]
    pub endpoints: Vec<String>,
    /// The clause that it breaks.
    pub breaks: String,
    /// What it does, in words.
    pub text: String,
    /// The checks that have to catch it, `CASE/check`, the case by id or slug. Each is about the
    /// broken clause.
    pub caught: Vec<String>,
    /// What becomes of messages.
    #[serde(default)]
    pub edits: Vec<Edit>,
    /// What becomes of a client's answer.
    pub answer: Option<Answered>,
    /// The endpoint; its folder says so.
    #[serde(skip)]
    pub endpoint: String,
}

/// What becomes of one message, or of several.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Edit {
    /// Who sends it.
    pub from: Sender,
    /// Its kind: one of the endpoint's table, `close`, `ping`, `pong`, `handshake` (the request,
    /// or the 101), `refusal` (any other answer), `http` (a request for no WebSocket, and its
    /// answer). Without it, every text and binary message.
    pub kind: Option<String>,
    /// Which one of these on the connection, from 1. Without it, all of them.
    pub nth: Option<u32>,
    /// Only if its JSON is like this; of a request `method`, `path`, `query` and `headers`.
    #[serde(default)]
    pub which: Matchers,
    /// Only if it came in fragments.
    #[serde(default)]
    pub fragmented: bool,
    /// Only messages of more bytes.
    #[serde(default)]
    pub longer_than: usize,

    /// It is not sent.
    #[serde(default)]
    pub drop: bool,
    /// How often it is sent.
    #[serde(default = "once")]
    pub times: usize,
    /// It is sent after so many further messages.
    #[serde(default)]
    pub late: usize,
    /// It is sent so much later.
    #[serde(default)]
    pub delay_ms: u64,

    /// Another message in its place.
    pub instead: Option<Send>,
    /// JSON members that get another value.
    #[serde(default)]
    pub set: BTreeMap<String, Json>,
    /// JSON members that are left out.
    #[serde(default)]
    pub remove: Vec<String>,
    /// JSON members, and what they are called instead.
    #[serde(default)]
    pub rename: BTreeMap<String, String>,
    /// Where the JSON is in a binary message.
    pub seal: Option<Seal>,
    /// Bytes that become others.
    pub patch: Option<Patch>,
    /// How many bytes of it are kept; of a negative number, how many are cut from its end.
    pub keep: Option<i64>,
    /// Bytes in hex, behind it.
    #[serde(default)]
    pub append: String,
    /// It is sent as text or binary, whatever it was.
    pub form: Option<Rebirth>,

    /// The lengths of its first fragments.
    #[serde(default)]
    pub fragments: Vec<usize>,
    /// Every fragment begins a message, which RFC 6455 forbids.
    #[serde(default)]
    pub restarts: bool,
    /// Reserved bits of its first frame.
    #[serde(default)]
    pub rsv: u8,

    /// Of a close frame: its code; 1005 makes it empty.
    pub code: Option<u16>,
    /// Of a close frame: its reason.
    pub reason: Option<String>,

    /// Of a handshake: the status.
    pub status: Option<u16>,
    /// Of a handshake: the path.
    pub path: Option<String>,
    /// Of a handshake: headers that get this value.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Of a handshake: headers that are left out.
    #[serde(default)]
    pub without: Vec<String>,

    /// A client takes no notice of it, and says at the end that all went well.
    #[serde(default)]
    pub overlooked: bool,

    /// What is sent before it.
    #[serde(default)]
    pub before: Vec<Insert>,
    /// What is sent behind it.
    #[serde(default)]
    pub after: Vec<Insert>,
}

const fn once() -> usize {
    1
}

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Sender {
    /// The side of the session.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Client => Side::Client,
            Self::Server => Side::Server,
        }
    }
}

/// What a message is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rebirth {
    /// A text message.
    Text,
    /// A binary message.
    Binary,
}

impl Rebirth {
    /// The form.
    #[must_use]
    pub const fn form(self) -> Form {
        match self {
            Self::Text => Form::Text,
            Self::Binary => Form::Binary,
        }
    }
}

/// Where JSON is in a binary message: behind a length of 32 bits, most significant byte first;
/// compressed if it begins like gzip. Both are put right after an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Seal {
    /// The offset of the length.
    pub size_at: usize,
    /// The offset of the JSON.
    pub body_at: usize,
}

/// Bytes that become others.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Patch {
    /// The offset of the first.
    pub at: usize,
    /// The bytes in hex.
    pub hex: String,
}

/// Something that is sent beside a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Insert {
    /// A message.
    Send(Box<Send>),
    /// A ping.
    Ping(String),
    /// A close frame with this code.
    Close(u16),
    /// A frame in hex, head included.
    Frame(String),
    /// The end of TCP.
    End(bool),
}

/// What becomes of a client's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
pub struct Answered {
    /// It ends with this code, whatever happened: 0 done, 1 error.
    pub exit: Option<u8>,
    /// It ends with this code, not with an error, once it has taken a second: it has waited for
    /// something that did not come.
    pub exit_late: Option<u8>,
    /// It waits for ever where it has met what it would overlook.
    pub hangs: bool,
    /// How many bytes of the output are kept; of a negative number, how many are cut from its end.
    pub keep: Option<i64>,
    /// Every so many bytes, one is lost.
    pub lose_every: Option<usize>,
    /// Bytes in hex, before the output.
    pub prepend: String,
    /// Bytes in hex, behind the output.
    pub append: String,
    /// It connects so often; what comes of all but the last is thrown away.
    pub runs: Option<usize>,
}

impl Mutants {
    /// The mutants that are part of the program.
    ///
    /// # Errors
    /// If they are wrong, which the tests of this crate rule out.
    pub fn embedded(library: &Library) -> Result<Self, LoadError> {
        let files = crate::embedded::cases().iter().copied();
        Self::of(library, files)
    }

    fn of<'f>(
        library: &Library,
        files: impl Iterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, LoadError> {
        let (mut all, mut problems): (Vec<Mutant>, _) = (Vec::new(), Vec::new());
        for (name, text) in files {
            let Some(homes) = homes(name) else {
                continue;
            };
            match parse(name, text) {
                Ok(found) => {
                    let (found, wrong) = settle(name, found, &homes, library);
                    problems.extend(wrong);
                    all.extend(found);
                }
                Err(problem) => problems.push(problem),
            }
        }
        for endpoint in registry::endpoints() {
            let of_endpoint: Vec<&Mutant> =
                all.iter().filter(|m| m.endpoint == endpoint.name).collect();
            problems.extend(lint(&of_endpoint, endpoint, library));
        }
        match problems.is_empty() {
            true => Ok(Self { all }),
            false => Err(LoadError::Wrong(problems)),
        }
    }

    /// `proven.jsonl`: the clauses that have mutants, and these. That each is killed by a check of
    /// its clause is what the kill matrix is for.
    #[must_use]
    pub fn proven(&self) -> String {
        let mut proven: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for mutant in &self.all {
            let name = format!("{} {}", mutant.endpoint, mutant.id);
            proven.entry(&mutant.breaks).or_default().push(name);
        }
        let lines = proven.iter();
        lines
            .map(|(clause, names)| line(clause, "mutants", names.iter()))
            .collect()
    }

    /// Those of one kind.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Mutant> {
        self.all.iter().filter(move |mutant| mutant.role() == role)
    }
}

impl Mutant {
    /// One that nothing is done to: what every other is compared with.
    pub(super) fn none(endpoint: &str, role: Role) -> Self {
        Self {
            endpoints: Vec::new(),
            id: match role {
                Role::Server => format!("{SERVER}{NONE}"),
                Role::Client => format!("{CLIENT}{NONE}"),
            },
            breaks: String::new(),
            text: String::new(),
            caught: Vec::new(),
            edits: Vec::new(),
            answer: None,
            endpoint: endpoint.to_owned(),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.id.ends_with(NONE)
    }

    /// The checks of a run that have found it: that differ and are about the broken clause.
    #[must_use]
    pub fn found_by(&self, run: &RunResult) -> Vec<String> {
        let checks = run
            .cases
            .iter()
            .flat_map(|case| case.checks.iter().map(move |check| (case, check)));
        checks
            .filter(|(_, check)| check.is_difference() && check.clauses.contains(&self.breaks))
            .map(|(case, check)| format!("{}/{}", case.id, check.id))
            .collect()
    }

    /// Whether it is a server or a client.
    #[must_use]
    pub fn role(&self) -> Role {
        match self.id.starts_with(CLIENT) {
            true => Role::Client,
            false => Role::Server,
        }
    }
}

/// The rest of the id of the one that nothing is done to.
const NONE: &str = "unbroken";

pub(super) const SERVER: &str = "srv.";
pub(super) const CLIENT: &str = "cli.";

/// The endpoints that a file can be about: that of its folder, those of its vendor's, or all.
/// `None` if it is no file of mutants.
fn homes(name: &str) -> Option<Vec<&'static Endpoint>> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let vendor = |endpoint: &Endpoint| endpoint.name.split('/').next() == Some(folder);
    let homes = registry::endpoints()
        .filter(|known| folder.is_empty() || known.name == folder || vendor(known));
    has_mutants(file).then(|| homes.collect())
}

fn parse(name: &str, text: &str) -> Result<Vec<Mutant>, Diagnostic> {
    let file: File =
        toml::from_str(text).map_err(|error| Diagnostic::of_toml(name, text, &error))?;
    if file.schema != "mutants/1" {
        let message = format!("schema {:?}: this program reads \"mutants/1\"", file.schema);
        return Err(Diagnostic::whole(name, message));
    }
    Ok(file.mutant)
}
