//! The words come through what lies between a speaker and a listener.

#[cfg(test)]
mod support;

use audio::hear::hear;
use audio::{Format, Signal, Timeline, Unit, Utterance, g711, speech, vad};
use rstest::rstest;
use support::Noise;

const TEXT: &str = "The quick brown fox, aged 42, doesn't jump over 3.14 lazy dogs! \
    你好，世界。今天天气很好，我们一起去公园散步吧！ Thank you for your patience & understanding.";

fn words(rate_hz: u32) -> Vec<i16> {
    support::samples(&Utterance::of_text(TEXT, "amy"), rate_hz, Signal::Words)
}

fn assert_all_heard(pcm: &[i16], rate_hz: u32) {
    let heard = hear(pcm, rate_hz);
    assert_eq!(
        speech::join(heard.words.iter().map(|word| word.text.as_str())),
        speech::join(TEXT.split(' '))
    );
    assert!(
        heard.complete && heard.damage.is_empty(),
        "{:?}",
        heard.damage
    );
}

#[rstest]
#[case(8000)]
#[case(11_025)]
#[case(12_000)]
#[case(16_000)]
#[case(22_050)]
#[case(24_000)]
#[case(32_000)]
#[case(44_100)]
#[case(48_000)]
fn every_rate(#[case] rate_hz: u32) {
    let utterance = Utterance::of_text(TEXT, "amy");
    let pcm = support::samples(&utterance, rate_hz, Signal::Words);
    assert_all_heard(&pcm, rate_hz);
    let timeline = Timeline::new(&utterance, rate_hz);
    for (word, span) in hear(&pcm, rate_hz).words.iter().zip(&timeline.words) {
        assert!(
            word.start_ms.abs_diff(span.start_ms(rate_hz)) <= 2,
            "{word:?}"
        );
        assert!(word.end_ms.abs_diff(span.end_ms(rate_hz)) <= 2, "{word:?}");
        assert!(word.quality > 95, "{word:?}");
    }
}

#[rstest]
#[case::down(24_000, 16_000)]
#[case::to_the_telephone(24_000, 8000)]
#[case::up(16_000, 48_000)]
#[case::odd(22_050, 16_000)]
#[case::clock_off_by_a_fifth_of_a_percent(16_000, 16_032)]
fn naive_resampling(#[case] from_hz: u32, #[case] to_hz: u32) {
    let resampled = support::interpolate(&words(from_hz), from_hz, to_hz);
    assert_all_heard(&resampled, if to_hz == 16_032 { 16_000 } else { to_hz });
}

#[rstest]
#[case::mulaw(g711::encode_mulaw, g711::decode_mulaw)]
#[case::alaw(g711::encode_alaw, g711::decode_alaw)]
fn telephony(#[case] encode: fn(i16) -> u8, #[case] decode: fn(u8) -> i16) {
    let coded: Vec<i16> = words(8000)
        .into_iter()
        .map(|sample| decode(encode(sample)))
        .collect();
    assert_all_heard(&coded, 8000);
    assert_all_heard(&support::interpolate(&coded, 8000, 16_000), 16_000);
}

#[rstest]
#[case::a_twentieth(50)]
#[case::a_hundredth(10)]
#[case::double(2000)]
fn gain(#[case] permille: i32) {
    let scaled = words(16_000)
        .into_iter()
        .map(|sample| i16::try_from(i32::from(sample) * permille / 1000).unwrap());
    assert_all_heard(&scaled.collect::<Vec<_>>(), 16_000);
}

#[rstest]
#[case::quiet(20)]
#[case::loud(10)]
#[case::half_the_power(3)]
#[case::twice_the_power(-3)]
fn white_noise(#[case] signal_over_noise_db: i32) {
    assert_all_heard(
        &support::add_noise(&words(16_000), signal_over_noise_db),
        16_000,
    );
}

#[rstest]
#[case(16_000, 32)]
#[case(24_000, 64)]
#[case(44_100, 64)]
fn mp3(#[case] rate_hz: u32, #[case] kbps: u32) {
    let bytes = support::encode(
        Format::Mp3 {
            bitrate_kbps: Some(kbps),
        },
        rate_hz,
        &words(rate_hz),
        &[4096],
    );
    assert_all_heard(&nanomp3::decode_all::<i16>(&bytes).samples, rate_hz);
}

#[rstest]
#[case(8000)]
#[case(16_000)]
#[case(24_000)]
#[case(48_000)]
fn ogg_opus(#[case] rate_hz: u32) {
    let bytes = support::encode(Format::OggOpus, rate_hz, &words(rate_hz), &[4096]);
    let pages = support::ogg::pages(&bytes);
    let packets: Vec<Vec<u8>> = pages[2..]
        .iter()
        .flat_map(|page| page.packets.clone())
        .collect();
    assert_all_heard(&support::decode_opus(&packets, 48_000), 48_000);
}

