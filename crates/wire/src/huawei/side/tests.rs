use rstest::rstest;

use crate::credentials::{Configured, Secret, selector_in};
use crate::handshake::{Refusal, RequestHead};
use crate::huawei::auth;
use crate::huawei::auth::signature::{canonical_request, sign, string_to_sign};
use crate::json::Value;
use crate::side::visit::{self, Host, head, header, json};

const P: &str = "0123456789abcdef0123456789abcdef";

fn login() -> Configured {
    Configured::new(
        "huawei",
        Secret::Login {
            user: "anna".to_owned(),
            password: "planted-pw".to_owned(),
            domain: Some("acme".to_owned()),
        },
    )
}

fn pair() -> Configured {
    Configured {
        project: Some(P.to_owned()),
        ..Configured::new(
            "huawei",
            Secret::KeyPair {
                access_key: "AKTEST".to_owned(),
                secret_key: "SKTEST".to_owned(),
            },
        )
    }
}

fn body(user: &str, password: &str, domain: &str, scope: &str) -> String {
    format!(
        r#"{{"auth":{{"identity":{{"password":{{"user":{{"name":"{user}","password":"{password}","domain":{{"name":"{domain}"}}}}}},"methods":["password"]}},"scope":{scope}}}}}"#
    )
}

const BY_NAME: &str = r#"{"project":{"name":"cn-north-4"}}"#;

fn upgrade(project: &str, headers: &[(&str, &str)]) -> RequestHead {
    let host = ("Host", "127.0.0.1:18080");
    visit::upgrade(&format!("/v1/{project}/rtts"), &[&[host], headers].concat())
}

fn admit(host: &mut Host, head: &RequestHead) -> Option<Refusal> {
    host.judge(|admission| auth::admit(head, admission)).err()
}

fn said(refusal: &Refusal) -> (u16, String, String) {
    let body = crate::json::parse(&refusal.body).unwrap().value;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap().to_owned();
    (refusal.status, text("error_code"), text("error_msg"))
}

#[rstest]
#[case::plain("/v3/auth/tokens")]
#[case::no_catalog("/v3/auth/tokens?nocatalog=true")]
fn a_login_gets_a_token_in_a_header(#[case] path: &str) {
    let line = format!("POST {path}");
    let response = Host::any().get(&head(&line, &[]), &body("u", "p", "d", BY_NAME));
    assert_eq!(response.status, 201);
    let token = header(&response, "X-Subject-Token").unwrap();
    assert!(token.starts_with("MII"), "{token}");
    let body = json(&response);
    let body = body.get("token").unwrap();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap();
    assert_eq!(text("issued_at"), "2026-01-01T00:00:00.000000Z");
    assert_eq!(text("expires_at"), "2026-01-02T00:00:00.000000Z");
    let project = body.get("project").unwrap();
    assert_eq!(project.get("name"), Some(&Value::from("cn-north-4")));
    for name in ["catalog", "methods", "roles", "user"] {
        assert!(body.get(name).is_some(), "{name}");
    }
}

#[rstest]
#[case::right("anna", "planted-pw", "acme", 201)]
#[case::wrong_password("anna", "planted-no", "acme", 401)]
#[case::wrong_user("otto", "planted-pw", "acme", 401)]
#[case::wrong_domain("anna", "planted-pw", "other", 401)]
#[case::empty_password("anna", "", "acme", 400)]
#[case::empty_user("", "planted-pw", "acme", 400)]
fn logins_are_checked(
    #[case] user: &str,
    #[case] password: &str,
    #[case] domain: &str,
    #[case] status: u16,
) {
    let mut host = Host::strict(vec![login()]);
    let body = body(user, password, domain, BY_NAME);
    let response = host.get(&head("POST /v3/auth/tokens", &[]), &body);
    assert_eq!(response.status, status);
    if status == 201 {
        return;
    }
    let error = json(&response);
    let error = error.get("error").unwrap();
    assert_eq!(error.get("code").unwrap().as_i64(), Some(i64::from(status)));
    let title = if status == 401 {
        "Unauthorized"
    } else {
        "Bad Request"
    };
    assert_eq!(error.get("title"), Some(&Value::from(title)));
    if status == 401 {
        let message = Value::from("The username or password is wrong.");
        assert_eq!(error.get("message"), Some(&message));
    }
    assert!(!format!("{response:?}").contains("planted"), "{response:?}");
}

