use bytes::Bytes;

use super::super::example::{case, check, chunk, connection, fault, frame};
use super::layers::{Detail, Layer, Titled, layers};
use super::timeline::rows;
use super::*;
use crate::run::trace::Comparison;
use crate::verdict::Verdict;

fn endpoint(name: &str) -> Option<&'static Endpoint> {
    wire::registry::endpoints().find(|known| known.name == name)
}

fn shown(layers: &[Titled]) -> String {
    let mut lines = Vec::new();
    for Titled { title, layer } in layers {
        lines.push(format!("# {title}"));
        match layer {
            Layer::Head(bits) => lines.extend(bits.iter().map(|bit| {
                let (place, name, raw, value) = (&bit.place, bit.name, &bit.raw, &bit.value);
                format!("{place}: {name} {raw} {value}")
                    .trim_end()
                    .to_owned()
            })),
            Layer::Lines(all) => lines.extend(all.iter().map(|(line, mark)| match mark {
                None => line.clone(),
                Some(mark) => format!("{line} | {} {}", mark.holds, mark.expected),
            })),
            Layer::Fields { rows, hidden } => {
                lines.extend(rows.iter().map(|row| {
                    let mark = row.mark.as_ref();
                    let mark =
                        mark.map_or(String::new(), |m| format!(" | {} {}", m.holds, m.expected));
                    format!(
                        "{}+{} {} = {}: {}{mark}",
                        row.offset, row.length, row.raw, row.name, row.value
                    )
                }));
                lines.push(format!("{hidden} hidden"));
            }
            Layer::Hex { rows, hidden } => {
                lines.extend(rows.iter().map(|row| format!("{row:?}")));
                lines.push(format!("{hidden} hidden"));
            }
            Layer::Text(text) | Layer::Note(text) => lines.push(text.clone()),
            Layer::Value(tree) => lines.extend(tree.lines.iter().filter_map(|line| {
                Some(format!(
                    "{:?}: {} | {:?}",
                    line.key,
                    line.text,
                    line.mark.as_ref()?
                ))
            })),
        }
    }
    lines.join("\n")
}

fn compared(path: &str, expected: &str, found: &str) -> Comparison {
    Comparison {
        path: path.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
        holds: expected == found,
    }
}

