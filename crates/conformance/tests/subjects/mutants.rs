//! Mutant servers: every one is found, at the right clause.

use conformance::case::Library;
use conformance::run::mutant::{Mutants, kill_servers};

#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_server_is_killed_at_the_clause_that_it_breaks() {
    let library = Library::embedded().unwrap();
    let mutants = Mutants::embedded(&library).unwrap_or_else(|error| panic!("{error}"));
    let matrix = kill_servers(&library, &mutants).await;
    println!("{}", matrix.render());
    assert_eq!(matrix.problems, [""; 0]);
    assert!(matrix.mutants.len() >= 40, "{}", matrix.mutants.len());
}
