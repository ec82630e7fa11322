//! What a session needs of its connection beside bytes.

use std::io::ErrorKind;

use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::TcpStream;

/// A connection that can also be left in ways that nobody should.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin + Sized {
    /// The TCP connection underneath, if there is one.
    fn tcp(&self) -> Option<&TcpStream>;

    /// Resets the connection.
    fn reset(self) {
        if let Some(tcp) = self.tcp() {
            // What cannot be reset is closed, which is all that is left.
            let _ = tcp.set_zero_linger();
        }
    }

    /// Waits until the client has ended its side, without reading what it sends.
    async fn hung_up(&self) {
        let Some(tcp) = self.tcp() else { return };
        while let Ok(ready) = tcp.ready(Interest::READABLE).await {
            if ready.is_read_closed() {
                return;
            }
            // There is something to read, which nobody will: wait for what comes next.
            let _ = tcp.try_io(Interest::READABLE, || -> std::io::Result<()> {
                Err(ErrorKind::WouldBlock.into())
            });
        }
    }
}

#[cfg(test)]
impl Socket for tokio::io::DuplexStream {
    fn tcp(&self) -> Option<&TcpStream> {
        None
    }
}
