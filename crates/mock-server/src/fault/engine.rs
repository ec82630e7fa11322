//! The faults of one session at work.
//!
//! ```text
//!   Live ── what the session sends ─▶ line ─▶ moments ─▶ faults ─▶ deeds ─▶ Live
//! ```
//!
//! What the session sends waits in a line. Its head moves on when nothing holds it back: first
//! the faults whose point it reaches strike, in the order in which they were written, and what
//! they ask for is done; then it passes through all that have struck, and is sent. One deed after
//! the other is done, so a fault that waits holds back whatever comes behind it, and one that
//! ends what is being said takes the message with it that was due.
//!
//! A session without faults has no engine.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use wire::audio::Direction;
use wire::dialect::{Dialect, Part};
use wire::endpoint::Endpoint;
use wire::id::Ids;
use wire::session::{Data, Side};
use wire::ws::{FrameHead, Opcode};

use self::moments::Moment;
pub(crate) use self::moments::Progress;
use super::behaviour::{Behaviour, Body, CloseBody, Deed, Frame, Hand, Outgoing, Past};
use super::point::Point;
use crate::extension::{self, Packer};
use crate::lane::Lane;

/// A fault that waits for its point in a session.
#[derive(Debug)]
pub(crate) struct Armed {
    /// Its place in the scenario.
    pub(crate) index: usize,
    /// Where it acts.
    pub(crate) at: Point,
    /// What it does.
    pub(crate) behaviour: Box<dyn Behaviour>,
    /// What it draws from.
    pub(crate) ids: Ids,
    /// What its firing is counted under in the lane.
    pub(crate) tally: Tally,
}

/// How often a fault may still fire, counted over the sessions of its lane.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    /// The lane that counts.
    pub(crate) lane: Arc<Lane>,
    /// The fault, as the lane knows it.
    pub(crate) key: String,
    /// How often it fires at most.
    pub(crate) times: Option<u64>,
}

/// The faults of one session.
#[derive(Debug)]
pub(crate) struct Engine {
    faults: Vec<Slot>,
    dialect: &'static Dialect,
    is_synthesis: bool,
    /// Whether the close frame of the server is its end marker.
    ends_by_close: bool,
    opened: Duration,
    line: VecDeque<Item>,
    /// What has left the line: faults have struck, and it has not passed through them.
    due: Option<Outgoing>,
    waiting_bytes: usize,
    deeds: VecDeque<Deed>,
    /// Deeds that nothing holds back: what the clock or the client has brought about.
    urgent: VecDeque<Deed>,
    /// Until when nothing moves; `Some(None)` is for ever.
    held: Option<Option<Duration>>,
    past: Past,
    /// What is asked for behind the message that passes.
    later: Vec<Deed>,
    counts: Counts,
    /// Whether a start or audio has gone out and no end marker after it.
    has_begun: bool,
    progress: Option<Progress>,
    fired: Vec<usize>,
}

#[derive(Debug)]
struct Slot {
    armed: Armed,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    /// Its point has come.
    Struck,
    /// It has done something.
    Fired,
    /// Others have used up its times.
    Spent,
}

/// Where deeds go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Queue {
    /// Before everything that waits.
    Urgent,
    /// At the head of the line.
    InOrder,
}

/// Something in the line.
#[derive(Debug)]
enum Item {
    Message(Outgoing, Option<Progress>),
    /// The session drops the connection.
    Abort,
}

#[derive(Debug, Default)]
struct Counts {
    audio: u64,
    spoken: u64,
    results: u64,
    has_requested: bool,
    has_finished: bool,
}

/// Where in its session an engine begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At its opening.
    Open,
    /// At a message of the client, whose credential has chosen the scenario.
    Message,
}

/// What is left for the session's loop to do.
#[derive(Debug)]
pub(crate) enum Next {
    /// Do this, then ask again.
    Deed(Deed),
    /// The session drops the connection.
    Abort,
    /// Nothing moves for now.
    Rest,
}

