//! What a client does: a JSON file of `fixtures/load`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use audio::{Signal, Synthesis, Unit, Utterance};
use bytes::{Bytes, BytesMut};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

use crate::KEY;
use crate::frames::{BINARY, TEXT, put_masked};

/// A workload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// What it is, for people.
    pub title: String,
    /// What it is measured for; `scripts/bench` looks for it.
    pub kind: String,
    /// The path with its query.
    pub path: String,
    /// Further headers of the handshake.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// What is sent after the handshake, at once.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// Sound that is sent after that.
    #[serde(default)]
    pub upload: Option<Upload>,
    /// What is sent at the end.
    #[serde(default)]
    pub last: Option<Request>,
    /// Who closes the WebSocket.
    #[serde(default)]
    pub closes: Closes,
    /// The options that the mock is started with.
    #[serde(default)]
    pub options: Vec<String>,
    /// How long the sound of one session is, where that is what counts.
    #[serde(default)]
    pub sound_s: f64,
    /// What the audio of the answer is, where its pace is measured.
    #[serde(default)]
    pub answer: Option<Answer>,
}

/// Who closes the WebSocket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Closes {
    /// The server, after its last message.
    Server,
    /// The client, after the server's last message.
    #[default]
    Client,
}

/// A message of the client. `$ID` in its text is another one in every session.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The text; a text message unless there is a head.
    pub text: String,
    /// Four bytes in hex: then the message is binary, head · length (u32 BE) · gzip'd text.
    #[serde(default)]
    pub head: Option<String>,
}

/// Sound of a client: mynah's own, as 16-bit PCM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// How many words it has.
    pub words: usize,
    /// Samples per second.
    pub rate_hz: u32,
    /// How much of it is in one message.
    pub frame_ms: u32,
}

/// The audio that comes back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// How many bytes of each binary message are no audio.
    pub head_bytes: u64,
    /// How many bytes are a second.
    pub bytes_per_second: u64,
}

impl Workload {
    /// Reads a workload.
    ///
    /// # Errors
    /// If the file cannot be read or is none.
    pub fn load(path: &Path) -> io::Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
    }

    /// The request head for a server at this address.
    #[must_use]
    pub fn handshake(&self, host: &str) -> Bytes {
        let mut head = format!(
            "GET {} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n",
            self.path
        );
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        head.into()
    }

    /// The messages of a session of this id: whether each is binary, and its payload.
    #[must_use]
    pub fn messages_of(&self, id: u64) -> Vec<(bool, Vec<u8>)> {
        let requests = self.requests.iter().map(|request| request.payload(id));
        let frames = self.upload.iter().flat_map(Upload::frames);
        let last = self.last.iter().map(|request| request.payload(id));
        requests
            .chain(frames.map(|frame| (true, frame)))
            .chain(last)
            .collect()
    }

    /// All that the client sends in a session of this id, as frames.
    #[must_use]
    pub fn sends(&self, id: u64, upload: &Bytes) -> Bytes {
        let mut out = BytesMut::new();
        for request in &self.requests {
            request.put(&mut out, id);
        }
        if upload.is_empty() && self.last.is_none() {
            return out.freeze();
        }
        out.extend_from_slice(upload);
        if let Some(last) = &self.last {
            last.put(&mut out, id);
        }
        out.freeze()
    }

    /// Whether every session sends the same.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        let mut requests = self.requests.iter().chain(&self.last);
        !requests.any(|request| request.text.contains("$ID"))
    }

    /// The frames of the upload.
    #[must_use]
    pub fn upload(&self) -> Bytes {
        let mut out = BytesMut::new();
        for frame in self.upload.iter().flat_map(Upload::frames) {
            put_masked(&mut out, BINARY, &frame);
        }
        out.freeze()
    }
}

impl Request {
    /// Whether it is binary, and its payload.
    fn payload(&self, id: u64) -> (bool, Vec<u8>) {
        let text = self.text.replace("$ID", &format!("{id:016x}"));
        let Some(head) = &self.head else {
            return (false, text.into_bytes());
        };
        let head = u32::from_str_radix(head, 16).expect("a head is eight hex digits");
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let written = encoder.write_all(text.as_bytes());
        let zipped = written.and_then(|()| encoder.finish()).expect("memory");
        let mut payload = head.to_be_bytes().to_vec();
        payload.extend((zipped.len() as u32).to_be_bytes());
        payload.extend(zipped);
        (true, payload)
    }

    fn put(&self, out: &mut BytesMut, id: u64) {
        let (is_binary, payload) = self.payload(id);
        put_masked(out, if is_binary { BINARY } else { TEXT }, &payload);
    }
}

impl Upload {
    fn frames(&self) -> Vec<Vec<u8>> {
        let word = |n: usize| Unit::Word {
            text: format!("word{n}"),
            speed_permille: 1000,
        };
        let utterance = Utterance {
            units: (0..self.words).map(word).collect(),
            voice: "bench".to_owned(),
            speed_permille: 1000,
            pitch_permille: 1000,
            volume_permille: 1000,
            trailing_silence_ms: 500,
        };
        let mut synthesis = Synthesis::new(&utterance, self.rate_hz, Signal::default());
        let mut frames = Vec::new();
        let mut samples = vec![0; (self.rate_hz * self.frame_ms / 1000) as usize];
        loop {
            let mut made = 0;
            while made < samples.len() {
                match synthesis.read(&mut samples[made..]) {
                    0 => break,
                    more => made += more,
                }
            }
            if made == 0 {
                return frames;
            }
            let bytes = samples[..made]
                .iter()
                .flat_map(|sample| sample.to_le_bytes());
            frames.push(bytes.collect());
        }
    }
}
