//! Laws: any bytes are a message, and what is encoded decodes to itself.

use bytes::Bytes;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use proptest::{prop_assert, prop_assert_eq, proptest};

use crate::huawei::response::{Common, Failure, Reason};
use crate::huawei::rtts::message::{Format, Message, Rate, Start, Subtitle, decode};
use crate::huawei::rtts::response::{Entry, Phoneme, Response};
use crate::huawei::rtts::rules::Rules;
use crate::huawei::rtts::{ENDPOINT, voice};
use crate::json::Style;
use crate::json::respell::respelt;
use crate::knob::Knobs;
use crate::session::{Form, Side};

fn start() -> impl Strategy<Value = Start> {
    let format = prop_oneof![
        Just(Format::Pcm),
        Just(Format::Alaw),
        Just(Format::Ulaw),
        Just(Format::Mp3)
    ];
    let rate = prop_oneof![Just(Rate::Hz8000), Just(Rate::Hz16000)];
    let subtitle = prop_oneof![
        Just(None),
        Just(Some(Subtitle::Word)),
        Just(Some(Subtitle::Phoneme))
    ];
    let prosody = (-500_i32..=500, -500_i32..=500, 0_i32..=100);
    ("\\PC{1,500}", format, rate, prosody, subtitle).prop_map(
        |(text, format, rate, (speed, pitch, volume), subtitle)| Start {
            text,
            format,
            rate,
            property: "chinese_huaxiaomei_common".to_owned(),
            speed,
            pitch,
            volume,
            subtitle,
        },
    )
}

fn response() -> impl Strategy<Value = Response> {
    let phoneme = ("\\PC{0,3}", 0_u64..9, 0_u64..9, 0_u64..9).prop_map(
        |(phoneme, start_ms, end_ms, index)| Phoneme {
            phoneme,
            start_ms,
            end_ms,
            index,
        },
    );
    let phonemes = prop::collection::vec(phoneme, 0..3);
    let entry = ("\\PC{0,9}", 0_u64..99, 0_u64..99, 0_u64..9, phonemes).prop_map(
        |(text, start_ms, end_ms, word_index, phonemes)| Entry {
            start_ms,
            end_ms,
            text,
            word_index,
            phonemes,
        },
    );
    let failure = ("\\PC{0,9}", "\\PC{0,9}").prop_map(|(code, text)| Failure { code, text });
    prop_oneof![
        Just(Response::Common(Common::Start)),
        Just(Response::Common(Common::End(Reason::Error))),
        failure
            .clone()
            .prop_map(|it| Response::Common(Common::Error(it))),
        failure.prop_map(|it| Response::Common(Common::FatalError(it))),
        prop::collection::vec(entry, 0..4).prop_map(Response::Result),
    ]
}

fn rules() -> Rules {
    Rules::of(&Knobs::new(), |_| true)
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(bytes: Vec<u8>, binary: bool) {
        let form = if binary { Form::Binary } else { Form::Text };
        let payload = Bytes::from(bytes);
        let decoded = decode(form, &payload, &rules());
        prop_assert!(!decoded.findings.is_empty());
        let _ = (ENDPOINT.decode)(Side::Client, form, &payload);
        let _ = (ENDPOINT.decode)(Side::Server, form, &payload);
        let _ = (ENDPOINT.resembles)(&payload);
    }

    #[test]
    fn a_start_decodes_to_itself(start in start()) {
        let payload = Bytes::from(start.encode());
        let decoded = decode(Form::Text, &payload, &rules());
        prop_assert_eq!(decoded.findings, vec![]);
        prop_assert_eq!(decoded.message, Message::Start(Ok(start)));
    }

    #[test]
    fn a_response_decodes_to_itself(response in response(), id in any::<Option<u8>>()) {
        let id = id.map(|id| id.to_string());
        let payload = Bytes::from(response.encode(id.as_deref()));
        prop_assert_eq!(Response::decode(&payload), Ok((id, response)));
    }

    /// Encoding undoes decoding but for white space, the order of members and unknown ones.
    #[test]
    fn a_start_in_another_spelling_encodes_to_the_usual_one(start in start(), turns in 0..9_usize) {
        let usual = start.encode();
        let payload = Bytes::from(respelt(&usual, turns, Style::Indented(2)));
        let Message::Start(Ok(read)) = decode(Form::Text, &payload, &rules()).message else {
            panic!("no START: {payload:?}");
        };
        prop_assert_eq!(read.encode(), usual);
    }

    #[test]
    fn a_response_in_another_spelling_encodes_to_the_usual_one(
        response in response(), turns in 0..9_usize,
    ) {
        let usual = response.encode(Some("id"));
        let payload = Bytes::from(respelt(&usual, turns, Style::Spaced));
        let (id, read) = Response::decode(&payload).unwrap();
        prop_assert_eq!(read.encode(id.as_deref()), usual);
    }

    #[test]
    fn a_cut_start_is_refused_inside_the_text(start in start(), cut in 0.0..1.0) {
        let text = start.encode();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a fraction of a small length")]
        let cut = (text.len() as f64 * cut) as usize;
        let payload = Bytes::copy_from_slice(&text.as_bytes()[..cut]);
        let decoded = decode(Form::Text, &payload, &rules());
        prop_assert_eq!(decoded.kind, "malformed");
        let error = (ENDPOINT.decode)(Side::Client, Form::Text, &payload).unwrap_err();
        prop_assert!(error.offset <= cut);
    }
}

#[test]
fn the_tables_of_voices_agree_with_the_lists_of_the_page() {
    let long = voice::VOICES
        .iter()
        .filter(|it| it.reach == voice::Reach::Long && it.family == voice::Family::Premium);
    assert_eq!(long.count(), 14);
    let timed = voice::VOICES
        .iter()
        .filter(|it| it.timing == voice::Timing::Known && it.family == voice::Family::Premium);
    assert_eq!(timed.count(), 10);
    assert!(voice::VOICES.iter().all(|it| voice::is_shaped(it.name)));
}
