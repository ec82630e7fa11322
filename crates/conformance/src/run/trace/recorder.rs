//! Who hears what crosses a stream.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use mock_server::{RawChunk, Side};
use tokio::time::Instant;

use super::Connection;

/// So much of a connection is kept.
const KEPT: usize = 4 << 20;

/// What is heard on a stream.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    opened: Instant,
    limit: usize,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Debug, Default)]
struct Heard {
    connection: Connection,
    kept: usize,
}

impl Recorder {
    /// Nothing so far, on a connection that is opened now, so long after the case began.
    pub(in crate::run) fn new(began: Duration) -> Self {
        let connection = Connection {
            began,
            ..Connection::default()
        };
        Self {
            opened: Instant::now(),
            limit: KEPT,
            heard: Arc::new(Mutex::new(Heard {
                connection,
                kept: 0,
            })),
        }
    }

    /// Nothing so far, on a connection that is opened now, of which so many bytes are kept.
    pub(crate) fn keeping(limit: usize) -> Self {
        Self {
            limit,
            ..Self::new(Duration::ZERO)
        }
    }

    /// What was heard.
    pub(super) fn take(&self) -> Connection {
        std::mem::take(&mut self.heard().connection)
    }

    /// Hears what one side says.
    pub(in crate::run) fn hear(&self, side: Side, bytes: &[u8]) {
        let mut heard = self.heard();
        let room = self.limit.saturating_sub(heard.kept);
        let kept = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        heard.kept += kept.len();
        heard.connection.is_cut |= kept.len() < bytes.len();
        if !kept.is_empty() {
            heard.connection.chunks.push(RawChunk {
                side,
                at: self.opened.elapsed(),
                bytes: Bytes::copy_from_slice(kept),
            });
        }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
