//! The guards against clients that mean harm, with short times and small limits.

use std::time::Duration;

use mock_server::{Guards, Options, Running, Server};
use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::get;

const GUARD: Duration = Duration::from_millis(150);

async fn guarded(guards: Guards) -> Running {
    let options = Options {
        guards,
        ..Options::default()
    };
    Server::start_with(options).await.unwrap()
}

fn address(server: &Running) -> String {
    let url = server.admin_url();
    let authority = url.trim_start_matches("http://").split('/').next();
    authority.unwrap().to_owned()
}

/// What the server says to this and to nothing more, until it ends the connection.
async fn last_words(server: &Running, said: &[u8]) -> String {
    let mut stream = TcpStream::connect(address(server)).await.unwrap();
    stream.write_all(said).await.unwrap();
    let mut words = Vec::new();
    let read = stream.read_to_end(&mut words);
    let read = timeout(Duration::from_secs(20), read).await;
    read.expect("the server holds the connection").unwrap();
    String::from_utf8_lossy(&words).into_owned()
}

#[rstest]
#[case::nothing("", "")]
#[case::half_a_line("GE", "")]
#[case::half_a_head("GET / HTTP/1.1\r\nHost: a\r\nX-", "")]
#[case::a_request_and_half_a_head(
    "GET /__mynah/health HTTP/1.1\r\nHost: a\r\n\r\nGET",
    "HTTP/1.1 200"
)]
#[case::a_request_and_nothing("GET /__mynah/health HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200")]
#[case::half_a_body(
    "PUT /__mynah/lanes/a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{",
    "HTTP/1.1 408"
)]
#[tokio::test]
async fn who_does_not_go_on_is_let_go(#[case] said: &str, #[case] answer: &str) {
    let guards = Guards {
        head_time: GUARD,
        ..Guards::default()
    };
    let server = guarded(guards).await;
    let words = last_words(&server, said.as_bytes()).await;
    assert!(words.starts_with(answer), "{words:?}");
    assert!(!answer.is_empty() || words.is_empty(), "{words:?}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_remembered_nowhere() {
    let guards = Guards {
        head_bytes: 16 << 10,
        ..Guards::default()
    };
    let server = guarded(guards).await;
    let head = |bytes: usize| {
        format!(
            "GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n",
            "x".repeat(bytes)
        )
    };
    let words = last_words(&server, head(1 << 20).as_bytes()).await;
    assert!(words.starts_with("HTTP/1.1 431"), "{words:?}");
    let (_, sessions) = get(&server.admin_url(), "sessions").await;
    assert_eq!(sessions["sessions"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn whoever_comes_when_all_places_are_taken_is_turned_away_until_one_is_free() {
    let guards = Guards {
        connections: 2,
        ..Guards::default()
    };
    let server = guarded(guards).await;
    let first = TcpStream::connect(address(&server)).await.unwrap();
    let mut second = TcpStream::connect(address(&server)).await.unwrap();
    // Both have been accepted once a third is answered.
    let words = last_words(&server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(words.starts_with("HTTP/1.1 503"), "{words:?}");
    // Those who are in are served.
    let asked = b"GET /__mynah/health HTTP/1.1\r\nHost: a\r\n\r\n";
    second.write_all(asked).await.unwrap();
    let mut status = [0; 12];
    second.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    drop(first);
    // Its place is free as soon as the server has seen that it left.
    let served = async {
        while !last_words(&server, b"GET /__mynah/health HTTP/1.0\r\n\r\n")
            .await
            .starts_with("HTTP/1.0 200")
        {}
    };
    timeout(Duration::from_secs(20), served).await.unwrap();
}
