//! Audio that a session asked to have recognised, turned into events as it arrives.
//!
//! ```text
//! bytes ─▶ header off ─▶ samples ─▶ frames of 10 ms ─┬─▶ Hearer    words in our own sound
//!                                                    ├─▶ Voice     where voice is
//!                                                    └─▶ Following recordings with a text
//! text of a result: script > words > recording > description
//! ```
//!
//! There is no speech recogniser inside. Everything is looked at once per whole frame, wherever
//! the client cuts its audio, so that any cut gives the same events.

mod describe;
mod phrase;
mod recording;
mod source;
mod text;
mod voice;

use audio::vad::Change;
use audio::{Decoder, Hearer, SampleFormat, wav};
use wire::audio::{Encoding, Endian};
use wire::hearing::{Endpointing, HeardEvent, Interim, Listen, Segmentation};

use self::describe::Spans;
use self::phrase::{Phrase, Said};
use self::recording::Following;
use self::source::next_of;
use self::voice::Voice;

pub use self::recording::Recording;
pub(crate) use self::source::{Note, Recognition, Script, Source};

/// How much more sound an interim result is worth that does not come from words in it.
const INTERIM_MS: u64 = 300;

/// How often limits and such results are looked at.
const LOOK_MS: u64 = 100;

/// So much voice in which nothing is read may be described before it ends: no word of ours takes
/// so long, so a description never comes before the first word.
const UNREAD_MS: u64 = 2000;

/// Gaps shorter than this do not divide the sound of a description, in milliseconds.
const PHRASE_GAP_MS: u32 = 200;

/// One recognition.
pub(crate) struct Listener {
    listen: Listen,
    script: Script,
    header: wav::Reader,
    decoder: Decoder,
    rate_hz: u32,
    /// Samples that are no whole frame yet, and how many came before them.
    rest: Vec<i16>,
    samples: u64,
    hearer: Hearer,
    /// How many of its words have been dealt with.
    words: usize,
    voice: Voice,
    following: Following,
    phrase: Option<Phrase>,
    /// Where the audio begins that no result covers yet.
    since_ms: u64,
    voiced_ms: u64,
    spans: Spans,
    notes: Vec<Note>,
    over: bool,
}

