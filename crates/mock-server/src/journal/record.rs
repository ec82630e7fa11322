//! The record of one session.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use wire::endpoint::Endpoint;
use wire::finding::{Finding, Place};
use wire::session::{Form, Side};

use super::recognitions::Recognitions;
use super::redact::Redactor;

/// What is known of a session when it begins.
#[derive(Clone, Debug)]
pub(crate) struct SessionInfo {
    /// The lane that it belongs to.
    pub(crate) lane: String,
    /// Which connection of the lane it is, from 1.
    pub(crate) connection: u64,
    /// The endpoint that serves it, if one does.
    pub(crate) endpoint: Option<&'static Endpoint>,
    /// The HTTP status of the handshake.
    pub(crate) status: u16,
    /// The request, without credentials, for message 0.
    pub(crate) request: String,
}

/// One message of either side.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Who sent it.
    pub(crate) side: Side,
    /// When, since the session began.
    pub(crate) at: Duration,
    /// What it was on the WebSocket.
    pub(crate) kind: EntryKind,
    /// Its payload, in the two pieces in which it was sent.
    pub(crate) payload: [Bytes; 2],
    /// The state of the session's table after it.
    pub(crate) state: &'static str,
}

impl Entry {
    /// The length of the payload in bytes.
    pub(crate) fn length(&self) -> usize {
        self.payload.iter().map(Bytes::len).sum()
    }

    /// The payload in one piece. It is copied only if it was sent in two.
    fn joined(&self) -> Bytes {
        match &self.payload {
            [head, body] if head.is_empty() => body.clone(),
            [head, body] => [head.as_ref(), body.as_ref()].concat().into(),
        }
    }
}

/// What a message was on the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A text or binary message.
    Data(Form),
    /// A ping.
    Ping,
    /// A pong.
    Pong,
    /// A close frame.
    Close,
}

impl EntryKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Data(Form::Text) => "text",
            Self::Data(Form::Binary) => "binary",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Close => "close",
        }
    }
}

/// How a session ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// The close code; 1005 for an empty close frame, 1006 for none.
    pub(crate) code: u16,
    /// The reason.
    pub(crate) reason: String,
    /// Who closed first.
    pub(crate) by: Side,
}

/// The record of one session.
#[derive(Debug)]
pub(crate) struct Record {
    id: u64,
    info: SessionInfo,
    entries: Vec<Entry>,
    findings: Vec<(Option<u64>, Finding)>,
    ending: Option<Ending>,
    is_closed: bool,
    dropped_bytes: usize,
    /// What its audio was recognised as.
    pub(crate) recognitions: Recognitions,
    redactor: Redactor,
    /// How many entries have been searched for credentials.
    searched: usize,
}

/// How many findings a session keeps; a hostile client must not fill the memory with them.
const FINDINGS: usize = 1000;

/// How many messages a session keeps.
const ENTRIES: usize = 100_000;

impl Record {
    pub(super) fn new(id: u64, info: SessionInfo, redactor: Redactor) -> Self {
        Self {
            id,
            is_closed: info.status != 101,
            info,
            entries: Vec::new(),
            findings: Vec::new(),
            ending: None,
            dropped_bytes: 0,
            recognitions: Recognitions::default(),
            redactor,
            searched: 0,
        }
    }

    pub(super) fn add(&mut self, entry: Entry) -> u64 {
        if self.entries.len() < ENTRIES {
            self.entries.push(entry);
        } else {
            self.dropped_bytes += entry.length();
        }
        u64::try_from(self.entries.len()).unwrap_or(u64::MAX)
    }

    /// Lets go of all payloads and answers how many bytes they were.
    pub(super) fn drop_payloads(&mut self) -> usize {
        self.search_credentials();
        let freed = self
            .entries
            .iter_mut()
            .map(|entry| {
                let length = entry.length();
                entry.payload = Default::default();
                length
            })
            .sum();
        self.dropped_bytes += freed;
        freed
    }

    /// Learns the credentials inside the client's messages, before anything of them is shown.
    fn search_credentials(&mut self) {
        let Some(endpoint) = self.info.endpoint else {
            return;
        };
        for entry in self.entries.iter().skip(self.searched) {
            if let (Side::Client, EntryKind::Data(form)) = (entry.side, entry.kind)
                && let Ok(dump) = (endpoint.decode)(entry.side, form, &entry.joined())
            {
                self.redactor.learn(&dump.value);
            }
        }
        self.searched = self.entries.len();
    }

    /// Adds a finding about a message, or about the session as a whole.
    pub(crate) fn find(&mut self, message: Option<u64>, finding: Finding) {
        if self.findings.len() < FINDINGS {
            self.findings.push((message, finding));
        }
    }

