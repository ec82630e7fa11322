//! Accepting connections, and stopping.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{Method, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wire::credentials::Credentials;
use wire::handshake::{Admission, RequestHead};
use wire::id::Ids;
use wire::knob::Knobs;
use wire::memory::Memory;
use wire::session::Side;
use wire::ws::Limits;

use crate::clock::Clock;
use crate::drive::drive;
use crate::journal::{Ending, Journal, Recorder};
use crate::lane::Lanes;
use crate::live::{Live, Surroundings};
use crate::options::Options;
use crate::scenario::{Library, ScenarioError, check_folder};
use crate::sound::{KeptSpeech, SessionSound};
use crate::tap::{Overheard, Tap};
use crate::tls::{self, Hop, Transport};
use crate::upgrade::{Accepted, Handover, answer};
use crate::verdict::Verdict;

/// A server that listens and does not serve yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What all connections of a server have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) journal: Journal,
    pub(crate) stop: CancellationToken,
    /// Who is known.
    pub(crate) credentials: Credentials,
    /// When the server started, in milliseconds since 1970.
    began_ms: u64,
    pub(crate) lanes: Lanes,
    /// The scenarios that have a name.
    pub(crate) library: Library,
    /// Speech that was made before.
    pub(crate) speech: Arc<KeptSpeech>,
    /// Room for sessions that are at a heavy message: one thread is always left to the others.
    heavy: Semaphore,
}

/// Why a server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Its address cannot be listened at.
    #[error("cannot listen: {0}")]
    Listen(io::Error),
    /// The journal's file cannot be written.
    #[error("cannot write the journal to {}: {source}", path.display())]
    JournalFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: io::Error,
    },
    /// Its scenario, or one of its folder, is wrong.
    #[error("{0}")]
    Scenario(#[from] ScenarioError),
}

impl From<BindError> for io::Error {
    fn from(error: BindError) -> Self {
        let kind = match &error {
            BindError::Listen(error) | BindError::JournalFile { source: error, .. } => error.kind(),
            BindError::Scenario(_) => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

impl Shared {
    /// The services' time, in milliseconds since 1970: the real start, and the clock's time since.
    pub(crate) fn now_ms(&self) -> u64 {
        let since = u64::try_from(self.clock.now().as_millis()).unwrap_or(u64::MAX);
        self.began_ms.saturating_add(since)
    }

    /// What a request is judged with.
    pub(crate) fn admission<'a>(
        &'a self,
        knobs: &'a Knobs,
        ids: &'a mut Ids,
        memory: &'a mut Memory,
        sent: &'a RequestHead,
    ) -> Admission<'a> {
        Admission {
            knobs,
            ids,
            credentials: &self.credentials,
            memory,
            sent: Some(sent),
            now_ms: self.now_ms(),
        }
    }
}

impl Server {
    /// Listens at the address of the options.
    ///
    /// # Errors
    /// If the address cannot be listened at, or the journal's file cannot be written.
    pub async fn bind(options: Options) -> Result<Self, BindError> {
        let library = Library::new(options.scenarios.clone());
        if let Some(folder) = &options.scenarios {
            check_folder(folder)?;
        }
        if let Some(scenario) = &options.scenario {
            library.find(scenario)?;
        }
        let journal = Journal::new(
            options.guards.journal_bytes,
            options.journal,
            options.journal_file.as_deref(),
        );
        let journal = journal.map_err(|source| BindError::JournalFile {
            path: options.journal_file.clone().unwrap_or_default(),
            source,
        })?;
        let listener = crate::socket::listen(options.listen).map_err(BindError::Listen)?;
        let address = listener.local_addr().map_err(BindError::Listen)?;
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        let began_ms = since_1970.map_or(0, |time| time.as_millis());
        let began_ms = u64::try_from(began_ms).unwrap_or(u64::MAX);
        let threads = tokio::runtime::Handle::current().metrics().num_workers();
        let shared = Shared {
            credentials: Credentials {
                seed: options.seed,
                began_s: began_ms / 1000,
                ..options.credentials.clone()
            },
            began_ms,
            clock: Clock::start(options.clock),
            journal,
            stop: CancellationToken::new(),
            lanes: Lanes::new(&options.transcripts),
            library,
            speech: Arc::default(),
            heavy: Semaphore::new(threads.saturating_sub(1).max(1)),
            options,
        };
        Ok(Self {
            listener,
            address,
            shared: Arc::new(shared),
        })
    }

