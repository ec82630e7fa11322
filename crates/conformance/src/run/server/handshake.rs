//! The opening handshake by hand, so that every header can be right, wrong or missing, and a
//! refusal can be read whole.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use wire::json::{Value, object};

use super::link::Link;
use super::peer::Peer;
use super::target::{Target, TargetError};
use crate::case::{Connect, EndpointFile};
use crate::head::{self, Head, HeadError};
use crate::message::Scope;
use crate::run::trace::Recorder;

/// What the server answers to a handshake.
pub(super) enum Answer {
    /// A 101; the connection is open.
    Opened(Box<Peer>, Response),
    /// Anything else.
    Refused(Response),
}

/// An HTTP response.
#[derive(Clone, Debug, Default)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandshakeError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("no answer to the handshake in time")]
    Timeout,
    #[error("the connection ended before the answer was complete: {0}")]
    Ended(String),
    #[error("the answer is no HTTP: {0}")]
    Malformed(String),
    #[error("the 101 has {0}")]
    Accept(String),
}

/// A whole answer is not larger.
const LARGEST: usize = 1 << 20;

/// Asks for a connection.
pub(super) async fn open(
    target: &Target,
    path: &str,
    request: &Connect,
    shared: &EndpointFile,
    scope: &mut Scope,
    deadline: Instant,
    recorder: Recorder,
) -> Result<Answer, HandshakeError> {
    let mut stream = target.reach().await?.heard_by(recorder);
    let key = STANDARD.encode(
        scope
            .fill("${uuid:key}")
            .bytes()
            .take(16)
            .collect::<Vec<u8>>(),
    );
    let asked = asked(target, path, request, shared, &key, scope);
    let exchange = async {
        let sent = stream.write_all(asked.as_bytes()).await;
        sent.map_err(|error| HandshakeError::Ended(error.to_string()))?;
        read(&mut stream).await
    };
    let exchanged = timeout_at(deadline, exchange).await;
    let (mut response, tail) = exchanged.map_err(|_| HandshakeError::Timeout)??;
    if response.status == 101 {
        accepted(&response, &key)?;
        let peer = Peer::new(stream, tail).await;
        return Ok(Answer::Opened(Box::new(peer), response));
    }
    response.body = tail;
    // A refusal is complete by its length, or by the end of the connection.
    let body = timeout_at(deadline, read_body(&mut stream, &mut response)).await;
    body.map_err(|_| HandshakeError::Timeout)??;
    Ok(Answer::Refused(response))
}

/// Asks for something over HTTP.
pub(super) async fn ask(
    target: &Target,
    path: &str,
    request: &Connect,
    body: String,
    scope: &mut Scope,
    deadline: Instant,
    recorder: Recorder,
) -> Result<Response, HandshakeError> {
    let mut stream = target.reach().await?.heard_by(recorder);
    let query = query(request.query.as_ref(), scope);
    let method = request.method.as_deref().unwrap_or("GET");
    let usual = [
        ("Host", target.authority().to_owned()),
        ("Connection", "close".to_owned()),
        ("Content-Length", body.len().to_string()),
    ];
    let headers = headers(usual, std::iter::empty(), request, scope);
    let text = format!("{method} {path}{query} HTTP/1.1\r\n{headers}\r\n{body}");
    let exchange = async {
        let sent = stream.write_all(text.as_bytes()).await;
        sent.map_err(|error| HandshakeError::Ended(error.to_string()))?;
        let (mut response, tail) = read(&mut stream).await?;
        response.body = tail;
        read_body(&mut stream, &mut response).await?;
        Ok(response)
    };
    let exchanged = timeout_at(deadline, exchange).await;
    exchanged.map_err(|_| HandshakeError::Timeout)?
}

fn query(query: Option<&String>, scope: &mut Scope) -> String {
    query.map_or_else(String::new, |query| format!("?{}", scope.fill(query)))
}

/// Header lines: the usual ones, those of the endpoint, those of the request.
fn headers<'h>(
    usual: impl IntoIterator<Item = (&'static str, String)>,
    shared: impl Iterator<Item = (&'h String, &'h String)>,
    request: &'h Connect,
    scope: &mut Scope,
) -> String {
    let usual = usual.into_iter();
    let mut headers: Vec<(String, String)> = usual
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    for (name, value) in shared.chain(&request.headers) {
        let value = scope.fill(value);
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.clone(), value));
    }
    headers.retain(|(name, _)| {
        let mut left_out = request.without.iter();
        !left_out.any(|without| without.eq_ignore_ascii_case(name))
    });
    let lines = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    lines.collect()
}

