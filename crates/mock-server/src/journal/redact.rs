//! Credentials out of everything that people read.
//!
//! ```text
//!   names say what is a credential ─▶ its values are learned ─▶ blanked wherever they come up
//! ```
//!
//! A value is a credential if its name says so ([`crate::names`]). Once seen in a session it is
//! replaced wherever it comes up again: in text by a salted fingerprint, which tells whether two
//! credentials are the same and nothing else, in raw bytes by as many asterisks.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use serde_json::Value;
use wire::handshake::{RequestHead, percent_decode};

use crate::names::{is_secret_header, is_secret_name};

/// A credential shorter than this is blanked as a whole value only, not inside longer text:
/// a token `a` would blank half of every sentence.
const SHORTEST_INSIDE: usize = 4;

/// What stands in place of a credential in text: the same for the same credential, as long as
/// the process runs.
pub(crate) fn fingerprint(secret: &str) -> String {
    static SALT: OnceLock<RandomState> = OnceLock::new();
    let hash = SALT.get_or_init(RandomState::new).hash_one(secret);
    format!("***{:08x}", hash >> 32)
}

/// How many credentials of one session are known apart. Real clients have a handful; a text can
/// be made of nothing else, and each is looked for in everything that is shown.
const MOST_SECRETS: usize = 256;

/// How long they may be together. One can be as long as a message.
const MOST_BYTES: usize = 16 << 10;

/// The credentials of one session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    /// The longest first, so that a part never spoils the whole; each once.
    secrets: Vec<String>,
    /// How long they are together.
    bytes: usize,
    /// Whether there were more than anybody knows apart: then nothing may be seen.
    is_overfull: bool,
    /// Whether names say nothing: everything but these values may be seen.
    knows_all: bool,
}

impl Redactor {
    /// Knows these credentials, and that there are no others.
    pub(crate) fn knowing(secrets: &[String]) -> Self {
        let mut redactor = Self {
            knows_all: true,
            ..Self::default()
        };
        secrets.iter().for_each(|secret| redactor.add(secret));
        redactor
    }

    /// Learns the credentials of a request.
    pub(crate) fn of(head: &RequestHead) -> Self {
        let mut redactor = Self::default();
        for (name, value) in &head.headers {
            if is_secret_header(name) {
                redactor.add_credential(value);
            } else {
                redactor.learn_text(value);
            }
        }
        for (name, value) in head.query_pairs() {
            if is_secret_name(&name) {
                redactor.add(&value);
            }
        }
        redactor.learn_text(head.query.as_deref().unwrap_or_default());
        redactor
    }

    /// From now on nothing may be seen.
    pub(crate) fn hide_all(&mut self) {
        self.secrets = Vec::new();
        self.bytes = 0;
        self.is_overfull = true;
    }

    /// Whether nothing may be seen.
    pub(crate) const fn hides_all(&self) -> bool {
        self.is_overfull
    }

    /// What it takes in memory, about.
    pub(crate) const fn weight(&self) -> usize {
        self.bytes
    }

    /// Learns a credential.
    pub(crate) fn learn_secret(&mut self, secret: &str) {
        self.add(secret);
    }

