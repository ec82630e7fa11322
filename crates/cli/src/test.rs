//! `mynah test`: judges a server at a URL, a client that a command runs, or stored sessions.
//!
//! ```text
//! options ─▶ conformance::select ─▶ run::{server, client, replay} ─▶ RunResult ─▶ exit code
//!                                          └─ a line a case ─▶ stdout        │  --expect FILE
//!                                                                            └─▶ --out DIR
//! ```

mod expect;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use conformance::case::{Library, Need, Role};
use conformance::expect::{Existing, Reruns};
use conformance::report::{self, Report};
use conformance::run::trace::PUBLIC_TOKEN;
use conformance::run::{self, CaseResult, Target, TargetError};
use conformance::select::{SelectError, Selection};
use conformance::verdict::{Profile, Verdict};

use self::expect::{Expecting, Ran, Reporting};
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
    /// Cases below this folder, VENDOR/ENDPOINT/*.toml, instead of those of the program
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Run the cases in an order drawn from the seed
    #[arg(long)]
    shuffle: bool,
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
    /// Cases below this folder, VENDOR/ENDPOINT/*.toml, instead of those of the program
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Run the cases in an order drawn from the seed
    #[arg(long)]
    shuffle: bool,
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
    /// Which levels are scored: what is documented and what named clients rely on, or also what
    /// was seen on the real services
    #[arg(long, value_name = "documented|parity", default_value = "documented")]
    profile: ProfileName,
    /// Decides the order of a shuffled run and what the mock draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    reporting: Reporting,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ProfileName {
    Documented,
    Parity,
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
        Subject::Replay(args) => {
            let expecting = args.chosen.reporting.open()?;
            expecting.conclude(&replay(&args)?)
        }
    }
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    let endpoint = names::example_endpoint();
    format!(
        "Examples:\n  mynah test server ws://127.0.0.1:7070\n  \
         mynah test client --endpoint {endpoint} -- python3 adapter.py\n  mynah test replay\n\n\
         Exit status: 0 as expected, 1 a difference or a failed probe, 2 usage, 3 our own fault,\n\
         4 a program that cannot be started or a server that cannot be reached."
    )
}

async fn server(args: &ServerArgs, expecting: &Expecting<'_>) -> Result<Ran, Failure> {
    let target = Target::parse(&args.url).map_err(|error| Failure::Usage(error.to_string()))?;
    let library = library(args.cases.as_deref())?;
    let mut selection = args.chosen.selection(args.shuffle)?;
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
    let run = async |selection: Selection, done: fn(&CaseResult)| {
        let cases = selection.cases(&library, Role::Server)?;
        let run = run::run_server(&library, &cases, &target, &selection, token, &done);
        run.await.map_err(|error| match error {
            TargetError::Unreachable { .. } => no_subject(format!("error: {error}")),
            TargetError::Url(_) | TargetError::Tls(_) => Failure::Usage(error.to_string()),
        })
    };
    let result = run(selection.clone(), show).await?;
    let mut reruns = Reruns::new();
    for (id, times) in expecting.reruns(&result) {
        for _ in 0..times {
            let again = run(only(&selection, &id), |_| {}).await?;
            reruns
                .entry(id.clone())
                .or_default()
                .extend(expect::of_case(again, &id));
        }
    }
    Ok(Ran {
        run: result,
        existing: Existing::of(&library, Role::Server),
        library: Some(library),
        reruns,
        is_filtered: !args.chosen.case.is_empty(),
    })
}

async fn client(args: &ClientArgs, expecting: &Expecting<'_>) -> Result<Ran, Failure> {
    let library = library(args.cases.as_deref())?;
    let selection = args.chosen.selection(args.shuffle)?;
    let token = args
        .token
        .clone()
        .unwrap_or_else(|| PUBLIC_TOKEN.to_owned());
    let mut words = args.command.iter().cloned();
    let program = words.next().unwrap_or_default();
    let command = run::Command::new(program, words.collect(), token);
    let subject: run::Subject = match args.lines {
        true => run::Lines::new(command).into(),
        false => command.into(),
    };
    let run = async |selection: Selection, done: fn(&CaseResult)| {
        let cases = selection.cases(&library, Role::Client)?;
        let run = run::run_client(&cases, &subject, &selection, &done);
        run.await
            .map_err(|error| no_subject(format!("error: {error}")))
    };
    let result = run(selection.clone(), show).await?;
    let mut reruns = Reruns::new();
    for (id, times) in expecting.reruns(&result) {
        for _ in 0..times {
            let again = run(only(&selection, &id), |_| {}).await?;
            reruns
                .entry(id.clone())
                .or_default()
                .extend(expect::of_case(again, &id));
        }
    }
    Ok(Ran {
        run: result,
        existing: Existing::of(&library, Role::Client),
        library: Some(library),
        reruns,
        is_filtered: !args.chosen.case.is_empty(),
    })
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
    let run = run::run_replay(args.dir.as_deref(), &selection, &show)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(Ran {
        run,
        library: None,
        existing: Existing::default(),
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

impl Chosen {
    fn selection(&self, shuffle: bool) -> Result<Selection, Failure> {
        let mut endpoints = Vec::new();
        for name in &self.endpoint {
            endpoints.push(names::endpoint(name)?.name.to_owned());
        }
        Ok(Selection {
            endpoints,
            cases: self.case.clone(),
            profile: match self.profile {
                ProfileName::Documented => Profile::Documented,
                ProfileName::Parity => Profile::Parity,
            },
            seed: self.seed,
            shuffle,
            offers: Vec::new(),
        })
    }
}

/// Shows a case as soon as it has ended.
fn show(case: &CaseResult) {
    let mut out = io::stdout().lock();
    // Whoever has closed standard output still wants the verdict.
    let _ = out
        .write_all(report::case_line(case).as_bytes())
        .and_then(|()| out.flush());
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
