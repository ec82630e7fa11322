//! Fixtures: stored sessions, read with the codecs and held against the tables, offline.
//!
//! A file is JSON Lines: a header with `provenance`, then messages; the next header begins the
//! next session. Whose session it is says the header's `endpoint`, else the file's folder.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use wire::endpoint::Endpoint;
use wire::json::Value;
use wire::registry;
use wire::session::{Form, Machine, Side, Standing};

use super::trace::{Evidence, Trace};
use super::{CaseResult, RunResult};
use crate::message::receive;
use crate::select::Selection;
use crate::verdict::{CheckResult, Ending, Verdict, clause, fold};

/// Why nothing could be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A folder or file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no session.
    #[error(
        "there is no session of a known endpoint in {0}; sessions are <vendor>/<endpoint>/*.jsonl, or one file of `mynah record`"
    )]
    Nothing(String),
}

/// Replays the sessions of a file or below a folder, or those that are part of the program.
///
/// # Errors
/// If a file cannot be read, or there is none.
pub fn run_replay(
    place: Option<&Path>,
    selection: &Selection,
    done: &dyn Fn(&CaseResult),
) -> Result<RunResult, ReplayError> {
    let subject = place.map_or_else(
        || "embedded fixtures".to_owned(),
        |place| place.display().to_string(),
    );
    let mut cases = Vec::new();
    for (name, text) in files(place)? {
        for session in sessions(&name, &text) {
            let is_chosen = (selection.endpoints.is_empty()
                || selection
                    .endpoints
                    .iter()
                    .any(|known| known == session.endpoint.name))
                && (selection.cases.is_empty() || selection.cases.contains(&session.slug));
            if is_chosen {
                let result = replay(&session);
                done(&result);
                cases.push(result);
            }
        }
    }
    if cases.is_empty() {
        return Err(ReplayError::Nothing(subject));
    }
    Ok(RunResult::of("fixtures", subject, selection, cases))
}

/// Names below the folder and texts.
fn files(place: Option<&Path>) -> Result<Vec<(String, String)>, ReplayError> {
    let Some(folder) = place else {
        let all = crate::embedded::fixtures().iter();
        return Ok(all
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect());
    };
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| ReplayError::Read { path, source }
    };
    if folder.is_file() {
        let text = fs::read_to_string(folder).map_err(fail(folder))?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        return Ok(vec![(name.into_owned(), text)]);
    }
    fs::read_dir(folder).map_err(fail(folder))?;
    let mut files = Vec::new();
    for endpoint in registry::endpoints() {
        let home = folder.join(endpoint.name);
        if !home.is_dir() {
            continue;
        }
        let mut paths = Vec::new();
        for entry in fs::read_dir(&home).map_err(fail(&home))? {
            paths.push(entry.map_err(fail(&home))?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|found| found == "jsonl"));
        paths.sort();
        for path in paths {
            let text = fs::read_to_string(&path).map_err(fail(&path))?;
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((format!("{}/{file}", endpoint.name), text));
        }
    }
    Ok(files)
}

/// What the checks of a session are.
const CHECKS: [&str; 4] = ["provenance", "clauses", "decodes", "legal"];

/// A session of a file.
struct Stored<'t> {
    endpoint: &'static Endpoint,
    slug: String,
    header: Result<Value, String>,
    /// The lines behind the header that are not empty, with their numbers in the file.
    lines: Vec<(usize, &'t str)>,
}

/// The sessions of a file that are an endpoint's.
fn sessions<'t>(name: &str, text: &'t str) -> Vec<Stored<'t>> {
    let (home, _) = name.rsplit_once('/').unwrap_or(("", name));
    let base = name.trim_end_matches(".jsonl");
    let groups = groups(text);
    let many = groups.len() > 1;
    let mut sessions = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        let header = group.header.as_ref().ok();
        let named = header.and_then(|header| header.get("endpoint"));
        let named = named.and_then(Value::as_str).unwrap_or(home);
        let Some(endpoint) = registry::endpoints().find(|known| known.name == named) else {
            continue;
        };
        sessions.push(Stored {
            endpoint,
            slug: match many {
                true => format!("{base}#{}", index + 1),
                false => base.to_owned(),
            },
            header: group.header,
            lines: group.lines,
        });
    }
    sessions
}

/// A header and what belongs to it.
struct Group<'t> {
    header: Result<Value, String>,
    lines: Vec<(usize, &'t str)>,
}

