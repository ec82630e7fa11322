//! Splittings: the same bytes in other pieces, which no peer may tell apart.
//!
//! ```text
//!   a case as it is ─▶ verdicts ─┬─▶ the same under each splitting: check `cuts` passes
//!                                └─▶ one differs: `cuts` fails, with the splitting's name
//! ```
//!
//! A splitting has a name, so that `--cuts NAME` shows exactly this one again.

use std::fmt;
use std::str::FromStr;

use wire::id::{Ids, seed_of};

use crate::case::{Case, Role, Step};

/// Which splittings each case is repeated under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cuts {
    /// None: messages are sent as the case says.
    #[default]
    None,
    /// Every one that is known by a place.
    All,
    /// So many at places that are drawn from the seed.
    Random(u32),
    /// This one alone.
    One(Cut),
}

/// One way to split every message of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// TCP cuts behind this byte of each frame.
    Tcp(usize),
    /// TCP cuts behind each of the first bytes of each frame.
    TcpEach,
    /// The first WebSocket fragment of a message has this length; a ping follows.
    Frames(usize),
    /// The first bytes of a message are fragments of their own, with pings between them.
    FramesEach,
    /// Both, at places that are drawn; the number of the drawing, from 1.
    Drawn(u32),
}

/// How a message is split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// The lengths of the first WebSocket fragments.
    pub fragments: Vec<usize>,
    /// Whether a ping goes between them.
    pub ping_between: bool,
    /// Behind which bytes of the frame TCP cuts.
    pub cut: Vec<usize>,
}

/// TCP cuts at each of these first bytes of a frame: its header, its mask, its first letters.
const PLACES: usize = 16;

/// Lengths of first fragments: inside a word, a vendor's header, a character.
const FRAGMENTS: [usize; 4] = [1, 2, 4, 9];

/// So far into a message cuts are drawn for clients, whose messages are not known beforehand.
const REACH: u64 = 64;

impl Cuts {
    /// The splittings.
    #[must_use]
    pub fn list(self) -> Vec<Cut> {
        match self {
            Self::None => Vec::new(),
            Self::One(cut) => vec![cut],
            Self::Random(times) => (1..=times).map(Cut::Drawn).collect(),
            Self::All => {
                let tcp = (1..=PLACES).map(Cut::Tcp);
                let frames = FRAGMENTS.into_iter().map(Cut::Frames);
                tcp.chain([Cut::TcpEach])
                    .chain(frames)
                    .chain([Cut::FramesEach])
                    .collect()
            }
        }
    }

    /// How many sessions they add to cases that are judged in a role, at most, and of how many
    /// cases.
    #[must_use]
    pub fn cost(self, cases: &[&Case], role: Role) -> (usize, usize) {
        let meant = cases.iter().filter(|case| is_split(case, role)).count();
        (meant, meant.saturating_mul(self.list().len()))
    }
}

impl FromStr for Cuts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let drawn = text.strip_prefix("random:").map(str::parse);
        match (text, drawn) {
            ("all", _) => Ok(Self::All),
            (_, Some(Ok(times))) if (1..=10_000).contains(&times) => Ok(Self::Random(times)),
            (_, None) => text.parse().map(Self::One),
            _ => Err("random:N is with N from 1 to 10000".to_owned()),
        }
    }
}

impl FromStr for Cut {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |prefix: &str| text.strip_prefix(prefix)?.parse::<usize>().ok();
        let drawn = text.strip_prefix("random#").and_then(|n| n.parse().ok());
        match (text, number("tcp:"), number("frames:"), drawn) {
            ("tcp:each", ..) => Ok(Self::TcpEach),
            ("frames:each", ..) => Ok(Self::FramesEach),
            (_, Some(place), ..) if place > 0 => Ok(Self::Tcp(place)),
            (_, _, Some(length), _) if length > 0 => Ok(Self::Frames(length)),
            (_, _, _, Some(drawing)) if drawing > 0 => Ok(Self::Drawn(drawing)),
            _ => Err(
                "it is all, random:N, or one splitting: tcp:BYTE, tcp:each, frames:LENGTH, \
                 frames:each, random#NUMBER"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(place) => write!(f, "tcp:{place}"),
            Self::TcpEach => f.write_str("tcp:each"),
            Self::Frames(length) => write!(f, "frames:{length}"),
            Self::FramesEach => f.write_str("frames:each"),
            Self::Drawn(number) => write!(f, "random#{number}"),
        }
    }
}

