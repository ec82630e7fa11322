//! Holding values against matchers.

use wire::json::Value;

use super::path;
use super::{Condition, JsonType, Matcher, Matchers};
use crate::message::Scope;
use crate::run::trace::Comparison;

/// How a value is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Its path; empty for the value as a whole.
    pub path: String,
    /// What was found.
    pub found: String,
    /// What would have been right.
    pub expected: String,
}

/// Holds the members of a value against matchers; binds what is to be bound if all of them match.
#[must_use]
pub fn check_all(value: &Value, matchers: &Matchers, scope: &mut Scope) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    let mut bound = Vec::new();
    for (path, matcher) in matchers {
        let found = path::find(value, path);
        mismatches.extend(look(path, found, matcher, scope, &mut bound));
    }
    settle(&mismatches, bound, scope);
    mismatches
}

/// Holds a value, which may be absent, against a matcher.
#[must_use]
pub fn check(
    path: &str,
    value: Option<&Value>,
    matcher: &Matcher,
    scope: &mut Scope,
) -> Vec<Mismatch> {
    let mut bound = Vec::new();
    let mismatches = look(path, value, matcher, scope, &mut bound);
    settle(&mismatches, bound, scope);
    mismatches
}

/// Holds a value, which may be absent, against a matcher, for people: what was right, too, and
/// of what is wrong each part. Binds nothing.
pub(crate) fn compare(
    path: &str,
    value: Option<&Value>,
    matcher: &Matcher,
    scope: &mut Scope,
) -> Vec<Comparison> {
    let mismatches = look(path, value, matcher, scope, &mut Vec::new());
    if mismatches.is_empty() {
        return vec![Comparison {
            path: path.to_owned(),
            expected: scope.fill(&describe_all(matcher)),
            found: value.map_or_else(|| "nothing".to_owned(), Value::excerpt),
            holds: true,
        }];
    }
    let wrong = mismatches.into_iter().map(|mismatch| Comparison {
        path: mismatch.path,
        expected: mismatch.expected,
        found: mismatch.found,
        holds: false,
    });
    wrong.collect()
}

fn settle(mismatches: &[Mismatch], bound: Vec<(String, String)>, scope: &mut Scope) {
    if mismatches.is_empty() {
        for (name, value) in bound {
            scope.bind(&name, &value);
        }
    }
}

fn look(
    path: &str,
    value: Option<&Value>,
    matcher: &Matcher,
    scope: &mut Scope,
    bound: &mut Vec<(String, String)>,
) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for condition in &matcher.conditions {
        mismatches.extend(hold(path, value, condition, scope, bound));
    }
    let must_be_there = matcher.conditions.is_empty() && value.is_none();
    if must_be_there {
        mismatches.push(mismatch(path, value, "anything".to_owned()));
    }
    if let (Some(name), Some(value)) = (&matcher.bind, value) {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.write(wire::json::Style::Compact),
        };
        bound.push((name.clone(), text));
    }
    mismatches
}

fn mismatch(path: &str, value: Option<&Value>, expected: String) -> Mismatch {
    Mismatch {
        path: path.to_owned(),
        found: value.map_or_else(|| "nothing".to_owned(), Value::excerpt),
        expected,
    }
}

