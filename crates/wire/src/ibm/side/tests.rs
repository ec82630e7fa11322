use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rstest::rstest;

use crate::audio::Encoding;
use crate::credentials::{Configured, Secret, selector_in};
use crate::handshake::RequestHead;
use crate::ibm::auth;
use crate::json::{Value, parse};
use crate::side::Answer;
use crate::side::visit::{self, Host, NOW_S, head, header, json};

const GRANT: &str = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey";

fn api_key() -> Configured {
    Configured::new("ibm", Secret::ApiKey("planted+key".to_owned()))
}

fn login() -> Configured {
    Configured::new(
        "ibm",
        Secret::Login {
            user: "anna".to_owned(),
            password: "planted-pw".to_owned(),
            domain: None,
        },
    )
}

fn claims(token: &str) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts.as_slice() else {
        panic!("{token} has not three parts")
    };
    let text = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(
        parse(&text(header)).unwrap().value.get("alg"),
        Some(&Value::from("HS256"))
    );
    parse(&text(claims)).unwrap().value
}

fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap().to_owned()
}

fn basic(login: &str) -> String {
    format!("Basic {}", STANDARD.encode(login))
}

fn upgrade(authorization: &str, path: &str) -> RequestHead {
    visit::upgrade(path, &[("Authorization", authorization)])
}

#[rstest]
#[case::plain("/identity/token")]
#[case::prefixed("/anything/identity/token")]
fn an_api_key_gets_a_token_that_can_be_decoded(#[case] path: &str) {
    let body = format!("response_type=cloud_iam&{GRANT}&apikey=any");
    let response = Host::any().get(&head(&format!("POST {path}"), &[]), &body);
    assert_eq!(response.status, 200);
    let body = json(&response);
    assert_eq!(text(&body, "token_type"), "Bearer");
    assert_eq!(body.get("expires_in").unwrap().as_i64(), Some(3600));
    let until = i64::try_from(NOW_S).unwrap() + 3600;
    assert_eq!(body.get("expiration").unwrap().as_i64(), Some(until));
    assert!(!text(&body, "refresh_token").is_empty());
    assert!(!text(&body, "scope").is_empty());
    let claims = claims(&text(&body, "access_token"));
    assert_eq!(claims.get("exp").unwrap().as_i64(), Some(until));
    assert_eq!(claims.get("iat").unwrap().as_i64(), Some(until - 3600));
}

#[rstest]
#[case::no_key(GRANT, "no API key")]
#[case::empty_key(&format!("{GRANT}&apikey="), "no API key")]
#[case::no_grant("apikey=planted%2Bkey", "no grant_type")]
#[case::other_grant("grant_type=password&apikey=planted%2Bkey", "another grant_type")]
#[case::json("{\"apikey\":\"planted+key\"}", "no grant_type")]
#[case::unknown_key(&format!("{GRANT}&apikey=planted-other"), "a credential that nobody")]
fn a_bad_sign_in_is_refused_in_the_words_of_iam(#[case] body: &str, #[case] found: &str) {
    let mut host = Host::strict(vec![api_key()]);
    let response = host.get(&head("POST /identity/token", &[]), body);
    assert_eq!(response.status, 400);
    let said = json(&response);
    assert_eq!(text(&said, "errorCode"), "BXNIM0415E");
    assert!(!text(&said, "errorMessage").is_empty());
    let finding = &response.findings[0];
    assert!(finding.found.starts_with(found), "{}", finding.found);
    assert!(!format!("{response:?}").contains("planted"), "{response:?}");
}

#[rstest]
#[case::password(r#"{"username":"anna","password":"planted-pw"}"#, 200)]
#[case::nulls(
    r#"{"username":"anna","password":"planted-pw","api_key":null,"account_id":null}"#,
    200
)]
#[case::api_key(r#"{"username":"anna","api_key":"planted+key","password":null}"#, 200)]
#[case::wrong_password(r#"{"username":"anna","password":"planted-no"}"#, 401)]
#[case::wrong_key(r#"{"username":"anna","api_key":"planted-no"}"#, 401)]
#[case::no_user(r#"{"password":"planted-pw"}"#, 400)]
#[case::no_secret(r#"{"username":"anna","password":"","api_key":null}"#, 400)]
#[case::no_json("username=anna", 400)]
#[case::no_object("[]", 400)]
fn a_login_is_authorized(
    #[case] body: &str,
    #[case] status: u16,
    #[values("/v1/authorize", "/icp4d-api/v1/authorize", "/v1/preauth/signin")] path: &str,
) {
    let mut host = Host::strict(vec![api_key(), login()]);
    let response = host.get(&head(&format!("POST {path}"), &[]), body);
    assert_eq!(response.status, status, "{}", response.body);
    let said = json(&response);
    assert_eq!(text(&said, "_messageCode_"), status.to_string());
    if status == 200 {
        assert_eq!(text(&said, "message"), "Success");
        claims(&text(&said, "token"));
    } else {
        assert!(!format!("{response:?}").contains("planted"), "{response:?}");
    }
}

