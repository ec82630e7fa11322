//! Broken rules of RFC 6455: which, where, and what they cost.

use std::fmt;

/// One broken rule, noticed in what the peer sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub kind: ViolationKind,
    /// Where the offending thing starts: 0-based byte in the connection's stream after the handshake (in the payload
    /// for a [`CloseFrame`](super::CloseFrame) decoded on its own). A head's first byte for bits, opcode and order of
    /// frames, the byte of the length or mask bit for those, the first byte of a malformed character for text, the
    /// first byte of the payload for what is wrong with a compressed message as a whole.
    pub offset: u64,
    /// What is there.
    pub found: String,
    /// What the rule allows.
    pub expected: String,
}

/// The rules that a peer's frames can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViolationKind {
    /// A reserved bit is set though no extension was negotiated, or not where the extension has it.
    ReservedBits,
    /// Opcode 0x3–0x7 or 0xB–0xF.
    ReservedOpcode,
    /// A client's frame without a mask.
    Unmasked,
    /// A server's frame with a mask.
    Masked,
    /// A control frame declares more than 125 bytes.
    ControlTooLong,
    /// A control frame without the final bit.
    ControlFragmented,
    /// A continuation frame outside a fragmented message.
    ContinuationWithoutStart,
    /// A text or binary frame inside a fragmented message.
    MessageInterleaved,
    /// A length written longer than necessary.
    LengthNotMinimal,
    /// A 64-bit length with its most significant bit set.
    LengthTopBit,
    /// A text message that is not UTF-8.
    BadUtf8,
    /// A compressed message that does not inflate.
    BadDeflate,
    /// A close payload of one byte.
    CloseOneByte,
    /// A close code that must not be sent, such as 1005, or that nobody has defined.
    CloseBadCode,
    /// A close reason that is not UTF-8.
    CloseBadUtf8,
    /// A frame behind the close frame. Not fatal; recorded once for each opcode.
    DataAfterClose,
    /// A frame declares more than [`Limits::frame`](super::Limits::frame).
    FrameTooLarge,
    /// A message would exceed [`Limits::message`](super::Limits::message), inflated or not, or consists of too many tiny fragments.
    MessageTooLarge,
}

impl Violation {
    /// The close code with which the connection has to fail; `None` if the connection may go on.
    #[must_use]
    pub fn close_code(&self) -> Option<u16> {
        self.kind.row().close_code
    }

    /// Section of RFC 6455 that holds the rule, such as `5.2`; of RFC 7692, if it names that.
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.kind.row().section
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            offset,
            found,
            expected,
        } = self;
        write!(
            f,
            "byte {offset}: {kind}: found {found}, expected {expected}"
        )
    }
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().words)
    }
}

impl ViolationKind {
    fn row(self) -> Row {
        match self {
            Self::ReservedBits => row("5.2", Some(PROTOCOL), "reserved bits"),
            Self::ReservedOpcode => row("5.2", Some(PROTOCOL), "reserved opcode"),
            Self::Unmasked => row("5.1", Some(PROTOCOL), "unmasked client frame"),
            Self::Masked => row("5.1", Some(PROTOCOL), "masked server frame"),
            Self::ControlTooLong => row("5.5", Some(PROTOCOL), "control frame too long"),
            Self::ControlFragmented => row("5.5", Some(PROTOCOL), "fragmented control frame"),
            Self::ContinuationWithoutStart => row("5.4", Some(PROTOCOL), "continuation of nothing"),
            Self::MessageInterleaved => row("5.4", Some(PROTOCOL), "interleaved message"),
            Self::LengthNotMinimal => row("5.2", Some(PROTOCOL), "length not minimal"),
            Self::LengthTopBit => row("5.2", Some(PROTOCOL), "top bit of the length"),
            Self::BadUtf8 => row("8.1", Some(INVALID_DATA), "text is not UTF-8"),
            Self::BadDeflate => row(
                "RFC 7692 7.2.2",
                Some(INVALID_DATA),
                "data does not inflate",
            ),
            Self::CloseOneByte => row("5.5.1", Some(PROTOCOL), "close payload"),
            Self::CloseBadCode => row("7.4", Some(PROTOCOL), "close code"),
            Self::CloseBadUtf8 => row("8.1", Some(INVALID_DATA), "close reason is not UTF-8"),
            Self::DataAfterClose => row("5.5.1", None, "frame after close"),
            Self::FrameTooLarge => row("10.4", Some(TOO_BIG), "frame too large"),
            Self::MessageTooLarge => row("10.4", Some(TOO_BIG), "message too large"),
        }
    }
}

struct Row {
    section: &'static str,
    close_code: Option<u16>,
    words: &'static str,
}

fn row(section: &'static str, close_code: Option<u16>, words: &'static str) -> Row {
    Row {
        section,
        close_code,
        words,
    }
}

const PROTOCOL: u16 = 1002;
const INVALID_DATA: u16 = 1007;
const TOO_BIG: u16 = 1009;
