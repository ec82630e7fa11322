//! Mutant servers: every one is found, at the right clause.

use std::path::Path;

use conformance::case::Library;
use conformance::run::mutant::{Mutants, kill_servers};

#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_server_is_killed_at_the_clause_that_it_breaks() {
    let library = Library::embedded().unwrap();
    let mutants = Mutants::embedded(&library).unwrap_or_else(|error| panic!("{error}"));
    let matrix = kill_servers(&library, &mutants).await;
    println!("{}", matrix.render());
    assert_eq!(matrix.problems, [""; 0]);
    assert!(matrix.mutants.len() >= 250, "{}", matrix.mutants.len());
}

/// With `BLESS=1` the stored file is written anew; without, it has to say what mutants prove.
#[test]
fn what_mutants_prove_is_stored() {
    let library = Library::embedded().unwrap();
    let mutants = Mutants::embedded(&library).unwrap_or_else(|error| panic!("{error}"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/proven.jsonl");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, mutants.proven()).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    assert_eq!(stored, mutants.proven(), "write it with BLESS=1");
}
