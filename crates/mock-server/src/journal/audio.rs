//! The sound of a session as a file that players take.

use audio::{Decoder, SampleFormat, WavSizes, wav};
use wire::audio::{AudioFormat, Encoding, Endian};
use wire::session::Side;

use super::record::{Record, Sound};

/// A file with its media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFile {
    /// The media type.
    pub kind: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Record {
    /// The sound of one side: of header-less formats all of it in one WAV, of containers the
    /// last one as it is. `None` if there is none, or none any more.
    pub(crate) fn audio(&self, side: Side) -> Option<AudioFile> {
        let heard =
            |sound: &&Sound| sound.side == side && sound.pieces.iter().any(|p| !p.is_empty());
        let sounds: Vec<&Sound> = self.sounds.iter().filter(heard).collect();
        let last = sounds.last()?;
        let Some(samples) = header_less(&last.format) else {
            return Some(AudioFile {
                kind: media_type(&last.format),
                bytes: last.pieces.concat(),
            });
        };
        let same = sounds.iter().filter(|sound| sound.format == last.format);
        let raw: Vec<u8> = same.flat_map(|sound| sound.pieces.concat()).collect();
        if raw.starts_with(b"RIFF") {
            return Some(AudioFile {
                kind: "audio/wav",
                bytes: raw,
            });
        }
        let mut decoded = Vec::new();
        Decoder::new(samples).push(&raw, &mut decoded);
        let count = u64::try_from(decoded.len()).unwrap_or(u64::MAX);
        let header = wav::header(last.format.rate_hz, WavSizes::Exact, count);
        let samples = decoded.into_iter().flat_map(i16::to_le_bytes);
        Some(AudioFile {
            kind: "audio/wav",
            bytes: header.into_iter().chain(samples).collect(),
        })
    }
}

/// How the samples of a header-less format are read; `None` for a container.
const fn header_less(format: &AudioFormat) -> Option<SampleFormat> {
    match format.encoding {
        Encoding::Pcm(Endian::Little) => Some(SampleFormat::Pcm(audio::Endian::Little)),
        Encoding::Pcm(Endian::Big) => Some(SampleFormat::Pcm(audio::Endian::Big)),
        Encoding::Mulaw => Some(SampleFormat::Mulaw),
        Encoding::Alaw => Some(SampleFormat::Alaw),
        Encoding::Wav
        | Encoding::Flac
        | Encoding::Mp3(_)
        | Encoding::OggOpus
        | Encoding::WebmOpus => None,
    }
}

const fn media_type(format: &AudioFormat) -> &'static str {
    match format.encoding {
        Encoding::Flac => "audio/flac",
        Encoding::Mp3(_) => "audio/mpeg",
        Encoding::OggOpus => "audio/ogg",
        Encoding::WebmOpus => "audio/webm",
        Encoding::Pcm(_) | Encoding::Wav | Encoding::Mulaw | Encoding::Alaw => "audio/wav",
    }
}