#[rstest]
#[case::login("anna:planted-pw", 200)]
#[case::api_key("apikey:planted+key", 200)]
#[case::wrong("anna:planted-no", 401)]
#[case::empty("anna:", 401)]
fn older_forms_take_a_basic_credential(#[case] presented: &str, #[case] status: u16) {
    let mut host = Host::strict(vec![api_key(), login()]);
    let headers = [("Authorization", basic(presented))];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let older = host.get(&head("GET /v1/preauth/validateAuth", &headers), "");
    assert_eq!(older.status, status);
    let oldest = head("GET /authorization/api/v1/token?url=https://x", &headers);
    let oldest = host.get(&oldest, "");
    assert_eq!(oldest.status, status);
    if status == 200 {
        claims(&text(&json(&older), "accessToken"));
        claims(&oldest.body);
    }
}

#[test]
fn a_selector_comes_back_inside_every_token() {
    let mut host = Host::any();
    let body = format!("{GRANT}&apikey=mynah%3Alane%3Da");
    let token = json(&host.get(&head("POST /identity/token", &[]), &body));
    let token = text(&token, "access_token");
    assert_eq!(selector_in(&token).as_deref(), Some("lane=a"));
    assert_eq!(text(&claims(&token), "mynah"), "mynah:lane=a");
    let body = r#"{"username":"u","password":"mynah:lane=a"}"#;
    let token = json(&host.get(&head("POST /v1/authorize", &[]), body));
    assert_eq!(
        selector_in(&text(&token, "token")).as_deref(),
        Some("lane=a")
    );
}

fn token_of(host: &mut Host) -> String {
    let body = format!("{GRANT}&apikey=planted%2Bkey");
    let response = host.get(&head("POST /identity/token", &[]), &body);
    text(&json(&response), "access_token")
}

/// One row: how the handshake is made, and what comes back.
#[rstest]
#[case::issued(|token: &str| format!("Bearer {token}"), 0, 101)]
#[case::changed(|token: &str| format!("Bearer {token}x"), 0, 401)]
#[case::foreign_jwt(|_: &str| "Bearer eyJhbGciOiJub25lIn0.eyJpYXQiOjF9.x".to_owned(), 0, 401)]
#[case::unknown(|_: &str| "Bearer any".to_owned(), 0, 401)]
#[case::last_second(|token: &str| format!("Bearer {token}"), 3599, 101)]
#[case::expired(|token: &str| format!("Bearer {token}"), 3600, 401)]
#[case::api_key(|_: &str| basic("apikey:planted+key"), 0, 101)]
#[case::wrong_api_key(|_: &str| basic("apikey:planted-no"), 0, 401)]
#[case::zen(|_: &str| basic("anna:planted+key").replace("Basic", "ZenApiKey"), 0, 101)]
#[case::configured(|_: &str| "Bearer planted-token".to_owned(), 0, 101)]
#[case::revoked(|_: &str| "Bearer planted-gone".to_owned(), 60, 401)]
#[case::not_yet_revoked(|_: &str| "Bearer planted-gone".to_owned(), 59, 101)]
#[case::short_lived(|_: &str| "Bearer planted-short".to_owned(), 30, 401)]
#[case::other_scheme(|_: &str| "Token planted-token".to_owned(), 0, 401)]
fn a_strict_server_lets_in_whom_it_knows(
    #[case] credential: fn(&str) -> String,
    #[case] later_s: u64,
    #[case] status: u16,
) {
    let token = |name: &str| Configured::new("ibm", Secret::Token(name.to_owned()));
    let mut host = Host::strict(vec![
        api_key(),
        token("planted-token"),
        Configured {
            revoke_after_s: Some(60),
            ..token("planted-gone")
        },
        Configured {
            ttl_s: Some(30),
            ..token("planted-short")
        },
    ]);
    let credential = credential(&token_of(&mut host));
    host.now_s += later_s;
    let head = upgrade(&credential, "/v1/synthesize");
    let admitted = host.judge(|admission| auth::admit(&head, admission));
    match admitted {
        Ok(_) => assert_eq!(status, 101),
        Err(refusal) => {
            assert_eq!(refusal.status, status);
            assert!(
                refusal.body.contains("\"error\":\"Unauthorized\""),
                "{}",
                refusal.body
            );
            assert!(!format!("{refusal:?}").contains("planted"), "{refusal:?}");
        }
    }
}

