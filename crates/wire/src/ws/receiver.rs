//! One direction of a connection: bytes in, events out.
//!
//! ```text
//!            ┌───────── next head ─────────┐
//!            ▼                             │
//! push ─▶ head, ≤ 14 bytes ─ judged ─▶ payload ─ complete ─▶ Frame, then what it produces
//!            │                             │
//!            └── fatal ──▶ broken ◀─ bad UTF-8, bad close payload
//! ```
//! Payload bytes go straight from the pushed slice into the message's own buffer, which becomes its `Bytes`; no read
//! buffer exists between them, and a receiver between messages holds nothing but the window of a compression that
//! takes its context over. A compressed message is inflated when it is complete.

use super::close::CloseFrame;
use super::deflate::{Deflate, Inflater};
use super::frame::{FrameHead, HeadBytes, Opcode};
use super::message::{Assembly, DataOpcode, Part};
use super::rules::{Extension, judge_head};
use super::violation::{Violation, ViolationKind};
use bytes::Bytes;
use std::collections::VecDeque;

/// Which side the receiver is; what it reads was sent by the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Reads a client's frames, which must be masked.
    Server,
    /// Reads a server's frames, which must not be.
    Client,
}

/// What a peer may send at most, in payload bytes; above it the connection fails with 1009.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One data frame, as it travels.
    pub frame: u64,
    /// One message, inflated if it was compressed. It may have 1024 fragments, and one more for every 16 bytes of this limit.
    pub message: u64,
}

impl Default for Limits {
    /// 16 MiB each.
    fn default() -> Self {
        Self {
            frame: 16 << 20,
            message: 16 << 20,
        }
    }
}

/// What the received bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A frame is complete. It comes before the event that the frame produces, and alone for a fragment.
    Frame {
        /// Its head.
        head: FrameHead,
    },
    /// A message is complete.
    Message {
        /// Its kind.
        opcode: DataOpcode,
        /// All fragments, unmasked and inflated; UTF-8 if it is text.
        payload: Bytes,
        /// Number of fragments, 1 if it was not fragmented.
        frames: u32,
    },
    /// A ping, unmasked; it may come between the fragments of a message.
    Ping(Bytes),
    /// A pong, unmasked; it may come between the fragments of a message.
    Pong(Bytes),
    /// The peer's close frame, legal in all parts. A malformed one is a violation instead. Frames behind it are still
    /// reported as [`Event::Frame`], their payload is skipped.
    Close(CloseFrame),
    /// A broken rule. One head can break several: they come together, and behind a fatal one nothing else.
    Violation(Violation),
}

/// Reads frames, assembles messages and records what is wrong with them.
#[derive(Debug)]
pub struct Receiver {
    role: Role,
    limits: Limits,
    offset: u64,
    state: State,
    message: Assembly,
    /// What inflates the peer's messages, if that was negotiated.
    inflater: Option<Box<Inflater>>,
    control: Vec<u8>,
    /// `None` until a close frame; then the opcodes already recorded behind it, one bit each.
    after_close: Option<u16>,
    events: VecDeque<Event>,
    /// Bytes looked at, moved and checked so far, each as often as it was.
    #[cfg(test)]
    work: usize,
}

#[derive(Debug)]
enum State {
    Head(HeadBytes),
    Payload(OpenFrame),
    Broken,
}

#[derive(Debug)]
struct OpenFrame {
    head: FrameHead,
    /// Key turned to the next byte.
    key: Option<[u8; 4]>,
    payload_at: u64,
    missing: u64,
    target: Target,
}

#[derive(Debug, Clone, Copy)]
enum Target {
    Message,
    Control,
    Nowhere,
}

impl Receiver {
    /// Reader of the bytes that follow the handshake.
    #[must_use]
    pub fn new(role: Role, limits: Limits) -> Self {
        Self {
            role,
            limits,
            offset: 0,
            state: State::Head(HeadBytes::default()),
            message: Assembly::default(),
            inflater: None,
            control: Vec::new(),
            after_close: None,
            events: VecDeque::new(),
            #[cfg(test)]
            work: 0,
        }
    }

    /// The same reader of a connection on which permessage-deflate has been agreed.
    #[must_use]
    pub fn with_deflate(mut self, agreed: Deflate) -> Self {
        let direction = match self.role {
            Role::Server => agreed.client,
            Role::Client => agreed.server,
        };
        self.inflater = Some(Box::new(Inflater::new(direction)));
        self
    }

