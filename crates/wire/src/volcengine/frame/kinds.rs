//! The values of the header's nibbles.

use bytes::Bytes;

/// The protocol version. Only 1 is in use; the official demos name the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// `0b0001`.
    #[default]
    V1,
    /// `0b0010`.
    V2,
    /// `0b0011`.
    V3,
    /// `0b0100`.
    V4,
}

impl Version {
    /// The version of a nibble; `None` for one that nobody names.
    #[must_use]
    pub const fn of(nibble: u8) -> Option<Self> {
        match nibble {
            0b0001 => Some(Self::V1),
            0b0010 => Some(Self::V2),
            0b0011 => Some(Self::V3),
            0b0100 => Some(Self::V4),
            _ => None,
        }
    }

    /// Its nibble.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        match self {
            Self::V1 => 0b0001,
            Self::V2 => 0b0010,
            Self::V3 => 0b0011,
            Self::V4 => 0b0100,
        }
    }
}

/// The message type, with the code that only errors have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `0x1`: the client's request.
    FullClientRequest,
    /// `0x2`: the client's audio.
    AudioOnlyClient,
    /// `0x9`: the server's JSON answer.
    FullServerResponse,
    /// `0xB`: the server's audio; without sequence and event, its acknowledgement.
    AudioOnlyServer,
    /// `0xC`: the result of the text front end.
    FrontEnd,
    /// `0xF`: the server's error.
    Error {
        /// The service's error code.
        code: u32,
    },
}

impl Kind {
    /// The nibble of an error.
    pub(super) const ERROR: u8 = 0xf;

    /// The type of a nibble other than the error's; `None` for an undefined one.
    #[must_use]
    pub(super) const fn of(nibble: u8) -> Option<Self> {
        match nibble {
            0x1 => Some(Self::FullClientRequest),
            0x2 => Some(Self::AudioOnlyClient),
            0x9 => Some(Self::FullServerResponse),
            0xb => Some(Self::AudioOnlyServer),
            0xc => Some(Self::FrontEnd),
            _ => None,
        }
    }

    /// Its nibble.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        match self {
            Self::FullClientRequest => 0x1,
            Self::AudioOnlyClient => 0x2,
            Self::FullServerResponse => 0x9,
            Self::AudioOnlyServer => 0xb,
            Self::FrontEnd => 0xc,
            Self::Error { .. } => Self::ERROR,
        }
    }

    /// Its name in the documents.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FullClientRequest => "full client request",
            Self::AudioOnlyClient => "audio-only client",
            Self::FullServerResponse => "full server response",
            Self::AudioOnlyServer => "audio-only server",
            Self::FrontEnd => "front-end result",
            Self::Error { .. } => "error",
        }
    }

    /// Whether its payload is audio, whatever the serialization says.
    #[must_use]
    pub const fn carries_audio(self) -> bool {
        matches!(self, Self::AudioOnlyClient | Self::AudioOnlyServer)
    }
}

/// Whether a frame ends what it belongs to: bit 1 of the flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Position {
    /// More follows, or the frame is no part of a series.
    #[default]
    Open,
    /// The last of its series.
    Last,
}

/// How the payload is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Serialization {
    /// `0x0`: bytes, usually audio.
    #[default]
    Raw,
    /// `0x1`: JSON.
    Json,
    /// `0x2`: protobuf.
    Protobuf,
    /// `0x3`: Thrift.
    Thrift,
    /// `0xF`: described in the header extension.
    Custom,
}

impl Serialization {
    /// The serialization of a nibble; `None` for an undefined one.
    #[must_use]
    pub const fn of(nibble: u8) -> Option<Self> {
        match nibble {
            0x0 => Some(Self::Raw),
            0x1 => Some(Self::Json),
            0x2 => Some(Self::Protobuf),
            0x3 => Some(Self::Thrift),
            0xf => Some(Self::Custom),
            _ => None,
        }
    }

    /// Its nibble.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        match self {
            Self::Raw => 0x0,
            Self::Json => 0x1,
            Self::Protobuf => 0x2,
            Self::Thrift => 0x3,
            Self::Custom => 0xf,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Json => "JSON",
            Self::Protobuf => "protobuf",
            Self::Thrift => "Thrift",
            Self::Custom => "custom",
        }
    }
}

/// How the payload is compressed. Nothing else of a frame ever is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    /// `0x0`: not at all.
    #[default]
    None,
    /// `0x1`: gzip.
    Gzip,
    /// `0xF`: described in the header extension.
    Custom,
}

impl Compression {
    /// The compression of a nibble; `None` for an undefined one.
    #[must_use]
    pub const fn of(nibble: u8) -> Option<Self> {
        match nibble {
            0x0 => Some(Self::None),
            0x1 => Some(Self::Gzip),
            0xf => Some(Self::Custom),
            _ => None,
        }
    }

    /// Its nibble.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        match self {
            Self::None => 0x0,
            Self::Gzip => 0x1,
            Self::Custom => 0xf,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Custom => "custom",
        }
    }

    /// `plain` in this compression; a custom one is the caller's own affair.
    #[must_use]
    pub fn pack(self, plain: Vec<u8>) -> Bytes {
        match self {
            Self::Gzip => Bytes::from(crate::gzip::deflate(&plain)),
            Self::None | Self::Custom => Bytes::from(plain),
        }
    }
}

/// The header extension: 0 to 13 words of 4 bytes that every reader skips.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension(Bytes);

impl Extension {
    /// The most bytes that a header size of `0xE` leaves room for.
    pub const MAX: usize = 52;

    /// An extension, if `bytes` are whole words and not too many.
    #[must_use]
    pub fn new(bytes: Bytes) -> Option<Self> {
        (bytes.len() <= Self::MAX && bytes.len().is_multiple_of(4)).then_some(Self(bytes))
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// The header's size in words, the extension included.
    #[must_use]
    pub fn header_words(&self) -> u8 {
        u8::try_from(self.0.len() / 4 + 1).unwrap_or(u8::MAX)
    }
}
