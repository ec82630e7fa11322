//! Speech that is encoded in another way than was asked for.

use wire::audio::{AudioFormat, Encoding};
use wire::speech::{Chunking, Speech};

use crate::fault::behaviour::{Behaviour, Hand};
use crate::sound::{Containers, Shape};
use crate::speaker::can_encode;

/// A container around each chunk.
pub(super) struct EachChunk;

impl Behaviour for EachChunk {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn speech(&mut self, speech: &mut Speech, shape: &mut Shape, hand: &mut Hand<'_>) {
        let is_bare = matches!(
            speech.format.encoding,
            Encoding::Pcm(_) | Encoding::Mulaw | Encoding::Alaw
        );
        // What comes in one piece is one container anyway.
        if !is_bare && speech.chunking != Chunking::Whole {
            shape.containers = Containers::EachChunk;
            hand.fire();
        }
    }
}

/// Another rate, or wider samples.
pub(super) struct Mismatch {
    pub(super) rate_hz: Option<u32>,
    pub(super) is_wide: bool,
}

impl Behaviour for Mismatch {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn speech(&mut self, speech: &mut Speech, shape: &mut Shape, hand: &mut Hand<'_>) {
        if self.is_wide && speech.format.encoding == Encoding::Wav {
            shape.is_wav_wide = true;
            hand.fire();
        }
        let rate_hz = match (self.rate_hz, speech.format.rate_hz) {
            (Some(chosen), _) => chosen,
            (None, asked) if self.is_wide => asked,
            (None, 24_000) => 16_000,
            (None, _) => 24_000,
        };
        let format = AudioFormat {
            rate_hz,
            ..speech.format
        };
        if format != speech.format && can_encode(&format) {
            speech.format = format;
            hand.fire();
        }
    }
}

/// An end that is missing.
pub(super) struct Truncated(pub(super) u32);

impl Behaviour for Truncated {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn speech(&mut self, _: &mut Speech, shape: &mut Shape, hand: &mut Hand<'_>) {
        shape.cut_tail_ms = shape.cut_tail_ms.saturating_add(self.0);
        hand.fire();
    }
}

/// Several frames in each Opus packet.
pub(super) struct MultiFrame(pub(super) usize);

impl Behaviour for MultiFrame {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn speech(&mut self, speech: &mut Speech, shape: &mut Shape, hand: &mut Hand<'_>) {
        if let Encoding::OggOpus | Encoding::WebmOpus = speech.format.encoding {
            shape.opus_frames = self.0;
            hand.fire();
        }
    }
}