#[rstest]
#[case::no_json("{")]
#[case::no_auth("{}")]
#[case::no_methods(r#"{"auth":{"identity":{}}}"#)]
#[case::other_method(r#"{"auth":{"identity":{"methods":["token"]}}}"#)]
#[case::no_user(r#"{"auth":{"identity":{"methods":["password"],"password":{}}}}"#)]
fn what_is_no_login_is_a_bad_request(#[case] body: &str) {
    let response = Host::any().get(&head("POST /v3/auth/tokens", &[]), body);
    assert_eq!(response.status, 400);
    assert_eq!(response.findings.len(), 1);
}

fn token_of(host: &mut Host, scope: &str) -> String {
    let body = body("anna", "planted-pw", "acme", scope);
    let response = host.get(&head("POST /v3/auth/tokens", &[]), &body);
    header(&response, "X-Subject-Token").unwrap().to_owned()
}

#[rstest]
#[case::good(BY_NAME, 0, None)]
#[case::by_id(r#"{"project":{"id":"0123456789abcdef0123456789abcdef"}}"#, 0, None)]
#[case::last_second(BY_NAME, 86_399, None)]
#[case::expired(
    BY_NAME,
    86_400,
    Some((401, "APIG.0301", "token expires, expires_at: 2026-01-02T00:00:00.000000Z"))
)]
#[case::wrong_id(r#"{"project":{"id":"other"}}"#, 0, Some((401, "SIS.0101", "doesn't match the token")))]
#[case::domain_scope(r#"{"domain":{"name":"acme"}}"#, 0, Some((401, "SIS.0101", "doesn't match")))]
#[case::no_scope("null", 0, Some((401, "SIS.0101", "doesn't match the token")))]
fn issued_tokens_are_looked_into(
    #[case] scope: &str,
    #[case] later_s: u64,
    #[case] expected: Option<(u16, &str, &str)>,
) {
    let mut host = Host::strict(vec![Configured {
        project: Some(P.to_owned()),
        ..login()
    }]);
    let token = token_of(&mut host, scope);
    host.now_s += later_s;
    let refusal = admit(&mut host, &upgrade(P, &[("X-Auth-Token", &token)]));
    match (refusal, expected) {
        (None, None) => {}
        (Some(refusal), Some((status, code, text))) => {
            let (found_status, found_code, found_text) = said(&refusal);
            assert_eq!((found_status, found_code.as_str()), (status, code));
            assert!(found_text.contains(text), "{found_text}");
            assert!(!format!("{refusal:?}").contains(&token));
        }
        (refusal, expected) => panic!("{refusal:?}, not {expected:?}"),
    }
}

#[rstest]
#[case::unknown("planted-unknown", P, "APIG.0301", "decrypt token fail")]
#[case::changed("MIIMYNAHe30.x", P, "APIG.0301", "decrypt token fail")]
#[case::other_project("planted-token", "other", "SIS.0101", "doesn't match the token")]
#[case::revoked("planted-gone", P, "APIG.0301", "decrypt token fail")]
#[case::expired(
    "planted-short",
    P,
    "APIG.0301",
    "token expires, expires_at: 2026-01-01T00:00:30"
)]
fn tokens_are_checked(
    #[case] token: &str,
    #[case] project: &str,
    #[case] code: &str,
    #[case] text: &str,
) {
    let configured = |name: &str| Configured {
        project: Some(P.to_owned()),
        ..Configured::new("huawei", Secret::Token(name.to_owned()))
    };
    let mut host = Host::strict(vec![
        configured("planted-token"),
        Configured {
            revoke_after_s: Some(60),
            ..configured("planted-gone")
        },
        Configured {
            ttl_s: Some(30),
            ..configured("planted-short")
        },
    ]);
    host.now_s += 60;
    let good = admit(&mut host, &upgrade(P, &[("X-Auth-Token", "planted-token")]));
    assert_eq!(good, None);
    let refusal = admit(&mut host, &upgrade(project, &[("X-Auth-Token", token)])).unwrap();
    let (status, found, message) = said(&refusal);
    assert_eq!((status, found.as_str()), (401, code));
    assert!(message.contains(text), "{message}");
    assert!(!format!("{refusal:?}").contains("planted"), "{refusal:?}");
}

