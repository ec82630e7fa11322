//! What a START may say, and what is answered to one that says something else.

use rstest::rstest;

use crate::audio::{AudioFormat, Encoding, Endian};
use crate::clause::Level;
use crate::hearing::{Endpointing, Interim, Punctuation, Segmentation};
use crate::huawei::peer::Peer;
use crate::huawei::rasr::{CONTINUE, SENTENCE, SHORT};

/// A START with the two mandatory members and some more.
fn config(members: &str) -> String {
    let comma = if members.is_empty() { "" } else { "," };
    format!(
        r#"{{"command":"START","config":{{"audio_format":"pcm16k16bit","property":"chinese_16k_general"{comma}{members}}}}}"#
    )
}

fn pair(format: &str, property: &str) -> String {
    format!(
        r#"{{"command":"START","config":{{"audio_format":"{format}","property":"{property}"}}}}"#
    )
}

#[rstest]
#[case::bare(&config(""))]
#[case::old_sdk(&config(
    r#""add_punc":"yes","vad_head":10000,"vad_tail":500,"max_seconds":30,"interim_results":"yes""#
))]
#[case::new_sdk(&config(r#""digit_norm":"no","need_word_info":"yes","vocabulary_id":"abc""#))]
#[case::lowest(&config(r#""vad_head":0,"vad_tail":0,"max_seconds":1"#))]
#[case::highest(&config(r#""vad_head":60000,"vad_tail":3000,"max_seconds":60"#))]
#[case::pcm8(&pair("pcm8k16bit", "chinese_8k_common"))]
#[case::ulaw16(&pair("ulaw16k8bit", "cantonese_16k_common"))]
#[case::ulaw8(&pair("ulaw8k8bit", "chinese_8k_general"))]
#[case::alaw16(&pair("alaw16k8bit", "english_16k_common"))]
#[case::alaw8(&pair("alaw8k8bit", "klingon_8k_opera"))]
fn a_good_start_is_taken_without_a_finding(#[case] start: &str) {
    let mut peer = Peer::new(&SHORT);
    assert_eq!(peer.text(start), ["START"]);
    assert_eq!(peer.findings(), [""; 0]);
    assert_eq!(peer.state(), "session");
}

#[rstest]
#[case::no_config(r#"{"command":"START"}"#, "SIS.0012", "config: absent")]
#[case::null_config(r#"{"command":"START","config":null}"#, "SIS.0012", "config: null")]
#[case::list_config(r#"{"command":"START","config":[]}"#, "SIS.0031", "config: []")]
#[case::no_format(
    r#"{"command":"START","config":{"property":"chinese_16k_general"}}"#,
    "SIS.0012",
    "config.audio_format: absent"
)]
#[case::null_format(
    r#"{"command":"START","config":{"audio_format":null,"property":"chinese_16k_general"}}"#,
    "SIS.0012",
    "config.audio_format: null"
)]
#[case::no_property(
    r#"{"command":"START","config":{"audio_format":"pcm16k16bit"}}"#,
    "SIS.0012",
    "config.property: absent"
)]
#[case::rest_format(&pair("mp3", "chinese_16k_general"), "SIS.0032", "config.audio_format: \"mp3\"")]
#[case::empty_format(&pair("", "chinese_16k_general"), "SIS.0032", "config.audio_format: \"\"")]
#[case::odd_property(&pair("pcm16k16bit", "chinese_general"), "SIS.0031", "config.property: \"chinese_general\"")]
#[case::upper_property(&pair("pcm16k16bit", "Chinese_16k_general"), "SIS.0031", "config.property: \"Chinese_16k_general\"")]
#[case::mismatch(
    &pair("pcm8k16bit", "chinese_16k_general"), "SIS.0301",
    "config.audio_format: pcm8k16bit with chinese_16k_general"
)]
#[case::add_punc(&config(r#""add_punc":"maybe""#), "SIS.0031", "config.add_punc: \"maybe\"")]
#[case::bool_punc(&config(r#""add_punc":true"#), "SIS.0031", "config.add_punc: true")]
#[case::digit_norm(&config(r#""digit_norm":"""#), "SIS.0031", "config.digit_norm: \"\"")]
#[case::interim(&config(r#""interim_results":"YES""#), "SIS.0031", "config.interim_results: \"YES\"")]
#[case::word_info(&config(r#""need_word_info":null"#), "SIS.0031", "config.need_word_info: null")]
#[case::long_head(&config(r#""vad_head":60001"#), "SIS.0031", "config.vad_head: 60001")]
#[case::negative_head(&config(r#""vad_head":-1"#), "SIS.0031", "config.vad_head: -1")]
#[case::string_head(&config(r#""vad_head":"10000""#), "SIS.0031", "config.vad_head: \"10000\"")]
#[case::long_tail(&config(r#""vad_tail":3001"#), "SIS.0031", "config.vad_tail: 3001")]
#[case::no_seconds(&config(r#""max_seconds":0"#), "SIS.0031", "config.max_seconds: 0")]
#[case::long_seconds(&config(r#""max_seconds":61"#), "SIS.0031", "config.max_seconds: 61")]
#[case::broken_seconds(&config(r#""max_seconds":1.5"#), "SIS.0031", "config.max_seconds: 1.5")]
#[case::empty_vocabulary(&config(r#""vocabulary_id":"""#), "SIS.0201", "config.vocabulary_id: \"\"")]
#[case::number_vocabulary(&config(r#""vocabulary_id":7"#), "SIS.0031", "config.vocabulary_id: 7")]
fn a_bad_start_is_answered_by_one_error(
    #[case] start: &str,
    #[case] code: &str,
    #[case] finding: &str,
) {
    let mut peer = Peer::new(&SHORT);
    assert_eq!(peer.text(start), [format!("ERROR {code}")]);
    assert_eq!(peer.findings(), [finding]);
    assert_eq!(peer.levels(), [Level::Must], "ranges are documented");
    assert_eq!(peer.state(), "refused");
    assert_eq!(
        peer.text(&config("")),
        ["START"],
        "another START may follow"
    );
}

