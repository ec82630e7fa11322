//! What becomes of one message.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use wire::endpoint::Endpoint;
use wire::json::{Style, Value, object};
use wire::session::{Form, Side};
use wire::ws::Opcode;

use super::file::{Edit, Insert, Seal, Sender};
use super::frames::{Message, What, frame, opcode};
use crate::case::{EndpointFile, Json};
use crate::matcher;
use crate::message::{Scope, build, receive};

/// The edits of one direction of one connection.
pub(super) struct Editor<'m> {
    pub(super) endpoint: &'static Endpoint,
    pub(super) shared: &'m EndpointFile,
    pub(super) edits: &'m [Edit],
    pub(super) from: Sender,
    pub(super) scope: Scope,
    /// How many messages each edit has met.
    pub(super) met: BTreeMap<usize, u32>,
    /// Set as soon as something was met that the client overlooks.
    pub(super) overlooked: Arc<AtomicBool>,
    /// How long the message at hand is.
    length: usize,
}

/// What an edit meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    Data,
    /// The same, in several frames.
    Fragmented,
    Other,
}

/// What is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Write {
    Bytes(Vec<u8>),
    /// After so many further messages.
    Later(usize, Vec<u8>),
    Pause(Duration),
    /// The end of TCP.
    End,
}

impl<'m> Editor<'m> {
    pub(super) fn new(
        endpoint: &'static Endpoint,
        shared: &'m EndpointFile,
        edits: &'m [Edit],
        from: Sender,
        token: &str,
        overlooked: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            endpoint,
            shared,
            edits,
            from,
            scope: Scope::new(token),
            met: BTreeMap::new(),
            overlooked: Arc::clone(overlooked),
            length: 0,
        }
    }

    /// The first edit that is about a message of this kind, which says this.
    pub(super) fn find(&mut self, kind: &str, form: Met, value: &Value) -> Option<&'m Edit> {
        let mut found = None;
        for (place, edit) in self.edits.iter().enumerate() {
            let is_kind = match &edit.kind {
                Some(wanted) => wanted == kind,
                None => matches!(form, Met::Data | Met::Fragmented),
            };
            if edit.from != self.from
                || !is_kind
                || (edit.fragmented && form != Met::Fragmented)
                || (edit.longer_than > 0 && self.length <= edit.longer_than)
                || !matcher::check_all(value, &edit.which, &mut self.scope).is_empty()
            {
                continue;
            }
            let met = self.met.entry(place).or_insert(0);
            *met += 1;
            if edit.nth.is_none_or(|nth| nth == *met) && found.is_none() {
                found = Some(edit);
            }
        }
        if found.is_some_and(|edit| edit.overlooked) {
            self.overlooked.store(true, Ordering::Relaxed);
        }
        found
    }

    /// What is written for a message.
    pub(super) fn message(&mut self, message: Message) -> Vec<Write> {
        let side = self.from.side();
        self.length = message.payload.len();
        let (kind, met, value) = match message.what {
            What::Data(form) => {
                let payload = Bytes::from(message.payload.clone());
                let received = receive(self.endpoint, side, form, payload);
                let met = match message.is_fragmented {
                    true => Met::Fragmented,
                    false => Met::Data,
                };
                let value = match received.kind() {
                    // Nobody can say what it is, but maybe what it says.
                    "malformed" => json_of(&message.payload),
                    _ => received.value(),
                };
                (received.kind(), met, value)
            }
            What::Control(Opcode::Close) => ("close", Met::Other, close_of(&message.payload)),
            What::Control(opcode) => (control(opcode), Met::Other, object::<String>([])),
            What::Raw => return vec![Write::Bytes(message.raw)],
        };
        let Some(edit) = self.find(kind, met, &value) else {
            return vec![Write::Bytes(message.raw)];
        };
        let mut writes = Vec::new();
        for insert in &edit.before {
            writes.push(self.insert(insert));
        }
        if edit.delay_ms > 0 {
            writes.push(Write::Pause(Duration::from_millis(edit.delay_ms)));
        }
        if !edit.drop {
            let bytes = self.rewrite(edit, &message);
            for _ in 0..edit.times {
                writes.push(match edit.late {
                    0 => Write::Bytes(bytes.clone()),
                    late => Write::Later(late, bytes.clone()),
                });
            }
        }
        for insert in &edit.after {
            writes.push(self.insert(insert));
        }
        writes
    }

    fn insert(&mut self, insert: &Insert) -> Write {
        let side = self.from.side();
        match insert {
            Insert::Send(send) => match build(send, self.shared, &mut self.scope) {
                Ok(made) => Write::Bytes(frame(side, opcode(made.form), true, 0, &made.payload)),
                Err(_) => Write::End,
            },
            Insert::Ping(payload) => {
                Write::Bytes(frame(side, Opcode::Ping, true, 0, payload.as_bytes()))
            }
            Insert::Close(code) => {
                Write::Bytes(frame(side, Opcode::Close, true, 0, &code.to_be_bytes()))
            }
            Insert::Frame(hex) => Write::Bytes(bytes_of(hex)),
            Insert::End(_) => Write::End,
        }
    }

    fn rewrite(&mut self, edit: &Edit, message: &Message) -> Vec<u8> {
        let side = self.from.side();
        let form = match message.what {
            What::Data(form) => form,
            What::Control(opcode) => {
                let payload = control_payload(edit, &message.payload);
                return frame(side, opcode, true, edit.rsv, &payload);
            }
            What::Raw => return message.raw.clone(),
        };
        if !edit.touches() {
            return message.raw.clone();
        }
        let (mut form, mut payload) = (form, message.payload.clone());
        if let Some(send) = &edit.instead
            && let Ok(made) = build(send, self.shared, &mut self.scope)
        {
            (form, payload) = (made.form, made.payload);
        }
        payload = edit_json(edit, payload);
        cut(&mut payload, edit.keep);
        if let Some(patch) = &edit.patch {
            let new = bytes_of(&patch.hex);
            for (slot, byte) in payload.iter_mut().skip(patch.at).zip(new) {
                *slot = byte;
            }
        }
        payload.extend(bytes_of(&edit.append));
        if let Some(rebirth) = edit.form {
            form = rebirth.form();
        }
        fragmented(side, form, edit, &payload)
    }
}

