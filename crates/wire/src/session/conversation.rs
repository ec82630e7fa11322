//! A protocol and its table, joined into a session that a server can drive.

use std::fmt;

use bytes::Bytes;

use super::action::{Action, Form, Turn};
use super::machine::{Machine, Standing, Step};
use super::table::{Side, Table};
use crate::dialect::Deviation;
use crate::finding::Finding;
use crate::hearing::HeardEvent;
use crate::speech::SpeechEvent;

/// A decoded message.
#[derive(Clone, Debug)]
pub struct Decoded<M> {
    /// Its kind, as in the session's table. Undecodable messages have a kind of their own.
    pub kind: &'static str,
    /// The message.
    pub message: M,
    /// Oddities noticed while decoding.
    pub findings: Vec<Finding>,
    /// The credentials that it carries, if the vendor's messages carry any.
    pub credentials: Vec<String>,
}

/// What a correct server of one endpoint answers. Pure: no clock, no chance, no IO.
pub trait Protocol: Send {
    /// What a client's message decodes to.
    type Message: Send;

    /// Decodes a client's message. What cannot be decoded is a message, too.
    fn decode(&self, form: Form, payload: &Bytes) -> Decoded<Self::Message>;

    /// Called once, before any message.
    fn open(&mut self, turn: &mut Turn<'_>) {
        let _ = turn;
    }

    /// Answers a client's message. `step` says whether it was legal where it came.
    fn receive(&mut self, message: Self::Message, step: Step, turn: &mut Turn<'_>);

    /// Goes on with speech that [`Turn::speak`] asked for.
    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>) {
        let _ = (event, turn);
    }

    /// Goes on with recognition that [`Turn::listen`] asked for.
    fn heard(&mut self, event: HeardEvent, turn: &mut Turn<'_>) {
        let _ = (event, turn);
    }

    /// A timer has run out.
    fn timer(&mut self, timer: &'static str, turn: &mut Turn<'_>) {
        let _ = (timer, turn);
    }

    /// The client broke RFC 6455 in a way that ends the connection with `code`.
    fn broken(&mut self, code: u16, turn: &mut Turn<'_>) {
        turn.close(code, "");
    }

    /// Does what the protocol does not foresee now: a fault wants it. `false` if the vendor has
    /// nothing of the kind.
    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool;
}

/// What a client's message was taken for.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// The kind of message.
    pub kind: &'static str,
    /// The state after it and the answer to it.
    pub state: &'static str,
}

/// A session as a server drives it: events in, actions out (collected by the [`Turn`]).
pub trait Session: Send {
    /// The session has been opened.
    fn open(&mut self, turn: &mut Turn<'_>);
    /// Decodes a message of the client that is answered next, and tells the credentials in it: they
    /// can say what the service remembers. With some messages that takes long, and whoever shares
    /// the turn's memory need not wait for it.
    fn read(&mut self, form: Form, payload: &Bytes) -> Vec<String>;
    /// A message of the client.
    fn message(&mut self, form: Form, payload: &Bytes, turn: &mut Turn<'_>) -> Seen;
    /// Speech that was asked for.
    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>);
    /// Recognition that was asked for.
    fn heard(&mut self, event: HeardEvent, turn: &mut Turn<'_>);
    /// A timer has run out.
    fn timer(&mut self, timer: &'static str, turn: &mut Turn<'_>);
    /// The client broke RFC 6455.
    fn broken(&mut self, code: u16, turn: &mut Turn<'_>);
    /// A fault wants this: nothing is checked against the table. `false` if the vendor has
    /// nothing of the kind.
    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool;
    /// The state of the session's table.
    fn state(&self) -> &'static str;
    /// The kinds of message that the table has kept the server from sending, and in which state.
    fn violations(&mut self) -> Vec<(&'static str, &'static str)>;
}

/// A [`Protocol`] held to its [`Table`].
pub struct Conversation<P: Protocol> {
    machine: Machine,
    protocol: P,
    violations: Vec<(&'static str, &'static str)>,
    course: Course,
    /// A message that has been decoded and not answered. Boxed, since most of the time there is none.
    read: Option<Box<Read<P::Message>>>,
}

/// A message, and what it decodes to.
struct Read<M> {
    form: Form,
    payload: Bytes,
    decoded: Decoded<M>,
}

impl<P: Protocol + fmt::Debug> fmt::Debug for Conversation<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversation")
            .field("machine", &self.machine)
            .field("protocol", &self.protocol)
            .field("violations", &self.violations)
            .field("course", &self.course)
            .finish_non_exhaustive()
    }
}

/// Whether the server has ended the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Open,
    /// It has closed or dropped it: findings apart, nothing comes behind that.
    Ended,
}

