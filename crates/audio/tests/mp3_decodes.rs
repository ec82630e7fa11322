//! MP3 streams are what an independent decoder takes for MP3, at every rate and bit rate.

#[cfg(test)]
mod support;

use audio::Format;
use rstest::rstest;

/// What encoder and decoder together delay the sound by.
const DELAY: usize = 1057;

#[rstest]
#[case::mpeg_2_5(8000, None, 64)]
#[case::mpeg_2_5_odd(11_025, None, 64)]
#[case::mpeg_2_5_twelve(12_000, Some(32), 32)]
#[case::mpeg_2(16_000, Some(48), 48)]
#[case::mpeg_2_odd(22_050, None, 64)]
#[case::mpeg_2_highest(24_000, Some(160), 160)]
#[case::mpeg_1(32_000, None, 128)]
#[case::mpeg_1_odd(44_100, Some(128), 128)]
#[case::mpeg_1_highest(48_000, Some(320), 320)]
#[case::nearest_below(24_000, Some(1000), 160)]
#[case::nearest_above(44_100, Some(1), 32)]
fn comes_back(#[case] rate_hz: u32, #[case] bitrate_kbps: Option<u32>, #[case] expected_kbps: u32) {
    let pcm = support::tone(rate_hz);
    let bytes = support::encode(Format::Mp3 { bitrate_kbps }, rate_hz, &pcm, &[4000]);
    let decoded = nanomp3::decode_all::<i16>(&bytes);
    assert_eq!((decoded.sample_rate, decoded.layer), (rate_hz, 3));
    assert_eq!(decoded.avg_bitrate_kbps, expected_kbps);
    let frame = if rate_hz >= 32_000 { 1152 } else { 576 };
    assert_eq!(
        decoded.samples.len(),
        (pcm.len() + DELAY).div_ceil(frame) * frame
    );
    let kbps =
        bytes.len() as f64 * 8.0 * f64::from(rate_hz) / decoded.samples.len() as f64 / 1000.0;
    assert!(
        (kbps - f64::from(expected_kbps)).abs() < 0.1,
        "{kbps} kbit/s"
    );
    let sound = &decoded.samples[DELAY..DELAY + pcm.len()];
    assert!(support::signal_to_noise_db(&pcm, sound) > 15.0);
}

#[test]
fn frames_begin_at_once_and_without_a_tag() {
    let bytes = support::encode(
        Format::Mp3 { bitrate_kbps: None },
        44_100,
        &support::tone(44_100),
        &[4000],
    );
    assert_eq!(bytes[..2], [0xFF, 0xFB]);
    for tag in [b"Info", b"Xing", b"LAME"] {
        assert!(!bytes.windows(4).any(|window| window == tag));
    }
}

#[test]
fn one_sample_is_two_frames() {
    let bytes = support::encode(Format::Mp3 { bitrate_kbps: None }, 24_000, &[1000], &[1]);
    assert_eq!(nanomp3::decode_all::<i16>(&bytes).samples.len(), 1152);
}

#[test]
fn frames_leave_as_soon_as_they_are_full() {
    let mut encoder = audio::Encoder::new(
        audio::Encoding {
            format: Format::Mp3 { bitrate_kbps: None },
            rate_hz: 48_000,
        },
        48_000,
    )
    .unwrap();
    let mut bytes = Vec::new();
    encoder.push(&[0; 1152], &mut bytes);
    assert_eq!(bytes.len(), 384);
}
