//! What `${name}` stands for in a case.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use wire::id::Ids;
use wire::json::Value;

/// The names of one case: `${token}`, `${uuid:NAME}` (the same for the same name),
/// `${fill:TIMES:TEXT}`, `${now}` (when the case began, `20260301T120000Z`), and whatever was bound.
#[derive(Clone, Debug)]
pub struct Scope {
    names: BTreeMap<String, String>,
    token: String,
    fresh: Ids,
}

/// The date and time of the clock on the wall, for what is signed: `20260301T120000Z`.
fn now() -> String {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since_1970.map_or(0, |time| time.as_millis());
    let text = wire::date::iso_micros(u64::try_from(ms).unwrap_or(0));
    let text = text.split('.').next().unwrap_or_default();
    format!("{}Z", text.replace(['-', ':'], ""))
}

/// What stands for the token in everything that is shown.
const HIDDEN: &str = "***";

impl Scope {
    /// The names of a case that uses this credential. Request ids are drawn anew for each case
    /// and each run, whatever the seed: services refuse ids that were used before.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self {
            names: BTreeMap::from([
                ("token".to_owned(), token.to_owned()),
                ("now".to_owned(), now()),
            ]),
            token: token.to_owned(),
            fresh: Ids::new(RandomState::new().hash_one("request id")),
        }
    }

    /// Gives a name a value.
    pub fn bind(&mut self, name: &str, value: &str) {
        self.names.insert(name.to_owned(), value.to_owned());
    }

    /// The text with all names filled in; unknown ones stay.
    #[must_use]
    pub fn fill(&mut self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            filled.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                filled.push_str("${");
                rest = after;
                continue;
            };
            match self.value(name) {
                Some(value) => filled.push_str(&value),
                None => filled.extend(["${", name, "}"]),
            }
            rest = behind;
        }
        filled.push_str(rest);
        filled
    }

    /// The value with all names in its strings filled in.
    #[must_use]
    pub fn fill_json(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.fill_json(item)).collect())
            }
            Value::Object(members) => {
                let members = members.iter();
                let filled = members.map(|(key, value)| (key.clone(), self.fill_json(value)));
                Value::Object(filled.collect())
            }
            other => other.clone(),
        }
    }

    /// The text without the credential.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        match self.token.is_empty() {
            true => text.to_owned(),
            false => text.replace(&self.token, HIDDEN),
        }
    }

    fn value(&mut self, name: &str) -> Option<String> {
        if let Some(value) = self.names.get(name) {
            return Some(value.clone());
        }
        if let Some(filler) = name.strip_prefix("fill:") {
            let (times, text) = filler.split_once(':').unwrap_or((filler, "a"));
            return Some(text.repeat(times.parse().ok()?));
        }
        name.strip_prefix("uuid:")?;
        let drawn = self.fresh.uuid();
        self.bind(name, &drawn);
        Some(drawn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_values() {
        let mut scope = Scope::new("t0ken");
        scope.bind("x", "1");
        assert_eq!(scope.fill("a${x}b${token}"), "a1bt0ken");
        assert_eq!(scope.fill("${y} ${"), "${y} ${");
        assert_eq!(scope.fill("${uuid:a}"), scope.fill("${uuid:a}"));
        assert_ne!(scope.fill("${uuid:a}"), scope.fill("${uuid:b}"));
        assert_ne!(
            Scope::new("").fill("${uuid:a}"),
            Scope::new("").fill("${uuid:a}")
        );
    }

    #[test]
    fn the_credential_is_never_shown() {
        assert_eq!(Scope::new("t0ken").redact("bad t0ken"), "bad ***");
        assert_eq!(Scope::new("").redact("bad"), "bad");
    }
}
