//! The headers of the frames that come: what a WebSocket library joins, some clients lose.

/// Reads the headers of the other side's frames along the way.
#[derive(Debug, Default)]
pub(super) struct Frames {
    is_on: bool,
    /// What has come of the header at hand.
    header: Vec<u8>,
    /// How many bytes of payload are still to come.
    rest: u64,
    seen: Seen,
}

/// What frames have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Messages of one frame.
    pub(super) whole: usize,
    /// Frames that are a part of a message.
    pub(super) parts: usize,
}

impl Frames {
    /// What comes from now on is frames; these bytes are the first.
    pub(super) fn begin(&mut self, tail: &[u8]) {
        self.is_on = true;
        self.watch(tail);
    }

    pub(super) const fn seen(&self) -> Seen {
        self.seen
    }

    /// Reads along.
    pub(super) fn watch(&mut self, mut bytes: &[u8]) {
        while self.is_on && !bytes.is_empty() {
            if self.rest > 0 {
                let step = usize::try_from(self.rest).unwrap_or(usize::MAX);
                let step = step.min(bytes.len());
                self.rest -= u64::try_from(step).unwrap_or(0);
                bytes = bytes.get(step..).unwrap_or_default();
            } else if let Some((byte, behind)) = bytes.split_first() {
                self.header.push(*byte);
                bytes = behind;
                self.take_header();
            }
        }
    }

    /// A server's frames are not masked, so the header ends with the length.
    fn take_header(&mut self) {
        let length = match self.header.as_slice() {
            [_, length, rest @ ..] => match (length & 127, rest) {
                (126, [a, b]) => u64::from(u16::from_be_bytes([*a, *b])),
                (127, [a, b, c, d, e, f, g, h]) => {
                    u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])
                }
                (126 | 127, _) => return,
                (length, _) => u64::from(length),
            },
            _ => return,
        };
        let first = self.header.first().copied().unwrap_or_default();
        let (is_final, opcode) = (first & 0x80 != 0, first & 15);
        match (opcode, is_final) {
            (1 | 2, true) => self.seen.whole += 1,
            (0..=2, _) => self.seen.parts += 1,
            _ => {}
        }
        self.rest = length;
        self.header.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_counted_wherever_reads_end() {
        let mut bytes = vec![0x81, 1, b'a', 0x89, 0, 0x02, 126, 0, 200];
        bytes.extend([7; 200]);
        bytes.extend([0x80, 127, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0x82, 0]);
        for step in [1, 2, 3, 7, 500] {
            let mut frames = Frames::default();
            frames.watch(b"HTTP/1.1 101");
            frames.begin(&bytes[..3]);
            for chunk in bytes[3..].chunks(step) {
                frames.watch(chunk);
            }
            assert_eq!(frames.seen(), Seen { whole: 2, parts: 2 });
        }
    }
}
