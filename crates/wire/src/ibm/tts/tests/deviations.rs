//! What a session does when a fault wants it.

use rstest::rstest;

use super::{Peer, text_of};
use crate::dialect::Deviation;
use crate::ibm::fault::WARNING_LIST;
use crate::ibm::knobs;
use crate::session::{Action, Form, Session};

const REQUEST: &str = r#"{"text":"I have a pet bird.","accept":"audio/wav"}"#;
const CLOSE: &str = "close 1011 see the previous message for the error details.";

fn error(code: &str) -> Deviation {
    Deviation::Error(Some(code.to_owned()))
}

fn asked() -> Peer {
    let mut peer = Peer::plain();
    peer.send_only(Form::Text, REQUEST.as_bytes());
    peer
}

fn answered() -> Peer {
    let mut peer = Peer::plain();
    peer.send(REQUEST);
    peer
}

/// What the deviation brings about: what the client sees, and what becomes of speech and timers.
fn deviate(peer: &mut Peer, deviation: &Deviation) -> (Vec<String>, Vec<&'static str>) {
    let actions = peer.turn(|session, turn| {
        assert!(session.deviate(deviation, turn), "{deviation:?}");
    });
    let seen = actions.iter().filter_map(super::line).collect();
    let inside = actions.iter().filter_map(|action| match action {
        Action::StopSpeaking => Some("stop speaking"),
        Action::Disarm { timer } => Some(*timer),
        _ => None,
    });
    (seen, inside.collect())
}

#[rstest]
#[case::commonest(Deviation::Error(None), "[Errno 2] No such file or directory")]
#[case::idle(Deviation::Idle, "Session timed out.")]
#[case::expired(Deviation::Expired, "Session timed out.")]
#[case::quota(Deviation::Quota, "The limit of concurrent requests is exceeded.")]
#[case::engine(error("1011"), "[Errno 2] No such file or directory")]
#[case::length(
    error("text-too-long"),
    "Payload length 47818 exceeds the payload limit 5120 bytes."
)]
#[case::text(error("text-missing"), "Required parameter \"text\" is missing.")]
#[case::ssml(
    error("invalid-attribute"),
    "Tag <say-as> has invalid attribute interpret-as=currency"
)]
#[case::rate(error("rate-missing"), "rate parameter missing in mimetype audio/l16")]
fn a_failure_is_told_and_closes_whenever_it_comes(
    #[case] deviation: Deviation,
    #[case] text: &str,
) {
    let told = format!("error {}", serde_json::to_string(text).unwrap());
    let seen = vec![told, CLOSE.to_owned()];
    let mut fresh = Peer::plain();
    assert_eq!(
        deviate(&mut fresh, &deviation),
        (seen.clone(), vec!["first-message"])
    );
    assert_eq!(
        deviate(&mut asked(), &deviation),
        (seen.clone(), vec!["stop speaking"])
    );
    assert_eq!(deviate(&mut answered(), &deviation), (seen, Vec::new()));
}

#[rstest]
#[case::protocol("1002", "error \"WebSocket protocol error.\"", "close 1002")]
#[case::utf8("1007", "error \"The text message is not valid UTF-8.\"", "close 1007")]
#[case::size(
    "1009",
    "error \"Frame size exceeds the limit of 4194304 bytes.\"",
    "close 1009"
)]
fn a_code_of_rfc_6455_closes_with_itself(
    #[case] code: &str,
    #[case] told: &str,
    #[case] close: &str,
) {
    let reason = CLOSE.strip_prefix("close 1011").unwrap();
    let (seen, _) = deviate(&mut asked(), &error(code));
    assert_eq!(seen, [told.to_owned(), format!("{close}{reason}")]);
    let mut silent = Peer::open("", &[(&knobs::ERROR_BEFORE_CLOSE, "off")]);
    assert_eq!(deviate(&mut silent, &error(code)).0, [close]);
}

#[test]
fn nothing_comes_after_a_failure() {
    let mut peer = asked();
    deviate(&mut peer, &Deviation::Error(None));
    peer.actions.clear();
    peer.send_only(Form::Text, REQUEST.as_bytes());
    assert_eq!(peer.seen(), [""; 0]);
    assert_eq!(
        peer.turn(|session, turn| session.timer("first-message", turn)),
        []
    );
}

#[rstest]
#[case::untyped(
    Deviation::Untyped,
    "{\n   \"errors\": [\n      {\n         \"code\": \"internal_error\",\n         \"message\": \"An internal error occurred.\"\n      }\n   ],\n   \"trace\": \"e220a839-7b1d-4daf-ae78-9e6aa1b965f4\"\n}"
)]
#[case::unknown(
    Deviation::Unknown,
    "{\n   \"usage\": {\n      \"characters\": 11\n   }\n}"
)]
#[case::list(
    Deviation::Own(WARNING_LIST.name),
    "{\n   \"warnings\": [\n      \"Unknown arguments: continuous.\"\n   ]\n}"
)]
fn an_oddity_is_indented_and_costs_nothing(#[case] deviation: Deviation, #[case] text: &str) {
    let mut peer = Peer::plain();
    let actions = peer.turn(|session, turn| {
        assert!(session.deviate(&deviation, turn));
    });
    let [Action::Send { data, .. }] = &actions[..] else {
        panic!("{actions:?}");
    };
    assert_eq!(text_of(data), text);
    peer.actions.clear();
    peer.send(REQUEST);
    assert_eq!(peer.seen().last().map(String::as_str), Some("close 1000"));
}

#[rstest]
#[case::unknown_code(error("1008"))]
#[case::no_code(error(""))]
#[case::fault_of_another_vendor(Deviation::Own("sis-error-without-trace-id"))]
fn what_the_service_does_not_have_does_nothing(#[case] deviation: Deviation) {
    let mut peer = asked();
    let actions = peer.turn(|session, turn| assert!(!session.deviate(&deviation, turn)));
    assert_eq!(actions, []);
}
