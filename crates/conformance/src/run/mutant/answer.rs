//! Mutant clients: a client behind a proxy, and its answer, edited.

use std::sync::Arc;

use super::edit::{bytes_of, cut};
use super::file::{Answered, Mutant};
use super::proxy::Proxy;
use crate::case::EndpointFile;
use crate::run::{Function, Job, Reply};

/// A client with the deviation of a mutant.
#[must_use]
pub fn mutate(client: &Function, mutant: &Mutant, shared: &EndpointFile) -> Function {
    let work = Arc::new((mutant.clone(), shared.clone()));
    client.wrapped(&mutant.id, move |inner, job| {
        let work = Arc::clone(&work);
        async move { deviate(&inner, job, &work.0, &work.1).await }
    })
}

async fn deviate(inner: &Function, job: Job, mutant: &Mutant, shared: &EndpointFile) -> Reply {
    if job.endpoint != mutant.endpoint {
        return inner.call(job).await;
    }
    let answered = mutant.answer.clone().unwrap_or_default();
    let upstream = job.url.trim_start_matches("ws://").to_owned();
    let proxy = match Proxy::start(mutant, shared, &upstream, &job.token).await {
        Ok(proxy) => proxy,
        Err(error) => return Reply::Error(format!("no port for a proxy: {error}")),
    };
    let mut reply = Reply::Unsupported;
    for _ in 0..answered.runs.unwrap_or(1) {
        let job = Job {
            url: proxy.url(),
            ..job.clone()
        };
        reply = inner.call(job).await;
    }
    answer(reply, &answered)
}

fn answer(reply: Reply, answered: &Answered) -> Reply {
    let (output, error) = match reply {
        Reply::Done(output) => (output, None),
        Reply::Error(error) => (Vec::new(), Some(error)),
        Reply::Unsupported => return reply,
    };
    match (answered.exit, error) {
        (Some(1), _) => Reply::Error("the mutant says so".to_owned()),
        (None, Some(error)) => Reply::Error(error),
        _ => Reply::Done(spoil(output, answered)),
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
