//! Recognition of our own sound.

use audio::{Encoder, Endian as AudioEndian, Format, Signal, Synthesis, Utterance};
use rstest::rstest;
use wire::audio::AudioFormat;

use super::*;

const TEXT: &str = "Hello, world! It costs -5.50 euros. 你好，世界。 😀 ok?";
const BARE: &str = "Hello world It costs -5.50 euros你好世界😀 ok";

fn pcm(text: &str, rate_hz: u32) -> Vec<i16> {
    let utterance = Utterance::of_text(text, "anna");
    let mut synthesis = Synthesis::new(&utterance, rate_hz, Signal::Words);
    let mut pcm = vec![0; usize::try_from(synthesis.timeline().total_samples).unwrap()];
    synthesis.read(&mut pcm);
    pcm
}

fn bytes(pcm: &[i16], format: Format, rate_hz: u32) -> Vec<u8> {
    let encoding = audio::Encoding { format, rate_hz };
    let (mut encoder, mut bytes) = (
        Encoder::new(encoding, pcm.len() as u64).unwrap(),
        Vec::new(),
    );
    encoder.push(pcm, &mut bytes);
    encoder.finish(&mut bytes);
    bytes
}

fn little(pcm: &[i16]) -> Vec<u8> {
    bytes(pcm, Format::Pcm(AudioEndian::Little), 8000)
}

fn listen(segmentation: Segmentation, interim: Interim) -> Listen {
    Listen {
        format: AudioFormat {
            encoding: Encoding::Pcm(Endian::Little),
            rate_hz: RATE,
        },
        segmentation,
        interim,
        punctuation: Punctuation::Strip,
    }
}

fn run(mut listener: Listener, bytes: &[u8], cut: usize) -> (Vec<HeardEvent>, Vec<Note>) {
    let (mut events, mut notes) = (Vec::new(), Vec::new());
    for piece in bytes.chunks(cut) {
        events.extend(listener.hear(piece));
        notes.extend(listener.take_notes());
    }
    events.extend(listener.finish());
    notes.extend(listener.take_notes());
    (events, notes)
}

fn finals(events: &[HeardEvent]) -> Vec<String> {
    let texts = events.iter().filter_map(|event| match event {
        HeardEvent::Final(segment) => Some(segment.text.clone()),
        _ => None,
    });
    texts.collect()
}

fn sources(notes: &[Note]) -> Vec<&'static str> {
    let sources = notes.iter().filter_map(|note| match note {
        Note::Recognised(recognition) => Some(recognition.source.name()),
        Note::Damage(_) => None,
    });
    sources.collect()
}

#[rstest]
#[case::pcm_16k(
    Encoding::Pcm(Endian::Little),
    Format::Pcm(AudioEndian::Little),
    16_000
)]
#[case::pcm_8k(Encoding::Pcm(Endian::Little), Format::Pcm(AudioEndian::Little), 8000)]
#[case::mulaw_16k(Encoding::Mulaw, Format::Mulaw, 16_000)]
#[case::mulaw_8k(Encoding::Mulaw, Format::Mulaw, 8000)]
#[case::alaw_16k(Encoding::Alaw, Format::Alaw, 16_000)]
#[case::alaw_8k(Encoding::Alaw, Format::Alaw, 8000)]
fn the_words_come_back(#[case] encoding: Encoding, #[case] format: Format, #[case] rate_hz: u32) {
    for (punctuation, expected) in [(Punctuation::Strip, BARE), (Punctuation::Keep, "")] {
        let wanted = Listen {
            format: AudioFormat { encoding, rate_hz },
            punctuation,
            ..listen(Segmentation::Whole, Interim::Off)
        };
        let sound = bytes(&pcm(TEXT, rate_hz), format, rate_hz);
        let (events, notes) = run(Listener::new(wanted, Script::default(), &[]), &sound, 3200);
        let expected = match expected {
            "" => "Hello, world! It costs -5.50 euros.你好，世界。😀 ok?",
            bare => bare,
        };
        assert_eq!(finals(&events), [expected]);
        assert_eq!(sources(&notes), ["words"]);
        let timeline = Synthesis::new(&Utterance::of_text(TEXT, "anna"), rate_hz, Signal::Words);
        let Some(HeardEvent::Final(segment)) = events.first() else {
            panic!("{events:?}");
        };
        for (word, span) in segment.words.iter().zip(&timeline.timeline().words) {
            let apart = u64::from(word.start_ms).abs_diff(span.start_ms(rate_hz));
            assert!(apart <= 2, "{word:?}");
            assert!(segment.start_ms <= word.start_ms && word.end_ms <= segment.end_ms);
        }
    }
}

