//! `mynah serve`: the mock, until somebody stops it.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use mock_server::{Authority, BindError, Options, Server, Tls, TlsError};
use tracing_subscriber::EnvFilter;

use crate::config;
use crate::failure::Failure;
use crate::names;
use crate::settings::{LogLevel, Settings, TlsSettings};
use crate::words::LogFormat;

/// The options of `mynah serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// A TOML file with these options as keys (`log_level`), `[guards]` and `[knobs."ENDPOINT"]`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run(args: Args) -> Result<String, Failure> {
    let file = args.config.as_deref().map(config::load).transpose()?;
    let rust_log = std::env::var("RUST_LOG").ok();
    let file = file.unwrap_or_default();
    let filter = log_filter(args.settings.log_level, rust_log.as_deref(), file.log_level)?;
    let format = args.settings.log.or(file.log);
    start_logging(filter, format.unwrap_or(LogFormat::Text));
    let settings = args.settings.over(file);
    let tls = settings.tls();
    let mut options = settings.into_options();
    options.tls = tls.map(|tls| set_up_tls(tls, options.listen)).transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Operation(format!("cannot start any thread: {error}")))?;
    // On a worker, where its connections are: what crosses threads has to wake them.
    let serving = runtime.spawn(serve(options));
    let served = runtime
        .block_on(serving)
        .unwrap_or_else(|error| Err(Failure::Operation(format!("the server broke off: {error}"))));
    // Sound that is still being made is of no use to anybody now.
    runtime.shutdown_background();
    served.map(|()| String::new())
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    format!(
        "Examples:\n  mynah serve\n  mynah serve --listen 127.0.0.1:0 --pace realtime --transcript 'hello world'\n  \
         mynah serve --clock x50 --config mynah.toml\n  \
         mynah serve --connect-proxy --ca-dir ~/.mynah\n\n\
         When connections are accepted, one line on standard output says where:\n  \
         mynah ready ws://127.0.0.1:7070 admin http://127.0.0.1:7070/__mynah/\n\
         With --tls it says wss and https; ws and http are served there all the same.\n\
         Logs go to standard error. SIGTERM and SIGINT end the server with status 0, or 1 if\n  --strict error has found something.\n\n\
         A file for --config:\n  pace = \"realtime\"\n  transcript = [\"first\", \"second\"]\n  \
         [guards]\n  connections = 500\n  [knobs.\"{}\"]\n  # as `mynah endpoints --knobs` lists them",
        names::example_endpoint()
    )
}

/// The CA and a certificate for the address that is listened at, among others.
pub(crate) fn set_up_tls(tls: TlsSettings, listen: SocketAddr) -> Result<Tls, Failure> {
    let mut names = tls.names;
    if !listen.ip().is_unspecified() {
        names.push(listen.ip().to_string());
    }
    let authority = match &tls.folder {
        Some(folder) => Authority::kept(folder),
        None => Authority::throw_away(),
    };
    let made = authority.and_then(|authority| Tls::new(&authority, &names));
    made.map_err(|error| match error {
        TlsError::Name(_) => Failure::Usage(format!("--tls-name: {error}")),
        _ => Failure::Operation(error.to_string()),
    })
}

async fn serve(options: Options) -> Result<(), Failure> {
    let address = options.listen;
    let is_secure = options.tls.is_some();
    // Before anybody can know that there is something to stop.
    let stop = stop_signal()
        .map_err(|error| Failure::Operation(format!("cannot wait for signals: {error}")))?;
    let server = Server::bind(options)
        .await
        .map_err(|error| cannot_serve(address, &error))?;
    if let Err(error) = announce(server.address(), is_secure) {
        tracing::warn!(%error, "cannot write the ready line");
    }
    let verdict = server.run(stop).await;
    match (verdict.passed, verdict.reasons.as_slice()) {
        (true, _) => Ok(()),
        (false, reasons) => Err(Failure::Operation(match reasons {
            [only] => format!("1 finding with --strict error: {only}"),
            [first, ..] => format!(
                "{} findings with --strict error, the first: {first}",
                reasons.len()
            ),
            [] => "findings with --strict error".to_owned(),
        })),
    }
}

