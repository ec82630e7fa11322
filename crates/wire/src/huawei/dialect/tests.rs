use rstest::rstest;

use crate::dialect::{Denial, Deviation, Part, Retouch, laws};
use crate::endpoint::Endpoint;
use crate::handshake::RequestHead;
use crate::hearing::HeardEvent;
use crate::huawei::fault::{UNASKED, UNTRACED};
use crate::huawei::peer::{Peer, segment};
use crate::huawei::{VENDOR, rasr, rtts};
use crate::id::Ids;
use crate::json::parse;
use crate::session::{Data, Side};

const SPEAK: &str = r#"{"command":"START","text":"Nice to meet you."}"#;
const TIMED: &str = r#"{"command":"START","text":"你好","config":{"property":"chinese_huaxiaomei_common","subtitle":"word_level"}}"#;
const HEAR: &str = r#"{"command":"START","config":{"audio_format":"pcm16k16bit","property":"chinese_16k_general","interim_results":"yes"}}"#;

fn error(code: &str) -> Deviation {
    Deviation::Error(Some(code.to_owned()))
}

/// A synthesis of which two audio messages have been sent.
fn speaking() -> Peer {
    let mut peer = Peer::new(&rtts::ENDPOINT);
    peer.text(SPEAK);
    for _ in 0..3 {
        peer.speak_once();
    }
    peer
}

/// A synthesis that has said everything.
fn spoken() -> Peer {
    let mut peer = Peer::new(&rtts::ENDPOINT);
    peer.text(SPEAK);
    peer.speak();
    peer
}

/// A recognition that has heard some audio.
fn hearing() -> Peer {
    let mut peer = Peer::new(&rasr::CONTINUE);
    peer.text(HEAR);
    peer.audio(6400);
    peer
}

