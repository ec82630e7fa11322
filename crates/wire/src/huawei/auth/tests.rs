use rstest::rstest;

use super::refusal::Row;
use super::*;
use crate::clause::Level;
use crate::huawei::VENDOR;
use crate::id::Ids;
use crate::json::parse;
use crate::knob::{Knobs, Values};
use crate::registry::{Route, route};
use crate::side::visit;

fn upgrade(extra: &[(&str, &str)]) -> RequestHead {
    visit::upgrade("/v1/p/rtts", extra)
}

fn judge(head: &RequestHead, chosen: &[(&str, &str)]) -> Result<Welcome, Box<Refusal>> {
    let mut knobs = Knobs::new();
    for (name, value) in chosen {
        let declared = crate::huawei::rtts::knobs::KNOBS;
        knobs.set(declared, name, value).unwrap();
    }
    let mut ids = Ids::new(0);
    let mut admission = Admission {
        knobs: &knobs,
        ids: &mut ids,
        credentials: &crate::credentials::Credentials::any(),
        memory: &mut crate::memory::Memory::new(),
        sent: None,
        now_ms: 0,
    };
    admit(head, &mut admission).map_err(Box::new)
}

fn code_and_text(refusal: &Refusal) -> (String, String) {
    let body = parse(&refusal.body).unwrap().value;
    let member = |name: &str| body.get(name).unwrap().as_str().unwrap().to_owned();
    (member("error_code"), member("error_msg"))
}

#[rstest]
#[case::token("X-Auth-Token", "MII")]
#[case::token_in_lower_case("x-auth-token", "MII")]
#[case::signature(
    "Authorization",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=x-sdk-date, Signature=0"
)]
#[case::any_scheme("Authorization", "Whatever you like")]
fn any_credential_gets_in(#[case] name: &str, #[case] value: &str) {
    let welcome = judge(&upgrade(&[(name, value)]), &[]).unwrap();
    assert_eq!(welcome, Welcome::default());
}

#[test]
fn origin_extensions_and_optional_headers_refuse_nobody() {
    let head = upgrade(&[
        ("X-Auth-Token", "t"),
        ("Origin", "http://127.0.0.1:7070"),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
        ("Enterprise-Project-Id", "nonsense"),
        ("X-Language", "en-us"),
    ]);
    assert_eq!(judge(&head, &[]).unwrap().findings, []);
}

#[rstest]
#[case::none(&[])]
#[case::empty(&[("X-Auth-Token", "")])]
#[case::blank(&[("X-Auth-Token", "  "), ("Authorization", "")])]
fn a_missing_credential_is_refused_in_the_words_of_the_gateway(#[case] headers: &[(&str, &str)]) {
    let refusal = judge(&upgrade(headers), &[]).unwrap_err();
    assert_eq!(refusal.finding.clause.level, Level::Must);
    assert_eq!(refusal.status, 401);
    let (code, text) = code_and_text(&refusal);
    assert_eq!(code, "APIG.0301");
    assert_eq!(
        text,
        "Incorrect IAM authentication information: x-auth-token not found"
    );
    let id = parse(&refusal.body).unwrap().value;
    let id = id.get("request_id").unwrap().as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    assert!(id.bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(
        refusal.headers,
        [("Content-Type", "application/json".to_owned())]
    );
}

#[rstest]
#[case::no_upgrade("Upgrade", 400)]
#[case::no_connection("Connection", 400)]
#[case::no_key("Sec-WebSocket-Key", 400)]
#[case::no_version("Sec-WebSocket-Version", 426)]
fn a_broken_upgrade_is_refused(#[case] without: &str, #[case] status: u16) {
    let mut head = upgrade(&[("X-Auth-Token", "t")]);
    head.headers.retain(|(name, _)| name != without);
    let refusal = judge(&head, &[]).unwrap_err();
    assert_eq!(refusal.status, status);
    let version = refusal
        .headers
        .iter()
        .find(|(name, _)| *name == "Sec-WebSocket-Version");
    assert_eq!(version.is_some(), status == 426);
}

#[rstest]
#[case::uri(|head: &mut RequestHead| head.query = Some("x".repeat(33_000)), 414)]
#[case::header(|head: &mut RequestHead| head.headers.push(("a".into(), "x".repeat(33_000))), 494)]
#[case::headers(
    |head: &mut RequestHead| head.headers.extend(vec![("a".into(), "x".repeat(30_000)); 5]),
    494
)]
#[case::body(
    |head: &mut RequestHead| head.headers.push(("Content-Length".into(), "13000000".into())),
    413
)]
fn too_much_is_refused(#[case] change: fn(&mut RequestHead), #[case] status: u16) {
    let mut head = upgrade(&[("X-Auth-Token", "t")]);
    change(&mut head);
    let refusal = judge(&head, &[]).unwrap_err();
    assert_eq!(refusal.status, status);
    assert_eq!(code_and_text(&refusal).0, "APIG.0201");
}

