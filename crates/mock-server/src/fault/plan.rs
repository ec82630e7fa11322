//! From the faults of a scenario to those of one connection.

use std::ops::RangeInclusive;
use std::sync::Arc;

use wire::endpoint::Endpoint;
use wire::id::{Ids, seed_of};

use super::catalogue::{find, nearest};
use super::engine::{Armed, Tally};
use super::gate::Gate;
use super::point::{self, Point, digits};
use super::row::{Fault, Make, Points, Values};
use crate::lane::Lane;
use crate::scenario::{Call, NONE};

/// One fault as a scenario asks for it, checked.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// It, as it was written.
    pub(crate) text: String,
    /// Its row.
    pub(crate) fault: &'static Fault,
    /// Where it acts.
    pub(crate) at: Point,
    values: Values,
    connections: RangeInclusive<u64>,
    times: Option<u64>,
    then: Option<Box<Self>>,
    seed: Option<u64>,
}

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Order {}

/// What is wrong with a fault of a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// There is no such fault.
    #[error("unknown fault {name:?}; did you mean {nearest:?}?")]
    Unknown {
        /// Its name.
        name: String,
        /// The name that is most like it.
        nearest: &'static str,
    },
    /// It does not take this.
    #[error("fault {fault:?}: unknown key {key:?}; it takes {}", known.join(", "))]
    Key {
        /// The fault.
        fault: String,
        /// The key.
        key: String,
        /// The keys that it takes.
        known: Vec<&'static str>,
    },
    /// It does not take this value.
    #[error("fault {fault:?}: {key}={value} is wrong: {rule}")]
    Value {
        /// The fault.
        fault: String,
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What it may be.
        rule: String,
    },
    /// It makes no sense on the endpoint.
    #[error("fault {fault:?} does not apply to {endpoint}")]
    Endpoint {
        /// The fault.
        fault: String,
        /// The endpoint's name.
        endpoint: &'static str,
    },
}

/// The keys of every fault.
const KEYS: [&str; 5] = ["at", "conn", "times", "then", "seed"];

/// The value of [`Fault::at`] when the parameter of that name says when.
const AFTER: &str = "after_ms";

/// What faults do to one connection.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// To its handshake, in order.
    pub(crate) gates: Vec<Planned>,
    /// To its session, in order.
    pub(crate) armed: Vec<Armed>,
    /// The notes of those that have fired already.
    pub(crate) fired: Vec<usize>,
    /// All of them, for the journal.
    pub(crate) notes: Vec<Note>,
    /// Whether the vendor's own idle rules rest.
    pub(crate) rests_idle: bool,
}

/// A fault of the handshake.
#[derive(Debug)]
pub(crate) struct Planned {
    /// Its place among the notes.
    pub(crate) index: usize,
    /// What it does.
    pub(crate) gate: Gate,
    /// What its firing is counted under.
    pub(crate) tally: Tally,
}

/// A fault that is armed on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// Its name.
    pub(crate) name: String,
    /// It, as it was written.
    pub(crate) text: String,
    /// Where it acts.
    pub(crate) at: Point,
}

