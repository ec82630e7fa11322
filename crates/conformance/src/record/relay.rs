//! One connection through the proxy.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, copy, split};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wire::registry::{self, Route};

use super::turn::turn;
use super::{Shared, session};
use crate::head::Head;
use crate::run::trace::{PUBLIC_TOKEN, Recorder, SignsIn, Trace};

/// How long a client may take to greet and to ask.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// No head is larger, as with the mock.
const LARGEST_HEAD: usize = 256 << 10;

/// How long a client may go on once the service has ended the connection.
const FAREWELL: Duration = Duration::from_secs(1);

/// So much of a session is kept.
const KEPT: usize = 256 << 20;

/// The first byte of a TLS record that greets.
const TLS_HANDSHAKE: u8 = 0x16;

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Messages are small and answered one by one; where that cannot be had, they are slower.
    let _ = stream.set_nodelay(true);
    let mut first = [0];
    let greeted = timeout(HEAD_TIME, stream.peek(&mut first)).await;
    // Whoever leaves without a word, or breaks TLS off, has no session.
    match (greeted, &shared.tls) {
        (Ok(Ok(1)), Some(tls)) if first == [TLS_HANDSHAKE] => {
            if let Ok(Ok(stream)) = timeout(HEAD_TIME, tls.accept(stream)).await {
                ask(stream, &shared).await;
            }
        }
        (Ok(Ok(1)), _) => ask(stream, &shared).await,
        _ => {}
    }
}

async fn ask(mut client: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) {
    let head = timeout(HEAD_TIME, Head::read(&mut client, LARGEST_HEAD)).await;
    // Else nothing was asked.
    let Ok(Ok((mut head, behind))) = head else {
        return;
    };
    let request = head.request();
    let endpoint = match registry::route(&request) {
        Route::Served(endpoint) => Some(endpoint),
        Route::Near(..) | Route::Nowhere => None,
    };
    let upstream = &shared.upstream;
    turn(
        &mut head,
        &shared.address.to_string(),
        upstream.authority(),
        &upstream.behind_prefix(""),
    );
    let keeper = request.asks_for_upgrade().then(|| Keeper {
        recorder: Recorder::keeping(KEPT),
        shared,
        about: session::About {
            endpoint,
            upstream: upstream.shown(),
            date: shared.date.clone(),
            problem: None,
        },
    });
    match keeper {
        Some(mut keeper) => {
            let carried = carry(&mut client, &head, &behind, shared, &keeper.recorder).await;
            keeper.about.problem = carried.err();
        }
        // Sign-in and the like: it is not kept, since all of it may be secret.
        None => {
            let recorder = Recorder::keeping(0);
            // The client sees what became of it.
            let _ = carry(&mut client, &head, &behind, shared, &recorder).await;
        }
    }
}

/// Keeps the session when it is dropped, however it ended.
struct Keeper<'s> {
    recorder: Recorder,
    shared: &'s Shared,
    about: session::About,
}

impl Drop for Keeper<'_> {
    fn drop(&mut self) {
        let recorders = std::slice::from_ref(&self.recorder);
        let trace = Trace::of(recorders, PUBLIC_TOKEN, SignsIn::Yes);
        let connection = trace.connections.into_iter().next().unwrap_or_default();
        self.shared
            .keep(|session| session::text(session, &self.about, &connection));
    }
}

/// Passes on what both sides say; answers why that was not possible.
async fn carry(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    head: &Head,
    behind: &[u8],
    shared: &Shared,
    recorder: &Recorder,
) -> Result<(), String> {
    let link = match shared.upstream.reach().await {
        Ok(link) => link,
        Err(error) => {
            refuse(client, &error.to_string()).await;
            return Err(error.to_string());
        }
    };
    let mut upstream = link.heard_by(recorder.clone());
    let carried = async {
        upstream.write_all(&head.bytes()).await?;
        upstream.write_all(behind).await?;
        upstream.flush().await?;
        exchange(client, &mut upstream).await
    };
    match carried.await {
        Ok(()) => Ok(()),
        // Services and clients that drop the connection are as real as those that close it.
        Err(error) => match error.kind() {
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof => Ok(()),
            _ => Err(error.to_string()),
        },
    }
}

/// Passes bytes on in both directions, until both have ended or the service is gone.
async fn exchange(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    upstream: impl AsyncRead + AsyncWrite + Unpin,
) -> io::Result<()> {
    let (mut client_read, mut client_write) = split(client);
    let (mut upstream_read, mut upstream_write) = split(upstream);
    let upwards = async {
        copy(&mut client_read, &mut upstream_write).await?;
        upstream_write.shutdown().await
    };
    let downwards = async {
        copy(&mut upstream_read, &mut client_write).await?;
        client_write.shutdown().await
    };
    tokio::pin!(upwards, downwards);
    tokio::select! {
        ended = &mut upwards => ended.and(downwards.await),
        // Nobody is there to hear the client any more.
        ended = &mut downwards => match timeout(FAREWELL, upwards).await {
            Ok(further) => ended.and(further),
            Err(_) => ended,
        },
    }
}

/// Tells the client that there is no service.
async fn refuse(client: &mut (impl AsyncWrite + Unpin), why: &str) {
    let answer = format!(
        "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{why}",
        why.len()
    );
    // Who has gone needs no answer.
    let _ = client.write_all(answer.as_bytes()).await;
    let _ = client.shutdown().await;
}
