//! The journal as values, for tests in the same process.

use std::time::Duration;

use serde_json::Value;
use wire::finding::Place;
use wire::session::{Form, Side};

use crate::journal::{AudioFile, EntryKind, Record};

/// One session. Credentials are replaced by fingerprints everywhere in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionReport {
    /// Its id, as in the admin API.
    pub id: u64,
    /// The lane that it belongs to.
    pub lane: String,
    /// Which connection of the lane it is, from 1.
    pub connection: u64,
    /// The name of the endpoint that served it, if one did.
    pub endpoint: Option<&'static str>,
    /// The HTTP status of the handshake.
    pub status: u16,
    /// Whether the connection has ended.
    pub is_closed: bool,
    /// How it was closed, if it was.
    pub close: Option<CloseReport>,
    /// The messages of both sides in order.
    pub messages: Vec<MessageReport>,
    /// The oddities noticed about the client.
    pub findings: Vec<FindingReport>,
    /// The faults that were armed for it.
    pub faults: Vec<FaultReport>,
    /// How many bytes of payloads were dropped to make room.
    pub dropped_bytes: usize,
    /// The client's audio, if it sent any.
    pub client_audio: Option<AudioFile>,
    /// The server's audio, if it sent any.
    pub server_audio: Option<AudioFile>,
}

/// How a session was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReport {
    /// The code; 1005 for an empty close frame, 1006 for none.
    pub code: u16,
    /// The reason.
    pub reason: String,
    /// Who closed first.
    pub by: Side,
}

/// A fault, and whether it has come to act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultReport {
    /// The fault as it was written.
    pub fault: String,
    /// Whether its point was reached.
    pub has_fired: bool,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageReport {
    /// Its number in the session, from 1; both sides count.
    pub number: u64,
    /// Who sent it.
    pub side: Side,
    /// When, on the services' clock, since the session was opened.
    pub at: Duration,
    /// What it was on the WebSocket.
    pub kind: MessageKind,
    /// What it says; `null` if its payload was dropped.
    pub value: Value,
    /// The length of its payload in bytes.
    pub bytes: usize,
    /// The state of the session after it.
    pub state: &'static str,
}

/// What a message was on the WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A text message.
    Text,
    /// A binary message.
    Binary,
    /// A ping.
    Ping,
    /// A pong.
    Pong,
    /// A close frame.
    Close,
}

/// One oddity noticed about the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingReport {
    /// The id of the clause that was broken.
    pub clause: &'static str,
    /// The number of the message; 0 is the handshake, `None` the connection as a whole.
    pub message: Option<u64>,
    /// Where in the message.
    pub place: Place,
    /// What was found there.
    pub found: String,
    /// What would have been right.
    pub expected: String,
    /// The state of the session, if it is about a message.
    pub state: Option<&'static str>,
    /// The legal kind of message that comes nearest.
    pub nearest: Option<&'static str>,
    /// One line for people.
    pub text: String,
}

impl Record {
    /// The record as values.
    pub(crate) fn report(&mut self) -> SessionReport {
        self.search_credentials();
        let redactor = self.redactor();
        let close = self.ending().map(|ending| CloseReport {
            code: ending.code,
            reason: redactor.text(&ending.reason),
            by: ending.by,
        });
        let messages = self
            .numbered_entries()
            .map(|(number, entry)| MessageReport {
                number,
                side: entry.side,
                at: entry.at,
                kind: match entry.kind {
                    EntryKind::Data(Form::Text) => MessageKind::Text,
                    EntryKind::Data(Form::Binary) => MessageKind::Binary,
                    EntryKind::Ping => MessageKind::Ping,
                    EntryKind::Pong => MessageKind::Pong,
                    EntryKind::Close => MessageKind::Close,
                },
                value: self.value(entry),
                bytes: entry.length,
                state: entry.state,
            });
        let findings = self
            .kept_findings()
            .iter()
            .map(|(message, finding)| FindingReport {
                clause: finding.clause.id,
                message: *message,
                place: match &finding.place {
                    Place::Path(path) => Place::Path(redactor.text(path)),
                    place => place.clone(),
                },
                found: redactor.text(&finding.found),
                expected: redactor.text(&finding.expected),
                state: finding.state,
                nearest: finding.nearest,
                text: redactor.text(&finding.text),
            });
        SessionReport {
            id: self.id(),
            lane: self.lane().to_owned(),
            connection: self.connection(),
            endpoint: self.endpoint(),
            status: self.status(),
            is_closed: self.is_closed(),
            close,
            messages: messages.collect(),
            findings: findings.collect(),
            faults: self.faults.reports(),
            dropped_bytes: self.dropped_bytes(),
            client_audio: self.audio(Side::Client),
            server_audio: self.audio(Side::Server),
        }
    }
}
