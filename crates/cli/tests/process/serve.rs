//! `mynah serve` as a process: one line when it is ready, and an end on request.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rstest::rstest;

use crate::support::{err, mynah, out, run};

/// A running server, killed when it is dropped.
pub(crate) struct Mock {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    ready: String,
    pub(crate) address: SocketAddr,
}

impl Mock {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        out.read_line(&mut ready).unwrap();
        let address = ready
            .split_once("://")
            .and_then(|(_, rest)| rest.split(' ').next()?.parse().ok())
            .unwrap_or_else(|| panic!("no address in {ready:?}"));
        Self {
            child,
            out,
            ready,
            address,
        }
    }

    /// Sends a signal; how the process ended, what else it wrote, and how long that took.
    pub(crate) fn stop(mut self, signal: &str) -> (ExitStatus, String, String, Duration) {
        let asked = Instant::now();
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        let status = self.child.wait().unwrap();
        let took = asked.elapsed();
        let (mut out, mut log) = (String::new(), String::new());
        self.out.read_to_string(&mut out).unwrap();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        (status, out, log, took)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[rstest]
#[case("127.0.0.1:0", "TERM")]
#[case("127.0.0.1:0", "INT")]
#[case("[::1]:0", "TERM")]
#[case("0.0.0.0:0", "TERM")]
fn says_one_line_answers_and_ends_with_0(#[case] listen: &str, #[case] signal: &str) {
    let own: SocketAddr = listen.parse().unwrap();
    if TcpListener::bind(own).is_err() {
        eprintln!("skipped: this machine has no {listen}");
        return;
    }
    let mock = Mock::start(&mut mynah(&["serve", "--listen", listen]));
    let address = mock.address;
    assert_eq!(address.ip(), own.ip());
    assert_eq!(
        mock.ready,
        format!("mynah ready ws://{address} admin http://{address}/__mynah/\n")
    );
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip([127, 0, 0, 1].into());
    }
    let health = get(reachable, "/__mynah/health");
    assert!(health.starts_with("HTTP/1.1 200 "), "{health}");
    assert!(health.contains("\"status\":\"ok\""), "{health}");

    // A client that is in the middle of something does not keep the server.
    let mut idle = TcpStream::connect(reachable).unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let (status, more, log, took) = mock.stop(signal);
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(more, "", "standard output has one line");
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn tls_is_announced_and_keeps_its_ca() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("ca");
    let home = home.to_str().unwrap();
    let printed = run(&["ca", "--ca-dir", home, "--lang", "curl"], b"");
    assert!(out(&printed).contains("ca.pem"), "{}", err(&printed));
    let kept = std::fs::read_to_string(folder.path().join("ca/ca.pem")).unwrap();
    for _ in 0..2 {
        let options = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls",
            "--ca-dir",
            home,
        ];
        let mock = Mock::start(&mut mynah(&options));
        let address = mock.address;
        assert_eq!(
            mock.ready,
            format!("mynah ready wss://{address} admin https://{address}/__mynah/\n")
        );
        // Who is to trust the CA does not trust it yet, so it comes in plain text, too.
        let answer = get(address, "/__mynah/ca.pem");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert!(answer.ends_with(&kept), "{answer}");
        assert_eq!(mock.stop("TERM").0.code(), Some(0));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(folder.path().join("ca/ca-key.pem")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_folder_that_cannot_hold_a_ca_is_one_line_and_1() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let home = file.path().to_str().unwrap();
    let output = run(&["serve", "--ca-dir", home], b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).starts_with("error: cannot make the folder "));
    assert_eq!(err(&output).lines().count(), 1);
    let output = run(&["serve", "--tls-name", "no name"], b"");
    assert_eq!(output.status.code(), Some(2));
}

#[rstest]
#[case::a_line_a_session(&[], "", 1)]
#[case::silence(&["--log-level", "off"], "", 0)]
#[case::as_rust_log_says(&[], "error", 0)]
#[case::the_option_first(&["--log-level", "info"], "error", 1)]
fn sessions_are_logged(#[case] options: &[&str], #[case] rust_log: &str, #[case] lines: usize) {
    let mut command = mynah(&["serve", "--listen", "127.0.0.1:0"]);
    let mock = Mock::start(command.args(options).env("RUST_LOG", rust_log));
    get(mock.address, "/nobody/serves/this");
    let (_, _, log, _) = mock.stop("TERM");
    let sessions = log.lines().filter(|line| line.contains(" INFO session "));
    assert_eq!(sessions.count(), lines, "{log}");
    assert!(!log.contains('\u{1b}'), "no colours in a pipe: {log}");
}

#[test]
fn an_address_in_use_is_one_line_and_1() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--listen", &address], b"");
    assert_eq!(output.status.code(), Some(1));
    let line = err(&output);
    assert!(
        line.starts_with(&format!("error: cannot listen on {address}: ")),
        "{line}"
    );
    assert!(line.contains("--listen 127.0.0.1:0"), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert_eq!(output.stdout, b"");
}

