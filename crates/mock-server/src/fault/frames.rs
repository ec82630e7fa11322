//! RFC 6455 frames and their extensions.

use super::row::Fault;

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[];
