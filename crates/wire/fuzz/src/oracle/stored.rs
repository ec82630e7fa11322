//! Every message of every stored session.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use wire::endpoint::Endpoint;
use wire::json::{self, Value};
use wire::registry;
use wire::session::{Form, Side};

/// One stored message.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Whose it is.
    pub endpoint: &'static Endpoint,
    /// The file in which it stands.
    pub file: String,
    /// Who sent it.
    pub side: Side,
    /// Text or binary.
    pub form: Form,
    /// What was sent.
    pub payload: Bytes,
}

/// All of them, in the order of the registry, the files and their lines.
pub static ALL: LazyLock<Vec<Stored>> =
    LazyLock::new(|| registry::endpoints().flat_map(load).collect());

/// What clients of an endpoint send.
pub fn of_clients(endpoint: &Endpoint) -> Vec<&'static Stored> {
    let is_theirs = |it: &&Stored| it.endpoint.name == endpoint.name && it.side == Side::Client;
    ALL.iter().filter(is_theirs).collect()
}

/// The folder of fixtures, from whichever crate this is compiled into.
pub fn fixtures() -> PathBuf {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let home = folders.find(|folder| folder.join("fixtures/vectors").is_dir());
    home.expect("a fixtures folder above").join("fixtures")
}

fn load(endpoint: &'static Endpoint) -> Vec<Stored> {
    let entries = std::fs::read_dir(fixtures().join(endpoint.name)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no stored session", endpoint.name);
    let mut messages = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().skip(1);
        let lines = lines.map(|line| json::parse(line).unwrap().value);
        messages.extend(lines.filter_map(|line| {
            let (form, payload) = payload_of(&line)?;
            Some(Stored {
                endpoint,
                file: file.display().to_string(),
                side: match line.get("dir")?.as_str()? {
                    "client" => Side::Client,
                    _ => Side::Server,
                },
                form,
                payload,
            })
        }));
    }
    messages
}

/// The payload of a line; `None` for a close frame, which is no message.
fn payload_of(line: &Value) -> Option<(Form, Bytes)> {
    if let Some(text) = line.get("text") {
        return Some((Form::Text, Bytes::from(text.as_str()?.to_owned())));
    }
    let bytes = STANDARD.decode(line.get("base64")?.as_str()?).unwrap();
    Some((Form::Binary, Bytes::from(bytes)))
}
