//! The kill matrix: which case finds which mutant.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use futures_util::StreamExt as _;

use super::answer::mutate;
use super::file::{Mutant, Mutants};
use super::proxy::Proxy;
use crate::case::{Case, Kind, Library, Role, Status};
use crate::run::{Function, RunResult, Subject, Target, run_client, run_server};
use crate::select::Selection;
use crate::verdict::{CheckResult, Verdict, heaviest};

/// What all cases thought of all mutants of one kind.
#[derive(Clone, Debug)]
pub struct KillMatrix {
    /// Which kind.
    pub role: Role,
    /// A mutant each.
    pub mutants: Vec<Killed>,
    /// What is wrong with the suite: survivors, and cases that find nothing.
    pub problems: Vec<String>,
}

/// What the cases thought of one mutant.
#[derive(Clone, Debug)]
pub struct Killed {
    /// Its id.
    pub id: String,
    /// Its endpoint.
    pub endpoint: String,
    /// The clause that it breaks.
    pub breaks: String,
    /// By case, in the order of their run.
    pub cells: Vec<(String, Cell)>,
}

/// What one case thought of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A check about the broken clause differs.
    Kill,
    /// Something else differs.
    Other,
    /// Nothing differs.
    Pass,
    /// It cannot be said, or was not tried.
    Unclear,
}

impl Cell {
    const fn sign(self) -> char {
        match self {
            Self::Kill => 'X',
            Self::Other => 'o',
            Self::Pass => '·',
            Self::Unclear => '?',
        }
    }
}

/// How many mutants are judged at once.
const PARALLEL: usize = 6;

/// How long a server's script may take: our own server answers at once, so what takes longer
/// does not come.
const BUDGET_MS: u64 = 1_500;

/// A case that may take longer than this waits for time to pass.
const USUAL_MS: u64 = 10_000;

/// How long a mutant client may take.
const DEADLINE_MS: u64 = 2_500;

/// The credential of the runs.
const TOKEN: &str = "mutant-token";

/// Runs every mutant server.
pub async fn kill_servers(library: &Library, mutants: &Mutants) -> KillMatrix {
    let run = |mutant, cases| judge_server(library, mutant, cases);
    kill(library, mutants, Role::Server, run).await
}

/// Runs every mutant of a client, which has to be without fault itself.
pub async fn kill_clients(library: &Library, mutants: &Mutants, client: &Function) -> KillMatrix {
    let run = |mutant, cases| judge_client(library, mutant, cases, client);
    kill(library, mutants, Role::Client, run).await
}

async fn kill<F>(
    library: &Library,
    mutants: &Mutants,
    role: Role,
    run: impl Fn(Mutant, Vec<Case>) -> F,
) -> KillMatrix
where
    F: Future<Output = Result<RunResult, String>>,
{
    // What nothing was done to comes first: if it is killed, no kill means anything.
    let mut chosen: Vec<Mutant> = Vec::new();
    for mutant in mutants.of_role(role) {
        if !chosen.iter().any(|known| known.endpoint == mutant.endpoint) {
            chosen.push(Mutant::none(&mutant.endpoint, role));
        }
        chosen.push(mutant.clone());
    }
    let jobs = chosen.iter().map(|mutant| {
        let cases = match mutant.is_none() {
            true => chosen
                .iter()
                .filter(|other| other.endpoint == mutant.endpoint)
                .fold(Vec::new(), |all, other| {
                    join(all, relevant(library, other, role))
                }),
            false => relevant(library, mutant, role),
        };
        run(mutant.clone(), cases)
    });
    let runs: Vec<_> = futures_util::stream::iter(jobs)
        .buffered(PARALLEL)
        .collect()
        .await;
    let mut matrix = KillMatrix {
        role,
        mutants: Vec::new(),
        problems: Vec::new(),
    };
    for (mutant, run) in chosen.iter().zip(runs) {
        match run {
            Ok(run) if mutant.is_none() => matrix.problems.extend(false_alarms(mutant, &run)),
            Ok(run) => {
                matrix.problems.extend(problems(mutant, &run, role));
                matrix.mutants.push(killed(mutant, &run));
            }
            Err(problem) => matrix
                .problems
                .push(format!("{}: {problem}", named(mutant))),
        }
    }
    let idle = library.cases.iter().filter(|case| {
        let finds = |killed: &Killed| {
            killed.endpoint == case.endpoint
                && killed.cells.contains(&(case.id.clone(), Cell::Kill))
        };
        case.has_role(role) && case.status == Status::Required && !matrix.mutants.iter().any(finds)
    });
    let idle: Vec<String> = idle
        .map(|case| {
            format!(
                "{} ({}) is required and kills no {}",
                case.id,
                case.slug,
                role.name()
            )
        })
        .collect();
    matrix.problems.extend(idle);
    matrix
}

