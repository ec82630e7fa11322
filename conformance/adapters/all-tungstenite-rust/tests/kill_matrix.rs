//! Mutant clients: every one is found, at the right clause.

mod common;

use conformance::case::Library;
use conformance::run::mutant::{Mutants, kill_clients};
#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_client_is_killed_at_the_clause_that_it_breaks() {
    let library = Library::embedded().unwrap();
    let mutants = Mutants::embedded(&library).unwrap_or_else(|error| panic!("{error}"));
    let matrix = kill_clients(&library, &mutants, &common::client()).await;
    println!("{}", matrix.render());
    assert_eq!(matrix.problems, [""; 0]);
    assert!(matrix.mutants.len() >= 50, "{}", matrix.mutants.len());
}