#[test]
fn interim_results_grow_word_by_word() {
    let (events, _) = run(
        Listener::new(
            listen(Segmentation::Whole, Interim::On),
            Script::default(),
            &[],
        ),
        &little(&pcm("One, two - three! four", RATE)),
        160,
    );
    let expected = [
        "interim One",
        "interim One two",
        "interim One two three",
        "interim One two three four",
        "final 305-2000 One two three four",
        "done",
    ];
    let shown = show(&events);
    // A dash takes its time, and is no word.
    assert_eq!(shown.len(), expected.len(), "{shown:?}");
    assert_eq!(shown[..4], expected[..4]);
    assert!(shown[4].ends_with("One two three four"), "{}", shown[4]);
    let starts: Vec<u32> = events
        .iter()
        .filter_map(|event| match event {
            HeardEvent::Interim(segment) | HeardEvent::Final(segment) => Some(segment.start_ms),
            _ => None,
        })
        .collect();
    assert!(starts.iter().all(|start| *start == starts[0]), "{starts:?}");
}

#[test]
fn sentences_end_where_the_silence_is_long_enough() {
    let sound = little(&[pcm(TEXT, RATE), vec![0; 8000]].concat());
    let (events, _) = run(
        Listener::new(
            listen(Segmentation::EverySentence(LIMITS), Interim::Off),
            Script::default(),
            &[],
        ),
        &sound,
        1000,
    );
    assert_eq!(
        finals(&events),
        ["Hello world", "It costs -5.50 euros你好世界", "😀 ok"]
    );
    let (events, notes) = run(
        Listener::new(
            listen(Segmentation::FirstSentence(LIMITS), Interim::Off),
            Script::default(),
            &[],
        ),
        &sound,
        1000,
    );
    assert_eq!(finals(&events), ["Hello world"]);
    assert!(matches!(
        events[..],
        [
            HeardEvent::VoiceStart { .. },
            HeardEvent::VoiceEnd { .. },
            HeardEvent::Final(_),
            HeardEvent::Done
        ]
    ));
    assert_eq!(sources(&notes), ["words"]);
}

#[rstest]
fn any_cut_gives_the_same_events(
    #[values(Segmentation::Whole, Segmentation::EverySentence(LIMITS), Segmentation::FirstSentence(LIMITS),
        Segmentation::EverySentence(Endpointing { head_ms: 100, tail_ms: 0, longest_ms: 1000 }))]
    segmentation: Segmentation,
    #[values(1, 7, 320, 1111, 65_536)] cut: usize,
) {
    let mut sound = pcm(TEXT, RATE);
    sound.drain(9000..9160);
    sound.extend(sound_of_a_tone());
    let mut sound = little(&sound);
    sound.push(7);
    let script: Script = Arc::new(Mutex::new(["First of all".to_owned()].into()));
    let heard = |cut, script: &Script| {
        let script = Arc::new(Mutex::new(script.lock().unwrap().clone()));
        let listener = Listener::new(listen(segmentation, Interim::On), script, &[]);
        run(listener, &sound, cut)
    };
    assert_eq!(heard(cut, &script), heard(sound.len(), &script));
    assert_eq!(
        heard(cut, &Script::default()),
        heard(sound.len(), &Script::default())
    );
}

fn sound_of_a_tone() -> Vec<i16> {
    sound(&[-900, 3000, -700])
        .as_chunks()
        .0
        .iter()
        .map(|pair| i16::from_le_bytes(*pair))
        .collect()
}

