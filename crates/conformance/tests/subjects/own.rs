//! Our own mock, judged by every case; what that reaches is stored.

use std::path::Path;

use conformance::case::{Library, Need, Role};
use conformance::coverage::exercised;
use conformance::run::{RunResult, Target, run_server};
use conformance::select::Selection;
use conformance::verdict::Verdict;
use mock_server::{ClockMode, Options, Server};
use wire::credentials::Credentials;
use wire::registry;

const TOKEN: &str = "t0ken";

/// Time in the mock: idle limits pass sooner, and a busy machine does not run into them.
const TIMES: u32 = 8;

async fn judged(options: Options, offers: Vec<Need>) -> RunResult {
    let options = Options {
        clock: ClockMode::Times(TIMES),
        ..options
    };
    let server = Server::start_with(options).await.unwrap();
    let target = Target::parse(&format!("ws://{}", server.address())).unwrap();
    let library = Library::embedded().unwrap();
    let selection = Selection {
        offers,
        ..Selection::default()
    };
    let cases = selection.cases(&library, Role::Server).unwrap();
    let run = run_server(&library, &cases, &target, &selection, TOKEN, &|_| {});
    let result = run.await.unwrap();
    let different: Vec<String> = result
        .cases
        .iter()
        .flat_map(|case| case.checks.iter().map(move |check| (case, check)))
        .filter(|(_, check)| check.verdict != Verdict::Pass)
        .map(|(case, check)| format!("{} {}/{}: {}", case.id, case.slug, check.id, check.detail))
        .collect();
    assert_eq!(different, [""; 0]);
    assert!(result.is_as_expected());
    result
}

/// With `BLESS=1` the stored file is written anew; without, it has to say what the runs have reached.
#[tokio::test(flavor = "multi_thread")]
async fn our_own_mock_passes_and_reaches_what_is_stored() {
    let strict = Options {
        credentials: Credentials::one_token(
            TOKEN,
            registry::VENDORS.iter().map(|vendor| vendor.name),
        ),
        ..Options::default()
    };
    let runs = [
        judged(Options::default(), vec![Need::OneHost]).await,
        judged(strict, vec![Need::CheckedCredentials]).await,
    ];
    let found = exercised(&runs.each_ref());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/exercised.jsonl");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap();
    let lost: Vec<&str> = stored
        .lines()
        .filter(|line| !found.lines().any(|reached| reached == *line))
        .collect();
    let new: Vec<&str> = found
        .lines()
        .filter(|line| !stored.lines().any(|known| known == *line))
        .collect();
    assert_eq!((lost, new), (vec![], vec![]), "write it with BLESS=1");
}
