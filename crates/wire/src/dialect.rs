//! What a vendor's messages are called when somebody breaks them on purpose.
//!
//! A fault is described without a vendor: *a message of an unknown type*, *the commonest error*,
//! *the end marker*. How that looks on the wire is the vendor's business, and this is where it
//! says so, as data and pure functions:
//!
//! ```text
//!   fault ──▶ Denial ────▶ Dialect::refuse      a handshake refused in the vendor's words
//!         ──▶ Deviation ─▶ Session::deviate     a message that the session would not send by itself
//!         ──▶ Retouch ───▶ Dialect::retouch     a message that was due, altered
//!         ──▶ Part ◀────── Dialect::part        what a message is, so that a fault finds its place
//! ```
//!
//! Nothing here is ever called in a session without faults.

use crate::handshake::RequestHead;
use crate::id::Ids;
use crate::session::{Data, Side};

/// How one endpoint's faults look on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    /// What part a message plays: who sends it, its kind as in the table, its payload.
    pub part: fn(Side, &str, &Data) -> Part,
    /// The timers of the vendor's own idle rules, which rest while a fault stands in for them.
    pub idle_timers: &'static [&'static str],
    /// What the vendor says to a client that has been idle for too long.
    pub idle_reason: &'static str,
    /// The codes of the endpoint's error table that [`Deviation::Error`] takes, the commonest
    /// first.
    pub error_codes: fn() -> Vec<&'static str>,
    /// The alterations that its messages can take.
    pub retouches: &'static [Retouching],
    /// Alters a message of the server of the given kind; `None` if this one cannot be altered
    /// so. `by` is the size of the lie of [`Retouch::SizeLies`], `ids` decides what is random.
    pub retouch: fn(Retouch, &str, &Data, &mut Ids) -> Option<Data>,
    /// When the request was signed, in seconds since 1970, if its credential says so.
    pub signed_at: fn(&RequestHead) -> Option<u64>,
    /// Refuses a handshake in the vendor's words.
    pub refuse: fn(Denial, &RequestHead, &mut Ids) -> Denied,
    /// Faults that make sense for this vendor only.
    pub own_faults: &'static [OwnFault],
}

/// What part a message plays in its session, whatever its vendor calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The client asks for something: a synthesis, the start of a recognition.
    Request,
    /// The client takes its request back.
    Cancel,
    /// The client says that its audio has ended.
    Finish,
    /// The server says that it has begun.
    Start,
    /// Audio, of either side.
    Audio,
    /// Audio that is at the same time the end marker.
    LastAudio,
    /// A result that may still change, or one beside the audio: subtitles, timings.
    Result,
    /// A result that will not change.
    FinalResult,
    /// The end marker.
    End,
    /// An error.
    Error,
    /// Anything else.
    Other,
}

impl Part {
    /// Whether the message carries audio.
    #[must_use]
    pub const fn is_audio(self) -> bool {
        matches!(self, Self::Audio | Self::LastAudio)
    }

    /// Whether the message carries a result.
    #[must_use]
    pub const fn is_result(self) -> bool {
        matches!(self, Self::Result | Self::FinalResult)
    }

    /// Whether the message is the end marker.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::End | Self::LastAudio)
    }
}

/// A message that a session would not send by itself, or not now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// An error of the vendor's table and whatever the vendor does after it; `None` is the
    /// commonest.
    Error(Option<String>),
    /// The vendor's own idle rule, as if its time had run out.
    Idle,
    /// An error that says that the client was idle, then whatever the vendor does after it.
    IdleError,
    /// The vendor's longest session is over: its error for that, or the nearest one, then
    /// whatever it does after it.
    Expired,
    /// A quota or concurrency refusal after the upgrade, then whatever the vendor does after it.
    Quota,
    /// An error in a shape that clients do not list. The session goes on.
    Untyped,
    /// A well-formed message of a type that nobody knows. The session goes on.
    Unknown,
    /// A fault of the vendor's own, by name.
    Own(&'static str),
}

/// An alteration of a message that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retouch {
    /// Further members on a known message.
    ExtraFields,
    /// The id of another task or request.
    ForeignId,
    /// JSON that is cut in the middle.
    MalformedJson,
    /// A JSON list where an object is due.
    NonObjectJson,
    /// The compression nibble and the payload disagree.
    GzipFlagMismatch,
    /// Text of an error under a gzip nibble that is not gzip.
    GzipErrorPayload,
    /// A bit-flipped gzip body under the right nibble.
    GzipCorrupt,
    /// A wrong checksum at the end of a gzip body.
    BadGzipChecksum,
    /// A wrong or repeated sequence number.
    BadSequence,
    /// A declared length that is wrong by so many bytes.
    SizeLies(i64),
    /// A vendor's frame cut short by so many bytes inside a whole WebSocket message.
    Truncated(u64),
    /// The same message without its audio, for an end marker that carries some.
    WithoutAudio,
    /// The same audio as if more of it would come, for an end marker that carries some.
    NotLast,
    /// At least so many bytes: audio over and over, white space behind JSON. Declared lengths stay
    /// true.
    Grown(u64),
    /// A wrong checksum in the first Ogg page of the audio.
    BadPageChecksum,
}

/// The kinds of [`Retouch`], without what they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retouching {
    /// [`Retouch::ExtraFields`].
    ExtraFields,
    /// [`Retouch::ForeignId`].
    ForeignId,
    /// [`Retouch::MalformedJson`].
    MalformedJson,
    /// [`Retouch::NonObjectJson`].
    NonObjectJson,
    /// [`Retouch::GzipFlagMismatch`], [`Retouch::GzipErrorPayload`], [`Retouch::GzipCorrupt`]
    /// and [`Retouch::BadGzipChecksum`].
    Gzip,
    /// [`Retouch::BadSequence`].
    Sequence,
    /// [`Retouch::SizeLies`] and [`Retouch::Truncated`].
    Framing,
    /// [`Retouch::BadPageChecksum`].
    Pages,
}

/// Why a handshake is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// With this status: the vendor's words for it where it has some, else its usual error body.
    Status(u16),
    /// As if the path did not exist.
    WrongPath,
    /// The signature or token is of another time; the vendor's own status for an expired one
    /// where it documents one, else 403.
    ClockSkew,
    /// 400 whose reason stands in the vendor's header or body only.
    Opaque,
}

/// The HTTP answer of a refused handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The status code.
    pub status: u16,
    /// Headers beside `Content-Length` and `Date`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// A fault of one vendor.
#[derive(Clone, Copy, Debug)]
pub struct OwnFault {
    /// Its name, as in a scenario.
    pub name: &'static str,
    /// What it does on the wire.
    pub does: &'static str,
    /// The kind of incident that it reproduces.
    pub incident: &'static str,
    /// One line of a scenario.
    pub example: &'static str,
    /// The point at which it acts unless told otherwise.
    pub at: &'static str,
}

#[cfg(test)]
pub(crate) mod laws;
