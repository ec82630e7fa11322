//! Messages that were due, altered in the vendor's way.

use wire::dialect::{Deviation, Retouch};

use crate::fault::behaviour::{Behaviour, Hand, Outgoing};

/// Which messages are altered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fault) enum Scope {
    /// All that can be.
    Every,
    /// The first that can be.
    One,
    /// The first that can be; if none could be by the end marker, an error comes there, altered.
    OneForSure,
}

/// Messages from the point on, altered.
pub(in crate::fault) struct Altered {
    how: Retouch,
    scope: Scope,
    is_done: bool,
    stand_in: StandIn,
}

impl Altered {
    /// Alters like this.
    pub(in crate::fault) const fn new(how: Retouch, scope: Scope) -> Self {
        Self {
            how,
            scope,
            is_done: false,
            stand_in: StandIn::NotAsked,
        }
    }
}

impl Behaviour for Altered {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done {
            return vec![message];
        }
        if let Some(altered) = hand.retouch(self.how, &message) {
            self.is_done = self.scope != Scope::Every;
            return vec![altered];
        }
        if self.scope == Scope::OneForSure {
            self.stand_in.ask(&message, hand);
        }
        vec![message]
    }
}

/// A copy of a message with the id of another request.
#[derive(Default)]
pub(super) struct Foreign {
    is_done: bool,
    stand_in: StandIn,
}

impl Behaviour for Foreign {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done {
            return vec![message];
        }
        let Some(foreign) = hand.retouch(Retouch::ForeignId, &message) else {
            self.stand_in.ask(&message, hand);
            return vec![message];
        };
        self.is_done = true;
        match self.stand_in {
            StandIn::Asked => vec![foreign],
            StandIn::NotAsked => vec![foreign, message],
        }
    }
}

/// A message for sessions that have none that could be altered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum StandIn {
    #[default]
    NotAsked,
    Asked,
}

impl StandIn {
    /// Has one sent before the end marker; it comes by as every message does.
    fn ask(&mut self, message: &Outgoing, hand: &mut Hand<'_>) {
        if *self == Self::NotAsked && message.part.is_end() {
            *self = Self::Asked;
            hand.deviate(Deviation::Untyped);
        }
    }
}
