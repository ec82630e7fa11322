//! Profiles: which levels are scored, and of whose reliances.

use std::str::FromStr;
use std::sync::OnceLock;

use mock_server::Diagnostic;
use serde::Deserialize;
use wire::clause::{Clause, Level};

use crate::case::Role;
use crate::verdict::Verdict;

/// Which levels are scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// What is documented, and what named clients rely on.
    #[default]
    Documented,
    /// Also what was seen on the real services.
    Parity,
    /// Also what is only recommended: what keeps one peer from harming the others.
    Robust,
    /// What is documented, and what this one client relies on.
    Sdk(&'static Sdk),
}

/// A client library that relies on more than is documented: `conformance/profiles/NAME.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sdk {
    /// Its name in `--profile sdk:NAME`.
    pub name: String,
    /// The client and its version.
    pub client: String,
    /// What it relies on.
    pub clauses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    client: String,
    clauses: Vec<String>,
}

impl Profile {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Documented => "documented".to_owned(),
            Self::Parity => "parity".to_owned(),
            Self::Robust => "robust".to_owned(),
            Self::Sdk(sdk) => format!("sdk:{}", sdk.name),
        }
    }

    /// Whether a clause counts as what it is. For one client, what others rely on does not.
    #[must_use]
    pub fn counts(self, clause: &Clause) -> bool {
        match self {
            Self::Sdk(sdk) if clause.level == Level::SdkRelied => {
                sdk.clauses.iter().any(|id| id == clause.id)
            }
            _ => true,
        }
    }

    /// What a difference from a clause of this level means.
    #[must_use]
    pub const fn difference(self, level: Level, role: Role) -> Verdict {
        match (level, self, role) {
            (Level::Must, _, _) | (Level::SdkRelied, _, Role::Server) => Verdict::Fail,
            (Level::Observed, Self::Parity, _) | (Level::Should, Self::Robust, _) => Verdict::Fail,
            _ => Verdict::Lenient,
        }
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "documented" => return Ok(Self::Documented),
            "parity" => return Ok(Self::Parity),
            "robust" => return Ok(Self::Robust),
            _ => {}
        }
        let Some(name) = text.strip_prefix("sdk:") else {
            return Err("it is documented, parity, robust or sdk:NAME".to_owned());
        };
        let found = sdks().iter().find(|sdk| sdk.name == name);
        found.map(Self::Sdk).ok_or_else(|| {
            let names: Vec<&str> = sdks().iter().map(|sdk| sdk.name.as_str()).collect();
            format!("the names behind sdk: are {}", names.join(", "))
        })
    }
}

/// The client libraries that have a profile, by name.
#[must_use]
pub fn sdks() -> &'static [Sdk] {
    static SDKS: OnceLock<Vec<Sdk>> = OnceLock::new();
    SDKS.get_or_init(|| match load() {
        Ok(sdks) => sdks,
        Err(problem) => unreachable!("the tests of this module read the same files: {problem}"),
    })
}

/// The folder of the profiles, below that of the cases.
const FOLDER: &str = "profiles/";

fn load() -> Result<Vec<Sdk>, Diagnostic> {
    let mut sdks = Vec::new();
    for (path, text) in crate::embedded::cases() {
        let name = path
            .strip_prefix(FOLDER)
            .and_then(|n| n.strip_suffix(".toml"));
        let Some(name) = name else { continue };
        let file: File =
            toml::from_str(text).map_err(|error| Diagnostic::of_toml(path, text, &error))?;
        if file.schema != "profile/1" {
            return Err(Diagnostic::whole(path, "schema is not \"profile/1\""));
        }
        sdks.push(Sdk {
            name: name.to_owned(),
            client: file.client,
            clauses: file.clauses,
        });
    }
    Ok(sdks)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;
    use crate::coverage::all_clauses;

    fn some_sdk() -> String {
        format!("sdk:{}", sdks()[0].name)
    }

    /// What a difference means: by level, as documented, parity, robust, sdk; servers, then clients.
    #[rstest]
    #[case::must(Level::Must, "FFFF", "FFFF")]
    #[case::should(Level::Should, "LLFL", "LLFL")]
    #[case::may(Level::May, "LLLL", "LLLL")]
    #[case::observed(Level::Observed, "LFLL", "LFLL")]
    #[case::sdk_relied(Level::SdkRelied, "FFFF", "LLLL")]
    #[case::assumed(Level::Assumed, "LLLL", "LLLL")]
    fn a_difference_weighs_as_its_level(
        #[case] level: Level,
        #[case] of_servers: &str,
        #[case] of_clients: &str,
    ) {
        for (role, expected) in [(Role::Server, of_servers), (Role::Client, of_clients)] {
            let sdk = some_sdk();
            let profiles = ["documented", "parity", "robust", &sdk];
            let found = profiles.map(|name| {
                let profile: Profile = name.parse().unwrap();
                assert_eq!(profile.name(), name);
                match profile.difference(level, role) {
                    Verdict::Fail => 'F',
                    Verdict::Lenient => 'L',
                    other => panic!("{other}"),
                }
            });
            assert_eq!(found.iter().collect::<String>(), expected, "{role:?}");
        }
    }

    #[test]
    fn for_one_client_what_others_rely_on_does_not_count() {
        let Ok(Profile::Sdk(sdk)) = some_sdk().parse() else {
            panic!("there is no such profile")
        };
        let clauses = all_clauses();
        let (mut mine, mut others) = (0, 0);
        for clause in clauses {
            let is_mine = sdk.clauses.iter().any(|id| id == clause.id);
            let is_relied = clause.level == Level::SdkRelied;
            assert_eq!(Profile::Sdk(sdk).counts(clause), is_mine || !is_relied);
            assert!(Profile::Parity.counts(clause));
            mine += usize::from(is_mine);
            others += usize::from(is_relied && !is_mine);
        }
        assert!(mine > 0 && others > 0);
    }

    #[test]
    fn every_reliance_is_somebodys() {
        let relied: BTreeSet<&str> = all_clauses()
            .into_iter()
            .filter(|clause| clause.level == Level::SdkRelied)
            .map(|clause| clause.id)
            .collect();
        let named: BTreeSet<&str> = load()
            .unwrap()
            .leak()
            .iter()
            .flat_map(|sdk| sdk.clauses.iter().map(String::as_str))
            .collect();
        assert_eq!(named, relied);
    }

    #[test]
    fn other_names_are_refused_with_those_that_there_are() {
        let shown = |name: &str| name.parse::<Profile>().unwrap_err();
        for sdk in sdks() {
            assert!(shown("sdk:x").contains(&sdk.name));
        }
        assert!(shown("strict").contains("documented, parity, robust or sdk:NAME"));
    }
}
