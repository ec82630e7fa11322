//! Laws: any bytes are a message, and what is encoded decodes to itself.

use bytes::Bytes;
use proptest::prelude::{Just, Strategy, prop, prop_oneof};
use proptest::{prop_assert_eq, proptest};

use crate::huawei::peer::Peer;
use crate::huawei::rasr::SENTENCE;
use crate::huawei::rasr::format::FORMATS;
use crate::huawei::rasr::message::{Choice, End, Message, Rules, Start, decode};
use crate::huawei::rasr::response::{Event, Recognised, Response, Segment, Word};
use crate::json::Style;
use crate::json::respell::respelt;
use crate::knob::Knobs;
use crate::session::{Form, Side};

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![Just(Choice::Yes), Just(Choice::No)]
}

fn start() -> impl Strategy<Value = Start> {
    let numbers = (0_i32..=60_000, 0_i32..=3000, 1_i32..=60);
    let choices = (choice(), choice(), choice(), choice());
    let vocabulary = prop::option::of("[a-z0-9-]{1,9}");
    (0_usize..6, numbers, choices, vocabulary).prop_map(
        |(format, numbers, choices, vocabulary_id)| {
            let format = FORMATS[format];
            Start {
                format,
                property: format!("chinese_{}_common", format.model_rate()),
                add_punc: choices.0,
                digit_norm: choices.1,
                vad_head_ms: numbers.0,
                vad_tail_ms: numbers.1,
                max_seconds: numbers.2,
                interim_results: choices.2,
                vocabulary_id,
                need_word_info: choices.3,
            }
        },
    )
}

fn response() -> impl Strategy<Value = Response> {
    let word = ("\\PC{0,3}", 0_u64..99, 0_u64..99).prop_map(|(word, start_ms, end_ms)| Word {
        start_ms,
        end_ms,
        word,
    });
    let words = prop::option::of(prop::collection::vec(word, 0..3));
    let result =
        ("\\PC{0,9}", 0_u32..=1000, words).prop_map(|(text, permille, words)| Recognised {
            text,
            score: f64::from(permille) / 1000.0,
            words,
        });
    let segment = (
        0_u64..99,
        0_u64..99,
        proptest::bool::ANY,
        prop::option::of(result),
    )
        .prop_map(|(start_ms, end_ms, is_final, result)| Segment {
            start_ms,
            end_ms,
            is_final,
            result,
        });
    let event = prop_oneof![Just(Event::VoiceStart), Just(Event::ExceededAudio)];
    prop_oneof![
        prop::collection::vec(segment, 0..3).prop_map(Response::Result),
        (event, 0_u64..99).prop_map(|(event, timestamp_ms)| Response::Event {
            event,
            timestamp_ms
        }),
    ]
}

/// Something that a client, right or wrong, may do next.
fn step() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(b"tSTART".to_vec()),
        Just(
            br#"t{"command":"START","config":{"audio_format":"pcm8k16bit","property":"a_8k_b"}}"#
                .to_vec()
        ),
        Just(br#"t{"command":"END"}"#.to_vec()),
        Just(br#"t{"command":"END","cancel":true}"#.to_vec()),
        Just(vec![b'b'; 401]),
        Just(b"b".to_vec()),
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(bytes: Vec<u8>, binary: bool) {
        let form = if binary { Form::Binary } else { Form::Text };
        let payload = Bytes::from(bytes);
        let decoded = decode(form, &payload, &Rules::of(&Knobs::new()));
        prop_assert_eq!(decoded.findings.is_empty(), binary);
        let _ = (SENTENCE.decode)(Side::Client, form, &payload);
        let _ = (SENTENCE.decode)(Side::Server, form, &payload);
        let _ = (SENTENCE.resembles)(&payload);
    }

    #[test]
    fn a_start_decodes_to_itself(start in start()) {
        let payload = Bytes::from(start.encode());
        let decoded = decode(Form::Text, &payload, &Rules::of(&Knobs::new()));
        prop_assert_eq!(decoded.findings, vec![]);
        prop_assert_eq!(decoded.message, Message::Start(Ok(start)));
    }

    #[test]
    fn an_end_decodes_to_itself(end in prop_oneof![Just(End::Finish), Just(End::Cancel)]) {
        let payload = Bytes::from(end.encode());
        let decoded = decode(Form::Text, &payload, &Rules::of(&Knobs::new()));
        prop_assert_eq!(decoded.message, Message::End(Ok(end)));
    }

    #[test]
    fn a_response_decodes_to_itself(response in response()) {
        let payload = Bytes::from(response.encode(Some("id")));
        prop_assert_eq!(Response::decode(&payload), Ok((Some("id".to_owned()), response)));
    }

    /// Encoding undoes decoding but for white space, the order of members and unknown ones.
    #[test]
    fn a_start_in_another_spelling_encodes_to_the_usual_one(start in start(), turns in 0..9_usize) {
        let usual = start.encode();
        let payload = Bytes::from(respelt(&usual, turns, Style::Indented(2)));
        let rules = Rules::of(&Knobs::new());
        let Message::Start(Ok(read)) = decode(Form::Text, &payload, &rules).message else {
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

    /// Whatever the client does, the server sends nothing that its table forbids (the peer checks).
    #[test]
    fn the_table_holds_whatever_the_client_does(steps in prop::collection::vec(step(), 0..24)) {
        let mut peer = Peer::new(&SENTENCE);
        for step in steps {
            match step.split_first() {
                Some((b't', text)) => peer.text(std::str::from_utf8(text).unwrap()),
                Some((_, audio)) => peer.binary(audio),
                None => unreachable!(),
            };
        }
    }
}
