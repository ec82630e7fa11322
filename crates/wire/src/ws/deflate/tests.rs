//! The codec and the negotiation, against the RFC's examples, another implementation's output and another inflater.

use super::{
    ClientWindow, Deflate, Deflater, Direction, InflateError, Inflater, Offer, Takeover,
    WindowBits, offers,
};
use crate::json::{self, Value};
use hex_literal::hex;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_IGNORE_ADLER32,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use rstest::rstest;

const VECTORS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../fixtures/ws/deflate.jsonl"
));

const LIMIT: usize = 1 << 20;

fn direction(takeover: Takeover, bits: u8) -> Direction {
    Direction {
        takeover,
        window: WindowBits::new(bits).unwrap(),
    }
}

fn bytes_of(digits: &Value) -> Vec<u8> {
    let digits = digits.as_str().unwrap();
    let byte = |n: usize| u8::from_str_radix(&digits[n * 2..n * 2 + 2], 16).unwrap();
    (0..digits.len() / 2).map(byte).collect()
}

fn inflate(payload: &[u8]) -> Result<Vec<u8>, InflateError> {
    Inflater::new(Direction::default()).inflate(payload, LIMIT)
}

/// The examples of RFC 7692 §7.2.3, each a message "Hello".
#[rstest]
#[case::one_block(&hex!("f2 48 cd c9 c9 07 00"))]
#[case::no_compression(&hex!("00 05 00 fa ff 48 65 6c 6c 6f 00"))]
#[case::final_block(&hex!("f3 48 cd c9 c9 07 00 00"))]
#[case::two_blocks(&hex!("f2 48 05 00 00 00 ff ff ca c9 c9 07 00"))]
fn the_rfc_s_examples_say_hello(#[case] payload: &[u8]) {
    assert_eq!(inflate(payload).unwrap(), b"Hello");
}

#[test]
fn the_rfc_s_second_hello_points_back_into_the_first() {
    let mut inflater = Inflater::new(Direction::default());
    let (first, second) = (hex!("f2 48 cd c9 c9 07 00"), hex!("f2 00 11 00 00"));
    assert_eq!(inflater.inflate(&first, LIMIT).unwrap(), b"Hello");
    assert_eq!(inflater.inflate(&second, LIMIT).unwrap(), b"Hello");
    let mut deflater = Deflater::new(Direction::default());
    assert_eq!(deflater.compress(b"Hello")[..], first);
    assert_eq!(deflater.compress(b"Hello")[..], second);
    let mut alone = Inflater::new(direction(Takeover::Dropped, 15));
    assert_eq!(alone.inflate(&first, LIMIT).unwrap(), b"Hello");
    assert_eq!(alone.inflate(&second, LIMIT), Err(InflateError::Broken));
}

#[test]
fn a_message_of_nothing_is_one_byte() {
    for takeover in [Takeover::Kept, Takeover::Dropped] {
        let mut deflater = Deflater::new(direction(takeover, 15));
        for _ in 0..3 {
            assert_eq!(deflater.compress(b"")[..], [0]);
        }
    }
    assert_eq!(inflate(&[0]).unwrap(), b"");
}

#[test]
fn a_message_after_a_final_block_starts_anew() {
    let mut inflater = Inflater::new(Direction::default());
    for payload in [
        &hex!("f3 48 cd c9 c9 07 00 00")[..],
        // Without the empty block that the RFC wants behind it.
        &hex!("f3 48 cd c9 c9 07 00"),
        &hex!("f2 48 cd c9 c9 07 00"),
    ] {
        assert_eq!(inflater.inflate(payload, LIMIT).unwrap(), b"Hello");
    }
}

#[test]
fn another_implementation_s_messages_inflate() {
    let mut lines = VECTORS.lines().map(|line| json::parse(line).unwrap().value);
    let messages = lines.next().unwrap();
    let messages = messages.get("messages").unwrap().items().unwrap();
    let mut count = 0;
    for line in lines {
        let Some(payloads) = line.get("payloads") else {
            continue;
        };
        let takeover = match line.get("takeover").unwrap().as_bool().unwrap() {
            true => Takeover::Kept,
            false => Takeover::Dropped,
        };
        let bits = line.get("window_bits").unwrap().as_i64().unwrap();
        let mut inflater = Inflater::new(direction(takeover, u8::try_from(bits).unwrap()));
        for (message, payload) in messages.iter().zip(payloads.items().unwrap()) {
            let inflated = inflater.inflate(&bytes_of(payload), LIMIT);
            assert_eq!(inflated, Ok(bytes_of(message)), "{takeover:?} {bits}");
            count += 1;
        }
    }
    assert_eq!(count, 16 * 9);
}

#[test]
fn offers_are_granted_as_another_implementation_grants_them() {
    let lines = VECTORS.lines().map(|line| json::parse(line).unwrap().value);
    let mut count = 0;
    for line in lines {
        let Some(offer) = line.get("offer").and_then(Value::as_str) else {
            continue;
        };
        let granted = Deflate::negotiate([offer], Deflate::default());
        let answer = line.get("answer").unwrap().as_str();
        assert_eq!(granted.map(|(_, answer)| answer).as_deref(), answer);
        count += 1;
    }
    assert_eq!(count, 16);
}

