//! What the audio is turned into: the container, the codec and the rate.

use thiserror::Error;

/// Container and codec. Every value is a combination that exists; the rates it has are
/// checked by [`Encoding::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// 16-bit samples without a header. `audio/l16` is this too.
    Pcm(Endian),
    /// RIFF/WAVE: a 44-byte header, then 16-bit little-endian samples.
    Wav(WavSizes),
    /// The same with a `LIST` chunk of 26 bytes before the samples, as ffmpeg writes one.
    WavList(WavSizes),
    /// A WAV header that tells the truth, and 32-bit samples.
    WideWav,
    /// G.711 µ-law without a header. `audio/basic` is this at 8000 Hz.
    Mulaw,
    /// G.711 A-law without a header.
    Alaw,
    /// Native FLAC, 16 bits.
    Flac,
    /// MPEG audio layer III at a constant bit rate, without ID3, Info or LAME tags.
    Mp3 {
        /// The nearest bit rate that the format has at the sample rate is taken; none
        /// means 128 from 32 kHz up and 64 below.
        bitrate_kbps: Option<u32>,
    },
    /// Opus packets of 20 ms in Ogg pages. It plays at 48 kHz whatever rate went in.
    OggOpus,
    /// The same packets in `WebM` clusters.
    WebmOpus,
}

/// Byte order of 16-bit samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endian {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// What a WAV header says about the length of the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WavSizes {
    /// The truth.
    Exact,
    /// Zero in the `data` chunk and what that makes, 36, in the RIFF header.
    Zero,
    /// `0x7FFF_FFFF` in both places, as some services have it.
    Max,
    /// `0xFFFF_FFFF` in both places, as a stream of unknown length has it.
    Unknown,
}

/// A format at an output rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding {
    /// Container and codec.
    pub format: Format,
    /// Samples per second that go in, and come out of every format but Opus.
    pub rate_hz: u32,
}

/// Why an encoding cannot be made honestly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unsupported {
    /// The format has a short list of rates, and this is not one.
    #[error("rate: {found} Hz, expected one of {expected:?}")]
    NotListed {
        /// The rate asked for.
        found: u32,
        /// The rates that the format has.
        expected: &'static [u32],
    },
    /// The format takes any rate in a range, and this one is outside.
    #[error("rate: {found} Hz, expected {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz")]
    OutOfRange {
        /// The rate asked for.
        found: u32,
    },
    /// A WAV header counts bytes in 32 bits.
    #[error("length: {samples} samples, a WAV header can tell of {MAX_WAV_SAMPLES}")]
    TooLong {
        /// The length asked for.
        samples: u64,
    },
}

impl Encoding {
    /// Says whether the encoding can be made.
    ///
    /// # Errors
    /// The rate is not one that the format has: nine rates for MP3, five for Opus,
    /// [`MIN_RATE_HZ`] to [`MAX_RATE_HZ`] for the others.
    pub fn check(self) -> Result<(), Unsupported> {
        let found = self.rate_hz;
        match self.format.rates_hz() {
            Some(expected) if !expected.contains(&found) => {
                Err(Unsupported::NotListed { found, expected })
            }
            None if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&found) => {
                Err(Unsupported::OutOfRange { found })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Format {
    /// The rates the format has, if it has a list; else any rate from [`MIN_RATE_HZ`] to
    /// [`MAX_RATE_HZ`].
    #[must_use]
    pub const fn rates_hz(self) -> Option<&'static [u32]> {
        match self {
            Self::Mp3 { .. } => Some(&MP3_RATES_HZ),
            Self::OggOpus | Self::WebmOpus => Some(&OPUS_RATES_HZ),
            Self::Pcm(_)
            | Self::Wav(_)
            | Self::WavList(_)
            | Self::WideWav
            | Self::Mulaw
            | Self::Alaw
            | Self::Flac => None,
        }
    }

    /// Bytes per sample, for the formats in which every sample takes as many.
    #[must_use]
    pub const fn sample_bytes(self) -> Option<u32> {
        match self {
            Self::Pcm(_) | Self::Wav(_) | Self::WavList(_) => Some(2),
            Self::WideWav => Some(4),
            Self::Mulaw | Self::Alaw => Some(1),
            Self::Flac | Self::Mp3 { .. } | Self::OggOpus | Self::WebmOpus => None,
        }
    }
}

/// Lowest rate of the formats without a list of their own.
pub const MIN_RATE_HZ: u32 = 8000;
/// Highest rate of the formats without a list of their own.
pub const MAX_RATE_HZ: u32 = 192_000;
/// Longest audio that a WAV header can tell of.
pub const MAX_WAV_SAMPLES: u64 = (u32::MAX as u64 - 36 - 34) / 2;

const MP3_RATES_HZ: [u32; 9] = [
    8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
];
const OPUS_RATES_HZ: [u32; 5] = [8000, 12_000, 16_000, 24_000, 48_000];

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const MP3: Format = Format::Mp3 { bitrate_kbps: None };
    const PCM: Format = Format::Pcm(Endian::Little);

    #[rstest]
    #[case::pcm_lowest(PCM, 8000, None)]
    #[case::pcm_odd(PCM, 12_345, None)]
    #[case::pcm_highest(PCM, 192_000, None)]
    #[case::pcm_too_low(PCM, 7999, Some("rate: 7999 Hz, expected 8000 to 192000 Hz"))]
    #[case::flac_too_high(
        Format::Flac,
        192_001,
        Some("rate: 192001 Hz, expected 8000 to 192000 Hz")
    )]
    #[case::mp3_11025(MP3, 11_025, None)]
    #[case::mp3_96000(
        MP3,
        96_000,
        Some(
            "rate: 96000 Hz, expected one of [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]"
        )
    )]
    #[case::opus_12000(Format::OggOpus, 12_000, None)]
    #[case::opus_22050(
        Format::WebmOpus,
        22_050,
        Some("rate: 22050 Hz, expected one of [8000, 12000, 16000, 24000, 48000]")
    )]
    fn checks(#[case] format: Format, #[case] rate_hz: u32, #[case] refusal: Option<&str>) {
        let checked = Encoding { format, rate_hz }.check();
        assert_eq!(
            checked.err().map(|error| error.to_string()).as_deref(),
            refusal
        );
    }
}
