//! The times of words and phonemes, as front-end frames announce them.

use crate::json::{self, Style, Value};
use crate::speech::{Interval, Plan, Unit};

use super::request::{Sentences, Times};

/// The payloads of the front-end frames: one, or one for each sentence.
pub(in crate::volcengine) fn payloads(
    units: &[Unit],
    plan: &Plan,
    times: Times,
    sentences: Sentences,
) -> Vec<String> {
    if times == Times::Off {
        return Vec::new();
    }
    let heard = heard(units, plan);
    let parts: Vec<&[Heard]> = match sentences {
        Sentences::Whole => vec![&heard],
        Sentences::Split => heard.split_inclusive(|word| word.ends_sentence).collect(),
    };
    let total_ms = plan.total_us.div_ceil(1000);
    let count = parts.len();
    parts
        .into_iter()
        .enumerate()
        .map(|(index, words)| {
            let is_last = index + 1 == count;
            let duration_ms = match words.last() {
                Some(word) if !is_last => word.end_ms,
                _ => total_ms,
            };
            payload(words, duration_ms, times)
        })
        .collect()
}

/// A word, or the punctuation that closes it, with its time.
struct Heard {
    text: String,
    start_ms: u64,
    end_ms: u64,
    unit_type: &'static str,
    ends_sentence: bool,
}

/// Words with their times, closing punctuation apart. A word keeps the whole time of its
/// sound; its punctuation lasts through the pause behind it.
fn heard(units: &[Unit], plan: &Plan) -> Vec<Heard> {
    let total_ms = plan.total_us.div_ceil(1000);
    let mut heard: Vec<Heard> = Vec::new();
    let mut times = plan.words.iter().peekable();
    for unit in units {
        let text = match unit {
            Unit::Word { text, .. } => text,
            Unit::SentenceEnd => {
                if let Some(last) = heard.last_mut() {
                    last.ends_sentence = true;
                }
                continue;
            }
            Unit::Pause { .. } | Unit::Mark(_) => continue,
        };
        let Some(Interval { start_us, end_us }) = times.next() else {
            break;
        };
        let (start_ms, end_ms) = (start_us / 1000, end_us.div_ceil(1000).min(total_ms));
        let next_ms = times.peek().map_or(total_ms, |next| next.start_us / 1000);
        let (word, closing) = split_closing(text);
        let mut add = |text: &str, start_ms, end_ms, unit_type| {
            heard.push(Heard {
                text: text.to_owned(),
                start_ms,
                end_ms,
                unit_type,
                ends_sentence: false,
            });
        };
        add(word, start_ms, end_ms, "text");
        if !closing.is_empty() {
            add(closing, end_ms, next_ms.max(end_ms), "mark");
        }
    }
    heard
}

/// A word and the punctuation that closes it. A word of punctuation alone stays whole.
fn split_closing(text: &str) -> (&str, &str) {
    let word = text.trim_end_matches(is_closing);
    match word.is_empty() {
        true => (text, ""),
        false => text.split_at(word.len()),
    }
}

const fn is_closing(character: char) -> bool {
    matches!(
        character,
        '.' | ','
            | '!'
            | '?'
            | ';'
            | ':'
            | '"'
            | '\''
            | ')'
            | ']'
            | '}'
            | '~'
            | '…'
            | '—'
            | '”'
            | '’'
            | '。'
            | '，'
            | '！'
            | '？'
            | '；'
            | '：'
            | '、'
            | '）'
            | '》'
            | '」'
            | '』'
            | '】'
            | '～'
    )
}

