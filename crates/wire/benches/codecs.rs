//! What the codecs cost: `cargo bench -p wire`. docs/performance.md says how to read it.
//!
//! Everything is named beside what it cannot be faster than: frames beside a copy of their bytes,
//! compression beside the same with a state made for it alone.

#![expect(
    clippy::print_stdout,
    reason = "a benchmark reports on standard output"
)]

use std::fs;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::path::Path;

use allocation_counter::measure;
use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use wire::endpoint::{Endpoint, Opening};
use wire::gzip;
use wire::handshake::RequestHead;
use wire::json::{self, Style};
use wire::knob::Knobs;
use wire::memory::Memory;
use wire::registry;
use wire::session::{Form, Side, Turn};
use wire::ws::{FrameHead, Limits, Opcode, Receiver, Role, mask};

/// An audio frame as services send them, and a small one.
const LENGTHS: [usize; 2] = [4 << 10, 32 << 10];

/// How much a server reads at once.
const READ: usize = 16 << 10;

fn frames(criterion: &mut Criterion) {
    for length in LENGTHS {
        let payload = vec![0x5a_u8; length];
        let mut group = criterion.benchmark_group(format!("frame of {} KiB", length >> 10));
        group.throughput(Throughput::Bytes(length as u64));
        let mut out: Vec<u8> = Vec::with_capacity(length + 16);
        group.bench_function("memcpy", |bencher| {
            bencher.iter(|| {
                out.clear();
                out.extend_from_slice(black_box(&payload));
            });
        });
        group.bench_function("encode beside its payload", |bencher| {
            let payload = Bytes::from(payload.clone());
            bencher.iter(|| {
                let head = FrameHead::server(Opcode::Binary, payload.len()).encode();
                black_box((head, payload.clone()))
            });
        });
        group.bench_function("encode into a buffer", |bencher| {
            bencher.iter(|| {
                out.clear();
                out.extend_from_slice(&FrameHead::server(Opcode::Binary, length).encode());
                out.extend_from_slice(black_box(&payload));
            });
        });
        let mut masked = payload.clone();
        group.bench_function("unmask in place", |bencher| {
            bencher.iter(|| mask(black_box(&mut masked), [1, 2, 3, 4], 0));
        });
        let head = FrameHead {
            mask: Some([1, 2, 3, 4]),
            ..FrameHead::server(Opcode::Binary, length)
        };
        let stream = [head.encode().as_ref(), &payload].concat();
        let mut receiver = Receiver::new(Role::Server, Limits::default());
        group.bench_function("receive", |bencher| {
            bencher.iter(|| {
                let mut events = 0;
                for piece in stream.chunks(READ) {
                    receiver.push(black_box(piece));
                    while let Some(event) = receiver.next_event() {
                        black_box(&event);
                        events += 1;
                    }
                }
                assert!(events > 0, "no message");
            });
        });
        group.finish();
    }
}

const TEXT: &str = r#"{"app":{"appid":"1234567890","cluster":"a_cluster","other":"access"},
"user":{"uid":"388808087185088"},"audio":{"voice_type":"a_voice","encoding":"mp3","speed_ratio":1.0,
"volume_ratio":1.0,"pitch_ratio":1.0},"request":{"reqid":"c3273a9f-3f73-4f06-8a6a-4f3b6f0d9a51",
"text":"the quick brown fox jumps over the lazy dog","text_type":"plain","operation":"submit"}}"#;

fn compression(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gzip of a request");
    group.throughput(Throughput::Bytes(TEXT.len() as u64));
    let packed = gzip::deflate(TEXT.as_bytes());
    group.bench_function("deflate, state used again", |bencher| {
        bencher.iter(|| gzip::deflate(black_box(TEXT.as_bytes())));
    });
    group.bench_function("deflate, state made anew", |bencher| {
        bencher.iter(|| {
            let level = flate2::Compression::new(6);
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder
                .write_all(black_box(TEXT.as_bytes()))
                .expect("memory");
            encoder.finish().expect("memory")
        });
    });
    group.bench_function("inflate, state used again", |bencher| {
        bencher.iter(|| gzip::inflate(black_box(&packed), gzip::MAX_INFLATED).expect("gzip"));
    });
    group.bench_function("inflate, state made anew", |bencher| {
        bencher.iter(|| {
            let mut inflated = Vec::new();
            let mut decoder = flate2::bufread::GzDecoder::new(black_box(packed.as_slice()));
            decoder.read_to_end(&mut inflated).expect("gzip");
            inflated
        });
    });
    group.finish();
}