#[test]
fn a_wrong_method_is_an_unknown_api_even_without_a_credential() {
    let mut head = upgrade(&[]);
    head.method = "POST".to_owned();
    let refusal = judge(&head, &[]).unwrap_err();
    assert_eq!(refusal.status, 404);
    let (code, text) = code_and_text(&refusal);
    assert_eq!(
        (code.as_str(), text.as_str()),
        ("APIG.0101", "The API does not exist.")
    );
}

#[test]
fn two_hosts_are_refused() {
    let head = upgrade(&[("X-Auth-Token", "t"), ("host", "127.0.0.1")]);
    let refusal = judge(&head, &[]).unwrap_err();
    assert_eq!(
        (refusal.status, code_and_text(&refusal).0.as_str()),
        (401, "APIG.0301")
    );
}

#[rstest]
#[case::query(|head: &mut RequestHead| head.query = Some("token=1".into()), 1)]
#[case::scenario(|head: &mut RequestHead| head.query = Some("mynah=lane=a".into()), 0)]
#[case::protocol(
    |head: &mut RequestHead| head.headers.push(("Sec-WebSocket-Protocol".into(), "x".into())),
    1
)]
#[case::language(|head: &mut RequestHead| head.headers.push(("X-Language".into(), "de".into())), 1)]
fn what_is_odd_is_found_and_let_in(#[case] change: fn(&mut RequestHead), #[case] findings: usize) {
    let mut head = upgrade(&[("X-Auth-Token", "t")]);
    change(&mut head);
    assert_eq!(judge(&head, &[]).unwrap().findings.len(), findings);
}

#[test]
fn every_refusal_of_the_tables_can_be_chosen() {
    let Values::OneOf(names) = REFUSE.values else {
        panic!("the knob takes names")
    };
    assert_eq!(names.len(), Row::CHOSEN.len() + 1);
    for name in names.iter().filter(|name| **name != "none") {
        let head = upgrade(&[("X-Auth-Token", "t")]);
        let refusal = judge(&head, &[("refuse", name)]).unwrap_err();
        assert!(refusal.status >= 400, "{name}");
    }
    let head = upgrade(&[("X-Auth-Token", "t")]);
    let refusal = judge(&head, &[("refuse", "project-mismatch")]).unwrap_err();
    assert_eq!(
        (refusal.status, code_and_text(&refusal).0.as_str()),
        (401, "SIS.0101")
    );
    let old = [("refuse", "clock-skew"), ("gateway-prefix", "APIGW")];
    let refusal = judge(&head, &old).unwrap_err();
    assert_eq!(code_and_text(&refusal).0, "APIGW.0301");
}

#[rstest]
#[case::no_project("/v1/rtts", "/v1/{project_id}/rtts")]
#[case::empty_project("/v1//rtts", "/v1/{project_id}/rtts")]
#[case::java_sample("/v1/p/asr/short-stream", "/v1/{project_id}/rasr/short-stream")]
#[case::no_mode("/v1/p/rasr", "/v1/{project_id}/rtts")]
fn a_path_near_ours_is_refused_as_an_unknown_api(#[case] path: &str, #[case] nearest: &str) {
    let mut head = upgrade(&[]);
    head.path = path.to_owned();
    let Route::Near(vendor, endpoint, pattern) = route(&head) else {
        panic!("{path} is near");
    };
    assert_eq!(vendor.name, VENDOR.name);
    assert_eq!(pattern, nearest);
    let miss = PathMiss {
        nearest: pattern,
        clause: endpoint.table.order,
    };
    let mut ids = Ids::new(0);
    let mut admission = Admission {
        knobs: &Knobs::new(),
        ids: &mut ids,
        credentials: &crate::credentials::Credentials::any(),
        memory: &mut crate::memory::Memory::new(),
        sent: None,
        now_ms: 0,
    };
    let refusal = refuse_path(&head, miss, &mut admission);
    assert_eq!(refusal.finding.clause.id, handshake::PATHS.id);
    assert_eq!(refusal.status, 404);
    let (code, text) = code_and_text(&refusal);
    assert_eq!(code, "APIG.0101");
    assert_eq!(
        text,
        "The API does not exist or has not been published in the environment."
    );
}
