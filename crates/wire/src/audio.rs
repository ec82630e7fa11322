//! Names for audio encodings. What they sound like is not this crate's business.

/// The order of the two bytes of a 16-bit sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// How samples become bytes. All audio is mono.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// 16-bit linear samples without a header.
    Pcm(Endian),
    /// 16-bit little-endian samples behind a 44-byte RIFF header.
    Wav,
    /// G.711 µ-law, one byte a sample, without a header.
    Mulaw,
    /// G.711 A-law, one byte a sample, without a header.
    Alaw,
    /// FLAC.
    Flac,
    /// MPEG layer III; the bit rate in kbit/s if one was asked for.
    Mp3(Option<u32>),
    /// Opus in Ogg.
    OggOpus,
    /// Opus in WebM.
    WebmOpus,
}

/// An encoding at a sample rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AudioFormat {
    /// How samples become bytes.
    pub encoding: Encoding,
    /// Sample rate in Hz.
    pub rate_hz: u32,
}

impl AudioFormat {
    /// Bytes per second of header-less encodings with a fixed rate; `None` for the others.
    #[must_use]
    pub const fn bytes_per_second(&self) -> Option<u32> {
        match self.encoding {
            Encoding::Pcm(_) => Some(self.rate_hz * 2),
            Encoding::Mulaw | Encoding::Alaw => Some(self.rate_hz),
            Encoding::Wav
            | Encoding::Flac
            | Encoding::Mp3(_)
            | Encoding::OggOpus
            | Encoding::WebmOpus => None,
        }
    }
}

/// Which way the audio of an endpoint travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the server: synthesis.
    ToClient,
    /// To the server: recognition.
    ToServer,
}

impl Direction {
    /// The direction's name in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ToClient => "server-to-client",
            Self::ToServer => "client-to-server",
        }
    }
}