fn signed(secret: &str, date: &str, change: fn(String) -> String) -> RequestHead {
    let mut head = upgrade(P, &[("X-Sdk-Date", date)]);
    let names = ["host".to_owned(), "x-sdk-date".to_owned()];
    let canonical = change(canonical_request(&head, &names));
    let signature = sign(secret, &string_to_sign(date, &canonical));
    let value = format!(
        "SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=host;x-sdk-date, Signature={signature}"
    );
    head.headers.push(("Authorization".to_owned(), value));
    head
}

const MIDNIGHT: &str = "20260101T000000Z";

#[rstest]
#[case::right("SKTEST", MIDNIGHT, None)]
#[case::edge("SKTEST", "20260101T001500Z", None)]
#[case::past_edge("SKTEST", "20251231T234500Z", None)]
#[case::early(
    "SKTEST",
    "20251231T234459Z",
    Some("calc ak sk signature fail:signature expired")
)]
#[case::late(
    "SKTEST",
    "20260101T001501Z",
    Some("calc ak sk signature fail:signature expired")
)]
#[case::no_date("SKTEST", "today", Some("calc ak sk signature fail:signature expired"))]
#[case::wrong_secret(
    "SKOTHER",
    MIDNIGHT,
    Some(
        "verify aksk signature fail, canonicalRequest:GET|/v1/0123456789abcdef0123456789abcdef/rtts/||host:127.0.0.1:18080|x-sdk-date:20260101T000000Z||host;x-sdk-date|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
)]
fn signatures_are_checked(#[case] secret: &str, #[case] date: &str, #[case] text: Option<&str>) {
    let mut host = Host::strict(vec![pair()]);
    let refusal = admit(&mut host, &signed(secret, date, |canonical| canonical));
    match (refusal, text) {
        (None, None) => {}
        (Some(refusal), Some(text)) => {
            let (status, code, message) = said(&refusal);
            assert_eq!((status, code.as_str()), (401, "APIG.0301"));
            assert_eq!(
                message,
                format!("Incorrect IAM authentication information: {text}")
            );
        }
        (refusal, text) => panic!("{refusal:?}, not {text:?}"),
    }
}

#[test]
fn a_signature_of_an_unknown_key_or_another_project_is_refused() {
    let mut host = Host::strict(vec![Configured {
        project: Some("other".to_owned()),
        ..pair()
    }]);
    let refusal = admit(
        &mut host,
        &signed("SKTEST", MIDNIGHT, |canonical| canonical),
    );
    assert_eq!(said(&refusal.unwrap()).1, "SIS.0101");
    let mut host = Host::strict(vec![]);
    let refusal = admit(
        &mut host,
        &signed("SKTEST", MIDNIGHT, |canonical| canonical),
    );
    assert_eq!(said(&refusal.unwrap()).1, "APIG.0301");
    let foreign = upgrade(P, &[("Authorization", "Bearer x")]);
    assert_eq!(said(&admit(&mut host, &foreign).unwrap()).1, "APIG.0301");
}

