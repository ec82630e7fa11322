//! TTS v1 in memory: links that are opened, spoken to and looked at.

mod deviations;
mod exchange;
mod hostile;
mod requests;
mod sessions;
mod views;

use std::time::Duration;

use bytes::Bytes;

use super::ENDPOINT;
use crate::dialect::Deviation;
use crate::endpoint::Opening;
use crate::finding::Finding;
use crate::gzip;
use crate::handshake::RequestHead;
use crate::json::{self, Style, Value};
use crate::knob::Knobs;
use crate::memory::Memory;
use crate::session::{Action, Form, Seen, Session, Side, Turn};
use crate::speech::{Chunking, Interval, Plan, Speech, SpeechEvent, Unit};
use crate::volcengine::frame::{self, Frame};

/// A link with a server that speaks three chunks of two bytes: 1, 2 and 3.
pub(super) struct Link {
    session: Box<dyn Session>,
    memory: Memory,
    /// Everything that has been asked for and not been looked at.
    pub(super) actions: Vec<Action>,
}

/// What was sent, in the words of the table and the bytes of the wire.
pub(super) type Sent = (&'static str, Frame);

impl Link {
    pub(super) fn open(knobs: &[(&str, &str)]) -> Self {
        Self::open_as("Bearer; t", knobs, |_| true)
    }

    pub(super) fn open_as(
        authorization: &str,
        knobs: &[(&str, &str)],
        can_encode: fn(&crate::audio::AudioFormat) -> bool,
    ) -> Self {
        let mut chosen = Knobs::new();
        for (name, value) in knobs {
            chosen.set(ENDPOINT.knobs, name, value).unwrap();
        }
        let head = RequestHead {
            headers: vec![("Authorization".to_owned(), authorization.to_owned())],
            ..RequestHead::default()
        };
        let opening = Opening {
            seed: 1,
            knobs: chosen,
            head,
            grant: crate::credentials::Grant::default(),
            can_encode,
        };
        let mut link = Self {
            session: (ENDPOINT.open)(opening),
            memory: Memory::new(),
            actions: Vec::new(),
        };
        link.turn(|session, turn| session.open(turn));
        link
    }

    fn turn<T>(&mut self, act: impl FnOnce(&mut dyn Session, &mut Turn<'_>) -> T) -> T {
        let mut turn = Turn::new(&mut self.memory);
        let value = act(self.session.as_mut(), &mut turn);
        self.actions.extend(turn.into_actions());
        assert_eq!(self.session.violations(), [], "the table forbids a send");
        value
    }

    /// The client sends bytes.
    pub(super) fn receive(&mut self, form: Form, payload: impl Into<Bytes>) -> Seen {
        let payload = payload.into();
        self.turn(|session, turn| session.message(form, &payload, turn))
    }

    /// The client sends a request, uncompressed.
    pub(super) fn request(&mut self, json: &Value) -> Seen {
        self.receive(Form::Binary, plain(json))
    }

    /// Everything that was asked to be spoken is spoken.
    pub(super) fn speak(&mut self) {
        for speech in self.speeches() {
            self.planned(&speech);
            let chunks: &[&'static [u8]] = match speech.chunking {
                Chunking::Millis(_) => &[&[1, 0], &[2, 0], &[3, 0]],
                Chunking::Whole => &[&[1, 0, 2, 0, 3, 0]],
            };
            for (index, chunk) in chunks.iter().enumerate() {
                self.chunk(chunk, index + 1 == chunks.len());
            }
        }
    }

    pub(super) fn planned(&mut self, speech: &Speech) {
        let words = speech.units.iter();
        let count = words
            .filter(|unit| matches!(unit, Unit::Word { .. }))
            .count() as u64;
        let plan = Plan {
            words: (0..count)
                .map(|n| Interval {
                    start_us: n * 500_000,
                    end_us: n * 500_000 + 400_000,
                })
                .collect(),
            marks_us: Vec::new(),
            total_us: count * 500_000,
        };
        self.turn(|session, turn| session.spoken(SpeechEvent::Planned(plan), turn));
    }

    pub(super) fn chunk(&mut self, bytes: &[u8], last: bool) {
        let event = SpeechEvent::Audio {
            bytes: Bytes::copy_from_slice(bytes),
            until_us: 0,
            last,
        };
        self.turn(|session, turn| session.spoken(event, turn));
    }

    pub(super) fn timer(&mut self, name: &'static str) {
        self.turn(|session, turn| session.timer(name, turn));
    }

    /// A fault wants something.
    pub(super) fn deviate(&mut self, deviation: &Deviation) -> bool {
        self.turn(|session, turn| session.deviate(deviation, turn))
    }

    pub(super) fn speeches(&mut self) -> Vec<Speech> {
        let mut speeches = Vec::new();
        for action in &self.actions {
            if let Action::Speak(speech) = action {
                speeches.push((**speech).clone());
            }
        }
        self.actions
            .retain(|action| !matches!(action, Action::Speak(_)));
        speeches
    }

    /// Takes what was sent since the last look.
    pub(super) fn sent(&mut self) -> Vec<Sent> {
        let mut sent = Vec::new();
        for action in &self.actions {
            if let Action::Send { kind, data } = action {
                assert_eq!(data.form, Form::Binary);
                let bytes: Bytes = [data.head.clone(), data.body.clone()].concat().into();
                sent.push((*kind, frame::decode(Side::Server, &bytes).unwrap()));
            }
        }
        self.actions
            .retain(|action| !matches!(action, Action::Send { .. }));
        sent
    }

    /// Takes the findings since the last look.
    pub(super) fn findings(&mut self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for action in &self.actions {
            if let Action::Report(finding) = action {
                findings.push(finding.clone());
            }
        }
        self.actions
            .retain(|action| !matches!(action, Action::Report(_)));
        findings
    }

    pub(super) fn close_code(&self) -> Option<u16> {
        self.actions.iter().find_map(|action| match action {
            Action::Close { code, .. } => Some(*code),
            _ => None,
        })
    }

    pub(super) fn idle_timer(&self) -> Option<Duration> {
        self.actions.iter().rev().find_map(|action| match action {
            Action::Arm {
                timer: "idle",
                after,
            } => Some(Some(*after)),
            Action::Disarm { timer: "idle" } => Some(None),
            _ => None,
        })?
    }

    pub(super) fn state(&self) -> &'static str {
        self.session.state()
    }
}

/// The request of the official demo, with a short text.
pub(super) fn request(reqid: &str, operation: &str) -> Value {
    json::parse(&format!(
        r#"{{"app":{{"appid":"APPID","token":"access_token","cluster":"volcano_tts"}},
            "user":{{"uid":"UID"}},
            "audio":{{"voice_type":"BV001_streaming","encoding":"mp3"}},
            "request":{{"reqid":"{reqid}","text":"Nice day.","operation":"{operation}"}}}}"#
    ))
    .unwrap()
    .value
}

