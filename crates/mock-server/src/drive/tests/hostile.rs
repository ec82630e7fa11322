//! Clients that mean harm, as far as that can be told without a clock that runs: `scripts/hostile` does
//! the rest.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rstest::rstest;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::session::Side;
use wire::ws::{FrameHead, Opcode};

use super::*;

/// A client that has always sent something already, until it is gone.
struct Torrent {
    frame: Vec<u8>,
    left: usize,
}

impl AsyncRead for Torrent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.left > 0 && buffer.remaining() >= self.frame.len() {
            buffer.put_slice(&self.frame);
            self.left -= 1;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Torrent {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Socket for Torrent {
    fn tcp(&self) -> Option<&TcpStream> {
        None
    }
}

/// A frame of a client whose mask is nothing.
fn plain(fin: bool, opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let head = FrameHead {
        fin,
        mask: Some([0; 4]),
        ..FrameHead::server(opcode, payload.len())
    };
    [&*head.encode(), payload].concat()
}

fn parrot() -> Box<dyn Session> {
    Box::new(Conversation::new(&TABLE, Parrot))
}

#[tokio::test]
async fn a_client_that_never_stops_sending_lets_others_go_on() {
    let torrent = Torrent {
        frame: plain(true, Opcode::Ping, b"x"),
        left: 200_000,
    };
    let journal = Journal::new(1 << 20, JournalMode::On, None).unwrap();
    let (stop, clock) = (CancellationToken::new(), Clock::start(ClockMode::default()));
    let heavy = Semaphore::new(1);
    let around = (&journal, &stop, &clock, &heavy);
    let session = work(parrot(), torrent, Pace::Burst, "none", around);
    let mut turns = 0;
    let other = async {
        loop {
            turns += 1;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = session => {}
        () = other => {}
    }
    // Hundreds of milliseconds of work, in turns of half a one.
    assert!(turns > 20, "the other had {turns} turns");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_reads_is_not_answered_for_ever() {
    const PIPE: usize = 64 << 10;
    for (what, opcode, payload) in [
        ("pongs", Opcode::Ping, vec![b'x'; 125]),
        ("echoes", Opcode::Text, vec![b'x'; 60_000]),
        ("speeches", Opcode::Text, b"speak".to_vec()),
    ] {
        let (near, mut far) = tokio::io::duplex(PIPE);
        let served = serve(parrot(), near, Pace::Burst, ClockMode::Manual);
        let frame = plain(true, opcode, &payload);
        // As much as is taken while everybody waits.
        let mut taken = 0;
        let second = Duration::from_secs(1);
        while taken < 64 << 20
            && let Ok(Ok(())) = timeout(second, far.write_all(&frame)).await
        {
            taken += frame.len();
        }
        // What is said waits in the pipe and the outbox; what is asked for, in the other pipe.
        let answered: usize = {
            let sessions = served.journal.sessions();
            let record = guard(&sessions[0]);
            let entries = record.numbered_entries().map(|(_, entry)| entry);
            let said = entries.filter(|entry| entry.side == Side::Server);
            said.map(|entry| entry.length).sum()
        };
        assert!(answered > PIPE, "{what}: {answered} bytes");
        assert!(answered < 8 * PIPE, "{what}: {answered} bytes");
        assert!(taken < 32 << 20, "{what}: {taken} bytes were read");
        // And all of it is still there for a client that reads after all.
        let mut bytes = vec![0; PIPE];
        far.read_exact(&mut bytes).await.unwrap();
    }
}

/// While all the room for heavy messages is taken they wait, and nothing else does.
#[rstest]
#[case::small("x".repeat(60_000).into_bytes(), true)]
#[case::large("x".repeat(70_000).into_bytes(), false)]
#[case::packed_and_small([b"....", &*wire::gzip::deflate(b"hello")].concat(), true)]
#[case::packed_and_large([b"....\x1f\x8b\x08", &[7; 3000][..]].concat(), false)]
#[tokio::test(start_paused = true)]
async fn heavy_messages_wait_for_each_other(#[case] payload: Vec<u8>, #[case] is_light: bool) {
    let (near, mut far) = tokio::io::duplex(256 << 10);
    let served = serve(parrot(), near, Pace::Burst, ClockMode::Manual);
    let room = served.heavy.acquire().await.unwrap();
    far.write_all(&plain(true, Opcode::Binary, &payload))
        .await
        .unwrap();
    far.write_all(&plain(true, Opcode::Ping, b"after"))
        .await
        .unwrap();
    let mut first = [0; 1];
    let second = Duration::from_secs(1);
    let is_answered = timeout(second, far.read_exact(&mut first)).await.is_ok();
    assert_eq!(is_answered, is_light);
    drop(room);
    if !is_answered {
        far.read_exact(&mut first).await.unwrap();
    }
    assert_eq!(first, [0x81], "the echo comes before the pong");
    served.stop.cancel();
}
