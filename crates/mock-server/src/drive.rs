//! The loop of one session: socket, clock and speaker in, socket out.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::time::{Duration, timeout};
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Sleeper};
use crate::live::{Departure, Live};
use crate::socket::Socket;

/// How much is read at once.
const READ: usize = 16 << 10;

/// Runs a session until its connection has ended. `early` is what the client sent together
/// with its handshake.
pub(crate) async fn drive<S>(
    live: &mut Live<'_>,
    io: S,
    early: Bytes,
    clock: &Clock,
    stop: &CancellationToken,
) where
    S: Socket,
{
    let (mut input, mut output) = tokio::io::split(io);
    let mut stopped = false;
    let sleeper = clock.sleeper();
    // It may be a small piece of a large buffer, which would live as long as the journal.
    live.receive(Bytes::copy_from_slice(&early));
    drop(early);
    while live.departure().is_none() {
        let (due, deadline) = (live.next_due(), live.close_deadline());
        let (reads, writes) = (live.has_room() && !live.is_over(), live.outbox.may_write());
        tokio::select! {
            // In this order, so that one turn's answers gather in the outbox and leave in one
            // write. Nothing starves: reading and speaking pause while the outbox is full.
            biased;
            () = stop.cancelled(), if !stopped => {
                stopped = true;
                live.stop();
            }
            read = read_some(&mut input), if reads => match read {
                Ok(bytes) if !bytes.is_empty() => live.receive(bytes),
                Ok(_) | Err(_) => live.lost(),
            },
            () = wait(&sleeper, due), if due.is_some() => live.due(),
            written = live.outbox.write(&mut output), if writes => {
                live.wrote();
                if written.is_err() {
                    live.lost();
                }
            }
            () = wait_real(deadline), if deadline.is_some() => live.give_up(),
            // Last: whoever moves the clock may go on when nothing else is left to do.
            () = sleeper.rest() => {}
        }
        sleeper.stir();
    }
    drop(sleeper);
    live.wrote();
    match live.departure() {
        // Errors no longer matter: everything has been said.
        Some(Departure::Done) => {
            let _ = output.shutdown().await;
            let _ = timeout(LINGER, drain(&mut input)).await;
        }
        Some(Departure::Reset) => input.unsplit(output).reset(),
        Some(Departure::HalfOpen) => {
            let io = input.unsplit(output);
            tokio::select! {
                () = stop.cancelled() => {}
                () = io.hung_up() => {}
            }
            live.lost();
        }
        Some(Departure::Dropped) | None => {}
    }
}

/// How long the client may take to close its side of TCP after the close handshake.
const LINGER: Duration = Duration::from_secs(1);

/// Reads once. What comes goes through the stack, so that who waits for it holds no memory.
async fn read_some(input: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    poll_fn(|context| {
        let mut scrap = [MaybeUninit::uninit(); READ];
        let mut scrap = ReadBuf::uninit(&mut scrap);
        ready!(Pin::new(&mut *input).poll_read(context, &mut scrap))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(scrap.filled())))
    })
    .await
}

/// Reads what the client still sends, so that the kernel does not answer it with a reset that
/// would overtake our close frame.
async fn drain(input: &mut (impl AsyncRead + Unpin)) {
    while matches!(read_some(input).await, Ok(bytes) if !bytes.is_empty()) {}
}

async fn wait(sleeper: &Sleeper<'_>, due: Option<Duration>) {
    if let Some(due) = due {
        sleeper.wait(due).await;
    }
}

async fn wait_real(deadline: Option<tokio::time::Instant>) {
    if let Some(deadline) = deadline {
        tokio::time::sleep_until(deadline).await;
    }
}

#[cfg(test)]
mod tests;
