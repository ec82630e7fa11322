//! A server that runs, and clients that speak to it over TCP.

// Clippy knows by the attribute that these are tests; the crate is never anything else.
#[cfg(test)]
mod admin;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod lanes;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
