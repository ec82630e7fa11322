//! Several Opus frames in one packet: code 3 of RFC 6716, section 3.2.5.
//!
//! ```text
//! TOC with code 3 │ v p frames(6 bits) │ length of every frame but the last │ frames
//! ```
//!
//! Lengths are there if `v` is set: one byte up to 251, else `252 + (length & 3)` and
//! `(length - first) / 4`. There is never padding (`p`).

/// Packets of one frame on their way into packets of several.
#[derive(Debug)]
pub(crate) struct Bundle {
    most: usize,
    /// The first byte of the packets that wait.
    toc: u8,
    frames: Vec<Vec<u8>>,
}

impl Bundle {
    /// Packets of up to so many frames of 20 ms; at most 6, which is 120 ms.
    pub(crate) fn new(frames: usize) -> Self {
        Self {
            most: frames.clamp(1, MOST_FRAMES),
            toc: 0,
            frames: Vec::new(),
        }
    }

    /// Takes a packet of one frame (code 0), and hands a full one to `sink` with the number of
    /// its frames. Frames of another configuration cannot share a packet.
    pub(crate) fn push(&mut self, packet: &[u8], sink: &mut impl FnMut(&[u8], u64)) {
        let Some((toc, frame)) = packet.split_first() else {
            return;
        };
        if *toc != self.toc {
            self.flush(sink);
        }
        self.toc = *toc;
        self.frames.push(frame.to_vec());
        if self.frames.len() == self.most {
            self.flush(sink);
        }
    }

    /// Hands what waits to `sink`.
    pub(crate) fn flush(&mut self, sink: &mut impl FnMut(&[u8], u64)) {
        let frames = std::mem::take(&mut self.frames);
        if !frames.is_empty() {
            sink(&code_3(self.toc, &frames), frames.len() as u64);
        }
    }
}

/// Frames of one configuration as one packet.
fn code_3(toc: u8, frames: &[Vec<u8>]) -> Vec<u8> {
    let lengths: Vec<usize> = frames.iter().map(Vec::len).collect();
    let is_constant = lengths.windows(2).all(|pair| pair.first() == pair.last());
    let count = u8::try_from(frames.len()).unwrap_or_default();
    let mut packet = vec![toc | CODE_3, count | if is_constant { 0 } else { VARIABLE }];
    if let Some((_, lengths)) = lengths.split_last().filter(|_| !is_constant) {
        for length in lengths {
            push_length(*length, &mut packet);
        }
    }
    packet.extend(frames.iter().flatten());
    packet
}

fn push_length(length: usize, packet: &mut Vec<u8>) {
    if let Some(short) = u8::try_from(length).ok().filter(|short| *short < 252) {
        packet.push(short);
        return;
    }
    let first = 252 + (length & 3);
    let second = length.saturating_sub(first) / 4;
    packet.extend([first, second].map(|byte| u8::try_from(byte).unwrap_or(u8::MAX)));
}

const CODE_3: u8 = 0b11;
const VARIABLE: u8 = 0x80;
const MOST_FRAMES: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(packets: &[&[u8]], most: usize) -> Vec<(Vec<u8>, u64)> {
        let mut out = Vec::new();
        let mut sink = |packet: &[u8], frames| out.push((packet.to_vec(), frames));
        let mut bundle = Bundle::new(most);
        for packet in packets {
            bundle.push(packet, &mut sink);
        }
        bundle.flush(&mut sink);
        out
    }

    #[test]
    fn equal_frames_need_no_lengths() {
        let packets = bundled(&[b"\x08ab", b"\x08cd", b"\x08ef"], 3);
        assert_eq!(packets, [(b"\x0b\x03abcdef".to_vec(), 3)]);
    }

    #[test]
    fn lengths_are_written_in_one_byte_or_two() {
        let long = [vec![8], vec![7; 1000]].concat();
        let packets = bundled(&[b"\x08a", &long, b"\x08bc"], 3);
        let (packet, frames) = &packets[0];
        // 1000 = 252 + 4 * 187.
        assert_eq!(packet[..6], [0x0b, 0x83, 1, 252, 187, b'a']);
        assert_eq!((packet.len(), *frames), (5 + 1 + 1000 + 2, 3));
    }

    #[test]
    fn another_configuration_begins_another_packet() {
        let packets = bundled(&[b"\x08a", b"\x08b", b"\x48c", b"\x48d"], 3);
        let expected = [(b"\x0b\x02ab".to_vec(), 2), (b"\x4b\x02cd".to_vec(), 2)];
        assert_eq!(packets, expected);
    }
}
