//! Controls: subjects that know nothing have exactly the score that their ignorance earns.
//!
//! By kind of case, so that new cases are held to it, too: the plain case fails, an error case is
//! inconclusive (what refuses everything refuses nothing in particular), any other case is not
//! green, and no check passes.

use std::future::Future;

use conformance::case::{Case, Kind, Library, Role};
use conformance::run::{
    Command, Function, Job, Lines, Reply, RunResult, Subject, Target, run_client, run_server,
};
use conformance::select::Selection;
use conformance::verdict::Verdict;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;

/// The cases of a role, with so much time that a hang costs little.
fn cases(role: Role) -> (Library, Vec<Case>) {
    let library = Library::embedded().unwrap();
    let chosen = Selection::default();
    let chosen = chosen.cases(&library, role).unwrap();
    let mut hurried: Vec<Case> = chosen.into_iter().cloned().collect();
    for case in &mut hurried {
        case.budget_ms = 300;
        if let Some(client) = &mut case.client {
            client.deadline_ms = 300;
        }
    }
    (library, hurried)
}

async fn score_server<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> RunResult
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = Target::parse(&format!("ws://{}", listener.local_addr().unwrap())).unwrap();
    let serving = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    let (library, cases) = cases(Role::Server);
    let cases: Vec<&Case> = cases.iter().collect();
    let selection = Selection::default();
    let run = run_server(&library, &cases, &target, &selection, "t0ken", &|_| {});
    let result = run.await.unwrap();
    serving.abort();
    result
}

async fn score_client<F>(answer: impl Fn(Job) -> F + Send + Sync + 'static) -> RunResult
where
    F: Future<Output = Reply> + Send + 'static,
{
    score_subject(Function::new("control", "t0ken", answer).into()).await
}

/// The score of a long-lived adapter that a shell plays.
async fn score_lines(script: &str) -> RunResult {
    let arguments = vec!["-c".to_owned(), script.to_owned()];
    let command = Command::new("sh".to_owned(), arguments, "t0ken".to_owned());
    score_subject(Lines::new(command).into()).await
}

async fn score_subject(subject: Subject) -> RunResult {
    let (_, cases) = cases(Role::Client);
    let cases: Vec<&Case> = cases.iter().collect();
    let selection = Selection::default();
    let run = run_client(&cases, &subject, &selection, &|_| {});
    run.await.unwrap()
}

/// What ignorance earns.
fn earns_its_score(result: &RunResult, role: Role) {
    let (_, cases) = cases(role);
    assert_eq!(result.cases.len(), cases.len());
    for (case, found) in cases.iter().zip(&result.cases) {
        assert_eq!(case.id, found.id);
        let passed = found.checks.iter().filter(|c| c.verdict == Verdict::Pass);
        assert_eq!(passed.count(), 0, "{}: {:?}", case.slug, found.checks);
        match case.kind {
            Kind::Plain => assert_eq!(found.verdict, Verdict::Fail, "{}", case.slug),
            Kind::Error => assert_eq!(found.verdict, Verdict::Inconclusive, "{}", case.slug),
            Kind::Flow => assert_ne!(found.verdict, Verdict::Pass, "{}", case.slug),
        }
    }
    assert_eq!(result.count(Verdict::HarnessError), 0);
    assert!(!result.is_as_expected());
}

#[tokio::test]
async fn a_server_that_is_silent() {
    let result = score_server(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    });
    earns_its_score(&result.await, Role::Server);
}

#[tokio::test]
async fn a_server_that_accepts_all_and_answers_nothing() {
    let result = score_server(|stream| async move {
        if let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await {
            while let Some(Ok(_)) = socket.next().await {}
        }
    });
    earns_its_score(&result.await, Role::Server);
}

