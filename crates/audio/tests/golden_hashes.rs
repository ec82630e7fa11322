//! The bytes of the formats without an encoder of somebody else's do not change: not with
//! the machine, not with the build, not with the release.

#[cfg(test)]
mod support;

use audio::{Endian, Format, WavSizes};
use rstest::rstest;

#[rstest]
#[case::pcm(Format::Pcm(Endian::Little), 16_000, 0xf5d4_efd5_0792_f7bc)]
#[case::l16_big_endian(Format::Pcm(Endian::Big), 22_050, 0x1703_7881_4e17_ec5e)]
#[case::wav(Format::Wav(WavSizes::Exact), 24_000, 0x40eb_918a_e3b9_530d)]
#[case::wav_zero(Format::Wav(WavSizes::Zero), 22_050, 0x024e_8774_eb20_d7d7)]
#[case::mulaw(Format::Mulaw, 8000, 0x1bcf_5f60_f2ca_f508)]
#[case::alaw(Format::Alaw, 8000, 0x2e89_0b26_34e7_ebf7)]
#[case::flac(Format::Flac, 44_100, 0x6bd6_a14c_9830_4053)]
#[case::highest_rate(Format::Pcm(Endian::Little), 192_000, 0x6d5b_d8b6_1a6f_4bb7)]
fn tone(#[case] format: Format, #[case] rate_hz: u32, #[case] golden: u64) {
    let bytes = support::encode(format, rate_hz, &support::tone(rate_hz), &[usize::MAX]);
    assert_eq!(
        format!("{:#018x}", support::hash(&bytes)),
        format!("{golden:#018x}")
    );
}