/// Inflates one whole stream with a window of so many bytes and no byte more.
fn other_inflate(stream: &[u8], window: usize) -> Vec<u8> {
    let mut state = DecompressorOxide::new();
    let mut ring = vec![0; window];
    let (mut rest, mut at, mut plain) = (stream, 0, Vec::new());
    let flags = TINFL_FLAG_HAS_MORE_INPUT | TINFL_FLAG_IGNORE_ADLER32;
    loop {
        let (status, used, made) = decompress(&mut state, rest, &mut ring, at, flags);
        plain.extend_from_slice(&ring[at..at + made]);
        rest = &rest[used..];
        at = (at + made) & (window - 1);
        match status {
            TINFLStatus::HasMoreOutput => {}
            TINFLStatus::NeedsMoreInput => return plain,
            _ => panic!("{status:?} after {} bytes", plain.len()),
        }
    }
}

fn some_messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let message = prop_oneof![
        "[a-d你好 ]{0,400}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..300),
        (any::<u8>(), 0..9000_usize).prop_map(|(byte, length)| vec![byte; length]),
        Just(b"{\"event\":\"START\"}".to_vec()),
    ];
    vec(message, 0..8)
}

fn some_direction() -> impl Strategy<Value = Direction> {
    let takeover = prop_oneof![Just(Takeover::Kept), Just(Takeover::Dropped)];
    (takeover, 9_u8..=15).prop_map(|(takeover, bits)| direction(takeover, bits))
}

proptest! {
    #[test]
    fn inflating_undoes_compressing(direction in some_direction(), messages in some_messages()) {
        let mut deflater = Deflater::new(direction);
        let mut inflater = Inflater::new(direction);
        for message in messages {
            let payload = deflater.compress(&message);
            assert_eq!(inflater.inflate(&payload, message.len()), Ok(message));
        }
    }

    #[test]
    fn another_inflater_with_the_agreed_window_reads_what_is_compressed(
        direction in some_direction(),
        messages in some_messages(),
    ) {
        let mut deflater = Deflater::new(direction);
        let mut stream = Vec::new();
        let mut whole = Vec::new();
        for message in &messages {
            let payload = deflater.compress(message);
            let one = [&payload[..], &[0, 0, 0xff, 0xff]].concat();
            if direction.takeover == Takeover::Dropped {
                assert_eq!(&other_inflate(&one, 1 << direction.window.bits()), message);
            }
            stream.extend(one);
            whole.extend_from_slice(message);
        }
        if direction.takeover == Takeover::Kept {
            assert_eq!(other_inflate(&stream, 1 << direction.window.bits()), whole);
        }
    }

    #[test]
    fn any_payload_inflates_or_not_within_the_limit(
        payloads in vec(vec(any::<u8>(), 0..60), 0..4),
        limit in 0..2000_usize,
    ) {
        let mut inflater = Inflater::new(Direction::default());
        for payload in payloads {
            match inflater.inflate(&payload, limit) {
                Ok(message) => assert!(message.len() <= limit),
                Err(_) => break,
            }
        }
    }

    #[test]
    fn any_header_is_read(value in "\\PC{0,60}|(permessage-deflate|;|,|=|\"|\\\\|client_max_window_bits|8| ){0,12}") {
        for offer in offers([value.as_str()]).into_iter().flatten() {
            let granted = Deflate::negotiate([value.as_str()], Deflate::default());
            if let Some((_, answer)) = granted {
                assert!(offers([answer.as_str()])[0].is_ok(), "{answer} for {offer:?}");
            }
        }
    }
}

