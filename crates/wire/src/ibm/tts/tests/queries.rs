use rstest::rstest;

use super::{chosen, head};
use crate::finding::Place;
use crate::ibm::error::Failure;
use crate::ibm::knobs;
use crate::ibm::tts::query::Query;
use crate::knob::Knob;

fn read(query: &str, choices: &[(&Knob, &str)]) -> Query {
    Query::read(&head(query), &chosen(choices))
}

fn paths(query: &Query) -> Vec<&str> {
    let places = query.findings.iter().map(|finding| &finding.place);
    places
        .map(|place| match place {
            Place::Path(path) => path.as_str(),
            _ => "-",
        })
        .collect()
}

#[rstest]
#[case::none("", 1000)]
#[case::nought("rate_percentage=0", 1000)]
#[case::unsigned("rate_percentage=10", 1100)]
#[case::plus("rate_percentage=+10", 1100)]
#[case::escaped_plus("rate_percentage=%2B10", 1100)]
#[case::blank("rate_percentage=%2010", 1100)]
#[case::minus("rate_percentage=-10", 900)]
#[case::half("rate_percentage=-50", 500)]
#[case::far_below("rate_percentage=-100", 250)]
#[case::far_above("rate_percentage=9223372036854775807", 4000)]
#[case::beyond_64_bits("rate_percentage=99999999999999999999", 4000)]
#[case::below_64_bits("rate_percentage=-99999999999999999999", 250)]
#[case::first_counts("rate_percentage=10&rate_percentage=20", 1100)]
fn a_percentage_is_an_integer_with_or_without_a_sign(#[case] query: &str, #[case] speed: u32) {
    let query = read(query, &[]);
    assert_eq!(query.speed_permille, speed);
    assert_eq!(query.refused, []);
}

#[rstest]
#[case::word("rate_percentage=fast", "rate_percentage")]
#[case::fraction("rate_percentage=1.5", "rate_percentage")]
#[case::percent("pitch_percentage=10%25", "pitch_percentage")]
#[case::empty("pitch_percentage=", "pitch_percentage")]
#[case::sign("rate_percentage=-", "rate_percentage")]
#[case::two_signs("rate_percentage=%2B-1", "rate_percentage")]
#[case::mode("spell_out_mode=letters", "spell_out_mode")]
#[case::mode_case("spell_out_mode=Singles", "spell_out_mode")]
#[case::guid("customization_id=mine", "customization_id")]
#[case::guid_form(
    "customization_id=82f4809a-bf63-89a6-52ca-22731fe467bg",
    "customization_id"
)]
fn a_value_that_cannot_be_used_is_refused(#[case] text: &str, #[case] parameter: &str) {
    let query = read(text, &[]);
    let [refused] = query.refused.as_slice() else {
        panic!("{:?}", query.refused);
    };
    assert_eq!(refused.failure.status(), (400, "Bad Request"));
    assert_eq!(refused.finding.place, Place::Path(parameter.to_owned()));
    assert!(query.refused_in_handshake(&chosen(&[])).is_some());

    let later = [(&knobs::BAD_QUERY, "message")];
    let query = read(text, &later);
    assert!(query.refused_in_handshake(&chosen(&later)).is_none());
    assert_eq!(read(text, &[(&knobs::BAD_QUERY, "ignore")]).refused, []);
}

#[rstest]
#[case::unknown("voice=en-US_NobodyVoice", "en-US_NobodyVoice")]
#[case::empty("voice=", "")]
#[case::case("voice=en-us_michaelv3voice", "en-us_michaelv3voice")]
fn an_unknown_voice_is_not_found(#[case] text: &str, #[case] name: &str) {
    let query = read(text, &[]);
    let failure = &query.refused[0].failure;
    assert_eq!(*failure, Failure::Voice(name.to_owned()));
    assert_eq!(failure.status(), (404, "Not Found"));
}

#[rstest]
#[case::modes("spell_out_mode=singles&voice=de-DE_BirgitV3Voice", &[])]
#[case::triples("spell_out_mode=triples&voice=de-DE_BirgitVoice", &[])]
#[case::triplets("spell_out_mode=triplets", &["spell_out_mode"])]
#[case::guid("customization_id=82f4809a-bf63-89a6-52ca-22731fe467ba", &[])]
#[case::tokens("access_token=a&watson-token=b", &[])]
#[case::metadata("x-watson-metadata=customer_id%3dmy_ID", &[])]
#[case::metadata_case("X-Watson-Metadata=customer_id=x&X-Watson-Learning-Opt-Out=1", &[])]
#[case::bad_metadata("x-watson-metadata=me", &["x-watson-metadata"])]
#[case::opt_out("x-watson-learning-opt-out=true", &[])]
#[case::bad_opt_out("x-watson-learning-opt-out=yes", &["x-watson-learning-opt-out"])]
#[case::unhelpful("rate_percentage=-51&pitch_percentage=101", &["rate_percentage", "pitch_percentage"])]
#[case::former("voice=fr-FR_ReneeVoice", &[])]
#[case::repeated("voice=en-US_EmilyV3Voice&voice=x", &["voice"])]
#[case::unknown("speed=2", &["speed"])]
fn oddities_are_noted_and_do_no_harm(#[case] text: &str, #[case] expected: &[&str]) {
    let query = read(text, &[]);
    assert_eq!(paths(&query), expected);
    assert_eq!(query.refused, []);
}

#[rstest]
#[case::known("voice=en-US_EmilyV3Voice&voice=x", &["the parameter again"])]
#[case::unknown("a=1&a=2", &["an unknown parameter", "the parameter again"])]
fn a_repeated_parameter_is_told_as_such(#[case] text: &str, #[case] expected: &[&str]) {
    let query = read(text, &[]);
    let found: Vec<&str> = query.findings.iter().map(|f| f.found.as_str()).collect();
    assert_eq!(found, expected);
}

#[test]
fn models_can_be_listed() {
    let id = "82f4809a-bf63-89a6-52ca-22731fe467ba";
    let listed = [(&knobs::CUSTOMIZATIONS, id)];
    let known = read(&format!("customization_id={id}"), &listed);
    assert_eq!(known.refused, []);
    let other = read(
        "customization_id=00000000-0000-0000-0000-000000000000",
        &listed,
    );
    assert_eq!(other.refused.len(), 1);
}

#[test]
fn an_installation_without_the_default_voice_has_to_be_told_one() {
    let bare = [(&knobs::DEFAULT_VOICE, "")];
    assert_eq!(read("", &bare).refused.len(), 1);
    assert_eq!(read("voice=en-US_EmilyV3Voice", &bare).refused, []);
}

proptest::proptest! {
    #[test]
    fn any_query_is_read(query in ".{0,60}") {
        let query = read(&query, &[]);
        let refused = query.refused.iter().any(|r| matches!(r.failure, Failure::Voice(_)));
        proptest::prop_assert_eq!(query.voice.is_none(), refused);
    }
}
