//! The handshake of a mutant: heads of requests and responses, edited.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use wire::json::{Value, object};

use super::edit::{Editor, Met, bytes_of, edited, json_of};
use super::file::Edit;
use crate::message::Scope;

/// The head of a request or response, and what came behind it.
#[derive(Debug)]
pub(super) struct Head {
    first: String,
    headers: Vec<(String, String)>,
    pub(super) behind: Vec<u8>,
}

/// Whether what comes behind the head is its body, and not frames.
fn has_body(kind: &str) -> bool {
    kind != "handshake"
}

/// No head is larger.
const LARGEST: usize = 1 << 20;

impl Head {
    /// Reads one; `None` if the stream ends before it does.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            let ends = |window: &[u8]| window == b"\r\n\r\n";
            if let Some(at) = bytes.windows(4).position(ends) {
                break at;
            }
            match stream.read_buf(&mut bytes).await {
                Ok(count) if count > 0 && bytes.len() < LARGEST => {}
                _ => return None,
            }
        };
        let behind = bytes.split_off(end + 4);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
        let first = lines.next()?.to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Some(Self {
            first,
            headers: headers.collect(),
            behind,
        })
    }

    /// The status of a response.
    pub(super) fn status(&self) -> u16 {
        let status = self.first.split(' ').nth(1).and_then(|s| s.parse().ok());
        status.unwrap_or(0)
    }

    /// Whether it is a request for a WebSocket.
    pub(super) fn asks_for_upgrade(&self) -> bool {
        self.header("upgrade").is_some()
    }

    /// Reads the body of a request, which has one only if it says how long it is.
    pub(super) async fn read_request_body(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        if self.header("content-length").is_some() {
            self.read_body(stream).await;
        }
    }

    /// Reads the body of a response: by its length, else to the end of the stream.
    pub(super) async fn read_body(&mut self, stream: &mut (impl AsyncRead + Unpin)) {
        let declared = self.header("content-length").and_then(|v| v.parse().ok());
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
        let mut words = self.first.split(' ');
        let method = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.as_str().into()));
        object([
            ("method", method.into()),
            ("path", path.into()),
            ("query", query.into()),
            ("headers", object(headers)),
            ("body", json_of(&self.behind)),
        ])
    }

    fn apply(&mut self, edit: &Edit, has_body: bool, scope: &mut Scope) {
        if let Some(status) = edit.status {
            let version = self
                .first
                .split(' ')
                .next()
                .unwrap_or("HTTP/1.1")
                .to_owned();
            self.first = format!("{version} {status} Mutant");
        }
        if let Some(path) = &edit.path {
            let words: Vec<&str> = self.first.split(' ').collect();
            if let [method, _, version] = words.as_slice() {
                self.first = format!("{method} {} {version}", scope.fill(path));
            }
        }
        for name in edit.without.iter().chain(edit.headers.keys()) {
            self.headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        }
        let new = edit.headers.iter();
        self.headers
            .extend(new.map(|(name, value)| (name.clone(), scope.fill(value))));
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

    fn bytes(&self, kind: &str) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            let value = match has_body(kind) && name.eq_ignore_ascii_case("content-length") {
                true => self.behind.len().to_string(),
                false => value.clone(),
            };
            text.extend([name, ": ", &value, "\r\n"]);
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        if has_body(kind) {
            bytes.extend(&self.behind);
        }
        bytes
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}
