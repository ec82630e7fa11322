//! The exchange: results, events, ends, wrong order, silence.

use std::time::Duration;

use rstest::rstest;

use crate::endpoint::Endpoint;
use crate::hearing::HeardEvent;
use crate::huawei::peer::{Peer, segment};
use crate::huawei::rasr::{CONTINUE, SENTENCE, SHORT};
use crate::json::Style;

const START: &str = r#"{"command":"START","config":{"audio_format":"pcm16k16bit","property":"chinese_16k_common"}}"#;
const END: &str = r#"{"command":"END","cancel":false}"#;

fn start(members: &str) -> String {
    START.replace(r#""config":{"#, &format!(r#""config":{{{members},"#))
}

/// A session that has begun and heard a second.
fn begun(endpoint: &Endpoint) -> Peer {
    let mut peer = Peer::new(endpoint);
    assert_eq!(peer.text(START), ["START"]);
    assert_eq!(peer.audio(32_000), ["hear 32000"]);
    peer
}

#[test]
fn short_stream_answers_after_end() {
    let mut peer = begun(&SHORT);
    assert_eq!(peer.text(END), ["finish-hearing"]);
    assert_eq!(
        peer.heard(HeardEvent::Final(segment(0, 1000, "a"))),
        ["RESULT"]
    );
    assert_eq!(peer.heard(HeardEvent::Done), ["END NORMAL"]);
    assert_eq!(peer.state(), "ended");
}

#[test]
fn continue_stream_answers_each_sentence() {
    let mut peer = begun(&CONTINUE);
    assert_eq!(
        peer.heard(HeardEvent::Final(segment(0, 500, "a"))),
        ["RESULT"]
    );
    assert_eq!(
        peer.heard(HeardEvent::Final(segment(600, 1000, "b"))),
        ["RESULT"]
    );
    assert_eq!(peer.text(END), ["finish-hearing"]);
    assert_eq!(peer.heard(HeardEvent::Done), ["END NORMAL"]);
}

#[test]
fn sentence_stream_stops_after_the_first_sentence() {
    let mut peer = begun(&SENTENCE);
    let voice = HeardEvent::VoiceStart { at_ms: 100 };
    assert_eq!(peer.heard(voice.clone()), ["VOICE_START 100"]);
    assert_eq!(peer.heard(voice), [""; 0], "at most one");
    let over = HeardEvent::VoiceEnd { at_ms: 900 };
    assert_eq!(peer.heard(over.clone()), ["VOICE_END 900"]);
    assert_eq!(
        peer.heard(HeardEvent::Final(segment(100, 900, "a"))),
        ["RESULT"]
    );
    assert_eq!(peer.heard(over), [""; 0], "at most one");
    assert_eq!(peer.audio(32_000), [""; 0], "ignored");
    assert_eq!(peer.audio(99_000), [""; 0], "whatever its size");
    assert_eq!(peer.findings(), [""; 0]);
    assert_eq!(peer.text(END), ["finish-hearing"]);
    assert_eq!(peer.heard(HeardEvent::Done), ["END NORMAL"]);
}

#[test]
fn sentence_stream_gives_up_on_silence() {
    let mut peer = begun(&SENTENCE);
    let silence = HeardEvent::TooMuchSilence { at_ms: 10_000 };
    assert_eq!(peer.heard(silence), ["EXCEEDED_SILENCE 10000"]);
    assert_eq!(peer.audio(32_000), [""; 0]);
    assert_eq!(peer.text(END), ["finish-hearing"]);
    assert_eq!(peer.heard(HeardEvent::Done), ["END NORMAL"]);
}

#[rstest]
#[case::short(&SHORT)]
#[case::continuous(&CONTINUE)]
fn the_other_modes_have_no_events(#[case] endpoint: &Endpoint) {
    let mut peer = begun(endpoint);
    assert_eq!(peer.heard(HeardEvent::VoiceStart { at_ms: 1 }), [""; 0]);
    assert_eq!(peer.heard(HeardEvent::VoiceEnd { at_ms: 2 }), [""; 0]);
    assert_eq!(peer.heard(HeardEvent::TooMuchSilence { at_ms: 3 }), [""; 0]);
    assert_eq!(peer.audio(32_000), ["hear 32000"]);
}

#[test]
fn results_have_the_members_of_the_page_in_their_order() {
    let mut peer = Peer::new(&CONTINUE);
    peer.text(&start(r#""interim_results":"yes","need_word_info":"yes""#));
    peer.heard(HeardEvent::Interim(segment(40, 200, "你")));
    peer.heard(HeardEvent::Final(segment(40, 400, "你好")));
    let expected = [
        r#"{"resp_type":"START","trace_id":"T"}"#,
        r#"{"resp_type":"RESULT","trace_id":"T","segments":[{"start_time":40,"end_time":200,"is_final":false,"result":{"text":"你","score":0.0,"word_info":[{"start_time":40,"end_time":200,"word":"你"}]}}]}"#,
        r#"{"resp_type":"RESULT","trace_id":"T","segments":[{"start_time":40,"end_time":400,"is_final":true,"result":{"text":"你好","score":0.9,"word_info":[{"start_time":40,"end_time":400,"word":"你好"}]}}]}"#,
    ];
    assert_eq!(peer.untraced(), expected);
}

#[test]
fn words_and_interim_results_come_only_if_asked_for() {
    let mut peer = begun(&CONTINUE);
    assert_eq!(peer.heard(HeardEvent::Interim(segment(0, 1, "a"))), [""; 0]);
    peer.heard(HeardEvent::Final(segment(0, 1, "a")));
    let message = peer.messages().remove(1);
    let result = message.get("segments").unwrap().items().unwrap()[0]
        .get("result")
        .cloned();
    assert_eq!(result.unwrap().get("word_info"), None);
}

#[test]
fn interim_scores_live_if_chosen() {
    let mut peer = Peer::with(&SHORT, &[("live-score", "on")]);
    peer.text(&start(r#""interim_results":"yes""#));
    peer.heard(HeardEvent::Interim(segment(0, 1, "a")));
    assert!(
        peer.messages()[1]
            .write(Style::Compact)
            .contains(r#""score":0.9"#)
    );
}

#[test]
fn an_event_has_the_members_of_the_page() {
    let mut peer = begun(&SENTENCE);
    peer.heard(HeardEvent::VoiceStart { at_ms: 1500 });
    let message = peer.messages().remove(1);
    let names: Vec<&str> = message
        .members()
        .unwrap()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["resp_type", "trace_id", "event", "timestamp"]);
    assert_eq!(message.get("resp_type").unwrap().as_str(), Some("EVENT"));
    assert_eq!(message.get("event").unwrap().as_str(), Some("VOICE_START"));
    assert_eq!(message.get("timestamp").unwrap().as_i64(), Some(1500));
}

#[rstest]
#[case::absent(r#"{"command":"END"}"#)]
#[case::boolean(r#"{"command":"END","cancel":false}"#)]
#[case::string(r#"{"command":"END","cancel":"false"}"#)]
#[case::capital(r#"{"command":"END","cancel":"False"}"#)]
fn end_without_cancel_recognises_the_rest(#[case] end: &str) {
    let mut peer = begun(&SHORT);
    assert_eq!(peer.text(end), ["finish-hearing"]);
    assert_eq!(peer.findings(), [""; 0]);
}

#[rstest]
#[case::boolean(r#"{"command":"END","cancel":true}"#)]
#[case::string(r#"{"command":"END","cancel":"true"}"#)]
#[case::capitals(r#"{"command":"END","cancel":"TRUE"}"#)]
fn end_with_cancel_drops_the_rest(#[case] end: &str) {
    let mut peer = begun(&SHORT);
    assert_eq!(peer.text(end), ["stop-hearing", "END CANCEL"]);
    assert_eq!(peer.heard(HeardEvent::Final(segment(0, 1, "a"))), [""; 0]);
    assert_eq!(peer.heard(HeardEvent::Done), [""; 0]);
    assert_eq!(peer.text(START), ["START"]);
}

#[rstest]
#[case::word(r#"{"command":"END","cancel":"maybe"}"#, "cancel: \"maybe\"")]
#[case::number(r#"{"command":"END","cancel":1}"#, "cancel: 1")]
#[case::null(r#"{"command":"END","cancel":null}"#, "cancel: null")]
fn another_cancel_costs_the_session(#[case] end: &str, #[case] finding: &str) {
    let mut peer = begun(&SHORT);
    assert_eq!(
        peer.text(end),
        ["stop-hearing", "ERROR SIS.0031", "END ERROR"]
    );
    assert_eq!(peer.findings(), [finding]);
    assert_eq!(peer.text(START), ["START"]);
}

#[rstest]
#[case::second_start(START, "SIS.0031")]
#[case::bad_second_start(r#"{"command":"START"}"#, "SIS.0031")]
#[case::not_json("{", "SIS.0032")]
#[case::no_command("{}", "SIS.0012")]
#[case::number_command(r#"{"command":1}"#, "SIS.0031")]
#[case::invented(r#"{"command":"SEND","data":"AAAA"}"#, "SIS.0031")]
fn a_mistake_inside_a_session_costs_the_session(#[case] text: &str, #[case] code: &str) {
    let expected = [
        "stop-hearing".to_owned(),
        format!("ERROR {code}"),
        "END ERROR".to_owned(),
    ];
    for ending in [false, true] {
        let mut peer = begun(&SHORT);
        if ending {
            peer.text(END);
        }
        assert_eq!(peer.text(text), expected);
        assert!(!peer.findings().is_empty());
        assert_eq!(peer.heard(HeardEvent::Done), [""; 0]);
        assert_eq!(peer.text(START), ["START"]);
    }
}

#[rstest]
#[case::end(END, "SIS.0031")]
#[case::not_json("hello", "SIS.0032")]
#[case::no_command(r#"{"config":{}}"#, "SIS.0012")]
#[case::invented(r#"{"command":"CANCEL"}"#, "SIS.0031")]
fn a_mistake_outside_a_session_is_an_error_alone(#[case] text: &str, #[case] code: &str) {
    let mut peer = Peer::new(&CONTINUE);
    assert_eq!(peer.text(text), [format!("ERROR {code}")]);
    assert!(!peer.findings().is_empty());
    assert_eq!(peer.text(START), ["START"]);
}

#[test]
fn each_session_of_a_connection_has_its_trace_id() {
    let mut peer = Peer::new(&SHORT);
    for _ in 0..2 {
        peer.text(START);
        peer.text(END);
        peer.heard(HeardEvent::Done);
    }
    let ids = peer.trace_ids();
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[2], ids[3]);
    assert_ne!(ids[0], ids[2]);
}

#[rstest]
#[case::before_start("open", &["FATAL_ERROR SIS.0304", "close 1000"])]
#[case::in_session("session", &["FATAL_ERROR SIS.0304", "stop-hearing", "close 1000"])]
#[case::ending("ending", &["FATAL_ERROR SIS.0304", "stop-hearing", "close 1000"])]
#[case::after_end("done", &["FATAL_ERROR SIS.0304", "close 1000"])]
fn a_silent_client_is_closed_whenever(#[case] when: &str, #[case] expected: &[&str]) {
    let mut peer = Peer::new(&SHORT);
    if when != "open" {
        peer.text(START);
    }
    if matches!(when, "ending" | "done") {
        peer.text(END);
    }
    if when == "done" {
        peer.heard(HeardEvent::Done);
    }
    assert_eq!(peer.timer("idle"), expected);
    let message = peer.messages().pop().unwrap();
    assert_eq!(
        message.get("error_msg").unwrap().as_str(),
        Some("wait voice timeout")
    );
    assert_eq!(peer.text(START), [""; 0]);
}

#[test]
fn every_message_restarts_the_idle_limit() {
    let mut peer = Peer::with(&SHORT, &[("idle-ms", "7")]);
    let expected = Some(Duration::from_millis(7));
    let mut rounds = 0;
    for act in [
        |_: &mut Peer| Vec::new(),
        |peer: &mut Peer| peer.text("x"),
        |peer: &mut Peer| peer.text(START),
        |peer: &mut Peer| peer.audio(320),
        |peer: &mut Peer| peer.audio(0),
        |peer: &mut Peer| peer.text(END),
    ] {
        act(&mut peer);
        assert_eq!(peer.armed("idle"), expected);
        peer.actions.clear();
        rounds += 1;
    }
    assert_eq!(rounds, 6);
}

#[test]
fn a_connection_grows_no_older_than_five_hours() {
    let mut peer = begun(&CONTINUE);
    assert_eq!(peer.armed("age"), Some(Duration::from_secs(18_000)));
    assert_eq!(peer.timer("age"), ["stop-hearing", "close 1000"]);
    assert_eq!(peer.text(START), [""; 0], "nothing is answered any more");
}

#[test]
fn a_session_that_fails_says_error_and_then_end_error() {
    let mut peer = Peer::with(&SHORT, &[("fail-session", "SIS.0305")]);
    peer.text(START);
    assert_eq!(
        peer.audio(320),
        ["stop-hearing", "ERROR SIS.0305", "END ERROR"]
    );
}
