use rstest::rstest;

use super::{Script, read};
use crate::ibm::error::{Blanks, Refused};
use crate::ibm::knobs;
use crate::ibm::voices::{Named, Voice};
use crate::knob::{Knob, Knobs};
use crate::speech::Unit;

const ENHANCED: &str = "en-US_MichaelV3Voice";
const EXPRESSIVE: &str = "en-US_LisaExpressive";
const NATURAL: &str = "en-US_EllieNatural";

fn with(text: &str, voice: &str, choices: &[(&Knob, &str)]) -> Result<Script, Refused> {
    let Named::Current(voice) = Voice::named(voice, "") else {
        panic!("no voice {voice}");
    };
    let mut chosen = Knobs::new();
    for (knob, value) in choices {
        chosen.set(knobs::ALL, knob.name, value).unwrap();
    }
    read(text, &voice, &chosen)
}

fn script(text: &str) -> Script {
    with(text, ENHANCED, &[]).unwrap()
}

fn units(script: &Script) -> String {
    let shown: Vec<String> = script
        .units
        .iter()
        .map(|unit| match unit {
            Unit::Word {
                text,
                speed_permille: 1000,
            } => text.clone(),
            Unit::Word {
                text,
                speed_permille,
            } => format!("{text}*{speed_permille}"),
            Unit::SentenceEnd => "/".to_owned(),
            Unit::Pause { ms } => format!("<{ms}>"),
            Unit::Mark(name) => format!("@{name}"),
        })
        .collect();
    shown.join("|")
}

fn tokens(script: &Script) -> Vec<&str> {
    script
        .tokens
        .iter()
        .map(|token| token.text.as_str())
        .collect()
}

#[rstest]
#[case::numbers(
    "The coldest is -89.2 degrees on July 21, 1983!",
    &["The", "coldest", "is", "-89.2", "degrees", "on", "July", "21,", "1983!"]
)]
#[case::condition("If it is sunny, go to the beach.", &["If", "it", "is", "sunny,", "go", "to", "the", "beach."])]
#[case::date(
    "born on <say-as interpret-as=\"date\" format=\"mdy\">3/4/2016</say-as>.",
    &["born", "on", "3/4/2016."]
)]
#[case::letters("<say-as interpret-as=\"letters\">Hello</say-as>.", &["Hello."])]
#[case::phoneme("The <phoneme alphabet=\"ibm\" ph=\".0tx.1me.0fo\">tomato</phoneme> was ripe.", &["The", "tomato", "was", "ripe."])]
#[case::empty_phoneme("The <phoneme ph=\".0tx.1me.0fo\"/> was ripe.", &["The", "<phoneme>", "was", "ripe."])]
#[case::sub("I work at <sub alias=\"International Business Machines\">IBM</sub>.", &["I", "work", "at", "IBM."])]
#[case::content_of_many_words("<say-as interpret-as='date'>4 March</say-as>, ok", &["4 March,", "ok"])]
#[case::break_between("a<break time='1s'/>b", &["a", "b"])]
#[case::mark_between("a<mark name='m'/>b", &["a", "b"])]
#[case::other_elements("a<emphasis>b</emphasis>c <voice name='x'>d</voice>", &["abc", "d"])]
#[case::before("(<sub alias='x y'>z</sub>)", &["(z)"])]
#[case::lone("a - b", &["a-", "b"])]
#[case::opening("¿ Qué ?", &["¿Qué?"])]
#[case::entities("salt &amp; pepper &lt;3", &["salt&", "pepper", "<3"])]
#[case::apostrophes("It's \"fine\" and/or > 1", &["It's", "\"fine\"", "and/or>", "1"])]
#[case::cdata("<![CDATA[a <b>]]>", &["a", "<b>"])]
#[case::nothing("", &[])]
#[case::punctuation("?!", &[])]
fn tokens_are_the_input_as_it_was_written(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(tokens(&script(text)), expected);
}