impl Listener {
    /// A recognition at its start.
    pub(crate) fn new(listen: Listen, script: Script, recordings: &[Recording]) -> Self {
        let rate_hz = listen.format.rate_hz;
        let format = match listen.format.encoding {
            Encoding::Mulaw => SampleFormat::Mulaw,
            Encoding::Alaw => SampleFormat::Alaw,
            Encoding::Pcm(Endian::Big) => SampleFormat::Pcm(audio::Endian::Big),
            _ => SampleFormat::Pcm(audio::Endian::Little),
        };
        let tail_ms = match listen.segmentation {
            Segmentation::Whole => PHRASE_GAP_MS,
            Segmentation::FirstSentence(end) | Segmentation::EverySentence(end) => end.tail_ms,
        };
        Self {
            listen,
            script,
            header: wav::Reader::new(),
            decoder: Decoder::new(format),
            rate_hz,
            rest: Vec::new(),
            samples: 0,
            hearer: Hearer::new(rate_hz),
            words: 0,
            voice: Voice::new(rate_hz, tail_ms),
            following: Following::new(recordings, rate_hz, format),
            phrase: None,
            since_ms: 0,
            voiced_ms: 0,
            spans: Spans::default(),
            notes: Vec::new(),
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
        let mut events = Vec::new();
        self.recognise(&raw, &mut events);
        events
    }

    /// Takes note that no more audio comes: the rest is recognised, then [`HeardEvent::Done`].
    pub(crate) fn finish(&mut self) -> Vec<HeardEvent> {
        let mut events = Vec::new();
        if !self.over {
            let mut raw = Vec::new();
            self.header.finish(&mut raw);
            self.recognise(&raw, &mut events);
            self.finish_sound(&mut events);
        }
        events.push(HeardEvent::Done);
        events
    }

    /// What the journal should know since the last time.
    pub(crate) fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    fn recognise(&mut self, raw: &[u8], events: &mut Vec<HeardEvent>) {
        self.decoder.push(raw, &mut self.rest);
        let samples = std::mem::take(&mut self.rest);
        let mut rest = samples.as_slice();
        while !self.over {
            let frame_ms = self.voice.elapsed_ms() + 10;
            let end = frame_ms * u64::from(self.rate_hz) / 1000;
            let length = usize::try_from(end - self.samples).unwrap_or(usize::MAX);
            let Some((frame, after)) = rest.split_at_checked(length) else {
                break;
            };
            rest = after;
            self.samples = end;
            self.hearer.push(frame);
            self.frame(frame, events);
        }
        self.rest = rest.to_vec();
    }

    fn frame(&mut self, frame: &[i16], events: &mut Vec<HeardEvent>) {
        self.following.push(frame);
        let words = self.hearer.words().get(self.words..).unwrap_or_default();
        let words = words.to_vec();
        self.words += words.len();
        let changes = self.voice.push(frame, &words);
        self.changes(&changes, &words, events);
        if self.elapsed_ms().is_multiple_of(LOOK_MS) {
            self.watch_limits(events);
            self.show_guess(events);
        }
    }

    /// The last samples, and the words that end with them.
    fn finish_sound(&mut self, events: &mut Vec<HeardEvent>) {
        let rest = std::mem::take(&mut self.rest);
        self.samples += rest.len() as u64;
        self.following.push(&rest);
        let mut hearer = std::mem::replace(&mut self.hearer, Hearer::new(self.rate_hz));
        hearer.push(&rest);
        let heard = hearer.finish();
        let words = heard.words.get(self.words..).unwrap_or_default().to_vec();
        let mut changes = self.voice.push(&rest, &words);
        changes.extend(self.voice.finish());
        self.changes(&changes, &words, events);
        if self.listen.segmentation == Segmentation::Whole && self.samples > 0 && !self.over {
            self.end_whole(events);
        }
        self.notes.push(Note::Damage(heard.damage));
    }

    /// Voice begins before its words and ends after them.
    fn changes(
        &mut self,
        changes: &[Change],
        words: &[audio::HeardWord],
        events: &mut Vec<HeardEvent>,
    ) {
        for change in changes {
            if let Change::Start { at_ms } = change {
                self.voice_starts(*at_ms, events);
            }
        }
        for word in words {
            self.word(word, events);
        }
        for change in changes {
            if let Change::End { at_ms } = change {
                self.voice_ends(*at_ms, events);
            }
        }
    }

    fn voice_starts(&mut self, at_ms: u64, events: &mut Vec<HeardEvent>) {
        if self.over {
            return;
        }
        self.spans.start(at_ms);
        self.phrase.get_or_insert_with(|| Phrase::new(at_ms));
        if let Segmentation::FirstSentence(_) = self.listen.segmentation {
            let at_ms = short(at_ms);
            events.push(HeardEvent::VoiceStart { at_ms });
        }
    }

    /// A word of our own sound: an interim result that is a word longer.
    fn word(&mut self, word: &audio::HeardWord, events: &mut Vec<HeardEvent>) {
        if self.over {
            return;
        }
        // A forced end may have come before the word did.
        let since_ms = self.since_ms;
        let mut phrase = self
            .phrase
            .take()
            .unwrap_or_else(|| Phrase::new(word.start_ms.max(since_ms)));
        phrase.hear(word, self.listen.punctuation, since_ms);
        if self.listen.interim == Interim::On {
            self.ask_script(&mut phrase);
        }
        if self.listen.interim == Interim::On && !is_script(phrase.said.as_ref()) {
            let said = phrase.said_in_words();
            if phrase.grew(said.words.len()) {
                let end_ms = word.end_ms;
                events.push(HeardEvent::Interim(said.segment(&phrase, end_ms)));
            }
        }
        self.phrase = Some(phrase);
    }

    fn voice_ends(&mut self, at_ms: u64, events: &mut Vec<HeardEvent>) {
        let Some(phrase) = self.phrase.as_ref().filter(|_| !self.over) else {
            return;
        };
        self.voiced_ms += at_ms.saturating_sub(phrase.start_ms.max(self.since_ms));
        self.spans.end(at_ms);
        match self.listen.segmentation {
            // The phrase goes on: one result covers all phrases.
            Segmentation::Whole => self.since_ms = at_ms,
            Segmentation::FirstSentence(_) => {
                let heard_ms = self.elapsed_ms();
                self.end_sentence(at_ms, heard_ms, events);
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
        let one = matches!(self.listen.segmentation, Segmentation::FirstSentence(_));
        if self.over {
            return;
        }
        match &self.phrase {
            Some(phrase) if now.saturating_sub(phrase.start_ms) >= longest_ms.into() => {
                let end = phrase.start_ms + u64::from(longest_ms);
                if one {
                    return self.end_sentence(end, end, events);
                }
                self.end_phrase(end, events);
                if self.voice.is_loud() {
                    self.voice_starts(self.since_ms, events);
                }
            }
            None if now.saturating_sub(self.since_ms) >= head_ms.into() => {
                let at_ms = short(self.since_ms + u64::from(head_ms));
                self.since_ms = now;
                events.push(HeardEvent::TooMuchSilence { at_ms });
                self.over = one;
            }
            _ => {}
        }
    }

    /// An interim result of voice whose words are not in the sound.
    fn show_guess(&mut self, events: &mut Vec<HeardEvent>) {
        // A result never tells of more sound than the final one, which ends where the sound does.
        let until_ms = self.voice.loud_until_ms().unwrap_or_default();
        let is_silent = self.elapsed_ms() >= until_ms + LOOK_MS / 2;
        if self.listen.interim == Interim::Off || self.over || is_silent {
            return;
        }
        let now = until_ms;
        let Some(mut phrase) = self.phrase.take() else {
            return;
        };
        if now >= phrase.shown_at_ms + INTERIM_MS {
            self.ask_script(&mut phrase);
            let may_guess =
                !self.hearer.has_read() && now.saturating_sub(phrase.start_ms) >= UNREAD_MS;
            if phrase.said.is_none() && may_guess {
                let text = self.following.next_text();
                phrase.said = text.map(|text| (Source::Recording, text));
            }
            let text = match &phrase.said {
                Some((_, text)) => Some(text.clone()),
                None if may_guess => Some(describe::phrase(self.rate_hz, phrase.start_ms, None)),
                None => None,
            };
            if let Some(text) = text {
                phrase.shown_at_ms = now;
                let all = text::words_of(&text, self.listen.punctuation);
                // The last word is kept for the final result.
                if phrase.shown_words + 1 < all.len() {
                    phrase.shown_words += 1;
                    let shown = all.get(..phrase.shown_words).unwrap_or_default();
                    let said = Said::shared(shown, phrase.start_ms, now, self.score());
                    events.push(HeardEvent::Interim(said.segment(&phrase, now)));
                }
            }
        }
        self.phrase = Some(phrase);
    }

    /// Ends the recognition of one sentence; one without a text was none.
    fn end_sentence(&mut self, end_ms: u64, known_ms: u64, events: &mut Vec<HeardEvent>) {
        let at_ms = short(known_ms);
        let mut finals = Vec::new();
        self.end_phrase(end_ms, &mut finals);
        self.over = true;
        let is_empty = |event: &HeardEvent| match event {
            HeardEvent::Final(segment) => segment.text.is_empty(),
            _ => true,
        };
        if finals.iter().all(is_empty) {
            events.push(HeardEvent::TooMuchSilence { at_ms });
        } else {
            events.push(HeardEvent::VoiceEnd { at_ms });
            events.append(&mut finals);
        }
        self.notes.push(Note::Damage(self.hearer.damage()));
    }

    fn end_phrase(&mut self, end_ms: u64, events: &mut Vec<HeardEvent>) {
        if let Some(phrase) = self.phrase.take() {
            let description = describe::phrase(self.rate_hz, phrase.start_ms, Some(end_ms));
            self.end_result(phrase, end_ms, description, events);
        }
    }

    /// The one result of a recognition that has no sentences.
    fn end_whole(&mut self, events: &mut Vec<HeardEvent>) {
        let length_ms = self.samples * 1000 / u64::from(self.rate_hz.max(1));
        let phrase = self.phrase.take().unwrap_or_else(|| Phrase::new(0));
        let end_ms = match self.spans.is_empty() {
            true => length_ms,
            false => self.since_ms,
        };
        let description = self.spans.describe(length_ms, self.rate_hz);
        self.end_result(phrase, end_ms, description, events);
        self.over = true;
    }

    /// A final result. Who decides its text is asked in the order of [`Source`].
    fn end_result(
        &mut self,
        mut phrase: Phrase,
        end_ms: u64,
        description: String,
        events: &mut Vec<HeardEvent>,
    ) {
        self.ask_script(&mut phrase);
        let guessed = phrase.said.take();
        let (source, said, end_ms) = match guessed {
            guessed if phrase.has_words() && !is_script(guessed.as_ref()) => {
                let end_ms = end_ms.max(phrase.words_end_ms());
                (Source::Words, phrase.said_in_words(), end_ms)
            }
            guessed => {
                let known = || Some((Source::Recording, self.following.next_text()?));
                let (source, text) = guessed
                    .or_else(known)
                    .unwrap_or((Source::Description, description));
                let words = text::words_of(&text, self.listen.punctuation);
                let said = Said::shared(&words, phrase.start_ms, end_ms, self.score());
                (source, said, end_ms)
            }
        };
        let segment = said.segment(&phrase, end_ms);
        let since_ms = std::mem::replace(&mut self.since_ms, end_ms);
        let mut damage = self.hearer.damage();
        damage.retain(|damage| (since_ms..=end_ms).contains(&damage.at_ms));
        self.notes.push(Note::Recognised(Recognition {
            source,
            text: segment.text.clone(),
            start_ms: phrase.start_ms,
            end_ms,
            damage,
        }));
        events.push(HeardEvent::Final(segment));
    }

    fn ask_script(&self, phrase: &mut Phrase) {
        if !is_script(phrase.said.as_ref()) && !phrase.is_asked {
            phrase.is_asked = true;
            let text = next_of(&self.script);
            phrase.said = text
                .map(|text| (Source::Script, text))
                .or_else(|| phrase.said.take());
        }
    }

    /// The share of voice in the audio, between one half and one.
    fn score(&self) -> u32 {
        let elapsed = self.elapsed_ms().max(1);
        let voiced = self.voiced_ms.min(elapsed);
        500 + short(voiced * 499 / elapsed)
    }

    fn elapsed_ms(&self) -> u64 {
        self.voice.elapsed_ms()
    }
}

fn is_script(said: Option<&(Source, String)>) -> bool {
    said.is_some_and(|(source, _)| *source == Source::Script)
}

fn short(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
