//! The case files and fixtures that are part of the program.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Case files by their path below `conformance/`.
pub(crate) const fn cases() -> &'static [(&'static str, &'static str)] {
    CASES
}

/// What clauses have got to, by path below `conformance/`.
pub(crate) const fn coverage() -> &'static [(&'static str, &'static str)] {
    COVERAGE
}

/// Stored sessions by their path below `fixtures/`.
pub(crate) const fn fixtures() -> &'static [(&'static str, &'static str)] {
    FIXTURES
}
