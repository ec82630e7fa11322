//! Samples in, bytes of a format out, as they become complete.

use crate::flac::Flac;
use crate::format::{Encoding, Endian, Format, MAX_WAV_SAMPLES, Unsupported, WavSizes};
use crate::g711;
use crate::mp3::Mp3;
use crate::ogg::Ogg;
use crate::wav;
use crate::webm::Webm;

/// Encoder of one stream.
///
/// However the samples are cut into pushes, the bytes are the same. Frames, Ogg pages and
/// `WebM` clusters leave whole: every push ends on the boundary of one.
///
/// ```
/// use audio::{Encoder, Encoding, Format, Signal, Synthesis, Utterance};
///
/// let mut synthesis = Synthesis::new(&Utterance::of_text("Hello", "amy"), 24_000, Signal::Tone);
/// let encoding = Encoding { format: Format::OggOpus, rate_hz: 24_000 };
/// let mut encoder = Encoder::new(encoding, synthesis.timeline().total_samples)?;
/// let (mut pcm, mut bytes) = ([0; 480], Vec::new());
/// loop {
///     let count = synthesis.read(&mut pcm);
///     if count == 0 {
///         break;
///     }
///     encoder.push(&pcm[..count], &mut bytes);
/// }
/// encoder.finish(&mut bytes);
/// # Ok::<(), audio::Unsupported>(())
/// ```
#[derive(Debug)]
pub struct Encoder {
    codec: Codec,
}

#[derive(Debug)]
enum Codec {
    Pcm(Endian),
    Wav { header: Vec<u8> },
    WideWav { header: Vec<u8> },
    Mulaw,
    Alaw,
    Flac(Box<Flac>),
    Mp3(Box<Mp3>),
    Ogg(Box<Ogg>),
    Webm(Box<Webm>),
}

impl Encoder {
    /// An encoder for exactly `total_samples` samples: WAV, FLAC and Opus streams tell their
    /// length, and tell the truth only if that many are pushed.
    ///
    /// # Errors
    /// The format does not have the rate, or the length does not fit into a WAV header that
    /// must tell it.
    pub fn new(encoding: Encoding, total_samples: u64) -> Result<Self, Unsupported> {
        encoding.check()?;
        let rate_hz = encoding.rate_hz;
        let codec = match encoding.format {
            Format::Pcm(endian) => Codec::Pcm(endian),
            Format::Wav(WavSizes::Exact) | Format::WavList(WavSizes::Exact)
                if total_samples > MAX_WAV_SAMPLES =>
            {
                return Err(Unsupported::TooLong {
                    samples: total_samples,
                });
            }
            Format::Wav(sizes) => Codec::Wav {
                header: wav::header(rate_hz, sizes, total_samples).to_vec(),
            },
            Format::WavList(sizes) => Codec::Wav {
                header: wav::header_with_list(rate_hz, sizes, total_samples),
            },
            Format::WideWav => Codec::WideWav {
                header: wav::wide_header(rate_hz, total_samples).to_vec(),
            },
            Format::Mulaw => Codec::Mulaw,
            Format::Alaw => Codec::Alaw,
            Format::Flac => Codec::Flac(Box::new(Flac::new(rate_hz, total_samples))),
            Format::Mp3 { bitrate_kbps } => Codec::Mp3(Box::new(Mp3::new(rate_hz, bitrate_kbps)?)),
            Format::OggOpus => Codec::Ogg(Box::new(Ogg::new(rate_hz, total_samples)?)),
            Format::WebmOpus => Codec::Webm(Box::new(Webm::new(rate_hz, total_samples)?)),
        };
        Ok(Self { codec })
    }

    /// The same encoder with Opus packets of up to so many frames of 20 ms, at most 6, in the
    /// form of code 3. Other formats stay as they are.
    #[must_use]
    pub fn with_opus_frames(mut self, frames: usize) -> Self {
        match &mut self.codec {
            Codec::Ogg(ogg) => ogg.bundle(frames),
            Codec::Webm(webm) => webm.bundle(frames),
            Codec::Pcm(_)
            | Codec::Wav { .. }
            | Codec::WideWav { .. }
            | Codec::Mulaw
            | Codec::Alaw
            | Codec::Flac(_)
            | Codec::Mp3(_) => {}
        }
        self
    }

    /// Takes samples and appends the bytes that are complete. Headers come with the first push.
    pub fn push(&mut self, pcm: &[i16], out: &mut Vec<u8>) {
        match &mut self.codec {
            Codec::Pcm(Endian::Little) => out.extend(pcm.iter().flat_map(|s| s.to_le_bytes())),
            Codec::Pcm(Endian::Big) => out.extend(pcm.iter().flat_map(|s| s.to_be_bytes())),
            Codec::Wav { header } => {
                out.append(header);
                out.extend(pcm.iter().flat_map(|s| s.to_le_bytes()));
            }
            Codec::WideWav { header } => {
                out.append(header);
                out.extend(pcm.iter().flat_map(|s| (i32::from(*s) << 16).to_le_bytes()));
            }
            Codec::Mulaw => out.extend(pcm.iter().map(|s| g711::encode_mulaw(*s))),
            Codec::Alaw => out.extend(pcm.iter().map(|s| g711::encode_alaw(*s))),
            Codec::Flac(flac) => flac.push(pcm, out),
            Codec::Mp3(mp3) => mp3.push(pcm, out),
            Codec::Ogg(ogg) => ogg.push(pcm, out),
            Codec::Webm(webm) => webm.push(pcm, out),
        }
    }

    /// Appends what is left; to be called once, after the last push. Audio without samples
    /// is its headers alone.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        self.push(&[], out);
        match &mut self.codec {
            Codec::Pcm(_)
            | Codec::Wav { .. }
            | Codec::WideWav { .. }
            | Codec::Mulaw
            | Codec::Alaw => {}
            Codec::Flac(flac) => flac.finish(out),
            Codec::Mp3(mp3) => mp3.finish(out),
            Codec::Ogg(ogg) => ogg.finish(out),
            Codec::Webm(webm) => webm.finish(out),
        }
    }
}

/// Encodes a whole buffer.
///
/// # Errors
/// As [`Encoder::new`].
pub fn encode(encoding: Encoding, pcm: &[i16]) -> Result<Vec<u8>, Unsupported> {
    let mut encoder = Encoder::new(encoding, pcm.len() as u64)?;
    let mut bytes = Vec::new();
    encoder.push(pcm, &mut bytes);
    encoder.finish(&mut bytes);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn may_move_between_threads() {
        fn assert_send<T: Send>() {}
        assert_send::<Encoder>();
        assert_send::<crate::Synthesis>();
        assert_send::<crate::Hearer>();
    }

    #[test]
    fn refuses_a_wav_that_cannot_tell_its_length() {
        let encoding = |sizes| Encoding {
            format: Format::Wav(sizes),
            rate_hz: 8000,
        };
        let too_long = MAX_WAV_SAMPLES + 1;
        assert_eq!(
            Encoder::new(encoding(WavSizes::Exact), too_long).err(),
            Some(Unsupported::TooLong { samples: too_long })
        );
        assert!(Encoder::new(encoding(WavSizes::Exact), MAX_WAV_SAMPLES).is_ok());
        assert!(Encoder::new(encoding(WavSizes::Unknown), too_long).is_ok());
    }
}