impl Cut {
    /// The splitting in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Tcp(place) => format!("TCP cuts behind byte {place} of each frame"),
            Self::TcpEach => format!("TCP cuts behind each of the first {PLACES} bytes of a frame"),
            Self::Frames(length) => {
                format!("first fragments of length {length}, a ping behind each")
            }
            Self::FramesEach => {
                format!("each of the first {PLACES} bytes of a message is a fragment")
            }
            Self::Drawn(_) => "cuts by TCP and fragments at drawn places".to_owned(),
        }
    }

    /// What a case draws with: the same for the same seed, case and number.
    pub(crate) fn ids(self, seed: u64, case: &Case) -> Ids {
        let number = match self {
            Self::Drawn(number) => u64::from(number),
            _ => 0,
        };
        Ids::new(seed_of(seed, &case.id, number))
    }

    /// How a message of this length is split.
    pub(crate) fn split(self, length: usize, ids: &mut Ids) -> Split {
        match self {
            Self::Tcp(place) => Split {
                cut: vec![place],
                ..Split::default()
            },
            Self::TcpEach => Split {
                cut: (1..=PLACES).collect(),
                ..Split::default()
            },
            Self::Frames(length) => Split {
                fragments: vec![length],
                ping_between: true,
                ..Split::default()
            },
            Self::FramesEach => Split {
                fragments: vec![1; PLACES.min(length)],
                ping_between: true,
                ..Split::default()
            },
            Self::Drawn(_) => {
                let mut below = |end: usize| {
                    let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
                    usize::try_from(ids.bits() % end).unwrap_or(0)
                };
                Split {
                    fragments: (0..below(4))
                        .map(|_| below(length.min(PLACES * 4)))
                        .collect(),
                    cut: (0..=below(3)).map(|_| 1 + below(length + 8)).collect(),
                    ping_between: below(2) == 0,
                }
            }
        }
    }

    /// The same for what the mock sends: faults of its catalogue that change no message.
    pub(crate) fn scenario(self, ids: &mut Ids) -> String {
        const SEGMENTS: &str = "write-slicing:at=open,gap_ms=1,after=";
        const FRAGMENTED: &str = "fragmented:at=open,sizes=";
        let joined = |numbers: &[u64]| {
            let numbers: Vec<String> = numbers.iter().map(u64::to_string).collect();
            numbers.join(".")
        };
        match self {
            Self::Tcp(place) => format!("{SEGMENTS}{place}"),
            Self::TcpEach => {
                let places: Vec<u64> = (1..).take(PLACES).collect();
                format!("{SEGMENTS}{}", joined(&places))
            }
            Self::Frames(length) => format!("{FRAGMENTED}{length}"),
            // Some libraries hang up when more pings come at once than they can answer.
            Self::FramesEach => format!("{FRAGMENTED}{},pings=no", joined(&[1; PLACES])),
            Self::Drawn(_) => {
                let mut some = |most: u64| {
                    let count = 1 + ids.bits() % most;
                    (0..count)
                        .map(|_| 1 + ids.bits() % REACH)
                        .collect::<Vec<_>>()
                };
                let (fragments, cuts) = (some(3), some(3));
                let segments = format!("{SEGMENTS}{}", joined(&cuts));
                match fragments.len() {
                    1 => segments,
                    _ => format!("{FRAGMENTED}{},pings=no+{segments}", joined(&fragments)),
                }
            }
        }
    }
}

/// Whether there is something to split in a case: we send messages in it, or the mock does.
pub(crate) fn is_split(case: &Case, role: Role) -> bool {
    let sends = |step: &Step| matches!(step, Step::Send(_) | Step::Stream(_));
    match role {
        Role::Server => case.script.iter().any(sends),
        Role::Client => case.client.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn what_is_drawn_is_drawn_again() {
        let cut = Cut::Drawn(1);
        let (mut one, mut other) = (Ids::new(7), Ids::new(7));
        for length in [0, 1, 5, 100] {
            let split = cut.split(length, &mut one);
            assert_eq!(split, cut.split(length, &mut other));
            assert!(!split.cut.is_empty());
        }
        assert_eq!(cut.scenario(&mut one), cut.scenario(&mut other));
        assert_ne!(cut.scenario(&mut one), cut.scenario(&mut one));
    }

    #[test]
    fn every_splitting_is_chosen_by_its_name() {
        let all = Cuts::All.list();
        assert_eq!(all.len(), 22);
        for cut in all.into_iter().chain(Cuts::Random(3).list()) {
            assert_eq!(cut.to_string().parse(), Ok(Cuts::One(cut)), "{cut}");
        }
    }

    #[rstest]
    #[case("all", true)]
    #[case("random:1", true)]
    #[case("random:10000", true)]
    #[case("random:10001", false)]
    #[case("random:0", false)]
    #[case("random:", false)]
    #[case("random#0", false)]
    #[case("tcp:0", false)]
    #[case("tcp:", false)]
    #[case("frames:x", false)]
    #[case("none", false)]
    fn names_are_exact(#[case] name: &str, #[case] is_one: bool) {
        assert_eq!(name.parse::<Cuts>().is_ok(), is_one);
    }
}
