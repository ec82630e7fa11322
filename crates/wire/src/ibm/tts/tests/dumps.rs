use bytes::Bytes;
use rstest::rstest;

use crate::error::ErrorKind;
use crate::ibm::tts::dump::{decode, resembles};
use crate::session::{Form, Side};

fn fields(side: Side, text: &'static str) -> (String, Vec<(usize, usize, String)>) {
    let dump = decode(side, Form::Text, &Bytes::from(text)).unwrap();
    let fields = dump.fields.into_iter();
    let fields = fields.map(|field| (field.offset, field.length, field.name));
    (dump.kind.to_owned(), fields.collect())
}

#[test]
fn members_have_their_places() {
    let text = r#"{ "text" : "a, {b} \"c\"", "accept":"*/*" , "timings": ["words", 1] }"#;
    let (kind, fields) = fields(Side::Client, text);
    assert_eq!(kind, "request");
    let shown: Vec<(&str, &str)> = fields
        .iter()
        .map(|(offset, length, name)| (name.as_str(), &text[*offset..offset + length]))
        .collect();
    assert_eq!(
        shown,
        [
            ("text", r#""text" : "a, {b} \"c\"""#),
            ("accept", r#""accept":"*/*""#),
            ("timings", r#""timings": ["words", 1]"#),
        ]
    );
}

#[rstest]
#[case::streams(
    r#"{"binary_streams": [{"content_type": "audio/wav"}]}"#,
    "binary_streams"
)]
#[case::warnings(r#"{"warnings": "Unknown arguments: a."}"#, "warnings")]
#[case::marks(r#"{"marks": [["here", 0.501]]}"#, "marks")]
#[case::words(r#"{"words": [["I", 0.0, 0.157]]}"#, "words")]
#[case::old_words(r#"{"words": [["I", [0.069, 0.165]]]}"#, "words")]
#[case::error(r#"{"error": "x"}"#, "error")]
fn messages_of_the_server_have_kinds(#[case] text: &'static str, #[case] kind: &str) {
    assert_eq!(fields(Side::Server, text).0, kind);
    assert!(resembles(text.as_bytes()));
}

#[test]
fn audio_is_described_never_contained() {
    let audio = Bytes::from_static(b"RIFF\0\0\0\0");
    let dump = decode(Side::Server, Form::Binary, &audio).unwrap();
    assert_eq!((dump.kind, dump.fields[0].length), ("audio", 8));
    assert_eq!(dump.value.get("bytes").unwrap().as_i64(), Some(8));
    let dump = decode(Side::Client, Form::Binary, &Bytes::new()).unwrap();
    assert_eq!((dump.kind, dump.fields.len()), ("binary", 1));
}

#[rstest]
#[case::no_json(Side::Client, b"hello", ErrorKind::Json, 0)]
#[case::cut(Side::Server, br#"{"error": "#, ErrorKind::Json, 10)]
#[case::utf8(Side::Client, b"{\"text\":\"\xff\"}", ErrorKind::Utf8, 9)]
#[case::array(Side::Client, b"[]", ErrorKind::Json, 0)]
#[case::other(Side::Server, br#"{"state": "listening"}"#, ErrorKind::Json, 0)]
#[case::shape(Side::Server, br#"{"marks": [["here"]]}"#, ErrorKind::Json, 1)]
#[case::word(
    Side::Server,
    b"{\n   \"words\": [[\"a\", 0, [1]]]}",
    ErrorKind::Json,
    5
)]
#[case::second_member(Side::Server, br#"{"a": 1, "error": 5}"#, ErrorKind::Json, 9)]
#[case::streams(Side::Server, br#"{"binary_streams": []}"#, ErrorKind::Json, 1)]
fn what_is_no_message_is_located(
    #[case] side: Side,
    #[case] bytes: &'static [u8],
    #[case] kind: ErrorKind,
    #[case] offset: usize,
) {
    let error = decode(side, Form::Text, &Bytes::from_static(bytes)).unwrap_err();
    assert_eq!((error.kind, error.offset), (kind, offset), "{error}");
}

#[rstest]
#[case::request(br#"{"text":"a","accept":"*/*"}"#, true)]
#[case::state(br#"{"state":"listening"}"#, false)]
#[case::command(br#"{"command":"START","text":"a"}"#, false)]
#[case::binary(b"\x11\x10\x10\0", false)]
fn messages_are_told_apart(#[case] bytes: &[u8], #[case] expected: bool) {
    assert_eq!(resembles(bytes), expected);
}
