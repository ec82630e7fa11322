//! Controls: subjects that know nothing, through the command line, on every rung of the adapter
//! contract. None of them is ever green, and none of their checks passes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use rstest::rstest;
use serde_json::Value;

use crate::support::{err, out, run};

/// Runs it; the exit code, the number of checks that passed, and what it said on standard error.
fn scored(arguments: &[&str]) -> (Option<i32>, u64, String) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("out");
    let (kind, rest) = arguments.split_first().unwrap();
    let options = ["test", kind, "--out", place.to_str().unwrap()];
    let output = run(&[&options, rest].concat(), b"");
    let run: Value = match std::fs::read(place.join("run.json")) {
        Ok(text) => serde_json::from_slice(&text).unwrap(),
        Err(_) => Value::Null,
    };
    assert_ne!(run["as_expected"], true, "{}", out(&output));
    let passed = run["totals"]["pass"].as_u64().unwrap_or(0);
    (output.status.code(), passed, err(&output))
}

const PROBE: &str = "error: a probe failed, so nothing is scored";
const DIFFERS: &str = "error: not as expected; see what is not pass above";

/// What the README shows is one of the adapters that real clients are judged by.
#[test]
fn the_adapter_of_the_readme_is_one_that_is_judged() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let folders = std::fs::read_dir(format!("{root}/conformance/adapters")).unwrap();
    let programs = folders.map(|folder| folder.unwrap().path().join("adapter.py"));
    let texts = programs.filter_map(|program| std::fs::read_to_string(program).ok());
    let shown = texts.filter(|text| readme.contains(&format!("```python\n{text}```\n")));
    assert_eq!(shown.count(), 1);
}

/// Rung 1: a process for each case.
#[rstest]
#[case::null("exit 1", 1, DIFFERS)]
#[case::accepts_all("exit 0", 1, PROBE)]
#[case::echoes("cat \"$MYNAH_IN\" > \"$MYNAH_OUT\"", 1, PROBE)]
#[case::garbage("head -c 999 /dev/zero > \"$MYNAH_OUT\"", 1, PROBE)]
#[case::crashes("exit 3", 1, PROBE)]
#[case::is_killed("kill -9 $$", 1, PROBE)]
#[case::hangs("sleep 60", 1, PROBE)]
#[case::can_do_nothing("exit 127", 4, "error: the program says of everything that it cannot")]
fn a_command(#[case] script: &str, #[case] code: i32, #[case] line: &str) {
    let (found, passed, errors) = scored(&["client", "--", "sh", "-c", script]);
    assert_eq!((found, passed), (Some(code), 0), "{errors}");
    assert!(errors.starts_with(line), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

/// What a long-lived adapter says first; then one answer to each line.
fn answering(outcome: &str) -> String {
    format!(
        r#"read l; echo '{{"contract":1,"subject":{{"name":"control"}}}}'
        n=0; while read l; do n=$((n+1)); echo '{{"id":'$n',"done":{{"outcome":"{outcome}"}}}}'; done"#
    )
}

/// Rung 2: one process for all cases.
#[rstest]
#[case::null(&answering("error"), 1, DIFFERS)]
#[case::accepts_all(&answering("completed"), 1, PROBE)]
#[case::echoes("cat", 1, PROBE)]
#[case::garbage("while read l; do echo garbage; done", 1, PROBE)]
#[case::crashes("read l; exit 3", 1, PROBE)]
#[case::hangs("sleep 60", 1, PROBE)]
#[case::can_do_nothing(&answering("unsupported"), 4, "error: the program says of everything that it cannot")]
fn a_long_lived_adapter(#[case] script: &str, #[case] code: i32, #[case] line: &str) {
    let (found, passed, errors) = scored(&["client", "--lines", "--", "sh", "-c", script]);
    assert_eq!((found, passed), (Some(code), 0), "{errors}");
    assert!(errors.starts_with(line), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

/// What is no program at all: on both rungs nothing was started.
#[rstest]
#[case::missing("/no/such/program")]
#[case::not_executable(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))]
#[case::a_folder(env!("CARGO_MANIFEST_DIR"))]
fn nothing_that_could_be_started(#[case] program: &str) {
    for rung in [&["client", "--"][..], &["client", "--lines", "--"]] {
        let (found, passed, errors) = scored(&[rung, &[program]].concat());
        assert_eq!((found, passed), (Some(4), 0), "{errors}");
        assert!(errors.starts_with("error: cannot start "), "{errors}");
        assert!(errors.contains("after --"), "{errors}");
    }
}

/// The address of a server that does the same to every connection.
fn serving(handle: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            std::thread::spawn(move || handle(stream.unwrap()));
        }
    });
    format!("ws://{address}")
}

fn answer(mut stream: TcpStream, text: &str) {
    let mut head = [0; 8192];
    // Whoever has gone does not mind.
    let _ = stream.read(&mut head);
    let _ = stream.write_all(text.as_bytes());
}

fn echo(mut stream: TcpStream) {
    let mut from = stream.try_clone().unwrap();
    // Whoever has gone does not mind.
    let _ = std::io::copy(&mut from, &mut stream);
}

/// Rung 0: a server at a URL.
#[rstest]
#[case::hangs_up(drop)]
#[case::echoes(echo)]
#[case::refuses_all(|stream| answer(stream, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"))]
#[case::says_yes_to_all(|stream| answer(stream, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))]
#[case::switches_and_is_none(|stream| answer(stream, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"))]
#[case::garbage(|stream| answer(stream, "\u{1}\u{2}garbage\r\n\r\n"))]
fn a_server(#[case] handle: fn(TcpStream)) {
    let (found, passed, errors) = scored(&["server", &serving(handle)]);
    assert_eq!((found, passed), (Some(1), 0), "{errors}");
    assert_eq!(errors.trim_end(), DIFFERS);
}

/// A server that takes connections and says nothing costs the whole budget of a case.
#[test]
fn a_server_that_hangs() {
    let url = serving(|stream| {
        let _held = stream;
        std::thread::park();
    });
    let endpoint = wire::registry::endpoints().next().unwrap().name;
    let slug = format!("{}/plain", endpoint.rsplit('/').next().unwrap());
    let (found, passed, errors) = scored(&["server", &url, "--case", &slug]);
    assert_eq!((found, passed), (Some(1), 0), "{errors}");
    assert_eq!(errors.trim_end(), DIFFERS);
}
