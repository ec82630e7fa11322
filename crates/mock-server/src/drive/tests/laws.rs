//! The laws of every endpoint's sessions at work: they end when they are broken, and they say the same
//! to the same bytes. The clock of the services stands still unless it is moved.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rstest::rstest;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use wire::credentials::Grant;
use wire::endpoint::{Endpoint, Opening};
use wire::handshake::RequestHead;
use wire::knob::Knobs;
use wire::registry;
use wire::ws::{CloseFrame as OurClose, FrameHead, Opcode, mask};

use super::*;
use crate::socket::LINGER;

const KEY: [u8; 4] = [0x11, 0x57, 0xA3, 0xFE];

fn open(endpoint: &Endpoint, seed: u64) -> Box<dyn Session> {
    (endpoint.open)(Opening {
        seed,
        knobs: Knobs::new(),
        head: RequestHead::default(),
        grant: Grant::default(),
        can_encode: crate::speaker::can_encode,
    })
}

/// A client's frame.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let head = FrameHead {
        fin: first & 0x80 != 0,
        rsv: (first >> 4) & 0b111,
        mask: Some(KEY),
        ..FrameHead::server(Opcode::from_bits(first), payload.len())
    };
    let mut bytes = head.encode().to_vec();
    let start = bytes.len();
    bytes.extend_from_slice(payload);
    mask(&mut bytes[start..], KEY, 0);
    bytes
}

/// What the client sends in each stored session of an endpoint: opcode and payload.
fn scripts(endpoint: &Endpoint) -> Vec<Vec<(u8, Vec<u8>)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let entries = std::fs::read_dir(root.join(endpoint.name)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let sessions = files.iter().map(|file| {
        let text = std::fs::read_to_string(file).unwrap();
        let lines = text.lines().skip(1);
        let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        let sent = lines.filter(|line| line["dir"] == "client");
        sent.filter_map(|line| match (&line["text"], &line["base64"]) {
            (Value::String(text), _) => Some((0x1, text.clone().into_bytes())),
            (_, Value::String(bytes)) => Some((0x2, STANDARD.decode(bytes).unwrap())),
            _ => None,
        })
        .collect()
    });
    sessions.collect()
}

/// How a message is put on the wire.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Whole,
    /// Pieces of so many bytes, each when everybody is done with the one before.
    Pieces(usize),
    /// Fragments of so many bytes.
    Fragments(usize),
}

fn pieces(opcode: u8, payload: &[u8], cut: Cut) -> Vec<Vec<u8>> {
    let whole = frame(0x80 | opcode, payload);
    match cut {
        Cut::Whole => vec![whole],
        Cut::Pieces(length) => whole.chunks(length).map(<[u8]>::to_vec).collect(),
        Cut::Fragments(length) => {
            let count = payload.len().div_ceil(length).max(1);
            let part = |n: usize| {
                let part = payload.chunks(length).nth(n).unwrap_or_default();
                let first = if n == 0 { opcode } else { 0 };
                frame(first | if n + 1 == count { 0x80 } else { 0 }, part)
            };
            (0..count).map(part).collect()
        }
    }
}

/// Until everybody waits: with its clock paused tokio lets time pass only then.
async fn quiet() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Everything that the server says to a stored client, and when, by the services' clock.
async fn exchange(endpoint: &Endpoint, script: &[(u8, Vec<u8>)], cut: Cut, seed: u64) -> Said {
    let (near, far) = tokio::io::duplex(64 << 10);
    let served = serve(open(endpoint, seed), near, Pace::Burst, ClockMode::Manual);
    let (mut input, mut output) = tokio::io::split(far);
    let reader = tokio::spawn(async move {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).await.unwrap();
        bytes
    });
    for (opcode, payload) in script {
        for piece in pieces(*opcode, payload, cut) {
            // The server may have closed already.
            let _ = output.write_all(&piece).await;
            quiet().await;
        }
        served.clock.advance(Duration::from_millis(40)).await;
    }
    let close = frame(0x88, &OurClose::encode(1000, ""));
    let _ = output.write_all(&close).await;
    quiet().await;
    drop(output);
    let bytes = reader.await.unwrap();
    served.task.await.unwrap();
    let sessions = served.journal.sessions();
    let record = guard(&sessions[0]);
    let times = record.numbered_entries().map(|(_, entry)| entry.at);
    let times = times.collect();
    Said { bytes, times }
}

