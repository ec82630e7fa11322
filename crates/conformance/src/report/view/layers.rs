//! What was said, layer by layer, down to its bits: what the page shows of a message.
//!
//! ```text
//!   frame heads, bit by bit ─▶ payload, field by field ─▶ gunzipped ─▶ JSON, path by path
//!              └── each with what a check expected there ──┘
//! ```

use std::fmt::Write as _;

use bytes::Bytes;
use wire::endpoint::{Dump, Field};
use wire::session::Form;
use wire::ws::{CloseFrame, LengthForm, Opcode};

use super::tree::{Mark, Tree, shortened, tree};
use super::{Frame, Message, Said, What};
use crate::run::trace::Comparison;

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// The head of a WebSocket frame.
    Head(Vec<Bits>),
    /// The lines of an HTTP head.
    Lines(Vec<(String, Option<Mark>)>),
    /// Fields in the order of the bytes.
    Fields { rows: Vec<Row>, hidden: usize },
    /// Bytes, eight a row.
    Hex { rows: Vec<HexRow>, hidden: usize },
    /// Text.
    Text(String),
    /// A value.
    Value(Tree),
    /// Something to know.
    Note(String),
}

/// A layer and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Titled {
    pub(crate) title: String,
    pub(crate) layer: Layer,
}

/// Some bits, or whole bytes, of a frame's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bits {
    /// Where they stand: `byte 0, bit 7`.
    pub(crate) place: String,
    pub(crate) name: &'static str,
    /// The bits, or the bytes in hex.
    pub(crate) raw: String,
    pub(crate) value: String,
}

/// A field of a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) offset: usize,
    pub(crate) length: usize,
    /// Its bytes in hex, its bits if it shares its byte with another field.
    pub(crate) raw: String,
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) mark: Option<Mark>,
}

/// Eight bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HexRow {
    pub(crate) offset: usize,
    pub(crate) bytes: Vec<u8>,
    /// Which of them a check is about.
    pub(crate) marked: Option<usize>,
}

/// How much of a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    Little,
    Much,
}

impl Detail {
    const fn lines(self) -> usize {
        match self {
            Self::Little => 20,
            Self::Much => 120,
        }
    }

    const fn hex_rows(self) -> usize {
        match self {
            Self::Little => 2,
            Self::Much => 8,
        }
    }

    const fn text(self) -> usize {
        match self {
            Self::Little => 200,
            Self::Much => 1200,
        }
    }

    const fn frames(self) -> usize {
        match self {
            Self::Little => 1,
            Self::Much => 4,
        }
    }
}

/// The layers of what was said, and what was expected there.
pub(crate) fn layers(said: &Said, compared: &[Comparison], detail: Detail) -> Vec<Titled> {
    match &said.what {
        What::Head(bytes) => vec![titled("HTTP", lines(bytes, compared, detail))],
        What::Message(message) => of_message(message, compared, detail),
        What::Control { frame, payload } | What::Cut { frame, payload } => {
            let mut layers = vec![titled(&frame_title(frame), head(frame))];
            if frame.head.opcode == Opcode::Close && !payload.is_empty() {
                let (close, _) = CloseFrame::decode(payload);
                let code = close
                    .code
                    .map_or_else(|| "none".to_owned(), |code| code.to_string());
                let text = format!("code {code}, reason {:?}", close.reason);
                layers.push(titled("Close", Layer::Note(text)));
            }
            if !payload.is_empty() {
                layers.push(titled("Payload", hex(payload, None, detail)));
            }
            layers
        }
        What::Rest(bytes) => vec![titled("Bytes", hex(bytes, None, detail))],
    }
}

fn titled(title: &str, layer: Layer) -> Titled {
    Titled {
        title: title.to_owned(),
        layer,
    }
}

fn of_message(message: &Message, compared: &[Comparison], detail: Detail) -> Vec<Titled> {
    let mut layers = Vec::new();
    for frame in message.frames.iter().take(detail.frames()) {
        layers.push(titled(&frame_title(frame), head(frame)));
    }
    if let Some(more @ 1..) = message.frames.len().checked_sub(detail.frames()) {
        layers.push(titled("Frames", Layer::Note(format!("{more} more frames"))));
    }
    if let Some(deflated) = message.deflated {
        let inflated = message.payload.len();
        let note = format!("{deflated} bytes, inflated to {inflated}");
        layers.push(titled("permessage-deflate", Layer::Note(note)));
    }
    let payload = &message.payload;
    let offset = compared.iter().find_map(|c| offset_of(&c.path));
    match &message.decoded {
        Err(error) => {
            let broken = offset_of(error.split(':').next().unwrap_or_default());
            layers.push(titled("Malformed", Layer::Note(error.clone())));
            // JSON that is no message is JSON all the same.
            match (
                message.form,
                wire::json::parse(&String::from_utf8_lossy(payload)),
            ) {
                (Form::Text, Ok(parsed)) => {
                    let value = tree(&parsed.value, compared, detail.lines());
                    layers.push(titled("Value", Layer::Value(value)));
                }
                _ => layers.push(titled("Payload", hex(payload, broken.or(offset), detail))),
            }
        }
        Ok(dump) => {
            layers.push(titled("Payload", fields(dump, payload, compared, detail)));
            if let Some(at) = offset {
                layers.push(titled("Bytes", hex(payload, Some(at), detail)));
            }
            layers.extend(gunzipped(dump, payload, detail));
            let value = tree(&dump.value, compared, detail.lines());
            layers.push(titled("Value", Layer::Value(value)));
        }
    }
    layers
}

