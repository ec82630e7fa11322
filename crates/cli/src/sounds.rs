//! What is said about sound: the signal, WAV headers, and the tables `[[sounds]]` and
//! `[[recordings]]` with the files that they name.

use std::fs::File;
use std::io::BufReader;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use audio::container::{Container, ContainerError};
use audio::{Signal, Sound, WavSizes};
use mock_server::{FileProblem, Recording, SpokenFile};
use serde::de::{self, Deserializer};
use toml::Spanned;

use crate::settings::{AsText, NotTaken, Setting, Settings, one_or_more_texts, parse};

/// What synthetic speech sounds like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignalName(pub(crate) Signal);

impl Setting for SignalName {
    const TAKES: &'static str = "words, tone or silence";

    fn of(text: &str) -> Option<Self> {
        Some(Self(match text {
            "words" => Signal::Words,
            "tone" => Signal::Tone,
            "silence" => Signal::Silence,
            _ => return None,
        }))
    }
}

/// What WAV headers say about the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WavSizesName(pub(crate) WavSizes);

impl Setting for WavSizesName {
    const TAKES: &'static str = "exact, zero, max or unknown";

    fn of(text: &str) -> Option<Self> {
        Some(Self(match text {
            "exact" => WavSizes::Exact,
            "zero" => WavSizes::Zero,
            "max" => WavSizes::Max,
            "unknown" => WavSizes::Unknown,
            _ => return None,
        }))
    }
}

impl FromStr for SignalName {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl FromStr for WavSizesName {
    type Err = NotTaken;

    fn from_str(text: &str) -> Result<Self, NotTaken> {
        parse(text)
    }
}

impl<'de> de::Deserialize<'de> for SignalName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

impl<'de> de::Deserialize<'de> for WavSizesName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AsText(PhantomData))
    }
}

/// One `[[sounds]]`: a file that is spoken for a text, or by a voice, or both.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SoundEntry {
    file: Spanned<PathBuf>,
    text: Option<String>,
    voice: Option<String>,
}

/// One `[[recordings]]`: a file and what recognition answers to its samples.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordingEntry {
    file: Spanned<PathBuf>,
    #[serde(deserialize_with = "one_or_more_texts")]
    text: Vec<String>,
}

/// The sounds of the files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) sounds: Vec<SpokenFile>,
    pub(crate) recordings: Vec<Recording>,
}

/// Reads the files that the tables name, relative to the folder of the configuration.
pub(crate) fn load(settings: &Settings, folder: &Path) -> Result<Loaded, FileProblem> {
    let mut loaded = Loaded::default();
    for entry in &settings.sounds {
        if entry.text.is_none() && entry.voice.is_none() {
            return Err(FileProblem {
                message: "a sound needs the text or the voice that it is spoken for".to_owned(),
                span: entry.file.span(),
            });
        }
        let (pcm, rate_hz) = samples(&entry.file, folder)?;
        loaded.sounds.push(SpokenFile {
            text: entry.text.clone(),
            voice: entry.voice.clone(),
            pcm,
            rate_hz,
        });
    }
    for entry in &settings.recordings {
        let (pcm, rate_hz) = samples(&entry.file, folder)?;
        loaded.recordings.push(Recording {
            pcm,
            rate_hz,
            texts: entry.text.clone(),
        });
    }
    Ok(loaded)
}

fn samples(file: &Spanned<PathBuf>, folder: &Path) -> Result<(Arc<[i16]>, u32), FileProblem> {
    let path = folder.join(file.get_ref());
    let read = File::open(&path)
        .map_err(ContainerError::Io)
        .and_then(|file| whole_wav(BufReader::new(file)));
    read.map_err(|error| FileProblem {
        message: format!(
            "cannot use {}: {error}; a sound is a WAV file of 16-bit samples",
            path.display()
        ),
        span: file.span(),
    })
}