fn hold(
    path: &str,
    value: Option<&Value>,
    condition: &Condition,
    scope: &mut Scope,
    bound: &mut Vec<(String, String)>,
) -> Vec<Mismatch> {
    let matches = match condition {
        Condition::Is(wanted) => {
            let wanted = scope.fill_json(wanted);
            match value {
                Some(found) if is_equal(found, &wanted) => true,
                found => return vec![mismatch(path, found, wanted.excerpt())],
            }
        }
        Condition::Regex(regex) => value
            .and_then(Value::as_str)
            .is_some_and(|text| regex.is_match(text)),
        Condition::Any(several) => several
            .iter()
            .any(|one| look(path, value, one, scope, bound).is_empty()),
        Condition::Absent => value.is_none(),
        Condition::Type(kind) => value.is_some_and(|value| has_type(value, *kind)),
        Condition::Least(least) => number(value).is_some_and(|number| number >= *least),
        Condition::Most(most) => number(value).is_some_and(|number| number <= *most),
        Condition::Above(name) => {
            let known = known(name, scope, bound);
            number(value)
                .zip(known)
                .is_some_and(|(number, known)| number > known)
        }
        Condition::Below(name) => {
            let known = known(name, scope, bound);
            number(value)
                .zip(known)
                .is_some_and(|(number, known)| number < known)
        }
        Condition::Near {
            value: centre,
            within,
        } => number(value).is_some_and(|number| (number - centre).abs() <= *within),
        Condition::Subset(members) => {
            let Some(Value::Object(_)) = value else {
                return vec![mismatch(path, value, describe(condition))];
            };
            let inner = members.iter().flat_map(|(name, matcher)| {
                let found = value.and_then(|value| path::find(value, name));
                look(&join(path, name), found, matcher, scope, bound)
            });
            return inner.collect();
        }
        Condition::Each(matcher) => {
            let Some(items) = value.and_then(Value::items) else {
                return vec![mismatch(path, value, describe(condition))];
            };
            let inner = items.iter().enumerate().flat_map(|(index, item)| {
                look(
                    &format!("{path}[{index}]"),
                    Some(item),
                    matcher,
                    scope,
                    bound,
                )
            });
            return inner.collect();
        }
        Condition::Length(matcher) => {
            let length = match value {
                Some(Value::Array(items)) => Some(items.len()),
                Some(Value::String(text)) => Some(text.chars().count()),
                _ => None,
            };
            let length = length.and_then(|length| u64::try_from(length).ok());
            let length = length.map(Value::from);
            return look(
                &format!("length of {path}"),
                length.as_ref(),
                matcher,
                scope,
                bound,
            );
        }
        Condition::Not(matcher) => {
            value.is_some() && !look(path, value, matcher, scope, &mut Vec::new()).is_empty()
        }
    };
    match matches {
        true => Vec::new(),
        false => vec![mismatch(path, value, describe(condition))],
    }
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

/// Objects are equal whatever the order of their members; numbers by value.
fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let in_b = |(key, value): &(String, Value)| {
                let mut of_b = b.iter();
                of_b.any(|(other, found)| key == other && is_equal(value, found))
            };
            a.len() == b.len() && a.iter().all(in_b)
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b))
        }
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

/// The number of a name, which may have been bound a moment ago.
fn known(name: &str, scope: &Scope, bound: &[(String, String)]) -> Option<f64> {
    let mut fresh = bound.iter().rev();
    match fresh.find(|(known, _)| known == name) {
        Some((_, text)) => text.parse().ok(),
        None => scope.number(name),
    }
}

fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(Value::as_f64)
}

fn has_type(value: &Value, kind: JsonType) -> bool {
    match kind {
        JsonType::Null => matches!(value, Value::Null),
        JsonType::Boolean => value.as_bool().is_some(),
        JsonType::Integer => value.as_i64().is_some(),
        JsonType::Number => value.as_f64().is_some(),
        JsonType::String => value.as_str().is_some(),
        JsonType::Array => value.items().is_some(),
        JsonType::Object => value.members().is_some(),
    }
}

/// A condition in words.
fn describe(condition: &Condition) -> String {
    match condition {
        Condition::Is(value) => value.excerpt(),
        Condition::Regex(regex) => {
            let pattern = regex.as_str();
            let inner = pattern.strip_prefix("^(?s:");
            let inner = inner.and_then(|inner| inner.strip_suffix(")$"));
            format!("a string like {}", inner.unwrap_or(pattern))
        }
        Condition::Any(several) => {
            let all: Vec<String> = several.iter().map(describe_all).collect();
            all.join(" or ")
        }
        Condition::Absent => "nothing".to_owned(),
        Condition::Type(kind) => format!("of type {}", kind.name()),
        Condition::Least(least) => format!("a number from {least}"),
        Condition::Most(most) => format!("a number up to {most}"),
        Condition::Above(name) => format!("a number above that of {name}"),
        Condition::Below(name) => format!("a number below that of {name}"),
        Condition::Near { value, within } => format!("{value} ± {within}"),
        Condition::Subset(members) => {
            let names: Vec<&str> = members.keys().map(String::as_str).collect();
            format!("an object with {}", names.join(", "))
        }
        Condition::Each(matcher) => format!("an array, each item {}", describe_all(matcher)),
        Condition::Length(matcher) => format!("a length of {}", describe_all(matcher)),
        Condition::Not(matcher) => format!("not {}", describe_all(matcher)),
    }
}

fn describe_all(matcher: &Matcher) -> String {
    match matcher.conditions.as_slice() {
        [] => "anything".to_owned(),
        several => {
            let all: Vec<String> = several.iter().map(describe).collect();
            all.join(" and ")
        }
    }
}

