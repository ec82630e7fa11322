//! Connections that end without a word.

use std::time::Duration;

use wire::dialect::Part;

use crate::fault::behaviour::{Behaviour, Hand, Leave, Outgoing};

/// The end, here and now.
pub(super) struct AtOnce(pub(super) Leave);

impl Behaviour for AtOnce {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.leave(self.0);
    }
}

/// A reset while the client sends what the endpoint is there for.
pub(super) struct WhileSending;

impl Behaviour for WhileSending {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn received(&mut self, part: Part, hand: &mut Hand<'_>) {
        let is_uplink = match hand.is_synthesis {
            true => part == Part::Request,
            false => part.is_audio(),
        };
        if is_uplink {
            hand.leave(Leave::Reset);
        }
    }
}

/// The end behind the start message, or in place of any other one.
pub(super) struct AfterRequest(pub(super) Leave);

impl Behaviour for AfterRequest {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if message.part == Part::Start {
            hand.send(message);
        }
        hand.leave(self.0);
        Vec::new()
    }
}

/// The end between two tasks.
pub(super) struct WhenIdle {
    after: Duration,
    how: Leave,
    /// When it is time to look.
    next: Option<Duration>,
}

impl WhenIdle {
    pub(super) const fn new(after: Duration, how: Leave) -> Self {
        Self {
            after,
            how,
            next: None,
        }
    }

    fn look(&mut self, hand: &mut Hand<'_>) {
        let idle_at = hand.past.last_at + self.after;
        self.next = match (hand.past.is_working, idle_at <= hand.now) {
            // The end of the task sets a time again.
            (true, _) => None,
            (false, false) => Some(idle_at),
            (false, true) => {
                hand.leave(self.how);
                None
            }
        };
    }
}

impl Behaviour for WhenIdle {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        self.look(hand);
    }

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if !hand.past.is_working {
            self.next = Some(hand.past.last_at + self.after);
        }
        vec![message]
    }

    fn next_due(&self) -> Option<Duration> {
        self.next
    }

    fn due(&mut self, hand: &mut Hand<'_>) {
        self.look(hand);
    }
}