impl Engine {
    /// The faults of a session that has just been opened.
    pub(crate) fn new(
        faults: Vec<Armed>,
        endpoint: &'static Endpoint,
        opened: Duration,
        start: Start,
    ) -> Self {
        let dialect = endpoint.dialect;
        let rules = endpoint.table.rules.iter();
        let mut said = rules.filter(|rule| rule.side == Side::Server);
        let empty = Data::binary(Bytes::new());
        let mut engine = Self {
            faults: faults
                .into_iter()
                .map(|armed| Slot {
                    armed,
                    stage: Stage::Waiting,
                })
                .collect(),
            dialect,
            is_synthesis: endpoint.audio == Direction::ToClient,
            ends_by_close: !said
                .any(|rule| (dialect.part)(Side::Server, rule.kind, &empty).is_end()),
            opened,
            line: VecDeque::new(),
            due: None,
            waiting_bytes: 0,
            deeds: VecDeque::new(),
            urgent: VecDeque::new(),
            held: None,
            past: Past {
                last_at: opened,
                ..Past::default()
            },
            later: Vec::new(),
            counts: Counts::default(),
            has_begun: false,
            progress: None,
            fired: Vec::new(),
        };
        if start == Start::Open {
            engine.reach(Moment::Open, opened);
        }
        engine
    }

