//! What is answered, in which order, and what the link does then.

use std::time::Duration;

use rstest::rstest;

use super::{Link, gzipped, kinds, plain, request, with};
use crate::audio::{AudioFormat, Encoding};
use crate::json::{self, Style};
use crate::session::{Action, Form};
use crate::speech::Chunking;
use crate::volcengine::clauses::exchange as clauses;
use crate::volcengine::frame::{Compression, Serialization};

#[test]
fn submit_is_a_numbered_stream_with_a_negative_end() {
    let mut link = Link::open(&[]);
    let seen = link.request(&request("r", "submit"));
    assert_eq!((seen.kind, seen.state), ("submit", "streaming"));
    link.speak();
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["ack", "audio 1", "audio 2", "last-audio -3"]);
    assert_eq!(sent[0].1.encode()[..], [0x11, 0xb0, 0, 0, 0, 0, 0, 0]);
    for (_, frame) in &sent[1..] {
        assert_eq!(frame.serialization, Serialization::Raw);
        assert_eq!(frame.compression, Compression::None);
        assert_eq!(frame.extension.header_words(), 1);
    }
    assert_eq!(sent[3].1.flags(), 3);
    assert_eq!(sent[3].1.payload[..], [3, 0]);
    assert_eq!(link.close_code(), None);
    assert_eq!(link.findings(), []);
    assert_eq!(link.state(), "finished");
}

#[test]
fn one_chunk_is_already_the_last() {
    let mut link = Link::open(&[]);
    link.request(&request("r", "submit"));
    let speech = link.speeches().remove(0);
    link.planned(&speech);
    link.chunk(&[1, 0], true);
    assert_eq!(kinds(&link.sent()), ["ack", "last-audio -1"]);
}

#[test]
fn query_is_one_frame_without_an_ack() {
    let mut link = Link::open(&[]);
    let seen = link.receive(Form::Binary, gzipped(&request("r", "query")));
    assert_eq!((seen.kind, seen.state), ("query", "queried"));
    link.speak();
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["last-audio -1"]);
    let bytes = sent[0].1.encode();
    assert_eq!(
        bytes[..12],
        [0x11, 0xb3, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 6]
    );
    assert_eq!(sent[0].1.payload[..], [1, 0, 2, 0, 3, 0]);
}

#[test]
fn a_large_answer_to_query_is_noted() {
    let mut link = Link::open(&[]);
    link.request(&request("r", "query"));
    link.chunk(&vec![0; 1024 * 1024 + 1], true);
    assert_eq!(link.sent().len(), 1);
    assert_eq!(link.findings().len(), 1);
}

#[test]
fn the_speech_is_what_was_asked_for() {
    let mut link = Link::open(&[]);
    let mut asked = request("r", "submit");
    for (path, value) in [
        ("audio.encoding", "\"pcm\""),
        ("audio.rate", "16000"),
        ("audio.speed_ratio", "1.5"),
        ("audio.pitch_ratio", "0.75"),
        ("audio.volume_ratio", "2"),
        ("audio.loudness_ratio", "0.5"),
        ("request.silence_duration", "\"300\""),
    ] {
        asked = with(asked, path, Some(value));
    }
    link.request(&asked);
    let speech = link.speeches().remove(0);
    assert_eq!(speech.voice, "BV001_streaming");
    assert_eq!(speech.format.bytes_per_second(), Some(32_000));
    let ratios = (
        speech.speed_permille,
        speech.pitch_permille,
        speech.volume_permille,
    );
    assert_eq!(ratios, (1500, 750, 1000));
    assert_eq!(speech.trailing_silence_ms, 300);
    assert_eq!(speech.chunking, Chunking::Millis(200));
}

#[rstest]
#[case::absent(None, None, 24_000, Encoding::Mp3(Some(160)))]
#[case::bitrate(None, Some("64"), 24_000, Encoding::Mp3(Some(64)))]
#[case::slow(Some("8000"), None, 8000, Encoding::Mp3(None))]
fn the_bit_rate_of_mp3_is_160_where_the_rate_allows_it(
    #[case] rate: Option<&str>,
    #[case] bitrate: Option<&str>,
    #[case] rate_hz: u32,
    #[case] encoding: Encoding,
) {
    let can_encode =
        |format: &AudioFormat| format.rate_hz > 8000 || format.encoding != Encoding::Mp3(Some(160));
    let mut link = Link::open_as("Bearer; t", &[], can_encode);
    let asked = with(request("r", "submit"), "audio.rate", rate);
    link.request(&with(asked, "audio.bitrate", bitrate));
    let speech = link.speeches().remove(0);
    assert_eq!(speech.format, AudioFormat { encoding, rate_hz });
}

