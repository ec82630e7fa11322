//! Rung 1 of the adapter contract: one process a case, told by its environment.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Child;
use tokio::time::timeout;

use crate::case::Operation;

/// The command of a client under test.
#[derive(Clone)]
pub struct Command {
    program: String,
    arguments: Vec<String>,
    token: String,
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// A program that cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The system does not start it.
    #[error("cannot start {program:?}: {source}; give the program and its arguments after --")]
    Program {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// There is no place for its files.
    #[error("cannot make a folder for the program's files: {0}")]
    Folder(io::Error),
    /// There is no port for a server.
    #[error("cannot listen on a local port: {0}")]
    Port(io::Error),
}

/// What a program is to do.
#[derive(Clone)]
pub(in crate::run) struct Task {
    pub(in crate::run) url: String,
    pub(in crate::run) endpoint: String,
    pub(in crate::run) operation: Operation,
    /// The name and the contents of its input.
    pub(in crate::run) input: (PathBuf, Vec<u8>),
    pub(in crate::run) format: String,
    pub(in crate::run) rate_hz: u32,
    pub(in crate::run) deadline: Duration,
}

/// What a program did.
pub(in crate::run) struct Finished {
    pub(in crate::run) exit: Exit,
    /// What it wrote to `MYNAH_OUT`, if it did.
    pub(in crate::run) output: Option<Vec<u8>>,
    /// The end of its standard error, without the token.
    pub(in crate::run) stderr: String,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum Exit {
    Done,
    Error,
    Unsupported,
    /// Any other code, or a signal.
    Crash(String),
    /// It had to be stopped.
    Hung,
}

/// So much of standard error is kept.
const STDERR: usize = 64 << 10;

/// How long pipes may outlive the program, held open by its children.
const LINGER: Duration = Duration::from_millis(500);

impl Command {
    /// A command, and the credential that it is given.
    #[must_use]
    pub fn new(program: String, arguments: Vec<String>, token: String) -> Self {
        Self {
            program,
            arguments,
            token,
        }
    }

    /// The command as reports show it.
    #[must_use]
    pub fn shown(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        let words: Vec<&str> = words.map(String::as_str).collect();
        self.redact(&words.join(" "))
    }

    /// A text without the credential.
    pub(super) fn redact(&self, text: &str) -> String {
        match self.token.is_empty() {
            true => text.to_owned(),
            false => text.replace(&self.token, "***"),
        }
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Starts the program with all three standard streams in our hands.
    pub(super) fn spawn_piped(&self) -> Result<Child, StartError> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command.spawn().map_err(|source| StartError::Program {
            program: self.program.clone(),
            source,
        })
    }

    /// Runs the program once.
    pub(super) async fn run(&self, task: &Task) -> Result<Finished, StartError> {
        let folder = tempfile::tempdir().map_err(StartError::Folder)?;
        let (name, contents) = &task.input;
        let (input, output) = (folder.path().join(name), folder.path().join("out"));
        std::fs::write(&input, contents).map_err(StartError::Folder)?;
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("MYNAH_URL", &task.url)
            .env("MYNAH_ENDPOINT", &task.endpoint)
            .env("MYNAH_OP", task.operation.name())
            .env("MYNAH_TOKEN", &self.token)
            .env("MYNAH_IN", &input)
            .env("MYNAH_OUT", &output)
            .env("MYNAH_FORMAT", &task.format)
            .env("MYNAH_RATE", task.rate_hz.to_string())
            .env("MYNAH_DEADLINE_MS", task.deadline.as_millis().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|source| StartError::Program {
            program: self.program.clone(),
            source,
        })?;
        let stderr = child.stderr.take();
        let reading = tokio::spawn(read_end(stderr));
        let group = child.id();
        let exit = match timeout(task.deadline, child.wait()).await {
            Ok(Ok(status)) => exit_of(status),
            Ok(Err(error)) => Exit::Crash(format!("cannot be waited for: {error}")),
            Err(_) => {
                stop(&mut child, group).await;
                Exit::Hung
            }
        };
        let stderr = match timeout(LINGER, reading).await {
            Ok(Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            _ => String::new(),
        };
        Ok(Finished {
            exit,
            output: std::fs::read(&output).ok(),
            stderr: self.redact(&stderr),
        })
    }
}

async fn read_end(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let Some(mut pipe) = pipe else {
        return Vec::new();
    };
    let mut kept = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = pipe.read(&mut buffer).await {
        if count == 0 {
            break;
        }
        kept.extend(buffer.iter().take(count));
        let excess = kept.len().saturating_sub(STDERR);
        kept.drain(..excess);
    }
    kept
}

fn exit_of(status: ExitStatus) -> Exit {
    match status.code() {
        Some(0) => Exit::Done,
        Some(1) => Exit::Error,
        Some(127) => Exit::Unsupported,
        Some(code) => Exit::Crash(format!("exit {code}")),
        None => Exit::Crash(status.to_string()),
    }
}

/// Stops a program and what it has started.
async fn stop(child: &mut Child, group: Option<u32>) {
    #[cfg(unix)]
    if let Some(group) = group {
        let mut kill = tokio::process::Command::new("kill");
        kill.args(["-KILL", "--", &format!("-{group}")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // The program itself is stopped below, whatever comes of this.
        let _ = kill.status().await;
    }
    #[cfg(not(unix))]
    let _ = group;
    let _ = child.kill().await;
}
