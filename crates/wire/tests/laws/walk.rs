//! Random walks against every session of the registry under any knobs. How a walk goes and what must be
//! true of it is in [`crate::oracle::walk`], which the fuzzer walks as well.

use std::collections::BTreeSet;

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::proptest;
use proptest::sample::Index;
use rstest::rstest;
use wire::endpoint::Endpoint;
use wire::knob::Knobs;
use wire::memory::Memory;
use wire::registry;
use wire::session::{Form, Turn};

use crate::oracle::stored::of_clients;
use crate::oracle::walk::{Event, Walk, knobs_of, odd};
use crate::spoil::{Damage, damage};

/// What happens next, whatever the endpoint.
#[derive(Clone, Debug)]
enum Chance {
    /// The client sends one of its stored messages.
    Message(Index),
    /// The client sends what is left of one.
    Spoilt(Index, Damage),
    /// The client sends something that belongs to nobody.
    Odd(Index),
    /// Something else.
    Event(Event),
}

impl Chance {
    fn of(&self, endpoint: &Endpoint) -> Event {
        match self {
            Self::Message(which) => {
                let stored = which.get(&of_clients(endpoint)).to_owned();
                Event::Message(stored.form, stored.payload.clone())
            }
            Self::Spoilt(which, damage) => {
                let stored = which.get(&of_clients(endpoint)).to_owned();
                Event::Message(stored.form, damage.of(&stored.payload))
            }
            Self::Odd(which) => {
                let (form, payload) = which.get(&odd()).clone();
                Event::Message(form, payload)
            }
            Self::Event(event) => event.clone(),
        }
    }
}

fn event() -> impl Strategy<Value = Chance> {
    let code = proptest::sample::select(vec![1002, 1007, 1009]);
    prop_oneof![
        12 => any::<Index>().prop_map(Chance::Message),
        3 => (any::<Index>(), damage()).prop_map(|(which, damage)| Chance::Spoilt(which, damage)),
        3 => any::<Index>().prop_map(Chance::Odd),
        12 => Just(Chance::Event(Event::Speak)),
        12 => any::<u8>().prop_map(|which| Chance::Event(Event::Hear(which.into()))),
        1 => any::<u8>().prop_map(|which| Chance::Event(Event::Timer(which.into()))),
        1 => code.prop_map(|code| Chance::Event(Event::Broken(code))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_random_walk_keeps_to_the_table(
        which in any::<Index>(),
        choices in vec((0..64_usize, 0..12_usize), 0..5),
        encodes in proptest::bool::weighted(0.9),
        events in vec(event(), 1..48),
    ) {
        let endpoint = *which.get(&registry::endpoints().collect::<Vec<_>>());
        let mut walk = Walk::new(endpoint, knobs_of(endpoint, choices), encodes);
        for event in &events {
            walk.happen(&event.of(endpoint));
        }
        walk.settle();
    }

    /// A client that has said something and then nothing: what was asked for comes to its end, and if
    /// the server waits for the client with a limit, the limit ends it.
    #[test]
    fn a_client_that_falls_silent_is_let_go_where_a_limit_is_set(
        which in any::<Index>(), events in vec(event(), 0..12),
    ) {
        let endpoint = *which.get(&registry::endpoints().collect::<Vec<_>>());
        let mut walk = Walk::new(endpoint, Knobs::new(), true);
        for event in &events {
            walk.happen(&event.of(endpoint));
        }
        walk.settle();
        for _ in 0..MOST_LIMITS {
            let Some(timer) = walk.timers.first().copied() else { break };
            walk.run_out(timer);
            walk.settle();
        }
        assert!(walk.end.is_some() || walk.timers.is_empty(), "{:?}", walk.timers);
    }
}

/// How many limits can follow one another before the session is over.
const MOST_LIMITS: usize = 3;

/// From every state that a stored session goes through: a broken stream ends the session in that very
/// turn, and nothing comes behind it.
#[rstest]
fn every_state_ends_when_the_stream_breaks(#[values(1002, 1007, 1009)] code: u16) {
    for endpoint in registry::endpoints() {
        let messages = of_clients(endpoint);
        for count in 0..=messages.len() {
            let mut walk = Walk::new(endpoint, Knobs::new(), true);
            for stored in &messages[..count] {
                walk.receive(stored.form, &stored.payload);
                if count % 2 == 0 {
                    walk.settle();
                }
            }
            walk.happen(&Event::Broken(code));
            walk.receive(Form::Text, &Bytes::from_static(b"{}"));
            walk.settle();
        }
    }
}

/// What nobody has defined is answered by the policy of the endpoint, and if that leaves the session
/// open, every stored session after it goes as if it were the first thing said.
#[test]
fn what_is_undefined_changes_nothing_about_what_follows() {
    for endpoint in registry::endpoints() {
        let mut went_on = 0;
        for (form, payload) in odd() {
            for stored in of_clients(endpoint) {
                let mut fresh = Walk::new(endpoint, Knobs::new(), true);
                let mut after = Walk::new(endpoint, Knobs::new(), true);
                after.receive(form, &payload);
                if after.end.is_some() {
                    continue;
                }
                let before = after.sent.len();
                for walk in [&mut fresh, &mut after] {
                    walk.receive(stored.form, &stored.payload);
                    walk.settle();
                }
                // Of a message that is no beginning the answer may know what was before.
                if fresh.machine.state() == after.machine.state() {
                    let what = format!("{}: {payload:?}", endpoint.name);
                    assert_eq!(after.sent.split_off(before), fresh.sent, "{what}");
                    went_on += 1;
                }
            }
        }
        assert!(
            went_on > 0,
            "{}: nothing undefined is survived",
            endpoint.name
        );
    }
}

/// The walk is worth something only if it gets everywhere.
#[test]
fn the_stored_messages_lead_into_every_state_that_needs_no_mistake_of_the_server() {
    for endpoint in registry::endpoints() {
        let mut reached = BTreeSet::new();
        for stored in of_clients(endpoint) {
            let mut walk = Walk::new(endpoint, Knobs::new(), true);
            reached.insert(walk.session.state());
            for again in [stored, stored] {
                walk.receive(again.form, &again.payload);
                reached.insert(walk.session.state());
            }
            walk.settle();
            reached.insert(walk.session.state());
        }
        assert!(reached.len() >= 3, "{}: {reached:?}", endpoint.name);
    }
}

/// Reading a message before it is answered says when it is decoded, and nothing else; so does reading one
/// that is not answered.
#[test]
fn a_message_that_has_been_read_before_is_answered_the_same() {
    for endpoint in registry::endpoints() {
        let stored = of_clients(endpoint);
        for (first, other) in stored.iter().zip(stored.iter().rev()) {
            let answer = |read: Option<(Form, &Bytes)>| {
                let mut walk = Walk::new(endpoint, Knobs::new(), true);
                if let Some((form, payload)) = read {
                    walk.session.read(form, payload);
                }
                let mut memory = Memory::new();
                let mut turn = Turn::new(&mut memory);
                let seen = walk.session.message(first.form, &first.payload, &mut turn);
                format!("{seen:?} {:?}", turn.into_actions())
            };
            let plain = answer(None);
            assert_eq!(answer(Some((first.form, &first.payload))), plain);
            assert_eq!(answer(Some((other.form, &other.payload))), plain);
        }
    }
}
