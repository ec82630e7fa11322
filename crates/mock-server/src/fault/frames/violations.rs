//! One frame that RFC 6455 forbids.

use bytes::Bytes;
use wire::id::Ids;
use wire::ws::{FrameHead, LengthForm, Opcode};

use crate::fault::behaviour::{Behaviour, Frame, Hand};

/// What a frame breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breach {
    /// RSV1 without an extension that defines it.
    ReservedBit,
    /// A mask from a server.
    Mask,
    /// A length in more bytes than it needs.
    LongLength,
}

impl Breach {
    /// The same frame, broken; `false` if it cannot be.
    fn apply(self, head: &mut FrameHead, ids: &mut Ids) -> bool {
        match self {
            // Of compressed messages RSV1 is legal.
            Self::ReservedBit => head.rsv |= if head.rsv & RSV1 == 0 { RSV1 } else { RSV2 },
            Self::Mask => {
                let [a, b, c, d, ..] = ids.bits().to_le_bytes();
                // A key of zeros would change nothing.
                head.mask = Some([a | 1, b, c, d]);
            }
            Self::LongLength => {
                head.length_form = match LengthForm::minimal(head.length) {
                    LengthForm::Seven => LengthForm::Sixteen,
                    LengthForm::Sixteen => LengthForm::SixtyFour,
                    LengthForm::SixtyFour => return false,
                }
            }
        }
        true
    }
}

const RSV1: u8 = 0b100;
const RSV2: u8 = 0b010;

/// The first frame from the point on, broken.
pub(super) struct Violation {
    breach: Breach,
    is_done: bool,
}

impl Violation {
    /// Breaks one frame like this.
    pub(super) const fn new(breach: Breach) -> Self {
        Self {
            breach,
            is_done: false,
        }
    }
}

impl Behaviour for Violation {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        // Behind the end marker nothing may ever come: a ping does.
        if hand.past.end.is_some() {
            const PAYLOAD: &[u8] = b"mynah";
            let mut head = FrameHead::server(Opcode::Ping, PAYLOAD.len());
            self.is_done = self.breach.apply(&mut head, hand.ids);
            hand.frames(vec![Frame {
                head,
                payload: Bytes::from_static(PAYLOAD),
            }]);
        }
    }

    fn frames(&mut self, mut frames: Vec<Frame>, hand: &mut Hand<'_>) -> Vec<Frame> {
        if let Some(first) = frames.first_mut()
            && !self.is_done
            && self.breach.apply(&mut first.head, hand.ids)
        {
            self.is_done = true;
            hand.fire();
        }
        frames
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::bit(Breach::ReservedBit, 5, &[0xC2, 5])]
    #[case::short_length(Breach::LongLength, 5, &[0x82, 126, 0, 5])]
    #[case::longer_length(Breach::LongLength, 300, &[0x82, 127, 0, 0, 0, 0, 0, 0, 1, 44])]
    fn heads_are_broken_so(#[case] breach: Breach, #[case] length: usize, #[case] bytes: &[u8]) {
        let mut head = FrameHead::server(Opcode::Binary, length);
        assert!(breach.apply(&mut head, &mut Ids::new(0)));
        assert_eq!(&head.encode()[..], bytes);
    }

    #[test]
    fn the_longest_form_cannot_be_longer() {
        let mut head = FrameHead::server(Opcode::Binary, 1 << 20);
        assert!(!Breach::LongLength.apply(&mut head, &mut Ids::new(0)));
    }
}
