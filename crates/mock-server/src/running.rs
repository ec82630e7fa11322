//! A server inside the process that tests its client.
//!
//! The server has a thread and a runtime of its own: it serves tests that are async, with
//! whatever clock and runtime, and plain threads that block.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::expectation::Expectation;
use crate::journal::{RawChunk, guard};
use crate::lane::{self, NAME_RULE, Rule};
use crate::options::Options;
use crate::report::SessionReport;
use crate::server::{Server, Shared};
use crate::verdict::Verdict;

impl Server {
    /// Starts a server with the default options on a free port.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let server = mock_server::Server::start().await?;
    /// for endpoint in wire::registry::endpoints() {
    ///     let url = server.ws_url(endpoint.name);
    ///     assert!(url.starts_with("ws://127.0.0.1:"));
    /// }
    /// assert!(server.journal().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If no port or no thread is to be had.
    pub async fn start() -> io::Result<Running> {
        Self::start_with(Options::default()).await
    }

    /// Starts a server with these options.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use mock_server::{ClockMode, Options, Server};
    /// let options = Options { clock: ClockMode::Manual, seed: 7, ..Options::default() };
    /// let server = Server::start_with(options).await?;
    /// server.advance(std::time::Duration::from_secs(20)).await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the address cannot be listened at, the journal's file cannot be written, or no thread
    /// is to be had.
    pub async fn start_with(options: Options) -> io::Result<Running> {
        let (tell, starting) = oneshot::channel();
        let thread = spawn(options, move |started| tell.send(started).is_ok())?;
        let started = starting.await;
        Running::of(started, thread)
    }

    /// Starts a server with the default options on a free port, from a thread that may block.
    ///
    /// ```
    /// let server = mock_server::Server::start_blocking()?;
    /// assert_eq!(server.stop_blocking().reasons, [""; 0]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// If no port or no thread is to be had.
    pub fn start_blocking() -> io::Result<Running> {
        Self::start_blocking_with(Options::default())
    }

    /// Starts a server with these options, from a thread that may block.
    ///
    /// # Errors
    /// If the address cannot be listened at, the journal's file cannot be written, or no thread
    /// is to be had.
    pub fn start_blocking_with(options: Options) -> io::Result<Running> {
        let (tell, starting) = std::sync::mpsc::channel();
        let thread = spawn(options, move |started| tell.send(started).is_ok())?;
        let started = starting.recv();
        Running::of(started, thread)
    }
}

/// What the server's thread tells when it listens.
struct Started {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    runtime: Handle,
}

/// Runs a server on a thread of its own. `tell` answers whether anybody is left to hear it.
fn spawn(
    options: Options,
    tell: impl FnOnce(io::Result<Started>) -> bool + Send + 'static,
) -> io::Result<JoinHandle<Verdict>> {
    std::thread::Builder::new()
        .name("mynah".to_owned())
        .spawn(move || serve(options, tell))
}

fn serve(options: Options, tell: impl FnOnce(io::Result<Started>) -> bool) -> Verdict {
    let nothing = Verdict {
        passed: true,
        reasons: Vec::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            tell(Err(error));
            return nothing;
        }
    };
    runtime.block_on(async {
        let server = match Server::bind(options).await {
            Ok(server) => server,
            Err(error) => {
                tell(Err(error.into()));
                return nothing;
            }
        };
        let stop = CancellationToken::new();
        let is_heard = tell(Ok(Started {
            address: server.address(),
            shared: server.shared(),
            stop: stop.clone(),
            runtime: Handle::current(),
        }));
        match is_heard {
            true => server.run(stop.cancelled()).await,
            false => nothing,
        }
    })
}

/// A server that runs. It stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    runtime: Handle,
    thread: Option<JoinHandle<Verdict>>,
}

impl Running {
    fn of<E>(
        started: Result<io::Result<Started>, E>,
        thread: JoinHandle<Verdict>,
    ) -> io::Result<Self> {
        let Ok(started) = started else {
            return Err(io::Error::other("the server's thread has ended"));
        };
        let Started {
            address,
            shared,
            stop,
            runtime,
        } = started?;
        Ok(Self {
            address,
            shared,
            stop,
            runtime,
            thread: Some(thread),
        })
    }

    /// The address that is listened at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of an endpoint, which is given by name or by path. Parameters in its path get a
    /// value that the mock takes.
    #[must_use]
    pub fn ws_url(&self, endpoint: &str) -> String {
        format!("ws://{}{}", self.address, path_of(endpoint))
    }

    /// The URL of the admin API, with a slash at its end.
    #[must_use]
    pub fn admin_url(&self) -> String {
        format!("http://{}{}", self.address, crate::admin::PREFIX)
    }