#[rstest]
#[case::format(&pair("wav", "chinese_16k_general"), "'audio_format' is invalid")]
#[case::mismatch(&pair("alaw16k8bit", "chinese_8k_common"), "'audio_format' is not match model")]
#[case::missing(r#"{"command":"START","config":{}}"#, "'audio_format' cannot be empty")]
fn documented_texts_are_used_as_they_are(#[case] start: &str, #[case] text: &str) {
    let mut peer = Peer::new(&CONTINUE);
    peer.text(start);
    let message = &peer.messages()[0];
    assert_eq!(message.get("error_msg").unwrap().as_str(), Some(text));
}

#[test]
fn a_misspelt_key_is_found_and_ignored() {
    let mut peer = Peer::new(&CONTINUE);
    assert_eq!(peer.text(&config(r#""max_second":5"#)), ["START"]);
    assert_eq!(peer.findings(), ["config.max_second: 5"]);
    let mut peer = Peer::with(&CONTINUE, &[("unknown-members", "error")]);
    assert_eq!(peer.text(&config(r#""max_second":5"#)), ["ERROR SIS.0031"]);
}

#[rstest]
#[case::listed("models=listed", &pair("pcm8k16bit", "klingon_8k_opera"), "ERROR SIS.0031")]
#[case::known("vocabularies=a, b", &config(r#""vocabulary_id":"b""#), "START")]
#[case::unknown("vocabularies=a, b", &config(r#""vocabulary_id":"c""#), "ERROR SIS.0201")]
#[case::lenient("types=lenient", &config(r#""vad_head":"10000""#), "START")]
#[case::lenient_range("types=lenient", &config(r#""vad_head":"70000""#), "ERROR SIS.0031")]
#[case::quota("fail-start=SIS.0312", &config(""), "ERROR SIS.0312")]
fn a_choice_changes_the_answer(#[case] knob: &str, #[case] start: &str, #[case] answer: &str) {
    let mut peer = Peer::with(&SHORT, &[knob.split_once('=').unwrap()]);
    assert_eq!(peer.text(start), [answer]);
}

#[test]
fn the_defaults_are_those_of_the_page() {
    let expected = Endpointing {
        head_ms: 10_000,
        tail_ms: 500,
        longest_ms: 30_000,
    };
    let cases = [
        (SHORT, Segmentation::Whole),
        (SENTENCE, Segmentation::FirstSentence(expected)),
        (CONTINUE, Segmentation::EverySentence(expected)),
    ];
    for (endpoint, segmentation) in cases {
        let mut peer = Peer::new(&endpoint);
        peer.text(&config(""));
        let listen = peer.listens().remove(0);
        assert_eq!(listen.segmentation, segmentation);
        assert_eq!(listen.interim, Interim::Off);
        assert_eq!(listen.punctuation, Punctuation::Strip);
        let format = AudioFormat {
            encoding: Encoding::Pcm(Endian::Little),
            rate_hz: 16_000,
        };
        assert_eq!(listen.format, format);
    }
}

#[rstest]
#[case::by_default(&[], 60_000)]
#[case::never(&[("vad-head-zero", "never")], u32::MAX)]
fn no_leading_silence_is_a_choice(#[case] knobs: &[(&str, &str)], #[case] head_ms: u32) {
    let mut peer = Peer::with(&SENTENCE, knobs);
    peer.text(&config(r#""vad_head":0,"vad_tail":300,"max_seconds":10"#));
    let expected = Endpointing {
        head_ms,
        tail_ms: 300,
        longest_ms: 10_000,
    };
    let segmentation = peer.listens().remove(0).segmentation;
    assert_eq!(segmentation, Segmentation::FirstSentence(expected));
}
