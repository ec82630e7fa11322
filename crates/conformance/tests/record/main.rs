//! The recording proxy between a foreign client and the mock.

// Clippy knows by the attribute that these are tests; the crate is never anything else.
#[cfg(test)]
mod proxy;
