//! Credentials out of everything that people read.
//!
//! A value is a credential if its name says so: authorization headers, cookies, headers
//! like `X-…-Token`, and query or JSON members whose name is or ends in token, key, secret,
//! password or appid. Once seen in a session it is replaced wherever it comes up again.

use serde_json::Value;
use wire::handshake::RequestHead;

/// What stands in place of a credential.
const BLANK: &str = "***";

/// A credential shorter than this is blanked as a whole value only, not inside longer text:
/// a token `a` would blank half of every sentence.
const SHORTEST_INSIDE: usize = 4;

/// The credentials of one session.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    /// Learns the credentials of a request.
    pub(crate) fn of(head: &RequestHead) -> Self {
        let mut redactor = Self::default();
        for (name, value) in &head.headers {
            if is_secret_header(name) {
                redactor.add_credential(value);
            }
        }
        for (name, value) in head.query_pairs() {
            if is_secret_name(&name) {
                redactor.add(&value);
            }
        }
        for pair in head.query.as_deref().unwrap_or_default().split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && is_secret_name(&wire::handshake::percent_decode(name))
            {
                redactor.add(value);
            }
        }
        redactor
    }

    /// Learns the credentials of a decoded message.
    pub(crate) fn learn(&mut self, value: &wire::json::Value) {
        use wire::json::Value as Json;
        match value {
            Json::Object(members) => {
                for (name, value) in members {
                    match value {
                        Json::String(text) if is_secret_name(name) => self.add(text),
                        other => self.learn(other),
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    /// A text without credentials.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text == *secret {
                return BLANK.to_owned();
            }
            if secret.len() >= SHORTEST_INSIDE && text.contains(secret) {
                text = text.replace(secret, BLANK);
            }
        }
        // Whatever our own sign-in services issued is a secret without having been seen.
        wire::credentials::blank_issued(&text, BLANK)
    }

    /// A JSON value without credentials.
    pub(crate) fn json(&self, value: &wire::json::Value) -> Value {
        use wire::json::Value as Json;
        match value {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => Value::Number(number.clone()),
            Json::String(text) => Value::String(self.text(text)),
            Json::Array(items) => items.iter().map(|item| self.json(item)).collect(),
            Json::Object(members) => {
                let shown = members.iter().map(|(name, value)| {
                    let secret = is_secret_name(name) && !matches!(value, Json::Object(_));
                    let value = if secret {
                        Value::String(BLANK.to_owned())
                    } else {
                        self.json(value)
                    };
                    (self.text(name), value)
                });
                Value::Object(shown.collect())
            }
        }
    }

    /// A header's value, and the parts of it that are credentials by themselves.
    fn add_credential(&mut self, value: &str) {
        self.add(value);
        if let Some((_, rest)) = value.split_once([' ', ';']) {
            self.add(rest.trim_start_matches([' ', ';']));
        }
    }

    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if !secret.is_empty() && !self.secrets.iter().any(|known| known == secret) {
            self.secrets.push(secret.to_owned());
            // The longest first, so that a part never spoils the whole.
            self.secrets
                .sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
    }
}

const SECRET_ENDINGS: &[&str] = &["token", "key", "secret", "password", "appid"];

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "cookie" | "x-api-key"
    ) || name.starts_with("x-") && name.ends_with("-token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_blanked_wherever_they_come_up_again() {
        let head = RequestHead {
            query: Some("access_token=plan%74ed-query&voice=v".to_owned()),
            headers: vec![(
                "authorization".to_owned(),
                "Bearer; planted-header".to_owned(),
            )],
            ..RequestHead::default()
        };
        let mut redactor = Redactor::of(&head);
        let message = r#"{"app":{"token":"planted-json","appid":"42"}}"#;
        redactor.learn(&wire::json::parse(message).unwrap().value);
        for text in [
            "planted-query",
            "plan%74ed-query",
            "planted-header",
            "planted-json",
        ] {
            assert_eq!(redactor.text(&format!("why {text} here")), "why *** here");
        }
        assert_eq!(redactor.text("42"), "***");
        assert_eq!(redactor.text("421"), "421");
        let value = wire::json::parse(r#"{"appid":"42","x":["planted-json"]}"#).unwrap();
        let shown = redactor.json(&value.value).to_string();
        assert_eq!(shown, r#"{"appid":"***","x":["***"]}"#);
    }
}