    /// Reads the next bytes of the stream, however they are cut. Events wait until they are taken: take them between
    /// pushes, since a frame of two bytes makes two of them.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let taken = match &self.state {
                State::Head(_) => self.take_head(rest),
                State::Payload(_) => self.take_payload(rest),
                State::Broken => rest.len(),
            };
            self.offset += taken as u64;
            rest = rest.get(taken..).unwrap_or(&[]);
            if matches!(&self.state, State::Payload(frame) if frame.missing == 0) {
                self.complete_frame();
            }
        }
    }

    /// The next event, in the order of the stream; `None` until more bytes are pushed.
    pub fn next_event(&mut self) -> Option<Event> {
        let event = self.events.pop_front();
        if self.events.is_empty() && self.events.capacity() > IDLE_EVENTS {
            self.events = VecDeque::new();
        }
        event
    }

    /// Whether a fatal violation has been found; it may still wait among the events.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self.state, State::Broken)
    }

    /// Whether the stream stops inside a frame or a fragmented message. A broken receiver no longer knows and says no.
    #[must_use]
    pub fn in_frame(&self) -> bool {
        match &self.state {
            State::Head(bytes) => !bytes.is_empty() || self.message.is_open(),
            State::Payload(_) => true,
            State::Broken => false,
        }
    }

    /// Bytes pushed so far, those behind a fatal violation included.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        self.message.held_bytes()
            + self.control.capacity()
            + self.events.capacity() * size_of::<Event>()
    }

    #[cfg(test)]
    pub(super) fn work(&self) -> usize {
        self.work + self.message.work
    }

    /// Takes what belongs to the head and tells how much that was.
    fn take_head(&mut self, bytes: &[u8]) -> usize {
        let State::Head(begun) = &mut self.state else {
            return 0;
        };
        let had = begun.len();
        #[cfg(test)]
        {
            self.work += had + bytes.len().min(LONGEST_HEAD);
        }
        let decoded = if had == 0 {
            FrameHead::decode(bytes)
        } else {
            begun.fill(bytes);
            FrameHead::decode(begun)
        };
        let Some((head, length)) = decoded else {
            // Fewer than 14 bytes are there, so all of them fit.
            if had == 0 {
                begun.fill(bytes);
            }
            return bytes.len();
        };
        let taken = length - had;
        self.open_frame(head, self.offset - had as u64, self.offset + taken as u64);
        taken
    }

    fn open_frame(&mut self, head: FrameHead, start: u64, payload_at: u64) {
        let extension = match &self.inflater {
            Some(_) => Extension::Deflate,
            None => Extension::None,
        };
        let mut broken = judge_head(&head, self.role, extension, start);
        let mut target = if head.opcode.is_control() {
            Target::Control
        } else {
            Target::Message
        };
        if let Some(recorded) = &mut self.after_close {
            target = Target::Nowhere;
            let opcode = 1 << head.opcode.bits();
            if *recorded & opcode == 0 {
                *recorded |= opcode;
                broken.push(Violation {
                    kind: ViolationKind::DataAfterClose,
                    offset: start,
                    found: format!("{:?}", head.opcode).to_lowercase(),
                    expected: "nothing after the close frame".into(),
                });
            }
        } else if matches!(target, Target::Message) && !matches!(head.opcode, Opcode::Other(_)) {
            broken.append(&mut self.message.judge(&head, self.limits, start));
        }
        if self.record(broken) {
            return;
        }
        if matches!(target, Target::Message) {
            self.message.begin(&head, payload_at);
        }
        self.state = State::Payload(OpenFrame {
            head,
            key: head.mask,
            payload_at,
            missing: head.length,
            target,
        });
    }

    /// Takes what belongs to the payload and tells how much that was.
    fn take_payload(&mut self, bytes: &[u8]) -> usize {
        let State::Payload(frame) = &mut self.state else {
            return 0;
        };
        let taken =
            usize::try_from(frame.missing).map_or(bytes.len(), |missing| missing.min(bytes.len()));
        let part = Part {
            bytes: bytes.get(..taken).unwrap_or(bytes),
            key: frame.key,
            ahead: frame.head.fin.then_some(frame.missing),
        };
        let broken = match frame.target {
            Target::Message => self.message.append(&part, self.offset),
            Target::Control => {
                part.append_to(&mut self.control);
                None
            }
            Target::Nowhere => None,
        };
        frame.missing -= taken as u64;
        if let Some(key) = &mut frame.key {
            key.rotate_left(taken % 4);
        }
        self.record(broken);
        taken
    }

    fn complete_frame(&mut self) {
        let State::Payload(frame) =
            std::mem::replace(&mut self.state, State::Head(HeadBytes::default()))
        else {
            return;
        };
        self.events.push_back(Event::Frame { head: frame.head });
        match (frame.target, frame.head.opcode) {
            (Target::Control, Opcode::Ping) => {
                let payload = std::mem::take(&mut self.control).into();
                self.events.push_back(Event::Ping(payload));
            }
            (Target::Control, Opcode::Pong) => {
                let payload = std::mem::take(&mut self.control).into();
                self.events.push_back(Event::Pong(payload));
            }
            (Target::Control, _) => self.complete_close(frame.payload_at),
            (Target::Message, _) if frame.head.fin => {
                match self
                    .message
                    .finish(self.inflater.as_deref_mut(), self.limits)
                {
                    Ok((opcode, payload, frames)) => self.events.push_back(Event::Message {
                        opcode,
                        payload,
                        frames,
                    }),
                    Err(violation) => {
                        self.record([violation]);
                    }
                }
            }
            (Target::Message | Target::Nowhere, _) => {}
        }
    }

    fn complete_close(&mut self, payload_at: u64) {
        let (close, mut broken) = CloseFrame::decode(&std::mem::take(&mut self.control));
        for violation in &mut broken {
            violation.offset += payload_at;
        }
        if !self.record(broken) {
            self.events.push_back(Event::Close(close));
            self.after_close = Some(0);
            // A message that the close interrupts never ends.
            self.forget_message();
        }
    }

    /// Reports violations and tells whether one of them was fatal, which ends all reading.
    fn record(&mut self, violations: impl IntoIterator<Item = Violation>) -> bool {
        for violation in violations {
            if violation.close_code().is_some() {
                self.state = State::Broken;
                self.forget_message();
                self.control = Vec::new();
                self.inflater = None;
            }
            self.events.push_back(Event::Violation(violation));
        }
        self.is_broken()
    }

    fn forget_message(&mut self) {
        #[cfg(test)]
        {
            self.work += self.message.work;
        }
        self.message = Assembly::default();
    }
}

/// A head has 2 to 14 bytes.
#[cfg(test)]
const LONGEST_HEAD: usize = 14;

/// Events whose room is kept between pushes: what a message with a ping or two needs.
const IDLE_EVENTS: usize = 8;
