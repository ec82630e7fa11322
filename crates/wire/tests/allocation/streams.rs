//! The receiver of frames, whatever they declare and however they are cut.

use allocation_counter::measure;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::{prop_assert, proptest};
use wire::ws::{Event, FrameHead, LengthForm, Limits, Opcode, Receiver, Role};

const NO_LIMITS: Limits = Limits {
    frame: u64::MAX,
    message: u64::MAX,
};

/// What of a frame is on the wire: its head, and not always all that it declares.
fn pieces() -> impl Strategy<Value = Vec<(u8, u64, usize)>> {
    let declared = prop_oneof![
        0..200_u64,
        (0..63_u32).prop_map(|bit| 1 << bit),
        any::<u64>().prop_map(|it| it >> 1),
    ];
    let first = proptest::sample::select(vec![
        0x01, 0x02, 0x00, 0x00, 0x80, 0x81, 0x82, 0x89, 0x88, 0x83,
    ]);
    vec((first, declared, 0..3000_usize), 1..20)
}

fn head(first: u8, length: u64) -> Vec<u8> {
    let head = FrameHead {
        fin: first & 0x80 != 0,
        length,
        length_form: LengthForm::minimal(length),
        ..FrameHead::server(Opcode::from_bits(first), 0)
    };
    head.encode().to_vec()
}

/// Reads a stream, and lets go of what it says as it says it.
fn read(bytes: &[u8], cut: usize) {
    let mut receiver = Receiver::new(Role::Client, NO_LIMITS);
    for piece in bytes.chunks(cut.max(1)) {
        receiver.push(piece);
        while receiver.next_event().is_some() {}
    }
}

proptest! {
    #[test]
    fn a_stream_costs_a_multiple_of_its_bytes(pieces in pieces(), cut in 1..4000_usize) {
        let mut bytes = Vec::new();
        for (first, length, sent) in pieces {
            bytes.extend(head(first, length));
            bytes.extend(vec![b'a'; sent.min(usize::try_from(length).unwrap_or(usize::MAX))]);
        }
        let info = measure(|| read(&bytes, cut));
        let most = 4096 + 4 * bytes.len() as u64 + 128 * (cut as u64 / 2).min(bytes.len() as u64);
        prop_assert!(info.bytes_max <= most, "{} bytes held for {}", info.bytes_max, bytes.len());
    }
}

/// A message of a mebibyte in pieces of a byte: it is moved a few times while it grows, not at every
/// byte.
#[test]
fn a_stream_cut_into_bytes_is_moved_seldom() {
    const LENGTH: usize = 1 << 20;
    for first in [0x81, 0x82] {
        let mut bytes = head(first, LENGTH as u64);
        bytes.extend(vec![b'a'; LENGTH]);
        let info = measure(|| read(&bytes, 1));
        assert!(
            info.bytes_total <= 4 * LENGTH as u64,
            "{} bytes in all",
            info.bytes_total
        );
        assert!(info.count_total <= 64, "{} allocations", info.count_total);
    }
}

#[test]
fn fragments_of_one_byte_cost_no_more_than_one_frame() {
    const LENGTH: usize = 1 << 16;
    let mut bytes = [head(0x02, 1), vec![0]].concat();
    for _ in 0..LENGTH {
        bytes.extend([0x00, 0x01, 0x00]);
    }
    bytes.extend([0x80, 0x00]);
    let info = measure(|| {
        let mut receiver = Receiver::new(Role::Client, NO_LIMITS);
        let mut messages = 0;
        for piece in bytes.chunks(997) {
            receiver.push(piece);
            while let Some(event) = receiver.next_event() {
                messages += usize::from(matches!(event, Event::Message { .. }));
            }
        }
        assert_eq!(messages, 1);
    });
    assert!(
        info.bytes_max <= 4 * LENGTH as u64 + 96 * 1024,
        "{} bytes",
        info.bytes_max
    );
}
