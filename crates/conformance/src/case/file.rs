//! The case file.

use std::collections::BTreeMap;

use mock_server::Diagnostic;
use serde::Deserialize;
use wire::registry;

use super::client::ClientCase;
use super::step::Step;

/// One case, as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Case {
    /// Always `case/1`.
    schema: String,
    /// Permanent id: a protocol prefix and four base32 characters, never used again.
    #[serde(default)]
    pub id: String,
    /// Of a case that several endpoints of a vendor share: the id for each, by the name of its
    /// folder.
    #[serde(default)]
    ids: BTreeMap<String, String>,
    /// A readable name; it may change.
    pub slug: String,
    /// How far it can be relied on.
    pub status: Status,
    /// The version of the suite that it came with.
    pub since: String,
    /// The clauses that it is about. A check that names none of its own is about all of them.
    pub clauses: Vec<String>,
    /// What it needs to mean anything.
    #[serde(default)]
    pub kind: Kind,
    /// What a subject has to offer beside its endpoint.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// The mutants that it has to find.
    #[serde(default)]
    pub kills: Vec<String>,
    /// How long a server may take for all of it, in milliseconds.
    #[serde(default = "usual_budget")]
    pub budget_ms: u64,
    /// Why it exists: what breaks where it is not held to.
    pub why: String,
    /// What is asked of a server, step by step.
    #[serde(default)]
    pub script: Vec<Step>,
    /// What is asked of a client.
    pub client: Option<ClientCase>,
    /// The endpoint that it is about; its folder says so.
    #[serde(skip)]
    pub endpoint: String,
}

/// How far a case can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is being written; it runs and is not scored.
    Draft,
    /// It has been repeated often and may still change.
    Candidate,
    /// It belongs to the set that a conformant subject passes.
    Required,
}

/// What a case needs to mean anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The endpoint's first and simplest session. Every endpoint has one for each role.
    Plain,
    /// A session that succeeds.
    #[default]
    Flow,
    /// A mistake and its answer. It counts only if the plain case has passed: a subject that
    /// refuses everything refuses nothing in particular.
    Error,
}

impl Kind {
    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Flow => "flow",
            Self::Error => "error",
        }
    }
}

/// What a subject has to offer beside its endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It tells right credentials from wrong ones: `--auth strict`.
    CheckedCredentials,
    /// It answers for all hosts of the vendor at one address and takes any login, as emulators
    /// do; judged only at addresses that are no public ones.
    OneHost,
}

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A server; we are its client.
    Server,
    /// A client; the mock is its server.
    Client,
}

impl Role {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

const fn usual_budget() -> u64 {
    10_000
}

impl Case {
    /// Reads a case of an endpoint.
    ///
    /// # Errors
    /// Where the text is not a case.
    pub fn parse(file: &str, text: &str, endpoint: &str) -> Result<Self, Diagnostic> {
        let case = Self::read(file, text)?;
        if case.id.is_empty() || !case.ids.is_empty() {
            let message = "a case in the folder of an endpoint has `id`, not `ids`";
            return Err(Diagnostic::whole(file, message));
        }
        Ok(Self {
            endpoint: endpoint.to_owned(),
            ..case
        })
    }

    /// Reads a case that endpoints of a vendor share: one of each, with an id of its own.
    ///
    /// # Errors
    /// Where the text is not such a case.
    pub fn parse_shared(file: &str, text: &str, vendor: &str) -> Result<Vec<Self>, Diagnostic> {
        let case = Self::read(file, text)?;
        if case.ids.is_empty() || !case.id.is_empty() {
            let message = "a case in the folder of a vendor has `ids`, one an endpoint, not `id`";
            return Err(Diagnostic::whole(file, message));
        }
        let each = case.ids.iter().map(|(name, id)| {
            let endpoint = format!("{vendor}/{name}");
            if !registry::endpoints().any(|known| known.name == endpoint) {
                let message = format!("ids: there is no endpoint {endpoint}");
                return Err(Diagnostic::whole(file, message));
            }
            Ok(Self {
                id: id.clone(),
                ids: BTreeMap::new(),
                endpoint,
                ..case.clone()
            })
        });
        each.collect()
    }

    fn read(file: &str, text: &str) -> Result<Self, Diagnostic> {
        let case: Self =
            toml::from_str(text).map_err(|error| Diagnostic::of_toml(file, text, &error))?;
        if case.schema != "case/1" {
            let message = format!("schema {:?}: this program reads \"case/1\"", case.schema);
            return Err(Diagnostic::whole(file, message));
        }
        Ok(case)
    }

    /// Whether it judges subjects of this kind.
    #[must_use]
    pub const fn has_role(&self, role: Role) -> bool {
        match role {
            Role::Server => !self.script.is_empty(),
            Role::Client => self.client.is_some(),
        }
    }

    /// The ids of its checks and the clauses of each, in order, for subjects of this kind.
    #[must_use]
    pub fn checks(&self, role: Role) -> Vec<(&str, &[String])> {
        let own: Vec<(&str, &[String])> = match role {
            Role::Server => self.script.iter().filter_map(Step::check).collect(),
            Role::Client => {
                let checks = self.client.iter().flat_map(|client| &client.checks);
                let named = checks.map(|check| (check.id.as_str(), check.clauses.as_slice()));
                named.collect()
            }
        };
        own.into_iter()
            .map(|(id, clauses)| match clauses {
                [] => (id, self.clauses.as_slice()),
                some => (id, some),
            })
            .collect()
    }
}
