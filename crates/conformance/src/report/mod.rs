//! Reports: what came of a run, for people and programs.
//!
//! Everything is made of a [`RunResult`](crate::run::RunResult), so that all reports agree.

mod json;
mod terminal;

pub use json::{SCHEMA, run_json};
pub use terminal::{case_line, summary};
