//! Recognised words as text.

use wire::hearing::Punctuation;
use wire::speech::{Unit, units_of};

/// Cuts a text into the words of a result.
pub(crate) fn words_of(text: &str, punctuation: Punctuation) -> Vec<String> {
    let words = units_of(text).into_iter().filter_map(|unit| match unit {
        Unit::Word { text, .. } => Some(text),
        Unit::Pause { .. } | Unit::Mark(_) | Unit::SentenceEnd => None,
    });
    let words = words.map(|word| punctuate(&word, punctuation));
    words.filter(|word| !word.is_empty()).collect()
}

/// A word with its punctuation, or without.
pub(crate) fn punctuate(word: &str, punctuation: Punctuation) -> String {
    match punctuation {
        Punctuation::Keep => word.to_owned(),
        Punctuation::Strip => strip(word).to_owned(),
    }
}

/// Words as a text: ideographs stand side by side, other words have spaces between them.
pub(crate) fn join<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    audio::speech::join(words)
}

/// Takes punctuation off both ends. A sign before a number is none, nor is a picture.
fn strip(word: &str) -> &str {
    let bare = word.trim_matches(is_punctuation);
    let lead = word.find(bare).unwrap_or_default();
    let is_number = bare.starts_with(|c: char| c.is_ascii_digit());
    match word.get(..lead).and_then(|lead| lead.chars().next_back()) {
        Some(sign @ ('-' | '.' | '−')) if is_number => word
            .get(lead - sign.len_utf8()..lead + bare.len())
            .unwrap_or(bare),
        Some(_) | None => bare,
    }
}

/// Marks that structure text. Signs that are read aloud (`%`, `&`, `+`, `@`, `#`, `$`) are none.
const fn is_punctuation(character: char) -> bool {
    matches!(character,
        '!' | '"' | '\'' | '(' | ')' | ',' | '-' | '.' | '/' | ':' | ';' | '?' | '[' | '\\' | ']' | '_' | '{' | '}'
        | '*' | '`' | '|' | '~' | '¡' | '«' | '»' | '·' | '¿' | '−'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
        | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{30fb}'
        | '\u{ff01}' | '\u{ff02}' | '\u{ff07}'..='\u{ff09}' | '\u{ff0c}'..='\u{ff0f}' | '\u{ff1a}' | '\u{ff1b}'
        | '\u{ff1f}' | '\u{ff3b}'..='\u{ff3d}' | '\u{ff3f}' | '\u{ff5b}' | '\u{ff5d}'..='\u{ff65}')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Hello,", "Hello")]
    #[case("“Hello!”", "Hello")]
    #[case("don't", "don't")]
    #[case("-89.2,", "-89.2")]
    #[case("(.5)", ".5")]
    #[case("2016.", "2016")]
    #[case("50%.", "50%")]
    #[case("界。", "界")]
    #[case("《好》", "好")]
    #[case("😀!", "😀")]
    #[case("👍🏽", "👍🏽")]
    #[case("--", "")]
    #[case("C++", "C++")]
    fn strips(#[case] word: &str, #[case] bare: &str) {
        assert_eq!(punctuate(word, Punctuation::Strip), bare);
        assert_eq!(punctuate(word, Punctuation::Keep), word);
    }
}
