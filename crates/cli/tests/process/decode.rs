//! `mynah decode` as a process, over whatever the fixtures hold.

use std::path::{Path, PathBuf};

use rstest::rstest;
use serde_json::Value;

use crate::support::{err, out, run};

#[rstest]
#[case::no_such_file(&["decode", "/no/such/file"], b"", "cannot read /no/such/file: ")]
#[case::a_folder(&["decode", "/"], b"", "cannot read /: ")]
#[case::empty(&["decode"], b"", "the input is empty; ")]
#[case::odd_hex(&["decode", "--input", "hex"], b"123", "the input is not hex: 3 digits ")]
#[case::no_base64(&["decode", "--input", "base64"], b"*", "the input is not base64: ")]
fn other_failures_are_one_line_and_1(
    #[case] arguments: &[&str],
    #[case] input: &[u8],
    #[case] lead: &str,
) {
    let output = run(arguments, input);
    assert_eq!(output.status.code(), Some(1));
    let line = err(&output);
    assert!(line.starts_with(&format!("error: {lead}")), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_eq!(out(&output), "");
}

#[test]
fn vectors_decode_to_what_they_say() {
    for (file, line) in fixture_lines() {
        let (Some(hex), Some(from)) = (line["hex"].as_str(), line["from"].as_str()) else {
            continue;
        };
        if !matches!(from, "client" | "server") {
            continue;
        }
        let what = format!("{}: {}", file.display(), line["id"]);
        let named = run(&["decode", "--json", "--from", from], hex.as_bytes());
        assert_eq!(named.status.code(), Some(0), "{what}: {}", err(&named));
        let decoded: Value = serde_json::from_str(&out(&named)).unwrap();
        if line.get("expected").is_some() {
            assert_eq!(decoded["value"], line["expected"], "{what}");
        }
        let guessed = run(&["decode"], hex.as_bytes());
        assert_eq!(guessed.status.code(), Some(0), "{what}: {}", err(&guessed));
        let endpoint = decoded["endpoint"].as_str().unwrap();
        let arguments = ["decode", "--json", "--endpoint", endpoint, "--from", from];
        let cut = hex.get(..hex.len() - 2).unwrap();
        let cut = run(&arguments, cut.as_bytes());
        if cut.status.code() == Some(1) {
            assert_malformed(&cut, &what);
        }
    }
}

#[test]
fn messages_of_sessions_decode_or_say_where_they_do_not() {
    let endpoints = out(&run(&["endpoints", "--json"], b""));
    let endpoints: Value = serde_json::from_str(&endpoints).unwrap();
    for (file, line) in fixture_lines() {
        let folder = file.parent().unwrap().strip_prefix(fixtures()).unwrap();
        let endpoint = folder.to_str().unwrap();
        let served = endpoints["endpoints"].as_array().unwrap();
        let is_message = matches!(line["dir"].as_str(), Some("client" | "server"));
        if !is_message || served.iter().all(|served| served["name"] != endpoint) {
            continue;
        }
        let (input, writing) = match (line["text"].as_str(), line["base64"].as_str()) {
            (Some(text), _) => (text, "raw"),
            (None, Some(base64)) => (base64, "base64"),
            (None, None) => continue,
        };
        if input.is_empty() {
            continue;
        }
        let from = line["dir"].as_str().unwrap();
        let arguments = [
            "decode",
            "--json",
            "--endpoint",
            endpoint,
            "--from",
            from,
            "--input",
            writing,
        ];
        let output = run(&arguments, input.as_bytes());
        match output.status.code() {
            Some(0) => assert_eq!(err(&output), ""),
            Some(1) => assert_malformed(&output, &format!("{}: {line}", file.display())),
            other => panic!("{}: exit {other:?}", file.display()),
        }
    }
}

/// One line `byte N: field: problem`, and the same in parts on standard output.
fn assert_malformed(output: &std::process::Output, what: &str) {
    let line = err(output);
    assert_eq!(line.lines().count(), 1, "{what}: {line}");
    let error: Value = serde_json::from_str(&out(output)).unwrap();
    let error = &error["error"];
    let parts = format!(
        "byte {}: {}: {}\n",
        error["offset"],
        error["field"].as_str().unwrap(),
        error["problem"].as_str().unwrap()
    );
    assert_eq!(line, parts, "{what}");
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Every line of every `.jsonl` file under `fixtures/`.
fn fixture_lines() -> Vec<(PathBuf, Value)> {
    let mut lines = Vec::new();
    let mut folders = vec![fixtures()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "jsonl")
            {
                for line in std::fs::read_to_string(&path).unwrap().lines() {
                    let value = serde_json::from_str(line).unwrap_or(Value::Null);
                    lines.push((path.clone(), value));
                }
            }
        }
    }
    lines
}
