//! What is said, and in which order.

use wire::dialect::Deviation;
use wire::registry::VENDORS;

use super::behaviour::{Behaviour, Hand};
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points, Values};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[Fault {
    name: VENDOR_ERROR,
    family: Family::Order,
    does: "an error of the vendor's table in its own words, then whatever the vendor does after it",
    incident: "an error code that the client has never seen in a test",
    example: "vendor-error:at=audio/2",
    parameters: &[Parameter {
        key: "code",
        kind: Kind::Text,
        default: "",
        text: "the code in the vendor's spelling; the commonest one unless told otherwise",
    }],
    at: "request",
    points: Points::Session,
    applies: Applies::Everywhere,
    make: Make::Behaviour(|values| {
        let code = Some(values.text("code")).filter(|code| !code.is_empty());
        Box::new(Deviate(Deviation::Error(code.map(str::to_owned))))
    }),
}];

/// The fault whose `code` is the vendor's.
pub(super) const VENDOR_ERROR: &str = "vendor-error";

/// What the session does not do by itself.
struct Deviate(Deviation);

impl Behaviour for Deviate {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.deviate(self.0.clone());
    }
}

/// A vendor's own fault.
pub(super) fn own(values: &Values) -> Box<dyn Behaviour> {
    let endpoints = VENDORS.iter().flat_map(|vendor| vendor.endpoints);
    let mut faults = endpoints.flat_map(|endpoint| endpoint.dialect.own_faults);
    let Some(own) = faults.find(|own| own.name == values.name()) else {
        unreachable!("the catalogue is made of them")
    };
    Box::new(Deviate(Deviation::Own(own.name)))
}
