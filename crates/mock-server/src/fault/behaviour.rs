//! What a fault can do in a session.
//!
//! ```text
//!   Engine ── its point has come ─▶ Behaviour::strike ─┐
//!          ── a message is due ───▶ Behaviour::message ├─▶ Hand ─▶ deeds, in order
//!          ── its time has come ──▶ Behaviour::due ────┘
//! ```
//!
//! A behaviour never touches the socket: with its [`Hand`] it asks for deeds, which are done one
//! after the other. A pause among them holds back everything behind it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use wire::dialect::{Deviation, Dialect, Part, Retouch};
use wire::hearing::HeardEvent;
use wire::id::Ids;
use wire::session::Data;
use wire::speech::{Speech, SpeechEvent};
use wire::ws::FrameHead;

use crate::sound::Shape;

/// A fault at work in one session. Everything but [`Behaviour::strike`] is asked only after its
/// point has come.
pub(crate) trait Behaviour: Send {
    /// Its point has come.
    fn strike(&mut self, hand: &mut Hand<'_>);

    /// A message of the session is due; what comes back is sent instead, nothing if it is empty.
    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        let _ = hand;
        vec![message]
    }

    /// A message of the server is cut into frames.
    fn frames(&mut self, frames: Vec<Frame>, hand: &mut Hand<'_>) -> Vec<Frame> {
        let _ = hand;
        frames
    }

    /// A ping of the client would be answered; `None` leaves it unanswered.
    fn pong(&mut self, payload: Bytes, hand: &mut Hand<'_>) -> Option<Bytes> {
        let _ = hand;
        Some(payload)
    }

    /// Whether a close frame of the client is answered.
    fn answers_close(&mut self, hand: &mut Hand<'_>) -> bool {
        let _ = hand;
        true
    }

    /// For how long the answer to a close frame of the client is put off; the session goes on
    /// until then.
    fn puts_off_close(&mut self, hand: &mut Hand<'_>) -> Option<Duration> {
        let _ = hand;
        None
    }

    /// A message of the client has been read, and is not answered yet.
    fn received(&mut self, part: Part, hand: &mut Hand<'_>) {
        let _ = (part, hand);
    }

    /// Something is about to be spoken.
    fn speech(&mut self, speech: &mut Speech, shape: &mut Shape, hand: &mut Hand<'_>) {
        let _ = (speech, shape, hand);
    }

    /// Whether it acts on pieces of speech, before they are messages: `first-byte`, `audio/N`
    /// and `N%` have come for it when that piece is spoken.
    fn acts_on_speech(&self) -> bool {
        false
    }

    /// A piece of speech is on its way to the session; what comes back goes there instead.
    fn spoken(&mut self, event: SpeechEvent, hand: &mut Hand<'_>) -> Vec<SpeechEvent> {
        let _ = hand;
        vec![event]
    }

    /// Something has been recognised; what comes back reaches the session instead.
    fn heard(&mut self, event: HeardEvent, hand: &mut Hand<'_>) -> Vec<HeardEvent> {
        let _ = hand;
        vec![event]
    }

    /// How the bytes behind this moment are cut into TCP segments.
    fn slicing(&self) -> Option<Slicing> {
        None
    }

    /// When it has something to do by itself, on the services' clock.
    fn next_due(&self) -> Option<Duration> {
        None
    }

    /// Its time has come.
    fn due(&mut self, hand: &mut Hand<'_>) {
        let _ = hand;
    }
}

impl fmt::Debug for dyn Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Behaviour")
    }
}

/// A message of the server on its way out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outgoing {
    /// The part that it plays.
    pub(crate) part: Part,
    /// What it is.
    pub(crate) body: Body,
}

impl Outgoing {
    /// Whether it is a message, and no close frame.
    pub(crate) const fn is_data(&self) -> bool {
        matches!(self.body, Body::Data(..))
    }
}

/// What goes out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    /// A message of this kind in the session's table.
    Data(&'static str, Data),
    /// A close frame.
    Close(CloseBody),
}

/// A close frame, whatever is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CloseBody {
    /// The code, as it is told in the journal; 1005 for none.
    pub(crate) code: u16,
    /// The bytes of the reason; they need not be text.
    pub(crate) reason: Bytes,
}

impl CloseBody {
    /// A close frame with a reason.
    pub(crate) fn new(code: u16, reason: &str) -> Self {
        let reason = Bytes::copy_from_slice(reason.as_bytes());
        Self { code, reason }
    }

    /// A close frame with nothing in it.
    pub(crate) const fn empty() -> Self {
        Self {
            code: 1005,
            reason: Bytes::new(),
        }
    }

    /// The payload on the wire.
    pub(crate) fn payload(&self) -> Bytes {
        if self.code == 1005 {
            return Bytes::new();
        }
        let code = self.code.to_be_bytes();
        [code.as_slice(), &self.reason].concat().into()
    }
}

/// A frame, legal or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its head.
    pub(crate) head: FrameHead,
    /// Its payload; masked if the head says so.
    pub(crate) payload: Bytes,
}

/// How bytes are cut into TCP segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slicing {
    /// Where they are cut.
    pub(crate) cuts: Cuts,
    /// The pause between two.
    pub(crate) gap: Duration,
}

/// Where bytes are cut into TCP segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cuts {
    /// Behind so many bytes, over and over.
    Sizes(Vec<u64>),
    /// Behind these bytes of every frame, counted from 1 and rising.
    Inside(Vec<u64>),
}

/// How the server leaves a connection without a close frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// TCP ends in order.
    Fin,
    /// TCP is reset.
    Reset,
    /// TCP stays, and nobody is there.
    HalfOpen,
}