#[rstest]
#[case::plain("Hello world.", "Hello|world.")]
#[case::sentences("Yes. No! (Yes.) So", "Yes.|/|No!|/|(Yes.)|/|So")]
#[case::sub(
    "at <sub alias='International Business Machines'>IBM</sub>.",
    "at|International|Business|Machines."
)]
#[case::spelled("<say-as interpret-as='digits'>123</say-as>!", "1|2|3!")]
#[case::paragraphs("<p>a</p><p>b</p>", "a|/|b")]
#[case::sentence_elements("<s>a.</s> <sentence>b</sentence>c", "a.|/|b|/|c")]
#[case::breaks("a<break/>b <break strength='x-strong'/> c", "a|<500>|b|<1000>|c")]
#[case::suppressed("a. <break strength='none'/> b", "a.|b")]
#[case::mark("Hello <mark name=\"here\"/> world", "Hello|@here|world")]
#[case::mark_inside("<sub alias='x'>a<mark name='m'/></sub> b", "x|@m|b")]
#[case::rate(
    "<prosody rate='slow'>a <prosody rate='x-slow'>b</prosody></prosody> c",
    "a*750|b*375|c"
)]
#[case::words_a_minute("<prosody rate='60'>a</prosody>", "a*500")]
#[case::pitch_alone("<prosody pitch='+5st'>a</prosody>", "a")]
#[case::declaration("<?xml version=\"1.0\"?>\n<speak version=\"1.1\">a</speak>", "a")]
#[case::namespace(
    "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='en-US'>a</speak>",
    "a"
)]
#[case::bare_speak("<speak>a</speak>", "a")]
#[case::bom("\u{feff}<speak>a</speak>", "a")]
#[case::dropped("<audio src='x'><desc>a</desc></audio><foo>b</foo>", "ab")]
#[case::comment("a <!-- no --> b", "a|b")]
fn markup_decides_what_is_spoken(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(units(&script(text)), expected);
}

#[test]
fn a_token_covers_its_spoken_words() {
    let script = script("at <sub alias='a b c'>IBM</sub>. Bye");
    let covered: Vec<_> = script.tokens.iter().map(|t| t.words.clone()).collect();
    assert_eq!(covered, [0..1, 1..4, 4..5]);
}

#[rstest]
#[case::currency(
    "<say-as interpret-as=\"currency\">a</say-as>",
    ENHANCED,
    "Tag <say-as> has invalid attribute interpret-as=currency"
)]
#[case::no_interpretation(
    "<say-as>a</say-as>",
    ENHANCED,
    "Tag <say-as> is missing required attribute interpret-as"
)]
#[case::no_ph(
    "<phoneme alphabet='ipa'>a</phoneme>",
    ENHANCED,
    "Tag <phoneme> is missing required attribute ph"
)]
#[case::empty_ph(
    "<phoneme ph=''>a</phoneme>",
    ENHANCED,
    "Tag <phoneme> has invalid attribute ph="
)]
#[case::no_alias(
    "<sub>a</sub>",
    ENHANCED,
    "Tag <sub> is missing required attribute alias"
)]
#[case::prosody(
    "<prosody>a</prosody>",
    ENHANCED,
    "Tag <prosody> is missing required attribute pitch or rate"
)]
#[case::rate(
    "<prosody rate='xyz'>a</prosody>",
    ENHANCED,
    "Tag <prosody> has invalid attribute rate=xyz"
)]
#[case::pitch(
    "<prosody pitch='5st'>a</prosody>",
    ENHANCED,
    "Tag <prosody> has invalid attribute pitch=5st"
)]
#[case::volume(
    "<prosody rate='slow' volume='loud'>a</prosody>",
    ENHANCED,
    "Tag <prosody> has invalid attribute volume=loud"
)]
#[case::contour(
    "<prosody contour='(0%,+20Hz)'>a</prosody>",
    ENHANCED,
    "Tag <prosody> has invalid attribute contour=(0%,+20Hz)"
)]
#[case::percent_only(
    "<prosody rate='slow'>a</prosody>",
    EXPRESSIVE,
    "Tag <prosody> has invalid attribute rate=slow"
)]
#[case::hertz(
    "<prosody pitch='150Hz'>a</prosody>",
    EXPRESSIVE,
    "Tag <prosody> has invalid attribute pitch=150Hz"
)]
#[case::version(
    "<speak version='2.0'>a</speak>",
    ENHANCED,
    "Tag <speak> has invalid attribute version=2.0"
)]
#[case::no_style(
    "<express-as>a</express-as>",
    EXPRESSIVE,
    "Tag <express-as> is missing required attribute style"
)]
#[case::style(
    "<express-as style='angry'>a</express-as>",
    EXPRESSIVE,
    "Tag <express-as> has invalid attribute style=angry"
)]
#[case::no_expression(
    "<express-as style='cheerful'>a</express-as>",
    ENHANCED,
    "Tag <express-as> is not supported by voice en-US_MichaelV3Voice"
)]
#[case::mark(
    "<mark name='_x'/>",
    ENHANCED,
    "Tag <mark> has invalid attribute name=_x"
)]
#[case::nameless("<mark/>", ENHANCED, "Tag <mark> is missing required attribute name")]
#[case::ampersand("a & b", ENHANCED, "The input text is not well-formed SSML.")]
#[case::less("1 < 2", ENHANCED, "The input text is not well-formed SSML.")]
#[case::unclosed("<speak>a", ENHANCED, "The input text is not well-formed SSML.")]
#[case::crossed("<p><s>a</p></s>", ENHANCED, "The input text is not well-formed SSML.")]
#[case::closing("</t>a<t>", ENHANCED, "The input text is not well-formed SSML.")]
#[case::entity("a&nbsp;b", ENHANCED, "The input text is not well-formed SSML.")]
#[case::doctype(
    "<!DOCTYPE a [<!ENTITY b 'c'>]><speak>&b;</speak>",
    ENHANCED,
    "The input text is not well-formed SSML."
)]
#[case::prefix("<a:b>c</a:b>", ENHANCED, "The input text is not well-formed SSML.")]
#[case::control("a\u{1}b", ENHANCED, "The input text is not well-formed SSML.")]
fn what_is_wrong_is_said(#[case] text: &str, #[case] voice: &str, #[case] expected: &str) {
    let refused = with(text, voice, &[]).unwrap_err();
    assert_eq!(refused.failure.text(Blanks::One), expected);
    assert_eq!(
        refused.finding.place,
        crate::finding::Place::Path("text".to_owned())
    );
}

