//! The proxy between a client and a server, of which one is a mutant by it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use wire::endpoint::Endpoint;

use super::edit::{Editor, Write};
use super::file::{Edit, Mutant, Sender};
use super::frames::Frames;
use super::http::HttpMessage;
use crate::case::EndpointFile;

/// A proxy that serves until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    serving: JoinHandle<()>,
    overlooked: Arc<AtomicBool>,
}

/// What all connections share.
struct Work {
    upstream: String,
    endpoint: &'static Endpoint,
    shared: EndpointFile,
    edits: Vec<Edit>,
    token: String,
    overlooked: Arc<AtomicBool>,
}

/// How long the other direction may go on once one has ended.
const FAREWELL: Duration = Duration::from_secs(1);

impl Proxy {
    /// Starts one before a server, which listens at `upstream`, for a mutant of an endpoint.
    ///
    /// # Errors
    /// If there is no port.
    pub async fn start(
        mutant: &Mutant,
        shared: &EndpointFile,
        upstream: &str,
        token: &str,
    ) -> io::Result<Self> {
        let Some(endpoint) = wire::registry::endpoints().find(|e| e.name == mutant.endpoint) else {
            unreachable!("mutants are only read from folders of endpoints")
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let overlooked = Arc::new(AtomicBool::new(false));
        let work = Arc::new(Work {
            overlooked: Arc::clone(&overlooked),
            upstream: upstream.to_owned(),
            endpoint,
            shared: shared.clone(),
            edits: mutant.edits.clone(),
            token: token.to_owned(),
        });
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&work)));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self {
            address,
            serving,
            overlooked,
        })
    }

    /// The same as `HOST:PORT`.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Whether it has met something that the client overlooks.
    pub(super) fn has_overlooked(&self) -> bool {
        self.overlooked.load(Ordering::Relaxed)
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ws://{}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut client: TcpStream, work: Arc<Work>) {
    let Ok(mut server) = TcpStream::connect(&work.upstream).await else {
        return;
    };
    // Frames are small, and answered one by one.
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let Work {
        endpoint,
        shared,
        edits,
        token,
        overlooked,
        ..
    } = &*work;
    let editor = |from| Editor::new(endpoint, shared, edits, from, token, overlooked);
    let (mut up, mut down) = (editor(Sender::Client), editor(Sender::Server));
    let Some((from_client, from_server)) =
        handshake(&mut client, &mut server, &mut up, &mut down).await
    else {
        return;
    };
    let (client_read, client_write) = client.split();
    let (server_read, server_write) = server.split();
    let upwards = pump(Frames::new(client_read, from_client), server_write, up);
    let downwards = pump(Frames::new(server_read, from_server), client_write, down);
    tokio::pin!(upwards, downwards);
    // Whichever direction ends first, the other has a moment to say what it has left.
    tokio::select! {
        () = &mut upwards => drop(timeout(FAREWELL, downwards).await),
        () = &mut downwards => drop(timeout(FAREWELL, upwards).await),
    }
}

/// Passes the handshake on; answers what came behind each head if the connection stands.
async fn handshake(
    client: &mut TcpStream,
    server: &mut TcpStream,
    up: &mut Editor<'_>,
    down: &mut Editor<'_>,
) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut request = HttpMessage::read(client).await?;
    let is_plain = !request.asks_for_upgrade();
    if is_plain {
        request.read_request_body(client).await;
    }
    let kind = if is_plain { "http" } else { "handshake" };
    let bytes = request.edit(kind, up)?;
    server.write_all(&bytes).await.ok()?;
    let mut response = HttpMessage::read(server).await?;
    let kind = match response.status() {
        101 => "handshake",
        _ if is_plain => "http",
        _ => "refusal",
    };
    if kind != "handshake" {
        response.read_body(server).await;
    }
    let bytes = response.edit(kind, down)?;
    client.write_all(&bytes).await.ok()?;
    match kind {
        "handshake" if response.status() == 101 => Some((request.behind, response.behind)),
        _ => {
            let _ = client.shutdown().await;
            None
        }
    }
}

/// Carries one direction to its end.
async fn pump<R, W>(mut from: Frames<R>, mut to: W, mut editor: Editor<'_>)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut held: Vec<(usize, Vec<u8>)> = Vec::new();
    while let Some(message) = from.next().await {
        let due = release(&mut held);
        for write in editor.message(message) {
            let sent = match write {
                Write::Bytes(bytes) => to.write_all(&bytes).await,
                Write::Later(after, bytes) => {
                    held.push((after, bytes));
                    Ok(())
                }
                Write::Pause(time) => {
                    sleep(time).await;
                    Ok(())
                }
                Write::End => {
                    let _ = to.shutdown().await;
                    from.drain().await;
                    return;
                }
            };
            if sent.is_err() {
                return;
            }
        }
        for bytes in due {
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    }
    // Whoever has gone does not mind.
    let _ = to.shutdown().await;
}

/// What is due after one further message.
fn release(held: &mut Vec<(usize, Vec<u8>)>) -> Vec<Vec<u8>> {
    let mut due = Vec::new();
    held.retain_mut(|(after, bytes)| {
        *after -= 1;
        match *after {
            0 => {
                due.push(std::mem::take(bytes));
                false
            }
            _ => true,
        }
    });
    due
}
