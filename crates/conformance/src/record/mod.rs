//! The recording proxy: a client talks to the real service through it, and the sessions are kept.
//!
//! ```text
//!   client ── head, Host corrected ──▶ relay ──▶ upstream (TLS if its URL says so)
//!          ◀──────── bytes as they are ────────┘
//!                        │ Recorder: chunks, by time
//!                        ▼
//!                  session: JSON Lines, credentials blanked ──▶ the file of `mynah record`
//! ```
//!
//! What is kept is what [`crate::run::run_replay`] reads. The bytes are passed on untouched but
//! for three headers of the request: `Host` where it names the proxy, the offer of compression,
//! whose sessions nobody could read, and `Connection` where no WebSocket is asked for.

mod relay;
mod session;
mod turn;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use mock_server::Tls;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::run::Target;

/// What the proxy says of a session that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which of this run's sessions, from 1.
    pub session: u64,
    /// The endpoint whose path was asked for.
    pub endpoint: Option<&'static str>,
    /// How many text and binary messages are kept.
    pub messages: usize,
    /// Why it is not whole, or not there at all.
    pub problem: Option<String>,
}

/// Who is told of a session that has ended.
pub type Tell = Box<dyn Fn(&Kept) + Send + Sync>;

/// A proxy before a service.
pub struct Proxy {
    listener: TcpListener,
    shared: Arc<Shared>,
}

/// What all connections share.
struct Shared {
    address: SocketAddr,
    upstream: Target,
    tls: Option<TlsAcceptor>,
    kept: Mutex<Sessions>,
    tell: Tell,
    /// When recording began, as the header of a session says it.
    date: String,
}

struct Sessions {
    file: Box<dyn Write + Send>,
    count: u64,
}

impl Proxy {
    /// A proxy that listens, before `upstream`; sessions go into `file`, and `date` into each.
    ///
    /// # Errors
    /// If the listener has no address.
    pub fn new(
        listener: TcpListener,
        upstream: Target,
        tls: Option<&Tls>,
        file: Box<dyn Write + Send>,
        date: &str,
        tell: Tell,
    ) -> io::Result<Self> {
        let shared = Shared {
            address: listener.local_addr()?,
            upstream,
            tls: tls.map(|tls| TlsAcceptor::from(tls.config())),
            kept: Mutex::new(Sessions { file, count: 0 }),
            tell,
            date: date.to_owned(),
        };
        Ok(Self {
            listener,
            shared: Arc::new(shared),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Serves until `stop` completes; what is open then ends, and is kept as far as it got.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => {
                    // What cannot be accepted has left already.
                    if let Ok((stream, _)) = accepted {
                        connections.spawn(relay::serve(stream, Arc::clone(&self.shared)));
                    }
                }
                Some(_) = connections.join_next() => {}
            }
        }
        // A dropped connection writes what it has.
        connections.shutdown().await;
    }
}

impl Shared {
    /// Appends a session to the file.
    fn keep(&self, text: impl FnOnce(u64) -> session::Text) {
        let mut sessions = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.count += 1;
        let session = sessions.count;
        let text = text(session);
        let file = &mut sessions.file;
        let written = file
            .write_all(text.lines.as_bytes())
            .and_then(|()| file.flush());
        let problem = match written {
            Ok(()) => text.problem,
            Err(error) => Some(format!("cannot be written: {error}")),
        };
        (self.tell)(&Kept {
            session,
            endpoint: text.endpoint,
            messages: text.messages,
            problem,
        });
    }
}