fn texts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("JSON of a request");
    group.throughput(Throughput::Bytes(TEXT.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| json::parse(black_box(TEXT)).expect("JSON"));
    });
    group.bench_function("parse, serde_json alone", |bencher| {
        bencher.iter(|| serde_json::from_str::<Value>(black_box(TEXT)).expect("JSON"));
    });
    let value = json::parse(TEXT).expect("JSON").value;
    group.bench_function("write", |bencher| {
        bencher.iter(|| black_box(&value).write(Style::Compact));
    });
    group.finish();
}

/// What a golden vector says.
struct Message {
    side: Side,
    form: Form,
    payload: Bytes,
}

/// The valid messages of every endpoint that has golden vectors.
fn vectors() -> Vec<(&'static Endpoint, Vec<Message>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/vectors");
    let mut files: Vec<_> = fs::read_dir(folder).expect("fixtures").flatten().collect();
    files.sort_by_key(fs::DirEntry::path);
    let files = files
        .iter()
        .filter_map(|file| fs::read_to_string(file.path()).ok());
    let known = files.filter_map(|text| {
        let file: Value = serde_json::from_str(&text).ok()?;
        let name = file.get("endpoint")?.as_str()?.to_owned();
        let endpoint = registry::endpoints().find(|endpoint| endpoint.name == name)?;
        let all = file.get("vectors")?.as_array()?.iter();
        Some((endpoint, all.filter_map(message).collect()))
    });
    known.collect()
}

fn message(vector: &Value) -> Option<Message> {
    let digits: Vec<char> = vector.get("hex")?.as_str()?.chars().collect();
    let bytes = digits.chunks(2).map(|pair| {
        let pair: String = pair.iter().collect();
        u8::from_str_radix(&pair, 16).expect("hex")
    });
    let payload = bytes.collect();
    let side = match vector.get("from")?.as_str()? {
        "client" => Side::Client,
        _ => Side::Server,
    };
    let form = match vector.get("form")?.as_str()? {
        "text" => Form::Text,
        _ => Form::Binary,
    };
    (vector.get("outcome")? == "valid").then_some(Message {
        side,
        form,
        payload,
    })
}

/// Opens a session and gives it the first valid message of a client; answers how many things it asks for.
fn first_turn(endpoint: &'static Endpoint, first: &Message) -> usize {
    let mut session = (endpoint.open)(Opening {
        seed: 1,
        knobs: Knobs::default(),
        head: RequestHead::default(),
        grant: wire::credentials::Grant::default(),
        can_encode: |_| true,
    });
    let mut memory = Memory::new();
    let mut turn = Turn::new(&mut memory);
    session.open(&mut turn);
    session.message(first.form, &first.payload, &mut turn);
    turn.into_actions().len()
}

fn messages(criterion: &mut Criterion) {
    let all = vectors();
    assert!(!all.is_empty(), "no vectors");
    let mut group = criterion.benchmark_group("valid golden vectors, all of a service decoded");
    for (endpoint, messages) in &all {
        group.throughput(Throughput::Elements(messages.len() as u64));
        group.bench_with_input(
            BenchmarkId::from_parameter(endpoint.name),
            messages,
            |bencher, messages| {
                bencher.iter(|| {
                    for it in messages {
                        let _ = black_box((endpoint.decode)(it.side, it.form, &it.payload));
                    }
                });
            },
        );
    }
    group.finish();
    let mut group = criterion.benchmark_group("a session opened and its first message answered");
    for (endpoint, messages) in &all {
        let first = messages.iter().find(|message| message.side == Side::Client);
        let first = first.expect("a message of a client");
        let counted = measure(|| {
            black_box(first_turn(endpoint, first));
        });
        println!(
            "{}: {} allocations, {} bytes in all, {} at most at once",
            endpoint.name, counted.count_total, counted.bytes_total, counted.bytes_max
        );
        group.bench_with_input(
            BenchmarkId::from_parameter(endpoint.name),
            first,
            |bencher, first| {
                bencher.iter(|| first_turn(endpoint, black_box(first)));
            },
        );
    }
    group.finish();
}

criterion_group!(codecs, frames, compression, texts, messages);
criterion_main!(codecs);
