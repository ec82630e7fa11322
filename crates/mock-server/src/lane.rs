//! A share of the server that one test has for itself.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use wire::clause::{Clause, Level};
use wire::memory::Memory;

use crate::attempts::Attempts;
use crate::listener::Script;
use crate::lock::lock;
use crate::scenario::Scenario;

/// What the sessions of one lane have in common.
#[derive(Debug)]
pub(crate) struct Lane {
    /// The lane's name.
    pub(crate) name: String,
    /// What the services remember across connections.
    pub(crate) memory: Mutex<Memory>,
    /// The texts that recognition answers.
    pub(crate) script: Script,
    rule: Mutex<Rule>,
    connections: AtomicU64,
    tally: Mutex<Tally>,
    faults: Mutex<BTreeMap<String, FaultTally>>,
    attempts: Mutex<Attempts>,
    /// The scenario that expects something of the client.
    expecting: Mutex<Option<Scenario>>,
}

/// How a fault has fared in a lane.
#[derive(Clone, Debug, Default)]
struct FaultTally {
    /// It, as it was written.
    text: String,
    /// How often it has fired.
    fired: u64,
}

/// What holds for a lane's sessions if their selectors say nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    /// The scenario, as it was written.
    pub(crate) scenario: Option<String>,
    /// The seed.
    pub(crate) seed: Option<u64>,
}

/// What happened in a lane, in numbers. It outlives the journal's records.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Sessions that are open.
    pub(crate) open: u64,
    /// Sessions that have ended, refused ones among them.
    pub(crate) closed: u64,
    /// Findings, by the id of their clause.
    pub(crate) findings: BTreeMap<&'static str, (&'static Clause, u64)>,
}

impl Tally {
    /// How many findings there are.
    pub(crate) fn findings_count(&self) -> u64 {
        self.findings.values().map(|(_, count)| count).sum()
    }

    /// How many findings count against the client: all but those of assumed clauses.
    pub(crate) fn scored(&self) -> u64 {
        let scored = self.findings.values();
        let scored = scored.filter(|(clause, _)| clause.level != Level::Assumed);
        scored.map(|(_, count)| count).sum()
    }

    /// Counts a finding.
    pub(crate) fn find(&mut self, clause: &'static Clause) {
        self.findings.entry(clause.id).or_insert((clause, 0)).1 += 1;
    }

    /// Takes a finding back.
    pub(crate) fn unfind(&mut self, clause: &'static Clause) {
        if let Some((_, count)) = self.findings.get_mut(clause.id) {
            *count = count.saturating_sub(1);
        }
        self.findings.retain(|_, (_, count)| *count > 0);
    }

    /// Adds the numbers of another lane.
    pub(crate) fn add(&mut self, other: &Self) {
        self.open += other.open;
        self.closed += other.closed;
        for (id, (clause, count)) in &other.findings {
            self.findings.entry(id).or_insert((clause, 0)).1 += count;
        }
    }
}

/// The lane of sessions that name none.
pub(crate) const DEFAULT: &str = "default";

/// What a lane's name has to be.
pub(crate) const NAME_RULE: &str =
    "a name has 1 to 100 characters, none of them a space, a control character, / or ;";

/// Whether a text can be the name of a lane.
pub(crate) fn is_name(text: &str) -> bool {
    let is_good = |c: char| !(c.is_whitespace() || c.is_control() || matches!(c, '/' | ';'));
    (1..=100).contains(&text.chars().count()) && text.chars().all(is_good)
}

impl Lane {
    /// A lane in which nothing has happened.
    pub(crate) fn new(name: &str, transcripts: &[String]) -> Self {
        let script: VecDeque<String> = transcripts.iter().cloned().collect();
        Self {
            name: name.to_owned(),
            memory: Mutex::new(Memory::new()),
            script: Arc::new(Mutex::new(script)),
            rule: Mutex::default(),
            connections: AtomicU64::new(0),
            tally: Mutex::default(),
            faults: Mutex::default(),
            attempts: Mutex::default(),
            expecting: Mutex::default(),
        }
    }

    /// The number of a new connection, from 1.
    pub(crate) fn connect(&self, now: Duration) -> u64 {
        let connection = self.next_connection();
        self.attempts().begin(connection, now);
        connection
    }

    /// The number of a connection that no scenario judges.
    pub(crate) fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Its connections.
    pub(crate) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        lock(&self.attempts)
    }

    /// From now on its client is judged by what this scenario expects, if it expects anything.
    pub(crate) fn expect(&self, scenario: &Scenario) {
        if scenario.expect().is_some() {
            *lock(&self.expecting) = Some(scenario.clone());
        }
    }

    /// What its client has not done as its scenario expects.
    pub(crate) fn disappointments(&self) -> Vec<String> {
        let expecting = lock(&self.expecting).clone();
        let Some(scenario) = expecting else {
            return Vec::new();
        };
        let reasons = scenario.expect().map(|it| it.judge(self.attempts().all()));
        let reasons = reasons.unwrap_or_default().into_iter();
        let named = reasons.map(|reason| format!("scenario {scenario}: {reason}"));
        named.collect()
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// What holds for its sessions.
    pub(crate) fn rule(&self) -> Rule {
        lock(&self.rule).clone()
    }

    /// Changes what holds for its sessions from now on. Faults are counted anew.
    pub(crate) fn set(&self, rule: Rule, transcripts: Vec<String>) {
        lock(&self.faults).clear();
        *lock(&self.expecting) = None;
        *lock(&self.rule) = rule;
        *lock(&self.script) = transcripts.into();
    }

    /// The texts that recognition has not answered yet.
    pub(crate) fn transcripts(&self) -> Vec<String> {
        lock(&self.script).iter().cloned().collect()
    }

    /// Expects a fault to fire, under this key.
    pub(crate) fn expect_fault(&self, key: &str, text: &str) {
        let mut faults = lock(&self.faults);
        // Selectors come from clients, who may make up any number of them.
        if faults.len() < FAULTS && !faults.contains_key(key) {
            let text = text.to_owned();
            faults.insert(key.to_owned(), FaultTally { text, fired: 0 });
        }
    }

    /// How often a fault has fired.
    pub(crate) fn fired(&self, key: &str) -> u64 {
        lock(&self.faults).get(key).map_or(0, |fault| fault.fired)
    }

    /// A fault has fired.
    pub(crate) fn fire(&self, key: &str) {
        if let Some(fault) = lock(&self.faults).get_mut(key) {
            fault.fired += 1;
        }
    }

    /// The faults that have never fired, as they were written.
    pub(crate) fn unfired(&self) -> Vec<String> {
        let faults = lock(&self.faults);
        let unfired = faults.values().filter(|fault| fault.fired == 0);
        unfired.map(|fault| fault.text.clone()).collect()
    }

    /// Its numbers.
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        lock(&self.tally)
    }
}