    /// The address that is listened at, with its real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Serves until `stop` completes; then closes every session with 1001, waits for them, and
    /// says what to think of the clients.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Verdict {
        let mut connections = JoinSet::new();
        let places = Arc::new(Semaphore::new(self.shared.options.guards.connections));
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let shared = Arc::clone(&self.shared);
                        let place = Arc::clone(&places).try_acquire_owned();
                        connections.spawn(async move {
                            match place {
                                Ok(_place) => connection(shared, stream, peer).await,
                                Err(_) => turn_away(stream).await,
                            }
                        });
                    }
                    // Out of file descriptors, or the client is gone already: the next one
                    // may fare better, but not at once.
                    Err(error) => {
                        tracing::warn!(%error, "cannot accept a connection");
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                },
                Some(_) = connections.join_next() => {}
            }
        }
        drop(self.listener);
        self.shared.stop.cancel();
        let all = async { while connections.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(STOP, all).await;
        connections.shutdown().await;
        self.shared.journal.finish();
        self.shared.verdict(None)
    }
}

/// How long sessions may take to end when the server stops.
const STOP: Duration = Duration::from_millis(1500);

/// The smallest buffer that hyper takes for a request head.
const LEAST_HEAD: usize = 8 << 10;

/// One connection: TLS if it begins so, HTTP until a request is accepted, then its session.
async fn connection(shared: Arc<Shared>, stream: TcpStream, peer: SocketAddr) {
    let is_local = peer.ip().to_canonical().is_loopback();
    let Some(stream) = tls::secure(&shared, stream).await else {
        return;
    };
    let overheard = Overheard::new(shared.options.guards.head_bytes);
    let mut outcome = serve(&shared, stream, &overheard, is_local, Hop::Direct).await;
    if let Outcome::Tunnel(upgrade) = outcome {
        let Some(inside) = tls::enter(&shared, upgrade).await else {
            return;
        };
        outcome = serve(&shared, inside, &overheard, is_local, Hop::Tunnelled).await;
    }
    if let Outcome::Session(accepted) = outcome {
        session(&shared, accepted, overheard).await;
    }
}

/// What HTTP has led to.
enum Outcome {
    /// The end of the connection.
    End,
    /// A session, whose 101 is on its way.
    Session(Box<Accepted>),
    /// A tunnel, with whatever runs through it.
    Tunnel(OnUpgrade),
}

