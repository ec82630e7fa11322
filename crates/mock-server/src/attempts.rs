//! The connections of a lane one after the other, as its scenario judges them.

use std::time::Duration;

/// One connection of a lane. Times are the services'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// Its number in the lane, from 1.
    pub(crate) connection: u64,
    /// When its request was read.
    pub(crate) began: Duration,
    /// When it ended; none if it is open.
    pub(crate) ended: Option<Duration>,
    /// The HTTP status of its handshake; 0 if there was none.
    pub(crate) status: u16,
    /// The close code, if it ended.
    pub(crate) close: Option<u16>,
    /// Messages of the client that came after the close.
    pub(crate) late_messages: u64,
}

/// How many connections of a lane are kept: enough to see any policy.
const KEPT: usize = 1000;

/// The connections of a lane.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    kept: Vec<Attempt>,
    /// The highest number among them.
    latest: u64,
}

impl Attempts {
    /// A connection begins.
    pub(crate) fn begin(&mut self, connection: u64, now: Duration) {
        if self.kept.len() < KEPT {
            self.latest = self.latest.max(connection);
            self.kept.push(Attempt {
                connection,
                began: now,
                ended: None,
                status: 0,
                close: None,
                late_messages: 0,
            });
        }
    }

    /// A connection ends.
    pub(crate) fn end(&mut self, connection: u64, status: u16, close: Option<u16>, now: Duration) {
        if let Some(attempt) = self.find(connection) {
            attempt.ended = Some(now);
            attempt.status = status;
            attempt.close = close;
        }
    }

    /// A message of the client has come after the close.
    pub(crate) fn late(&mut self, connection: u64) {
        if let Some(attempt) = self.find(connection) {
            attempt.late_messages += 1;
        }
    }

    /// A connection turns out to belong to another lane.
    pub(crate) fn take(&mut self, connection: u64) {
        self.kept.retain(|attempt| attempt.connection != connection);
    }

    /// All of them in order.
    pub(crate) fn all(&self) -> &[Attempt] {
        &self.kept
    }

    fn find(&mut self, connection: u64) -> Option<&mut Attempt> {
        // Once no more are kept, most are none of them.
        if connection > self.latest {
            return None;
        }
        let mut kept = self.kept.iter_mut().rev();
        kept.find(|attempt| attempt.connection == connection)
    }
}

impl Attempt {
    /// Whether it was accepted and closed with a frame that says so.
    pub(crate) fn ended_cleanly(&self) -> bool {
        self.status == 101 && matches!(self.close, Some(1000 | 1005))
    }
}