    /// Learns the credentials of a decoded message.
    pub(crate) fn learn(&mut self, value: &wire::json::Value) {
        use wire::json::Value as Json;
        match value {
            Json::Object(members) => {
                for (name, value) in members {
                    match value {
                        Json::String(text) if is_secret_name(name) => self.add(text),
                        Json::Number(number) if is_secret_name(name) => {
                            self.add(&number.to_string());
                        }
                        other => self.learn(other),
                    }
                }
            }
            Json::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }

    /// Learns the credentials of a text that is not decoded: a refused message, a close reason.
    pub(crate) fn learn_text(&mut self, text: &str) {
        for range in secret_ranges(text.as_bytes()) {
            if let Some(secret) = text.get(range) {
                self.add(secret);
            }
        }
    }

    /// A text without credentials.
    pub(crate) fn text(&self, text: &str) -> String {
        if self.is_overfull {
            return fingerprint(text);
        }
        let mut text = text.to_owned();
        for secret in &self.secrets {
            if text == *secret {
                return fingerprint(secret);
            }
            if secret.len() >= SHORTEST_INSIDE && text.contains(secret) {
                text = text.replace(secret, &fingerprint(secret));
            }
        }
        // Whatever our own sign-in services issued is a secret without having been seen.
        wire::credentials::blank_issued(&text, fingerprint)
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
                    let shown = if is_secret_name(name) {
                        self.credential(value)
                    } else {
                        self.json(value)
                    };
                    (self.text(name), shown)
                });
                Value::Object(shown.collect())
            }
        }
    }

    /// Blanks credentials in bytes, each at its length.
    pub(crate) fn blank(&self, bytes: &mut [u8]) {
        if self.is_overfull {
            // Lines stay lines, and frames stay frames around it.
            let seen = bytes.iter_mut().filter(|byte| !byte.is_ascii_whitespace());
            seen.for_each(|byte| *byte = b'*');
            return;
        }
        if !self.knows_all {
            for range in secret_ranges(bytes) {
                fill(bytes, range);
            }
        }
        self.blank_known(bytes);
    }

    /// Blanks the credentials of an HTTP head at their length.
    pub(crate) fn blank_head(&self, head: &mut [u8]) {
        let mut at = 0;
        let lines: Vec<Range<usize>> = head
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| {
                let start = at;
                at += line.len();
                start..at
            })
            .collect();
        for line in lines {
            let text = head.get(line.clone()).unwrap_or_default();
            let Some(colon) = text.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let name = String::from_utf8_lossy(text.get(..colon).unwrap_or_default()).into_owned();
            if is_secret_header(name.trim()) {
                fill(head, line.start + colon + 1..line.end);
            }
        }
        self.blank(head);
    }

    fn blank_known(&self, bytes: &mut [u8]) {
        for secret in &self.secrets {
            let secret = secret.as_bytes();
            if secret.len() < SHORTEST_INSIDE {
                continue;
            }
            let found: Vec<usize> = memmem::find_iter(bytes, secret).collect();
            for at in found {
                fill(bytes, at..at + secret.len());
            }
        }
    }

    fn credential(&self, value: &wire::json::Value) -> Value {
        use wire::json::Value as Json;
        match value {
            Json::Null => Value::Null,
            Json::Object(_) => self.json(value),
            Json::String(text) if text.is_empty() => Value::String(String::new()),
            Json::String(text) => Value::String(fingerprint(text)),
            Json::Bool(_) | Json::Number(_) | Json::Array(_) => {
                Value::String(fingerprint(&value.write(wire::json::Style::Compact)))
            }
        }
    }

    /// A header's value, and the parts of it that are credentials by themselves.
    fn add_credential(&mut self, value: &str) {
        self.add(value);
        let Some((scheme, rest)) = value.split_once([' ', ';']) else {
            self.add_pairs(value);
            return;
        };
        let rest = rest.trim_start_matches([' ', ';']);
        self.add(rest);
        if scheme.eq_ignore_ascii_case("Basic")
            && let Ok(decoded) = STANDARD.decode(rest.trim())
        {
            let decoded = String::from_utf8_lossy(&decoded).into_owned();
            self.add(&decoded);
            decoded.splitn(2, ':').for_each(|part| self.add(part));
        }
        self.add_pairs(value);
    }

    /// The parts of a signature, and cookies: `name=value`, where some values are no secret.
    fn add_pairs(&mut self, value: &str) {
        const PUBLIC: [&str; 4] = ["signedheaders", "path", "domain", "expires"];
        for pair in value.split([' ', ';', ',']) {
            if let Some((name, value)) = pair.split_once('=')
                && !name.starts_with("mynah:")
                && !PUBLIC.contains(&name.to_ascii_lowercase().as_str())
                && value.len() >= SHORTEST_INSIDE
            {
                self.add(value);
            }
        }
    }

    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        // A selector is no secret.
        let is_open = secret.is_empty() || secret.starts_with("mynah:");
        if is_open || self.is_overfull {
            return;
        }
        let order = |known: &String| (secret.len(), known.as_str()).cmp(&(known.len(), secret));
        let Err(place) = self.secrets.binary_search_by(order) else {
            return;
        };
        if self.secrets.len() >= MOST_SECRETS || self.bytes + secret.len() > MOST_BYTES {
            return self.hide_all();
        }
        self.bytes += secret.len();
        self.secrets.insert(place, secret.to_owned());
    }
}

