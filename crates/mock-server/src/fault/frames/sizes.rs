//! Messages that are much larger than others.

use bytes::{Bytes, BytesMut};
use wire::dialect::Retouch;
use wire::session::Data;
use wire::speech::SpeechEvent;

use crate::fault::behaviour::{Behaviour, Body, Hand, Outgoing};

/// One message of so many bytes.
pub(super) struct Huge {
    bytes: u64,
    is_done: bool,
}

impl Huge {
    /// At least so many bytes.
    pub(super) const fn new(bytes: u64) -> Self {
        Self {
            bytes,
            is_done: false,
        }
    }
}

impl Behaviour for Huge {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done {
            return vec![message];
        }
        let huge = hand.retouch(Retouch::Grown(self.bytes), &message);
        self.is_done = huge.is_some();
        vec![huge.unwrap_or(message)]
    }
}

/// Everything that is still to be spoken, in one message.
#[derive(Default)]
pub(super) struct BigLast {
    /// What has been spoken since.
    held: BytesMut,
    pieces: usize,
    /// How much of what goes out in one message has not been said by the session.
    missing: usize,
    /// What of it has been said: a vendor may have messages of some size at most.
    said: BytesMut,
}

impl Behaviour for BigLast {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn spoken(&mut self, event: SpeechEvent, hand: &mut Hand<'_>) -> Vec<SpeechEvent> {
        let SpeechEvent::Audio {
            bytes,
            until_us,
            last,
        } = event
        else {
            return vec![event];
        };
        self.held.extend_from_slice(&bytes);
        self.pieces += 1;
        if !last {
            return Vec::new();
        }
        let bytes = self.held.split().freeze();
        if std::mem::take(&mut self.pieces) > 1 {
            self.missing = bytes.len();
            hand.fire();
        }
        vec![SpeechEvent::Audio {
            bytes,
            until_us,
            last,
        }]
    }

    fn message(&mut self, message: Outgoing, _: &mut Hand<'_>) -> Vec<Outgoing> {
        let Body::Data(kind, data) = &message.body else {
            return vec![message];
        };
        // Bare audio that the session has cut is put together again; a vendor's frame holds it all.
        if self.missing == 0 || !message.part.is_audio() || !data.head.is_empty() {
            return vec![message];
        }
        self.said.extend_from_slice(&data.body);
        self.missing = self.missing.saturating_sub(data.len());
        if self.missing > 0 {
            return Vec::new();
        }
        let body: Bytes = self.said.split().freeze();
        vec![Outgoing {
            part: message.part,
            body: Body::Data(kind, Data::binary(body)),
        }]
    }
}
