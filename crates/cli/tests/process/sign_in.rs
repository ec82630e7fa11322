//! Sign-in and checked credentials as a process: what is planted is found nowhere.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use wire::registry;

use crate::serve::Mock;
use crate::support::mynah;

/// The vendor that serves a path beside its endpoints.
fn vendor_of(path: &str) -> &'static str {
    let serves = |vendor: &wire::endpoint::Vendor| {
        let mut services = vendor.side.iter();
        services.any(|service| service.paths.contains(&path))
    };
    let mut vendors = registry::VENDORS.iter().filter(|vendor| serves(vendor));
    vendors.next().unwrap().name
}

/// One request on a connection of its own; the head and the body of the answer.
fn ask(address: SocketAddr, line: &str, headers: &[String], body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let limit = Some(Duration::from_secs(20));
    stream.set_read_timeout(limit).unwrap();
    let mut request = format!("{line} HTTP/1.1\r\nHost: {address}\r\n");
    for header in headers {
        request += header;
        request += "\r\n";
    }
    let is_upgrade = headers.iter().any(|header| header.starts_with("Upgrade"));
    if !is_upgrade {
        request += "Content-Length: ";
        request += &body.len().to_string();
        request += "\r\n";
    }
    request += "Connection: Upgrade, close\r\n\r\n";
    request += body;
    stream.write_all(request.as_bytes()).unwrap();
    if is_upgrade {
        // What is not refused is closed at once.
        let _ = stream.write_all(&[0x88, 0x80, 0, 0, 0, 0]);
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

fn upgrade(credential: &str) -> Vec<String> {
    [
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        credential,
    ]
    .map(str::to_owned)
    .to_vec()
}

#[test]
fn what_is_planted_and_what_is_issued_is_found_nowhere() {
    let (jwt, opaque, twin) = (
        vendor_of("/identity/token"),
        vendor_of("/v3/auth/tokens"),
        vendor_of("/api/v1/tts"),
    );
    let config = format!(
        "auth = 'strict'\nlog_level = 'trace'\n\
         [[credentials]]\nvendor = '{jwt}'\napi_key = 'planted-1'\n\
         [[credentials]]\nvendor = '{opaque}'\nuser = 'u'\npassword = 'planted-2'\ndomain = 'd'\n\
         [[credentials]]\nvendor = '{opaque}'\naccess_key = 'AK'\nsecret_key = 'planted-3'\n\
         [[credentials]]\nvendor = '{twin}'\nappid = 'a'\naccess_token = 'planted-4'\n"
    );
    let file = std::env::temp_dir().join(format!("mynah-sign-in-{}.toml", std::process::id()));
    std::fs::write(&file, config).unwrap();
    let name = file.to_str().unwrap();
    let mock = Mock::start(&mut mynah(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--config",
        name,
    ]));
    let address = mock.address;

    let grant = format!("grant_type=urn:{jwt}:params:oauth:grant-type:apikey&apikey=");
    let (head, body) = ask(
        address,
        "POST /identity/token",
        &[],
        &format!("{grant}planted-1"),
    );
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let first = body["access_token"].as_str().unwrap().to_owned();
    let login = |password: &str| {
        format!(
            "{{\"auth\":{{\"identity\":{{\"methods\":[\"password\"],\"password\":{{\"user\":{{\"name\":\"u\",\
             \"password\":\"{password}\",\"domain\":{{\"name\":\"d\"}}}}}}}},\"scope\":{{\"project\":{{\"name\":\"p\"}}}}}}}}"
        )
    };
    let (head, _) = ask(address, "POST /v3/auth/tokens", &[], &login("planted-2"));
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    let token = head
        .lines()
        .find_map(|line| line.strip_prefix("X-Subject-Token: "));
    let second = token.unwrap().to_owned();

    let bearer = format!("Authorization: Bearer {first}");
    let auth_token = format!("X-Auth-Token: {second}");
    let signed =
        "Authorization: SDK-HMAC-SHA256 Access=AK, SignedHeaders=x-sdk-date, Signature=planted-5";
    let sessions = [
        ("GET /v1/synthesize", bearer.as_str(), "101"),
        ("GET /v1/p/rtts", auth_token.as_str(), "101"),
        ("GET /v1/p/rtts", "X-Auth-Token: planted-6", "401"),
        ("GET /v1/p/rtts", signed, "401"),
        (
            "GET /api/v1/tts/ws_binary",
            "Authorization: Bearer; planted-4",
            "101",
        ),
        (
            "GET /api/v1/tts/ws_binary",
            "Authorization: Bearer; planted-7",
            "401",
        ),
    ];
    for (line, credential, status) in sessions {
        let (head, _) = ask(address, line, &upgrade(credential), "");
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status}")),
            "{line}: {head}"
        );
    }
    let query = format!("GET /v1/synthesize?text=hi&accept=audio/basic&access_token={first}");
    let requests = [
        ("POST /identity/token", format!("{grant}planted-8"), "400"),
        (
            "POST /v1/authorize",
            "{\"username\":\"u\",\"password\":\"planted-9\"}".to_owned(),
            "401",
        ),
        ("POST /v3/auth/tokens", login("planted-0"), "401"),
        (&query, String::new(), "200"),
        (
            "GET /v1/voices?access_token=planted-a",
            String::new(),
            "401",
        ),
        (
            "POST /api/v1/tts",
            "{\"app\":{\"token\":\"planted-b\"}}".to_owned(),
            "401",
        ),
    ];
    for (line, body, status) in &requests {
        let (head, _) = ask(address, line, &[], body);
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status}")),
            "{line}: {head}"
        );
    }

    let mut shown = String::new();
    for resource in ["sessions", "findings"] {
        shown += &ask(address, &format!("GET /__mynah/{resource}"), &[], "").1;
    }
    for id in 1..=11 {
        shown += &ask(address, &format!("GET /__mynah/sessions/{id}"), &[], "").1;
    }
    let (status, out, log, _) = mock.stop("TERM");
    assert!(status.success());
    std::fs::remove_file(&file).unwrap();
    assert!(shown.contains("\"status\":401"), "{shown}");
    assert!(log.contains("request"), "{log}");
    for text in [&shown, &out, &log] {
        assert!(!text.contains("planted"), "{text}");
        assert!(!text.contains(&first), "{text}");
        assert!(!text.contains(&second), "{text}");
    }
}

