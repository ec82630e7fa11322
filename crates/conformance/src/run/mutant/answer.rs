//! Mutant clients: a client behind a proxy, and its answer, edited.

use std::fmt;
use std::time::{Duration, Instant};

use super::edit::{bytes_of, cut};
use super::file::{Answered, Mutant};
use super::proxy::Proxy;
use crate::case::EndpointFile;
use crate::run::Subject;
use crate::run::client::{Exit, Finished, StartError, Task};

/// Who takes longer has waited: our own client answers what comes at once.
const LATE: Duration = Duration::from_secs(1);

/// A client with the deviation of a mutant.
#[derive(Clone)]
pub struct Mutated {
    inner: Subject,
    mutant: Mutant,
    shared: EndpointFile,
}

impl fmt::Debug for Mutated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} with {}", self.inner, self.mutant.id)
    }
}

impl Mutated {
    /// A client, a mutant of one endpoint, and what the cases of this endpoint share.
    #[must_use]
    pub const fn new(inner: Subject, mutant: Mutant, shared: EndpointFile) -> Self {
        Self {
            inner,
            mutant,
            shared,
        }
    }

    /// The client that it is made of.
    pub(in crate::run) const fn inner(&self) -> &Subject {
        &self.inner
    }

    /// The mutant's name.
    pub(in crate::run) fn name(&self) -> &str {
        &self.mutant.id
    }

    /// Has it do one thing.
    pub(in crate::run) async fn run(&self, task: &Task) -> Result<Finished, StartError> {
        if task.endpoint != self.mutant.endpoint {
            return Box::pin(self.inner.run(task)).await;
        }
        let upstream = task.url.trim_start_matches("ws://");
        let token = self.inner.token();
        let proxy = Proxy::start(&self.mutant, &self.shared, upstream, token).await;
        let proxy = proxy.map_err(StartError::Port)?;
        let task = Task {
            url: proxy.url(),
            ..task.clone()
        };
        let mut answered = self.mutant.answer.clone().unwrap_or_default();
        let began = Instant::now();
        let mut finished = Box::pin(self.inner.run(&task)).await?;
        for _ in 1..answered.runs.unwrap_or(1) {
            finished = Box::pin(self.inner.run(&task)).await?;
        }
        if proxy.has_overlooked() && answered.hangs {
            finished.exit = Exit::Hung;
        } else if proxy.has_overlooked() && finished.exit == Exit::Error {
            finished.exit = Exit::Done;
            finished.output.get_or_insert_default();
        }
        if finished.exit == Exit::Error && began.elapsed() > LATE {
            answered.exit = answered.exit_late.or(answered.exit);
        }
        Ok(answer(finished, &answered))
    }
}

fn answer(finished: Finished, answered: &Answered) -> Finished {
    if !matches!(finished.exit, Exit::Done | Exit::Error) {
        return finished;
    }
    let exit = match answered.exit {
        Some(0) => Exit::Done,
        Some(1) => Exit::Error,
        _ => finished.exit,
    };
    let output = match exit {
        Exit::Done => Some(spoil(finished.output.unwrap_or_default(), answered)),
        _ => None,
    };
    Finished {
        exit,
        output,
        ..finished
    }
}

fn spoil(mut output: Vec<u8>, answered: &Answered) -> Vec<u8> {
    cut(&mut output, answered.keep);
    if let Some(step) = answered.lose_every {
        let kept = output.iter().enumerate();
        let kept = kept.filter(|(at, _)| (at + 1) % step.max(1) != 0);
        output = kept.map(|(_, byte)| *byte).collect();
    }
    [
        bytes_of(&answered.prepend),
        output,
        bytes_of(&answered.append),
    ]
    .concat()
}
