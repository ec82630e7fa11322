//! Speech that a session asked for, turned into encoded chunks a step at a time.
//!
//! Joins `wire`, which says what is spoken, and `audio`, which knows how it sounds.

use audio::{Encoder, Encoding, Format, Span, Synthesis, Timeline, Unit, Utterance};
use bytes::Bytes;
use wire::audio::{AudioFormat, Encoding as Wanted, Endian};
use wire::speech::{Chunking, Interval, Plan, Speech, SpeechEvent};

use crate::sound::{Containers, Cuts, Keeper, Playback, Replay, SessionSound, Shape, SoundOptions};

/// How much sound one step makes at most; a step must not hold up other sessions.
const STEP_MS: u32 = 200;

/// How long a text without words lasts.
const MUTE_MS: u32 = 100;

/// Whether `format` can be made as what it says it is.
pub(crate) fn can_encode(format: &AudioFormat) -> bool {
    encoding_of(format, &SoundOptions::default(), Shape::default())
        .check()
        .is_ok()
}

/// One speech: in the making, or as it was made before.
pub(crate) enum Speaker {
    /// It is being made.
    Made(Box<Made>),
    /// It was made before.
    Replayed(Replay),
}

/// One speech in the making.
pub(crate) struct Made {
    source: Source,
    encoder: Encoder,
    encoding: Encoding,
    shape: Shape,
    rate_hz: u32,
    /// How many samples are said.
    end: u64,
    done: u64,
    step: Vec<i16>,
    cuts: Cuts,
    chunk_end: u64,
    pending: Vec<u8>,
    plan: Option<Plan>,
    finished: bool,
    keeper: Option<Keeper>,
}

/// Where the samples come from.
enum Source {
    Synthesis(Box<Synthesis>),
    File(Box<Playback>),
}

impl Source {
    /// The sound of a speech, with its timeline.
    fn new(speech: &Speech, sound: SessionSound<'_>) -> (Self, Timeline) {
        let utterance = utterance_of(speech);
        let rate_hz = speech.format.rate_hz;
        let Some(file) = sound.file_for(speech) else {
            let synthesis = Synthesis::new(&utterance, rate_hz, sound.options.signal);
            let timeline = synthesis.timeline().clone();
            return (Self::Synthesis(Box::new(synthesis)), timeline);
        };
        let silence_samples = samples_of(speech.trailing_silence_ms, rate_hz);
        let spoken = Playback::samples(file, rate_hz).max(samples_of(MUTE_MS, rate_hz));
        let playback = Playback::new(file, rate_hz);
        let timeline = stretched(&utterance, rate_hz, spoken, silence_samples);
        let padding = timeline.total_samples - Playback::samples(file, rate_hz);
        (
            Self::File(Box::new(playback.followed_by(padding))),
            timeline,
        )
    }

    fn read(&mut self, out: &mut [i16]) -> usize {
        match self {
            Self::Synthesis(synthesis) => synthesis.read(out),
            Self::File(playback) => playback.read(out),
        }
    }
}

/// The times that the words would have had, stretched to the length of a file.
fn stretched(utterance: &Utterance, rate_hz: u32, spoken: u64, silence: u64) -> Timeline {
    let utterance = Utterance {
        trailing_silence_ms: 0,
        ..utterance.clone()
    };
    let mut timeline = Timeline::new(&utterance, rate_hz);
    let nominal = u128::from(timeline.total_samples.max(1));
    let stretch = |at: u64| {
        let at = u128::from(at) * u128::from(spoken) / nominal;
        u64::try_from(at).unwrap_or(spoken)
    };
    for span in &mut timeline.words {
        (span.start, span.end) = (stretch(span.start), stretch(span.end));
    }
    for mark in &mut timeline.marks {
        *mark = stretch(*mark);
    }
    timeline.total_samples = spoken + silence;
    timeline
}

fn samples_of(ms: u32, rate_hz: u32) -> u64 {
    u64::from(ms) * u64::from(rate_hz) / 1000
}

