//! Fixtures: stored sessions, read with the codecs and held against the tables, offline.

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
    #[error("there is no session below {0}; sessions are <vendor>/<endpoint>/*.jsonl")]
    Nothing(String),
}

/// Replays the sessions below a folder, or those that are part of the program.
///
/// # Errors
/// If a file cannot be read, or there is none.
pub fn run_replay(
    folder: Option<&Path>,
    selection: &Selection,
    done: &dyn Fn(&CaseResult),
) -> Result<RunResult, ReplayError> {
    let subject = folder.map_or_else(
        || "embedded fixtures".to_owned(),
        |folder| folder.display().to_string(),
    );
    let mut cases = Vec::new();
    for (name, text) in files(folder)? {
        let (home, _) = name.rsplit_once('/').unwrap_or(("", &name));
        let Some(endpoint) = registry::endpoints().find(|known| known.name == home) else {
            continue;
        };
        let slug = name.trim_end_matches(".jsonl").to_owned();
        let is_chosen = (selection.endpoints.is_empty()
            || selection.endpoints.iter().any(|known| known == home))
            && (selection.cases.is_empty() || selection.cases.contains(&slug));
        if is_chosen {
            let result = replay(endpoint, &slug, &text);
            done(&result);
            cases.push(result);
        }
    }
    if cases.is_empty() {
        return Err(ReplayError::Nothing(subject));
    }
    Ok(RunResult {
        kind: "fixtures",
        subject,
        seed: selection.seed,
        profile: selection.profile,
        probes: Vec::new(),
        cases,
    })
}

/// Names below the folder and texts.
fn files(folder: Option<&Path>) -> Result<Vec<(String, String)>, ReplayError> {
    let Some(folder) = folder else {
        let all = crate::embedded::fixtures().iter();
        return Ok(all
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect());
    };
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |source| ReplayError::Read { path, source }
    };
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

fn replay(endpoint: &Endpoint, slug: &str, text: &str) -> CaseResult {
    let mut sheet = Sheet::default();
    let mut lines = text.lines().enumerate();
    let header = lines.next().map(|(_, line)| line).unwrap_or_default();
    let clauses = read_header(endpoint, header, &mut sheet);
    let mut machine = Machine::new(endpoint.table);
    let mut count = 0;
    for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
        let number = number + 1;
        match stored(line) {
            Ok(Some((side, form, payload))) => {
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
            // A close or a ping: nothing that a codec reads.
            Ok(None) => {}
            Err(problem) => sheet.fail("decodes", "file", format!("line {number}: {problem}")),
        }
    }
    if count == 0 {
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
        is_scored: true,
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

/// Provenance and clauses of the first line.
fn read_header(endpoint: &Endpoint, header: &str, sheet: &mut Sheet) -> Vec<String> {
    let Ok(header) = wire::json::parse(header).map(|parsed| parsed.value) else {
        sheet.fail("provenance", "file", "line 1 is no JSON".to_owned());
        return Vec::new();
    };
    let provenance = header.get("provenance").and_then(Value::as_str);
    if !matches!(provenance, Some("recorded" | "derived" | "authored")) {
        let found = provenance.unwrap_or("nothing");
        let detail = format!("{found}, expected recorded, derived or authored");
        sheet.fail("provenance", "value", detail);
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
    if ids.is_empty() {
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

fn stored(line: &str) -> Result<Option<(Side, Form, Bytes)>, String> {
    let line = wire::json::parse(line)
        .map_err(|error| error.to_string())?
        .value;
    let side = match line.get("dir").and_then(Value::as_str) {
        Some("client") => Side::Client,
        Some("server") => Side::Server,
        other => return Err(format!("dir {other:?} is neither client nor server")),
    };
    if let Some(text) = line.get("text").and_then(Value::as_str) {
        return Ok(Some((side, Form::Text, Bytes::from(text.to_owned()))));
    }
    let Some(encoded) = line.get("base64").and_then(Value::as_str) else {
        return Ok(None);
    };
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|error| format!("base64: {error}"))?;
    Ok(Some((side, Form::Binary, Bytes::from(bytes))))
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
    problems: Vec<(&'static str, &'static str, String)>,
}

impl Sheet {
    fn fail(&mut self, id: &'static str, reason: &'static str, detail: String) {
        if !self.problems.iter().any(|(known, ..)| *known == id) {
            self.problems.push((id, reason, detail));
        }
    }

    fn check(&self, id: &str, clauses: &[String]) -> CheckResult {
        let problem = self.problems.iter().find(|(known, ..)| *known == id);
        CheckResult {
            id: id.to_owned(),
            verdict: match problem {
                Some(_) => Verdict::Fail,
                None => Verdict::Pass,
            },
            reason: problem.map_or("", |(_, reason, _)| reason),
            detail: problem.map_or_else(String::new, |(_, _, detail)| detail.clone()),
            clauses: clauses.to_vec(),
            evidence: Evidence::default(),
        }
    }
}
