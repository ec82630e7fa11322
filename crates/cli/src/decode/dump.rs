//! A decoded message for people and for programs.

use std::fmt::Write as _;

use wire::json::{Style, Value, object};

use super::attempt::Decoded;
use crate::text::{Grid, number, plain};

/// The message as JSON.
pub(super) fn to_json(decoded: &Decoded) -> Value {
    let dump = &decoded.dump;
    let fields = dump.fields.iter().map(|field| {
        object([
            ("offset", number(field.offset)),
            ("length", number(field.length)),
            ("name", field.name.as_str().into()),
            ("value", field.value.as_str().into()),
        ])
    });
    object([
        ("endpoint", decoded.endpoint.name.into()),
        ("from", decoded.side.name().into()),
        ("kind", dump.kind.into()),
        ("fields", Value::Array(fields.collect())),
        ("value", dump.value.clone()),
    ])
}

/// The message as a table of its fields, then its value.
pub(super) fn to_text(decoded: &Decoded, bytes: &[u8], width: usize) -> String {
    let dump = &decoded.dump;
    let mut out = format!(
        "{} · {} · from the {} · {} bytes\n\n",
        decoded.endpoint.name,
        dump.kind,
        decoded.side.name(),
        bytes.len()
    );
    let mut grid = Grid::new(&["OFFSET", "BYTES", "FIELD", "VALUE"], 3);
    for field in &dump.fields {
        let end = field.offset.saturating_add(field.length);
        let raw = bytes.get(field.offset..end).unwrap_or_default();
        grid.row([
            format!("{:>6}", field.offset),
            hex(raw),
            field.name.clone(),
            shortened(&field.value),
        ]);
    }
    out.push_str(&grid.render(width, 0));
    if dump.value != Value::Null {
        out.push('\n');
        for line in dump.value.write(Style::Indented(2)).lines() {
            out.push_str(&plain(line));
            out.push('\n');
        }
    }
    out
}

/// The first bytes in hex, and a sign if there are more.
fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes.iter().take(SHOWN_BYTES) {
        let Ok(()) = write!(text, "{byte:02x} ") else {
            unreachable!("writing to a string does not fail")
        };
    }
    if bytes.len() > SHOWN_BYTES {
        text.push('…');
    }
    text.truncate(text.trim_end().len());
    text
}

/// A value that does not fill the screen; all of it is in the JSON below the table.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARACTERS) {
        Some((cut, _)) => format!("{}…", value.get(..cut).unwrap_or_default()),
        None => value.to_owned(),
    }
}

const SHOWN_BYTES: usize = 8;
const SHOWN_CHARACTERS: usize = 200;

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::decode::attempt;
    use crate::demo;
    use crate::text::json_line;

    fn decoded(bytes: &'static [u8]) -> Decoded {
        attempt::decode(demo::ENDPOINTS, None, &Bytes::from_static(bytes)).unwrap()
    }

    #[test]
    fn fields_stand_beside_their_bytes() {
        let bytes = b"\x11\x0bhello w\x1brld";
        insta::assert_snapshot!(to_text(&decoded(bytes), bytes, 80), @r#"
        demo/echo · echo · from the server · 13 bytes

        OFFSET  BYTES                      FIELD         VALUE
             0  11                         magic         0x11
             1  0b                         payload size  11
             2  68 65 6c 6c 6f 20 77 1b …  payload       hello w\u{1b}rld

        {
          "echo": "hello w\u001brld"
        }
        "#);
    }

    #[test]
    fn programs_get_everything_in_one_line() {
        insta::assert_snapshot!(json_line(&to_json(&decoded(b"\x11\x02hi"))), @r#"{"endpoint":"demo/echo","from":"server","kind":"echo","fields":[{"offset":0,"length":1,"name":"magic","value":"0x11"},{"offset":1,"length":1,"name":"payload size","value":"2"},{"offset":2,"length":2,"name":"payload","value":"hi"}],"value":{"echo":"hi"}}"#);
    }
}