#[test]
fn the_script_comes_before_the_words_and_these_before_a_recording() {
    let said = pcm("Spoken words", RATE);
    let recording = |pcm: &[i16], text: &str| Recording {
        pcm: pcm.into(),
        rate_hz: RATE,
        texts: vec![text.to_owned()],
    };
    let tone = sound_of_a_tone();
    let known = [recording(&said, "of words"), recording(&tone, "A tone.")];
    let hear = |script: &[&str], pcm: &[i16]| {
        let script = script.iter().map(|text| (*text).to_owned()).collect();
        let wanted = listen(Segmentation::Whole, Interim::Off);
        let listener = Listener::new(wanted, Arc::new(Mutex::new(script)), &known);
        let (events, notes) = run(listener, &little(pcm), 777);
        (finals(&events).join("|"), sources(&notes).join("|"))
    };
    let pair = |text: &str, source: &str| (text.to_owned(), source.to_owned());
    assert_eq!(hear(&["Scripted."], &said), pair("Scripted", "script"));
    assert_eq!(hear(&[], &said), pair("Spoken words", "words"));
    assert_eq!(hear(&[], &tone), pair("A tone", "recording"));
    let (text, source) = hear(&[], &tone[1..]);
    assert!(text.starts_with("audio of 4.59 s"), "{text}");
    assert_eq!(source, "description");
}

#[test]
fn words_too_quiet_for_the_ear_are_voice() {
    let quiet: Vec<i16> = pcm("Whispered words", RATE)
        .iter()
        .map(|s| s / 100)
        .collect();
    let sound = little(&[quiet, vec![0; 8000]].concat());
    let wanted = listen(Segmentation::FirstSentence(LIMITS), Interim::Off);
    let (events, _) = run(Listener::new(wanted, Script::default(), &[]), &sound, 320);
    assert_eq!(finals(&events), ["Whispered words"]);
    assert!(matches!(events[0], HeardEvent::VoiceStart { .. }));
}

#[test]
fn a_description_never_comes_before_the_first_word() {
    let long = "x".repeat(200);
    for text in [long.as_str(), "internationalization everywhere"] {
        let wanted = listen(Segmentation::Whole, Interim::On);
        let listener = Listener::new(wanted, Script::default(), &[]);
        let (events, _) = run(listener, &little(&pcm(text, RATE)), 320);
        assert!(
            events.iter().all(|event| match event {
                HeardEvent::Interim(segment) | HeardEvent::Final(segment) =>
                    text.starts_with(&segment.text),
                _ => true,
            }),
            "{:?}",
            show(&events)
        );
    }
}

#[test]
fn interim_descriptions_end_before_the_final_one_does() {
    for segmentation in [Segmentation::Whole, Segmentation::EverySentence(LIMITS)] {
        let wanted = listen(segmentation, Interim::On);
        let listener = Listener::new(wanted, Script::default(), &[]);
        let (events, _) = run(listener, &sound(&[-200, 2570, -1200]), 320);
        let ends: Vec<u32> = events
            .iter()
            .filter_map(|event| match event {
                HeardEvent::Interim(segment) | HeardEvent::Final(segment) => Some(segment.end_ms),
                _ => None,
            })
            .collect();
        assert!(
            ends.len() > 1 && ends.is_sorted_by(|a, b| a < b),
            "{ends:?}"
        );
    }
}

#[test]
fn a_text_of_punctuation_alone_is_silence() {
    let wanted = listen(Segmentation::FirstSentence(LIMITS), Interim::Off);
    let script: Script = Arc::new(Mutex::new(["…".to_owned()].into()));
    let (events, _) = run(
        Listener::new(wanted, script, &[]),
        &sound(&[500, -900]),
        320,
    );
    assert!(
        matches!(
            events[..],
            [
                HeardEvent::VoiceStart { .. },
                HeardEvent::TooMuchSilence { .. },
                HeardEvent::Done
            ]
        ),
        "{events:?}"
    );
}

#[test]
fn damage_is_named() {
    let mut damaged = pcm("One two three four", RATE);
    damaged[6000..8000].fill(0);
    let wanted = listen(Segmentation::Whole, Interim::Off);
    let (events, notes) = run(
        Listener::new(wanted, Script::default(), &[]),
        &little(&damaged),
        320,
    );
    assert_eq!(finals(&events), ["One three four"]);
    let Some(Note::Damage(damage)) = notes.last() else {
        panic!("{notes:?}");
    };
    assert_eq!(damage.len(), 1);
    assert_eq!(damage[0].kind.name(), "missing");
    assert_eq!(damage[0].after.as_deref(), Some("One"));
    assert_eq!(damage[0].before.as_deref(), Some("three"));
}
