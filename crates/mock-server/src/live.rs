//! One session at work: events in, bytes and journal entries out. No IO of its own.
//!
//! [`crate::drive`] feeds it what the socket, the clock and the speaker have, and writes
//! what gathers in the outbox.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use wire::endpoint::Endpoint;
use wire::finding::Finding;
use wire::gzip;
use wire::session::{Action, Data, Form, Session, Side, Turn};
use wire::ws::{DataOpcode, Event, Limits, Receiver, Role, Violation};

use self::settle::POLICY;
use self::speech::Speaking;
use crate::clock::Clock;
use crate::extension::{Extension, Packer};
use crate::fault::{Engine, Plan, Start};
use crate::journal::{Entry, EntryKind, Recorder};
use crate::lane::{Lane, Lanes};
use crate::listener::Listener;
use crate::lock::lock;
use crate::options::Pace;
use crate::outbox::Outbox;
use crate::scenario::Library;
use crate::selector::Chosen;
use crate::sound::SessionSound;
use crate::timers::Timers;

/// How many bytes may wait before nothing more is read or spoken.
const FULL: usize = 128 << 10;

/// How many bytes faults may hold back before nothing more is read: a session that stalls still
/// answers pings.
const HELD: usize = 16 << 20;

/// How long a session works in one turn. What it says leaves in one write, if it takes less time
/// than anybody notices; no session may hold up the others for long.
pub(crate) const TURN: Duration = Duration::from_micros(500);

/// From how many bytes on a message may take longer than others should have to wait.
pub(crate) const HEAVY: usize = 64 << 10;

/// The same of one that seems to be compressed: it may be a thousand times as much inside.
pub(crate) const HEAVY_PACKED: usize = 2 << 10;

/// How long a client may take to answer the close frame of a server that stops.
const STOP: Duration = Duration::from_secs(1);

/// How a session stands with its close handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// Nobody has sent a close frame.
    No,
    /// We have; the client has until then to answer.
    Sent(Instant),
    /// Nothing more is read, and what waits has until then to leave.
    Over(Instant),
    /// As soon as nothing waits any more, TCP is reset.
    Reset(Instant),
    /// As soon as nothing waits any more, or the client does not take it in time, TCP stays as
    /// it is and nobody is there any more.
    HalfOpen(Instant),
    /// The connection is dropped with whatever waits.
    Aborted,
}

/// How the connection is left when a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Departure {
    /// Everything has been said: TCP ends in order.
    Done,
    /// TCP is dropped as it is.
    Dropped,
    /// TCP is reset.
    Reset,
    /// TCP stays until the client ends it.
    HalfOpen,
}

/// One session.
pub(crate) struct Live<'s> {
    session: Box<dyn Session>,
    receiver: Receiver,
    pub(crate) outbox: Outbox,
    timers: Timers,
    speaker: Option<Speaking>,
    listener: Option<Box<Listener>>,
    closing: Closing,
    /// Whether the client has broken the framing.
    is_broken: bool,
    /// The message that is being answered.
    current: Option<u64>,
    /// Whether a credential in a message has named the lane.
    is_settled: bool,
    opened: Duration,
    /// The time of what is being dealt with: all that it leads to happens at once.
    now: Duration,
    /// When we sent a close frame, on the services' clock.
    closed: Option<Duration>,
    /// The faults at work, if there are any.
    engine: Option<Box<Engine>>,
    /// The timers that rest because a fault stands in for them.
    rested: &'static [&'static str],
    /// The code of a close frame of the client, and until when its answer is put off.
    put_off: Option<(Option<u16>, Duration)>,
    /// What compresses our messages, if that has been agreed.
    packer: Option<Box<Packer>>,
    /// A message that waits until there is time for it, and what came behind it with it.
    heavy: Option<Box<Event>>,
    around: Surroundings<'s>,
}

