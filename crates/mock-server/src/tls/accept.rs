//! From a TCP connection or a tunnel to a stream of HTTP: TLS if the first byte says so.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{Tls, Transport};
use crate::server::Shared;
use crate::tap::Tap;

/// The content type of a TLS handshake record (RFC 8446, section 5.1). No HTTP method begins
/// with it.
const HANDSHAKE: u8 = 0x16;

/// The stream of a new connection; `None` if nothing can be said on it.
pub(crate) async fn secure(shared: &Shared, stream: TcpStream) -> Option<Transport> {
    let Some(tls) = &shared.options.tls else {
        return Some(Transport::Plain(stream));
    };
    let guards = shared.options.guards;
    let opened = async {
        let mut first = [0];
        let peeked = timeout(guards.head_time, stream.peek(&mut first)).await;
        match (peeked, first) {
            (Ok(Ok(1..)), [HANDSHAKE]) => {
                handshake(tls, Transport::Plain(stream), guards.tls_time).await
            }
            (Ok(Ok(1..)), _) => Some(Transport::Plain(stream)),
            // It went away, or said nothing for too long.
            _ => None,
        }
    };
    // Boxed, so that connections without TLS do not carry a handshake's memory along.
    tokio::select! {
        opened = Box::pin(opened) => opened,
        () = shared.stop.cancelled() => None,
    }
}

/// The stream inside a tunnel; `None` if nothing can be said on it.
pub(crate) async fn enter(shared: &Shared, upgrade: OnUpgrade) -> Option<Transport> {
    let guards = shared.options.guards;
    let opened = async {
        let upgraded = upgrade.await.ok()?;
        let Ok(parts) = upgraded.downcast::<TokioIo<Tap>>() else {
            unreachable!("every connection is served on a transport")
        };
        let (mut io, mut early) = (parts.io.into_inner().into_inner()?, parts.read_buf);
        if early.is_empty() {
            let mut first = [0];
            let read = timeout(guards.head_time, io.read_exact(&mut first)).await;
            read.ok()?.ok()?;
            early = Bytes::copy_from_slice(&first);
        }
        let is_handshake = early.first() == Some(&HANDSHAKE);
        let io = Transport::tunnel(early, io);
        match (&shared.options.tls, is_handshake) {
            (Some(tls), true) => handshake(tls, io, guards.tls_time).await,
            _ => Some(io),
        }
    };
    tokio::select! {
        opened = Box::pin(opened) => opened,
        () = shared.stop.cancelled() => None,
    }
}

/// A TLS handshake, within its time.
async fn handshake(tls: &Tls, io: Transport, time: Duration) -> Option<Transport> {
    match timeout(time, tls.acceptor().accept(io)).await {
        Ok(Ok(stream)) => Some(Transport::Tls(Box::new(stream))),
        Ok(Err(error)) => {
            let remedy = remedy(&error);
            tracing::warn!(%error, "a TLS handshake failed; {remedy}");
            None
        }
        Err(_) => {
            tracing::warn!("a TLS handshake was not complete in time");
            None
        }
    }
}

/// What may help after a failed handshake.
fn remedy(error: &io::Error) -> &'static str {
    use rustls::AlertDescription as Alert;
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(rustls::Error::AlertReceived(
            Alert::UnknownCA | Alert::BadCertificate | Alert::CertificateUnknown,
        )) => "the client does not trust the CA: `mynah ca` says how to teach it",
        Some(rustls::Error::PeerIncompatible(_)) => "the client has to speak TLS 1.2 or 1.3",
        Some(rustls::Error::NoApplicationProtocol) => "the client has to offer http/1.1",
        _ => "nothing was said on that connection",
    }
}
