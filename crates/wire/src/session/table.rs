//! What is legal on an endpoint, as const data.

use crate::clause::Clause;

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The client.
    Client,
    /// The server.
    Server,
}

impl Side {
    /// The side's name in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// The table of an endpoint. The first state is the initial one.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// All states; the first is where a session begins.
    pub states: &'static [State],
    /// All rules.
    pub rules: &'static [Rule],
    /// What a message breaks for which a state has no rule.
    pub order: &'static Clause,
}

/// One state.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// Its name, one lower-case word.
    pub name: &'static str,
    /// What is going on in it.
    pub text: &'static str,
}

/// One rule: in these states, this side may (or may not) send this kind of message.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The states in which it holds; [`ANY`] for all of them.
    pub from: &'static [&'static str],
    /// Who sends.
    pub side: Side,
    /// The kind of message.
    pub kind: &'static str,
    /// The state afterwards; `None` stays.
    pub to: Option<&'static str>,
    /// Whether the sender is right to send it.
    pub conduct: Conduct,
    /// Where the rule comes from.
    pub clause: &'static Clause,
}

/// All states of the table.
pub const ANY: &[&str] = &[];

/// Whether the sender of a message is right to send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It belongs here.
    Legal,
    /// It is a mistake, and what follows from it is known.
    Misuse,
}

impl Rule {
    /// The client may send `kind`.
    #[must_use]
    pub const fn client(
        from: &'static [&'static str],
        kind: &'static str,
        to: Option<&'static str>,
        clause: &'static Clause,
    ) -> Self {
        Self {
            from,
            side: Side::Client,
            kind,
            to,
            conduct: Conduct::Legal,
            clause,
        }
    }

    /// The server may send `kind`.
    #[must_use]
    pub const fn server(
        from: &'static [&'static str],
        kind: &'static str,
        to: Option<&'static str>,
        clause: &'static Clause,
    ) -> Self {
        let mut rule = Self::client(from, kind, to, clause);
        rule.side = Side::Server;
        rule
    }

    /// The client should not send `kind`, but it is known what follows.
    #[must_use]
    pub const fn misuse(
        from: &'static [&'static str],
        kind: &'static str,
        to: Option<&'static str>,
        clause: &'static Clause,
    ) -> Self {
        let mut rule = Self::client(from, kind, to, clause);
        rule.conduct = Conduct::Misuse;
        rule
    }

    /// Whether the rule speaks of this state, side and kind.
    #[must_use]
    pub fn covers(&self, state: &str, side: Side, kind: &str) -> bool {
        self.side == side && self.kind == kind && self.holds_in(state)
    }

    /// Whether the rule holds in a state.
    #[must_use]
    pub fn holds_in(&self, state: &str) -> bool {
        self.from.is_empty() || self.from.contains(&state)
    }
}