impl Order {
    /// Checks a fault of a scenario.
    pub(crate) fn of(call: &Call) -> Result<Self, OrderError> {
        let Some((fault, mut values)) = find(&call.name) else {
            return Err(OrderError::Unknown {
                name: call.name.clone(),
                nearest: nearest(&call.name),
            });
        };
        let wrong = |key: &str, value: &str, rule: &str| OrderError::Value {
            fault: call.name.clone(),
            key: key.to_owned(),
            value: value.to_owned(),
            rule: rule.to_owned(),
        };
        let mut at = None;
        // A fault of a reconnect says on which connection it acts.
        let own = fault.parameters.iter().find(|it| it.key == "conn");
        let own = own.and_then(|conn| connections(conn.default));
        let mut numbers = own.unwrap_or(1..=u64::MAX);
        let (mut times, mut then, mut seed) = (None, None, None);
        for (key, value) in &call.parameters {
            match key.as_str() {
                "at" if value.starts_with("conn/") => {
                    numbers = connections(value.trim_start_matches("conn/"))
                        .ok_or_else(|| wrong(key, value, CONN))?;
                }
                "at" => {
                    let point = Point::parse(value);
                    at = Some(point.ok_or_else(|| wrong(key, value, point::RULE))?);
                }
                "conn" => numbers = connections(value).ok_or_else(|| wrong(key, value, CONN))?,
                "times" => {
                    let number = digits(value).filter(|number| *number > 0);
                    times = Some(number.ok_or_else(|| wrong(key, value, POSITIVE))?);
                }
                "seed" => {
                    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
                    let number = value.parse().ok().filter(|_| is_number);
                    seed = Some(number.ok_or_else(|| wrong(key, value, "a whole number"))?);
                }
                "then" if value == NONE => {}
                "then" => {
                    let call = Call {
                        name: value.clone(),
                        parameters: Vec::new(),
                    };
                    then = Some(Box::new(Self::of(&call)?));
                }
                _ => {
                    let known = fault.parameters.iter().find(|it| it.key == key);
                    let Some(parameter) = known else {
                        let own = fault.parameters.iter().map(|it| it.key);
                        return Err(OrderError::Key {
                            fault: call.name.clone(),
                            key: key.clone(),
                            known: KEYS.into_iter().chain(own).collect(),
                        });
                    };
                    if !parameter.takes(value) {
                        return Err(wrong(key, value, &parameter.rule()));
                    }
                    values.given.push((parameter.key, value.clone()));
                }
            }
        }
        if times.is_none() && call.parameters.iter().any(|(key, _)| key == "then") {
            times = Some(1);
        }
        for parameter in fault.parameters {
            if !parameter.default.is_empty() && values.text(parameter.key).is_empty() {
                let default = parameter.default.to_owned();
                values.given.push((parameter.key, default));
            }
        }
        let at = match at {
            // The same in another place: whatever asks for the parameter shall find it.
            Some(Point::Elapsed(after)) if fault.at == AFTER => {
                values.given.retain(|(key, _)| *key != AFTER);
                values.given.push((AFTER, after.as_millis().to_string()));
                Point::Elapsed(after)
            }
            Some(at) => at,
            None if fault.at == AFTER => Point::Elapsed(values.ms(AFTER)),
            None => Point::parse(fault.at)
                .unwrap_or_else(|| unreachable!("a test reads every default point")),
        };
        if fault.at == AFTER
            && let Point::Elapsed(after) = at
        {
            values.given.retain(|(key, _)| *key != AFTER);
            values.given.push((AFTER, after.as_millis().to_string()));
        }
        let is_allowed = match fault.points {
            Points::Handshake => at == Point::Handshake,
            Points::Session => at != Point::Handshake,
            Points::Any => true,
        };
        if !is_allowed {
            let rule = match fault.points {
                Points::Handshake => "it acts on the handshake only",
                Points::Session | Points::Any => "it acts behind the handshake only",
            };
            return Err(wrong("at", &at.to_string(), rule));
        }
        Ok(Self {
            text: call.to_string(),
            fault,
            at,
            values,
            connections: numbers,
            times,
            then,
            seed,
        })
    }

    /// The same on these connections only, unless it names some itself.
    pub(crate) fn on(mut self, connections: RangeInclusive<u64>) -> Self {
        if self.connections == (1..=u64::MAX) {
            self.connections = connections;
        }
        self
    }

    /// Whether it makes sense on an endpoint.
    pub(crate) fn check(&self, endpoint: &'static Endpoint) -> Result<(), OrderError> {
        if !self.fault.applies.to(endpoint) {
            return Err(OrderError::Endpoint {
                fault: self.values.name().to_owned(),
                endpoint: endpoint.name,
            });
        }
        if let Some(code) = self.unknown_code(endpoint) {
            let known = (endpoint.dialect.error_codes)().join(", ");
            return Err(OrderError::Value {
                fault: self.values.name().to_owned(),
                key: "code".to_owned(),
                value: code.to_owned(),
                rule: format!("{} has {known}", endpoint.name),
            });
        }
        self.then
            .as_ref()
            .map_or(Ok(()), |then| then.check(endpoint))
    }

