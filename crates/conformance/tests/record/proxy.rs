//! Sessions of a client that nobody here wrote, through the proxy.

use std::io::Write;
use std::sync::{Arc, Mutex};

use conformance::record::{Kept, Proxy};
use conformance::run::{RunResult, Target, run_replay};
use conformance::select::Selection;
use conformance::verdict::Verdict;
use futures_util::{SinkExt as _, StreamExt as _};
use mock_server::{Authority, Running, Server, Tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A proxy that records, and what it has said.
struct Recording {
    url: String,
    file: File,
    kept: mpsc::UnboundedReceiver<Kept>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

async fn record(upstream: &str, tls: Option<&Tls>) -> Recording {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let file = File::default();
    let (said, kept) = mpsc::unbounded_channel();
    let tell = Box::new(move |told: &Kept| said.send(told.clone()).unwrap());
    let sink = Box::new(file.clone());
    let upstream = Target::parse(upstream).unwrap();
    let proxy = Proxy::new(listener, upstream, tls, sink, "2026-01-01", tell).unwrap();
    let url = format!("ws://{}", proxy.address());
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(proxy.run(async { stopped.await.unwrap() }));
    Recording {
        url,
        file,
        kept,
        stop,
        running,
    }
}

impl Recording {
    fn text(&self) -> String {
        String::from_utf8(self.file.0.lock().unwrap().clone()).unwrap()
    }
}

async fn mock() -> Running {
    Server::start().await.unwrap()
}

fn upstream(server: &Running) -> String {
    format!("ws://{}", server.address())
}

/// One whole session of a client that we did not write.
async fn synthesize(url: &str) {
    let url = format!("{url}/v1/synthesize?access_token=s3cr3t");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let request = r#"{"text": "hi", "accept": "audio/basic"}"#;
    socket.send(Message::text(request)).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
}

/// What the replay says of a file.
fn replay(text: &str) -> RunResult {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.jsonl");
    std::fs::write(&file, text).unwrap();
    run_replay(Some(&file), &Selection::default(), &|_| {}).unwrap()
}

/// The lines without times, and without what depends on the port.
fn shape(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        let members = value.as_object_mut().unwrap();
        members.remove("ms");
        for name in ["endpoint", "upstream"] {
            if members.contains_key(name) {
                members.insert(name.to_owned(), "…".into());
            }
        }
        if let Some(audio) = members.get_mut("base64") {
            *audio = format!("{} characters", audio.as_str().unwrap().len()).into();
        }
        value.to_string()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_session_is_kept_without_its_credential() {
    let server = mock().await;
    let mut recording = record(&upstream(&server), None).await;
    synthesize(&recording.url).await;
    let kept = recording.kept.recv().await.unwrap();
    assert_eq!((kept.session, kept.messages), (1, 4));
    assert_eq!(kept.problem, None);
    let text = recording.text();
    assert!(!text.contains("s3cr3t"), "{text}");
    insta::assert_snapshot!(shape(&text));
    server.stop().await;
}

#[tokio::test]
async fn what_was_kept_is_replayed_session_by_session() {
    let server = mock().await;
    let mut recording = record(&upstream(&server), None).await;
    for _ in 0..2 {
        synthesize(&recording.url).await;
        recording.kept.recv().await.unwrap();
    }
    let result = replay(&recording.text());
    let verdicts: Vec<_> = result
        .cases
        .iter()
        .map(|case| (case.slug.as_str(), case.verdict))
        .collect();
    assert_eq!(verdicts, [("s#1", Verdict::Pass), ("s#2", Verdict::Pass)]);
    server.stop().await;
}

#[tokio::test]
async fn a_message_that_came_out_of_order_is_seen_in_the_replay() {
    let server = mock().await;
    let mut recording = record(&upstream(&server), None).await;
    synthesize(&recording.url).await;
    recording.kept.recv().await.unwrap();
    let text = recording.text();
    // An answer to nothing.
    let unasked: Vec<&str> = text
        .lines()
        .filter(|line| !line.contains(r#""dir": "client", "kind": "text""#))
        .collect();
    let result = replay(&unasked.join("\n"));
    assert_eq!(result.cases[0].verdict, Verdict::Fail);
    assert_eq!(result.cases[0].reason, "out-of-order");
    server.stop().await;
}

#[tokio::test]
async fn a_session_without_a_message_is_neither_green_nor_red() {
    let server = mock().await;
    let mut recording = record(&upstream(&server), None).await;
    let url = format!("{}/v1/synthesize?access_token=x", recording.url);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    socket.close(None).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
    recording.kept.recv().await.unwrap();
    let result = replay(&recording.text());
    assert_eq!(result.cases[0].verdict, Verdict::NotRun);
    assert!(!result.is_as_expected());
    server.stop().await;
}

#[tokio::test]
async fn a_refusal_is_kept_with_its_status_and_body() {
    let server = mock().await;
    let mut recording = record(&upstream(&server), None).await;
    let url = format!("{}/v1/synthesize", recording.url);
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
    recording.kept.recv().await.unwrap();
    let text = recording.text();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["kind"], "refusal");
    assert_eq!(last["status"], 401);
    assert!(!last["body"].as_str().unwrap().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_asks_for_no_websocket_passes_and_is_not_kept() {
    let server = mock().await;
    let recording = record(&upstream(&server), None).await;
    let address = recording.url.strip_prefix("ws://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /__mynah/health HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    recording.stop.send(()).unwrap();
    recording.running.await.unwrap();
    assert_eq!(recording.file.0.lock().unwrap().len(), 0);
    server.stop().await;
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_is_a_502_that_says_so() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let mut recording = record(&url, None).await;
    let refused = tokio_tungstenite::connect_async(format!("{}/v1/synthesize", recording.url));
    assert!(refused.await.unwrap_err().to_string().contains("502"));
    let kept = recording.kept.recv().await.unwrap();
    assert!(kept.problem.unwrap().starts_with("nothing answers at "));
}

#[tokio::test]
async fn a_session_that_is_open_when_recording_ends_is_kept_as_far_as_it_got() {
    let server = mock().await;
    let mut recording = record(&upstream(&server), None).await;
    let url = format!("{}/v1/synthesize?access_token=x", recording.url);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    socket.send(Message::Ping("p".into())).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Pong(_)))));
    recording.stop.send(()).unwrap();
    recording.running.await.unwrap();
    assert_eq!(recording.kept.recv().await.unwrap().session, 1);
    assert!(shape_of_file(&recording.file).contains("\"pong\""));
    server.stop().await;
}

fn shape_of_file(file: &File) -> String {
    shape(&String::from_utf8(file.0.lock().unwrap().clone()).unwrap())
}

#[tokio::test]
async fn clients_may_speak_tls_to_the_proxy() {
    let server = mock().await;
    let tls = Tls::new(&Authority::throw_away().unwrap(), &[]).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    let mut pem = tls.ca_pem();
    for certificate in rustls_pemfile_certs(&mut pem) {
        roots.add(certificate).unwrap();
    }
    let recording = record(&upstream(&server), Some(&tls)).await;
    let config = rustls::ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let address = recording.url.strip_prefix("ws://").unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = "localhost".try_into().unwrap();
    let stream = connector.connect(name, stream).await.unwrap();
    let url = "ws://localhost/v1/synthesize?access_token=x";
    let (_, answer) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    assert_eq!(answer.status(), 101);
    server.stop().await;
}

fn rustls_pemfile_certs(pem: &mut &[u8]) -> Vec<rustls::pki_types::CertificateDer<'static>> {
    use rustls::pki_types::pem::PemObject as _;
    rustls::pki_types::CertificateDer::pem_slice_iter(pem)
        .map(Result::unwrap)
        .collect()
}
