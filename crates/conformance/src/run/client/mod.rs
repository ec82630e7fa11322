//! Clients: the mock plays the vendor, and a command is the subject.
//!
//! ```text
//!   probes ─▶ case ─▶ mock on a port of its own ◀── WebSocket ── CMD with MYNAH_… (rung 1)
//!                        │ journal                                 │ exit code, MYNAH_OUT
//!                        └──────────────▶ judgement ◀──────────────┘
//! ```

mod adapter;
mod judgement;
mod lines;
mod probe;
mod subject;
mod trials;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mock_server::{Options, Running, Server};

use super::sweep::sweep;
use super::trace::{Connection, Trace};
use super::{CaseResult, Judge, Parallel, RunResult, run_all};
use crate::case::{Case, ClientCase, Operation, Role};
use crate::cut::Cut;
use crate::message::{say, wav};
use crate::select::Selection;
use crate::verdict::{Ending, Verdict};

pub use adapter::{Command, StartError};
pub use lines::{About, Lines};
pub use probe::ProbeResult;
pub use subject::{Function, Job, Reply, Subject};
pub use trials::test_client;

pub(super) use adapter::{Exit, Finished, Task};

/// So many of the cases that mostly wait are run at once, each maybe a process that has to start.
const PATIENT: usize = 8;

/// How long the mock waits for sessions to end once the program has.
const SETTLE: Duration = Duration::from_secs(3);

/// A session stands in the journal only a moment after its client has read the answer to the
/// handshake, and may have gone.
const LATE: Duration = Duration::from_millis(200);

/// Judges a client.
///
/// # Errors
/// If the program cannot be started.
pub async fn run_client(
    cases: &[&Case],
    subject: &Subject,
    selection: &Selection,
    done: &dyn Fn(&CaseResult),
) -> Result<RunResult, StartError> {
    let mut result = RunResult {
        probes: probe::run(cases, subject).await?,
        about: subject.about(),
        ..RunResult::of("client", subject.shown(), selection, Vec::new())
    };
    if result.has_failed_probe() {
        let why = "a probe failed, so nothing is scored";
        let unrun =
            |case| super::judge::unrun(case, Role::Client, Verdict::NotRun, "probe-failed", why);
        result.cases = cases.iter().copied().map(unrun).collect();
        subject.finish().await;
        return Ok(result);
    }
    let brisk = std::thread::available_parallelism().map_or(2, usize::from);
    let parallel = Parallel {
        brisk,
        patient: PATIENT,
    };
    let run = |case| run_case(case, subject, selection);
    result.cases = run_all(cases, Role::Client, parallel, run, done).await;
    subject.finish().await;
    Ok(result)
}

/// A case as it is, then with what the mock sends under each splitting.
async fn run_case(case: &Case, subject: &Subject, selection: &Selection) -> CaseResult {
    let whole = run_once(case, subject, selection, None).await;
    // Where no session has opened, nothing was sent that could be split.
    let cuts = match &whole.ending {
        Ending::None | Ending::Refused(_) => Vec::new(),
        _ => selection.cuts.list(),
    };
    let again = |cut| {
        let (id, seed) = (&case.id, selection.seed);
        subject.again(&format!("--case {id} --seed {seed} --cuts {cut}"))
    };
    let run = |cut| run_once(case, subject, selection, Some(cut));
    sweep(whole, case, &cuts, again, run).await
}

async fn run_once(
    case: &Case,
    subject: &Subject,
    selection: &Selection,
    cut: Option<Cut>,
) -> CaseResult {
    let began = Instant::now();
    let mut judge = Judge::new(case, Role::Client, selection.profile);
    let Some(client) = &case.client else {
        unreachable!("only cases for clients are chosen")
    };
    let more = cut.map(|cut| cut.scenario(&mut cut.ids(selection.seed, case)));
    let played = play(case, client, subject, selection.seed, more.as_deref()).await;
    let (ending, trace) = match played {
        Ok(played) => {
            let ending = judgement::judge(case, client, &played, subject, &mut judge);
            (ending, played.trace)
        }
        Err(problem) => {
            judge.harness_error("sent", "harness", problem);
            (Ending::None, Trace::default())
        }
    };
    CaseResult {
        trace,
        ..judge.finish(ending, began.elapsed())
    }
}

/// What happened in a case.
struct Played {
    finished: Finished,
    sessions: Vec<mock_server::SessionReport>,
    trace: Trace,
}

async fn play(
    case: &Case,
    client: &ClientCase,
    subject: &Subject,
    seed: u64,
    more: Option<&str>,
) -> Result<Played, String> {
    let server = start(case, client, seed, more).await?;
    let task = Task {
        url: format!("ws://{}", server.address()),
        endpoint: case.endpoint.clone(),
        operation: client.operation,
        input: input(client),
        format: client.format.clone(),
        rate_hz: client.rate_hz,
        deadline: Duration::from_millis(client.deadline_ms),
    };
    let finished = subject
        .run(&task)
        .await
        .map_err(|error| error.to_string())?;
    if server.journal().is_empty() {
        // Without one by then, the program has never connected.
        let _ = server.expect().sessions(1).within(LATE).met().await;
    }
    let sessions = server.journal();
    let count = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
    if sessions.iter().any(|session| !session.is_closed) {
        // Sessions end with their connections; what they did wrong is judged below.
        let _ = server.expect().sessions(count).within(SETTLE).met().await;
    }
    let sessions = server.journal();
    let connections = sessions.iter().map(|session| Connection {
        chunks: server.raw(session.id),
        faults: session.faults.clone(),
        ..Connection::default()
    });
    let trace = Trace {
        connections: connections.collect(),
        stderr: finished.stderr.clone(),
    };
    server.stop().await;
    Ok(Played {
        finished,
        sessions,
        trace,
    })
}

/// A mock as the case wants it, with more faults behind those of the case.
async fn start(
    case: &Case,
    client: &ClientCase,
    seed: u64,
    more: Option<&str>,
) -> Result<Running, String> {
    let mut options = Options {
        seed,
        transcripts: client.transcripts.clone(),
        ..Options::default()
    };
    for (knob, value) in &client.knobs {
        let set = options.set_knob(&case.endpoint, knob, value);
        set.map_err(|error| error.to_string())?;
    }
    let started = Server::start_with(options).await;
    let server = started.map_err(|error| format!("the mock cannot start: {error}"))?;
    let own = client.scenario.as_deref().filter(|own| *own != "none");
    let faults: Vec<&str> = own.into_iter().chain(more).collect();
    if !faults.is_empty() {
        let transcripts: Vec<&str> = client.transcripts.iter().map(String::as_str).collect();
        let set = server
            .lane("default")
            .set(Some(&faults.join("+")), None, &transcripts);
        set.map_err(|error| error.to_string())?;
    }
    Ok(server)
}

/// The file that the program reads.
pub(crate) fn input(client: &ClientCase) -> (PathBuf, Vec<u8>) {
    match client.operation {
        Operation::Synthesize => (PathBuf::from("in.txt"), client.input.clone().into_bytes()),
        Operation::Recognize => {
            let samples = say(&client.input, client.rate_hz, 300, 800);
            (PathBuf::from("in.wav"), wav(&samples, client.rate_hz))
        }
    }
}

impl Exit {
    /// How the session ended, as far as the program says it.
    fn ending(&self) -> Option<Ending> {
        matches!(self, Self::Hung).then_some(Ending::Hung)
    }
}
