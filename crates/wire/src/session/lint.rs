//! Checks of a table: deterministic, reachable, every rule from the register.

use std::collections::BTreeSet;

use super::table::Table;
use crate::clause::Clause;

/// What is wrong with a table; empty if nothing is.
///
/// A sound table names only states that it has, never has two rules for the same state,
/// side and kind, can reach every state from the first, and cites only clauses of `register`.
#[must_use]
pub fn lint(table: &Table, register: &[&Clause]) -> Vec<String> {
    let mut problems = Vec::new();
    let names: Vec<&str> = table.states.iter().map(|state| state.name).collect();
    let known: BTreeSet<&str> = names.iter().copied().collect();
    if names.is_empty() {
        problems.push("there are no states".to_owned());
    }
    if known.len() < names.len() {
        problems.push("a state stands twice".to_owned());
    }
    for rule in table.rules {
        for state in rule.from.iter().copied().chain(rule.to) {
            if !known.contains(state) {
                problems.push(format!("{}: there is no state {state}", rule.kind));
            }
        }
        if !register.iter().any(|clause| clause.id == rule.clause.id) {
            problems.push(format!(
                "{}: clause {} is not in the register",
                rule.kind, rule.clause.id
            ));
        }
    }
    if !register.iter().any(|clause| clause.id == table.order.id) {
        problems.push(format!(
            "order: clause {} is not in the register",
            table.order.id
        ));
    }
    problems.extend(ambiguities(table));
    problems.extend(unreachable_states(table));
    problems
}

fn ambiguities(table: &Table) -> Vec<String> {
    let mut problems = Vec::new();
    for state in table.states {
        for (index, rule) in table.rules.iter().enumerate() {
            let twin = table.rules.iter().take(index).any(|other| {
                rule.holds_in(state.name) && other.covers(state.name, rule.side, rule.kind)
            });
            if twin {
                problems.push(format!(
                    "{}: two rules for {} of the {}",
                    state.name,
                    rule.kind,
                    rule.side.name()
                ));
            }
        }
    }
    problems
}

fn unreachable_states(table: &Table) -> Vec<String> {
    let mut reached: BTreeSet<&str> = table.states.iter().take(1).map(|s| s.name).collect();
    loop {
        let next: BTreeSet<&str> = table
            .rules
            .iter()
            .filter(|rule| reached.iter().any(|state| rule.holds_in(state)))
            .filter_map(|rule| rule.to)
            .collect();
        let before = reached.len();
        reached.extend(next);
        if reached.len() == before {
            break;
        }
    }
    table
        .states
        .iter()
        .filter(|state| !reached.contains(state.name))
        .map(|state| format!("{}: cannot be reached", state.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::table::{ANY, Rule, State};
    use super::*;
    use crate::clause::{Level, Source};

    const CLAUSE: Clause = Clause::new(
        "ABC-D2E7",
        Level::Must,
        Source {
            page: "page",
            read: "2026-01-01",
        },
        "text",
    );

    const fn state(name: &'static str) -> State {
        State { name, text: "" }
    }

    #[test]
    fn a_sound_table_has_no_problems() {
        const TABLE: Table = Table {
            states: &[state("open"), state("done")],
            rules: &[
                Rule::client(&["open"], "START", Some("done"), &CLAUSE),
                Rule::server(ANY, "ERROR", None, &CLAUSE),
            ],
            order: &CLAUSE,
        };
        assert_eq!(lint(&TABLE, &[&CLAUSE]), Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_problem_is_named() {
        const TABLE: Table = Table {
            states: &[state("open"), state("lost")],
            rules: &[
                Rule::client(&["open"], "START", Some("nowhere"), &CLAUSE),
                Rule::misuse(ANY, "START", None, &CLAUSE),
            ],
            order: &CLAUSE,
        };
        assert_eq!(
            lint(&TABLE, &[]),
            [
                "START: there is no state nowhere",
                "START: clause ABC-D2E7 is not in the register",
                "START: clause ABC-D2E7 is not in the register",
                "order: clause ABC-D2E7 is not in the register",
                "open: two rules for START of the client",
                "lost: cannot be reached",
            ]
        );
    }
}
