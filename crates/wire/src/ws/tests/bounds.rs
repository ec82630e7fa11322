use super::{client, drain, read, stream, told};
use crate::ws::{Event, FrameHead, LengthForm, Limits, Opcode, Receiver, Role};
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use rstest::rstest;

fn limits(frame: u64, message: u64) -> Limits {
    Limits { frame, message }
}

/// A head that declares `length` and nothing behind it.
fn declare(length: u64) -> Vec<u8> {
    let length_form = LengthForm::minimal(length);
    FrameHead {
        length,
        length_form,
        ..FrameHead::server(Opcode::Binary, 0)
    }
    .encode()
    .to_vec()
}

#[rstest]
#[case::below(1 << 16, (1 << 16) - 1, true)]
#[case::at(1 << 16, 1 << 16, true)]
#[case::above(1 << 16, (1 << 16) + 1, false)]
#[case::not_cut_to_31_bits(10, 1 << 31, false)]
#[case::not_cut_to_32_bits(10, (1 << 32) + 5, false)]
#[case::not_rounded_to_53_bits(1 << 53, (1 << 53) + 1, false)]
#[case::largest_length(u64::MAX, i64::MAX as u64, true)]
#[case::largest_length_above((1 << 63) - 2, (1 << 63) - 1, false)]
fn length_is_compared_exactly(#[case] limit: u64, #[case] length: u64, #[case] accepted: bool) {
    let mut receiver = Receiver::new(Role::Client, limits(limit, u64::MAX));
    receiver.push(&declare(length));
    assert_eq!(!receiver.is_broken(), accepted);
    assert_eq!(receiver.in_frame(), accepted);
    receiver.push(&[0; 100]);
    assert!(
        receiver.held_bytes() < 4096,
        "{} bytes held",
        receiver.held_bytes()
    );

    let expected: &[&str] = if accepted {
        &[]
    } else {
        &["FrameTooLarge@1:1009"]
    };
    assert_eq!(told(&drain(&mut receiver)), expected);
}

#[test]
fn the_sum_of_fragments_does_not_wrap() {
    let mut receiver = Receiver::new(Role::Client, limits(u64::MAX, u64::MAX - 1));
    receiver.push(&[0x02, 0x01, 0x00]);
    let head = FrameHead {
        length: i64::MAX as u64,
        length_form: LengthForm::SixtyFour,
        ..FrameHead::server(Opcode::Continuation, 0)
    };
    receiver.push(&head.encode());
    assert!(!receiver.is_broken());
}

#[test]
fn a_message_over_the_limit_is_refused_from_the_head_that_crosses_it() {
    let frames: [(u8, &[u8]); 2] = [(0x02, &[0; 6]), (0x00, &[0; 4])];
    let mut bytes = stream(Role::Client, &frames);
    assert_eq!(told(&read(Role::Client, limits(100, 10), &bytes)), [""; 0]);
    bytes.extend([0x80, 0x01]);
    assert_eq!(
        told(&read(Role::Client, limits(100, 10), &bytes)),
        ["MessageTooLarge@15:1009"]
    );
}

#[test]
fn control_frames_are_outside_the_limits() {
    let bytes = client(0x89, [0; 125]);
    assert_eq!(
        told(&read(Role::Server, limits(1, 1), &bytes)),
        ["ping:125"]
    );
}

#[test]
fn fragments_of_one_byte_count_to_the_message() {
    let mut bytes = client(0x02, [0]);
    for _ in 0..1000 {
        bytes.extend(client(0x00, [0]));
    }
    let expected = [format!("MessageTooLarge@{}:1009", 1000 * 7 + 1)];
    assert_eq!(
        told(&read(Role::Server, limits(1000, 1000), &bytes)),
        expected
    );
}

#[test]
fn empty_fragments_end_as_well() {
    let mut receiver = Receiver::new(Role::Client, limits(160, 160));
    receiver.push(&[0x01, 0x00]);
    for _ in 0..1033 {
        receiver.push(&[0x00, 0x00]);
    }
    assert!(!receiver.is_broken());
    receiver.push(&[0x00, 0x00]);
    assert_eq!(told(&drain(&mut receiver)), ["MessageTooLarge@2068:1009"]);
}