impl<P: Protocol> Conversation<P> {
    /// A session at the start of its table.
    #[must_use]
    pub fn new(table: &'static Table, protocol: P) -> Self {
        Self {
            machine: Machine::new(table),
            protocol,
            violations: Vec::new(),
            course: Course::Open,
            read: None,
        }
    }

    /// Steps the table for every send from action `first` on, and takes out what it forbids and
    /// what comes after the end.
    fn check_sends(&mut self, first: usize, turn: &mut Turn<'_>) {
        let mut index = 0;
        turn.actions.retain(|action| {
            let is_earlier = index < first;
            index += 1;
            if is_earlier {
                return true;
            }
            if self.course == Course::Ended && !matches!(action, Action::Report(_)) {
                return false;
            }
            if matches!(action, Action::Close { .. } | Action::Abort) {
                self.course = Course::Ended;
            }
            let Action::Send { kind, .. } = action else {
                return true;
            };
            let step = self.machine.step(Side::Server, kind);
            let is_legal = step.standing == Standing::Legal;
            if !is_legal {
                self.violations.push((kind, step.from));
            }
            is_legal
        });
    }

    /// The finding about a message that did not belong where it came.
    fn disorder(&self, kind: &'static str, step: Step) -> Finding {
        let mut expected = self.machine_before(step).legal(Side::Client).join(", ");
        if expected.is_empty() {
            expected = "no message".to_owned();
        }
        let found = format!("{kind} in state {}", step.from);
        Finding::whole(step.clause, found, expected)
    }

    fn machine_before(&self, step: Step) -> Machine {
        let mut machine = self.machine.clone();
        machine.rewind(step.from);
        machine
    }
}

impl<P: Protocol> Session for Conversation<P> {
    fn open(&mut self, turn: &mut Turn<'_>) {
        let first = turn.actions.len();
        self.protocol.open(turn);
        self.check_sends(first, turn);
    }

    fn read(&mut self, form: Form, payload: &Bytes) -> Vec<String> {
        let mut decoded = self.protocol.decode(form, payload);
        let credentials = std::mem::take(&mut decoded.credentials);
        self.read = Some(Box::new(Read {
            form,
            payload: payload.clone(),
            decoded,
        }));
        credentials
    }

    fn message(&mut self, form: Form, payload: &Bytes, turn: &mut Turn<'_>) -> Seen {
        let first = turn.actions.len();
        let is_it = |read: &Read<P::Message>| read.form == form && read.payload == *payload;
        let decoded = match self.read.take().filter(|read| is_it(read)) {
            Some(read) => read.decoded,
            None => self.protocol.decode(form, payload),
        };
        let is_noted = !decoded.findings.is_empty();
        for finding in decoded.findings {
            turn.report(finding);
        }
        let step = self.machine.step(Side::Client, decoded.kind);
        // Of what is a mistake wherever it comes, the place is no second mistake.
        if step.standing != Standing::Legal && !(is_noted && step.anywhere) {
            turn.report(self.disorder(decoded.kind, step));
        }
        self.protocol.receive(decoded.message, step, turn);
        let mut nearest = None;
        for action in turn.actions.iter_mut().skip(first) {
            if let Action::Report(finding) = action {
                finding.state = Some(step.from);
                finding.nearest =
                    *nearest.get_or_insert_with(|| self.machine_before(step).nearest(decoded.kind));
            }
        }
        self.check_sends(first, turn);
        Seen {
            kind: decoded.kind,
            state: self.machine.state(),
        }
    }

    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>) {
        let first = turn.actions.len();
        self.protocol.spoken(event, turn);
        self.check_sends(first, turn);
    }

    fn heard(&mut self, event: HeardEvent, turn: &mut Turn<'_>) {
        let first = turn.actions.len();
        self.protocol.heard(event, turn);
        self.check_sends(first, turn);
    }

    fn timer(&mut self, timer: &'static str, turn: &mut Turn<'_>) {
        let first = turn.actions.len();
        self.protocol.timer(timer, turn);
        self.check_sends(first, turn);
    }

    fn broken(&mut self, code: u16, turn: &mut Turn<'_>) {
        let first = turn.actions.len();
        self.protocol.broken(code, turn);
        self.check_sends(first, turn);
    }

    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool {
        let first = turn.actions.len();
        let did = self.protocol.deviate(deviation, turn);
        for action in turn.actions.iter().skip(first) {
            if let Action::Send { kind, .. } = action {
                self.machine.step(Side::Server, kind);
            }
        }
        did
    }

    fn state(&self) -> &'static str {
        self.machine.state()
    }

    fn violations(&mut self) -> Vec<(&'static str, &'static str)> {
        std::mem::take(&mut self.violations)
    }
}
