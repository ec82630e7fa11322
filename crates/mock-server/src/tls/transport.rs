//! The stream under a connection.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::socket::Socket;

/// The stream under a connection. Plain TCP, as nearly all are, costs nothing more than itself.
#[derive(Debug)]
pub(crate) enum Transport {
    /// TCP.
    Plain(TcpStream),
    /// TLS, over TCP or inside a tunnel.
    Tls(Box<TlsStream<Self>>),
    /// A tunnel of which the beginning has been read already.
    Tunnel(Box<Tunnel>),
}

/// What runs through a CONNECT.
#[derive(Debug)]
pub(crate) struct Tunnel {
    early: Bytes,
    io: Transport,
}

impl Transport {
    /// A tunnel that begins with what has been read of it.
    pub(super) fn tunnel(early: Bytes, io: Self) -> Self {
        Self::Tunnel(Box::new(Tunnel { early, io }))
    }
}

impl Socket for Transport {
    fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(io) => Some(io),
            Self::Tls(io) => io.get_ref().0.tcp(),
            Self::Tunnel(tunnel) => tunnel.io.tcp(),
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_read(cx, buf),
            Self::Tls(io) => Pin::new(io).poll_read(cx, buf),
            Self::Tunnel(tunnel) if tunnel.early.is_empty() => {
                Pin::new(&mut tunnel.io).poll_read(cx, buf)
            }
            Self::Tunnel(tunnel) => {
                let count = tunnel.early.len().min(buf.remaining());
                buf.put_slice(&tunnel.early.split_to(count));
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_write(cx, bytes),
            Self::Tls(io) => Pin::new(io).poll_write(cx, bytes),
            Self::Tunnel(tunnel) => Pin::new(&mut tunnel.io).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_write_vectored(cx, slices),
            Self::Tls(io) => Pin::new(io).poll_write_vectored(cx, slices),
            Self::Tunnel(tunnel) => Pin::new(&mut tunnel.io).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Plain(io) => io.is_write_vectored(),
            Self::Tls(io) => io.is_write_vectored(),
            Self::Tunnel(tunnel) => tunnel.io.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_flush(cx),
            Self::Tls(io) => Pin::new(io).poll_flush(cx),
            Self::Tunnel(tunnel) => Pin::new(&mut tunnel.io).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(io) => Pin::new(io).poll_shutdown(cx),
            Self::Tls(io) => Pin::new(io).poll_shutdown(cx),
            Self::Tunnel(tunnel) => Pin::new(&mut tunnel.io).poll_shutdown(cx),
        }
    }
}
