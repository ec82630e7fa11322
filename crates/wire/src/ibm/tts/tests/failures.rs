use std::time::Duration;

use rstest::rstest;

use super::Peer;
use crate::ibm::error::Failure;
use crate::ibm::knobs;
use crate::knob::Knob;
use crate::session::{Action, Form, Session};

const CLOSE: &str = "close 1011 see the previous message for the error details.";

fn error(text: &str) -> String {
    format!("error {}", serde_json::to_string(text).unwrap())
}

#[rstest]
#[case::text_missing(
    r#"{"accept":"audio/wav"}"#,
    "Required parameter \"text\" is missing.",
    "text"
)]
#[case::text_null(
    r#"{"text":null,"accept":"*/*"}"#,
    "Required parameter \"text\" is missing.",
    "text"
)]
#[case::text_number(
    r#"{"text":1,"accept":"*/*"}"#,
    "Parameter \"text\" must be a string.",
    "text"
)]
#[case::text_array(
    r#"{"text":["a"],"accept":"*/*"}"#,
    "Parameter \"text\" must be a string.",
    "text"
)]
#[case::text_empty(
    r#"{"text":"","accept":"*/*"}"#,
    "Parameter \"text\" is empty.",
    "text"
)]
#[case::text_blank(
    r#"{"text":" \n","accept":"*/*"}"#,
    "Parameter \"text\" is empty.",
    "text"
)]
#[case::accept_missing(
    r#"{"text":"a"}"#,
    "Required parameter \"accept\" is missing.",
    "accept"
)]
#[case::accept_null(
    r#"{"text":"a","accept":null}"#,
    "Required parameter \"accept\" is missing.",
    "accept"
)]
#[case::accept_number(
    r#"{"text":"a","accept":1}"#,
    "Parameter \"accept\" must be a string.",
    "accept"
)]
#[case::l16(
    r#"{"text":"a","accept":"audio/l16"}"#,
    "rate parameter missing in mimetype audio/l16",
    "accept"
)]
#[case::mulaw(
    r#"{"text":"a","accept":"audio/mulaw"}"#,
    "rate parameter missing in mimetype audio/mulaw",
    "accept"
)]
#[case::alaw(
    r#"{"text":"a","accept":"audio/alaw"}"#,
    "rate parameter missing in mimetype audio/alaw",
    "accept"
)]
#[case::timings_word(
    r#"{"text":"a","accept":"*/*","timings":"words"}"#,
    "Parameter \"timings\" must be an array of strings.",
    "timings"
)]
#[case::timings_null(
    r#"{"text":"a","accept":"*/*","timings":null}"#,
    "Parameter \"timings\" must be an array of strings.",
    "timings"
)]
#[case::timings_other(
    r#"{"text":"a","accept":"*/*","timings":["marks"]}"#,
    "Parameter \"timings\" must be an empty array or ['words'].",
    "timings"
)]
#[case::timings_twice(
    r#"{"text":"a","accept":"*/*","timings":["words","words"]}"#,
    "Parameter \"timings\" must be an empty array or ['words'].",
    "timings"
)]
#[case::currency(
    r#"{"text":"<say-as interpret-as='currency'>$1</say-as>","accept":"*/*"}"#,
    "Tag <say-as> has invalid attribute interpret-as=currency",
    "text"
)]
#[case::ampersand(
    r#"{"text":"salt & pepper","accept":"*/*"}"#,
    "The input text is not well-formed SSML.",
    "text"
)]
#[case::less(
    r#"{"text":"1 < 2","accept":"*/*"}"#,
    "The input text is not well-formed SSML.",
    "text"
)]
fn a_bad_request_is_an_error_alone_and_1011(
    #[case] request: &str,
    #[case] text: &str,
    #[case] path: &str,
) {
    let mut peer = Peer::plain();
    peer.send(request);
    assert_eq!(peer.seen(), [error(text).as_str(), CLOSE]);
    let noted = peer.noted();
    assert_eq!(noted.len(), 1, "{noted:?}");
    assert!(noted[0].ends_with(&format!(" {path}")), "{noted:?}");
}

#[rstest]
#[case::unsupported(r#"{"text":"a","accept":"audio/x"}"#)]
#[case::empty(r#"{"text":"a","accept":""}"#)]
#[case::vorbis(r#"{"text":"a","accept":"audio/ogg;codecs=vorbis"}"#)]
fn an_unsupported_format_is_told_with_the_list(#[case] request: &str) {
    let mut peer = Peer::plain();
    peer.send(request);
    let seen = peer.seen();
    let start = "error \"Unsupported mimetype. Supported mimetypes are: ['application/json', 'audio/flac', 'audio/alaw', ";
    assert!(seen[0].starts_with(start), "{seen:?}");
    assert_eq!(seen[1..], [CLOSE]);
    assert_eq!(peer.noted().len(), 1);

    let mut old = Peer::open("", &[(&knobs::MIMETYPE_BLANKS, "two")]);
    old.send(request);
    assert!(old.seen()[0].contains("mimetype.  Supported"));
}

#[rstest]
#[case::array("[]", "The message must be a JSON object, but it is an array.")]
#[case::string("\"text\"", "The message must be a JSON object, but it is a string.")]
#[case::null("null", "The message must be a JSON object, but it is null.")]
fn json_that_is_no_object_is_refused(#[case] request: &str, #[case] text: &str) {
    let mut peer = Peer::plain();
    peer.send(request);
    assert_eq!(peer.seen(), [error(text).as_str(), CLOSE]);
}

