//! Rung 3 of the adapter contract: a test per case, in the client's own test run.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use super::run_client;
use super::subject::{Function, Subject};
use crate::case::{Case, Library, Role};
use crate::select::Selection;
use crate::verdict::Verdict;

/// Cases mostly wait.
const THREADS: usize = 8;

/// Runs every case of some endpoints (none named: of all) against a client, as tests of their own
/// names: `cargo test -- HTC-A2PL` and the other words of a test run work as usual.
///
/// It is the whole `main` of an integration test with `harness = false`.
///
/// ```no_run
/// use conformance::run::{Function, Job, Reply, test_client};
///
/// fn main() -> std::process::ExitCode {
///     let client = Function::new("my client", "any-token", |job: Job| async move {
///         // my_client::speak(&job.url, &job.token, &job.input).await
///         match job.operation {
///             _ => Reply::Unsupported,
///         }
///     });
///     test_client(&client, &[])
/// }
/// ```
#[must_use]
pub fn test_client(client: &Function, endpoints: &[&str]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let names = match names(endpoints) {
        Ok(names) => names,
        Err(problem) => vec![("conformance".to_owned(), Err(problem))],
    };
    let trials = names.into_iter().map(|(name, id)| {
        let client = client.clone();
        Trial::test(name, move || judge(client, &id?))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// The name of each test, and the id of its case.
type Names = Vec<(String, Result<String, String>)>;

fn names(endpoints: &[&str]) -> Result<Names, String> {
    let library = Library::embedded().map_err(|error| error.to_string())?;
    let selection = Selection {
        endpoints: endpoints.iter().map(|&name| name.to_owned()).collect(),
        ..Selection::default()
    };
    let cases = selection.cases(&library, Role::Client);
    let cases = cases.map_err(|error| error.to_string())?;
    let name = |case: &&Case| (format!("{} {}", case.id, case.slug), Ok(case.id.clone()));
    Ok(cases.iter().map(name).collect())
}

fn judge(client: Function, id: &str) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let library = Library::embedded()?;
    let selection = Selection {
        cases: vec![id.to_owned()],
        ..Selection::default()
    };
    let cases = selection.cases(&library, Role::Client)?;
    let subject = Subject::from(client);
    let run = runtime.block_on(run_client(&cases, &subject, &selection, &|_| {}))?;
    if let Some(probe) = run.probes.iter().find(|probe| !probe.passed) {
        return Err(format!("probe {}: {}", probe.id, probe.detail).into());
    }
    let Some(result) = run.cases.iter().find(|result| result.id == id) else {
        unreachable!("what was chosen has a result")
    };
    if !result.is_scored || matches!(result.verdict, Verdict::Pass | Verdict::Lenient) {
        return Ok(());
    }
    let differing = result
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Pass);
    let lines: Vec<String> = differing
        .map(|check| {
            let clauses = check.clauses.join(" ");
            format!(
                "{}: {} ({}; {clauses}): {}",
                check.id, check.verdict, check.reason, check.detail
            )
        })
        .collect();
    Err(lines.join("\n").into())
}
