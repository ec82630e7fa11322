//! Class 6: what is UTF-8, and what is not, however it is cut.

use super::{Builder, Case, Cut, KOSME, TEXT, case, masked};

/// Text in fragments of one byte.
fn in_bytes(mut builder: Builder, text: &[u8]) -> Builder {
    for (n, byte) in text.iter().enumerate() {
        let first = if n == 0 { 0x01 } else { 0x00 };
        let fin = if n + 1 == text.len() { 0x80 } else { 0x00 };
        builder = builder.frame(first | fin, [*byte]);
    }
    builder
}

pub(super) fn utf8(cases: &mut Vec<Case>) {
    let mixed = "Hello-µ@ßöäüàá-UTF-8!!".as_bytes();
    case("6.1.1", "empty text")
        .frame(TEXT, "")
        .text("")
        .closes(cases);
    case("6.1.2", "three empty fragments")
        .frame(0x01, "")
        .frame(0x00, "")
        .frame(0x80, "")
        .text("")
        .closes(cases);
    case("6.1.3", "three fragments, the outer ones empty")
        .frame(0x01, "")
        .frame(0x00, "middle frame payload")
        .frame(0x80, "")
        .text("middle frame payload")
        .closes(cases);
    case("6.2.1", "text of several scripts")
        .frame(TEXT, mixed)
        .text(mixed)
        .closes(cases);
    let (first, second) = mixed.split_at("Hello-µ@ß".len());
    case("6.2.2", "the same, cut between characters")
        .frame(0x01, first)
        .frame(0x80, second)
        .text(mixed)
        .closes(cases);
    in_bytes(case("6.2.3", "the same, a byte a fragment"), mixed)
        .text(mixed)
        .closes(cases);
    in_bytes(case("6.2.4", "Greek, a byte a fragment"), KOSME)
        .text(KOSME)
        .closes(cases);
    let spoilt = [KOSME, b"\xED\xA0\x80", b"edited"].concat();
    case("6.3.1", "text with a surrogate")
        .frame(TEXT, &spoilt)
        .fails(1007, cases);
    in_bytes(case("6.3.2", "the same, a byte a fragment"), &spoilt).fails(1007, cases);
    // The server answers before the message is complete: nothing follows, and it does not wait for it.
    let fails_fast = [
        (
            "6.4.1",
            "a good fragment, then one beyond Unicode",
            [KOSME, b"\xF4\x90\x80\x80"],
        ),
        (
            "6.4.2",
            "the same, the second cut where it is certain",
            [KOSME, b"\xF4\x90"],
        ),
    ];
    for (number, what, [good, bad]) in fails_fast {
        case(number, what)
            .frame(0x01, good)
            .frame(0x00, bad)
            .cut(Cut::Frames)
            .fails(1007, cases);
    }
    let whole = masked(TEXT, &[KOSME, b"\xF4\x90\x80\x80edited"].concat());
    for (number, what, until) in [
        (
            "6.4.3",
            "the first half of a frame, beyond Unicode",
            KOSME.len() + 4,
        ),
        (
            "6.4.4",
            "the same, cut where it is certain",
            KOSME.len() + 2,
        ),
    ] {
        let mut builder = case(number, what).cut(Cut::Frames);
        let head = whole.len() - KOSME.len() - 10;
        let (first, rest) = whole.split_at(head + KOSME.len());
        builder.frames = vec![first.to_vec(), rest[..until - KOSME.len()].to_vec()];
        builder.fails(1007, cases);
    }
}

