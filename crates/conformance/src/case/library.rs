//! All cases, and what those of an endpoint share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use mock_server::Diagnostic;
use wire::endpoint::Endpoint;
use wire::registry;

use super::file::Case;
use super::lint;
use super::template::EndpointFile;

/// The cases of every endpoint.
#[derive(Clone, Debug)]
pub struct Library {
    /// The cases, in the order of the endpoints, then of their ids.
    pub cases: Vec<Case>,
    endpoints: BTreeMap<&'static str, EndpointFile>,
    /// What the cases were read from.
    sources: Sources,
}

/// The texts of the files, and which case stands in which.
#[derive(Clone, Debug, Default)]
struct Sources {
    /// The texts by the path of the file.
    texts: BTreeMap<String, String>,
    /// The path of the file by the id of the case.
    paths: BTreeMap<String, String>,
}

/// Why there are no cases.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder or file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files are wrong.
    #[error("{}", listed(.0))]
    Wrong(Vec<Diagnostic>),
}

fn listed(problems: &[Diagnostic]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// The name of the file that the cases of an endpoint share.
const SHARED: &str = "endpoint.toml";

/// Whether a file beside the cases is none, but one of mutants: `mutants.toml`, `mutants-x.toml`.
pub(crate) fn has_mutants(file: &str) -> bool {
    let rest = file.strip_prefix("mutants");
    rest.is_some_and(|rest| rest == ".toml" || (rest.starts_with('-') && rest.ends_with(".toml")))
}

impl Library {
    /// The cases that are part of the program.
    ///
    /// # Errors
    /// If they are wrong, which the tests of this crate rule out.
    pub fn embedded() -> Result<Self, LoadError> {
        Self::of(crate::embedded::cases().iter().copied())
    }

    /// The cases below a folder: `<vendor>/<endpoint>/*.toml`.
    ///
    /// # Errors
    /// If a file cannot be read or is wrong.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let mut files = Vec::new();
        let vendors = registry::VENDORS.iter().map(|vendor| vendor.name);
        for home in vendors.chain(registry::endpoints().map(|endpoint| endpoint.name)) {
            let home = folder.join(home);
            if home.is_dir() {
                for path in list(&home)? {
                    let text = fs::read_to_string(&path).map_err(|source| LoadError::Read {
                        path: path.clone(),
                        source,
                    })?;
                    let name = path.strip_prefix(folder).unwrap_or(&path);
                    files.push((name.to_string_lossy().replace('\\', "/"), text));
                }
            }
        }
        if files.is_empty() {
            let message = "there is no case below it; cases are <vendor>/<endpoint>/*.toml";
            let folder = folder.display().to_string();
            return Err(LoadError::Wrong(vec![Diagnostic::whole(&folder, message)]));
        }
        Self::of(
            files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str())),
        )
    }

    fn of<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> Result<Self, LoadError> {
        let mut problems = Vec::new();
        let mut texts = BTreeMap::new();
        let (mut cases, mut endpoints) = (Vec::new(), BTreeMap::new());
        for (name, text) in files {
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            texts.insert(name.to_owned(), text.to_owned());
            if has_mutants(file) {
                continue;
            }
            if registry::VENDORS.iter().any(|vendor| vendor.name == folder) {
                match Case::parse_shared(name, text, folder) {
                    Ok(shared) => {
                        cases.extend(shared.into_iter().map(|case| (name.to_owned(), case)));
                    }
                    Err(problem) => problems.push(problem),
                }
                continue;
            }
            let Some(endpoint) = registry::endpoints().find(|known| known.name == folder) else {
                continue;
            };
            if file == SHARED {
                match EndpointFile::parse(name, text) {
                    Ok(shared) => drop(endpoints.insert(endpoint.name, shared)),
                    Err(problem) => problems.push(problem),
                }
                continue;
            }
            match Case::parse(name, text, endpoint.name) {
                Ok(case) => cases.push((name.to_owned(), case)),
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(lint::lint(&cases, &endpoints));
        if !problems.is_empty() {
            return Err(LoadError::Wrong(problems));
        }
        let place = |case: &Case| {
            let mut all = registry::endpoints();
            all.position(|known| known.name == case.endpoint)
        };
        let paths = cases
            .iter()
            .map(|(path, case)| (case.id.clone(), path.clone()));
        let sources = Sources {
            paths: paths.collect(),
            texts,
        };
        let mut cases: Vec<Case> = cases.into_iter().map(|(_, case)| case).collect();
        cases.sort_by_cached_key(|case| (place(case), case.id.clone()));
        Ok(Self {
            cases,
            endpoints,
            sources,
        })
    }

    /// The files that a case is made of, by their paths below the folder of cases: its own, and
    /// what the cases of its endpoints share. A folder of these is a library, too.
    #[must_use]
    pub fn files_of(&self, id: &str) -> Vec<(&str, &str)> {
        let Sources { texts, paths } = &self.sources;
        let Some(own) = paths.get(id) else {
            return Vec::new();
        };
        let beside = self
            .cases
            .iter()
            .filter(|case| paths.get(&case.id) == Some(own));
        let shared = beside.map(|case| format!("{}/{SHARED}", case.endpoint));
        let all = std::iter::once(own.clone()).chain(shared);
        all.filter_map(|path| texts.get_key_value(&path))
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect()
    }

    /// What the cases of an endpoint share.
    #[must_use]
    pub fn shared(&self, endpoint: &str) -> Option<&EndpointFile> {
        self.endpoints.get(endpoint)
    }

    /// The case with this id or slug.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Case> {
        self.cases
            .iter()
            .find(|case| case.id == name || case.slug == name)
    }
}

