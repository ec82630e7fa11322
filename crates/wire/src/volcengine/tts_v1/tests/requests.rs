//! The members of a request: one row, one sentence of the documents.

use rstest::rstest;

use super::{Link, kinds, request, with};
use crate::clause::Clause;
use crate::finding::Place;
use crate::json::{Value, object};
use crate::session::Form;
use crate::volcengine::clauses::{fault, request as clauses};

/// What is answered to a request with one member changed, and the paths of its findings.
fn answer(knobs: &[(&str, &str)], path: &str, json: Option<&str>) -> (String, Vec<String>) {
    answer_all(knobs, &[(path, json)])
}

fn answer_all(knobs: &[(&str, &str)], changes: &[(&str, Option<&str>)]) -> (String, Vec<String>) {
    let mut link = Link::open(knobs);
    let mut asked = request("r", "query");
    for (path, json) in changes {
        asked = with(asked, path, *json);
    }
    link.request(&asked);
    link.speak();
    let sent = link.sent();
    let paths = link
        .findings()
        .into_iter()
        .map(|finding| match finding.place {
            Place::Path(path) => path,
            other => format!("{other:?}"),
        })
        .collect();
    (kinds(&sent).join(", "), paths)
}

const SERVED: &str = "last-audio -1";

#[rstest]
fn a_required_member_is_there_filled_and_a_string(
    #[values(
        "app.appid",
        "app.token",
        "app.cluster",
        "user.uid",
        "audio.voice_type",
        "request.reqid",
        "request.operation"
    )]
    path: &str,
    #[values(
        None,
        Some("null"),
        Some("7"),
        Some("\"\""),
        Some("[]"),
        Some("{}"),
        Some("true")
    )]
    json: Option<&str>,
) {
    let expected = ("objection 3001".to_owned(), vec![path.to_owned()]);
    assert_eq!(answer(&[], path, json), expected);
}

#[rstest]
fn a_section_is_an_object(
    #[values("app", "user", "audio", "request")] section: &str,
    #[values(None, Some("null"), Some("7"), Some("\"\""), Some("[]"))] json: Option<&str>,
) {
    let expected = ("objection 3001".to_owned(), vec![section.to_owned()]);
    assert_eq!(answer(&[], section, json), expected);
}

#[rstest]
#[case::empty("request.text", "\"\"", 3011)]
#[case::punctuation("request.text", "\"…!?\"", 3011)]
#[case::emoji("request.text", "\"🙂🙂\"", 3011)]
#[case::blank("request.text", "\"  \\n\"", 3011)]
#[case::null_text("request.text", "null", 3001)]
#[case::number_text("request.text", "12", 3001)]
#[case::operation("request.operation", "\"stream\"", 3001)]
#[case::encoding("audio.encoding", "\"flac\"", 3001)]
#[case::encoding_empty("audio.encoding", "\"\"", 3001)]
#[case::encoding_null("audio.encoding", "null", 3001)]
#[case::rate("audio.rate", "44100", 3001)]
#[case::rate_type("audio.rate", "\"fast\"", 3001)]
#[case::rate_as_wrong_text("audio.rate", "\"44100\"", 3001)]
#[case::rate_as_empty_text("audio.rate", "\"\"", 3001)]
#[case::rate_boolean("audio.rate", "true", 3001)]
#[case::bitrate_high("audio.bitrate", "\"321\"", 3001)]
#[case::rate_fraction("audio.rate", "16000.5", 3001)]
#[case::speed_low("audio.speed_ratio", "0.05", 3001)]
#[case::speed_high("audio.speed_ratio", "3.1", 3001)]
#[case::speed_type("audio.speed_ratio", "\"fast\"", 3001)]
#[case::volume("audio.volume_ratio", "50", 3001)]
#[case::loudness_low("audio.loudness_ratio", "0.4", 3001)]
#[case::loudness_high("audio.loudness_ratio", "2.1", 3001)]
#[case::pitch("audio.pitch_ratio", "0", 3001)]
#[case::compression_rate("audio.compression_rate", "21", 3001)]
#[case::emotion_null("audio.emotion", "null", 3001)]
#[case::emotion_scale("audio.emotion_scale", "6", 3001)]
#[case::enable_emotion("audio.enable_emotion", "1", 3001)]
#[case::language("audio.language", "1", 3001)]
#[case::silence_high("request.silence_duration", "30001", 3001)]
#[case::silence_negative("request.silence_duration", "-1", 3001)]
#[case::silence_text("request.silence_duration", "\"long\"", 3001)]
#[case::timestamp_type("request.with_timestamp", "true", 3001)]
#[case::timestamp_text("request.with_timestamp", "\"yes\"", 3001)]
#[case::text_type("request.text_type", "\"html\"", 3001)]
#[case::extra_object("request.extra_param", "{}", 3001)]
#[case::extra_no_json("request.extra_param", "\"{\"", 3001)]
#[case::extra_array("request.extra_param", "\"[]\"", 3001)]
#[case::voice("audio.voice_type", "\"xxx\"", 3050)]
#[case::voice_2("audio.voice_type", "\"zh_female_vv_uranus_bigtts\"", 3050)]
#[case::voice_part("audio.voice_type", "\"zh_femaleish_x\"", 3050)]
#[case::voice_number("audio.voice_type", "\"BVx\"", 3050)]
fn a_wrong_member_is_refused_and_named(#[case] path: &str, #[case] json: &str, #[case] code: u32) {
    let expected = (format!("objection {code}"), vec![path.to_owned()]);
    assert_eq!(answer(&[], path, Some(json)), expected);
}

