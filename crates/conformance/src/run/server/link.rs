//! The bytes below a WebSocket: TCP, maybe with TLS, who hears them, and where they are cut.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use mock_server::Side;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};

use super::frames::Frames;
use crate::run::trace::Recorder;

/// A stream of bytes in both directions.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Duplex for S {}

/// A connection whose writes can be held back, to be sent in pieces.
pub(crate) struct Link {
    stream: Box<dyn Duplex>,
    recorder: Option<Recorder>,
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
            recorder: None,
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
            recorder: Some(recorder),
            ..self
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
            self.write_all(piece).await?;
            self.flush().await?;
            match count < PAUSES {
                true => tokio::time::sleep(PAUSE).await,
                false => tokio::task::yield_now().await,
            }
            (rest, done) = (behind, place);
        }
        self.write_all(rest).await?;
        self.flush().await
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
        if let Some(recorder) = &self.recorder {
            recorder.hear(Side::Server, read);
        }
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
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let (Poll::Ready(Ok(count)), Some(recorder)) = (&polled, &self.recorder) {
            recorder.hear(Side::Client, bytes.get(..*count).unwrap_or_default());
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
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::run::trace::{SignsIn, Trace};

    #[tokio::test(start_paused = true)]
    async fn what_crosses_a_stream_is_kept_with_its_time_and_without_the_credential() {
        let (ours, mut theirs) = tokio::io::duplex(1000);
        let recorder = Recorder::new(Duration::from_millis(5));
        let mut link = Link::new(ours).heard_by(recorder.clone());
        let request = b"GET / HTTP/1.1\r\nX-Auth-Token: s3cr3t\r\n\r\n";
        link.write_all(request).await.unwrap();
        tokio::time::advance(Duration::from_millis(7)).await;
        theirs.write_all(b"HTTP/1.1 401 Who\r\n\r\n").await.unwrap();
        let mut answer = [0; 16];
        link.read_exact(&mut answer).await.unwrap();
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
