//! Before the 101.

use wire::dialect::Denial;

use super::gate::Gate;
use super::row::{Applies, Family, Fault, Make, Points};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[Fault {
    name: "handshake-401",
    family: Family::Handshake,
    does: "HTTP 401 with the vendor's body, no upgrade",
    incident: "an expired key: an unhandled exception, or a bare 1006 that tells nothing",
    example: "handshake-401:conn=2",
    parameters: &[],
    at: "handshake",
    points: Points::Handshake,
    applies: Applies::Everywhere,
    make: Make::Gate(|values| Gate::Deny(Denial::Status(values.code()), None)),
}];
