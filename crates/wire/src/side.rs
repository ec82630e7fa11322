//! HTTP services beside the endpoints: sign-in, lists, and twins that synthesise without a socket.
//!
//! ```text
//!   request head + body ──▶ Service::answer ──▶ Answer::Now(response)
//!                                          └──▶ Answer::Stream(head, speech)   audio as the body
//!                                          └──▶ Answer::Collect(speech, wrap)  audio inside the body
//! ```
//!
//! A service is a pure function, as a handshake is: it gets the same [`Admission`].

use bytes::Bytes;

use crate::audio::AudioFormat;
use crate::endpoint::{Endpoint, Prefix};
use crate::finding::Finding;
use crate::handshake::{Admission, Refusal, RequestHead, sendable};
use crate::json::{Parsed, Style, Value, parse};
use crate::speech::{Plan, Speech};

/// An HTTP service of a vendor.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// What it is called in logs, `vendor/service`.
    pub name: &'static str,
    /// The forms of its path; `{name}` stands for any segment.
    pub paths: &'static [&'static str],
    /// Whether further segments may stand before the path.
    pub prefix: Prefix,
    /// The endpoint whose knobs count. A request to upgrade on a path of both is the endpoint's.
    pub endpoint: &'static Endpoint,
    /// Answers a request of any method.
    pub answer: fn(&Request<'_>, &mut Admission<'_>) -> Answer,
}

/// A whole HTTP request.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// Its head.
    pub head: &'r RequestHead,
    /// Its body.
    pub body: &'r Bytes,
    /// Whether an audio format can be made honestly.
    pub can_encode: fn(&AudioFormat) -> bool,
}

/// What a service answers.
#[derive(Debug)]
pub enum Answer {
    /// A response.
    Now(Response),
    /// A response whose body is the audio of a speech.
    Stream(Response, Box<Speech>),
    /// A response that holds the audio of a speech.
    Collect(Box<Speech>, Box<dyn Wrap>),
}

/// A response without `Content-Length` and `Date`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// What the client did wrong.
    pub findings: Vec<Finding>,
}

/// Makes a response of a whole speech.
pub trait Wrap: std::fmt::Debug + Send {
    /// The times of the speech, before there is any audio; an answer refuses it.
    fn planned(&mut self, plan: Plan) -> Option<Response>;
    /// All of the audio.
    fn done(self: Box<Self>, audio: &[u8]) -> Response;
}

impl Response {
    /// A response with a body of a type.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type", sendable(content_type))],
            body: body.into(),
            findings: Vec::new(),
        }
    }

    /// A response with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.write(Style::Compact))
    }

    /// The same response with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, sendable(value)));
        self
    }

    /// The same response with a finding about its request.
    #[must_use]
    pub fn with_finding(mut self, finding: Finding) -> Self {
        self.findings.push(finding);
        self
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Self {
        Self::Now(response)
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status,
            headers: refusal.headers,
            body: refusal.body,
            findings: vec![refusal.finding],
        }
    }
}

impl Request<'_> {
    /// The media type of the body in lower case, without parameters; `None` if none is named.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.head.filled_header("Content-Type")?;
        let media = value.split(';').next().unwrap_or_default();
        Some(media.trim().to_ascii_lowercase())
    }

    /// The body as JSON; what is wrong with it otherwise, in words that quote nothing of it.
    ///
    /// # Errors
    /// If the body is not UTF-8 or not JSON.
    pub fn json(&self) -> Result<Parsed, String> {
        let text = std::str::from_utf8(self.body)
            .map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
        parse(text).map_err(|error| format!("not JSON at byte {}", error.offset))
    }

    /// The pairs of a form body, decoded; a plus is a blank.
    #[must_use]
    pub fn form(&self) -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(self.body).replace('+', "%20");
        let form = RequestHead {
            query: Some(text),
            ..RequestHead::default()
        };
        form.query_pairs()
    }

    /// The user and password of a `Basic` credential that has both.
    #[must_use]
    pub fn basic(&self) -> Option<(String, String)> {
        self.head.basic_login("Basic")
    }
}

/// A visit to a service of a vendor, for tests.
#[cfg(test)]
pub(crate) mod visit {
    use bytes::Bytes;

    use super::{Answer, Request, Response};
    use crate::credentials::{Check, Configured, Credentials};
    use crate::handshake::{Admission, RequestHead};
    use crate::id::Ids;
    use crate::knob::Knobs;
    use crate::memory::Memory;

    /// The services' time of tests: 2026-01-01T00:00:00Z.
    pub(crate) const NOW_S: u64 = 1_767_225_600;

    /// One who checks credentials, and remembers.
    pub(crate) struct Host {
        pub(crate) credentials: Credentials,
        pub(crate) memory: Memory,
        pub(crate) now_s: u64,
        /// The request as it was sent, if that is another one.
        pub(crate) sent: Option<RequestHead>,
    }

    impl Host {
        /// Takes any credential.
        pub(crate) fn any() -> Self {
            Self {
                credentials: Credentials {
                    seed: 1,
                    began_s: NOW_S,
                    ..Credentials::any()
                },
                memory: Memory::new(),
                now_s: NOW_S,
                sent: None,
            }
        }

        /// Takes these only.
        pub(crate) fn strict(configured: Vec<Configured>) -> Self {
            let mut host = Self::any();
            host.credentials.check = Check::Strict;
            host.credentials.configured = configured;
            host
        }

        /// Judges something.
        pub(crate) fn judge<T>(&mut self, judge: impl FnOnce(&mut Admission<'_>) -> T) -> T {
            judge(&mut Admission {
                knobs: &Knobs::new(),
                ids: &mut Ids::new(3),
                credentials: &self.credentials,
                memory: &mut self.memory,
                sent: self.sent.as_ref(),
                now_ms: self.now_s * 1000,
            })
        }

        /// Asks the service that the path is of.
        pub(crate) fn ask(&mut self, head: &RequestHead, body: &str) -> Answer {
            let service = crate::registry::side(head).expect("a service has the path");
            let body = Bytes::copy_from_slice(body.as_bytes());
            let request = Request {
                head,
                body: &body,
                can_encode: |_| true,
            };
            self.judge(|admission| (service.answer)(&request, admission))
        }

        /// Asks for a response that needs no speech.
        pub(crate) fn get(&mut self, head: &RequestHead, body: &str) -> Response {
            match self.ask(head, body) {
                Answer::Now(response) => response,
                other => panic!("{other:?}"),
            }
        }
    }

    /// `METHOD /path?query` and headers.
    pub(crate) fn head(line: &str, headers: &[(&str, &str)]) -> RequestHead {
        let (method, target) = line.split_once(' ').expect("METHOD TARGET");
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        RequestHead {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    /// A request for a WebSocket, with these headers beside or instead of the usual ones.
    pub(crate) fn upgrade(target: &str, headers: &[(&str, &str)]) -> RequestHead {
        const USUAL: [(&str, &str); 5] = [
            ("Host", "localhost"),
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        let is_given = |name: &str| headers.iter().any(|(given, _)| *given == name);
        let kept = USUAL.into_iter().filter(|(name, _)| !is_given(name));
        let all: Vec<(&str, &str)> = kept.chain(headers.iter().copied()).collect();
        head(&format!("GET {target}"), &all)
    }

    /// A header of a response.
    pub(crate) fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
        let mut found = response.headers.iter().filter(|(key, _)| *key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The body of a response as JSON.
    pub(crate) fn json(response: &Response) -> crate::json::Value {
        crate::json::parse(&response.body).expect("JSON").value
    }
}