/// The lines of a file, session by session. The first line is a header, whatever it says.
fn groups(text: &str) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        // No message has a member of that name.
        if groups.is_empty() || line.contains("\"provenance\"") {
            let parsed = wire::json::parse(line).map(|parsed| parsed.value);
            let says = |header: &Value| header.get("provenance").is_some();
            if groups.is_empty() || parsed.as_ref().is_ok_and(says) {
                groups.push(Group {
                    header: parsed.map_err(|error| format!("line {number} is no JSON: {error}")),
                    lines: Vec::new(),
                });
                continue;
            }
        }
        if let Some(group) = groups.last_mut()
            && !line.is_empty()
        {
            group.lines.push((number, line));
        }
    }
    groups
}

fn replay(session: &Stored<'_>) -> CaseResult {
    let (endpoint, slug) = (session.endpoint, session.slug.as_str());
    let mut sheet = Sheet::default();
    let clauses = read_header(session, &mut sheet);
    let mut machine = Machine::new(endpoint.table);
    let mut count = 0;
    for (number, line) in session.lines.iter().copied() {
        match stored(line) {
            Ok(Line::Message(side, form, payload)) => {
                count += 1;
                message(
                    endpoint,
                    &mut machine,
                    side,
                    form,
                    payload,
                    number,
                    &mut sheet,
                );
            }
            Ok(Line::Violation(Side::Server, what)) => {
                sheet.fail("decodes", "framing", format!("line {number}: {what}"));
            }
            Ok(Line::Violation(Side::Client, _) | Line::Framing) => {}
            Err(problem) => sheet.fail("decodes", "file", format!("line {number}: {problem}")),
        }
    }
    let is_empty = count == 0;
    if is_empty && session.is_recorded() {
        let why = "no message was sent: there is nothing to read";
        for id in ["decodes", "legal"] {
            sheet.note(id, Verdict::NotRun, "empty", why.to_owned());
        }
    } else if is_empty {
        sheet.fail("decodes", "empty", "the session has no message".to_owned());
    }
    let checks = CHECKS.map(|id| sheet.check(id, &clauses));
    let verdict = fold(checks.iter().map(|check| check.verdict));
    let worst = checks.iter().find(|check| check.verdict == verdict);
    let worst = worst.filter(|_| verdict != Verdict::Pass);
    CaseResult {
        id: slug.to_owned(),
        slug: slug.to_owned(),
        endpoint: endpoint.name.to_owned(),
        is_scored: !(is_empty && session.is_recorded()),
        verdict,
        reason: worst.map_or("", |check| check.reason),
        detail: worst.map_or_else(String::new, |check| check.detail.clone()),
        clauses: clauses.clone(),
        checks: checks.to_vec(),
        ending: Ending::None,
        took: Duration::ZERO,
        trace: Trace::default(),
    }
}

impl Stored<'_> {
    /// Whether this is what really happened, not what somebody wrote to show something.
    fn is_recorded(&self) -> bool {
        let header = self.header.as_ref().ok();
        let provenance = header.and_then(|header| header.get("provenance"));
        provenance.and_then(Value::as_str) == Some("recorded")
    }
}

/// Provenance and clauses of the header.
fn read_header(session: &Stored<'_>, sheet: &mut Sheet) -> Vec<String> {
    let endpoint = session.endpoint;
    let header = match &session.header {
        Ok(header) => header,
        Err(problem) => {
            sheet.fail("provenance", "file", problem.clone());
            return Vec::new();
        }
    };
    let provenance = header.get("provenance").and_then(Value::as_str);
    if !matches!(provenance, Some("recorded" | "derived" | "authored")) {
        let found = provenance.unwrap_or("nothing");
        let detail = format!("{found}, expected recorded, derived or authored");
        sheet.fail("provenance", "value", detail);
    }
    // Who says recorded says where and when, who says derived of what: else it was authored.
    let owed: &[&str] = match provenance {
        Some("recorded") => &["date", "upstream"],
        Some("derived") => &["from"],
        _ => &[],
    };
    let lacks = |name: &&&str| {
        let said = header.get(name).and_then(Value::as_str);
        said.is_none_or(str::is_empty)
    };
    if let Some(name) = owed.iter().find(lacks) {
        let detail = format!("{} without {name}", provenance.unwrap_or_default());
        sheet.fail("provenance", "unfounded", detail);
    }
    let ids = header
        .get("clauses")
        .and_then(Value::items)
        .unwrap_or_default();
    let ids: Vec<String> = ids
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    // Who records a session does not know yet what it shows.
    if ids.is_empty() && provenance != Some("recorded") {
        sheet.fail("clauses", "empty", "the session names no clause".to_owned());
    }
    for id in &ids {
        if clause(endpoint, id).is_none() {
            sheet.fail(
                "clauses",
                "unknown",
                format!("{} has no clause {id}", endpoint.name),
            );
        }
    }
    ids
}

