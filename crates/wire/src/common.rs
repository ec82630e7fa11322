//! Clauses of no vendor: the RFCs, and what is expected of every client.
//!
//! How a client copes with silence, with members that it does not know or with an empty answer is
//! written nowhere. Such clauses are `assumed`: never scored, and listed as what they are.

use crate::clause::{Clause, Level, Source};
use crate::ws;

const fn assumed(id: &'static str, text: &'static str) -> Clause {
    let source = Source {
        page: "reports of incidents with speech clients",
        read: "2026-11",
    };
    Clause::new(id, Level::Assumed, source, text)
}

/// Silence is an error in the end.
pub const SILENCE: Clause = assumed(
    "CLT-SILN",
    "A client to which nothing comes any more reports an error in a time of its own, instead of waiting for ever.",
);
/// What is new is no error.
pub const UNKNOWN: Clause = assumed(
    "CLT-MORE",
    "A client passes over members and types of messages that it does not know.",
);
/// The end is the end.
pub const AFTER_END: Clause = assumed(
    "CLT-AFTR",
    "An end marker that comes twice, or messages behind it, change nothing for a client.",
);
/// Nothing is no success.
pub const EMPTY: Clause = assumed(
    "CLT-EMPT",
    "An answer that ends in order without any audio is reported, not handed on as a success.",
);
/// Large messages are messages.
pub const LARGE: Clause = assumed(
    "CLT-LARG",
    "A client takes a message of more than 1 MiB, or reports that it does not; it never loses it in silence.",
);
/// Slow is not dead.
pub const SLOW: Clause = assumed(
    "CLT-SLOW",
    "A client waits some seconds for the first audio while the connection answers.",
);
/// What cannot be read is no success.
pub const UNREADABLE: Clause = assumed(
    "CLT-MALF",
    "A message that cannot be read is reported or passed over; it never makes a client wait for ever.",
);

/// Those that are about clients.
pub const CLIENTS: &[&Clause] = &[
    &SILENCE,
    &UNKNOWN,
    &AFTER_END,
    &EMPTY,
    &LARGE,
    &SLOW,
    &UNREADABLE,
];

/// All clauses that hold at every endpoint.
pub fn clauses() -> impl Iterator<Item = &'static Clause> {
    ws::clauses::ALL.iter().chain(CLIENTS).copied()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_register_is_sound() {
        let all: Vec<_> = super::clauses().collect();
        assert_eq!(crate::clause::lint(&all), [""; 0]);
    }
}
