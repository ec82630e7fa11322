//! A table at work: one state, moved by the messages of both sides.

use super::table::{Conduct, Rule, Side, Table};
use crate::clause::Clause;

/// Where one session stands in its table.
#[derive(Clone, Debug)]
pub struct Machine {
    table: &'static Table,
    state: &'static str,
}

/// What a message meant in the state in which it came.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The state before.
    pub from: &'static str,
    /// The state after.
    pub to: &'static str,
    /// Whether it belonged there.
    pub standing: Standing,
    /// The clause that says so.
    pub clause: &'static Clause,
    /// Whether the state has nothing to do with it: the rule holds in all of them.
    pub anywhere: bool,
}

/// Whether a message belonged in the state in which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A rule allows it.
    Legal,
    /// A rule names it as a mistake.
    Misuse,
    /// No rule speaks of it; the state stays.
    Unexpected,
}

impl Machine {
    /// A session at the start of its table.
    #[must_use]
    pub fn new(table: &'static Table) -> Self {
        let Some(initial) = table.states.first() else {
            unreachable!("lint refuses a table without states")
        };
        Self {
            table,
            state: initial.name,
        }
    }

    /// The name of the state.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        self.state
    }

    /// Moves on for a message of `side`.
    pub fn step(&mut self, side: Side, kind: &str) -> Step {
        let from = self.state;
        let Some(rule) = self.rule(side, kind) else {
            return Step {
                from,
                to: from,
                standing: Standing::Unexpected,
                clause: self.table.order,
                anywhere: false,
            };
        };
        let to = rule.to.unwrap_or(from);
        let standing = match rule.conduct {
            Conduct::Legal => Standing::Legal,
            Conduct::Misuse => Standing::Misuse,
        };
        self.state = to;
        Step {
            from,
            to,
            standing,
            clause: rule.clause,
            anywhere: rule.from.is_empty(),
        }
    }

    /// The kinds of message that `side` may send now.
    #[must_use]
    pub fn legal(&self, side: Side) -> Vec<&'static str> {
        let mut kinds: Vec<&'static str> = self
            .table
            .rules
            .iter()
            .filter(|rule| rule.side == side && rule.conduct == Conduct::Legal)
            .filter(|rule| rule.holds_in(self.state))
            .map(|rule| rule.kind)
            .collect();
        kinds.dedup();
        kinds
    }

    /// The kind of message that the client may send now and that comes nearest to `kind`:
    /// itself if it is legal, else the one with the most similar name.
    pub(super) fn nearest(&self, kind: &str) -> Option<&'static str> {
        let legal = self.legal(Side::Client);
        legal
            .into_iter()
            .min_by_key(|candidate| crate::registry::edit_distance(candidate, kind))
    }

    /// Puts the machine back into `state`, to ask what would have been legal there.
    pub(super) const fn rewind(&mut self, state: &'static str) {
        self.state = state;
    }

    fn rule(&self, side: Side, kind: &str) -> Option<&'static Rule> {
        self.table
            .rules
            .iter()
            .find(|rule| rule.covers(self.state, side, kind))
    }
}
