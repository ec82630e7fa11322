//! `repro/ID/`: everything about one failure, for somebody who has only that folder.
//!
//! ```text
//!   README.md            what failed, how to run it again
//!   cases/…              the case and what it shares, as `--cases` takes them
//!   trace.txt            every message, layer by layer
//!   connection-N.SIDE.bin, session.json      the bytes, and when which of them came
//!   replay.py            plays them again: Python's standard library, nothing of ours
//!   in.txt, in.wav       what a client is asked to say or to recognise
//! ```
//!
//! Credentials are asterisks in all of it, as in the trace.

mod readme;
mod trace;

use std::fs;
use std::path::Path;

use mock_server::Side;
use wire::json::{Style, Value, object};

use super::json::{millis, number};
use super::view::said;
use super::{Report, WriteError, failed, make, put};
use crate::run::CaseResult;
use crate::run::trace::Connection;
use crate::verdict::Verdict;

/// Plays a session again.
const REPLAY: &str = include_str!("replay.py");

/// The name of a case's folder: its id, without what a path could trip over.
pub(super) fn folder_of(case: &CaseResult) -> String {
    let safe = |c: char| match c {
        c if c.is_ascii_alphanumeric() || c == '-' || c == '_' => c,
        _ => '_',
    };
    case.id.chars().map(safe).collect()
}

/// Whether a case differs in a way that can be looked into.
pub(super) fn is_wanted(case: &CaseResult) -> bool {
    match case.verdict {
        Verdict::Fail | Verdict::HarnessError => true,
        Verdict::Lenient | Verdict::Inconclusive => !case.trace.connections.is_empty(),
        Verdict::Pass | Verdict::Unsupported | Verdict::NotRun => false,
    }
}

/// Writes the folders of all failures; those of a former run go.
pub(super) fn write(report: &Report<'_>, folder: &Path) -> Result<(), WriteError> {
    clear(folder)?;
    for case in &report.run.cases {
        if report.has_repro(case) {
            write_case(report, case, &folder.join(folder_of(case)))?;
        }
    }
    Ok(())
}

/// Takes away what a former run has written, and nothing else.
fn clear(folder: &Path) -> Result<(), WriteError> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_ours = fs::read_to_string(path.join("replay.py")).is_ok_and(|text| text == REPLAY);
        if is_ours {
            fs::remove_dir_all(&path).map_err(|source| failed(&path, source))?;
        }
    }
    Ok(())
}

fn write_case(report: &Report<'_>, case: &CaseResult, folder: &Path) -> Result<(), WriteError> {
    make(folder)?;
    let endpoint = wire::registry::endpoints().find(|known| known.name == case.endpoint);
    let said = said(&case.trace, endpoint);
    put(
        &folder.join("README.md"),
        readme::readme(report, case).as_bytes(),
    )?;
    put(
        &folder.join("trace.txt"),
        trace::trace(case, &said).as_bytes(),
    )?;
    put(&folder.join("replay.py"), REPLAY.as_bytes())?;
    put(
        &folder.join("session.json"),
        session(report, case).as_bytes(),
    )?;
    for (number, connection) in (1..).zip(&case.trace.connections) {
        for side in [Side::Client, Side::Server] {
            let name = format!("connection-{number}.{}.bin", side.name());
            put(&folder.join(name), &bytes(connection, side))?;
        }
    }
    if !case.trace.stderr.is_empty() {
        put(&folder.join("stderr.txt"), case.trace.stderr.as_bytes())?;
    }
    let Some(library) = report.library else {
        return Ok(());
    };
    for (path, text) in library.files_of(&case.id) {
        let path = folder.join("cases").join(path);
        if let Some(parent) = path.parent() {
            make(parent)?;
        }
        put(&path, text.as_bytes())?;
    }
    let file = report.case(case).and_then(|case| case.client.as_ref());
    if let Some(client) = file.filter(|_| report.run.kind == "client") {
        let (name, contents) = crate::run::input(client);
        put(&folder.join(name), &contents)?;
    }
    Ok(())
}

fn bytes(connection: &Connection, side: Side) -> Vec<u8> {
    let chunks = connection.chunks.iter();
    let chunks = chunks.filter(|chunk| chunk.side == side);
    let pieces: Vec<&[u8]> = chunks.map(|chunk| chunk.bytes.as_ref()).collect();
    pieces.concat()
}

/// What `replay.py` reads: who sent how many bytes when.
fn session(report: &Report<'_>, case: &CaseResult) -> String {
    let file = report.case(case).and_then(|case| case.client.as_ref());
    let client = file.map_or(Value::Null, |client| {
        let (name, _) = crate::run::input(client);
        object([
            ("operation", Value::from(client.operation.name())),
            ("input", Value::from(&*name.to_string_lossy())),
            ("format", Value::from(client.format.as_str())),
            ("rate_hz", Value::from(client.rate_hz)),
            ("deadline_ms", Value::from(client.deadline_ms)),
        ])
    });
    let connections = case.trace.connections.iter().map(|connection| {
        let chunks = connection.chunks.iter().map(|chunk| {
            object([
                ("dir", Value::from(chunk.side.name())),
                ("ms", number(millis(chunk.at))),
                ("bytes", number(chunk.bytes.len())),
            ])
        });
        object([
            ("ms", number(millis(connection.began))),
            ("cut", Value::from(connection.is_cut)),
            ("chunks", Value::Array(chunks.collect())),
        ])
    });
    let value = object([
        ("schema", Value::from("session/1")),
        ("case", Value::from(case.id.as_str())),
        ("endpoint", Value::from(case.endpoint.as_str())),
        ("subject", Value::from(report.run.kind)),
        ("client", client),
        ("connections", Value::Array(connections.collect())),
    ]);
    let mut text = value.write(Style::Indented(1));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
