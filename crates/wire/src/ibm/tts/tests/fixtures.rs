//! The authored sessions of `fixtures/ibm/tts`, replayed: the client's side is sent, the speaker
//! keeps the times that the session announces, and the server has to answer letter by letter.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use rstest::rstest;

use super::{Peer, text_of};
use crate::ibm::tts::ENDPOINT;
use crate::ibm::tts::message::ServerMessage;
use crate::json::{self, Value};
use crate::session::{Action, Form, Session};
use crate::speech::{Interval, Plan, SpeechEvent};

/// One line of a session after its first.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    Client(Vec<u8>),
    Text(String),
    Audio,
    Close(i64, String),
}

fn member<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn line(text: &str) -> Line {
    let value = json::parse(text).unwrap().value;
    let text = member(&value, "text").to_owned();
    match (member(&value, "dir"), member(&value, "kind")) {
        ("client", "text") => Line::Client(text.into_bytes()),
        ("server", "text") => Line::Text(text),
        ("server", "binary") => {
            assert!(STANDARD.decode(member(&value, "base64")).is_ok());
            Line::Audio
        }
        ("server", "close") => {
            let code = value.get("code").unwrap().as_i64().unwrap();
            Line::Close(code, member(&value, "reason").to_owned())
        }
        other => panic!("{other:?}"),
    }
}

/// The speech that has the times of the session, with an audio event for each binary message.
fn speech(lines: &[Line]) -> Vec<SpeechEvent> {
    let us = |seconds: f64| {
        let millis = format!("{:.0}", seconds * 1000.0);
        millis.parse::<u64>().unwrap() * 1000
    };
    let mut plan = Plan::default();
    let mut latest = 0;
    let mut audio = Vec::new();
    for line in lines {
        let message = match line {
            Line::Text(text) => {
                ServerMessage::decode(Form::Text, &Bytes::from(text.clone())).unwrap()
            }
            Line::Audio => {
                audio.push(latest + 1);
                continue;
            }
            _ => continue,
        };
        match message {
            ServerMessage::Words(words, _) => {
                for word in words {
                    latest = latest.max(us(word.start));
                    plan.words.push(Interval {
                        start_us: us(word.start),
                        end_us: us(word.end),
                    });
                }
            }
            ServerMessage::Marks(marks) => {
                for (_, at) in marks {
                    latest = latest.max(us(at));
                    plan.marks_us.push(us(at));
                }
            }
            _ => {}
        }
    }
    let last = audio.len();
    let chunks = audio.into_iter().enumerate();
    let chunks = chunks.map(|(index, until_us)| SpeechEvent::Audio {
        bytes: Bytes::from_static(&[0; 16]),
        until_us,
        last: index + 1 == last,
    });
    std::iter::once(SpeechEvent::Planned(plan))
        .chain(chunks)
        .collect()
}

fn answered(actions: &[Action]) -> Vec<Line> {
    let lines = actions.iter().filter_map(|action| match action {
        Action::Send { data, .. } if data.form == Form::Binary => Some(Line::Audio),
        Action::Send { data, .. } => Some(Line::Text(text_of(data).to_owned())),
        Action::Close { code, reason } => Some(Line::Close(i64::from(*code), reason.clone())),
        _ => None,
    });
    lines.collect()
}

#[rstest]
fn a_session_is_replayed(#[files("../../fixtures/ibm/tts/*.jsonl")] path: std::path::PathBuf) {
    let file = std::fs::read_to_string(path).unwrap();
    let mut rows = file.lines();
    let head = json::parse(rows.next().unwrap()).unwrap().value;
    assert_eq!(member(&head, "provenance"), "authored");
    for cited in head.get("clauses").unwrap().items().unwrap() {
        let id = cited.as_str().unwrap();
        let known = ENDPOINT.clauses.iter().any(|clause| clause.id == id);
        assert!(known, "no clause {id}");
    }
    let query = member(&head, "request").split_once('?').unwrap().1;
    let lines: Vec<Line> = rows.map(line).collect();
    let mut peer = Peer::open(query, &[]);
    let mut events = speech(&lines);
    let mut speaking = false;
    for line in &lines {
        if let Line::Client(payload) = line {
            let actions = peer.send_only(Form::Text, payload);
            speaking |= actions
                .iter()
                .any(|action| matches!(action, Action::Speak(_)));
        }
    }
    for event in events.drain(..).filter(|_| speaking) {
        peer.turn(|session, turn| session.spoken(event, turn));
    }
    let expected: Vec<Line> = lines
        .into_iter()
        .filter(|line| !matches!(line, Line::Client(_)))
        .collect();
    assert_eq!(answered(&peer.actions), expected);
}
