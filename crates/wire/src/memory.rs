//! What a service remembers from one connection to the next, bounded.
//!
//! The mock keeps one memory per lane, so that parallel tests do not see each
//! other's used ids.

use std::collections::{HashMap, HashSet, VecDeque};

/// How many ids of one kind are remembered before the oldest is forgotten.
pub const REMEMBERED: usize = 10_000;

/// Used ids, by kind.
#[derive(Debug, Default)]
pub struct Memory {
    kinds: HashMap<&'static str, Seen>,
    strikes: HashMap<&'static str, Strikes>,
    counts: HashMap<&'static str, u64>,
}

/// Failures of one kind in a row, and the lock that follows too many of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strikes {
    in_a_row: u32,
    locked_until_s: u64,
}

impl Strikes {
    /// Whether there were too many, at this time in seconds.
    #[must_use]
    pub const fn is_locked(&self, now_s: u64) -> bool {
        now_s < self.locked_until_s
    }

    /// Counts a failure. The `limit`th in a row locks for `lock_s` seconds, and counting begins anew.
    pub const fn fail(&mut self, limit: u32, now_s: u64, lock_s: u64) {
        self.in_a_row += 1;
        if self.in_a_row >= limit {
            self.in_a_row = 0;
            self.locked_until_s = now_s.saturating_add(lock_s);
        }
    }

    /// Forgets the failures.
    pub const fn succeed(&mut self) {
        self.in_a_row = 0;
    }
}

#[derive(Debug, Default)]
struct Seen {
    known: HashSet<String>,
    order: VecDeque<String>,
}

impl Memory {
    /// Nothing remembered.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers `id` and tells whether it is new.
    pub fn is_new(&mut self, kind: &'static str, id: &str) -> bool {
        let seen = self.kinds.entry(kind).or_default();
        if !seen.known.insert(id.to_owned()) {
            return false;
        }
        seen.order.push_back(id.to_owned());
        if seen.order.len() > REMEMBERED
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.known.remove(&oldest);
        }
        true
    }

    /// The failures of one kind.
    pub fn strikes(&mut self, kind: &'static str) -> &mut Strikes {
        self.strikes.entry(kind).or_default()
    }

    /// Counts something of one kind, from 1.
    pub fn count(&mut self, kind: &'static str) -> u64 {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        *count
    }

    /// Whether `id` has been remembered.
    #[must_use]
    pub fn knows(&self, kind: &'static str, id: &str) -> bool {
        self.kinds
            .get(kind)
            .is_some_and(|seen| seen.known.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_failures_in_a_row_lock_for_a_while() {
        let mut memory = Memory::new();
        let strikes = memory.strikes("signature");
        for _ in 0..2 {
            strikes.fail(3, 100, 50);
        }
        strikes.succeed();
        for _ in 0..2 {
            strikes.fail(3, 100, 50);
            assert!(!strikes.is_locked(100));
        }
        strikes.fail(3, 100, 50);
        assert!(strikes.is_locked(149));
        assert!(!strikes.is_locked(150));
        assert!(!memory.strikes("login").is_locked(100));
        assert_eq!(
            (memory.count("a"), memory.count("a"), memory.count("b")),
            (1, 2, 1)
        );
    }

    #[test]
    fn an_id_is_new_once_and_the_oldest_is_forgotten() {
        let mut memory = Memory::new();
        assert!(memory.is_new("request", "0"));
        assert!(!memory.is_new("request", "0"));
        assert!(memory.is_new("session", "0"));
        for n in 1..=REMEMBERED {
            assert!(memory.is_new("request", &n.to_string()));
        }
        assert!(!memory.knows("request", "0"));
        assert!(memory.knows("request", "1"));
    }
}
