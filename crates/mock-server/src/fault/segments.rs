//! TCP segments.

use super::row::Fault;

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[];
