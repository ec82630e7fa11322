//! Messages as people see them.

use bytes::Bytes;
use hex_literal::hex;
use rstest::rstest;

use super::{ENDPOINT, plain, request, with};
use crate::json::Style;
use crate::session::{Form, Side};

#[rstest]
#[case::ack(&hex!("11b0000000000000"), "ack")]
#[case::audio(&hex!("11b1000000000001000000020102"), "audio")]
#[case::last(&hex!("11b30000fffffffe000000020506"), "last-audio")]
#[case::front_end(&hex!("11c01000000000027b7d"), "front-end")]
#[case::error(&hex!("11f0100000000bb9000000027b7d"), "error")]
#[case::recognition(&hex!("1191100000000001000000027b7d"), "full-server-response")]
fn a_server_frame_has_the_kind_of_the_table(#[case] bytes: &'static [u8], #[case] kind: &str) {
    let dump = (ENDPOINT.decode)(Side::Server, Form::Binary, &Bytes::from_static(bytes)).unwrap();
    assert_eq!(dump.kind, kind);
}

#[test]
fn a_client_frame_has_the_kind_of_the_table() {
    let kind = |json| {
        let bytes = Bytes::from(plain(&json));
        (ENDPOINT.decode)(Side::Client, Form::Binary, &bytes)
            .unwrap()
            .kind
    };
    assert_eq!(kind(request("r", "submit")), "submit");
    assert_eq!(kind(request("r", "query")), "query");
    let empty = with(request("r", "query"), "request.text", Some("\"\""));
    assert_eq!(kind(empty), "refused-request");
}

#[rstest]
#[case::full_request(&hex!("11101000 00000002 7b7d"), "byte 1: message type: 0x1 is sent by clients alone")]
#[case::audio(&hex!("11200000 00000004 00010002"), "byte 1: message type: 0x2 is sent by clients alone")]
#[case::version(&hex!("21b00000 00000000"), "byte 0: version: 0x2, expected 0x1")]
fn a_frame_that_no_server_sends_is_an_error(#[case] bytes: &'static [u8], #[case] text: &str) {
    let bytes = Bytes::from_static(bytes);
    let error = (ENDPOINT.decode)(Side::Server, Form::Binary, &bytes).unwrap_err();
    assert_eq!(error.to_string(), text);
}

#[test]
fn the_value_is_what_the_frame_says() {
    let bytes = Bytes::from_static(&hex!("11f01000 02aea591 00000004 74657874"));
    let dump = (ENDPOINT.decode)(Side::Server, Form::Binary, &bytes).unwrap();
    insta::assert_snapshot!(
        dump.value.write(Style::Compact),
        @r#"{"version":1,"header_size":4,"message_type":15,"message_type_name":"error","flags":0,"serialization":1,"compression":0,"reserved":0,"extension":null,"error_code":45000081,"sequence":null,"event":null,"event_name":null,"connect_id":null,"session_id":null,"payload_size":4,"payload":"text"}"#
    );
}

#[test]
fn a_text_message_is_no_frame_unless_its_bytes_are_one() {
    let text = Bytes::from_static(b"{\"a\":1}");
    let error = (ENDPOINT.decode)(Side::Client, Form::Text, &text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 0: message: a text message, where a binary frame is due"
    );
    let frame = Bytes::from_static(&hex!("11b0000000000000"));
    let dump = (ENDPOINT.decode)(Side::Server, Form::Text, &frame).unwrap();
    assert_eq!(dump.kind, "ack");
}

#[test]
fn what_is_no_frame_is_an_error_that_names_numbers() {
    let bytes = Bytes::from_static(&hex!("11101000 ffffffff 7b7d7d"));
    let error = (ENDPOINT.decode)(Side::Client, Form::Binary, &bytes).unwrap_err();
    assert_eq!(
        error.to_string(),
        "byte 4: payload size: 4294967295 bytes declared, 3 remain"
    );
}
