//! The bytes below a WebSocket: TCP, maybe with TLS, and where they are cut.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::frames::Frames;
use crate::run::trace::{Recorder, Tap};

/// A stream of bytes in both directions.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}

/// A connection whose writes can be held back, to be sent in pieces.
pub(crate) struct Link {
    stream: Box<dyn Duplex>,
    held: Option<Vec<u8>>,
    frames: Frames,
}

/// How long a piece has to itself, so that it arrives alone.
const PAUSE: Duration = Duration::from_millis(1);

/// Pauses after so many pieces; what is cut finer follows without.
const PAUSES: usize = 24;

impl Link {
    pub(super) fn new(stream: impl Duplex + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            held: None,
            frames: Frames::default(),
        }
    }

    /// The frames that have come, once the handshake is over.
    pub(super) const fn frames(&mut self) -> &mut Frames {
        &mut self.frames
    }

    /// The same connection, overheard for the trace.
    pub(crate) fn heard_by(self, recorder: Recorder) -> Self {
        Self {
            stream: Box::new(Tap::new(self.stream, recorder)),
            held: self.held,
            frames: self.frames,
        }
    }

    /// Keeps what is written from now on.
    pub(super) fn hold(&mut self) {
        self.held = Some(Vec::new());
    }

    /// What was kept; from now on writes are writes again.
    pub(super) fn release(&mut self) -> Vec<u8> {
        self.held.take().unwrap_or_default()
    }

    /// Writes bytes in pieces that end at these places.
    pub(super) async fn write_cut(&mut self, bytes: &[u8], cuts: &[usize]) -> io::Result<()> {
        let mut rest = bytes;
        let mut done = 0;
        let mut places: Vec<usize> = cuts.to_vec();
        places.sort_unstable();
        for (count, place) in places.into_iter().enumerate() {
            let Some((piece, behind)) = rest.split_at_checked(place.saturating_sub(done)) else {
                break;
            };
            if piece.is_empty() {
                continue;
            }
            self.stream.write_all(piece).await?;
            self.stream.flush().await?;
            match count < PAUSES {
                true => tokio::time::sleep(PAUSE).await,
                false => tokio::task::yield_now().await,
            }
            (rest, done) = (behind, place);
        }
        self.stream.write_all(rest).await?;
        self.stream.flush().await
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let read = buffer.filled().get(before..).unwrap_or_default();
        self.frames.watch(read);
        polled
    }
}

impl AsyncWrite for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(held) = &mut self.held {
            held.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
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
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_cut_arrives_whole() {
        let (near, mut far) = tokio::io::duplex(64);
        let mut link = Link::new(near);
        link.hold();
        link.write_all(b"abcdef").await.unwrap();
        let held = link.release();
        link.write_cut(&held, &[4, 1, 1, 99]).await.unwrap();
        drop(link);
        let mut got = Vec::new();
        far.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"abcdef");
    }
}
