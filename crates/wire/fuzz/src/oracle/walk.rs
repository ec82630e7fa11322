//! Random walks: a client that does anything, a speaker and a recogniser that do what they were asked
//! for, timers that run out when they like, against one session. Beside it walks a machine of the same
//! table that sees only what crosses the wire.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use wire::credentials::Grant;
use wire::dialect::{Deviation, Retouch};
use wire::endpoint::{Endpoint, Opening};
use wire::error::ErrorKind;
use wire::handshake::RequestHead;
use wire::hearing::{HeardEvent, HeardWord, Segment};
use wire::id::Ids;
use wire::knob::{Knobs, Values};
use wire::memory::Memory;
use wire::session::{Action, Data, Form, Machine, Session, Side, Standing, Turn};
use wire::speech::{Chunking, Interval, Plan, Speech, SpeechEvent, Unit};

/// What happens next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The client sends a message.
    Message(Form, Bytes),
    /// The speaker goes on.
    Speak,
    /// The recogniser goes on, with one of the things that it may say.
    Hear(usize),
    /// One of the timers that are armed runs out.
    Timer(usize),
    /// The client breaks RFC 6455.
    Broken(u16),
    /// A fault wants one of the things that the protocol does not foresee.
    Deviate(usize),
}

/// Messages that no stored session has.
pub fn odd() -> Vec<(Form, Bytes)> {
    let texts = ["", "{}", "null", "{\"a\":", "[]", "\"\"", "x"];
    let binaries = [0, 1, 3, 400, 3200, 70_000].map(|length| Bytes::from(vec![0; length]));
    let texts = texts.iter().map(|text| (Form::Text, Bytes::from(*text)));
    texts
        .chain(binaries.into_iter().map(|it| (Form::Binary, it)))
        .collect()
}

/// The knobs of an endpoint, with some of them chosen: which, and which of its values.
pub fn knobs_of(endpoint: &Endpoint, choices: impl IntoIterator<Item = (usize, usize)>) -> Knobs {
    let mut knobs = Knobs::new();
    for (which, value) in choices {
        let knob = &endpoint.knobs[which % endpoint.knobs.len()];
        let value = match knob.values {
            Values::OneOf(words) => words[value % words.len()].to_owned(),
            Values::Number(low, high) => {
                let few = low.saturating_add(3).min(high);
                [low, few, high][value % 3].to_string()
            }
            Values::Text => ["", "x", "CODE"][value % 3].to_owned(),
        };
        let set = knobs.set(endpoint.knobs, knob.name, &value);
        assert!(set.is_ok(), "{set:?}");
    }
    knobs
}