#[test]
fn a_message_is_taken_apart_from_the_bits_of_its_frame_to_the_paths_of_its_json() {
    let json = br#"{"reqid":"r","code":3050,"Message":"voice type not found"}"#;
    let packed = wire::gzip::deflate_to(json, 96).unwrap();
    let mut payload = vec![0x11, 0xf0, 0x11, 0x00, 0, 0, 0x0b, 0xea];
    payload.extend(u32::try_from(packed.len()).unwrap().to_be_bytes());
    payload.extend(packed);
    let session = connection(&[(Opcode::Binary, &payload)]);
    let trace = Trace {
        connections: vec![session],
        ..Trace::default()
    };
    // The one that takes this for an error: whoever it is.
    let bytes = Bytes::from(payload.clone());
    let endpoint = wire::registry::endpoints().find(|known| {
        let dump = (known.decode)(Side::Server, Form::Binary, &bytes);
        dump.is_ok_and(|dump| dump.kind == "error")
    });
    let said = said(&trace, endpoint);
    let compared = [
        compared("error_code", "3001", "3050"),
        compared("payload.code", "3001", "3050"),
        compared("payload.reqid", "\"r\"", "\"r\""),
        compared("byte 3", "1", "0"),
    ];
    let last = said.last().unwrap();
    insta::assert_snapshot!(shown(&layers(last, &compared, Detail::Little)), @r#"
    # WebSocket binary frame at byte 84
    byte 0, bit 7: FIN 1 the last frame of its message
    byte 0, bits 6–4: RSV 000 none
    byte 0, bits 3–0: opcode 0010 binary
    byte 1, bit 7: MASK 0 not masked
    byte 1, bits 6–0: length 1101100 108 bytes
    # Payload
    0+1 0001 ···· = version: 0x1
    0+1 ···· 0001 = header size: 0x1 (4 bytes)
    1+1 1111 ···· = message type: 0xf (error)
    1+1 ···· 0000 = flags: 0x0 (no sequence)
    2+1 0001 ···· = serialization: 0x1 (JSON)
    2+1 ···· 0001 = compression: 0x1 (gzip)
    3+1 00 = reserved: 0x00 | false 1
    4+4 00 00 0b ea = error code: 3050 | false 3001
    8+4 00 00 00 60 = payload size: 96
    12+96 1f 8b 08 10 00 00 00 00 … 88 more = payload: gzip of {"reqid":"r","code":3050,"Message":"voice type not found"} | false payload.code: 3001
    0 hidden
    # Bytes
    HexRow { offset: 0, bytes: [17, 240, 17, 0, 0, 0, 11, 234], marked: Some(3) }
    HexRow { offset: 8, bytes: [0, 0, 0, 96, 31, 139, 8, 16], marked: None }
    92 hidden
    # Gunzipped at byte 12: 96 bytes to 58
    {"reqid":"r","code":3050,"Message":"voice type not found"}
    # Value
    Some("error_code"): 3050 | Mark { expected: "3001", holds: false }
    Some("reqid"): "r" | Mark { expected: "\"r\"", holds: true }
    Some("code"): 3050 | Mark { expected: "3001", holds: false }
    "#);
}

#[test]
fn what_breaks_off_is_shown_as_far_as_it_came() {
    let whole = frame(Side::Server, Opcode::Binary, &[9; 300]);
    let mut session = connection(&[]);
    session
        .chunks
        .push(chunk(Side::Server, 20, whole[..100].to_vec()));
    session.chunks.push(chunk(
        Side::Client,
        30,
        frame(Side::Client, Opcode::Pong, b"x"),
    ));
    session.chunks.push(chunk(Side::Client, 31, vec![0x81]));
    let trace = Trace {
        connections: vec![session],
        ..Trace::default()
    };
    let said = said(&trace, None);
    let lines: Vec<String> = said
        .iter()
        .map(|one| {
            format!(
                "{} {} {}: {}",
                one.at.as_millis(),
                one.side.name(),
                one.kind(),
                one.line()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    0 client request: GET /x HTTP/1.1
    2 server answer: HTTP/1.1 101 Switching Protocols
    3 client malformed: no endpoint is known by this name
    20 server cut frame: binary: 300 bytes declared, 96 came
    30 client pong: x
    31 client bytes: 1 bytes that make no frame
    ");
}

#[test]
fn fragments_are_one_message_and_know_their_pieces() {
    let mut first = FrameHead::server(Opcode::Text, 2);
    first.fin = false;
    let one = [first.encode().to_vec(), b"{}".to_vec()].concat();
    let two = frame(Side::Server, Opcode::Continuation, b"  ");
    let mut session = connection(&[]);
    let bytes = Bytes::from([one, two].concat());
    for (at, ms) in (0..bytes.len()).zip(10..) {
        session
            .chunks
            .push(chunk(Side::Server, ms, bytes.slice(at..=at)));
    }
    let trace = Trace {
        connections: vec![session],
        ..Trace::default()
    };
    let said = said(&trace, None);
    let What::Message(message) = &said.last().unwrap().what else {
        panic!("{said:?}");
    };
    let pieces: Vec<usize> = message.frames.iter().map(|frame| frame.pieces).collect();
    assert_eq!((&message.payload[..], pieces), (&b"{}  "[..], vec![4, 4]));
    assert_eq!(said.last().unwrap().at, Duration::from_millis(17));
}

#[test]
fn a_timeline_has_long_runs_in_one_row_and_names_what_struck() {
    let audio = [0_u8; 40];
    let mut messages: Vec<(Opcode, &[u8])> = vec![(Opcode::Binary, &audio); 9];
    messages.insert(0, (Opcode::Text, b"{}"));
    messages.push((Opcode::Close, b"\x03\xe8"));
    let mut session = connection(&messages);
    session.faults.push(fault());
    let mut checks = vec![
        check("looked", Verdict::Fail, "2"),
        check("silent", Verdict::Fail, "2"),
    ];
    checks[1].evidence.message = None;
    checks[1].evidence.at = Duration::from_millis(200);
    let case = case("ABC-AAAA", checks, session);
    let said = said(&case.trace, endpoint(&case.endpoint));
    let lines = |most| {
        let rows = rows(&case, &said, most);
        let shown = rows.iter().map(|row| {
            let checks: Vec<String> = row
                .checks
                .iter()
                .map(|(id, v)| format!("{id}={v}"))
                .collect();
            format!(
                "{} {:?} {} · {} [{}]",
                row.at.as_millis(),
                row.lane,
                row.label,
                row.note,
                checks.join(" ")
            )
        });
        shown.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(lines(40), @r#"
    0 ToServer request · GET /x HTTP/1.1 []
    2 ToClient answer · HTTP/1.1 101 Switching Protocols []
    3 ToServer malformed · 11 bytes []
    10 ToClient malformed · 2 bytes [looked=fail]
    15 Fault fault · x:at=audio/2 </script><script>alert(1)</script><b a='"'>&amp; []
    20 ToClient 9 × audio · 360 bytes in 80 ms []
    110 ToClient close · 1000 []
    110 Ending the framing broke: </script><script>alert(1)</script><b a='"'>&amp; ·  []
    200 Verdict fail silent · value [silent=fail]
    "#);
    insta::assert_snapshot!(lines(4), @r#"
    0 ToServer request · GET /x HTTP/1.1 []
    2 ToClient answer · HTTP/1.1 101 Switching Protocols []
    3 Hidden 1 more ·  []
    10 ToClient malformed · 2 bytes [looked=fail]
    15 Fault fault · x:at=audio/2 </script><script>alert(1)</script><b a='"'>&amp; []
    20 Hidden 2 more ·  []
    110 Ending the framing broke: </script><script>alert(1)</script><b a='"'>&amp; ·  []
    200 Verdict fail silent · value [silent=fail]
    "#);
}
