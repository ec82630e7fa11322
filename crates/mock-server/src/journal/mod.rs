//! What happened: sessions with their messages and findings, in bounded memory.
//!
//! ```text
//!   Live ─▶ Recorder ─▶ Record (shared slices) ◀─ show, raw, audio ─ admin API, Rust API
//!              │           └─▶ file (JSON Lines, a thread of its own)
//!              └─▶ lane's tally, metrics, and whoever waits
//! ```
//!
//! The hot path stores shared slices only. Values are decoded, and credentials blanked,
//! when somebody reads.

mod audio;
mod faults;
mod file;
mod raw;
mod recognitions;
mod record;
mod redact;
mod retention;
mod show;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use wire::audio::AudioFormat;
use wire::finding::Finding;
use wire::session::Side;

use crate::lane::Lane;
use crate::lock::lock;
use crate::metrics::Metrics;
use crate::options::JournalMode;

pub use audio::AudioFile;
use file::JournalFile;
pub(crate) use raw::Heads;
pub use raw::{RawChunk, Secrets, blank};
pub(crate) use record::{Ending, Entry, EntryKind, Record, SessionInfo};
pub(crate) use redact::Redactor;
use retention::Retention;

/// All sessions, the oldest first.
#[derive(Debug)]
pub(crate) struct Journal {
    state: Mutex<State>,
    /// What all records take together.
    bytes: AtomicUsize,
    limit_bytes: usize,
    keeping: JournalMode,
    file: Option<JournalFile>,
    /// Counted up whenever something happens that somebody may wait for.
    changes: watch::Sender<u64>,
    /// What has been counted.
    pub(crate) metrics: Metrics,
}

#[derive(Debug, Default)]
struct State {
    kept: Retention,
    last_id: u64,
}

impl Journal {
    /// An empty journal that keeps so many bytes, and writes to a file if there is one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn new(
        limit_bytes: usize,
        keeping: JournalMode,
        file: Option<&Path>,
    ) -> io::Result<Self> {
        Ok(Self {
            state: Mutex::default(),
            bytes: AtomicUsize::new(0),
            limit_bytes,
            keeping,
            file: file.map(JournalFile::open).transpose()?,
            changes: watch::Sender::new(0),
            metrics: Metrics::new(),
        })
    }

    /// Begins the record of a session.
    pub(crate) fn open(
        &self,
        info: SessionInfo,
        redactor: Redactor,
        lane: Arc<Lane>,
    ) -> Recorder<'_> {
        let mut state = self.lock();
        state.last_id += 1;
        let id = state.last_id;
        // The file is written from records, so they are kept until it has been.
        let keeping = if self.file.is_some() {
            JournalMode::On
        } else {
            self.keeping
        };
        let record = Arc::new(Mutex::new(Record::new(id, info, redactor, keeping)));
        match self.keeping {
            JournalMode::On => {
                let weight = guard(&record).weight();
                self.bytes.fetch_add(weight, Ordering::Relaxed);
                let freed = state.kept.add(Arc::clone(&record));
                self.freed(freed);
            }
            JournalMode::Off => guard(&record).is_forgotten = true,
        }
        drop(state);
        lane.tally().open += 1;
        self.metrics.opened();
        let recorder = Recorder {
            journal: self,
            record,
            lane: Mutex::new(lane),
        };
        recorder.changed();
        recorder
    }

    /// All sessions, the oldest first.
    pub(crate) fn sessions(&self) -> Vec<Arc<Mutex<Record>>> {
        self.lock().kept.all().cloned().collect()
    }

    /// Forgets the sessions of a lane.
    pub(crate) fn forget_lane(&self, lane: &str) {
        let gone = self.lock().kept.take_lane(lane);
        for record in &gone {
            self.freed(guard(record).forget());
        }
    }

    /// What the records take together.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Tells when something has happened.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Writes what the file does not have yet, and ends it.
    pub(crate) fn finish(&self) {
        if let Some(file) = &self.file {
            file.finish();
        }
    }

    /// Counts bytes that a record has taken, and lets go of the oldest if there are too many.
    fn took(&self, bytes: usize) {
        let had = self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if had + bytes > self.limit_bytes {
            self.shrink();
        }
    }

    /// Lets go of the oldest.
    fn shrink(&self) {
        let mut state = self.lock();
        if self.bytes() <= self.limit_bytes {
            // Somebody else has made room meanwhile.
            return;
        }
        // A little more than asked for, so that the next message does not ask again; but a little
        // only: a session makes room for about one other, and none waits for more.
        let target = self.limit_bytes - self.limit_bytes / 4096;
        let excess = self.bytes().saturating_sub(target);
        let freed = state.kept.shrink(excess, self.limit_bytes);
        self.freed(freed);
    }

    fn freed(&self, bytes: usize) {
        let less = |had: usize| Some(had.saturating_sub(bytes));
        let updated = self
            .bytes
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        let Ok(_) = updated else {
            unreachable!("the update always has a value")
        };
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Locks a record.
pub(crate) fn guard(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    lock(record)
}

/// The pen of one session. When it is dropped, the session has ended.
pub(crate) struct Recorder<'j> {
    journal: &'j Journal,
    record: Arc<Mutex<Record>>,
    lane: Mutex<Arc<Lane>>,
}

