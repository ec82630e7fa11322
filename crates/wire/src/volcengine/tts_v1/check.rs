//! The check of a request against the table of its members.

use super::members::{MEMBERS, Member, Need, SECTIONS, Shape};
use super::policy::Ranges;
use crate::clause::Clause;
use crate::finding::Finding;
use crate::json::{self, Value};
use crate::volcengine::clauses::{fault, request as clauses};

/// What the check of a request's members found.
#[derive(Debug, Default)]
pub struct Checked {
    /// Every oddity, in the order of the table.
    pub findings: Vec<Finding>,
    /// The member that first broke a rule in a way that refuses the request.
    pub refused: Option<&'static Member>,
    /// Whether a whole section is missing, or no object.
    pub incomplete: bool,
}

/// The number that a value is, or that a string holds.
#[must_use]
pub fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        other => other.as_f64(),
    }
}

/// Checks every member of a request: there, of its type, in its range, known, once.
#[must_use]
pub fn check(root: &Value, ranges: Ranges) -> Checked {
    let mut checked = Checked::default();
    let Some(sections) = root.members() else {
        let finding = Finding::whole(&clauses::JSON, root.type_name(), "an object");
        checked.findings.push(finding);
        checked.incomplete = true;
        return checked;
    };
    let mut room = MOST_UNKNOWN;
    let strangers = sections
        .iter()
        .filter(|(name, _)| !SECTIONS.contains(&name.as_str()));
    for (name, _) in strangers.take(room) {
        checked.findings.push(unknown("", name));
        room -= 1;
    }
    for section in SECTIONS {
        let Some(members) = root.get(section).and_then(Value::members) else {
            let found = root.get(section).map_or("nothing", Value::type_name);
            let finding = Finding::at_path(&clauses::APP, *section, found, "an object");
            checked.findings.push(finding);
            checked.incomplete = true;
            continue;
        };
        for member in MEMBERS.iter().filter(|member| member.section == *section) {
            let value = root.get(section).and_then(|object| object.get(member.name));
            if let Some((fate, finding)) = problem(member, value, ranges) {
                checked.findings.push(finding);
                if fate == Fate::Refused {
                    checked.refused.get_or_insert(member);
                }
            }
        }
        let strangers = members.iter().filter(|(name, _)| {
            let is_it = |member: &Member| member.section == *section && member.name == name;
            !MEMBERS.iter().any(is_it)
        });
        for (name, _) in strangers.take(room) {
            checked.findings.push(unknown(&format!("{section}."), name));
            room -= 1;
        }
    }
    checked
}

/// What a broken rule does to the request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Refused,
    Noted,
}