/// What a session runs on.
#[derive(Clone)]
pub(crate) struct Surroundings<'s> {
    pub(crate) lane: Arc<Lane>,
    pub(crate) lanes: &'s Lanes,
    /// Which connection of the lane it is.
    pub(crate) connection: u64,
    /// The scenarios that have a name.
    pub(crate) library: &'s Library,
    /// What the server does if nobody chooses anything.
    pub(crate) scenario: Option<&'s str>,
    pub(crate) endpoint: &'static Endpoint,
    /// What is random, if no selector says otherwise.
    pub(crate) seed: u64,
    /// What the handshake chose; a credential in a message may choose what is left open.
    /// What the handshake has chosen, if anything.
    pub(crate) chosen: Option<Box<Chosen>>,
    pub(crate) clock: &'s Clock,
    pub(crate) pace: Pace,
    pub(crate) sound: SessionSound<'s>,
    pub(crate) limits: Limits,
    /// What has been agreed about compression.
    pub(crate) extension: Option<Extension>,
    /// Room for those who are at a heavy message, which is less than there is for all.
    pub(crate) heavy: &'s Semaphore,
    pub(crate) close_time: Duration,
    pub(crate) recorder: &'s Recorder<'s>,
}

impl<'s> Live<'s> {
    /// Opens a session.
    pub(crate) fn open(session: Box<dyn Session>, plan: Plan, around: Surroundings<'s>) -> Self {
        let mut live = Self {
            session,
            receiver: match around.extension {
                Some(extension) => extension.on(Receiver::new(Role::Server, around.limits)),
                None => Receiver::new(Role::Server, around.limits),
            },
            outbox: match around.recorder.keeps_raw() {
                true => Outbox::remembering(),
                false => Outbox::default(),
            },
            timers: Timers::default(),
            speaker: None,
            listener: None,
            closing: Closing::No,
            is_broken: false,
            current: None,
            is_settled: false,
            opened: around.clock.now(),
            now: around.clock.now(),
            closed: None,
            engine: None,
            rested: &[],
            put_off: None,
            packer: around.extension.map(|it| Box::new(it.packer())),
            heavy: None,
            around,
        };
        live.arm(plan, Start::Open);
        live.run_faults();
        live.turn(|session, turn| session.open(turn));
        live.run_faults();
        live
    }

    /// Whether nothing more will be sent or read.
    pub(crate) const fn is_over(&self) -> bool {
        matches!(
            self.closing,
            Closing::Over(_) | Closing::Reset(_) | Closing::HalfOpen(_) | Closing::Aborted
        )
    }

    /// How the connection is left now that the session is over and has said what it can.
    pub(crate) fn departure(&self) -> Option<Departure> {
        match self.closing {
            Closing::No | Closing::Sent(_) => None,
            Closing::Over(_) => self.outbox.is_empty().then_some(Departure::Done),
            Closing::Reset(_) => self.outbox.is_empty().then_some(Departure::Reset),
            Closing::HalfOpen(_) => self.outbox.is_empty().then_some(Departure::HalfOpen),
            Closing::Aborted => Some(Departure::Dropped),
        }
    }

    /// Whether there is room for answers to what is read.
    pub(crate) fn has_room(&self) -> bool {
        self.outbox.waiting() < FULL && self.held() < HELD
    }

    /// Whether more may be spoken.
    fn may_speak(&self) -> bool {
        self.outbox.waiting() + self.held() < FULL
    }

    /// How many bytes faults hold back.
    fn held(&self) -> usize {
        self.engine.as_ref().map_or(0, |it| it.waiting_bytes())
    }

    /// Until when the client may take to answer our close frame, or to read what is left.
    pub(crate) const fn close_deadline(&self) -> Option<Instant> {
        match self.closing {
            Closing::Sent(deadline)
            | Closing::Over(deadline)
            | Closing::Reset(deadline)
            | Closing::HalfOpen(deadline) => Some(deadline),
            Closing::No | Closing::Aborted => None,
        }
    }

