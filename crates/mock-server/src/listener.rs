//! Audio that a session asked to have recognised, turned into events as it arrives.
//!
//! There is no speech recogniser inside. Where voice is comes from the energy of the sound;
//! what was said comes from the transcripts that the user gave, in order, and when there are
//! none left from a description of the audio that arrived.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use audio::vad::Change;
use audio::{Decoder, SampleFormat, Vad, wav};
use wire::audio::{Encoding, Endian};
use wire::hearing::{
    Endpointing, HeardEvent, HeardWord, Interim, Listen, Punctuation, Segment, Segmentation,
};
use wire::speech::{Unit, units_of};

/// How much more sound an interim result is worth.
const INTERIM_MS: u64 = 300;

/// Gaps shorter than this do not divide the sound of a description, in milliseconds.
const PHRASE_GAP_MS: u32 = 200;

/// How many stretches of voice a description tells of.
const SPANS: usize = 8;

/// Texts that recognition answers, taken in order by all sessions of a lane.
pub(crate) type Script = Arc<Mutex<VecDeque<String>>>;

/// One recognition.
pub(crate) struct Listener {
    listen: Listen,
    script: Script,
    header: wav::Reader,
    decoder: Decoder,
    vad: Vad,
    rate_hz: u32,
    samples: u64,
    phrase: Option<Phrase>,
    /// Where the audio begins that no result covers yet.
    since_ms: u64,
    voiced_ms: u64,
    /// The stretches of voice that have ended, as far as a description tells of them.
    spans: Vec<(u64, u64)>,
    span_count: u32,
    span_start: u64,
    over: bool,
}

/// Voice that has begun and not ended.
struct Phrase {
    start_ms: u64,
    text: Option<String>,
    shown_words: usize,
    shown_at_ms: u64,
}

impl Listener {
    /// A recognition at its start.
    pub(crate) fn new(listen: Listen, script: Script) -> Self {
        let rate_hz = listen.format.rate_hz;
        let format = match listen.format.encoding {
            Encoding::Mulaw => SampleFormat::Mulaw,
            Encoding::Alaw => SampleFormat::Alaw,
            Encoding::Pcm(Endian::Big) => SampleFormat::Pcm(audio::Endian::Big),
            _ => SampleFormat::Pcm(audio::Endian::Little),
        };
        let hangover = match listen.segmentation {
            Segmentation::Whole => PHRASE_GAP_MS,
            Segmentation::FirstSentence(end) | Segmentation::EverySentence(end) => end.tail_ms,
        };
        Self {
            listen,
            script,
            header: wav::Reader::new(),
            decoder: Decoder::new(format),
            vad: Vad::with_hangover(rate_hz, hangover),
            rate_hz,
            samples: 0,
            phrase: None,
            since_ms: 0,
            voiced_ms: 0,
            spans: Vec::new(),
            span_count: 0,
            span_start: 0,
            over: false,
        }
    }

