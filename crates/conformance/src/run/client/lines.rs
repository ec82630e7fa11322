//! Rung 2 of the adapter contract: one process for all cases, JSON lines on its standard streams.
//!
//! ```text
//!   → {"op":"hello","contract":1}
//!   ← {"contract":1,"subject":{"name":…},"features":{"endpoints":[…]},"parallel":4}
//!   → {"op":"run","id":1,"url":…,"endpoint":…,"do":"synthesize","token":…,"in":…,"out":…,
//!      "format":…,"rate_hz":16000,"deadline_ms":20000}
//!   ← {"id":1,"event":"first-audio","t_ms":41}                      any number, any names
//!   ← {"id":1,"done":{"outcome":"completed"}}                       in any order
//!   → {"op":"cancel","id":2}                                        its time is up
//!   → {"op":"bye"}
//! ```
//!
//! A line that is not so ends the process: what it was about is a crash, with the reason. A
//! process that has ended is started again for the next case.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::{Mutex as AsyncMutex, Semaphore, oneshot};
use tokio::time::timeout;
use wire::json::{Style, Value, object};

use super::adapter::{Command, Exit, Finished, StartError, Task};

/// A long-lived adapter.
#[derive(Clone, Debug)]
pub struct Lines {
    command: Command,
    live: Arc<AsyncMutex<Option<Arc<Process>>>>,
    /// What the last process said about its client.
    about: Arc<Mutex<Option<About>>>,
}

/// One process of it.
#[derive(Debug)]
struct Process {
    child: AsyncMutex<Child>,
    input: AsyncMutex<ChildStdin>,
    /// What it can do; empty means everything.
    endpoints: Vec<String>,
    /// So many cases at once.
    slots: Semaphore,
    next_id: AtomicU64,
    talk: Arc<Talk>,
}

/// What is read of it.
#[derive(Debug, Default)]
struct Talk {
    waiting: Mutex<BTreeMap<u64, oneshot::Sender<Done>>>,
    stderr: Mutex<Vec<u8>>,
    /// Why it can no longer be asked.
    fault: Mutex<Option<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    contract: u64,
    subject: About,
    #[serde(default)]
    features: Features,
    #[serde(default = "one")]
    parallel: usize,
}

const fn one() -> usize {
    1
}

