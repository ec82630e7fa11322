//! Which sessions are kept, and what of them goes when memory runs short.
//!
//! ```text
//!   oldest                                                            newest
//!   elders ─┤├── nothing but the session ──┼── no payloads ──┼── whole ──┤
//!   (all open)                         stripped          emptied
//! ```
//!
//! Payloads go first, from the oldest session on; then messages; then sessions. Those that have
//! lost their payloads may take three quarters of the room: otherwise a long run would end with
//! nothing but hulls, and without the sessions that people look for.
//!
//! Nothing is looked at twice: two marks say how far each kind of thing has gone. Sessions that go
//! on behind them, and so fill up again, are remembered apart, and those that would be forgotten if
//! they did not go on stand before all others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::guard;
use super::record::Record;

/// How many sessions are kept; older ones are forgotten altogether.
const SESSIONS: usize = 100_000;

/// What is left for whole sessions at least: one in so many bytes.
const WHOLE: usize = 4;

/// A small session takes at most one in so many bytes.
const SMALL: usize = 256;

type Shared = Arc<Mutex<Record>>;

/// The sessions that are kept, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Retention {
    /// Those whose turn to be forgotten has come, and which go on.
    elders: VecDeque<Shared>,
    /// Which of them was asked last whether it still does.
    asked: usize,
    sessions: VecDeque<Shared>,
    /// How many from the front have lost their payloads.
    emptied: usize,
    /// How many of those have lost their messages, too.
    stripped: usize,
    /// What those without payloads took when they lost them.
    hulls_bytes: usize,
    /// Those of them that go on.
    going_on: VecDeque<Shared>,
}

impl Retention {
    pub(super) fn all(&self) -> impl Iterator<Item = &Shared> {
        self.elders.iter().chain(&self.sessions)
    }

    /// Keeps a session; answers what is free again because it is one too many.
    pub(super) fn add(&mut self, record: Shared) -> usize {
        self.sessions.push_back(record);
        let is_full = self.elders.len() + self.sessions.len() > SESSIONS;
        let freed = is_full.then(|| self.forget_oldest(usize::MAX)).flatten();
        freed.unwrap_or_default()
    }

    /// Takes the sessions of a lane out.
    pub(super) fn take_lane(&mut self, lane: &str) -> Vec<Shared> {
        let (mut gone, mut kept) = (Vec::new(), Self::default());
        for record in std::mem::take(&mut self.elders) {
            let is_gone = guard(&record).lane() == lane;
            if is_gone {
                gone.push(record);
            } else {
                kept.going_on.push_back(Arc::clone(&record));
                kept.elders.push_back(record);
            }
        }
        for (index, record) in std::mem::take(&mut self.sessions).into_iter().enumerate() {
            let it = guard(&record);
            if it.lane() == lane {
                drop(it);
                gone.push(record);
                continue;
            }
            if index < self.emptied {
                kept.emptied += 1;
                kept.stripped += usize::from(index < self.stripped);
                kept.hulls_bytes += it.weight();
                if !it.is_closed() {
                    kept.going_on.push_back(Arc::clone(&record));
                }
            }
            drop(it);
            kept.sessions.push_back(record);
        }
        *self = kept;
        gone
    }

    /// Lets go of `excess` bytes, if there are so many, where `limit` is the room for all; answers
    /// how many are free again.
    pub(super) fn shrink(&mut self, excess: usize, limit: usize) -> usize {
        let mut freed = 0;
        // Those that go on are asked once for each.
        let (mut payloads, mut messages) = (self.going_on.len(), self.going_on.len());
        while freed < excess {
            let wanted = excess - freed;
            let has_hulls = self.hulls_bytes > limit - limit / WHOLE;
            freed += if has_hulls && let Some(more) = self.strip_next() {
                more
            } else if has_hulls && let Some(more) = self.forget_oldest(self.emptied) {
                more
            } else if let Some(more) = self.empty_next(wanted, limit / SMALL) {
                more
            } else if payloads > 0 {
                payloads -= 1;
                self.ask_next(|record| record.drop_payloads(wanted))
            } else if let Some(more) = self.strip_next() {
                more
            } else if messages > 0 {
                messages -= 1;
                self.ask_next(Record::drop_entries)
            } else if let Some(more) = self.forget_oldest(usize::MAX) {
                more
            } else {
                break;
            };
        }
        freed
    }

    /// Takes payloads of the oldest session that has some. One that is over and `small` loses all at
    /// once: of what is left of others, credentials have to be known.
    fn empty_next(&mut self, wanted: usize, small: usize) -> Option<usize> {
        let record = self.sessions.get(self.emptied)?;
        let mut it = guard(record);
        let freed = match it.is_closed() && it.weight() <= small {
            true => it.drop_payloads(usize::MAX),
            false => it.drop_payloads(wanted),
        };
        if !it.has_payloads() {
            self.emptied += 1;
            self.hulls_bytes += it.weight();
            if !it.is_closed() {
                self.going_on.push_back(Arc::clone(record));
            }
        }
        Some(freed)
    }

    /// Takes the messages of the oldest session without payloads that has some.
    fn strip_next(&mut self) -> Option<usize> {
        let record = self.sessions.get(self.stripped);
        let record = record.filter(|_| self.stripped < self.emptied)?;
        let freed = guard(record).drop_entries();
        self.stripped += 1;
        self.hulls_bytes = self.hulls_bytes.saturating_sub(freed);
        Some(freed)
    }

    /// Takes something of the next session that goes on.
    fn ask_next(&mut self, take: impl FnOnce(&mut Record) -> usize) -> usize {
        let Some(record) = self.going_on.pop_front() else {
            return 0;
        };
        let mut it = guard(&record);
        // What has been forgotten is free already.
        let freed = if it.is_forgotten { 0 } else { take(&mut it) };
        let may_have_more = !it.is_forgotten && (!it.is_closed() || it.has_payloads());
        drop(it);
        if may_have_more {
            self.going_on.push_back(record);
        }
        freed
    }

    /// Forgets the oldest session that is over, if it is among the `first`; answers what it took.
    fn forget_oldest(&mut self, first: usize) -> Option<usize> {
        // Those that went on are let go of as fast as others are added.
        for _ in 0..2 {
            self.ask_next(|_| 0);
        }
        // One elder each time: all of them get their turn, however long the oldest goes on.
        self.asked = (self.asked + 1) % self.elders.len().max(1);
        let elder = self.elders.get(self.asked);
        if elder.is_some_and(|record| guard(record).is_closed()) {
            let record = self.elders.remove(self.asked)?;
            return Some(guard(&record).forget());
        }
        for _ in 0..first {
            let record = self.sessions.pop_front()?;
            let mut it = guard(&record);
            if self.emptied > 0 {
                self.hulls_bytes = self.hulls_bytes.saturating_sub(it.weight());
            }
            self.emptied = self.emptied.saturating_sub(1);
            self.stripped = self.stripped.saturating_sub(1);
            if it.is_closed() {
                return Some(it.forget());
            }
            drop(it);
            self.elders.push_back(record);
        }
        None
    }
}
