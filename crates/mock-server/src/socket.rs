//! What the kernel is told about our sockets, and what a session needs of one beside bytes.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Poll, ready};

use bytes::Bytes;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, Interest, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Duration, timeout};

/// How much the kernel may hold of a connection that it has not sent yet. More would leave the
/// processor's cache before it is read: large answers took twice as long.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 128 << 10;

/// How many connections may wait to be accepted, if the kernel allows so many. Whoever finds no room
/// tries again after a second, so a flood of others must not fill it.
const BACKLOG: u32 = 16 << 10;

/// Listens at an address.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows it would let somebody else have the same port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    prepare(&listener);
    Ok(listener)
}

/// Sets what every accepted connection inherits, which saves a system call or two for each.
fn prepare(listener: &TcpListener) {
    let socket = SockRef::from(listener);
    // Without it small messages wait for delayed acknowledgements. A kernel that cannot do one
    // of these is slower, and no less right.
    let _ = socket.set_tcp_nodelay(true);
    #[cfg(any(target_os = "android", target_os = "linux"))]
    let _ = socket.set_tcp_notsent_lowat(UNSENT);
}

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

    /// Ends the connection in order, and reads what the client still sends, so that the kernel does
    /// not answer it with a reset that would overtake what was said last.
    async fn finish(mut self) {
        // Errors no longer matter: everything has been said.
        let _ = self.shutdown().await;
        let drain =
            async { while matches!(read_some(&mut self).await, Ok(bytes) if !bytes.is_empty()) {} };
        let _ = timeout(LINGER, drain).await;
    }

    /// Waits until the client has ended its side, without reading what it sends.
    async fn hung_up(&self) {
        let Some(tcp) = self.tcp() else { return };
        // What a client sends before it goes may fill the window and hold back its FIN for ever:
        // only the answer to a probe tells then that nobody is there. A living client's kernel
        // answers probes by itself.
        let probes = TcpKeepalive::new().with_time(PROBE).with_interval(PROBE);
        let _ = SockRef::from(tcp).set_tcp_keepalive(&probes);
        while let Ok(ready) = tcp.ready(Interest::READABLE).await {
            if ready.is_read_closed() {
                return;
            }
            // There is something to read, which nobody will: wait for what comes next.
            let _ = tcp.try_io(Interest::READABLE, || -> io::Result<()> {
                Err(ErrorKind::WouldBlock.into())
            });
        }
    }
}

/// How often a half-open connection is probed.
const PROBE: Duration = Duration::from_secs(30);

/// How long the client may take to close its side of TCP after the server's.
pub(crate) const LINGER: Duration = Duration::from_secs(1);

/// How much is read at once.
const READ: usize = 16 << 10;

/// Reads once; nothing is the end. What comes goes through the stack, so that who waits for it
/// holds no memory.
pub(crate) async fn read_some(input: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    poll_fn(|context| {
        let mut scrap = [MaybeUninit::uninit(); READ];
        let mut scrap = ReadBuf::uninit(&mut scrap);
        ready!(Pin::new(&mut *input).poll_read(context, &mut scrap))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(scrap.filled())))
    })
    .await
}

#[cfg(test)]
impl Socket for tokio::io::DuplexStream {
    fn tcp(&self) -> Option<&TcpStream> {
        None
    }
}