/// Where credentials stand in bytes that are JSON, a query, a URL with user-info, or a damaged
/// form of one of them.
fn secret_ranges(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    // What stands in a value that is hidden already is not looked at again.
    let mut covered = 0;
    for at in memchr::memchr2_iter(b':', b'=', bytes) {
        if at < covered {
            continue;
        }
        let range = match bytes.get(at) {
            Some(b':') => member_value(bytes, at).or_else(|| user_info(bytes, at)),
            _ => pair_value(bytes, at),
        };
        if let Some(range) = range.filter(|range| !range.is_empty()) {
            covered = range.end;
            ranges.push(range);
        }
    }
    ranges
}

/// The value behind the colon at `at`, if a quoted name of a credential stands before it.
fn member_value(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let before = bytes.get(..at)?.trim_ascii_end();
    let before = before.strip_suffix(b"\"")?;
    let quote = before.iter().rposition(|byte| *byte == b'"')?;
    let name = std::str::from_utf8(before.get(quote + 1..)?).ok()?;
    if !is_secret_name(name) {
        return None;
    }
    let after = bytes.get(at + 1..)?;
    let start = at + 1 + (after.len() - after.trim_ascii_start().len());
    let value = bytes.get(start..)?;
    if let Some(text) = value.strip_prefix(b"\"") {
        let mut escaped = false;
        let end = text.iter().position(|byte| {
            let ends = *byte == b'"' && !escaped;
            escaped = *byte == b'\\' && !escaped;
            ends
        });
        return Some(start + 1..start + 1 + end.unwrap_or(text.len()));
    }
    let is_scalar = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let length = value.iter().take_while(|byte| is_scalar(byte)).count();
    let is_null = value.get(..length) == Some(b"null");
    (!is_null).then_some(start..start + length)
}

/// The value behind the equals sign at `at`, if the name of a credential stands before it.
fn pair_value(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.%".contains(byte);
    let before = bytes.get(..at)?;
    let length = before.iter().rev().take_while(|byte| is_name(byte)).count();
    let name = std::str::from_utf8(before.get(at - length..)?).ok()?;
    if !is_secret_name(&percent_decode(name)) {
        return None;
    }
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"&;,\"'<>".contains(byte);
    let value = bytes.get(at + 1..)?;
    let length = value.iter().position(ends).unwrap_or(value.len());
    let is_selector = value.starts_with(b"mynah:");
    (!is_selector).then_some(at + 1..at + 1 + length)
}

/// The user-info of the URL whose `://` begins at `at`.
fn user_info(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = bytes.get(at..)?.strip_prefix(b"://")?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/?#\"'<>".contains(byte);
    let authority = rest.split(ends).next()?;
    let end = authority.iter().rposition(|byte| *byte == b'@')?;
    Some(at + 3..at + 3 + end)
}