#[test]
fn the_file_counts_where_the_command_line_is_silent() {
    let file = std::env::temp_dir().join(format!("mynah-{}.toml", std::process::id()));
    std::fs::write(&file, "listen = '127.0.0.1:0'\nclock = 'manual'\n").unwrap();
    let config = file.to_str().unwrap();
    let mock = Mock::start(&mut mynah(&["serve", "--config", config]));
    let clock = get(mock.address, "/__mynah/clock");
    assert!(clock.contains("\"mode\":\"manual\""), "{clock}");
    mock.stop("TERM");
    let mock = Mock::start(&mut mynah(&["serve", "--config", config, "--clock", "x50"]));
    let clock = get(mock.address, "/__mynah/clock");
    assert!(clock.contains("\"mode\":\"x50\""), "{clock}");
    mock.stop("TERM");
    std::fs::write(&file, "clock = 'x0'\n").unwrap();
    let output = run(&["serve", "--config", config], b"");
    assert_eq!(output.status.code(), Some(2));
    let text = err(&output);
    assert!(
        text.starts_with(&format!("error: {config}:1:9: takes real, ")),
        "{text}"
    );
    assert!(text.ends_with("\n  |         ^^^^\n"), "{text}");
    std::fs::remove_file(&file).unwrap();
}

/// A temporary file of this test run.
fn scratch(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("mynah-{}-{name}", std::process::id()))
}

/// A path that misses a served one by a letter, which is a finding.
fn near_miss() -> String {
    let endpoint = wire::registry::endpoints().next().unwrap();
    format!("{}x", endpoint.paths[0].replace(['{', '}'], ""))
}

#[rstest]
#[case("ignore", 0)]
#[case("warn", 0)]
#[case("error", 1)]
fn strictness_decides_the_exit_code(#[case] strict: &str, #[case] code: i32) {
    let options = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--strict",
        strict,
        "--log-level",
        "off",
    ];
    let mock = Mock::start(&mut mynah(&options));
    get(mock.address, &near_miss());
    let verdict = get(mock.address, "/__mynah/verify");
    let expected = if code == 0 { "pass" } else { "fail" };
    assert!(
        verdict.contains(&format!("\"verdict\":\"{expected}\"")),
        "{verdict}"
    );
    let (status, _, log, _) = mock.stop("TERM");
    assert_eq!(status.code(), Some(code), "{log}");
    assert_eq!(
        log.starts_with("error: 1 finding with --strict error: lane default"),
        code == 1,
        "{log}"
    );
}

#[test]
fn the_journal_survives_a_kill_and_the_log_is_json() {
    let file = scratch("journal.jsonl");
    let _ = std::fs::remove_file(&file);
    let path = file.to_str().unwrap();
    let options = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--journal-file",
        path,
        "--log",
        "json",
    ];
    let mock = Mock::start(&mut mynah(&options));
    get(
        mock.address,
        &format!("/~lane=a{}?token=planted-in-query", near_miss()),
    );
    let waited = get(mock.address, "/__mynah/wait?lane=a&sessions=1");
    assert!(waited.starts_with("HTTP/1.1 200 "), "{waited}");
    // The file is written by a thread of its own.
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut text = String::new();
    while !text.contains("\"event\":\"end\"") && Instant::now() < deadline {
        std::thread::yield_now();
        text = std::fs::read_to_string(&file).unwrap();
    }
    let (_, _, log, _) = mock.stop("KILL");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let events: Vec<String> = lines
        .map(|line| line["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(events.first().map(String::as_str), Some("session"));
    assert!(
        events.contains(&"finding".to_owned()) && events.contains(&"end".to_owned()),
        "{text}"
    );
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["message"].is_string(), "{line}");
    }
    let session = log
        .lines()
        .find(|line| line.contains("\"message\":\"session\""))
        .unwrap();
    for member in [
        "\"lane\":\"a\"",
        "\"result\":\"refused\"",
        "\"findings\":1",
        "\"status\":404",
    ] {
        assert!(session.contains(member), "{member}: {session}");
    }
    assert!(
        !text.contains("planted") && !log.contains("planted"),
        "{text}{log}"
    );
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_journal_that_cannot_be_written_is_one_line_and_1() {
    let output = run(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--journal-file",
            "/no/such/folder/j",
        ],
        b"",
    );
    assert_eq!(output.status.code(), Some(1));
    let line = err(&output);
    assert!(
        line.starts_with("error: cannot write the journal to /no/such/folder/j: "),
        "{line}"
    );
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn a_file_is_checked_without_serving() {
    let file = scratch("check.toml");
    let path = file.to_str().unwrap();
    std::fs::write(
        &file,
        "strict = 'error'\nadmin_token = 't'\njournal_bytes = 1000\n",
    )
    .unwrap();
    let output = run(&["check", path], b"");
    assert_eq!(
        (output.status.code(), output.stdout.as_slice()),
        (Some(0), &b"ok\n"[..])
    );
    std::fs::write(&file, "seed = 1\nstrict = 'strong'\n").unwrap();
    let output = run(&["check", path], b"");
    assert_eq!(output.status.code(), Some(2));
    let text = err(&output);
    assert!(
        text.starts_with(&format!(
            "error: {path}:2:10: takes ignore, warn or error, "
        )),
        "{text}"
    );
    assert!(text.ends_with("^^^^^^^^\n"), "{text}");
    std::fs::remove_file(&file).unwrap();
}
