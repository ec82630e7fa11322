//! Heads of HTTP messages: read from a stream, taken apart, written again.

use std::io;

use memchr::memmem;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use wire::handshake::RequestHead;

/// The head of a request or response.
#[derive(Debug)]
pub(crate) struct Head {
    /// What is asked for, or the status.
    pub(crate) first: String,
    /// Names and values, in their order.
    pub(crate) headers: Vec<(String, String)>,
}

/// Why there is no head.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    #[error("the head is larger than {} KiB", .0 >> 10)]
    TooLarge(usize),
    #[error("end of stream")]
    Ended,
    #[error(transparent)]
    Stream(#[from] io::Error),
}

/// Reads the text of a head, and what came behind it.
pub(crate) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    largest: usize,
) -> Result<(String, Vec<u8>), HeadError> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = memmem::find(&bytes, END) {
            break at + END.len();
        }
        if bytes.len() > largest {
            return Err(HeadError::TooLarge(largest));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(HeadError::Ended);
        }
    };
    let behind = bytes.split_off(end);
    Ok((String::from_utf8_lossy(&bytes).into_owned(), behind))
}

impl Head {
    /// Reads one, and what came behind it.
    pub(crate) async fn read(
        stream: &mut (impl AsyncRead + Unpin),
        largest: usize,
    ) -> Result<(Self, Vec<u8>), HeadError> {
        let (text, behind) = read(stream, largest).await?;
        Ok((Self::parse(&text), behind))
    }

    /// Takes a text apart. Empty lines and lines without a colon say nothing.
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Self {
            first,
            headers: headers.collect(),
        }
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// A request as the codecs see it.
    pub(crate) fn request(&self) -> RequestHead {
        let mut words = self.first.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let target = words.next().unwrap_or_default();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        RequestHead {
            method,
            path: path.to_owned(),
            query,
            headers: self.headers.clone(),
        }
    }

    /// As it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}

/// The first value of a header, by its name in any case.
pub(crate) fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let mut headers = headers.iter();
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

/// What ends a head.
const END: &[u8] = b"\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_behind_a_head_is_kept_apart() {
        let mut stream = &b"GET /p?q=1 HTTP/1.1\r\nHost:  a\r\n\r\nbehind"[..];
        let (head, behind) = Head::read(&mut stream, 1 << 10).await.unwrap();
        assert_eq!(behind, b"behind");
        assert_eq!(head.header("host"), Some("a"));
        assert_eq!(head.bytes(), b"GET /p?q=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        let request = head.request();
        assert_eq!(
            (request.path.as_str(), request.query.as_deref()),
            ("/p", Some("q=1"))
        );
    }

    #[tokio::test]
    async fn an_endless_head_is_given_up() {
        let mut endless = tokio::io::repeat(b'a');
        let refused = Head::read(&mut endless, 256 << 10).await.unwrap_err();
        assert_eq!(refused.to_string(), "the head is larger than 256 KiB");
    }

    #[tokio::test]
    async fn a_head_that_breaks_off_is_none() {
        let mut stream = &b"GET / HTTP/1.1\r\nHost: a\r\n"[..];
        let refused = Head::read(&mut stream, 256 << 10).await.unwrap_err();
        assert!(matches!(refused, HeadError::Ended), "{refused}");
    }
}
