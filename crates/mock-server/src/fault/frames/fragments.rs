//! Messages in fragments, cut where a careless reader looks.

use bytes::Bytes;
use wire::ws::{FrameHead, Opcode};

use crate::fault::behaviour::{Behaviour, Frame, Hand};

/// Every message in fragments.
pub(super) struct Fragmented {
    parts: usize,
    /// The lengths of the first fragments, if they are chosen.
    sizes: Vec<u64>,
    /// Whether pings go between them.
    has_pings: bool,
    /// How many pings have been sent.
    pings: u32,
}

impl Fragmented {
    /// In so many fragments at most, or with the first ones of these lengths.
    pub(super) fn new(parts: u64, sizes: Vec<u64>, has_pings: bool) -> Self {
        Self {
            parts: usize::try_from(parts).unwrap_or(usize::MAX),
            sizes,
            has_pings,
            pings: 0,
        }
    }

    fn cuts(&self, payload: &[u8]) -> Vec<usize> {
        if self.sizes.is_empty() {
            return cuts(payload, self.parts);
        }
        let ends = self.sizes.iter().scan(0_u64, |end, size| {
            *end = end.saturating_add(*size);
            usize::try_from(*end).ok()
        });
        ends.take_while(|end| *end < payload.len()).collect()
    }
}

impl Behaviour for Fragmented {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn frames(&mut self, frames: Vec<Frame>, hand: &mut Hand<'_>) -> Vec<Frame> {
        let mut all = Vec::new();
        for frame in frames {
            let is_whole_message =
                frame.head.fin && matches!(frame.head.opcode, Opcode::Text | Opcode::Binary);
            let cuts = self.cuts(&frame.payload);
            if !is_whole_message || cuts.is_empty() {
                all.push(frame);
                continue;
            }
            hand.fire();
            self.fragment(&frame, &cuts, &mut all);
        }
        all
    }
}

impl Fragmented {
    fn fragment(&mut self, frame: &Frame, cuts: &[usize], all: &mut Vec<Frame>) {
        let mut rest = frame.payload.clone();
        let mut from = 0;
        for &cut in cuts {
            let piece = rest.split_to((cut - from).min(rest.len()));
            all.push(part(frame, from == 0, false, piece));
            if self.has_pings {
                all.push(self.ping());
            }
            from = cut;
        }
        all.push(part(frame, from == 0, true, rest));
    }

    fn ping(&mut self) -> Frame {
        self.pings = self.pings.wrapping_add(1);
        let payload = Bytes::copy_from_slice(&self.pings.to_be_bytes());
        Frame {
            head: FrameHead::server(Opcode::Ping, payload.len()),
            payload,
        }
    }
}

fn part(frame: &Frame, is_first: bool, is_last: bool, payload: Bytes) -> Frame {
    let opcode = match is_first {
        true => frame.head.opcode,
        false => Opcode::Continuation,
    };
    let rsv = if is_first { frame.head.rsv } else { 0 };
    let head = FrameHead {
        fin: is_last,
        rsv,
        mask: frame.head.mask,
        ..FrameHead::server(opcode, payload.len())
    };
    Frame { head, payload }
}

/// Where a payload is cut into at most so many parts: as evenly as may be, but inside a character
/// or a token if one is near.
fn cuts(payload: &[u8], parts: usize) -> Vec<usize> {
    let mut cuts: Vec<usize> = Vec::new();
    let length = payload.len();
    let parts = parts.min(length);
    let step = length / parts.max(1);
    for n in 1..parts {
        let even = n * length / parts;
        // No two parts look for their cut at the same place.
        let reach = step / 2;
        let near = |is_good: fn(&[u8], usize) -> bool| {
            (0..=reach).find_map(|away| {
                let places = [even + away, even.saturating_sub(away)];
                places
                    .into_iter()
                    .find(|at| (1..length).contains(at) && is_good(payload, *at))
            })
        };
        let cut = near(is_inside_character).or_else(|| near(is_inside_token));
        let cut = cut.unwrap_or(even);
        if cut > cuts.last().copied().unwrap_or(0) && cut < length {
            cuts.push(cut);
        }
    }
    cuts
}

/// Whether the byte at this place goes on with a character of UTF-8.
fn is_inside_character(payload: &[u8], at: usize) -> bool {
    payload.get(at).is_some_and(|byte| byte & 0xC0 == 0x80)
}

/// Whether a word, a number or a name goes on at this place.
fn is_inside_token(payload: &[u8], at: usize) -> bool {
    let is_part = |at: usize| payload.get(at).is_some_and(u8::is_ascii_alphanumeric);
    is_part(at) && at.checked_sub(1).is_some_and(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_inside_characters_and_tokens() {
        let text = r#"{"result":"你好","is_final":true}"#;
        let bytes = text.as_bytes();
        let cuts = cuts(bytes, 4);
        assert_eq!(cuts.len(), 3);
        assert!(
            cuts.iter().any(|at| !text.is_char_boundary(*at)),
            "{cuts:?}"
        );
        for at in cuts {
            assert!(is_inside_character(bytes, at) || is_inside_token(bytes, at));
        }
    }

    #[test]
    fn first_fragments_have_the_lengths_that_are_chosen() {
        let fragmented = Fragmented::new(4, vec![1, 2, 40], true);
        assert_eq!(fragmented.cuts(&[0; 44]), [1, 3, 43]);
        assert_eq!(fragmented.cuts(&[0; 43]), [1, 3]);
        assert_eq!(fragmented.cuts(&[0; 1]), [0; 0]);
    }

    #[test]
    fn parts_are_the_whole() {
        for length in 0..40_u8 {
            for parts in 2..12_usize {
                let payload: Vec<u8> = (0..length).map(|byte| byte.wrapping_mul(37)).collect();
                let cuts = cuts(&payload, parts);
                assert!(cuts.len() < parts);
                assert!(cuts.is_sorted_by(|a, b| a < b));
                assert!(cuts.iter().all(|cut| (1..payload.len()).contains(cut)));
                assert!(payload.len() < 2 || !cuts.is_empty());
                let frame = Frame {
                    head: FrameHead::server(Opcode::Binary, payload.len()),
                    payload: payload.clone().into(),
                };
                let mut all = Vec::new();
                Fragmented::new(4, Vec::new(), true).fragment(&frame, &cuts, &mut all);
                let data = all.iter().filter(|frame| frame.head.opcode != Opcode::Ping);
                let joined: Vec<u8> = data.flat_map(|frame| frame.payload.to_vec()).collect();
                assert_eq!(joined, payload);
                assert!(all.last().unwrap().head.fin);
            }
        }
    }
}
