//! Subjects whose score is known: what does nothing earns nothing.

use std::future::Future;
use std::time::Duration;

use conformance::case::{Case, Library, Role};
use conformance::run::{Command, RunResult, Target, run_client, run_server};
use conformance::select::Selection;
use conformance::verdict::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn judge_server(url: &str, budget: Duration) -> RunResult {
    let library = Library::embedded().unwrap();
    let selection = Selection::default();
    let chosen = selection.cases(&library, Role::Server).unwrap();
    let mut hurried: Vec<Case> = chosen.into_iter().cloned().collect();
    for case in &mut hurried {
        case.budget_ms = u64::try_from(budget.as_millis()).unwrap();
    }
    let cases: Vec<&Case> = hurried.iter().collect();
    let target = Target::parse(url).unwrap();
    let run = run_server(&library, &cases, &target, &selection, "t0ken", &|_| {});
    run.await.unwrap()
}

/// The score of a server that treats every connection alike.
async fn score<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> RunResult
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    let result = judge_server(&url, Duration::from_millis(300)).await;
    serving.abort();
    result
}

fn earns_nothing(result: &RunResult) {
    let passed: Vec<String> = result
        .cases
        .iter()
        .flat_map(|case| case.checks.iter().map(move |check| (case, check)))
        .filter(|(_, check)| check.verdict == Verdict::Pass)
        .map(|(case, check)| format!("{}/{}", case.id, check.id))
        .collect();
    assert_eq!(passed, [""; 0]);
    assert_eq!(result.count(Verdict::HarnessError), 0);
    assert!(!result.is_as_expected());
}

#[tokio::test]
async fn a_server_that_hangs_up_earns_nothing() {
    earns_nothing(&score(|stream| async move { drop(stream) }).await);
}

#[tokio::test]
async fn a_server_that_refuses_everything_earns_nothing() {
    earns_nothing(
        &score(|mut stream| async move {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";
            let _ = stream.write_all(answer).await;
        })
        .await,
    );
}

async fn judge_client(program: &str, arguments: &[&str]) -> RunResult {
    let library = Library::embedded().unwrap();
    let selection = Selection::default();
    let cases = selection.cases(&library, Role::Client).unwrap();
    let arguments = arguments.iter().map(|&word| word.to_owned()).collect();
    let command = Command::new(program.to_owned(), arguments, "t0ken".to_owned()).into();
    run_client(&cases, &command, &selection, &|_| {})
        .await
        .unwrap()
}

#[tokio::test]
async fn a_client_that_says_yes_to_everything_is_not_scored() {
    let result = judge_client("true", &[]).await;
    assert!(result.has_failed_probe());
    earns_nothing(&result);
    assert_eq!(result.count(Verdict::Fail), 0);
}

#[tokio::test]
async fn a_client_that_says_no_to_everything_earns_nothing() {
    let result = judge_client("false", &[]).await;
    assert!(!result.has_failed_probe());
    earns_nothing(&result);
}

#[tokio::test]
async fn a_client_that_crashes_is_not_scored() {
    let result = judge_client("sh", &["-c", "echo $MYNAH_TOKEN >&2; exit 3"]).await;
    earns_nothing(&result);
    let detail = &result.probes[0].detail;
    assert!(detail.contains("crashes (exit 3)"), "{detail}");
    assert!(!detail.contains("t0ken"), "{detail}");
}

#[tokio::test]
async fn a_client_that_can_do_nothing_is_unsupported() {
    let result = judge_client("sh", &["-c", "exit 127"]).await;
    earns_nothing(&result);
    for case in &result.cases {
        assert_eq!(case.verdict, Verdict::Unsupported, "{}", case.id);
    }
}
