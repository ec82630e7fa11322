//! RFC 6455 itself as findings: what [`wire::ws`] records, under its clause.

use wire::finding::Finding;
use wire::ws::{Violation, clauses};

/// The finding of a broken framing rule. Its offset counts from the end of the handshake.
pub(crate) fn finding(violation: &Violation) -> Finding {
    let offset = usize::try_from(violation.offset).unwrap_or(usize::MAX);
    Finding::at_offset(
        clauses::of(violation.kind),
        offset,
        violation.found.clone(),
        violation.expected.clone(),
    )
    .with_text(violation.to_string())
}

/// The finding of a connection that ended in the middle of a frame or message.
pub(crate) fn cut_inside_frame() -> Finding {
    Finding::whole(
        &clauses::CUT,
        "the connection ended inside a frame or message",
        "a whole message, then a close frame",
    )
}
