//! What is spoken: words, pauses and marks, with the prosody that shapes them.
//!
//! The caller decides what a word is (an SSML document has its own rules); [`units`] is the
//! plain reading of plain text. How long a word lasts is decided here and nowhere else,
//! see [`Utterance::word_us`].

use crate::{modem, packet};

/// One thing to be said, in one voice, with one prosody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// What is said, in order.
    pub units: Vec<Unit>,
    /// Name of the voice. Two voices saying the same words make different samples.
    pub voice: String,
    /// 1000 is normal, 2000 twice as fast.
    pub speed_permille: u32,
    /// 1000 is normal, 2000 an octave up.
    pub pitch_permille: u32,
    /// 1000 is normal; the amplitude grows in proportion and stops at full scale.
    pub volume_permille: u32,
    /// True zeros after the last unit. Not scaled by the speed.
    pub trailing_silence_ms: u32,
}

/// One element of an utterance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// A word, or one character of a script that is written without spaces.
    Word {
        /// The word as it is to be heard again, punctuation included.
        text: String,
        /// Multiplies the utterance's speed; 1000 is normal.
        speed_permille: u32,
    },
    /// True zeros. Not scaled by the speed.
    Pause {
        /// Length in milliseconds.
        ms: u32,
    },
    /// A named point in time; the n-th mark of the list is the n-th entry of
    /// [`Timeline::marks`](crate::Timeline::marks).
    Mark,
    /// The boundary of a sentence: a pause of [`SENTENCE_MS`] over the speed if a word
    /// follows, nothing at the very end.
    SentenceEnd,
}

impl Utterance {
    /// An utterance with normal prosody and no trailing silence.
    #[must_use]
    pub fn new(units: Vec<Unit>, voice: &str) -> Self {
        Self {
            units,
            voice: voice.to_owned(),
            speed_permille: 1000,
            pitch_permille: 1000,
            volume_permille: 1000,
            trailing_silence_ms: 0,
        }
    }

    /// An utterance that says plain text, cut by [`units`].
    #[must_use]
    pub fn of_text(text: &str, voice: &str) -> Self {
        Self::new(units(text), voice)
    }

    /// Time a word takes, in microseconds, its share of the silence between words included.
    ///
    /// `nominal / speed`, where nominal is [`WORD_MS`], or [`CJK_MS`] for every CJK character
    /// (a word with both counts both), and at least twice the length of the word's sound.
    /// Whatever the speed, the time is never shorter than the sound and [`GAP_MS`] before it.
    #[must_use]
    pub fn word_us(&self, text: &str, speed_permille: u32) -> u64 {
        let sound_ms = sound_ms(text);
        let nominal_ms = nominal_ms(text).max(2 * sound_ms);
        let speed = clamp_speed(self.speed_permille) * clamp_speed(speed_permille);
        let scaled_us = nominal_ms * 1000 * 1_000_000 / speed;
        scaled_us.max((sound_ms + GAP_MS) * 1000)
    }

    /// Pause at a sentence boundary, in microseconds: [`SENTENCE_MS`] over the speed.
    #[must_use]
    pub fn sentence_us(&self) -> u64 {
        SENTENCE_MS * 1_000_000 / clamp_speed(self.speed_permille)
    }
}

impl Unit {
    /// A word at the speed of its utterance.
    #[must_use]
    pub fn word(text: &str) -> Self {
        Self::Word {
            text: text.to_owned(),
            speed_permille: 1000,
        }
    }
}

/// Cuts plain text into words and sentences.
///
/// White space separates words; a CJK character is a word of its own; punctuation stays with
/// the word before it, opening brackets and quotes with the word after it. A word that ends a
/// sentence (`.` `!` `?` `。` `！` `？` `…`, closing quotes and brackets after them allowed) is
/// followed by [`Unit::SentenceEnd`].
#[must_use]
pub fn units(text: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    for chunk in text.split_whitespace() {
        let mut word = String::new();
        for character in chunk.chars() {
            if starts_word(&word, character) {
                push_word(&mut units, &mut word);
            }
            word.push(character);
        }
        push_word(&mut units, &mut word);
    }
    units
}

