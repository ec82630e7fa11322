//! The admin API as a client sees it.

use std::time::Duration;

use crate::support::{connect, converse, get, http, messages};
use futures_util::{SinkExt as _, StreamExt as _};
use mock_server::{ClockMode, Options, Server, Side, Strict};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use wire::audio::Direction;
use wire::registry;

#[tokio::test]
async fn waiting_ends_when_the_session_does() {
    let server = Server::start().await.unwrap();
    let admin = server.admin_url();
    let endpoint = registry::endpoints().next().unwrap();
    let (status, answer) = get(&admin, "wait?lane=a&timeout_ms=1").await;
    assert_eq!(
        (status, &answer["status"], &answer["sessions"]),
        (408, &json!(408), &json!([]))
    );
    let waiting = tokio::spawn({
        let admin = admin.clone();
        async move { get(&admin, "wait?lane=a&sessions=1&timeout_ms=60000").await }
    });
    let mut client = connect(&server.lane("a").ws_url(endpoint.name), "t")
        .await
        .unwrap();
    assert!(!waiting.is_finished());
    converse(&mut client, &messages(endpoint), "").await;
    drop(client);
    let (status, answer) = waiting.await.unwrap();
    assert_eq!(status, 200);
    assert_eq!(answer["sessions"][0]["lane"], "a");
    assert_eq!(answer["sessions"][0]["state"], "closed");
}

