use rstest::rstest;

use super::Peer;
use crate::ibm::knobs;

fn request(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    format!(r#"{{"text":{text},"accept":"audio/wav","timings":["words"]}}"#)
}

fn timings(peer: &Peer) -> Vec<String> {
    let lines = peer.seen().into_iter();
    lines
        .filter(|line| line.starts_with("words") || line.starts_with("marks"))
        .collect()
}

#[test]
fn words_come_before_their_audio() {
    let mut peer = Peer::plain();
    peer.send(&request("I have a pet bird."));
    assert_eq!(
        peer.seen()[1..],
        [
            r#"words [["I",0.0,0.3],["have",0.3,0.6]]"#,
            "audio",
            r#"words [["a",0.6,0.9]]"#,
            "audio",
            r#"words [["pet",0.9,1.2]]"#,
            "audio",
            r#"words [["bird.",1.2,1.5]]"#,
            "audio",
            "close 1000",
        ]
    );
}

#[test]
fn all_timings_can_come_first() {
    let mut peer = Peer::open("", &[(&knobs::TIMING_ORDER, "first")]);
    peer.send(&request("One <mark name='m'/> two three"));
    assert_eq!(
        peer.seen()[1..],
        [
            r#"marks [["m",0.3]]"#,
            r#"words [["One",0.0,0.3],["two",0.3,0.6],["three",0.6,0.9]]"#,
            "audio",
            "close 1000",
        ]
    );
}

#[test]
fn marks_are_announced_one_by_one_without_being_asked_for() {
    let text = "This is a <mark name=\\\"SIMPLE\\\"/>simple <mark name=\\\"EXAMPLE\\\"/> example.";
    let mut peer = Peer::plain();
    peer.send(&format!(r#"{{"text":"{text}","accept":"audio/wav"}}"#));
    let expected = [r#"marks [["SIMPLE",0.9]]"#, r#"marks [["EXAMPLE",1.2]]"#];
    assert_eq!(timings(&peer), expected);
}

#[test]
fn a_mark_at_the_end_is_announced_before_the_last_audio() {
    let mut peer = Peer::plain();
    peer.send(&request("Hi <mark name='end'/>"));
    let expected = [r#"marks [["end",0.3]]"#, r#"words [["Hi",0.0,0.3]]"#];
    assert_eq!(timings(&peer), expected);
    assert_eq!(peer.seen().last().unwrap(), "close 1000");
}

#[test]
fn an_older_service_writes_words_differently() {
    let mut peer = Peer::open("rate_percentage=40", &[(&knobs::WORD_FORM, "nested")]);
    peer.send(&request("Hello"));
    assert_eq!(timings(&peer), [r#"words [["Hello",[0.0,0.214285]]]"#]);
}

#[rstest]
#[case::japanese("voice=ja-JP_EmiV3Voice", &[r#"marks [["m",0.3]]"#], 1)]
#[case::merel("voice=nl-NL_MerelV3Voice", &[], 2)]
#[case::natural("voice=en-US_EllieNatural", &[r#"words [["a",0.0,0.3],["b",0.3,0.6]]"#], 1)]
fn some_voices_have_no_timings(
    #[case] query: &str,
    #[case] expected: &[&str],
    #[case] findings: usize,
) {
    let mut peer = Peer::open(query, &[]);
    peer.send(&request("a <mark name='m'/> b"));
    assert_eq!(timings(&peer), expected);
    assert_eq!(peer.noted().len(), findings, "{:?}", peer.noted());
}

#[test]
fn speed_shortens_words() {
    let mut peer = Peer::open("rate_percentage=100", &[]);
    peer.send(&request("a <prosody rate='-50%'>b</prosody>"));
    let expected = [r#"words [["a",0.0,0.15],["b",0.15,0.45]]"#];
    assert_eq!(timings(&peer), expected);
}

#[test]
fn a_token_lasts_as_long_as_what_is_spoken_for_it() {
    let mut peer = Peer::open("", &[(&knobs::TIMING_ORDER, "first")]);
    let text = "at <sub alias='International Business Machines'>IBM</sub>. <break time='1s'/>Bye";
    peer.send(&request(text));
    let expected = [r#"words [["at",0.0,0.3],["IBM.",0.3,1.2],["Bye",2.3,2.6]]"#];
    assert_eq!(timings(&peer), expected);
}
