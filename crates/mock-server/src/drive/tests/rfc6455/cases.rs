//! The cases, by the numbers of release 0.10.9 of the suite. What is sent and what has to come back is the suite's; class 9
//! is sent at a sixteenth of its size, since `wire::ws` reads it at full size in tests of its own. Classes 12 and 13 are
//! of an extension that is never negotiated.

mod ending;
mod text;

use wire::ws::{CloseFrame, FrameHead, Opcode, mask};

/// One case: what is sent, and what has to come back.
pub(super) struct Case {
    pub(super) number: String,
    pub(super) what: String,
    /// Pieces of the stream.
    pub(super) sent: Vec<Vec<u8>>,
    /// Whether everybody comes to rest between the pieces.
    pub(super) waits: bool,
    pub(super) wanted: Vec<String>,
}

impl Case {
    /// Its class: all of its number but what counts the cases.
    pub(super) fn section(&self) -> &str {
        let parts = self.number.split('.').count();
        match parts {
            2 => self.number.split('.').next().unwrap(),
            _ => self.number.rsplit_once('.').unwrap().0,
        }
    }
}

/// Every class, what it is about and how many cases it has.
pub(super) const SECTIONS: &[(&str, &str, usize)] = &[
    ("1.1", "framing: text messages", 8),
    ("1.2", "framing: binary messages", 8),
    ("2", "pings and pongs", 11),
    ("3", "reserved bits", 7),
    ("4.1", "opcodes: reserved data frames", 5),
    ("4.2", "opcodes: reserved control frames", 5),
    ("5", "fragmentation", 20),
    ("6.1", "UTF-8: empty fragments", 3),
    (
        "6.2",
        "UTF-8: whole, cut between characters and inside them",
        4,
    ),
    ("6.3", "UTF-8: none, cut in any way", 2),
    ("6.4", "UTF-8: none, and refused before the message ends", 4),
    ("6.5", "UTF-8: correct sequences", 5),
    ("6.6", "UTF-8: every prefix of a correct text", 11),
    ("6.7", "UTF-8: first sequence of each length", 4),
    ("6.8", "UTF-8: first sequence of 5 and 6 bytes", 2),
    ("6.9", "UTF-8: last sequence of each length", 4),
    ("6.10", "UTF-8: last sequence of 4, 5 and 6 bytes", 3),
    ("6.11", "UTF-8: other boundaries", 5),
    ("6.12", "UTF-8: continuation bytes that nothing begins", 8),
    ("6.13", "UTF-8: lonely first bytes", 5),
    ("6.14", "UTF-8: last byte missing", 10),
    ("6.15", "UTF-8: incomplete sequences in a row", 1),
    ("6.16", "UTF-8: impossible bytes", 3),
    ("6.17", "UTF-8: overlong ASCII", 5),
    ("6.18", "UTF-8: the longest overlong sequences", 5),
    ("6.19", "UTF-8: overlong NUL", 5),
    ("6.20", "UTF-8: single surrogates", 7),
    ("6.21", "UTF-8: paired surrogates", 8),
    ("6.22", "UTF-8: code points that are no characters", 34),
    ("6.23", "UTF-8: specials", 7),
    ("7.1", "close: what comes behind it", 6),
    ("7.3", "close: lengths", 6),
    ("7.5", "close: a reason that is not UTF-8", 1),
    ("7.7", "close: codes that may be sent", 13),
    ("7.9", "close: codes that may not", 9),
    ("7.13", "close: codes that nobody has defined", 2),
    ("9.1", "limits: text messages", 6),
    ("9.2", "limits: binary messages", 6),
    ("9.3", "limits: fragments of text", 9),
    ("9.4", "limits: fragments of binary", 9),
    ("9.5", "limits: text in pieces", 6),
    ("9.6", "limits: binary in pieces", 6),
    ("9.7", "limits: many text messages", 6),
    ("9.8", "limits: many binary messages", 6),
    ("10.1", "automatic fragments", 1),
];

