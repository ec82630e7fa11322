//! The kill matrix: which case finds which mutant.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use futures_util::StreamExt as _;
use mock_server::{ClockMode, Options, Server};
use wire::credentials::Credentials;
use wire::registry;

use super::answer::Mutated;
use super::file::{Mutant, Mutants};
use super::proxy::Proxy;
use crate::case::{Case, Kind, Library, Need, Role};
use crate::coverage::Coverage;
use crate::run::{Function, RunResult, Subject, Target, run_client, run_server};
use crate::select::{Selection, is_scored};
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

/// How many mutants are judged at once; most of their time is waiting for what does not come.
const PARALLEL: usize = 16;

/// How long a server's script may take: our own server answers at once, so what takes longer
/// does not come.
const BUDGET_MS: u64 = 1_500;

/// A case that may take longer than this waits for time to pass, which is sped up.
const USUAL_MS: u64 = 10_000;

/// How much.
const TIMES: u32 = 8;

/// How long a mutant client may take.
const DEADLINE_MS: u64 = 2_500;

/// How much time cases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// What they say: nothing is done to the subject, so nothing is waited for in vain.
    Usual,
    /// Little.
    Brisk,
    /// More: something seemed wrong.
    Slow,
}

/// How much more.
const SLOWER: u64 = 4;

/// The credential of the runs.
const TOKEN: &str = "mutant-token";

/// Runs every mutant server.
pub async fn kill_servers(library: &Library, mutants: &Mutants) -> KillMatrix {
    let run = |mutant, setting, cases| judge_server(library, mutant, setting, cases);
    kill(library, mutants, Role::Server, run).await
}

/// Runs every mutant of a client, which has to be without fault itself.
pub async fn kill_clients(library: &Library, mutants: &Mutants, client: &Function) -> KillMatrix {
    let run = |mutant, _, cases| judge_client(library, mutant, cases, client);
    kill(library, mutants, Role::Client, run).await
}

async fn kill<F>(
    library: &Library,
    mutants: &Mutants,
    role: Role,
    run: impl Fn(Mutant, Setting, Vec<Case>) -> F,
) -> KillMatrix
where
    F: Future<Output = Result<RunResult, String>>,
{
    // What nothing was done to comes first: if it is killed, no kill means anything.
    let mut chosen: Vec<(Mutant, Setting)> = Vec::new();
    for mutant in mutants.of_role(role) {
        let setting = Setting::of(mutant, library);
        let is_there =
            |(known, its): &(Mutant, Setting)| known.endpoint == mutant.endpoint && *its == setting;
        if !chosen.iter().any(is_there) {
            chosen.push((Mutant::none(&mutant.endpoint, role), setting));
        }
        chosen.push((mutant.clone(), setting));
    }
    let judge = |(mutant, setting): &(Mutant, Setting), pace| {
        let cases = match mutant.is_none() {
            true => chosen
                .iter()
                .filter(|(other, its)| other.endpoint == mutant.endpoint && its == setting)
                .fold(Vec::new(), |all, (other, _)| {
                    join(all, relevant(library, other, role, Pace::Usual))
                }),
            false => relevant(library, mutant, role, pace),
        };
        run(mutant.clone(), *setting, cases)
    };
    let wrong = |mutant: &Mutant, run: &Result<RunResult, String>| match run {
        Ok(run) if mutant.is_none() => false_alarms(mutant, run),
        Ok(run) => problems(mutant, run, role),
        Err(problem) => vec![format!("{}: {problem}", named(mutant))],
    };
    let jobs = chosen.iter().map(|chosen| judge(chosen, Pace::Brisk));
    let runs: Vec<_> = futures_util::stream::iter(jobs)
        .buffered(PARALLEL)
        .collect()
        .await;
    let mut matrix = KillMatrix {
        role,
        mutants: Vec::new(),
        problems: Vec::new(),
    };
    for (chosen, mut run) in chosen.iter().zip(runs) {
        let mutant = &chosen.0;
        // A busy machine is slow: what seems wrong among others is judged once more alone.
        if !wrong(mutant, &run).is_empty() {
            run = judge(chosen, Pace::Slow).await;
        }
        matrix.problems.extend(wrong(mutant, &run));
        if let (Ok(run), false) = (&run, mutant.is_none()) {
            matrix.mutants.push(killed(mutant, run));
        }
    }
    let idle = idle(library, &matrix, role);
    matrix.problems.extend(idle);
    matrix
}

