use super::{client, drain, read, read_bytewise, server, stream, told};
use crate::ws::{CloseFrame, DataOpcode, Event, FrameHead, Limits, Opcode, Receiver, Role};
use hex_literal::hex;
use rstest::rstest;

#[test]
fn reads_the_examples_of_section_5_7() {
    let bytes = hex!("81 85 37 FA 21 3D 7F 9F 4D 51 58 8A 85 37 FA 21 3D 7F 9F 4D 51 58");
    let head = |opcode| FrameHead {
        mask: Some(hex!("37 FA 21 3D")),
        ..FrameHead::server(opcode, 5)
    };
    let expected = [
        Event::Frame {
            head: head(Opcode::Text),
        },
        Event::Message {
            opcode: DataOpcode::Text,
            payload: "Hello".into(),
            frames: 1,
        },
        Event::Frame {
            head: head(Opcode::Pong),
        },
        Event::Pong("Hello".into()),
    ];
    assert_eq!(read(Role::Server, Limits::default(), &bytes), expected);
}

#[test]
fn reports_every_fragment_and_then_the_message() {
    let bytes = hex!("01 03 48 65 6C 89 01 21 80 02 6C 6F");
    let first = FrameHead {
        fin: false,
        ..FrameHead::server(Opcode::Text, 3)
    };
    let expected = [
        Event::Frame { head: first },
        Event::Frame {
            head: FrameHead::server(Opcode::Ping, 1),
        },
        Event::Ping("!".into()),
        Event::Frame {
            head: FrameHead::server(Opcode::Continuation, 2),
        },
        Event::Message {
            opcode: DataOpcode::Text,
            payload: "Hello".into(),
            frames: 2,
        },
    ];
    assert_eq!(read(Role::Client, Limits::default(), &bytes), expected);
}

/// Everything that one head breaks is reported together, nothing behind it.
#[rstest]
#[case::reserved_bits(&hex!("C1 80 00 00 00 00 81"), &["ReservedBits@0:1002"])]
#[case::reserved_opcode(&hex!("83 80 00 00 00 00"), &["ReservedOpcode@0:1002"])]
#[case::unmasked(&hex!("81 01 61"), &["Unmasked@1:1002"])]
#[case::ping_of_126(&hex!("89 FE 00 7E 00 00 00 00"), &["ControlTooLong@1:1002"])]
#[case::ping_in_parts(&hex!("09 80 00 00 00 00"), &["ControlFragmented@0:1002"])]
#[case::continuation(&hex!("80 80 00 00 00 00"), &["ContinuationWithoutStart@0:1002"])]
#[case::wide_length(&hex!("82 FE 00 01 00 00 00 00 61"), &["LengthNotMinimal@2:1002"])]
#[case::top_bit(
    &hex!("82 FF 80 00 00 00 00 00 00 00 00 00 00 00"),
    &["LengthTopBit@2:1002", "FrameTooLarge@1:1009"]
)]
#[case::interleaved(
    &hex!("01 80 00 00 00 00 82 80 00 00 00 00"),
    &["MessageInterleaved@6:1002"]
)]
#[case::everything(
    &hex!("79 7E 00 7D 81 80 00 00 00 00"),
    &["ReservedBits@0:1002", "ControlFragmented@0:1002", "Unmasked@1:1002", "LengthNotMinimal@2:1002"]
)]
#[case::behind_a_good_message(
    &hex!("81 81 00 00 00 00 61 80 80 00 00 00 00"),
    &["text:a", "ContinuationWithoutStart@7:1002"]
)]
fn a_head_is_judged_before_its_payload_arrives(#[case] bytes: &[u8], #[case] expected: &[&str]) {
    assert_eq!(
        told(&read(Role::Server, Limits::default(), bytes)),
        expected
    );
    assert_eq!(
        told(&read_bytewise(Role::Server, Limits::default(), bytes)),
        expected
    );
}

#[test]
fn a_client_refuses_a_mask() {
    let bytes = client(0x81, "a");
    assert_eq!(
        told(&read(Role::Client, Limits::default(), &bytes)),
        ["Masked@1:1002"]
    );
}

