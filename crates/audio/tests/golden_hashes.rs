//! The bytes of the formats without an encoder of somebody else's do not change: not with
//! the machine, not with the build, not with the release.

#[cfg(test)]
mod support;

use audio::{Endian, Format, Signal, WavSizes};
use rstest::rstest;

#[rstest]
#[case::pcm(Format::Pcm(Endian::Little), 16_000, 0xa29f_ca09_58b8_5b47)]
#[case::pcm_telephone(Format::Pcm(Endian::Little), 8000, 0x26fc_a82f_4cd8_84cb)]
#[case::l16_big_endian(Format::Pcm(Endian::Big), 22_050, 0x80a2_10af_d4b3_9211)]
#[case::wav(Format::Wav(WavSizes::Exact), 24_000, 0xce3c_18f8_39db_884f)]
#[case::wav_zero(Format::Wav(WavSizes::Zero), 22_050, 0x98b4_84e0_81b9_948a)]
#[case::mulaw(Format::Mulaw, 8000, 0x8672_b8a3_3a35_a418)]
#[case::alaw(Format::Alaw, 8000, 0xeb5f_9d70_7f1d_f82e)]
#[case::flac(Format::Flac, 44_100, 0xb9ef_90eb_53b4_7418)]
#[case::highest_rate(Format::Pcm(Endian::Little), 192_000, 0x4388_6382_b053_aa4c)]
fn words(#[case] format: Format, #[case] rate_hz: u32, #[case] golden: u64) {
    assert_eq!(hash(format, rate_hz, Signal::Words), golden);
}

#[rstest]
#[case::pcm(Format::Pcm(Endian::Little), 16_000, 0xe23f_8f99_6d2c_b622)]
#[case::mulaw(Format::Mulaw, 8000, 0x7341_404d_60d3_208c)]
#[case::flac(Format::Flac, 44_100, 0x47e6_9b76_f25e_25f4)]
fn tone(#[case] format: Format, #[case] rate_hz: u32, #[case] golden: u64) {
    assert_eq!(hash(format, rate_hz, Signal::Tone), golden);
}

#[test]
fn silence_is_zeros() {
    let pcm = Format::Pcm(Endian::Little);
    let zeros = support::hash(&vec![0; 2 * support::tone(8000).len()]);
    assert_eq!(hash(pcm, 8000, Signal::Silence), zeros);
}

#[cfg(test)]
fn hash(format: Format, rate_hz: u32, signal: Signal) -> u64 {
    let pcm = support::samples(&support::utterance(), rate_hz, signal);
    support::hash(&support::encode(format, rate_hz, &pcm, &[usize::MAX]))
}
