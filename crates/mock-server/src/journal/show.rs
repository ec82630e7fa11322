//! A record in words: what the admin API and the journal's file say of it.

use std::time::Duration;

use serde_json::{Map, Value, json};
use wire::finding::{Finding, Place};

use super::raw::{self, RawChunk};
use super::record::{Entry, EntryKind, Record};

impl Record {
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
        object(json!({
            "id": self.id,
            "lane": self.info.lane,
            "conn": self.info.connection,
            "endpoint": self.endpoint(),
            "state": if self.is_closed { "closed" } else { "open" },
            "status": self.answered(),
            "scenario": self.info.scenario,
            "close": close,
            "findings": self.findings_count(),
            "faults": self.faults.to_json(),
            "dropped_bytes": self.dropped_bytes,
            "dropped_messages": self.skipped,
        }))
    }

    /// The HTTP status of the handshake, if it was answered.
    pub(super) fn answered(&self) -> Option<u16> {
        Some(self.info.status).filter(|status| *status > 0)
    }

    /// The session with its messages.
    pub(crate) fn detail(&mut self) -> Value {
        let mut members = self.summary();
        let mut messages = vec![self.handshake()];
        messages.extend((0..self.entries.len()).filter_map(|index| self.message(index)));
        members.insert("messages".to_owned(), Value::Array(messages));
        let recognitions = self.recognitions.to_json(&self.redactor);
        members.insert("recognitions".to_owned(), recognitions);
        Value::Object(members)
    }

    /// Message 0.
    pub(super) fn handshake(&self) -> Value {
        json!({
            "n": 0,
            "dir": "client",
            "ms": 0,
            "kind": "handshake",
            "value": self.redactor.text(&self.info.request),
            "bytes": self.heads.request.len(),
            "state": Value::Null,
        })
    }

    /// A message that is kept, by its place among those that are.
    pub(super) fn message(&self, index: usize) -> Option<Value> {
        let entry = self.entries.get(index)?;
        Some(json!({
            "n": self.skipped + index + 1,
            "dir": entry.side.name(),
            "ms": milliseconds(entry.at),
            "kind": entry.kind.name(),
            "value": self.value(entry),
            "bytes": entry.length,
            "state": entry.state,
        }))
    }

    /// The findings as the admin API lists them.
    pub(crate) fn findings(&mut self) -> Vec<Value> {
        self.search_credentials();
        (0..self.findings.len())
            .filter_map(|index| self.finding(index))
            .collect()
    }

    /// One finding.
    pub(super) fn finding(&self, index: usize) -> Option<Value> {
        let (message, finding) = self.findings.get(index)?;
        let mut members = object(json!({
            "session": self.id,
            "lane": self.info.lane,
            "clause": finding.clause.id,
            "level": finding.clause.level.name(),
            "source": finding.clause.source.page,
            "message": message,
            "found": self.redactor.text(&finding.found),
            "expected": self.redactor.text(&finding.expected),
            "state": finding.state,
            "nearest": finding.nearest,
            "text": self.redactor.text(&finding.text),
        }));
        match &finding.place {
            Place::Offset(offset) => members.insert("offset".to_owned(), json!(offset)),
            // A name is the client's text, too.
            Place::Path(path) => members.insert("path".to_owned(), json!(self.redactor.text(path))),
            Place::Whole => None,
        };
        Some(Value::Object(members))
    }

    /// The findings that count against the client, in a line each.
    pub(crate) fn reasons(&mut self) -> Vec<String> {
        let scored = |finding: &Finding| finding.clause.level != wire::clause::Level::Assumed;
        if !self.findings.iter().any(|(_, finding)| scored(finding)) {
            return Vec::new();
        }
        self.search_credentials();
        let line = |(message, finding): &(Option<u64>, Finding)| {
            let place = message.map_or_else(String::new, |n| format!(", message {n}"));
            format!(
                "lane {}, session {}{place}: {} ({}): {}",
                self.info.lane,
                self.id,
                finding.clause.id,
                finding.clause.level.name(),
                self.redactor.text(&finding.text),
            )
        };
        let scored = self.findings.iter().filter(|(_, finding)| scored(finding));
        scored.map(line).collect()
    }

    /// What crossed the socket, as JSON Lines; `None` if it has been let go.
    pub(crate) fn raw(&mut self) -> Option<String> {
        self.raw_chunks().map(|chunks| raw::lines(&chunks))
    }

    /// What crossed the socket; `None` if it has been let go.
    pub(crate) fn raw_chunks(&mut self) -> Option<Vec<RawChunk>> {
        self.search_credentials();
        self.raw_is_whole
            .then(|| raw::blanked(&self.heads, &self.raw, &self.redactor))
    }

    /// A message in words, decoded by its endpoint.
    pub(crate) fn value(&self, entry: &Entry) -> Value {
        if entry.is_bare() {
            return Value::Null;
        }
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

/// The members of an object that the `json!` macro made.
pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => unreachable!("the macro made an object"),
    }
}

fn milliseconds(at: Duration) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
}