#[rstest]
#[case::empty(b"", "close")]
#[case::code(b"\x03\xE8", "close:1000:")]
#[case::reason(b"\x03\xF3bye", "close:1011:bye")]
#[case::one_byte(b"\x03", "CloseOneByte@6:1002")]
#[case::api_only_code(b"\x03\xED", "CloseBadCode@6:1002")]
#[case::bad_reason(b"\x03\xE8a\xC0", "CloseBadUtf8@9:1007")]
fn judges_the_close_payload(#[case] payload: &[u8], #[case] expected: &str) {
    let bytes = client(0x88, payload);
    assert_eq!(
        told(&read(Role::Server, Limits::default(), &bytes)),
        [expected]
    );
}

#[test]
fn a_frame_behind_the_close_is_recorded_once_for_each_opcode_and_not_read() {
    let frames: [(u8, &[u8]); 9] = [
        (0x88, b""),
        (0x81, b"\xFF\xFF"),
        (0x81, b"b"),
        (0x89, b""),
        (0x89, b""),
        (0x88, b"\x03"),
        (0x80, b"no start"),
        (0x01, b"x"),
        (0x01, b"y"),
    ];
    let events = read(
        Role::Client,
        Limits::default(),
        &stream(Role::Client, &frames),
    );
    let expected = [
        "close",
        "DataAfterClose@2:goes-on",
        "DataAfterClose@9:goes-on",
        "DataAfterClose@13:goes-on",
        "DataAfterClose@16:goes-on",
    ];
    assert_eq!(told(&events), expected);
    let frames_seen = events
        .iter()
        .filter(|event| matches!(event, Event::Frame { .. }))
        .count();
    assert_eq!(frames_seen, frames.len());
}

#[test]
fn framing_is_judged_behind_the_close_too() {
    let bytes = [client(0x88, ""), server(0x81, "a")].concat();
    let expected = ["close", "Unmasked@7:1002", "DataAfterClose@6:goes-on"];
    assert_eq!(
        told(&read(Role::Server, Limits::default(), &bytes)),
        expected
    );
}

#[test]
fn a_close_may_interrupt_a_message() {
    let mut receiver = Receiver::new(Role::Server, Limits::default());
    receiver.push(&client(0x01, "abc"));
    assert!(receiver.in_frame());
    receiver.push(&client(0x88, CloseFrame::encode(1001, "going")));
    assert_eq!(told(&drain(&mut receiver)), ["close:1001:going"]);
    assert!(!receiver.in_frame());
}

#[test]
fn knows_whether_it_is_inside_a_frame() {
    let bytes = [client(0x01, "ab"), client(0x89, "cd"), client(0x80, "ef")].concat();
    let mut receiver = Receiver::new(Role::Server, Limits::default());
    for (pushed, byte) in bytes.iter().enumerate() {
        assert_eq!(receiver.in_frame(), pushed > 0, "after {pushed} bytes");
        receiver.push(&[*byte]);
    }
    assert!(!receiver.in_frame());
}

#[test]
fn counts_bytes_behind_a_fatal_violation_and_reports_nothing() {
    let mut receiver = Receiver::new(Role::Server, Limits::default());
    receiver.push(&hex!("F1 80 00 00 00 00 81 80 00"));
    assert!(receiver.is_broken());
    assert_eq!(drain(&mut receiver).len(), 1);
    receiver.push(&client(0x81, "a"));
    assert_eq!(drain(&mut receiver), []);
    assert_eq!(receiver.offset(), 16);
    assert!(!receiver.in_frame());
}

#[test]
fn a_violation_reads_as_a_sentence() {
    let events = read(
        Role::Server,
        Limits {
            frame: 10,
            message: 10,
        },
        &client(0x82, [0; 11]),
    );
    let [Event::Violation(violation)] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(
        violation.to_string(),
        "byte 1: frame too large: found 11 bytes declared, expected at most 10"
    );
    assert_eq!(violation.section(), "10.4");
}
