//! The client as the suite calls it.

use conformance::run::{Function, Job, Reply};
use reference_client::{Failure, Operation, Request, run};

/// A function that answers jobs.
pub(crate) fn client() -> Function {
    Function::new("reference-client", "t0ken", |job: Job| async move {
        let request = Request {
            url: job.url,
            endpoint: job.endpoint,
            operation: match job.operation {
                conformance::case::Operation::Synthesize => Operation::Synthesize,
                conformance::case::Operation::Recognize => Operation::Recognize,
            },
            token: job.token,
            input: job.input,
            format: job.format,
            rate_hz: job.rate_hz,
            deadline: job.deadline,
        };
        match run(&request).await {
            Ok(output) => Reply::Done(output),
            Err(Failure::Unsupported) => Reply::Unsupported,
            Err(Failure::Error(error)) => Reply::Error(error),
        }
    })
}
