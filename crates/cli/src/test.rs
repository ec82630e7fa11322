//! `mynah test`: judges a server at a URL, a client that a command runs, or stored sessions.
//!
//! ```text
//! options ─▶ conformance::select ─▶ run::{server, client, replay} ─▶ RunResult ─▶ exit code
//!                                          └─ a line a case ─▶ stdout        │  --expect FILE
//!                                                                            └─▶ --out DIR
//! ```

mod again;
mod expect;
mod matrix;
mod mutants;
mod progress;

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use conformance::case::{Library, Need, Role};
use conformance::cut::Cuts;
use conformance::expect::{Existing, Reruns};
use conformance::report::{self, Report};
use conformance::run::mutant::Mutated;
use conformance::run::trace::PUBLIC_TOKEN;
use conformance::run::{self, CaseResult, RunResult, Target, TargetError};
use conformance::select::{SelectError, Selection};
use conformance::verdict::{Profile, Verdict, sdks};

use self::expect::{Expecting, Ran, Reporting};
use self::progress::{Progress, Shown, write_line};
use crate::failure::Failure;
use crate::names;

/// The options of `mynah test`.
#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, clap::Subcommand)]
enum Subject {
    /// Play the client against a server
    Server(ServerArgs),
    /// Play the vendor for a client, which a command runs once a case
    Client(ClientArgs),
    /// Read stored sessions with the codecs and tables, without a network
    Replay(ReplayArgs),
    /// Put the runs of several subjects side by side
    Matrix(matrix::Args),
    /// List what `--mutant` can break on purpose, to see that a run turns red
    Mutants(mutants::ListArgs),
}

#[derive(Debug, clap::Args)]
struct ServerArgs {
    /// ws://HOST:PORT, maybe with a prefix, or with the path of one endpoint
    url: String,
    #[command(flatten)]
    chosen: Chosen,
    /// The credential that we give [default: mynah]
    #[arg(long, value_name = "SECRET", value_parser = NonEmptyStringValueParser::new())]
    token: Option<String>,
    /// Whether the server tells right credentials from wrong ones: `strict` judges that, too
    #[arg(long, value_name = "any|strict", default_value = "any")]
    auth: Auth,
    #[command(flatten)]
    suite: Suite,
    /// Break the server on purpose, by a proxy before it: one of `mynah test mutants`
    #[arg(long, value_name = "ID", conflicts_with = "expect")]
    mutant: Option<String>,
}

#[derive(Debug, clap::Args)]
struct ClientArgs {
    /// The program and its arguments, after --
    #[arg(required = true, last = true, value_name = "CMD")]
    command: Vec<String>,
    /// The program lives on and is told by JSON lines, instead of a process for each case
    #[arg(long)]
    lines: bool,
    #[command(flatten)]
    chosen: Chosen,
    /// The credential that the program is given in `MYNAH_TOKEN` [default: mynah]
    #[arg(long, value_name = "SECRET", value_parser = NonEmptyStringValueParser::new())]
    token: Option<String>,
    #[command(flatten)]
    suite: Suite,
    /// Break the client on purpose, by a proxy behind it: one of `mynah test mutants`
    #[arg(long, value_name = "ID", conflicts_with = "expect")]
    mutant: Option<String>,
}

/// Where the cases come from, and how they are run.
#[derive(Debug, clap::Args)]
struct Suite {
    /// Cases below this folder, VENDOR/ENDPOINT/*.toml, instead of those of the program
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Run the cases in an order drawn from the seed
    #[arg(long)]
    shuffle: bool,
    /// Repeat each case with what we send split by TCP and into fragments: at every place, N times
    /// at places drawn from the seed, or as one splitting does that a report names
    #[arg(long, value_name = "all|random:N|NAME")]
    cuts: Option<Cuts>,
}

#[derive(Debug, clap::Args)]
struct ReplayArgs {
    /// Sessions below this folder, VENDOR/ENDPOINT/*.jsonl, or of this file of `mynah record`,
    /// instead of those of the program
    dir: Option<PathBuf>,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, clap::Args)]
struct Chosen {
    /// Only this endpoint, by name or path; may be repeated
    #[arg(long, value_name = "NAME")]
    endpoint: Vec<String>,
    /// Only this case, by id or slug; may be repeated
    #[arg(long, value_name = "ID")]
    case: Vec<String>,
    #[arg(
        long,
        value_name = "documented|parity|robust|sdk:NAME",
        default_value = "documented",
        help = profiles()
    )]
    profile: Profile,
    /// Decides the order of a shuffled run and what the mock draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    reporting: Reporting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Auth {
    Any,
    Strict,
}

