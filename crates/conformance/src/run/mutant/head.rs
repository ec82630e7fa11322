//! The handshake of a mutant: heads of requests and responses, edited.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use wire::json::{Value, object};

use super::edit::{Editor, Met, edited};
use super::file::Edit;

/// The head of a request or response, and what came behind it.
#[derive(Debug)]
pub(super) struct Head {
    first: String,
    headers: Vec<(String, String)>,
    pub(super) behind: Vec<u8>,
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

    /// The body as JSON; an empty object if it is none.
    pub(super) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.behind);
        let parsed = wire::json::parse(&text);
        parsed.map_or_else(|_| object::<String>([]), |parsed| parsed.value)
    }

    /// Edits it, if an edit is about it.
    pub(super) fn edit(&mut self, kind: &str, editor: &mut Editor<'_>) -> Option<Vec<u8>> {
        let value = match kind {
            "refusal" => self.json(),
            _ => object::<String>([]),
        };
        let Some(edit) = editor.find(kind, Met::Other, &value) else {
            return Some(self.bytes(kind));
        };
        if edit.drop {
            return None;
        }
        self.apply(edit, kind);
        Some(self.bytes(kind))
    }

    fn apply(&mut self, edit: &Edit, kind: &str) {
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
                self.first = format!("{method} {path} {version}");
            }
        }
        for name in edit.without.iter().chain(edit.headers.keys()) {
            self.headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        }
        let new = edit.headers.iter();
        self.headers
            .extend(new.map(|(name, value)| (name.clone(), value.clone())));
        if kind == "refusal" {
            if edit.edits_json()
                && let Some(body) = edited(edit, &self.behind)
            {
                self.behind = body;
            }
            super::edit::cut(&mut self.behind, edit.keep);
        }
    }

    fn bytes(&self, kind: &str) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            let value = match kind == "refusal" && name.eq_ignore_ascii_case("content-length") {
                true => self.behind.len().to_string(),
                false => value.clone(),
            };
            text.extend([name, ": ", &value, "\r\n"]);
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        if kind == "refusal" {
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