fn asked(
    target: &Target,
    path: &str,
    request: &Connect,
    shared: &EndpointFile,
    key: &str,
    scope: &mut Scope,
) -> String {
    let query = query(request.query.as_ref().or(shared.query.as_ref()), scope);
    let method = request.method.as_deref().unwrap_or("GET");
    let usual = [
        ("Host", target.authority()),
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", key),
        ("Sec-WebSocket-Version", "13"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let headers = headers(usual, shared.headers.iter(), request, scope);
    format!("{method} {path}{query} HTTP/1.1\r\n{headers}\r\n")
}

/// Reads a head, and whatever came behind it.
async fn read(stream: &mut Link) -> Result<(Response, Vec<u8>), HandshakeError> {
    let read = head::read(stream, LARGEST).await;
    let (text, tail) = read.map_err(|error| match error {
        HeadError::TooLarge(_) => HandshakeError::Malformed("the head has no end".to_owned()),
        HeadError::Ended | HeadError::Stream(_) => HandshakeError::Ended(error.to_string()),
    })?;
    Ok((parse(&text)?, tail))
}

fn parse(text: &str) -> Result<Response, HandshakeError> {
    let first = text.split("\r\n").next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| {
        let first: String = first.chars().take(80).collect();
        HandshakeError::Malformed(format!("{first:?} is no status line"))
    })?;
    Ok(Response {
        status,
        headers: Head::parse(text).headers,
        body: Vec::new(),
    })
}

/// Whether a 101 is one for this key (RFC 6455 section 4.1).
fn accepted(response: &Response, key: &str) -> Result<(), HandshakeError> {
    let names = |header: &str, word: &str| {
        let value = response.header(header).unwrap_or_default();
        let mut words = value.split(',');
        words.any(|found| found.trim().eq_ignore_ascii_case(word))
    };
    let problem = match response.header("Sec-WebSocket-Accept") {
        None => Some("no Sec-WebSocket-Accept".to_owned()),
        Some(found) if found != derive_accept_key(key.as_bytes()) => Some(format!(
            "Sec-WebSocket-Accept {found:?}, which is not that of the key"
        )),
        Some(_) if !names("Upgrade", "websocket") => Some("no Upgrade: websocket".to_owned()),
        Some(_) if !names("Connection", "upgrade") => Some("no Connection: Upgrade".to_owned()),
        Some(_) => None,
    };
    problem.map_or(Ok(()), |problem| Err(HandshakeError::Accept(problem)))
}

async fn read_body(stream: &mut Link, response: &mut Response) -> Result<(), HandshakeError> {
    let names = |response: &Response, name| response.header(name).map(str::to_owned);
    let declared = names(response, "Content-Length").and_then(|length| length.parse().ok());
    let is_chunked = names(response, "Transfer-Encoding")
        .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    if is_chunked {
        while response.body.len() < LARGEST {
            if let Some(whole) = unchunked(&response.body) {
                response.body = whole;
                return Ok(());
            }
            more(stream, &mut response.body).await?;
        }
        return Err(HandshakeError::Malformed("the body has no end".to_owned()));
    }
    let wanted: usize = declared.unwrap_or(LARGEST);
    // An end that is not told may come late; what is said is said by then.
    let patience = match declared {
        Some(_) => Duration::from_secs(3600),
        None => Duration::from_secs(2),
    };
    let until = Instant::now() + patience;
    while response.body.len() < wanted.min(LARGEST) {
        match timeout_at(until, more(stream, &mut response.body)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) if declared.is_none() => break,
            Ok(Err(error)) => return Err(error),
            Err(_) => break,
        }
    }
    Ok(())
}

/// A body in chunks as a whole, once it is (RFC 9112 section 7.1).
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let (mut whole, mut rest) = (Vec::new(), body);
    loop {
        let end = memmem::find(rest, b"\r\n")?;
        let line = String::from_utf8_lossy(rest.get(..end)?).into_owned();
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end + 2..)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

async fn more(stream: &mut Link, bytes: &mut Vec<u8>) -> Result<(), HandshakeError> {
    match stream.read_buf(bytes).await {
        Ok(0) => Err(HandshakeError::Ended("end of stream".to_owned())),
        Ok(_) => Ok(()),
        Err(error) => Err(HandshakeError::Ended(error.to_string())),
    }
}

impl Response {
    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        head::header(&self.headers, name)
    }

    /// The body as text.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; an empty object if it is none.
    pub(super) fn json(&self) -> Value {
        let parsed = wire::json::parse(&self.text());
        parsed.map_or_else(|_| object::<String>([]), |parsed| parsed.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_once_the_last_is_there() {
        let body = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(unchunked(body).as_deref(), Some(b"abcde".as_slice()));
        for length in 0..18 {
            assert_eq!(unchunked(&body[..length]), None, "{length}");
        }
    }
}
