//! What a fault can do to a handshake.

use std::time::Duration;

use wire::dialect::Denial;

use super::behaviour::Leave;

/// A deviation before or in the 101.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Refused in the vendor's words, perhaps with a `Retry-After` in seconds.
    Deny(Denial, Option<u64>),
    /// Refused unless the request is signed with the server's time.
    ClockSkew,
    /// A redirection to there.
    Redirect(String),
    /// The answer comes after so long.
    Delay(Duration),
    /// The connection is left without an answer.
    Leave(Leave),
    /// The 101 is sent byte by byte, with such a pause between two.
    Drip(Duration),
    /// The 101 accepts another key.
    BadAccept,
    /// The lines of the 101 end in a bare LF.
    BareLf,
    /// permessage-deflate in the 101, whatever is right.
    Deflate(Deflate),
}

/// What the 101 says about permessage-deflate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deflate {
    /// Granted to whoever offers it, as it should be.
    Granted,
    /// Granted although nobody has offered it.
    Unasked,
    /// Not granted to anybody.
    Refused,
    /// Granted; short messages go uncompressed.
    SmallUncompressed,
}