#[test]
fn four_mebibytes_in_pieces_of_64_bytes_pass() {
    let limits = limits(4 << 20, 4 << 20);
    let mut receiver = Receiver::new(Role::Client, limits);
    let pieces = (4 << 20) / 64;
    for piece in 0..pieces {
        let first = if piece == 0 { 0x02 } else { 0x00 };
        let fin = if piece == pieces - 1 { 0x80 } else { 0x00 };
        receiver.push(&super::server(first | fin, [7; 64]));
    }
    assert_eq!(told(&drain(&mut receiver)), ["binary:4194304"]);
}

/// Every byte is looked at a few times, also if each comes alone.
#[rstest]
#[case::text(0x81, "ж".repeat(1 << 19).into_bytes())]
#[case::binary(0x82, vec![0xA5; 1 << 20])]
fn work_is_linear_byte_by_byte(#[case] first: u8, #[case] payload: Vec<u8>) {
    let mut receiver = Receiver::new(Role::Server, Limits::default());
    for byte in client(first, &payload) {
        receiver.push(&[byte]);
    }
    let most = 6 * payload.len();
    assert!(receiver.work() < most, "{} of {most}", receiver.work());
    let events = drain(&mut receiver);
    assert!(
        matches!(events.as_slice(), [_, Event::Message { payload: read, .. }] if *read == payload)
    );
}

#[rstest]
#[case::one_frame(0x82)]
#[case::a_fragment(0x02)]
fn a_growing_message_moves_seldom(#[case] first: u8) {
    let mut receiver = Receiver::new(Role::Server, Limits::default());
    let mut sizes = vec![0];
    for byte in client(first, vec![0xA5; 1 << 16])
        .split_last()
        .expect("a frame")
        .1
    {
        receiver.push(&[*byte]);
        sizes.push(receiver.held_bytes());
    }
    sizes.dedup();
    assert!(sizes.len() <= 18, "{sizes:?}");
}

#[test]
fn holds_nothing_between_messages() {
    let mut receiver = Receiver::new(Role::Server, Limits::default());
    receiver.push(&client(0x82, vec![1; 1 << 20]));
    for _ in 0..1000 {
        receiver.push(&client(0x89, "ping"));
    }
    drain(&mut receiver);
    assert!(
        receiver.held_bytes() < 1024,
        "{} bytes held",
        receiver.held_bytes()
    );
    assert!(
        size_of::<Receiver>() < 320,
        "{} bytes",
        size_of::<Receiver>()
    );
    assert!(size_of::<Event>() <= 72, "{} bytes", size_of::<Event>());
}

#[test]
fn a_message_that_arrives_at_once_is_allocated_at_its_size() {
    for bytes in [vec![1; 300], vec![2; 70_000]] {
        let mut receiver = Receiver::new(Role::Server, Limits::default());
        let whole = client(0x82, &bytes);
        receiver.push(&whole[..whole.len() - 1]);
        assert!(receiver.in_frame());
        let held = receiver.held_bytes();
        assert!(held < bytes.len() + 1024, "{held} bytes held");
    }
}

proptest! {
    #[test]
    fn memory_follows_the_bytes_that_arrived(
        length in any::<u64>(),
        first in any::<u8>(),
        chunks in vec(1..2000usize, 0..20),
    ) {
        let mut receiver = Receiver::new(Role::Client, limits(u64::MAX, u64::MAX));
        let length = length >> 1;
        let head = FrameHead { fin: first & 0x80 != 0, opcode: Opcode::from_bits(first), ..FrameHead::server(Opcode::Text, 0) };
        let head = FrameHead { length, length_form: LengthForm::minimal(length), ..head };
        receiver.push(&head.encode());
        let mut arrived = 14;
        for chunk in chunks {
            receiver.push(&vec![0x61; chunk]);
            arrived += chunk;
            drain(&mut receiver);
            assert!(receiver.held_bytes() <= 1024 + 2 * arrived);
        }
    }
}
