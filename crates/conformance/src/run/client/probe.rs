//! Probes: what a program has to show before it is scored.

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::adapter::{Exit, StartError, Task};
use super::subject::Subject;
use crate::case::{Case, Operation};

/// What came of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeResult {
    /// Its name.
    pub id: &'static str,
    /// Whether the program may be scored.
    pub passed: bool,
    /// What it did, and what it should have done.
    pub detail: String,
}

/// How long a program may take, a virtual machine's start included.
const DEADLINE: Duration = Duration::from_secs(10);

/// An endpoint that nobody serves.
const NOWHERE: &str = "mynah/no-such-endpoint";

/// Probes a program: a program that says yes to everything says nothing.
pub(super) async fn run(
    cases: &[&Case],
    subject: &Subject,
) -> Result<Vec<ProbeResult>, StartError> {
    let Some(first) = cases.first() else {
        return Ok(Vec::new());
    };
    let operation = first.client.as_ref().map(|client| client.operation);
    let operation = operation.unwrap_or(Operation::Synthesize);
    let probes = [
        ("unknown-endpoint", NOWHERE),
        ("refused-handshake", first.endpoint.as_str()),
    ];
    let mut results = Vec::new();
    for (id, endpoint) in probes {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(StartError::Port)?;
        let address = listener.local_addr().map_err(StartError::Port)?;
        let serving = tokio::spawn(refuse(listener));
        let task = Task {
            url: format!("ws://{address}"),
            endpoint: endpoint.to_owned(),
            operation,
            input: match operation {
                Operation::Synthesize => (PathBuf::from("in.txt"), b"probe".to_vec()),
                Operation::Recognize => {
                    let samples = crate::message::say("probe", 16_000, 0, 0);
                    (
                        PathBuf::from("in.wav"),
                        crate::message::wav(&samples, 16_000),
                    )
                }
            },
            format: String::new(),
            rate_hz: 16_000,
            deadline: DEADLINE,
        };
        let finished = subject.run(&task).await;
        serving.abort();
        let finished = finished?;
        let (passed, did) = match &finished.exit {
            Exit::Error => (true, "reports an error".to_owned()),
            Exit::Unsupported => (true, "says that it cannot do this".to_owned()),
            Exit::Done => (false, "says that it has done it (exit 0)".to_owned()),
            Exit::Crash(how) => (false, format!("crashes ({how})")),
            Exit::Hung => (false, "does not end".to_owned()),
        };
        let wanted = "expected exit 1 (error) or 127 (unsupported)";
        results.push(ProbeResult {
            id,
            passed,
            detail: match passed {
                true => did,
                false => format!("{did}, {wanted}; {}", last_line(&finished.stderr)),
            },
        });
        if !passed {
            break;
        }
    }
    Ok(results)
}

/// The last line of a text that says something, for reports.
pub(super) fn last_line(text: &str) -> String {
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    match line {
        Some(line) => {
            let line: String = line.chars().filter(|c| !c.is_control()).take(200).collect();
            format!("standard error ends with {line:?}")
        }
        None => "standard error is empty".to_owned(),
    }
}

/// Refuses every request with 503.
async fn refuse(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(refuse_one(stream));
    }
}

async fn refuse_one(mut stream: TcpStream) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read_buf(&mut head).await {
            Ok(count) if count > 0 && head.len() < 1 << 16 => {}
            _ => return,
        }
    }
    const ANSWER: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    // A program that has gone does not want it.
    let _ = stream.write_all(ANSWER).await;
    let _ = stream.shutdown().await;
}
