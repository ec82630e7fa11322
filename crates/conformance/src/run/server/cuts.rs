//! Splittings: the same bytes in other pieces, which no server may tell apart.

use wire::id::Ids;

use super::peer::Shape;
use crate::case::{Case, Step};
use crate::select::Cuts;

/// TCP cuts at each of these first bytes of a message: its header, its mask, its first letters.
const PLACES: usize = 16;

/// WebSocket cuts at these bytes of the payload.
const FRAGMENTS: [usize; 4] = [0, 1, 4, 9];

/// One way to split every message of a case.
#[derive(Clone, Debug)]
pub(super) enum Cutting {
    /// TCP cuts after this byte.
    After(usize),
    /// TCP cuts after each of the first bytes.
    Chop,
    /// WebSocket cuts after this byte of the payload, with a ping in between.
    Fragment(usize),
    /// Both, at places that are drawn.
    Drawn(u64, Ids),
}

/// How a message is split.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    fragments: Vec<usize>,
    ping_between: bool,
    cut: Vec<usize>,
}

impl Split {
    pub(super) fn shape(&self) -> Shape<'_> {
        Shape {
            fragments: &self.fragments,
            ping_between: self.ping_between,
            cut: &self.cut,
        }
    }
}

impl Cutting {
    /// The splittings of a case. One that sends no message has none.
    pub(super) fn of(case: &Case, cuts: Cuts, seed: u64) -> Vec<Self> {
        let sends = |step: &Step| matches!(step, Step::Send(_) | Step::Stream(_));
        if !case.script.iter().any(sends) {
            return Vec::new();
        }
        match cuts {
            Cuts::None => Vec::new(),
            Cuts::All => {
                let places = (1..=PLACES).map(Self::After);
                let fragments = FRAGMENTS.into_iter().map(Self::Fragment);
                places.chain([Self::Chop]).chain(fragments).collect()
            }
            Cuts::Random(times) => {
                let own = case.id.bytes().fold(seed, |sum, byte| {
                    sum.wrapping_mul(31).wrapping_add(u64::from(byte))
                });
                let drawn = (1..=u64::from(times)).map(|number| {
                    let ids = Ids::new(own.wrapping_add(number));
                    Self::Drawn(number, ids)
                });
                drawn.collect()
            }
        }
    }

    /// How the next message is split.
    pub(super) fn split(&mut self, length: usize) -> Split {
        match self {
            Self::After(place) => Split {
                cut: vec![*place],
                ..Split::default()
            },
            Self::Chop => Split {
                cut: (1..=PLACES).collect(),
                ..Split::default()
            },
            Self::Fragment(place) => Split {
                fragments: vec![*place],
                ping_between: true,
                ..Split::default()
            },
            Self::Drawn(_, ids) => {
                let mut below = |end: usize| {
                    let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
                    usize::try_from(ids.bits() % end).unwrap_or(0)
                };
                let fragments = (0..below(3)).map(|_| below(length.min(64))).collect();
                let cut = (0..=below(3)).map(|_| 1 + below(length + 8)).collect();
                Split {
                    fragments,
                    ping_between: below(2) == 0,
                    cut,
                }
            }
        }
    }

    /// The splitting in words, before what differs under it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::After(place) => format!("cut by TCP after byte {place} of each message"),
            Self::Chop => format!("cut by TCP after each of the first {PLACES} bytes"),
            Self::Fragment(place) => {
                format!("cut into WebSocket fragments after byte {place}, with a ping between them")
            }
            Self::Drawn(number, _) => format!("cut at random, number {number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_drawn_again() {
        let mut one = Cutting::Drawn(1, Ids::new(7));
        let mut other = one.clone();
        for length in [0, 1, 5, 100] {
            let (a, b) = (one.split(length), other.split(length));
            assert_eq!((&a.cut, &a.fragments), (&b.cut, &b.fragments));
            assert!(!a.cut.is_empty());
        }
    }
}
