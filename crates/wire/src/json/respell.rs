//! The same JSON in another spelling: what a decoder may not care about, by name.
//!
//! Other white space, other order of members, members that nobody knows.

use super::{Style, Value, parse};

/// The text of an object again, its members turned by so many places, with one more that is unknown.
pub(crate) fn respelt(text: &str, turns: usize, style: Style) -> String {
    let mut value = parse(text).expect("what was encoded").value;
    respell(&mut value, turns);
    if let Value::Object(members) = &mut value {
        let at = turns % (members.len() + 1);
        members.insert(at, ("zz_unknown".to_owned(), Value::Null));
    }
    value.write(style)
}

fn respell(value: &mut Value, turns: usize) {
    match value {
        Value::Object(members) => {
            let places = turns % members.len().max(1);
            members.rotate_left(places);
            members
                .iter_mut()
                .for_each(|(_, value)| respell(value, turns));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| respell(item, turns)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
