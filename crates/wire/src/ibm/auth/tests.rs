use rstest::rstest;

use super::{admit, refuse_path};
use crate::finding::Place;
use crate::handshake::{Admission, PathMiss, Refusal, RequestHead, Welcome};
use crate::ibm::clauses::exchange::UNKNOWN_ARGUMENT;
use crate::ibm::clauses::handshake as clauses;
use crate::ibm::knobs;
use crate::id::Ids;
use crate::json;
use crate::knob::{Knob, Knobs};
use crate::side::visit::upgrade;

fn head(query: &str, headers: &[(&str, &str)]) -> RequestHead {
    upgrade(&format!("/v1/synthesize?{query}"), headers)
}

fn ask(head: &RequestHead, choices: &[(&Knob, &str)]) -> Result<Welcome, Refusal> {
    let mut chosen = Knobs::new();
    for (knob, value) in choices {
        chosen.set(knobs::ALL, knob.name, value).unwrap();
    }
    let mut ids = Ids::new(1);
    let mut admission = Admission {
        knobs: &chosen,
        ids: &mut ids,
        credentials: &crate::credentials::Credentials::any(),
        memory: &mut crate::memory::Memory::new(),
        sent: None,
        now_ms: 0,
    };
    admit(head, &mut admission)
}

fn header<'h>(headers: &'h [(&'static str, String)], name: &str) -> Option<&'h str> {
    let found = headers.iter().find(|(key, _)| *key == name);
    found.map(|(_, value)| value.as_str())
}

#[rstest]
#[case::access_token("access_token=x", &[])]
#[case::watson_token("watson-token=x", &[])]
#[case::bearer("", &[("Authorization", "Bearer x")])]
#[case::bearer_case("", &[("authorization", "bearer x")])]
#[case::basic("", &[("Authorization", "Basic YXBpa2V5Ong=")])]
#[case::odd_basic("", &[("Authorization", "Basic not-base64")])]
#[case::zen("", &[("Authorization", "ZenApiKey dTprZXk=")])]
#[case::other_scheme("", &[("Authorization", "Token x")])]
#[case::lone_token("", &[("Authorization", "x")])]
#[case::legacy("", &[("X-Watson-Authorization-Token", "x")])]
#[case::both("access_token=x", &[("Authorization", "Bearer y")])]
#[case::empty_header("access_token=x", &[("Authorization", "")])]
#[case::empty_query("access_token=", &[("Authorization", "Bearer y")])]
#[case::sdk_headers("access_token=x", &[
    ("X-Watson-Learning-Opt-Out", "true"), ("X-Watson-Metadata", "customer_id=a"),
    ("X-IBMCloud-SDK-Analytics", "service_name=text_to_speech"), ("X-Watson-Test", "1"),
    ("X-WDC-PL-OPT-OUT", "1"), ("Origin", "http://evil.example"),
    ("Sec-WebSocket-Protocol", "any"),
])]
fn any_credential_will_do(#[case] query: &str, #[case] headers: &[(&str, &str)]) {
    let welcome = ask(&head(query, headers), &[]).unwrap();
    assert_eq!(welcome.findings, []);
    let id = header(&welcome.headers, "X-Global-Transaction-ID").unwrap();
    assert_eq!(id.len(), 24);
    assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[rstest]
#[case::none("", &[], "access_token")]
#[case::no_query("voice=x", &[], "access_token")]
#[case::empty_query("access_token=", &[], "access_token")]
#[case::empty_watson("watson-token=%20", &[], "watson-token")]
#[case::empty_header("", &[("Authorization", "")], "Authorization")]
#[case::bearer("", &[("Authorization", "Bearer ")], "Authorization")]
#[case::lone_basic("", &[("Authorization", "Basic")], "Authorization")]
#[case::empty_key("", &[("Authorization", "Basic YXBpa2V5Og==")], "Authorization")]
#[case::empty_zen("", &[("Authorization", "ZenApiKey ")], "Authorization")]
#[case::empty_legacy("", &[("X-Watson-Authorization-Token", "")], "X-Watson-Authorization-Token")]
fn a_missing_credential_is_401(
    #[case] query: &str,
    #[case] headers: &[(&str, &str)],
    #[case] path: &str,
) {
    let refusal = ask(&head(query, headers), &[]).unwrap_err();
    assert_eq!(refusal.status, 401);
    let body = json::parse(&refusal.body).unwrap().value;
    let names: Vec<&str> = body
        .members()
        .unwrap()
        .iter()
        .map(|(n, _)| n.as_str())
        .collect();
    assert_eq!(names, ["trace", "error", "more_info", "code"]);
    assert_eq!(body.get("error").unwrap().as_str(), Some("Unauthorized"));
    assert_eq!(body.get("code").unwrap().as_i64(), Some(401));
    assert_eq!(body.get("trace").unwrap().as_str().unwrap().len(), 36);
    assert_eq!(
        header(&refusal.headers, "Content-Type"),
        Some("application/json")
    );
    assert!(header(&refusal.headers, "X-Global-Transaction-ID").is_some());
    assert_eq!(refusal.finding.place, Place::Path(path.to_owned()));

    let older = ask(
        &head(query, headers),
        &[(&knobs::UNAUTHORIZED_BODY, "2019")],
    )
    .unwrap_err();
    assert_eq!(older.body, "{\"code\":401, \"error\": \"Unauthorized\"}");
}

#[test]
fn a_clients_own_transaction_id_comes_back() {
    let own = [("X-Global-Transaction-Id", "my-id-1")];
    let welcome = ask(&head("access_token=x", &own), &[]).unwrap();
    assert_eq!(
        header(&welcome.headers, "X-Global-Transaction-ID"),
        Some("my-id-1")
    );
    let odd = [("X-Global-Transaction-Id", "two words")];
    let welcome = ask(&head("access_token=x", &odd), &[]).unwrap();
    assert_eq!(
        header(&welcome.headers, "X-Global-Transaction-ID")
            .unwrap()
            .len(),
        24
    );
}

#[rstest]
#[case::origin(&knobs::STRICT_ORIGIN, "on", &[("Origin", "http://evil.example")], "Origin")]
#[case::host(&knobs::LEGACY_HOSTS, "refuse", &[("Host", "stream.watsonplatform.net:443")], "Host")]
fn what_is_forbidden_is_403(
    #[case] knob: &Knob,
    #[case] value: &str,
    #[case] headers: &[(&str, &str)],
    #[case] path: &str,
) {
    let asked = head("access_token=x", headers);
    assert!(ask(&asked, &[]).is_ok());
    let refusal = ask(&asked, &[(knob, value)]).unwrap_err();
    assert_eq!(refusal.status, 403);
    assert!(
        refusal
            .body
            .contains("\"error\":\"Forbidden\",\"more_info\":")
    );
    assert_eq!(refusal.finding.place, Place::Path(path.to_owned()));
    assert!(ask(&head("access_token=x", &[]), &[(knob, value)]).is_ok());
}

#[rstest]
#[case::voice("voice=nobody", 404, "Model 'nobody' not found", "Not Found")]
#[case::rate(
    "rate_percentage=x",
    400,
    "Invalid value 'x' for parameter rate_percentage",
    "Bad Request"
)]
#[case::mode(
    "spell_out_mode=x",
    400,
    "Invalid value 'x' for parameter spell_out_mode",
    "Bad Request"
)]
fn a_query_value_that_cannot_be_used_refuses_the_handshake(
    #[case] query: &str,
    #[case] status: u16,
    #[case] error: &str,
    #[case] description: &str,
) {
    let asked = head(&format!("access_token=x&{query}"), &[]);
    let refusal = ask(&asked, &[]).unwrap_err();
    assert_eq!(refusal.status, status);
    let body = json::parse(&refusal.body).unwrap().value;
    assert_eq!(body.get("error").unwrap().as_str(), Some(error));
    assert_eq!(body.get("code").unwrap().as_i64(), Some(i64::from(status)));
    let described = body.get("code_description").unwrap().as_str();
    assert_eq!(described, Some(description));

    let later = [
        (&knobs::UNKNOWN_VOICE, "message"),
        (&knobs::BAD_QUERY, "message"),
    ];
    assert_eq!(ask(&asked, &later).unwrap().findings.len(), 1);
}

