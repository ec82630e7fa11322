//! What a reply asks to be spoken, and what comes back.
//!
//! Text is cut into [`Unit`]s here, because how it is cut (an ideograph at a time,
//! punctuation glued to its word) is part of what the services announce in their
//! timings. How a unit sounds is decided elsewhere.

use bytes::Bytes;

use crate::audio::AudioFormat;

/// A request for speech.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Speech {
    /// What is spoken, in order.
    pub units: Vec<Unit>,
    /// The vendor's name of the voice; different names sound different.
    pub voice: String,
    /// 1000 is the voice's normal speed, 2000 twice as fast.
    pub speed_permille: u32,
    /// 1000 is the voice's normal pitch.
    pub pitch_permille: u32,
    /// 1000 is the normal loudness.
    pub volume_permille: u32,
    /// Silence after the last unit.
    pub trailing_silence_ms: u32,
    /// The encoding of the chunks.
    pub format: AudioFormat,
    /// How the audio is cut.
    pub chunking: Chunking,
}

/// How audio is cut into messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chunking {
    /// So much sound a chunk. For compressed formats a chunk holds what the encoder has ready.
    Millis(u32),
    /// Everything in one chunk.
    Whole,
}

/// A piece of what is spoken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A word, or one ideograph, with the punctuation that belongs to it.
    Word {
        /// The text as it is announced.
        text: String,
        /// Multiplies the speed of the request; 1000 leaves it.
        speed_permille: u32,
    },
    /// Silence.
    Pause {
        /// Its length.
        ms: u32,
    },
    /// A named point in time.
    Mark(String),
    /// The end of a sentence: a short pause, and a boundary for timings.
    SentenceEnd,
}

impl Unit {
    /// A word at the speed of the request.
    #[must_use]
    pub fn word(text: impl Into<String>) -> Self {
        Self::Word {
            text: text.into(),
            speed_permille: 1000,
        }
    }
}

/// What comes back for a [`Speech`], in this order: one plan, then audio up to the last chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpeechEvent {
    /// When everything will be heard.
    Planned(Plan),
    /// A chunk of encoded audio.
    Audio {
        /// The encoded bytes; never empty, unless a fault makes it so.
        bytes: Bytes,
        /// The chunk and all before it hold the sound up to this time, in microseconds.
        until_us: u64,
        /// Whether this is the last chunk.
        last: bool,
    },
}

/// The times of a speech, from the sample counter that makes its audio.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One interval for each [`Unit::Word`], in order.
    pub words: Vec<Interval>,
    /// One instant for each [`Unit::Mark`], in order, in microseconds.
    pub marks_us: Vec<u64>,
    /// The length of the whole sound in microseconds.
    pub total_us: u64,
}

/// A stretch of sound, in microseconds from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Where it starts.
    pub start_us: u64,
    /// Where it ends.
    pub end_us: u64,
}

/// Cuts plain text into words, ideographs and sentence ends.
///
/// Words are separated by white space; every CJK character is a word of its own.
/// Punctuation is glued to the word before it, or to the one after it when it opens
/// (`“`, `(`, …) or stands first. A text of punctuation alone has no words.
#[must_use]
pub fn units_of(text: &str) -> Vec<Unit> {
    let mut cutter = Cutter::default();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        cutter.take(character);
        if ends_sentence(character, characters.peek().copied()) {
            cutter.end_sentence();
        }
    }
    cutter.finish()
}

/// Whether a text has anything to say: a letter, a digit or an ideograph.
#[must_use]
pub fn is_speakable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Whether a character is written without spaces around it and spoken as one word.
#[must_use]
pub const fn is_ideograph(character: char) -> bool {
    matches!(character,
        '\u{3005}'..='\u{3007}' // 々, 〆, 〇
        | '\u{3041}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' // kana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' // Han
        | '\u{20000}'..='\u{323af}') // Han, extensions
}

/// The state of [`units_of`]: a word that grows, and punctuation that waits for one.
#[derive(Default)]
struct Cutter {
    units: Vec<Unit>,
    word: String,
    waiting: String,
}

