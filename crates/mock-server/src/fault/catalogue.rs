//! The faults that exist.

use std::sync::LazyLock;

use wire::registry::VENDORS;

use super::row::{Fault, Values};
use super::{audio, closing, frames, handshake, liveness, order, payload, segments};

/// Every fault: the families in their order, then what vendors have of their own.
#[must_use]
pub fn catalogue() -> &'static [Fault] {
    &CATALOGUE
}

static CATALOGUE: LazyLock<Vec<Fault>> = LazyLock::new(|| {
    let families = [
        handshake::FAULTS,
        closing::FAULTS,
        closing::idle::FAULTS,
        liveness::FAULTS,
        order::FAULTS,
        frames::FAULTS,
        payload::FAULTS,
        audio::FAULTS,
        segments::FAULTS,
    ];
    let mut faults: Vec<Fault> = families.concat();
    let endpoints = VENDORS.iter().flat_map(|vendor| vendor.endpoints);
    for own in endpoints.flat_map(|endpoint| endpoint.dialect.own_faults) {
        if !faults.iter().any(|fault| fault.name == own.name) {
            faults.push(Fault::own(own));
        }
    }
    faults
});

/// The fault that is called so, and what the name gives it.
pub(crate) fn find(name: &str) -> Option<(&'static Fault, Values)> {
    let canonical = match name {
        "close-1005" => "close-no-status",
        "close-1006" => "abrupt-1006",
        name => name,
    };
    let values = Values {
        name: canonical.to_owned(),
        given: Vec::new(),
    };
    let exact = catalogue().iter().find(|fault| fault.name == canonical);
    let fault = exact.or_else(|| {
        catalogue().iter().find(|fault| {
            let number = fault
                .codes()
                .and_then(|(stem, codes)| Some((canonical.strip_prefix(stem)?, codes)));
            number.is_some_and(|(number, codes)| {
                let is_plain =
                    !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
                let number = number.parse().ok().filter(|_| is_plain);
                number.is_some_and(|number: u16| codes.contains(&number))
            })
        })
    })?;
    Some((fault, values))
}

/// The name that is most like one.
pub(crate) fn nearest(name: &str) -> &'static str {
    let misses = |fault: &&Fault| {
        let number = fault.codes().and_then(|(stem, _)| name.strip_prefix(stem));
        number.is_some_and(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if let Some(fault) = catalogue().iter().find(misses) {
        return fault.name;
    }
    let names = catalogue().iter().map(|fault| fault.name);
    names
        .min_by_key(|known| wire::registry::edit_distance(name, known))
        .unwrap_or_default()
}

/// The names that exist.
pub(crate) fn names() -> Vec<&'static str> {
    catalogue().iter().map(|fault| fault.name).collect()
}
