//! IBM Watson Text to Speech: one request, the format, audio, and the service closes.

use serde_json::{Value, json};

use crate::socket::{Heard, Socket};
use crate::{Failure, Request, error, some, text};

pub(crate) async fn synthesize(request: &Request) -> Result<Vec<u8>, Failure> {
    let token: String = request.token.bytes().map(escaped).collect();
    let url = format!("{}/v1/synthesize?access_token={token}", request.url);
    let mut socket = Socket::open(&url, None, request.patience()).await?;
    let accept = match request.format.as_str() {
        "" => "*/*",
        given => given,
    };
    let message = json!({ "text": text(request)?, "accept": accept });
    socket.send_text(message.to_string()).await?;
    let mut audio = Vec::new();
    let mut failed = None;
    let mut is_confirmed = false;
    loop {
        match socket.hear().await? {
            Heard::Binary(_) if !is_confirmed => return Err(error("audio before binary_streams")),
            Heard::Binary(bytes) => audio.extend(bytes),
            Heard::Text(message) => {
                let value: Value = serde_json::from_str(&message).map_err(error)?;
                is_confirmed |= value.get("binary_streams").is_some();
                let told = value.get("error").and_then(Value::as_str);
                failed = failed.or_else(|| told.map(str::to_owned));
            }
            Heard::Closed(code) => {
                return match (failed, code) {
                    (Some(text), _) => Err(error(text)),
                    (None, Some(1000)) => some(audio),
                    (None, Some(code)) => Err(error(format!("the service closed with {code}"))),
                    (None, None) => Err(error("the connection was lost")),
                };
            }
        }
    }
}

/// A byte of a query.
fn escaped(byte: u8) -> String {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    }
}