impl Cutter {
    fn take(&mut self, character: char) {
        if character.is_whitespace() {
            self.flush();
            // Punctuation between two spaces belongs to the word before it.
            let alone = std::mem::take(&mut self.waiting);
            self.glue(&alone);
        } else if is_ideograph(character) {
            self.flush();
            let text = format!("{}{character}", std::mem::take(&mut self.waiting));
            self.units.push(Unit::word(text));
        } else if !is_punctuation(character) || !self.word.is_empty() {
            self.word.push_str(&std::mem::take(&mut self.waiting));
            self.word.push(character);
        } else if is_opening(character) || !self.waiting.is_empty() {
            self.waiting.push(character);
        } else {
            self.glue(character.encode_utf8(&mut [0; 4]));
        }
    }

    /// Adds punctuation to the last word, or keeps it for the first.
    fn glue(&mut self, punctuation: &str) {
        let last = self.units.iter_mut().rev().find_map(|unit| match unit {
            Unit::Word { text, .. } => Some(text),
            _ => None,
        });
        last.unwrap_or(&mut self.waiting).push_str(punctuation);
    }

    fn flush(&mut self) {
        if !self.word.is_empty() {
            self.units.push(Unit::word(std::mem::take(&mut self.word)));
        }
    }

    fn end_sentence(&mut self) {
        self.flush();
        if matches!(self.units.last(), Some(Unit::Word { .. })) {
            self.units.push(Unit::SentenceEnd);
        }
    }

    fn finish(mut self) -> Vec<Unit> {
        self.flush();
        let alone = std::mem::take(&mut self.waiting);
        self.glue(&alone);
        if self.units.last() == Some(&Unit::SentenceEnd) {
            self.units.pop();
        }
        self.units
    }
}

/// Punctuation of the scripts that the services speak; emoji and other symbols are words.
const fn is_punctuation(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(character,
            '¡' | '«' | '·' | '»' | '¿'
            | '\u{2000}'..='\u{206f}'
            | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{30fb}'
            | '\u{fe30}'..='\u{fe4f}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// Punctuation that belongs to the word after it.
const fn is_opening(character: char) -> bool {
    matches!(
        character,
        '(' | '['
            | '{'
            | '<'
            | '"'
            | '\''
            | '-'
            | '+'
            | '$'
            | '#'
            | '@'
            | '/'
            | '&'
            | '“'
            | '‘'
            | '（'
            | '《'
            | '「'
            | '【'
            | '『'
            | '«'
            | '¿'
            | '¡'
    )
}

/// A full stop inside a number or a name (`3.5`, `example.com`) ends nothing.
const fn ends_sentence(character: char, next: Option<char>) -> bool {
    match character {
        '。' | '！' | '？' | '；' => true,
        '.' | '!' | '?' | ';' | '…' => match next {
            None => true,
            Some(next) => next.is_whitespace() || is_ideograph(next),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Unit, is_speakable, units_of};

    fn show(text: &str) -> String {
        let shown: Vec<String> = units_of(text)
            .into_iter()
            .map(|unit| match unit {
                Unit::Word { text, .. } => text,
                Unit::SentenceEnd => "/".to_owned(),
                Unit::Pause { ms } => format!("<{ms}>"),
                Unit::Mark(name) => format!("@{name}"),
            })
            .collect();
        shown.join("|")
    }

    #[rstest]
    #[case::english("Nice to meet you.", "Nice|to|meet|you.")]
    #[case::two_sentences("Yes. No!", "Yes.|/|No!")]
    #[case::chinese("你好，世界。再见", "你|好，|世|界。|/|再|见")]
    #[case::mixed("我有3.5个 apples", "我|有|3.5|个|apples")]
    #[case::quoted("say “hi” (now)", "say|“hi”|(now)")]
    #[case::number("-89.2 degrees", "-89.2|degrees")]
    #[case::url("www.example.com is up", "www.example.com|is|up")]
    #[case::nothing("?!…", "")]
    #[case::empty("", "")]
    #[case::spaced_punctuation("a , b", "a,|b")]
    #[case::contraction("I don't know", "I|don't|know")]
    #[case::double_end("真的？！好", "真|的？！|/|好")]
    #[case::zero_and_repetition("二〇二四、人々", "二|〇|二|四、|人|々")]
    #[case::emoji("hi 🙂 there", "hi|🙂|there")]
    fn text_is_cut_into_words(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(show(text), expected);
    }

    #[test]
    fn punctuation_alone_has_nothing_to_say() {
        assert!(!is_speakable("…!?"));
        assert!(is_speakable("a"));
        assert!(is_speakable("字"));
    }
}
