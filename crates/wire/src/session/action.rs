//! What a reply wants done. The only way in which a session touches the world.

use std::time::Duration;

use bytes::Bytes;

use crate::finding::Finding;
use crate::hearing::Listen;
use crate::memory::Memory;
use crate::speech::Speech;

/// Whether a WebSocket message is text or binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A text message.
    Text,
    /// A binary message.
    Binary,
}

/// A WebSocket message to send: two slices, so that audio is never copied behind its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Text or binary.
    pub form: Form,
    /// The first bytes of the payload; often a vendor's header, or empty.
    pub head: Bytes,
    /// The rest of the payload.
    pub body: Bytes,
}

impl Data {
    /// A text message.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            form: Form::Text,
            head: Bytes::new(),
            body: Bytes::from(text.into()),
        }
    }

    /// A binary message of one piece.
    #[must_use]
    pub const fn binary(body: Bytes) -> Self {
        Self::framed(Bytes::new(), body)
    }

    /// A binary message of a header and what it describes.
    #[must_use]
    pub const fn framed(head: Bytes, body: Bytes) -> Self {
        Self {
            form: Form::Binary,
            head,
            body,
        }
    }

    /// The length of the payload in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.head.len() + self.body.len()
    }

    /// Whether the payload is empty.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Something that a reply wants done, in the order in which it was asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Send a message.
    Send {
        /// Its kind, as in the session's table.
        kind: &'static str,
        /// The message.
        data: Data,
    },
    /// Speak; [`crate::speech::SpeechEvent`]s come back.
    Speak(Box<Speech>),
    /// Stop speaking: no more speech events come back.
    StopSpeaking,
    /// Begin to recognise; [`crate::hearing::HeardEvent`]s come back.
    Listen(Box<Listen>),
    /// Recognise these bytes of audio.
    Hear(Bytes),
    /// There is no more audio: recognise the rest, then report
    /// [`crate::hearing::HeardEvent::Done`].
    FinishHearing,
    /// Stop recognising: no more events come back.
    StopHearing,
    /// Set a timer, again if it runs already.
    Arm {
        /// Its name.
        timer: &'static str,
        /// How long from now.
        after: Duration,
    },
    /// Take a timer back.
    Disarm {
        /// Its name.
        timer: &'static str,
    },
    /// Send a close frame after everything before it.
    Close {
        /// The close code.
        code: u16,
        /// The reason, at most 123 bytes.
        reason: String,
    },
    /// Drop the connection without a close frame.
    Abort,
    /// Record an oddity of the peer.
    Report(Finding),
}

/// One turn of a session: what it may remember, and what it wants done.
#[derive(Debug)]
pub struct Turn<'a> {
    /// What the service remembers across connections.
    pub memory: &'a mut Memory,
    pub(super) actions: Vec<Action>,
}

impl<'a> Turn<'a> {
    /// A turn in which nothing has been asked for yet.
    #[must_use]
    pub const fn new(memory: &'a mut Memory) -> Self {
        Self {
            memory,
            actions: Vec::new(),
        }
    }

    /// What was asked for, in order.
    #[must_use]
    pub fn into_actions(self) -> Vec<Action> {
        self.actions
    }

    /// Asks for anything.
    pub fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Sends a message.
    pub fn send(&mut self, kind: &'static str, data: Data) {
        self.act(Action::Send { kind, data });
    }

    /// Speaks.
    pub fn speak(&mut self, speech: Speech) {
        self.act(Action::Speak(Box::new(speech)));
    }

    /// Begins to recognise.
    pub fn listen(&mut self, listen: Listen) {
        self.act(Action::Listen(Box::new(listen)));
    }

    /// Sets a timer.
    pub fn arm(&mut self, timer: &'static str, after: Duration) {
        self.act(Action::Arm { timer, after });
    }

    /// Takes a timer back.
    pub fn disarm(&mut self, timer: &'static str) {
        self.act(Action::Disarm { timer });
    }

    /// Closes the session.
    pub fn close(&mut self, code: u16, reason: impl Into<String>) {
        let reason = reason.into();
        self.act(Action::Close { code, reason });
    }

    /// Records an oddity of the peer.
    pub fn report(&mut self, finding: Finding) {
        self.act(Action::Report(finding));
    }
}
