use std::time::Duration;

use rstest::rstest;
use wire::registry;

use super::*;
use crate::fault::behaviour::Deed;
use crate::fault::engine::{Engine, Next, Start};
use crate::lane::Lanes;
use crate::scenario::Scenario;

fn lane() -> Arc<Lane> {
    Lanes::new(&[]).enter("test").unwrap()
}

fn plan(lane: &Arc<Lane>, scenario: &str, connection: u64) -> Plan {
    let scenario: Scenario = scenario.parse().unwrap();
    let endpoint = registry::endpoints().next().unwrap();
    Plan::new(scenario.orders(), endpoint, lane, connection, 0).unwrap()
}

/// When an engine acts by itself, from its opening until its first close frame.
fn closes_at(scenario: &str) -> Option<Duration> {
    let endpoint = registry::endpoints().next().unwrap();
    let armed = plan(&lane(), scenario, 1).armed;
    let mut now = Duration::from_secs(1);
    let mut engine = Engine::new(armed, endpoint, now, Start::Open);
    for _ in 0..10 {
        if let Next::Deed(deed) = engine.next(now, None) {
            assert!(matches!(deed, Deed::Send(..)), "{deed:?}");
            return Some(now - Duration::from_secs(1));
        }
        now = engine.next_due()?;
        engine.due(now);
    }
    None
}

#[rstest]
#[case::default("idle-close", 10_000)]
#[case::after("idle-close:after_ms=700", 700)]
#[case::point("idle-close:at=700ms", 700)]
#[case::point_wins("idle-close:after_ms=9000,at=700ms", 700)]
#[case::behind_a_point("idle-close:after_ms=700,at=open", 700)]
#[case::at_once("idle-close:after_ms=0", 0)]
#[case::routine("idle-close-routine", 180_000)]
#[case::rotation("connection-rotated", 600_000)]
fn faults_of_the_clock_close_at_their_time(#[case] scenario: &str, #[case] ms: u64) {
    assert_eq!(closes_at(scenario), Some(Duration::from_millis(ms)));
}

#[test]
fn a_message_puts_an_idle_limit_off() {
    let endpoint = registry::endpoints().next().unwrap();
    let armed = plan(&lane(), "idle-close:after_ms=100", 1).armed;
    let ms = Duration::from_millis;
    let mut engine = Engine::new(armed, endpoint, ms(0), Start::Open);
    let message = wire::session::Data::text("{}");
    engine.received("START", &message, ms(60));
    engine.due(ms(100));
    assert!(matches!(engine.next(ms(100), None), Next::Rest));
    assert_eq!(engine.next_due(), Some(ms(160)));
    assert!(engine.take_fired().is_empty());
    engine.due(ms(160));
    assert!(matches!(
        engine.next(ms(160), None),
        Next::Deed(Deed::Send(..))
    ));
    assert_eq!(engine.take_fired(), [0]);
}

#[test]
fn the_vendors_idle_rule_rests_beside_them() {
    assert!(plan(&lane(), "idle-close", 1).rests_idle);
    assert!(!plan(&lane(), "close-1011", 1).rests_idle);
}

#[test]
fn a_sequel_meets_the_next_connection_whatever_the_fault_names() {
    let lane = lane();
    let scenario = "connection-rotated:conn=1,times=1";
    let first = plan(&lane, scenario, 1);
    assert!(first.gates.is_empty());
    first.armed.first().unwrap().tally.count();
    let second = plan(&lane, scenario, 2);
    assert!(second.armed.is_empty());
    let gate = second.gates.first().unwrap();
    assert!(matches!(gate.gate, Gate::Deny(..)));
    gate.tally.count();
    let third = plan(&lane, scenario, 3);
    assert!(third.armed.is_empty() && third.gates.is_empty());
    assert!(lane.unfired().is_empty());
}

#[test]
fn a_fault_that_has_not_fired_has_no_sequel() {
    let lane = lane();
    assert_eq!(plan(&lane, "connection-rotated", 1).armed.len(), 1);
    assert_eq!(plan(&lane, "connection-rotated", 2).armed.len(), 1);
}
