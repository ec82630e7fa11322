//! What is sent when a fault wants it, and what follows.

use rstest::rstest;

use super::{Link, Sent, gzipped, kinds, request, with};
use crate::dialect::{Deviation, Retouch, Retouching};
use crate::id::Ids;
use crate::json::Style;
use crate::session::{Action, Data, Form};
use crate::volcengine::dialect::{CODES, SYNTHESIS};
use crate::volcengine::error::{ERRORS, ServiceError};
use crate::volcengine::frame::{Compression, Frame, Kind, Serialization};

/// A link whose `submit` r has been answered by one chunk.
fn busy() -> Link {
    let mut link = Link::open(&[]);
    link.request(&request("r", "submit"));
    let speech = link.speeches().remove(0);
    link.planned(&speech);
    link.chunk(&[1, 0], false);
    assert_eq!(kinds(&link.sent()), ["ack", "audio 1"]);
    link.actions.clear();
    link
}

fn error(code: &str) -> Deviation {
    Deviation::Error(Some(code.to_owned()))
}

/// The JSON of what was sent.
fn body(sent: &Sent) -> String {
    sent.1.json().unwrap().value.write(Style::Compact)
}

#[rstest]
#[case::commonest(
    None,
    "error 3001",
    r#"{"reqid":"r","code":3001,"message":"invalid request"}"#
)]
#[case::access(Some("403"), "error 3001", r#"{"reqid":"r","code":403,"message":"extract request resource id: get resource id: access denied"}"#)]
#[case::concurrency(
    Some("3003"),
    "error 3003",
    r#"{"reqid":"r","code":3003,"message":"quota exceeded for types: concurrency"}"#
)]
#[case::voice(Some("3050"), "error 3050", r#"{"reqid":"r","code":3050,"message":"Fail to feed text, reason Init Engine Instance failed"}"#)]
#[case::text(
    Some("3011"),
    "error 3011",
    r#"{"reqid":"r","code":3011,"message":"illegal input text!"}"#
)]
fn an_error_ends_the_synthesis_and_the_link_stays(
    #[case] code: Option<&str>,
    #[case] kind: &str,
    #[case] expected: &str,
) {
    let mut link = busy();
    assert!(link.deviate(&Deviation::Error(code.map(str::to_owned))));
    assert!(link.actions.contains(&Action::StopSpeaking));
    assert!(link.idle_timer().is_some());
    let sent = link.sent();
    assert_eq!(kinds(&sent), [kind]);
    assert_eq!(body(&sent[0]), expected);
    assert_eq!(link.close_code(), None);
    assert_eq!(link.state(), "ready");
    link.chunk(&[2, 0], true);
    assert_eq!(link.sent().len(), 0, "audio of what has failed");
    link.request(&request("r2", "query"));
    link.speak();
    assert_eq!(kinds(&link.sent()), ["last-audio -1"]);
}

#[test]
fn every_code_is_sent_and_an_unknown_one_is_not() {
    for (code, error_of) in CODES {
        let mut link = busy();
        assert!(link.deviate(&error(code)), "{code}");
        let expected = format!("error {}", error_of.row().code);
        assert_eq!(kinds(&link.sent()), [expected]);
        let closes = (*code == "3032").then_some(1000);
        assert_eq!(link.close_code(), closes, "{code}");
    }
    let mut link = busy();
    for unknown in ["3000", "3060", "", "45000081", "3001 "] {
        assert!(!link.deviate(&error(unknown)), "{unknown}");
    }
    assert_eq!(link.actions, []);
}

#[test]
fn every_code_of_the_table_can_be_asked_for() {
    let listed = (SYNTHESIS.error_codes)();
    for row in ERRORS {
        let code = row.code.to_string();
        assert!(listed.contains(&code.as_str()), "{code}");
    }
    for (code, error) in CODES {
        let (row, name) = (error.row(), code.parse().unwrap());
        assert!([row.code, row.body_code].contains(&name), "{code}");
    }
    assert_eq!(listed[0], "3001");
    assert_eq!(
        ServiceError::of(3001),
        Some(ServiceError::InvalidRequest),
        "the plainest"
    );
}

