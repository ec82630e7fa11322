//! Sizes and amounts of audio.

use rstest::rstest;

use crate::clause::Level;
use crate::hearing::HeardEvent;
use crate::huawei::peer::{Peer, segment};
use crate::huawei::rasr::{CONTINUE, SENTENCE, SHORT};

const START_8K: &str =
    r#"{"command":"START","config":{"audio_format":"pcm8k16bit","property":"chinese_8k_common"}}"#;
const START_16K: &str = r#"{"command":"START","config":{"audio_format":"pcm16k16bit","property":"chinese_16k_common"}}"#;
const END: &str = r#"{"command":"END","cancel":"false"}"#;

#[rstest]
#[case::smallest_8k(START_8K, 160, true)]
#[case::largest_8k(START_8K, 32_768, true)]
#[case::too_large_8k(START_8K, 32_769, false)]
#[case::smallest_16k(START_16K, 320, true)]
#[case::largest_16k(START_16K, 65_536, true)]
#[case::too_large_16k(START_16K, 65_537, false)]
fn a_message_of_audio_has_its_size(#[case] start: &str, #[case] bytes: usize, #[case] taken: bool) {
    let mut peer = Peer::new(&CONTINUE);
    peer.text(start);
    if taken {
        assert_eq!(peer.audio(bytes), [format!("hear {bytes}")]);
        assert_eq!(peer.findings(), [""; 0]);
    } else {
        assert_eq!(
            peer.audio(bytes),
            ["stop-hearing", "ERROR SIS.0032", "END ERROR"]
        );
        let offset = bytes - 1;
        let expected = format!("byte {offset}: audio of {bytes} bytes");
        assert_eq!(peer.findings(), [expected]);
    }
}

#[rstest]
#[case::one_byte(1)]
#[case::one_too_few(159)]
fn a_small_last_message_is_taken(#[case] bytes: usize) {
    let mut peer = Peer::new(&SHORT);
    peer.text(START_8K);
    assert_eq!(peer.audio(4000), ["hear 4000"]);
    assert_eq!(peer.audio(bytes), [""; 0]);
    assert_eq!(
        peer.text(END),
        [format!("hear {bytes}"), "finish-hearing".to_owned()]
    );
    assert_eq!(peer.findings(), [""; 0]);
    assert_eq!(peer.heard(HeardEvent::Done), ["END NORMAL"]);
}

#[test]
fn an_empty_last_message_is_nothing() {
    let mut peer = Peer::new(&SHORT);
    peer.text(START_8K);
    assert_eq!(peer.audio(0), [""; 0]);
    assert_eq!(peer.text(END), ["finish-hearing"]);
}

#[rstest]
#[case::small(100)]
#[case::empty(0)]
fn a_small_message_before_more_audio_costs_the_session(#[case] bytes: usize) {
    let mut peer = Peer::new(&SHORT);
    peer.text(START_8K);
    peer.audio(bytes);
    assert_eq!(
        peer.audio(4000),
        ["stop-hearing", "ERROR SIS.0032", "END ERROR"]
    );
    let expected = format!("audio of {bytes} bytes before more audio");
    assert_eq!(peer.findings(), [expected]);
    assert_eq!(peer.audio(4000), [""; 0], "audio is ignored after an error");
    assert_eq!(peer.text(START_8K), ["START"]);
}

#[rstest]
#[case::strict_small("strict", 100, &["stop-hearing", "ERROR SIS.0032", "END ERROR"])]
#[case::off_small("off", 100, &["hear 100"])]
#[case::off_empty("off", 0, &[])]
#[case::off_large("off", 100_000, &["hear 100000"])]
fn the_limits_of_size_are_a_choice(
    #[case] sizes: &str,
    #[case] bytes: usize,
    #[case] expected: &[&str],
) {
    let mut peer = Peer::with(&SHORT, &[("frame-size", sizes)]);
    peer.text(START_8K);
    assert_eq!(peer.audio(bytes), expected);
}

#[test]
fn a_minute_is_taken_and_not_a_byte_more() {
    let mut peer = Peer::new(&SHORT);
    peer.text(START_8K);
    for _ in 0..60 {
        assert_eq!(peer.audio(16_000), ["hear 16000"]);
    }
    assert_eq!(
        peer.audio(160),
        ["stop-hearing", "ERROR SIS.0309", "END ERROR"]
    );
    assert_eq!(peer.findings(), ["960160 bytes of audio"]);
}

