//! A client for tests: it drives a session in memory and says in words what came back.

use std::time::Duration;

use bytes::Bytes;

use crate::clause::Level;
use crate::dialect::Deviation;
use crate::endpoint::{Endpoint, Opening};
use crate::finding::Place;
use crate::handshake::RequestHead;
use crate::hearing::{HeardEvent, HeardWord, Listen, Segment};
use crate::json::{Style, Value, parse};
use crate::knob::Knobs;
use crate::memory::Memory;
use crate::session::{Action, Data, Form, Session, Turn};
use crate::speech::{Interval, Plan, Speech, SpeechEvent, Unit};

/// One connection.
pub(super) struct Peer {
    session: Box<dyn Session>,
    memory: Memory,
    /// Every action, in order.
    pub(super) actions: Vec<Action>,
    /// Audio that is still to be spoken.
    queue: Vec<SpeechEvent>,
}

impl Peer {
    /// A connection with everything at its default.
    pub(super) fn new(endpoint: &Endpoint) -> Self {
        Self::with(endpoint, &[])
    }

    /// A connection with some knobs turned.
    pub(super) fn with(endpoint: &Endpoint, chosen: &[(&str, &str)]) -> Self {
        Self::encoding(endpoint, chosen, |_| true)
    }

    /// A connection to a server that cannot encode everything.
    pub(super) fn encoding(
        endpoint: &Endpoint,
        chosen: &[(&str, &str)],
        can_encode: fn(&crate::audio::AudioFormat) -> bool,
    ) -> Self {
        let mut knobs = Knobs::new();
        for (name, value) in chosen {
            knobs.set(endpoint.knobs, name, value).unwrap();
        }
        let session = (endpoint.open)(Opening {
            seed: 0,
            knobs,
            head: RequestHead::default(),
            grant: crate::credentials::Grant::default(),
            can_encode,
        });
        let mut peer = Self {
            session,
            memory: Memory::new(),
            actions: Vec::new(),
            queue: Vec::new(),
        };
        peer.turn(|session, turn| session.open(turn));
        peer
    }

    /// Sends a text message; what came back before any audio is spoken.
    pub(super) fn text(&mut self, text: &str) -> Vec<String> {
        let payload = Bytes::copy_from_slice(text.as_bytes());
        self.turn(|session, turn| {
            session.message(Form::Text, &payload, turn);
        })
    }

    /// Sends a binary message.
    pub(super) fn binary(&mut self, payload: &[u8]) -> Vec<String> {
        let payload = Bytes::copy_from_slice(payload);
        self.turn(|session, turn| {
            session.message(Form::Binary, &payload, turn);
        })
    }

    /// Sends a binary message of so many zeros.
    pub(super) fn audio(&mut self, bytes: usize) -> Vec<String> {
        self.binary(&vec![0; bytes])
    }

    /// Speaks everything that was asked for.
    pub(super) fn speak(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        while let Some(more) = self.speak_once() {
            said.extend(more);
        }
        said
    }

    /// One event of speech; `None` if none is due.
    pub(super) fn speak_once(&mut self) -> Option<Vec<String>> {
        if self.queue.is_empty() {
            return None;
        }
        let event = self.queue.remove(0);
        Some(self.turn(|session, turn| session.spoken(event, turn)))
    }

    /// An event of recognition.
    pub(super) fn heard(&mut self, event: HeardEvent) -> Vec<String> {
        self.turn(|session, turn| session.heard(event, turn))
    }

    /// A timer runs out.
    pub(super) fn timer(&mut self, timer: &'static str) -> Vec<String> {
        self.turn(|session, turn| session.timer(timer, turn))
    }

    /// A fault wants something; `None` if there is nothing of the kind.
    pub(super) fn deviate(&mut self, deviation: &Deviation) -> Option<Vec<String>> {
        let mut did = false;
        let said = self.turn(|session, turn| did = session.deviate(deviation, turn));
        did.then_some(said)
    }

    /// What the server has sent so far.
    pub(super) fn sent(&self) -> Vec<(&'static str, Data)> {
        let sent = |action: &Action| match action {
            Action::Send { kind, data } => Some((*kind, data.clone())),
            _ => None,
        };
        self.actions.iter().filter_map(sent).collect()
    }

