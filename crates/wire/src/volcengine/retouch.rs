//! Frames that were due, altered.
//!
//! ```text
//!   what is inside the JSON ─▶ inflate, alter, seal again: compression, sizes
//!   gzip, sequence          ─▶ the nibble, the body or the number; the size is true
//!   framing                 ─▶ the size lies, or bytes are missing
//! ```
//!
//! A frame takes part if it is one: what an earlier fault has broken stays as it is, but it can
//! still be cut.

use bytes::Bytes;

use super::auth::log_id;
use super::error::ServiceError;
use super::frame::{self, Compression, Frame, Kind, Position, Serialization};
use crate::dialect::Retouch;
use crate::gzip;
use crate::id::Ids;
use crate::json::{self, Style, Value};
use crate::retouch::{repeated, with_bad_page};
use crate::session::{Data, Side};

/// Alters a message of the server.
pub(super) fn retouch(retouch: Retouch, _: &str, data: &Data, ids: &mut Ids) -> Option<Data> {
    if let Retouch::Truncated(by) = retouch {
        return truncated(data, by);
    }
    let bytes = joined(data);
    let mut frame = frame::decode(Side::Server, &bytes).ok()?;
    match retouch {
        Retouch::ExtraFields => alter_json(&mut frame, |value| extended(value, ids)),
        Retouch::ForeignId => alter_json(&mut frame, |value| estranged(value, ids)),
        Retouch::NonObjectJson => alter_json(&mut frame, |value| Some(Value::Array(vec![value]))),
        Retouch::MalformedJson => cut_json(&mut frame),
        Retouch::GzipFlagMismatch => flip_nibble(&mut frame),
        Retouch::GzipErrorPayload => {
            frame = plain_error(&frame);
            Some(())
        }
        Retouch::GzipCorrupt => corrupt(&mut frame, ids),
        Retouch::BadGzipChecksum => spoil_checksum(&mut frame),
        Retouch::BadSequence => misnumber(&mut frame),
        Retouch::SizeLies(by) => return lying(&frame, by),
        Retouch::WithoutAudio => empty(&mut frame),
        Retouch::NotLast => {
            if frame.kind != Kind::AudioOnlyServer || frame.sequence.is_none() {
                return None;
            }
            frame.position = Position::Open;
            frame.sequence = frame.sequence.map(i32::saturating_abs);
            Some(())
        }
        Retouch::Grown(least) => repeat(&mut frame, least),
        Retouch::BadPageChecksum => spoil_page(&mut frame),
        Retouch::Truncated(_) => unreachable!("is cut without being read"),
    }?;
    Some(Data::framed(frame.head(), frame.payload))
}

/// A message without its last bytes; `None` if nothing is cut.
fn truncated(data: &Data, by: u64) -> Option<Data> {
    let bytes = joined(data);
    let by = usize::try_from(by).unwrap_or(usize::MAX);
    let rest = bytes.len().saturating_sub(by);
    (rest < bytes.len()).then(|| Data::binary(bytes.slice(..rest)))
}

/// A frame whose size says something else than its payload.
fn lying(frame: &Frame, by: i64) -> Option<Data> {
    let true_size = u32::try_from(frame.payload.len()).ok()?;
    let size = i64::from(true_size).saturating_add(by);
    let size = u32::try_from(size.clamp(0, i64::from(u32::MAX))).ok()?;
    if size == true_size {
        return None;
    }
    let mut head = frame.head().to_vec();
    head.truncate(head.len().checked_sub(size_of::<u32>())?);
    head.extend(size.to_be_bytes());
    Some(Data::framed(head.into(), frame.payload.clone()))
}

/// Replaces the JSON of a frame, which keeps its compression.
fn alter_json(frame: &mut Frame, alter: impl FnOnce(Value) -> Option<Value>) -> Option<()> {
    let altered = alter(json_of(frame)?)?;
    frame.payload = frame
        .compression
        .pack(altered.write(Style::Compact).into_bytes());
    Some(())
}

/// The JSON of a frame; `None` if it has none. An error's text alone is none.
fn json_of(frame: &Frame) -> Option<Value> {
    let is_json = matches!(frame.kind, Kind::FrontEnd | Kind::Error { .. })
        || frame.serialization == Serialization::Json;
    if !is_json || frame.kind.carries_audio() || frame.compression == Compression::Custom {
        return None;
    }
    let value = frame.json().ok()?.value;
    value.members().is_some().then_some(value)
}

/// The members that a service might add one day: a text, a null, an object and a list.
fn extended(value: Value, ids: &mut Ids) -> Option<Value> {
    let Value::Object(mut members) = value else {
        return None;
    };
    let detail = json::object([
        ("region", Value::Null),
        ("stages", Value::Array(vec![Value::from("frontend")])),
    ]);
    members.push(("log_id".to_owned(), Value::from(log_id(ids))));
    members.push(("trace".to_owned(), detail));
    Some(Value::Object(members))
}