/// What becomes of the connection behind a deviation, whatever the session would do to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aftermath {
    /// It is closed with this code.
    Closed(u16),
    /// It stays.
    Open,
}

/// Something that is done on the wire or in the session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Deed {
    /// A message or a close frame is sent; data in these frames if they are not as usual.
    Send(Outgoing, Option<Vec<Frame>>),
    /// What the session has sent goes out, unless it gives up before.
    Pass(Outgoing),
    /// A ping is sent.
    Ping(Bytes),
    /// A pong is sent.
    Pong(Bytes),
    /// Frames are sent that are no message.
    Frames(Vec<Frame>),
    /// The session does what it would not do by itself, and the connection may end otherwise than
    /// the session would have it; if it can, the fault at this place among the engine's has fired.
    Deviate(Deviation, Option<Aftermath>, usize),
    /// Nothing behind it is done for so long on the services' clock; `None` is for ever.
    Wait(Option<Duration>),
    /// Whatever is held back goes on.
    Release,
    /// The connection is left.
    Leave(Leave),
}

/// What a behaviour acts with.
pub(crate) struct Hand<'h> {
    /// The services' time.
    pub(crate) now: Duration,
    /// How the endpoint's messages look.
    pub(crate) dialect: &'static Dialect,
    /// Everything random, from the fault's seed.
    pub(crate) ids: &'h mut Ids,
    /// What the session has sent so far.
    pub(crate) past: &'h Past,
    /// Whether the server is the one that sends audio.
    pub(crate) is_synthesis: bool,
    pub(super) deeds: &'h mut Vec<Deed>,
    /// What is done behind the message that passes.
    pub(super) later: &'h mut Vec<Deed>,
    /// The fault's place among the engine's.
    pub(super) fault: usize,
    pub(super) has_fired: &'h mut bool,
}

/// What a session has sent that faults send again, and what it is at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    /// Whether a request is being answered.
    pub(crate) is_working: bool,
    /// When the last message came or went.
    pub(crate) last_at: Duration,
    /// The last message with audio.
    pub(crate) audio: Option<Outgoing>,
    /// The first result.
    pub(crate) first_result: Option<Outgoing>,
    /// The last result.
    pub(crate) result: Option<Outgoing>,
    /// The end marker.
    pub(crate) end: Option<Outgoing>,
}

impl Past {
    /// Remembers what is sent.
    pub(super) fn note(&mut self, message: &Outgoing) {
        let part = message.part;
        if part.is_audio() {
            self.audio = Some(message.clone());
        }
        if part.is_end() {
            self.end = Some(message.clone());
        }
        if part.is_result() {
            self.first_result.get_or_insert_with(|| message.clone());
            self.result = Some(message.clone());
        }
    }
}

impl Hand<'_> {
    /// Notes that the fault has done something.
    pub(crate) const fn fire(&mut self) {
        *self.has_fired = true;
    }

    /// Asks for anything.
    pub(crate) fn act(&mut self, deed: Deed) {
        self.fire();
        self.deeds.push(deed);
    }

    /// Sends a message in the usual frames.
    pub(crate) fn send(&mut self, message: Outgoing) {
        self.act(Deed::Send(message, None));
    }

    /// Sends a message behind the one that passes.
    pub(crate) fn send_behind(&mut self, message: Outgoing) {
        self.fire();
        self.later.push(Deed::Send(message, None));
    }

    /// Sends a close frame.
    pub(crate) fn close(&mut self, close: CloseBody) {
        self.send(Outgoing {
            part: Part::Other,
            body: Body::Close(close),
        });
    }

    /// Leaves the connection.
    pub(crate) fn leave(&mut self, how: Leave) {
        self.act(Deed::Leave(how));
    }

    /// Lets the session deviate. The fault has fired if the session can.
    pub(crate) fn deviate(&mut self, deviation: Deviation) {
        self.deeds.push(Deed::Deviate(deviation, None, self.fault));
    }

    /// Lets the session deviate behind the message that passes.
    pub(crate) fn deviate_behind(&mut self, deviation: Deviation) {
        self.later.push(Deed::Deviate(deviation, None, self.fault));
    }

    /// Sends frames that are no message.
    pub(crate) fn frames(&mut self, frames: Vec<Frame>) {
        self.act(Deed::Frames(frames));
    }

    /// Lets the session deviate, and decides what becomes of the connection.
    pub(crate) fn deviate_but(&mut self, deviation: Deviation, aftermath: Aftermath) {
        let deed = Deed::Deviate(deviation, Some(aftermath), self.fault);
        self.deeds.push(deed);
    }

    /// Holds back everything behind it for so long.
    pub(crate) fn wait(&mut self, time: Duration) {
        self.act(Deed::Wait(Some(time)));
    }

    /// Holds back everything behind it for ever.
    pub(crate) fn stall(&mut self) {
        self.act(Deed::Wait(None));
    }

    /// Lets go on what is held back.
    pub(crate) fn release(&mut self) {
        self.act(Deed::Release);
    }

    /// Alters a message in the vendor's way, and notes it; `None` if it cannot be altered so.
    pub(crate) fn retouch(&mut self, how: Retouch, message: &Outgoing) -> Option<Outgoing> {
        let Body::Data(kind, data) = &message.body else {
            return None;
        };
        let data = (self.dialect.retouch)(how, kind, data, self.ids)?;
        self.fire();
        Some(Outgoing {
            part: message.part,
            body: Body::Data(kind, data),
        })
    }
}