/// What is wrong with the cases: scored ones that kill nothing, and reasons for such that do.
fn idle(library: &Library, matrix: &KillMatrix, role: Role) -> Vec<String> {
    let coverage = match Coverage::embedded() {
        Ok(coverage) => coverage,
        Err(problem) => return vec![problem.to_string()],
    };
    let kills = |case: &Case| {
        matrix.mutants.iter().any(|killed| {
            killed.endpoint == case.endpoint
                && killed.cells.contains(&(case.id.clone(), Cell::Kill))
        })
    };
    let cases = library
        .cases
        .iter()
        .filter(|case| case.has_role(role) && is_scored(case));
    let problems = cases.filter_map(|case| {
        let (id, slug, role) = (&case.id, &case.slug, role.name());
        match (kills(case), coverage.why_unkilled(id, role)) {
            (false, None) => Some(format!("{id} ({slug}) is scored and kills no {role}")),
            (true, Some(_)) => Some(format!("{id} kills a {role}; exceptions.toml says no")),
            _ => None,
        }
    });
    problems.collect()
}

/// What a mock has to be like for the cases that have to catch a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Setting {
    /// It checks credentials.
    checks: bool,
    /// Its time passes sooner.
    hurries: bool,
}

impl Setting {
    fn of(mutant: &Mutant, library: &Library) -> Self {
        let cases = || library.cases.iter().filter(|case| has_to(case, mutant));
        Self {
            checks: cases().any(|case| case.needs.contains(&Need::CheckedCredentials)),
            hurries: cases().any(|case| case.budget_ms > USUAL_MS),
        }
    }

    fn options(self) -> Options {
        let mut options = Options::default();
        if self.hurries {
            options.clock = ClockMode::Times(TIMES);
        }
        if self.checks {
            let vendors = registry::VENDORS.iter().map(|vendor| vendor.name);
            options.credentials = Credentials::one_token(TOKEN, vendors);
        }
        options
    }
}

async fn judge_server(
    library: &Library,
    mutant: Mutant,
    setting: Setting,
    cases: Vec<Case>,
) -> Result<RunResult, String> {
    let server = Server::start_with(setting.options()).await;
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
    let subject = Subject::from(Mutated::new(client.clone().into(), mutant, shared.clone()));
    let cases: Vec<&Case> = cases.iter().collect();
    let selection = Selection::default();
    let run = run_client(&cases, &subject, &selection, &|_| {});
    run.await.map_err(|error| error.to_string())
}

/// The cases that can find a mutant: the plain one, those with a check of the broken clause, and
/// those that have to.
fn relevant(library: &Library, mutant: &Mutant, role: Role, pace: Pace) -> Vec<Case> {
    let is_about = |case: &Case| {
        let checks = case.checks(role);
        let mut clauses = checks.iter().flat_map(|(_, clauses)| clauses.iter());
        case.budget_ms <= USUAL_MS
            && case.needs.is_empty()
            && clauses.any(|clause| *clause == mutant.breaks)
    };
    let chosen = library.cases.iter().filter(|case| {
        case.endpoint == mutant.endpoint
            && case.has_role(role)
            && (case.kind == Kind::Plain || is_about(case) || has_to(case, mutant))
    });
    let mut cases: Vec<Case> = chosen.cloned().collect();
    let times = match pace {
        Pace::Usual => return cases,
        Pace::Slow => SLOWER,
        Pace::Brisk => 1,
    };
    for case in &mut cases {
        case.budget_ms = match case.budget_ms > USUAL_MS {
            true => times * case.budget_ms / u64::from(TIMES),
            false => case.budget_ms.min(times * BUDGET_MS),
        };
        if let Some(client) = &mut case.client {
            client.deadline_ms = client.deadline_ms.min(times * DEADLINE_MS);
        }
    }
    cases
}

/// Whether a case has to catch a mutant.
fn has_to(case: &Case, mutant: &Mutant) -> bool {
    let mut aims = mutant.caught.iter();
    case.endpoint == mutant.endpoint
        && aims.any(|aim| aim.split_once('/').is_some_and(|(id, _)| id == case.id))
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
    let Some(endpoint) = registry::endpoints().find(|e| e.name == mutant.endpoint) else {
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
                .filter(|first| first.is_difference())
                .or_else(|| checks.find(|c| c.is_difference()))
                .or(first)
        });
        let breaks = &mutant.breaks;
        match found {
            None => problems.push(format!("{name} survives {aim}: there is no such result")),
            Some(found) if !found.is_difference() => problems.push(format!(
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
        let mut differing = case
            .checks
            .iter()
            .filter(|check| check.is_difference())
            .peekable();
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
