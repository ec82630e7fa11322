//! A client under test, however it is driven.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::adapter::{Command, Exit, Finished, StartError, Task};
use super::lines::{About, Lines};
use crate::case::Operation;
use crate::run::mutant::Mutated;

/// A client under test.
#[derive(Clone, Debug)]
pub enum Subject {
    /// Rung 1: a process for each case.
    Command(Command),
    /// Rung 2: one process for all cases.
    Lines(Lines),
    /// Rung 3: a function of this process.
    Function(Function),
    /// Any of these, broken on purpose.
    Mutated(Box<Mutated>),
}

/// A client as a function: what a test of the client's own crate hands over.
#[derive(Clone)]
pub struct Function {
    name: String,
    token: String,
    run: Arc<Run>,
}

type Run = dyn Fn(Job) -> Pin<Box<dyn Future<Output = Reply> + Send>> + Send + Sync;

/// What a function is asked to do: what rung 1 has in its environment.
#[derive(Clone, Debug)]
pub struct Job {
    /// The base URL, without a path.
    pub url: String,
    /// The endpoint's name.
    pub endpoint: String,
    /// What to do.
    pub operation: Operation,
    /// The credential.
    pub token: String,
    /// UTF-8 text, or a WAV file of 16-bit mono PCM.
    pub input: Vec<u8>,
    /// The audio format in the vendor's words; empty for its default.
    pub format: String,
    /// The rate of the audio.
    pub rate_hz: u32,
    /// It must have ended by then.
    pub deadline: Duration,
}

/// What a function answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done: the audio as received, or the final texts by start time, joined.
    Done(Vec<u8>),
    /// The client reports an error.
    Error(String),
    /// It cannot do this endpoint or operation.
    Unsupported,
}

impl Function {
    /// A function under a name, and the credential that it is given.
    pub fn new<F>(name: &str, token: &str, run: impl Fn(Job) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reply> + Send + 'static,
    {
        Self {
            name: name.to_owned(),
            token: token.to_owned(),
            run: Arc::new(move |job| Box::pin(run(job))),
        }
    }

    /// Calls it.
    pub async fn call(&self, job: Job) -> Reply {
        (self.run)(job).await
    }

    async fn run(&self, task: &Task) -> Finished {
        let job = Job {
            url: task.url.clone(),
            endpoint: task.endpoint.clone(),
            operation: task.operation,
            token: self.token.clone(),
            input: task.input.1.clone(),
            format: task.format.clone(),
            rate_hz: task.rate_hz,
            deadline: task.deadline,
        };
        // A task of its own, so that a panic is the subject's and not ours.
        let running = tokio::spawn((self.run)(job));
        let stop = running.abort_handle();
        let (exit, output, stderr) = match timeout(task.deadline, running).await {
            Ok(Ok(Reply::Done(output))) => (Exit::Done, Some(output), String::new()),
            Ok(Ok(Reply::Error(error))) => (Exit::Error, None, error),
            Ok(Ok(Reply::Unsupported)) => (Exit::Unsupported, None, String::new()),
            Ok(Err(panic)) => (Exit::Crash(panic.to_string()), None, String::new()),
            Err(_) => {
                stop.abort();
                (Exit::Hung, None, String::new())
            }
        };
        Finished {
            exit,
            output,
            stderr,
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl From<Command> for Subject {
    fn from(command: Command) -> Self {
        Self::Command(command)
    }
}

impl From<Mutated> for Subject {
    fn from(mutated: Mutated) -> Self {
        Self::Mutated(Box::new(mutated))
    }
}

impl From<Lines> for Subject {
    fn from(lines: Lines) -> Self {
        Self::Lines(lines)
    }
}

impl From<Function> for Subject {
    fn from(function: Function) -> Self {
        Self::Function(function)
    }
}

impl Subject {
    /// The subject as reports show it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Command(command) => command.shown(),
            Self::Lines(lines) => lines.command().shown(),
            Self::Function(function) => function.name.clone(),
            Self::Mutated(mutated) => {
                format!("{} with {}", mutated.inner().shown(), mutated.name())
            }
        }
    }

    /// What it says about itself, as far as it does.
    pub(super) fn about(&self) -> Option<About> {
        match self {
            Self::Lines(lines) => lines.about(),
            Self::Command(_) | Self::Function(_) | Self::Mutated(_) => None,
        }
    }

    /// How it is judged again with these options.
    pub(super) fn again(&self, options: &str) -> String {
        match self {
            Self::Command(command) => {
                format!("mynah test client {options} -- {}", command.shown())
            }
            Self::Lines(lines) => {
                let command = lines.command().shown();
                format!("mynah test client --lines {options} -- {command}")
            }
            Self::Function(function) => format!("{options} of {}", function.name),
            Self::Mutated(mutated) => {
                let name = mutated.name();
                mutated.inner().again(&format!("--mutant {name} {options}"))
            }
        }
    }

    /// A text without the credential.
    pub(super) fn redact(&self, text: &str) -> String {
        match self {
            Self::Command(command) => command.redact(text),
            Self::Lines(lines) => lines.command().redact(text),
            Self::Function(function) if function.token.is_empty() => text.to_owned(),
            Self::Function(function) => text.replace(&function.token, "***"),
            Self::Mutated(mutated) => mutated.inner().redact(text),
        }
    }

    /// The credential that it is given.
    pub(in crate::run) fn token(&self) -> &str {
        match self {
            Self::Command(command) => command.token(),
            Self::Lines(lines) => lines.command().token(),
            Self::Function(function) => &function.token,
            Self::Mutated(mutated) => mutated.inner().token(),
        }
    }

    /// Has it do one thing.
    pub(in crate::run) async fn run(&self, task: &Task) -> Result<Finished, StartError> {
        match self {
            Self::Command(command) => command.run(task).await,
            Self::Lines(lines) => lines.run(task).await,
            Self::Function(function) => {
                let mut finished = function.run(task).await;
                finished.stderr = self.redact(&finished.stderr);
                Ok(finished)
            }
            Self::Mutated(mutated) => mutated.run(task).await,
        }
    }

    /// Nothing more will be asked of it.
    pub(super) async fn finish(&self) {
        match self {
            Self::Lines(lines) => lines.finish().await,
            Self::Mutated(mutated) => Box::pin(mutated.inner().finish()).await,
            Self::Command(_) | Self::Function(_) => {}
        }
    }
}