/// Where `byte 8` is.
fn offset_of(path: &str) -> Option<usize> {
    path.strip_prefix("byte ")?.parse().ok()
}

fn frame_title(frame: &Frame) -> String {
    let name = super::opcode(frame.head.opcode);
    let pieces = match frame.pieces {
        0 | 1 => String::new(),
        pieces => format!(", in {pieces} pieces of TCP"),
    };
    format!("WebSocket {name} frame at byte {}{pieces}", frame.offset)
}

/// A frame's head, bit by bit.
fn head(frame: &Frame) -> Layer {
    let head = frame.head;
    let bytes = &frame.head_bytes;
    let [first, second] = [0, 1].map(|at| bytes.get(at).copied().unwrap_or_default());
    let bit = |place: &str, name, raw: String, value: String| Bits {
        place: place.to_owned(),
        name,
        raw,
        value,
    };
    let yes = |is: bool, yes: &str, no: &str| if is { yes } else { no }.to_owned();
    let mut bits = vec![
        bit(
            "byte 0, bit 7",
            "FIN",
            format!("{}", first >> 7),
            yes(
                head.fin,
                "the last frame of its message",
                "more frames follow",
            ),
        ),
        bit(
            "byte 0, bits 6–4",
            "RSV",
            format!("{:03b}", head.rsv),
            yes(head.rsv == 0, "none", "an extension uses them"),
        ),
        bit(
            "byte 0, bits 3–0",
            "opcode",
            format!("{:04b}", head.opcode.bits()),
            super::opcode(head.opcode).to_owned(),
        ),
        bit(
            "byte 1, bit 7",
            "MASK",
            format!("{}", second >> 7),
            yes(head.mask.is_some(), "masked", "not masked"),
        ),
        bit(
            "byte 1, bits 6–0",
            "length",
            format!("{:07b}", second & 0x7f),
            match head.length_form {
                LengthForm::Seven => format!("{} bytes", head.length),
                LengthForm::Sixteen => "in the next 2 bytes".to_owned(),
                LengthForm::SixtyFour => "in the next 8 bytes".to_owned(),
            },
        ),
    ];
    let long = match head.length_form {
        LengthForm::Seven => 0,
        LengthForm::Sixteen => 2,
        LengthForm::SixtyFour => 8,
    };
    if long > 0 {
        bits.push(bit(
            &format!("bytes 2–{}", 1 + long),
            "length",
            hex_of(bytes.get(2..2 + long).unwrap_or_default()),
            format!("{} bytes", head.length),
        ));
    }
    if let Some(key) = head.mask {
        bits.push(bit(
            &format!("bytes {}–{}", 2 + long, 5 + long),
            "masking key",
            hex_of(&key),
            String::new(),
        ));
    }
    Layer::Head(bits)
}

fn hex_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x} ");
    }
    text.truncate(text.trim_end().len());
    text
}

/// So many bytes of a field are shown.
const FIELD_BYTES: usize = 8;

fn fields(dump: &Dump, payload: &Bytes, compared: &[Comparison], detail: Detail) -> Layer {
    let mut rows = Vec::new();
    let mut hidden = 0;
    for (place, field) in dump.fields.iter().enumerate() {
        let mark = mark_of(field, dump, compared);
        if rows.len() >= detail.lines() && mark.is_none() {
            hidden += 1;
            continue;
        }
        rows.push(Row {
            offset: field.offset,
            length: field.length,
            raw: raw(&dump.fields, place, field, payload),
            name: field.name.clone(),
            value: shortened(&field.value, detail.text().min(300)),
            mark,
        });
    }
    Layer::Fields { rows, hidden }
}

