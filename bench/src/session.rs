//! One session of a client: connect, ask, count what comes, close.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::ACCEPT;
use crate::frames::{BINARY, CLOSE, Counter, Ended, TEXT, put_masked};
use crate::script::NORMAL;
use crate::workload::Closes;

/// What every session of a measurement has in common.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the server is.
    pub address: SocketAddr,
    /// The request head.
    pub handshake: Bytes,
    /// How many messages the server sends.
    pub messages: usize,
    /// Who closes.
    pub closes: Closes,
}

/// What a session took.
#[derive(Debug, Default)]
pub struct Took {
    /// From the handshake to its answer.
    pub opened: Duration,
    /// From the request to the first byte of an answer.
    pub first: Duration,
    /// Bytes of payload that came.
    pub bytes: u64,
    /// When each binary message had come, and its length, if that was asked for.
    pub arrivals: Vec<(Instant, u64)>,
}

/// Whether arrivals are noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// They are not.
    Ignored,
    /// They are.
    Noted,
}

/// A connection after its handshake.
#[derive(Debug)]
pub struct Open {
    stream: TcpStream,
    counter: Counter,
    messages: usize,
    bytes: u64,
    is_closed: bool,
    has_ended: bool,
}

/// How long anything may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much is read at once, by all sessions into the same memory, which stays in the cache.
const READ: usize = 256 << 10;

thread_local! {
    static SCRAP: RefCell<Vec<u8>> = RefCell::new(vec![0; READ]);
}

impl Open {
    /// Connects, and gets through the handshake.
    ///
    /// # Errors
    /// If that fails, or the answer is no 101.
    pub async fn new(plan: &Plan) -> io::Result<(Self, Duration)> {
        let mut stream = TcpStream::connect(plan.address).await?;
        stream.set_nodelay(true)?;
        let began = Instant::now();
        stream.write_all(&plan.handshake).await?;
        let mut open = Self {
            stream,
            counter: Counter::default(),
            messages: 0,
            bytes: 0,
            is_closed: false,
            has_ended: false,
        };
        let mut head = Vec::new();
        let end = loop {
            open.read(|bytes| head.extend_from_slice(bytes)).await?;
            if let Some(at) = head.windows(4).position(|it| it == b"\r\n\r\n") {
                break at + 4;
            }
            if open.has_ended {
                return Err(io::Error::other("no answer to the handshake"));
            }
        };
        let answer = String::from_utf8_lossy(&head[..end]);
        if !answer.starts_with("HTTP/1.1 101 ") || !answer.contains(ACCEPT) {
            let line = answer.lines().next().unwrap_or_default();
            return Err(io::Error::other(format!("handshake refused: {line}")));
        }
        open.take(&head[end..], &mut |_| {});
        Ok((open, began.elapsed()))
    }

    /// Sends frames.
    ///
    /// # Errors
    /// If the connection is gone.
    pub async fn send(&mut self, frames: &[u8]) -> io::Result<()> {
        self.stream.write_all(frames).await
    }

    /// Reads once; tells of every frame that ends.
    ///
    /// # Errors
    /// If the connection is broken, or nothing comes for a minute.
    pub async fn next(&mut self, mut ended: impl FnMut(Ended)) -> io::Result<()> {
        loop {
            self.readable().await?;
            let read = SCRAP.with_borrow_mut(|scrap| {
                let length = self.stream.try_read(scrap)?;
                self.has_ended = length == 0;
                self.take(&scrap[..length], &mut ended);
                Ok(())
            });
            match read {
                Err(error) if is_early(&error) => {}
                other => return other,
            }
        }
    }

    /// How many messages have come.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.messages
    }

    /// Whether the server has closed its side of TCP.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Sends a close frame and reads to the end.
    ///
    /// # Errors
    /// If the server does not close properly.
    pub async fn close(&mut self) -> io::Result<()> {
        let mut frame = BytesMut::new();
        put_masked(&mut frame, CLOSE, &NORMAL);
        self.stream.write_all(&frame).await?;
        while !self.has_ended {
            self.next(|_| {}).await?;
        }
        match self.is_closed {
            true => Ok(()),
            false => Err(io::Error::other("no close frame")),
        }
    }

    fn take(&mut self, bytes: &[u8], told: &mut impl FnMut(Ended)) {
        let Self {
            counter,
            messages,
            bytes: sum,
            is_closed,
            ..
        } = self;
        counter.feed(bytes, |frame| {
            match frame.opcode {
                CLOSE => *is_closed = true,
                0 | TEXT | BINARY => {
                    *messages += usize::from(frame.fin);
                    *sum += frame.length;
                }
                _ => {}
            }
            told(frame);
        });
    }

    async fn read(&mut self, mut with: impl FnMut(&[u8])) -> io::Result<()> {
        loop {
            self.readable().await?;
            let read = SCRAP.with_borrow_mut(|scrap| {
                let length = self.stream.try_read(scrap)?;
                self.has_ended = length == 0;
                with(&scrap[..length]);
                Ok(())
            });
            match read {
                Err(error) if is_early(&error) => {}
                other => return other,
            }
        }
    }

    async fn readable(&self) -> io::Result<()> {
        match timeout(PATIENCE, self.stream.readable()).await {
            Ok(ready) => ready,
            Err(_) => Err(io::Error::other("silent for a minute")),
        }
    }
}

fn is_early(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

/// Runs a whole session that sends these frames.
///
/// # Errors
/// If anything is other than planned.
pub async fn run(plan: &Plan, sends: &[u8], arrivals: Arrivals) -> io::Result<Took> {
    let (mut open, opened) = Open::new(plan).await?;
    let asked = Instant::now();
    if !sends.is_empty() {
        open.send(sends).await?;
    }
    let mut took = Took {
        opened,
        ..Took::default()
    };
    let is_done = |open: &Open| match plan.closes {
        Closes::Client => open.messages >= plan.messages,
        Closes::Server => open.is_closed,
    };
    while !is_done(&open) {
        open.next(|frame| {
            if arrivals == Arrivals::Noted && frame.opcode == BINARY {
                took.arrivals.push((Instant::now(), frame.length));
            }
        })
        .await?;
        if took.first.is_zero() {
            took.first = asked.elapsed();
        }
        if open.has_ended && !is_done(&open) {
            return Err(io::Error::other(format!(
                "ended after {} of {} messages",
                open.messages, plan.messages
            )));
        }
    }
    open.close().await?;
    if open.messages != plan.messages {
        return Err(io::Error::other(format!(
            "{} messages instead of {}",
            open.messages, plan.messages
        )));
    }
    took.bytes = open.bytes;
    Ok(took)
}
