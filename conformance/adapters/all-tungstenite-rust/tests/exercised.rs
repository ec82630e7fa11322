//! The clauses that client cases reach, stored for `mynah clauses --coverage`.

mod common;

use std::path::Path;

use conformance::case::{Library, Role};
use conformance::coverage::exercised;
use conformance::run::{Subject, run_client};
use conformance::select::Selection;
use conformance::verdict::Verdict;

/// With `BLESS=1` the stored file is written anew; without, it has to say what the run has reached.
#[tokio::test(flavor = "multi_thread")]
async fn the_reference_client_passes_and_reaches_what_is_stored() {
    let library = Library::embedded().unwrap();
    let selection = Selection::default();
    let cases = selection.cases(&library, Role::Client).unwrap();
    let subject = Subject::from(common::client());
    let run = run_client(&cases, &subject, &selection, &|_| {});
    let result = run.await.unwrap();
    let failed = result
        .cases
        .iter()
        .filter(|case| !matches!(case.verdict, Verdict::Pass | Verdict::Lenient));
    let failed: Vec<String> = failed
        .map(|case| format!("{} {}: {}", case.id, case.slug, case.detail))
        .collect();
    assert_eq!(failed, [""; 0]);
    let found = exercised(&[&result]);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exercised-by-clients.jsonl");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    let unlike = |one: &str, other: &str| -> Vec<String> {
        let missing = one
            .lines()
            .filter(|line| !other.lines().any(|known| known == *line));
        missing.map(str::to_owned).collect()
    };
    let (lost, new) = (unlike(&stored, &found), unlike(&found, &stored));
    assert_eq!((lost, new), (vec![], vec![]), "write it with BLESS=1");
}