    /// A share of the server that one test has for itself.
    #[must_use]
    pub fn lane(&self, name: &str) -> TestLane<'_> {
        TestLane {
            server: self,
            name: name.to_owned(),
        }
    }

    /// All sessions so far, the oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<SessionReport> {
        self.reports(None)
    }

    /// What crossed the connection of a session, byte for byte but for the credentials; nothing
    /// if there is no such session, or if it has been let go.
    #[must_use]
    pub fn raw(&self, session: u64) -> Vec<RawChunk> {
        let records = self.shared.journal.sessions();
        let mut found = records.iter().map(|record| guard(record));
        let found = found.find(|record| record.id() == session);
        found
            .and_then(|mut record| record.raw_chunks())
            .unwrap_or_default()
    }

    /// What to think of the clients so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.shared.verdict(None)
    }

    /// Expects of the clients that they do nothing wrong, and more if more is asked for. It is
    /// looked at when it is dropped.
    pub fn expect(&self) -> Expectation {
        Expectation::new(Arc::clone(&self.shared), self.runtime.clone(), None)
    }

    /// Moves a manual clock forward and lets every timer run that is due; `false` if the clock
    /// moves by itself.
    pub async fn advance(&self, by: Duration) -> bool {
        self.shared.clock.advance(by).await
    }

    /// Stops, closing every session with 1001, and says what to think of the clients.
    pub async fn stop(mut self) -> Verdict {
        self.stop.cancel();
        let thread = self.thread.take();
        let joined = tokio::task::spawn_blocking(move || thread.map(JoinHandle::join)).await;
        match joined {
            Ok(Some(Ok(verdict))) => verdict,
            _ => self.shared.verdict(None),
        }
    }

    /// Stops from a thread that may block.
    #[must_use]
    pub fn stop_blocking(mut self) -> Verdict {
        self.stop.cancel();
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(verdict)) => verdict,
            _ => self.shared.verdict(None),
        }
    }

    fn reports(&self, lane: Option<&str>) -> Vec<SessionReport> {
        let mut reports = Vec::new();
        for record in self.shared.journal.sessions() {
            let mut record = guard(&record);
            if lane.is_none_or(|lane| lane == record.lane()) {
                reports.push(record.report());
            }
        }
        reports
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        // Its file is complete and its port free when the thread has ended.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// A lane of a running server.
#[derive(Clone, Debug)]
pub struct TestLane<'s> {
    server: &'s Running,
    name: String,
}

/// Why a lane could not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("lane {lane:?}: {problem}")]
pub struct LaneError {
    lane: String,
    problem: String,
}

impl TestLane<'_> {
    /// The URL of an endpoint in this lane: the lane stands before the vendor's path.
    #[must_use]
    pub fn ws_url(&self, endpoint: &str) -> String {
        let mut name = String::new();
        for byte in self.name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                name.push(char::from(byte));
            } else {
                let Ok(()) = write!(name, "%{byte:02X}") else {
                    unreachable!("writing to a string does not fail")
                };
            }
        }
        let path = path_of(endpoint);
        format!("ws://{}/~lane={name}{path}", self.server.address)
    }

    /// The credential that brings a client into this lane.
    #[must_use]
    pub fn credential(&self) -> String {
        format!("mynah:lane={}", self.name)
    }

    /// Sets what holds for the lane's sessions: a scenario (`none` for no faults), a seed, and
    /// what recognition answers.
    ///
    /// # Errors
    /// If the name is none, the scenario names an unknown fault, or there are too many lanes.
    pub fn set(
        &self,
        scenario: Option<&str>,
        seed: Option<u64>,
        transcripts: &[&str],
    ) -> Result<(), LaneError> {
        let fail = |problem: String| LaneError {
            lane: self.name.clone(),
            problem,
        };
        if !lane::is_name(&self.name) {
            return Err(fail(NAME_RULE.to_owned()));
        }
        let library = &self.server.shared.library;
        let found = scenario.map(|text| library.find(text)).transpose();
        let found = found.map_err(|error| fail(error.to_string()))?;
        let lane = self.server.shared.lanes.enter(&self.name);
        let lane = lane.map_err(|error| fail(error.to_string()))?;
        let transcripts = transcripts.iter().map(|&text| text.to_owned()).collect();
        let scenario = scenario.map(str::to_owned);
        lane.set(Rule { scenario, seed }, transcripts);
        lane.expect(&found.unwrap_or_default());
        Ok(())
    }

    /// The lane's sessions so far, the oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<SessionReport> {
        self.server.reports(Some(&self.name))
    }

    /// What to think of the lane's clients so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.server.shared.verdict(Some(&self.name))
    }

    /// Expects something of the lane's clients, as [`Running::expect`] does of all.
    pub fn expect(&self) -> Expectation {
        let (shared, runtime) = (Arc::clone(&self.server.shared), self.server.runtime.clone());
        Expectation::new(shared, runtime, Some(self.name.clone()))
    }
}

/// The path of an endpoint, with a value for every parameter.
fn path_of(endpoint: &str) -> String {
    let found = wire::registry::endpoints().find(|known| known.name == endpoint);
    let path = found.and_then(|endpoint| endpoint.paths.first().copied());
    let path = path.unwrap_or(endpoint).trim_start_matches('/');
    let value = |segment: &str| match segment.starts_with('{') {
        true => "mynah".to_owned(),
        false => segment.to_owned(),
    };
    let segments: Vec<String> = path.split('/').map(value).collect();
    format!("/{}", segments.join("/"))
}
