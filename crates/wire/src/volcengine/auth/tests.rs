use rstest::rstest;

use super::*;
use crate::knob::Knobs;
use crate::side::visit;

fn upgrade(headers: &[(&str, &str)]) -> RequestHead {
    visit::upgrade("/api/v1/tts/ws_binary", headers)
}

fn judge(head: &RequestHead, knobs: &[(&str, &str)]) -> Result<Welcome, Box<Refusal>> {
    let mut chosen = Knobs::new();
    for (name, value) in knobs {
        chosen.set(knobs::TTS_V1, name, value).unwrap();
    }
    let mut admission = Admission {
        knobs: &chosen,
        ids: &mut Ids::new(1),
        credentials: &crate::credentials::Credentials::any(),
        memory: &mut crate::memory::Memory::new(),
        sent: None,
        now_ms: 0,
    };
    admit(head, &mut admission).map_err(Box::new)
}

fn is_log_id(text: &str) -> bool {
    text.len() == 34
        && text.bytes().take(14).all(|b| b.is_ascii_digit())
        && text
            .bytes()
            .skip(14)
            .all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b))
}

fn log_id_of<'a>(headers: &'a [(&'static str, String)]) -> &'a str {
    let (_, value) = headers
        .iter()
        .find(|(name, _)| *name == "X-Tt-Logid")
        .unwrap();
    value
}

#[rstest]
#[case::with_a_space("Bearer; secret", 0)]
#[case::without_a_space("Bearer;secret", 0)]
#[case::a_selector("Bearer; mynah:scenario=x;lane=y", 0)]
#[case::in_another_case("bearer;secret", 0)]
#[case::another_scheme("HMAC256; access_token=\"a\"", 1)]
#[case::no_scheme("secret", 1)]
fn a_credential_is_admitted_with_a_log_id(#[case] value: &str, #[case] findings: usize) {
    let welcome = judge(&upgrade(&[("authorization", value)]), &[]).unwrap();
    assert!(is_log_id(log_id_of(&welcome.headers)));
    assert_eq!(welcome.findings.len(), findings);
    for finding in welcome.findings {
        assert!(!finding.text.contains("secret"));
    }
}

#[rstest]
#[case::absent(None, "missing Authorization header")]
#[case::empty(Some(""), "missing Authorization header")]
#[case::blank(Some("  "), "missing Authorization header")]
#[case::bare_scheme(Some("Bearer"), "missing Authorization header")]
#[case::no_token(Some("Bearer;"), "missing Authorization header")]
#[case::no_token_after_space(Some("Bearer; "), "missing Authorization header")]
#[case::no_semicolon(
    Some("Bearer secret"),
    "authenticate request: load grant: requested grant not found"
)]
#[case::user_info(
    Some("Basic c2VjcmV0Og=="),
    "authenticate request: load grant: requested grant not found"
)]
fn other_credentials_are_401_with_the_reason(#[case] value: Option<&str>, #[case] text: &str) {
    let headers: Vec<_> = value
        .map(|value| ("Authorization", value))
        .into_iter()
        .collect();
    let refusal = judge(&upgrade(&headers), &[]).unwrap_err();
    assert_eq!(refusal.status, 401);
    assert_eq!(refusal.body, format!("{{\"error\":\"{text}\"}}"));
    assert!(is_log_id(log_id_of(&refusal.headers)));
}

#[test]
fn the_missing_semicolon_can_be_let_through() {
    let head = upgrade(&[("Authorization", "Bearer secret")]);
    for choice in ["frame", "accept"] {
        let welcome = judge(&head, &[("wrong-bearer", choice)]).unwrap();
        assert_eq!(welcome.findings.len(), 1);
    }
}

#[rstest]
#[case::connection(
    "Connection",
    "",
    "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header"
)]
#[case::upgrade(
    "Upgrade",
    "",
    "websocket: the client is not using the websocket protocol: 'websocket' token not found in 'Upgrade' header"
)]
#[case::version(
    "Sec-WebSocket-Version",
    "8",
    "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header"
)]
#[case::key(
    "Sec-WebSocket-Key",
    "short",
    "websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length"
)]
fn what_is_no_upgrade_is_400(#[case] name: &str, #[case] value: &str, #[case] text: &str) {
    let mut head = upgrade(&[("Authorization", "Bearer; t")]);
    head.headers
        .iter_mut()
        .filter(|(key, _)| key == name)
        .for_each(|(_, old)| value.clone_into(old));
    let refusal = judge(&head, &[]).unwrap_err();
    assert_eq!(refusal.status, 400);
    assert_eq!(
        refusal.body,
        format!("{{\"error\":\"cannot upgrade to websocket: {text}\"}}")
    );
}

#[test]
fn a_plain_get_misses_the_connection_token_first() {
    let mut head = upgrade(&[("Authorization", "Bearer; t")]);
    head.headers
        .retain(|(name, _)| name == "Host" || name == "Authorization");
    let refusal = judge(&head, &[]).unwrap_err();
    assert!(
        refusal
            .body
            .contains("'upgrade' token not found in 'Connection' header")
    );
}

#[test]
fn another_method_is_no_upgrade() {
    let mut head = upgrade(&[("Authorization", "Bearer; t")]);
    head.method = "POST".to_owned();
    assert!(
        judge(&head, &[])
            .unwrap_err()
            .body
            .contains("request method is not GET")
    );
}

#[test]
fn two_host_headers_are_400_before_anything_else() {
    let head = upgrade(&[("Host", "openspeech.bytedance.com"), ("Host", "localhost")]);
    let refusal = judge(&head, &[]).unwrap_err();
    assert_eq!(refusal.status, 400);
    assert_eq!(refusal.finding.clause, &clauses::TWO_HOSTS);
}

#[test]
fn an_unknown_path_is_404_and_the_finding_names_the_served_one() {
    let knobs = Knobs::new();
    let mut admission = Admission {
        knobs: &knobs,
        ids: &mut Ids::new(1),
        credentials: &crate::credentials::Credentials::any(),
        memory: &mut crate::memory::Memory::new(),
        sent: None,
        now_ms: 0,
    };
    let miss = PathMiss {
        nearest: "/api/v1/tts/ws_binary",
        clause: &clauses::PATH,
    };
    let mut head = upgrade(&[]);
    head.path = "/api/v1/tts/ws".to_owned();
    let refusal = refuse_path(&head, miss, &mut admission);
    assert_eq!(
        (refusal.status, refusal.body.as_str()),
        (404, "404 page not found\n")
    );
    assert_eq!(refusal.finding.expected, "/api/v1/tts/ws_binary");
    assert!(is_log_id(log_id_of(&refusal.headers)));
}
