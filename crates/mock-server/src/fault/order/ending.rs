//! End markers without audio, twice, and with more behind them.

use std::time::Duration;

use wire::dialect::{Part, Retouch};

use super::errors::with_more_to_come;
use crate::fault::behaviour::{Behaviour, Hand, Outgoing};

/// Everything but audio.
pub(super) struct WithoutAudio;

impl Behaviour for WithoutAudio {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        match message.part {
            Part::Audio => {
                hand.fire();
                Vec::new()
            }
            Part::LastAudio => {
                let empty = hand.retouch(Retouch::WithoutAudio, &message);
                vec![empty.unwrap_or(message)]
            }
            _ => vec![message],
        }
    }
}

/// The end marker twice.
#[derive(Default)]
pub(super) struct Doubled {
    is_done: bool,
}

impl Behaviour for Doubled {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        if let Some(end) = hand.past.end.clone() {
            self.is_done = true;
            hand.send(end);
        }
    }

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done || !message.part.is_end() {
            return vec![message];
        }
        self.is_done = true;
        hand.send_behind(message.clone());
        vec![message]
    }
}

/// What belongs before the end marker, behind it.
#[derive(Default)]
pub(super) struct AudioAfterEnd {
    is_done: bool,
}

impl Behaviour for AudioAfterEnd {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        if hand.past.end.is_none() {
            return;
        }
        self.is_done = true;
        if let Some(late) = last_said(hand) {
            hand.send(late);
        }
    }

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done || !message.part.is_end() {
            return vec![message];
        }
        self.is_done = true;
        let late = match message.part {
            Part::LastAudio => Some(with_more_to_come(message.clone(), hand)),
            _ => last_said(hand),
        };
        if let Some(late) = late {
            hand.send_behind(late);
        }
        vec![message]
    }
}

/// Audio that a cancel or a close does not stop.
pub(super) struct AfterCancel {
    time: Duration,
    /// Until when it goes on, once it has begun.
    until: Option<Duration>,
    /// When the last of it is said again, if the session has nothing more to say.
    next: Option<Duration>,
}

/// How often the last audio is said again.
const AGAIN: Duration = Duration::from_millis(50);

impl AfterCancel {
    /// Goes on for so long.
    pub(super) const fn new(time: Duration) -> Self {
        Self {
            time,
            until: None,
            next: None,
        }
    }

    fn begin(&mut self, hand: &mut Hand<'_>) -> Option<Duration> {
        let is_over = hand.past.end.is_some() || !hand.is_synthesis;
        last_said(hand)?;
        self.until = Some(hand.now + self.time);
        self.next = is_over.then_some(hand.now);
        Some(self.time)
    }
}

impl Behaviour for AfterCancel {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.until.is_some() && message.part.is_audio() {
            hand.fire();
        }
        vec![message]
    }

    fn received(&mut self, part: Part, hand: &mut Hand<'_>) {
        match part {
            Part::Cancel => {
                self.begin(hand);
            }
            // The next turn has begun.
            Part::Request => self.next = None,
            _ => {}
        }
    }

    fn puts_off_close(&mut self, hand: &mut Hand<'_>) -> Option<Duration> {
        self.begin(hand)
    }

    fn next_due(&self) -> Option<Duration> {
        self.next
    }

    fn due(&mut self, hand: &mut Hand<'_>) {
        if let Some(late) = last_said(hand) {
            hand.send(late);
        }
        let next = hand.now + AGAIN;
        self.next = self.until.is_some_and(|until| next < until).then_some(next);
    }
}

/// The last audio of a synthesis as if more would come, the last result of a recognition.
fn last_said(hand: &mut Hand<'_>) -> Option<Outgoing> {
    if !hand.is_synthesis {
        return hand.past.result.clone();
    }
    let audio = hand.past.audio.clone()?;
    Some(with_more_to_come(audio, hand))
}