fn payload(words: &[Heard], duration_ms: u64, times: Times) -> String {
    let list = words
        .iter()
        .map(|word| {
            json::object([
                ("word", Value::from(word.text.as_str())),
                ("start_time", seconds(word.start_ms)),
                ("end_time", seconds(word.end_ms)),
                ("unit_type", Value::from(word.unit_type)),
            ])
        })
        .collect();
    let phones = match times {
        Times::Phonemes => words.iter().flat_map(phones).collect(),
        Times::Words | Times::Off => Vec::new(),
    };
    let inner = json::object([
        ("words", Value::Array(list)),
        ("phonemes", Value::Array(phones)),
    ]);
    json::object([
        ("duration", Value::from(duration_ms.to_string())),
        ("frontend", Value::from(inner.write(Style::Compact))),
    ])
    .write(Style::Compact)
}

/// The phones of a word: its characters, which divide its time; punctuation is one phone.
fn phones(word: &Heard) -> Vec<Value> {
    let names: Vec<String> = match word.unit_type {
        "mark" => vec![word.text.clone()],
        _ => word
            .text
            .chars()
            .map(|c| c.to_lowercase().collect())
            .collect(),
    };
    let count = u64::try_from(names.len()).unwrap_or(u64::MAX).max(1);
    let length = word.end_ms.saturating_sub(word.start_ms);
    (0_u64..)
        .zip(names)
        .map(|(index, name)| {
            json::object([
                ("phone", Value::from(name)),
                (
                    "start_time",
                    seconds(word.start_ms + length * index / count),
                ),
                (
                    "end_time",
                    seconds(word.start_ms + length * (index + 1) / count),
                ),
            ])
        })
        .collect()
}

/// Milliseconds as seconds with a fraction.
fn seconds(ms: u64) -> Value {
    Value::from(u32::try_from(ms).map_or(f64::MAX, f64::from) / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::units_of;

    fn plan(words: u64) -> Plan {
        Plan {
            words: (0..words)
                .map(|n| Interval {
                    start_us: n * 500_000 + 25_000,
                    end_us: n * 500_000 + 400_000,
                })
                .collect(),
            marks_us: Vec::new(),
            total_us: words * 500_000,
        }
    }

    fn inner(payload: &str) -> String {
        let outer = json::parse(payload).unwrap().value;
        outer.get("frontend").unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn closing_punctuation_is_a_word_of_its_own_and_times_are_seconds() {
        let frames = payloads(
            &units_of("你好。"),
            &plan(2),
            Times::Words,
            Sentences::Whole,
        );
        assert_eq!(frames.len(), 1);
        assert!(frames[0].starts_with(r#"{"duration":"1000","frontend":"{\"words\":["#));
        assert_eq!(
            inner(&frames[0]),
            concat!(
                r#"{"words":[{"word":"你","start_time":0.025,"end_time":0.4,"unit_type":"text"},"#,
                r#"{"word":"好","start_time":0.525,"end_time":0.9,"unit_type":"text"},"#,
                r#"{"word":"。","start_time":0.9,"end_time":1.0,"unit_type":"mark"}],"phonemes":[]}"#
            )
        );
    }

    #[test]
    fn phonemes_divide_the_time_of_their_word() {
        let frames = payloads(
            &units_of("Hi!"),
            &plan(1),
            Times::Phonemes,
            Sentences::Whole,
        );
        assert!(inner(&frames[0]).ends_with(concat!(
            r#""phonemes":[{"phone":"h","start_time":0.025,"end_time":0.212},"#,
            r#"{"phone":"i","start_time":0.212,"end_time":0.4},"#,
            r#"{"phone":"!","start_time":0.4,"end_time":0.5}]}"#
        )));
    }

    #[test]
    fn a_split_text_has_a_frame_for_each_sentence() {
        let units = units_of("Yes. No!");
        let frames = payloads(&units, &plan(2), Times::Words, Sentences::Split);
        assert_eq!(frames.len(), 2);
        assert!(frames[1].starts_with(r#"{"duration":"1000""#));
        assert_eq!(
            payloads(&units, &plan(2), Times::Words, Sentences::Whole).len(),
            1
        );
        assert_eq!(
            payloads(&units, &plan(2), Times::Off, Sentences::Split).len(),
            0
        );
    }
}
