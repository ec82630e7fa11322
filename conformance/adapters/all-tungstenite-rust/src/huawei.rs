//! Huawei Cloud SIS: JSON in text messages, audio in binary ones.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::socket::{Heard, Socket};
use crate::{Failure, Request, error, some, text};

/// How much audio a message has: 100 ms at 16 kHz.
const CHUNK: usize = 3200;

/// The bytes of a WAV header without extra chunks.
const WAV_HEADER: usize = 44;

pub(crate) async fn synthesize(request: &Request) -> Result<Vec<u8>, Failure> {
    let mut socket = open(request, "rtts").await?;
    let mut config = json!({
        "property": "chinese_xiaoyan_common",
        "sample_rate": request.rate_hz.to_string(),
    });
    if let (Some(config), false) = (config.as_object_mut(), request.format.is_empty()) {
        config.insert("audio_format".to_owned(), request.format.clone().into());
    }
    let start = json!({ "command": "START", "text": text(request)?, "config": config });
    socket.send_text(start.to_string()).await?;
    let mut audio = Vec::new();
    let mut has_started = false;
    loop {
        match socket.hear().await? {
            Heard::Binary(bytes) if has_started => audio.extend(bytes),
            Heard::Binary(_) => return Err(error("audio before START")),
            Heard::Text(message) => match answer(&message)? {
                Answer::Start => has_started = true,
                Answer::End => break,
                Answer::Other(_) => {}
            },
            Heard::Closed(code) => return Err(gone(code)),
        }
    }
    socket.close().await;
    some(audio)
}

pub(crate) async fn recognize(request: &Request, mode: &str) -> Result<Vec<u8>, Failure> {
    let mut socket = open(request, &format!("rasr/{mode}")).await?;
    let kilo = request.rate_hz / 1000;
    let format = match request.format.as_str() {
        "" => format!("pcm{kilo}k16bit"),
        given => given.to_owned(),
    };
    let property = format!("chinese_{kilo}k_general");
    let start = json!({
        "command": "START",
        "config": { "audio_format": format, "property": property },
    });
    socket.send_text(start.to_string()).await?;
    loop {
        match socket.hear().await? {
            Heard::Text(message) => match answer(&message)? {
                Answer::Start => break,
                Answer::End => return Err(error("END before START")),
                Answer::Other(_) => {}
            },
            Heard::Binary(_) => return Err(error("a binary message")),
            Heard::Closed(code) => return Err(gone(code)),
        }
    }
    let samples = request.input.get(WAV_HEADER..).unwrap_or_default();
    for chunk in samples.chunks(CHUNK) {
        socket.send_binary(chunk.to_vec()).await?;
    }
    socket
        .send_text(json!({ "command": "END" }).to_string())
        .await?;
    let mut finals = BTreeMap::new();
    loop {
        match socket.hear().await? {
            Heard::Text(message) => match answer(&message)? {
                Answer::End => break,
                Answer::Start => return Err(error("START twice")),
                Answer::Other(value) => note(&value, &mut finals)?,
            },
            Heard::Binary(_) => return Err(error("a binary message")),
            Heard::Closed(code) => return Err(gone(code)),
        }
    }
    socket.close().await;
    Ok(finals.into_values().collect::<String>().into_bytes())
}

async fn open(request: &Request, path: &str) -> Result<Socket, Failure> {
    let url = format!("{}/v1/mynah/{path}", request.url);
    let header = ("X-Auth-Token", request.token.clone());
    Socket::open(&url, Some(header), request.patience()).await
}

enum Answer {
    Start,
    End,
    Other(Value),
}

/// What a text message says; the service's errors are ours.
fn answer(message: &str) -> Result<Answer, Failure> {
    let value: Value = serde_json::from_str(message).map_err(error)?;
    let member = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    if member("trace_id").is_empty() {
        return Err(error("a message without trace_id"));
    }
    match member("resp_type") {
        "START" => Ok(Answer::Start),
        "END" if member("reason") == "NORMAL" => Ok(Answer::End),
        "END" => Err(error(format!(
            "the session ended with {}",
            member("reason")
        ))),
        "ERROR" | "FATAL_ERROR" => {
            let text = format!("{}: {}", member("error_code"), member("error_msg"));
            Err(error(text))
        }
        // What is new is not for this client.
        _ => Ok(Answer::Other(value.clone())),
    }
}

/// Keeps the final segments of a RESULT by their start.
fn note(value: &Value, finals: &mut BTreeMap<u64, String>) -> Result<(), Failure> {
    if value.get("resp_type").and_then(Value::as_str) != Some("RESULT") {
        return Ok(());
    }
    let segments = value.get("segments").and_then(Value::as_array);
    for segment in segments.ok_or_else(|| error("RESULT without segments"))? {
        let start = segment.get("start_time").and_then(Value::as_u64);
        let said = segment.pointer("/result/text").and_then(Value::as_str);
        let (Some(start), Some(said)) = (start, said) else {
            return Err(error("a segment without start_time or text"));
        };
        if segment.get("is_final").and_then(Value::as_bool) == Some(true) {
            finals.insert(start, said.to_owned());
        }
    }
    Ok(())
}

fn gone(code: Option<u16>) -> Failure {
    match code {
        Some(code) => error(format!("the service closed with {code} before END")),
        None => error("the connection was lost before END"),
    }
}