#[tokio::test]
async fn a_lane_is_set_seen_and_reset() {
    let server = Server::start().await.unwrap();
    let (admin, path) = (server.admin_url(), "/__mynah/lanes/my%20lane");
    let (status, ..) = http(&admin, "PUT", path, "", "{}").await;
    assert_eq!(status, 400, "a space is no part of a lane's name");
    assert_eq!(get(&admin, "lanes/a").await.0, 404);
    let body = r#"{"scenario":"none","seed":7,"transcripts":["one","two"]}"#;
    let (status, ..) = http(&admin, "PUT", "/__mynah/lanes/a", "", body).await;
    assert_eq!(status, 200);
    let (_, lane) = get(&admin, "lanes/a").await;
    assert_eq!(lane["seed"], 7);
    assert_eq!(lane["transcripts"], json!(["one", "two"]));
    for bad in [
        r#"{"seeds":1}"#,
        r#"{"seed":-1}"#,
        r#"{"scenario":""}"#,
        r#"{"scenario":"x"}"#,
        "[",
        "[]",
    ] {
        let (status, head, _) = http(&admin, "PUT", "/__mynah/lanes/a", "", bad).await;
        assert_eq!(status, 400, "{bad}");
        assert!(head.contains("application/problem+json"), "{head}");
    }
    let endpoint = registry::endpoints().next().unwrap();
    let mut client = connect(&server.lane("a").ws_url(endpoint.name), "t")
        .await
        .unwrap();
    converse(&mut client, &messages(endpoint), "").await;
    assert_eq!(server.lane("a").journal().len(), 1);
    let (status, _, body) = http(&admin, "DELETE", "/__mynah/lanes/a", "", "").await;
    assert_eq!((status, body.len()), (204, 0));
    assert_eq!(get(&admin, "lanes/a").await.0, 404);
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn the_token_opens_everything_but_health() {
    let options = Options {
        admin_token: Some("letmein".to_owned()),
        ..Options::default()
    };
    let server = Server::start_with(options).await.unwrap();
    let admin = server.admin_url();
    assert_eq!(get(&admin, "health").await.0, 200);
    let (status, head, _) = http(&admin, "GET", "/__mynah/sessions", "", "").await;
    assert_eq!(status, 401);
    assert!(
        head.to_lowercase().contains("www-authenticate: bearer"),
        "{head}"
    );
    let token = "Authorization: Bearer letmein\r\n";
    let (status, ..) = http(&admin, "GET", "/__mynah/sessions", token, "").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn audio_is_a_file_that_plays_in_either_direction() {
    let server = Server::start().await.unwrap();
    let admin = server.admin_url();
    for endpoint in registry::endpoints() {
        let mut client = connect(&server.ws_url(endpoint.name), "t").await.unwrap();
        let first = messages(endpoint).remove(0);
        client.send(first).await.unwrap();
        if endpoint.audio == Direction::ToClient {
            while client.next().await.unwrap().unwrap().len() < 500 {}
        } else {
            client.next().await.unwrap().unwrap();
            client.send(Message::binary(vec![1; 3200])).await.unwrap();
        }
        converse(&mut client, &[], "").await;
        let session = server.journal().pop().unwrap();
        let (with, without) = match endpoint.audio {
            Direction::ToClient => (Side::Server, Side::Client),
            Direction::ToServer => (Side::Client, Side::Server),
        };
        let path = |side: Side| {
            format!(
                "/__mynah/sessions/{}/audio?from={}",
                session.id,
                side.name()
            )
        };
        let (status, ..) = http(&admin, "GET", &path(without), "", "").await;
        assert_eq!(status, 404, "{}", endpoint.name);
        let (status, head, body) = http(&admin, "GET", &path(with), "", "").await;
        assert_eq!(status, 200, "{}", endpoint.name);
        assert!(
            head.to_lowercase().contains("content-type: audio/"),
            "{head}"
        );
        if body.starts_with(b"RIFF") {
            let declared = u32::from_le_bytes(body[4..8].try_into().unwrap());
            // A vendor's own container declares what the client did not wait for.
            assert!(usize::try_from(declared).unwrap() + 8 >= body.len());
        }
    }
    assert_eq!(get(&admin, "sessions/1/audio").await.0, 400);
}

#[tokio::test]
async fn a_manual_clock_runs_what_is_due_before_it_answers() {
    let options = Options {
        clock: ClockMode::Manual,
        ..Options::default()
    };
    let server = Server::start_with(options).await.unwrap();
    let admin = server.admin_url();
    let mut idle = Vec::new();
    for endpoint in registry::endpoints() {
        idle.push(connect(&server.ws_url(endpoint.name), "t").await.unwrap());
    }
    // A day is more than any service waits for a client that says nothing.
    let body = r#"{"advance_ms":86400000}"#;
    let (status, ..) = http(&admin, "POST", "/__mynah/clock", "", body).await;
    assert_eq!(status, 200);
    for session in server.journal() {
        let close = session.close.map(|close| close.by);
        assert_ne!(close, Some(Side::Client), "{:?}", session.endpoint);
        for message in &session.messages {
            assert!(
                message.at < Duration::from_secs(86_400),
                "at its own time: {message:?}"
            );
        }
    }
    let closed = server.journal().into_iter().filter(|it| it.close.is_some());
    assert!(closed.count() > 0);
    assert_eq!(get(&admin, "clock").await.1["now_ms"], 86_400_000);
}

#[tokio::test]
async fn a_finding_is_waited_for_and_fails_a_strict_verdict() {
    let options = Options {
        strict: Strict::Error,
        ..Options::default()
    };
    let server = Server::start_with(options).await.unwrap();
    let admin = server.admin_url();
    // A credential is missing.
    let endpoint = registry::endpoints().next().unwrap();
    let url = server.lane("bad").ws_url(endpoint.name);
    tokio_tungstenite::connect_async(url).await.unwrap_err();
    let finding = &server.lane("bad").journal()[0].findings[0];
    let asked = format!("wait?lane=bad&finding={}&timeout_ms=5000", finding.clause);
    let (status, answer) = get(&admin, &asked).await;
    assert_eq!(status, 200);
    let shown = &answer["findings"][0];
    for member in [
        "clause", "level", "source", "message", "found", "expected", "text",
    ] {
        assert!(shown.get(member).is_some(), "{member}: {shown}");
    }
    let (_, verdict) = get(&admin, "verify?lane=bad").await;
    assert_eq!(verdict["verdict"], "fail");
    assert!(
        verdict["reasons"][0]
            .as_str()
            .unwrap()
            .contains(finding.clause)
    );
    assert_eq!(get(&admin, "verify?lane=good").await.1["verdict"], "pass");
    let unmet = server
        .lane("bad")
        .expect()
        .sessions(1)
        .within(Duration::ZERO)
        .met()
        .await
        .unwrap_err();
    assert!(unmet.to_string().contains(finding.clause), "{unmet}");
    server
        .lane("bad")
        .expect()
        .finding(finding.clause)
        .met()
        .await
        .unwrap();
    assert!(!server.stop().await.passed);
}

#[test]
fn an_expectation_that_is_not_met_fails_the_test_that_drops_it() {
    let server = Server::start_blocking().unwrap();
    let expectation = server.expect().sessions(1).within(Duration::ZERO);
    let dropping = std::panic::AssertUnwindSafe(|| drop(expectation));
    let dropped = std::panic::catch_unwind(dropping);
    let message = *dropped.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("0 sessions have ended, not 1"),
        "{message}"
    );
}
