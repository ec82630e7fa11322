//! The sound inside a file: every container that the encoders write, and raw samples.
//!
//! ```text
//! Read ─→ first bytes ─┬─ "RIFF"      ─→ wav   16-bit pcm, µ-law, A-law
//!                      ├─ "fLaC"      ─→ flac
//!                      ├─ "OggS"      ─→ ogg   Opus, less what is to be skipped at both ends
//!                      ├─ 1A 45 DF A3 ─→ webm  Opus, the same
//!                      ├─ "ID3", sync ─→ mp3
//!                      └─ Sound::raw  ─→ samples as the caller says
//! ```
//!
//! Files are decoded as they are read: the memory follows the longest block of the
//! container, never its length. Several channels become one, their mean. A file that is cut
//! off is heard up to its end.

mod flac;
mod mp3;
mod ogg;
mod opus_track;
mod pcm;
mod webm;

use std::io::{self, Chain, Cursor, Read};

use thiserror::Error;

use crate::decode::SampleFormat;
use crate::wav::WavError;

/// What a file was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// Samples alone.
    Raw,
    /// RIFF/WAVE.
    Wav,
    /// Native FLAC.
    Flac,
    /// MPEG audio.
    Mp3,
    /// Opus in Ogg.
    OggOpus,
    /// Opus in `WebM`.
    WebmOpus,
}

impl Container {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Mp3 => "MP3",
            Self::OggOpus => "Ogg Opus",
            Self::WebmOpus => "WebM Opus",
        }
    }
}

/// Why a file has no sound that can be read.
#[derive(Debug, Error)]
pub enum ContainerError {
    /// The file is empty.
    #[error("no bytes in it")]
    Empty,
    /// The file cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The first bytes are those of no container.
    #[error(
        "no container begins with {found:02x?}; known are WAV, FLAC, MP3, Ogg Opus and WebM Opus"
    )]
    Unknown {
        /// The first bytes.
        found: Vec<u8>,
    },
    /// The bytes begin as a WAV file and are none.
    #[error(transparent)]
    Wav(#[from] WavError),
    /// A WAV file with samples of another kind.
    #[error("WAV codec {tag} with {bits} bits: expected 16-bit PCM (1), A-law (6) or µ-law (7)")]
    WavCodec {
        /// The `wFormatTag`.
        tag: u16,
        /// Bits per sample.
        bits: u16,
    },
    /// The container breaks its own rules.
    #[error("{}: {problem}", container.name())]
    Broken {
        /// Which container it is.
        container: Container,
        /// What is wrong.
        problem: String,
    },
}

impl ContainerError {
    fn broken(container: Container, problem: &impl ToString) -> Self {
        Self::Broken {
            container,
            problem: problem.to_string(),
        }
    }
}

/// The sound of one file, decoded as it is read.
///
/// ```
/// use audio::container::Sound;
///
/// let file = audio::wav::header(16_000, audio::WavSizes::Exact, 0);
/// let mut sound = Sound::open(file.as_slice())?;
/// let mut pcm = Vec::new();
/// while sound.read(&mut pcm)? {}
/// assert_eq!((sound.rate_hz(), pcm.len()), (16_000, 0));
/// # Ok::<(), audio::container::ContainerError>(())
/// ```
pub struct Sound<'s> {
    container: Container,
    rate_hz: u32,
    track: Box<dyn Track + 's>,
}

/// Blocks of mono samples, one after the other.
trait Track {
    /// Appends the next block; false at the end.
    fn next(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError>;
}

/// A file whose first bytes have been looked at.
type Source<R> = Chain<Cursor<Vec<u8>>, R>;

impl<'s> Sound<'s> {
    /// The sound of a container.
    ///
    /// # Errors
    /// The bytes are those of no known container, or of a broken one.
    pub fn open(mut source: impl Read + 's) -> Result<Self, ContainerError> {
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        let Some(container) = container_of(&head) else {
            return Err(if head.is_empty() {
                ContainerError::Empty
            } else {
                ContainerError::Unknown { found: head }
            });
        };
        let source: Source<_> = Cursor::new(head).chain(source);
        let (rate_hz, track): (u32, Box<dyn Track + 's>) = match container {
            Container::Raw | Container::Wav => opened(pcm::WavTrack::open(source)?),
            Container::Flac => opened(flac::FlacTrack::open(source)?),
            Container::Mp3 => opened(mp3::Mp3Track::open(source)?),
            Container::OggOpus => opened(ogg::OggTrack::open(source)?),
            Container::WebmOpus => opened(webm::WebmTrack::open(source)?),
        };
        Ok(Self {
            container,
            rate_hz,
            track,
        })
    }

    /// Samples without a header, if the bytes are not those of a container after all.
    ///
    /// # Errors
    /// As [`Sound::open`].
    pub fn open_raw(
        mut source: impl Read + 's,
        format: SampleFormat,
        rate_hz: u32,
    ) -> Result<Self, ContainerError> {
        let mut head = Vec::new();
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        let is_named = MAGIC.iter().any(|(magic, _)| head.starts_with(magic));
        let source: Source<_> = Cursor::new(head).chain(source);
        if is_named {
            return Self::open(source);
        }
        Ok(Self {
            container: Container::Raw,
            rate_hz,
            track: Box::new(pcm::RawTrack::new(source, format)),
        })
    }

    /// What the file is.
    #[must_use]
    pub const fn container(&self) -> Container {
        self.container
    }

    /// Samples per second of what is read.
    #[must_use]
    pub const fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Appends the next block of samples; false at the end of the file.
    ///
    /// # Errors
    /// The file cannot be read or is broken from here on.
    pub fn read(&mut self, out: &mut Vec<i16>) -> Result<bool, ContainerError> {
        self.track.next(out)
    }
}

impl std::fmt::Debug for Sound<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sound")
            .field("container", &self.container)
            .field("rate_hz", &self.rate_hz)
            .finish_non_exhaustive()
    }
}

fn opened<'s, T: Track + 's>((rate_hz, track): (u32, T)) -> (u32, Box<dyn Track + 's>) {
    (rate_hz, Box::new(track))
}

fn container_of(head: &[u8]) -> Option<Container> {
    let named = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    match (named, head) {
        (Some((_, container)), _) => Some(*container),
        (None, [0xFF, second, ..]) if second & 0xE0 == 0xE0 => Some(Container::Mp3),
        (None, _) => None,
    }
}

/// The mean of the channels of interleaved samples.
fn mix(interleaved: &[i16], channels: usize, out: &mut Vec<i16>) {
    let channels = channels.max(1);
    if channels == 1 {
        return out.extend_from_slice(interleaved);
    }
    let count = i32::try_from(channels).unwrap_or(i32::MAX);
    out.extend(interleaved.chunks_exact(channels).map(|frame| {
        let sum: i32 = frame.iter().map(|sample| i32::from(*sample)).sum();
        i16::try_from(sum / count).unwrap_or_default()
    }));
}

const HEAD_BYTES: u64 = 8;

const MAGIC: [(&[u8], Container); 5] = [
    (b"RIFF", Container::Wav),
    (b"fLaC", Container::Flac),
    (b"OggS", Container::OggOpus),
    (b"\x1A\x45\xDF\xA3", Container::WebmOpus),
    (b"ID3", Container::Mp3),
];