    /// The state of the table.
    pub(super) fn state(&self) -> &'static str {
        self.session.state()
    }

    /// The text messages of the server so far, parsed.
    pub(super) fn messages(&self) -> Vec<Value> {
        let text = |action: &Action| match action {
            Action::Send { data, .. } if data.form == Form::Text => {
                let text = std::str::from_utf8(&data.body).unwrap().to_owned();
                Some(parse(&text).unwrap().value)
            }
            _ => None,
        };
        self.actions.iter().filter_map(text).collect()
    }

    /// The `trace_id` of each text message of the server so far.
    pub(super) fn trace_ids(&self) -> Vec<String> {
        let id = |message: &Value| message.get("trace_id")?.as_str().map(str::to_owned);
        self.messages().iter().map(|it| id(it).unwrap()).collect()
    }

    /// The text messages of the server so far as text, with `T` for each `trace_id`.
    pub(super) fn untraced(&self) -> Vec<String> {
        let messages = self.messages().into_iter().zip(self.trace_ids());
        messages
            .map(|(message, id)| message.write(Style::Compact).replace(&id, "T"))
            .collect()
    }

    /// The findings so far, as `place: found`.
    pub(super) fn findings(&self) -> Vec<String> {
        let shown = |action: &Action| match action {
            Action::Report(finding) => Some(match &finding.place {
                Place::Path(path) => format!("{path}: {}", finding.found),
                Place::Offset(offset) => format!("byte {offset}: {}", finding.found),
                Place::Whole => finding.found.clone(),
            }),
            _ => None,
        };
        self.actions.iter().filter_map(shown).collect()
    }

    /// The levels of the clauses of the findings so far.
    pub(super) fn levels(&self) -> Vec<Level> {
        let level = |action: &Action| match action {
            Action::Report(finding) => Some(finding.clause.level),
            _ => None,
        };
        self.actions.iter().filter_map(level).collect()
    }

    /// What was asked of the recogniser so far.
    pub(super) fn listens(&self) -> Vec<Listen> {
        let listen = |action: &Action| match action {
            Action::Listen(listen) => Some((**listen).clone()),
            _ => None,
        };
        self.actions.iter().filter_map(listen).collect()
    }

    /// What was asked to be spoken so far.
    pub(super) fn speeches(&self) -> Vec<Speech> {
        let speech = |action: &Action| match action {
            Action::Speak(speech) => Some((**speech).clone()),
            _ => None,
        };
        self.actions.iter().filter_map(speech).collect()
    }

    /// How long the idle timer was set for, last.
    pub(super) fn armed(&self, name: &str) -> Option<Duration> {
        self.actions
            .iter()
            .rev()
            .find_map(|action| match action {
                Action::Arm { timer, after } if *timer == name => Some(Some(*after)),
                Action::Disarm { timer } if *timer == name => Some(None),
                _ => None,
            })
            .flatten()
    }

    fn turn(&mut self, act: impl FnOnce(&mut dyn Session, &mut Turn<'_>)) -> Vec<String> {
        let mut turn = Turn::new(&mut self.memory);
        act(&mut *self.session, &mut turn);
        let actions = turn.into_actions();
        assert_eq!(self.session.violations(), [], "the table forbids it");
        for action in &actions {
            match action {
                Action::Speak(speech) => self.queue = speech_events(speech),
                Action::StopSpeaking => self.queue.clear(),
                _ => {}
            }
        }
        let said = actions.iter().filter_map(show).collect();
        self.actions.extend(actions);
        said
    }
}

/// A result of one word.
pub(super) fn segment(start_ms: u32, end_ms: u32, text: &str) -> Segment {
    Segment {
        start_ms,
        end_ms,
        text: text.to_owned(),
        words: vec![HeardWord {
            text: text.to_owned(),
            start_ms,
            end_ms,
        }],
        score_permille: 900,
    }
}

/// 100 ms a word and a sentence end, then the tail, in chunks of the asked size.
fn speech_events(speech: &Speech) -> Vec<SpeechEvent> {
    let mut at_us = 0;
    let mut plan = Plan::default();
    for unit in &speech.units {
        if matches!(unit, Unit::Word { .. }) {
            plan.words.push(Interval {
                start_us: at_us,
                end_us: at_us + 100_000,
            });
        }
        at_us += 100_000;
    }
    plan.total_us = at_us + u64::from(speech.trailing_silence_ms) * 1000;
    let crate::speech::Chunking::Millis(chunk_ms) = speech.chunking else {
        panic!("synthesis is chunked");
    };
    let chunk_us = u64::from(chunk_ms) * 1000;
    let rate = u64::from(speech.format.bytes_per_second().unwrap_or(4000));
    let chunks = plan.total_us.div_ceil(chunk_us);
    let mut events = vec![SpeechEvent::Planned(plan.clone())];
    for n in 1..=chunks {
        let until_us = (n * chunk_us).min(plan.total_us);
        let length = (until_us - (n - 1) * chunk_us) * rate / 1_000_000;
        events.push(SpeechEvent::Audio {
            bytes: vec![0; usize::try_from(length).unwrap()].into(),
            until_us,
            last: n == chunks,
        });
    }
    events
}

/// An action in words; `None` for timers, findings and what is spoken.
fn show(action: &Action) -> Option<String> {
    Some(match action {
        Action::Send { kind, data } if data.form == Form::Binary => {
            format!("{kind} {}", data.len())
        }
        Action::Send { kind, data } => {
            let value = parse(std::str::from_utf8(&data.body).unwrap())
                .unwrap()
                .value;
            let detail = ["error_code", "reason", "timestamp"]
                .iter()
                .find_map(|name| value.get(name));
            match detail {
                Some(Value::String(detail)) => format!("{kind} {detail}"),
                Some(detail) => format!("{kind} {}", detail.excerpt()),
                None => (*kind).to_owned(),
            }
        }
        Action::Close { code, .. } => format!("close {code}"),
        Action::Abort => "abort".to_owned(),
        Action::Hear(bytes) => format!("hear {}", bytes.len()),
        Action::FinishHearing => "finish-hearing".to_owned(),
        Action::StopHearing => "stop-hearing".to_owned(),
        Action::StopSpeaking => "stop-speaking".to_owned(),
        Action::Speak(_)
        | Action::Listen(_)
        | Action::Arm { .. }
        | Action::Disarm { .. }
        | Action::Report(_) => return None,
    })
}