/// All of them, in order.
pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    framing(&mut cases);
    pings(&mut cases);
    reserved(&mut cases);
    fragmentation(&mut cases);
    text::utf8(&mut cases);
    text::sequences(&mut cases);
    ending::closing(&mut cases);
    ending::close_codes(&mut cases);
    ending::limits(&mut cases);
    cases
}

/// How a stream reaches the server.
#[derive(Clone, Copy)]
enum Cut {
    Whole,
    /// Frame by frame, everybody at rest in between.
    Frames,
    /// In pieces of so many bytes.
    Pieces(usize),
}

struct Builder {
    number: String,
    what: String,
    frames: Vec<Vec<u8>>,
    cut: Cut,
    wanted: Vec<String>,
}

fn case(number: impl Into<String>, what: impl Into<String>) -> Builder {
    Builder {
        number: number.into(),
        what: what.into(),
        frames: Vec::new(),
        cut: Cut::Whole,
        wanted: Vec::new(),
    }
}

impl Builder {
    /// A frame: first byte and payload.
    fn frame(mut self, first: u8, payload: impl AsRef<[u8]>) -> Self {
        self.frames.push(masked(first, payload.as_ref()));
        self
    }

    fn cut(mut self, cut: Cut) -> Self {
        self.cut = cut;
        self
    }

    fn wants(mut self, word: impl Into<String>) -> Self {
        self.wanted.push(word.into());
        self
    }

    fn text(self, payload: impl AsRef<[u8]>) -> Self {
        self.wants(echo("text", payload.as_ref()))
    }

    /// The connection goes on until the client closes it.
    fn closes(self, cases: &mut Vec<Case>) {
        self.frame(CLOSE, CloseFrame::encode(1000, ""))
            .wants("close 1000")
            .done(cases);
    }

    /// The server fails the connection.
    fn fails(self, code: u16, cases: &mut Vec<Case>) {
        self.wants(format!("close {code}")).done(cases);
    }

    fn done(self, cases: &mut Vec<Case>) {
        let (sent, waits) = match self.cut {
            Cut::Whole => (vec![self.frames.concat()], false),
            Cut::Frames => (self.frames, true),
            Cut::Pieces(length) => {
                let stream = self.frames.concat();
                (
                    stream.chunks(length).map(<[u8]>::to_vec).collect(),
                    length < 64,
                )
            }
        };
        cases.push(Case {
            number: self.number,
            what: self.what,
            sent,
            waits,
            wanted: self.wanted,
        });
    }
}

/// What an echo is told as: by its length and a sum of its bytes.
pub(super) fn echo(form: &str, payload: &[u8]) -> String {
    let sum = payload
        .iter()
        .fold(0_u32, |sum, byte| sum.rotate_left(5) ^ u32::from(*byte));
    format!("{form}:{} bytes, {sum:08x}", payload.len())
}

pub(super) fn pong(payload: &[u8]) -> String {
    format!("pong:{}", String::from_utf8_lossy(payload))
}

fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x37, 0xFA, 0x21, 0x3D];
    let head = FrameHead {
        fin: first & 0x80 != 0,
        rsv: (first >> 4) & 0b111,
        mask: Some(key),
        ..FrameHead::server(Opcode::from_bits(first), payload.len())
    };
    let mut bytes = head.encode().to_vec();
    let start = bytes.len();
    bytes.extend_from_slice(payload);
    mask(&mut bytes[start..], key, 0);
    bytes
}

