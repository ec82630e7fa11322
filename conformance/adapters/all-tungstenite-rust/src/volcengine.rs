//! Volcengine speech v1: binary frames with a header of four bytes.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::socket::{Heard, Socket};
use crate::{Failure, Request, error, some, text};

/// Version 1, header size 1; full client request; JSON, gzip; reserved.
const HEADER: [u8; 4] = [0x11, 0x10, 0x11, 0x00];

pub(crate) async fn synthesize(request: &Request) -> Result<Vec<u8>, Failure> {
    let url = format!("{}/api/v1/tts/ws_binary", request.url);
    let header = ("Authorization", format!("Bearer; {}", request.token));
    let mut socket = Socket::open(&url, Some(header), request.patience()).await?;
    socket.send_binary(submit(request)?).await?;
    let mut audio = Vec::new();
    let mut expected = 1;
    loop {
        let frame = match socket.hear().await? {
            Heard::Binary(frame) => frame,
            Heard::Text(_) => return Err(error("a text message")),
            Heard::Closed(Some(code)) => return Err(error(format!("closed with {code}"))),
            Heard::Closed(None) => return Err(error("the connection was lost")),
        };
        match read(&frame)? {
            Frame::Audio(sequence, bytes) => {
                if sequence.unsigned_abs() != expected {
                    return Err(error(format!("sequence {sequence}, expected {expected}")));
                }
                expected += 1;
                audio.extend(bytes);
                if sequence < 0 {
                    break;
                }
            }
            Frame::Beside => {}
        }
    }
    socket.close().await;
    some(audio)
}

fn submit(request: &Request) -> Result<Vec<u8>, Failure> {
    let encoding = match request.format.as_str() {
        "" => "pcm",
        given => given,
    };
    let body = json!({
        "app": { "appid": "mynah", "token": "access_token", "cluster": "volcano_tts" },
        "user": { "uid": "mynah" },
        "audio": {
            "voice_type": "zh_female_wanwanxiaohe_moon_bigtts",
            "encoding": encoding,
            "rate": request.rate_hz,
        },
        "request": {
            "reqid": fresh_id(),
            "text": text(request)?,
            "text_type": "plain",
            "operation": "submit",
        },
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed
        .write_all(body.to_string().as_bytes())
        .map_err(error)?;
    let packed = packed.finish().map_err(error)?;
    let size = u32::try_from(packed.len()).map_err(error)?;
    Ok([&HEADER[..], &size.to_be_bytes(), &packed].concat())
}

enum Frame<'f> {
    Audio(i32, &'f [u8]),
    /// The acknowledgement, timings, or what is not known.
    Beside,
}

fn read(frame: &[u8]) -> Result<Frame<'_>, Failure> {
    let short = || error("a frame that is cut");
    let (&[_, kind, packing, _], rest) = frame.split_first_chunk().ok_or_else(short)?;
    match (kind >> 4, kind & 0x0F) {
        (0xB, 0) | (0xC, _) => Ok(Frame::Beside),
        (0xB, _) => {
            let (sequence, rest) = rest.split_first_chunk().ok_or_else(short)?;
            let (size, bytes) = rest.split_first_chunk().ok_or_else(short)?;
            let size = usize::try_from(u32::from_be_bytes(*size)).map_err(error)?;
            match bytes.len() == size {
                true => Ok(Frame::Audio(i32::from_be_bytes(*sequence), bytes)),
                false => Err(error(format!(
                    "{size} bytes of audio declared, {} came",
                    bytes.len()
                ))),
            }
        }
        (0xF, _) => {
            let (code, rest) = rest.split_first_chunk().ok_or_else(short)?;
            let bytes = rest.get(4..).ok_or_else(short)?;
            let mut text = String::new();
            match packing & 0x0F {
                1 => drop(
                    GzDecoder::new(bytes)
                        .read_to_string(&mut text)
                        .map_err(error)?,
                ),
                _ => text = String::from_utf8_lossy(bytes).into_owned(),
            }
            Err(error(format!("{}: {text}", u32::from_be_bytes(*code))))
        }
        // What is new is not for this client.
        _ => Ok(Frame::Beside),
    }
}

/// An id that was never used before: two draws of the system.
fn fresh_id() -> String {
    let draw = |what: &str| RandomState::new().hash_one(what);
    format!("{:016x}{:016x}", draw("first half"), draw("second half"))
}
