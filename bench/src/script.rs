//! What a server answers: the messages of one session of mynah, stored as JSON Lines.
//!
//! The first line says after how many messages of the client they go out, and who closes; every
//! further line is a message.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize};

use crate::frames::{BINARY, CLOSE, TEXT, put_plain};

/// A session's answers.
#[derive(Clone, Debug)]
pub struct Script {
    /// When they go out, and how the session ends.
    pub head: Head,
    /// The messages.
    pub messages: Vec<Message>,
}

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// How many messages of the client are waited for.
    pub after: usize,
    /// Whether the server closes the session, with 1000, after its messages.
    pub closes: bool,
}

/// A message of the server.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whether it is binary.
    pub is_binary: bool,
    /// Its payload.
    pub payload: Bytes,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    binary: bool,
    base64: String,
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// If it cannot be read or is none.
    pub fn load(path: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(path)?;
        let mut lines = text.lines();
        let head = serde_json::from_str(lines.next().unwrap_or_default())?;
        let messages = lines.map(|line| {
            let line: Line = serde_json::from_str(line)?;
            let payload = STANDARD.decode(line.base64).map_err(io::Error::other)?;
            Ok(Message {
                is_binary: line.binary,
                payload: payload.into(),
            })
        });
        Ok(Self {
            head,
            messages: messages.collect::<io::Result<_>>()?,
        })
    }

    /// Writes it.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut file = io::BufWriter::new(fs::File::create(path)?);
        writeln!(file, "{}", serde_json::to_string(&self.head)?)?;
        for message in &self.messages {
            let line = Line {
                binary: message.is_binary,
                base64: STANDARD.encode(&message.payload),
            };
            writeln!(file, "{}", serde_json::to_string(&line)?)?;
        }
        file.flush()
    }

    /// All messages as a server puts them on the wire, with its close frame if it closes first.
    #[must_use]
    pub fn on_the_wire(&self) -> Bytes {
        let mut bytes = BytesMut::new();
        for message in &self.messages {
            let opcode = if message.is_binary { BINARY } else { TEXT };
            put_plain(&mut bytes, opcode, &message.payload);
        }
        if self.head.closes {
            put_plain(&mut bytes, CLOSE, &NORMAL);
        }
        bytes.freeze()
    }
}

/// The payload of a close frame with 1000.
pub const NORMAL: [u8; 2] = 1000_u16.to_be_bytes();