impl Speaker {
    /// Prepares a speech. `None` if its format cannot be made, which sessions ask beforehand.
    pub(crate) fn new(speech: &Speech, sound: SessionSound<'_>) -> Option<Self> {
        let known = sound.is_repeatable().then(|| sound.kept.find(speech));
        match known.flatten() {
            Some(replay) => Some(Self::Replayed(replay)),
            None => {
                let made = Made::new(speech, sound, Shape::default())?;
                Some(Self::Made(Box::new(made)))
            }
        }
    }

    /// The same in a shape that faults have chosen; it is not remembered.
    pub(crate) fn shaped(speech: &Speech, sound: SessionSound<'_>, shape: Shape) -> Option<Self> {
        if shape == Shape::default() {
            return Self::new(speech, sound);
        }
        let mut made = Made::new(speech, sound, shape)?;
        made.keeper = None;
        Some(Self::Made(Box::new(made)))
    }

    /// Whether everything has been said.
    pub(crate) fn is_finished(&self) -> bool {
        match self {
            Self::Made(made) => made.finished,
            Self::Replayed(replay) => replay.is_finished(),
        }
    }

    /// Does a bounded piece of work. `None` means that more steps are needed, or that all is done.
    pub(crate) fn step(&mut self) -> Option<SpeechEvent> {
        match self {
            Self::Made(made) => {
                let event = made.step()?;
                made.keeper = made.keeper.take().and_then(|keeper| keeper.note(&event));
                Some(event)
            }
            Self::Replayed(replay) => replay.next(),
        }
    }
}

impl Made {
    fn new(speech: &Speech, sound: SessionSound<'_>, shape: Shape) -> Option<Self> {
        let rate_hz = speech.format.rate_hz;
        let (source, timeline) = Source::new(speech, sound);
        let total = timeline.total_samples;
        let plan = plan_of(timeline.words.as_slice(), &timeline.marks, total, rate_hz);
        let encoding = encoding_of(&speech.format, sound.options, shape);
        let chunk_samples = match speech.chunking {
            Chunking::Millis(ms) => samples_of(ms, rate_hz).max(1),
            Chunking::Whole => u64::MAX,
        };
        let mut cuts = Cuts::new(chunk_samples, sound);
        let chunk_end = cuts.next_samples();
        let cut = samples_of(shape.cut_tail_ms, rate_hz);
        let end = total.saturating_sub(cut).max(1).min(total);
        let first = match shape.containers {
            Containers::One => total,
            Containers::EachChunk => chunk_end.min(end),
        };
        let mut pending = Vec::new();
        let encoder = begin(encoding, shape, first, &mut pending)?;
        let step = usize::try_from(samples_of(STEP_MS, rate_hz))
            .unwrap_or(1)
            .max(1);
        Some(Self {
            source,
            encoder,
            encoding,
            shape,
            rate_hz,
            end,
            done: 0,
            step: vec![0; step],
            cuts,
            chunk_end,
            pending,
            plan: Some(plan),
            finished: false,
            keeper: sound
                .is_repeatable()
                .then(|| Keeper::new(sound.kept, speech)),
        })
    }

    fn step(&mut self) -> Option<SpeechEvent> {
        if let Some(plan) = self.plan.take() {
            return Some(SpeechEvent::Planned(plan));
        }
        if self.finished {
            return None;
        }
        let room = usize::try_from(self.chunk_end.min(self.end) - self.done).unwrap_or(usize::MAX);
        let length = self.step.len().min(room);
        let piece = self.step.get_mut(..length).unwrap_or_default();
        let made = self.source.read(piece);
        self.encoder
            .push(piece.get(..made).unwrap_or_default(), &mut self.pending);
        self.done += u64::try_from(made).unwrap_or_default();
        let ended = made == 0 || self.done >= self.end;
        if ended {
            self.encoder.finish(&mut self.pending);
            self.finished = true;
        } else if self.done < self.chunk_end {
            return None;
        }
        self.chunk_end = self.done.saturating_add(self.cuts.next_samples());
        if self.shape.containers == Containers::EachChunk && !ended {
            return Some(self.whole_container());
        }
        // An encoder that has nothing ready yet, or a whole chunk still in its delay line,
        // gives its bytes to the next chunk: no chunk is empty.
        if self.pending.is_empty() && !ended {
            return None;
        }
        Some(SpeechEvent::Audio {
            bytes: Bytes::from(self.cuts.take(&mut self.pending, ended)),
            until_us: microseconds(self.done, self.rate_hz),
            last: ended,
        })
    }

