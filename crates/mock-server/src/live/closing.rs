//! The close handshake: who has sent its frame, what may still be on its way, and the end.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use wire::session::Side;
use wire::ws::CloseFrame;

use super::{Closing, Live};
use crate::journal::{Ending, EntryKind};
use crate::timers::Timers;

/// How long messages may be on their way to a server that has closed.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

impl Live<'_> {
    /// Whether what comes now can no longer have been on its way when we closed.
    pub(super) fn has_closed_long_ago(&self) -> bool {
        let now = self.around.clock.now();
        self.closed.is_some_and(|closed| now > closed + ON_ITS_WAY)
    }

    pub(super) fn on_close(&mut self, close: &CloseFrame) {
        let payload = close
            .code
            .map_or_else(Bytes::new, |code| CloseFrame::encode(code, &close.reason));
        self.record(Side::Client, EntryKind::Close, payload);
        self.note_ending(close.code.unwrap_or(1005), &close.reason, Side::Client);
        if self.closing == Closing::No {
            let now = self.around.clock.now();
            let mut engine = self.engine.as_mut();
            if !engine.as_mut().is_none_or(|it| it.answers_close(now)) {
                // The client waits for what will not come, and ends TCP when it has had enough.
                self.speaker = None;
                self.timers = Timers::default();
                if let Some(engine) = &mut self.engine {
                    engine.hush();
                }
                return;
            }
            if let Some(time) = engine.and_then(|it| it.puts_off_close(now)) {
                self.put_off = Some((close.code, now + time));
                return;
            }
        }
        self.answer_close(close.code);
    }

    /// Answers the client's close frame, unless it answers ours.
    pub(super) fn answer_close(&mut self, code: Option<u16>) {
        if self.closing == Closing::No {
            self.send_close(code, "");
        }
        self.end(Closing::Over(self.patience()));
    }

    pub(super) fn close(&mut self, code: u16, reason: &str) {
        self.note_ending(code, reason, Side::Server);
        self.send_close(Some(code), reason);
        self.end(self.after_our_close());
    }

    /// How the session stands once our close frame is on its way. Where the client has broken the
    /// framing, its answer could not be told from the rest, so none is waited for.
    pub(super) fn after_our_close(&self) -> Closing {
        match self.is_broken {
            true => Closing::Over(self.patience()),
            false => Closing::Sent(self.patience()),
        }
    }

    pub(super) fn send_close(&mut self, code: Option<u16>, reason: &str) {
        let payload = code.map_or_else(Bytes::new, |code| CloseFrame::encode(code, reason));
        self.record(Side::Server, EntryKind::Close, payload);
        self.outbox.close(code, reason);
    }

    /// Until when the client may take to answer, or to read what is left.
    pub(super) fn patience(&self) -> Instant {
        Instant::now() + self.around.close_time
    }

    pub(super) fn end(&mut self, closing: Closing) {
        if matches!(closing, Closing::Sent(_)) {
            self.closed = Some(self.around.clock.now());
        }
        self.closing = closing;
        self.speaker = None;
        self.listener = None;
        self.engine = None;
        self.timers = Timers::default();
        self.put_off = None;
    }

    pub(super) fn note_ending(&self, code: u16, reason: &str, by: Side) {
        let reason = reason.to_owned();
        self.around
            .recorder
            .write(|record| record.close(Ending { code, reason, by }));
    }
}