fn whole_wav(file: BufReader<File>) -> Result<(Arc<[i16]>, u32), ContainerError> {
    let mut sound = Sound::open(file)?;
    let broken = |problem: String| ContainerError::Broken {
        container: sound.container(),
        problem,
    };
    if sound.container() != Container::Wav {
        return Err(broken("not a WAV file".to_owned()));
    }
    let rate_hz = sound.rate_hz();
    if !RATES_HZ.contains(&rate_hz) {
        return Err(broken(format!("{rate_hz} Hz, expected 8000 to 192000")));
    }
    let mut pcm = Vec::new();
    while sound.read(&mut pcm)? {
        if pcm.len() > MOST_SAMPLES {
            return Err(ContainerError::Broken {
                container: Container::Wav,
                problem: format!("more than {MOST_SAMPLES} samples"),
            });
        }
    }
    if pcm.is_empty() {
        return Err(ContainerError::Empty);
    }
    Ok((pcm.into(), rate_hz))
}

const RATES_HZ: std::ops::RangeInclusive<u32> = 8000..=192_000;
/// Ten minutes at 48 kHz.
const MOST_SAMPLES: usize = 28_800_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    /// What is wrong with a configuration beside a sound of 100 samples, without the folder.
    fn problem(name: &str, text: &str) -> String {
        let folder =
            std::env::temp_dir().join(format!("mynah-sounds-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let header = audio::wav::header(8000, WavSizes::Exact, 100);
        std::fs::write(
            folder.join("short.wav"),
            [header.as_slice(), &[1; 200]].concat(),
        )
        .unwrap();
        std::fs::write(folder.join("text.wav"), "hello, world").unwrap();
        std::fs::write(folder.join("mynah.toml"), text).unwrap();
        let loaded = config::load(&folder.join("mynah.toml"));
        let shown = match loaded {
            Ok(settings) => {
                let sound = settings.into_options().sound;
                format!(
                    "{} sounds, {} recordings",
                    sound.files.len(),
                    sound.recordings.len()
                )
            }
            Err(failure) => failure.to_string(),
        };
        std::fs::remove_dir_all(&folder).unwrap();
        shown.replace(&format!("{}/", folder.display()), "")
    }

    #[test]
    fn files_lie_beside_the_configuration() {
        let text = "[[sounds]]\ntext = 'Hi'\nfile = 'short.wav'\n[[sounds]]\nvoice = 'anna'\nfile = 'short.wav'\n\
                    [[recordings]]\nfile = 'short.wav'\ntext = ['one', 'two']\n[[recordings]]\nfile = 'short.wav'\ntext = 'one'\n";
        insta::assert_snapshot!(problem("all", text), @"2 sounds, 2 recordings");
    }

    #[test]
    fn a_file_that_cannot_be_used_is_shown_at_its_name() {
        insta::assert_snapshot!(problem("missing", "[[sounds]]\ntext = 'Hi'\nfile = 'no.wav'"), @"
        error: mynah.toml:3:8: cannot use no.wav: No such file or directory (os error 2); a sound is a WAV file of 16-bit samples
          |
        3 | file = 'no.wav'
          |        ^^^^^^^^
        ");
        insta::assert_snapshot!(problem("text", "[[recordings]]\ntext = 'Hi'\nfile = 'text.wav'"), @"
        error: mynah.toml:3:8: cannot use text.wav: no container begins with [68, 65, 6c, 6c, 6f, 2c, 20, 77]; known are WAV, FLAC, MP3, Ogg Opus and WebM Opus; a sound is a WAV file of 16-bit samples
          |
        3 | file = 'text.wav'
          |        ^^^^^^^^^^
        ");
    }

    #[test]
    fn a_sound_for_nothing_is_shown() {
        insta::assert_snapshot!(problem("nothing", "[[sounds]]\nfile = 'short.wav'"), @"
        error: mynah.toml:2:8: a sound needs the text or the voice that it is spoken for
          |
        2 | file = 'short.wav'
          |        ^^^^^^^^^^^
        ");
        insta::assert_snapshot!(problem("key", "[[sounds]]\nfiles = 'short.wav'"), @"
        error: mynah.toml:2:1: unknown key `files`, expected one of `file`, `text`, `voice`
          |
        2 | files = 'short.wav'
          | ^^^^^
        ");
        insta::assert_snapshot!(problem("signal", "signal = 'noise'"), @r#"
        error: mynah.toml:1:10: takes words, tone or silence, not "noise"
          |
        1 | signal = 'noise'
          |          ^^^^^^^
        "#);
    }
}
