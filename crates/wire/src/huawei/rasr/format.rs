//! The audio formats and the sizes of their messages.

use std::ops::RangeInclusive;

use crate::audio::{AudioFormat, Encoding, Endian};

/// `config.audio_format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it is.
    pub audio: AudioFormat,
}

/// Every format.
pub const FORMATS: [Format; 6] = [
    format("pcm16k16bit", Encoding::Pcm(Endian::Little), 16_000),
    format("pcm8k16bit", Encoding::Pcm(Endian::Little), 8000),
    format("ulaw16k8bit", Encoding::Mulaw, 16_000),
    format("ulaw8k8bit", Encoding::Mulaw, 8000),
    format("alaw16k8bit", Encoding::Alaw, 16_000),
    format("alaw8k8bit", Encoding::Alaw, 8000),
];

impl Format {
    /// The format with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        FORMATS.into_iter().find(|format| format.name == name)
    }

    /// Bytes of one second.
    #[must_use]
    pub fn bytes_per_second(&self) -> u64 {
        self.audio.bytes_per_second().map_or(1, u64::from)
    }

    /// How many bytes a binary message may have.
    #[must_use]
    pub const fn message_bytes(&self) -> RangeInclusive<usize> {
        match self.audio.rate_hz {
            8000 => 160..=32_768,
            _ => 320..=65_536,
        }
    }

    /// How the name of a model for this rate spells it.
    #[must_use]
    pub const fn model_rate(&self) -> &'static str {
        match self.audio.rate_hz {
            8000 => "8k",
            _ => "16k",
        }
    }

    /// Whether a WAV header may stand before the audio.
    #[must_use]
    pub const fn may_have_header(&self) -> bool {
        matches!(self.audio.encoding, Encoding::Pcm(_))
    }
}

const fn format(name: &'static str, encoding: Encoding, rate_hz: u32) -> Format {
    Format {
        name,
        audio: AudioFormat { encoding, rate_hz },
    }
}