/// Blanks a range, but for the spaces and line ends around what stands in it.
fn fill(bytes: &mut [u8], range: Range<usize>) {
    let Some(bytes) = bytes.get_mut(range) else {
        return;
    };
    let lead = bytes.len() - bytes.trim_ascii_start().len();
    let length = bytes.trim_ascii().len();
    if let Some(value) = bytes.get_mut(lead..lead + length) {
        value.fill(b'*');
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn credentials_are_blanked_wherever_they_come_up_again() {
        let head = RequestHead {
            query: Some("access_token=plan%74ed-query&voice=v".to_owned()),
            headers: vec![
                (
                    "authorization".to_owned(),
                    "Bearer; planted-header".to_owned(),
                ),
                (
                    "proxy-authorization".to_owned(),
                    "Basic cGxhbnRlZC11c2VyOnBsYW50ZWQtcGFzcw==".to_owned(),
                ),
                ("cookie".to_owned(), "sid=planted-cookie; a=b".to_owned()),
                (
                    "referer".to_owned(),
                    "http://planted-name:planted-pw@host/".to_owned(),
                ),
            ],
            ..RequestHead::default()
        };
        let mut redactor = Redactor::of(&head);
        let message = r#"{"app":{"token":"planted-json","appid":"42"}}"#;
        redactor.learn(&wire::json::parse(message).unwrap().value);
        redactor.learn_text(r#"{"app":{"token" : "planted-damage", "#);
        redactor.learn_text("closing, token=planted-reason");
        for secret in [
            "planted-query",
            "plan%74ed-query",
            "planted-header",
            "planted-user",
            "planted-pass",
            "planted-cookie",
            "planted-name:planted-pw",
            "planted-json",
            "planted-damage",
            "planted-reason",
        ] {
            let shown = redactor.text(&format!("why {secret} here"));
            assert_eq!(shown, format!("why {} here", fingerprint(secret)));
            let mut bytes = format!("why {secret} here").into_bytes();
            redactor.blank(&mut bytes);
            let blank = "*".repeat(secret.len());
            assert_eq!(bytes, format!("why {blank} here").into_bytes());
        }
        assert_eq!(redactor.text("42"), fingerprint("42"));
        assert_eq!(redactor.text("421"), "421");
        let value = wire::json::parse(r#"{"appid":"42","x":["planted-json"]}"#).unwrap();
        let shown = redactor.json(&value.value).to_string();
        let (id, token) = (fingerprint("42"), fingerprint("planted-json"));
        assert_eq!(shown, format!(r#"{{"appid":"{id}","x":["{token}"]}}"#));
    }

    #[rstest]
    #[case::json(r#"{"token":"a\"b","x":1}"#, r#"{"token":"****","x":1}"#)]
    #[case::number(r#"{"appid": 123}"#, r#"{"appid": ***}"#)]
    #[case::null(r#"{"token":null}"#, r#"{"token":null}"#)]
    #[case::cut(r#"{"my_token":"abc"#, r#"{"my_token":"***"#)]
    #[case::query("a=1&Access_Token=x%20y&b=2", "a=1&Access_Token=*****&b=2")]
    #[case::selector("access_token=mynah:lane=a", "access_token=mynah:lane=a")]
    #[case::url("see wss://u:p@host/x", "see wss://***@host/x")]
    #[case::nothing("a monkey: no", "a monkey: no")]
    fn unknown_credentials_are_found_by_their_names(#[case] text: &str, #[case] blank: &str) {
        let mut bytes = text.as_bytes().to_vec();
        Redactor::default().blank(&mut bytes);
        assert_eq!(String::from_utf8(bytes).unwrap(), blank);
    }

    #[test]
    fn more_credentials_than_anybody_has_hide_everything() {
        let members = |count: usize| {
            let members = (0..count).map(|n| format!(r#""token":"secret-{n:06}""#));
            let text = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
            wire::json::parse(&text).unwrap().value
        };
        let mut redactor = Redactor::default();
        redactor.learn(&members(MOST_SECRETS));
        redactor.learn(&members(MOST_SECRETS));
        assert_eq!(redactor.secrets.len(), MOST_SECRETS);
        assert_eq!(redactor.text("a word"), "a word");
        assert_ne!(redactor.text("a secret-000003"), "a secret-000003");
        let mut long = redactor.clone();
        long.learn_secret(&"x".repeat(MOST_BYTES));
        assert_eq!((long.weight(), long.is_overfull), (0, true));
        redactor.learn(&members(200_000));
        assert_eq!((redactor.secrets.len(), redactor.is_overfull), (0, true));
        assert_eq!(redactor.text("a word"), fingerprint("a word"));
        let mut bytes = b"GET /secret-199999 HTTP/1.1\r\nA: b\r\n\r\n".to_vec();
        redactor.blank_head(&mut bytes);
        assert_eq!(bytes, b"*** ************** ********\r\n** *\r\n\r\n");
    }

    #[test]
    fn a_head_keeps_its_lines() {
        let mut head =
            b"GET /x?token=abc HTTP/1.1\r\nHost: h\r\nX-Auth-Token: secret\r\nCookie: a=b\r\n\r\n"
                .to_vec();
        Redactor::default().blank_head(&mut head);
        let shown = String::from_utf8(head).unwrap();
        assert_eq!(
            shown,
            "GET /x?token=*** HTTP/1.1\r\nHost: h\r\nX-Auth-Token: ******\r\nCookie: ***\r\n\r\n"
        );
    }
}
