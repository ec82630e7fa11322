//! The adapter contract over JSON lines (rung 2): one process for all cases.

use conformance::case::Library;
use conformance::case::Role;
use conformance::run::{Command, Lines, Subject, run_client};
use conformance::select::Selection;
use conformance::verdict::Verdict;

#[tokio::test]
async fn one_process_passes_every_case() {
    let library = Library::embedded().unwrap();
    let selection = Selection::default();
    let cases = selection.cases(&library, Role::Client).unwrap();
    let program = env!("CARGO_BIN_EXE_reference-client").to_owned();
    let command = Command::new(program, vec!["--lines".to_owned()], "t0ken".to_owned());
    let subject = Subject::from(Lines::new(command));
    let result = run_client(&cases, &subject, &selection, &|_| {})
        .await
        .unwrap();
    assert!(!result.has_failed_probe(), "{:?}", result.probes);
    for case in result.cases.iter().filter(|case| case.is_scored) {
        let is_good = matches!(case.verdict, Verdict::Pass | Verdict::Lenient);
        assert!(is_good, "{}: {}", case.slug, case.detail);
    }
}
