//! Running text and markup events to units and tokens.

use crate::finding::Finding;
use crate::ibm::clauses::ssml as clauses;
use crate::speech::{Unit, units_of};

use super::{PATH, Script, Token};

/// Builds a [`Script`].
///
/// A token is what stands between white space, marks and breaks. It grows in a [`Run`] and
/// is cut into spoken words when it ends.
#[derive(Debug, Default)]
pub(super) struct Writer {
    script: Script,
    run: Run,
    /// Punctuation before the first word.
    lead: String,
    /// How many words the units have.
    words: usize,
    sentence: Sentence,
    paused_ms: u32,
}

/// A token that grows: as it is announced, and as it is spoken.
#[derive(Debug, Default)]
struct Run {
    announced: String,
    spoken: String,
    speed: u32,
}

/// Whether a sentence has ended since the last word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sentence {
    #[default]
    GoesOn,
    Ended,
}

impl Writer {
    /// Takes running text.
    pub(super) fn text(&mut self, text: &str, speed: u32) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.end_run();
            } else {
                self.run.begin(speed);
                self.run.announced.push(character);
                self.run.spoken.push(character);
            }
        }
    }

    /// Takes an element that is one token, or part of one.
    pub(super) fn atom(&mut self, announced: &str, spoken: &str, speed: u32) {
        self.run.begin(speed);
        self.run.announced.push_str(announced);
        self.run.spoken.push_str(spoken);
    }

    /// Takes a mark.
    pub(super) fn mark(&mut self, name: &str) {
        self.end_run();
        self.script.units.push(Unit::Mark(name.to_owned()));
        self.script.marks.push(name.to_owned());
    }

    /// Takes silence.
    pub(super) fn pause(&mut self, ms: u32) {
        self.end_run();
        let left = LONGEST_PAUSES_MS.saturating_sub(self.paused_ms);
        if ms > left {
            let found = format!("{ms} ms more");
            let expected = format!("breaks of {LONGEST_PAUSES_MS} ms together");
            let finding = Finding::at_path(&clauses::BREAK_BOUND, PATH, found, expected);
            self.script.findings.push(finding);
        }
        let ms = ms.min(left);
        if ms > 0 {
            self.paused_ms += ms;
            self.script.units.push(Unit::Pause { ms });
        }
    }

    /// Takes away the silence that a sentence end would make here.
    pub(super) fn suppress_pause(&mut self) {
        self.end_run();
        self.sentence = Sentence::GoesOn;
    }

    /// Takes the end of a sentence that markup says.
    pub(super) fn end_sentence(&mut self) {
        self.end_run();
        if self.words > 0 {
            self.sentence = Sentence::Ended;
        }
    }

    /// What has been built.
    pub(super) fn finish(mut self) -> Script {
        self.end_run();
        self.script
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.announced.is_empty() {
            return;
        }
        let mut units = units_of(&run.spoken);
        let count = units.iter().filter(|unit| is_word(unit)).count();
        if count == 0 {
            self.glue(&run.announced);
            return;
        }
        if self.sentence == Sentence::Ended {
            self.script.units.push(Unit::SentenceEnd);
        }
        let lead = std::mem::take(&mut self.lead);
        for (index, unit) in units.iter_mut().filter(|unit| is_word(unit)).enumerate() {
            if let Unit::Word {
                text,
                speed_permille,
            } = unit
            {
                *speed_permille = run.speed;
                if index == 0 {
                    text.insert_str(0, &lead);
                }
            }
        }
        self.script.units.append(&mut units);
        let first = self.words;
        self.words += count;
        self.sentence = sentence_after(&run.announced);
        self.script.tokens.push(Token {
            text: lead + &run.announced,
            words: first..self.words,
        });
    }

    /// Gives punctuation that stands alone to the token before it, or to the first one.
    fn glue(&mut self, punctuation: &str) {
        let Some(token) = self.script.tokens.last_mut() else {
            self.lead.push_str(punctuation);
            return;
        };
        token.text.push_str(punctuation);
        let last = self
            .script
            .units
            .iter_mut()
            .rev()
            .find_map(|unit| match unit {
                Unit::Word { text, .. } => Some(text),
                Unit::Pause { .. } | Unit::Mark(_) | Unit::SentenceEnd => None,
            });
        if let Some(text) = last {
            text.push_str(punctuation);
        }
        if sentence_after(punctuation) == Sentence::Ended {
            self.sentence = Sentence::Ended;
        }
    }
}

impl Run {
    fn begin(&mut self, speed: u32) {
        if self.announced.is_empty() {
            self.speed = speed;
        }
    }
}

const fn is_word(unit: &Unit) -> bool {
    matches!(unit, Unit::Word { .. })
}

/// Whether a token ends its sentence, seen through closing quotes and brackets.
fn sentence_after(token: &str) -> Sentence {
    let closing = ['"', '\'', ')', ']', '}', '”', '’', '»', '」', '）'];
    let ends = ['.', '!', '?', ';', '…', '。', '！', '？', '；'];
    if token.trim_end_matches(closing).ends_with(ends) {
        Sentence::Ended
    } else {
        Sentence::GoesOn
    }
}

/// All breaks of a text together.
const LONGEST_PAUSES_MS: u32 = 300_000;