#[rstest]
#[case::own("/instances/mine/v1/synthesize", 101)]
#[case::none("/v1/synthesize", 101)]
#[case::other("/instances/other/v1/synthesize", 403)]
fn a_credential_of_another_instance_is_forbidden(#[case] path: &str, #[case] status: u16) {
    let mut host = Host::strict(vec![Configured {
        project: Some("mine".to_owned()),
        ..api_key()
    }]);
    let token = token_of(&mut host);
    let head = upgrade(&format!("Bearer {token}"), path);
    let refused = host.judge(|admission| auth::admit(&head, admission)).err();
    assert_eq!(
        refused.as_ref().map_or(101, |refusal| refusal.status),
        status
    );
    let forbidden = refused.is_none_or(|refusal| refusal.body.contains("\"Forbidden\""));
    assert!(forbidden);
}

#[test]
fn a_token_of_a_lenient_server_is_worth_nothing_to_a_strict_one() {
    let token = token_of(&mut Host::any());
    let mut host = Host::strict(vec![api_key()]);
    let head = upgrade(&format!("Bearer {token}"), "/v1/synthesize");
    let refusal = host.judge(|admission| auth::admit(&head, admission));
    assert_eq!(refusal.unwrap_err().status, 401);
}

#[rstest]
#[case::get("GET /v1/synthesize?text=Hi+there&accept=audio/wav", "", &[], "audio/wav")]
#[case::any("GET /v1/synthesize?text=Hi", "", &[("Accept", "*/*")], "audio/ogg;codecs=opus")]
#[case::none("GET /v1/synthesize?text=Hi", "", &[], "audio/ogg;codecs=opus")]
#[case::query_wins(
    "GET /v1/synthesize?text=Hi&accept=audio/mp3",
    "",
    &[("Accept", "audio/wav")],
    "audio/mpeg"
)]
#[case::list("GET /v1/synthesize?text=Hi", "", &[("Accept", "audio/flac;q=0.9, */*")], "audio/flac")]
#[case::post(
    "POST /instances/1/v1/synthesize",
    r#"{"text":"Hi"}"#,
    &[("Content-Type", "application/json; charset=utf-8"), ("Accept", "audio/wav")],
    "audio/wav"
)]
#[case::token_in_the_query("GET /v1/synthesize?text=Hi&watson-token=x&accept=audio/wav", "", &[], "audio/wav")]
fn the_twin_speaks(
    #[case] line: &str,
    #[case] body: &str,
    #[case] headers: &[(&str, &str)],
    #[case] content_type: &str,
) {
    let mut headers = headers.to_vec();
    headers.push(("Authorization", "Bearer x"));
    let Answer::Stream(response, speech) = Host::any().ask(&head(line, &headers), body) else {
        panic!("no speech")
    };
    assert_eq!(response.status, 200);
    assert_eq!(header(&response, "Content-Type"), Some(content_type));
    assert!(header(&response, "X-Global-Transaction-ID").is_some());
    assert_eq!(response.findings, []);
    let is_wav = speech.format.encoding == Encoding::Wav;
    assert_eq!(is_wav, content_type == "audio/wav");
    let words = speech.units.len();
    assert_eq!(words, if line.contains("there") { 2 } else { 1 });
}

#[test]
fn what_the_twin_does_not_know_is_named_in_a_header() {
    let headers = [
        ("Authorization", "Bearer x"),
        ("Content-Type", "application/json"),
    ];
    let body = r#"{"text":"Hi","voice":"v","accept":"audio/wav"}"#;
    let answer = Host::any().ask(&head("POST /v1/synthesize?odd=1", &headers), body);
    let Answer::Stream(response, _) = answer else {
        panic!("no speech")
    };
    assert_eq!(
        header(&response, "Warnings"),
        Some("Unknown url query arguments: odd. Unknown arguments: voice, accept.")
    );
    assert_eq!(response.findings.len(), 3);
}

