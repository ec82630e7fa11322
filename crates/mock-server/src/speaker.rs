//! Speech that a session asked for, turned into encoded chunks a step at a time.
//!
//! Joins `wire`, which says what is spoken, and `audio`, which knows how it sounds.

use audio::{Encoder, Encoding, Format, Signal, Span, Synthesis, Unit, Utterance, WavSizes};
use bytes::Bytes;
use wire::audio::{AudioFormat, Encoding as Wanted, Endian};
use wire::speech::{Chunking, Interval, Plan, Speech, SpeechEvent};

/// How much sound one step makes at most; a step must not hold up other sessions.
const STEP_MS: u32 = 200;

/// How long a text without words lasts.
const MUTE_MS: u32 = 100;

/// Whether `format` can be made as what it says it is.
pub(crate) fn can_encode(format: &AudioFormat) -> bool {
    encoding_of(format).check().is_ok()
}

/// One speech in the making.
pub(crate) struct Speaker {
    synthesis: Synthesis,
    encoder: Encoder,
    rate_hz: u32,
    total: u64,
    done: u64,
    step: Vec<i16>,
    chunk_samples: u64,
    chunk_end: u64,
    pending: Vec<u8>,
    plan: Option<Plan>,
    finished: bool,
}

impl Speaker {
    /// Prepares a speech. `None` if its format cannot be made, which sessions ask beforehand.
    pub(crate) fn new(speech: &Speech) -> Option<Self> {
        let rate_hz = speech.format.rate_hz;
        let synthesis = Synthesis::new(&utterance_of(speech), rate_hz, Signal::default());
        let timeline = synthesis.timeline();
        let total = timeline.total_samples;
        let plan = plan_of(timeline.words.as_slice(), &timeline.marks, total, rate_hz);
        let encoder = Encoder::new(encoding_of(&speech.format), total).ok()?;
        let samples_of = |ms: u32| u64::from(ms) * u64::from(rate_hz) / 1000;
        let chunk_samples = match speech.chunking {
            Chunking::Millis(ms) => samples_of(ms).max(1),
            Chunking::Whole => u64::MAX,
        };
        let step = usize::try_from(samples_of(STEP_MS)).unwrap_or(1).max(1);
        Some(Self {
            synthesis,
            encoder,
            rate_hz,
            total,
            done: 0,
            step: vec![0; step],
            chunk_samples,
            chunk_end: chunk_samples,
            pending: Vec::new(),
            plan: Some(plan),
            finished: false,
        })
    }

    /// Whether everything has been said.
    pub(crate) const fn is_finished(&self) -> bool {
        self.finished
    }

    /// Does a bounded piece of work. `None` means that more steps are needed, or that all is done.
    pub(crate) fn step(&mut self) -> Option<SpeechEvent> {
        if let Some(plan) = self.plan.take() {
            return Some(SpeechEvent::Planned(plan));
        }
        if self.finished {
            return None;
        }
        let room = usize::try_from(self.chunk_end - self.done).unwrap_or(usize::MAX);
        let length = self.step.len().min(room);
        let piece = self.step.get_mut(..length).unwrap_or_default();
        let made = self.synthesis.read(piece);
        self.encoder
            .push(piece.get(..made).unwrap_or_default(), &mut self.pending);
        self.done += u64::try_from(made).unwrap_or_default();
        let ended = made == 0 || self.done >= self.total;
        if ended {
            self.encoder.finish(&mut self.pending);
            self.finished = true;
        } else if self.done < self.chunk_end {
            return None;
        }
        self.chunk_end = self.done.saturating_add(self.chunk_samples);
        // An encoder that has nothing ready yet, or a whole chunk still in its delay line,
        // gives its bytes to the next chunk: no chunk is empty.
        if self.pending.is_empty() && !ended {
            return None;
        }
        Some(SpeechEvent::Audio {
            bytes: Bytes::from(std::mem::take(&mut self.pending)),
            until_us: microseconds(self.done, self.rate_hz),
            last: ended,
        })
    }
}

