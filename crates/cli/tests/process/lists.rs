//! The commands that only print, as processes.

use std::process::Stdio;

use rstest::rstest;
use serde_json::Value;

use crate::support::{err, mynah, out, run};

#[rstest]
#[case("serve")]
#[case("env")]
#[case("endpoints")]
#[case("clauses")]
#[case("tables")]
#[case("decode")]
fn every_command_helps_with_an_example(#[case] command: &str) {
    let output = run(&[command, "--help"], b"");
    assert_eq!(output.status.code(), Some(0));
    let help = out(&output);
    assert!(help.contains(&format!("\n  mynah {command}")), "{help}");
    let overview = out(&run(&["--help"], b""));
    assert!(overview.contains(&format!("\n  {command} ")), "{overview}");
}

#[rstest]
#[case(&[])]
#[case(&["no-such-command"])]
#[case(&["serve", "--clock", "x0"])]
#[case(&["serve", "--knob", "no/where.x=1"])]
#[case(&["serve", "--config", "/no/such/file"])]
#[case(&["env", "no-such-vendor"])]
#[case(&["clauses", "no/where"])]
#[case(&["tables", "no/where"])]
#[case(&["decode", "--endpoint", "no/where"])]
fn usage_errors_are_2(#[case] arguments: &[&str]) {
    let output = run(arguments, b"");
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    assert_eq!(out(&output), "");
    assert_ne!(err(&output), "");
}

#[rstest]
#[case("endpoints", "endpoints")]
#[case("clauses", "clauses")]
#[case("tables", "tables")]
fn lists_are_json_on_demand(#[case] command: &str, #[case] member: &str) {
    let output = run(&[command, "--json"], b"");
    assert_eq!(output.status.code(), Some(0));
    let text = out(&output);
    assert_eq!(text.lines().count(), 1);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(value.get(member).is_some_and(Value::is_array), "{text}");
}

#[test]
fn counts_and_clauses_agree() {
    let json =
        |arguments: &[&str]| -> Value { serde_json::from_str(&out(&run(arguments, b""))).unwrap() };
    let endpoints = json(&["endpoints", "--json"]);
    for endpoint in endpoints["endpoints"].as_array().unwrap() {
        let name = endpoint["name"].as_str().unwrap();
        let path = endpoint["path"].as_str().unwrap();
        let clauses = json(&["clauses", name, "--json"]);
        assert_eq!(clauses, json(&["clauses", path, "--json"]), "{path}");
        let clauses = clauses["clauses"].as_array().unwrap();
        for (level, count) in endpoint["clauses"].as_object().unwrap() {
            let found = clauses.iter().filter(|clause| clause["level"] == **level);
            assert_eq!(
                found.count(),
                usize::try_from(count.as_u64().unwrap()).unwrap(),
                "{name} {level}"
            );
        }
    }
}

#[rstest]
#[case("60")]
#[case("80")]
#[case("120")]
fn lines_fit_the_terminal(#[case] columns: &str) {
    for command in ["clauses", "tables"] {
        let output = mynah(&[command]).env("COLUMNS", columns).output().unwrap();
        let limit: usize = columns.parse().unwrap();
        for line in out(&output).lines() {
            assert!(line.chars().count() <= limit.max(80), "{command}: {line}");
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = mynah(&["clauses"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(err(&output), "");
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = out(&run(&["--version"], b""));
    assert_eq!(version, format!("mynah {}\n", env!("CARGO_PKG_VERSION")));
}
