//! The handshake of a mutant: requests and responses, edited.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use wire::json::{Value, object};

use super::edit::{Editor, Met, bytes_of, edited, json_of};
use super::file::Edit;
use crate::head::Head;
use crate::message::Scope;

/// A request or response on its way through the proxy.
#[derive(Debug)]
pub(super) struct HttpMessage {
    head: Head,
    pub(super) behind: Vec<u8>,
}

/// Whether what comes behind the head is its body, and not frames.
fn has_body(kind: &str) -> bool {
    kind != "handshake"
}

/// No head is larger.
const LARGEST: usize = 1 << 20;

impl HttpMessage {
    /// Reads one; `None` if the stream ends before it does.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let (head, behind) = Head::read(stream, LARGEST).await.ok()?;
        (!head.first.is_empty()).then_some(Self { head, behind })
    }

    /// The status of a response.
    pub(super) fn status(&self) -> u16 {
        let mut words = self.head.first.split(' ');
        let status = words.nth(1).and_then(|word| word.parse().ok());
        status.unwrap_or(0)
    }

    /// Whether it is a request for a WebSocket.
    pub(super) fn asks_for_upgrade(&self) -> bool {
        self.head.header("upgrade").is_some()
    }

    /// Reads the body of a request, which has one only if it says how long it is.
    pub(super) async fn read_request_body(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        if self.head.header("content-length").is_some() {
            self.read_body(stream).await;
        }
    }

    /// Reads the body of a response: by its length, else to the end of the stream.
    pub(super) async fn read_body(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        let declared = self.head.header("content-length");
        let declared = declared.and_then(|value| value.parse().ok());
        let wanted: usize = declared.unwrap_or(LARGEST);
        while self.behind.len() < wanted {
            match stream.read_buf(&mut self.behind).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    }

    /// Edits it, if an edit is about it.
    pub(super) fn edit(&mut self, kind: &str, editor: &mut Editor<'_>) -> Option<Vec<u8>> {
        let is_request = self.status() == 0;
        let value = match is_request {
            true => self.request(),
            false => self.response(),
        };
        let Some(edit) = editor.find(kind, Met::Other, &value) else {
            return Some(self.bytes(kind));
        };
        if edit.drop {
            return None;
        }
        self.apply(edit, has_body(kind), &mut editor.scope);
        Some(self.bytes(kind))
    }

    /// A response as matchers see it: its body, with `status` unless that has one.
    fn response(&self) -> Value {
        match json_of(&self.behind) {
            Value::Object(mut members) => {
                let is_named = members.iter().any(|(name, _)| name == "status");
                if !is_named {
                    members.push(("status".to_owned(), u32::from(self.status()).into()));
                }
                Value::Object(members)
            }
            other => other,
        }
    }

    /// A request as matchers see it.
    fn request(&self) -> Value {
        let request = self.head.request();
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.as_str().into()));
        object([
            ("method", request.method.into()),
            ("path", request.path.into()),
            ("query", request.query.unwrap_or_default().into()),
            ("headers", object(headers)),
            ("body", json_of(&self.behind)),
        ])
    }

    fn apply(&mut self, edit: &Edit, has_body: bool, scope: &mut Scope) {
        let Head { first, headers } = &mut self.head;
        if let Some(status) = edit.status {
            let version = first.split(' ').next().unwrap_or("HTTP/1.1");
            *first = format!("{version} {status} Mutant");
        }
        if let Some(path) = &edit.path {
            let words: Vec<&str> = first.split(' ').collect();
            if let [method, _, version] = words.as_slice() {
                *first = format!("{method} {} {version}", scope.fill(path));
            }
        }
        for name in edit.without.iter().chain(edit.headers.keys()) {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        }
        let new = edit.headers.iter();
        headers.extend(new.map(|(name, value)| (name.clone(), scope.fill(value))));
        if has_body {
            if edit.edits_json()
                && let Some(body) = edited(edit, &self.behind)
            {
                self.behind = body;
            }
            super::edit::cut(&mut self.behind, edit.keep);
            self.behind.extend(bytes_of(&edit.append));
        }
    }

    fn bytes(&mut self, kind: &str) -> Vec<u8> {
        if !has_body(kind) {
            return self.head.bytes();
        }
        for (name, value) in &mut self.head.headers {
            if name.eq_ignore_ascii_case("content-length") {
                *value = self.behind.len().to_string();
            }
        }
        let mut bytes = self.head.bytes();
        bytes.extend(&self.behind);
        bytes
    }
}
