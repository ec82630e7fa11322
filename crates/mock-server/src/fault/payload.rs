//! Inside the messages of a vendor.

use wire::dialect::{Deviation, Part, Retouch, Retouching};

use super::behaviour::{Behaviour, Hand, Outgoing};
use super::order::altered::{Altered, Scope};
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points, Values};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    row(
        "gzip-flag-mismatch",
        Retouching::Gzip,
        "one message whose compression nibble disagrees with its payload: gzip over plain bytes, or none over gzip",
        "the client gunzips what is plain, and its own exception hides the answer",
        "gzip-flag-mismatch:at=audio/2",
        |_| Box::new(Altered::new(Retouch::GzipFlagMismatch, Scope::One)),
    ),
    row(
        "gzip-error-payload",
        Retouching::Gzip,
        "the vendor's commonest error with its text plain under a nibble that says gzip, then whatever the vendor does after it",
        "a decode error in place of the vendor's words",
        "gzip-error-payload:at=audio/2",
        |_| Box::new(PlainError::default()),
    ),
    row(
        "gzip-corrupt",
        Retouching::Gzip,
        "one message with a bit of its gzip body flipped, under the right nibble; a plain one is compressed first",
        "the decoder throws in the middle of a stream",
        "gzip-corrupt:at=audio/2",
        |_| Box::new(Altered::new(Retouch::GzipCorrupt, Scope::One)),
    ),
    row(
        "bad-sequence",
        Retouching::Sequence,
        "one message with a wrong sequence number: the first skips one, a later one repeats its forerunner's, the last loses its sign",
        "chunks dropped or played twice, or an end that is never seen",
        "bad-sequence:at=audio/2",
        |_| Box::new(Altered::new(Retouch::BadSequence, Scope::One)),
    ),
    Fault {
        applies: Applies::Checksums,
        ..row(
            "bad-crc",
            Retouching::Gzip,
            "one message with a wrong checksum: of its first Ogg page if its audio is Ogg, else of its gzip trailer",
            "broken audio or text goes on unnoticed",
            "bad-crc",
            |_| Box::new(BadChecksum::default()),
        )
    },
    Fault {
        parameters: &[Parameter {
            key: "by",
            kind: Kind::Signed,
            default: "1",
            text: "how many bytes more, or with - fewer, are declared than are there",
        }],
        ..row(
            "size-lies",
            Retouching::Framing,
            "one message whose declared payload length is wrong by so many bytes",
            "the client waits for bytes that never come, or reads past the end",
            "size-lies:by=-4",
            |values| {
                Box::new(Altered::new(
                    Retouch::SizeLies(values.signed("by")),
                    Scope::One,
                ))
            },
        )
    },
    Fault {
        parameters: &[Parameter {
            key: "by",
            kind: Kind::Number(1, 64 << 20),
            default: "1",
            text: "how many bytes are missing at the end",
        }],
        ..row(
            "frame-truncated",
            Retouching::Framing,
            "one of the vendor's frames cut short inside a whole WebSocket message; its lengths say otherwise",
            "the client reads past the end of a message",
            "frame-truncated:by=6",
            |values| {
                Box::new(Altered::new(
                    Retouch::Truncated(values.number("by")),
                    Scope::One,
                ))
            },
        )
    },
];

/// A row without parameters.
const fn row(
    name: &'static str,
    applies: Retouching,
    does: &'static str,
    incident: &'static str,
    example: &'static str,
    make: fn(&Values) -> Box<dyn Behaviour>,
) -> Fault {
    Fault {
        name,
        family: Family::Payload,
        does,
        incident,
        example,
        parameters: &[],
        at: "first-byte",
        points: Points::Session,
        applies: Applies::Retouching(applies),
        make: Make::Behaviour(make),
    }
}

/// An error whose text is not what its nibble says.
#[derive(Default)]
struct PlainError {
    is_done: bool,
}

impl Behaviour for PlainError {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.deviate(Deviation::Error(None));
    }

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done || message.part != Part::Error {
            return vec![message];
        }
        self.is_done = true;
        let altered = hand.retouch(Retouch::GzipErrorPayload, &message);
        vec![altered.unwrap_or(message)]
    }
}

/// A wrong checksum inside a message.
#[derive(Default)]
struct BadChecksum {
    is_done: bool,
}

impl Behaviour for BadChecksum {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.is_done {
            return vec![message];
        }
        let page = hand.retouch(Retouch::BadPageChecksum, &message);
        let altered = page.or_else(|| hand.retouch(Retouch::BadGzipChecksum, &message));
        self.is_done = altered.is_some();
        vec![altered.unwrap_or(message)]
    }
}
