//! The stored sessions: their client side is replayed, and the server says what they say.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use bytes::Bytes;

use super::VENDOR;
use super::peer::{Peer, segment};
use crate::endpoint::Endpoint;
use crate::hearing::{HeardEvent, Segmentation};
use crate::json::{Style, Value, parse};
use crate::session::{Action, Form, Side};

/// One stored message.
struct Stored {
    side: Side,
    kind: String,
    form: Form,
    payload: Bytes,
}

#[test]
fn every_stored_session_is_what_the_server_says() {
    let mut sessions = 0;
    for endpoint in VENDOR.endpoints {
        for path in files_of(endpoint) {
            let (clauses, messages) = load(&path);
            for id in clauses {
                let known = endpoint.clauses.iter().any(|clause| clause.id == id);
                assert!(known, "{}: {id}", path.display());
            }
            let expected: Vec<String> = said(&messages);
            assert_eq!(replay(endpoint, &messages), expected, "{}", path.display());
            sessions += 1;
        }
    }
    assert_eq!(sessions, 10);
}

#[test]
fn every_stored_message_decodes_to_its_kind() {
    for endpoint in VENDOR.endpoints {
        for path in files_of(endpoint) {
            for message in load(&path).1 {
                let dump = (endpoint.decode)(message.side, message.form, &message.payload);
                assert_eq!(dump.unwrap().kind, message.kind, "{}", path.display());
            }
        }
    }
}

fn files_of(endpoint: &Endpoint) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let entries = std::fs::read_dir(root.join(endpoint.name)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn load(path: &Path) -> (Vec<String>, Vec<Stored>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines().map(|line| parse(line).unwrap().value);
    let header = lines.next().unwrap();
    assert_eq!(string(&header, "provenance"), "authored");
    let clauses = header.get("clauses").unwrap().items().unwrap();
    let clauses = clauses.iter().map(|id| id.as_str().unwrap().to_owned());
    (clauses.collect(), lines.map(|line| stored(&line)).collect())
}

fn stored(line: &Value) -> Stored {
    let side = match string(line, "dir").as_str() {
        "client" => Side::Client,
        "server" => Side::Server,
        other => panic!("dir {other}"),
    };
    let (form, payload) = if line.get("text").is_some() {
        (Form::Text, string(line, "text").into_bytes())
    } else {
        let encoded = string(line, "base64");
        let engine = base64::engine::general_purpose::STANDARD;
        (Form::Binary, engine.decode(encoded).unwrap())
    };
    Stored {
        side,
        kind: string(line, "kind"),
        form,
        payload: Bytes::from(payload),
    }
}

fn string(value: &Value, name: &str) -> String {
    value.get(name).unwrap().as_str().unwrap().to_owned()
}

/// What the stored server says, in order.
fn said(messages: &[Stored]) -> Vec<String> {
    let mut names = HashMap::new();
    let mut said = Vec::new();
    for message in messages.iter().filter(|it| it.side == Side::Server) {
        push(&mut said, show(&message.kind, &message.payload, &mut names));
    }
    said
}

/// What our server says to the stored client, in order.
fn replay(endpoint: &Endpoint, messages: &[Stored]) -> Vec<String> {
    let mut peer = Peer::new(endpoint);
    let mut ear = Ear::default();
    for message in messages.iter().filter(|it| it.side == Side::Client) {
        match message.form {
            Form::Text => peer.text(std::str::from_utf8(&message.payload).unwrap()),
            Form::Binary => peer.binary(&message.payload),
        };
        peer.speak();
        ear.hear(&mut peer);
    }
    let mut names = HashMap::new();
    let mut said = Vec::new();
    for action in &peer.actions {
        if let Action::Send { kind, data } = action {
            push(&mut said, show(kind, &data.body, &mut names));
        }
    }
    said
}

/// Adds a message; a run of audio counts once, as its cuts are not what is compared.
fn push(said: &mut Vec<String>, message: String) {
    if message != "audio" || said.last().is_none_or(|last| last != "audio") {
        said.push(message);
    }
}

/// A message with its trace id replaced by its place among those of the session.
fn show(kind: &str, payload: &Bytes, names: &mut HashMap<String, usize>) -> String {
    if kind == "audio" {
        return kind.to_owned();
    }
    let value = parse(std::str::from_utf8(payload).unwrap()).unwrap().value;
    let id = string(&value, "trace_id");
    let next = names.len();
    let name = names.entry(id.clone()).or_insert(next);
    let text = value.write(Style::Compact).replace(&id, &name.to_string());
    format!("{kind} {text}")
}

/// A recogniser of one word, for whom two messages of audio are a sentence.
#[derive(Default)]
struct Ear {
    seen: usize,
    messages: usize,
    ms: u32,
}

impl Ear {
    fn hear(&mut self, peer: &mut Peer) {
        let cut = peer.listens().last().map(|listen| listen.segmentation);
        let new: Vec<Action> = peer.actions.split_at(self.seen).1.to_vec();
        for action in new {
            let events = match action {
                Action::Listen(_) => {
                    (self.messages, self.ms) = (0, 0);
                    vec![]
                }
                Action::Hear(bytes) => {
                    self.messages += 1;
                    self.ms += u32::try_from(bytes.len()).unwrap() / 16;
                    self.on_audio(cut.unwrap())
                }
                Action::FinishHearing => self.on_end(cut.unwrap()),
                _ => vec![],
            };
            for event in events {
                peer.heard(event);
            }
        }
        self.seen = peer.actions.len();
    }

    fn on_audio(&self, cut: Segmentation) -> Vec<HeardEvent> {
        let sentence = HeardEvent::Final(segment(0, self.ms, "你好"));
        let at_ms = self.ms;
        match (cut, self.messages) {
            (Segmentation::FirstSentence(_), 1) => vec![HeardEvent::VoiceStart { at_ms: 0 }],
            (Segmentation::FirstSentence(_), 2) => vec![HeardEvent::VoiceEnd { at_ms }, sentence],
            (Segmentation::EverySentence(_), 1) => {
                vec![HeardEvent::Interim(segment(0, at_ms, "你"))]
            }
            (Segmentation::EverySentence(_), 2) => vec![sentence],
            _ => vec![],
        }
    }

    fn on_end(&self, cut: Segmentation) -> Vec<HeardEvent> {
        let whole = HeardEvent::Final(segment(0, self.ms, "你好"));
        match cut {
            Segmentation::Whole => vec![whole, HeardEvent::Done],
            _ => vec![HeardEvent::Done],
        }
    }
}
