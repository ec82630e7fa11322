//! I20, matcher soundness: a pattern made of a message takes it, and refuses the message with one
//! member changed.

use proptest::prelude::*;
use wire::json::{Style, Value, object};

use super::{Condition, JsonType, Matcher, Matchers, check_all, find, set};
use crate::case::{Library, Step};
use crate::message::Scope;

/// How a leaf is described.
#[derive(Clone, Copy, Debug)]
enum How {
    Is,
    Any,
    Range,
    Near,
    Regex,
    Length,
    Not,
}

const HOWS: [How; 7] = [
    How::Is,
    How::Any,
    How::Range,
    How::Near,
    How::Regex,
    How::Length,
    How::Not,
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-1000_i64..1000).prop_map(Value::from),
        "[a-z你好.*+?(]{0,6}".prop_map(Value::from),
    ]
}

fn message() -> impl Strategy<Value = Value> {
    let value = leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map("[a-z]{1,3}", inner, 0..4).prop_map(object),
        ]
    });
    prop::collection::btree_map("[a-z]{1,3}", value, 1..5).prop_map(object)
}

/// The paths of all leaves; an empty array or object is one.
fn leaves(value: &Value, path: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, inner) in members {
                let path = match path {
                    "" => name.clone(),
                    path => format!("{path}.{name}"),
                };
                leaves(inner, &path, all);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, inner) in items.iter().enumerate() {
                leaves(inner, &format!("{path}[{index}]"), all);
            }
        }
        _ => all.push(path.to_owned()),
    }
}

fn one(condition: Condition) -> Matcher {
    Matcher {
        conditions: vec![condition],
        bind: None,
    }
}

/// A matcher that takes this leaf, and what differs from it as `changed` says.
fn describes(value: &Value, how: How) -> Matcher {
    let number = value.as_f64();
    match (how, value, number) {
        (How::Any, ..) => one(Condition::Any(vec![
            Matcher::is(Value::from("never")),
            Matcher::is(value.clone()),
        ])),
        (How::Range, _, Some(number)) => Matcher {
            conditions: vec![
                Condition::Type(JsonType::Integer),
                Condition::Least(number),
                Condition::Most(number),
            ],
            bind: None,
        },
        (How::Near, _, Some(number)) => one(Condition::Near {
            value: number,
            within: 0.5,
        }),
        (How::Regex, Value::String(text), _) => {
            let pattern = format!("^(?s:{})$", regex::escape(text));
            one(Condition::Regex(regex::Regex::new(&pattern).unwrap()))
        }
        (How::Length, Value::String(text), _) => {
            let length = u64::try_from(text.chars().count()).unwrap();
            one(Condition::Length(Box::new(Matcher::is(Value::from(
                length,
            )))))
        }
        (How::Not, ..) => one(Condition::Not(Box::new(one(Condition::Not(Box::new(
            Matcher::is(value.clone()),
        )))))),
        _ => Matcher::is(value.clone()),
    }
}

/// Another value, in a way that none of the descriptions above takes.
fn changed(value: &Value) -> Value {
    match value {
        Value::Null => Value::Bool(true),
        Value::Bool(value) => Value::Bool(!value),
        Value::Number(_) => Value::from(value.as_i64().unwrap_or(0) + 1),
        Value::String(text) => Value::from(format!("{text}!")),
        Value::Array(_) | Value::Object(_) => Value::Null,
    }
}

proptest! {
    #[test]
    fn a_pattern_of_a_message_takes_it_and_no_other(
        message in message(),
        how in prop::sample::select(&HOWS[..]),
        chosen in any::<prop::sample::Index>(),
    ) {
        let mut paths = Vec::new();
        leaves(&message, "", &mut paths);
        let pattern: Matchers = paths
            .iter()
            .map(|path| (path.clone(), describes(find(&message, path).unwrap(), how)))
            .collect();
        let mut scope = Scope::new("");
        prop_assert!(check_all(&message, &pattern, &mut scope).is_empty());
        let whole = Matchers::from([(String::new(), one(Condition::Subset(pattern.clone())))]);
        prop_assert!(check_all(&message, &whole, &mut scope).is_empty());

        let path = &paths[chosen.index(paths.len())];
        let other = changed(find(&message, path).unwrap());
        let mut mutated = message.clone();
        set(&mut mutated, path, other);
        let found = check_all(&mutated, &pattern, &mut scope);
        prop_assert_eq!(found.len(), 1, "{}", mutated.write(Style::Compact));
        prop_assert!(found[0].path.ends_with(path.as_str()));
        prop_assert!(!check_all(&mutated, &whole, &mut scope).is_empty());
    }

    #[test]
    fn what_is_forbidden_is_refused_wherever_it_comes(message in message()) {
        let mut paths = Vec::new();
        leaves(&message, "", &mut paths);
        for path in paths {
            let forbidden = Matchers::from([(path, one(Condition::Absent))]);
            prop_assert_eq!(check_all(&message, &forbidden, &mut Scope::new("")).len(), 1);
        }
        let nowhere = Matchers::from([("zzzz.z".to_owned(), one(Condition::Absent))]);
        prop_assert!(check_all(&message, &nowhere, &mut Scope::new("")).is_empty());
    }
}

/// Every pattern of the case files that wants something refuses a message without it.
#[test]
fn no_pattern_of_a_case_takes_a_message_that_says_nothing() {
    let library = Library::embedded().unwrap();
    let mut patterns = 0;
    for case in &library.cases {
        let of_step = |step: &Step| match step {
            Step::Expect(expect) => expect.json.clone(),
            Step::Collect(collect) => collect.each.clone(),
            Step::Http(http) => http.answer.clone(),
            Step::Refused(refused) => refused.json.clone(),
            _ => Matchers::new(),
        };
        let said = case.client.iter().flat_map(|client| &client.checks);
        let said = said.filter_map(|check| match &check.expect {
            crate::case::Answer::Messages { json, .. } => Some(json.clone()),
            _ => None,
        });
        for pattern in case.script.iter().map(of_step).chain(said) {
            let may_stay_away = |matcher: &Matcher| {
                let absent = |c: &Condition| matches!(c, Condition::Absent | Condition::Any(_));
                matcher.conditions.iter().any(absent)
            };
            for (path, matcher) in pattern {
                if may_stay_away(&matcher) {
                    continue;
                }
                patterns += 1;
                let alone = Matchers::from([(path.clone(), matcher)]);
                let nothing = object::<String>([]);
                let found = check_all(&nothing, &alone, &mut Scope::new("t"));
                assert!(!found.is_empty(), "{} takes nothing at {path}", case.id);
            }
        }
    }
    assert!(patterns > 300, "{patterns}");
}
