//! What the kernel is told about our sockets.

use socket2::SockRef;
use tokio::net::TcpListener;

/// How much the kernel may hold of a connection that it has not sent yet. More would leave the
/// processor's cache before it is read: large answers took twice as long.
#[cfg(any(target_os = "android", target_os = "linux"))]
const UNSENT: u32 = 128 << 10;

/// Sets what every accepted connection inherits, which saves a system call or two for each.
pub(crate) fn prepare(listener: &TcpListener) {
    let socket = SockRef::from(listener);
    // Without it small messages wait for delayed acknowledgements. A kernel that cannot do one
    // of these is slower, and no less right.
    let _ = socket.set_tcp_nodelay(true);
    #[cfg(any(target_os = "android", target_os = "linux"))]
    let _ = socket.set_tcp_notsent_lowat(UNSENT);
}