    /// Notes the state of the session's table after a message was answered.
    pub(crate) fn set_state(&mut self, message: u64, state: &'static str) {
        let index = usize::try_from(message).ok().and_then(|n| n.checked_sub(1));
        if let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) {
            entry.state = state;
        }
    }

    /// Notes how the session ended; the first note stays.
    pub(crate) fn close(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    /// Notes that the connection is gone.
    pub(crate) const fn end(&mut self) {
        self.is_closed = true;
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn lane(&self) -> &str {
        &self.info.lane
    }

    pub(crate) fn endpoint(&self) -> Option<&'static str> {
        self.info.endpoint.map(|endpoint| endpoint.name)
    }

    pub(crate) const fn findings_count(&self) -> usize {
        self.findings.len()
    }

    pub(crate) const fn ending(&self) -> Option<&Ending> {
        self.ending.as_ref()
    }

    /// The session as the admin API lists it.
    pub(crate) fn summary(&mut self) -> Map<String, Value> {
        self.search_credentials();
        let close = self.ending.as_ref().map(|ending| {
            json!({
                "code": ending.code,
                "reason": self.redactor.text(&ending.reason),
                "by": ending.by.name(),
            })
        });
        let summary = json!({
            "id": self.id,
            "lane": self.info.lane,
            "conn": self.info.connection,
            "endpoint": self.endpoint(),
            "state": if self.is_closed { "closed" } else { "open" },
            "status": self.info.status,
            "close": close,
            "findings": self.findings.len(),
            "faults": [],
            "dropped_bytes": self.dropped_bytes,
        });
        match summary {
            Value::Object(members) => members,
            _ => unreachable!("the macro made an object"),
        }
    }

    /// The session with its messages.
    pub(crate) fn detail(&mut self) -> Value {
        let mut members = self.summary();
        let handshake = json!({
            "n": 0,
            "dir": "client",
            "ms": 0,
            "kind": "handshake",
            "value": self.redactor.text(&self.info.request),
            "bytes": 0,
            "state": Value::Null,
        });
        let messages = self.entries.iter().enumerate().map(|(index, entry)| {
            json!({
                "n": index + 1,
                "dir": entry.side.name(),
                "ms": milliseconds(entry.at),
                "kind": entry.kind.name(),
                "value": self.value(entry),
                "bytes": entry.length(),
                "state": entry.state,
            })
        });
        let messages: Vec<Value> = std::iter::once(handshake).chain(messages).collect();
        members.insert("messages".to_owned(), Value::Array(messages));
        let recognitions = self.recognitions.to_json(&self.redactor);
        members.insert("recognitions".to_owned(), recognitions);
        Value::Object(members)
    }

    /// The findings as the admin API lists them.
    pub(crate) fn findings(&mut self) -> Vec<Value> {
        self.search_credentials();
        let show = |(message, finding): &(Option<u64>, Finding)| {
            let mut shown = json!({
                "session": self.id,
                "clause": finding.clause.id,
                "level": finding.clause.level.name(),
                "message": message,
                "found": self.redactor.text(&finding.found),
                "expected": self.redactor.text(&finding.expected),
                "text": self.redactor.text(&finding.text),
            });
            if let Value::Object(members) = &mut shown {
                match &finding.place {
                    Place::Offset(offset) => members.insert("offset".to_owned(), json!(offset)),
                    Place::Path(path) => {
                        // A name is the client's text, too.
                        members.insert("path".to_owned(), json!(self.redactor.text(path)))
                    }
                    Place::Whole => None,
                };
            }
            shown
        };
        self.findings.iter().map(show).collect()
    }

    /// A message in words, decoded by its endpoint.
    fn value(&self, entry: &Entry) -> Value {
        match entry.kind {
            EntryKind::Data(form) => {
                let decoded = self
                    .info
                    .endpoint
                    .map(|endpoint| (endpoint.decode)(entry.side, form, &entry.joined()));
                match decoded {
                    Some(Ok(dump)) => self.redactor.json(&dump.value),
                    Some(Err(error)) => json!({ "error": self.redactor.text(&error.to_string()) }),
                    None => Value::Null,
                }
            }
            EntryKind::Close => {
                let (close, _) = wire::ws::CloseFrame::decode(&entry.joined());
                json!({ "code": close.code, "reason": self.redactor.text(&close.reason) })
            }
            EntryKind::Ping | EntryKind::Pong => {
                let payload = entry.joined();
                let text = String::from_utf8_lossy(&payload);
                Value::String(self.redactor.text(&text))
            }
        }
    }
}

fn milliseconds(at: Duration) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
}
