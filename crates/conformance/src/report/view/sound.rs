//! The audio of a session as a picture needs it: its envelope, and when it was sent and heard.

use std::time::Duration;

use audio::{SampleFormat, Sound};
use mock_server::Side;
use wire::session::Form;

use super::{Said, What};
use crate::case::{Answer, Case, SoundAs, Step};
use crate::message::Received;

/// The audio that one side sent on one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) connection: usize,
    pub(crate) side: Side,
    /// How many bytes it has.
    pub(crate) bytes: usize,
    /// What it is: `WAV, 8000 Hz`; `None` if nobody says how it is to be read.
    pub(crate) format: Option<String>,
    /// Its length, if that is known.
    pub(crate) length: Option<Duration>,
    /// The loudest sample of each of its parts, in percent.
    pub(crate) peaks: Vec<u8>,
    /// Its messages.
    pub(crate) pieces: Vec<Piece>,
}

/// A message with audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// When it came, since the case began.
    pub(crate) at: Duration,
    pub(crate) bytes: usize,
    /// When it is heard by whoever plays everything as soon as possible.
    pub(crate) from: Duration,
    /// When its sound is over.
    pub(crate) until: Duration,
}

impl Heard {
    /// Where whoever listens has to wait for more.
    pub(crate) fn gaps(&self) -> Vec<(Duration, Duration)> {
        let pairs = self.pieces.windows(2);
        let gaps = pairs.filter_map(|pair| match pair {
            [before, after] => Some((before.until, after.from)),
            _ => None,
        });
        gaps.filter(|(end, start)| start.saturating_sub(*end) >= AUDIBLE)
            .collect()
    }

    /// When the first and the last message came.
    pub(crate) fn sent(&self) -> (Duration, Duration) {
        let first = self.pieces.first().map_or(Duration::ZERO, |p| p.at);
        (first, self.pieces.last().map_or(first, |p| p.at))
    }
}

/// A shorter wait is none.
const AUDIBLE: Duration = Duration::from_millis(1);

/// In so many parts a sound is drawn.
const PARTS: usize = 110;

/// All audio of a case.
pub(crate) fn heard(said: &[Said], case: Option<&Case>) -> Vec<Heard> {
    let mut groups: Vec<Group> = Vec::new();
    for one in said {
        let Some(audio) = audio_of(one) else { continue };
        let piece = (one.at, audio);
        let whose = (one.connection, one.side);
        match groups.iter_mut().find(|group| group.whose == whose) {
            Some(group) => group.pieces.push(piece),
            None => groups.push(Group {
                whose,
                pieces: vec![piece],
            }),
        }
    }
    groups
        .into_iter()
        .map(|group| of(group.whose.0, group.whose.1, &group.pieces, case))
        .collect()
}

/// The messages with audio of one side of a connection.
struct Group {
    whose: (usize, Side),
    pieces: Vec<(Duration, Vec<u8>)>,
}

fn audio_of(said: &Said) -> Option<Vec<u8>> {
    let What::Message(message) = &said.what else {
        return None;
    };
    if message.form != Form::Binary {
        return None;
    }
    let received = Received {
        form: message.form,
        payload: message.payload.clone(),
        decoded: message.decoded.clone(),
        number: said.index,
    };
    let is_audio = received.told_bytes().is_some_and(|bytes| bytes > 0);
    is_audio.then(|| received.audio().to_vec())
}

fn of(connection: usize, side: Side, pieces: &[(Duration, Vec<u8>)], case: Option<&Case>) -> Heard {
    let parts: Vec<&[u8]> = pieces.iter().map(|(_, bytes)| bytes.as_slice()).collect();
    let all = parts.concat();
    let read = samples(&all, case);
    let (format, samples, length) = match read {
        Some((format, rate_hz, samples)) => {
            let count = u64::try_from(samples.len()).unwrap_or(u64::MAX);
            let micros = count.saturating_mul(1_000_000) / u64::from(rate_hz.max(1));
            (Some(format), samples, Some(Duration::from_micros(micros)))
        }
        // As 16-bit samples nearly everything has an envelope; its length is not known.
        None => (None, pcm(&all), None),
    };
    let mut heard_until = Duration::ZERO;
    let placed = pieces.iter().map(|(at, bytes)| {
        let share = |length: Duration| {
            let part = u128::try_from(bytes.len()).unwrap_or(u128::MAX);
            let whole = u128::try_from(all.len().max(1)).unwrap_or(u128::MAX);
            let micros = length.as_micros().saturating_mul(part) / whole;
            Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
        };
        let from = heard_until.max(*at);
        heard_until = from + length.map_or(Duration::ZERO, share);
        Piece {
            at: *at,
            bytes: bytes.len(),
            from,
            until: heard_until,
        }
    });
    Heard {
        connection,
        side,
        bytes: all.len(),
        format,
        length,
        pieces: placed.collect(),
        peaks: peaks(&samples),
    }
}

