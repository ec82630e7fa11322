//! `mynah hear`: the words that a sound file carries, and what happened to them on their way.
//!
//! ```text
//! file ── audio::Sound (any container, or raw samples) ──▶ audio::Hearer ──▶ words and damage
//! ```

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use audio::container::{Container, ContainerError};
use audio::{Damage, DamageKind, Endian, Heard, Hearer, SampleFormat, Sound};
use wire::json::{Value, object};

use crate::failure::Failure;
use crate::text::{json_line, plain};

/// The options of `mynah hear`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// WAV, FLAC, MP3, Ogg Opus or WebM Opus, or raw samples with --rate; - is standard input
    file: PathBuf,
    /// The rate of raw samples; a container tells its own
    #[arg(long, value_name = "HZ", value_parser = clap::value_parser!(u32).range(4000..=384_000))]
    rate: Option<u32>,
    /// How raw samples are written [default: pcm]
    #[arg(long, value_name = "ENCODING", requires = "rate")]
    encoding: Option<Encoding>,
    /// Print one line of JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Encoding {
    /// 16 bits, least significant byte first
    Pcm,
    /// 16 bits, most significant byte first
    PcmBe,
    /// G.711 µ-law
    Mulaw,
    /// G.711 A-law
    Alaw,
}

/// Hears the file and writes out what it says.
pub(crate) fn run(args: &Args) -> Result<String, Failure> {
    let listened = listen(args).map_err(|error| {
        let name = plain(&args.file.display().to_string());
        Failure::Usage(format!(
            "cannot hear {name}: {}",
            plain(&explained(&error, args))
        ))
    })?;
    let output = match args.json {
        true => json_line(&to_json(&listened.heard)),
        false => to_text(&listened),
    };
    if listened.heard.words.is_empty() {
        let line = format!("no words in {}", listened.about());
        return Err(Failure::NothingHeard { line, output });
    }
    Ok(output)
}

/// Examples for `--help`.
pub(crate) fn examples() -> String {
    "Examples:\n  mynah hear speech.wav\n  mynah hear call.raw --rate 8000 --encoding mulaw\n  \
     ffmpeg -i video.mp4 -f wav - | mynah hear - --json\n\n\
     Exit status: 0 if words were read, 1 if there are none, 2 if the file cannot be read.\n\
     Damage is one of: missing, doubled, swapped, truncated, odd-byte-shift, wrong-rate,\n\
     endianness, clipped."
        .to_owned()
}

/// A file that was heard to its end.
struct Listened {
    container: Container,
    rate_hz: u32,
    samples: u64,
    /// Why the rest of the file was not read.
    broken: Option<ContainerError>,
    heard: Heard,
}

impl Listened {
    fn about(&self) -> String {
        let ms = audio::timeline::milliseconds(self.samples, self.rate_hz);
        let broken = self
            .broken
            .as_ref()
            .map(|error| format!(", broken after that: {error}"));
        format!(
            "{} s of {} at {} Hz{}",
            seconds(ms),
            self.container.name(),
            self.rate_hz,
            broken.unwrap_or_default()
        )
    }
}

fn listen(args: &Args) -> Result<Listened, ContainerError> {
    let source: Box<dyn Read> = if args.file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(&args.file)?)
    };
    let source = io::BufReader::new(source);
    let mut sound = match args.rate {
        Some(rate_hz) => Sound::open_raw(source, args.sample_format(), rate_hz)?,
        None => Sound::open(source)?,
    };
    let rate_hz = sound.rate_hz();
    let mut hearer = Hearer::new(rate_hz);
    let (mut samples, mut pcm) = (0, Vec::new());
    let broken = loop {
        pcm.clear();
        let read = sound.read(&mut pcm);
        samples += pcm.len() as u64;
        hearer.push(&pcm);
        match read {
            Ok(true) => {}
            Ok(false) => break None,
            Err(error) if samples == 0 => return Err(error),
            Err(error) => break Some(error),
        }
    };
    Ok(Listened {
        container: sound.container(),
        rate_hz,
        samples,
        broken,
        heard: hearer.finish(),
    })
}