    /// How many bytes the line holds back.
    pub(crate) const fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    /// The indexes of the faults that have fired since this was asked last.
    pub(crate) fn take_fired(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.fired)
    }

    /// What the next audio messages are of the whole.
    pub(crate) const fn set_progress(&mut self, progress: Option<Progress>) {
        self.progress = progress;
    }

    /// The session sends a message.
    pub(crate) fn send(&mut self, kind: &'static str, data: Data) {
        self.waiting_bytes += data.len();
        let message = self.outgoing(kind, data);
        let progress = self.progress.filter(|_| message.part.is_audio());
        self.line.push_back(Item::Message(message, progress));
    }

    /// The session closes.
    pub(crate) fn close(&mut self, code: u16, reason: &str) {
        let part = match self.ends_by_close && code == NORMAL {
            true => Part::End,
            false => Part::Other,
        };
        let body = Body::Close(CloseBody::new(code, reason));
        self.line
            .push_back(Item::Message(Outgoing { part, body }, None));
    }

    /// The session drops the connection.
    pub(crate) fn abort(&mut self) {
        self.line.push_back(Item::Abort);
    }

    /// A message of the client has been read, and is not answered yet.
    pub(crate) fn received(&mut self, kind: &str, data: &Data, now: Duration) {
        let part = (self.dialect.part)(Side::Client, kind, data);
        self.past.last_at = now;
        self.past.is_working |= part == Part::Request;
        if part == Part::Request && !self.counts.has_requested {
            self.counts.has_requested = true;
            self.reach(Moment::Request, now);
        }
        if part.is_audio() && !self.is_synthesis {
            self.counts.audio += 1;
            self.reach(Moment::Heard, now);
        }
        self.each_struck(now, Queue::Urgent, |behaviour, hand| {
            behaviour.received(part, hand);
        });
    }

    /// When something moves by itself.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        let held = self.held.flatten();
        let own = self.faults.iter().filter_map(|slot| match slot.stage {
            Stage::Waiting => match slot.armed.at {
                Point::Elapsed(after) => Some(self.opened + after),
                _ => None,
            },
            Stage::Struck | Stage::Fired => slot.armed.behaviour.next_due(),
            Stage::Spent => None,
        });
        own.chain(held).min()
    }

    /// Does what is due by the clock.
    pub(crate) fn due(&mut self, now: Duration) {
        if let Some(Some(until)) = self.held
            && until <= now
        {
            self.held = None;
        }
        self.reach(Moment::Elapsed, now);
        self.each_struck(now, Queue::Urgent, |behaviour, hand| {
            if behaviour.next_due().is_some_and(|due| due <= now) {
                behaviour.due(hand);
            }
        });
    }

    /// What comes next.
    pub(crate) fn next(&mut self, now: Duration, packer: Option<&mut Packer>) -> Next {
        loop {
            let free = self.held.is_none();
            let deed = self.urgent.pop_front();
            let deed = match deed {
                None if free => self.deeds.pop_front(),
                deed => deed,
            };
            match deed {
                Some(Deed::Wait(time)) => self.held = Some(time.map(|time| now + time)),
                Some(Deed::Release) => self.held = None,
                Some(deed) => return Next::Deed(self.dressed(deed, now, packer)),
                None if !free => return Next::Rest,
                None => match (self.due.take(), self.line.front()) {
                    (Some(message), _) => self.pass(message, now),
                    (None, Some(Item::Message(..))) => self.approach(now),
                    (None, Some(Item::Abort)) => {
                        self.line.clear();
                        return Next::Abort;
                    }
                    (None, None) => return Next::Rest,
                },
            }
        }
    }

    /// The session has deviated because a fault wanted it to. What that has brought about passes
    /// through the faults that have struck, and is sent before anything else. The session may be
    /// ahead of the wire, or behind it: nothing is ended that has not begun there.
    pub(crate) fn deviated(&mut self, fault: usize, mut messages: Vec<Outgoing>, now: Duration) {
        self.note_fired(fault);
        messages.retain(|message| self.has_begun || !message.part.is_end());
        let has_end = messages.iter().any(|message| message.part.is_end());
        let mut deeds = Vec::new();
        for message in messages {
            if message.part.is_end() || message.part == Part::Error {
                self.past.is_working = false;
            }
            let (sent, later) = self.passed(message, now, Queue::Urgent);
            let sent = sent.into_iter().map(|message| Deed::Send(message, None));
            deeds.extend(sent.chain(later));
        }
        for deed in deeds.into_iter().rev() {
            self.urgent.push_front(deed);
        }
        if has_end {
            self.counts.has_finished = true;
            self.reach(Moment::End, now);
        }
    }

    /// What a message of the session is called here.
    pub(crate) fn outgoing(&self, kind: &'static str, data: Data) -> Outgoing {
        Outgoing {
            part: (self.dialect.part)(Side::Server, kind, &data),
            body: Body::Data(kind, data),
        }
    }

    /// The session has given up: what it had said before and has not gone out never will.
    pub(crate) fn overtake(&mut self) {
        self.hush();
        self.deeds.retain(|deed| !matches!(deed, Deed::Pass(_)));
    }

    /// Nothing more is said: no message of the session is sent any more, but deeds that were asked
    /// for stay.
    pub(crate) fn hush(&mut self) {
        self.line.clear();
        self.due = None;
        self.waiting_bytes = 0;
        let is_data = |deed: &Deed| matches!(deed, Deed::Pass(message) if message.is_data());
        self.deeds.retain(|deed| !is_data(deed));
    }

    /// The head of the line becomes due: the faults strike whose point that is.
    fn approach(&mut self, now: Duration) {
        let Some(Item::Message(message, progress)) = self.line.pop_front() else {
            return;
        };
        if let Body::Data(_, data) = &message.body {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(data.len());
        }
        let part = message.part;
        self.past.last_at = now;
        if part.is_end() || part == Part::Error {
            self.past.is_working = false;
        }
        if part.is_audio() && self.is_synthesis {
            self.counts.audio += 1;
        }
        if part.is_result() {
            self.counts.results += 1;
        }
        self.reach(Moment::Due(part, progress), now);
        self.due = Some(message);
        if part == Part::FinalResult || part.is_end() {
            self.counts.has_finished = true;
        }
    }

    /// What is due is sent.
    fn pass(&mut self, message: Outgoing, now: Duration) {
        let part = message.part;
        let (sent, later) = self.passed(message, now, Queue::InOrder);
        self.deeds
            .extend(sent.into_iter().map(Deed::Pass).chain(later));
        if part.is_end() {
            self.reach(Moment::End, now);
        }
    }

    /// A message passes through the faults that have struck: what is left of it, and what is to be
    /// done behind it.
    fn passed(
        &mut self,
        message: Outgoing,
        now: Duration,
        queue: Queue,
    ) -> (Vec<Outgoing>, Vec<Deed>) {
        let mut messages = vec![message];
        self.each_struck(now, queue, |behaviour, hand| {
            let before = std::mem::take(&mut messages);
            for message in before {
                messages.extend(behaviour.message(message, hand));
            }
        });
        for message in &messages {
            self.past.note(message);
        }
        (messages, std::mem::take(&mut self.later))
    }

    /// Cuts a message into the frames that the faults want.
    fn dressed(&mut self, deed: Deed, now: Duration, packer: Option<&mut Packer>) -> Deed {
        let message = match deed {
            Deed::Send(message, None) | Deed::Pass(message) => message,
            other => return other,
        };
        match message.part {
            Part::Start | Part::Audio => self.has_begun = true,
            Part::End | Part::LastAudio => self.has_begun = false,
            _ => {}
        }
        let is_plain = packer.is_none();
        let usual = match (&message.body, packer) {
            (Body::Data(_, data), Some(packer)) => packer.frame(data),
            (Body::Data(_, data), None) => extension::plain(data),
            (Body::Close(close), _) => close_frame(close),
        };
        let mut frames = vec![usual.clone()];
        self.each_struck(now, Queue::InOrder, |behaviour, hand| {
            frames = behaviour.frames(std::mem::take(&mut frames), hand);
        });
        // What has been compressed cannot be compressed again.
        let frames = (!is_plain || frames != [usual]).then_some(frames);
        Deed::Send(message, frames)
    }

    fn strike(&mut self, n: usize, now: Duration, queue: Queue) {
        if let Some(slot) = self.faults.get_mut(n) {
            slot.stage = match slot.armed.tally.is_spent() {
                true => Stage::Spent,
                false => Stage::Struck,
            };
        }
        self.with(n, now, queue, |behaviour, hand| behaviour.strike(hand));
    }

    fn each_struck(
        &mut self,
        now: Duration,
        queue: Queue,
        mut act: impl FnMut(&mut dyn Behaviour, &mut Hand<'_>),
    ) {
        for n in 0..self.faults.len() {
            self.with(n, now, queue, &mut act);
        }
    }

    /// Gives one fault that has struck a hand, and collects what it asks for.
    fn with(
        &mut self,
        n: usize,
        now: Duration,
        queue: Queue,
        act: impl FnOnce(&mut dyn Behaviour, &mut Hand<'_>),
    ) {
        let Some(slot) = self.faults.get_mut(n).filter(|slot| slot.is_struck()) else {
            return;
        };
        let (mut deeds, mut has_fired) = (Vec::new(), false);
        let mut hand = Hand {
            now,
            dialect: self.dialect,
            ids: &mut slot.armed.ids,
            past: &self.past,
            is_synthesis: self.is_synthesis,
            deeds: &mut deeds,
            later: &mut self.later,
            fault: n,
            has_fired: &mut has_fired,
        };
        act(slot.armed.behaviour.as_mut(), &mut hand);
        match queue {
            Queue::Urgent => self.urgent.extend(deeds),
            Queue::InOrder => self.deeds.extend(deeds),
        }
        if has_fired {
            self.note_fired(n);
        }
    }

    /// Notes that a fault has done something, once in a session.
    fn note_fired(&mut self, n: usize) {
        if let Some(slot) = self.faults.get_mut(n)
            && slot.stage == Stage::Struck
        {
            slot.stage = Stage::Fired;
            slot.armed.tally.count();
            self.fired.push(slot.armed.index);
        }
    }
}

impl Slot {
    const fn is_struck(&self) -> bool {
        matches!(self.stage, Stage::Struck | Stage::Fired)
    }
}

impl Tally {
    /// Whether it has fired as often as it may.
    pub(crate) fn is_spent(&self) -> bool {
        self.times
            .is_some_and(|times| self.lane.fired(&self.key) >= times)
    }

    /// Counts one firing.
    pub(crate) fn count(&self) {
        self.lane.fire(&self.key);
    }
}

/// A close frame as it is sent without a fault.
fn close_frame(close: &CloseBody) -> Frame {
    let payload = close.payload();
    Frame {
        head: FrameHead::server(Opcode::Close, payload.len()),
        payload,
    }
}

const NORMAL: u16 = 1000;

mod asking;
mod moments;