/// The id of another request, in place of its own if it has one.
fn estranged(value: Value, ids: &mut Ids) -> Option<Value> {
    let Value::Object(mut members) = value else {
        return None;
    };
    members.retain(|(name, _)| name != "reqid");
    members.insert(0, ("reqid".to_owned(), Value::from(ids.uuid())));
    Some(Value::Object(members))
}

/// JSON up to its middle.
fn cut_json(frame: &mut Frame) -> Option<()> {
    let text = json_of(frame)?.write(Style::Compact);
    let middle = (0..=text.len() / 2).rfind(|at| text.is_char_boundary(*at))?;
    let half = text.get(..middle)?;
    frame.payload = frame.compression.pack(half.as_bytes().to_vec());
    Some(())
}

/// Says gzip of what is plain, and plain of what is gzip'd.
fn flip_nibble(frame: &mut Frame) -> Option<()> {
    if frame.payload.is_empty() {
        return None;
    }
    frame.compression = match frame.compression {
        Compression::Gzip => Compression::None,
        Compression::None | Compression::Custom => Compression::Gzip,
    };
    Some(())
}

/// An error whose text is plain although its nibble says gzip: the frame's own text if it is an
/// error, else that of a failed synthesis.
fn plain_error(frame: &Frame) -> Frame {
    let failed = ServiceError::Processing.row();
    let (kind, text) = match (frame.kind, frame.inflated()) {
        (kind @ Kind::Error { .. }, Ok(text)) if !text.is_empty() => {
            (kind, Bytes::from(text.into_owned()))
        }
        _ => {
            let text = Bytes::from_static(failed.text.as_bytes());
            (Kind::Error { code: failed.code }, text)
        }
    };
    let mut error = Frame::new(kind, Serialization::Json, text);
    error.compression = Compression::Gzip;
    error
}

/// Flips a bit of a gzip body, so that it does not inflate.
fn corrupt(frame: &mut Frame, ids: &mut Ids) -> Option<()> {
    const HEADER: usize = 10;
    const TRAILER: usize = 8;
    let mut body = gzipped(frame)?;
    let inner = body.len().checked_sub(HEADER + TRAILER)?;
    let inner = u64::try_from(inner).ok().filter(|length| *length > 0)?;
    let start = ids.bits() % inner;
    let bit = 1_u8 << (ids.bits() % 8);
    // The last bits of a body may be padding, and nobody would notice.
    for step in 0..inner {
        let at = HEADER + usize::try_from((start + step) % inner).ok()?;
        *body.get_mut(at)? ^= bit;
        if gzip::inflate(&body, gzip::MAX_INFLATED).is_err() {
            frame.payload = body.into();
            return Some(());
        }
        *body.get_mut(at)? ^= bit;
    }
    None
}

/// Flips a bit of the checksum behind a gzip body.
fn spoil_checksum(frame: &mut Frame) -> Option<()> {
    const TRAILER: usize = 8;
    let mut body = gzipped(frame)?;
    let at = body.len().checked_sub(TRAILER)?;
    *body.get_mut(at)? ^= 1;
    frame.payload = body.into();
    Some(())
}

/// The payload as gzip, and the nibble that says so.
fn gzipped(frame: &mut Frame) -> Option<Vec<u8>> {
    if frame.payload.is_empty() {
        return None;
    }
    let body = match frame.compression {
        Compression::Gzip => frame.payload.to_vec(),
        Compression::None | Compression::Custom => gzip::deflate(&frame.payload),
    };
    frame.compression = Compression::Gzip;
    Some(body)
}

/// Repeats the sequence of the frame before, skips one at the start, and takes the sign from
/// the last.
fn misnumber(frame: &mut Frame) -> Option<()> {
    let sequence = frame.sequence?;
    frame.sequence = Some(match sequence {
        1 => 2,
        ..=0 => sequence.saturating_abs(),
        _ => sequence - 1,
    });
    Some(())
}

/// Audio without audio.
fn empty(frame: &mut Frame) -> Option<()> {
    let has_audio = frame.kind == Kind::AudioOnlyServer && !frame.payload.is_empty();
    frame.payload = Bytes::new();
    has_audio.then_some(())
}

/// The audio over and over, until the frame has so many bytes.
fn repeat(frame: &mut Frame, least: u64) -> Option<()> {
    let head = u64::try_from(frame.head().len()).ok()?;
    let least = least.saturating_sub(head);
    if !frame.kind.carries_audio() || u32::try_from(least).is_err() {
        return None;
    }
    frame.payload = repeated(&frame.payload, least)?;
    Some(())
}

/// A wrong checksum in the first Ogg page.
fn spoil_page(frame: &mut Frame) -> Option<()> {
    let is_audio = frame.kind.carries_audio();
    frame.payload = with_bad_page(&frame.payload).filter(|_| is_audio)?;
    Some(())
}

fn joined(data: &Data) -> Bytes {
    match (data.head.is_empty(), data.body.is_empty()) {
        (true, _) => data.body.clone(),
        (_, true) => data.head.clone(),
        _ => [data.head.as_ref(), data.body.as_ref()].concat().into(),
    }
}

#[cfg(test)]
mod tests;
