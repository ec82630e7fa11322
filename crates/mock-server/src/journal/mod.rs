//! What happened: sessions with their messages and findings, in bounded memory.
//!
//! The hot path stores shared slices only. Values are decoded, and credentials blanked,
//! when somebody reads.

mod recognitions;
mod record;
mod redact;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use record::{Ending, Entry, EntryKind, Record, SessionInfo};
pub(crate) use redact::Redactor;

/// All sessions, the oldest first.
#[derive(Debug)]
pub(crate) struct Journal {
    state: Mutex<State>,
    limit_bytes: usize,
}

#[derive(Debug, Default)]
struct State {
    sessions: VecDeque<Arc<Mutex<Record>>>,
    last_id: u64,
    /// Payload bytes of all sessions together.
    bytes: usize,
    /// How many sessions from the front have lost their payloads already.
    emptied: usize,
}

/// How many sessions are kept; older ones are forgotten altogether.
const SESSIONS: usize = 100_000;

impl Journal {
    /// An empty journal that keeps so many bytes of payloads.
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self {
            state: Mutex::default(),
            limit_bytes,
        }
    }

    /// Begins the record of a session.
    pub(crate) fn open(&self, info: SessionInfo, redactor: Redactor) -> Recorder<'_> {
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        let record = Arc::new(Mutex::new(Record::new(id, info, redactor)));
        state.sessions.push_back(Arc::clone(&record));
        if state.sessions.len() > SESSIONS
            && let Some(oldest) = state.sessions.pop_front()
        {
            let freed = guard(&oldest).drop_payloads();
            state.bytes = state.bytes.saturating_sub(freed);
            state.emptied = state.emptied.saturating_sub(1);
        }
        drop(state);
        Recorder {
            journal: self,
            record,
        }
    }

    /// All sessions, the oldest first.
    pub(crate) fn sessions(&self) -> Vec<Arc<Mutex<Record>>> {
        self.lock().sessions.iter().cloned().collect()
    }

    /// Counts bytes that a record has taken, and drops the oldest payloads if there are too many.
    fn took(&self, bytes: usize) {
        let mut state = self.lock();
        state.bytes += bytes;
        while state.bytes > self.limit_bytes {
            let Some(record) = state.sessions.get(state.emptied).cloned() else {
                break;
            };
            let freed = guard(&record).drop_payloads();
            state.bytes = state.bytes.saturating_sub(freed);
            // The last session goes on recording; it will be looked at again.
            if state.emptied + 1 >= state.sessions.len() {
                break;
            }
            state.emptied += 1;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Locks a record.
pub(crate) fn guard(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The pen of one session.
pub(crate) struct Recorder<'j> {
    journal: &'j Journal,
    record: Arc<Mutex<Record>>,
}

impl Recorder<'_> {
    /// Changes the record.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        change(&mut guard(&self.record))
    }

    /// Adds a message and answers its number.
    pub(crate) fn message(&self, entry: Entry) -> u64 {
        let bytes = entry.length();
        let number = guard(&self.record).add(entry);
        self.journal.took(bytes);
        number
    }
}
