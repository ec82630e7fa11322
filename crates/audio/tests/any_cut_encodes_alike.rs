//! However the samples are cut into pushes, the bytes are the same.

#[cfg(test)]
mod support;

use audio::{Endian, Format, WavSizes};
use proptest::prelude::*;

fn formats() -> impl Strategy<Value = (Format, u32)> {
    prop_oneof![
        Just((Format::Pcm(Endian::Big), 8000)),
        Just((Format::Wav(WavSizes::Exact), 22_050)),
        Just((Format::Mulaw, 8000)),
        Just((Format::Alaw, 8000)),
        Just((Format::Flac, 22_050)),
        Just((Format::Mp3 { bitrate_kbps: None }, 11_025)),
        Just((
            Format::Mp3 {
                bitrate_kbps: Some(96)
            },
            44_100
        )),
        Just((Format::OggOpus, 16_000)),
        Just((Format::WebmOpus, 24_000)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_cut_encodes_alike(
        (format, rate_hz) in formats(),
        cuts in prop::collection::vec(1usize..5000, 1..6),
        length in 0usize..20_000,
    ) {
        let pcm: Vec<i16> = support::tone(rate_hz).into_iter().take(length).collect();
        let whole = support::encode(format, rate_hz, &pcm, &[usize::MAX]);
        prop_assert_eq!(support::encode(format, rate_hz, &pcm, &cuts), whole);
    }
}