    /// Ends the container with this chunk, and begins the next one.
    fn whole_container(&mut self) -> SpeechEvent {
        self.encoder.finish(&mut self.pending);
        let bytes = std::mem::take(&mut self.pending);
        let samples = self.chunk_end.min(self.end) - self.done;
        let next = begin(self.encoding, self.shape, samples, &mut self.pending);
        if let Some(next) = next {
            self.encoder = next;
        }
        SpeechEvent::Audio {
            bytes: bytes.into(),
            until_us: microseconds(self.done, self.rate_hz),
            last: false,
        }
    }
}

/// An encoder for so many samples; what precedes its stream goes to `out`. `None` if the format
/// cannot be made.
fn begin(encoding: Encoding, shape: Shape, samples: u64, out: &mut Vec<u8>) -> Option<Encoder> {
    let encoder = Encoder::new(encoding, samples).ok()?;
    let is_mp3 = matches!(encoding.format, Format::Mp3 { .. });
    if shape.containers == Containers::EachChunk && is_mp3 {
        out.extend_from_slice(audio::spoil::ID3);
    }
    Some(match shape.opus_frames {
        0 => encoder,
        frames => encoder.with_opus_frames(frames),
    })
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

const fn encoding_of(format: &AudioFormat, options: &SoundOptions, shape: Shape) -> Encoding {
    let wanted = match format.encoding {
        Wanted::Wav if shape.is_wav_wide => Format::WideWav,
        Wanted::Pcm(Endian::Little) => Format::Pcm(audio::Endian::Little),
        Wanted::Pcm(Endian::Big) => Format::Pcm(audio::Endian::Big),
        Wanted::Wav if options.wav_list => Format::WavList(options.wav_sizes),
        Wanted::Wav => Format::Wav(options.wav_sizes),
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
    use audio::WavSizes;
    use rstest::rstest;

    use super::*;
    use std::sync::Arc;

    use crate::sound::{KeptSpeech, SpokenFile};

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
        say_with(speech, &SoundOptions::default())
    }

    fn say_with(speech: &Speech, options: &SoundOptions) -> (Plan, Vec<(Bytes, u64, bool)>) {
        say_once(speech, options, &Arc::default())
    }

    fn say_once(
        speech: &Speech,
        options: &SoundOptions,
        kept: &Arc<KeptSpeech>,
    ) -> (Plan, Vec<(Bytes, u64, bool)>) {
        let sound = SessionSound {
            options,
            seed: 5,
            kept,
        };
        let mut speaker = Speaker::new(speech, sound).unwrap();
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

    #[rstest]
    #[case::pcm(Wanted::Pcm(Endian::Little), 16_000)]
    #[case::mp3(Wanted::Mp3(None), 24_000)]
    #[case::ogg(Wanted::OggOpus, 48_000)]
    fn a_speech_asked_for_again_is_the_same(#[case] wanted: Wanted, #[case] rate: u32) {
        let (options, kept) = (SoundOptions::default(), Arc::default());
        let speech = speech(wanted, rate, Chunking::Millis(130));
        let made = say_once(&speech, &options, &kept);
        assert!(kept.find(&speech).is_some());
        assert_eq!(say_once(&speech, &options, &kept), made);
        let louder = Speech {
            volume_permille: 500,
            ..speech.clone()
        };
        assert!(kept.find(&louder).is_none());
    }

    #[test]
    fn a_speech_whose_cuts_are_drawn_is_not_kept() {
        let options = SoundOptions {
            chunk_jitter_percent: 20,
            ..SoundOptions::default()
        };
        let speech = speech(Wanted::Pcm(Endian::Little), 16_000, Chunking::Millis(100));
        let kept = Arc::default();
        say_once(&speech, &options, &kept);
        assert!(kept.find(&speech).is_none());
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

    #[test]
    fn jitter_and_odd_cuts_do_not_change_the_sound() {
        let speech = speech(Wanted::Pcm(Endian::Little), 16_000, Chunking::Millis(100));
        let joined = |chunks: &[(Bytes, u64, bool)]| -> Vec<u8> {
            chunks
                .iter()
                .flat_map(|(bytes, _, _)| bytes.to_vec())
                .collect()
        };
        let lengths = |chunks: &[(Bytes, u64, bool)]| -> Vec<usize> {
            chunks.iter().map(|(bytes, _, _)| bytes.len()).collect()
        };
        let (_, plain) = say(&speech);
        let options = SoundOptions {
            chunk_jitter_percent: 20,
            odd_cuts: true,
            ..SoundOptions::default()
        };
        let (_, cut) = say_with(&speech, &options);
        assert_eq!(joined(&cut), joined(&plain));
        assert_eq!(lengths(&say_with(&speech, &options).1), lengths(&cut));
        let mut end = 0;
        for (n, length) in lengths(&cut).into_iter().enumerate() {
            end += length;
            let is_last = n + 1 == cut.len();
            assert!(
                is_last || (end % 2 == 1 && (2550..=3850).contains(&length)),
                "{length}"
            );
        }
        assert!(
            lengths(&cut)
                .iter()
                .any(|length| length.abs_diff(3200) > 50)
        );
    }

    #[rstest]
    #[case::exact(WavSizes::Exact, false, 44)]
    #[case::list(WavSizes::Zero, true, 78)]
    fn wav_headers_are_as_chosen(
        #[case] wav_sizes: WavSizes,
        #[case] wav_list: bool,
        #[case] bytes: usize,
    ) {
        let options = SoundOptions {
            wav_sizes,
            wav_list,
            ..SoundOptions::default()
        };
        let (_, chunks) = say_with(&speech(Wanted::Wav, 8000, Chunking::Whole), &options);
        assert_eq!(chunks[0].0.len(), 44 + 4 * 500 * 16 + bytes - 44);
    }

    #[test]
    fn a_file_is_spoken_for_its_text_and_voice() {
        let pcm: Vec<i16> = (0..16_000)
            .map(|n| i16::try_from(n % 100).unwrap() * 50)
            .collect();
        let file = |text: Option<&str>, voice: Option<&str>| SpokenFile {
            text: text.map(str::to_owned),
            voice: voice.map(str::to_owned),
            pcm: pcm.clone().into(),
            rate_hz: 16_000,
        };
        let spoken = |file, rate_hz| {
            let options = SoundOptions {
                files: vec![file],
                ..SoundOptions::default()
            };
            let (plan, chunks) = say_with(
                &speech(Wanted::Pcm(Endian::Little), rate_hz, Chunking::Millis(90)),
                &options,
            );
            let bytes: usize = chunks.iter().map(|(bytes, _, _)| bytes.len()).sum();
            (plan, bytes)
        };
        for right in [
            file(Some("one  two three four"), None),
            file(None, Some("anna")),
            file(Some("one two three four"), Some("anna")),
        ] {
            let (plan, bytes) = spoken(right, 8000);
            assert_eq!(
                (plan.total_us, bytes, plan.words.len()),
                (1_000_000, 16_000, 4)
            );
            assert_eq!(plan.words[3].end_us, 1_000_000);
        }
        for wrong in [
            file(Some("one two three five"), None),
            file(None, Some("otto")),
            file(Some("one two three four"), Some("otto")),
        ] {
            assert_eq!(spoken(wrong, 16_000).0.total_us, 2_000_000);
        }
    }
}
