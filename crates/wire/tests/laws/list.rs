//! The table of laws in ARCHITECTURE.md names tests that exist.

use std::collections::BTreeSet;
use std::path::Path;

const ARCHITECTURE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../ARCHITECTURE.md"
));

/// The laws of this crate's table, each with the tests that its row names.
fn rows() -> Vec<(String, Vec<String>)> {
    let rows = ARCHITECTURE.lines().filter(|line| line.starts_with("| I"));
    rows.map(|row| {
        let mut cells = row.split('|').skip(1);
        let law = cells.next().unwrap().trim();
        let id = law.split_whitespace().next().unwrap().to_owned();
        let tests = cells.next().unwrap().split('`').skip(1).step_by(2);
        (id, tests.map(str::to_owned).collect())
    })
    .collect()
}

/// The names of every test function of the workspace.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![crates];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // The fuzzer is a workspace of its own and may be built where it stands.
                folders.extend(Some(path).filter(|it| !it.ends_with("target")));
            } else if path.extension().is_some_and(|it| it == "rs") {
                names.extend(tests_in(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    names
}

/// A function is a test if an attribute before it says so, with nothing but attributes between.
fn tests_in(source: &str) -> Vec<String> {
    let mut is_test = false;
    let mut names = Vec::new();
    for line in source.lines().map(str::trim_start) {
        if line.starts_with("#[test]")
            || line.starts_with("#[rstest]")
            || line.starts_with("#[tokio::test")
        {
            is_test = true;
        } else if let Some(name) = line
            .strip_prefix("async ")
            .unwrap_or(line)
            .strip_prefix("fn ")
        {
            if is_test {
                names.extend(name.split(['(', '<']).next().map(str::to_owned));
            }
            is_test = false;
        } else if line.starts_with("struct ") || line.starts_with("mod ") {
            is_test = false;
        }
    }
    names
}

#[test]
fn every_law_is_listed_with_tests_that_exist() {
    let rows = rows();
    let laws: Vec<&str> = rows.iter().map(|(law, _)| law.as_str()).collect();
    let expected: Vec<String> = (1..=laws.len()).map(|n| format!("I{n}")).collect();
    assert_eq!(laws, expected);
    assert!(laws.len() >= 19, "{laws:?}");
    let tests = tests();
    for (law, named) in &rows {
        assert!(!named.is_empty(), "{law} names no test");
        for name in named {
            assert!(tests.contains(name), "{law}: there is no test {name}");
        }
    }
}
