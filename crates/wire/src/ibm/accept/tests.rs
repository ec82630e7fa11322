use rstest::rstest;

use super::{Accepted, Circumstances, read};
use crate::audio::{AudioFormat, Encoding, Endian};
use crate::ibm::error::{Failure, Refused};
use crate::ibm::knobs;
use crate::ibm::voices::Kind;
use crate::knob::{Knob, Knobs};

const LITTLE: Encoding = Encoding::Pcm(Endian::Little);
const BIG: Encoding = Encoding::Pcm(Endian::Big);
const MP3: Encoding = Encoding::Mp3(None);

fn with(text: &str, kind: Kind, knob: Option<(&Knob, &str)>) -> Result<Accepted, Refused> {
    let mut chosen = Knobs::new();
    if let Some((knob, value)) = knob {
        chosen.set(knobs::ALL, knob.name, value).unwrap();
    }
    let given = Circumstances {
        kind,
        knobs: &chosen,
        can_encode: |format: &AudioFormat| format.rate_hz != 11_111,
    };
    read(text, given)
}

fn enhanced(text: &str) -> Result<Accepted, Refused> {
    with(text, Kind::Enhanced, None)
}

#[rstest]
#[case::alaw("audio/alaw;rate=8000", Encoding::Alaw, 8000)]
#[case::basic("audio/basic", Encoding::Mulaw, 8000)]
#[case::flac("audio/flac", Encoding::Flac, 22_050)]
#[case::flac_rate("audio/flac;rate=16000", Encoding::Flac, 16_000)]
#[case::l16("audio/l16;rate=16000", LITTLE, 16_000)]
#[case::l16_blank("audio/l16; rate=16000", LITTLE, 16_000)]
#[case::l16_big("audio/l16;rate=44100;endianness=big-endian", BIG, 44_100)]
#[case::l16_little("audio/l16;endianness=little-endian;rate=8000", LITTLE, 8000)]
#[case::mp3("audio/mp3", MP3, 22_050)]
#[case::mpeg("audio/mpeg;rate=48000", MP3, 48_000)]
#[case::mulaw("audio/mulaw;rate=8000", Encoding::Mulaw, 8000)]
#[case::ogg_opus("audio/ogg;codecs=opus", Encoding::OggOpus, 48_000)]
#[case::ogg_opus_rate("audio/ogg;codecs=opus;rate=16000", Encoding::OggOpus, 16_000)]
#[case::wav("audio/wav", Encoding::Wav, 22_050)]
#[case::wav_lowest("audio/wav;rate=8000", Encoding::Wav, 8000)]
#[case::wav_highest("audio/wav;rate=192000", Encoding::Wav, 192_000)]
#[case::webm("audio/webm", Encoding::WebmOpus, 48_000)]
#[case::webm_opus("audio/webm;codecs=opus", Encoding::WebmOpus, 48_000)]
#[case::webm_rate("audio/webm;codecs=opus;rate=8000", Encoding::WebmOpus, 48_000)]
#[case::any("*/*", Encoding::OggOpus, 48_000)]
#[case::any_case("AUDIO/WAV;Rate=16000", Encoding::Wav, 16_000)]
#[case::quoted("audio/ogg; codecs=\"opus\"", Encoding::OggOpus, 48_000)]
#[case::trailing("audio/l16;rate=16000;channels=1;", LITTLE, 16_000)]
#[case::basic_rate("audio/basic;rate=16000", Encoding::Mulaw, 8000)]
#[case::no_codecs("audio/webm;codecs=", Encoding::WebmOpus, 48_000)]
fn a_format_is_read(#[case] text: &str, #[case] encoding: Encoding, #[case] rate_hz: u32) {
    let expected = AudioFormat { encoding, rate_hz };
    assert_eq!(enhanced(text).unwrap().format, expected);
}

#[rstest]
#[case::wav("audio/wav")]
#[case::flac("audio/flac")]
#[case::mp3("audio/mp3")]
fn natural_voices_have_another_rate(#[case] text: &str) {
    let accepted = with(text, Kind::Natural, None).unwrap();
    assert_eq!(accepted.format.rate_hz, 24_000);
}

