//! The journal as a file: JSON Lines that are complete whenever the process ends.
//!
//! A thread of its own writes. Sessions tell it that there is something new to say of them, at
//! most once until it has been said, so the queue is never longer than there are sessions.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use super::guard;
use super::record::Record;
use super::show::object;
use crate::lock::lock;

/// How much of a record has been written.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Whether the writer knows that there is more.
    is_queued: bool,
    has_begun: bool,
    has_ended: bool,
    /// Messages, those that were let go included.
    messages: usize,
    findings: usize,
}

impl Progress {
    /// Findings are let go of, but for the first few.
    pub(super) fn forget_findings(&mut self, left: usize) {
        self.findings = self.findings.min(left);
    }
}

/// The file and its writer.
#[derive(Debug)]
pub(super) struct JournalFile {
    queue: Mutex<Option<Sender<Arc<Mutex<Record>>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl JournalFile {
    /// Opens the file, to go on behind what it holds, and starts its writer.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::options()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        // Whoever wrote it before may have died in the middle of a line.
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(-1)).is_ok() {
            file.read_exact(&mut last)?;
        }
        if last != [b'\n'] {
            file.write_all(b"\n")?;
        }
        let (queue, records) = channel();
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_all(file, &records))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            writer: Mutex::new(Some(writer)),
        })
    }

    /// There is something new in a record.
    pub(super) fn tell(&self, record: &Arc<Mutex<Record>>) {
        let was_queued = std::mem::replace(&mut guard(record).filed.is_queued, true);
        if was_queued {
            return;
        }
        if let Some(queue) = lock(&self.queue).as_ref() {
            // The writer has ended only if the file cannot be written any more.
            let _ = queue.send(Arc::clone(record));
        }
    }

    /// Writes the rest and ends the writer.
    pub(super) fn finish(&self) {
        drop(lock(&self.queue).take());
        let writer = lock(&self.writer).take();
        // A writer that has failed has said so.
        let _ = writer.map(JoinHandle::join);
    }
}

impl Drop for JournalFile {
    fn drop(&mut self) {
        self.finish();
    }
}

fn write_all(mut file: File, records: &Receiver<Arc<Mutex<Record>>>) {
    for record in records {
        let lines = new_lines(&mut guard(&record));
        if let Err(error) = file.write_all(lines.as_bytes()) {
            tracing::error!(%error, "cannot write the journal's file; make room and start again");
            return;
        }
    }
}

/// What the file does not have yet.
fn new_lines(record: &mut Record) -> String {
    record.search_credentials();
    record.filed.is_queued = false;
    let mut lines = String::new();
    let mut push = |event: &str, value: Value| {
        let mut line = object(json!({ "event": event }));
        line.extend(object(value));
        lines.push_str(&Value::Object(line).to_string());
        lines.push('\n');
    };
    if !record.filed.has_begun {
        record.filed.has_begun = true;
        push(
            "session",
            json!({
                "id": record.id,
                "lane": record.info.lane,
                "conn": record.info.connection,
                "endpoint": record.endpoint(),
                "status": record.answered(),
                "scenario": record.info.scenario,
            }),
        );
        push("message", of(record.id, record.handshake()));
    }
    let first = record.filed.messages.saturating_sub(record.skipped);
    for index in first..record.entries.len() {
        if let Some(message) = record.message(index) {
            push("message", of(record.id, message));
        }
    }
    record.filed.messages = record.skipped + record.entries.len();
    for index in record.filed.findings..record.findings.len() {
        if let Some(finding) = record.finding(index) {
            push("finding", finding);
        }
    }
    record.filed.findings = record.findings.len();
    if record.is_closed && !record.filed.has_ended {
        record.filed.has_ended = true;
        push("end", Value::Object(record.summary()));
    }
    // Nobody else will read it.
    if record.is_forgotten {
        record.drop_entries();
    }
    lines
}

/// A message with the id of its session.
fn of(session: u64, message: Value) -> Value {
    let mut members = object(json!({ "session": session }));
    members.extend(object(message));
    Value::Object(members)
}