#[rstest]
#[case::encodings("audio.encoding", Some("\"ogg_opus\""))]
#[case::wav("audio.encoding", Some("\"wav\""))]
#[case::no_encoding("audio.encoding", None)]
#[case::rate("audio.rate", Some("8000"))]
#[case::rate_as_float("audio.rate", Some("16000.0"))]
#[case::slowest("audio.speed_ratio", Some("0.1"))]
#[case::fastest("audio.speed_ratio", Some("3"))]
#[case::emotion_empty("audio.emotion", Some("\"\""))]
#[case::emotion("audio.emotion", Some("\"happy\""))]
#[case::language("audio.language", Some("\"cn\""))]
#[case::explicit("audio.explicit_language", Some("\"zh-cn\""))]
#[case::silence_string("request.silence_duration", Some("\"125\""))]
#[case::silence_float("request.silence_duration", Some("0.5"))]
#[case::switch_string("request.pure_english_opt", Some("\"1\""))]
#[case::text_type_empty("request.text_type", Some("\"\""))]
#[case::extra("request.extra_param", Some("\"{\\\"enable_latex_tn\\\":true}\""))]
#[case::extra_empty("request.extra_param", Some("\"\""))]
#[case::clone("audio.voice_type", Some("\"S_abc\""))]
#[case::named("audio.voice_type", Some("\"ICL_zh_male_x_tob\""))]
#[case::numbered("audio.voice_type", Some("\"BV700_V2_streaming\""))]
fn a_right_member_is_served_without_a_finding(#[case] path: &str, #[case] json: Option<&str>) {
    assert_eq!(answer(&[], path, json), (SERVED.to_owned(), Vec::new()));
}

#[rstest]
#[case::cluster("app.cluster", "\"volcano_new\"")]
#[case::language("audio.explicit_language", "\"fi\"")]
#[case::model("request.model", "\"seed-tts-9\"")]
#[case::rate_as_text("audio.rate", "\"16000\"")]
#[case::bitrate_as_text("audio.bitrate", "\"64\"")]
#[case::compression_rate_as_text("audio.compression_rate", "\"10\"")]
#[case::unknown("audio.bits", "16")]
#[case::unknown_section("extra", "{}")]
#[case::switch_2("request.split_sentence", "2")]
#[case::frontend_type("request.frontend_type", "\"other\"")]
fn an_odd_member_is_served_and_noted(#[case] path: &str, #[case] json: &str) {
    let expected = (SERVED.to_owned(), vec![path.to_owned()]);
    assert_eq!(answer(&[], path, Some(json)), expected);
}

#[test]
fn an_unknown_extra_parameter_has_a_path_of_its_own() {
    let (sent, paths) = answer(&[], "request.extra_param", Some("\"{\\\"x\\\":1}\""));
    assert_eq!(
        (sent.as_str(), paths),
        (SERVED, vec!["request.extra_param.x".to_owned()])
    );
}

