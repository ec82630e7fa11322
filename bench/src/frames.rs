//! As much of RFC 6455 as a load generator needs: frames of a client, and counting those of a server.

use bytes::{BufMut as _, BytesMut};

/// The mask of every frame. A fixed one is as much work for a server as a drawn one.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A text frame.
pub const TEXT: u8 = 1;
/// A binary frame.
pub const BINARY: u8 = 2;
/// A close frame.
pub const CLOSE: u8 = 8;
/// A ping.
pub const PING: u8 = 9;

/// Appends a whole message of a client.
pub fn put_masked(out: &mut BytesMut, opcode: u8, payload: &[u8]) {
    put_head(out, opcode, payload.len(), 0x80);
    out.put_slice(&MASK);
    let mask = MASK.iter().cycle();
    out.extend(payload.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
}

/// Appends a whole message of a server.
pub fn put_plain(out: &mut BytesMut, opcode: u8, payload: &[u8]) {
    put_head(out, opcode, payload.len(), 0);
    out.put_slice(payload);
}

fn put_head(out: &mut BytesMut, opcode: u8, length: usize, masked: u8) {
    out.put_u8(0x80 | opcode);
    match length {
        0..=125 => out.put_u8(masked | length as u8),
        126..=0xffff => {
            out.put_u8(masked | 126);
            out.put_u16(length as u16);
        }
        _ => {
            out.put_u8(masked | 127);
            out.put_u64(length as u64);
        }
    }
}

/// A frame that has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What it was.
    pub opcode: u8,
    /// Whether it ended its message.
    pub fin: bool,
    /// The length of its payload.
    pub length: u64,
}

/// Finds the ends of a server's frames in whatever pieces they come, without keeping them.
#[derive(Debug, Default)]
pub struct Counter {
    head: Vec<u8>,
    left: u64,
    frame: Option<Ended>,
}

impl Counter {
    /// Takes the next bytes; tells of every frame that ends in them.
    pub fn feed(&mut self, mut bytes: &[u8], mut ended: impl FnMut(Ended)) {
        loop {
            if let Some(frame) = self.frame {
                let taken = self.left.min(bytes.len() as u64);
                self.left -= taken;
                bytes = &bytes[taken as usize..];
                if self.left > 0 {
                    return;
                }
                self.frame = None;
                ended(frame);
            }
            while self.frame.is_none() {
                let Some((first, rest)) = bytes.split_first() else {
                    return;
                };
                self.head.push(*first);
                bytes = rest;
                self.begin();
            }
        }
    }

    /// Begins a frame if its head is whole.
    fn begin(&mut self) {
        let length = match *self.head.as_slice() {
            [_, length @ 0..=125] => u64::from(length),
            [_, 126, a, b] => u64::from(u16::from_be_bytes([a, b])),
            [_, 127, a, b, c, d, e, f, g, h] => u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            _ => return,
        };
        self.frame = Some(Ended {
            opcode: self.head[0] & 0x0f,
            fin: self.head[0] & 0x80 != 0,
            length,
        });
        self.left = length;
        self.head.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_wherever_they_are_cut() {
        let mut bytes = BytesMut::new();
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            put_plain(&mut bytes, BINARY, &vec![0; length]);
        }
        for size in [1, 7, 4096, bytes.len()] {
            let (mut counter, mut lengths) = (Counter::default(), Vec::new());
            for piece in bytes.chunks(size) {
                counter.feed(piece, |frame| lengths.push(frame.length));
            }
            assert_eq!(lengths, [0, 1, 125, 126, 65_535, 65_536]);
        }
    }
}
