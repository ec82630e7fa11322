use rstest::rstest;

use super::{Peer, text_of};
use crate::ibm::knobs;
use crate::knob::Knob;
use crate::session::{Action, Form, Session};

const HELLO: &str = r#"{"text":"Hello world","accept":"audio/wav"}"#;
const CONFIRMED: &str = r#"binary_streams [{"content_type":"audio/wav"}]"#;

#[test]
fn a_request_is_confirmed_spoken_and_closed() {
    let mut peer = Peer::plain();
    peer.send(HELLO);
    assert_eq!(peer.seen(), [CONFIRMED, "audio", "close 1000"]);
    assert_eq!(peer.noted(), [""; 0]);
    let speech = peer.spoken();
    assert_eq!(speech.voice, "en-US_MichaelV3Voice");
    assert_eq!((speech.speed_permille, speech.pitch_permille), (1000, 1000));
}

#[rstest]
#[case::voice("voice=en-US_LisaExpressive", "en-US_LisaExpressive", 1000, 1000)]
#[case::former("voice=en-US_AllisonVoice", "en-US_AllisonV3Voice", 1000, 1000)]
#[case::rate("rate_percentage=+20", "en-US_MichaelV3Voice", 1200, 1000)]
#[case::slower("rate_percentage=-10", "en-US_MichaelV3Voice", 900, 1000)]
#[case::pitch("pitch_percentage=-50", "en-US_MichaelV3Voice", 1000, 500)]
#[case::higher("pitch_percentage=100", "en-US_MichaelV3Voice", 1000, 2000)]
fn the_query_sets_the_voice(
    #[case] query: &str,
    #[case] voice: &str,
    #[case] speed: u32,
    #[case] pitch: u32,
) {
    let mut peer = Peer::open(query, &[]);
    peer.send(HELLO);
    let speech = peer.spoken();
    assert_eq!(speech.voice, voice);
    assert_eq!(
        (speech.speed_permille, speech.pitch_permille),
        (speed, pitch)
    );
}

#[test]
fn json_is_indented_by_three_blanks() {
    let mut peer = Peer::plain();
    let actions = peer.send_only(Form::Text, HELLO.as_bytes());
    let sent = actions.iter().find_map(|action| match action {
        Action::Send { data, .. } => Some(text_of(data)),
        _ => None,
    });
    let expected = "{\n   \"binary_streams\": [\n      {\n         \"content_type\": \"audio/wav\"\n      }\n   ]\n}";
    assert_eq!(sent, Some(expected));
}

#[rstest]
#[case::java(r#""action":"start","rate_percentage":10,"pitch_percentage":-5"#, &[])]
#[case::third_party(r#""voice":"en-US_LisaVoice""#, &[])]
#[case::other(r#""action":"start","invalid-parameter":1"#, &["IBT-OLGY invalid-parameter"])]
fn what_sdks_send_is_warned_of_but_no_slip(#[case] members: &str, #[case] expected: &[&str]) {
    let mut peer = Peer::plain();
    peer.send(&format!(
        r#"{{"text":"Hi","accept":"audio/wav",{members}}}"#
    ));
    assert!(peer.seen()[1].starts_with("warnings "));
    assert_eq!(peer.noted(), expected);
}