#[rstest]
#[case::default(&[], "objection 3001")]
#[case::chosen(&[("missing-text", "3011")], "objection 3011")]
fn a_missing_text_is_a_matter_of_choice(#[case] knobs: &[(&str, &str)], #[case] sent: &str) {
    let expected = (sent.to_owned(), vec!["request.text".to_owned()]);
    assert_eq!(answer(knobs, "request.text", None), expected);
}

#[rstest]
#[case::at_the_limit("BV001_streaming", "volcano_tts", 1024, SERVED)]
#[case::above("BV001_streaming", "volcano_tts", 1025, "objection 3010")]
#[case::clone_voice("S_x", "volcano_tts", 1025, SERVED)]
#[case::clone_cluster("BV001_streaming", "volcano_icl", 1025, SERVED)]
#[case::guard("S_x", "volcano_icl", 1024 * 1024 + 1, "objection 3010")]
fn a_text_has_1024_bytes_unless_a_clone_speaks_it(
    #[case] voice: &str,
    #[case] cluster: &str,
    #[case] bytes: usize,
    #[case] sent: &str,
) {
    let (voice, cluster) = (format!("\"{voice}\""), format!("\"{cluster}\""));
    let text = format!("\"{}\"", "a".repeat(bytes));
    let changes = [
        ("audio.voice_type", Some(voice.as_str())),
        ("app.cluster", Some(cluster.as_str())),
        ("request.text", Some(text.as_str())),
    ];
    assert_eq!(answer_all(&[], &changes).0, sent);
}

#[test]
fn the_limit_counts_bytes_of_utf_8() {
    let text = format!("\"{}\"", "字".repeat(342));
    assert_eq!(answer(&[], "request.text", Some(&text)).0, "objection 3010");
    let text = format!("\"{}\"", "字".repeat(341));
    assert_eq!(answer(&[], "request.text", Some(&text)).0, SERVED);
}

#[rstest]
#[case::well_formed(&[], "<speak>hello <break/></speak>", SERVED)]
#[case::ill_formed(&[], "<speak>hello", "objection 3001")]
#[case::chosen(&[("ssml-error", "3011")], "<speak>hello", "objection 3011")]
#[case::silent(&[], "<speak><break/></speak>", "objection 3011")]
fn ssml_is_xml_that_says_something(
    #[case] knobs: &[(&str, &str)],
    #[case] text: &str,
    #[case] sent: &str,
) {
    let text = format!("\"{text}\"");
    let changes = [
        ("request.text_type", Some("\"ssml\"")),
        ("request.text", Some(text.as_str())),
    ];
    assert_eq!(answer_all(knobs, &changes).0, sent);
}

#[rstest]
#[case::clamp("clamp", "audio.volume_ratio", "50", 3000)]
#[case::clamp_low("clamp", "audio.volume_ratio", "0", 100)]
#[case::accept("accept", "audio.volume_ratio", "5", 5000)]
#[case::accept_within_reason("accept", "audio.volume_ratio", "50", 10_000)]
fn ratios_out_of_range_are_a_matter_of_choice(
    #[case] choice: &str,
    #[case] path: &str,
    #[case] json: &str,
    #[case] permille: u32,
) {
    let mut link = Link::open(&[("ratio-range", choice)]);
    link.request(&with(request("r", "submit"), path, Some(json)));
    assert_eq!(link.speeches().remove(0).volume_permille, permille);
    assert_eq!(link.findings().len(), 1);
}

#[rstest]
#[case::speed("audio.speed_ratio", Some("3.1"), &clauses::SPEED)]
#[case::volume("audio.volume_ratio", Some("50"), &clauses::VOLUME)]
#[case::loudness("audio.loudness_ratio", Some("0.4"), &clauses::LOUDNESS)]
#[case::pitch("audio.pitch_ratio", Some("0"), &clauses::PITCH)]
#[case::emotion_scale("audio.emotion_scale", Some("6"), &clauses::EMOTION_SCALE)]
#[case::compression_rate("audio.compression_rate", Some("21"), &clauses::COMPRESSION_RATE)]
#[case::silence("request.silence_duration", Some("30001"), &clauses::SILENCE)]
#[case::no_documented_range("audio.bitrate", Some("321"), &fault::RANGES)]
#[case::no_text("request.text", None, &clauses::TEXT)]
fn a_member_breaks_the_documented_rule_where_there_is_one(
    #[case] path: &str,
    #[case] json: Option<&str>,
    #[case] clause: &Clause,
) {
    let mut link = Link::open(&[]);
    link.request(&with(request("r", "query"), path, json));
    let ids: Vec<&str> = link.findings().iter().map(|f| f.clause.id).collect();
    assert_eq!(ids, [clause.id]);
}

