//! Writes a text as an audio file: `speak FORMAT RATE FILE TEXT`.

use std::error::Error;

use audio::{Encoder, Encoding, Endian, Format, Signal, Synthesis, Utterance, WavSizes};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [format, rate, file, text] = arguments.as_slice() else {
        return Err("usage: speak FORMAT RATE FILE TEXT".into());
    };
    let encoding = Encoding {
        format: parse_format(format)?,
        rate_hz: rate.parse()?,
    };
    let utterance = Utterance::of_text(text, "example");
    let mut synthesis = Synthesis::new(&utterance, encoding.rate_hz, Signal::default());
    let mut encoder = Encoder::new(encoding, synthesis.timeline().total_samples)?;
    let (mut pcm, mut bytes) = ([0; 4096], Vec::new());
    loop {
        let count = synthesis.read(&mut pcm);
        if count == 0 {
            break;
        }
        encoder.push(pcm.get(..count).unwrap_or_default(), &mut bytes);
    }
    encoder.finish(&mut bytes);
    std::fs::write(file, bytes)?;
    Ok(())
}

fn parse_format(name: &str) -> Result<Format, Box<dyn Error>> {
    Ok(match name {
        "pcm" => Format::Pcm(Endian::Little),
        "l16be" => Format::Pcm(Endian::Big),
        "wav" => Format::Wav(WavSizes::Exact),
        "wav-zero" => Format::Wav(WavSizes::Zero),
        "wav-unknown" => Format::Wav(WavSizes::Unknown),
        "mulaw" => Format::Mulaw,
        "alaw" => Format::Alaw,
        "flac" => Format::Flac,
        "mp3" => Format::Mp3 { bitrate_kbps: None },
        "ogg" => Format::OggOpus,
        "webm" => Format::WebmOpus,
        _ => match name.strip_prefix("mp3-") {
            Some(kbps) => Format::Mp3 { bitrate_kbps: Some(kbps.parse()?) },
            None => return Err(format!("format {name}: expected pcm, l16be, wav, wav-zero, wav-unknown, mulaw, alaw, flac, mp3, mp3-KBPS, ogg or webm").into()),
        },
    })
}
