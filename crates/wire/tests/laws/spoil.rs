//! Messages that were right once. Damage hits the bytes as they are, or what is inside a sized or
//! compressed payload, which is then sealed again, so that it gets past the outer layers.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::Index;
use wire::gzip;

use crate::oracle::stored::{ALL, Stored};

/// What is done to a message.
#[derive(Clone, Debug)]
pub(crate) struct Damage {
    depth: Depth,
    edits: Vec<Edit>,
}

#[derive(Clone, Copy, Debug)]
enum Depth {
    /// To the bytes as they are.
    Surface,
    /// To what is inside, with length and compression made good again.
    Inside,
}

/// One piece of damage. Places are relative, so that every edit fits every message.
#[derive(Clone, Debug)]
enum Edit {
    Flip(Index, u8),
    Cut(Index),
    Remove(Index, u8),
    Insert(Index, Vec<u8>),
    /// A copy of a stretch, behind itself.
    Double(Index, u8),
    /// A number over four bytes.
    Number(Index, u32),
}

impl Damage {
    /// The message after it.
    pub(crate) fn of(&self, payload: &Bytes) -> Bytes {
        match self.depth {
            Depth::Surface => edited(payload.to_vec(), &self.edits),
            Depth::Inside => sealed(payload, &self.edits),
        }
        .into()
    }
}

/// Some damage; often none.
pub(crate) fn damage() -> impl Strategy<Value = Damage> {
    let depth = prop_oneof![Just(Depth::Surface), Just(Depth::Inside)];
    (depth, vec(edit(), 0..4)).prop_map(|(depth, edits)| Damage { depth, edits })
}

/// A stored message, and what is left of it.
pub(crate) fn spoilt() -> impl Strategy<Value = (Stored, Bytes)> {
    (any::<Index>(), damage()).prop_map(|(which, damage)| {
        let stored = which.get(&ALL).clone();
        let payload = damage.of(&stored.payload);
        (stored, payload)
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let word = proptest::sample::select(vec![
        "null",
        "true",
        "-1",
        "1e400",
        "\"",
        "{",
        "}",
        "[]",
        ",",
        ":",
        "\\u0000",
        "\\ud800",
        "\u{feff}",
        "é",
        "99999999999999999999",
        "0.1",
        "{}",
        "\"\"",
        " ",
        "\0",
    ]);
    let bytes = prop_oneof![
        3 => word.prop_map(|word| word.as_bytes().to_vec()),
        1 => vec(any::<u8>(), 1..6),
    ];
    let number = prop_oneof![
        any::<u32>(),
        (0..32_u32).prop_map(|bit| 1 << bit),
        (0..32_u32).prop_map(|bit| u32::MAX >> bit),
        0..16_u32,
    ];
    prop_oneof![
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, bits)| Edit::Flip(at, bits)),
        1 => any::<Index>().prop_map(Edit::Cut),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, length)| Edit::Remove(at, length)),
        3 => (any::<Index>(), bytes).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, length)| Edit::Double(at, length)),
        2 => (any::<Index>(), number).prop_map(|(at, number)| Edit::Number(at, number)),
    ]
}

fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match edit {
            Edit::Flip(index, bits) => {
                let at = at(index);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Edit::Cut(index) => bytes.truncate(at(index)),
            Edit::Remove(index, length) => {
                let start = at(index);
                let end = bytes.len().min(start + usize::from(*length % 32));
                bytes.drain(start..end);
            }
            Edit::Insert(index, more) => {
                let at = at(index);
                bytes.splice(at..at, more.iter().copied());
            }
            Edit::Double(index, length) => {
                let start = at(index);
                let end = bytes.len().min(start + usize::from(*length));
                let copy = bytes[start..end].to_vec();
                bytes.splice(end..end, copy);
            }
            Edit::Number(index, number) => {
                let at = at(index);
                for (slot, byte) in bytes.iter_mut().skip(at).zip(number.to_be_bytes()) {
                    *slot = byte;
                }
            }
        }
    }
    bytes
}

/// Edits what stands behind a length of four bytes: a gzip member, or JSON. What has no such inside
/// is edited as it is.
fn sealed(payload: &[u8], edits: &[Edit]) -> Vec<u8> {
    let find = |what: &[u8]| payload.windows(what.len()).position(|it| it == what);
    let put = |at: usize, inside: Vec<u8>| {
        let length = u32::try_from(inside.len()).unwrap().to_be_bytes();
        [&payload[..at - 4], &length, &inside].concat()
    };
    if let Some(at) = find(&[0x1f, 0x8b, 0x08]).filter(|at| *at >= 8) {
        let plain = gzip::inflate(&payload[at..], 1 << 20).unwrap();
        return put(at, gzip::deflate(&edited(plain, edits)));
    }
    match find(b"{\"").filter(|at| *at >= 8) {
        Some(at) => put(at, edited(payload[at..].to_vec(), edits)),
        None => edited(payload.to_vec(), edits),
    }
}
