//! The scenarios that have a name: those that come along, and those of the user's folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use super::file;
use super::{Scenario, ScenarioError};
use crate::diagnostic::{FileProblem, Place};
use crate::fault;
use crate::lock::lock;

/// A file of `fixtures/scenarios` by its name.
macro_rules! built_in {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../../fixtures/scenarios/", $name, ".toml")),
        )
    };
}

/// The scenarios that come along: their names and their files.
pub const BUILT_IN: &[(&str, &str)] = &[
    built_in!("busy-service"),
    built_in!("cut-short"),
    built_in!("dead-line"),
    built_in!("error-frame"),
    built_in!("expired-key"),
    built_in!("full-house-on-return"),
    built_in!("late-error"),
    built_in!("lost-connection"),
    built_in!("mute-bot"),
    built_in!("odd-chunks"),
    built_in!("oversized-message"),
    built_in!("quiet-caller"),
    built_in!("revolving-door"),
    built_in!("split-messages"),
    built_in!("stale-token"),
    built_in!("stuck-speaking"),
];

/// Scenarios by name.
#[derive(Debug, Default)]
pub(crate) struct Library {
    folder: Option<PathBuf>,
    /// The user's files as they were when they were read last.
    read: Mutex<HashMap<PathBuf, (SystemTime, Scenario)>>,
}

impl Library {
    /// What comes along, and the files `NAME.toml` of a folder, which go first.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            read: Mutex::default(),
        }
    }

    /// The scenario that a text names or writes out. A file of the user's folder is read again
    /// when it has changed.
    pub(crate) fn find(&self, text: &str) -> Result<Scenario, ScenarioError> {
        if is_name(text) {
            if let Some(found) = self.of_folder(text) {
                return found;
            }
            if let Some((name, file)) = BUILT_IN.iter().find(|(name, _)| *name == text) {
                return file::read(name, file).map_err(|problem| broken(name, file, problem));
            }
        }
        Scenario::parse(text).map_err(|error| self.with_names(text, error))
    }

    /// The names of all of them, faults first.
    pub(crate) fn names(&self) -> Vec<String> {
        let faults = fault::names().into_iter().map(str::to_owned);
        faults.chain(self.file_names()).collect()
    }

    fn of_folder(&self, name: &str) -> Option<Result<Scenario, ScenarioError>> {
        let path = self.folder.as_ref()?.join(format!("{name}.toml"));
        let changed = std::fs::metadata(&path).ok()?.modified().ok()?;
        let mut read = lock(&self.read);
        if let Some((known, scenario)) = read.get(&path)
            && *known == changed
        {
            return Some(Ok(scenario.clone()));
        }
        let text = std::fs::read_to_string(&path).ok()?;
        let shown = path.display().to_string();
        Some(match file::read(name, &text) {
            Ok(scenario) => {
                read.insert(path, (changed, scenario.clone()));
                Ok(scenario)
            }
            Err(problem) => Err(broken(&shown, &text, problem)),
        })
    }

    fn file_names(&self) -> Vec<String> {
        let mut names: Vec<String> = BUILT_IN
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        if let Some(folder) = &self.folder {
            names.extend(scenarios_in(folder));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The error about an unknown name, with files in mind as well as faults.
    fn with_names(&self, text: &str, error: ScenarioError) -> ScenarioError {
        let names = self.file_names();
        let distance = |name: &&String| wire::registry::edit_distance(text, name);
        let nearest = names.iter().min_by_key(distance);
        match nearest {
            Some(nearest) if is_name(text) && distance(&nearest) <= text.len() / 3 => {
                ScenarioError::File {
                    name: text.to_owned(),
                    nearest: nearest.clone(),
                }
            }
            _ => error,
        }
    }
}

/// Checks every file of a folder; the first mistake is told with file, line and column.
pub(crate) fn check_folder(folder: &Path) -> Result<(), ScenarioError> {
    let library = Library::new(Some(folder.to_owned()));
    let mut names = scenarios_in(folder);
    names.sort_unstable();
    for name in names {
        if let Some(Err(error)) = library.of_folder(&name) {
            return Err(error);
        }
    }
    Ok(())
}

fn scenarios_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|it| it == "toml"));
    let names = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
    names.filter(|name| is_name(name)).collect()
}

/// Whether a text can be a file's name: one that can also stand in a path.
fn is_name(text: &str) -> bool {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.len() <= 100 && text.bytes().all(is_good)
}

fn broken(file: &str, text: &str, problem: FileProblem) -> ScenarioError {
    let place = Place::of(text, problem.span);
    ScenarioError::Broken {
        file: file.to_owned(),
        line: place.line,
        column: place.column,
        message: problem.message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_is_right() {
        for (name, text) in BUILT_IN {
            let scenario = file::read(name, text);
            assert!(scenario.is_ok(), "{name}: {scenario:?}");
            assert!(Scenario::parse(name).is_err(), "{name} is a fault's name");
        }
    }

    #[test]
    fn every_file_comes_along() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/scenarios");
        let mut files = scenarios_in(Path::new(folder));
        files.sort_unstable();
        let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, known);
    }

    #[test]
    fn a_file_is_read_again_when_it_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        let write = |text: &str, seconds: u64| {
            std::fs::write(&path, text).unwrap();
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            file.set_modified(time).unwrap();
        };
        let library = Library::new(Some(folder.path().to_owned()));
        write("title = 'x'\nfaults = 'close-1011'", 1);
        assert_eq!(library.find("mine").unwrap().orders().len(), 1);
        write("title = 'x'\nfaults = 'close-1011+close-1012'", 2);
        assert_eq!(library.find("mine").unwrap().orders().len(), 2);
        write("title = 'x'\nfaults = 'close-1'", 3);
        let broken = library.find("mine").unwrap_err().to_string();
        assert!(broken.contains("mine.toml:2:10: unknown fault"), "{broken}");
        write("title = 'x'\nfaults = 'close-1011'", 4);
        assert_eq!(library.find("mine").unwrap().orders().len(), 1);
    }

    #[test]
    fn a_misspelt_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("monday.toml"), "title = 'x'").unwrap();
        let library = Library::new(Some(folder.path().to_owned()));
        assert_eq!(
            library.find("mondya").unwrap_err().to_string(),
            "unknown scenario \"mondya\"; did you mean \"monday\"?"
        );
    }
}
