//! The HTTP request that opens a session, as data, and the answers to it.

use crate::clause::Clause;
use crate::credentials::{Credentials, Grant};
use crate::finding::Finding;
use crate::id::Ids;
use crate::knob::Knobs;
use crate::memory::Memory;

/// The head of an HTTP request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestHead {
    /// The method, `GET`.
    pub method: String,
    /// The path as it was sent, without the query.
    pub path: String,
    /// The query as it was sent, without the `?`; `None` if there is no `?`.
    pub query: Option<String>,
    /// The headers in order, names as they were sent, values as far as they are text.
    pub headers: Vec<(String, String)>,
}

/// Why a request is not an RFC 6455 upgrade (section 4.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpgradeProblem {
    /// The method is not GET.
    Method(String),
    /// `Upgrade` does not name `websocket`.
    NoUpgrade,
    /// `Connection` does not name `upgrade`.
    NoConnection,
    /// `Sec-WebSocket-Version` is missing or not 13.
    Version(Option<String>),
    /// `Sec-WebSocket-Key` is missing or not 16 bytes in base64.
    Key(Option<String>),
}

impl RequestHead {
    /// The first value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    /// All values of a header.
    pub fn headers<'h, 'n>(&'h self, name: &'n str) -> impl Iterator<Item = &'h str> + use<'h, 'n> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a header that is not empty. An empty credential counts as none.
    #[must_use]
    pub fn filled_header(&self, name: &str) -> Option<&str> {
        self.headers(name)
            .map(str::trim)
            .find(|value| !value.is_empty())
    }

    /// The pairs of the query in order, decoded; `+` stays a plus.
    #[must_use]
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        self.query
            .as_deref()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (percent_decode(name), percent_decode(value))
            })
            .collect()
    }

    /// The first value of a query parameter, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query_pairs()
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The segments of the path, decoded, without the empty one before the first slash.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/').map(percent_decode).collect()
    }

    /// What keeps this request from being a WebSocket upgrade, if anything does.
    #[must_use]
    pub fn upgrade_problem(&self) -> Option<UpgradeProblem> {
        if self.method != "GET" {
            return Some(UpgradeProblem::Method(self.method.clone()));
        }
        if !self.names_token("Upgrade", "websocket") {
            return Some(UpgradeProblem::NoUpgrade);
        }
        if !self.names_token("Connection", "upgrade") {
            return Some(UpgradeProblem::NoConnection);
        }
        let version = self.header("Sec-WebSocket-Version").map(str::trim);
        if version != Some("13") {
            return Some(UpgradeProblem::Version(version.map(str::to_owned)));
        }
        let key = self.header("Sec-WebSocket-Key").map(str::trim);
        if !key.is_some_and(is_nonce) {
            return Some(UpgradeProblem::Key(key.map(str::to_owned)));
        }
        None
    }

    /// Whether the request asks for a WebSocket, well or badly.
    #[must_use]
    pub fn asks_for_upgrade(&self) -> bool {
        // Other upgrades, as HTTP clients offer them by themselves, are none.
        self.names_token("Upgrade", "websocket") || self.header("Sec-WebSocket-Key").is_some()
    }

    /// The user and password of an `Authorization` of the scheme, `user:password` in base64.
    #[must_use]
    pub fn basic_login(&self, scheme: &str) -> Option<(String, String)> {
        use base64::Engine as _;
        let values = self.headers("Authorization");
        let mut logins = values.filter_map(|value| {
            let (named, login) = value.trim().split_once(char::is_whitespace)?;
            let decoded = base64::engine::general_purpose::STANDARD
                .decode(login.trim())
                .ok()?;
            let login = String::from_utf8(decoded).ok()?;
            let (user, password) = login.split_once(':')?;
            let is_filled = named.eq_ignore_ascii_case(scheme) && !password.is_empty();
            is_filled.then(|| (user.to_owned(), password.to_owned()))
        });
        logins.next()
    }

    fn names_token(&self, header: &str, token: &str) -> bool {
        self.headers(header)
            .flat_map(|value| value.split(','))
            .any(|word| word.trim().eq_ignore_ascii_case(token))
    }
}

/// What an endpoint needs to judge a handshake.
#[derive(Debug)]
pub struct Admission<'a> {
    /// The chosen values of the endpoint's knobs.
    pub knobs: &'a Knobs,
    /// The session's ids, for trace headers and bodies.
    pub ids: &'a mut Ids,
    /// Who is known.
    pub credentials: &'a Credentials,
    /// What the service remembers across connections.
    pub memory: &'a mut Memory,
    /// The request as it was sent, if it is judged without something that stood in it: a client
    /// signs what it sends.
    pub sent: Option<&'a RequestHead>,
    /// The services' time, in milliseconds since 1970.
    pub now_ms: u64,
}

