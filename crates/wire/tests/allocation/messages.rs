//! The decoders of messages, and the sessions behind them.

use allocation_counter::{AllocationInfo, measure};
use bytes::Bytes;
use rstest::rstest;
use wire::credentials::Grant;
use wire::endpoint::{Endpoint, Opening};
use wire::gzip;
use wire::handshake::RequestHead;
use wire::knob::Knobs;
use wire::memory::Memory;
use wire::registry;
use wire::session::{Form, Session, Side, Turn};

use crate::shapes::{SHAPES, bomb, declaring};

/// At the worst moment so many bytes may be held for each byte of a message, inflated.
const PER_BYTE: u64 = 160;
/// And so many whatever the message is.
const FLAT: u64 = 64 << 10;
/// What an answer may cost beside that: it may have to be compressed, and a compressor holds so much.
const COMPRESSOR: u64 = 420 << 10;

/// What one message costs: a dump of it for either side, and its answer.
fn cost(
    endpoint: &'static Endpoint,
    form: Form,
    payload: &Bytes,
) -> Vec<(&'static str, AllocationInfo)> {
    let decode = |side: Side| measure(|| drop((endpoint.decode)(side, form, payload)));
    let mut session = open(endpoint);
    vec![
        ("decoded as the client's", decode(Side::Client)),
        ("decoded as the server's", decode(Side::Server)),
        (
            "looked at for resemblance",
            measure(|| {
                let _ = (endpoint.resembles)(payload);
            }),
        ),
        ("read", measure(|| drop(session.read(form, payload)))),
        ("answered", measure(|| answer(endpoint, form, payload))),
    ]
}

/// What one step of a message may cost whatever the message is.
fn flat(what: &str) -> u64 {
    match what {
        "answered" => FLAT + COMPRESSOR,
        _ => FLAT,
    }
}

/// How much there is to decode once a message has been inflated.
fn weight(payload: &Bytes) -> u64 {
    let inflated = payload.get(8..).map_or(0, |inside| {
        gzip::member(inside, gzip::MAX_INFLATED + 1).inflated.len()
    });
    (payload.len() + inflated) as u64
}

#[rstest]
fn memory_is_bounded_by_what_has_arrived(#[values(100, 2_000, 20_000)] length: usize) {
    for endpoint in registry::endpoints() {
        for shape in SHAPES {
            for (form, payload) in shape.messages(length) {
                for (what, info) in cost(endpoint, form, &payload) {
                    let most = flat(what) + PER_BYTE * weight(&payload);
                    assert!(
                        info.bytes_max <= most,
                        "{}: {} of {} bytes, {what}: {} bytes held, at most {most}",
                        endpoint.name,
                        shape.name,
                        payload.len(),
                        info.bytes_max,
                    );
                }
            }
        }
    }
}

/// Four times the message is at most about four times the bytes allocated in all: no decoder goes back.
#[test]
fn work_is_linear_in_the_message() {
    const SMALL: usize = 5_000;
    const TIMES: u64 = 4;
    for endpoint in registry::endpoints() {
        for shape in SHAPES {
            let (small, large) = (shape.messages(SMALL), shape.messages(SMALL * 4));
            for ((form, small), (_, large)) in small.iter().zip(&large) {
                let (less, more) = (cost(endpoint, *form, small), cost(endpoint, *form, large));
                for ((what, less), (_, more)) in less.iter().zip(&more) {
                    let most = flat(what) + less.bytes_total * TIMES * 3 / 2;
                    assert!(
                        more.bytes_total <= most,
                        "{}: {} {what}: {} bytes for {} of message, {} for {}",
                        endpoint.name,
                        shape.name,
                        less.bytes_total,
                        small.len(),
                        more.bytes_total,
                        large.len(),
                    );
                }
            }
        }
    }
}

/// What a length declares is not reserved before it has arrived.
#[rstest]
fn a_declared_length_costs_nothing(
    #[values(3, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF)] length: u32,
) {
    for endpoint in registry::endpoints() {
        for payload in declaring(length) {
            for (what, info) in cost(endpoint, Form::Binary, &payload) {
                assert!(
                    info.bytes_max <= flat(what),
                    "{}: {payload:02x?} {what}: {} bytes",
                    endpoint.name,
                    info.bytes_max,
                );
            }
        }
    }
}

/// A bomb is inflated to the limit and no further, and what it holds is taken apart no further than to
/// the limit on values: a client cannot have a gigabyte for twenty kilobytes.
#[rstest]
#[case::too_large_of_nothing(" ", gzip::MAX_INFLATED + 1)]
#[case::just_fits_and_is_full_of_arrays("[[[[[[[[]]]]]]]],", gzip::MAX_INFLATED - 8)]
fn a_bomb_costs_the_limits_and_no_more(#[case] unit: &str, #[case] inflated: usize) {
    /// What [`wire::json::MOST_VALUES`] values may take.
    const VALUES: u64 = 256 * wire::json::MOST_VALUES as u64;
    let payload = bomb(unit, inflated);
    assert!(payload.len() < inflated / 100, "{} bytes", payload.len());
    // The buffer grows by doubling, and is copied as it does.
    let most = 3 * gzip::MAX_INFLATED as u64 + VALUES + flat("answered");
    for endpoint in registry::endpoints() {
        let info = measure(|| answer(endpoint, Form::Binary, &payload));
        assert!(
            info.bytes_max <= most,
            "{}: {unit}: {} bytes, at most {most}",
            endpoint.name,
            info.bytes_max,
        );
    }
}

/// Opens a session and lets it answer one message.
fn answer(endpoint: &Endpoint, form: Form, payload: &Bytes) {
    let mut session = open(endpoint);
    let mut memory = Memory::new();
    let mut turn = Turn::new(&mut memory);
    let _ = session.message(form, payload, &mut turn);
}

fn open(endpoint: &Endpoint) -> Box<dyn Session> {
    (endpoint.open)(Opening {
        seed: 0,
        knobs: Knobs::new(),
        head: RequestHead::default(),
        grant: Grant::default(),
        can_encode: |_| true,
    })
}

/// What compressors and inflaters remember is not made anew for each message or connection: that left
/// holes in memory that nothing fitted into again.
#[test]
fn a_compressor_is_made_once() {
    use wire::ws::deflate::{Direction, Inflater};
    const FEW: u64 = 16 << 10;
    let pack = || gzip::deflate(b"hello hello");
    let unpack = || gzip::inflate(&pack(), 100).unwrap();
    let converse = || {
        let direction = Direction::default();
        let packed = wire::ws::Deflater::new(direction).compress(b"hello hello");
        Inflater::new(direction).inflate(&packed, 100).unwrap()
    };
    // The first time.
    assert_eq!(unpack(), converse());
    for (what, info) in [
        ("a member", measure(|| drop(pack()))),
        ("a member read", measure(|| drop(unpack()))),
        ("a connection", measure(|| drop(converse()))),
    ] {
        assert!(info.bytes_total < FEW, "{what}: {} bytes", info.bytes_total);
    }
}