/// What a line says.
enum Line {
    Message(Side, Form, Bytes),
    /// What a side did wrong below its messages.
    Violation(Side, String),
    /// A close or a ping: nothing that a codec reads.
    Framing,
}

fn stored(line: &str) -> Result<Line, String> {
    let line = wire::json::parse(line)
        .map_err(|error| error.to_string())?
        .value;
    let says = |name| line.get(name).and_then(Value::as_str);
    let side = match says("dir") {
        Some("client") => Side::Client,
        Some("server") => Side::Server,
        other => return Err(format!("dir {other:?} is neither client nor server")),
    };
    if let Some(text) = says("text") {
        return Ok(Line::Message(
            side,
            Form::Text,
            Bytes::from(text.to_owned()),
        ));
    }
    if let Some(encoded) = says("base64") {
        let bytes = STANDARD.decode(encoded);
        let bytes = bytes.map_err(|error| format!("base64: {error}"))?;
        return Ok(Line::Message(side, Form::Binary, Bytes::from(bytes)));
    }
    Ok(match says("kind") {
        Some("violation") => {
            let what = says("what").unwrap_or("a frame is wrong");
            Line::Violation(side, what.to_owned())
        }
        _ => Line::Framing,
    })
}

fn message(
    endpoint: &Endpoint,
    machine: &mut Machine,
    side: Side,
    form: Form,
    payload: Bytes,
    number: usize,
    sheet: &mut Sheet,
) {
    let received = receive(endpoint, side, form, payload);
    // A client may be wrong on purpose: that is what the session is about then.
    if let (Side::Server, Err(problem)) = (side, &received.decoded) {
        sheet.fail("decodes", "malformed", format!("line {number}: {problem}"));
        return;
    }
    let step = machine.step(side, received.kind());
    if side == Side::Server && step.standing != Standing::Legal {
        let detail = format!("line {number}: {} in state {}", received.kind(), step.from);
        sheet.fail("legal", "out-of-order", detail);
    }
}

/// The first thing that is wrong, check by check.
#[derive(Default)]
struct Sheet {
    problems: Vec<(&'static str, Verdict, &'static str, String)>,
}

impl Sheet {
    fn fail(&mut self, id: &'static str, reason: &'static str, detail: String) {
        self.note(id, Verdict::Fail, reason, detail);
    }

    fn note(&mut self, id: &'static str, verdict: Verdict, reason: &'static str, detail: String) {
        if !self.problems.iter().any(|(known, ..)| *known == id) {
            self.problems.push((id, verdict, reason, detail));
        }
    }

    fn check(&self, id: &str, clauses: &[String]) -> CheckResult {
        let problem = self.problems.iter().find(|(known, ..)| *known == id);
        CheckResult {
            id: id.to_owned(),
            verdict: problem.map_or(Verdict::Pass, |(_, verdict, ..)| *verdict),
            reason: problem.map_or("", |(.., reason, _)| reason),
            detail: problem.map_or_else(String::new, |(.., detail)| detail.clone()),
            clauses: clauses.to_vec(),
            evidence: Evidence::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::authored(r#""provenance":"authored""#, "")]
    #[case::recorded(
        r#""provenance":"recorded","date":"2026-11-01","upstream":"wss://x""#,
        ""
    )]
    #[case::derived(r#""provenance":"derived","from":"a/b.jsonl""#, "")]
    #[case::recorded_nowhere(r#""provenance":"recorded","date":"2026-11-01""#, "unfounded")]
    #[case::recorded_never(r#""provenance":"recorded","upstream":"wss://x""#, "unfounded")]
    #[case::derived_of_nothing(r#""provenance":"derived","from":"""#, "unfounded")]
    #[case::invented(r#""provenance":"seen""#, "value")]
    fn provenance_is_more_than_a_word(#[case] header: &str, #[case] reason: &str) {
        let endpoint = registry::endpoints().next().unwrap();
        let (name, clause) = (endpoint.name, endpoint.clauses[0].id);
        let text = format!("{{{header},\"clauses\":[\"{clause}\"]}}\n");
        let sessions = sessions(&format!("{name}/x.jsonl"), &text);
        let result = replay(&sessions[0]);
        let found = result.checks.iter().find(|check| check.id == "provenance");
        assert_eq!(found.unwrap().reason, reason);
    }
}
