//! Bytes that are no request: answered, noted, survived.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use rstest::rstest;

use super::{Link, framed, gzipped, kinds, plain, request, with};
use crate::clause::Clause;
use crate::finding::Place;
use crate::gzip;
use crate::session::{Action, Form};
use crate::volcengine::clauses::{frame as frames, request as clauses};
use crate::volcengine::frame::Compression;

#[rstest]
#[case::nothing(vec![], "malformed", 0)]
#[case::three_bytes(vec![0x11, 0x10, 0x10], "malformed", 3)]
#[case::header_alone(vec![0x11, 0x10, 0x10, 0], "malformed", 4)]
#[case::four_gibibytes(vec![0x11, 0x10, 0x10, 0, 0xff, 0xff, 0xff, 0xff, b'{', b'}'], "malformed", 4)]
#[case::trailing(vec![0x11, 0x10, 0x10, 0, 0, 0, 0, 2, b'{', b'}', 0], "malformed", 10)]
#[case::version_2(vec![0x21, 0x10, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 0)]
#[case::version_0(vec![0x01, 0x10, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 0)]
#[case::header_size_0(vec![0x10, 0x10, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 0)]
#[case::header_size_f(vec![0x1f, 0x10, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 0)]
#[case::unknown_type(vec![0x11, 0x50, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 1)]
#[case::unknown_flags(vec![0x11, 0x18, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 1)]
#[case::unknown_serialization(vec![0x11, 0x10, 0x50, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 2)]
#[case::unknown_compression(vec![0x11, 0x10, 0x12, 0, 0, 0, 0, 2, b'{', b'}'], "malformed", 2)]
#[case::audio(vec![0x11, 0x20, 0, 0, 0, 0, 0, 2, 1, 0], "foreign-frame", 1)]
#[case::server_type(vec![0x11, 0xb0, 0, 0, 0, 0, 0, 0], "foreign-frame", 1)]
#[case::sequence(vec![0x11, 0x11, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 2, b'{', b'}'], "foreign-frame", 1)]
#[case::event(vec![0x11, 0x14, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 2, b'{', b'}'], "foreign-frame", 1)]
#[case::raw(vec![0x11, 0x10, 0x00, 0, 0, 0, 0, 2, b'{', b'}'], "refused-request", 2)]
#[case::thrift(vec![0x11, 0x10, 0x30, 0, 0, 0, 0, 2, b'{', b'}'], "refused-request", 2)]
#[case::custom_compression(vec![0x11, 0x10, 0x1f, 0, 0, 0, 0, 2, b'{', b'}'], "refused-request", 2)]
#[case::empty(framed(0x10, b""), "malformed", 8)]
#[case::no_json(framed(0x10, b"{\"app\":}"), "malformed", 15)]
#[case::not_utf8(framed(0x10, b"{\"\xff\"}"), "malformed", 10)]
#[case::bad_gzip(framed(0x11, b"not gzip"), "malformed", 8)]
#[case::gzip_of_nothing(framed(0x11, &gzip::deflate(b"")), "malformed", 8)]
#[case::bomb(framed(0x11, &gzip::deflate(&vec![b' '; gzip::MAX_INFLATED + 1])), "malformed", 8)]
fn bytes_that_are_no_request_are_3001_at_their_offset(
    #[case] bytes: Vec<u8>,
    #[case] kind: &str,
    #[case] offset: usize,
) {
    let mut link = Link::open(&[]);
    assert_eq!(link.receive(Form::Binary, bytes).kind, kind);
    assert_eq!(kinds(&link.sent()), ["objection 3001"]);
    let findings = link.findings();
    assert_eq!(findings[0].place, Place::Offset(offset), "{findings:?}");
    link.request(&request("r", "query"));
    link.speak();
    assert_eq!(kinds(&link.sent()), ["last-audio -1"]);
}

#[rstest]
#[case::null("null")]
#[case::array("[]")]
#[case::string("\"{}\"")]
#[case::empty("{}")]
fn json_that_is_no_request_is_3001(#[case] json: &str) {
    let mut link = Link::open(&[]);
    assert_eq!(
        link.receive(Form::Binary, framed(0x10, json.as_bytes()))
            .kind,
        "refused-request"
    );
    assert_eq!(kinds(&link.sent()), ["objection 3001"]);
    assert!(!link.findings().is_empty());
}

