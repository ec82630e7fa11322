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

         0.000 ms  client  request  48 bytes
        HTTP
            GET /x HTTP/1.1
            Host: h
            Upgrade: websocket

         2.000 ms  server  answer  52 bytes
        HTTP
            HTTP/1.1 101 Switching Protocols
            X-Id: <i>7</i>

         3.000 ms  client 1  malformed  11 bytes
        WebSocket text frame at byte 48
            FIN 1 (the last frame of its message) · RSV 000 (none) · opcode 0001 (text) · MASK 1 (masked) · length 0001011 (11 bytes) · masking key 01 02 03 04
        Malformed
            byte 0: command: a string is expected, nothing found
        Value

        10.000 ms  server 1  malformed  7 bytes
        check broken: fail value
        WebSocket text frame at byte 52
            FIN 1 (the last frame of its message) · RSV 000 (none) · opcode 0001 (text) · MASK 0 (not masked) · length 0000111 (7 bytes)
        Malformed
            byte 0: resp_type: a string is expected, nothing found
        Value
            a: 2 <- expected </script><script>alert(1)</script><b a='"'>&amp;

        20.000 ms  server  close  9 bytes
        WebSocket close frame at byte 61
            FIN 1 (the last frame of its message) · RSV 000 (none) · opcode 1000 (close) · MASK 0 (not masked) · length 0001001 (9 bytes)
        Close
            code 1000, reason "bye\u{1b}[2J"
        Payload
                 0  03 e8 62 79 65 1b 5b 32
                 8  4a

    end: the framing broke: </script><script>alert(1)</script><b a='"'>&amp;
    "#);
}