impl Edit {
    /// Whether the message itself becomes another.
    fn touches(&self) -> bool {
        self.instead.is_some()
            || self.edits_json()
            || self.keep.is_some()
            || self.patch.is_some()
            || !self.append.is_empty()
            || self.form.is_some()
            || !self.fragments.is_empty()
            || self.rsv != 0
    }

    pub(super) fn edits_json(&self) -> bool {
        !self.set.is_empty() || !self.remove.is_empty() || !self.rename.is_empty()
    }

    /// The value, edited.
    pub(super) fn of_value(&self, value: &mut Value) {
        for (path, Json(new)) in &self.set {
            matcher::set(value, path, new.clone());
        }
        for path in &self.remove {
            matcher::remove(value, path);
        }
        for (path, name) in &self.rename {
            if let Some(found) = matcher::find(value, path).cloned() {
                matcher::remove(value, path);
                let path = match path.rsplit_once('.') {
                    Some((parent, _)) => format!("{parent}.{name}"),
                    None => name.clone(),
                };
                matcher::set(value, &path, found);
            }
        }
    }
}

/// The JSON that bytes are; an empty object if they are none.
pub(super) fn json_of(bytes: &[u8]) -> Value {
    let text = String::from_utf8_lossy(bytes);
    let parsed = wire::json::parse(&text);
    parsed.map_or_else(|_| object::<String>([]), |parsed| parsed.value)
}