fn utterance_of(speech: &Speech) -> Utterance {
    let units = speech.units.iter().map(|unit| match unit {
        wire::speech::Unit::Word {
            text,
            speed_permille,
        } => Unit::Word {
            text: text.clone(),
            speed_permille: *speed_permille,
        },
        wire::speech::Unit::Pause { ms } => Unit::Pause { ms: *ms },
        wire::speech::Unit::Mark(_) => Unit::Mark,
        wire::speech::Unit::SentenceEnd => Unit::SentenceEnd,
    });
    let units: Vec<Unit> = units.collect();
    // Punctuation alone is heard as a short silence: no format has a chunk of nothing.
    let is_mute = !units
        .iter()
        .any(|unit| matches!(unit, Unit::Word { .. } | Unit::Pause { ms: 1.. }));
    let least_ms = if is_mute { MUTE_MS } else { 0 };
    Utterance {
        units,
        voice: speech.voice.clone(),
        speed_permille: speech.speed_permille,
        pitch_permille: speech.pitch_permille,
        volume_permille: speech.volume_permille,
        trailing_silence_ms: speech.trailing_silence_ms.max(least_ms),
    }
}

const fn encoding_of(format: &AudioFormat) -> Encoding {
    let wanted = match format.encoding {
        Wanted::Pcm(Endian::Little) => Format::Pcm(audio::Endian::Little),
        Wanted::Pcm(Endian::Big) => Format::Pcm(audio::Endian::Big),
        Wanted::Wav => Format::Wav(WavSizes::Exact),
        Wanted::Mulaw => Format::Mulaw,
        Wanted::Alaw => Format::Alaw,
        Wanted::Flac => Format::Flac,
        Wanted::Mp3(bitrate_kbps) => Format::Mp3 { bitrate_kbps },
        Wanted::OggOpus => Format::OggOpus,
        Wanted::WebmOpus => Format::WebmOpus,
    };
    Encoding {
        format: wanted,
        rate_hz: format.rate_hz,
    }
}

fn plan_of(words: &[Span], marks: &[u64], total: u64, rate_hz: u32) -> Plan {
    Plan {
        words: words
            .iter()
            .map(|span| Interval {
                start_us: microseconds(span.start, rate_hz),
                end_us: microseconds(span.end, rate_hz),
            })
            .collect(),
        marks_us: marks
            .iter()
            .map(|mark| microseconds(*mark, rate_hz))
            .collect(),
        total_us: microseconds(total, rate_hz),
    }
}

fn microseconds(samples: u64, rate_hz: u32) -> u64 {
    samples.saturating_mul(1_000_000) / u64::from(rate_hz.max(1))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn speech(encoding: Wanted, rate_hz: u32, chunking: Chunking) -> Speech {
        Speech {
            units: wire::speech::units_of("one two three four"),
            voice: "anna".to_owned(),
            speed_permille: 1000,
            pitch_permille: 1000,
            volume_permille: 1000,
            trailing_silence_ms: 0,
            format: AudioFormat { encoding, rate_hz },
            chunking,
        }
    }

    fn say(speech: &Speech) -> (Plan, Vec<(Bytes, u64, bool)>) {
        let mut speaker = Speaker::new(speech).unwrap();
        let (mut plan, mut chunks) = (None, Vec::new());
        while !speaker.is_finished() {
            match speaker.step() {
                Some(SpeechEvent::Planned(planned)) => plan = Some(planned),
                Some(SpeechEvent::Audio {
                    bytes,
                    until_us,
                    last,
                }) => chunks.push((bytes, until_us, last)),
                None => {}
            }
        }
        (plan.unwrap(), chunks)
    }

    #[rstest]
    #[case::pcm(Wanted::Pcm(Endian::Little), 16_000)]
    #[case::flac(Wanted::Flac, 22_050)]
    #[case::mp3(Wanted::Mp3(None), 24_000)]
    #[case::ogg(Wanted::OggOpus, 48_000)]
    #[case::webm(Wanted::WebmOpus, 48_000)]
    fn chunks_are_never_empty_and_the_last_says_so(#[case] wanted: Wanted, #[case] rate: u32) {
        let (plan, chunks) = say(&speech(wanted, rate, Chunking::Millis(20)));
        assert!(chunks.iter().all(|(bytes, _, _)| !bytes.is_empty()));
        let (last, before) = chunks.split_last().unwrap();
        assert!(last.2);
        assert!(before.iter().all(|(_, _, last)| !last));
        assert_eq!(last.1, plan.total_us);
        assert_eq!(plan.words.len(), 4);
    }

    #[test]
    fn chunking_does_not_change_the_sound() {
        let join = |chunking| -> Vec<u8> {
            let (_, chunks) = say(&speech(Wanted::Wav, 16_000, chunking));
            chunks
                .iter()
                .flat_map(|(bytes, _, _)| bytes.to_vec())
                .collect()
        };
        let whole = join(Chunking::Whole);
        assert_eq!(join(Chunking::Millis(7)), whole);
        assert_eq!(join(Chunking::Millis(1000)), whole);
    }
}
