//! What the session's loop asks the faults that have struck.

use std::time::Duration;

use bytes::Bytes;
use wire::hearing::HeardEvent;
use wire::speech::{Speech, SpeechEvent};

use super::moments::Moment;
use super::{Engine, Queue};
use crate::fault::behaviour::Slicing;
use crate::sound::Shape;

impl Engine {
    /// A ping of the client would be answered.
    pub(crate) fn pong(&mut self, payload: Bytes, now: Duration) -> Option<Bytes> {
        let mut payload = Some(payload);
        self.each_struck(now, Queue::Urgent, |behaviour, hand| {
            payload = payload
                .take()
                .and_then(|payload| behaviour.pong(payload, hand));
        });
        payload
    }

    /// Whether a close frame of the client is answered.
    pub(crate) fn answers_close(&mut self, now: Duration) -> bool {
        let mut answers = true;
        self.each_struck(now, Queue::Urgent, |behaviour, hand| {
            answers &= behaviour.answers_close(hand);
        });
        answers
    }

    /// For how long the answer to a close frame of the client is put off.
    pub(crate) fn puts_off_close(&mut self, now: Duration) -> Option<Duration> {
        let mut longest = None;
        self.each_struck(now, Queue::Urgent, |behaviour, hand| {
            longest = longest.max(behaviour.puts_off_close(hand));
        });
        longest
    }

    /// Something has been recognised.
    pub(crate) fn heard(&mut self, event: HeardEvent, now: Duration) -> Vec<HeardEvent> {
        let mut events = vec![event];
        self.each_struck(now, Queue::InOrder, |behaviour, hand| {
            let before = std::mem::take(&mut events);
            for event in before {
                events.extend(behaviour.heard(event, hand));
            }
        });
        events
    }

    /// Something is about to be spoken.
    pub(crate) fn speech(&mut self, speech: &mut Speech, shape: &mut Shape, now: Duration) {
        self.each_struck(now, Queue::InOrder, |behaviour, hand| {
            behaviour.speech(speech, shape, hand);
        });
    }

    /// A piece of speech is on its way to the session.
    pub(crate) fn spoken(&mut self, event: SpeechEvent, now: Duration) -> Vec<SpeechEvent> {
        if matches!(event, SpeechEvent::Audio { .. }) {
            self.counts.spoken += 1;
            self.reach(Moment::Spoken(self.progress), now);
        }
        let mut events = vec![event];
        self.each_struck(now, Queue::InOrder, |behaviour, hand| {
            let before = std::mem::take(&mut events);
            for event in before {
                events.extend(behaviour.spoken(event, hand));
            }
        });
        events
    }

    /// How the bytes that are sent now are cut.
    pub(crate) fn slicing(&self) -> Option<Slicing> {
        let mut struck = self.faults.iter().filter(|slot| slot.is_struck());
        struck.find_map(|slot| slot.armed.behaviour.slicing())
    }
}
