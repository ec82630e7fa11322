//! A recorded session as JSON Lines: a header, then what crossed the connection, by time.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_server::{RawChunk, Side};
use wire::endpoint::Endpoint;
use wire::json::{Style, Value, object};
use wire::ws::{DataOpcode, Event, Limits, Receiver, Role};

use crate::run::trace::Connection;

/// What is known of a session beside its bytes.
#[derive(Debug)]
pub(super) struct About {
    pub(super) endpoint: Option<&'static Endpoint>,
    pub(super) upstream: String,
    pub(super) date: String,
    /// Why it came to nothing.
    pub(super) problem: Option<String>,
}

/// A session, ready to be written.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) endpoint: Option<&'static str>,
    pub(super) lines: String,
    pub(super) messages: usize,
    pub(super) problem: Option<String>,
}

/// Larger messages are no speech any more.
const LIMITS: Limits = Limits {
    frame: 64 << 20,
    message: 64 << 20,
};

/// The session, whose credentials have been blanked.
pub(super) fn text(session: u64, about: &About, connection: &Connection) -> Text {
    let mut client = Stream::new(Role::Server);
    let mut server = Stream::new(Role::Client);
    let mut lines = Vec::new();
    for chunk in &connection.chunks {
        let stream = match chunk.side {
            Side::Client => &mut client,
            Side::Server => &mut server,
        };
        stream.take(chunk, &mut lines);
    }
    let status = server.status();
    if let Some(status) = status.filter(|status| *status != 101) {
        let body = String::from_utf8_lossy(&server.behind).into_owned();
        let said = [
            ("kind", "refusal".into()),
            ("status", u32::from(status).into()),
            ("body", body.into()),
        ];
        lines.push(line(server.at, Side::Server, said.into()));
    }
    let name = about.endpoint.map(|endpoint| endpoint.name);
    let mut header = vec![
        ("provenance", "recorded".into()),
        ("endpoint", name.map_or(Value::Null, Value::from)),
        ("date", about.date.as_str().into()),
        ("upstream", about.upstream.as_str().into()),
        ("session", session.into()),
        ("request", client.target().map_or(Value::Null, Value::from)),
        (
            "status",
            status.map_or(Value::Null, |status| u32::from(status).into()),
        ),
    ];
    let mut problem = about.problem.clone();
    if connection.is_cut {
        problem = problem.or_else(|| Some("it is longer than what is kept".to_owned()));
    }
    header.extend(problem.clone().map(|problem| ("problem", problem.into())));
    let messages = lines.iter().filter(|line| is_message(line)).count();
    lines.insert(0, object(header));
    Text {
        endpoint: name,
        lines: lines
            .iter()
            .map(|line| line.write(Style::Spaced) + "\n")
            .collect(),
        messages,
        problem,
    }
}

fn is_message(line: &Value) -> bool {
    let kind = line.get("kind").and_then(Value::as_str);
    matches!(kind, Some("text" | "binary"))
}

/// One direction: a head, then frames if the handshake came about.
struct Stream {
    head: Option<String>,
    /// What has come of the head, and in a refusal what came behind it.
    behind: Vec<u8>,
    frames: Receiver,
    /// When its last bytes came.
    at: Duration,
}

impl Stream {
    fn new(role: Role) -> Self {
        Self {
            head: None,
            behind: Vec::new(),
            frames: Receiver::new(role, LIMITS),
            at: Duration::ZERO,
        }
    }

    fn take(&mut self, chunk: &RawChunk, lines: &mut Vec<Value>) {
        self.at = chunk.at;
        if self.head.is_none() {
            self.behind.extend_from_slice(&chunk.bytes);
            let Some(at) = memchr::memmem::find(&self.behind, b"\r\n\r\n") else {
                return;
            };
            let rest = self.behind.split_off(at + 4);
            self.head = Some(String::from_utf8_lossy(&self.behind).into_owned());
            self.behind = rest;
            if self.is_refusal() {
                return;
            }
            self.frames.push(&std::mem::take(&mut self.behind));
        } else if self.is_refusal() {
            self.behind.extend_from_slice(&chunk.bytes);
            return;
        } else {
            self.frames.push(&chunk.bytes);
        }
        while let Some(event) = self.frames.next_event() {
            let said = said(event);
            lines.extend(said.map(|said| line(chunk.at, chunk.side, said)));
        }
    }

    fn is_refusal(&self) -> bool {
        self.status().is_some_and(|status| status != 101)
    }

    /// The status, if this is the server and it has answered.
    fn status(&self) -> Option<u16> {
        let head = self.head.as_deref()?;
        let rest = head.strip_prefix("HTTP/1.")?;
        rest.split(' ').nth(1)?.parse().ok()
    }

    /// The path and query that were asked for.
    fn target(&self) -> Option<&str> {
        self.head.as_deref()?.split(' ').nth(1)
    }
}

/// What an event says in a line of its own, if it has one.
fn said(event: Event) -> Option<Vec<(&'static str, Value)>> {
    let base64 = |bytes: &[u8]| Value::from(STANDARD.encode(bytes));
    let kind = |kind: &'static str| ("kind", kind.into());
    Some(match event {
        Event::Frame { .. } => return None,
        Event::Message {
            opcode, payload, ..
        } => match (opcode, std::str::from_utf8(&payload)) {
            (DataOpcode::Text, Ok(text)) => vec![kind("text"), ("text", text.into())],
            _ => vec![kind("binary"), ("base64", base64(&payload))],
        },
        Event::Ping(payload) => vec![kind("ping"), ("payload", base64(&payload))],
        Event::Pong(payload) => vec![kind("pong"), ("payload", base64(&payload))],
        Event::Close(close) => vec![
            kind("close"),
            (
                "code",
                close
                    .code
                    .map_or(Value::Null, |code| u32::from(code).into()),
            ),
            ("reason", close.reason.into()),
        ],
        Event::Violation(violation) => {
            vec![kind("violation"), ("what", violation.to_string().into())]
        }
    })
}

fn line(at: Duration, side: Side, said: Vec<(&'static str, Value)>) -> Value {
    let ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
    let begin = vec![("ms", ms.into()), ("dir", side.name().into())];
    object(begin.into_iter().chain(said))
}