#[rstest]
#[case::default("BV001_streaming", None, None, 125)]
#[case::number("BV001_streaming", Some("500"), None, 500)]
#[case::none("BV001_streaming", Some("0"), None, 0)]
#[case::big_model_alone("zh_female_x_bigtts", Some("500"), None, 125)]
#[case::big_model_enabled("zh_female_x_bigtts", Some("500"), Some("true"), 500)]
fn silence_follows_the_sound(
    #[case] voice: &str,
    #[case] duration: Option<&str>,
    #[case] enabled: Option<&str>,
    #[case] ms: u32,
) {
    let mut link = Link::open(&[]);
    let asked = with(
        request("r", "submit"),
        "audio.voice_type",
        Some(&format!("\"{voice}\"")),
    );
    let asked = with(asked, "request.silence_duration", duration);
    link.request(&with(
        asked,
        "request.enable_trailing_silence_audio",
        enabled,
    ));
    assert_eq!(link.speeches().remove(0).trailing_silence_ms, ms);
}

#[rstest]
#[case::not_asked(&[], &["ack", "audio 1", "audio 2", "last-audio -3"])]
#[case::off(&[("with_timestamp", "0")], &["ack", "audio 1", "audio 2", "last-audio -3"])]
#[case::words(&[("with_timestamp", "\"1\"")], &["ack", "audio 1", "front-end", "audio 2", "last-audio -3"])]
#[case::phonemes(&[("with_frontend", "1"), ("frontend_type", "\"unitTson\"")], &["ack", "audio 1", "front-end", "audio 2", "last-audio -3"])]
#[case::no_type(&[("with_frontend", "1")], &["ack", "audio 1", "audio 2", "last-audio -3"])]
#[case::split(&[("with_timestamp", "1"), ("split_sentence", "1"), ("text", "\"Yes. No.\"")], &["ack", "audio 1", "front-end", "front-end", "audio 2", "last-audio -3"])]
fn front_end_frames_come_when_asked_and_before_the_last_audio(
    #[case] members: &[(&str, &str)],
    #[case] expected: &[&str],
) {
    let mut link = Link::open(&[]);
    let mut asked = request("r", "submit");
    for (name, value) in members {
        asked = with(asked, &format!("request.{name}"), Some(value));
    }
    link.request(&asked);
    link.speak();
    assert_eq!(kinds(&link.sent()), expected);
}

#[test]
fn the_times_of_query_come_first_with_the_request_s_compression() {
    let mut link = Link::open(&[]);
    let asked = with(request("r", "query"), "request.with_timestamp", Some("1"));
    link.receive(Form::Binary, gzipped(&asked));
    link.speak();
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["front-end", "last-audio -1"]);
    assert_eq!(sent[0].1.compression, Compression::Gzip);
    let payload = sent[0].1.json().unwrap().value;
    assert_eq!(payload.get("duration").unwrap().as_str(), Some("1000"));
    let inner = json::parse(payload.get("frontend").unwrap().as_str().unwrap()).unwrap();
    let words = inner.value.get("words").unwrap();
    assert_eq!(
        words.items().unwrap()[2].write(Style::Compact),
        r#"{"word":".","start_time":0.9,"end_time":1.0,"unit_type":"mark"}"#
    );
}

#[test]
fn a_second_request_after_the_end_is_served_and_noted() {
    let mut link = Link::open(&[]);
    link.request(&request("r1", "submit"));
    link.speak();
    link.findings();
    link.sent();
    let seen = link.request(&request("r2", "query"));
    assert_eq!(seen.kind, "query");
    let findings = link.findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].found, "query in state finished");
    assert_eq!(findings[0].expected, "no message");
    link.speak();
    assert_eq!(kinds(&link.sent()), ["last-audio -1"]);
}