/// Why the server cannot serve, and what would help.
fn cannot_serve(address: SocketAddr, error: &BindError) -> Failure {
    match error {
        BindError::Listen(error) => Failure::Operation(cannot_listen(address, error)),
        BindError::JournalFile { .. } => Failure::Operation(format!(
            "{error}; give --journal-file a file that can be written"
        )),
        BindError::Scenario(error) => {
            Failure::Usage(format!("{error}; `mynah faults` lists what exists"))
        }
    }
}

/// The one line on standard output.
fn announce(address: SocketAddr, is_secure: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (ws, http) = match is_secure {
        true => ("wss", "https"),
        false => ("ws", "http"),
    };
    writeln!(
        out,
        "mynah ready {ws}://{address} admin {http}://{address}/__mynah/"
    )?;
    out.flush()
}

/// Why the server cannot listen, and what would help.
pub(crate) fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "stop the program that uses it, or pick a free port with --listen 127.0.0.1:0"
        }
        io::ErrorKind::PermissionDenied => "choose a port from 1024 with --listen 127.0.0.1:7070",
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have the address; use --listen 127.0.0.1:7070"
        }
        _ => "choose another address with --listen 127.0.0.1:7070",
    };
    format!("cannot listen on {address}: {error}; {remedy}")
}

/// Completes on SIGTERM or SIGINT.
#[cfg(unix)]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without the signal the server runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// What is logged: the command line decides, then `RUST_LOG`, then the file.
fn log_filter(
    line: Option<LogLevel>,
    rust_log: Option<&str>,
    file: Option<LogLevel>,
) -> Result<EnvFilter, Failure> {
    let rust_log = rust_log.filter(|directives| !directives.trim().is_empty());
    let level = match (line, rust_log, file) {
        (Some(level), _, _) | (None, None, Some(level)) => level,
        (None, Some(directives), _) => {
            return EnvFilter::try_new(directives).map_err(|error| {
                Failure::Usage(format!(
                    "RUST_LOG is {directives:?}: {error}; write a level such as debug, or mock_server=debug"
                ))
            });
        }
        (None, None, None) => LogLevel::DEFAULT,
    };
    Ok(EnvFilter::new(level.name()))
}

/// Sends log lines to standard error, coloured only where somebody looks.
fn start_logging(filter: EnvFilter, format: LogFormat) {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && !no_color && format == LogFormat::Text)
        .with_target(false)
        // A closed standard error is no reason to stop.
        .log_internal_errors(false);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    let Ok(()) = started else {
        unreachable!("logging is started once")
    };
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::settings::Setting as _;

    #[rstest]
    #[case::nobody(None, None, None, "info")]
    #[case::file(None, None, Some("warn"), "warn")]
    #[case::variable(None, Some("mock_server=debug"), Some("warn"), "mock_server=debug")]
    #[case::empty_variable(None, Some(" "), Some("warn"), "warn")]
    #[case::command_line(Some("off"), Some("debug"), Some("warn"), "off")]
    fn the_nearest_word_on_logging_counts(
        #[case] line: Option<&str>,
        #[case] rust_log: Option<&str>,
        #[case] file: Option<&str>,
        #[case] filter: &str,
    ) {
        let level = |name| LogLevel::of(name).unwrap();
        let chosen = log_filter(line.map(level), rust_log, file.map(level)).unwrap();
        assert_eq!(chosen.to_string(), filter);
    }

    #[test]
    fn a_broken_variable_is_a_usage_error() {
        let refused = log_filter(None, Some("mock_server=loud"), None).unwrap_err();
        insta::assert_snapshot!(refused, @r#"error: RUST_LOG is "mock_server=loud": error parsing level filter: expected one of "off", "error", "warn", "info", "debug", "trace", or a number 0-5; write a level such as debug, or mock_server=debug"#);
    }

    #[rstest]
    #[case(io::ErrorKind::AddrInUse, "--listen 127.0.0.1:0")]
    #[case(io::ErrorKind::PermissionDenied, "a port from 1024")]
    #[case(io::ErrorKind::AddrNotAvailable, "does not have the address")]
    #[case(io::ErrorKind::Other, "choose another address")]
    fn a_refused_address_comes_with_a_remedy(#[case] kind: io::ErrorKind, #[case] remedy: &str) {
        let line = cannot_listen(([127, 0, 0, 1], 80).into(), &kind.into());
        assert!(
            line.starts_with("cannot listen on 127.0.0.1:80: "),
            "{line}"
        );
        assert!(line.contains(remedy), "{line}");
    }
}