#[rstest]
#[case::no_slash(|it: String| it.replace("rtts/", "rtts"), "line 2, byte 41, the path without")]
#[case::no_port(|it: String| it.replace(":18080", ""), "line 4, byte 14, the host without its port")]
#[case::other_name(|it: String| it.replace("127.0.0.1", "localhost"), "line 4, byte 5, the host by")]
#[case::method(|it: String| it.replace("GET", "POST"), "line 1, byte 0, the method")]
#[case::body(|it: String| it.replace(&it[it.len() - 64..], "UNSIGNED-PAYLOAD"), "line 8, byte 0")]
#[case::empty_line(|it: String| it.replace("\n\nhost;", "\nhost;"), "line 6, byte 0, the empty line")]
#[case::something(|it: String| it + "?", "cannot be told from the signature")]
fn the_first_difference_is_named(#[case] change: fn(String) -> String, #[case] place: &str) {
    let mut host = Host::strict(vec![pair()]);
    let refusal = admit(&mut host, &signed("SKTEST", MIDNIGHT, change)).unwrap();
    let text = refusal.finding.text;
    assert!(
        text.contains(&format!("first difference: {place}")),
        "{text}"
    );
    assert!(
        text.contains("string to sign: \"SDK-HMAC-SHA256\\n20260101T000000Z\\n"),
        "{text}"
    );
    assert!(text.contains("canonical request: \"GET\\n/v1/"), "{text}");
    assert!(!text.contains("SKTEST"), "{text}");
}

#[test]
fn a_client_signs_what_it_sends() {
    let mut host = Host::strict(vec![pair()]);
    let mut sent = upgrade(P, &[("X-Sdk-Date", MIDNIGHT)]);
    sent.path = format!("/~lane=a{}", sent.path);
    let names = ["host".to_owned(), "x-sdk-date".to_owned()];
    let canonical = canonical_request(&sent, &names);
    let signature = sign("SKTEST", &string_to_sign(MIDNIGHT, &canonical));
    let value = format!(
        "SDK-HMAC-SHA256 Access=AKTEST, SignedHeaders=host;x-sdk-date, Signature={signature}"
    );
    sent.headers.push(("Authorization".to_owned(), value));
    let seen = RequestHead {
        path: sent.path.replace("/~lane=a", ""),
        ..sent.clone()
    };
    assert!(admit(&mut host, &seen).is_some());
    host.sent = Some(sent);
    assert_eq!(admit(&mut host, &seen), None);
}

#[test]
fn five_bad_attempts_lock_for_five_minutes() {
    let mut host = Host::strict(vec![pair()]);
    let good = signed("SKTEST", MIDNIGHT, |canonical| canonical);
    let bad = signed("SKOTHER", MIDNIGHT, |canonical| canonical);
    for _ in 0..4 {
        assert!(admit(&mut host, &bad).is_some());
    }
    assert_eq!(admit(&mut host, &good), None);
    for _ in 0..5 {
        assert!(admit(&mut host, &bad).is_some());
    }
    host.now_s += 299;
    let (status, code, _) = said(&admit(&mut host, &good).unwrap());
    assert_eq!((status, code.as_str()), (401, "APIG.0301"));
    host.now_s += 1;
    assert_eq!(admit(&mut host, &good), None);
}

#[rstest]
#[case::password("anna", "mynah:lane=a;seed=3")]
#[case::user("mynah:lane=a;seed=3", "p")]
fn a_selector_comes_back_inside_the_token(#[case] user: &str, #[case] password: &str) {
    let body = body(user, password, "d", BY_NAME);
    let response = Host::any().get(&head("POST /v3/auth/tokens", &[]), &body);
    let token = header(&response, "X-Subject-Token").unwrap();
    assert_eq!(selector_in(token).as_deref(), Some("lane=a;seed=3"));
    assert!(token.contains("mynah:lane=a;seed=3"));
}

#[test]
fn a_project_is_found_by_name() {
    let mut host = Host::strict(vec![Configured {
        project: Some(P.to_owned()),
        ..login()
    }]);
    let none = host.get(&head("GET /v3/projects?name=cn-north-4", &[]), "");
    assert_eq!(none.status, 401);
    let token = token_of(&mut host, "null");
    let known = head(
        "GET /v3/projects?name=cn-north-4",
        &[("X-Auth-Token", &token)],
    );
    let response = host.get(&known, "");
    assert_eq!(response.status, 200);
    let body = json(&response);
    let project = &body.get("projects").unwrap().items().unwrap()[0];
    assert_eq!(project.get("id"), Some(&Value::from(P)));
    assert_eq!(project.get("name"), Some(&Value::from("cn-north-4")));
}