impl Recorder<'_> {
    /// Changes the record.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        change(&mut guard(&self.record))
    }

    /// The record itself.
    pub(crate) fn record(&self) -> Arc<Mutex<Record>> {
        Arc::clone(&self.record)
    }

    /// Adds a message and answers its number.
    pub(crate) fn message(&self, entry: Entry) -> u64 {
        self.journal.metrics.message(entry.side, entry.length);
        let (number, weight) = guard(&self.record).add(entry);
        self.took(weight);
        self.tell_file();
        number
    }

    /// Adds bytes that crossed the socket.
    pub(crate) fn raw(&self, side: Side, at: Duration, bytes: Vec<Bytes>) {
        let weight = guard(&self.record).add_raw(side, at, bytes);
        self.took(weight);
    }

    /// Whether raw bytes are wanted.
    pub(crate) fn keeps_raw(&self) -> bool {
        self.journal.keeping == JournalMode::On
    }

    /// Notes the heads of the handshake.
    pub(crate) fn heads(&self, heads: Heads) {
        let mut record = guard(&self.record);
        record.set_heads(heads);
        let weight = record.weigh_heads();
        drop(record);
        self.took(weight);
    }

    /// Begins a stretch of sound.
    pub(crate) fn begin_sound(&self, side: Side, format: AudioFormat) {
        let weight = guard(&self.record).begin_sound(side, format);
        self.took(weight);
    }

    /// Goes on with a stretch of sound.
    pub(crate) fn sound(&self, side: Side, bytes: Bytes) {
        let weight = guard(&self.record).add_sound(side, bytes);
        self.took(weight);
    }

    /// Adds a finding about a message, or about the session as a whole.
    pub(crate) fn find(&self, message: Option<u64>, finding: Finding) {
        let clause = finding.clause;
        let weight = guard(&self.record).find(message, finding);
        self.took(weight);
        self.lane().tally().find(clause);
        self.journal.metrics.found(clause);
        self.changed();
    }

    /// The session belongs to another lane from now on, with all that was found so far.
    pub(crate) fn move_to(&self, lane: &Arc<Lane>, connection: u64, scenario: Option<String>) {
        let mut record = guard(&self.record);
        record.info.lane.clone_from(&lane.name);
        record.info.connection = connection;
        record.info.scenario = scenario;
        let found: Vec<_> = record.findings.iter().map(|(_, f)| f.clause).collect();
        drop(record);
        let old = std::mem::replace(&mut *lock(&self.lane), Arc::clone(lane));
        {
            let mut tally = old.tally();
            tally.open = tally.open.saturating_sub(1);
            found.iter().for_each(|clause| tally.unfind(clause));
        }
        let mut tally = lane.tally();
        tally.open += 1;
        found.iter().for_each(|clause| tally.find(clause));
        drop(tally);
        self.changed();
    }

    /// Notes that the connection is gone.
    pub(crate) fn end(&self) {
        let mut record = guard(&self.record);
        if std::mem::replace(&mut record.is_closed, true) {
            return;
        }
        let weight = record.weigh_heads();
        record.shrink();
        let endpoint = record.endpoint();
        let code = record.ending().map(|ending| ending.code);
        let status = record.status();
        drop(record);
        let lane = self.lane();
        let mut tally = lane.tally();
        tally.open = tally.open.saturating_sub(1);
        tally.closed += 1;
        drop(tally);
        self.journal.metrics.closed(endpoint, status, code);
        self.took(weight);
        self.changed();
    }

    fn lane(&self) -> Arc<Lane> {
        Arc::clone(&lock(&self.lane))
    }

    fn took(&self, weight: usize) {
        if weight > 0 {
            self.journal.took(weight);
        }
    }

    fn changed(&self) {
        self.tell_file();
        self.journal.changes.send_modify(|count| *count += 1);
    }

    fn tell_file(&self) {
        if let Some(file) = &self.journal.file {
            file.tell(&self.record);
        }
    }
}

impl Drop for Recorder<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
