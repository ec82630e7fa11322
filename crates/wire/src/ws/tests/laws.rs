use super::{drain, read, read_bytewise, stream};
use crate::ws::{Event, FrameHead, LengthForm, Limits, Opcode, Receiver, Role};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

const SMALL: Limits = Limits {
    frame: 300,
    message: 500,
};

/// Frames that are mostly legal, so that the walk gets beyond the first.
fn frames() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let first = prop_oneof![
        8 => proptest::sample::select(vec![0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x80, 0x89, 0x8A]),
        1 => Just(0x88),
        1 => any::<u8>(),
    ];
    let payload = prop_oneof![
        6 => "[aé€😀]{0,12}".prop_map(String::into_bytes),
        2 => vec(any::<u8>(), 0..8),
        1 => vec(Just(b'x'), 120..320),
        1 => (1000..1015u16).prop_map(|code| code.to_be_bytes().to_vec()),
    ];
    vec((first, payload), 0..8)
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Server), Just(Role::Client)]
}

/// A stream, sometimes with a byte spoilt.
fn streams() -> impl Strategy<Value = (Role, Vec<u8>)> {
    (
        role(),
        frames(),
        proptest::option::weighted(0.3, (any::<usize>(), any::<u8>())),
    )
        .prop_map(|(role, frames, spoilt)| {
            let frames: Vec<_> = frames
                .iter()
                .map(|(first, payload)| (*first, payload.as_slice()))
                .collect();
            let mut bytes = stream(role, &frames);
            if let Some((place, byte)) = spoilt
                && !bytes.is_empty()
            {
                let place = place % bytes.len();
                bytes[place] ^= byte;
            }
            (role, bytes)
        })
}

proptest! {
    #[test]
    fn every_cut_in_two_reads_the_same((role, bytes) in streams()) {
        let whole = read(role, SMALL, &bytes);
        for cut in 0..=bytes.len() {
            let mut receiver = Receiver::new(role, SMALL);
            receiver.push(&bytes[..cut]);
            let mut events = drain(&mut receiver);
            receiver.push(&bytes[cut..]);
            events.extend(drain(&mut receiver));
            assert_eq!(events, whole, "cut at {cut}");
            assert_eq!(receiver.offset(), bytes.len() as u64);
        }
        assert_eq!(read_bytewise(role, SMALL, &bytes), whole);
    }

    /// A head is looked at once for each of its bytes at most, a payload appended, moved and checked.
    #[test]
    fn work_is_linear_however_the_stream_is_cut((role, bytes) in streams(), piece in 1..40_usize) {
        let mut receiver = Receiver::new(role, SMALL);
        for piece in bytes.chunks(piece) {
            receiver.push(piece);
            drain(&mut receiver);
        }
        assert!(receiver.work() <= 14 * bytes.len(), "{} for {}", receiver.work(), bytes.len());
    }

    #[test]
    fn random_bytes_neither_panic_nor_depend_on_cuts(role in role(), bytes in vec(any::<u8>(), 0..200)) {
        assert_eq!(read_bytewise(role, Limits::default(), &bytes), read(role, Limits::default(), &bytes));
    }

    #[test]
    fn a_refused_prefix_is_refused_whatever_follows((role, bytes) in streams(), more in vec(any::<u8>(), 0..40)) {
        let mut receiver = Receiver::new(role, SMALL);
        receiver.push(&bytes);
        if receiver.is_broken() {
            let events = drain(&mut receiver);
            receiver.push(&more);
            assert!(receiver.is_broken());
            assert_eq!(drain(&mut receiver), []);
            assert_eq!(read(role, SMALL, &[bytes, more].concat()), events);
        }
    }

    #[test]
    fn a_prefix_reports_the_first_of_the_same_events((role, bytes) in streams(), cut in any::<usize>()) {
        let whole = read(role, SMALL, &bytes);
        let prefix = read(role, SMALL, &bytes[..cut % (bytes.len() + 1)]);
        assert_eq!(prefix, whole[..prefix.len()]);
    }

    #[test]
    fn broken_means_a_fatal_violation_at_the_end((role, bytes) in streams()) {
        let mut receiver = Receiver::new(role, SMALL);
        receiver.push(&bytes);
        let broken = receiver.is_broken();
        let events = drain(&mut receiver);
        let fatal = |event: &Event| matches!(event, Event::Violation(violation) if violation.close_code().is_some());
        assert_eq!(events.iter().any(fatal), broken);
        let first_fatal = events.iter().position(fatal).unwrap_or(events.len());
        assert!(events[first_fatal..].iter().all(|event| matches!(event, Event::Violation(_))));
    }

    #[test]
    fn text_fails_as_early_as_it_is_certain(bytes in vec(any::<u8>(), 1..12)) {
        let mut receiver = Receiver::new(Role::Client, SMALL);
        receiver.push(&FrameHead { length: 100, length_form: LengthForm::Seven, ..FrameHead::server(Opcode::Text, 0) }.encode());
        for (had, byte) in bytes.iter().enumerate() {
            receiver.push(&[*byte]);
            let hopeless = std::str::from_utf8(&bytes[..=had]).is_err_and(|error| error.error_len().is_some());
            assert_eq!(receiver.is_broken(), hopeless);
            if hopeless {
                let valid = std::str::from_utf8(&bytes[..=had]).unwrap_err().valid_up_to();
                let Some(Event::Violation(violation)) = receiver.next_event() else { panic!("no violation") };
                assert_eq!((violation.offset, violation.close_code()), (2 + valid as u64, Some(1007)));
                break;
            }
        }
    }

    #[test]
    fn any_fragmentation_gives_the_same_message(
        text in "[aé€😀]{0,40}",
        cuts in vec(any::<usize>(), 0..6),
        ping_at in any::<usize>(),
    ) {
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (text.len() + 1)).collect();
        ends.push(text.len());
        ends.sort_unstable();
        let mut frames: Vec<(u8, &[u8])> = Vec::new();
        let mut start = 0;
        for end in &ends {
            frames.push((0x00, &text.as_bytes()[start..*end]));
            start = *end;
        }
        frames[0].0 |= 0x01;
        let last = frames.len() - 1;
        frames[last].0 |= 0x80;
        frames.insert(1 + ping_at % frames.len(), (0x89, b"ping"));
        let events = read(Role::Server, Limits::default(), &stream(Role::Server, &frames));
        let messages: Vec<_> = events.iter().filter_map(|event| match event {
            Event::Message { payload, frames, .. } => Some((payload.as_ref(), *frames)),
            _ => None,
        }).collect();
        assert_eq!(messages, [(text.as_bytes(), u32::try_from(ends.len()).unwrap())]);
    }
}
