//! JSON paths: `config.speed`, `segments[0].is_final`, `words[-1]`.

use wire::json::Value;

/// The value at a path.
pub(crate) fn find<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut at = value;
    for step in steps(path) {
        at = match step {
            Step::Member(name) => at.get(name)?,
            Step::Item(index) => item(at.items()?, index)?,
        };
    }
    Some(at)
}

/// Sets the member at a path, making the objects on the way.
pub(crate) fn set(value: &mut Value, path: &str, new: Value) {
    let Some(place) = place(value, path, Missing::Make) else {
        return;
    };
    *place = new;
}

/// Takes out the member at a path; `false` if there is none.
pub(crate) fn remove(value: &mut Value, path: &str) -> bool {
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (place(value, parent, Missing::Leave), name),
        None => (Some(value), path),
    };
    match parent {
        Some(Value::Object(members)) => {
            let before = members.len();
            members.retain(|(key, _)| key != name);
            members.len() < before
        }
        _ => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Make,
    Leave,
}

fn place<'v>(value: &'v mut Value, path: &str, missing: Missing) -> Option<&'v mut Value> {
    let mut at = value;
    for step in steps(path) {
        at = match step {
            Step::Item(index) => {
                let Value::Array(items) = at else { return None };
                let index = usize::try_from(index).ok()?;
                items.get_mut(index)?
            }
            Step::Member(name) => {
                if missing == Missing::Make && !matches!(at, Value::Object(_)) {
                    *at = Value::Object(Vec::new());
                }
                let Value::Object(members) = at else {
                    return None;
                };
                let known = members.iter().position(|(key, _)| key == name);
                let index = match (known, missing) {
                    (Some(index), _) => index,
                    (None, Missing::Leave) => return None,
                    (None, Missing::Make) => {
                        members.push((name.to_owned(), Value::Null));
                        members.len() - 1
                    }
                };
                &mut members.get_mut(index)?.1
            }
        };
    }
    Some(at)
}

enum Step<'p> {
    Member(&'p str),
    Item(i64),
}

fn steps(path: &str) -> impl Iterator<Item = Step<'_>> {
    let parts = path.split('.').filter(|part| !part.is_empty());
    parts.flat_map(|part| {
        let (name, rest) = match part.find('[') {
            Some(at) => part.split_at(at),
            None => (part, ""),
        };
        let member = (!name.is_empty()).then_some(Step::Member(name));
        let indices = rest.split('[').filter_map(|index| {
            let number = index.strip_suffix(']')?;
            number.parse().ok().map(Step::Item)
        });
        member.into_iter().chain(indices)
    })
}

fn item(items: &[Value], index: i64) -> Option<&Value> {
    let count = i64::try_from(items.len()).ok()?;
    let index = if index < 0 { index + count } else { index };
    items.get(usize::try_from(index).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        wire::json::parse(text).unwrap().value
    }

    #[test]
    fn a_path_leads_into_objects_and_arrays() {
        let value = value(r#"{"a":{"b":[{"c":1},{"c":2}]},"":3}"#);
        let at = |path: &str| find(&value, path).and_then(Value::as_i64);
        assert_eq!(at("a.b[0].c"), Some(1));
        assert_eq!(at("a.b[-1].c"), Some(2));
        assert_eq!(at("a.b[2].c"), None);
        assert_eq!(at("a.x"), None);
    }

    #[test]
    fn members_are_set_and_removed() {
        let mut value = value(r#"{"a":{"b":1}}"#);
        set(&mut value, "a.c.d", Value::from(2));
        assert!(remove(&mut value, "a.b"));
        assert!(!remove(&mut value, "a.b"));
        assert_eq!(value.excerpt(), r#"{"a":{"c":{"d":2}}}"#);
    }
}
