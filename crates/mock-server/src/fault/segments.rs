//! TCP segments.

use super::behaviour::{Behaviour, Cuts, Frame, Hand, Slicing};
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points, Values};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "byte-drip",
        family: Family::Segments,
        does: "everything the server sends goes in TCP segments of one byte, with a pause between two",
        incident: "a reader that takes what one read gives for a whole frame, or a head, or a character",
        example: "byte-drip:gap_ms=20",
        parameters: &[
            GAP,
            Parameter {
                key: "sizes",
                kind: Kind::Numbers,
                default: "1",
                text: "the lengths of the segments in bytes, over and over",
            },
        ],
        at: "request",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(slices),
    },
    Fault {
        name: "write-slicing",
        family: Family::Segments,
        does: "TCP segments that end behind the first and the third byte of every frame, inside its head, behind other bytes of it, or have the given lengths",
        incident: "a client that assumes one read is one frame, and breaks when the network cuts elsewhere",
        example: "write-slicing:sizes=1.2.700",
        parameters: &[
            GAP,
            Parameter {
                key: "sizes",
                kind: Kind::Numbers,
                default: "",
                text: "the lengths of the segments in bytes, over and over, instead of places in frames",
            },
            Parameter {
                key: "after",
                kind: Kind::Numbers,
                default: "1.3",
                text: "where segments end, in bytes from the beginning of every frame",
            },
        ],
        at: "request",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(slices),
    },
];

const GAP: Parameter = Parameter {
    key: "gap_ms",
    kind: Kind::Number(0, 60_000),
    default: "5",
    text: "the pause between two segments, in milliseconds",
};

fn slices(values: &Values) -> Box<dyn Behaviour> {
    let sizes = values.numbers("sizes");
    let mut inside = values.numbers("after");
    inside.sort_unstable();
    Box::new(Slices(Slicing {
        cuts: match sizes.is_empty() {
            true => Cuts::Inside(inside),
            false => Cuts::Sizes(sizes),
        },
        gap: values.ms("gap_ms"),
    }))
}

/// Bytes in slices.
struct Slices(Slicing);

impl Behaviour for Slices {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn frames(&mut self, frames: Vec<Frame>, hand: &mut Hand<'_>) -> Vec<Frame> {
        hand.fire();
        frames
    }

    fn slicing(&self) -> Option<Slicing> {
        Some(self.0.clone())
    }
}
