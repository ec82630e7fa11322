//! A client of every endpoint: it knows no vendor, only the stored sessions.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use wire::audio::Direction;
use wire::endpoint::Endpoint;
use wire::gzip;

pub(crate) type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a client sends in the stored session of an endpoint that has the most audio.
pub(crate) fn messages(endpoint: &Endpoint) -> Vec<Message> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(root.join(endpoint.name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let speaker = match endpoint.audio {
        Direction::ToClient => "server",
        Direction::ToServer => "client",
    };
    let sessions = files.iter().map(|file| {
        let text = std::fs::read_to_string(file).unwrap();
        let lines = text.lines().skip(1);
        lines
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .collect::<Vec<Value>>()
    });
    let is_audio = |line: &&Value| line["dir"] == speaker && line["base64"].is_string();
    let lines = sessions.max_by_key(|lines| lines.iter().filter(is_audio).count());
    let lines = lines.unwrap();
    lines
        .iter()
        .filter(|line| line["dir"] == "client")
        .filter_map(|line| match (&line["text"], &line["base64"]) {
            (Value::String(text), _) => Some(Message::text(text.clone())),
            (_, Value::String(bytes)) => Some(Message::binary(STANDARD.decode(bytes).unwrap())),
            _ => None,
        })
        .collect()
}

/// The message with another value of a JSON member, compressed again if it was.
pub(crate) fn with_member(message: &Message, member: &str, value: &str) -> Message {
    let replace = |text: &str| {
        let start = format!("\"{member}\"");
        let Some(at) = text.find(&start) else {
            return text.to_owned();
        };
        let open = at + start.len() + text[at + start.len()..].find('"').unwrap() + 1;
        let close = open + text[open..].find('"').unwrap();
        format!("{}{value}{}", &text[..open], &text[close..])
    };
    let bytes = match message {
        Message::Text(text) => return Message::text(replace(text)),
        Message::Binary(bytes) => bytes,
        other => return other.clone(),
    };
    // What is inside has its length before it, compressed or not.
    let framed = |at: usize, inside: &[u8]| {
        let length = u32::try_from(inside.len()).unwrap().to_be_bytes();
        Message::binary([&bytes[..at - 4], &length, inside].concat())
    };
    if let Some(at) = memchr::memmem::find(bytes, &[0x1f, 0x8b, 0x08]) {
        let text = String::from_utf8(gzip::inflate(&bytes[at..], 1 << 20).unwrap()).unwrap();
        return framed(at, &gzip::deflate(replace(&text).as_bytes()));
    }
    match memchr::memmem::find(bytes, b"{\"") {
        Some(at) if at >= 4 => match std::str::from_utf8(&bytes[at..]) {
            Ok(text) => framed(at, replace(text).as_bytes()),
            Err(_) => message.clone(),
        },
        _ => message.clone(),
    }
}

/// Connects with a credential in every header in which a vendor looks for one.
pub(crate) async fn connect(url: &str, credential: &str) -> Result<Client, Error> {
    let mut request = url.into_client_request()?;
    let header = |value: String| HeaderValue::from_str(&value).unwrap();
    let headers = request.headers_mut();
    headers.insert("X-Auth-Token", header(credential.to_owned()));
    headers.insert("Authorization", header(format!("Bearer; {credential}")));
    connect_async(request).await.map(|(client, _)| client)
}

/// Sends messages, takes one answer, closes with a reason and reads to the end.
pub(crate) async fn converse(client: &mut Client, messages: &[Message], reason: &str) {
    for message in messages {
        client.send(message.clone()).await.unwrap();
    }
    if !messages.is_empty() {
        let _ = client.next().await;
    }
    let close = CloseFrame {
        code: 1000.into(),
        reason: reason.to_owned().into(),
    };
    // The server may have closed already.
    let _ = client.close(Some(close)).await;
    while let Some(Ok(_)) = client.next().await {}
}

/// One HTTP exchange: the status, the head and the body.
pub(crate) async fn http(
    base: &str,
    method: &str,
    path: &str,
    more: &str,
    body: &str,
) -> (u16, String, Bytes) {
    let authority = base
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap();
    let mut stream = TcpStream::connect(authority).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\
         Content-Length: {}\r\n{more}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, Bytes::from(answer.split_off(end + 4)))
}

/// A GET of the admin API, as JSON.
pub(crate) async fn get(admin: &str, resource: &str) -> (u16, Value) {
    let (status, _, body) = http(admin, "GET", &format!("/__mynah/{resource}"), "", "").await;
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}
