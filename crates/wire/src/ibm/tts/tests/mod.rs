//! Sessions in memory: a client, a conversation, and a speaker whose times are easy to reckon.

mod answers;
mod deviations;
mod dumps;
mod failures;
mod fixtures;
mod laws;
mod queries;
mod timings;

use bytes::Bytes;

use crate::endpoint::Opening;
use crate::finding::{Finding, Place};
use crate::handshake::RequestHead;
use crate::ibm::knobs;
use crate::json::{self, Style};
use crate::knob::{Knob, Knobs};
use crate::memory::Memory;
use crate::session::{Action, Conversation, Data, Form, Session, Turn};
use crate::speech::{Chunking, Interval, Plan, Speech, SpeechEvent, Unit};

use super::reply::Synthesis;
use super::table::TABLE;

/// A session after its 101, and everything that the server has wanted done.
pub(super) struct Peer {
    session: Conversation<Synthesis>,
    memory: Memory,
    pub(super) actions: Vec<Action>,
}

pub(super) fn chosen(choices: &[(&Knob, &str)]) -> Knobs {
    let mut chosen = Knobs::new();
    for (knob, value) in choices {
        chosen.set(knobs::ALL, knob.name, value).unwrap();
    }
    chosen
}

pub(super) fn head(query: &str) -> RequestHead {
    RequestHead {
        method: "GET".to_owned(),
        path: "/v1/synthesize".to_owned(),
        query: Some(query.to_owned()),
        headers: Vec::new(),
    }
}

impl Peer {
    pub(super) fn open(query: &str, choices: &[(&Knob, &str)]) -> Self {
        let opening = Opening {
            seed: 0,
            knobs: chosen(choices),
            head: head(query),
            grant: crate::credentials::Grant::default(),
            can_encode: |_| true,
        };
        let mut peer = Self {
            session: Conversation::new(&TABLE, Synthesis::new(opening)),
            memory: Memory::new(),
            actions: Vec::new(),
        };
        peer.turn(|session, turn| session.open(turn));
        peer
    }

    /// A session with everything at its default.
    pub(super) fn plain() -> Self {
        Self::open("", &[])
    }

    /// One turn; what it asks to be spoken stays unspoken.
    pub(super) fn turn(
        &mut self,
        act: impl FnOnce(&mut Conversation<Synthesis>, &mut Turn<'_>),
    ) -> Vec<Action> {
        let mut turn = Turn::new(&mut self.memory);
        act(&mut self.session, &mut turn);
        let actions = turn.into_actions();
        self.actions.extend(actions.clone());
        assert_eq!(self.session.violations(), [], "the table forbids it");
        actions
    }

    /// Sends a message without speaking.
    pub(super) fn send_only(&mut self, form: Form, payload: &[u8]) -> Vec<Action> {
        let payload = Bytes::copy_from_slice(payload);
        self.turn(|session, turn| {
            session.message(form, &payload, turn);
        })
    }

    /// Sends a text message, and speaks what is asked for to its end.
    pub(super) fn send(&mut self, text: &str) -> &mut Self {
        for action in self.send_only(Form::Text, text.as_bytes()) {
            if let Action::Speak(speech) = action {
                for event in speak(&speech) {
                    self.turn(|session, turn| session.spoken(event, turn));
                }
            }
        }
        self
    }

    /// What the client sees, a line each: kind and JSON without white space, `audio`, the close.
    pub(super) fn seen(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.actions.iter().filter_map(line).collect();
        lines.dedup_by(|a, b| a == "audio" && b == "audio");
        lines
    }

    /// The paths, places and texts of the findings.
    pub(super) fn findings(&self) -> Vec<&Finding> {
        let findings = self.actions.iter().filter_map(|action| match action {
            Action::Report(finding) => Some(finding),
            _ => None,
        });
        findings.collect()
    }

    /// The findings as `clause path`.
    pub(super) fn noted(&self) -> Vec<String> {
        let findings = self.findings().into_iter();
        findings
            .map(|finding| {
                let place = match &finding.place {
                    Place::Path(path) => path.clone(),
                    Place::Offset(offset) => offset.to_string(),
                    Place::Whole => "-".to_owned(),
                };
                format!("{} {place}", finding.clause.id)
            })
            .collect()
    }

    pub(super) fn spoken(&self) -> &Speech {
        let speeches = self.actions.iter().find_map(|action| match action {
            Action::Speak(speech) => Some(speech.as_ref()),
            _ => None,
        });
        speeches.expect("something is spoken")
    }
}

fn line(action: &Action) -> Option<String> {
    match action {
        Action::Send { data, .. } if data.form == Form::Binary => Some("audio".to_owned()),
        Action::Send { kind, data } => {
            let value = json::parse(text_of(data)).unwrap().value;
            let members = value.members().unwrap();
            assert_eq!(members.len(), 1, "one thing a message");
            let inner = members[0].1.write(Style::Compact);
            assert_eq!(members[0].0, *kind);
            Some(format!("{kind} {inner}"))
        }
        Action::Close { code, reason } => Some(format!("close {code} {reason}").trim().to_owned()),
        Action::Abort => Some("abort".to_owned()),
        _ => None,
    }
}

pub(super) fn text_of(data: &Data) -> &str {
    std::str::from_utf8(&data.body).unwrap()
}

/// Speaks: 300 ms a word at normal speed, 100 ms at the end of a sentence, two bytes a millisecond.
pub(super) fn speak(speech: &Speech) -> Vec<SpeechEvent> {
    let mut plan = Plan::default();
    for unit in &speech.units {
        let start_us = plan.total_us;
        match unit {
            Unit::Word { speed_permille, .. } => {
                let speed = u64::from(*speed_permille) * u64::from(speech.speed_permille);
                plan.total_us += 300_000 * 1_000_000 / speed;
                let end_us = plan.total_us;
                plan.words.push(Interval { start_us, end_us });
            }
            Unit::Pause { ms } => plan.total_us += u64::from(*ms) * 1000,
            Unit::Mark(_) => plan.marks_us.push(start_us),
            Unit::SentenceEnd => plan.total_us += 100_000,
        }
    }
    plan.total_us += u64::from(speech.trailing_silence_ms) * 1000;
    let Chunking::Millis(step) = speech.chunking else {
        panic!("audio comes in chunks");
    };
    let (step_us, total_us) = (u64::from(step) * 1000, plan.total_us);
    let mut events = vec![SpeechEvent::Planned(plan)];
    let mut from_us = 0;
    while from_us < total_us {
        let until_us = total_us.min(from_us + step_us);
        let length = usize::try_from((until_us - from_us) / 500).unwrap();
        events.push(SpeechEvent::Audio {
            bytes: Bytes::from(vec![0; length]),
            until_us,
            last: until_us == total_us,
        });
        from_us = until_us;
    }
    events
}
