//! Whole runs against subjects over TCP.

// Clippy knows by the attribute that these are tests; the crate is never anything else.
#[cfg(test)]
#[cfg(unix)]
mod controls;
#[cfg(test)]
mod cuts;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod mutants;
#[cfg(test)]
mod own;
#[cfg(test)]
mod scores;