#[test]
fn authentication_comes_first() {
    let refusal = ask(&head("voice=nobody", &[("Upgrade", "h2c")]), &[]).unwrap_err();
    assert_eq!(refusal.status, 401);
}

#[rstest]
#[case::no_upgrade("Upgrade", "h2c", None)]
#[case::version("Sec-WebSocket-Version", "8", Some("13"))]
#[case::key("Sec-WebSocket-Key", "short", None)]
fn what_is_no_upgrade_is_400(
    #[case] name: &str,
    #[case] value: &str,
    #[case] version: Option<&str>,
) {
    let refusal = ask(&head("access_token=x", &[(name, value)]), &[]).unwrap_err();
    assert_eq!(refusal.status, 400);
    let body = json::parse(&refusal.body).unwrap().value;
    assert_eq!(body.get("code").unwrap().as_i64(), Some(400));
    assert_eq!(header(&refusal.headers, "Sec-WebSocket-Version"), version);
}

#[test]
fn unknown_parameters_are_findings_of_the_handshake() {
    let welcome = ask(&head("access_token=x&a=1", &[]), &[]).unwrap();
    assert_eq!(welcome.findings.len(), 1);
    assert_eq!(welcome.findings[0].clause.id, UNKNOWN_ARGUMENT.id);
}