    /// The vendor's error code that it asks for, if the endpoint has none such.
    fn unknown_code(&self, endpoint: &Endpoint) -> Option<&str> {
        let is_vendors = self.fault.name == super::order::VENDOR_ERROR;
        let code = Some(self.values.text("code")).filter(|code| is_vendors && !code.is_empty())?;
        let known = (endpoint.dialect.error_codes)();
        (!known.contains(&code)).then_some(code)
    }

    /// What the connection meets that comes after one in which it has fired, or the one that has
    /// taken over from it.
    fn owed(&self, lane: &Arc<Lane>, key: &str) -> Option<(&Self, Gate, Tally)> {
        if let Make::Sequel(_, make) = self.fault.make {
            let tally = Tally {
                lane: Arc::clone(lane),
                key: format!("{key} again"),
                times: None,
            };
            if lane.fired(key) > lane.fired(&tally.key) {
                return Some((self, make(&self.values), tally));
            }
        }
        self.then.as_ref()?.owed(lane, &format!("{key} then"))
    }

    /// It, or the one that has taken over.
    fn current(&self, lane: &Arc<Lane>, key: String) -> Option<(&Self, Tally)> {
        let tally = Tally {
            lane: Arc::clone(lane),
            key,
            times: self.times,
        };
        if !tally.is_spent() {
            return Some((self, tally));
        }
        let key = format!("{} then", tally.key);
        self.then.as_ref()?.current(lane, key)
    }
}

impl Plan {
    /// What the faults of a scenario do to a connection of a lane.
    ///
    /// # Errors
    /// If one of them makes no sense on the endpoint.
    pub(crate) fn new(
        orders: &[Order],
        endpoint: &'static Endpoint,
        lane: &Arc<Lane>,
        connection: u64,
        seed: u64,
    ) -> Result<Self, OrderError> {
        for order in orders {
            order.check(endpoint)?;
        }
        let mut plan = Self::default();
        for (place, order) in orders.iter().enumerate() {
            let key = format!("{place} {}", order.text);
            lane.expect_fault(&key, &order.text);
            if let Some((order, gate, tally)) = order.owed(lane, &key) {
                lane.expect_fault(&tally.key, &order.text);
                plan.add_gate(order, gate, tally);
            } else if order.connections.contains(&connection)
                && let Some((order, tally)) = order.current(lane, key)
            {
                lane.expect_fault(&tally.key, &order.text);
                plan.add(order, tally, connection, seed);
            }
        }
        Ok(plan)
    }

    fn add(&mut self, order: &Order, tally: Tally, connection: u64, seed: u64) {
        let values = &order.values;
        let gate = match order.fault.make {
            Make::Gate(make) => Some(make(values)),
            Make::Either(make, _) if order.at == Point::Handshake => Some(make(values)),
            Make::Either(..) | Make::Behaviour(_) | Make::Sequel(..) => None,
        };
        if let Some(gate) = gate {
            return self.add_gate(order, gate, tally);
        }
        let (Make::Behaviour(make) | Make::Either(_, make) | Make::Sequel(make, _)) =
            order.fault.make
        else {
            unreachable!("what is no gate is a behaviour")
        };
        let index = self.note(order, order.at);
        self.rests_idle |= order.fault.at == AFTER;
        let seed = order.seed.unwrap_or(seed);
        self.armed.push(Armed {
            index,
            at: order.at,
            behaviour: make(values),
            ids: Ids::new(seed_of(seed, &tally.key, connection)),
            tally,
        });
    }

    fn add_gate(&mut self, order: &Order, gate: Gate, tally: Tally) {
        let index = self.note(order, Point::Handshake);
        self.gates.push(Planned { index, gate, tally });
    }

    fn note(&mut self, order: &Order, at: Point) -> usize {
        self.notes.push(Note {
            name: order.values.name().to_owned(),
            text: order.text.clone(),
            at,
        });
        self.notes.len() - 1
    }
}

/// The connections that `N` or `N..M` names.
pub(crate) fn connections(text: &str) -> Option<RangeInclusive<u64>> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (digits(first)?, digits(last)?);
    (1 <= first && first <= last).then_some(first..=last)
}

const CONN: &str = "a connection is N or N..M, counted from 1";
const POSITIVE: &str = "a whole number from 1";

#[cfg(test)]
mod tests;
