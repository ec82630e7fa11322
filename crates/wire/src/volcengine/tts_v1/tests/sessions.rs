//! The stored sessions, replayed.

use base64::Engine as _;
use bytes::Bytes;
use rstest::rstest;

use super::{ENDPOINT, Link};
use crate::json::{self, Style, Value};
use crate::session::{Form, Side};
use crate::volcengine::frame;

macro_rules! session {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/volcengine/tts-v1/",
            $name,
            ".jsonl"
        ))
    };
}

fn text<'v>(line: &'v Value, name: &str) -> &'v str {
    line.get(name).unwrap().as_str().unwrap()
}

fn payload(line: &Value) -> (Form, Bytes) {
    match line.get("text") {
        Some(text) => (Form::Text, Bytes::from(text.as_str().unwrap().to_owned())),
        None => {
            let bytes = base64::engine::general_purpose::STANDARD.decode(text(line, "base64"));
            (Form::Binary, Bytes::from(bytes.unwrap()))
        }
    }
}

/// What a server's frame says, however it was compressed.
fn meaning(frame: &frame::Frame) -> String {
    let value = frame::value(frame, &frame.body().unwrap());
    let members = value.members().unwrap().iter();
    let stable = members.filter(|(name, _)| name != "payload_size").cloned();
    json::object(stable).write(Style::Compact)
}

#[rstest]
#[case::submit_gzip(session!("submit-gzip"))]
#[case::submit_with_timestamp(session!("submit-with-timestamp"))]
#[case::query_gzip(session!("query-gzip"))]
#[case::query_with_frontend(session!("query-with-frontend"))]
#[case::error_empty_text(session!("error-empty-text"))]
#[case::error_malformed(session!("error-malformed"))]
#[case::error_text_message(session!("error-text-message"))]
#[case::error_audio_frame(session!("error-audio-frame"))]
#[case::serial_requests(session!("serial-requests"))]
#[case::error_repeated_reqid(session!("error-repeated-reqid"))]
fn a_session_replays_as_it_is_stored(#[case] stored: &str) {
    let mut lines = stored.lines().map(|line| json::parse(line).unwrap().value);
    let header = lines.next().unwrap();
    assert_eq!(text(&header, "provenance"), "authored");
    for id in header.get("clauses").unwrap().items().unwrap() {
        let known = ENDPOINT
            .clauses
            .iter()
            .any(|clause| Some(clause.id) == id.as_str());
        assert!(known, "{id:?}");
    }
    let mut link = Link::open(&[]);
    let mut expected = Vec::new();
    let mut sent = Vec::new();
    for line in lines {
        let (form, bytes) = payload(&line);
        if text(&line, "dir") == "client" {
            assert_eq!(link.receive(form, bytes).kind, text(&line, "kind"));
            link.speak();
            let frames = link.sent();
            sent.extend(
                frames
                    .iter()
                    .map(|(kind, frame)| ((*kind).to_owned(), meaning(frame))),
            );
        } else {
            let frame = frame::decode(Side::Server, &bytes).unwrap();
            expected.push((text(&line, "kind").to_owned(), meaning(&frame)));
        }
    }
    assert_eq!(sent, expected);
}