#[test]
fn a_text_message_is_3001_in_a_binary_frame() {
    let mut link = Link::open(&[]);
    assert_eq!(link.receive(Form::Text, "{}").kind, "text");
    let sent = link.sent();
    assert_eq!(kinds(&sent), ["objection 3001"]);
    assert_eq!(sent[0].1.encode()[..4], [0x11, 0xf0, 0x10, 0]);
    let findings = link.findings();
    assert_eq!(findings[0].clause.id, frames::SHAPE.id);
}

#[rstest]
#[case::audio(vec![0x11, 0x20, 0, 0, 0, 0, 0, 2, 1, 0], &clauses::FRAME)]
#[case::server_type(vec![0x11, 0xb0, 0, 0, 0, 0, 0, 0], &clauses::FRAME)]
#[case::header_size_f(vec![0x1f, 0x10, 0x10, 0, 0, 0, 0, 2, b'{', b'}'], &clauses::FRAME)]
#[case::no_gzip(framed(0x11, b"not gzip"), &frames::COMPRESSION)]
#[case::more_behind_gzip(framed(0x11, &[gzip::deflate(b"{}"), vec![0]].concat()), &frames::INFLATED)]
#[case::bomb(framed(0x11, &gzip::deflate(&vec![b' '; gzip::MAX_INFLATED + 1])), &frames::INFLATED)]
fn bytes_break_the_documented_rule_where_there_is_one(
    #[case] bytes: Vec<u8>,
    #[case] clause: &Clause,
) {
    let mut link = Link::open(&[]);
    link.receive(Form::Binary, bytes);
    assert_eq!(link.findings()[0].clause.id, clause.id);
}

#[rstest]
#[case::bad_gzip(framed(0x11, b"junk"), Compression::Gzip)]
#[case::cut_gzip(vec![0x11, 0x10, 0x11, 0, 0, 0], Compression::Gzip)]
#[case::cut_before_it(vec![0x11, 0x10], Compression::None)]
#[case::plain(framed(0x10, b"junk"), Compression::None)]
#[case::custom(framed(0x1f, b"junk"), Compression::None)]
fn an_error_mirrors_the_nibble_even_of_undecodable_bytes(
    #[case] bytes: Vec<u8>,
    #[case] expected: Compression,
) {
    let mut link = Link::open(&[]);
    link.receive(Form::Binary, bytes);
    assert_eq!(link.sent()[0].1.compression, expected);
}

#[test]
fn a_reserved_byte_and_an_extension_are_noted_and_served() {
    let mut bytes = plain(&request("r", "query"));
    bytes[0] = 0x12;
    bytes[3] = 1;
    bytes.splice(4..4, [0xde, 0xad, 0xbe, 0xef]);
    let mut link = Link::open(&[]);
    assert_eq!(link.receive(Form::Binary, bytes).kind, "query");
    let places: Vec<Place> = link.findings().into_iter().map(|f| f.place).collect();
    assert_eq!(places, [Place::Offset(3), Place::Offset(0)]);
}

#[test]
fn a_request_cut_anywhere_is_3001_and_a_finding() {
    for whole in [
        plain(&request("r", "query")),
        gzipped(&request("r", "query")),
    ] {
        for cut in 0..whole.len() {
            let mut link = Link::open(&[]);
            link.receive(Form::Binary, whole[..cut].to_vec());
            assert_eq!(kinds(&link.sent()), ["objection 3001"], "cut at {cut}");
            let finding = link.findings().remove(0);
            assert!(
                matches!(finding.place, Place::Offset(at) if at <= cut),
                "{finding:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_answered(messages in vec((any::<bool>(), vec(any::<u8>(), 0..60)), 1..6)) {
        let mut link = Link::open(&[]);
        let count = messages.len();
        for (is_text, bytes) in messages {
            let form = if is_text { Form::Text } else { Form::Binary };
            link.receive(form, Bytes::from(bytes));
        }
        prop_assert_eq!(link.sent().len(), count);
    }

    #[test]
    fn whatever_the_json_it_is_answered(
        path in "(app|user|audio|request)\\.[a-z_]{1,12}|request\\.(text|reqid)|audio\\.(rate|speed_ratio)",
        json in "null|true|-?(0|[1-9][0-9]{0,11})(\\.[0-9]{1,3})?|\"[ -!#-\\[\\]-~]{0,20}\"|\\[\\]|\\{\\}",
    ) {
        let mut link = Link::open(&[]);
        link.request(&with(request("r", "submit"), &path, Some(&json)));
        link.speak();
        let sent = link.sent();
        prop_assert!(sent.len() == 1 || sent.len() == 4);
        let has_stopped = link.actions.contains(&Action::StopSpeaking);
        prop_assert!(!has_stopped);
    }
}