async fn judge_server(
    library: &Library,
    mutant: Mutant,
    cases: Vec<Case>,
) -> Result<RunResult, String> {
    let server = mock_server::Server::start().await;
    let server = server.map_err(|error| format!("the mock cannot start: {error}"))?;
    let shared = library.shared(&mutant.endpoint).ok_or("no endpoint.toml")?;
    let upstream = server.address().to_string();
    let proxy = Proxy::start(&mutant, shared, &upstream, TOKEN).await;
    let proxy = proxy.map_err(|error| error.to_string())?;
    let cases: Vec<&Case> = cases.iter().collect();
    let target = Target::parse(&proxy.url()).map_err(|error| error.to_string())?;
    let selection = Selection::default();
    let run = run_server(library, &cases, &target, &selection, TOKEN, &|_| {});
    let result = run.await.map_err(|error| error.to_string());
    drop(proxy);
    server.stop().await;
    result
}

async fn judge_client(
    library: &Library,
    mutant: Mutant,
    cases: Vec<Case>,
    client: &Function,
) -> Result<RunResult, String> {
    let shared = library.shared(&mutant.endpoint).ok_or("no endpoint.toml")?;
    let subject = Subject::from(mutate(client, &mutant, shared));
    let cases: Vec<&Case> = cases.iter().collect();
    let selection = Selection::default();
    let run = run_client(&cases, &subject, &selection, &|_| {});
    run.await.map_err(|error| error.to_string())
}

/// The cases that can find a mutant: the plain one, those with a check of the broken clause, and
/// those that have to. They have less time than usual, and what needs more is left out.
fn relevant(library: &Library, mutant: &Mutant, role: Role) -> Vec<Case> {
    let is_about = |case: &Case| {
        let checks = case.checks(role);
        let mut clauses = checks.iter().flat_map(|(_, clauses)| clauses.iter());
        case.budget_ms <= USUAL_MS
            && case.needs.is_empty()
            && clauses.any(|clause| *clause == mutant.breaks)
    };
    let has_to = |case: &Case| {
        let mut aims = mutant.caught.iter();
        aims.any(|aim| aim.split_once('/').is_some_and(|(id, _)| id == case.id))
    };
    let chosen = library.cases.iter().filter(|case| {
        case.endpoint == mutant.endpoint
            && case.has_role(role)
            && (case.kind == Kind::Plain || is_about(case) || has_to(case))
    });
    let mut cases: Vec<Case> = chosen.cloned().collect();
    for case in &mut cases {
        let is_unbroken = mutant.is_none();
        if case.budget_ms <= USUAL_MS && !is_unbroken {
            case.budget_ms = case.budget_ms.min(BUDGET_MS);
        }
        if let (Some(client), false) = (&mut case.client, is_unbroken) {
            client.deadline_ms = client.deadline_ms.min(DEADLINE_MS);
        }
    }
    cases
}

/// Cases of both, each once.
fn join(mut all: Vec<Case>, more: Vec<Case>) -> Vec<Case> {
    for case in more {
        if !all.iter().any(|known: &Case| known.id == case.id) {
            all.push(case);
        }
    }
    all
}

fn named(mutant: &Mutant) -> String {
    format!("{} {}", mutant.endpoint, mutant.id)
}

/// What differs of a subject that nothing was done to.
fn false_alarms(mutant: &Mutant, run: &RunResult) -> Vec<String> {
    let probes = run.probes.iter().filter(|probe| !probe.passed);
    let probes =
        probes.map(|probe| format!("{}: probe {}: {}", named(mutant), probe.id, probe.detail));
    let cases = run
        .cases
        .iter()
        .filter(|case| case.is_scored && case.verdict != Verdict::Pass);
    let cases = cases.map(|case| {
        format!(
            "{}: {} is {} {}",
            named(mutant),
            case.id,
            case.verdict,
            case.detail
        )
    });
    probes.chain(cases).collect()
}

const fn differs(check: &CheckResult) -> bool {
    matches!(check.verdict, Verdict::Fail | Verdict::Lenient)
}

fn cites(check: &CheckResult, clause: &str) -> bool {
    check.clauses.iter().any(|id| id == clause)
}