#[test]
fn a_second_request_while_busy_is_3001_and_the_first_goes_on() {
    let mut link = Link::open(&[]);
    link.request(&request("r1", "submit"));
    let speech = link.speeches().remove(0);
    link.planned(&speech);
    link.chunk(&[1, 0], false);
    link.receive(Form::Binary, gzipped(&request("r2", "submit")));
    link.chunk(&[2, 0], true);
    let sent = link.sent();
    assert_eq!(
        kinds(&sent),
        ["ack", "audio 1", "objection 3001", "last-audio -2"]
    );
    assert_eq!(sent[2].1.compression, Compression::Gzip);
    let body = sent[2].1.json().unwrap().value;
    assert_eq!(body.get("reqid").unwrap().as_str(), Some("r2"));
    let findings = link.findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].clause.id, clauses::ORDER.id);
}

#[test]
fn a_message_in_the_midst_can_abort() {
    let mut link = Link::open(&[("busy", "abort"), ("ack", "off")]);
    link.request(&request("r1", "submit"));
    link.request(&request("r2", "submit"));
    assert!(link.actions.contains(&Action::StopSpeaking));
    assert_eq!(kinds(&link.sent()), ["error 3001"]);
    link.chunk(&[2, 0], true);
    assert_eq!(link.sent().len(), 0);
    assert_eq!(link.state(), "ready");
}

#[test]
fn a_used_reqid_is_3006_on_whatever_link_and_a_failed_one_is_used() {
    let mut link = Link::open(&[]);
    link.request(&with(request("r1", "submit"), "request.text", Some("\"\"")));
    assert_eq!(kinds(&link.sent()), ["objection 3011"]);
    link.request(&request("r1", "submit"));
    assert_eq!(kinds(&link.sent()), ["error 3006"]);
    assert!(
        link.findings()
            .iter()
            .any(|finding| finding.text.contains("request.reqid"))
    );
    link.request(&request("r2", "submit"));
    link.speak();
    assert_eq!(link.sent().len(), 4);
}

#[test]
fn a_used_reqid_is_noted_even_where_something_else_is_refused() {
    let mut link = Link::open(&[]);
    link.request(&request("r1", "query"));
    link.speak();
    link.findings();
    link.sent();
    link.request(&with(request("r1", "query"), "request.text", Some("\"\"")));
    assert_eq!(kinds(&link.sent()), ["objection 3011"]);
    let found: Vec<String> = link.findings().into_iter().map(|f| f.found).collect();
    let disorder = "refused-request in state finished";
    assert_eq!(found, ["an empty string", disorder, "a used id"]);
}

#[test]
fn an_overlong_reqid_is_remembered_by_its_hash() {
    let mut link = Link::open(&[]);
    let (one, other) = ("a".repeat(5000), format!("{}b", "a".repeat(4999)));
    for (reqid, expected) in [
        (&one, "last-audio -1"),
        (&other, "last-audio -1"),
        (&one, "error 3006"),
    ] {
        link.request(&request(reqid, "query"));
        link.speak();
        assert_eq!(kinds(&link.sent()), [expected]);
    }
}

#[test]
fn used_reqids_can_be_accepted() {
    let mut link = Link::open(&[("reqid-reuse", "accept")]);
    for _ in 0..2 {
        link.request(&request("r", "query"));
        link.speak();
        assert_eq!(kinds(&link.sent()), ["last-audio -1"]);
    }
}

#[test]
fn the_ack_can_be_left_out() {
    let mut link = Link::open(&[("ack", "off")]);
    link.request(&request("r", "submit"));
    link.speak();
    assert_eq!(kinds(&link.sent()), ["audio 1", "audio 2", "last-audio -3"]);
}

#[test]
fn query_can_be_refused() {
    let mut link = Link::open(&[("query", "refuse")]);
    assert_eq!(link.request(&request("r", "query")).kind, "refused-request");
    assert_eq!(kinds(&link.sent()), ["objection 3001"]);
}

#[rstest]
#[case::final_frame("close-after-final", "on")]
#[case::single("single", "on")]
fn the_link_can_be_closed_after_the_last_frame(#[case] knob: &str, #[case] value: &str) {
    let mut link = Link::open(&[(knob, value)]);
    link.request(&request("r", "submit"));
    link.speak();
    assert_eq!(link.close_code(), Some(1000));
    link.sent();
    link.request(&request("r2", "submit"));
    assert_eq!(link.sent().len(), 0);
}

