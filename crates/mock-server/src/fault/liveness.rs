//! Silence, delays and half-open connections.

use super::row::Fault;

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[];
