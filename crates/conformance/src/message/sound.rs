//! What audio is like, held against what was expected of it.

use audio::container::ContainerError;
use audio::{SampleFormat, Sound};
use wire::json::Value;

use super::scope::Scope;
use crate::case::{SoundAs, SoundLike};
use crate::matcher;

/// How many bytes of the start are looked at.
const HEAD: usize = 64;

/// The start of audio in hex.
#[must_use]
pub fn hex_head(bytes: &[u8]) -> String {
    let head = bytes.iter().take(HEAD);
    head.map(|byte| format!("{byte:02x}")).collect()
}

/// What is not as it should be, in words.
#[must_use]
pub fn unlike(bytes: &[u8], wanted: &SoundLike, scope: &mut Scope) -> Vec<String> {
    let (container, rate_hz, ms) = match measure(bytes, wanted) {
        Ok(measured) => measured,
        Err(error) => return vec![format!("the audio cannot be read: {error}")],
    };
    let mut lines = Vec::new();
    if wanted.read_as != SoundAs::File && container != "raw" {
        lines.push(format!(
            "the audio is {container}, expected samples without a header"
        ));
    }
    if let Some(wanted) = &wanted.container
        && wanted != container
    {
        lines.push(format!("the audio is {container}, expected {wanted}"));
    }
    if rate_hz != wanted.rate_hz {
        let wanted = wanted.rate_hz;
        lines.push(format!("the audio has {rate_hz} Hz, expected {wanted}"));
    }
    let conditions = [
        ("ms", Value::from(ms), &wanted.ms),
        ("first bytes", Value::from(hex_head(bytes)), &wanted.starts),
    ];
    for (path, value, matcher) in conditions {
        let Some(matcher) = matcher else { continue };
        let found = matcher::check(path, Some(&value), matcher, scope);
        let said = found
            .iter()
            .map(|mismatch| format!("{path}: {}, expected {}", mismatch.found, mismatch.expected));
        lines.extend(said);
    }
    lines
}

fn measure(bytes: &[u8], wanted: &SoundLike) -> Result<(&'static str, u32, u64), ContainerError> {
    let raw = |format| Sound::open_raw(bytes, format, wanted.rate_hz);
    let mut sound = match wanted.read_as {
        SoundAs::File => Sound::open(bytes),
        SoundAs::Pcm => raw(SampleFormat::Pcm(audio::Endian::Little)),
        SoundAs::Mulaw => raw(SampleFormat::Mulaw),
        SoundAs::Alaw => raw(SampleFormat::Alaw),
    }?;
    let mut samples = Vec::new();
    while sound.read(&mut samples)? {}
    let rate_hz = sound.rate_hz();
    let count = u64::try_from(samples.len()).unwrap_or(u64::MAX);
    let ms = count.saturating_mul(1000) / u64::from(rate_hz.max(1));
    Ok((sound.container().name(), rate_hz, ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{say, wav};

    fn like(text: &str) -> SoundLike {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_file_is_not_raw_and_raw_is_not_a_file() {
        let file = wav(&say("a", 8000, 0, 0), 8000);
        let mut scope = Scope::new("");
        let right = like("read_as = 'file'\nrate_hz = 8000\ncontainer = 'WAV'\nms = { min = 100 }");
        assert_eq!(unlike(&file, &right, &mut scope), [""; 0]);
        let raw = like("read_as = 'pcm'\nrate_hz = 8000");
        assert_eq!(
            unlike(&file, &raw, &mut scope),
            ["the audio is WAV, expected samples without a header"]
        );
        let other = like("read_as = 'file'\nrate_hz = 16000\nstarts = { regex = '5249.*' }");
        assert_eq!(
            unlike(&file, &other, &mut scope),
            ["the audio has 8000 Hz, expected 16000"]
        );
        assert_eq!(unlike(&[1, 2, 3, 4], &right, &mut scope).len(), 1);
    }
}