#[test]
fn a_link_can_serve_a_single_synthesis() {
    let mut link = Link::open(&[("single", "refuse")]);
    link.request(&request("r", "query"));
    link.speak();
    assert_eq!(link.close_code(), None);
    link.sent();
    link.request(&request("r2", "query"));
    assert_eq!(kinds(&link.sent()), ["error 3001"]);
}

#[test]
fn the_link_can_be_closed_after_an_error() {
    let mut link = Link::open(&[("close-after-error", "on")]);
    link.receive(Form::Text, "{}");
    assert_eq!(kinds(&link.sent()), ["objection 3001"]);
    assert_eq!(link.close_code(), Some(1000));
}

#[test]
fn an_idle_link_is_told_3032_and_closed() {
    let mut link = Link::open(&[]);
    assert_eq!(link.idle_timer(), Some(Duration::from_secs(10)));
    link.timer("idle");
    assert_eq!(kinds(&link.sent()), ["objection 3032"]);
    assert_eq!(link.close_code(), Some(1000));
}

#[test]
fn an_idle_link_can_be_closed_without_a_word_or_left_alone() {
    let mut link = Link::open(&[("idle-answer", "close"), ("idle-ms", "500")]);
    assert_eq!(link.idle_timer(), Some(Duration::from_millis(500)));
    link.timer("idle");
    assert_eq!(link.sent().len(), 0);
    assert_eq!(link.close_code(), Some(1000));
    assert_eq!(Link::open(&[("idle-ms", "0")]).idle_timer(), None);
}

#[test]
fn a_link_is_not_idle_while_it_answers() {
    let mut link = Link::open(&[]);
    link.request(&request("r", "submit"));
    assert_eq!(link.idle_timer(), None);
    link.timer("idle");
    assert_eq!(kinds(&link.sent()), ["ack"]);
    link.speak();
    assert_eq!(link.idle_timer(), Some(Duration::from_secs(10)));
}

#[test]
fn a_synthesis_without_end_is_3030() {
    let mut link = Link::open(&[("longest-ms", "900")]);
    link.request(&request("r", "submit"));
    link.speak();
    assert_eq!(kinds(&link.sent()), ["ack", "error 3030"]);
    let finding = link.findings().remove(0);
    assert_eq!(
        (finding.found.as_str(), finding.expected.as_str()),
        ("1000 ms of sound", "at most 900 ms")
    );
    assert!(link.actions.contains(&Action::StopSpeaking));
    assert_eq!(link.state(), "ready");
}

#[test]
fn a_wrong_bearer_can_fail_in_a_frame() {
    let mut link = Link::open_as("Bearer t", &[("wrong-bearer", "frame")], |_| true);
    link.request(&request("r", "submit"));
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["error 3001"]);
    let text = "authenticate request: load grant: requested grant not found";
    let body = sent[0].1.json().unwrap().value;
    assert_eq!(body.get("message").unwrap().as_str(), Some(text));
}

#[rstest]
#[case::mirror_plain("mirror", false, Compression::None)]
#[case::mirror_gzip("mirror", true, Compression::Gzip)]
#[case::always("gzip", false, Compression::Gzip)]
#[case::never("none", true, Compression::None)]
fn errors_mirror_the_compression_of_the_request(
    #[case] knob: &str,
    #[case] is_gzip: bool,
    #[case] expected: Compression,
) {
    let mut link = Link::open(&[("error-compression", knob)]);
    let asked = with(request("r", "submit"), "request.text", Some("\"\""));
    link.receive(
        Form::Binary,
        if is_gzip {
            gzipped(&asked)
        } else {
            plain(&asked)
        },
    );
    let sent = link.sent();
    assert_eq!(sent[0].1.compression, expected);
    assert_eq!(sent[0].1.serialization, Serialization::Json);
    assert_eq!(
        sent[0].1.json().unwrap().value.write(Style::Compact),
        r#"{"reqid":"r","code":3011,"message":"illegal input text!"}"#
    );
}

#[rstest]
#[case::plain("plain", "illegal input text!")]
#[case::backend(
    "backend",
    r#"{"reqid":"r","message":"illegal input text!","code":3011,"backend_code":0}"#
)]
fn errors_can_be_written_otherwise(#[case] knob: &str, #[case] expected: &str) {
    let mut link = Link::open(&[("error-body", knob)]);
    link.request(&with(request("r", "submit"), "request.text", Some("\"\"")));
    assert_eq!(link.sent()[0].1.payload, expected);
}
