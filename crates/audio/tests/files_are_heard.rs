//! Every file that the encoders write is read again, however it arrives.

#[cfg(test)]
mod support;

use std::io::Read;

use audio::container::{Container, ContainerError, Sound};
use audio::{Endian, Format, Hearer, SampleFormat, Signal, Timeline, Utterance, WavSizes};
use proptest::prelude::*;
use rstest::rstest;

const TEXT: &str = "Every file is heard, all 9 of them. 每个文件 😀 done!";

/// A reader that gives so many bytes at a time.
struct Cut<'b>(&'b [u8], usize);

impl Read for Cut<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(out.len());
        self.0.read(out.get_mut(..length).unwrap_or_default())
    }
}

fn file(format: Format, rate_hz: u32) -> Vec<u8> {
    let pcm = support::samples(&Utterance::of_text(TEXT, "amy"), rate_hz, Signal::Words);
    support::encode(format, rate_hz, &pcm, &[4096])
}

fn pcm(mut sound: Sound<'_>) -> Result<Vec<i16>, ContainerError> {
    let mut pcm = Vec::new();
    while sound.read(&mut pcm)? {}
    Ok(pcm)
}

#[rstest]
#[case::wav(Format::Wav(WavSizes::Exact), 16_000, Container::Wav, 2)]
#[case::wav_zero(Format::Wav(WavSizes::Zero), 8000, Container::Wav, 2)]
#[case::wav_max(Format::Wav(WavSizes::Max), 24_000, Container::Wav, 2)]
#[case::wav_unknown(Format::Wav(WavSizes::Unknown), 22_050, Container::Wav, 2)]
#[case::wav_list(Format::WavList(WavSizes::Exact), 22_050, Container::Wav, 2)]
#[case::flac(Format::Flac, 44_100, Container::Flac, 2)]
#[case::mp3(Format::Mp3 { bitrate_kbps: None }, 24_000, Container::Mp3, 100)]
#[case::mp3_low(Format::Mp3 { bitrate_kbps: Some(32) }, 16_000, Container::Mp3, 150)]
#[case::ogg(Format::OggOpus, 16_000, Container::OggOpus, 5)]
#[case::webm(Format::WebmOpus, 48_000, Container::WebmOpus, 5)]
fn words_and_times(
    #[case] format: Format,
    #[case] rate_hz: u32,
    #[case] container: Container,
    #[case] late_ms: u64,
) {
    let bytes = file(format, rate_hz);
    let sound = Sound::open(bytes.as_slice()).unwrap();
    assert_eq!(sound.container(), container);
    let heard_hz = sound.rate_hz();
    let pcm = pcm(sound).unwrap();
    let mut hearer = Hearer::new(heard_hz);
    hearer.push(&pcm);
    let heard = hearer.finish();
    let timeline = Timeline::new(&Utterance::of_text(TEXT, "amy"), rate_hz);
    assert_eq!(heard.words.len(), timeline.words.len());
    assert!(
        heard.complete && heard.damage.is_empty(),
        "{:?}",
        heard.damage
    );
    for (word, span) in heard.words.iter().zip(&timeline.words) {
        let announced = span.start_ms(rate_hz);
        assert!(
            word.start_ms.abs_diff(announced) <= late_ms,
            "{word:?} {announced}"
        );
    }
    // One byte at a time, the same.
    let slow = Sound::open(Cut(&bytes, 1)).unwrap();
    assert_eq!(self::pcm(slow).unwrap(), pcm);
}

#[rstest]
#[case::little(Format::Pcm(Endian::Little), SampleFormat::Pcm(Endian::Little))]
#[case::big(Format::Pcm(Endian::Big), SampleFormat::Pcm(Endian::Big))]
#[case::mulaw(Format::Mulaw, SampleFormat::Mulaw)]
#[case::alaw(Format::Alaw, SampleFormat::Alaw)]
fn raw_samples(#[case] format: Format, #[case] samples: SampleFormat) {
    let bytes = file(format, 8000);
    let sound = Sound::open_raw(Cut(&bytes, 7), samples, 8000).unwrap();
    let heard = audio::hear::hear(&pcm(sound).unwrap(), 8000);
    assert!(heard.complete && heard.damage.is_empty());
}

#[test]
fn a_container_is_known_even_if_raw_samples_were_announced() {
    let bytes = file(Format::Flac, 16_000);
    let sound = Sound::open_raw(bytes.as_slice(), SampleFormat::Mulaw, 8000).unwrap();
    assert_eq!(
        (sound.container(), sound.rate_hz()),
        (Container::Flac, 16_000)
    );
}

#[rstest]
#[case::empty(b"", "no bytes in it")]
#[case::text(
    b"hello, world",
    "no container begins with [68, 65, 6c, 6c, 6f, 2c, 20, 77]; known are WAV, FLAC, MP3, Ogg Opus and WebM Opus"
)]
#[case::avi(
    b"RIFF\0\0\0\0AVI LIST",
    "form type: expected WAVE at offset 8, found [41, 56, 49, 20]"
)]
#[case::no_frames(&[0xFF, 0xFB, 0, 0, 0], "MP3: no frame in it")]
#[case::no_track(b"\x1A\x45\xDF\xA3\x80", "WebM Opus: no Opus track in it")]
fn others_are_named(#[case] bytes: &[u8], #[case] message: &str) {
    assert_eq!(Sound::open(bytes).unwrap_err().to_string(), message);
}

#[rstest]
fn a_file_that_is_cut_off_is_heard_to_its_end(
    #[values(Format::Wav(WavSizes::Exact), Format::Flac, Format::Mp3 { bitrate_kbps: None }, Format::OggOpus, Format::WebmOpus)]
    format: Format,
) {
    let bytes = file(format, 16_000);
    let sound = Sound::open(&bytes[..bytes.len() / 2 + 1]).unwrap();
    let rate_hz = sound.rate_hz();
    let heard = audio::hear::hear(&pcm(sound).unwrap(), rate_hz);
    assert!(heard.words.len() > 3 && !heard.complete);
    assert_eq!(heard.words[0].text, "Every");
}

#[test]
fn several_channels_are_one() {
    let mono = file(Format::Wav(WavSizes::Exact), 16_000);
    let mut stereo = mono[..44].to_vec();
    stereo[22] = 2;
    stereo[40..44].copy_from_slice(&[0; 4]);
    stereo.extend(
        mono[44..]
            .chunks(2)
            .flat_map(|sample| [sample, sample].concat()),
    );
    let (one, two) = (
        Sound::open(mono.as_slice()).unwrap(),
        Sound::open(stereo.as_slice()).unwrap(),
    );
    assert_eq!(pcm(one).unwrap(), pcm(two).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_are_survived(
        kind in 0usize..5,
        damage in prop::collection::vec((0usize..20_000, any::<u8>()), 1..20),
    ) {
        let format = [Format::Wav(WavSizes::Exact), Format::Flac, Format::Mp3 { bitrate_kbps: None }, Format::OggOpus, Format::WebmOpus][kind];
        let tone = support::tone(16_000);
        let mut bytes = support::encode(format, 16_000, &tone[..16_000], &[4096]);
        for (at, byte) in damage {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Ok(sound) = Sound::open(bytes.as_slice()) {
            let _ = pcm(sound);
        }
    }
}
