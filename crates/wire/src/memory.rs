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