#[rstest]
#[case::a_client_uplink(16_000, 24_000, 20)]
#[case::a_device(16_000, 16_000, 60)]
#[case::wideband(48_000, 24_000, 20)]
fn low_opus_bitrates(#[case] rate_hz: u32, #[case] bitrate_bps: i32, #[case] frame_ms: u32) {
    for application in [opus_pure::Application::Voip, opus_pure::Application::Audio] {
        let mut encoder =
            opus_pure::OpusEncoder::new(rate_hz.cast_signed(), 1, application).unwrap();
        encoder.bitrate_bps = bitrate_bps;
        let mut decoder = opus_pure::OpusDecoder::new(rate_hz.cast_signed(), 1).unwrap();
        let frame = usize::try_from(rate_hz / 1000 * frame_ms).unwrap();
        let mut decoded = Vec::new();
        let mut pcm = words(rate_hz);
        pcm.resize(pcm.len().next_multiple_of(frame) + frame, 0);
        for block in pcm.chunks_exact(frame) {
            let (mut packet, mut out) = (vec![0; 4000], vec![0; frame]);
            let length = encoder.encode_s16(block, frame, &mut packet).unwrap();
            decoder
                .decode_s16(&packet[..length], frame, &mut out)
                .unwrap();
            decoded.extend(out);
        }
        assert_all_heard(&decoded, rate_hz);
    }
}

#[test]
fn nothing_is_heard_in_noise_tones_and_silence() {
    let mut noise = Noise::new(7);
    let noise: Vec<i16> = (0..60 * 16_000).map(|_| noise.sample(6000.0)).collect();
    let tone = support::samples(&Utterance::of_text(TEXT, "amy"), 16_000, Signal::Tone);
    for pcm in [noise, tone, vec![0; 32_000]] {
        let heard = hear(&pcm, 16_000);
        assert_eq!(
            (heard.words, heard.damage, heard.complete),
            (vec![], vec![], false)
        );
    }
}

#[test]
fn every_speed_volume_and_pitch_is_readable() {
    for (speed, volume, pitch) in [
        (200, 1000, 1000),
        (3000, 100, 3000),
        (20_000, 3000, 100),
        (500, 1000, 2000),
    ] {
        let mut utterance = Utterance::of_text(TEXT, "alvin");
        utterance.speed_permille = speed;
        utterance.volume_permille = volume;
        utterance.pitch_permille = pitch;
        utterance.units.insert(3, Unit::Pause { ms: 7 });
        assert_all_heard(&support::samples(&utterance, 16_000, Signal::Words), 16_000);
    }
}

#[test]
fn sentences_are_stretches_of_voice() {
    let utterance = Utterance::of_text("One two three. Four five! Six", "amy");
    let timeline = Timeline::new(&utterance, 16_000);
    let voiced = vad::voiced_ms(&support::samples(&utterance, 16_000, Signal::Words), 16_000);
    let sentences = [(0, 2), (3, 4), (5, 5)].map(|(first, last): (usize, usize)| {
        (
            timeline.words[first].start_ms(16_000),
            timeline.words[last].end_ms(16_000),
        )
    });
    assert_eq!(voiced.len(), sentences.len());
    for ((start, end), (first, last)) in voiced.into_iter().zip(sentences) {
        assert!(
            start.abs_diff(first) <= 10 && end.abs_diff(last) <= 10,
            "{start}–{end}"
        );
    }
}

#[test]
fn the_loudest_sound_is_survived() {
    let square = |n: usize| {
        if (n / 7).is_multiple_of(2) {
            i16::MIN
        } else {
            i16::MAX
        }
    };
    let pcm: Vec<i16> = (0..40_000).map(square).collect();
    for rate_hz in [0, 1, 8000, 16_000, 192_000] {
        assert_eq!(hear(&pcm, rate_hz).words, []);
    }
    let mut noise = Noise::new(3);
    let pcm: Vec<i16> = (0..40_000).map(|_| noise.sample(1e6)).collect();
    assert_eq!(hear(&pcm, 16_000).words, []);
}

#[test]
fn a_word_of_a_hundred_thousand_letters_is_no_trouble() {
    let utterance = Utterance::of_text(&"å".repeat(100_000), "amy");
    let mut synthesis = audio::Synthesis::new(&utterance, 8000, Signal::Words);
    assert!(synthesis.timeline().total_samples > 8000 * 1000);
    assert_eq!(synthesis.read(&mut [0; 1000]), 1000);
}