/// All lanes, made when they are first named.
#[derive(Debug)]
pub(crate) struct Lanes {
    known: Mutex<Known>,
    /// What every lane's script begins with.
    transcripts: Vec<String>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Known {
    lanes: HashMap<String, Arc<Lane>>,
    /// Their names, the oldest first.
    order: VecDeque<String>,
}

/// How many different faults a lane keeps count of.
const FAULTS: usize = 1000;

/// How many lanes a server has at once.
const LANES: usize = 10_000;

/// Every lane is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("all {LANES} lanes have open sessions; close some, or reset lanes with DELETE lanes/NAME")]
pub(crate) struct NoLaneLeft;

impl Lanes {
    /// Lanes whose recognition answers these texts.
    pub(crate) fn new(transcripts: &[String]) -> Self {
        Self {
            known: Mutex::default(),
            transcripts: transcripts.to_vec(),
            limit: LANES,
        }
    }

    /// The lane of this name. If there are too many, the oldest without an open session goes.
    pub(crate) fn enter(&self, name: &str) -> Result<Arc<Lane>, NoLaneLeft> {
        let mut known = lock(&self.known);
        if let Some(lane) = known.lanes.get(name) {
            return Ok(Arc::clone(lane));
        }
        if known.lanes.len() >= self.limit {
            let is_idle = |name: &String| {
                let lane = known.lanes.get(name);
                name != DEFAULT && lane.is_none_or(|lane| Arc::strong_count(lane) == 1)
            };
            let oldest = known.order.iter().position(is_idle).ok_or(NoLaneLeft)?;
            if let Some(oldest) = known.order.remove(oldest) {
                known.lanes.remove(&oldest);
            }
        }
        let lane = Arc::new(Lane::new(name, &self.transcripts));
        known.lanes.insert(name.to_owned(), Arc::clone(&lane));
        known.order.push_back(name.to_owned());
        Ok(lane)
    }

    /// The lane of this name, if it has been named before.
    pub(crate) fn find(&self, name: &str) -> Option<Arc<Lane>> {
        lock(&self.known).lanes.get(name).cloned()
    }

    /// Forgets a lane.
    pub(crate) fn remove(&self, name: &str) {
        let mut known = lock(&self.known);
        known.lanes.remove(name);
        known.order.retain(|known| known != name);
    }

    /// The lanes, the oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Lane>> {
        let known = lock(&self.known);
        let lanes = known.order.iter();
        lanes
            .filter_map(|name| known.lanes.get(name).cloned())
            .collect()
    }

    /// One lane, or all of them.
    pub(crate) fn chosen(&self, lane: Option<&str>) -> Vec<Arc<Lane>> {
        match lane {
            Some(name) => self.find(name).into_iter().collect(),
            None => self.all(),
        }
    }

    /// The numbers of one lane, or of all lanes together.
    pub(crate) fn tally(&self, lane: Option<&str>) -> Tally {
        let mut sum = Tally::default();
        for lane in self.chosen(lane) {
            sum.add(&lane.tally());
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a", true)]
    #[case("test_x[1-é]::y", true)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("a/b", false)]
    #[case("a\n", false)]
    fn names_can_be_written_in_a_path(#[case] name: &str, #[case] is_good: bool) {
        assert_eq!(is_name(name), is_good);
        assert!(!is_name(&"x".repeat(101)));
    }

    #[test]
    fn a_lane_is_the_same_until_it_is_forgotten() {
        let lanes = Lanes::new(&["one".to_owned()]);
        lanes.enter("a").unwrap().connect(Duration::ZERO);
        assert_eq!(lanes.enter("a").unwrap().connect(Duration::ZERO), 2);
        assert_eq!(lanes.enter("b").unwrap().transcripts(), ["one"]);
        lanes.remove("a");
        assert!(lanes.find("a").is_none());
        assert_eq!(lanes.enter("a").unwrap().connect(Duration::ZERO), 1);
    }

    #[test]
    fn the_oldest_idle_lane_makes_room() {
        let lanes = Lanes {
            limit: 2,
            ..Lanes::new(&[])
        };
        let busy = lanes.enter("busy").unwrap();
        lanes.enter("idle").unwrap();
        let other = lanes.enter("other").unwrap();
        let names: Vec<String> = lanes.all().iter().map(|lane| lane.name.clone()).collect();
        assert_eq!(names, ["busy", "other"]);
        assert_eq!(lanes.enter("more").unwrap_err(), NoLaneLeft);
        drop((busy, other));
    }
}