/// Puts words together again as text: a space between two words, none where a CJK character
/// or full-width punctuation meets the next word.
pub fn join<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for word in words {
        let spaced = match (text.chars().next_back(), word.chars().next()) {
            (Some(before), Some(after)) => !is_dense(before) && !is_dense(after),
            _ => false,
        };
        if spaced {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// True for characters that take [`CJK_MS`] each: Han ideographs, kana and bopomofo.
#[must_use]
pub const fn is_cjk(character: char) -> bool {
    matches!(character,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}' | '\u{3105}'..='\u{312F}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Length of the sound of a word in milliseconds; it ends where the word's time ends.
///
/// 130 ms and 25 ms more for every two bytes (rounded up) of its text in UTF-8 or UTF-16,
/// whichever is shorter; a text of more than 31 bytes is cut into several such sounds with
/// [`GAP_MS`] between them.
#[must_use]
pub fn sound_ms(text: &str) -> u64 {
    let fragments = packet::fragments(text);
    let gaps = GAP_MS * (fragments.len() as u64 - 1);
    fragments
        .iter()
        .map(|text| u64::from(modem::packet_ms(text)))
        .sum::<u64>()
        + gaps
}

/// Normal time of a word.
pub const WORD_MS: u64 = 500;
/// Normal time of a CJK character.
pub const CJK_MS: u64 = 375;
/// Normal pause between two sentences, beside the silence that every word begins with.
pub const SENTENCE_MS: u64 = 250;
/// Shortest silence before the sound of a word, whatever the speed.
pub const GAP_MS: u64 = 20;

fn nominal_ms(text: &str) -> u64 {
    let mut ms = 0;
    let mut has_other = false;
    for character in text.chars() {
        if is_cjk(character) {
            ms += CJK_MS;
        } else {
            has_other |= character.is_alphanumeric();
        }
    }
    if has_other || ms == 0 {
        ms + WORD_MS
    } else {
        ms
    }
}

/// A speed that is safe to divide by: a twentieth to twenty times the normal one.
fn clamp_speed(permille: u32) -> u64 {
    u64::from(permille.clamp(50, 20_000))
}

fn starts_word(word: &str, character: char) -> bool {
    let Some(last) = word.chars().next_back() else {
        return false;
    };
    if is_opening(last) {
        return false;
    }
    let first = word.chars().find(|character| !is_opening(*character));
    let after_cjk = first.is_some_and(is_cjk);
    is_cjk(character)
        || (is_opening(character) && (after_cjk || is_wide(character)))
        || (after_cjk && character.is_alphanumeric())
        || (is_wide(last) && !is_cjk(last) && character.is_alphanumeric())
}

fn push_word(units: &mut Vec<Unit>, word: &mut String) {
    if word.is_empty() {
        return;
    }
    let bare = word.trim_end_matches(['"', '\'', '”', '’', ')', ']', '）', '」', '』', '》']);
    let is_end = bare.ends_with(['.', '!', '?', '。', '！', '？', '…']);
    units.push(Unit::word(word));
    word.clear();
    if is_end {
        units.push(Unit::SentenceEnd);
    }
}

const fn is_opening(character: char) -> bool {
    matches!(
        character,
        '(' | '[' | '{' | '“' | '‘' | '«' | '（' | '《' | '「' | '『' | '【' | '〈' | '¿' | '¡'
    )
}

/// Wide characters, less those that English has as well.
const fn is_dense(character: char) -> bool {
    is_wide(character) && !matches!(character, '…' | '“' | '”' | '‘' | '’')
}

/// CJK characters and the punctuation that is set in their width.
const fn is_wide(character: char) -> bool {
    is_cjk(character)
        || matches!(character,
            '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{FF01}'..='\u{FF0F}'
            | '\u{FF1A}'..='\u{FF20}' | '…' | '“' | '”' | '‘' | '’')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::one_word("Hello", &["Hello"])]
    #[case::spaces_separate("  Hello  big world ", &["Hello", "big", "world"])]
    #[case::punctuation_stays_before("Hello, world!", &["Hello,", "world!", "|"])]
    #[case::every_cjk_character("你好。世界", &["你", "好。", "|", "世", "界"])]
    #[case::mixed_scripts("我用Rust写", &["我", "用", "Rust", "写"])]
    #[case::quotes_open_with_the_next("他说“好”", &["他", "说", "“好”"])]
    #[case::latin_after_wide_comma("好，OK", &["好，", "OK"])]
    #[case::kana("すし", &["す", "し"])]
    #[case::nothing(" \n", &[])]
    fn cuts_text(#[case] text: &str, #[case] expected: &[&str]) {
        let units = units(text);
        let seen: Vec<&str> = units
            .iter()
            .map(|unit| match unit {
                Unit::Word { text, .. } => text.as_str(),
                _ => "|",
            })
            .collect();
        assert_eq!(seen, expected);
    }

    #[rstest]
    #[case::english("Hello, big world! Fine.")]
    #[case::chinese("你好，世界。好！")]
    #[case::curly_quotes("“Hello” said the dogs’ master… twice")]
    #[case::quoted_chinese("他说“好”的")]
    #[case::mixed("我用Rust写（很好）OK")]
    fn joins_what_it_cut(#[case] text: &str) {
        let units = units(text);
        let words = units.iter().filter_map(|unit| match unit {
            Unit::Word { text, .. } => Some(text.as_str()),
            _ => None,
        });
        assert_eq!(join(words), text);
    }

    #[rstest]
    #[case::word("Hello", 1000, 1000, 500_000)]
    #[case::cjk_character("好", 1000, 1000, 375_000)]
    #[case::two_cjk_characters("你好", 1000, 1000, 750_000)]
    #[case::twice_as_fast("Hello", 2000, 1000, 250_000)]
    #[case::half_as_fast("Hello", 500, 1000, 1_000_000)]
    #[case::speeds_multiply("Hello", 2000, 500, 500_000)]
    #[case::long_word_takes_longer("internationalization", 1000, 1000, 760_000)]
    #[case::longest_single_sound(&"x".repeat(31), 1000, 1000, 1_060_000)]
    #[case::two_sounds_and_a_gap(&"x".repeat(32), 1000, 1000, 1_410_000)]
    #[case::never_shorter_than_its_sound("Hello", 20_000, 1000, 225_000)]
    #[case::speed_zero_is_the_slowest("Hello", 0, 1000, 10_000_000)]
    fn word_time(
        #[case] text: &str,
        #[case] utterance_speed: u32,
        #[case] word_speed: u32,
        #[case] expected_us: u64,
    ) {
        let mut utterance = Utterance::new(Vec::new(), "v");
        utterance.speed_permille = utterance_speed;
        assert_eq!(utterance.word_us(text, word_speed), expected_us);
    }
}
