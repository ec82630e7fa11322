//! Errors of our own HTTP side, as RFC 9457 problem bodies.

use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value};

use crate::body::Body;
use crate::upgrade::Answer;

/// A problem, and how to fix it.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, String)>,
}

impl Problem {
    /// A problem with a title, and a detail that says how to fix it.
    pub(crate) fn new(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        let members = [
            ("type", Value::from("about:blank")),
            ("title", Value::from(title)),
            ("status", Value::from(status.as_u16())),
            ("detail", Value::from(detail.into())),
        ];
        Self {
            status,
            members: members
                .map(|(key, value)| (key.to_owned(), value))
                .into_iter()
                .collect(),
            headers: Vec::new(),
        }
    }

    /// The same problem with one member more.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The same problem with one header more.
    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The problem as an answer.
    pub(crate) fn into_answer(self) -> Answer {
        let body = Value::Object(self.members).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        response
    }
}
