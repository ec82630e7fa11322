//! Every valid golden vector: its fields, its bytes again, and every cut of it.

use bytes::Bytes;

use super::super::{Frame, decode, fields};
use crate::json::{self, Value};
use crate::session::Side;

const VECTORS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../fixtures/vectors/volcengine-tts-v1.json"
));

struct Vector {
    id: String,
    from: Side,
    bytes: Bytes,
    is_gzip: bool,
}

fn vectors() -> Vec<Vector> {
    let text = |line: &Value, name: &str| line.get(name).unwrap().as_str().unwrap().to_owned();
    let content = json::parse(VECTORS).unwrap().value;
    let vectors = content.get("vectors").unwrap().items().unwrap();
    vectors
        .iter()
        .filter(|vector| text(vector, "outcome") == "valid")
        .map(|line| {
            let digits = text(line, "hex");
            Vector {
                id: text(line, "id"),
                from: match text(line, "from").as_str() {
                    "client" => Side::Client,
                    _ => Side::Server,
                },
                bytes: (0..digits.len() / 2)
                    .map(|n| u8::from_str_radix(&digits[n * 2..n * 2 + 2], 16).unwrap())
                    .collect::<Vec<u8>>()
                    .into(),
                is_gzip: line.get("canonical").unwrap().as_bool() == Some(false),
            }
        })
        .collect()
}

#[test]
fn there_are_all_of_them() {
    let ids: Vec<String> = vectors().into_iter().map(|vector| vector.id).collect();
    let golden = (1..=35).map(|n| format!("G{n}"));
    let live = (1..=3).map(|n| format!("L{n}"));
    for id in golden.chain(live) {
        assert!(ids.contains(&id), "{id}");
    }
}

#[test]
fn encoding_gives_the_same_bytes_again() {
    for vector in vectors() {
        let frame = decode(vector.from, &vector.bytes).unwrap();
        assert_eq!(frame.encode(), vector.bytes, "{}", vector.id);
        if vector.is_gzip {
            // Compressed bytes differ between compressors; the payload does not.
            let plain = frame.inflated().unwrap().into_owned();
            let packed = frame.compression.pack(plain.clone());
            let again = Frame {
                payload: packed,
                ..frame
            };
            assert_eq!(again.inflated().unwrap(), plain, "{}", vector.id);
        }
    }
}

#[test]
fn every_cut_is_an_error_that_names_a_field_at_its_offset() {
    for vector in vectors() {
        for cut in 0..vector.bytes.len() {
            let error = decode(vector.from, &vector.bytes.slice(..cut)).unwrap_err();
            assert!(!error.field.is_empty(), "{} cut at {cut}", vector.id);
            assert!(error.offset <= cut, "{} cut at {cut}: {error}", vector.id);
        }
    }
}

#[test]
fn anything_after_the_payload_is_an_error_at_its_offset() {
    for vector in vectors() {
        let mut long = vector.bytes.to_vec();
        long.push(0);
        let error = decode(vector.from, &long.into()).unwrap_err();
        let expected = format!(
            "byte {}: end of frame: 1 bytes follow it",
            vector.bytes.len()
        );
        assert_eq!(error.to_string(), expected, "{}", vector.id);
    }
}

#[test]
fn the_fields_cover_every_byte_in_order() {
    for vector in vectors() {
        let frame = decode(vector.from, &vector.bytes).unwrap();
        let mut at = 0;
        for field in fields(&frame, &frame.body().unwrap()) {
            assert!(
                field.offset == at || field.offset + 1 == at,
                "{}: {field:?}",
                vector.id
            );
            at = field.offset + field.length;
        }
        assert_eq!(at, vector.bytes.len(), "{}", vector.id);
    }
}

#[test]
fn a_dump_reads_like_the_documents() {
    let vector = vectors()
        .into_iter()
        .find(|vector| vector.id == "G22")
        .unwrap();
    let frame = decode(vector.from, &vector.bytes).unwrap();
    let lines: Vec<String> = fields(&frame, &frame.body().unwrap())
        .into_iter()
        .map(|f| format!("{:>2}+{} {}: {}", f.offset, f.length, f.name, f.value))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
     0+1 version: 0x1
     0+1 header size: 0x1 (4 bytes)
     1+1 message type: 0x9 (full server response)
     1+1 flags: 0x4 (no sequence, event)
     2+1 serialization: 0x1 (JSON)
     2+1 compression: 0x0 (none)
     3+1 reserved: 0x00
     4+4 event: 50 (ConnectionStarted)
     8+4 connect id size: 2
    12+2 connect id: c0
    14+4 payload size: 2
    18+2 payload: {}
    "#);
}
