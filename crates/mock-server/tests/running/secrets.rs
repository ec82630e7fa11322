//! Credentials that clients bring appear nowhere.

use std::cell::RefCell;

use crate::support::{connect, converse, get, http, messages, with_member};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_server::{Options, Server};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wire::registry;
use wire::ws::{Event, Limits, Receiver, Role};

/// Everything that the server says of its sessions, raw bytes unmasked and inflated.
async fn all_output(admin: &str) -> Vec<(String, Vec<u8>)> {
    let mut output = Vec::new();
    let (_, sessions) = get(admin, "sessions?limit=1000").await;
    for session in sessions["sessions"].as_array().unwrap() {
        let id = &session["id"];
        let (_, _, detail) = http(admin, "GET", &format!("/__mynah/sessions/{id}"), "", "").await;
        output.push((format!("session {id}"), detail.to_vec()));
        let (status, _, raw) =
            http(admin, "GET", &format!("/__mynah/sessions/{id}/raw"), "", "").await;
        assert_eq!(status, 200);
        let mut client = Vec::new();
        for (index, line) in raw
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .enumerate()
        {
            let line: serde_json::Value = serde_json::from_slice(line).unwrap();
            let bytes = STANDARD.decode(line["base64"].as_str().unwrap()).unwrap();
            // The first two are the heads of the handshake.
            if line["dir"] == "client" && index > 1 {
                client.extend_from_slice(&bytes);
            }
            output.push((format!("raw {id} {}", line["dir"]), bytes));
        }
        let mut receiver = Receiver::new(Role::Server, Limits::default());
        receiver.push(&client);
        while let Some(event) = receiver.next_event() {
            match event {
                Event::Message { payload, .. } | Event::Ping(payload) => {
                    if let Some(at) = memchr::memmem::find(&payload, &[0x1f, 0x8b, 8]) {
                        let inflated = wire::gzip::inflate(&payload[at..], 1 << 20).unwrap();
                        output.push((format!("inflated {id}"), inflated));
                    }
                    output.push((format!("message {id}"), payload.to_vec()));
                }
                Event::Close(close) => output.push((format!("close {id}"), close.reason.into())),
                Event::Frame { .. } | Event::Pong(_) => {}
                Event::Violation(violation) => panic!("frames no longer parse: {violation}"),
            }
        }
    }
    for resource in [
        "sessions",
        "findings",
        "metrics",
        "verify",
        "wait?timeout_ms=0",
    ] {
        let (_, _, body) = http(admin, "GET", &format!("/__mynah/{resource}"), "", "").await;
        output.push((resource.to_owned(), body.to_vec()));
    }
    output
}

#[tokio::test]
async fn planted_secrets_are_found_nowhere() {
    let file = std::env::temp_dir().join(format!("mynah-secrets-{}.jsonl", std::process::id()));
    let options = Options {
        journal_file: Some(file.clone()),
        ..Options::default()
    };
    let server = Server::start_with(options).await.unwrap();
    let planted: RefCell<Vec<String>> = RefCell::default();
    let plant = |name: &str| {
        let secret = format!("planted-{name}-{}", planted.borrow().len());
        planted.borrow_mut().push(secret.clone());
        secret
    };
    for endpoint in registry::endpoints() {
        let url = server.ws_url(endpoint.name);
        // A header, and in what the client says.
        let secret = plant("header");
        let mut client = connect(&url, &secret).await.unwrap();
        let (token, app) = (plant("token"), plant("appid"));
        let said: Vec<_> = messages(endpoint)
            .iter()
            .map(|message| with_member(&with_member(message, "token", &token), "appid", &app))
            .map(|message| with_member(&message, "text", &format!("say {secret}")))
            .collect();
        converse(&mut client, &said, &format!("bye {secret}")).await;
        // A reason that names what it gives away.
        let reason = plant("reason");
        let mut client = connect(&url, "t").await.unwrap();
        converse(&mut client, &[], &format!("closing, token={reason}")).await;
        // A query, plain and percent-encoded, refused or not.
        let (plain, encoded) = (plant("query"), plant("encoded"));
        let hidden: String = encoded.bytes().map(|byte| format!("%{byte:02x}")).collect();
        planted_query(&format!("{url}?access_token={plain}&my_api_key={hidden}")).await;
        planted_query(&format!("{url}x?token={plain}&secret={hidden}")).await;
        // User and password, an access key and its signature, a proxy's, a cookie, and a URL.
        let mut request = url.as_str().into_client_request().unwrap();
        let (user, password) = (plant("user"), plant("password"));
        let basic = STANDARD.encode(format!("{user}:{password}"));
        let (key, signature) = (plant("access"), plant("signature"));
        let url_secret = plant("url");
        for (name, value) in [
            ("Authorization", format!("Basic {basic}")),
            ("X-Sdk-Security-Token", plant("sts")),
            (
                "Proxy-Authorization",
                format!("SDK-HMAC-SHA256 Access={key}, Signature={signature}"),
            ),
            ("Cookie", format!("sid={}", plant("cookie"))),
            ("X-Api-Key", plant("api-key")),
            (
                "Referer",
                format!("http://me:{url_secret}@localhost/?access_token={url_secret}"),
            ),
        ] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        if let Ok((mut client, _)) = connect_async(request).await {
            converse(
                &mut client,
                &messages(endpoint),
                &format!("{key} {password}"),
            )
            .await;
        }
        planted.borrow_mut().push(basic);
    }
    let mut output = all_output(&server.admin_url()).await;
    output.push((
        "values".to_owned(),
        format!("{:?}", server.journal()).into_bytes(),
    ));
    drop(server);
    output.push(("file".to_owned(), std::fs::read(&file).unwrap()));
    std::fs::remove_file(&file).unwrap();
    for secret in planted.borrow().iter() {
        for (place, bytes) in &output {
            let found = memchr::memmem::find(bytes, secret.as_bytes()).is_some();
            assert!(!found, "{secret} stands in {place}");
        }
    }
    let file = &output.last().unwrap().1;
    assert!(
        file.windows(3).any(|window| window == b"***"),
        "fingerprints stand instead"
    );
}

async fn planted_query(url: &str) {
    if let Ok(mut client) = connect(url, "t").await {
        converse(&mut client, &[], "").await;
    }
}
