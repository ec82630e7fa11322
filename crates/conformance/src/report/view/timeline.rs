//! The session as a picture needs it: rows in the order of time, long runs in one.

use std::time::Duration;

use mock_server::Side;

use super::{Said, What};
use crate::run::CaseResult;
use crate::verdict::{CheckResult, Ending, Verdict};

/// One row of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// When it was, since the case began.
    pub(crate) at: Duration,
    /// Who does it.
    pub(crate) lane: Lane,
    /// What it is called.
    pub(crate) label: String,
    /// More about it: what it says, how many bytes.
    pub(crate) note: String,
    /// The checks that looked at it.
    pub(crate) checks: Vec<(String, Verdict)>,
}

/// Where a row is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// An arrow from the client to the server.
    ToServer,
    /// An arrow from the server to the client.
    ToClient,
    /// A connection begins.
    Connection,
    /// The mock broke something on purpose.
    Fault,
    /// A check was judged by what did not come.
    Verdict,
    /// How it ended.
    Ending,
    /// Rows that are not drawn.
    Hidden,
}

/// A run of at least so many of a kind is one row.
const RUN: usize = 3;

/// The rows of a case, at most about so many.
pub(crate) fn rows(case: &CaseResult, said: &[Said], most: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for (number, connection) in (1..).zip(&case.trace.connections) {
        if case.trace.connections.len() > 1 {
            rows.push(plain(
                connection.began,
                Lane::Connection,
                format!("connection {number}"),
                String::new(),
            ));
        }
        let start = rows.len();
        let of_connection = said.iter().filter(|one| one.connection == number);
        let of_connection: Vec<&Said> = of_connection.collect();
        for run in of_connection.chunk_by(|a, b| is_alike(case, a, b)) {
            match run {
                [first, .., last] if run.len() >= RUN => rows.push(many(case, first, last, run)),
                few => rows.extend(few.iter().map(|one| of_said(case, one))),
            }
        }
        for fault in &connection.faults {
            let (at, label) = match fault.fired {
                Some(at) => (connection.began + at, "fault"),
                None => (connection.began, "fault (its point was not reached)"),
            };
            let row = plain(at, Lane::Fault, label.to_owned(), fault.fault.clone());
            insert(&mut rows, start, row);
        }
    }
    if case.ending != Ending::None {
        let at = rows.iter().map(|row| row.at).max().unwrap_or_default();
        rows.push(plain(at, Lane::Ending, ending(&case.ending), String::new()));
    }
    for check in case.checks.iter().filter(|check| is_by_silence(check)) {
        let label = format!("{} {}", check.verdict, check.id);
        let row = Row {
            checks: vec![(check.id.clone(), check.verdict)],
            ..plain(
                check.evidence.at,
                Lane::Verdict,
                label,
                check.reason.to_owned(),
            )
        };
        insert(&mut rows, 0, row);
    }
    shorten(rows, most)
}

/// How a session ended, in words.
pub(crate) fn ending(ending: &Ending) -> String {
    match ending {
        Ending::None => "no session".to_owned(),
        Ending::Refused(status) => format!("the handshake was refused with {status}"),
        Ending::Close { code, by } => format!("the {} closed with {code}", by.name()),
        Ending::Fin => "TCP ended without a close frame".to_owned(),
        Ending::Reset => "TCP was reset".to_owned(),
        Ending::Broken(why) => format!("the framing broke: {why}"),
        Ending::LeftOpen => "it was left open".to_owned(),
        Ending::Hung => "the program had to be stopped".to_owned(),
    }
}

/// Whether a check came out otherwise without a message that it could be shown at.
fn is_by_silence(check: &CheckResult) -> bool {
    let is_judged = matches!(check.verdict, Verdict::Fail | Verdict::Lenient)
        || (check.verdict == Verdict::Inconclusive && check.reason != crate::run::NOT_REACHED);
    is_judged && check.evidence.message.is_none() && check.evidence.at > Duration::ZERO
}

fn plain(at: Duration, lane: Lane, label: String, note: String) -> Row {
    Row {
        at,
        lane,
        label,
        note,
        checks: Vec::new(),
    }
}

/// Puts a row behind everything that was not later, but not before a place.
fn insert(rows: &mut Vec<Row>, start: usize, row: Row) {
    let later = rows.iter().skip(start).position(|other| other.at > row.at);
    let place = later.map_or(rows.len(), |later| start + later);
    rows.insert(place, row);
}

fn checks_of(case: &CaseResult, said: &Said) -> Vec<(String, Verdict)> {
    let looked = |check: &&CheckResult| check.evidence.message.is_some_and(|m| said.is(m));
    let checks = case.checks.iter().filter(looked);
    checks
        .map(|check| (check.id.clone(), check.verdict))
        .collect()
}

const fn lane(side: Side) -> Lane {
    match side {
        Side::Client => Lane::ToServer,
        Side::Server => Lane::ToClient,
    }
}

/// Whether two can stand in one row: of a kind, and no check differs about either.
fn is_alike(case: &CaseResult, a: &Said, b: &Said) -> bool {
    let is_good = |said: &Said| {
        let mut checks = checks_of(case, said).into_iter();
        checks.all(|(_, verdict)| verdict == Verdict::Pass)
    };
    let is_data = |said: &Said| matches!(said.what, What::Message(_));
    (a.side, a.kind()) == (b.side, b.kind()) && is_data(a) && is_good(a) && is_good(b)
}

fn of_said(case: &CaseResult, said: &Said) -> Row {
    let bytes = said.bytes().len();
    let note = match &said.what {
        What::Head(_) | What::Control { .. } | What::Cut { .. } | What::Rest(_) => said.line(),
        What::Message(_) => format!("{bytes} bytes"),
    };
    Row {
        checks: checks_of(case, said),
        ..plain(said.at, lane(said.side), said.kind().to_owned(), note)
    }
}

fn many(case: &CaseResult, first: &Said, last: &Said, run: &[&Said]) -> Row {
    let bytes: usize = run.iter().map(|said| said.bytes().len()).sum();
    let took = last.at.saturating_sub(first.at);
    let note = match took.as_millis() {
        0 => format!("{bytes} bytes"),
        ms => format!("{bytes} bytes in {ms} ms"),
    };
    let mut checks = Vec::new();
    for check in run.iter().flat_map(|said| checks_of(case, said)) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    let label = format!("{} × {}", run.len(), first.kind());
    Row {
        checks,
        ..plain(first.at, lane(first.side), label, note)
    }
}

/// Leaves rows out of the middle that no check has looked at; says how many.
fn shorten(rows: Vec<Row>, most: usize) -> Vec<Row> {
    if rows.len() <= most {
        return rows;
    }
    let ends = most / 2;
    let behind = rows.len() - ends;
    let mut kept: Vec<Row> = Vec::new();
    let mut hidden = 0_usize;
    for (place, row) in rows.into_iter().enumerate() {
        let is_judged = row
            .checks
            .iter()
            .any(|(_, verdict)| *verdict != Verdict::Pass);
        let stays = place < ends || place >= behind || is_judged || row.lane == Lane::Fault;
        if stays {
            hidden = 0;
            kept.push(row);
            continue;
        }
        hidden += 1;
        let label = format!("{hidden} more");
        match kept.last_mut() {
            Some(last) if last.lane == Lane::Hidden => last.label = label,
            _ => kept.push(plain(row.at, Lane::Hidden, label, String::new())),
        }
    }
    kept
}
