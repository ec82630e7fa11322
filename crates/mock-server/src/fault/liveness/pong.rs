//! Pings that are not answered, or late.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::fault::behaviour::{Behaviour, Deed, Hand};

/// No pong at all.
pub(super) struct Never;

impl Behaviour for Never {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn pong(&mut self, _: Bytes, hand: &mut Hand<'_>) -> Option<Bytes> {
        hand.fire();
        None
    }
}

/// Pongs with a delay.
pub(super) struct Late {
    delay: Duration,
    waiting: VecDeque<(Duration, Bytes)>,
}

impl Late {
    pub(super) const fn new(delay: Duration) -> Self {
        Self {
            delay,
            waiting: VecDeque::new(),
        }
    }
}

impl Behaviour for Late {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn pong(&mut self, payload: Bytes, hand: &mut Hand<'_>) -> Option<Bytes> {
        hand.fire();
        // RFC 6455 5.5.3: of several pings the last may be answered alone.
        if self.waiting.len() == MOST {
            self.waiting.pop_front();
        }
        self.waiting.push_back((hand.now + self.delay, payload));
        None
    }

    fn next_due(&self) -> Option<Duration> {
        self.waiting.front().map(|(due, _)| *due)
    }

    fn due(&mut self, hand: &mut Hand<'_>) {
        while self.next_due().is_some_and(|due| due <= hand.now)
            && let Some((_, payload)) = self.waiting.pop_front()
        {
            hand.act(Deed::Pong(payload));
        }
    }
}

/// How many pings wait for their pongs at most: who sends them without end shall not fill the
/// memory.
const MOST: usize = 1000;