/// Serves HTTP until a request leads to something else.
async fn serve(
    shared: &Arc<Shared>,
    stream: Transport,
    overheard: &Overheard,
    is_local: bool,
    hop: Hop,
) -> Outcome {
    let handover = Handover::default();
    let tunnel: Mutex<Option<OnUpgrade>> = Mutex::default();
    let guards = shared.options.guards;
    let service = service_fn(async |request: Request<Incoming>| {
        if request.method() == Method::CONNECT {
            return Ok(tls::connect(shared, hop, &tunnel, request));
        }
        let (shared, handover) = (Arc::clone(shared), Arc::clone(&handover));
        answer(shared, handover, overheard.clone(), is_local, request).await
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(guards.head_time)
        .max_buf_size(guards.head_bytes.max(LEAST_HEAD))
        .title_case_headers(true)
        .serve_connection(TokioIo::new(Tap::new(stream, overheard.clone())), service)
        .with_upgrades();
    {
        // Boxed, so that an open session does not carry the HTTP machinery's memory along.
        let mut serving = Box::pin(serving);
        tokio::select! {
            ended = &mut serving => {
                match ended {
                    Err(error) if error.is_parse() && shared.options.tls.is_none() => {
                        tracing::warn!(%error, "not HTTP; clients that speak TLS need --tls");
                    }
                    Err(error) => tracing::debug!(%error, "a connection ended during HTTP"),
                    Ok(()) => {}
                }
            }
            () = shared.stop.cancelled() => return Outcome::End,
        }
    }
    if let Some(accepted) = crate::lock::lock(&handover).take() {
        return Outcome::Session(Box::new(accepted));
    }
    let tunnel = crate::lock::lock(&tunnel).take();
    tunnel.map_or(Outcome::End, Outcome::Tunnel)
}

/// One session, from the 101 to the end of the TCP connection.
async fn session(shared: &Shared, mut accepted: Box<Accepted>, overheard: Overheard) {
    let Ok(upgraded) = (&mut accepted.upgrade).await else {
        return;
    };
    // Nothing is awaited from here to the loop: an open session remembers what the loop needs.
    let Accepted {
        upgrade: _,
        endpoint,
        opening,
        lane,
        chosen,
        plan,
        connection,
        info,
        redactor,
        findings,
        extension,
    } = *accepted;
    let (stream, early) = match upgraded.downcast::<TokioIo<Tap>>() {
        Ok(parts) => (parts.io.into_inner().into_inner(), parts.read_buf),
        Err(_) => unreachable!("every connection is served on a tap"),
    };
    let Some(mut stream) = stream else {
        unreachable!("nobody takes a connection away that a session is to have")
    };
    let began = std::time::Instant::now();
    let recorder = shared.journal.open(info, redactor, Arc::clone(&lane));
    let mut heads = overheard.take(early.len());
    if let Some((dressing, head)) = overheard.take_withheld() {
        let mut head = dressing.dress(head);
        let sending = dressing.send(&head, &mut stream, &shared.clock);
        let sent = tokio::select! {
            sent = sending => sent,
            () = shared.stop.cancelled() => 0,
        };
        let is_whole = sent == head.len();
        head.truncate(sent);
        heads.answer = head;
        if !is_whole {
            recorder.heads(heads);
            recorder.write(|record| {
                record.faults.arm(plan.notes, &plan.fired);
                record.close(gone());
            });
            return conclude(shared, &recorder, Some(began.elapsed()));
        }
    }
    drop(overheard);
    recorder.heads(heads);
    for finding in findings {
        recorder.find(Some(0), finding);
    }
    let guards = shared.options.guards;
    let limits = Limits {
        frame: endpoint.limits.frame.unwrap_or(guards.message_bytes),
        message: endpoint.limits.message.unwrap_or(guards.message_bytes),
    };
    let around = Surroundings {
        lane,
        lanes: &shared.lanes,
        connection,
        library: &shared.library,
        scenario: shared.options.scenario.as_deref(),
        endpoint,
        seed: shared.options.seed,
        chosen,
        clock: &shared.clock,
        pace: shared.options.pace,
        sound: SessionSound {
            options: &shared.options.sound,
            seed: opening.seed,
            kept: &shared.speech,
        },
        limits,
        extension,
        heavy: &shared.heavy,
        close_time: guards.close_time,
        recorder: &recorder,
    };
    let mut live = Live::open((endpoint.open)(opening), plan, around);
    drive(&mut live, stream, early, &shared.clock, &shared.stop).await;
    drop(live);
    conclude(shared, &recorder, Some(began.elapsed()));
}

/// The end of a connection whose client has left.
pub(crate) const fn gone() -> Ending {
    Ending {
        code: 1006,
        reason: String::new(),
        by: Side::Client,
    }
}

/// Ends a session's record, tells its lane, and logs it.
pub(crate) fn conclude(shared: &Shared, recorder: &Recorder<'_>, took: Option<Duration>) {
    recorder.end();
    end_attempt(shared, recorder);
    log_session(recorder, took);
}

/// Tells the lane that one of its connections has ended.
fn end_attempt(shared: &Shared, recorder: &Recorder<'_>) {
    let now = shared.clock.now();
    let (lane, connection, status, close) = recorder.write(|record| {
        let close = record.ending().map(|ending| ending.code);
        let lane = record.lane().to_owned();
        (lane, record.connection(), record.status(), close)
    });
    if let Some(lane) = shared.lanes.find(&lane) {
        lane.attempts().end(connection, status, close, now);
    }
}

/// One line a session.
fn log_session(recorder: &Recorder<'_>, took: Option<Duration>) {
    recorder.write(|record| {
        let close = record.ending().map(|ending| ending.code);
        let result = match (record.status(), close) {
            (0, _) | (101, None | Some(1006)) => "lost",
            (101, Some(_)) => "closed",
            _ => "refused",
        };
        tracing::info!(
            session = record.id(),
            endpoint = record.endpoint().unwrap_or("-"),
            lane = record.lane(),
            result,
            status = record.status(),
            close,
            ms = took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            findings = record.findings_count(),
            "session"
        );
    });
}

/// Answers a connection that is one too many.
async fn turn_away(mut stream: TcpStream) {
    use tokio::io::AsyncWriteExt as _;
    const BUSY: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    // The client may be gone; then it needs no answer.
    let _ = stream.write_all(BUSY).await;
    let _ = stream.shutdown().await;
}