/// Why a mutant counts as a survivor: a check that has to catch it does not, or for another
/// clause, or not as gravely as the clause asks for.
fn problems(mutant: &Mutant, run: &RunResult, role: Role) -> Vec<String> {
    let name = named(mutant);
    if run.has_failed_probe() {
        return vec![format!(
            "{name}: fails a probe, so no case says anything of it"
        )];
    }
    let Some(endpoint) = wire::registry::endpoints().find(|e| e.name == mutant.endpoint) else {
        return Vec::new();
    };
    let level = heaviest(endpoint, std::slice::from_ref(&mutant.breaks));
    let wanted = run.profile.difference(level, role);
    let mut problems = Vec::new();
    for aim in &mutant.caught {
        let (case, check) = aim.split_once('/').unwrap_or((aim, ""));
        let mut cases = run.cases.iter().filter(|result| result.id == case);
        let found = cases.next().and_then(|result| {
            let mut checks = result.checks.iter().filter(|result| result.id == check);
            let first = checks.next();
            first
                .filter(|first| differs(first))
                .or_else(|| checks.find(|c| differs(c)))
                .or(first)
        });
        let breaks = &mutant.breaks;
        match found {
            None => problems.push(format!("{name} survives {aim}: there is no such result")),
            Some(found) if !differs(found) => problems.push(format!(
                "{name} survives {aim}: {} {}",
                found.verdict, found.detail
            )),
            Some(found) if !cites(found, breaks) => problems.push(format!(
                "{name} is caught by {aim}, which is about {} and not {breaks}: {}",
                found.clauses.join(" "),
                found.detail
            )),
            Some(found) if wanted == Verdict::Fail && found.verdict != Verdict::Fail => {
                problems.push(format!("{name}: {aim} is {}, not fail", found.verdict));
            }
            Some(_) => {}
        }
    }
    problems
}

fn killed(mutant: &Mutant, run: &RunResult) -> Killed {
    let cells = run.cases.iter().map(|case| {
        let mut differing = case.checks.iter().filter(|check| differs(check)).peekable();
        let cell = match (differing.peek().is_some(), case.verdict) {
            (true, _) if differing.any(|check| cites(check, &mutant.breaks)) => Cell::Kill,
            (true, _) => Cell::Other,
            (false, Verdict::Pass) => Cell::Pass,
            (false, _) => Cell::Unclear,
        };
        (case.id.clone(), cell)
    });
    Killed {
        id: mutant.id.clone(),
        endpoint: mutant.endpoint.clone(),
        breaks: mutant.breaks.clone(),
        cells: cells.collect(),
    }
}

impl KillMatrix {
    /// The matrix as text: cases across, mutants down, an endpoint at a time.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        let width = self.mutants.iter().map(|m| m.id.chars().count()).max();
        let width = width.unwrap_or(0);
        let endpoints: BTreeSet<&str> = self.mutants.iter().map(|m| &*m.endpoint).collect();
        for endpoint in endpoints {
            let of_endpoint = || self.mutants.iter().filter(|m| m.endpoint == endpoint);
            let cases: BTreeSet<&str> = of_endpoint()
                .flat_map(|m| &m.cells)
                .map(|(id, _)| &**id)
                .collect();
            let _ = writeln!(text, "\n{endpoint}, mutant {}s", self.role.name());
            for (column, case) in cases.iter().enumerate() {
                let bars = "│".repeat(column);
                let _ = writeln!(text, "  {:width$}  {:8}  {bars}┌ {case}", "", "");
            }
            for mutant in of_endpoint() {
                let sign = |case: &&str| {
                    let mut cells = mutant.cells.iter();
                    let cell = cells.find(|(id, _)| id == case);
                    cell.map_or(' ', |(_, cell)| cell.sign())
                };
                let signs: String = cases.iter().map(sign).collect();
                let _ = writeln!(text, "  {:width$}  {:8}  {signs}", mutant.id, mutant.breaks);
            }
        }
        let kills = |m: &&Killed| m.cells.iter().any(|(_, cell)| *cell == Cell::Kill);
        let _ = writeln!(
            text,
            "\n{} mutant {}s, {} killed (X: by a check about the broken clause, o: by another, · passes, ? unclear; blank: not about the clause)",
            self.mutants.len(),
            self.role.name(),
            self.mutants.iter().filter(kills).count(),
        );
        for problem in &self.problems {
            let _ = writeln!(text, "problem: {problem}");
        }
        text
    }
}
