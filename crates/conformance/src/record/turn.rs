//! The head of a request on its way through the proxy.

use crate::head::Head;

/// Makes a request speak to the upstream instead of to `us`: its authority, its prefix before the path.
pub(super) fn turn(head: &mut Head, us: &str, upstream: &str, prefix: &str) {
    let is_upgrade = head.request().asks_for_upgrade();
    let mut words = head.first.splitn(3, ' ');
    if let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next())
    {
        head.first = format!("{method} {prefix}{target} {version}");
    }
    head.headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("Sec-WebSocket-Extensions"));
    for (name, value) in &mut head.headers {
        // A client that signs its requests names the service itself; it stays as it was signed.
        if name.eq_ignore_ascii_case("Host") && names_us(value, us) {
            upstream.clone_into(value);
        }
    }
    if !is_upgrade {
        head.headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case("Connection"));
        head.headers
            .push(("Connection".to_owned(), "close".to_owned()));
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
        turn(&mut head, "127.0.0.1:7070", "service.example", "/pre");
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
        turn(&mut head, "a:1", "b", "");
        let sent = String::from_utf8(head.bytes()).unwrap();
        assert!(!sent.contains("Extensions"), "{sent}");
        assert!(sent.contains("Connection: Upgrade\r\nX: y\r\n"), "{sent}");
    }

    #[rstest]
    #[case::kept_alive("POST /t HTTP/1.1\r\nConnection: keep-alive\r\n\r\n")]
    #[case::nothing_said("POST /t HTTP/1.1\r\n\r\n")]
    fn a_connection_carries_one_plain_request(#[case] head: &str) {
        let mut head = Head::parse(head);
        turn(&mut head, "a:1", "b", "");
        let sent = String::from_utf8(head.bytes()).unwrap();
        assert!(sent.ends_with("Connection: close\r\n\r\n"), "{sent}");
    }
}
