//! Mutants: subjects that are broken on purpose in one place, to prove that cases can fail.
//!
//! ```text
//!   mutants.toml ─▶ Mutant: clause, edits, the checks that have to catch it
//!                      │
//!   mutant server:  our runner ◀──▶ Proxy ◀──▶ the mock
//!   mutant client:  a client   ◀──▶ Proxy ◀──▶ the mock            and what it answers, edited
//!                      │
//!                      ▼ a run of the endpoint's cases
//!                   KillMatrix: case × mutant; a survivor is a hole in the suite
//! ```
//!
//! Everything is data: which message, by sender, kind and number, and what becomes of it. The
//! proxy leaves alone what no edit names, down to the fragments.

mod answer;
mod edit;
mod file;
mod frames;
mod http;
mod lint;
mod matrix;
mod proxy;

pub use answer::Mutated;
pub use file::{Answered, Edit, Insert, Mutant, Mutants, Patch, Rebirth, Seal, Sender};
pub use matrix::{Cell, KillMatrix, Killed, kill_clients, kill_servers};
pub use proxy::Proxy;
