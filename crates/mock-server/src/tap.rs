//! The HTTP part of a connection, overheard: the journal wants the heads as they crossed the
//! socket, and hyper keeps them to itself.
//!
//! What hyper cannot do is done here, too. A 101 that is to look or come otherwise is withheld
//! and handed over, and a connection that is to be left without an answer is taken from hyper.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::dressing::Dressing;
use crate::journal::{Heads, Record, guard};
use crate::lock::lock;
use crate::tls::Transport;

/// What has been overheard of the exchange that is going on.
#[derive(Clone, Debug)]
pub(crate) struct Overheard {
    exchange: Arc<Mutex<Exchange>>,
    limit: usize,
    /// The stream underneath, unless somebody has taken it.
    line: Line,
}

type Line = Arc<Mutex<Option<Transport>>>;

#[derive(Debug, Default)]
struct Exchange {
    heads: Heads,
    /// Whether the answer has begun: what is read next belongs to the next exchange.
    is_answered: bool,
    /// The record of a refused handshake, whose answer is still to come.
    record: Option<Arc<Mutex<Record>>>,
    /// The answer so far, if hyper must not write it itself, and how it is to go out.
    withheld: Option<(Dressing, Vec<u8>)>,
}

impl Overheard {
    /// Nothing so far; of each head so many bytes are kept.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            exchange: Arc::default(),
            limit,
            line: Line::default(),
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

    /// From now on the answer does not go out: whoever takes over the connection sends it.
    pub(crate) fn withhold(&self, dressing: Dressing) {
        lock(&self.exchange).withheld = Some((dressing, Vec::new()));
    }

    /// The answer that has been withheld, if one has.
    pub(crate) fn take_withheld(&self) -> Option<(Dressing, Vec<u8>)> {
        lock(&self.exchange).withheld.take()
    }

    /// Takes the connection from hyper, which finds nothing to write its answer to.
    pub(crate) fn seize(&self) -> Option<Transport> {
        lock(&self.line).take()
    }

    fn read(&self, bytes: &[u8]) {
        let mut exchange = lock(&self.exchange);
        if exchange.is_answered {
            *exchange = Exchange::default();
        }
        keep(&mut exchange.heads.request, bytes, self.limit);
    }

    /// Keeps what must not go out; whether that is so.
    fn withholds(&self, bytes: &[u8]) -> bool {
        let mut exchange = lock(&self.exchange);
        let Some((_, answer)) = &mut exchange.withheld else {
            return false;
        };
        answer.extend_from_slice(bytes);
        exchange.is_answered = true;
        true
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
pub(crate) struct Tap {
    overheard: Overheard,
}

impl Tap {
    /// Overhears a stream.
    pub(crate) fn new(stream: Transport, overheard: Overheard) -> Self {
        *lock(&overheard.line) = Some(stream);
        Self { overheard }
    }

    /// The stream by itself, unless it has been taken already.
    pub(crate) fn into_inner(self) -> Option<Transport> {
        self.overheard.seize()
    }
}

impl AsyncRead for Tap {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut line = lock(&self.overheard.line);
        // Whoever has taken the stream reads it now, if anybody does.
        let Some(stream) = line.as_mut() else {
            return Poll::Pending;
        };
        let had = buffer.filled().len();
        let polled = Pin::new(stream).poll_read(context, buffer);
        let bytes = buffer.filled().get(had..).unwrap_or_default();
        if !bytes.is_empty() {
            self.overheard.read(bytes);
        }
        polled
    }
}

impl AsyncWrite for Tap {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.overheard.withholds(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let mut line = lock(&self.overheard.line);
        let Some(stream) = line.as_mut() else {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        };
        let polled = Pin::new(stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = polled {
            self.overheard
                .wrote(bytes.get(..written).unwrap_or_default());
        }
        polled
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.overheard.withholds(&[]) {
            let first = slices.iter().find(|slice| !slice.is_empty());
            return self.poll_write(context, first.map_or(&[], |slice| slice));
        }
        let mut line = lock(&self.overheard.line);
        let Some(stream) = line.as_mut() else {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        };
        let polled = Pin::new(stream).poll_write_vectored(context, slices);
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
        let line = lock(&self.overheard.line);
        line.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match lock(&self.overheard.line).as_mut() {
            Some(stream) => Pin::new(stream).poll_flush(context),
            None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match lock(&self.overheard.line).as_mut() {
            Some(stream) => Pin::new(stream).poll_shutdown(context),
            None => Poll::Ready(Ok(())),
        }
    }
}