/// One session, what is under way in it, and the machine that walks beside it.
pub struct Walk {
    endpoint: &'static Endpoint,
    /// The session.
    pub session: Box<dyn Session>,
    memory: Memory,
    /// What walks beside it.
    pub machine: Machine,
    /// The timers that are armed.
    pub timers: BTreeSet<&'static str>,
    /// What the speaker still has to say; `None` if nobody has asked it to speak.
    speech: Option<VecDeque<SpeechEvent>>,
    /// What was asked of the recogniser.
    ear: Ear,
    /// The number of the last audio message of this speech that has one.
    sequence: i64,
    /// How the server has ended the session.
    pub end: Option<End>,
    /// The kinds of what it has sent.
    pub sent: Vec<&'static str>,
    /// The last message that it has sent by itself.
    pub last: Option<(&'static str, Data)>,
    /// Whether a fault has had its way: the table may have ended and the session not.
    deviated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ear {
    Closed,
    Open,
    Finishing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// How the server has ended a session.
pub enum End {
    /// By a close frame.
    Close(u16),
    /// By dropping the connection.
    Abort,
}

/// In which turn something was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum During {
    Audio,
    Else,
    Deviation,
}

impl Walk {
    /// A session that has been opened, of an endpoint with these knobs.
    pub fn new(endpoint: &'static Endpoint, knobs: Knobs, encodes: bool) -> Self {
        Self::open(endpoint, knobs, RequestHead::default(), encodes)
    }

    /// The same of a session that this request has opened.
    pub fn open(
        endpoint: &'static Endpoint,
        knobs: Knobs,
        head: RequestHead,
        encodes: bool,
    ) -> Self {
        let session = (endpoint.open)(Opening {
            seed: 7,
            knobs,
            head,
            grant: Grant::default(),
            can_encode: if encodes { |_| true } else { |_| false },
        });
        let mut walk = Self {
            endpoint,
            session,
            memory: Memory::new(),
            machine: Machine::new(endpoint.table),
            timers: BTreeSet::new(),
            speech: None,
            ear: Ear::Closed,
            sequence: 0,
            end: None,
            sent: Vec::new(),
            last: None,
            deviated: false,
        };
        walk.turn(During::Else, |session, turn, _| session.open(turn));
        walk
    }

    /// Lets something happen, and holds the answer against the table.
    pub fn happen(&mut self, event: &Event) {
        // How a fault ends a session is the fault's: it may take the end back, and what comes then finds the
        // session in the middle of things.
        if self.deviated && self.end.is_some() {
            return;
        }
        match event {
            Event::Message(form, payload) => self.receive(*form, payload),
            Event::Speak => self.speak(),
            Event::Hear(which) => self.hear(*which),
            Event::Timer(which) => {
                let armed: Vec<_> = self.timers.iter().copied().collect();
                if !armed.is_empty() {
                    self.run_out(armed[which % armed.len()]);
                }
            }
            Event::Broken(code) => {
                self.turn(During::Else, |session, turn, _| session.broken(*code, turn));
                assert!(self.end.is_some(), "a broken stream ends the session");
            }
            Event::Deviate(which) => self.deviate(*which),
        }
    }

    /// The client says something.
    pub fn receive(&mut self, form: Form, payload: &Bytes) {
        self.turn(During::Else, |session, turn, machine| {
            let seen = session.message(form, payload, turn);
            machine.step(Side::Client, seen.kind);
        });
    }

    /// The credentials in a message, which are what it says.
    pub fn credentials(&mut self, form: Form, payload: &Bytes) {
        let plain = !payload.contains(&b'\\') && !payload.windows(2).any(|it| it == GZIP);
        for found in self.session.read(form, payload) {
            let found = found.as_bytes();
            let is_there = found.is_empty() || payload.windows(found.len()).any(|it| it == found);
            assert!(is_there || !plain, "a credential that nobody has sent");
        }
    }

    /// What a fault makes of the last message that the server has sent by itself: `seed` says how.
    pub fn retouch(&mut self, seed: usize) {
        let Some((kind, data)) = self.last.take() else {
            return;
        };
        let how = RETOUCHES[seed % RETOUCHES.len()];
        let altered =
            |ids: u64| (self.endpoint.dialect.retouch)(how, kind, &data, &mut Ids::new(ids));
        let Some(one) = altered(7) else { return };
        assert_eq!(
            altered(7).as_ref(),
            Some(&one),
            "{how:?}: another time, something else"
        );
        let decode = |data: &Data| {
            let payload = Bytes::from([&data.head[..], &data.body].concat());
            (self.endpoint.decode)(Side::Server, data.form, &payload)
        };
        let was = decode(&data).expect("what is sent decodes").kind;
        match how {
            Retouch::ExtraFields | Retouch::ForeignId => {
                assert_eq!(decode(&one).map(|it| it.kind), Ok(was), "{how:?}");
            }
            Retouch::Grown(least) => {
                assert_eq!(decode(&one).map(|it| it.kind), Ok(was), "{how:?}");
                assert!(one.len() as u64 >= least, "{how:?}: {} bytes", one.len());
            }
            Retouch::GzipCorrupt | Retouch::BadGzipChecksum => {
                let refused = decode(&one).map_err(|it| it.kind);
                assert_eq!(refused.err(), Some(ErrorKind::Compression), "{how:?}");
            }
            Retouch::SizeLies(_) => assert!(decode(&one).is_err(), "{how:?}: {one:?}"),
            Retouch::Truncated(_) => assert!(one.len() < data.len(), "{how:?}"),
            Retouch::MalformedJson
            | Retouch::NonObjectJson
            | Retouch::GzipFlagMismatch
            | Retouch::GzipErrorPayload
            | Retouch::BadSequence
            | Retouch::WithoutAudio
            | Retouch::BadPageChecksum => assert_ne!(one, data, "{how:?}"),
            Retouch::NotLast => {}
        }
    }

    fn deviate(&mut self, which: usize) {
        if self.end.is_some() {
            return;
        }
        let all = deviations(self.endpoint);
        let deviation = &all[which % all.len()];
        self.deviated = true;
        let mut did = false;
        let acts = self.turn(During::Deviation, |session, turn, _| {
            did = session.deviate(deviation, turn);
        });
        assert!(did || !acts, "{deviation:?} is not to be had, and yet done");
    }

    fn speak(&mut self) {
        let Some(event) = self.speech.as_mut().and_then(VecDeque::pop_front) else {
            return;
        };
        let during = match &event {
            SpeechEvent::Audio { .. } => During::Audio,
            SpeechEvent::Planned(_) => During::Else,
        };
        if self.speech.as_ref().is_some_and(VecDeque::is_empty) {
            self.speech = None;
        }
        self.turn(during, |session, turn, _| session.spoken(event, turn));
    }

    fn hear(&mut self, which: usize) {
        let segment = |text: &str| Segment {
            start_ms: 0,
            end_ms: 300,
            text: text.to_owned(),
            words: vec![HeardWord {
                text: text.to_owned(),
                start_ms: 0,
                end_ms: 300,
            }],
            score_permille: 900,
        };
        let at_ms = 300;
        let events = match self.ear {
            Ear::Closed => return,
            Ear::Open => vec![
                HeardEvent::VoiceStart { at_ms },
                HeardEvent::Interim(segment("a")),
                HeardEvent::Final(segment("a b")),
                HeardEvent::VoiceEnd { at_ms },
                HeardEvent::TooMuchSilence { at_ms },
            ],
            Ear::Finishing => vec![
                HeardEvent::VoiceEnd { at_ms },
                HeardEvent::Final(segment("c")),
                HeardEvent::Done,
            ],
        };
        let event = events[which % events.len()].clone();
        if event == HeardEvent::Done {
            self.ear = Ear::Closed;
        }
        self.turn(During::Else, |session, turn, _| session.heard(event, turn));
    }

    /// A timer runs out.
    pub fn run_out(&mut self, timer: &'static str) {
        self.timers.remove(timer);
        self.turn(During::Else, |session, turn, _| session.timer(timer, turn));
    }

    /// One turn, and everything that must be true of it. Whether anything was done in it.
    fn turn(
        &mut self,
        during: During,
        act: impl FnOnce(&mut dyn Session, &mut Turn<'_>, &mut Machine),
    ) -> bool {
        let mut turn = Turn::new(&mut self.memory);
        act(self.session.as_mut(), &mut turn, &mut self.machine);
        let actions = turn.into_actions();
        assert_eq!(self.session.violations(), [], "the table forbids a send");
        assert!(
            actions.len() <= MOST_ACTIONS,
            "{} actions in one turn",
            actions.len()
        );
        let acts = actions.iter().any(|it| !matches!(it, Action::Report(_)));
        for action in actions {
            self.check(action, during);
        }
        assert_eq!(
            self.session.state(),
            self.machine.state(),
            "the table walked elsewhere"
        );
        if self.is_terminal() && !self.deviated {
            assert!(
                self.end.is_some(),
                "{} is a state without an end",
                self.machine.state()
            );
        }
        acts
    }

    /// Whether nobody may send anything any more.
    fn is_terminal(&self) -> bool {
        let [client, server] = [Side::Client, Side::Server].map(|side| self.machine.legal(side));
        client.is_empty() && server.is_empty()
    }

    fn check(&mut self, action: Action, during: During) {
        if let Action::Report(_) = action {
            return;
        }
        assert_eq!(self.end, None, "{action:?} comes behind the end");
        match action {
            Action::Send { kind, data } => self.check_send(kind, &data, during),
            Action::Speak(speech) => {
                self.speech = Some(events_of(&speech));
                self.sequence = 0;
            }
            Action::StopSpeaking => self.speech = None,
            Action::Listen(_) => self.ear = Ear::Open,
            Action::Hear(bytes) => {
                assert_eq!(
                    self.ear,
                    Ear::Open,
                    "audio for a recogniser that does not listen"
                );
                assert!(!bytes.is_empty(), "no audio to hear");
            }
            Action::FinishHearing => {
                assert_eq!(self.ear, Ear::Open, "the end of what was not begun");
                self.ear = Ear::Finishing;
            }
            Action::StopHearing => self.ear = Ear::Closed,
            Action::Arm { timer, after } => {
                assert!(after > Duration::ZERO, "{timer} runs out at once");
                self.timers.insert(timer);
            }
            Action::Disarm { timer } => {
                self.timers.remove(timer);
            }
            Action::Close { code, reason } => {
                assert!(
                    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999),
                    "close {code}"
                );
                assert!(reason.len() <= 123, "a reason of {} bytes", reason.len());
                self.finish(End::Close(code));
            }
            Action::Abort => self.finish(End::Abort),
            Action::Report(_) => {}
        }
    }

    fn finish(&mut self, end: End) {
        self.end = Some(end);
        self.speech = None;
        self.ear = Ear::Closed;
        self.timers.clear();
    }

    fn check_send(&mut self, kind: &'static str, data: &Data, during: During) {
        let step = self.machine.step(Side::Server, kind);
        if during == During::Deviation {
            return;
        }
        assert_eq!(
            step.standing,
            Standing::Legal,
            "{kind} in state {}",
            step.from
        );
        self.sent.push(kind);
        let payload = Bytes::from([&data.head[..], &data.body].concat());
        let dump = (self.endpoint.decode)(Side::Server, data.form, &payload).unwrap();
        let is_sent = |it: &str| {
            let mut rules = self.endpoint.table.rules.iter();
            rules.any(|rule| rule.side == Side::Server && rule.kind == it)
        };
        assert!(is_sent(dump.kind), "{kind} reads as {}", dump.kind);
        self.last = Some((kind, data.clone()));
        if !kind.ends_with("audio") {
            return;
        }
        assert_eq!(during, During::Audio, "{kind} that nobody has spoken");
        // Where audio is numbered it counts from 1, and the last is negative.
        if let Some(sequence) = dump
            .value
            .get("sequence")
            .and_then(wire::json::Value::as_i64)
        {
            assert!(
                self.sequence >= 0,
                "{sequence} after the last, {}",
                self.sequence
            );
            assert!(
                sequence.abs() == self.sequence + 1,
                "{sequence} after {}",
                self.sequence
            );
            let is_last = self.speech.is_none();
            assert_eq!(sequence < 0, is_last, "{sequence}, last: {is_last}");
            self.sequence = sequence;
        }
    }

    /// Lets everything that is under way come to its end.
    pub fn settle(&mut self) {
        while self.speech.is_some() {
            self.speak();
        }
        if self.ear == Ear::Finishing {
            self.ear = Ear::Closed;
            self.turn(During::Else, |session, turn, _| {
                session.heard(HeardEvent::Done, turn);
            });
        }
    }
}

/// Everything that a fault can want of a session, and something that none has.
fn deviations(endpoint: &Endpoint) -> Vec<Deviation> {
    let mut all = vec![
        Deviation::Untyped,
        Deviation::Unknown,
        Deviation::Error(None),
        Deviation::Idle,
        Deviation::IdleError,
        Deviation::Expired,
        Deviation::Quota,
        Deviation::Error(Some("none of them".to_owned())),
        Deviation::Own("none of them"),
    ];
    let own = endpoint.dialect.own_faults.iter();
    all.extend(own.map(|fault| Deviation::Own(fault.name)));
    let codes = (endpoint.dialect.error_codes)().into_iter();
    all.extend(codes.map(|code| Deviation::Error(Some(code.to_owned()))));
    all
}

/// The times of a speech, before there is any audio.
pub fn planned(speech: &Speech) -> Plan {
    match events_of(speech).pop_front() {
        Some(SpeechEvent::Planned(plan)) => plan,
        _ => Plan::default(),
    }
}

/// 100 ms a unit, cut as was asked for.
fn events_of(speech: &Speech) -> VecDeque<SpeechEvent> {
    const UNIT_US: u64 = 100_000;
    let mut plan = Plan::default();
    for unit in &speech.units {
        let start_us = plan.total_us;
        plan.total_us += UNIT_US;
        match unit {
            Unit::Word { .. } => plan.words.push(Interval {
                start_us,
                end_us: plan.total_us,
            }),
            Unit::Mark(_) => plan.marks_us.push(start_us),
            Unit::Pause { .. } | Unit::SentenceEnd => {}
        }
    }
    let total_us = plan.total_us.max(1);
    let chunk_us = match speech.chunking {
        Chunking::Millis(ms) => u64::from(ms.max(20)) * 1000,
        Chunking::Whole => total_us,
    };
    let mut events = VecDeque::from([SpeechEvent::Planned(plan)]);
    let chunks = total_us.div_ceil(chunk_us);
    events.extend((1..=chunks).map(|n| SpeechEvent::Audio {
        bytes: Bytes::from_static(&[1, 2]),
        until_us: (n * chunk_us).min(total_us),
        last: n == chunks,
    }));
    events
}

/// A turn answers one event: even a hostile message makes no flood of it.
const MOST_ACTIONS: usize = 200;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What a fault can make of a message.
const RETOUCHES: &[Retouch] = &[
    Retouch::ExtraFields,
    Retouch::ForeignId,
    Retouch::MalformedJson,
    Retouch::NonObjectJson,
    Retouch::GzipFlagMismatch,
    Retouch::GzipErrorPayload,
    Retouch::GzipCorrupt,
    Retouch::BadGzipChecksum,
    Retouch::BadSequence,
    Retouch::SizeLies(1),
    Retouch::SizeLies(-1),
    Retouch::SizeLies(i64::MIN),
    Retouch::Truncated(1),
    Retouch::Truncated(100),
    Retouch::WithoutAudio,
    Retouch::NotLast,
    Retouch::Grown(3),
    Retouch::Grown(3000),
    Retouch::BadPageChecksum,
];
