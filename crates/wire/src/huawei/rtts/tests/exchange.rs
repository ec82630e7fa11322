//! The exchange: order, timestamps, second requests, silence and failures.

use std::time::Duration;

use rstest::rstest;

use crate::huawei::peer::Peer;
use crate::huawei::rtts::ENDPOINT;
use crate::json::Style;

const HELLO: &str =
    r#"{"command":"START","text":"Nice to meet you.","config":{"sample_rate":"16000"}}"#;

fn timed(level: &str, text: &str) -> String {
    let voice = "chinese_huaxiaomei_common";
    format!(
        r#"{{"command":"START","text":"{text}","config":{{"property":"{voice}","subtitle":"{level}"}}}}"#
    )
}

#[test]
fn audio_lies_between_start_and_end() {
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.text(HELLO), ["START"]);
    let said = peer.speak();
    assert_eq!(said[..5], ["audio 3200"; 5]);
    assert_eq!(said[5..], ["END NORMAL"]);
    assert_eq!(peer.state(), "done");
}

#[test]
fn one_trace_id_stands_for_the_session_and_errors_before_it_have_their_own() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text("x");
    peer.text(HELLO);
    peer.text(HELLO);
    peer.speak();
    let ids = peer.trace_ids();
    assert_eq!(ids.len(), 4);
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[1], ids[2]);
    assert_eq!(ids[1], ids[3]);
    let lengths: Vec<usize> = ids[0].split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!(ids[0], ids[0].to_lowercase());
}

#[test]
fn messages_have_the_members_of_the_pages_in_their_order() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text(r#"{"command":"START","text":"a","config":{"audio_format":"x"}}"#);
    peer.text(r#"{"command":"START","text":"a"}"#);
    peer.speak();
    let expected = [
        r#"{"resp_type":"ERROR","trace_id":"T","error_code":"SIS.0410","error_msg":"'audio_format' is invalid"}"#,
        r#"{"resp_type":"START","trace_id":"T"}"#,
        r#"{"resp_type":"END","trace_id":"T","reason":"NORMAL"}"#,
    ];
    assert_eq!(peer.untraced(), expected);
}

#[test]
fn a_result_comes_before_the_audio_of_its_sentence() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text(&timed("word_level", "Yes. No, no."));
    let said = peer.speak();
    let expected = [
        "RESULT",
        "audio 1600",
        "audio 1600",
        "RESULT",
        "audio 1600",
        "audio 1600",
        "audio 1600",
        "END NORMAL",
    ];
    assert_eq!(said, expected);
    let messages = peer.messages();
    let result = |n: usize| messages[n].get("result").unwrap().write(Style::Compact);
    assert_eq!(
        result(1),
        r#"[{"start_time":0,"end_time":100,"text":"Yes.","word_index":0}]"#
    );
    assert_eq!(
        result(2),
        r#"[{"start_time":200,"end_time":300,"text":"No,","word_index":0},{"start_time":300,"end_time":400,"text":"no.","word_index":1}]"#
    );
}

#[test]
fn phonemes_share_the_time_of_their_word() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text(&timed("phoneme_level", "It 好。"));
    peer.speak();
    assert_eq!(
        peer.messages()[1]
            .get("result")
            .unwrap()
            .write(Style::Compact),
        r#"[{"start_time":0,"end_time":100,"text":"It","word_index":0,"phonemes":[{"phoneme":"i","start_time":0,"end_time":50,"phoneme_index":0},{"phoneme":"t","start_time":50,"end_time":100,"phoneme_index":1}]},{"start_time":100,"end_time":200,"text":"好","word_index":1,"phonemes":[{"phoneme":"好","start_time":100,"end_time":200,"phoneme_index":0}]}]"#
    );
}

#[rstest]
#[case::not_asked(HELLO, &[])]
#[case::not_supported(
    r#"{"command":"START","text":"a","config":{"subtitle":"word_level"}}"#,
    &[("subtitle-voices", "silent")]
)]
fn no_result_comes_unasked(#[case] start: &str, #[case] knobs: &[(&str, &str)]) {
    let mut peer = Peer::with(&ENDPOINT, knobs);
    peer.text(start);
    assert!(!peer.speak().contains(&"RESULT".to_owned()));
}

