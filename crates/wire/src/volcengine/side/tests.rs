use rstest::rstest;

use crate::credentials::{Configured, Secret};
use crate::json::Value;
use crate::side::visit::{Host, head, header, json, upgrade};
use crate::side::{Answer, Response};
use crate::speech::{Chunking, Interval, Plan};
use crate::volcengine::auth;

fn app() -> Configured {
    Configured {
        cluster: Some("volcano_tts".to_owned()),
        ..Configured::new(
            "volcengine",
            Secret::App {
                appid: "42".to_owned(),
                access_token: "planted-token".to_owned(),
            },
        )
    }
}

fn body(change: impl Fn(String) -> String) -> String {
    change(
        r#"{"app":{"appid":"42","token":"x","cluster":"volcano_tts"},"user":{"uid":"u"},
            "audio":{"voice_type":"BV001_streaming","encoding":"mp3"},
            "request":{"reqid":"r1","text":"hello world","operation":"query"}}"#
            .to_owned(),
    )
}

fn post(host: &mut Host, authorization: &str, body: &str) -> Answer {
    let headers = [
        ("Authorization", authorization),
        ("Content-Type", "application/json"),
    ];
    host.ask(&head("POST /api/v1/tts", &headers), body)
}

fn refused(answer: Answer) -> Response {
    match answer {
        Answer::Now(response) => response,
        other => panic!("{other:?}"),
    }
}

fn plan(total_us: u64) -> Plan {
    let word = Interval {
        start_us: 0,
        end_us: 100_000,
    };
    Plan {
        words: vec![word; 2],
        marks_us: Vec::new(),
        total_us,
    }
}

#[test]
fn all_of_the_audio_comes_in_one_json() {
    let asked = body(|it| it.replace("\"query\"", "\"query\",\"with_timestamp\":1"));
    let answer = post(&mut Host::any(), "Bearer;any", &asked);
    let Answer::Collect(speech, mut wrap) = answer else {
        panic!("no speech")
    };
    assert_eq!(speech.chunking, Chunking::Whole);
    assert_eq!(wrap.planned(plan(1_960_000)), None);
    let response = wrap.done(&[1, 2, 3]);
    assert_eq!(response.status, 200);
    assert_eq!(header(&response, "X-Tt-Logid").map(str::len), Some(34));
    let body = json(&response);
    assert_eq!(body.get("reqid"), Some(&Value::from("r1")));
    assert_eq!(body.get("code").unwrap().as_i64(), Some(3000));
    assert_eq!(body.get("operation"), Some(&Value::from("query")));
    assert_eq!(body.get("message"), Some(&Value::from("Success")));
    assert_eq!(body.get("sequence").unwrap().as_i64(), Some(-1));
    assert_eq!(body.get("data"), Some(&Value::from("AQID")));
    let addition = body.get("addition").unwrap();
    assert_eq!(addition.get("duration"), Some(&Value::from("1960")));
    let front_end = addition.get("frontend").unwrap().as_str().unwrap();
    assert!(front_end.contains("\"words\""), "{front_end}");
}

#[rstest]
#[case::missing("", 401, 3001, "missing Authorization header")]
#[case::no_semicolon("Bearer planted-token", 401, 3001, "requested grant not found")]
#[case::unknown("Bearer;planted-other", 401, 3001, "requested grant not found")]
#[case::basic("Basic eDp5", 401, 3001, "requested grant not found")]
fn credentials_are_checked(
    #[case] authorization: &str,
    #[case] status: u16,
    #[case] code: i64,
    #[case] message: &str,
) {
    let mut host = Host::strict(vec![app()]);
    let response = refused(post(&mut host, authorization, &body(|it| it)));
    check(&response, status, code, message);
    assert_eq!(json(&response).get("reqid"), Some(&Value::from("r1")));
}

#[rstest]
#[case::appid("\"42\"", "\"43\"", 401, 3001, "requested grant not found")]
#[case::cluster(
    "volcano_tts",
    "volcano_icl",
    403,
    3001,
    "requested resource not granted"
)]
#[case::submit("query", "submit", 200, 3001, "invalid request")]
#[case::text("hello world", "", 200, 3011, "illegal input text!")]
#[case::voice("BV001_streaming", "nobody", 200, 3050, "Init Engine Instance failed")]
#[case::json("{\"app\"", "\"app\"", 200, 3001, "invalid request")]
#[case::reqid("\"reqid\":\"r1\",", "", 200, 3001, "invalid request")]
fn requests_are_checked(
    #[case] from: &str,
    #[case] to: &str,
    #[case] status: u16,
    #[case] code: i64,
    #[case] message: &str,
) {
    let mut host = Host::strict(vec![app()]);
    let asked = body(|it| it.replace(from, to));
    check(
        &refused(post(&mut host, "Bearer;planted-token", &asked)),
        status,
        code,
        message,
    );
}

fn check(response: &Response, status: u16, code: i64, message: &str) {
    assert_eq!(response.status, status, "{}", response.body);
    let body = json(response);
    assert_eq!(body.get("code").unwrap().as_i64(), Some(code));
    let said = body.get("message").unwrap().as_str().unwrap();
    assert!(said.contains(message), "{said}");
    assert_eq!(body.get("data"), None);
    assert!(header(response, "X-Tt-Logid").is_some());
    assert!(!response.findings.is_empty());
    assert!(!format!("{response:?}").contains("planted"), "{response:?}");
}

#[test]
fn a_used_reqid_and_a_long_sound_are_refused() {
    let mut host = Host::any();
    let Answer::Collect(_, mut wrap) = post(&mut host, "Bearer;x", &body(|it| it)) else {
        panic!("no speech")
    };
    let late = wrap.planned(plan(3_600_000_000)).unwrap();
    check(&late, 200, 3030, "processing timeout");
    let again = refused(post(&mut host, "Bearer;x", &body(|it| it)));
    check(&again, 200, 3006, "service interrupted");
    let get = host.get(&head("GET /api/v1/tts", &[]), "");
    assert_eq!((get.status, header(&get, "Allow")), (405, Some("POST")));
}

#[rstest]
#[case::good("Bearer; planted-token", 0, None)]
#[case::no_space("Bearer;planted-token", 0, None)]
#[case::unknown("Bearer; planted-other", 0, Some(401))]
#[case::other_scheme("Token planted-token", 0, None)]
#[case::expired("Bearer; planted-token", 60, Some(401))]
fn a_strict_server_lets_in_whom_it_knows(
    #[case] authorization: &str,
    #[case] later_s: u64,
    #[case] status: Option<u16>,
) {
    let mut host = Host::strict(vec![Configured {
        ttl_s: Some(60),
        ..app()
    }]);
    host.now_s += later_s;
    let upgrade = upgrade("/api/v1/tts/ws_binary", &[("Authorization", authorization)]);
    match host.judge(|admission| auth::admit(&upgrade, admission)) {
        Ok(welcome) => {
            assert_eq!(status, None);
            assert_eq!(welcome.grant.appid.as_deref(), Some("42"));
        }
        Err(refusal) => {
            assert_eq!(Some(refusal.status), status);
            assert!(refusal.body.contains("requested grant not found"));
            assert!(!format!("{refusal:?}").contains("planted"), "{refusal:?}");
        }
    }
}