    /// Takes audio and tells what it made known.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> Vec<HeardEvent> {
        if self.over {
            return Vec::new();
        }
        let mut raw = Vec::new();
        // A header that turns out to be broken is sound like any other.
        if self.header.push(bytes, &mut raw).is_err() {
            raw.extend_from_slice(bytes);
        }
        self.recognise(&raw)
    }

    /// Takes note that no more audio comes: the rest is recognised, then [`HeardEvent::Done`].
    pub(crate) fn finish(&mut self) -> Vec<HeardEvent> {
        let mut events = Vec::new();
        if !self.over {
            let mut raw = Vec::new();
            self.header.finish(&mut raw);
            events = self.recognise(&raw);
            let mut changes = Vec::new();
            self.vad.finish(&mut changes);
            for change in changes {
                self.change(change, &mut events);
            }
            if self.listen.segmentation == Segmentation::Whole && self.samples > 0 && !self.over {
                self.end_whole(&mut events);
            }
        }
        events.push(HeardEvent::Done);
        events
    }

    fn recognise(&mut self, raw: &[u8]) -> Vec<HeardEvent> {
        let mut samples = Vec::new();
        self.decoder.push(raw, &mut samples);
        let mut events = Vec::new();
        // Limits and interim results are looked at every 100 ms of sound, wherever the client
        // cuts it, so that one large message gives the same events as many small ones.
        let step = u64::from(self.rate_hz / 10).max(1);
        let mut rest = samples.as_slice();
        while !rest.is_empty() && !self.over {
            let missing = usize::try_from(step - self.samples % step).unwrap_or(1);
            let (piece, after) = rest.split_at(missing.min(rest.len()));
            rest = after;
            self.samples += u64::try_from(piece.len()).unwrap_or_default();
            let mut changes = Vec::new();
            self.vad.push(piece, &mut changes);
            for change in changes {
                self.change(change, &mut events);
            }
            if self.samples.is_multiple_of(step) {
                self.watch_limits(&mut events);
                self.show_interim(&mut events);
            }
        }
        events
    }

    fn change(&mut self, change: Change, events: &mut Vec<HeardEvent>) {
        if self.over {
            return;
        }
        match change {
            Change::Start { at_ms } => self.voice_starts(at_ms, events),
            Change::End { at_ms } => self.voice_ends(at_ms, events),
        }
    }

    fn voice_starts(&mut self, at_ms: u64, events: &mut Vec<HeardEvent>) {
        self.span_count += 1;
        self.span_start = at_ms;
        if self.phrase.is_none() {
            self.phrase = Some(Phrase {
                start_ms: at_ms,
                text: None,
                shown_words: 0,
                shown_at_ms: at_ms,
            });
        }
        if let Segmentation::FirstSentence(_) = self.listen.segmentation {
            let at_ms = short(at_ms);
            events.push(HeardEvent::VoiceStart { at_ms });
        }
    }

    fn voice_ends(&mut self, at_ms: u64, events: &mut Vec<HeardEvent>) {
        let Some(phrase) = &self.phrase else {
            return;
        };
        self.voiced_ms += at_ms.saturating_sub(phrase.start_ms.max(self.since_ms));
        if self.spans.len() < SPANS {
            self.spans.push((self.span_start, at_ms));
        }
        match self.listen.segmentation {
            // The phrase goes on: one result covers all phrases.
            Segmentation::Whole => self.since_ms = at_ms,
            Segmentation::FirstSentence(_) => {
                let heard_ms = short(self.elapsed_ms());
                events.push(HeardEvent::VoiceEnd { at_ms: heard_ms });
                self.end_phrase(at_ms, events);
                self.over = true;
            }
            Segmentation::EverySentence(_) => self.end_phrase(at_ms, events),
        }
    }

    /// Forces the ends that time decides: too much silence before speech, too much speech.
    fn watch_limits(&mut self, events: &mut Vec<HeardEvent>) {
        let now = self.elapsed_ms();
        let (Segmentation::FirstSentence(limits) | Segmentation::EverySentence(limits)) =
            self.listen.segmentation
        else {
            return;
        };
        let Endpointing {
            head_ms,
            longest_ms,
            ..
        } = limits;
        match &self.phrase {
            Some(phrase) if now.saturating_sub(phrase.start_ms) >= longest_ms.into() => {
                let end = phrase.start_ms + u64::from(longest_ms);
                let one = matches!(self.listen.segmentation, Segmentation::FirstSentence(_));
                if one {
                    events.push(HeardEvent::VoiceEnd { at_ms: short(end) });
                }
                self.end_phrase(end, events);
                self.over = one;
                if !one && self.vad.is_voiced() {
                    self.voice_starts(end, events);
                }
            }
            None if now.saturating_sub(self.since_ms) >= head_ms.into() => {
                let at_ms = short(self.since_ms + u64::from(head_ms));
                self.since_ms = now;
                events.push(HeardEvent::TooMuchSilence { at_ms });
                self.over = matches!(self.listen.segmentation, Segmentation::FirstSentence(_));
            }
            _ => {}
        }
    }

    fn show_interim(&mut self, events: &mut Vec<HeardEvent>) {
        let now = self.elapsed_ms();
        if self.listen.interim == Interim::Off || self.over {
            return;
        }
        let Some(mut phrase) = self.phrase.take() else {
            return;
        };
        if self.vad.is_voiced() && now >= phrase.shown_at_ms + INTERIM_MS {
            let text = match &phrase.text {
                Some(text) => text.clone(),
                None => self.next_text(&phrase, now),
            };
            let words = self.words_of(&text);
            phrase.shown_at_ms = now;
            // The last word is kept for the final result.
            if phrase.shown_words + 1 < words.len() {
                phrase.shown_words += 1;
                let shown = words.get(..phrase.shown_words).unwrap_or_default();
                let segment = self.segment(shown, phrase.start_ms, now);
                events.push(HeardEvent::Interim(segment));
            }
            phrase.text = Some(text);
        }
        self.phrase = Some(phrase);
    }

    fn end_phrase(&mut self, end_ms: u64, events: &mut Vec<HeardEvent>) {
        let Some(mut phrase) = self.phrase.take() else {
            return;
        };
        let text = match phrase.text.take() {
            Some(text) if !text.ends_with(UNFINISHED) => text,
            Some(_) | None => self.next_text(&phrase, end_ms),
        };
        let text = text.replace(UNFINISHED, &format!(" to {}", seconds(end_ms)));
        let words = self.words_of(&text);
        let segment = self.segment(&words, phrase.start_ms, end_ms);
        events.push(HeardEvent::Final(segment));
        self.since_ms = end_ms;
    }

    /// The one result of a recognition that has no sentences.
    fn end_whole(&mut self, events: &mut Vec<HeardEvent>) {
        let length_ms = self.samples * 1000 / u64::from(self.rate_hz.max(1));
        let phrase = self.phrase.take();
        let scripted = match phrase.as_ref().and_then(|phrase| phrase.text.clone()) {
            Some(text) if !text.ends_with(UNFINISHED) => Some(text),
            _ => self.script_text(),
        };
        let text = scripted.unwrap_or_else(|| self.description(length_ms));
        let start_ms = phrase.map_or(0, |phrase| phrase.start_ms);
        let end_ms = if self.span_count == 0 {
            length_ms
        } else {
            self.since_ms
        };
        let words = self.words_of(&text);
        let segment = self.segment(&words, start_ms, end_ms);
        events.push(HeardEvent::Final(segment));
        self.over = true;
    }

    /// What can be said of all the audio: its length, its rate, and where voice is in it.
    fn description(&self, length_ms: u64) -> String {
        let count = match self.span_count {
            0 => "no voiced segment".to_owned(),
            1 => "1 voiced segment".to_owned(),
            n => format!("{n} voiced segments"),
        };
        let mut spans: Vec<String> = Vec::new();
        for (start, end) in &self.spans {
            spans.push(format!("{} to {}", seconds(*start), seconds(*end)));
        }
        let length = seconds(length_ms);
        let rate = self.rate_hz;
        if spans.is_empty() {
            format!("audio of {length} at {rate} Hz, {count}")
        } else {
            let spans = spans.join(", ");
            format!("audio of {length} at {rate} Hz, {count}: {spans}")
        }
    }

    /// The next text of the script, or what can be said of the phrase so far.
    fn next_text(&self, phrase: &Phrase, now: u64) -> String {
        let described = || {
            let begins = format!(
                "speech at {} Hz from {}",
                self.rate_hz,
                seconds(phrase.start_ms)
            );
            if self.vad.is_voiced() && now == self.elapsed_ms() {
                format!("{begins}{UNFINISHED}")
            } else {
                format!("{begins} to {}", seconds(now))
            }
        };
        self.script_text().unwrap_or_else(described)
    }

    fn script_text(&self) -> Option<String> {
        self.script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    fn words_of(&self, text: &str) -> Vec<String> {
        let words = units_of(text).into_iter().filter_map(|unit| match unit {
            Unit::Word { text, .. } => Some(text),
            Unit::Pause { .. } | Unit::Mark(_) | Unit::SentenceEnd => None,
        });
        let bare = |word: String| match self.listen.punctuation {
            Punctuation::Keep => word,
            Punctuation::Strip => strip_punctuation(&word),
        };
        words.map(bare).filter(|word| !word.is_empty()).collect()
    }

    /// A result whose words share its time equally.
    fn segment(&self, words: &[String], start_ms: u64, end_ms: u64) -> Segment {
        let count = u64::try_from(words.len()).unwrap_or(1).max(1);
        let length = end_ms.saturating_sub(start_ms);
        let at = |index: usize| {
            let index = u64::try_from(index).unwrap_or_default();
            short(start_ms + length * index / count)
        };
        let timed = words.iter().enumerate().map(|(index, text)| HeardWord {
            text: text.clone(),
            start_ms: at(index),
            end_ms: at(index + 1),
        });
        Segment {
            start_ms: short(start_ms),
            end_ms: short(end_ms),
            text: join(words),
            words: timed.collect(),
            score_permille: self.score(),
        }
    }

    /// The share of voice in the audio, between one half and one.
    fn score(&self) -> u32 {
        let elapsed = self.elapsed_ms().max(1);
        let voiced = self.voiced_ms.min(elapsed);
        500 + short(voiced * 499 / elapsed)
    }

    fn elapsed_ms(&self) -> u64 {
        self.vad.elapsed_ms()
    }
}

/// Stands in an interim description where the end of the speech will be told.
const UNFINISHED: &str = " …";

/// Words as a text: ideographs stand side by side, other words have spaces between them.
fn join(words: &[String]) -> String {
    let mut text = String::new();
    for word in words {
        let apart = match (text.chars().last(), word.chars().next()) {
            (Some(before), Some(after)) => !is_dense(before) && !is_dense(after),
            _ => false,
        };
        if apart {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// Characters that are written without spaces around them: ideographs and their punctuation.
const fn is_dense(character: char) -> bool {
    wire::speech::is_ideograph(character)
        || matches!(character, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff65}')
}

fn strip_punctuation(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

fn seconds(ms: u64) -> String {
    format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
}

fn short(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
