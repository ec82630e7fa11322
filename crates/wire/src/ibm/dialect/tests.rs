use rstest::rstest;

use crate::dialect::{Denial, Part, Retouch, laws};
use crate::handshake::RequestHead;
use crate::ibm::VENDOR;
use crate::ibm::tts::ENDPOINT;
use crate::id::Ids;
use crate::json::parse;
use crate::session::{Data, Side};

#[test]
fn every_law_of_dialects_holds() {
    for endpoint in VENDOR.endpoints {
        laws::answers_every_deviation(endpoint);
        laws::goes_on_after_oddities(endpoint);
        laws::says_every_code(endpoint);
        laws::refuses_with_every_status(endpoint);
        laws::survives_any_bytes(endpoint);
        let page = Data::binary([&b"OggS"[..], &[0; 30]].concat().into());
        laws::alters_some_message(endpoint, &[("binary_streams", started()), ("audio", page)]);
    }
}

#[rstest]
#[case::further(
    Retouch::ExtraFields,
    Some(
        "{\n   \"binary_streams\": [\n      {\n         \"content_type\": \"audio/wav\"\n      }\n   ],\n   \"session_id\": \"6e789e6a-a1b9-45f4-86c4-5d188009454f\",\n   \"result_index\": 0,\n   \"engine\": {\n      \"version\": \"2\",\n      \"node\": \"e220a839\"\n   },\n   \"tags\": [],\n   \"debug\": null\n}"
    )
)]
#[case::cut(
    Retouch::MalformedJson,
    Some("{\n   \"binary_streams\": [\n      {\n         ")
)]
#[case::list(
    Retouch::NonObjectJson,
    Some(
        "[\n   {\n      \"binary_streams\": [\n         {\n            \"content_type\": \"audio/wav\"\n         }\n      ]\n   }\n]"
    )
)]
#[case::no_message_has_an_id(Retouch::ForeignId, None)]
#[case::gzip(Retouch::GzipFlagMismatch, None)]
#[case::size(Retouch::SizeLies(1), None)]
fn a_text_is_altered_and_indented(#[case] how: Retouch, #[case] expected: Option<&str>) {
    let altered = (super::SYNTHESIS.retouch)(how, "binary_streams", &started(), &mut Ids::new(0));
    let altered = altered.map(|data| String::from_utf8(data.body.to_vec()).unwrap());
    assert_eq!(altered.as_deref(), expected);
}

#[test]
fn audio_has_no_json_and_may_go_missing() {
    let data = Data::binary(vec![1, 2].into());
    let alter = |how| (super::SYNTHESIS.retouch)(how, "audio", &data, &mut Ids::new(0));
    assert_eq!(alter(Retouch::ExtraFields), None);
    assert_eq!(alter(Retouch::MalformedJson), None);
    assert_eq!(alter(Retouch::NonObjectJson), None);
    assert_eq!(
        alter(Retouch::WithoutAudio),
        Some(Data::binary(Vec::new().into()))
    );
    assert_eq!(alter(Retouch::NotLast), Some(data.clone()));
}

#[rstest]
#[case::request(Side::Client, "request", Part::Request)]
#[case::garbage(Side::Client, "malformed", Part::Other)]
#[case::binary(Side::Client, "binary", Part::Other)]
#[case::start(Side::Server, "binary_streams", Part::Start)]
#[case::audio(Side::Server, "audio", Part::Audio)]
#[case::words(Side::Server, "words", Part::Result)]
#[case::marks(Side::Server, "marks", Part::Result)]
#[case::warnings(Side::Server, "warnings", Part::Other)]
#[case::error(Side::Server, "error", Part::Error)]
#[case::untyped_error(Side::Server, "untyped", Part::Error)]
fn the_parts_are_known(#[case] side: Side, #[case] kind: &str, #[case] part: Part) {
    assert_eq!((super::SYNTHESIS.part)(side, kind, &Data::text("{}")), part);
}

#[test]
fn the_end_is_no_message_but_the_close() {
    for rule in ENDPOINT.table.rules {
        let part = (super::SYNTHESIS.part)(rule.side, rule.kind, &Data::text(""));
        assert!(!part.is_end(), "{}", rule.kind);
    }
}

#[rstest]
#[case::unauthorized(Denial::Status(401), 401, "Unauthorized")]
#[case::forbidden(Denial::Status(403), 403, "Forbidden")]
#[case::clock(Denial::ClockSkew, 403, "Forbidden")]
#[case::path(Denial::WrongPath, 404, "No such child resource.")]
#[case::voice(Denial::Status(404), 404, "Model 'xx-XX_NobodyVoice' not found")]
#[case::query(
    Denial::Status(400),
    400,
    "Invalid value 'xx-XX_NobodyVoice' for parameter voice"
)]
#[case::opaque(
    Denial::Opaque,
    400,
    "Invalid value 'xx-XX_NobodyVoice' for parameter voice"
)]
#[case::quota(
    Denial::Status(429),
    429,
    "The limit of concurrent requests is exceeded."
)]
#[case::overload(Denial::Status(503), 503, "Service Unavailable")]
#[case::payment(Denial::Status(402), 402, "Payment Required")]
#[case::unassigned(Denial::Status(599), 599, "Server Error")]
fn a_handshake_is_refused_in_the_words_of_the_service(
    #[case] denial: Denial,
    #[case] status: u16,
    #[case] error: &str,
) {
    let denied = (super::SYNTHESIS.refuse)(denial, &head(), &mut Ids::new(0));
    let body = parse(&denied.body).unwrap().value;
    assert_eq!(denied.status, status);
    assert_eq!(body.get("code").unwrap().as_i64(), Some(i64::from(status)));
    assert_eq!(body.get("error").unwrap().as_str(), Some(error));
    let has_more = matches!(status, 401 | 403);
    assert_eq!(body.get("trace").is_some(), has_more);
    assert_eq!(body.get("more_info").is_some(), has_more);
    let own = ("X-Global-Transaction-ID", "my-id".to_owned());
    assert!(denied.headers.contains(&own), "{:?}", denied.headers);
}

#[test]
fn no_request_says_when_it_was_signed() {
    assert_eq!((super::SYNTHESIS.signed_at)(&head()), None);
}

fn started() -> Data {
    Data::text(
        "{\n   \"binary_streams\": [\n      {\n         \"content_type\": \"audio/wav\"\n      }\n   ]\n}",
    )
}

fn head() -> RequestHead {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    RequestHead {
        method: "GET".to_owned(),
        path: "/v1/synthesize".to_owned(),
        query: Some("voice=xx-XX_NobodyVoice".to_owned()),
        headers: vec![
            header("Authorization", "Bearer secret"),
            header("X-Global-Transaction-ID", "my-id"),
        ],
    }
}
