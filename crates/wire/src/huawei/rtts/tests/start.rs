//! What a START may say, and what is answered to one that says something else.

use rstest::rstest;

use crate::audio::Encoding;
use crate::clause::Level;
use crate::huawei::peer::Peer;
use crate::huawei::rtts::ENDPOINT;

fn config(members: &str) -> String {
    format!(r#"{{"command":"START","text":"hello","config":{{{members}}}}}"#)
}

fn text_of(characters: usize, property: &str) -> String {
    let text = "字".repeat(characters);
    format!(r#"{{"command":"START","text":"{text}","config":{{"property":"{property}"}}}}"#)
}

#[rstest]
#[case::everything_by_default(r#"{"command":"START","text":"hello"}"#)]
#[case::empty_config(r#"{"command":"START","text":"hello","config":{}}"#)]
#[case::config_first(r#"{"config":{},"text":"hello","command":"START"}"#)]
#[case::lowest(&config(r#""speed":-500,"pitch":-500,"volume":0"#))]
#[case::highest(&config(r#""speed":500,"pitch":500,"volume":100"#))]
#[case::alaw(&config(r#""audio_format":"alaw""#))]
#[case::ulaw(&config(r#""audio_format":"ulaw","sample_rate":"16000""#))]
#[case::mp3(&config(r#""audio_format":"mp3""#))]
#[case::timed_voice(&config(
    r#""property":"chinese_huaxiaomei_common","subtitle":"phoneme_level""#
))]
#[case::international_voice(&config(r#""property":"arabic_dh_male","subtitle":"word_level""#))]
#[case::unlisted_voice(&config(r#""property":"chinese_huaxiaogang_common""#))]
#[case::five_hundred(&text_of(500, "chinese_xiaoyan_common"))]
#[case::ten_thousand(&text_of(10_000, "chinese_huaxiaomei_common"))]
#[case::escaped(r#"{"command":"START","text":"hi","config":{"audio_format":"pcm"}}"#)]
fn a_good_start_is_taken_without_a_finding(#[case] start: &str) {
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.text(start), ["START"]);
    assert_eq!(peer.findings(), [""; 0]);
}

#[rstest]
#[case::no_text(r#"{"command":"START","config":{}}"#, "SIS.0415", "text: absent")]
#[case::null_text(r#"{"command":"START","text":null}"#, "SIS.0415", "text: null")]
#[case::empty_text(r#"{"command":"START","text":""}"#, "SIS.0415", "text: \"\"")]
#[case::number_text(r#"{"command":"START","text":5}"#, "SIS.0415", "text: 5")]
#[case::long_text(
    &text_of(501, "chinese_xiaoyan_common"), "SIS.0415", "text: 501 characters"
)]
#[case::very_long_text(
    &text_of(10_001, "english_amy_common"), "SIS.0415", "text: 10001 characters"
)]
#[case::null_config(
    r#"{"command":"START","text":"a","config":null}"#,
    "SIS.0415",
    "config: null"
)]
#[case::list_config(
    r#"{"command":"START","text":"a","config":[]}"#,
    "SIS.0415",
    "config: []"
)]
#[case::format(&config(r#""audio_format":"wav""#), "SIS.0410", "config.audio_format: \"wav\"")]
#[case::empty_format(&config(r#""audio_format":"""#), "SIS.0410", "config.audio_format: \"\"")]
#[case::null_format(&config(r#""audio_format":null"#), "SIS.0410", "config.audio_format: null")]
#[case::upper_format(&config(r#""audio_format":"PCM""#), "SIS.0410", "config.audio_format: \"PCM\"")]
#[case::rate(&config(r#""sample_rate":"44100""#), "SIS.0402", "config.sample_rate: \"44100\"")]
#[case::number_rate(&config(r#""sample_rate":44100"#), "SIS.0402", "config.sample_rate: 44100")]
#[case::voice(&config(r#""property":"no_such_voice""#), "SIS.0411", "config.property: \"no_such_voice\"")]
#[case::odd_voice(&config(r#""property":"chinese_nobody_common""#), "SIS.0411", "config.property: \"chinese_nobody_common\"")]
#[case::empty_voice(&config(r#""property":"""#), "SIS.0411", "config.property: \"\"")]
#[case::list_voice(&config(r#""property":[]"#), "SIS.0411", "config.property: []")]
#[case::fast(&config(r#""speed":501"#), "SIS.0415", "config.speed: 501")]
#[case::slow(&config(r#""speed":-501"#), "SIS.0415", "config.speed: -501")]
#[case::string_speed(&config(r#""speed":"0""#), "SIS.0415", "config.speed: \"0\"")]
#[case::broken_speed(&config(r#""speed":1.5"#), "SIS.0415", "config.speed: 1.5")]
#[case::huge_speed(&config(r#""speed":18446744073709551615"#), "SIS.0415", "config.speed: 18446744073709551615")]
#[case::null_pitch(&config(r#""pitch":null"#), "SIS.0415", "config.pitch: null")]
#[case::loud(&config(r#""volume":101"#), "SIS.0415", "config.volume: 101")]
#[case::below_silence(&config(r#""volume":-1"#), "SIS.0415", "config.volume: -1")]
#[case::subtitle(&config(r#""subtitle":"sentence_level""#), "SIS.0415", "config.subtitle: \"sentence_level\"")]
#[case::number_subtitle(&config(r#""subtitle":1"#), "SIS.0415", "config.subtitle: 1")]
#[case::untimed_voice(&config(r#""subtitle":"word_level""#), "SIS.0415", "config.subtitle: word_level")]
fn a_bad_start_is_answered_by_one_error(
    #[case] start: &str,
    #[case] code: &str,
    #[case] finding: &str,
) {
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.text(start), [format!("ERROR {code}")]);
    assert_eq!(peer.findings(), [finding]);
    assert_eq!(peer.levels(), [Level::Must]);
    assert_eq!(peer.state(), "open");
    let good = r#"{"command":"START","text":"a"}"#;
    assert_eq!(peer.text(good), ["START"], "another START may follow");
}

