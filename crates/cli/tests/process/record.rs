//! `mynah record` as a process.

use rstest::rstest;

use crate::serve::Mock;
use crate::support::{err, mynah, out, run};

#[rstest]
#[case::no_url("nowhere", r#"--upstream: "nowhere" is not a URL"#)]
#[case::with_path("ws://127.0.0.1:1/v1/synthesize", "leave it away")]
fn a_wrong_upstream_is_a_usage_error(#[case] upstream: &str, #[case] says: &str) {
    let done = run(&["record", "--upstream", upstream, "--out", "never"], b"");
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains(says), "{}", err(&done));
    assert_eq!(err(&done).lines().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_comes_with_a_remedy() {
    let done = run(
        &["record", "--upstream", "ws://h", "--out", "/nowhere/s"],
        b"",
    );
    assert_eq!(done.status.code(), Some(1));
    assert!(
        err(&done).contains("give --out a file that can be written"),
        "{}",
        err(&done)
    );
}

#[test]
fn sessions_of_the_suite_are_recorded_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.jsonl");
    let file = file.to_str().unwrap();
    let mock = Mock::start(&mut mynah(&["serve", "--listen", "127.0.0.1:0"]));
    let upstream = format!("ws://{}", mock.address);
    let record = [
        "record",
        "--upstream",
        &upstream,
        "--out",
        file,
        "--listen",
        "127.0.0.1:0",
    ];
    let recorder = Mock::start(&mut mynah(&record));
    let through = format!("ws://{}", recorder.address);
    let judged = run(
        &["test", "server", &through, "--case", "framing/fragments"],
        b"",
    );
    assert_eq!(judged.status.code(), Some(0), "{}", out(&judged));
    let (status, rest, log, _) = recorder.stop("TERM");
    assert!(status.success());
    assert_eq!(rest, "");
    assert!(log.starts_with("session 1: "), "{log}");
    let replayed = run(&["test", "replay", file], b"");
    assert_eq!(replayed.status.code(), Some(0), "{}", out(&replayed));
}