/// What a long-lived adapter says about its client.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The client's name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// What it is written in.
    pub language: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Features {
    #[serde(default)]
    endpoints: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    id: u64,
    event: Option<String>,
    t_ms: Option<u64>,
    done: Option<Done>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Done {
    outcome: Outcome,
    message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Completed,
    Error,
    Unsupported,
}

/// The contract that is spoken.
const CONTRACT: u64 = 1;

/// How long a process may take to say hello.
const HELLO: Duration = Duration::from_secs(10);

/// How long it may take to end what was cancelled, and itself.
const GRACE: Duration = Duration::from_secs(1);

/// So much of standard error is kept, and no line may be longer.
const LONGEST: usize = 64 << 10;

impl Lines {
    /// The command of such an adapter.
    #[must_use]
    pub fn new(command: Command) -> Self {
        Self {
            command,
            live: Arc::default(),
            about: Arc::default(),
        }
    }

    /// What it said about its client, once it has said hello; without the credential.
    pub(super) fn about(&self) -> Option<About> {
        let about = lock(&self.about).clone()?;
        let redact = |text: &str| self.command.redact(text);
        Some(About {
            name: redact(&about.name),
            version: about.version.as_deref().map(redact),
            language: about.language.as_deref().map(redact),
        })
    }

    pub(super) const fn command(&self) -> &Command {
        &self.command
    }

    /// Has it do one thing.
    pub(super) async fn run(&self, task: &Task) -> Result<Finished, StartError> {
        let process = match self.process().await? {
            Ok(process) => process,
            Err(Mute { fault, stderr }) => {
                return Ok(self.finished(Exit::Crash(fault), None, &stderr));
            }
        };
        let knows = process.endpoints.is_empty() || process.endpoints.contains(&task.endpoint);
        if !knows {
            return Ok(self.finished(Exit::Unsupported, None, ""));
        }
        let folder = tempfile::tempdir().map_err(StartError::Folder)?;
        let (name, contents) = &task.input;
        let (input, output) = (folder.path().join(name), folder.path().join("out"));
        std::fs::write(&input, contents).map_err(StartError::Folder)?;
        let Ok(_slot) = process.slots.acquire().await else {
            unreachable!("slots are never closed")
        };
        let asked = process
            .ask(task, self.command.token(), &input, &output)
            .await;
        let exit = match asked {
            Asked::Done(done) => exit_of(&done, !process.endpoints.is_empty()),
            Asked::Late => Exit::Hung,
            Asked::Fault(fault) => Exit::Crash(fault),
        };
        let written = std::fs::read(&output).ok();
        Ok(self.finished(exit, written, &process.talk.stderr()))
    }

    /// Ends the process.
    pub(super) async fn finish(&self) {
        if let Some(process) = self.live.lock().await.take() {
            process.stop().await;
        }
    }

    fn finished(&self, exit: Exit, output: Option<Vec<u8>>, stderr: &str) -> Finished {
        Finished {
            exit,
            output,
            stderr: self.command.redact(stderr),
        }
    }

    /// The process, started if there is none; or why it cannot be spoken to.
    async fn process(&self) -> Result<Result<Arc<Process>, Mute>, StartError> {
        let mut live = self.live.lock().await;
        if let Some(process) = live.as_ref()
            && process.talk.fault().is_none()
        {
            return Ok(Ok(Arc::clone(process)));
        }
        *live = None;
        Ok(match self.start().await? {
            Ok(process) => {
                let process = Arc::new(process);
                *live = Some(Arc::clone(&process));
                Ok(process)
            }
            Err(mute) => Err(mute),
        })
    }

    async fn start(&self) -> Result<Result<Process, Mute>, StartError> {
        let mut child = self.command.spawn_piped()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(mut input), Some(output), Some(stderr)) = pipes else {
            unreachable!("all three were asked for")
        };
        let talk = Arc::new(Talk::default());
        let keeping = tokio::spawn(keep(stderr, Arc::clone(&talk)));
        let mut output = BufReader::new(output);
        let greeting = object([
            ("op", Value::from("hello")),
            ("contract", Value::from(CONTRACT)),
        ]);
        let hello = async {
            // What has ended takes nothing, and says so best by what it has said.
            let _ = send(&mut input, &greeting).await;
            let line = next_line(&mut output).await?;
            let hello: Hello = parse(&line.ok_or("it ended before it said hello")?)?;
            match hello.contract {
                CONTRACT => Ok(hello),
                other => Err(format!("contract {other}, this program speaks {CONTRACT}")),
            }
        };
        let late = || Err("it did not say hello within 10 s".to_owned());
        let hello = match timeout(HELLO, hello).await.unwrap_or_else(|_| late()) {
            Ok(hello) => hello,
            Err(fault) => {
                // Its last words come to an end with it; if it is gone already, so much the better.
                let _ = child.kill().await;
                let _ = timeout(GRACE, keeping).await;
                let stderr = talk.stderr();
                return Ok(Err(Mute { fault, stderr }));
            }
        };
        talk.greet(&hello.subject);
        *lock(&self.about) = Some(hello.subject);
        tokio::spawn(listen(output, Arc::clone(&talk)));
        Ok(Ok(Process {
            child: AsyncMutex::new(child),
            input: AsyncMutex::new(input),
            endpoints: hello.features.endpoints,
            slots: Semaphore::new(hello.parallel.clamp(1, 64)),
            next_id: AtomicU64::new(1),
            talk,
        }))
    }
}

/// A process that cannot be spoken to: why, and what it has said on standard error.
struct Mute {
    fault: String,
    stderr: String,
}

enum Asked {
    Done(Done),
    Late,
    Fault(String),
}

impl Process {
    async fn ask(&self, task: &Task, token: &str, input: &Path, output: &Path) -> Asked {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let deadline_ms = u64::try_from(task.deadline.as_millis()).unwrap_or(u64::MAX);
        let order = object([
            ("op", Value::from("run")),
            ("id", Value::from(id)),
            ("url", Value::from(task.url.as_str())),
            ("endpoint", Value::from(task.endpoint.as_str())),
            ("do", Value::from(task.operation.name())),
            ("token", Value::from(token)),
            ("in", Value::from(&*input.to_string_lossy())),
            ("out", Value::from(&*output.to_string_lossy())),
            ("format", Value::from(task.format.as_str())),
            ("rate_hz", Value::from(task.rate_hz)),
            ("deadline_ms", Value::from(deadline_ms)),
        ]);
        let (told, mut done) = oneshot::channel();
        self.talk.expect(id, told);
        if let Err(fault) = self.tell(&order).await {
            self.talk.break_off(&fault);
            return Asked::Fault(self.talk.fault().unwrap_or(fault));
        }
        if let Ok(answered) = timeout(task.deadline, &mut done).await {
            return self.settled(answered);
        }
        let cancel = object([("op", Value::from("cancel")), ("id", Value::from(id))]);
        let is_told = self.tell(&cancel).await.is_ok();
        // It is late whatever it says now; what does not even end is stopped.
        if !is_told || timeout(GRACE, &mut done).await.is_err() {
            self.talk.break_off("it did not end what was cancelled");
            self.stop().await;
        }
        Asked::Late
    }

    fn settled(&self, answered: Result<Done, oneshot::error::RecvError>) -> Asked {
        match answered {
            Ok(done) => Asked::Done(done),
            Err(_) => {
                let fault = self.talk.fault();
                Asked::Fault(fault.unwrap_or_else(|| "it ended".to_owned()))
            }
        }
    }

    async fn tell(&self, order: &Value) -> Result<(), String> {
        send(&mut *self.input.lock().await, order).await
    }

