//! Classes 7, 9 and 10: closing, and limits.

use wire::ws::CloseFrame;

use super::{BINARY, CLOSE, Case, Cut, HELLO, KOSME, PING, TEXT, case, echo};

pub(super) fn closing(cases: &mut Vec<Case>) {
    let normal = CloseFrame::encode(1000, "");
    case("7.1.1", "text, then a close")
        .frame(TEXT, HELLO)
        .text(HELLO)
        .closes(cases);
    let behind: [(&str, &str, u8, &[u8]); 3] = [
        ("7.1.2", "two closes", CLOSE, &normal),
        ("7.1.3", "a close, then a ping", PING, b""),
        ("7.1.4", "a close, then text", TEXT, b"Hello"),
    ];
    for (number, what, first, payload) in behind {
        case(number, what)
            .frame(CLOSE, &normal)
            .frame(first, payload)
            .wants("close 1000")
            .done(cases);
    }
    case("7.1.5", "a close between two fragments")
        .frame(0x01, "frag")
        .frame(CLOSE, &normal)
        .frame(0x80, "ment")
        .wants("close 1000")
        .done(cases);
    let large = vec![b'*'; 256 << 10];
    case("7.1.6", "256 KiB of text, text, a close, a ping")
        .frame(TEXT, &large)
        .frame(TEXT, HELLO)
        .frame(CLOSE, &normal)
        .frame(PING, "")
        .text(&large)
        .text(HELLO)
        .wants("close 1000")
        .done(cases);
    case("7.3.1", "a close without a code")
        .frame(CLOSE, "")
        .wants("close without a code")
        .done(cases);
    case("7.3.2", "a close of one byte")
        .frame(CLOSE, "a")
        .fails(1002, cases);
    for (number, what, reason) in [
        ("7.3.3", "a close with a code", String::new()),
        (
            "7.3.4",
            "a close with code and reason",
            "Hello World!".to_owned(),
        ),
        ("7.3.5", "a close with the longest reason", "*".repeat(123)),
    ] {
        case(number, what)
            .frame(CLOSE, CloseFrame::encode(1000, &reason))
            .wants("close 1000")
            .done(cases);
    }
    let too_long = [&[0x03, 0xE8][..], &[b'*'; 124]].concat();
    case("7.3.6", "a close with a reason too long")
        .frame(CLOSE, too_long)
        .fails(1002, cases);
    let bad = [&[0x03, 0xE8][..], KOSME, b"\xED\xA0\x80edited"].concat();
    case("7.5.1", "a close with a reason that is not UTF-8")
        .frame(CLOSE, bad)
        .fails(1007, cases);
}

pub(super) fn close_codes(cases: &mut Vec<Case>) {
    let may = [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
    ];
    for (n, code) in may.into_iter().enumerate() {
        case(
            format!("7.7.{}", n + 1),
            format!("a close with code {code}"),
        )
        .frame(CLOSE, CloseFrame::encode(code, "reason"))
        .wants(format!("close {code}"))
        .done(cases);
    }
    let may_not = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
    for (n, code) in may_not.into_iter().enumerate() {
        case(
            format!("7.9.{}", n + 1),
            format!("a close with code {code}"),
        )
        .frame(CLOSE, CloseFrame::encode(code, "reason"))
        .fails(1002, cases);
    }
    for (n, code) in [5000, 65_535].into_iter().enumerate() {
        case(
            format!("7.13.{}", n + 1),
            format!("a close with code {code}"),
        )
        .frame(CLOSE, CloseFrame::encode(code, "reason"))
        .fails(1002, cases);
    }
}

pub(super) fn limits(cases: &mut Vec<Case>) {
    const KIB: usize = 1024;
    const SHARE: usize = 16;
    let forms = [("text", TEXT, b'*'), ("binary", BINARY, 0xFE)];
    for (form, first, byte) in forms {
        let class = if form == "text" { "9.1" } else { "9.2" };
        for (n, kib) in [64, 256, 1024, 4096, 8192, 16_384].iter().enumerate() {
            let payload = vec![byte; kib * KIB / SHARE];
            case(
                format!("{class}.{}", n + 1),
                format!("{form} of {} KiB", kib / SHARE),
            )
            .frame(first, &payload)
            .wants(echo(form, &payload))
            .closes(cases);
        }
    }
    for (form, first, byte) in forms {
        let class = if form == "text" { "9.3" } else { "9.4" };
        let payload = vec![byte; 4096 * KIB / SHARE];
        for n in 0..9_u32 {
            let piece = (64 * 4_usize.pow(n)).min(payload.len());
            let mut builder = case(
                format!("{class}.{}", n + 1),
                format!("{form} of 256 KiB in fragments"),
            );
            let count = payload.len().div_ceil(piece);
            for (m, part) in payload.chunks(piece).enumerate() {
                let opcode = if m == 0 { first & 0x0F } else { 0x00 };
                let fin = if m + 1 == count { 0x80 } else { 0x00 };
                builder = builder.frame(opcode | fin, part);
            }
            builder.wants(echo(form, &payload)).closes(cases);
        }
    }
    for (form, first, byte) in forms {
        let class = if form == "text" { "9.5" } else { "9.6" };
        let payload = vec![byte; 1024 * KIB / SHARE];
        for n in 0..6_u32 {
            let piece = 64 << n;
            case(
                format!("{class}.{}", n + 1),
                format!("{form} of 64 KiB in pieces of {piece} bytes"),
            )
            .frame(first, &payload)
            .cut(Cut::Pieces(piece))
            .wants(echo(form, &payload))
            .closes(cases);
        }
    }
    for (form, first, byte) in forms {
        let class = if form == "text" { "9.7" } else { "9.8" };
        for (n, length) in [0, 16, 64, 256, 1024, 4096].iter().enumerate() {
            let payload = vec![byte; *length];
            let count = 1000 / SHARE;
            let mut builder = case(
                format!("{class}.{}", n + 1),
                format!("{form} of {length} bytes, {count} times"),
            );
            for _ in 0..count {
                builder = builder.frame(first, &payload).wants(echo(form, &payload));
            }
            builder.closes(cases);
        }
    }
    let payload = vec![b'*'; 65_536];
    let mut builder = case("10.1.1", "text of 64 KiB in fragments of 1300 bytes");
    let count = payload.len().div_ceil(1300);
    for (m, part) in payload.chunks(1300).enumerate() {
        let opcode = u8::from(m == 0);
        let fin = if m + 1 == count { 0x80 } else { 0x00 };
        builder = builder.frame(opcode | fin, part);
    }
    builder.wants(echo("text", &payload)).closes(cases);
}