#[rstest]
#[case::no_text(
    "GET /v1/synthesize?x=1",
    "",
    400,
    "Required parameter 'text' is missing."
)]
#[case::no_member(
    "POST /v1/synthesize",
    "{}",
    400,
    "Required parameter 'text' is missing."
)]
#[case::empty("GET /v1/synthesize?text=", "", 400, "Parameter \"text\" is empty.")]
#[case::number("POST /v1/synthesize", r#"{"text":1}"#, 400, "must be a string")]
#[case::no_json("POST /v1/synthesize", "{", 400, "Unable to parse")]
#[case::no_object("POST /v1/synthesize", "[]", 400, "must be a JSON object")]
#[case::markup("GET /v1/synthesize?text=a<b", "", 400, "not well-formed SSML")]
#[case::voice(
    "GET /v1/synthesize?text=a&voice=nobody",
    "",
    404,
    "Model 'nobody' not found"
)]
#[case::format(
    "GET /v1/synthesize?text=a&accept=text/html",
    "",
    406,
    "Unsupported mimetype."
)]
#[case::rate(
    "GET /v1/synthesize?text=a&accept=audio/l16",
    "",
    406,
    "rate parameter missing in mimetype audio/l16"
)]
#[case::method("DELETE /v1/synthesize", "", 405, "Method not allowed.")]
fn the_twin_refuses(
    #[case] line: &str,
    #[case] body: &str,
    #[case] status: u16,
    #[case] said: &str,
) {
    let head = head(line, &[("Authorization", "Bearer x")]);
    let response = Host::any().get(&head, body);
    assert_eq!(response.status, status, "{}", response.body);
    let body = json(&response);
    assert!(text(&body, "error").contains(said), "{}", response.body);
    assert_eq!(body.get("code").unwrap().as_i64(), Some(i64::from(status)));
    assert!(body.get("code_description").is_some());
    assert_eq!(response.findings.len(), 1);
}

#[test]
fn the_twin_has_limits() {
    let bearer = ("Authorization", "Bearer x");
    let json_type = ("Content-Type", "application/json");
    let long = format!("{{\"text\":\"{}\"}}", "x".repeat(5121));
    let response = Host::any().get(&head("POST /v1/synthesize", &[bearer, json_type]), &long);
    let said = format!(
        "Payload length {} exceeds the payload limit 5120 bytes.",
        long.len()
    );
    assert_eq!(text(&json(&response), "error"), said);
    let line = format!("GET /v1/synthesize?text={}", "x".repeat(8200));
    assert_eq!(Host::any().get(&head(&line, &[bearer]), "").status, 400);
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let response = Host::any().get(&head("POST /v1/synthesize", &[bearer, form]), "text=Hi");
    assert_eq!(response.status, 415);
}

#[rstest]
#[case::twin("GET /v1/synthesize?text=Hi")]
#[case::voices("GET /v1/voices")]
fn services_want_a_credential(#[case] line: &str) {
    let response = Host::any().get(&head(line, &[]), "");
    assert_eq!(response.status, 401);
    assert_eq!(text(&json(&response), "error"), "Unauthorized");
    let known = [("Authorization", "Bearer unknown")];
    let response = Host::strict(vec![api_key()]).get(&head(line, &known), "");
    assert_eq!(response.status, 401);
}

#[test]
fn voices_are_listed_and_found() {
    let headers = [("Authorization", "Bearer x"), ("Host", "tts.test")];
    let mut host = Host::any();
    let list = json(&host.get(&head("GET /instances/1/v1/voices", &headers), ""));
    let voices = list.get("voices").unwrap().items().unwrap();
    assert_eq!(voices.len(), 48);
    let lisa = host.get(&head("GET /v1/voices/en-US_LisaV3Voice", &headers), "");
    let lisa = json(&lisa);
    for name in ["name", "language", "gender", "url", "description"] {
        assert!(
            voices.iter().all(|voice| !text(voice, name).is_empty()),
            "{name}"
        );
    }
    assert_eq!(
        text(&lisa, "description"),
        "Lisa: American English female voice."
    );
    let url = "https://tts.test/v1/voices/en-US_LisaV3Voice";
    assert_eq!(text(&lisa, "url"), url);
    assert!(
        lisa.get("supported_features")
            .unwrap()
            .get("custom_pronunciation")
            .is_some()
    );
    let men = voices
        .iter()
        .filter(|voice| text(voice, "gender") == "male");
    assert_eq!(men.count(), 6 + 4 + 7 + 1);
    let custom = "GET /v1/voices/en-US_LisaV3Voice?customization_id=x";
    assert!(
        json(&host.get(&head(custom, &headers), ""))
            .get("customization")
            .is_some()
    );
    let none = host.get(&head("GET /v1/voices/nobody", &headers), "");
    assert_eq!(
        (none.status, text(&json(&none), "error")),
        (404, "Model 'nobody' not found".to_owned())
    );
}
