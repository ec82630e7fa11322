//! The formats without loss come back sample by sample, at every rate.

#[cfg(test)]
mod support;

use audio::{Decoder, Endian, Format, SampleFormat, WavSizes};
use rstest::rstest;

#[rstest]
#[case::telephone(8000)]
#[case::odd(12_345)]
#[case::synthesis_rate(22_050)]
#[case::studio(48_000)]
#[case::above_16_bits(70_001)]
#[case::tens_of_hertz(88_210)]
#[case::highest(192_000)]
fn flac(#[case] rate_hz: u32) {
    let pcm = support::tone(rate_hz);
    let bytes = support::encode(Format::Flac, rate_hz, &pcm, &[1000]);
    let mut reader = claxon::FlacReader::new(bytes.as_slice()).unwrap();
    let info = reader.streaminfo();
    assert_eq!(
        (info.sample_rate, info.channels, info.bits_per_sample),
        (rate_hz, 1, 16)
    );
    assert_eq!(info.samples, Some(pcm.len() as u64));
    let decoded: Vec<i32> = reader.samples().map(Result::unwrap).collect();
    assert!(decoded.into_iter().eq(pcm.into_iter().map(i32::from)));
}

#[rstest]
#[case::little(Endian::Little)]
#[case::big(Endian::Big)]
fn pcm(#[case] endian: Endian) {
    let pcm = support::tone(16_000);
    let bytes = support::encode(Format::Pcm(endian), 16_000, &pcm, &[777]);
    let mut decoded = Vec::new();
    Decoder::new(SampleFormat::Pcm(endian)).push(&bytes, &mut decoded);
    assert_eq!(decoded, pcm);
}

#[test]
fn wav_is_its_header_and_the_pcm() {
    let pcm = support::tone(24_000);
    let wav = support::encode(Format::Wav(WavSizes::Exact), 24_000, &pcm, &[500]);
    let raw = support::encode(Format::Pcm(Endian::Little), 24_000, &pcm, &[500]);
    let (head, data) = wav.split_at(44);
    assert_eq!(data, raw);
    assert_eq!(
        head[40..44],
        u32::try_from(raw.len()).unwrap().to_le_bytes()
    );
    assert_eq!(
        head[4..8],
        u32::try_from(wav.len() - 8).unwrap().to_le_bytes()
    );
}

#[rstest]
#[case::mulaw(Format::Mulaw, SampleFormat::Mulaw)]
#[case::alaw(Format::Alaw, SampleFormat::Alaw)]
fn g711_is_the_same_sound(#[case] format: Format, #[case] sample_format: SampleFormat) {
    let pcm = support::tone(8000);
    let bytes = support::encode(format, 8000, &pcm, &[500]);
    assert_eq!(bytes.len(), pcm.len());
    let mut decoded = Vec::new();
    Decoder::new(sample_format).push(&bytes, &mut decoded);
    assert!(support::signal_to_noise_db(&pcm, &decoded) > 35.0);
}