fn framing(cases: &mut Vec<Case>) {
    for (class, form, first, byte) in [("1.1", "text", TEXT, b'*'), ("1.2", "binary", BINARY, 0xFE)]
    {
        for (n, length) in [0, 125, 126, 127, 128, 65_535, 65_536, 65_536]
            .iter()
            .enumerate()
        {
            let payload = vec![byte; *length];
            let (cut, how) = if n == 7 {
                (Cut::Pieces(997), ", in pieces")
            } else {
                (Cut::Whole, "")
            };
            case(
                format!("{class}.{}", n + 1),
                format!("{form} of {length} bytes{how}"),
            )
            .frame(first, &payload)
            .cut(cut)
            .wants(echo(form, &payload))
            .closes(cases);
        }
    }
}

fn pings(cases: &mut Vec<Case>) {
    let bytes = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];
    let answered: [(&str, &str, &[u8]); 4] = [
        ("2.1", "a ping without payload", b""),
        ("2.2", "a ping with text", b"Hello, world!"),
        ("2.3", "a ping with bytes that are not UTF-8", &bytes),
        ("2.4", "a ping of 125 bytes", &[0xFE; 125]),
    ];
    for (number, what, payload) in answered {
        case(number, what)
            .frame(PING, payload)
            .wants(pong(payload))
            .closes(cases);
    }
    case("2.5", "a ping of 126 bytes")
        .frame(PING, [0xFE; 126])
        .fails(1002, cases);
    case("2.6", "a ping of 125 bytes, byte by byte")
        .frame(PING, [0xFE; 125])
        .cut(Cut::Pieces(1))
        .wants(pong(&[0xFE; 125]))
        .closes(cases);
    case("2.7", "a pong that nobody asked for")
        .frame(PONG, "")
        .closes(cases);
    case("2.8", "a pong that nobody asked for, with payload")
        .frame(PONG, "unasked")
        .closes(cases);
    case("2.9", "a pong that nobody asked for, then a ping")
        .frame(PONG, "unasked")
        .frame(PING, "ping")
        .wants(pong(b"ping"))
        .closes(cases);
    for (number, how, cut) in [
        ("2.10", "", Cut::Whole),
        ("2.11", ", byte by byte", Cut::Pieces(1)),
    ] {
        let mut builder = case(number, format!("ten pings{how}")).cut(cut);
        for n in 0..10 {
            let payload = format!("payload-{n}");
            builder = builder
                .frame(PING, &payload)
                .wants(pong(payload.as_bytes()));
        }
        builder.closes(cases);
    }
}

fn reserved(cases: &mut Vec<Case>) {
    let hello = || case("", "").frame(TEXT, HELLO).text(HELLO);
    let after = |number: &str, what: &str, first: u8, payload: &str, cut: Cut| Builder {
        number: number.into(),
        what: what.into(),
        ..hello().frame(first, payload).frame(PING, "").cut(cut)
    };
    let bytewise = Cut::Pieces(1);
    case("3.1", "text with RSV3")
        .frame(TEXT | 0x10, HELLO)
        .fails(1002, cases);
    after(
        "3.2",
        "text, then text with RSV2, then a ping",
        TEXT | 0x20,
        HELLO,
        Cut::Whole,
    )
    .fails(1002, cases);
    after(
        "3.3",
        "text, then text with RSV2 and 3, then a ping, frame by frame",
        TEXT | 0x30,
        HELLO,
        Cut::Frames,
    )
    .fails(1002, cases);
    after(
        "3.4",
        "text, then text with RSV1, then a ping, byte by byte",
        TEXT | 0x40,
        HELLO,
        bytewise,
    )
    .fails(1002, cases);
    case("3.5", "binary with RSV1 and 3")
        .frame(BINARY | 0x50, [0x00, 0xFF])
        .fails(1002, cases);
    case("3.6", "a ping with RSV1 and 2")
        .frame(PING | 0x60, HELLO)
        .fails(1002, cases);
    case("3.7", "a close with RSV1, 2 and 3")
        .frame(CLOSE | 0x70, [0x03, 0xE8])
        .fails(1002, cases);
    for (class, first_opcode) in [("4.1", 0x3), ("4.2", 0xB)] {
        for n in 0..5_u8 {
            let opcode = first_opcode + n;
            let number = format!("{class}.{}", n + 1);
            let payload = if n % 2 == 0 {
                ""
            } else {
                "reserved opcode payload"
            };
            if n < 2 {
                case(number, format!("opcode {opcode:#x}"))
                    .frame(0x80 | opcode, payload)
                    .fails(1002, cases);
            } else {
                let cut = if n == 4 { bytewise } else { Cut::Whole };
                let what = format!("text, then opcode {opcode:#x}, then a ping");
                after(&number, &what, 0x80 | opcode, payload, cut).fails(1002, cases);
            }
        }
    }
}