#[test]
fn the_last_small_message_counts_as_well() {
    let mut peer = Peer::with(&SENTENCE, &[("max-audio-s", "1")]);
    peer.text(START_8K);
    peer.audio(16_000);
    peer.audio(2);
    assert_eq!(
        peer.text(END),
        ["stop-hearing", "ERROR SIS.0309", "END ERROR"]
    );
    assert_eq!(peer.state(), "refused");
}

#[test]
fn a_wav_header_is_not_audio() {
    let mut peer = Peer::with(&SHORT, &[("max-audio-s", "1")]);
    peer.text(START_8K);
    let mut file = b"RIFF".to_vec();
    file.resize(44 + 16_000, 0);
    assert_eq!(peer.binary(&file), ["hear 16044"]);
    assert_eq!(
        peer.audio(160),
        ["stop-hearing", "ERROR SIS.0309", "END ERROR"]
    );
}

#[test]
fn too_much_audio_was_an_event_in_2021() {
    let knobs = [("max-audio-s", "1"), ("exceeded-audio", "event")];
    let mut peer = Peer::with(&SHORT, &knobs);
    peer.text(START_8K);
    peer.audio(15_900);
    assert_eq!(peer.audio(300), ["hear 100", "EXCEEDED_AUDIO 1000"]);
    assert_eq!(peer.audio(300), [""; 0]);
    assert_eq!(peer.text(END), ["finish-hearing"]);
    assert_eq!(
        peer.heard(HeardEvent::Final(segment(0, 1000, "a"))),
        ["RESULT"]
    );
    assert_eq!(peer.heard(HeardEvent::Done), ["END NORMAL"]);
}

#[rstest]
#[case::before_start("open")]
#[case::after_end("ended")]
fn audio_outside_a_session_is_found_and_ignored(#[case] when: &str) {
    let mut peer = Peer::new(&SHORT);
    if when == "ended" {
        peer.text(START_8K);
        peer.text(END);
        peer.heard(HeardEvent::Done);
    }
    assert_eq!(peer.audio(4000), [""; 0]);
    assert_eq!(peer.audio(4000), [""; 0]);
    assert_eq!(
        peer.findings(),
        [
            format!("audio in state {when}"),
            format!("audio in state {when}")
        ]
    );
    assert_eq!(
        peer.levels(),
        [Level::Must; 2],
        "audio follows the response to START"
    );
    assert_eq!(peer.text(START_8K), ["START"]);
}

/// The client cannot know of the error yet: what it has sent by then is no mistake of its own.
#[rstest]
#[case::refused_start(&["START x"], 1)]
#[case::start_twice(&[START_8K, START_8K], 1)]
#[case::garbage(&[START_8K, "x"], 1)]
fn audio_on_its_way_after_an_error_is_no_mistake(#[case] texts: &[&str], #[case] findings: usize) {
    let mut peer = Peer::new(&SHORT);
    for text in texts {
        peer.text(text);
    }
    assert_eq!(peer.audio(4000), [""; 0]);
    assert_eq!(peer.audio(4000), [""; 0]);
    assert_eq!(peer.findings().len(), findings);
    assert_eq!(peer.text(END), ["ERROR SIS.0031"]);
    assert_eq!(peer.levels().last(), Some(&Level::Assumed));
    assert_eq!(peer.text(START_8K), ["START"]);
}

#[test]
fn audio_before_the_first_start_is_an_error_if_chosen() {
    let mut peer = Peer::with(&SHORT, &[("audio-outside", "error")]);
    assert_eq!(peer.audio(4000), ["ERROR SIS.0032"]);
    peer.text(START_8K);
    peer.text(START_8K);
    assert_eq!(peer.audio(4000), [""; 0], "after an error audio is ignored");
}

#[test]
fn audio_is_taken_right_behind_start() {
    let mut peer = Peer::new(&SHORT);
    assert_eq!(peer.text(START_8K), ["START"]);
    assert_eq!(peer.audio(32_000), ["hear 32000"]);
    assert_eq!(
        peer.text(r#"{  "command": "END",  "cancel": false}"#),
        ["finish-hearing"]
    );
}