#[derive(Debug, PartialEq)]
struct Said {
    bytes: Vec<u8>,
    times: Vec<Duration>,
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_and_bytes_give_the_same_bytes_at_the_same_times() {
    for endpoint in registry::endpoints() {
        let mut said = 0;
        for script in scripts(endpoint) {
            let once = exchange(endpoint, &script, Cut::Whole, 7).await;
            let again = exchange(endpoint, &script, Cut::Whole, 7).await;
            assert_eq!(once, again, "{}", endpoint.name);
            said += once.bytes.len();
        }
        assert!(said > 100, "{} says next to nothing", endpoint.name);
    }
}

#[tokio::test(start_paused = true)]
async fn another_seed_changes_ids_and_nothing_about_the_length() {
    let mut differing = 0;
    for endpoint in registry::endpoints() {
        for script in scripts(endpoint) {
            let once = exchange(endpoint, &script, Cut::Whole, 7).await;
            let other = exchange(endpoint, &script, Cut::Whole, 8).await;
            assert_eq!(once.bytes.len(), other.bytes.len(), "{}", endpoint.name);
            differing += usize::from(once.bytes != other.bytes);
        }
    }
    assert!(differing > 0, "no seed is ever used");
}

#[rstest]
#[case::pieces_of_one(Cut::Pieces(1))]
#[case::pieces_of_seven(Cut::Pieces(7))]
#[case::fragments_of_nine(Cut::Fragments(9))]
#[case::two_fragments_or_so(Cut::Fragments(200))]
#[tokio::test(start_paused = true)]
async fn no_cut_of_the_clients_bytes_changes_the_answer(#[case] cut: Cut) {
    for endpoint in registry::endpoints() {
        for script in scripts(endpoint) {
            let whole = exchange(endpoint, &script, Cut::Whole, 7).await;
            let pieces = exchange(endpoint, &script, cut, 7).await;
            assert!(whole.bytes == pieces.bytes, "{} {cut:?}", endpoint.name);
        }
    }
}

/// What a client can do to the framing that no server forgives.
fn breaches() -> Vec<(&'static str, u16, Vec<u8>)> {
    let unmasked = |first: u8| FrameHead::server(Opcode::from_bits(first), 1).encode();
    let too_large = FrameHead {
        mask: Some(KEY),
        ..FrameHead::server(Opcode::Binary, (16 << 20) + 1)
    };
    vec![
        ("no mask", 1002, [&*unmasked(0x81), b"a"].concat()),
        ("reserved bits", 1002, frame(0xC1, b"a")),
        ("a reserved opcode", 1002, frame(0x83, b"a")),
        ("a ping in parts", 1002, frame(0x09, b"a")),
        ("a long ping", 1002, frame(0x89, &[0; 126])),
        ("nothing to continue", 1002, frame(0x80, b"a")),
        ("no UTF-8", 1007, frame(0x81, b"\xff")),
        ("too much", 1009, too_large.encode().to_vec()),
        ("half a close code", 1002, frame(0x88, b"\x03")),
        ("a close code of nobody's", 1002, frame(0x88, &[0, 0])),
    ]
}

/// After every prefix of a stored session: the server closes with a code of RFC 6455 and lets go of a
/// client that neither reads nor closes.
#[tokio::test(start_paused = true)]
async fn a_broken_stream_is_closed_and_let_go() {
    for endpoint in registry::endpoints() {
        let script = scripts(endpoint).swap_remove(0);
        for count in 0..=script.len().min(3) {
            for (breach, expected, bytes) in breaches() {
                let (near, mut far) = tokio::io::duplex(64 << 10);
                let served = serve(open(endpoint, 7), near, Pace::Burst, ClockMode::Manual);
                for (opcode, payload) in &script[..count] {
                    let _ = far.write_all(&frame(0x80 | opcode, payload)).await;
                }
                // What was asked for is under way, not done, unless it fits into the pipe.
                let _ = far.write_all(&bytes).await;
                let code = let_go(endpoint, breach, served, Some(far)).await;
                // A session that has come to its end before closes as it was going to.
                let is_right = code == expected || count > 0 && matches!(code, 1000 | 1011);
                assert!(
                    is_right,
                    "{} after {count}: {breach} closes {code}",
                    endpoint.name
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_vanishes_is_let_go_at_once() {
    for endpoint in registry::endpoints() {
        for script in scripts(endpoint) {
            let whole: Vec<u8> = script
                .iter()
                .flat_map(|(opcode, payload)| frame(0x80 | opcode, payload))
                .collect();
            for cut in (0..whole.len()).step_by(whole.len().div_ceil(9)) {
                let (near, mut far) = tokio::io::duplex(64 << 10);
                let served = serve(open(endpoint, 7), near, Pace::Burst, ClockMode::Manual);
                let _ = far.write_all(&whole[..cut]).await;
                drop(far);
                let before = Instant::now();
                let _ = let_go(endpoint, "the end", served, None).await;
                assert!(before.elapsed() <= LINGER, "{} after {cut}", endpoint.name);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_let_go_when_the_services_clock_says_so() {
    for endpoint in registry::endpoints() {
        let (near, far) = tokio::io::duplex(64 << 10);
        let served = serve(open(endpoint, 7), near, Pace::Burst, ClockMode::Manual);
        quiet().await;
        served.clock.advance(Duration::from_secs(60)).await;
        let code = let_go(endpoint, "silence", served, Some(far)).await;
        assert!(
            matches!(code, 1000 | 1006 | 1011),
            "{}: {code}",
            endpoint.name
        );
    }
}

/// The session ends within the guard of the close handshake, and says how.
async fn let_go(endpoint: &Endpoint, why: &str, served: Served, far: Option<DuplexStream>) -> u16 {
    const GUARD: Duration = Duration::from_secs(10);
    let is_there = far.is_some();
    let before = Instant::now();
    let ended = timeout(GUARD + LINGER * 2, served.task).await;
    assert!(
        ended.is_ok(),
        "{}: {why} holds the connection",
        endpoint.name
    );
    assert!(
        before.elapsed() <= GUARD + LINGER,
        "{}: {why}",
        endpoint.name
    );
    drop(far);
    let (code, by) = ending(&served.journal);
    assert!(
        !is_there || by == "server",
        "{}: {why}, by the {by}",
        endpoint.name
    );
    code
}
