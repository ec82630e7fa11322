//! Lanes do not see each other, whatever carries their names.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::support::{connect, converse, get, messages, with_member};
use mock_server::Server;
use wire::endpoint::Endpoint;
use wire::registry;

/// How a client says which lane it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Carrier {
    Path,
    Credential,
    Query,
    Message,
}

const CARRIERS: [Carrier; 4] = [
    Carrier::Path,
    Carrier::Credential,
    Carrier::Query,
    Carrier::Message,
];

/// Whether the stored messages of an endpoint carry a credential.
fn has_credential(endpoint: &Endpoint) -> bool {
    let messages = messages(endpoint);
    messages
        .first()
        .is_some_and(|first| with_member(first, "token", "x") != *first)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_lanes_in_parallel_have_their_own_sessions_and_memory() {
    let server = Arc::new(Server::start().await.unwrap());
    let endpoints: Vec<&Endpoint> = registry::endpoints().collect();
    let mut tests = tokio::task::JoinSet::new();
    for number in 0..100 {
        let endpoint = endpoints[number % endpoints.len()];
        let carrier = match CARRIERS[number / endpoints.len() % CARRIERS.len()] {
            Carrier::Message if !has_credential(endpoint) => Carrier::Path,
            carrier => carrier,
        };
        let server = Arc::clone(&server);
        tests.spawn(async move {
            let name = format!("test-{number}");
            let selector = format!("mynah:lane={name}");
            let plain = server.ws_url(endpoint.name);
            let (url, credential) = match carrier {
                Carrier::Path => (server.lane(&name).ws_url(endpoint.name), "token"),
                Carrier::Credential => (plain, selector.as_str()),
                Carrier::Query => (format!("{plain}?mynah=lane%3D{name}"), "token"),
                Carrier::Message => (plain, "token"),
            };
            let said: Vec<_> = messages(endpoint)
                .iter()
                .map(|message| match carrier {
                    Carrier::Message => with_member(message, "token", &selector),
                    _ => message.clone(),
                })
                .collect();
            for _ in 0..2 {
                let mut client = connect(&url, credential).await.unwrap();
                converse(&mut client, &said, &name).await;
            }
            (name, endpoint.name, carrier)
        });
    }
    let seen = tests.join_all().await;
    // The sessions have ended when the server has noticed the end of their connections.
    let (status, _) = get(&server.admin_url(), "wait?sessions=200").await;
    assert_eq!(status, 200);
    for (name, endpoint, carrier) in seen {
        let sessions = server.lane(&name).journal();
        let what = format!("{name} {endpoint} {carrier:?}");
        assert_eq!(sessions.len(), 2, "{what}");
        for (connection, session) in (1..).zip(&sessions) {
            assert_eq!(session.endpoint, Some(endpoint), "{what}");
            assert_eq!(session.connection, connection, "{what}");
            let reasons: BTreeSet<_> = session.close.iter().map(|it| it.reason.as_str()).collect();
            assert!(
                reasons.is_subset(&BTreeSet::from(["", name.as_str()])),
                "{what}"
            );
        }
        // What is remembered of the first connection is remembered in this lane alone.
        let repeated = |n: usize| {
            sessions[n]
                .findings
                .iter()
                .any(|it| it.found.contains("used"))
        };
        assert!(!repeated(0), "{what}: {:?}", sessions[0].findings);
        let remembers = sessions[1].findings.len() > sessions[0].findings.len();
        assert_eq!(repeated(1), remembers, "{what}");
    }
    assert!(server.lane("default").journal().is_empty());
}

#[tokio::test]
async fn a_seed_decides_the_ids_of_a_lane() {
    let server = Server::start().await.unwrap();
    let endpoint = registry::endpoints().next().unwrap();
    let mut answers = Vec::new();
    for (lane, seed) in [("a", Some(1)), ("b", Some(1)), ("a", Some(2)), ("a", None)] {
        let lane = server.lane(lane);
        lane.set(Some("none"), seed, &[]).unwrap();
        let mut client = connect(&lane.ws_url(endpoint.name), "t").await.unwrap();
        converse(&mut client, &messages(endpoint), "").await;
        let sessions = lane.journal();
        let first = sessions
            .last()
            .unwrap()
            .messages
            .iter()
            .find(|it| it.side == mock_server::Side::Server);
        answers.push(first.unwrap().value.clone());
    }
    let different: BTreeSet<String> = answers.iter().map(ToString::to_string).collect();
    assert_eq!(different.len(), answers.len(), "{answers:?}");
    assert_eq!(server.lane("b").journal()[0].connection, 1);
}

#[tokio::test]
async fn a_selector_that_cannot_be_followed_is_refused_or_closes_the_session() {
    let server = Server::start().await.unwrap();
    for endpoint in registry::endpoints() {
        let url = server.ws_url(endpoint.name);
        let refused = connect(&format!("{url}?mynah=scenario=half-opn"), "t").await;
        let Err(tokio_tungstenite::tungstenite::Error::Http(answer)) = refused else {
            panic!("{url} was not refused");
        };
        assert_eq!(answer.status(), 400);
        let body: serde_json::Value =
            serde_json::from_slice(answer.body().as_ref().unwrap()).unwrap();
        assert_eq!(body["status"], 400);
        let known = body["known"].as_array().unwrap();
        assert!(known.contains(&"abrupt-1006".into()), "{known:?}");
        assert!(body["detail"].as_str().unwrap().contains("half-opn"));
        if has_credential(endpoint) {
            let mut client = connect(&server.lane("m").ws_url(endpoint.name), "t")
                .await
                .unwrap();
            let said = with_member(&messages(endpoint)[0], "token", "mynah:scenario=half-opn");
            converse(&mut client, &[said], "").await;
            let session = server.lane("m").journal().pop().unwrap();
            let close = session.close.unwrap();
            assert_eq!(close.code, 1008);
            assert!(close.reason.contains("half-opn"), "{close:?}");
        }
    }
}