#[test]
fn every_oddity_is_found_and_the_first_is_answered() {
    let mut peer = Peer::new(&ENDPOINT);
    let start = config(r#""volume":500,"sample_rate":"1","speed":"x""#);
    assert_eq!(peer.text(&start), ["ERROR SIS.0402"]);
    let expected = [
        "config.sample_rate: \"1\"",
        "config.speed: \"x\"",
        "config.volume: 500",
    ];
    assert_eq!(peer.findings(), expected);
}

#[rstest]
#[case::unknown(&config(r#""max_second":5"#), "config.max_second: 5")]
#[case::unknown_above(r#"{"command":"START","text":"a","x":1}"#, "x: 1")]
#[case::repeated(&config(r#""speed":900,"speed":1"#), "config.speed: more than once")]
fn an_oddity_that_costs_nothing_is_found(#[case] start: &str, #[case] finding: &str) {
    let mut peer = Peer::new(&ENDPOINT);
    assert_eq!(peer.text(start), ["START"]);
    assert_eq!(peer.findings(), [finding]);
}

#[rstest]
#[case::number_rate("strict", r#""sample_rate":16000"#, "config.sample_rate: 16000")]
#[case::string_speed("lenient", r#""speed":"100""#, "config.speed: \"100\"")]
#[case::null_voice("lenient", r#""property":null"#, "config.property: null")]
fn a_type_that_is_taken_all_the_same_breaks_what_is_documented(
    #[case] types: &str,
    #[case] members: &str,
    #[case] finding: &str,
) {
    let mut peer = Peer::with(&ENDPOINT, &[("types", types)]);
    assert_eq!(peer.text(&config(members)), ["START"]);
    assert_eq!(peer.findings(), [finding]);
    assert_eq!(peer.levels(), [Level::Must]);
}

#[rstest]
#[case::format_code("bad-format-code=SIS.0032", &config(r#""audio_format":"wav""#), "ERROR SIS.0032")]
#[case::unknown("unknown-members=error", &config(r#""x":1"#), "ERROR SIS.0415")]
#[case::lenient_speed("types=lenient", &config(r#""speed":"100""#), "START")]
#[case::lenient_null("types=lenient", &config(r#""speed":null"#), "START")]
#[case::lenient_range("types=lenient", &config(r#""speed":"501""#), "ERROR SIS.0415")]
#[case::listed("voices=listed", &config(r#""property":"chinese_huaxiaogang_common""#), "ERROR SIS.0411")]
#[case::any("voices=any", &config(r#""property":"klaus""#), "START")]
#[case::tables("voice-formats=tables", &config(r#""audio_format":"mp3""#), "ERROR SIS.0410")]
#[case::silent("subtitle-voices=silent", &config(r#""subtitle":"word_level""#), "START")]
#[case::timed("subtitle-voices=any", &config(r#""subtitle":"word_level""#), "START")]
#[case::intl_format("edition=international", &config(r#""property":"arabic_dh_male","audio_format":"mp3""#), "ERROR SIS.0410")]
#[case::intl_voice("edition=international", &config(""), "ERROR SIS.0415")]
#[case::intl_length("edition=international", &text_of(10_000, "chinese_xiaoyan_common"), "START")]
#[case::old_length("edition=china-2021", &text_of(500, "chinese_huaxiaomei_common"), "ERROR SIS.0415")]
#[case::old_format("edition=china-2021", &config(r#""audio_format":"mp3""#), "ERROR SIS.0410")]
#[case::failing("fail-start=SIS.0413", &config(""), "ERROR SIS.0413")]
fn a_choice_changes_the_answer(#[case] knob: &str, #[case] start: &str, #[case] answer: &str) {
    let mut peer = Peer::with(&ENDPOINT, &[knob.split_once('=').unwrap()]);
    assert_eq!(peer.text(start), [answer]);
}

#[test]
fn what_cannot_be_encoded_is_an_unsupported_format() {
    let can = |format: &crate::audio::AudioFormat| !matches!(format.encoding, Encoding::Mp3(_));
    let mut peer = Peer::encoding(&ENDPOINT, &[], can);
    assert_eq!(
        peer.text(&config(r#""audio_format":"mp3""#)),
        ["ERROR SIS.0410"]
    );
}

#[rstest]
#[case::normal(0, 1000)]
#[case::twice(500, 2000)]
#[case::half(-500, 500)]
#[case::between(100, 1200)]
#[case::below(-100, 900)]
fn speed_and_pitch_are_scaled(#[case] value: i32, #[case] permille: u32) {
    let mut peer = Peer::new(&ENDPOINT);
    let members = format!(r#""speed":{value},"pitch":{value},"volume":25"#);
    peer.text(&config(&members));
    let speech = &peer.speeches()[0];
    assert_eq!(speech.speed_permille, permille);
    assert_eq!(speech.pitch_permille, permille);
    assert_eq!(speech.volume_permille, 500);
}

#[test]
fn the_defaults_are_those_of_the_page() {
    let mut peer = Peer::new(&ENDPOINT);
    peer.text(r#"{"command":"START","text":"你好，世界。"}"#);
    let speech = &peer.speeches()[0];
    assert_eq!(speech.voice, "chinese_xiaoyan_common");
    assert_eq!(speech.format.rate_hz, 8000);
    assert_eq!(speech.format.bytes_per_second(), Some(16_000));
    assert_eq!(speech.volume_permille, 1000);
    assert_eq!(speech.units.len(), 4);
}
