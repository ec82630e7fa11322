//! Messages that come later than they could.

use std::time::Duration;

use bytes::Bytes;

use crate::fault::behaviour::{Behaviour, Deed, Hand, Outgoing};

/// A delay once.
pub(super) struct Delay(pub(super) Duration);

impl Behaviour for Delay {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.wait(self.0);
    }
}

/// A pause before every audio message of a synthesis, and every result of a recognition.
pub(super) struct Trickle(pub(super) Duration);

impl Behaviour for Trickle {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        let is_held = match hand.is_synthesis {
            true => message.part.is_audio(),
            false => message.part.is_result(),
        };
        if is_held {
            hand.wait(self.0);
        }
        vec![message]
    }
}

/// Pings in place of messages, for a time.
pub(super) struct Pinging {
    every: Duration,
    lasts: Duration,
    sent: u64,
    /// The next ping, and when they end.
    next: Option<(Duration, Duration)>,
}

impl Pinging {
    pub(super) const fn new(every: Duration, lasts: Duration) -> Self {
        Self {
            every,
            lasts,
            sent: 0,
            next: None,
        }
    }

    /// Sends the ping of this moment, and says when the next one is.
    fn ping(&mut self, at: Duration, end: Duration, hand: &mut Hand<'_>) {
        self.sent += 1;
        hand.act(Deed::Ping(Bytes::from(self.sent.to_string())));
        let next = at + self.every;
        self.next = (next < end).then_some((next, end));
    }
}

impl Behaviour for Pinging {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        let end = hand.now + self.lasts;
        self.ping(hand.now, end, hand);
        hand.wait(self.lasts);
    }

    fn next_due(&self) -> Option<Duration> {
        self.next.map(|(next, _)| next)
    }

    fn due(&mut self, hand: &mut Hand<'_>) {
        while let Some((next, end)) = self.next.filter(|(next, _)| *next <= hand.now) {
            self.ping(next, end, hand);
        }
    }
}