#[test]
fn an_unknown_path_is_refused_letter_by_letter() {
    let knobs = Knobs::new();
    let mut ids = Ids::new(1);
    let mut admission = Admission {
        knobs: &knobs,
        ids: &mut ids,
        credentials: &crate::credentials::Credentials::any(),
        memory: &mut crate::memory::Memory::new(),
        sent: None,
        now_ms: 0,
    };
    let miss = PathMiss {
        nearest: "/v1/synthesize",
        clause: &clauses::URL_PREFIX,
    };
    let refusal = refuse_path(&head("", &[]), miss, &mut admission);
    assert_eq!(refusal.status, 404);
    assert_eq!(
        refusal.body,
        "{\"error\": \"No such child resource.\",  \"code\": 404, \"code_description\": \"No Such Resource\"}"
    );
}

#[rstest]
#[case::trailing_slash("/v1/synthesize/")]
#[case::too_long("/v1/synthesize/x")]
#[case::much_too_long("/v1/synthesize/x/y")]
#[case::misspelt("/v1/synthesise")]
#[case::case("/V1/Synthesize")]
#[case::sister_service("/v1/recognize")]
fn a_path_near_ours_is_refused_in_our_words(#[case] path: &str) {
    let mut asked = head("", &[]);
    asked.path = path.to_owned();
    let crate::registry::Route::Near(vendor, _, pattern) = crate::registry::route(&asked) else {
        panic!("{path} is near");
    };
    assert_eq!((vendor.name, pattern), ("ibm", "/v1/synthesize"));
}

#[rstest]
#[case::bare("/v1/synthesize")]
#[case::instance("/instances/1-2/v1/synthesize")]
#[case::cp4d("/text-to-speech/rel/instances/1/api/v1/synthesize")]
#[case::legacy("/text-to-speech/api/v1/synthesize")]
#[case::prefixed("/any/thing/v1/synthesize")]
fn every_documented_path_is_served(#[case] path: &str) {
    let mut asked = head("", &[]);
    asked.path = path.to_owned();
    let crate::registry::Route::Served(endpoint) = crate::registry::route(&asked) else {
        panic!("{path} is not served");
    };
    assert_eq!(endpoint.name, "ibm/tts");
}
