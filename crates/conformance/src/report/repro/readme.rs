//! What to do with a folder of `repro/`.

use std::fmt::Write as _;

use super::super::markdown::{code, plain};
use super::super::view::timeline::ending;
use super::super::{Report, clause_of};
use crate::run::CaseResult;
use crate::verdict::Verdict;

/// The text.
pub(super) fn readme(report: &Report<'_>, case: &CaseResult) -> String {
    let mut text = String::new();
    let mut say = |line: &str| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{line}");
    };
    let run = report.run;
    let (id, slug) = (&case.id, plain(&case.slug));
    say(&format!("# {id} {slug}: {}\n", case.verdict));
    if let Some(file) = report.case(case) {
        say(&format!("{}\n", plain(&file.why)));
    }
    let subject = code(&run.subject);
    let (kind, profile, seed, date) = (run.kind, run.profile.name(), run.seed, report.date);
    say(&format!(
        "Found by `mynah test {kind}` {} in {subject}: endpoint {}, profile {profile}, seed {seed}, {date}.",
        env!("CARGO_PKG_VERSION"),
        case.endpoint
    ));
    say(&format!(
        "How it ended: {}.\n",
        plain(&ending(&case.ending))
    ));
    say("## What differs\n");
    let differing = case
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Pass);
    for check in differing {
        let (verdict, reason) = (check.verdict, check.reason);
        say(&format!(
            "- `{}`: {verdict} `{reason}`: {}",
            check.id,
            plain(&check.detail)
        ));
        for compared in check.evidence.compared.iter().filter(|c| !c.holds) {
            let [path, expected, found] =
                [&compared.path, &compared.expected, &compared.found].map(|text| code(text));
            say(&format!("  - {path}: expected {expected}, found {found}"));
        }
        for id in &check.clauses {
            if let Some(clause) = clause_of(&case.endpoint, id) {
                let (level, source) = (clause.level, clause.source);
                let (told, page) = (plain(clause.text), plain(source.page));
                say(&format!(
                    "  - {id} ({level}): {told} — {page}, read {}",
                    source.read
                ));
            }
        }
    }
    say("\n## Again, with mynah\n");
    match report.command {
        Some(command) if report.library.is_some() => {
            say("In this folder, with the case as it was:\n");
            say(&format!("    {}\n", command.of_case_in("cases", id)));
        }
        Some(command) => say(&format!("    {}\n", command.of_case(id))),
        None => say(&format!("    mynah test {kind} … --case {id}\n")),
    }
    say("## Again, without mynah\n");
    match (kind, case.trace.connections.is_empty()) {
        (_, true) => say("There was no connection, so there is nothing to play."),
        ("client", _) => say(CLIENT),
        _ => {
            let address = run
                .subject
                .splitn(4, '/')
                .take(3)
                .collect::<Vec<_>>()
                .join("/");
            say(&SERVER.replace("{address}", &address));
        }
    }
    say(FILES);
    text
}

const SERVER: &str = "`replay.py` sends the client's bytes again, cut by TCP as they were, and compares what comes back:

    python3 replay.py {address}

It takes `wss://`, too (authorities are those of Python; `--insecure` asks for none). Host and port are the URL's, and so is what stands
before the path; path, query and headers are those of the session. It waits for the server's bytes wherever the client did.

**Credentials** are asterisks in these files, unless it was the default, `mynah`. `--token SECRET` puts one in wherever they stand in
the request and in text messages; `--header 'NAME: VALUE'` replaces a header as a whole, which is the way for signatures and Basic.
What is compressed, or counted by a binary message, cannot be replaced: the script says so. Request ids are those of the session;
a service that refuses used ones refuses them.
";

const CLIENT: &str = "`replay.py` listens, and plays the server's bytes to whoever connects, cut and paused as they were:

    python3 replay.py                       # prints the URL, then point the client at it
    python3 replay.py -- python3 adapter.py # or runs it, with MYNAH_URL and the other variables of an adapter

The answer to the handshake is computed anew; everything behind it is as it was, also ids that the client chooses. It waits for the
client's bytes wherever the server did, for a second at most.

**Credentials** are asterisks in these files. The server's bytes need none; the client gets `MYNAH_TOKEN`, or `mynah`.
";

const FILES: &str = "## What is here

| file | is |
|---|---|
| `trace.txt` | every message: times, frame heads bit by bit, fields with their bytes, JSON |
| `connection-N.client.bin`, `connection-N.server.bin` | all that one side sent on a connection, its handshake first |
| `session.json` | in which order and when, by numbers of bytes |
| `cases/` | the case, and what the cases of its endpoint share |
| `replay.py` | plays the bytes again; Python 3.8 or later, nothing else |";
