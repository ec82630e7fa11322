//! The table of the crate's documentation, row by row: how many words come through what.

#[cfg(test)]
mod support;

use std::time::Instant;

use audio::hear::hear;
use audio::{DamageKind, Format, Signal, Synthesis, Timeline, Unit, Utterance, g711};
use rstest::rstest;
use support::Noise;
use support::texts::TEXTS;

const RATES_HZ: [u32; 6] = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];

fn words_of(text: &str) -> Vec<String> {
    let units = Utterance::of_text(text, "amy").units;
    let words = units.into_iter().filter_map(|unit| match unit {
        Unit::Word { text, .. } => Some(text),
        Unit::Pause { .. } | Unit::Mark | Unit::SentenceEnd => None,
    });
    words.collect()
}

fn sound(text: &str, rate_hz: u32) -> Vec<i16> {
    support::samples(&Utterance::of_text(text, "amy"), rate_hz, Signal::Words)
}

/// Sends every text through `path`, and asserts that so many percent of the words are heard,
/// in their order, none of them that was not said.
fn survives(percent: usize, rate_hz: u32, heard_hz: u32, path: impl Fn(&[i16]) -> Vec<i16>) {
    let (mut all, mut found) = (0, 0);
    for (name, text) in TEXTS {
        let heard = hear(&path(&sound(text, rate_hz)), heard_hz);
        let said = words_of(text);
        let mut rest = said.iter();
        for word in &heard.words {
            assert!(
                rest.any(|said| *said == word.text),
                "{name}: {word:?} was not said"
            );
        }
        if heard.words.len() == said.len() {
            let bad = heard
                .damage
                .iter()
                .find(|damage| damage.kind != DamageKind::Clipped);
            assert!(heard.complete && bad.is_none(), "{name}: {bad:?}");
        }
        all += said.len();
        found += heard.words.len();
    }
    assert!(all >= 200, "{all} words");
    assert!(found * 100 >= all * percent, "{found} of {all} words");
}

#[test]
fn no_change() {
    for rate_hz in RATES_HZ {
        survives(100, rate_hz, rate_hz, <[i16]>::to_vec);
    }
}

#[rstest]
fn every_resampling(#[values(8000, 16_000, 22_050, 24_000, 44_100, 48_000)] rate_hz: u32) {
    for to_hz in RATES_HZ.into_iter().filter(|to_hz| *to_hz != rate_hz) {
        survives(100, rate_hz, to_hz, |pcm| {
            support::interpolate(pcm, rate_hz, to_hz)
        });
    }
}

#[rstest]
#[case::mulaw(g711::encode_mulaw, g711::decode_mulaw)]
#[case::alaw(g711::encode_alaw, g711::decode_alaw)]
fn telephony(#[case] encode: fn(i16) -> u8, #[case] decode: fn(u8) -> i16) {
    survives(100, 8000, 8000, |pcm| {
        pcm.iter().map(|sample| decode(encode(*sample))).collect()
    });
}

#[rstest]
fn mp3(#[values(32, 64)] kbps: u32, #[values(16_000, 24_000)] rate_hz: u32) {
    let format = Format::Mp3 {
        bitrate_kbps: Some(kbps),
    };
    survives(100, rate_hz, rate_hz, |pcm| {
        let bytes = support::encode(format, rate_hz, pcm, &[4096]);
        nanomp3::decode_all::<i16>(&bytes).samples
    });
}

#[rstest]
#[case::opus_24(100, 24_000, 20)]
#[case::opus_16_in_long_frames(100, 16_000, 60)]
#[case::opus_12(95, 12_000, 20)]
fn opus(
    #[case] percent: usize,
    #[case] bitrate_bps: i32,
    #[case] frame_ms: usize,
    #[values(opus_pure::Application::Voip, opus_pure::Application::Audio)]
    application: opus_pure::Application,
) {
    survives(percent, 16_000, 16_000, |pcm| {
        let mut encoder = opus_pure::OpusEncoder::new(16_000, 1, application).unwrap();
        encoder.bitrate_bps = bitrate_bps;
        // Another implementation decodes.
        let mut decoder = opus_rs::OpusDecoder::new(16_000, 1).unwrap();
        let frame = 16 * frame_ms;
        let mut padded = pcm.to_vec();
        padded.resize(pcm.len().next_multiple_of(frame) + frame, 0);
        let mut decoded = Vec::new();
        for block in padded.chunks_exact(frame) {
            let (mut packet, mut out) = (vec![0; 4000], vec![0.0; frame]);
            let length = encoder.encode_s16(block, frame, &mut packet).unwrap();
            let count = decoder.decode(&packet[..length], frame, &mut out).unwrap();
            decoded.extend(out[..count].iter().map(|sample| support::narrow(*sample)));
        }
        decoded
    });
}

#[rstest]
#[case::a_twentieth(50)]
#[case::three_times_with_clipping(3000)]
fn gain(#[case] permille: i32) {
    survives(100, 16_000, 16_000, |pcm| {
        let scaled = pcm
            .iter()
            .map(|sample| i32::from(*sample) * permille / 1000);
        let clipped = scaled.map(|sample| sample.clamp(i16::MIN.into(), i16::MAX.into()));
        clipped
            .map(|sample| i16::try_from(sample).unwrap())
            .collect()
    });
}