/// A recognition that has said everything.
fn heard() -> Peer {
    let mut peer = hearing();
    peer.text(r#"{"command":"END"}"#);
    peer.heard(HeardEvent::Done);
    peer
}

#[test]
fn every_law_of_dialects_holds() {
    for endpoint in VENDOR.endpoints {
        laws::answers_every_deviation(endpoint);
        laws::goes_on_after_oddities(endpoint);
        laws::says_every_code(endpoint);
        laws::refuses_with_every_status(endpoint);
        laws::survives_any_bytes(endpoint);
    }
}

#[test]
fn every_alteration_of_the_list_alters_something() {
    laws::alters_some_message(&rtts::ENDPOINT, &spoken().sent());
    for endpoint in [&rasr::SHORT, &rasr::SENTENCE, &rasr::CONTINUE] {
        let mut peer = Peer::new(endpoint);
        peer.text(HEAR);
        laws::alters_some_message(endpoint, &peer.sent());
    }
}

#[rstest]
#[case::engine_before_start(Peer::new(&rtts::ENDPOINT), error("SIS.0413"), &["ERROR SIS.0413"], "open")]
#[case::engine_while_speaking(speaking(), error("SIS.0413"), &["stop-speaking", "ERROR SIS.0413", "END ERROR"], "done")]
#[case::commonest(speaking(), Deviation::Error(None), &["stop-speaking", "ERROR SIS.0401", "END ERROR"], "done")]
#[case::end_may_still_be_unsent(spoken(), error("SIS.0413"), &["stop-speaking", "ERROR SIS.0413", "END ERROR"], "done")]
#[case::second_task_is_no_failure(speaking(), error("SIS.0418"), &["ERROR SIS.0418"], "speaking")]
#[case::idle_code_closes(speaking(), error("SIS.0416"), &["stop-speaking", "FATAL_ERROR SIS.0416", "close 1000"], "speaking")]
#[case::idle(Peer::new(&rtts::ENDPOINT), Deviation::Idle, &["FATAL_ERROR SIS.0416", "close 1000"], "closed")]
#[case::idle_after_end(spoken(), Deviation::Idle, &["stop-speaking", "FATAL_ERROR SIS.0416", "close 1000"], "closed")]
#[case::expired(speaking(), Deviation::Expired, &["stop-speaking", "FATAL_ERROR SIS.0414", "close 1000"], "speaking")]
#[case::quota(Peer::new(&rtts::ENDPOINT), Deviation::Quota, &["FATAL_ERROR SIS.0312", "close 1000"], "closed")]
#[case::quota_error_stays(Peer::new(&rtts::ENDPOINT), error("SIS.0312"), &["ERROR SIS.0312"], "open")]
#[case::untyped(speaking(), Deviation::Untyped, &["untyped APIG.0201"], "speaking")]
#[case::unknown(speaking(), Deviation::Unknown, &["STATUS"], "speaking")]
#[case::untraced(speaking(), Deviation::Own(UNTRACED.name), &["stop-speaking", "ERROR SIS.0401", "END ERROR"], "done")]
#[case::unasked(speaking(), Deviation::Own(UNASKED.name), &["RESULT"], "speaking")]
#[case::recognition_before_start(Peer::new(&rasr::SHORT), error("SIS.0305"), &["ERROR SIS.0305"], "refused")]
#[case::recognition(hearing(), error("SIS.0306"), &["stop-hearing", "ERROR SIS.0306", "END ERROR"], "refused")]
#[case::recognition_end_may_still_be_unsent(heard(), error("SIS.0306"), &["stop-hearing", "ERROR SIS.0306", "END ERROR"], "refused")]
#[case::recognition_commonest(hearing(), Deviation::Error(None), &["stop-hearing", "ERROR SIS.0305", "END ERROR"], "refused")]
#[case::recognition_idle(hearing(), Deviation::Idle, &["stop-hearing", "FATAL_ERROR SIS.0304", "close 1000"], "closed")]
#[case::recognition_idle_code(hearing(), error("SIS.0304"), &["stop-hearing", "FATAL_ERROR SIS.0304", "close 1000"], "closed")]
#[case::recognition_expired(hearing(), Deviation::Expired, &["stop-hearing", "FATAL_ERROR SIS.0309", "close 1000"], "closed")]
#[case::recognition_quota(hearing(), Deviation::Quota, &["stop-hearing", "FATAL_ERROR SIS.0312", "close 1000"], "closed")]
#[case::recognition_untyped(hearing(), Deviation::Untyped, &["untyped APIG.0201"], "session")]
#[case::recognition_unknown(hearing(), Deviation::Unknown, &["STATUS"], "session")]
#[case::recognition_untraced(hearing(), Deviation::Own(UNTRACED.name), &["stop-hearing", "ERROR SIS.0305", "END ERROR"], "refused")]
fn a_deviation_is_followed_by_what_the_service_does(
    #[case] mut peer: Peer,
    #[case] deviation: Deviation,
    #[case] said: &[&str],
    #[case] state: &str,
) {
    assert_eq!(peer.deviate(&deviation), Some(strings(said)));
    assert_eq!(peer.state(), state);
}

#[rstest]
#[case::a_new_synthesis_after_a_refused_one(Peer::new(&rtts::ENDPOINT), error("SIS.0411"), SPEAK, &["START"])]
#[case::a_failed_synthesis_was_the_only_one(speaking(), error("SIS.0413"), SPEAK, &["ERROR SIS.0418"])]
#[case::nothing_after_the_close(speaking(), Deviation::Idle, SPEAK, &[])]
#[case::a_new_recognition_after_an_error(hearing(), error("SIS.0305"), HEAR, &["START"])]
#[case::a_closed_recognition_is_over(hearing(), Deviation::Quota, HEAR, &[])]
#[case::oddities_cost_nothing(hearing(), Deviation::Unknown, r#"{"command":"END"}"#, &["finish-hearing"])]
fn a_session_stands_afterwards_as_after_its_own_failure(
    #[case] mut peer: Peer,
    #[case] deviation: Deviation,
    #[case] next: &str,
    #[case] said: &[&str],
) {
    peer.deviate(&deviation);
    assert_eq!(peer.text(next), said);
}

#[test]
fn speech_goes_on_after_an_oddity_and_ends_by_itself() {
    let mut peer = speaking();
    peer.deviate(&Deviation::Untyped);
    assert_eq!(peer.speak().last().map(String::as_str), Some("END NORMAL"));
}

#[rstest]
#[case::synthesis(&rtts::ENDPOINT)]
#[case::recognition(&rasr::SHORT)]
fn a_closed_session_deviates_no_more_and_its_timers_are_silent(#[case] endpoint: &Endpoint) {
    let mut peer = Peer::new(endpoint);
    peer.deviate(&Deviation::Idle);
    assert_eq!(peer.deviate(&Deviation::Error(None)), None);
    assert_eq!(peer.timer("idle"), [""; 0]);
}

#[rstest]
#[case::synthesis(speaking())]
#[case::recognition(hearing())]
fn errors_and_oddities_carry_the_id_of_their_session(#[case] mut peer: Peer) {
    let of_session = peer.messages()[0].get("trace_id").cloned();
    peer.deviate(&Deviation::Unknown);
    peer.deviate(&Deviation::Error(None));
    let later: Vec<_> = peer.messages()[1..].to_vec();
    assert_eq!(later.len(), 3);
    for message in later {
        assert_eq!(message.get("trace_id").cloned(), of_session);
    }
}

#[test]
fn messages_are_written_as_the_service_writes() {
    let mut peer = speaking();
    let before = peer.sent().len();
    for deviation in [
        Deviation::Untyped,
        Deviation::Unknown,
        Deviation::Own(UNASKED.name),
        Deviation::Own(UNTRACED.name),
    ] {
        peer.deviate(&deviation);
    }
    let id = Ids::new(0).uuid();
    let texts: Vec<String> = peer.sent()[before..]
        .iter()
        .map(|(_, data)| text(data))
        .collect();
    let request = parse(&texts[0]).unwrap().value;
    let request = request
        .get("request_id")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(request.len(), 32);
    let expected = [
        format!(
            r#"{{"error_msg":"Internal Server Error","error_code":"APIG.0201","request_id":"{request}"}}"#
        ),
        format!(r#"{{"resp_type":"STATUS","trace_id":"{id}","status":"PROCESSING"}}"#),
        format!(
            r#"{{"resp_type":"RESULT","trace_id":"{id}","result":[{{"start_time":0,"end_time":100,"text":"","word_index":0}}]}}"#
        ),
        r#"{"resp_type":"ERROR","error_code":"SIS.0401","error_msg":"synthesis error"}"#.to_owned(),
        format!(r#"{{"resp_type":"END","trace_id":"{id}","reason":"ERROR"}}"#),
    ];
    assert_eq!(texts, expected);
}

#[rstest]
#[case::further(Retouch::ExtraFields, Some(r#"{"resp_type":"START","trace_id":"t","session_id":"6e789e6a-a1b9-45f4-86c4-5d188009454f","revision":2,"engine":{"version":"2","node":"e220a839"},"tags":[],"debug":null}"#))]
#[case::foreign(
    Retouch::ForeignId,
    Some(r#"{"resp_type":"START","trace_id":"e220a839-7b1d-4daf-ae78-9e6aa1b965f4"}"#)
)]
#[case::cut(Retouch::MalformedJson, Some(r#"{"resp_type":"STAR"#))]
#[case::list(
    Retouch::NonObjectJson,
    Some(r#"[{"resp_type":"START","trace_id":"t"}]"#)
)]
#[case::gzip(Retouch::GzipCorrupt, None)]
#[case::sequence(Retouch::BadSequence, None)]
#[case::size(Retouch::SizeLies(1), None)]
#[case::no_audio(Retouch::WithoutAudio, None)]
fn a_text_is_altered(#[case] how: Retouch, #[case] expected: Option<&str>) {
    let data = Data::text(r#"{"resp_type":"START","trace_id":"t"}"#);
    let altered = (super::SYNTHESIS.retouch)(how, "START", &data, &mut Ids::new(0));
    assert_eq!(altered.as_ref().map(text).as_deref(), expected);
}

#[test]
fn audio_has_no_json_and_may_go_missing() {
    let data = Data::binary(vec![1, 2].into());
    let alter = |how| (super::SYNTHESIS.retouch)(how, "audio", &data, &mut Ids::new(0));
    assert_eq!(alter(Retouch::ExtraFields), None);
    assert_eq!(alter(Retouch::ForeignId), None);
    assert_eq!(alter(Retouch::MalformedJson), None);
    assert_eq!(alter(Retouch::NonObjectJson), None);
    assert_eq!(
        alter(Retouch::WithoutAudio),
        Some(Data::binary(Vec::new().into()))
    );
    assert_eq!(alter(Retouch::NotLast), Some(data.clone()));
}

#[test]
fn an_error_without_an_id_has_none_to_replace() {
    let data = Data::text(r#"{"resp_type":"ERROR","error_code":"SIS.0401","error_msg":""}"#);
    let altered = (super::SYNTHESIS.retouch)(Retouch::ForeignId, "ERROR", &data, &mut Ids::new(0));
    assert_eq!(altered, None);
}

#[test]
fn the_parts_of_a_synthesis_are_known() {
    let mut peer = Peer::new(&rtts::ENDPOINT);
    peer.text(TIMED);
    peer.speak();
    let mut known = parts(&rtts::ENDPOINT, &peer);
    known.dedup();
    assert_eq!(known, [Part::Start, Part::Result, Part::Audio, Part::End]);
    let mut failed = speaking();
    let before = failed.sent().len();
    failed.deviate(&Deviation::Untyped);
    failed.deviate(&Deviation::Error(None));
    let known = parts(&rtts::ENDPOINT, &failed)[before..].to_vec();
    assert_eq!(known, [Part::Error, Part::Error, Part::End]);
}

#[test]
fn the_parts_of_a_recognition_are_known() {
    let mut peer = Peer::new(&rasr::SENTENCE);
    peer.text(HEAR);
    peer.audio(6400);
    peer.heard(HeardEvent::VoiceStart { at_ms: 0 });
    peer.heard(HeardEvent::Interim(segment(0, 100, "a")));
    peer.heard(HeardEvent::Final(segment(0, 200, r#"\"is_final\":false"#)));
    peer.text(r#"{"command":"END"}"#);
    peer.heard(HeardEvent::Done);
    assert_eq!(
        parts(&rasr::SENTENCE, &peer),
        [
            Part::Start,
            Part::Other,
            Part::Result,
            Part::FinalResult,
            Part::End
        ]
    );
}

#[rstest]
#[case::start("START", HEAR, Part::Request)]
#[case::end("END", r#"{"command":"END","cancel":false}"#, Part::Finish)]
#[case::end_of_the_sdk("END", r#"{"command":"END","cancel":"false"}"#, Part::Finish)]
#[case::cancel("END", r#"{"command":"END","cancel":true}"#, Part::Cancel)]
#[case::cancel_as_text("END", r#"{"command":"END","cancel":"True"}"#, Part::Cancel)]
#[case::garbage("malformed", "{", Part::Other)]
#[case::unknown("unknown", r#"{"command":"STOP"}"#, Part::Other)]
fn the_parts_of_a_client_are_known(#[case] kind: &str, #[case] text: &str, #[case] part: Part) {
    let data = Data::text(text);
    assert_eq!((super::RECOGNITION.part)(Side::Client, kind, &data), part);
}

#[rstest]
#[case::no_credential(Denial::Status(401), &[], 401, "APIG.0301", "Incorrect IAM authentication information: x-auth-token not found")]
#[case::token(Denial::Status(401), &[TOKEN], 401, "APIG.0301", "Incorrect IAM authentication information: decrypt token fail")]
#[case::signature(Denial::Status(401), &[SIGNED, DATED], 401, "APIG.0301", "Incorrect IAM authentication information: verify aksk signature fail")]
#[case::skew(Denial::ClockSkew, &[SIGNED, DATED], 401, "APIG.0301", "Incorrect IAM authentication information: calc ak sk signature fail:signature expired")]
#[case::old_token(Denial::ClockSkew, &[TOKEN], 401, "APIG.0301", "Incorrect IAM authentication information: token expires, expires_at: 2026-01-01T00:00:00.000000Z")]
#[case::path(Denial::WrongPath, &[TOKEN], 404, "APIG.0101", "The API does not exist or has not been published in the environment.")]
#[case::opaque(Denial::Opaque, &[TOKEN], 400, "SIS.0101", "the parameters of requesting token are wrong or project_id doesn't match the token")]
#[case::forbidden(Denial::Status(403), &[TOKEN], 403, "APIG.0302", "The caller is not authorized to access the API")]
#[case::throttled(Denial::Status(429), &[TOKEN], 429, "APIG.0308", "The throttling threshold has been reached")]
#[case::backend(Denial::Status(502), &[TOKEN], 502, "APIG.0201", "Backend unavailable")]
#[case::undocumented(Denial::Status(402), &[TOKEN], 402, "APIG.0201", "Payment Required")]
#[case::unassigned(Denial::Status(599), &[TOKEN], 599, "APIG.0201", "Server Error")]
fn a_handshake_is_refused_in_the_words_of_the_gateway(
    #[case] denial: Denial,
    #[case] headers: &[(&str, &str)],
    #[case] status: u16,
    #[case] code: &str,
    #[case] text: &str,
) {
    let denied = (super::SYNTHESIS.refuse)(denial, &head(headers), &mut Ids::new(0));
    let body = parse(&denied.body).unwrap().value;
    assert_eq!(denied.status, status);
    assert_eq!(body.get("error_code").unwrap().as_str(), Some(code));
    assert_eq!(body.get("error_msg").unwrap().as_str(), Some(text));
    assert_eq!(body.get("request_id").is_some(), code.starts_with("APIG"));
}

#[rstest]
#[case::signature(&[SIGNED, DATED], Some(1_767_225_600))]
#[case::token_goes_first(&[TOKEN, SIGNED, DATED], None)]
#[case::no_date(&[SIGNED], None)]
#[case::no_such_date(&[SIGNED, ("X-Sdk-Date", "yesterday")], None)]
#[case::date_not_signed(&[("Authorization", "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=0"), DATED], None)]
#[case::other_scheme(&[("Authorization", "Bearer x"), DATED], None)]
#[case::nothing(&[], None)]
fn a_signature_says_when_it_was_made(#[case] headers: &[(&str, &str)], #[case] at: Option<u64>) {
    assert_eq!((super::RECOGNITION.signed_at)(&head(headers)), at);
}

const TOKEN: (&str, &str) = ("X-Auth-Token", "MII");
const SIGNED: (&str, &str) = (
    "Authorization",
    "SDK-HMAC-SHA256 Access=A, SignedHeaders=host;x-sdk-date, Signature=0",
);
const DATED: (&str, &str) = ("X-Sdk-Date", "20260101T000000Z");

fn head(headers: &[(&str, &str)]) -> RequestHead {
    let owned = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    RequestHead {
        headers: owned.collect(),
        ..RequestHead::default()
    }
}

fn parts(endpoint: &Endpoint, peer: &Peer) -> Vec<Part> {
    let sent = peer.sent();
    let parts = sent
        .iter()
        .map(|(kind, data)| (endpoint.dialect.part)(Side::Server, kind, data));
    parts.collect()
}

fn strings(said: &[&str]) -> Vec<String> {
    said.iter().map(|&line| line.to_owned()).collect()
}

fn text(data: &Data) -> String {
    String::from_utf8(data.body.to_vec()).unwrap()
}
