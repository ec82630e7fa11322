//! Oracles, mutators and seeds.
//!
//! ```text
//!   Target ──seeds──▶ inputs ──mutate──▶ inputs ──run──▶ panics if a law is broken
//! ```
//! A target is a decoder or a session machine; which endpoints there are comes from the registry.

pub mod cost;
pub mod decode;
pub mod frames;
pub mod mutate;
pub mod request;
pub mod session;
pub mod stored;
pub mod target;
pub mod texts;
pub mod walk;