#[rstest]
#[case::member("", r#""invalid-parameter":1"#, &["warnings \"Unknown arguments: invalid-parameter.\""])]
#[case::java("", r#""action":"start","voice":"x""#, &["warnings \"Unknown arguments: action, voice.\""])]
#[case::twice("", r#""a":1,"a":2"#, &["warnings \"Unknown arguments: a.\""])]
#[case::query("a=1&b=2", r#""timings":[]"#, &["warnings \"Unknown url query arguments: a, b.\""])]
#[case::both("a=1", r#""b":1"#, &[
    "warnings \"Unknown url query arguments: a.\"",
    "warnings \"Unknown arguments: b.\"",
])]
fn what_is_unknown_is_warned_of_after_the_format(
    #[case] query: &str,
    #[case] members: &str,
    #[case] warnings: &[&str],
) {
    let request = format!(r#"{{"text":"Hi","accept":"audio/wav",{members}}}"#);
    let mut peer = Peer::open(query, &[]);
    peer.send(&request);
    let mut expected = vec![CONFIRMED];
    expected.extend(warnings);
    expected.extend(["audio", "close 1000"]);
    assert_eq!(peer.seen(), expected);

    let mut silent = Peer::open(query, &[(&knobs::UNKNOWN_MEMBERS, "silent")]);
    silent.send(&request);
    assert_eq!(silent.seen(), [CONFIRMED, "audio", "close 1000"]);
}

#[rstest]
#[case::text(r#"{"text":"again","accept":"audio/wav"}"#.as_bytes(), Form::Text, &knobs::SECOND_MESSAGE)]
#[case::stop(br#"{"action":"stop"}"#, Form::Text, &knobs::SECOND_MESSAGE)]
#[case::fragment(b"agai", Form::Text, &knobs::SECOND_MESSAGE)]
#[case::binary(b"\0\x01", Form::Binary, &knobs::CLIENT_BINARY)]
fn further_messages_are_ignored_or_refused(
    #[case] payload: &[u8],
    #[case] form: Form,
    #[case] knob: &Knob,
) {
    let mut peer = Peer::plain();
    peer.send_only(Form::Text, HELLO.as_bytes());
    assert_eq!(peer.send_only(form, payload).len(), 1, "one finding");
    assert_eq!(peer.noted(), [format!("{} -", knob.clause.id)]);

    let mut strict = Peer::open("", &[(knob, "error")]);
    strict.send_only(Form::Text, HELLO.as_bytes());
    let actions = strict.send_only(form, payload);
    assert!(actions.contains(&Action::StopSpeaking));
    let last = strict.seen().pop();
    let close = "close 1011 see the previous message for the error details.";
    assert_eq!(last.as_deref(), Some(close));
    assert!(
        strict.send_only(form, payload).len() <= 1,
        "nothing after the close"
    );
}

#[test]
fn a_binary_message_before_the_request_is_no_request() {
    let mut peer = Peer::plain();
    peer.send_only(Form::Binary, b"x");
    peer.send(HELLO);
    assert_eq!(peer.seen(), [CONFIRMED, "audio", "close 1000"]);
    assert_eq!(peer.noted().len(), 1);
    assert_eq!(peer.session.state(), "speaking");
}

#[rstest]
#[case::default("", &[], r#"{"text":"x","accept":"*/*"}"#, "audio/ogg;codecs=opus")]
#[case::mp3("", &[], r#"{"text":"x","accept":"audio/mp3"}"#, "audio/mpeg")]
#[case::left_out("", &[(&knobs::MISSING_ACCEPT, "default")], r#"{"text":"x"}"#, "audio/ogg;codecs=opus")]
#[case::further("voice=en-AU_MadisonVoice", &[(&knobs::FURTHER_VOICES, "en-AU_MadisonVoice")], r#"{"text":"x","accept":"audio/flac"}"#, "audio/flac")]
#[case::installation("", &[(&knobs::DEFAULT_VOICE, "en-US_AllisonVoice")], r#"{"text":"x","accept":"audio/flac"}"#, "audio/flac")]
fn the_format_has_the_services_name(
    #[case] query: &str,
    #[case] choices: &[(&Knob, &str)],
    #[case] request: &str,
    #[case] expected: &str,
) {
    let mut peer = Peer::open(query, choices);
    peer.send(request);
    let expected = format!("binary_streams [{{\"content_type\":\"{expected}\"}}]");
    assert_eq!(peer.seen(), [expected.as_str(), "audio", "close 1000"]);
}

#[rstest]
#[case::low("audio/wav;rate=8000", 400)]
#[case::high("audio/l16;rate=192000", 156)]
#[case::mulaw("audio/mulaw;rate=192000", 312)]
fn audio_messages_stay_below_their_size(#[case] accept: &str, #[case] ms: u32) {
    let mut peer = Peer::plain();
    peer.send(&format!(r#"{{"text":"x","accept":"{accept}"}}"#));
    let chunking = crate::speech::Chunking::Millis(ms);
    assert_eq!(peer.spoken().chunking, chunking);
}

#[test]
fn a_chunk_that_is_too_large_is_cut() {
    let mut peer = Peer::plain();
    peer.send_only(Form::Text, HELLO.as_bytes());
    let actions = peer.turn(|session, turn| {
        let event = crate::speech::SpeechEvent::Audio {
            bytes: vec![7; 200_000].into(),
            until_us: 1,
            last: true,
        };
        session.spoken(event, turn);
    });
    let lengths: Vec<usize> = actions
        .iter()
        .filter_map(|action| match action {
            Action::Send { data, .. } => Some(data.len()),
            _ => None,
        })
        .collect();
    assert_eq!(lengths, [65_536, 65_536, 65_536, 3392]);
}

#[rstest]
#[case::silence(r#"{"text":"<break time=\"1s\"/>","accept":"audio/wav"}"#)]
#[case::punctuation(r#"{"text":"…","accept":"audio/wav"}"#)]
fn text_without_words_is_silence(#[case] request: &str) {
    let mut peer = Peer::plain();
    peer.send(request);
    assert_eq!(peer.seen(), [CONFIRMED, "audio", "close 1000"]);
}
