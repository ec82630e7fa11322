//! Mutations that know what is inside: of a message the payload behind its length, inflated, and in it
//! the JSON; of a stream its frames; of a session its steps. What stands around is sealed again, so that
//! the change gets past the outer layers. The plain mutation of bytes is an argument: the fuzzer has one
//! that knows its coverage and dictionary, and tests have [`scramble`].

use bytes::Bytes;
use wire::gzip;
use wire::json::{Style, Value, parse};
use wire::session::Form;
use wire::ws::deflate::{Direction, Inflater};
use wire::ws::{Deflater, FrameHead, LengthForm, Opcode, Role, mask};

use super::session::Script;
use super::walk::Event;

/// Changes bytes in place, to at most so many.
pub type Plain<'p> = dyn FnMut(&mut Vec<u8>, usize) + 'p;

/// Numbers from a seed: SplitMix64.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `below`; 0 if there is none.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let below = u64::try_from(below.max(1)).unwrap_or(u64::MAX);
        usize::try_from(mixed % below).unwrap_or(0)
    }

    fn of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.below(values.len()))
    }
}

/// A plain mutation: a few bytes flipped, cut, put in or doubled.
pub fn scramble(chance: &mut Chance, bytes: &mut Vec<u8>, max: usize) {
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len() + 1);
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 => {
                let end = bytes.len().min(at + chance.below(16));
                bytes.drain(at..end);
            }
            2 => {
                let end = bytes.len().min(at + chance.below(32));
                let copy = bytes[at..end].to_vec();
                bytes.splice(end..end, copy);
            }
            3 => {
                let word = chance.of(WORDS).copied().unwrap_or_default();
                bytes.splice(at..at, word.bytes());
            }
            _ => {
                let bits = u8::try_from(1 + chance.below(255)).unwrap_or(1);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
        }
    }
    bytes.truncate(max);
}

/// A message with a change inside.
pub fn message(bytes: &[u8], max: usize, chance: &mut Chance, plain: &mut Plain<'_>) -> Vec<u8> {
    let Some(at) = sized_inside(bytes) else {
        return json(bytes, max, chance, plain);
    };
    let (head, inside) = bytes.split_at(at);
    let room = max.saturating_sub(at);
    let changed = match gzip::inflate(inside, INFLATED) {
        Ok(inflated) => gzip::deflate(&json(&inflated, INFLATED, chance, plain)),
        Err(_) => json(inside, room, chance, plain),
    };
    let mut head = head.to_vec();
    // Sometimes the head instead, behind which the length is put right.
    if chance.below(4) == 0 {
        head.truncate(at - SIZE);
        let fixed = head.len().max(4);
        plain(&mut head, fixed + 16);
        head.extend([0; SIZE]);
    }
    let size = u32::try_from(changed.len()).unwrap_or(u32::MAX);
    let from = head.len() - SIZE;
    head.splice(from.., size.to_be_bytes());
    [head, changed].concat()
}

/// Where the payload begins whose length stands before it.
fn sized_inside(bytes: &[u8]) -> Option<usize> {
    (8..bytes.len().min(80)).find(|at| {
        let size = bytes[at - SIZE..*at]
            .try_into()
            .map_or(0, u32::from_be_bytes);
        size > 0 && usize::try_from(size) == Ok(bytes.len() - at)
    })
}

/// JSON with one of its values changed, or other bytes changed plainly.
pub fn json(bytes: &[u8], max: usize, chance: &mut Chance, plain: &mut Plain<'_>) -> Vec<u8> {
    let parsed = std::str::from_utf8(bytes)
        .ok()
        .and_then(|it| parse(it).ok());
    let (Some(parsed), true) = (parsed, chance.below(8) > 0) else {
        let mut bytes = bytes.to_vec();
        plain(&mut bytes, max);
        return bytes;
    };
    let mut value = parsed.value;
    let mut which = chance.below(count(&value));
    change(&mut value, &mut which, chance, plain);
    let mut text = value.write(Style::Compact).into_bytes();
    text.truncate(max);
    text
}

/// How many values there are, itself and those in it.
fn count(value: &Value) -> usize {
    let inside: usize = match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.iter().map(|(_, it)| count(it)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    };
    1 + inside
}