fn problem(member: &Member, value: Option<&Value>, ranges: Ranges) -> Option<(Fate, Finding)> {
    let refused = |clause, found: String| Some((Fate::Refused, member.finding(clause, found)));
    let noted = |clause, found: String| Some((Fate::Noted, member.finding(clause, found)));
    let Some(value) = value else {
        return match member.need {
            Need::Optional => None,
            Need::Required => refused(member.clause, "nothing".to_owned()),
        };
    };
    let wrong_type = || {
        let clause = match (member.need, value) {
            (Need::Optional, Value::Null) if member.name != "emotion" => &clauses::NULL,
            _ => member.clause,
        };
        refused(clause, value.type_name().to_owned())
    };
    let in_words = || match value {
        Value::String(_) => noted(&clauses::INTEGER_TEXT, value.excerpt()),
        _ => None,
    };
    let ranged = |number: f64, low: f64, high: f64| {
        if (low..=high).contains(&number) {
            return None;
        }
        match ranges {
            Ranges::Refuse => refused(range_of(member), value.excerpt()),
            Ranges::Clamp | Ranges::Accept => noted(range_of(member), value.excerpt()),
        }
    };
    match (member.shape, value) {
        (Shape::Filled, Value::String(text)) if text.is_empty() => {
            refused(member.clause, "an empty string".to_owned())
        }
        (Shape::Filled, Value::String(text))
            if member.name == "cluster" && !CLUSTERS.contains(&text.as_str()) =>
        {
            let found = value.excerpt();
            let expected = CLUSTERS.join(" | ");
            let finding = Finding::at_path(member.clause, member.path(), found, expected);
            Some((Fate::Noted, finding))
        }
        (Shape::Text | Shape::Filled, Value::String(_)) | (Shape::Flag, Value::Bool(_)) => None,
        (Shape::Word(words), Value::String(text)) => match words.contains(&text.as_str()) {
            true => None,
            false => refused(member.clause, value.excerpt()),
        },
        (Shape::Hint(words), Value::String(text)) => match words.contains(&text.as_str()) {
            true => None,
            false => noted(member.clause, value.excerpt()),
        },
        (Shape::Whole(low, high), Value::Number(_) | Value::String(_)) => match whole_of(value) {
            Some(number) => ranged(number, bound(low), bound(high)).or_else(in_words),
            None => refused(member.clause, value.excerpt()),
        },
        (Shape::Choice(values), Value::Number(_) | Value::String(_)) => {
            let number = whole_of(value);
            match values.iter().any(|choice| number == Some(bound(*choice))) {
                true => in_words(),
                false => refused(member.clause, value.excerpt()),
            }
        }
        (Shape::Ratio(low, high), Value::Number(_)) => match value.as_f64() {
            Some(number) => ranged(number, low, high),
            None => wrong_type(),
        },
        (Shape::Millis(low, high), Value::Number(_) | Value::String(_)) => match number_of(value) {
            Some(number) => ranged(number, low, high),
            None => refused(member.clause, value.excerpt()),
        },
        // An empty string leaves a switch as it is; clients send one for text_type, too.
        (Shape::Switch, Value::String(text)) if text.is_empty() => None,
        (Shape::Switch, Value::Number(_) | Value::String(_)) => match number_of(value) {
            Some(0.0 | 1.0) => None,
            Some(number) if number.fract() == 0.0 => noted(member.clause, value.excerpt()),
            _ => refused(member.clause, value.excerpt()),
        },
        (Shape::JsonText, Value::String(text)) => extra_param(member, text),
        _ => wrong_type(),
    }
}

/// The one member whose string is JSON itself.
fn extra_param(member: &Member, text: &str) -> Option<(Fate, Finding)> {
    if text.is_empty() {
        return None;
    }
    let inner = match json::parse(text) {
        Ok(parsed) => parsed.value,
        Err(error) => {
            let found = format!("{} at byte {} of the string", error.problem, error.offset);
            return Some((Fate::Refused, member.finding(member.clause, found)));
        }
    };
    let Some(members) = inner.members() else {
        let found = format!("a string that holds {}", inner.type_name());
        return Some((Fate::Refused, member.finding(member.clause, found)));
    };
    members
        .iter()
        .find(|(name, _)| !EXTRA_MEMBERS.contains(&name.as_str()))
        .map(|(name, _)| (Fate::Noted, unknown(&format!("{}.", member.path()), name)))
}

/// The clause that a number out of its range breaks: the member's, if that names the range.
fn range_of(member: &Member) -> &'static Clause {
    match member.name {
        "bitrate" => &fault::RANGES,
        _ => member.clause,
    }
}

fn unknown(path: &str, name: &str) -> Finding {
    const LONGEST: usize = 80;
    let shown: String = name.chars().take(LONGEST).collect();
    let path = format!("{path}{shown}");
    let expected = "a documented member";
    Finding::at_path(&clauses::UNKNOWN, path, "an unknown member", expected)
}

/// An integer, also one that is written `24000.0` or `"24000"`.
fn whole_of(value: &Value) -> Option<f64> {
    number_of(value).filter(|number| number.fract() == 0.0)
}

/// A bound as the number that it is compared with. The bounds of the table are small.
fn bound(value: i64) -> f64 {
    i32::try_from(value).map_or(f64::INFINITY, f64::from)
}

/// How many unknown members of one request are noted: a request may hold millions.
pub(super) const MOST_UNKNOWN: usize = 32;

/// Clusters that are known; others are served and noted.
const CLUSTERS: &[&str] = &["volcano_tts", "volcano_icl", "volcano_mega"];

const EXTRA_MEMBERS: &[&str] = &[
    "disable_markdown_filter",
    "disable_emoji_filter",
    "enable_latex_tn",
    "mute_cut_threshold",
    "mute_cut_remain_ms",
    "unsupported_char_ratio_thresh",
    "cache_config",
    "aigc_watermark",
];
