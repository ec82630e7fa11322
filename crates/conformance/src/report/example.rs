//! Runs for the tests of reports: what a subject may say at its worst.

use std::time::Duration;

use bytes::Bytes;
use mock_server::{FaultReport, RawChunk, Side};
use wire::ws::{FrameHead, Opcode, mask};

use super::Report;
use crate::expect::Date;
use crate::run::trace::{Comparison, Connection, Evidence, MessageRef, Trace};
use crate::run::{CaseResult, RunResult};
use crate::verdict::{CheckResult, Ending, Profile, Verdict, fold};

/// What a page must not take for its own.
pub(crate) const MARKUP: &str = "</script><script>alert(1)</script><b a='\"'>&amp;";

/// A frame of either side; the client's is masked.
pub(crate) fn frame(side: Side, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut head = FrameHead::server(opcode, payload.len());
    let mut payload = payload.to_vec();
    if side == Side::Client {
        let key = [1, 2, 3, 4];
        head.mask = Some(key);
        mask(&mut payload, key, 0);
    }
    [head.encode().to_vec(), payload].concat()
}

/// Bytes that came so many milliseconds after the connection was opened.
pub(crate) fn chunk(side: Side, ms: u64, bytes: impl Into<Bytes>) -> RawChunk {
    RawChunk {
        side,
        at: Duration::from_millis(ms),
        bytes: bytes.into(),
    }
}

/// A connection: a handshake, then these messages of the server, ten milliseconds apart.
pub(crate) fn connection(messages: &[(Opcode, &[u8])]) -> Connection {
    let request = "GET /x HTTP/1.1\r\nHost: h\r\nX-Token: *****\r\nUpgrade: websocket\r\n\r\n";
    let answer = "HTTP/1.1 101 Switching Protocols\r\nX-Id: <i>7</i>\r\n\
                  Sec-WebSocket-Accept: bm9uZQ==\r\n\r\n";
    let mut chunks = vec![
        chunk(Side::Client, 0, request),
        chunk(Side::Server, 2, answer),
        chunk(
            Side::Client,
            3,
            frame(Side::Client, Opcode::Text, b"{\"a\":[1,2]}"),
        ),
    ];
    for (place, (opcode, payload)) in (1..).zip(messages) {
        chunks.push(chunk(
            Side::Server,
            place * 10,
            frame(Side::Server, *opcode, payload),
        ));
    }
    Connection {
        chunks,
        ..Connection::default()
    }
}

/// A check that looked at the server's first message.
pub(crate) fn check(id: &str, verdict: Verdict, detail: &str) -> CheckResult {
    let is_bad = verdict != Verdict::Pass;
    CheckResult {
        id: id.to_owned(),
        verdict,
        reason: if is_bad { "value" } else { "" },
        detail: detail.to_owned(),
        clauses: vec!["WSF-AAAA".to_owned()],
        evidence: Evidence {
            at: Duration::from_millis(12),
            step: 2,
            message: is_bad.then_some(MessageRef {
                connection: 1,
                side: Side::Server,
                index: 1,
            }),
            compared: vec![Comparison {
                path: "a".to_owned(),
                expected: MARKUP.to_owned(),
                found: detail.to_owned(),
                holds: !is_bad,
            }],
        },
    }
}

/// A case and its session.
pub(crate) fn case(id: &str, checks: Vec<CheckResult>, connection: Connection) -> CaseResult {
    let verdict = fold(checks.iter().map(|check| check.verdict));
    CaseResult {
        id: id.to_owned(),
        slug: format!("a/{id}"),
        endpoint: wire::registry::endpoints().next().unwrap().name.to_owned(),
        is_scored: true,
        verdict,
        reason: if verdict == Verdict::Pass {
            ""
        } else {
            "value"
        },
        detail: MARKUP.to_owned(),
        clauses: vec!["WSF-BBBB".to_owned()],
        checks,
        ending: Ending::Broken(MARKUP.to_owned()),
        took: Duration::from_millis(40),
        trace: Trace {
            connections: vec![connection],
            stderr: format!("oh no {MARKUP}"),
        },
    }
}

/// A run of these cases.
pub(crate) fn run(cases: Vec<CaseResult>) -> RunResult {
    RunResult {
        kind: "server",
        subject: format!("ws://h {MARKUP}"),
        seed: 7,
        profile: Profile::Documented,
        probes: Vec::new(),
        cases,
        about: None,
    }
}

/// A report about a run.
pub(crate) fn report(run: &RunResult) -> Report<'_> {
    Report {
        run,
        library: None,
        date: Date::parse("2026-06-01").unwrap(),
        is_filtered: false,
        outcome: None,
        command: None,
    }
}

/// A fault that has struck.
pub(crate) fn fault() -> FaultReport {
    FaultReport {
        fault: format!("x:at=audio/2 {MARKUP}"),
        point: "audio/2".to_owned(),
        fired: Some(Duration::from_millis(15)),
    }
}