    /// When the session has something to do by itself; `None` if it only waits for the client.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let speech = self.speaker.as_ref().filter(|_| self.may_speak());
        let speech = speech.map(|speaking| speaking.due);
        let fault = self.engine.as_ref().and_then(|engine| engine.next_due());
        let others = self.timers.next_due().into_iter().chain(fault);
        let others = others.chain(self.outbox.next_due());
        let others = others.chain(self.put_off.map(|(_, due)| due));
        speech.into_iter().chain(others).min()
    }

    /// Takes bytes from the client.
    pub(crate) fn receive(&mut self, bytes: Bytes) {
        self.look_at_clock();
        self.receiver.push(&bytes);
        if !bytes.is_empty() && self.around.recorder.keeps_raw() {
            let at = self.elapsed();
            self.around.recorder.raw(Side::Client, at, vec![bytes]);
        }
        self.take_events();
        self.speak();
    }

    /// Whether a message waits for room among the heavy ones.
    pub(crate) const fn is_held_up(&self) -> bool {
        self.heavy.is_some()
    }

    /// Where that room is.
    pub(crate) const fn heavy_room(&self) -> &'s Semaphore {
        self.around.heavy
    }

    /// There is room for the message that waits.
    pub(crate) fn go_on(&mut self) {
        self.look_at_clock();
        if let Some(event) = self.heavy.take() {
            self.on_event(*event);
            self.run_faults();
        }
        self.take_events();
        self.speak();
    }

    /// Takes what has been read, up to a message that is too heavy to be taken among others.
    fn take_events(&mut self) {
        while self.heavy.is_none()
            && let Some(event) = self.receiver.next_event()
        {
            if self.closing == Closing::No && is_heavy(&event) {
                self.heavy = Some(Box::new(event));
            } else {
                self.on_event(event);
                self.run_faults();
            }
        }
    }

    /// Some of the outbox has been written.
    pub(crate) fn wrote(&mut self) {
        self.look_at_clock();
        self.outbox.tick(self.now);
        let written = self.outbox.take_written();
        if !written.is_empty() {
            let at = self.elapsed();
            self.around.recorder.raw(Side::Server, at, written);
        }
    }

    /// The client's side of the TCP connection has ended.
    pub(crate) fn lost(&mut self) {
        let by = match self.closing {
            Closing::No | Closing::HalfOpen(_) => Side::Client,
            Closing::Sent(_) | Closing::Over(_) | Closing::Reset(_) | Closing::Aborted => {
                Side::Server
            }
        };
        if self.receiver.in_frame() {
            let finding = crate::rfc::cut_inside_frame();
            self.around.recorder.find(None, finding);
        }
        self.note_ending(1006, "", by);
        self.end(Closing::Aborted);
    }

    /// Does what is due: a few steps of speech, then every timer that has run out.
    pub(crate) fn due(&mut self) {
        self.look_at_clock();
        let now = self.now;
        self.outbox.tick(now);
        if let Some(engine) = &mut self.engine {
            engine.due(now);
            self.run_faults();
        }
        self.speak();
        while let Some(timer) = self.timers.take_due(now) {
            self.current = None;
            self.turn(|session, turn| session.timer(timer, turn));
        }
        self.run_faults();
        if let Some((code, _)) = self.put_off.take_if(|(_, due)| *due <= now) {
            self.answer_close(code);
        }
    }

    /// The server stops, and waits no longer than [`STOP`] for the client's close frame.
    pub(crate) fn stop(&mut self) {
        self.look_at_clock();
        if self.closing == Closing::No {
            self.close(1001, "");
        }
        if let Closing::Sent(deadline)
        | Closing::Over(deadline)
        | Closing::Reset(deadline)
        | Closing::HalfOpen(deadline) = &mut self.closing
        {
            *deadline = (*deadline).min(Instant::now() + STOP);
        }
    }

    /// The client has not answered our close frame in time, or has not taken what waits.
    pub(crate) fn give_up(&mut self) {
        if let Closing::HalfOpen(_) = self.closing {
            self.outbox.clear();
            return;
        }
        self.end(Closing::Aborted);
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Frame { .. } => {}
            Event::Message {
                opcode, payload, ..
            } => self.on_message(opcode, &payload),
            Event::Ping(payload) => {
                self.record(Side::Client, EntryKind::Ping, payload.clone());
                if self.closing == Closing::No {
                    let now = self.around.clock.now();
                    let answer = match &mut self.engine {
                        Some(engine) => engine.pong(payload, now),
                        None => Some(payload),
                    };
                    if let Some(payload) = answer {
                        self.record(Side::Server, EntryKind::Pong, payload.clone());
                        self.outbox.pong(payload);
                    }
                }
            }
            Event::Pong(payload) => {
                self.record(Side::Client, EntryKind::Pong, payload);
            }
            Event::Close(close) => self.on_close(&close),
            Event::Violation(violation) => self.on_violation(&violation),
        }
    }

    fn on_message(&mut self, opcode: DataOpcode, payload: &Bytes) {
        let form = match opcode {
            DataOpcode::Text => Form::Text,
            DataOpcode::Binary => Form::Binary,
        };
        let number = self.record(Side::Client, EntryKind::Data(form), payload.clone());
        // After our close frame the client may still be talking; nobody listens.
        if self.closing != Closing::No {
            let connection = self.around.connection;
            if self.has_closed_long_ago() {
                self.around.lane.attempts().late(connection);
            }
            return;
        }
        self.current = Some(number);
        // Not under the lock of the lane's memory: other sessions need that, too.
        let credentials = self.session.read(form, payload);
        if let Err(error) = self.settle_lane(&credentials) {
            self.close(POLICY, &error.to_string());
            return;
        }
        self.answer(form, payload);
        let state = self.session.state();
        self.around
            .recorder
            .write(|record| record.set_state(number, state));
    }

    fn on_violation(&mut self, violation: &Violation) {
        let finding = crate::rfc::finding(violation);
        self.around.recorder.find(None, finding);
        let Some(code) = violation.close_code() else {
            return;
        };
        self.is_broken = true;
        match self.closing {
            Closing::No => self.turn(|session, turn| session.broken(code, turn)),
            Closing::Sent(_) => self.end(Closing::Over(self.patience())),
            Closing::Over(_) | Closing::Reset(_) | Closing::HalfOpen(_) | Closing::Aborted => {}
        }
    }

    /// Lets the session answer a message, after the faults that it calls up.
    fn answer(&mut self, form: Form, payload: &Bytes) {
        let (seen, actions) = self.ask(|session, turn| session.message(form, payload, turn));
        self.tell_faults(seen.kind, form, payload);
        self.do_all(actions);
    }

    /// Lets the session answer, and does what it asks for.
    fn turn(&mut self, answer: impl FnOnce(&mut dyn Session, &mut Turn<'_>)) {
        let ((), actions) = self.ask(answer);
        self.do_all(actions);
    }

    /// What the session says to something, and what it asks for.
    fn ask<T>(
        &mut self,
        something: impl FnOnce(&mut dyn Session, &mut Turn<'_>) -> T,
    ) -> (T, Vec<Action>) {
        let mut memory = lock(&self.around.lane.memory);
        let mut turn = Turn::new(&mut memory);
        let said = something(self.session.as_mut(), &mut turn);
        (said, turn.into_actions())
    }

    fn do_all(&mut self, actions: Vec<Action>) {
        for (kind, state) in self.session.violations() {
            tracing::error!(kind, state, "the reply broke its own session table");
        }
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        if self.closing != Closing::No && !matches!(action, Action::Report(_)) {
            return;
        }
        match action {
            Action::Send { kind, data } => match &mut self.engine {
                Some(engine) => engine.send(kind, data),
                None => self.send(&data),
            },
            Action::Speak(speech) => self.begin_speech(*speech),
            Action::StopSpeaking => self.speaker = None,
            Action::Listen(listen) => {
                self.around
                    .recorder
                    .begin_sound(Side::Client, listen.format);
                let script = self.around.lane.script.clone();
                let recordings = &self.around.sound.options.recordings;
                let listener = Listener::new(*listen, script, recordings);
                self.listener = Some(Box::new(listener));
                let recorder = self.around.recorder;
                recorder.write(|record| record.recognitions.begin());
            }
            Action::Hear(bytes) => {
                self.around.recorder.sound(Side::Client, bytes.clone());
                let events = self.listener.as_mut().map(|listener| listener.hear(&bytes));
                self.note_recognitions();
                self.heard(events.unwrap_or_default());
            }
            Action::FinishHearing => {
                let events = self.listener.as_mut().map(|listener| listener.finish());
                self.note_recognitions();
                self.listener = None;
                self.heard(events.unwrap_or_default());
            }
            Action::StopHearing => self.listener = None,
            Action::Arm { timer, .. } if self.rested.contains(&timer) => {}
            Action::Arm { timer, after } => self.timers.arm(timer, self.around.clock.now() + after),
            Action::Disarm { timer } => self.timers.disarm(timer),
            Action::Close { code, reason } => match &mut self.engine {
                Some(engine) => engine.close(code, &reason),
                None => self.close(code, &reason),
            },
            Action::Abort => match &mut self.engine {
                Some(engine) => engine.abort(),
                None => self.abort(),
            },
            Action::Report(finding) => self.report(finding),
        }
    }

    fn abort(&mut self) {
        self.note_ending(1006, "", Side::Server);
        // What was said before still leaves, unless the client has long stopped reading.
        self.end(if self.has_room() {
            Closing::Over(self.patience())
        } else {
            Closing::Aborted
        });
    }

    fn heard(&mut self, events: Vec<wire::hearing::HeardEvent>) {
        for event in events {
            let now = self.around.clock.now();
            let events = match &mut self.engine {
                Some(engine) => engine.heard(event, now),
                None => vec![event],
            };
            for event in events {
                self.turn(|session, turn| session.heard(event, turn));
            }
        }
    }

    fn note_recognitions(&mut self) {
        for note in self.listener.iter_mut().flat_map(|it| it.take_notes()) {
            let recorder = self.around.recorder;
            recorder.write(|record| record.recognitions.note(note));
        }
    }

    fn send(&mut self, data: &Data) {
        self.record_data(data);
        match &mut self.packer {
            Some(packer) => self.outbox.frame(packer.frame(data)),
            None => self.outbox.message(data),
        }
    }

    fn report(&self, finding: Finding) {
        self.around.recorder.find(self.current, finding);
    }

    fn record(&self, side: Side, kind: EntryKind, payload: Bytes) -> u64 {
        self.record_pieces(side, kind, [Bytes::new(), payload])
    }

    fn record_pieces(&self, side: Side, kind: EntryKind, payload: [Bytes; 2]) -> u64 {
        let (at, state) = (self.elapsed(), self.session.state());
        self.around.recorder.message(Entry {
            side,
            at,
            kind,
            length: payload.iter().map(Bytes::len).sum(),
            payload,
            state,
        })
    }

    /// The services' time since the session was opened.
    fn look_at_clock(&mut self) {
        self.now = self.around.clock.now();
    }

    fn elapsed(&self) -> Duration {
        self.now.saturating_sub(self.opened)
    }
}

/// Whether it may take long to answer.
fn is_heavy(event: &Event) -> bool {
    let Event::Message { payload, .. } = event else {
        return false;
    };
    payload.len() > HEAVY || payload.len() > HEAVY_PACKED && gzip::begins_in(payload)
}

mod closing;
mod deeds;
mod settle;
mod speech;
