//! The `mynah` command.
//!
//! ```text
//! main ── clap ──▶ serve · check · env · ca · endpoints · clauses · faults · tables · decode · hear · test · record
//!                    │        └── text for standard output, or a Failure
//!                    └── settings ◀── config (TOML)
//! ```
//!
//! A command is a file: its options, what it does, its output. All but `serve`, `test` and `record` are
//! functions from options to text. Nothing here knows a vendor: names come from [`wire::registry`].

mod ca;
mod check;
mod clauses;
mod config;
mod credentials;
mod decode;
mod endpoints;
mod env;
mod failure;
mod faults;
mod hear;
mod knobs;
mod names;
mod record;
mod serve;
mod settings;
mod sounds;
mod tables;
mod test;
mod text;
mod trust;
mod words;

#[cfg(test)]
mod demo;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::failure::Failure;

/// Small sessions are many small allocations that the journal keeps and lets go of later, out of order.
/// Beside the system's allocator this one takes a quarter off a session, and leaves fewer holes:
/// docs/performance.md.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Cloud speech services on localhost: the same bytes as the vendor, without a key.
#[derive(Debug, clap::Parser)]
#[command(
    name = "mynah",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run the mock
    #[command(after_help = serve::examples())]
    Serve(Box<serve::Args>),
    /// Tell whether a file for `serve --config` is right
    #[command(after_help = check::examples())]
    Check(check::Args),
    /// Print the settings that point a vendor's clients here
    #[command(after_help = env::examples())]
    Env(env::Args),
    /// Print how clients come to trust the CA of `serve --tls`
    #[command(after_help = ca::examples())]
    Ca(ca::Args),
    /// List what is served: names, paths, direction of the audio, number of clauses
    #[command(after_help = endpoints::examples())]
    Endpoints(endpoints::Args),
    /// List what is claimed about the services, and on what evidence
    #[command(after_help = clauses::examples())]
    Clauses(clauses::Args),
    /// List what the mock can do to a client on purpose
    #[command(after_help = faults::examples())]
    Faults(faults::Args),
    /// List what each side may send, state by state
    #[command(after_help = tables::examples())]
    Tables(tables::Args),
    /// Take one message apart, field by field
    #[command(after_help = decode::examples())]
    Decode(decode::Args),
    /// Read the words that synthetic speech carries, and say what was damaged
    #[command(after_help = hear::examples())]
    Hear(hear::Args),
    /// Judge a server or a client clause by clause
    #[command(after_help = test::examples())]
    Test(test::Args),
    /// Keep what a client and the real service say to each other
    #[command(after_help = record::examples())]
    Record(record::Args),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return explain(&error),
    };
    let outcome = run(cli.command);
    let (text, failure) = match &outcome {
        Ok(text) => (text.as_str(), None),
        Err(failure) => (failure.output(), Some(failure)),
    };
    let written = write(text);
    match failure.or_else(|| written.as_ref().err()) {
        None => ExitCode::SUCCESS,
        Some(failure) => {
            // Nobody is left to be told if standard error is closed.
            let _ = writeln!(io::stderr(), "{failure}");
            failure.exit_code()
        }
    }
}

/// Prints help and versions as they are, and a mistake in one line that says what to do.
fn explain(error: &clap::Error) -> ExitCode {
    // Whoever closed the stream does not want to read it.
    let asks_for_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    let _ = if error.use_stderr() && !asks_for_help {
        writeln!(io::stderr(), "{}", one_line(&error.to_string()))
    } else {
        error.print()
    };
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// clap's paragraphs as one line: the mistake, the tip if there is one, and where help is.
fn one_line(text: &str) -> String {
    let lines = || text.lines().map(str::trim);
    let mut line = lines()
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    for tip in lines().filter_map(|line| line.strip_prefix("tip: ")) {
        line = format!("{line}; {tip}");
    }
    let usage = lines().find_map(|line| line.strip_prefix("Usage: "));
    let command: Vec<&str> = usage
        .unwrap_or("mynah")
        .split_whitespace()
        .take_while(|word| !word.starts_with(['[', '<', '-']))
        .collect();
    format!("{line}; `{} --help` tells more", command.join(" "))
}

fn run(command: Command) -> Result<String, Failure> {
    match command {
        Command::Serve(args) => serve::run(*args),
        Command::Check(args) => check::run(&args),
        Command::Env(args) => env::run(&args),
        Command::Ca(args) => ca::run(&args),
        Command::Endpoints(args) => endpoints::run(&args),
        Command::Clauses(args) => clauses::run(&args),
        Command::Faults(args) => faults::run(&args),
        Command::Tables(args) => tables::run(&args),
        Command::Decode(args) => decode::run(&args),
        Command::Hear(args) => hear::run(&args),
        Command::Test(args) => test::run(args),
        Command::Record(args) => record::run(&args),
    }
}

/// Writes to standard output. A reader that has seen enough is not an error.
fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Operation(
            format!("cannot write to standard output: {error}; make room, or send it elsewhere"),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usage_mistake_is_one_line_with_its_remedy() {
        let told = |arguments: &[&str]| {
            let arguments = std::iter::once("mynah").chain(arguments.iter().copied());
            one_line(&Cli::try_parse_from(arguments).unwrap_err().to_string())
        };
        insta::assert_snapshot!(told(&["serv"]), @"error: unrecognized subcommand 'serv'; some similar subcommands exist: 'env', 'serve'; `mynah --help` tells more");
        insta::assert_snapshot!(told(&["serve", "--lisen", "x"]), @"error: unexpected argument '--lisen' found; a similar argument exists: '--listen'; `mynah serve --help` tells more");
        insta::assert_snapshot!(told(&["serve", "--clock", "x0"]), @r#"error: invalid value 'x0' for '--clock <real|xN|manual>': takes real, manual or xN with a whole N from 1, such as x50, not "x0"; `mynah --help` tells more"#);
        insta::assert_snapshot!(told(&["env"]), @"error: the following required arguments were not provided: <VENDOR>; `mynah env --help` tells more");
        insta::assert_snapshot!(told(&["decode", "--from", "nobody"]), @"error: invalid value 'nobody' for '--from <FROM>' [possible values: client, server]; `mynah --help` tells more");
    }
}