impl Args {
    fn sample_format(&self) -> SampleFormat {
        match self.encoding {
            None | Some(Encoding::Pcm) => SampleFormat::Pcm(Endian::Little),
            Some(Encoding::PcmBe) => SampleFormat::Pcm(Endian::Big),
            Some(Encoding::Mulaw) => SampleFormat::Mulaw,
            Some(Encoding::Alaw) => SampleFormat::Alaw,
        }
    }
}

fn explained(error: &ContainerError, args: &Args) -> String {
    match error {
        ContainerError::Unknown { .. } if args.rate.is_none() => {
            format!("{error}; for raw samples give --rate HZ")
        }
        _ => error.to_string(),
    }
}

fn to_text(listened: &Listened) -> String {
    let heard = &listened.heard;
    let mut lines = vec![listened.about()];
    lines.extend(heard.words.iter().map(|word| {
        format!(
            "{:>9} – {:>9}  {:>4}  {:>3} %  {}",
            seconds(word.start_ms),
            seconds(word.end_ms),
            word.seq,
            word.quality,
            plain(&word.text)
        )
    }));
    if !heard.words.is_empty() {
        let all = audio::speech::join(heard.words.iter().map(|word| word.text.as_str()));
        lines.push(format!("text: {}", plain(&all)));
    }
    let damage = heard.damage.iter().map(describe);
    lines.extend(damage.map(|damage| format!("damage: {}", plain(&damage))));
    let end = match (heard.complete, heard.words.is_empty()) {
        (true, _) => "complete",
        (false, true) => "no words",
        (false, false) => "incomplete",
    };
    lines.push(end.to_owned());
    lines.join("\n") + "\n"
}

/// Damage in words: what happened, to which word, between which words, when.
fn describe(damage: &Damage) -> String {
    let word = match (damage.seq, &damage.text) {
        (Some(seq), Some(text)) => format!(" word {seq} {text:?}"),
        (Some(seq), None) => format!(" word {seq}"),
        (None, _) => String::new(),
    };
    let place = match (&damage.after, &damage.before) {
        (Some(after), Some(before)) => format!(" after {after:?} and before {before:?}"),
        (Some(after), None) => format!(" after {after:?}"),
        (None, Some(before)) => format!(" before {before:?}"),
        (None, None) => String::new(),
    };
    let rate = match damage.kind {
        DamageKind::WrongRate { likely_hz } => format!(": made for {likely_hz} Hz"),
        DamageKind::Missing
        | DamageKind::Doubled
        | DamageKind::Swapped
        | DamageKind::Truncated
        | DamageKind::OddByteShift
        | DamageKind::Endianness
        | DamageKind::Clipped => String::new(),
    };
    let (kind, at) = (damage.kind.name(), seconds(damage.at_ms));
    format!("{kind}{word}{place} at {at} s{rate}")
}

fn to_json(heard: &Heard) -> Value {
    let text = |text: Option<&String>| text.map_or(Value::Null, |text| Value::from(text.as_str()));
    let words = heard.words.iter().map(|word| {
        object([
            ("text", Value::from(word.text.as_str())),
            ("seq", Value::from(word.seq)),
            ("start_ms", Value::from(word.start_ms)),
            ("end_ms", Value::from(word.end_ms)),
            ("quality", Value::from(u32::from(word.quality))),
        ])
    });
    let damage = heard.damage.iter().map(|damage| {
        let seq = damage.seq.map_or(Value::Null, Value::from);
        object([
            ("kind", Value::from(damage.kind.name())),
            ("seq", seq),
            ("text", text(damage.text.as_ref())),
            ("after", text(damage.after.as_ref())),
            ("before", text(damage.before.as_ref())),
            ("at_ms", Value::from(damage.at_ms)),
        ])
    });
    object([
        ("words", Value::Array(words.collect())),
        ("damage", Value::Array(damage.collect())),
        ("complete", Value::from(heard.complete)),
    ])
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}
