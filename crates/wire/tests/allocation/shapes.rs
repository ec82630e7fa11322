//! Messages of any size that are meant to cost more than they weigh.

use bytes::Bytes;
use wire::gzip;
use wire::session::Form;

/// A kind of message that can be made of any length.
pub(crate) struct Shape {
    /// What it tries.
    pub(crate) name: &'static str,
    /// The text of so many bytes, about.
    text: fn(usize) -> String,
}

/// Every shape of JSON.
pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        name: "one long string",
        text: |n| format!("{{\"text\":\"{}\"}}", "x".repeat(n)),
    },
    Shape {
        name: "escapes",
        text: |n| format!("{{\"text\":\"{}\"}}", "\\u0041".repeat(n / 6)),
    },
    Shape {
        name: "ideographs",
        text: |n| format!("{{\"text\":\"{}\"}}", "字".repeat(n / 3)),
    },
    Shape {
        name: "words",
        text: |n| format!("{{\"text\":\"{}\"}}", "a ".repeat(n / 2)),
    },
    Shape {
        name: "empty arrays",
        text: |n| format!("[{}[]]", "[],".repeat(n / 3)),
    },
    Shape {
        name: "empty objects",
        text: |n| format!("{{\"x\":[{}{{}}]}}", "{},".repeat(n / 3)),
    },
    Shape {
        name: "nulls",
        text: |n| format!("{{\"config\":[{}null]}}", "null,".repeat(n / 5)),
    },
    Shape {
        name: "numbers",
        text: |n| format!("{{\"text\":[{}0]}}", "0,".repeat(n / 2)),
    },
    Shape {
        name: "one name",
        text: |n| format!("{{{}\"a\":0}}", "\"a\":0,".repeat(n / 6)),
    },
    Shape {
        name: "many names",
        text: many_names,
    },
    Shape {
        name: "a known name",
        text: |n| format!("{{{}\"text\":0}}", "\"text\":0,".repeat(n / 9)),
    },
    Shape {
        name: "a long name around one name",
        text: nested_names,
    },
    Shape {
        name: "long names around long names",
        text: long_names,
    },
    Shape {
        name: "deep arrays",
        text: |n| "[".repeat(n),
    },
    Shape {
        name: "deep objects",
        text: |n| "{\"a\":".repeat(n / 5),
    },
    Shape {
        name: "as deep as allowed, often",
        text: |n| format!("[{}0]", deep().repeat(n / 200)),
    },
    Shape {
        name: "an unclosed string",
        text: |n| format!("{{\"text\":\"{}", "x".repeat(n)),
    },
    Shape {
        name: "white space",
        text: |n| " ".repeat(n),
    },
    Shape {
        name: "a long number",
        text: |n| "1".repeat(n),
    },
    Shape {
        name: "a long word",
        text: |n| "x".repeat(n),
    },
    Shape {
        name: "markup",
        text: |n| {
            format!(
                "{{\"text\":\"{}\",\"accept\":\"audio/wav\"}}",
                "<p>a</p>".repeat(n / 8)
            )
        },
    },
    Shape {
        name: "open markup",
        text: |n| {
            format!(
                "{{\"text\":\"{}\",\"accept\":\"audio/wav\"}}",
                "<p>".repeat(n / 3)
            )
        },
    },
    Shape {
        name: "parameters",
        text: |n| {
            format!(
                "{{\"text\":\"a\",\"accept\":\"audio/wav{}\"}}",
                ";a=b".repeat(n / 4)
            )
        },
    },
    Shape {
        name: "an unknown command",
        text: |n| format!("{{\"command\":\"{}\"}}", "x".repeat(n)),
    },
    Shape {
        name: "an unknown answer",
        text: |n| format!("{{\"resp_type\":\"{}\"}}", "x".repeat(n)),
    },
    Shape {
        name: "results",
        text: |n| {
            format!(
                "{{\"resp_type\":\"RESULT\",\"segments\":[{}{{}}]}}",
                SEGMENT.repeat(n / SEGMENT.len())
            )
        },
    },
    Shape {
        name: "words with times",
        text: |n| {
            format!(
                "{{\"words\":[{}[\"a\",0,1]]}}",
                "[\"a\",0,1],".repeat(n / 10)
            )
        },
    },
];

const SEGMENT: &str = "{\"start_time\":0,\"end_time\":1,\"is_final\":true},";

fn many_names(n: usize) -> String {
    let members: Vec<String> = (0..n / 11).map(|it| format!("\"x{it:05}\":0")).collect();
    format!("{{{}}}", members.join(","))
}

fn nested_names(n: usize) -> String {
    format!(
        "{{\"{}\":{{{}\"a\":0}}}}",
        "x".repeat(n / 2),
        "\"a\":0,".repeat(n / 12)
    )
}

fn long_names(n: usize) -> String {
    let name = "x".repeat(n / 40);
    let inner = format!("\"{name}\":0,").repeat(20);
    format!("{{\"{name}\":{{{inner}\"{name}\":0}}}}")
}

fn deep() -> String {
    format!("{}{},", "[".repeat(100), "]".repeat(100))
}

impl Shape {
    /// The message as every form and layer in which it can come: text, a frame with a length before
    /// it, and such a frame compressed.
    pub(crate) fn messages(&self, length: usize) -> [(Form, Bytes); 3] {
        let text = (self.text)(length);
        let packed = gzip::deflate(text.as_bytes());
        [
            (Form::Text, Bytes::from(text.clone())),
            (Form::Binary, framed(0x10, text.as_bytes())),
            (Form::Binary, framed(0x11, &packed)),
        ]
    }
}

/// A header of four bytes, the length of what follows, and that.
fn framed(third: u8, payload: &[u8]) -> Bytes {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    Bytes::from([&[0x11, 0x10, third, 0][..], &length, payload].concat())
}

/// A frame whose inside is a bomb: an array of `unit` again and again.
pub(crate) fn bomb(unit: &str, inflated: usize) -> Bytes {
    let inside = format!("[{}", unit.repeat(inflated / unit.len()));
    framed(0x11, &gzip::deflate(inside.as_bytes()))
}

/// A frame that declares more than there is.
pub(crate) fn declaring(length: u32) -> Vec<Bytes> {
    let mut frames = Vec::new();
    for third in [0x00, 0x10, 0x11] {
        for second in [0x10, 0x11, 0x14, 0xb0, 0xb1, 0xf0, 0x94] {
            let head = [0x11, second, third, 0, 0, 0, 0, 50];
            let length = length.to_be_bytes();
            frames.push(Bytes::from([&head[..4], &length, b"{}"].concat()));
            frames.push(Bytes::from([&head[..], &length, b"{}"].concat()));
            frames.push(Bytes::from(
                [&head[..], &[0, 0, 0, 1, b'i'], &length, b"{}"].concat(),
            ));
        }
    }
    frames
}