/// After Markus Kuhn's stress test for decoders.
pub(super) fn sequences(cases: &mut Vec<Case>) {
    let continuations: Vec<u8> = (0x80..0xBF).collect();
    let starts = |from: u8, to: u8| (from..to).flat_map(|it| [it, b' ']).collect::<Vec<u8>>();
    let cut: [&[u8]; 10] = [
        b"\xC0",
        b"\xE0\x80",
        b"\xF0\x80\x80",
        b"\xF8\x80\x80\x80",
        b"\xFC\x80\x80\x80\x80",
        b"\xDF",
        b"\xEF\xBF",
        b"\xF7\xBF\xBF",
        b"\xFB\xBF\xBF\xBF",
        b"\xFD\xBF\xBF\xBF\xBF",
    ];
    let surrogates: [&[u8]; 7] = [
        b"\xED\xA0\x80",
        b"\xED\xAD\xBF",
        b"\xED\xAE\x80",
        b"\xED\xAF\xBF",
        b"\xED\xB0\x80",
        b"\xED\xBE\x80",
        b"\xED\xBF\xBF",
    ];
    let pairs = surrogates[..4]
        .iter()
        .flat_map(|high| [surrogates[4], surrogates[6]].map(|low| [high, low].concat()));
    let prefixes = (1..=KOSME.len()).map(|end| KOSME[..end].to_vec());
    let planes = (0..=16_u32).flat_map(|plane| [plane << 16 | 0xFFFE, plane << 16 | 0xFFFF]);
    let noncharacters = planes.map(|it| char::from_u32(it).unwrap().to_string().into_bytes());
    let owned = |list: &[&[u8]]| list.iter().map(|it| it.to_vec()).collect::<Vec<_>>();
    let lists: [Vec<Vec<u8>>; 19] = [
        owned(&[
            b"hello$world",
            "hello¢world".as_bytes(),
            "hello€world".as_bytes(),
            "hello𤭢world".as_bytes(),
            KOSME,
        ]),
        prefixes.collect(),
        owned(&[b"\0", b"\xC2\x80", b"\xE0\xA0\x80", b"\xF0\x90\x80\x80"]),
        owned(&[b"\xF8\x88\x80\x80\x80", b"\xFC\x84\x80\x80\x80\x80"]),
        owned(&[b"\x7F", b"\xDF\xBF", b"\xEF\xBF\xBF", b"\xF4\x8F\xBF\xBF"]),
        owned(&[
            b"\xF7\xBF\xBF\xBF",
            b"\xFB\xBF\xBF\xBF\xBF",
            b"\xFD\xBF\xBF\xBF\xBF\xBF",
        ]),
        owned(&[
            b"\xED\x9F\xBF",
            b"\xEE\x80\x80",
            b"\xEF\xBF\xBD",
            b"\xF4\x8F\xBF\xBF",
            b"\xF4\x90\x80\x80",
        ]),
        [b"\x80".to_vec(), b"\xBF".to_vec()]
            .into_iter()
            .chain((2..=6).map(|length| b"\x80\xBF".repeat(3)[..length].to_vec()))
            .chain([continuations])
            .collect(),
        vec![
            starts(0xC0, 0xDF),
            starts(0xE0, 0xEF),
            starts(0xF0, 0xF7),
            starts(0xF8, 0xFB),
            starts(0xFC, 0xFD),
        ],
        owned(&cut),
        vec![cut.concat()],
        owned(&[b"\xFE", b"\xFF", b"\xFE\xFE\xFF\xFF"]),
        owned(&[
            b"\xC0\xAF",
            b"\xE0\x80\xAF",
            b"\xF0\x80\x80\xAF",
            b"\xF8\x80\x80\x80\xAF",
            b"\xFC\x80\x80\x80\x80\xAF",
        ]),
        owned(&[
            b"\xC1\xBF",
            b"\xE0\x9F\xBF",
            b"\xF0\x8F\xBF\xBF",
            b"\xF8\x87\xBF\xBF\xBF",
            b"\xFC\x83\xBF\xBF\xBF\xBF",
        ]),
        owned(&[
            b"\xC0\x80",
            b"\xE0\x80\x80",
            b"\xF0\x80\x80\x80",
            b"\xF8\x80\x80\x80\x80",
            b"\xFC\x80\x80\x80\x80\x80",
        ]),
        owned(&surrogates),
        pairs.collect(),
        noncharacters.collect(),
        (0xFFF9..=0xFFFF_u32)
            .map(|it| char::from_u32(it).unwrap().to_string().into_bytes())
            .collect(),
    ];
    for (n, list) in lists.iter().enumerate() {
        for (m, text) in list.iter().enumerate() {
            let is_text = std::str::from_utf8(text).is_ok();
            let what = if is_text {
                "text that is UTF-8"
            } else {
                "text that is not UTF-8"
            };
            let builder = case(format!("6.{}.{}", n + 5, m + 1), what).frame(TEXT, text);
            if is_text {
                builder.text(text).closes(cases);
            } else {
                builder.fails(1007, cases);
            }
        }
    }
}