/// Changes the value that is `which` values further.
fn change(value: &mut Value, which: &mut usize, chance: &mut Chance, plain: &mut Plain<'_>) {
    if *which == 0 {
        *which = usize::MAX;
        *value = changed(value, chance, plain);
        return;
    }
    *which -= 1;
    let mut visit = |inner: &mut Value| {
        if *which != usize::MAX {
            change(inner, which, chance, plain);
        }
    };
    match value {
        Value::Array(items) => items.iter_mut().for_each(&mut visit),
        Value::Object(members) => members.iter_mut().for_each(|(_, it)| visit(it)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn changed(value: &Value, chance: &mut Chance, plain: &mut Plain<'_>) -> Value {
    if chance.below(6) == 0 {
        return something(chance);
    }
    match value {
        Value::String(text) => {
            let mut bytes = text.clone().into_bytes();
            plain(&mut bytes, text.len() + 64);
            Value::from(String::from_utf8_lossy(&bytes).into_owned())
        }
        Value::Bool(it) => Value::from(!it),
        Value::Array(items) => {
            let mut items = items.clone();
            rearrange(&mut items, chance);
            if chance.below(4) == 0 {
                items.push(something(chance));
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            let mut members = members.clone();
            rearrange(&mut members, chance);
            if let Some(at) = members.len().checked_sub(1)
                && chance.below(3) == 0
            {
                let at = chance.below(at + 1);
                let mut name = members[at].0.clone().into_bytes();
                plain(&mut name, 64);
                let name = String::from_utf8_lossy(&name).into_owned();
                members.insert(at, (name, something(chance)));
            }
            Value::Object(members)
        }
        Value::Null | Value::Number(_) => something(chance),
    }
}

fn something(chance: &mut Chance) -> Value {
    let text = chance.of(VALUES).copied().unwrap_or("null");
    parse(text).map_or(Value::Null, |it| it.value)
}

/// Takes one out, doubles it, or moves it.
pub fn rearrange<T: Clone>(items: &mut Vec<T>, chance: &mut Chance) {
    if items.is_empty() {
        return;
    }
    let at = chance.below(items.len());
    match chance.below(4) {
        0 => drop(items.remove(at)),
        1 => items.insert(at, items[at].clone()),
        2 => {
            let item = items.remove(at);
            let to = chance.below(items.len() + 1);
            items.insert(to, item);
        }
        _ => {}
    }
}

/// A stream with a change in one of its frames, or in their order. Lengths, masks and the last bit of
/// the last fragment are made good.
pub fn stream(role: Role, bytes: &[u8], chance: &mut Chance, plain: &mut Plain<'_>) -> Vec<u8> {
    let mut frames = frames(bytes);
    if frames.is_empty() || chance.below(8) == 0 {
        frames.push((FrameHead::server(Opcode::Text, 0), b"{}".to_vec()));
    }
    match chance.below(4) {
        0 => rearrange(&mut frames, chance),
        1 => split(&mut frames, chance),
        2 => {
            let at = chance.below(frames.len());
            let head = &mut frames[at].0;
            match chance.below(8) {
                0 => head.rsv ^= 1 << chance.below(3),
                1 => head.fin = !head.fin,
                2 => head.length_form = LengthForm::SixtyFour,
                _ => {
                    let opcode = u8::try_from(chance.below(16)).unwrap_or(0);
                    head.opcode = Opcode::from_bits(opcode);
                }
            }
        }
        _ => {
            let at = chance.below(frames.len());
            let payload = &mut frames[at].1;
            let longest = payload.len() + 64;
            plain(payload, longest);
        }
    }
    frames.iter().flat_map(|it| frame(role, it)).collect()
}

/// Changes a stream of compressed messages: often what a message is inside, which is compressed again
/// with the context that it had.
pub fn compressed(bytes: &[u8], chance: &mut Chance, plain: &mut Plain<'_>) -> Vec<u8> {
    if chance.below(2) == 0 {
        return stream(Role::Server, bytes, chance, plain);
    }
    let mut frames = frames(bytes);
    let (mut inflater, mut deflater) = (
        Inflater::new(Direction::default()),
        Deflater::new(Direction::default()),
    );
    let chosen = chance.below(frames.len().max(1));
    for (at, (head, payload)) in frames.iter_mut().enumerate() {
        if head.rsv & 0b100 == 0 || !head.fin {
            continue;
        }
        let Ok(mut message) = inflater.inflate(payload, 1 << 14) else {
            break;
        };
        if at == chosen {
            let longest = message.len() + 64;
            plain(&mut message, longest);
        }
        *payload = deflater.compress(&message).into();
    }
    frames
        .iter()
        .flat_map(|it| frame(Role::Server, it))
        .collect()
}

/// The frames of a stream with their payloads unmasked, as far as they go.
fn frames(mut bytes: &[u8]) -> Vec<(FrameHead, Vec<u8>)> {
    let mut frames = Vec::new();
    while let Some((head, length)) = FrameHead::decode(bytes) {
        let rest = &bytes[length..];
        let length = usize::try_from(head.length).unwrap_or(usize::MAX);
        let (payload, behind) = rest.split_at(length.min(rest.len()));
        let mut payload = payload.to_vec();
        if let Some(key) = head.mask {
            mask(&mut payload, key, 0);
        }
        frames.push((head, payload));
        bytes = behind;
    }
    frames
}

fn split(frames: &mut Vec<(FrameHead, Vec<u8>)>, chance: &mut Chance) {
    let at = chance.below(frames.len());
    let (head, payload) = &mut frames[at];
    let rest = payload.split_off(chance.below(payload.len() + 1));
    let behind = FrameHead {
        opcode: Opcode::Continuation,
        rsv: 0,
        ..*head
    };
    head.fin = false;
    frames.insert(at + 1, (behind, rest));
}

fn frame(role: Role, (head, payload): &(FrameHead, Vec<u8>)) -> Vec<u8> {
    let length = u64::try_from(payload.len()).unwrap_or(u64::MAX);
    let minimal = LengthForm::minimal(length);
    let head = FrameHead {
        length,
        length_form: if head.length_form == LengthForm::SixtyFour {
            head.length_form
        } else {
            minimal
        },
        mask: match role {
            Role::Server => Some(head.mask.unwrap_or([0x37, 0xfa, 0x21, 0x3d])),
            Role::Client => None,
        },
        ..*head
    };
    let mut payload = payload.clone();
    if let Some(key) = head.mask {
        mask(&mut payload, key, 0);
    }
    [&*head.encode(), &payload].concat()
}

/// A session with a change in one of its messages, steps or knobs.
pub fn script(bytes: &[u8], chance: &mut Chance, plain: &mut Plain<'_>) -> Vec<u8> {
    let mut script = Script::decode(bytes);
    let byte = |chance: &mut Chance| u8::try_from(chance.below(256)).unwrap_or(0);
    match chance.below(7) {
        0 => rearrange(&mut script.events, chance),
        1 => {
            if chance.below(3) == 0 {
                script.knobs.pop();
            } else {
                script.knobs.push((byte(chance), byte(chance)));
            }
        }
        2 => {
            let which = chance.below(256);
            let event = match chance.below(10) {
                0 => Event::Broken(1002),
                8 | 9 => Event::Deviate(which),
                1 | 2 => Event::Timer(which),
                3..=5 => Event::Hear(which),
                _ => Event::Speak,
            };
            let at = chance.below(script.events.len() + 1);
            script.events.insert(at, event);
        }
        3 => {
            let (text, first) = if chance.below(3) == 0 {
                (&mut script.credential, CREDENTIAL)
            } else {
                (&mut script.query, QUERY)
            };
            let mut bytes = text.take().map_or_else(|| first.into(), String::into_bytes);
            plain(&mut bytes, MOST_TEXT);
            let mut changed = String::from_utf8_lossy(&bytes).into_owned();
            let end = (0..=MOST_TEXT).rfind(|at| changed.is_char_boundary(*at));
            changed.truncate(end.unwrap_or(0));
            *text = Some(changed);
        }
        _ => {
            let said = script.events.iter_mut().filter_map(|it| match it {
                Event::Message(form, payload) => Some((form, payload)),
                Event::Speak
                | Event::Hear(_)
                | Event::Timer(_)
                | Event::Broken(_)
                | Event::Deviate(_) => None,
            });
            let mut said: Vec<_> = said.collect();
            let at = chance.below(said.len());
            if let Some((form, payload)) = said.get_mut(at) {
                let changed = message(payload, 4096, chance, plain);
                if **form == Form::Binary || std::str::from_utf8(&changed).is_ok() {
                    **payload = Bytes::from(changed);
                }
            }
        }
    }
    script.encode()
}

/// What a request that opens a session says, for a beginning.
const QUERY: &str =
    "voice=en-US_AllisonV3Voice&customization_id=x&rate_percentage=-10&pitch_percentage=5";
const CREDENTIAL: &str = "Bearer;token";
/// A length of one byte stands before it.
const MOST_TEXT: usize = 255;

const SIZE: usize = 4;
/// As much as is mutated of what a payload inflates to.
const INFLATED: usize = 1 << 14;

const WORDS: &[&str] = &[
    "null", "\"", "{", "}", "[]", ",", ":", "\\u0000", "\\ud800", "\u{feff}", "é", "字", "0.1",
    " ", "\0", "<p>", "</", "-1", "1e400",
];

const VALUES: &[&str] = &[
    "null",
    "true",
    "\"\"",
    "\"a\"",
    "[]",
    "{}",
    "0",
    "-1",
    "1",
    "0.5",
    "1e300",
    "-0.0",
    "65536",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "9223372036854775808",
    "18446744073709551615",
    "\"true\"",
    "\"0\"",
    "[[[]]]",
    "\"字\"",
    "\"\\u0000\"",
];