/// The endpoint that a case is about.
///
/// Cases are only made of folders of endpoints, so there is always one.
pub(crate) fn endpoint_of(case: &Case) -> &'static Endpoint {
    let Some(endpoint) = registry::endpoints().find(|known| known.name == case.endpoint) else {
        unreachable!("a case is only read from the folder of an endpoint")
    };
    endpoint
}

fn list(home: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let fail = |source| LoadError::Read {
        path: home.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(home).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Kind, Role};

    #[test]
    fn the_cases_of_the_program_are_right() {
        if let Err(error) = Library::embedded() {
            panic!("{error}");
        }
    }

    /// `ID endpoint`, or `ID retired: reason`.
    #[test]
    fn ids_are_never_given_up_and_never_used_again() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance");
        let text = fs::read_to_string(root.join("ids.lock")).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let locked: BTreeMap<&str, &str> =
            lines.map(|line| line.split_once(' ').unwrap()).collect();
        let library = Library::embedded().unwrap();
        for case in &library.cases {
            let of = locked.get(case.id.as_str()).copied();
            assert_eq!(of, Some(case.endpoint.as_str()), "ids.lock: {}", case.id);
        }
        for (id, of) in locked {
            let is_there = library.find(id).is_some();
            assert!(is_there || of.starts_with("retired: "), "{id} has no case");
        }
    }

    #[test]
    fn every_endpoint_has_a_case_with_fragments_and_pings() {
        let library = Library::embedded().unwrap();
        for endpoint in registry::endpoints() {
            let cuts = |case: &&Case| {
                let mut sends = case.script.iter().filter_map(|step| match step {
                    crate::case::Step::Send(send) => Some(send),
                    _ => None,
                });
                case.endpoint == endpoint.name
                    && sends.any(|send| !send.fragments.is_empty() && send.ping_between)
            };
            assert!(
                library.cases.iter().any(|case| cuts(&case)),
                "{}",
                endpoint.name
            );
        }
    }

    #[test]
    fn every_endpoint_has_one_plain_case_for_each_role() {
        let library = Library::embedded().unwrap();
        for endpoint in registry::endpoints() {
            for role in [Role::Server, Role::Client] {
                let plain = library.cases.iter().filter(|case| {
                    case.endpoint == endpoint.name
                        && case.kind == Kind::Plain
                        && case.has_role(role)
                });
                assert_eq!(plain.count(), 1, "{} as a {}", endpoint.name, role.name());
            }
        }
    }

    #[test]
    fn mistakes_are_shown_where_they_are() {
        let endpoint = registry::endpoints().next().unwrap().name;
        let wrong = |text: &str| {
            let name = format!("{endpoint}/x.toml");
            let Err(LoadError::Wrong(problems)) = Library::of([(name.as_str(), text)].into_iter())
            else {
                panic!("it is right")
            };
            let shown = listed(&problems).replace(endpoint, "demo/echo");
            shown.lines().take(5).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(wrong("schema = 'case/1'\nidd = 'x'\n"), @"
        demo/echo/x.toml:2:1: unknown key `idd`, expected one of `schema`, `id`, `ids`, `slug`, `status`, `since`, `clauses`, `kind`, `needs`, `kills`, `budget_ms`, `why`, `script`, `client`
          |
        2 | idd = 'x'
          | ^^^
        ");
        let head = "schema = 'case/1'\nid = 'ABC-D2E7'\nslug = 'x'\nstatus = 'draft'\nsince = '0.1'\n\
                    clauses = ['NON-E234']\nwhy = 'x'\n";
        let script = |steps: &str| wrong(&format!("{head}script = [{steps}]\n"));
        let all = [
            script("{ send = { kid = 1 } }"),
            script("{ expect = { kind = 'x', check = 'c', json = { a = { regx = 'x' } } } }"),
            script("{ expect = { kind = 'x', check = 'c', json = { a = { any = [1, 2] } } } }"),
            script("{ shout = {} }"),
            script("{ send = { message = 'x' } }, { expect = { kind = 'x', check = 'c' } }"),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        demo/echo/x.toml:8:22: unknown key `kid`, expected one of `message`, `text`, `json`, `bytes`, `set`, `remove`, `fragments`, `ping_between`, `cut`
          |
        8 | script = [{ send = { kid = 1 } }]
          |                      ^^^
        demo/echo/x.toml:8:62: unknown condition `regx`; did you mean `regex`? An object to be equal to is written { is = … }
          |
        8 | script = [{ expect = { kind = 'x', check = 'c', json = { a = { regx = 'x' } } } }]
          |                                                              ^^^^^^^^^^^^^^
        demo/echo/x.toml:8:62: any and why go together: say why several values are right
          |
        8 | script = [{ expect = { kind = 'x', check = 'c', json = { a = { any = [1, 2] } } } }]
          |                                                              ^^^^^^^^^^^^^^^^
        demo/echo/x.toml:8:13: unknown name `shout`, expected one of `connect`, `refused`, `http`, `send`, `frame`, `stream`, `expect`, `collect`, `ping`, `quiet`, `unfragmented`, `closed`, `close`
          |
        8 | script = [{ shout = {} }]
          |             ^^^^^
        demo/echo/x.toml: there is no endpoint.toml beside it
        ");
    }
}