/// A close frame as matchers see it.
fn close_of(payload: &[u8]) -> Value {
    let (code, reason) = match payload {
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        _ => (NO_STATUS, [].as_slice()),
    };
    let reason = String::from_utf8_lossy(reason).into_owned();
    object([("code", u64::from(code).into()), ("reason", reason.into())])
}

fn control(opcode: Opcode) -> &'static str {
    match opcode {
        Opcode::Close => "close",
        Opcode::Ping => "ping",
        _ => "pong",
    }
}

fn control_payload(edit: &Edit, payload: &[u8]) -> Vec<u8> {
    if edit.code.is_none() && edit.reason.is_none() {
        let mut payload = payload.to_vec();
        cut(&mut payload, edit.keep);
        payload.extend(bytes_of(&edit.append));
        return payload;
    }
    let (code, reason) = payload.split_at(payload.len().min(2));
    match edit.code {
        Some(NO_STATUS) => Vec::new(),
        code_edit => {
            let code = code_edit.map_or_else(|| code.to_vec(), |code| code.to_be_bytes().to_vec());
            let reason = edit.reason.as_ref().map_or(reason, |text| text.as_bytes());
            [code.as_slice(), reason].concat()
        }
    }
}

/// The code of a close frame without one.
const NO_STATUS: u16 = 1005;

fn edit_json(edit: &Edit, payload: Vec<u8>) -> Vec<u8> {
    if !edit.edits_json() {
        return payload;
    }
    let Some(Seal { size_at, body_at }) = edit.seal else {
        return edited(edit, &payload).unwrap_or(payload);
    };
    let body = payload.get(body_at..).unwrap_or_default();
    let is_gzip = body.starts_with(&[0x1F, 0x8B]);
    let opened = match is_gzip {
        true => wire::gzip::inflate(body, wire::gzip::MAX_INFLATED).unwrap_or_default(),
        false => body.to_vec(),
    };
    let Some(new) = edited(edit, &opened) else {
        return payload;
    };
    let sealed = match is_gzip {
        true => wire::gzip::deflate(&new),
        false => new,
    };
    let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
    let mut whole = payload.get(..body_at).unwrap_or_default().to_vec();
    for (slot, byte) in whole.iter_mut().skip(size_at).zip(length.to_be_bytes()) {
        *slot = byte;
    }
    whole.extend(sealed);
    whole
}

/// JSON text, edited; `None` if it is none.
pub(super) fn edited(edit: &Edit, text: &[u8]) -> Option<Vec<u8>> {
    let parsed = wire::json::parse(std::str::from_utf8(text).ok()?).ok()?;
    let mut value = parsed.value;
    edit.of_value(&mut value);
    Some(value.write(Style::Compact).into_bytes())
}

/// Keeps so many bytes, or cuts so many from the end.
pub(super) fn cut(bytes: &mut Vec<u8>, keep: Option<i64>) {
    let Some(keep) = keep else { return };
    let length = usize::try_from(keep.unsigned_abs()).unwrap_or(usize::MAX);
    match keep < 0 {
        true => bytes.truncate(bytes.len().saturating_sub(length)),
        false => bytes.truncate(length),
    }
}

fn fragmented(side: Side, form: Form, edit: &Edit, payload: &[u8]) -> Vec<u8> {
    let (mut rest, mut bytes, mut rsv) = (payload, Vec::new(), edit.rsv);
    let mut code = opcode(form);
    for length in &edit.fragments {
        let (piece, behind) = rest.split_at((*length).min(rest.len()));
        bytes.extend(frame(side, code, false, rsv, piece));
        (rest, rsv) = (behind, 0);
        if !edit.restarts {
            code = Opcode::Continuation;
        }
    }
    bytes.extend(frame(side, code, true, rsv, rest));
    bytes
}

/// Bytes in hex; spaces mean nothing.
pub(super) fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks_exact(2).filter_map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect()
}
