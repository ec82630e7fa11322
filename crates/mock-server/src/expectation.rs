//! What a test expects of its client, looked at when the test ends.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use crate::options::Strict;
use crate::server::Shared;

/// What a test expects of its client. Dropped, it waits a moment for the sessions to end, and
/// panics if they were not as expected, unless the thread panics already.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let server = mock_server::Server::start().await?;
/// let expectation = server.expect().sessions(1).within(std::time::Duration::ZERO);
/// // No client has come.
/// assert!(expectation.met().await.is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "an expectation is looked at when it is dropped: keep it to the end of the test"]
pub struct Expectation {
    wish: Wish,
    runtime: Handle,
    is_settled: bool,
}

#[derive(Clone, Debug)]
struct Wish {
    shared: Arc<Shared>,
    lane: Option<String>,
    sessions: Option<u64>,
    findings: Vec<String>,
    within: Duration,
}

/// What was not as expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client did not do what was expected:\n  {}", reasons.join("\n  "))]
pub struct Unmet {
    /// A line for each thing.
    pub reasons: Vec<String>,
}

/// How long sessions may take to end if nobody says.
const WITHIN: Duration = Duration::from_secs(5);

impl Expectation {
    pub(crate) const fn new(shared: Arc<Shared>, runtime: Handle, lane: Option<String>) -> Self {
        Self {
            wish: Wish {
                shared,
                lane,
                sessions: None,
                findings: Vec::new(),
                within: WITHIN,
            },
            runtime,
            is_settled: false,
        }
    }

    /// So many sessions end, refused ones among them.
    pub const fn sessions(mut self, count: u64) -> Self {
        self.wish.sessions = Some(count);
        self
    }

    /// The client breaks this clause, and no others but those that are expected likewise.
    pub fn finding(mut self, clause: &str) -> Self {
        self.wish.findings.push(clause.to_owned());
        self
    }

    /// How long the sessions may take to end; 5 s if nobody says.
    pub const fn within(mut self, time: Duration) -> Self {
        self.wish.within = time;
        self
    }

    /// Looks now rather than when this is dropped.
    ///
    /// # Errors
    /// What was not as expected.
    pub async fn met(mut self) -> Result<(), Unmet> {
        self.is_settled = true;
        // On the server's runtime, since the test's clock may stand still.
        let looked = self.runtime.spawn(self.wish.clone().look()).await;
        looked.unwrap_or_else(|_| Err(Unmet::stopped()))
    }

    /// Looks now rather than when this is dropped, from a thread that may block.
    ///
    /// # Errors
    /// What was not as expected.
    pub fn met_blocking(mut self) -> Result<(), Unmet> {
        self.is_settled = true;
        self.look()
    }

    fn look(&self) -> Result<(), Unmet> {
        let (tell, answer) = std::sync::mpsc::channel();
        let looking = self.wish.clone().look();
        self.runtime.spawn(async move {
            // Nobody listens any more if this fails.
            let _ = tell.send(looking.await);
        });
        answer.recv().unwrap_or_else(|_| Err(Unmet::stopped()))
    }
}

impl Drop for Expectation {
    #[expect(
        clippy::panic,
        reason = "an expectation that is not met has to fail its test"
    )]
    fn drop(&mut self) {
        // A second panic would abort the process and hide the first one.
        if self.is_settled || std::thread::panicking() {
            return;
        }
        if let Err(unmet) = self.look() {
            panic!("{unmet}");
        }
    }
}

impl Wish {
    async fn look(self) -> Result<(), Unmet> {
        let deadline = Instant::now() + self.within;
        let mut changes = self.shared.journal.changes();
        let reasons = loop {
            changes.borrow_and_update();
            let reasons = self.unmet();
            if reasons.is_empty() {
                return Ok(());
            }
            match timeout_at(deadline, changes.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => break reasons,
            }
        };
        Err(Unmet { reasons })
    }

    fn unmet(&self) -> Vec<String> {
        let lane = self.lane.as_deref();
        let tally = self.shared.lanes.tally(lane);
        let mut reasons = Vec::new();
        if tally.open > 0 {
            reasons.push(format!("{} sessions are still open", tally.open));
        }
        if let Some(count) = self.sessions.filter(|count| *count != tally.closed) {
            reasons.push(format!("{} sessions have ended, not {count}", tally.closed));
        }
        for clause in &self.findings {
            if !tally.findings.contains_key(clause.as_str()) {
                reasons.push(format!("nothing was found against {clause}"));
            }
        }
        if self.shared.options.strict != Strict::Ignore {
            let expected = |line: &String| self.findings.iter().any(|clause| line.contains(clause));
            let found = self.shared.verdict(lane).reasons.into_iter();
            reasons.extend(found.filter(|line| !expected(line)));
        }
        reasons
    }
}

impl Unmet {
    fn stopped() -> Self {
        Self {
            reasons: vec!["the server has stopped; look before it does".to_owned()],
        }
    }
}