/// What the bytes are, and their samples.
fn samples(bytes: &[u8], case: Option<&Case>) -> Option<(String, u32, Vec<i16>)> {
    let hint = case.and_then(hint);
    let opened = match hint {
        Some((SoundAs::File, _)) | None => Sound::open(bytes),
        Some((kind, rate_hz)) => {
            let format = match kind {
                SoundAs::Mulaw => SampleFormat::Mulaw,
                SoundAs::Alaw => SampleFormat::Alaw,
                SoundAs::File | SoundAs::Pcm => SampleFormat::Pcm(audio::Endian::Little),
            };
            Sound::open_raw(bytes, format, rate_hz)
        }
    };
    let mut sound = opened.ok()?;
    let mut samples = Vec::new();
    // Of a broken file what came before the damage is drawn.
    while let Ok(true) = sound.read(&mut samples) {}
    let rate_hz = sound.rate_hz();
    (!samples.is_empty()).then(|| {
        let name = sound.container().name();
        (format!("{name}, {rate_hz} Hz"), rate_hz, samples)
    })
}

/// How a case reads its audio.
fn hint(case: &Case) -> Option<(SoundAs, u32)> {
    if let Some(client) = &case.client {
        let answers = client.checks.iter().map(|check| &check.expect);
        let read_as = answers
            .filter_map(|answer| match answer {
                Answer::Audio(read_as) => Some(*read_as),
                _ => None,
            })
            .next();
        return Some((read_as.unwrap_or(SoundAs::Pcm), client.rate_hz));
    }
    case.script.iter().find_map(|step| match step {
        Step::Collect(collect) => {
            let sound = collect.sound.as_ref()?;
            Some((sound.read_as, sound.rate_hz))
        }
        Step::Stream(stream) => Some((SoundAs::Pcm, stream.rate_hz)),
        _ => None,
    })
}

fn pcm(bytes: &[u8]) -> Vec<i16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
}

fn peaks(samples: &[i16]) -> Vec<u8> {
    let size = samples.len().div_ceil(PARTS).max(1);
    let loudest = |part: &[i16]| part.iter().map(|s| s.unsigned_abs()).max().unwrap_or(0);
    let percent = |peak: u16| u8::try_from(u32::from(peak) * 100 / 32_768).unwrap_or(100);
    samples
        .chunks(size)
        .map(|part| percent(loudest(part)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{say, wav};

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn sound_that_comes_late_leaves_a_gap() {
        let file = wav(&say("hello", 8000, 0, 0), 8000);
        let half = file.len() / 2;
        let pieces = [
            (at(10), file[..half].to_vec()),
            (at(2000), file[half..].to_vec()),
        ];
        let heard = of(1, Side::Server, &pieces, None);
        let length = heard.length.unwrap();
        assert_eq!(heard.format.as_deref(), Some("WAV, 8000 Hz"));
        assert_eq!(heard.sent(), (at(10), at(2000)));
        assert_eq!(heard.gaps(), [(at(10) + length / 2, at(2000))]);
        assert!(heard.peaks.len() <= PARTS && heard.peaks.iter().any(|peak| *peak > 10));
    }

    #[test]
    fn bytes_that_nobody_explains_have_no_length() {
        let heard = of(1, Side::Client, &[(at(0), vec![0, 64, 0, 192])], None);
        assert_eq!((heard.format, heard.length), (None, None));
        assert_eq!(heard.peaks, [50, 50]);
    }
}
