//! Every case of the suite, as a test of its own: rung 3 of the adapter contract.

mod common;

use std::process::ExitCode;

fn main() -> ExitCode {
    conformance::run::test_client(&common::client(), &[])
}
