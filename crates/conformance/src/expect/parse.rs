//! Reading expectation files.

use std::collections::BTreeMap;

use super::{Date, Entry, Expectations, Expected, Line, Pattern};
use crate::verdict::Verdict;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}, column {column}: {problem}\n  {text}\n  {:>column$}",
    '^'
)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub problem: String,
    /// The line itself.
    pub text: String,
}

/// The verdicts that can be expected.
const VERDICTS: [Verdict; 4] = [
    Verdict::Fail,
    Verdict::Lenient,
    Verdict::Inconclusive,
    Verdict::Unsupported,
];

/// What may come of a check that is flaky.
const OUTCOMES: [Verdict; 4] = [
    Verdict::Pass,
    Verdict::Lenient,
    Verdict::Fail,
    Verdict::Inconclusive,
];

/// The systems that lines can depend on.
const SYSTEMS: [&str; 3] = ["linux", "macos", "windows"];

const KEYS: [&str; 8] = [
    "reason", "issue", "until", "max", "outcomes", "max-rate", "os", "profile",
];

/// A word of a line and where it begins, in characters from 1.
type Word<'t> = (usize, &'t str);

/// What is wrong with a line: the column and the problem.
type Wrong = (usize, String);

impl Expectations {
    /// Reads a file.
    ///
    /// # Errors
    /// At the first line that says nothing, or too much.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let mut lines: Vec<Line> = Vec::new();
        let mut patterns: BTreeMap<String, usize> = BTreeMap::new();
        for (number, text) in (1..).zip(text.lines()) {
            let mistake = |(column, problem)| Mistake {
                line: number,
                column,
                problem,
                text: text.to_owned(),
            };
            let entry = entry(text).map_err(mistake)?;
            if let Some(entry) = &entry {
                let key = format!(
                    "{} {} {}",
                    entry.pattern.0,
                    entry.os.as_deref().unwrap_or("*"),
                    entry.profile.as_deref().unwrap_or("*")
                );
                if let Some(first) = patterns.insert(key, number) {
                    let problem = format!("{} is in line {first} already", entry.pattern.0);
                    return Err(mistake((1, problem)));
                }
            }
            lines.push(Line {
                number,
                text: text.to_owned(),
                entry,
            });
        }
        Ok(Self { lines })
    }
}

fn entry(text: &str) -> Result<Option<Entry>, Wrong> {
    let (code, comment) = split_comment(text);
    let mut words = words(code).into_iter();
    let Some((_, pattern)) = words.next() else {
        return Ok(None);
    };
    let end = code.trim_end().chars().count() + 1;
    let missing = || (end, format!("a verdict is missing: {}", listed(&VERDICTS)));
    let verdict = words.next().ok_or_else(missing)?;
    let mut values = Values::read(words)?;
    let expected = match verdict.1 {
        "flaky" => flaky(verdict.0, &mut values)?,
        _ => Expected::Always {
            verdict: known_verdict(verdict, &VERDICTS)?,
            reason: values.take("reason").map(|(_, reason)| reason.to_owned()),
        },
    };
    let until = match values.take("until") {
        Some((column, text)) => {
            let wrong = || (column, format!("{text:?} is no day like 2026-06-01"));
            Some(Date::parse(text).ok_or_else(wrong)?)
        }
        None => None,
    };
    let max = match values.take("max") {
        Some((column, text)) => {
            let number = text.parse().ok().filter(|number| *number > 0);
            Some(number.ok_or_else(|| (column, format!("{text:?} is no number from 1")))?)
        }
        None => None,
    };
    let os = match values.take("os") {
        Some((column, name)) if !SYSTEMS.contains(&name) => {
            let known = SYSTEMS.join(", ");
            return Err((column, format!("os={name}: one of {known}")));
        }
        os => os.map(|(_, name)| name.to_owned()),
    };
    let pattern = Pattern(pattern.to_owned());
    if pattern.is_wide() && max.is_none() {
        let problem = "a pattern with an asterisk says how many it may be about: max=N";
        return Err((1, problem.to_owned()));
    }
    if !pattern.is_wide() && max.is_some() {
        return Err((1, "max= is for patterns with an asterisk".to_owned()));
    }
    let entry = Entry {
        pattern,
        expected,
        issue: values.take("issue").map(|(_, issue)| issue.to_owned()),
        until,
        max,
        os,
        profile: values.take("profile").map(|(_, name)| name.to_owned()),
        comment: comment.map(str::to_owned),
    };
    match values.left() {
        Some((column, key)) => Err((column, format!("{key}= does not go with {}", verdict.1))),
        None => Ok(Some(entry)),
    }
}

