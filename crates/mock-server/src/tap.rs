//! The HTTP part of a connection, overheard: the journal wants the heads as they crossed the
//! socket, and hyper keeps them to itself.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::journal::{Heads, Record, guard};
use crate::lock::lock;

/// What has been overheard of the exchange that is going on.
#[derive(Clone, Debug)]
pub(crate) struct Overheard {
    exchange: Arc<Mutex<Exchange>>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Exchange {
    heads: Heads,
    /// Whether the answer has begun: what is read next belongs to the next exchange.
    is_answered: bool,
    /// The record of a refused handshake, whose answer is still to come.
    record: Option<Arc<Mutex<Record>>>,
}

impl Overheard {
    /// Nothing so far; of each head so many bytes are kept.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            exchange: Arc::default(),
            limit,
        }
    }

    /// The request and its answer, without the bytes that the client sent behind its request.
    pub(crate) fn take(&self, early: usize) -> Heads {
        let mut heads = std::mem::take(&mut lock(&self.exchange).heads);
        let length = heads.request.len().saturating_sub(early);
        heads.request.truncate(length);
        heads
    }

    /// Leaves the exchange, with the answer that is still to be written, to a record.
    pub(crate) fn give_to(&self, record: Arc<Mutex<Record>>) {
        let mut exchange = lock(&self.exchange);
        exchange.flush(&record);
        exchange.record = Some(record);
    }

    fn read(&self, bytes: &[u8]) {
        let mut exchange = lock(&self.exchange);
        if exchange.is_answered {
            *exchange = Exchange::default();
        }
        keep(&mut exchange.heads.request, bytes, self.limit);
    }

    fn wrote(&self, bytes: &[u8]) {
        let mut exchange = lock(&self.exchange);
        exchange.is_answered = true;
        keep(&mut exchange.heads.answer, bytes, self.limit);
        if let Some(record) = exchange.record.clone() {
            exchange.flush(&record);
        }
    }
}

impl Exchange {
    fn flush(&self, record: &Mutex<Record>) {
        guard(record).set_heads(self.heads.clone());
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    let room = limit.saturating_sub(kept.len()).min(bytes.len());
    kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
}

/// A stream that is overheard.
#[derive(Debug)]
pub(crate) struct Tap<S> {
    stream: S,
    overheard: Overheard,
}

impl<S> Tap<S> {
    /// Overhears a stream.
    pub(crate) const fn new(stream: S, overheard: Overheard) -> Self {
        Self { stream, overheard }
    }

    /// The stream by itself.
    pub(crate) fn into_inner(self) -> S {
        self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let had = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let bytes = buffer.filled().get(had..).unwrap_or_default();
        if !bytes.is_empty() {
            self.overheard.read(bytes);
        }
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
        if let Poll::Ready(Ok(written)) = polled {
            self.overheard
                .wrote(bytes.get(..written).unwrap_or_default());
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if let Poll::Ready(Ok(mut written)) = polled {
            for slice in slices {
                let bytes = slice.get(..written.min(slice.len())).unwrap_or_default();
                self.overheard.wrote(bytes);
                written -= bytes.len();
            }
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