#[test]
fn an_error_mirrors_the_request_that_it_answers_and_not_a_later_one() {
    let mut link = Link::open(&[("ack", "off")]);
    link.receive(Form::Binary, gzipped(&request("r1", "submit")));
    link.request(&request("r2", "submit"));
    assert_eq!(kinds(&link.sent()), ["objection 3001"]);
    assert!(link.deviate(&error("3031")));
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["error 3031"]);
    assert_eq!(sent[0].1.compression, Compression::Gzip);
    let body = body(&sent[0]);
    assert_eq!(
        body,
        r#"{"reqid":"r1","code":3031,"message":"processing error"}"#
    );
}

#[test]
fn after_the_end_an_error_has_the_id_of_the_last_request() {
    let mut link = Link::open(&[]);
    link.receive(Form::Binary, gzipped(&request("r", "query")));
    link.speak();
    link.sent();
    assert!(link.deviate(&error("3040")));
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["objection 3040"]);
    assert_eq!(sent[0].1.compression, Compression::Gzip);
    let body = body(&sent[0]);
    assert!(body.starts_with(r#"{"reqid":"r","#), "{body}");
    assert_eq!(link.state(), "finished");
}

#[rstest]
#[case::idle(Deviation::Idle, &[], &["error 3032"])]
#[case::idle_without_words(Deviation::Idle, &[("idle-answer", "close")], &[])]
#[case::expired(Deviation::Expired, &[], &["error 3030"])]
#[case::quota(Deviation::Quota, &[], &["error 3003"])]
#[case::quota_that_closes_anyway(Deviation::Quota, &[("close-after-error", "on")], &["error 3003"])]
fn some_ends_close_1000_once(
    #[case] deviation: Deviation,
    #[case] knobs: &[(&str, &str)],
    #[case] expected: &[&str],
) {
    let mut link = Link::open(knobs);
    link.request(&request("r", "submit"));
    link.sent();
    link.actions.clear();
    assert!(link.deviate(&deviation));
    assert!(link.actions.contains(&Action::StopSpeaking));
    assert_eq!(kinds(&link.sent()), expected);
    let closes = link.actions.iter();
    let closes = closes.filter(|action| matches!(action, Action::Close { code: 1000, .. }));
    assert_eq!(closes.count(), 1);
    assert_eq!(link.idle_timer(), None);
    link.actions.clear();
    assert!(
        !link.deviate(&deviation),
        "nothing is said on a closed link"
    );
    assert_eq!(link.actions, []);
}

#[rstest]
#[case::before_anything(Deviation::Error(None), "objection 3001")]
#[case::idle(Deviation::Idle, "objection 3032")]
#[case::quota(Deviation::Quota, "objection 3003")]
#[case::expired(Deviation::Expired, "objection 3030")]
fn before_any_request_errors_have_an_empty_id(#[case] deviation: Deviation, #[case] kind: &str) {
    let mut link = Link::open(&[]);
    assert!(link.deviate(&deviation));
    let sent = link.sent();
    assert_eq!(kinds(&sent), [kind]);
    let body = body(&sent[0]);
    assert!(body.starts_with(r#"{"reqid":"","code":3"#), "{body}");
}

#[test]
fn an_untyped_error_is_a_full_server_response_and_the_audio_goes_on() {
    let mut link = busy();
    assert!(link.deviate(&Deviation::Untyped));
    link.chunk(&[2, 0], true);
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["full-server-response", "last-audio -2"]);
    assert_eq!(sent[0].1.encode()[..4], [0x11, 0x90, 0x10, 0]);
    let body = body(&sent[0]);
    assert_eq!(
        body,
        r#"{"reqid":"r","code":3031,"message":"processing error"}"#
    );
    assert_eq!(link.state(), "finished");
}

#[test]
fn an_unknown_frame_is_of_a_type_that_nobody_describes_and_whole_otherwise() {
    let mut link = busy();
    assert!(link.deviate(&Deviation::Unknown));
    let Some(Action::Send { data, .. }) = link.actions.pop() else {
        panic!("nothing was sent")
    };
    let payload = br#"{"reqid":"r","usage":{"text_words":2}}"#;
    assert_eq!(data.head[..], [0x11, 0xd0, 0x10, 0, 0, 0, 0, 38]);
    assert_eq!(data.body[..], payload[..]);
    link.chunk(&[2, 0], true);
    assert_eq!(kinds(&link.sent()), ["last-audio -2"]);
}

#[test]
fn the_captured_error_frame_is_that_to_the_byte_even_for_gzip_d_requests() {
    let mut link = Link::open(&[("ack", "off"), ("error-compression", "gzip")]);
    link.receive(Form::Binary, gzipped(&request("r", "submit")));
    link.actions.clear();
    assert!(link.deviate(&Deviation::Own("volc-error-frame")));
    assert!(link.actions.contains(&Action::StopSpeaking));
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["error 45000081"]);
    let bytes = sent[0].1.encode();
    assert_eq!(
        bytes[..12],
        [0x11, 0xf0, 0x10, 0, 0x02, 0xae, 0xa5, 0x91, 0, 0, 0, 0x99]
    );
    assert_eq!(
        bytes[12..],
        br#"{"error":"[Timeout waiting next packet] Handle response: pre-handle: schedule request: allocate session: waiting next packet timeout, session has ended"}"#[..]
    );
    assert_eq!(link.close_code(), Some(1000));
}

#[test]
fn times_that_nobody_asked_for_are_those_of_the_words() {
    let mut link = busy();
    assert!(link.deviate(&Deviation::Own("volc-front-end-unasked")));
    link.chunk(&[2, 0], true);
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["front-end", "last-audio -2"]);
    let value = sent[0].1.json().unwrap().value;
    assert_eq!(value.get("duration").unwrap().as_str(), Some("1000"));
    let inner = value.get("frontend").unwrap().as_str().unwrap();
    assert!(
        inner.starts_with(r#"{"words":[{"word":"Nice","start_time":0.0"#),
        "{inner}"
    );
    let mut link = Link::open(&[]);
    assert!(link.deviate(&Deviation::Own("volc-front-end-unasked")));
    assert_eq!(
        body(&link.sent()[0]),
        r#"{"duration":"0","frontend":"{\"words\":[],\"phonemes\":[]}"}"#
    );
}

#[test]
fn an_undue_ack_comes_before_the_answer_of_query() {
    let mut link = Link::open(&[]);
    let asked = with(request("r", "query"), "request.text", Some("\"Hi.\""));
    link.request(&asked);
    assert!(link.deviate(&Deviation::Own("volc-ack-undue")));
    link.speak();
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["ack", "last-audio -1"]);
    assert_eq!(sent[0].1.encode()[..], [0x11, 0xb0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn every_own_fault_is_known_and_no_other() {
    for own in SYNTHESIS.own_faults {
        let mut link = busy();
        assert!(link.deviate(&Deviation::Own(own.name)), "{}", own.name);
        assert!(own.example.starts_with(own.name), "{}", own.name);
        assert_ne!(link.sent().len(), 0);
    }
    assert!(!busy().deviate(&Deviation::Own("volc-nothing")));
}

/// Some of what each kind of alteration stands for.
fn some_of(kind: Retouching) -> &'static [Retouch] {
    match kind {
        Retouching::ExtraFields => &[Retouch::ExtraFields],
        Retouching::ForeignId => &[Retouch::ForeignId],
        Retouching::MalformedJson => &[Retouch::MalformedJson],
        Retouching::NonObjectJson => &[Retouch::NonObjectJson],
        Retouching::Gzip => &[
            Retouch::GzipFlagMismatch,
            Retouch::GzipErrorPayload,
            Retouch::GzipCorrupt,
            Retouch::BadGzipChecksum,
        ],
        Retouching::Sequence => &[Retouch::BadSequence],
        Retouching::Framing => &[Retouch::SizeLies(1), Retouch::Truncated(1)],
        Retouching::Pages => &[Retouch::BadPageChecksum],
    }
}

#[test]
fn every_listed_alteration_alters_a_session_with_times() {
    let mut link = Link::open(&[]);
    let asked = with(request("r", "submit"), "request.with_timestamp", Some("1"));
    link.request(&asked);
    link.speak();
    let mut actions = std::mem::take(&mut link.actions);
    let page = [&b"OggS"[..], &[0; 30]].concat();
    let page = Frame::new(Kind::AudioOnlyServer, Serialization::Raw, page.into());
    actions.push(Action::Send {
        kind: "audio",
        data: Data::framed(page.head(), page.payload),
    });
    for how in SYNTHESIS.retouches.iter().flat_map(|kind| some_of(*kind)) {
        let altered = actions.iter().any(|action| match action {
            Action::Send { kind, data } => {
                let altered = (SYNTHESIS.retouch)(*how, kind, data, &mut Ids::new(0));
                altered.is_some_and(|altered| altered != *data)
            }
            _ => false,
        });
        assert!(altered, "{how:?}");
    }
}