impl Admission<'_> {
    /// The services' time, in seconds since 1970.
    #[must_use]
    pub const fn now_s(&self) -> u64 {
        self.now_ms / 1000
    }
}

/// What a vendor adds to the 101.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Welcome {
    /// Headers beside those of RFC 6455.
    pub headers: Vec<(&'static str, String)>,
    /// Oddities of the request that do not refuse it.
    pub findings: Vec<Finding>,
    /// What the credential is good for.
    pub grant: Grant,
}

/// A vendor's HTTP answer instead of the 101.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// Headers beside `Content-Length` and `Date`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// What the client did wrong.
    pub finding: Finding,
}

impl Refusal {
    /// A refusal with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: String, finding: Finding) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", "application/json".to_owned())],
            body,
            finding,
        }
    }

    /// The same refusal with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, sendable(value)));
        self
    }
}

/// A header's value as it can be sent: what is not visible ASCII, nor a blank, is a `?`. A client's
/// words come back in some headers, and may have come percent-encoded.
#[must_use]
pub fn sendable(value: impl Into<String>) -> String {
    let value = value.into();
    let can = |it: char| matches!(it, ' '..='~');
    if value.chars().all(can) {
        return value;
    }
    let chars = value.chars().map(|it| if can(it) { it } else { '?' });
    chars.collect()
}

/// How a path that no endpoint serves misses the nearest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathMiss {
    /// The path pattern that comes nearest.
    pub nearest: &'static str,
    /// The clause that says what is served, for the finding.
    pub clause: &'static Clause,
}

impl UpgradeProblem {
    /// What was found, for findings and logs.
    #[must_use]
    pub fn found(&self) -> String {
        match self {
            Self::Method(method) => format!("method {method}"),
            Self::NoUpgrade => "no Upgrade: websocket".to_owned(),
            Self::NoConnection => "no Connection: Upgrade".to_owned(),
            Self::Version(None) => "no Sec-WebSocket-Version".to_owned(),
            Self::Version(Some(version)) => format!("Sec-WebSocket-Version: {version}"),
            Self::Key(None) => "no Sec-WebSocket-Key".to_owned(),
            Self::Key(Some(_)) => "a Sec-WebSocket-Key that is not 16 bytes in base64".to_owned(),
        }
    }
}

/// Decodes percent escapes; ill-formed ones stay as they are, other bytes become UTF-8 or `�`.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn is_nonce(key: &str) -> bool {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(key)
        .is_ok_and(|bytes| bytes.len() == 16)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn upgrade() -> RequestHead {
        let headers = [
            ("host", "localhost"),
            ("UPGRADE", "WebSocket"),
            ("Connection", "keep-alive, Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        RequestHead {
            method: "GET".to_owned(),
            path: "/v1/p%20q/x".to_owned(),
            query: Some("a=1%2B2&b=%zz&c&voice=+10".to_owned()),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        }
    }

    #[test]
    fn a_good_upgrade_has_no_problem() {
        assert_eq!(upgrade().upgrade_problem(), None);
    }

    #[rstest]
    #[case::plain("audio/wav;rate=8000", "audio/wav;rate=8000")]
    #[case::line_end("a\r\nSet-Cookie: b", "a??Set-Cookie: b")]
    #[case::not_ascii("字\u{7f}é", "???")]
    fn what_no_header_can_hold_is_a_question_mark(#[case] value: &str, #[case] sent: &str) {
        assert_eq!(sendable(value), sent);
    }

    #[rstest]
    #[case::upgrade("UPGRADE", UpgradeProblem::NoUpgrade)]
    #[case::connection("Connection", UpgradeProblem::NoConnection)]
    #[case::version("Sec-WebSocket-Version", UpgradeProblem::Version(None))]
    #[case::key("Sec-WebSocket-Key", UpgradeProblem::Key(None))]
    fn a_missing_header_is_named(#[case] name: &str, #[case] problem: UpgradeProblem) {
        let mut head = upgrade();
        head.headers.retain(|(key, _)| key != name);
        assert_eq!(head.upgrade_problem(), Some(problem));
    }

    #[test]
    fn queries_and_paths_are_decoded_and_a_plus_stays() {
        let head = upgrade();
        assert_eq!(head.query_value("a").as_deref(), Some("1+2"));
        assert_eq!(head.query_value("b").as_deref(), Some("%zz"));
        assert_eq!(head.query_value("c").as_deref(), Some(""));
        assert_eq!(head.query_value("voice").as_deref(), Some("+10"));
        assert_eq!(head.segments(), ["v1", "p q", "x"]);
    }
}
