//! A share of the server that one test has for itself.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use wire::memory::Memory;

use crate::listener::Script;

/// What the sessions of one lane have in common.
#[derive(Debug)]
pub(crate) struct Lane {
    /// The lane's name.
    pub(crate) name: String,
    /// What the services remember across connections.
    pub(crate) memory: Mutex<Memory>,
    /// The texts that recognition answers.
    pub(crate) script: Script,
    connections: AtomicU64,
}

/// The lane of sessions that name none.
pub(crate) const DEFAULT: &str = "default";

impl Lane {
    /// A lane in which nothing has happened.
    pub(crate) fn new(name: &str, transcripts: &[String]) -> Self {
        let script: VecDeque<String> = transcripts.iter().cloned().collect();
        Self {
            name: name.to_owned(),
            memory: Mutex::new(Memory::new()),
            script: Arc::new(Mutex::new(script)),
            connections: AtomicU64::new(0),
        }
    }

    /// The number of a new connection, from 1.
    pub(crate) fn connect(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }
}
