//! The loop of one session: socket, clock and speaker in, socket out.

use bytes::Bytes;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Sleeper};
use crate::live::{Departure, Live, TURN};
use crate::socket::{Socket, read_some};

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
    let mut worked = Duration::ZERO;
    let heavy = live.heavy_room();
    let sleeper = clock.sleeper();
    let stopping = stop.cancelled();
    tokio::pin!(stopping);
    // It may be a small piece of a large buffer, which would live as long as the journal.
    live.receive(Bytes::copy_from_slice(&early));
    drop(early);
    while live.departure().is_none() {
        let (due, deadline) = (live.next_due(), live.close_deadline());
        let is_held_up = live.is_held_up() && !live.is_over();
        let reads = live.has_room() && !live.is_over() && !is_held_up;
        let writes = live.outbox.may_write();
        tokio::select! {
            // In this order, so that one turn's answers gather in the outbox and leave in one
            // write. Nothing starves: reading and speaking pause while the outbox is full.
            biased;
            () = &mut stopping, if !stopped => {
                stopped = true;
                live.stop();
            }
            read = read_some(&mut input), if reads => match read {
                Ok(bytes) if !bytes.is_empty() => {
                    let began = Instant::now();
                    live.receive(bytes);
                    worked += began.elapsed();
                }
                Ok(_) | Err(_) => live.lost(),
            },
            room = heavy.acquire(), if is_held_up => {
                live.go_on();
                drop(room);
                worked = TURN;
            }
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
        // A client that never stops sending would have its session work on and on.
        if worked >= TURN {
            worked = Duration::ZERO;
            tokio::task::yield_now().await;
        }
    }
    drop(sleeper);
    live.wrote();
    match live.departure() {
        Some(Departure::Done) => input.unsplit(output).finish().await,
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

async fn wait(sleeper: &Sleeper<'_>, due: Option<Duration>) {
    if let Some(due) = due {
        sleeper.wait(due).await;
    }
}

async fn wait_real(deadline: Option<Instant>) {
    if let Some(deadline) = deadline {
        tokio::time::sleep_until(deadline).await;
    }
}

#[cfg(test)]
mod tests;
