//! `mynah record`: a proxy before the real service that keeps sessions as fixtures.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use conformance::record::{Kept, Proxy};
use conformance::run::Target;
use mock_server::Tls;
use tokio::net::TcpListener;

use crate::failure::Failure;
use crate::serve::{cannot_listen, set_up_tls, stop_signal};
use crate::settings::TlsSettings;
use crate::text::plain;

/// The options of `mynah record`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The service, such as `wss://HOST`, maybe with what stands before the vendor's path
    #[arg(long, value_name = "URL")]
    upstream: String,
    /// Where sessions go, as JSON Lines; they are put behind what the file holds
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where clients connect to; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
    /// Speak TLS to clients, too, with a certificate of a CA of our own
    #[arg(long)]
    tls: bool,
    /// Keep the CA in this folder, made if need be, instead of a new one each run; implies --tls
    #[arg(long, value_name = "DIR")]
    ca_dir: Option<PathBuf>,
}

/// Records until SIGTERM or SIGINT.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let upstream = Target::parse(&args.upstream)
        .map_err(|error| Failure::Usage(format!("--upstream: {error}")))?;
    if upstream.endpoint().is_some() {
        return Err(Failure::Usage(format!(
            "--upstream {} has an endpoint's path, which clients ask for themselves; leave it away",
            plain(&args.upstream)
        )));
    }
    let tls = (args.tls || args.ca_dir.is_some()).then(|| TlsSettings {
        folder: args.ca_dir.clone(),
        names: Vec::new(),
    });
    let tls = tls.map(|tls| set_up_tls(tls, args.listen)).transpose()?;
    let file = OpenOptions::new().create(true).append(true).open(&args.out);
    let file = file.map_err(|error| {
        let name = plain(&args.out.display().to_string());
        Failure::Operation(format!(
            "cannot write {name}: {error}; give --out a file that can be written"
        ))
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Operation(format!("cannot start any thread: {error}")))?;
    runtime.block_on(record(args.listen, upstream, tls.as_ref(), Box::new(file)))?;
    Ok(String::new())
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    "Examples:\n  mynah record --upstream wss://HOST --out sessions.jsonl\n  mynah test replay sessions.jsonl\n\n\
     When connections are accepted, one line on standard output says where:\n  \
     mynah ready ws://127.0.0.1:7070 upstream wss://HOST\n\
     Point the client there, with its own credentials. Each session that ends is written: its\n\
     request, every message with its time, the close; credentials are asterisks, audio is as it\n\
     was. Compression is not offered to the service. Requests that ask for no WebSocket, such as\n\
     signing in, are passed on and not kept. The service's certificate is checked against the\n\
     system's authorities, or those that SSL_CERT_FILE names. A request that is signed for the\n\
     service's host keeps its Host header; one that names this machine gets the service's.\n\n\
     A header line holds provenance, endpoint, date, upstream, session, request and status;\n\
     further lines ms, dir and kind (text, binary, ping, pong, close, refusal, violation)."
        .to_owned()
}

async fn record(
    address: SocketAddr,
    upstream: Target,
    tls: Option<&Tls>,
    file: Box<dyn io::Write + Send>,
) -> Result<(), Failure> {
    // Before anybody can know that there is something to stop.
    let stop = stop_signal()
        .map_err(|error| Failure::Operation(format!("cannot wait for signals: {error}")))?;
    let fail = |error: io::Error| Failure::Operation(cannot_listen(address, &error));
    let listener = TcpListener::bind(address).await.map_err(fail)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(0));
    let shown = upstream.shown();
    let date = wire::date::iso_micros(now);
    let proxy = Proxy::new(listener, upstream, tls, file, &date, Box::new(tell)).map_err(fail)?;
    let scheme = if tls.is_some() { "wss" } else { "ws" };
    let line = format!(
        "mynah ready {scheme}://{} upstream {shown}",
        proxy.address()
    );
    let mut out = io::stdout().lock();
    // Who closed standard output does not want to know.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    drop(out);
    proxy.run(stop).await;
    Ok(())
}

/// Says on standard error what has been kept.
fn tell(kept: &Kept) {
    let endpoint = kept.endpoint.unwrap_or("no endpoint that is known");
    let session = kept.session;
    let end = match &kept.problem {
        Some(problem) => format!(": {}", plain(problem)),
        None => String::new(),
    };
    // Nobody is left to be told if standard error is closed.
    let _ = writeln!(
        io::stderr(),
        "session {session}: {endpoint}, {} messages{end}",
        kept.messages
    );
}