#[rstest]
fn white_noise(#[values(20, 10, 3)] signal_over_noise_db: i32) {
    survives(100, 16_000, 16_000, |pcm| {
        support::add_noise(pcm, signal_over_noise_db)
    });
}

#[rstest]
fn clock_skew(#[values(15_968, 16_032)] to_hz: u32) {
    survives(95, 16_000, 16_000, |pcm| {
        support::interpolate(pcm, 16_000, to_hz)
    });
}

#[test]
fn a_hole_costs_the_words_that_it_hits_and_they_are_named() {
    for (name, text) in TEXTS {
        let whole = sound(text, 16_000);
        let utterance = Utterance::of_text(text, "amy");
        let timeline = Timeline::new(&utterance, 16_000);
        let said = words_of(text);
        // Every 2.3 s a hole of 20 ms: the samples are gone, as from a lost chunk.
        for first in [5000, 23_000] {
            let (mut cut, mut hit, mut from) = (Vec::new(), Vec::new(), 0);
            for hole in (first..whole.len() - 320).step_by(36_800) {
                cut.extend_from_slice(&whole[from..hole]);
                from = hole + 320;
                let (hole, end) = (hole as u64, from as u64);
                let words = timeline.words.iter().enumerate();
                hit.extend(
                    words
                        .filter(|(_, span)| span.start < end && hole < span.end)
                        .map(|(n, _)| n),
                );
            }
            cut.extend_from_slice(&whole[from..]);
            let heard = hear(&cut, 16_000);
            let texts: Vec<&String> = heard.words.iter().map(|word| &word.text).collect();
            let lost: Vec<usize> = lost(&said, &texts);
            assert!(
                lost.iter().all(|n| hit.contains(n)),
                "{name}: lost {lost:?}, hit {hit:?}"
            );
            let missing = heard
                .damage
                .iter()
                .filter(|damage| damage.kind == DamageKind::Missing);
            for damage in missing {
                let after = damage.after.as_ref();
                assert!(after.is_none_or(|after| said.contains(after)), "{damage:?}");
            }
            assert_eq!(
                heard.damage.is_empty(),
                lost.is_empty(),
                "{name}: {:?}",
                heard.damage
            );
        }
    }
}

/// The numbers of the words that were said and not heard.
fn lost(said: &[String], heard: &[&String]) -> Vec<usize> {
    let (mut lost, mut heard) = (Vec::new(), heard.iter().peekable());
    for (n, word) in said.iter().enumerate() {
        if heard.next_if(|heard| **heard == word).is_none() {
            lost.push(n);
        }
    }
    assert_eq!(heard.next(), None);
    lost
}

#[test]
fn ten_minutes_of_other_sound_have_no_words() {
    let seconds = |n: usize| n * 16_000;
    let mut noise = Noise::new(7);
    let mut pcm: Vec<i16> = (0..seconds(200)).map(|_| noise.sample(6000.0)).collect();
    // Chords of three notes and their overtones, a new one every 150 ms, with vibrato and decay.
    let scale = [
        220.0, 246.9, 277.2, 293.7, 329.6, 370.0, 415.3, 440.0, 554.4, 659.3,
    ];
    for n in 0..seconds(300) {
        let beat = n / 2400;
        let time = n as f64 / 16_000.0;
        let vibrato = 1.0 + 0.003 * (time * 35.0).sin() / 35.0;
        let decay = (-((n % 2400) as f64) / 4000.0).exp();
        let tones = [beat * 7, beat * 3 + 2, beat * 5 + 4].map(|note| {
            let hz = scale[note % scale.len()] * vibrato;
            (1..7)
                .map(|k| (time * hz * f64::from(k) * std::f64::consts::TAU).sin() / f64::from(k))
                .sum::<f64>()
        });
        pcm.push(support::narrow_wide(
            tones.iter().sum::<f64>() * decay * 4000.0,
        ));
    }
    pcm.extend(sound_of_tones(seconds(70)));
    pcm.resize(seconds(600), 0);
    let heard = hear(&pcm, 16_000);
    assert_eq!((heard.words, heard.complete), (vec![], false));
    let named: Vec<_> = heard
        .damage
        .iter()
        .filter(|damage| damage.kind != DamageKind::Clipped)
        .collect();
    assert!(named.is_empty(), "{named:?}");
}

/// Our own other signal, over and over.
fn sound_of_tones(samples: usize) -> Vec<i16> {
    let tones = TEXTS.iter().flat_map(|(_, text)| {
        support::samples(&Utterance::of_text(text, "amy"), 16_000, Signal::Tone)
    });
    let tones: Vec<i16> = tones.collect();
    tones.into_iter().cycle().take(samples).collect()
}

#[test]
fn hearing_is_a_hundred_times_as_fast_as_sound() {
    let mut synthesis = Synthesis::new(
        &Utterance::of_text(TEXTS[0].1, "amy"),
        16_000,
        Signal::Words,
    );
    let mut pcm = vec![0; usize::try_from(synthesis.timeline().total_samples).unwrap()];
    synthesis.read(&mut pcm);
    // The best of three: other tests are running.
    let took = (0..3).map(|_| {
        let started = Instant::now();
        assert!(hear(&pcm, 16_000).complete);
        started.elapsed()
    });
    let speed = pcm.len() as f64 / 16_000.0 / took.min().unwrap().as_secs_f64();
    assert!(speed >= 100.0, "{speed:.0} times as fast");
}
