//! The head of a request on its way through the proxy.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use wire::handshake::RequestHead;

/// No head is larger, as with the mock.
const LARGEST: usize = 256 << 10;

/// The head of a request.
#[derive(Debug)]
pub(super) struct Head {
    first: String,
    headers: Vec<(String, String)>,
}

/// Reads a head, and what came behind it.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(Head, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = memchr::memmem::find(&bytes, b"\r\n\r\n") {
            break at + 4;
        }
        if bytes.len() > LARGEST {
            return Err(io::Error::other("the head is larger than 256 KiB"));
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    };
    let behind = bytes.split_off(end);
    let head = Head::parse(&String::from_utf8_lossy(&bytes));
    Ok((head, behind))
}

impl Head {
    fn parse(text: &str) -> Self {
        let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default().to_owned();
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
        Self {
            first,
            headers: headers.collect(),
        }
    }

    /// As the codecs see it, to find out whose path it is.
    pub(super) fn request(&self) -> RequestHead {
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

    /// Speaks to the upstream instead of to `us`: its authority, its prefix before the path.
    pub(super) fn turn(&mut self, us: &str, upstream: &str, prefix: &str) {
        let is_upgrade = self.request().asks_for_upgrade();
        let mut words = self.first.splitn(3, ' ');
        if let (Some(method), Some(target), Some(version)) =
            (words.next(), words.next(), words.next())
        {
            self.first = format!("{method} {prefix}{target} {version}");
        }
        self.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("Sec-WebSocket-Extensions"));
        for (name, value) in &mut self.headers {
            // A client that signs its requests names the service itself; it stays as it was signed.
            if name.eq_ignore_ascii_case("Host") && names_us(value, us) {
                upstream.clone_into(value);
            }
        }
        if !is_upgrade {
            self.headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("Connection"));
            self.headers
                .push(("Connection".to_owned(), "close".to_owned()));
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}

/// Whether a `Host` is the proxy's own: its address, or a name of this machine.
fn names_us(host: &str, us: &str) -> bool {
    // The colons of an address in brackets are its own.
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    host == us || matches!(name, "localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ours("127.0.0.1:7070", "Host: service.example")]
    #[case::by_name("localhost:7070", "Host: service.example")]
    #[case::by_name_alone("localhost", "Host: service.example")]
    #[case::by_address_in_brackets("[::1]:7070", "Host: service.example")]
    #[case::by_address_in_brackets_alone("[::1]", "Host: service.example")]
    #[case::another_address_in_brackets("[2001:db8::1]", "Host: [2001:db8::1]")]
    #[case::signed_for_the_service("real.example", "Host: real.example")]
    fn a_host_that_names_the_proxy_becomes_the_services(#[case] host: &str, #[case] sent: &str) {
        let mut head = Head::parse(&format!("GET /p?q=1 HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        head.turn("127.0.0.1:7070", "service.example", "/pre");
        let text = String::from_utf8(head.bytes()).unwrap();
        assert_eq!(
            text,
            format!("GET /pre/p?q=1 HTTP/1.1\r\n{sent}\r\nConnection: close\r\n\r\n")
        );
    }

    #[test]
    fn compression_is_not_offered() {
        let text = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                    Sec-WebSocket-Extensions: permessage-deflate\r\nX: y\r\n\r\n";
        let mut head = Head::parse(text);
        head.turn("a:1", "b", "");
        let sent = String::from_utf8(head.bytes()).unwrap();
        assert!(!sent.contains("Extensions"), "{sent}");
        assert!(sent.contains("Connection: Upgrade\r\nX: y\r\n"), "{sent}");
    }

    #[rstest]
    #[case::kept_alive("POST /t HTTP/1.1\r\nConnection: keep-alive\r\n\r\n")]
    #[case::nothing_said("POST /t HTTP/1.1\r\n\r\n")]
    fn a_connection_carries_one_plain_request(#[case] head: &str) {
        let mut head = Head::parse(head);
        head.turn("a:1", "b", "");
        let sent = String::from_utf8(head.bytes()).unwrap();
        assert!(sent.ends_with("Connection: close\r\n\r\n"), "{sent}");
    }

    #[tokio::test]
    async fn an_endless_head_is_given_up() {
        let mut endless = tokio::io::repeat(b'a');
        let refused = read(&mut endless).await.unwrap_err();
        assert_eq!(refused.to_string(), "the head is larger than 256 KiB");
    }
}