#[test]
fn a_selector_goes_from_a_sign_in_to_the_session() {
    let mock = Mock::start(&mut mynah(&["serve", "--listen", "127.0.0.1:0"]));
    let address = mock.address;
    let vendor = vendor_of("/identity/token");
    let grant = format!("grant_type=urn:{vendor}:params:oauth:grant-type:apikey");
    let form = format!("{grant}&apikey=mynah%3Alane%3Done");
    let (_, body) = ask(address, "POST /identity/token", &[], &form);
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let first = body["access_token"].as_str().unwrap();
    let login = "{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{\"user\":\
                 {\"name\":\"u\",\"password\":\"mynah:lane=two\",\"domain\":{\"name\":\"d\"}}}}}}";
    let (head, _) = ask(address, "POST /v3/auth/tokens", &[], login);
    let token = head
        .lines()
        .find_map(|line| line.strip_prefix("X-Subject-Token: "));
    let second = token.unwrap();
    for (line, credential) in [
        (
            "GET /v1/synthesize",
            format!("Authorization: Bearer {first}"),
        ),
        ("GET /v1/p/rtts", format!("X-Auth-Token: {second}")),
    ] {
        let (head, _) = ask(address, line, &upgrade(&credential), "");
        assert!(head.starts_with("HTTP/1.1 101"), "{line}: {head}");
    }
    for lane in ["one", "two"] {
        let line = format!("GET /__mynah/wait?lane={lane}&sessions=1&timeout_ms=10000");
        let (head, body) = ask(address, &line, &[], "");
        assert!(head.starts_with("HTTP/1.1 200"), "{lane}: {head} {body}");
    }
    let (status, ..) = mock.stop("TERM");
    assert!(status.success());
}