/// The members of an object that are not named by any path of `matchers`.
pub(crate) fn unnamed<'v>(value: &'v Value, matchers: &Matchers) -> Vec<&'v str> {
    let members = value.members().unwrap_or_default();
    let is_named = |name: &str| {
        matchers.keys().any(|path| {
            let rest = path.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    };
    let names = members.iter().map(|(name, _)| name.as_str());
    names.filter(|name| !is_named(name)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[derive(serde::Deserialize)]
    struct File {
        json: Matchers,
    }

    fn verdict(matcher: &str, json: &str) -> Vec<String> {
        let file: File = toml::from_str(&format!("[json]\n\"a\" = {matcher}\n")).unwrap();
        let value = wire::json::parse(&format!("{{{json}}}")).unwrap().value;
        let mut scope = Scope::new("t0ken");
        scope.bind("known", "x");
        let found = check_all(&value, &file.json, &mut scope);
        let line = |m: Mismatch| format!("{}: {}, expected {}", m.path, m.found, m.expected);
        found.into_iter().map(line).collect()
    }

    #[rstest]
    #[case::exact("1", r#""a":1"#, r#""a":"1""#)]
    #[case::number_by_value("1", r#""a":1.0"#, r#""a":1.1"#)]
    #[case::bound("'${known}'", r#""a":"x""#, r#""a":"${known}""#)]
    #[case::object("{ is = { b = 1, c = 2 } }", r#""a":{"c":2,"b":1}"#, r#""a":{"b":1}"#)]
    #[case::regex("{ regex = '[0-9]+' }", r#""a":"12""#, r#""a":"12x""#)]
    #[case::regex_alternatives("{ regex = 'a|b' }", r#""a":"b""#, r#""a":"bc""#)]
    #[case::any("{ any = [1, 'x'], why = 'y' }", r#""a":"x""#, r#""a":2"#)]
    #[case::absent("{ absent = true }", r#""b":1"#, r#""a":null"#)]
    #[case::null("{ '$json' = 'null' }", r#""a":null"#, r#""b":1"#)]
    #[case::integer("{ type = 'integer' }", r#""a":7"#, r#""a":7.5"#)]
    #[case::range("{ min = 0, max = 1 }", r#""a":0.5"#, r#""a":1.5"#)]
    #[case::range_of_nothing("{ min = 0 }", r#""a":0"#, r#""b":1"#)]
    #[case::near("{ near = 10, within = 1 }", r#""a":9.5"#, r#""a":8"#)]
    #[case::subset("{ subset = { b = 1 } }", r#""a":{"b":1,"c":2}"#, r#""a":{"c":2}"#)]
    #[case::each("{ each = { type = 'string' } }", r#""a":["x"]"#, r#""a":["x",1]"#)]
    #[case::length("{ length = { min = 2 } }", r#""a":[1,2]"#, r#""a":[1]"#)]
    #[case::not("{ not = '' }", r#""a":"x""#, r#""a":"""#)]
    #[case::not_nothing("{ not = '' }", r#""a":"x""#, r#""b":"x""#)]
    #[case::anything("{ bind = 'n' }", r#""a":null"#, r#""b":1"#)]
    fn each_condition_takes_one_and_refuses_the_other(
        #[case] matcher: &str,
        #[case] right: &str,
        #[case] wrong: &str,
    ) {
        assert_eq!(verdict(matcher, right), [""; 0]);
        assert_eq!(verdict(matcher, wrong).len(), 1);
    }

    #[test]
    fn a_mismatch_says_where_what_and_what_instead() {
        assert_eq!(
            verdict(
                "{ each = { subset = { b = { min = 1 } } } }",
                r#""a":[{"b":1},{"b":0}]"#
            ),
            ["a[1].b: 0, expected a number from 1"]
        );
        assert_eq!(verdict("'x'", r#""b":1"#), ["a: nothing, expected \"x\""]);
    }

    #[test]
    fn what_is_bound_is_known_afterwards() {
        let mut scope = Scope::new("t0ken");
        let file: File = toml::from_str("[json]\na = { bind = 'n', type = 'string' }\n").unwrap();
        let value = wire::json::object([("a", Value::from("seen"))]);
        assert_eq!(check_all(&value, &file.json, &mut scope), []);
        assert_eq!(scope.fill("<${n}>"), "<seen>");
    }
}
