//! A stream that is overheard.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use mock_server::{RawChunk, Side};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
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

    fn hear(&self, side: Side, bytes: &[u8]) {
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

/// A client's stream and who hears what crosses it.
#[derive(Debug)]
pub(in crate::run) struct Tap<S> {
    stream: S,
    recorder: Recorder,
}

impl<S> Tap<S> {
    /// Hears all that crosses the stream from now on.
    pub(in crate::run) const fn new(stream: S, recorder: Recorder) -> Self {
        Self { stream, recorder }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let new = buffer.filled().get(before..).unwrap_or_default();
        self.recorder.hear(Side::Server, new);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(count)) = polled {
            let written = bytes.get(..count).unwrap_or_default();
            self.recorder.hear(Side::Client, written);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::run::trace::{SignsIn, Trace};

    #[tokio::test(start_paused = true)]
    async fn what_crosses_a_stream_is_kept_with_its_time_and_without_the_credential() {
        let (ours, mut theirs) = tokio::io::duplex(1000);
        let recorder = Recorder::new(Duration::from_millis(5));
        let mut tap = Tap::new(ours, recorder.clone());
        let request = b"GET / HTTP/1.1\r\nX-Auth-Token: s3cr3t\r\n\r\n";
        tap.write_all(request).await.unwrap();
        tokio::time::advance(Duration::from_millis(7)).await;
        theirs.write_all(b"HTTP/1.1 401 Who\r\n\r\n").await.unwrap();
        let mut answer = [0; 16];
        tap.read_exact(&mut answer).await.unwrap();
        let trace = Trace::of(&[recorder], "s3cr3t", SignsIn::No);
        let connection = &trace.connections[0];
        assert_eq!(connection.began, Duration::from_millis(5));
        let [sent, got] = connection.chunks.as_slice() else {
            panic!("{connection:?}");
        };
        assert_eq!(sent.side, Side::Client);
        assert!(sent.bytes.ends_with(b"X-Auth-Token: ******\r\n\r\n"));
        assert_eq!((got.side, got.at), (Side::Server, Duration::from_millis(7)));
        assert_eq!(&got.bytes[..], b"HTTP/1.1 401 Who");
    }
}
