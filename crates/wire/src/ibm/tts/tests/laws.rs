use bytes::Bytes;
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::Peer;
use crate::ibm::tts::dump::decode;
use crate::ibm::tts::message::{ClientMessage, Request, ServerMessage, Timings, Word, WordForm};
use crate::json::respell::respelt;
use crate::json::{Style, Value};
use crate::session::{Form, Side};

fn request() -> impl Strategy<Value = Request> {
    let accept = prop::option::of(".{0,20}");
    let timings = prop_oneof![Just(Timings::None), Just(Timings::Words)];
    let extra = prop::collection::btree_map("x[a-z]{0,5}", any::<i64>(), 0..3);
    (".{0,20}", accept, timings, extra).prop_map(|(text, accept, timings, extra)| Request {
        text,
        accept,
        timings,
        extra: extra
            .into_iter()
            .map(|(name, value)| (name, Value::from(value)))
            .collect(),
    })
}

fn answer() -> impl Strategy<Value = ServerMessage> {
    let time = || (0_u32..10_000_000).prop_map(|ms| f64::from(ms) / 1000.0);
    let word = (".{0,8}", time(), time()).prop_map(|(text, start, end)| Word { text, start, end });
    let form = prop_oneof![Just(WordForm::Flat), Just(WordForm::Nested)];
    prop_oneof![
        ".{0,20}".prop_map(ServerMessage::BinaryStreams),
        ".{0,20}".prop_map(ServerMessage::Warnings),
        ".{0,20}".prop_map(ServerMessage::Error),
        prop::collection::vec((".{0,8}", time()), 0..3).prop_map(ServerMessage::Marks),
        (prop::collection::vec(word, 1..4), form)
            .prop_map(|(words, form)| ServerMessage::Words(words, form)),
        prop::collection::vec(any::<u8>(), 0..20)
            .prop_map(|bytes| ServerMessage::Audio(Bytes::from(bytes))),
    ]
}

proptest! {
    #[test]
    fn a_request_survives_its_encoding(request in request()) {
        let payload = Bytes::from(request.encode());
        let decoded = ClientMessage::decode(Form::Text, &payload);
        prop_assert_eq!(decoded.message, ClientMessage::Request(request));
    }

    #[test]
    fn an_answer_survives_its_encoding(answer in answer()) {
        let data = answer.encode();
        prop_assert_eq!(ServerMessage::decode(data.form, &data.body).unwrap(), answer);
    }

    /// Encoding undoes decoding but for white space, the order of members and, of an answer, unknown
    /// ones; a request keeps those for the warning.
    #[test]
    fn a_message_in_another_spelling_encodes_to_the_usual_one(
        request in request(), answer in answer(), turns in 0..9_usize,
    ) {
        let usual = request.encode();
        let payload = Bytes::from(respelt(&usual, turns, Style::Compact));
        let ClientMessage::Request(mut read) = ClientMessage::decode(Form::Text, &payload).message else {
            panic!("no request: {payload:?}");
        };
        read.extra.retain(|(name, _)| name != "zz_unknown");
        read.extra.sort_by(|(one, _), (other, _)| one.cmp(other));
        prop_assert_eq!(read.encode(), usual);

        let data = answer.encode();
        if data.form == Form::Text {
            let usual = std::str::from_utf8(&data.body).unwrap();
            let payload = Bytes::from(respelt(usual, turns, Style::Compact));
            let read = ServerMessage::decode(Form::Text, &payload).unwrap();
            prop_assert_eq!(read.encode().body, data.body);
        }
    }

    #[test]
    fn a_cut_message_names_a_place_inside_it(request in request(), answer in answer()) {
        let data = answer.encode();
        let sides = [
            (Side::Client, Form::Text, Bytes::from(request.encode())),
            (Side::Server, data.form, data.body),
        ];
        for (side, form, whole) in sides {
            for cut in 0..whole.len() {
                if form == Form::Binary {
                    continue;
                }
                let error = decode(side, form, &whole.slice(..cut)).unwrap_err();
                prop_assert!(error.offset <= cut && !error.field.is_empty(), "{}", error);
            }
        }
    }

    #[test]
    fn any_bytes_are_answered(messages in prop::collection::vec(
        (any::<bool>(), prop::collection::vec(any::<u8>(), 0..40)), 0..4,
    )) {
        let mut peer = Peer::plain();
        for (text, payload) in messages {
            let form = if text { Form::Text } else { Form::Binary };
            peer.send_only(form, &payload);
            let _ = decode(Side::Server, form, &Bytes::from(payload));
        }
    }

    #[test]
    fn any_text_ends_in_one_close(text in "(<[a-z/]{1,8}( [a-z]{2,5}='[a-z0-9%]{0,4}')?/?>|[a-zé&;. ]{1,5}){0,8}") {
        let mut peer = Peer::plain();
        let text = serde_json::to_string(&text).unwrap();
        peer.send(&format!(r#"{{"text":{text},"accept":"audio/wav","timings":["words"]}}"#));
        let seen = peer.seen();
        let closes = seen.iter().filter(|line| line.starts_with("close")).count();
        prop_assert_eq!(closes, 1);
        prop_assert!(seen.last().unwrap().starts_with("close"));
    }
}

#[test]
fn hostile_numbers_of_names_cost_linear_time_and_few_findings() {
    let query = "a&b&".repeat(60_000);
    let members = "\"x\":1,".repeat(200_000);
    let parameters = ";a=b".repeat(200_000);
    let mut peer = Peer::open(&query, &[]);
    peer.send(&format!(
        r#"{{{members}"text":"a","accept":"audio/wav{parameters}"}}"#
    ));
    assert_eq!(peer.seen().last().unwrap(), "close 1000");
    assert!(peer.findings().len() <= 100);
}