    async fn stop(&self) {
        let mut child = self.child.lock().await;
        let parting = self.tell(&object([("op", Value::from("bye"))])).await;
        if parting.is_err() || timeout(GRACE, child.wait()).await.is_err() {
            // It has had its chance; if it is gone already, so much the better.
            let _ = child.kill().await;
        }
    }
}

impl Talk {
    fn expect(&self, id: u64, told: oneshot::Sender<Done>) {
        if self.fault().is_none() {
            lock(&self.waiting).insert(id, told);
        }
    }

    /// Nothing that it says counts from now on.
    fn break_off(&self, fault: &str) {
        let mut known = lock(&self.fault);
        known.get_or_insert_with(|| fault.to_owned());
        // Who waits learns of it by the end of its channel.
        lock(&self.waiting).clear();
    }

    fn fault(&self) -> Option<String> {
        lock(&self.fault).clone()
    }

    fn answer(&self, answer: Answer) -> Result<(), String> {
        let Answer {
            id,
            event,
            t_ms,
            done,
        } = answer;
        match (event, done) {
            (Some(_), None) => match lock(&self.waiting).contains_key(&id) {
                true => Ok(()),
                false => Err(format!("an event of id {id}, which is not under way")),
            },
            (None, Some(done)) if t_ms.is_none() => {
                let waiting = lock(&self.waiting).remove(&id);
                let waiting =
                    waiting.ok_or_else(|| format!("id {id} is done, and is not under way"))?;
                if let Some(message) = &done.message {
                    self.note(message.as_bytes());
                    self.note(b"\n");
                }
                // Who waited may have given up meanwhile.
                let _ = waiting.send(done);
                Ok(())
            }
            _ => Err(format!(
                "id {id}: a line has either event, maybe with t_ms, or done"
            )),
        }
    }

    fn greet(&self, about: &About) {
        let version = about.version.as_deref().unwrap_or("of no version");
        let language = about.language.as_deref().unwrap_or("no language");
        self.note(format!("{} {version} ({language})\n", about.name).as_bytes());
    }

    fn note(&self, bytes: &[u8]) {
        let mut kept = lock(&self.stderr);
        kept.extend(bytes);
        let excess = kept.len().saturating_sub(LONGEST);
        kept.drain(..excess);
    }

    fn stderr(&self) -> String {
        String::from_utf8_lossy(&lock(&self.stderr)).into_owned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads answers until the process ends or breaks the contract.
async fn listen(mut output: BufReader<ChildStdout>, talk: Arc<Talk>) {
    let mut number = 1;
    let fault = loop {
        number += 1;
        let line = match next_line(&mut output).await {
            Ok(Some(line)) => line,
            Ok(None) => break "it ended".to_owned(),
            Err(fault) => break format!("line {number}: {fault}"),
        };
        let answered = parse::<Answer>(&line).and_then(|answer| talk.answer(answer));
        if let Err(fault) = answered {
            break format!("line {number}: {fault}");
        }
    };
    talk.break_off(&fault);
}

/// Keeps the end of standard error.
async fn keep(mut stderr: ChildStderr, talk: Arc<Talk>) {
    let mut buffer = [0; 4096];
    while let Ok(count) = stderr.read(&mut buffer).await {
        if count == 0 {
            return;
        }
        talk.note(buffer.get(..count).unwrap_or_default());
    }
}

async fn send(input: &mut ChildStdin, value: &Value) -> Result<(), String> {
    let line = format!("{}\n", value.write(Style::Compact));
    let sent = input.write_all(line.as_bytes()).await;
    sent.map_err(|error| format!("it takes nothing: {error}"))?;
    input.flush().await.map_err(|error| error.to_string())
}

/// The next line; `None` at the end.
async fn next_line(output: &mut BufReader<ChildStdout>) -> Result<Option<String>, String> {
    let mut line = Vec::new();
    let limit = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    let mut limited = output.take(limit);
    let read = limited.read_until(b'\n', &mut line).await;
    match read.map_err(|error| error.to_string())? {
        0 => Ok(None),
        _ if !line.ends_with(b"\n") && line.len() >= LONGEST => {
            Err(format!("it is longer than {LONGEST} bytes"))
        }
        _ => String::from_utf8(line)
            .map(Some)
            .map_err(|_| "it is not UTF-8".to_owned()),
    }
}

fn parse<'l, T: Deserialize<'l>>(line: &'l str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| {
        let start: String = line.trim_end().chars().take(80).collect();
        format!("{start:?}: {error}")
    })
}

/// What was declared may not be skipped.
fn exit_of(done: &Done, is_declared: bool) -> Exit {
    match done.outcome {
        Outcome::Completed => Exit::Done,
        Outcome::Error => Exit::Error,
        Outcome::Unsupported if is_declared => {
            Exit::Crash("it says that it cannot do what it declared under features".to_owned())
        }
        Outcome::Unsupported => Exit::Unsupported,
    }
}