/// Runs the chosen cases and writes a line for each as it ends.
pub(crate) fn run(args: Args) -> Result<String, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| no_subject(format!("error: cannot start: {error}")))?;
    match args.subject {
        Subject::Server(args) => {
            let expecting = args.chosen.reporting.open()?;
            expecting.conclude(&runtime.block_on(server(&args, &expecting))?)
        }
        Subject::Client(args) => {
            let expecting = args.chosen.reporting.open()?;
            expecting.conclude(&runtime.block_on(client(&args, &expecting))?)
        }
        Subject::Matrix(args) => matrix::run(&args),
        Subject::Replay(args) => {
            let expecting = args.chosen.reporting.open()?;
            expecting.conclude(&replay(&args)?)
        }
        Subject::Mutants(args) => mutants::list(&args),
    }
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    let endpoint = names::example_endpoint();
    format!(
        "Examples:\n  mynah test server ws://127.0.0.1:7070\n  \
         mynah test server ws://127.0.0.1:7070 --endpoint {endpoint} --mutant srv.bad-close-echoed\n  \
         mynah test client --endpoint {endpoint} -- python3 adapter.py\n  mynah test replay\n  \
         mynah test matrix a/run.json b/run.json --out matrix.html\n\n\
         Exit status: 0 as expected, 1 a difference or a failed probe, 2 usage, 3 our own fault,\n\
         4 a program that cannot be started or a server that cannot be reached."
    )
}

async fn server(args: &ServerArgs, expecting: &Expecting<'_>) -> Result<Ran, Failure> {
    let target = Target::parse(&args.url).map_err(|error| Failure::Usage(error.to_string()))?;
    let (library, mut selection) = args.suite.read(&args.chosen)?;
    if let Some(named) = target.endpoint() {
        if !selection.endpoints.is_empty() && selection.endpoints != [named] {
            return Err(Failure::Usage(format!(
                "the URL has the path of {named}, --endpoint names another; leave one away"
            )));
        }
        selection.endpoints = vec![named.to_owned()];
    }
    match args.auth {
        Auth::Strict => selection.offers.push(Need::CheckedCredentials),
        Auth::Any if target.is_local() => selection.offers.push(Need::OneHost),
        Auth::Any => {}
    }
    let token = args.token.as_deref().unwrap_or(PUBLIC_TOKEN);
    let mutant = args.mutant.as_deref();
    let mutant =
        mutant.map(|name| mutants::find(name, Role::Server, &selection.endpoints, &library));
    let mutant = mutant.transpose()?;
    let mut proxy = None;
    let (mut target, asked) = (target.clone(), target);
    if let Some(mutant) = &mutant {
        selection.endpoints = vec![mutant.endpoint.clone()];
        let (started, behind) = mutants::before(&target, mutant, &library, token).await?;
        (proxy, target) = (Some(started), behind);
    }
    let run = async |selection: Selection, shown: Shown| {
        let cases = selection.cases(&library, Role::Server)?;
        let progress = Progress::begin(shown, &cases, Role::Server, selection.cuts);
        let done = |case: &CaseResult| progress.show(case);
        let run = run::run_server(&library, &cases, &target, &selection, token, &done);
        run.await.map_err(|error| match error {
            TargetError::Unreachable { .. } => no_subject(format!("error: {error}")),
            TargetError::Url(_) | TargetError::Tls(_) => Failure::Usage(error.to_string()),
        })
    };
    let (mut result, reruns) = run_all(selection.clone(), expecting, run).await?;
    drop(proxy);
    if let Some(mutant) = &mutant {
        result.subject = format!("{} with {}", asked.shown(), mutant.id);
    }
    Ok(Ran {
        run: result,
        existing: Existing::of(&library, Role::Server),
        command: again::server(args, &asked.shown(), selection.profile),
        library: Some(library),
        mutant,
        reruns,
        is_filtered: !args.chosen.case.is_empty(),
    })
}

async fn client(args: &ClientArgs, expecting: &Expecting<'_>) -> Result<Ran, Failure> {
    let (library, mut selection) = args.suite.read(&args.chosen)?;
    let token = args
        .token
        .clone()
        .unwrap_or_else(|| PUBLIC_TOKEN.to_owned());
    let mut words = args.command.iter().cloned();
    let program = words.next().unwrap_or_default();
    let command = run::Command::new(program, words.collect(), token);
    let mut subject: run::Subject = match args.lines {
        true => run::Lines::new(command).into(),
        false => command.into(),
    };
    let mutant = args.mutant.as_deref();
    let mutant =
        mutant.map(|name| mutants::find(name, Role::Client, &selection.endpoints, &library));
    let mutant = mutant.transpose()?;
    if let Some(mutant) = &mutant
        && let Some(shared) = library.shared(&mutant.endpoint)
    {
        selection.endpoints = vec![mutant.endpoint.clone()];
        subject = Mutated::new(subject, mutant.clone(), shared.clone()).into();
    }
    let run = async |selection: Selection, shown: Shown| {
        let cases = selection.cases(&library, Role::Client)?;
        let progress = Progress::begin(shown, &cases, Role::Client, selection.cuts);
        let done = |case: &CaseResult| progress.show(case);
        let run = run::run_client(&cases, &subject, &selection, &done);
        run.await
            .map_err(|error| no_subject(format!("error: {error}")))
    };
    let (result, reruns) = run_all(selection.clone(), expecting, run).await?;
    Ok(Ran {
        run: result,
        existing: Existing::of(&library, Role::Client),
        command: again::client(args, selection.profile),
        library: Some(library),
        mutant,
        reruns,
        is_filtered: !args.chosen.case.is_empty(),
    })
}