fn flaky(column: usize, values: &mut Values<'_>) -> Result<Expected, Wrong> {
    let Some((at, outcomes)) = values.take("outcomes") else {
        let problem = "flaky says what may come of it: outcomes=pass,inconclusive".to_owned();
        return Err((column, problem));
    };
    let outcomes: Vec<Verdict> = outcomes
        .split(',')
        .map(|name| known_verdict((at, name), &OUTCOMES))
        .collect::<Result<_, _>>()?;
    if outcomes.len() < 2 || !outcomes.contains(&Verdict::Pass) {
        let problem = "what is flaky passes now and then: outcomes=pass,…".to_owned();
        return Err((at, problem));
    }
    let Some((at, rate)) = values.take("max-rate") else {
        let problem = "flaky says how often it may be no pass: max-rate=0.10".to_owned();
        return Err((column, problem));
    };
    Ok(Expected::Flaky {
        outcomes,
        max_permille: permille(rate)
            .ok_or_else(|| (at, format!("{rate:?} is no rate between 0.001 and 0.999")))?,
    })
}

/// `0.1`, `0.10`, `.025` in thousandths.
fn permille(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches('0').strip_prefix('.')?;
    let is_short = (1..=3).contains(&digits.len());
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let padded = format!("{digits:0<3}");
    let rate = padded.parse().ok().filter(|rate| *rate > 0);
    rate.filter(|_| is_short && is_number)
}

fn known_verdict((column, name): Word<'_>, known: &[Verdict]) -> Result<Verdict, Wrong> {
    let found = known.iter().copied().find(|verdict| verdict.name() == name);
    found.ok_or_else(|| {
        let why = match name {
            "pass" => "what passes needs no line",
            "not-run" => "what was not run proves nothing, so it cannot be expected",
            "harness-error" => "a fault of the suite cannot be expected",
            _ => "unknown verdict",
        };
        (column, format!("{name:?}: {why}; {}", listed(known)))
    })
}

fn listed(known: &[Verdict]) -> String {
    let names: Vec<&str> = known.iter().map(|verdict| verdict.name()).collect();
    format!("one of {} or flaky", names.join(", "))
}

/// A comment begins at a `#` at which a word begins.
fn split_comment(text: &str) -> (&str, Option<&str>) {
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        if character == '#' && before.is_whitespace() {
            let (code, comment) = text.split_at(at);
            return (code, Some(comment.trim_start_matches('#').trim()));
        }
        before = character;
    }
    (text, None)
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (column, (at, character)) in (1..).zip(ends) {
        match (character.is_whitespace(), start) {
            (false, None) => start = Some((column, at)),
            (true, Some((column, from))) => {
                words.push((column, text.get(from..at).unwrap_or_default()));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// The `key=value` pairs of a line.
struct Values<'t> {
    pairs: Vec<(usize, &'t str, &'t str)>,
}

impl<'t> Values<'t> {
    fn read(words: impl Iterator<Item = Word<'t>>) -> Result<Self, Wrong> {
        let mut pairs: Vec<(usize, &str, &str)> = Vec::new();
        for (column, word) in words {
            let Some((key, value)) = word.split_once('=') else {
                return Err((column, format!("{word:?} is no key=value")));
            };
            if !KEYS.contains(&key) {
                let keys = KEYS.join(", ");
                return Err((column, format!("unknown key {key:?}; there are {keys}")));
            }
            if value.is_empty() {
                return Err((column, format!("{key}= has no value")));
            }
            if pairs.iter().any(|(_, known, _)| *known == key) {
                return Err((column, format!("{key}= is there twice")));
            }
            pairs.push((column, key, value));
        }
        Ok(Self { pairs })
    }

    fn take(&mut self, wanted: &str) -> Option<Word<'t>> {
        let at = self.pairs.iter().position(|(_, key, _)| *key == wanted)?;
        let (column, _, value) = self.pairs.remove(at);
        Some((column, value))
    }

    fn left(&self) -> Option<Word<'t>> {
        self.pairs.first().map(|(column, key, _)| (*column, *key))
    }
}