#[test]
fn a_second_start_is_refused_during_and_after_and_the_first_goes_on() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text(HELLO);
    peer.speak_once();
    assert_eq!(peer.speak_once().unwrap(), ["audio 3200"]);
    assert_eq!(peer.text(HELLO), ["ERROR SIS.0418"]);
    assert_eq!(peer.text(r#"{"command":"START"}"#), ["ERROR SIS.0418"]);
    assert_eq!(peer.speak().last().unwrap(), "END NORMAL");
    assert_eq!(peer.text(HELLO), ["ERROR SIS.0418"]);
    assert_eq!(peer.state(), "done");
}

#[rstest]
#[case::not_json("hello", "SIS.0032", "byte 0: expected value")]
#[case::cut(
    r#"{"command":"START""#,
    "SIS.0032",
    "byte 18: EOF while parsing an object"
)]
#[case::list("[]", "SIS.0032", "byte 0: an array")]
#[case::empty("", "SIS.0032", "byte 0: EOF while parsing a value")]
#[case::no_command(r#"{"text":"a"}"#, "SIS.0415", "command: absent")]
#[case::null_command(r#"{"command":null}"#, "SIS.0415", "command: null")]
#[case::number_command(r#"{"command":1}"#, "SIS.0415", "command: 1")]
#[case::lower_case(r#"{"command":"start","text":"a"}"#, "SIS.0415", "command: \"start\"")]
#[case::end(r#"{"command":"END"}"#, "SIS.0415", "command: \"END\"")]
#[case::invented(r#"{"command":"CANCEL"}"#, "SIS.0415", "command: \"CANCEL\"")]
fn what_is_no_start_is_an_error_in_every_state(
    #[case] text: &str,
    #[case] code: &str,
    #[case] finding: &str,
) {
    let error = [format!("ERROR {code}")];
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.text(text), error);
    assert_eq!(peer.findings(), [finding], "one mistake, one finding");
    assert_eq!(peer.text(HELLO), ["START"]);
    assert_eq!(peer.text(text), error);
    assert_eq!(peer.speak().last().unwrap(), "END NORMAL");
    assert_eq!(peer.text(text), error);
}

#[test]
fn a_binary_message_is_an_error_unless_chosen_otherwise() {
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.binary(HELLO.as_bytes()), ["ERROR SIS.0032"]);
    assert_eq!(peer.findings(), ["a binary message of 79 bytes"]);
    let mut peer = Peer::with(&ENDPOINT, &[("binary", "ignore")]);
    assert_eq!(peer.audio(10), [""; 0]);
    assert_eq!(peer.text(HELLO), ["START"]);
}

#[rstest]
#[case::by_default(&[], &["FATAL_ERROR SIS.0416", "close 1000"])]
#[case::as_the_example(&[("idle-code", "SIS.0304")], &["FATAL_ERROR SIS.0304", "close 1000"])]
#[case::another_close(&[("fatal-close", "1011")], &["FATAL_ERROR SIS.0416", "close 1011"])]
#[case::no_close(&[("fatal-close", "1006")], &["FATAL_ERROR SIS.0416", "abort"])]
fn a_client_that_says_nothing_is_closed(#[case] knobs: &[(&str, &str)], #[case] expected: &[&str]) {
    let mut peer = Peer::with(&ENDPOINT, knobs);
    assert_eq!(peer.armed("idle"), Some(Duration::from_secs(20)));
    assert_eq!(peer.timer("idle"), expected);
    assert_eq!(peer.text(HELLO), [""; 0], "nothing is answered any more");
}

#[test]
fn the_idle_limit_ends_with_start_unless_chosen_otherwise() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text("x");
    assert_eq!(peer.armed("idle"), Some(Duration::from_secs(20)));
    peer.text(HELLO);
    assert_eq!(peer.armed("idle"), None);
    peer.speak();
    assert_eq!(peer.armed("idle"), None);
    let mut peer = Peer::with(&ENDPOINT, &[("idle-after-end", "on"), ("idle-ms", "5")]);
    peer.text(HELLO);
    peer.speak();
    assert_eq!(peer.armed("idle"), Some(Duration::from_millis(5)));
    assert_eq!(peer.timer("idle"), ["FATAL_ERROR SIS.0416", "close 1000"]);
}

#[test]
fn a_synthesis_that_fails_says_error_and_then_end_error() {
    let mut peer = Peer::with(&ENDPOINT, &[("fail-synthesis", "SIS.0401")]);
    peer.text(HELLO);
    let expected = ["audio 3200", "stop-speaking", "ERROR SIS.0401", "END ERROR"];
    assert_eq!(peer.speak(), expected);
}

#[test]
fn an_error_may_lack_its_trace_id_if_chosen() {
    let mut peer = Peer::with(&ENDPOINT, &[("error-trace-id", "off")]);
    peer.text("x");
    assert_eq!(peer.messages()[0].get("trace_id"), None);
}

#[test]
fn a_text_without_words_is_silence() {
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.text(&timed("word_level", "…")), ["START"]);
    assert_eq!(peer.speak(), ["audio 1600", "END NORMAL"]);
}
