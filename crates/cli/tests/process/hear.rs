//! `mynah hear`: what a file says.

use audio::{Encoding, Endian, Format, Signal, Synthesis, Utterance, WavSizes, encode};
use serde_json::{Value, json};

use crate::support::{err, out, run};

const TEXT: &str = "One two three 四 😀!";

fn pcm(rate_hz: u32) -> Vec<i16> {
    let utterance = Utterance::of_text(TEXT, "amy");
    let mut synthesis = Synthesis::new(&utterance, rate_hz, Signal::Words);
    let mut pcm = vec![0; usize::try_from(synthesis.timeline().total_samples).unwrap()];
    synthesis.read(&mut pcm);
    pcm
}

fn file(format: Format, rate_hz: u32, pcm: &[i16]) -> Vec<u8> {
    encode::encode(Encoding { format, rate_hz }, pcm).unwrap()
}

fn heard(arguments: &[&str], bytes: &[u8]) -> (Value, Option<i32>, String) {
    let output = run(&[&["hear", "-", "--json"], arguments].concat(), bytes);
    let line = out(&output);
    assert!(
        line.ends_with('\n') && line.matches('\n').count() == 1,
        "{line:?}"
    );
    (
        serde_json::from_str(&line).unwrap(),
        output.status.code(),
        err(&output),
    )
}

fn texts(heard: &Value) -> Vec<&str> {
    let words = heard["words"].as_array().unwrap();
    words
        .iter()
        .map(|word| word["text"].as_str().unwrap())
        .collect()
}

#[test]
fn every_container_is_heard() {
    let formats = [
        (Format::Wav(WavSizes::Exact), 16_000),
        (Format::Flac, 22_050),
        (Format::Mp3 { bitrate_kbps: None }, 24_000),
        (Format::OggOpus, 16_000),
        (Format::WebmOpus, 48_000),
    ];
    for (format, rate_hz) in formats {
        let (heard, code, error) = heard(&[], &file(format, rate_hz, &pcm(rate_hz)));
        assert_eq!(texts(&heard), ["One", "two", "three", "四", "😀!"]);
        assert_eq!(
            (&heard["damage"], &heard["complete"]),
            (&json!([]), &json!(true))
        );
        assert_eq!((code, error.as_str()), (Some(0), ""));
        let members: Vec<&String> = heard["words"][0].as_object().unwrap().keys().collect();
        assert_eq!(members.len(), 5, "{members:?}");
    }
}

#[test]
fn raw_samples_are_heard_with_a_rate() {
    let formats = [
        ("pcm", Format::Pcm(Endian::Little)),
        ("pcm-be", Format::Pcm(Endian::Big)),
        ("mulaw", Format::Mulaw),
        ("alaw", Format::Alaw),
    ];
    for (encoding, format) in formats {
        let bytes = file(format, 8000, &pcm(8000));
        let (heard, code, _) = heard(&["--rate", "8000", "--encoding", encoding], &bytes);
        assert_eq!((texts(&heard).len(), code), (5, Some(0)));
    }
}

#[test]
fn damage_is_named() {
    let mut pcm = pcm(16_000);
    pcm[12_000..15_000].fill(0);
    let bytes = file(Format::Wav(WavSizes::Exact), 16_000, &pcm);
    let (heard, code, _) = heard(&[], &bytes);
    let damage = json!([{
        "kind": "missing", "seq": 1, "text": null, "after": "One", "before": "three",
        "at_ms": heard["words"][1]["start_ms"],
    }]);
    assert_eq!(
        (&heard["damage"], &heard["complete"], code),
        (&damage, &json!(false), Some(0))
    );
    let output = out(&run(&["hear", "-"], &bytes));
    assert!(
        output.contains("damage: missing word 1 after \"One\" and before \"three\" at "),
        "{output}"
    );
    assert!(output.ends_with("incomplete\n"), "{output}");
}

#[test]
fn it_says_when_there_are_no_words() {
    let (heard, code, error) = heard(&["--rate", "16000"], &[0; 32_000]);
    assert_eq!(
        heard,
        json!({ "words": [], "damage": [], "complete": false })
    );
    assert_eq!(code, Some(1));
    assert_eq!(error, "no words in 1.000 s of raw at 16000 Hz\n");
}

#[test]
fn a_file_that_cannot_be_read_is_exit_2() {
    for (arguments, input, why) in [
        (
            ["hear", "-"].as_slice(),
            b"hello".as_slice(),
            "for raw samples give --rate HZ",
        ),
        (&["hear", "-"], b"", "no bytes in it"),
        (&["hear", "/no/such/file"], b"", "No such file"),
        (&["hear", "-", "--encoding", "alaw"], b"", "--rate"),
    ] {
        let output = run(arguments, input);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(out(&output), "");
        assert!(err(&output).contains(why), "{}", err(&output));
    }
}