#[test]
fn an_unknown_frontend_type_is_noted_once() {
    let changes = [
        ("request.with_frontend", Some("1")),
        ("request.frontend_type", Some("\"other\"")),
    ];
    let expected = (SERVED.to_owned(), vec!["request.frontend_type".to_owned()]);
    assert_eq!(answer_all(&[], &changes), expected);
    assert_eq!(answer_all(&[], &changes[..1]), expected);
}

#[test]
fn a_list_of_voices_takes_the_place_of_the_rule() {
    let knobs = [("voices", "one, zh_female_vv_uranus_bigtts")];
    assert_eq!(
        answer(&knobs, "audio.voice_type", Some("\"one\"")).0,
        SERVED
    );
    let uranus = Some("\"zh_female_vv_uranus_bigtts\"");
    assert_eq!(answer(&knobs, "audio.voice_type", uranus).0, SERVED);
    let numbered = Some("\"BV001_streaming\"");
    assert_eq!(
        answer(&knobs, "audio.voice_type", numbered).0,
        "objection 3050"
    );
}

#[test]
fn what_cannot_be_encoded_is_an_unknown_encoding() {
    let mut link = Link::open_as("Bearer; t", &[], |_| false);
    link.request(&request("r", "submit"));
    assert_eq!(kinds(&link.sent()), ["objection 3001"]);
    assert_eq!(
        link.findings()[0].place,
        Place::Path("audio.encoding".to_owned())
    );
}

#[test]
fn wrong_members_come_before_wrong_texts_and_voices() {
    let changes = [
        ("audio.voice_type", Some("\"xxx\"")),
        ("request.text", Some("\"\"")),
        ("audio.rate", Some("1")),
    ];
    assert_eq!(answer_all(&[], &changes).0, "objection 3001");
    assert_eq!(answer_all(&[], &changes[..2]).0, "objection 3011");
    assert_eq!(answer_all(&[], &changes).1.len(), 3);
}

#[test]
fn of_repeated_members_the_last_counts_and_each_is_noted() {
    let mut link = Link::open(&[]);
    let json = r#"{"app":{"appid":"a","token":"t","cluster":"volcano_tts"},"user":{"uid":"u"},
        "audio":{"voice_type":"xxx","voice_type":"BV001_streaming"},
        "request":{"reqid":"r","text":"hi","operation":"query"}}"#;
    link.receive(Form::Binary, super::framed(0x10, json.as_bytes()));
    let findings = link.findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(
        findings[0].place,
        Place::Path("audio.voice_type".to_owned())
    );
    assert_eq!(link.speeches().remove(0).voice, "BV001_streaming");
}

#[test]
fn a_flood_of_unknown_members_is_noted_in_part() {
    let mut flood = request("r", "query");
    let Value::Object(members) = &mut flood else {
        unreachable!("requests are objects")
    };
    members.extend((0..10_000).map(|n| (format!("{n}{}", "x".repeat(200)), Value::Null)));
    let mut link = Link::open(&[]);
    link.request(&flood);
    let findings = link.findings();
    assert_eq!(findings.len(), 32);
    assert!(findings.iter().all(|finding| finding.text.len() < 200));
}

#[test]
fn findings_never_contain_credentials() {
    let mut link = Link::open(&[]);
    let secret = object([
        ("appid", Value::from("SECRET-ID")),
        ("token", Value::Array(vec![Value::from("SECRET-TOKEN")])),
        ("cluster", Value::from("volcano_tts")),
    ]);
    let asked = with(
        request("r", "submit"),
        "app",
        Some(&secret.write(crate::json::Style::Compact)),
    );
    link.request(&asked);
    for finding in link.findings() {
        assert!(!format!("{finding:?}").contains("SECRET"));
    }
}