/// Answers every text and binary message.
async fn answering(stream: TcpStream, answer: impl Fn(Message) -> Message) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    while let Some(Ok(message)) = socket.next().await {
        let is_data = message.is_text() || message.is_binary();
        if is_data && socket.send(answer(message)).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn a_server_that_echoes() {
    let result = score_server(|stream| answering(stream, |message| message));
    earns_its_score(&result.await, Role::Server);
}

#[tokio::test]
async fn a_server_that_sends_garbage() {
    let garbage = |_| Message::text("{\"resp_type\": [nul");
    let result = score_server(move |stream| answering(stream, garbage));
    earns_its_score(&result.await, Role::Server);
}

#[tokio::test]
async fn a_server_that_closes_with_1000_at_once() {
    let result = score_server(|stream| async move {
        if let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await {
            // Whoever has gone does not mind.
            let _ = socket.close(None).await;
            while let Some(Ok(_)) = socket.next().await {}
        }
    });
    earns_its_score(&result.await, Role::Server);
}

#[tokio::test]
async fn a_client_that_reports_an_error_whatever_happens() {
    let result = score_client(|_| async { Reply::Error("no".to_owned()) }).await;
    assert!(!result.has_failed_probe());
    earns_its_score(&result, Role::Client);
}

/// It passes the probes, since it connects before it says what it says.
async fn connects(job: &Job) -> bool {
    let url = format!("{}/v1/synthesize?access_token=x", job.url);
    tokio_tungstenite::connect_async(url).await.is_ok()
}

#[tokio::test]
async fn a_client_that_says_yes_once_it_is_connected() {
    let result = score_client(|job| async move {
        match connects(&job).await {
            true => Reply::Done(Vec::new()),
            false => Reply::Error("cannot connect".to_owned()),
        }
    });
    let result = result.await;
    assert!(!result.has_failed_probe());
    for found in &result.cases {
        assert_ne!(found.verdict, Verdict::Pass, "{}", found.slug);
    }
    assert!(!result.is_as_expected());
}

#[tokio::test]
async fn a_client_that_answers_garbage() {
    let result = score_client(|job| async move {
        match connects(&job).await {
            true => Reply::Done(vec![0x55; 999]),
            false => Reply::Error("cannot connect".to_owned()),
        }
    });
    let result = result.await;
    for found in &result.cases {
        assert_ne!(found.verdict, Verdict::Pass, "{}", found.slug);
    }
    assert!(!result.is_as_expected());
}

/// No probe is passed, so nothing is scored, and nothing is green.
fn is_not_scored(result: &RunResult) {
    assert!(result.has_failed_probe());
    for found in &result.cases {
        assert_eq!(found.verdict, Verdict::NotRun, "{}", found.slug);
        assert_eq!(found.reason, "probe-failed");
        assert!(found.checks.iter().all(|c| c.verdict == Verdict::NotRun));
    }
    assert!(!result.is_as_expected());
}

#[tokio::test]
async fn a_client_that_accepts_all() {
    is_not_scored(&score_client(|_| async { Reply::Done(Vec::new()) }).await);
}

#[tokio::test]
async fn a_client_that_crashes() {
    is_not_scored(&score_client(|_| async { panic!("the control crashes") }).await);
}

#[tokio::test]
async fn a_client_that_hangs_when_it_is_connected() {
    let result = score_client(|job| async move {
        if connects(&job).await {
            std::future::pending::<()>().await;
        }
        // Where nobody serves it and where it is refused it says so.
        Reply::Error("cannot connect".to_owned())
    });
    let result = result.await;
    assert!(!result.has_failed_probe());
    for found in &result.cases {
        assert_ne!(found.verdict, Verdict::Pass, "{}", found.slug);
    }
}

const HELLO: &str = r#"read l; echo '{"contract":1,"subject":{"name":"control"}}'; "#;

/// What a long-lived adapter says to break the contract, and what is said of it.
#[rstest::rstest]
#[case::garbage("echo '{\"contract\": [nul'; cat", "{\\\"contract\\\": [nul\"")]
#[case::no_hello("exit 0", "it ended before it said hello")]
#[case::last_words("echo 'no such module' >&2; exit 1", "ends with \"no such module\"")]
#[case::another_contract(
    "echo '{\"contract\":7,\"subject\":{\"name\":\"x\"}}'; cat",
    "contract 7"
)]
#[case::unknown_member(
    "echo '{\"contract\":1,\"subjekt\":{}}'; cat",
    "unknown field `subjekt`"
)]
#[tokio::test]
async fn a_long_lived_adapter_that_cannot_say_hello(#[case] script: &str, #[case] said: &str) {
    let result = score_lines(script).await;
    is_not_scored(&result);
    let detail = &result.probes[0].detail;
    assert!(detail.contains(said), "{detail}");
}

#[rstest::rstest]
#[case::unknown_id(
    r#"while read l; do echo '{"id":99,"done":{"outcome":"completed"}}'; done"#,
    "id 99 is done, and is not under way"
)]
#[case::garbage("while read l; do echo garbage; done", "line 2: \"garbage\"")]
#[case::neither(
    r#"while read l; do echo '{"id":1}'; done"#,
    "has either event, maybe with t_ms, or done"
)]
#[case::crash("read l; exit 3", "it ended")]
#[tokio::test]
async fn a_long_lived_adapter_that_breaks_the_contract(#[case] script: &str, #[case] said: &str) {
    let result = score_lines(&format!("{HELLO}{script}")).await;
    is_not_scored(&result);
    let detail = &result.probes[0].detail;
    assert!(detail.contains(said), "{detail}");
}

#[tokio::test]
async fn a_long_lived_adapter_may_not_skip_what_it_declares() {
    let endpoint = wire::registry::endpoints().next().unwrap().name;
    let script = format!(
        r#"read l; echo '{{"contract":1,"subject":{{"name":"control"}},"features":{{"endpoints":["{endpoint}"]}}}}'
        n=0; while read l; do n=$((n+1)); echo '{{"id":'$n',"done":{{"outcome":"unsupported"}}}}'; done"#
    );
    let result = score_lines(&script).await;
    let probe = result.probes.last().unwrap();
    assert!(
        probe.detail.contains("what it declared"),
        "{}",
        probe.detail
    );
}