#[test]
fn a_cut_payload_is_noticed_at_every_cut() {
    let message: Vec<u8> = (0..2000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .chain(b"Hello, hello, hello, hello!".repeat(30))
        .collect();
    let payload = Deflater::new(Direction::default()).compress(&message);
    for cut in 0..payload.len() {
        let inflated = inflate(&payload[..cut]);
        assert!(inflated.is_err(), "cut at {cut} of {}", payload.len());
    }
    assert_eq!(inflate(&payload), Ok(message));
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let bomb = Deflater::new(Direction::default()).compress(&vec![0; 10_000_000]);
    assert!(bomb.len() < 11_000);
    let mut inflater = Inflater::new(Direction::default());
    assert_eq!(
        inflater.inflate(&bomb, 999),
        Err(InflateError::TooLarge(999))
    );
    assert_eq!(inflate(&bomb), Err(InflateError::TooLarge(LIMIT)));
}

#[test]
fn a_limit_is_reached_and_not_passed() {
    for length in [0, 1, 255, 256, 257, 5000] {
        let message = vec![b'x'; length];
        let payload = Deflater::new(Direction::default()).compress(&message);
        let inflate = |limit| Inflater::new(Direction::default()).inflate(&payload, limit);
        assert_eq!(inflate(length), Ok(message));
        if let Some(less) = length.checked_sub(1) {
            assert_eq!(inflate(less), Err(InflateError::TooLarge(less)));
        }
    }
}

#[test]
fn a_smaller_window_points_back_less_far() {
    let noise: Vec<u8> = (0..3000_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let twice = noise.repeat(2);
    let length = |bits| {
        let mut deflater = Deflater::new(direction(Takeover::Kept, bits));
        deflater.compress(&twice).len()
    };
    assert!(length(15) < 3500 && length(9) > 5900);
}

/// What clients offer, and what they are granted.
#[rstest]
#[case::python_websockets_and_node(&["permessage-deflate; client_max_window_bits"], Some("permessage-deflate"))]
#[case::browsers_and_okhttp(&["permessage-deflate"], Some("permessage-deflate"))]
#[case::gorilla(&["permessage-deflate; server_no_context_takeover; client_no_context_takeover"], Some("permessage-deflate; server_no_context_takeover; client_no_context_takeover"))]
#[case::a_choice(&["permessage-deflate; server_max_window_bits=8, permessage-deflate"], Some("permessage-deflate"))]
#[case::two_headers(&["x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits=12"], Some("permessage-deflate; server_max_window_bits=12"))]
#[case::others(&["permessage-bzip2; level=\"a,permessage-deflate\""], None)]
#[case::quoted(&["permessage-deflate; server_max_window_bits=\"1\\0\""], Some("permessage-deflate; server_max_window_bits=10"))]
#[case::spaces(&[" permessage-deflate ;\tserver_max_window_bits = 11 "], Some("permessage-deflate; server_max_window_bits=11"))]
#[case::names_are_exact(&["Permessage-Deflate"], None)]
#[case::a_wrong_one_first(&["permessage-deflate; x, permessage-deflate; client_no_context_takeover"], Some("permessage-deflate; client_no_context_takeover"))]
#[case::nothing(&[""], None)]
#[case::no_header(&[], None)]
fn the_first_offer_that_can_be_held_is_granted(
    #[case] values: &[&str],
    #[case] expected: Option<&str>,
) {
    let granted = Deflate::negotiate(values.iter().copied(), Deflate::default());
    assert_eq!(granted.map(|(_, answer)| answer).as_deref(), expected);
}

#[rstest]
#[case::unasked(
    "permessage-deflate",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10"
)]
#[case::open(
    "permessage-deflate; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11"
)]
#[case::less(
    "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9"
)]
#[case::more(
    "permessage-deflate; client_max_window_bits=15; server_max_window_bits=15",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11"
)]
fn what_the_server_wants_is_granted_beside_it(#[case] offer: &str, #[case] expected: &str) {
    let wanted = Deflate {
        server: direction(Takeover::Dropped, 10),
        client: direction(Takeover::Dropped, 11),
    };
    let (agreed, answer) = Deflate::negotiate([offer], wanted).unwrap();
    assert_eq!(answer, expected);
    assert_eq!(agreed.header(), answer);
    assert_eq!(agreed.server.takeover, Takeover::Dropped);
}

#[test]
fn a_window_that_cannot_be_held_is_not_granted_even_if_it_is_wanted() {
    let wanted = Deflate {
        server: direction(Takeover::Kept, 8),
        ..Deflate::default()
    };
    assert_eq!(Deflate::negotiate(["permessage-deflate"], wanted), None);
}

#[rstest]
#[case(
    "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9",
    "server_max_window_bits twice"
)]
#[case(
    "permessage-deflate; server_max_window_bits",
    "server_max_window_bits without a value, expected 8 to 15"
)]
#[case(
    "permessage-deflate; client_max_window_bits=+9",
    "client_max_window_bits of `+9`, expected 8 to 15"
)]
#[case(
    "permessage-deflate; client_max_window_bits=",
    "client_max_window_bits of ``, expected 8 to 15"
)]
#[case(
    "permessage-deflate; server_no_context_takeover=true",
    "server_no_context_takeover with the value `true`, expected none"
)]
#[case(
    "permessage-deflate; window=9",
    "`window` is no parameter of permessage-deflate"
)]
#[case("permessage-deflate;", "`` is no parameter of permessage-deflate")]
#[case("per message", "`per message` is no name of an extension")]
fn a_wrong_offer_says_what_is_wrong(#[case] value: &str, #[case] expected: &str) {
    assert_eq!(offers([value]), [Err(expected.to_owned())]);
}

#[test]
fn an_offer_is_read_whole() {
    let value = "permessage-deflate; server_no_context_takeover; client_max_window_bits=10; \
                 server_max_window_bits=8; client_no_context_takeover";
    let offer = Offer {
        server_takeover: Takeover::Dropped,
        client_takeover: Takeover::Dropped,
        server_window: WindowBits::new(8),
        client_window: ClientWindow::AtMost(WindowBits::new(10).unwrap()),
    };
    assert_eq!(offers([value]), [Ok(offer)]);
    assert_eq!(WindowBits::new(7), None);
    assert_eq!(WindowBits::new(16), None);
}
