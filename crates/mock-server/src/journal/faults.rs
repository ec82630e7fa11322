//! What became of the faults of a session.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fault::Note;
use crate::report::FaultReport;

/// The faults that were armed on a connection, and which of them have fired.
#[derive(Debug, Default)]
pub(crate) struct FaultLog {
    entries: Vec<(Note, Option<Duration>)>,
}

impl FaultLog {
    /// These are armed now, and no others; those in `fired` have fired during the handshake.
    pub(crate) fn arm(&mut self, notes: Vec<Note>, fired: &[usize]) {
        self.entries = notes.into_iter().map(|note| (note, None)).collect();
        self.fire(fired, Duration::ZERO);
    }

    /// These have fired, so long after the session was opened.
    pub(crate) fn fire(&mut self, indexes: &[usize], at: Duration) {
        for index in indexes {
            if let Some((_, fired)) = self.entries.get_mut(*index) {
                fired.get_or_insert(at);
            }
        }
    }

    /// The log as values.
    pub(crate) fn reports(&self) -> Vec<FaultReport> {
        let shown = self.entries.iter().map(|(note, fired)| FaultReport {
            fault: note.text.clone(),
            has_fired: fired.is_some(),
        });
        shown.collect()
    }

    /// The log as the admin API shows it.
    pub(crate) fn to_json(&self) -> Value {
        let shown = self.entries.iter().map(|(note, fired)| {
            json!({
                "name": note.name,
                "fault": note.text,
                "at": note.at.to_string(),
                "fired": fired.is_some(),
                "ms": fired.map(|at| u64::try_from(at.as_millis()).unwrap_or(u64::MAX)),
            })
        });
        Value::Array(shown.collect())
    }
}
