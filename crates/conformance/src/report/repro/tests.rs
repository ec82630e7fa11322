use wire::ws::Opcode;

use super::super::example::{case, check, connection, report, run};
use super::*;

#[test]
fn a_failure_has_a_folder_and_what_passed_has_none() {
    let home = tempfile::tempdir().unwrap();
    let session = connection(&[(Opcode::Text, b"{\"a\":2}"), (Opcode::Binary, &[1, 2, 3])]);
    let broken = case(
        "ABC-AAAA",
        vec![check("broken", Verdict::Fail, "2")],
        session.clone(),
    );
    let fine = case("ABC-BBBB", vec![check("fine", Verdict::Pass, "")], session);
    let both = run(vec![broken.clone(), fine.clone()]);
    let written = home.path().join("repro");
    write(&report(&both), &written).unwrap();
    let mut names: Vec<String> = fs::read_dir(written.join("ABC-AAAA"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "README.md",
            "connection-1.client.bin",
            "connection-1.server.bin",
            "replay.py",
            "session.json",
            "stderr.txt",
            "trace.txt"
        ]
    );
    assert!(!written.join("ABC-BBBB").exists());
    let sent = fs::read(written.join("ABC-AAAA/connection-1.server.bin")).unwrap();
    assert!(sent.starts_with(b"HTTP/1.1 101") && sent.ends_with(&[1, 2, 3]));

    // What was found before is not found any more; what is not ours stays.
    fs::create_dir(written.join("mine")).unwrap();
    fs::write(written.join("mine/replay.py"), "print('mine')").unwrap();
    write(&report(&run(vec![fine])), &written).unwrap();
    assert!(!written.join("ABC-AAAA").exists());
    assert!(written.join("mine").exists());
}

#[test]
fn an_id_is_no_way_out_of_the_folder() {
    let odd = case(
        "../../x/ABC",
        vec![check("a", Verdict::Fail, "")],
        connection(&[]),
    );
    assert_eq!(folder_of(&odd), "______x_ABC");
}

#[test]
fn a_trace_tells_everything_in_text() {
    let session = connection(&[
        (Opcode::Text, b"{\"a\":2}"),
        (Opcode::Close, b"\x03\xe8bye\x1b[2J"),
    ]);
    let case = case(
        "ABC-AAAA",
        vec![check("broken", Verdict::Fail, "2")],
        session,
    );
    let endpoint = wire::registry::endpoints().find(|known| known.name == case.endpoint);
    let text = trace::trace(&case, &said(&case.trace, endpoint));
    insta::assert_snapshot!(text, @r#"
    connection 1

         0.000 ms  client  request  64 bytes
        HTTP
            GET /x HTTP/1.1
            Host: h
            X-Token: *****
            Upgrade: websocket

         2.000 ms  server  answer  84 bytes
        HTTP
            HTTP/1.1 101 Switching Protocols
            X-Id: <i>7</i>
            Sec-WebSocket-Accept: bm9uZQ==

         3.000 ms  client 1  malformed  11 bytes
        WebSocket text frame at byte 64
            FIN 1 (the last frame of its message) · RSV 000 (none) · opcode 0001 (text) · MASK 1 (masked) · length 0001011 (11 bytes) · masking key 01 02 03 04
        Malformed
            byte 0: command: a string is expected, nothing found
        Value

        10.000 ms  server 1  malformed  7 bytes
        check broken: fail value
        WebSocket text frame at byte 84
            FIN 1 (the last frame of its message) · RSV 000 (none) · opcode 0001 (text) · MASK 0 (not masked) · length 0000111 (7 bytes)
        Malformed
            byte 0: resp_type: a string is expected, nothing found
        Value
            a: 2 <- expected </script><script>alert(1)</script><b a='"'>&amp;

        20.000 ms  server  close  9 bytes
        WebSocket close frame at byte 93
            FIN 1 (the last frame of its message) · RSV 000 (none) · opcode 1000 (close) · MASK 0 (not masked) · length 0001001 (9 bytes)
        Close
            code 1000, reason "bye\u{1b}[2J"
        Payload
                 0  03 e8 62 79 65 1b 5b 32
                 8  4a

    end: the framing broke: </script><script>alert(1)</script><b a='"'>&amp;
    "#);
}

/// What Python says of a folder's script.
fn replay(folder: &Path, arguments: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new("python3");
    command.arg(folder.join("replay.py")).args(arguments);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// A folder about a session in which a greeting is answered.
fn bundle(home: &Path, kind: &'static str) -> std::path::PathBuf {
    let session = connection(&[(Opcode::Text, b"{\"a\":2}"), (Opcode::Close, b"\x03\xe8")]);
    let broken = case(
        "ABC-AAAA",
        vec![check("broken", Verdict::Fail, "2")],
        session,
    );
    let mut run = run(vec![broken]);
    run.kind = kind;
    write(&report(&run), home).unwrap();
    home.join("ABC-AAAA")
}

#[test]
fn a_server_gets_the_same_bytes_again_with_the_credential_put_in() {
    use std::io::{Read as _, Write as _};
    let home = tempfile::tempdir().unwrap();
    let folder = bundle(home.path(), "server");
    let sent = fs::read(folder.join("connection-1.client.bin")).unwrap();
    let recorded = fs::read(folder.join("connection-1.server.bin")).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&recorded).unwrap();
        let mut got = Vec::new();
        stream.read_to_end(&mut got).unwrap();
        got
    });
    let url = format!("ws://{address}/before");
    let words = [url.as_str(), "--header", "X-Auth: me", "--token", "s3cret"];
    let output = replay(&folder, &words).output().unwrap();
    let got = serving.join().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("bytes behind the head as recorded"), "{told}");
    assert_eq!(output.status.code(), Some(0), "{told}");
    let head = String::from_utf8_lossy(&got).into_owned();
    let wanted =
        format!("GET /before/x HTTP/1.1\r\nX-Auth: me\r\nHost: {address}\r\nX-Token: s3cret\r\n");
    assert!(head.starts_with(&wanted), "{head}");
    let behind = |all: &[u8]| all[view_end(all)..].to_vec();
    assert_eq!(behind(&got), behind(&sent));
}

fn view_end(bytes: &[u8]) -> usize {
    super::super::view::head_end(bytes).unwrap()
}

#[test]
fn a_client_is_told_the_same_bytes_again_with_its_own_accept_value() {
    use std::io::{BufRead as _, Read as _, Write as _};
    let home = tempfile::tempdir().unwrap();
    let folder = bundle(home.path(), "client");
    let recorded = fs::read(folder.join("connection-1.server.bin")).unwrap();
    let sent = fs::read(folder.join("connection-1.client.bin")).unwrap();
    let mut child = replay(&folder, &[])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("ws://").unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let request = format!("GET /y HTTP/1.1\r\nHost: other\r\nSec-WebSocket-Key: {key}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(&sent[view_end(&sent)..]).unwrap();
    let mut got = Vec::new();
    stream.read_to_end(&mut got).unwrap();
    assert!(child.wait().unwrap().success());
    let accept = wire::ws::accept_key(key);
    let told = String::from_utf8_lossy(&got).replace(&accept, "bm9uZQ==");
    assert_eq!(told, String::from_utf8_lossy(&recorded));
}
