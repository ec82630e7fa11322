//! Decodes many messages in one process, for comparison with other decoders.
//!
//! A line of standard input is `endpoint side form hex`, as in `vendor/endpoint client text 7b7d`; a line
//! of standard output is the outcome: `{"kind","value"}`, or `{"error":{"kind","offset","field","problem"}}`.

use std::io::{self, BufRead, BufWriter, Write};

use bytes::Bytes;
use wire::error::DecodeError;
use wire::json::{Style, Value, object};
use wire::registry;
use wire::session::{Form, Side};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let outcome = decode(&line).ok_or_else(|| {
            let text = format!("not a line of endpoint, side, form and hex: {line}");
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })?;
        writeln!(out, "{}", outcome.write(Style::Compact))?;
    }
    out.flush()
}

fn decode(line: &str) -> Option<Value> {
    let mut words = line.split(' ');
    let endpoint = registry::find(words.next()?)?;
    let side = match words.next()? {
        "client" => Side::Client,
        "server" => Side::Server,
        _ => return None,
    };
    let form = match words.next()? {
        "text" => Form::Text,
        "binary" => Form::Binary,
        _ => return None,
    };
    let payload = bytes_of(words.next()?)?;
    Some(match (endpoint.decode)(side, form, &payload) {
        Ok(dump) => object([("kind", Value::from(dump.kind)), ("value", dump.value)]),
        Err(error) => object([("error", shown(&error))]),
    })
}

fn bytes_of(digits: &str) -> Option<Bytes> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| {
        let digit = |it: u8| char::from(it).to_digit(16);
        u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
    };
    let bytes = pairs.iter().map(byte).collect::<Option<Vec<u8>>>()?;
    rest.is_empty().then(|| bytes.into())
}

fn shown(error: &DecodeError) -> Value {
    object([
        ("kind", Value::from(error.kind.name())),
        (
            "offset",
            Value::from(u64::try_from(error.offset).unwrap_or(u64::MAX)),
        ),
        ("field", Value::from(error.field.as_str())),
        ("problem", Value::from(error.problem.as_str())),
    ])
}
