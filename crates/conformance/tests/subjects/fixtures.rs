//! The stored sessions, replayed against our mock over a socket: it says what they say.
//!
//! Audio counts once, wherever its pieces stand among the timings: how sound is cut is the
//! server's choice. Sessions with results of a recogniser that is not ours are left to the
//! tests of the codecs, which play that recogniser.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use conformance::case::{EndpointFile, Library};
use futures_util::{SinkExt as _, StreamExt as _};
use mock_server::Server;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wire::audio::Direction;
use wire::endpoint::Endpoint;
use wire::json::{Value, parse};
use wire::registry;
use wire::session::{Form, Side};

/// A message that does not come takes so long.
const PATIENCE: Duration = Duration::from_secs(5);

struct Line {
    is_clients: bool,
    kind: String,
    message: Message,
}

fn says<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str)
}

/// A line with a message; a close or a ping is none.
fn line(text: &str) -> Option<Line> {
    let value = parse(text).unwrap().value;
    let message = match (says(&value, "text"), says(&value, "base64")) {
        (Some(text), _) => Message::text(text),
        (_, Some(bytes)) => Message::binary(STANDARD.decode(bytes).unwrap()),
        _ => return None,
    };
    Some(Line {
        is_clients: says(&value, "dir") == Some("client"),
        kind: says(&value, "kind").unwrap_or_default().to_owned(),
        message,
    })
}

fn fill(text: &str) -> String {
    text.replace("${token}", "mynah")
}

/// What a codec calls a message.
fn kind(endpoint: &Endpoint, side: Side, message: &Message) -> String {
    let (form, bytes) = match message {
        Message::Text(text) => (Form::Text, text.as_bytes().to_vec()),
        other => (Form::Binary, other.clone().into_data().to_vec()),
    };
    let dump = (endpoint.decode)(side, form, &bytes.into());
    dump.map_or_else(|error| error.to_string(), |dump| dump.kind.to_owned())
}

/// What was said, in order, and whether audio was among it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    kinds: Vec<String>,
    has_audio: bool,
}

impl Said {
    fn push(&mut self, kind: String) {
        match kind.as_str() {
            "audio" => self.has_audio = true,
            _ => self.kinds.push(kind),
        }
    }

    /// Whether all of this was said, too.
    fn has(&self, stored: &Self) -> bool {
        self.kinds.len() >= stored.kinds.len() && (self.has_audio || !stored.has_audio)
    }
}

/// What the mock says to the stored client, and what the stored server says.
async fn replay(
    endpoint: &Endpoint,
    shared: &EndpointFile,
    header: &Value,
    lines: &[Line],
) -> (Said, Said) {
    let server = Server::start().await.unwrap();
    let path = match (says(header, "request"), &shared.query) {
        (Some(path), _) => path.to_owned(),
        (None, Some(query)) => format!("{}?{}", shared.path, fill(query)),
        (None, None) => shared.path.clone(),
    };
    let url = format!("ws://{}{path}", server.address());
    let mut request = url.into_client_request().unwrap();
    for (name, value) in &shared.headers {
        let name = tokio_tungstenite::tungstenite::http::HeaderName::try_from(name).unwrap();
        request
            .headers_mut()
            .insert(name, fill(value).parse().unwrap());
    }
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let (mut said, mut stored) = (Said::default(), Said::default());
    for line in lines {
        if line.is_clients {
            socket.send(line.message.clone()).await.unwrap();
            continue;
        }
        stored.push(kind(endpoint, Side::Server, &line.message));
        while !said.has(&stored) {
            match timeout(PATIENCE, socket.next()).await {
                Ok(Some(Ok(message))) if message.is_text() || message.is_binary() => {
                    said.push(kind(endpoint, Side::Server, &message));
                }
                Ok(Some(Ok(_))) => {}
                _ => break,
            }
        }
    }
    drop(socket);
    server.stop().await;
    (said, stored)
}

#[tokio::test]
async fn the_mock_says_what_the_stored_sessions_say() {
    let library = Library::embedded().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let (mut replayed, mut left) = (0, Vec::new());
    for endpoint in registry::endpoints() {
        let shared = library.shared(endpoint.name).unwrap();
        let entries = std::fs::read_dir(root.join(endpoint.name)).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            let mut texts = text.lines().filter(|line| !line.is_empty());
            let header = parse(texts.next().unwrap()).unwrap().value;
            assert_eq!(says(&header, "provenance"), Some("authored"));
            let lines: Vec<Line> = texts.filter_map(line).collect();
            let is_heard = endpoint.audio == Direction::ToServer
                && lines
                    .iter()
                    .any(|line| !line.is_clients && line.kind == "RESULT");
            if is_heard {
                left.push(file);
                continue;
            }
            let (said, stored) = replay(endpoint, shared, &header, &lines).await;
            assert_eq!(said, stored, "{}", file.display());
            replayed += 1;
        }
    }
    assert!(replayed > 25 && left.len() < 6, "{replayed} {left:?}");
}