#[rstest]
#[case::bare("hello", 0)]
#[case::empty("", 0)]
#[case::unescaped(r#"{"text":"<a b="c"/>","accept":"*/*"}"#, 15)]
#[case::cut(r#"{"text":"#, 8)]
fn a_message_that_is_no_json_is_located(#[case] request: &str, #[case] offset: usize) {
    let mut peer = Peer::plain();
    peer.send(request);
    let text = "Unable to parse the message as JSON.";
    assert_eq!(peer.seen(), [error(text).as_str(), CLOSE]);
    let clause = Failure::NotJson.clause().id;
    assert_eq!(peer.noted()[0], format!("{clause} {offset}"));

    let mut dropped = Peer::open("", &[(&knobs::MALFORMED_JSON, "drop")]);
    dropped.send(request);
    assert_eq!(dropped.seen(), ["abort"]);
}

#[rstest]
#[case::at_the_limit(5120, true)]
#[case::one_more(5121, false)]
#[case::far_more(47_818, false)]
fn a_text_has_at_most_5120_bytes(#[case] length: usize, #[case] fits: bool) {
    let text = "é".repeat(length / 2) + &"a".repeat(length % 2);
    let mut peer = Peer::plain();
    peer.send(&format!(r#"{{"text":"{text}","accept":"audio/wav"}}"#));
    if fits {
        assert_eq!(peer.seen().last().unwrap(), "close 1000");
    } else {
        let text = format!("Payload length {length} exceeds the payload limit 5120 bytes.");
        assert_eq!(peer.seen(), [error(&text).as_str(), CLOSE]);
        assert_eq!(peer.findings()[0].found, format!("{length} bytes"));
    }
}

#[rstest]
#[case::all_wrong(r#"{"text":1,"accept":2,"timings":3,"x":4}"#, &["x", "text", "accept", "timings"])]
#[case::all_missing("{}", &["text", "accept"])]
#[case::repeated(r#"{"text":"a","text":"b","accept":"*/*"}"#, &["text"])]
fn everything_that_is_wrong_is_found(#[case] request: &str, #[case] paths: &[&str]) {
    let mut peer = Peer::plain();
    peer.send(request);
    let noted = peer.noted();
    let mut found: Vec<&str> = noted.iter().map(|n| n.split_once(' ').unwrap().1).collect();
    let mut expected = paths.to_vec();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn a_connection_without_a_request_times_out() {
    let mut peer = Peer::plain();
    let armed = Action::Arm {
        timer: "first-message",
        after: Duration::from_secs(30),
    };
    assert_eq!(peer.actions, [armed]);
    peer.turn(|session, turn| session.timer("first-message", turn));
    assert_eq!(peer.seen(), [error("Session timed out.").as_str(), CLOSE]);
    assert_eq!(peer.noted().len(), 1);
}

#[test]
fn a_request_takes_the_timer_back_and_nought_sets_none() {
    let mut peer = Peer::plain();
    peer.send(r#"{"text":"a","accept":"audio/wav"}"#);
    let disarmed = Action::Disarm {
        timer: "first-message",
    };
    assert!(peer.actions.contains(&disarmed));
    let late = peer.turn(|session, turn| session.timer("first-message", turn));
    assert_eq!(late, []);
    let never = Peer::open("", &[(&knobs::FIRST_MESSAGE_TIMEOUT, "0")]);
    assert_eq!(never.actions, []);
}

#[rstest]
#[case::frame(1009, "Frame size exceeds the limit of 4194304 bytes.")]
#[case::protocol(1002, "WebSocket protocol error.")]
#[case::utf8(1007, "The text message is not valid UTF-8.")]
fn a_broken_frame_is_told_and_closed(#[case] code: u16, #[case] text: &str) {
    let close = format!("close {code} see the previous message for the error details.");
    let mut peer = Peer::plain();
    peer.turn(|session, turn| session.broken(code, turn));
    assert_eq!(peer.seen(), [error(text), close]);
    assert_eq!(peer.noted().len(), 1);

    let mut silent = Peer::open("", &[(&knobs::ERROR_BEFORE_CLOSE, "off")]);
    silent.turn(|session, turn| session.broken(code, turn));
    assert_eq!(silent.seen(), [format!("close {code}")]);
}

#[test]
fn a_broken_frame_stops_the_speech() {
    let mut peer = Peer::plain();
    peer.send_only(Form::Text, br#"{"text":"a","accept":"audio/wav"}"#);
    let actions = peer.turn(|session, turn| session.broken(1002, turn));
    assert!(actions.contains(&Action::StopSpeaking));
}

#[rstest]
#[case::voice("voice=nobody", &knobs::UNKNOWN_VOICE, "Model 'nobody' not found")]
#[case::value("rate_percentage=fast", &knobs::BAD_QUERY, "Invalid value 'fast' for parameter rate_percentage")]
fn a_bad_query_can_be_answered_after_the_upgrade(
    #[case] query: &str,
    #[case] knob: &Knob,
    #[case] text: &str,
) {
    for request in [r#"{"text":"a","accept":"audio/wav"}"#, "{}"] {
        let mut peer = Peer::open(query, &[(knob, "message")]);
        peer.send(request);
        assert_eq!(peer.seen(), [error(text).as_str(), CLOSE]);
    }
}

#[test]
fn a_bad_query_can_be_ignored() {
    let mut peer = Peer::open("rate_percentage=fast", &[(&knobs::BAD_QUERY, "ignore")]);
    peer.send(r#"{"text":"a","accept":"audio/wav"}"#);
    assert_eq!(peer.spoken().speed_permille, 1000);
}

#[test]
fn an_empty_text_can_be_silence() {
    let mut peer = Peer::open("", &[(&knobs::EMPTY_TEXT, "silence")]);
    peer.send(r#"{"text":"","accept":"audio/wav"}"#);
    assert_eq!(peer.seen().last().unwrap(), "close 1000");
}