#[rstest]
#[case::simple("ab & c", 3)]
#[case::second_line("é\n&x", 3)]
#[case::after_declaration("<?xml version='1.0'?>a & b", 23)]
fn ill_formed_markup_is_located(#[case] text: &str, #[case] offset: usize) {
    let found = with(text, ENHANCED, &[]).unwrap_err().finding.found;
    assert!(
        found.contains(&format!("at byte {offset} of the text")),
        "{found}"
    );
}

#[rstest]
#[case::voice("<voice name='x'>a</voice>", ENHANCED, 0)]
#[case::unknown("<audio src='x'/>", ENHANCED, 1)]
#[case::extra("<break time='1s' colour='red'/>", ENHANCED, 1)]
#[case::optional("<break time='soon'/>", ENHANCED, 1)]
#[case::alphabet("<phoneme alphabet='x' ph='a'>b</phoneme>", ENHANCED, 1)]
#[case::level("<emphasis level='much'>a</emphasis>", ENHANCED, 1)]
#[case::repeated("<mark name='a'/>b<mark name='a'/>", ENHANCED, 1)]
#[case::natural_mark("<mark name='a'/>b", NATURAL, 1)]
#[case::natural_prosody("<prosody>b</prosody>", NATURAL, 1)]
#[case::merel("<mark name='a'/>b", "nl-NL_MerelV3Voice", 1)]
#[case::long("<break time='1000s'/>", ENHANCED, 1)]
#[case::language(
    "<speak xml:lang='en-US' version='1.0'><p xml:lang='en'>a</p></speak>",
    ENHANCED,
    0
)]
#[case::style("<express-as style='cheerful'>a</express-as>", EXPRESSIVE, 0)]
#[case::percent("<prosody rate='+10%' pitch='-10%'>a</prosody>", EXPRESSIVE, 0)]
fn oddities_are_noted(#[case] text: &str, #[case] voice: &str, #[case] count: usize) {
    let script = with(text, voice, &[]).unwrap();
    assert_eq!(script.findings.len(), count, "{:?}", script.findings);
}

#[test]
fn natural_voices_have_neither_marks_nor_prosody() {
    let text = "<prosody rate='slow'>a</prosody> <mark name='m'/> b";
    let script = with(text, NATURAL, &[]).unwrap();
    assert_eq!((units(&script).as_str(), script.marks.len()), ("a|b", 0));
}

#[rstest]
#[case::mark("<mark name='_x'/>a", &knobs::MARK_NAMES, "keep", Some(1))]
#[case::nameless("<mark/>a", &knobs::MARK_NAMES, "keep", Some(1))]
#[case::optional("<break time='soon'/>", &knobs::OPTIONAL_ATTRIBUTES, "error", None)]
fn knobs_choose(
    #[case] text: &str,
    #[case] knob: &Knob,
    #[case] value: &str,
    #[case] findings: Option<usize>,
) {
    let script = with(text, ENHANCED, &[(knob, value)]).ok();
    assert_eq!(script.map(|script| script.findings.len()), findings);
}

#[test]
fn breaks_are_bounded_together() {
    let text = "<break time='200s'/>".repeat(200);
    let script = script(&text);
    assert_eq!(units(&script), "<200000>|<100000>");
}

#[test]
fn deep_markup_costs_no_stack() {
    let text = "<s>".repeat(200_000) + "a" + &"</s>".repeat(200_000);
    assert_eq!(units(&script(&text)), "a");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        let _ = with(&text, ENHANCED, &[]);
    }

    #[test]
    fn tokens_cover_all_words_in_order(text in "([a-z.,]{1,4}| |<s>[a-z]</s>|<sub alias='a b'>c</sub>|<mark name='m'/>){0,12}") {
        let script = script(&text);
        let words = script.units.iter().filter(|u| matches!(u, Unit::Word { .. })).count();
        let mut next = 0;
        for token in &script.tokens {
            proptest::prop_assert_eq!(token.words.start, next);
            proptest::prop_assert!(token.words.end > next);
            next = token.words.end;
        }
        proptest::prop_assert_eq!(next, words);
    }
}