/// A field's bytes; of two fields of one byte each has a nibble, the high one first.
fn raw(all: &[Field], place: usize, field: &Field, payload: &Bytes) -> String {
    let is_shared = |other: Option<&Field>| {
        other.is_some_and(|other| (other.offset, other.length) == (field.offset, 1))
    };
    let byte = payload.get(field.offset).copied();
    let before = place.checked_sub(1).and_then(|before| all.get(before));
    match byte {
        Some(byte) if field.length == 1 && is_shared(all.get(place + 1)) => {
            return format!("{:04b} ····", byte >> 4);
        }
        Some(byte) if field.length == 1 && is_shared(before) => {
            return format!("···· {:04b}", byte & 0x0f);
        }
        _ => {}
    }
    let end = field.offset.saturating_add(field.length);
    let bytes = payload.get(field.offset..end).unwrap_or_default();
    let shown = hex_of(bytes.get(..FIELD_BYTES).unwrap_or(bytes));
    match bytes.len().checked_sub(FIELD_BYTES) {
        Some(more @ 1..) => format!("{shown} … {more} more"),
        _ => shown,
    }
}

/// What was expected of a field: by its bytes, or by its name, which is the path's beginning.
fn mark_of(field: &Field, dump: &Dump, compared: &[Comparison]) -> Option<Mark> {
    let is_about = |compared: &&Comparison| match offset_of(&compared.path) {
        Some(at) => (field.offset..field.offset.saturating_add(field.length)).contains(&at),
        None => {
            let path = compared.path.as_str();
            let first = path.split(['.', '[']).next().unwrap_or_default();
            let is_there = dump.value.get(first).is_some() || compared.found == "nothing";
            is_there && first.replace('_', " ") == field.name.replace('_', " ")
        }
    };
    let about = compared.iter().filter(is_about);
    let worst = about.min_by_key(|compared| compared.holds)?;
    let is_deeper = worst.path.contains(['.', '[']);
    Some(Mark {
        expected: match is_deeper {
            true => format!("{}: {}", worst.path, worst.expected),
            false => worst.expected.clone(),
        },
        holds: worst.holds,
    })
}

/// What the fields that are gzip hold.
fn gunzipped(dump: &Dump, payload: &Bytes, detail: Detail) -> Vec<Titled> {
    const MAGIC: [u8; 3] = [0x1f, 0x8b, 0x08];
    let mut layers = Vec::new();
    for field in &dump.fields {
        let end = field.offset.saturating_add(field.length);
        let bytes = payload.get(field.offset..end).unwrap_or_default();
        if !bytes.starts_with(&MAGIC) {
            continue;
        }
        let member = wire::gzip::member(bytes, wire::gzip::MAX_INFLATED);
        let (packed, whole) = (bytes.len(), member.inflated.len());
        let problem = match member.length {
            Some(length) if length == packed => String::new(),
            Some(length) => format!(", {} bytes behind it", packed - length),
            None => ", cut or broken".to_owned(),
        };
        let at = field.offset;
        let title = format!("Gunzipped at byte {at}: {packed} bytes to {whole}{problem}");
        let layer = match String::from_utf8(member.inflated) {
            Ok(text) => Layer::Text(shortened(&text, detail.text())),
            Err(error) => hex(&Bytes::from(error.into_bytes()), None, detail),
        };
        layers.push(titled(&title, layer));
    }
    layers
}

/// The first bytes, and those around the one that matters.
fn hex(bytes: &Bytes, marked: Option<usize>, detail: Detail) -> Layer {
    const ROW: usize = 8;
    let marked = marked.map(|at| at.min(bytes.len().saturating_sub(1)));
    let near = |row: usize| marked.is_some_and(|at| (at / ROW).abs_diff(row) <= 1);
    let mut rows = Vec::new();
    let mut shown = 0;
    for (row, chunk) in bytes.chunks(ROW).enumerate() {
        if row >= detail.hex_rows() && !near(row) {
            continue;
        }
        let offset = row * ROW;
        shown += chunk.len();
        rows.push(HexRow {
            offset,
            bytes: chunk.to_vec(),
            marked: marked
                .and_then(|at| at.checked_sub(offset))
                .filter(|at| *at < ROW),
        });
    }
    Layer::Hex {
        rows,
        hidden: bytes.len() - shown,
    }
}

/// The lines of a head of HTTP, with what was expected of the status and the headers.
fn lines(bytes: &Bytes, compared: &[Comparison], detail: Detail) -> Layer {
    let end = super::head_end(bytes).unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = Vec::new();
    for (place, line) in head.trim_end().split("\r\n").enumerate() {
        let name = line.split(':').next().unwrap_or_default();
        let about = compared.iter().filter(|compared| match place {
            0 => compared.path == "status",
            _ => compared.path.eq_ignore_ascii_case(name),
        });
        let mark = about.min_by_key(|compared| compared.holds).map(|c| Mark {
            expected: c.expected.clone(),
            holds: c.holds,
        });
        lines.push((shortened(line, 400), mark));
    }
    let text = String::from_utf8_lossy(body);
    if !text.is_empty() {
        let mark = compared.iter().find(|c| c.path == "body").map(|c| Mark {
            expected: c.expected.clone(),
            holds: c.holds,
        });
        lines.push((String::new(), None));
        lines.push((shortened(&text, detail.text()), mark));
    }
    Layer::Lines(lines)
}