fn fragmentation(cases: &mut Vec<Case>) {
    let cuts = [
        ("", Cut::Whole),
        (", frame by frame", Cut::Frames),
        (", byte by byte", Cut::Pieces(1)),
    ];
    case("5.1", "a ping in two fragments")
        .frame(0x09, "frag")
        .frame(0x80, "ment")
        .fails(1002, cases);
    case("5.2", "a pong in two fragments")
        .frame(0x0A, "frag")
        .frame(0x80, "ment")
        .fails(1002, cases);
    for (n, (how, cut)) in cuts.iter().enumerate() {
        case(
            format!("5.{}", n + 3),
            format!("text in two fragments{how}"),
        )
        .frame(0x01, "frag")
        .frame(0x80, "ment")
        .cut(*cut)
        .text("fragment")
        .closes(cases);
    }
    for (n, (how, cut)) in cuts.iter().enumerate() {
        case(
            format!("5.{}", n + 6),
            format!("text in two fragments, a ping between{how}"),
        )
        .frame(0x01, "frag")
        .frame(PING, "ping")
        .frame(0x80, "ment")
        .cut(*cut)
        .wants(pong(b"ping"))
        .text("fragment")
        .closes(cases);
    }
    for (first, words, from) in [(0x80, "a last", 9), (0x00, "a", 12)] {
        for (n, (how, cut)) in cuts.iter().enumerate() {
            case(
                format!("5.{}", n + from),
                format!("{words} fragment of nothing, then text{how}"),
            )
            .frame(first, "non-continuation payload")
            .frame(TEXT, HELLO)
            .cut(*cut)
            .fails(1002, cases);
        }
    }
    case("5.15", "text in two fragments, a fragment of nothing, text")
        .frame(0x01, "frag")
        .frame(0x80, "ment")
        .frame(0x00, "fragment3")
        .frame(TEXT, "fragment4")
        .text("fragment")
        .fails(1002, cases);
    for (number, first) in [("5.16", 0x00), ("5.17", 0x80)] {
        case(
            number,
            "a fragment of nothing before text in two fragments, twice",
        )
        .frame(first, "a")
        .frame(0x01, "b")
        .frame(0x80, "c")
        .frame(first, "d")
        .frame(0x01, "e")
        .frame(0x80, "f")
        .fails(1002, cases);
    }
    case("5.18", "a text inside a text")
        .frame(0x01, "frag")
        .frame(TEXT, "ment")
        .fails(1002, cases);
    for (number, how, cut) in [
        ("5.19", "", Cut::Whole),
        ("5.20", ", frame by frame", Cut::Frames),
    ] {
        case(
            number,
            format!("text in five fragments with two pings between{how}"),
        )
        .frame(0x01, "1")
        .frame(0x00, "2")
        .frame(PING, "ping 1")
        .frame(0x00, "3")
        .frame(0x00, "4")
        .frame(PING, "ping 2")
        .frame(0x80, "5")
        .cut(cut)
        .wants(pong(b"ping 1"))
        .wants(pong(b"ping 2"))
        .text("12345")
        .closes(cases);
    }
}

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;
const HELLO: &str = "Hello, world!";
/// Greek, with a character of three bytes among those of two.
const KOSME: &[u8] = "κ\u{1F79}σμε".as_bytes();