/// Runs a selection, and as often as the expectation file wants it those cases that are flaky.
async fn run_all(
    selection: Selection,
    expecting: &Expecting<'_>,
    run: impl AsyncFn(Selection, Shown) -> Result<RunResult, Failure>,
) -> Result<(RunResult, Reruns), Failure> {
    let result = run(selection.clone(), Shown::Yes).await?;
    let mut reruns = Reruns::new();
    for (id, times) in expecting.reruns(&result) {
        for _ in 0..times {
            let again = run(only(&selection, &id), Shown::No).await?;
            let again = expect::of_case(again, &id);
            reruns.entry(id.clone()).or_default().extend(again);
        }
    }
    Ok((result, reruns))
}

/// The same selection, of one case only.
fn only(selection: &Selection, id: &str) -> Selection {
    Selection {
        cases: vec![id.to_owned()],
        ..selection.clone()
    }
}

fn replay(args: &ReplayArgs) -> Result<Ran, Failure> {
    let selection = args.chosen.selection(false)?;
    let run = run::run_replay(args.dir.as_deref(), &selection, &write_line)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Ran {
        run,
        library: None,
        mutant: None,
        existing: Existing::default(),
        command: again::replay(args, selection.profile),
        reruns: Reruns::new(),
        is_filtered: !args.chosen.case.is_empty(),
    })
}

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        Self::Usage(error.to_string())
    }
}

const fn no_subject(line: String) -> Failure {
    Failure::Judged {
        code: 4,
        line,
        output: String::new(),
    }
}

/// The cases of a folder, or those of the program.
fn library(folder: Option<&Path>) -> Result<Library, Failure> {
    match folder {
        Some(folder) => Library::load(folder).map_err(|error| Failure::Usage(error.to_string())),
        None => Library::embedded().map_err(|error| Failure::Judged {
            code: 3,
            line: format!("error: the cases of this program are wrong: {error}"),
            output: String::new(),
        }),
    }
}

impl Suite {
    fn read(&self, chosen: &Chosen) -> Result<(Library, Selection), Failure> {
        let library = library(self.cases.as_deref())?;
        let selection = Selection {
            cuts: self.cuts.unwrap_or_default(),
            ..chosen.selection(self.shuffle)?
        };
        Ok((library, selection))
    }
}

impl Chosen {
    fn selection(&self, shuffle: bool) -> Result<Selection, Failure> {
        let mut endpoints = Vec::new();
        for name in &self.endpoint {
            endpoints.push(names::endpoint(name)?.name.to_owned());
        }
        Ok(Selection {
            endpoints,
            cases: self.case.clone(),
            profile: self.profile,
            seed: self.seed,
            shuffle,
            cuts: Cuts::None,
            offers: Vec::new(),
        })
    }
}

/// What `--help` says of profiles.
fn profiles() -> String {
    let names: Vec<&str> = sdks().iter().map(|sdk| sdk.name.as_str()).collect();
    format!(
        "Which levels are scored: what is documented and what named clients rely on; parity, also \
         what was seen on the real services; robust, also what is only recommended; or of the \
         clients one alone, NAME being {}",
        names.join(", ")
    )
}

/// The totals, and the exit code that they mean.
fn conclude(report: &Report<'_>) -> Result<String, Failure> {
    let result = report.run;
    let output = report::summary(report);
    let judged = |code, line: &str| {
        Err(Failure::Judged {
            code,
            line: line.to_owned(),
            output: output.clone(),
        })
    };
    let is_unsupported = |case: &&CaseResult| case.verdict == Verdict::Unsupported;
    let unsupported = result.cases.iter().filter(is_unsupported).count();
    if result.has_harness_error() {
        return judged(3, "error: the suite itself failed; see harness-error above");
    }
    if unsupported > 0 && unsupported == result.cases.len() {
        return judged(
            4,
            "error: the program says of everything that it cannot do it (exit 127, which is also \
             what a shell says of a command that it cannot find)",
        );
    }
    if result.has_failed_probe() {
        return judged(1, "error: a probe failed, so nothing is scored");
    }
    if !report.is_as_expected() {
        return match report.outcome {
            None => judged(1, "error: not as expected; see what is not pass above"),
            Some(outcome) if outcome.problems.is_empty() => {
                judged(1, "error: nothing passes, which no file can expect")
            }
            Some(_) => judged(1, "error: not as the file of --expect says; see above"),
        };
    }
    Ok(output)
}