/// `value` with the member at `path` set to JSON, or taken out.
pub(super) fn with(mut value: Value, path: &str, json: Option<&str>) -> Value {
    let (section, name) = path.split_once('.').unwrap_or((path, ""));
    let Value::Object(sections) = &mut value else {
        unreachable!("requests are objects")
    };
    let members = if name.is_empty() {
        sections
    } else {
        match sections.iter_mut().find(|(key, _)| key == section) {
            Some((_, Value::Object(members))) => members,
            _ => unreachable!("sections are objects"),
        }
    };
    let key = if name.is_empty() { section } else { name };
    members.retain(|(other, _)| other != key);
    if let Some(json) = json {
        members.push((key.to_owned(), json::parse(json).unwrap().value));
    }
    value
}

/// An uncompressed request frame.
pub(super) fn plain(json: &Value) -> Vec<u8> {
    framed(0x10, json.write(Style::Compact).as_bytes())
}

/// A gzip'd request frame.
pub(super) fn gzipped(json: &Value) -> Vec<u8> {
    framed(0x11, &gzip::deflate(json.write(Style::Compact).as_bytes()))
}

/// A full client request with the third byte and payload given.
pub(super) fn framed(third: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x11, 0x10, third, 0];
    bytes.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// The kinds of what was sent, with sequences and codes.
pub(super) fn kinds(sent: &[Sent]) -> Vec<String> {
    sent.iter()
        .map(|(kind, frame)| match (frame.sequence, frame.kind) {
            (Some(sequence), _) => format!("{kind} {sequence}"),
            (None, frame::Kind::Error { code }) => format!("{kind} {code}"),
            (None, _) => (*kind).to_owned(),
        })
        .collect()
}
