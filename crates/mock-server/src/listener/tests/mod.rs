mod words;

use std::sync::{Arc, Mutex};

use rstest::rstest;
use wire::audio::AudioFormat;
use wire::hearing::{Punctuation, Segment};

use super::*;

const RATE: u32 = 8000;

/// A square wave for so many milliseconds, silence for the negative ones.
fn sound(parts: &[i32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        for n in 0..(part.unsigned_abs() * RATE / 1000) {
            let wave = if n % 18 < 9 { 8000_i16 } else { -8000 };
            let sample = if *part > 0 { wave } else { 0 };
            bytes.extend(sample.to_le_bytes());
        }
    }
    bytes
}

const LIMITS: Endpointing = Endpointing {
    head_ms: 2000,
    tail_ms: 500,
    longest_ms: 30_000,
};

fn listener(segmentation: Segmentation, interim: Interim, script: &[&str]) -> Listener {
    let listen = Listen {
        format: AudioFormat {
            encoding: Encoding::Pcm(Endian::Little),
            rate_hz: RATE,
        },
        segmentation,
        interim,
        punctuation: Punctuation::Strip,
    };
    let texts = script.iter().map(|text| (*text).to_owned()).collect();
    Listener::new(listen, Arc::new(Mutex::new(texts)), &[])
}

fn show(events: &[HeardEvent]) -> Vec<String> {
    let show = |event: &HeardEvent| match event {
        HeardEvent::VoiceStart { at_ms } => format!("start {at_ms}"),
        HeardEvent::VoiceEnd { at_ms } => format!("end {at_ms}"),
        HeardEvent::TooMuchSilence { at_ms } => format!("silence {at_ms}"),
        HeardEvent::Interim(segment) => format!("interim {}", segment.text),
        HeardEvent::Final(segment) => {
            let Segment {
                start_ms, end_ms, ..
            } = segment;
            format!("final {start_ms}-{end_ms} {}", segment.text)
        }
        HeardEvent::Done => "done".to_owned(),
    };
    events.iter().map(show).collect()
}

#[rstest]
#[case::whole(
    Segmentation::Whole, &[-300, 1000, -1000, 500, -200],
    &["final 300-2800 audio of 3.00 s at 8000 Hz 2 voiced segments 0.30 s to 1.30 s 2.30 s to 2.80 s", "done"]
)]
#[case::silence(
    Segmentation::Whole, &[-1000],
    &["final 0-1000 audio of 1.00 s at 8000 Hz no voiced segment", "done"]
)]
#[case::no_audio(Segmentation::Whole, &[], &["done"])]
#[case::every_sentence(
    Segmentation::EverySentence(LIMITS), &[-300, 1000, -1000, 500, -200],
    &["final 300-1300 speech at 8000 Hz from 0.30 s to 1.30 s",
      "final 2300-2800 speech at 8000 Hz from 2.30 s to 2.80 s", "done"]
)]
#[case::first_sentence(
    Segmentation::FirstSentence(LIMITS), &[-300, 1000, -1000, 500],
    &["start 300", "end 1800", "final 300-1300 speech at 8000 Hz from 0.30 s to 1.30 s", "done"]
)]
#[case::first_sentence_of_silence(
    Segmentation::FirstSentence(LIMITS), &[-3000],
    &["silence 2000", "done"]
)]
fn audio_is_described_by_its_energy(
    #[case] segmentation: Segmentation,
    #[case] parts: &[i32],
    #[case] expected: &[&str],
) {
    let mut listener = listener(segmentation, Interim::Off, &[]);
    let mut events = listener.hear(&sound(parts));
    events.extend(listener.finish());
    assert_eq!(show(&events), expected);
}

#[test]
fn scripted_texts_are_used_in_order_and_grow() {
    let script = ["One two, three.", "Four."];
    let mut listener = listener(Segmentation::EverySentence(LIMITS), Interim::On, &script);
    let mut events = listener.hear(&sound(&[1000, -1000, 200, -1000]));
    events.extend(listener.finish());
    let expected = [
        "interim One",
        "interim One two",
        "final 0-1000 One two three",
        "final 2000-2200 Four",
        "done",
    ];
    assert_eq!(show(&events), expected);
}

#[test]
fn too_much_speech_ends_a_sentence() {
    let limits = Endpointing {
        longest_ms: 1000,
        ..LIMITS
    };
    let mut listener = listener(Segmentation::EverySentence(limits), Interim::Off, &[]);
    let mut events = listener.hear(&sound(&[2500]));
    events.extend(listener.finish());
    let ends: Vec<(u32, u32)> = events
        .iter()
        .filter_map(|event| match event {
            HeardEvent::Final(segment) => Some((segment.start_ms, segment.end_ms)),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [(0, 1000), (1000, 2000), (2000, 2500)]);
}

#[test]
fn chunking_does_not_change_the_events() {
    let bytes = sound(&[-200, 1200, -900, 400, -700]);
    let segmentation = Segmentation::EverySentence(LIMITS);
    let mut whole = listener(segmentation, Interim::On, &["a b c d", "e f"]);
    let mut expected = whole.hear(&bytes);
    expected.extend(whole.finish());
    // 100 ms a piece, and the first of them in single bytes.
    let mut cut = listener(segmentation, Interim::On, &["a b c d", "e f"]);
    let (first, rest) = bytes.split_at(1600);
    let mut events: Vec<HeardEvent> = first.iter().flat_map(|byte| cut.hear(&[*byte])).collect();
    events.extend(rest.chunks(1600).flat_map(|piece| cut.hear(piece)));
    events.extend(cut.finish());
    assert_eq!(show(&events), show(&expected));
}
