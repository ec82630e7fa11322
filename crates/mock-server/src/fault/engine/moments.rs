//! The places that a session comes to, and the faults whose point they are.

use std::time::Duration;

use wire::dialect::Part;

use super::{Armed, Engine, Queue, Stage};
use crate::fault::point::Point;

/// How much of the audio has gone out with the messages before this one, and with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Microseconds before it.
    pub(crate) before_us: u64,
    /// Microseconds with it.
    pub(crate) after_us: u64,
    /// Microseconds in all.
    pub(crate) total_us: u64,
}

impl Progress {
    /// Whether the boundary before this message is the one at which `percent` has been sent: the
    /// first at which so much has, or the last before the end.
    fn reaches(self, percent: u8) -> bool {
        let wanted = self.total_us.saturating_mul(u64::from(percent)) / 100;
        let is_last = self.after_us >= self.total_us;
        self.before_us >= wanted || (percent < 100 && is_last)
    }
}

/// A place that the session has come to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    Open,
    Request,
    Elapsed,
    /// A message of the server is due.
    Due(Part, Option<Progress>),
    /// A piece of audio is about to become a message.
    Spoken(Option<Progress>),
    /// Audio of the client has been received.
    Heard,
    End,
}

impl Engine {
    /// Lets the faults strike whose point this is.
    pub(super) fn reach(&mut self, moment: Moment, now: Duration) {
        let queue = match moment {
            Moment::Open | Moment::Request | Moment::Elapsed | Moment::Heard => Queue::Urgent,
            Moment::Due(..) | Moment::Spoken(_) | Moment::End => Queue::InOrder,
        };
        for n in 0..self.faults.len() {
            let is_reached = self.faults.get(n).is_some_and(|slot| {
                slot.stage == Stage::Waiting && self.is_at(&slot.armed, moment, now)
            });
            if is_reached {
                self.strike(n, now, queue);
            }
        }
    }

    fn is_at(&self, armed: &Armed, moment: Moment, now: Duration) -> bool {
        let acts_on_speech = armed.behaviour.acts_on_speech();
        match (armed.at, moment) {
            (Point::FirstByte | Point::Audio(_) | Point::Percent(0..=99), Moment::Due(..))
                if acts_on_speech =>
            {
                false
            }
            (_, Moment::Spoken(_)) if !acts_on_speech => false,
            (Point::FirstByte, Moment::Spoken(_)) => true,
            (Point::Audio(n), Moment::Spoken(_)) => self.counts.spoken == n,
            (Point::Percent(percent), Moment::Spoken(Some(progress))) => progress.reaches(percent),
            (Point::Open, Moment::Open)
            | (Point::Request, Moment::Request)
            | (Point::End, Moment::End) => true,
            (Point::Elapsed(after), Moment::Elapsed | Moment::Open) => self.opened + after <= now,
            (Point::FirstByte, Moment::Due(part, _)) => match self.is_synthesis {
                true => part.is_audio(),
                false => part.is_result(),
            },
            (Point::Audio(n), Moment::Heard) => self.counts.audio == n,
            (Point::Audio(n), Moment::Due(part, _)) => {
                self.is_synthesis && part.is_audio() && self.counts.audio == n
            }
            (Point::Result(n), Moment::Due(part, _)) => {
                part.is_result() && self.counts.results == n
            }
            (Point::BeforeFinal, Moment::Due(part, _)) => {
                (part == Part::FinalResult || part.is_end()) && !self.counts.has_finished
            }
            (Point::Percent(percent), Moment::Due(part, Some(progress))) => {
                part.is_audio() && progress.reaches(percent)
            }
            (Point::Percent(100), Moment::Due(part, None)) => self.is_synthesis && part.is_end(),
            _ => false,
        }
    }
}