#[rstest]
#[case::mp3("audio/mp3", "audio/mpeg")]
#[case::mp3_rate("audio/mp3;rate=16000", "audio/mpeg;rate=16000")]
#[case::any("*/*", "audio/ogg;codecs=opus")]
#[case::wav("audio/wav", "audio/wav")]
#[case::l16("audio/l16; rate=16000", "audio/l16; rate=16000")]
fn a_format_has_a_name_of_the_service(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(enhanced(text).unwrap().content_type, expected);
}

#[rstest]
#[case::empty("", Failure::Mimetype)]
#[case::unknown("audio/x-wav", Failure::Mimetype)]
#[case::json("application/json", Failure::Mimetype)]
#[case::any_audio("audio/*", Failure::Mimetype)]
#[case::bare_ogg("audio/ogg", Failure::Mimetype)]
#[case::ogg_vorbis("audio/ogg;codecs=vorbis", Failure::Mimetype)]
#[case::webm_vorbis("audio/webm; codecs=vorbis", Failure::Mimetype)]
#[case::codec("audio/ogg;codecs=speex", Failure::Mimetype)]
#[case::not_encoded("audio/wav;rate=11111", Failure::Mimetype)]
#[case::l16("audio/l16", Failure::RateMissing("audio/l16"))]
#[case::alaw("audio/alaw", Failure::RateMissing("audio/alaw"))]
#[case::mulaw("audio/mulaw;rate=", Failure::RateMissing("audio/mulaw"))]
#[case::low("audio/wav;rate=7999", Failure::RateRange("audio/wav"))]
#[case::high("audio/flac;rate=192001", Failure::RateRange("audio/flac"))]
#[case::empty_rate("audio/wav;rate=", Failure::RateRange("audio/wav"))]
#[case::empty_opus_rate(
    "audio/ogg;codecs=opus;rate=",
    Failure::OpusRate("audio/ogg;codecs=opus")
)]
#[case::word("audio/l16;rate=fast", Failure::RateRange("audio/l16"))]
#[case::negative("audio/wav;rate=-1", Failure::RateRange("audio/wav"))]
#[case::huge("audio/wav;rate=99999999999999999999", Failure::RateRange("audio/wav"))]
#[case::opus(
    "audio/ogg;codecs=opus;rate=22050",
    Failure::OpusRate("audio/ogg;codecs=opus")
)]
#[case::webm("audio/webm;rate=44100", Failure::OpusRate("audio/webm;codecs=opus"))]
#[case::endian("audio/l16;rate=8000;endianness=middle", Failure::Endianness)]
fn a_format_is_refused(#[case] text: &str, #[case] failure: Failure) {
    assert_eq!(enhanced(text).unwrap_err().failure, failure);
}

#[rstest]
#[case::rate("audio/wav;rate=1", &knobs::BAD_RATE, "default", 22_050)]
#[case::ogg("audio/ogg", &knobs::BARE_OGG, "opus", 48_000)]
fn knobs_choose(
    #[case] text: &str,
    #[case] knob: &Knob,
    #[case] value: &str,
    #[case] rate_hz: u32,
) {
    let accepted = with(text, Kind::Enhanced, Some((knob, value))).unwrap();
    assert_eq!(accepted.format.rate_hz, rate_hz);
    assert_eq!(accepted.content_type, text);
}

#[rstest]
#[case::none("audio/wav;rate=16000", 0)]
#[case::unknown("audio/l16;rate=16000;channels=1", 1)]
#[case::fixed("audio/basic;rate=16000", 1)]
#[case::twice("audio/wav;rate=16000;rate=8000", 1)]
#[case::foreign("audio/wav;endianness=big-endian;codecs=1", 2)]
fn idle_parameters_are_noted(#[case] text: &str, #[case] count: usize) {
    assert_eq!(enhanced(text).unwrap().findings.len(), count);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        let _ = enhanced(&text);
    }

    #[test]
    fn any_parameters_are_read_or_refused(text in "audio/(wav|l16|ogg|webm)(; ?[a-z]{1,6}=\"?[a-z0-9]{0,6}\"?;?){0,4}") {
        let _ = enhanced(&text);
    }
}
