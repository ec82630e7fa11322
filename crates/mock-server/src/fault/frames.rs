//! RFC 6455 frames and their extensions.

mod fragments;
mod opcodes;
mod sizes;
mod violations;

use self::fragments::Fragmented;
use self::opcodes::{Opcodes, Reserved};
use self::sizes::{BigLast, Huge};
use self::violations::{Breach, Violation};
use super::gate::{Deflate, Gate};
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        parameters: &[Parameter {
            key: "bytes",
            kind: Kind::Number(1, 64 << 20),
            default: "5242880",
            text: "how many bytes the message has at least",
        }],
        ..Fault::plain(
            Family::Frames,
            "huge-frame",
            "one message in one frame of so many bytes, over the limits of 1 and 4 MiB of common clients: its audio over and over, or its JSON with white space behind it",
            "the client closes 1009 on itself, or gives up without a word",
            "huge-frame:bytes=1254313",
            "first-byte",
            |values| Box::new(Huge::new(values.number("bytes"))),
        )
    },
    Fault {
        applies: Applies::Synthesis,
        ..Fault::plain(
            Family::Frames,
            "big-last-frame",
            "what is spoken behind the point comes as one last, much larger message in one frame",
            "the last, much larger chunk is lost",
            "big-last-frame:at=audio/3",
            "audio/2",
            |_| Box::new(BigLast::default()),
        )
    },
    Fault {
        parameters: &[
            Parameter {
                key: "parts",
                kind: Kind::Number(2, 1000),
                default: "4",
                text: "how many frames a message has at most",
            },
            Parameter {
                key: "sizes",
                kind: Kind::Numbers,
                default: "",
                text: "the lengths of the first fragments in bytes, instead of parts",
            },
            Parameter {
                key: "pings",
                kind: Kind::Word(&["yes", "no"]),
                default: "yes",
                text: "whether a ping goes between two fragments",
            },
        ],
        ..Fault::plain(
            Family::Frames,
            "fragmented",
            "every message from the point on in FIN=0 frames and continuations, cut inside UTF-8 characters and JSON tokens where there are some, with a ping between two fragments",
            "the client parses each fragment as a message",
            "fragmented:parts=10",
            "open",
            |values| {
                Box::new(Fragmented::new(
                    values.number("parts"),
                    values.numbers("sizes"),
                    values.text("pings") == "yes",
                ))
            },
        )
    },
    Fault {
        applies: Applies::Texts,
        ..Fault::plain(
            Family::Frames,
            "text-as-binary",
            "every text message from the point on in binary frames",
            "the client takes JSON for audio",
            "text-as-binary:at=result/1",
            "open",
            |_| Box::new(Opcodes::TEXT_AS_BINARY),
        )
    },
    Fault {
        applies: Applies::Synthesis,
        ..Fault::plain(
            Family::Frames,
            "binary-as-text",
            "every binary message from the point on in text frames, whether it is UTF-8 or not",
            "the client library fails with 1007 on what it has to take for text",
            "binary-as-text:at=audio/2",
            "open",
            |_| Box::new(Opcodes::BINARY_AS_TEXT),
        )
    },
    Fault::plain(
        Family::Frames,
        "rsv-bit",
        "RSV1 in the first frame from the point on, though nothing was negotiated; behind the end marker in a ping",
        "the library fails the connection with 1002",
        "rsv-bit:at=audio/2",
        "first-byte",
        |_| Box::new(Violation::new(Breach::ReservedBit)),
    ),
    Fault::plain(
        Family::Frames,
        "reserved-opcode",
        "a frame with the reserved opcode 0x3 and five bytes",
        "the library fails the connection, or hands an unknown type to the application",
        "reserved-opcode:at=audio/2",
        "first-byte",
        |_| Box::new(Reserved),
    ),
    Fault::plain(
        Family::Frames,
        "masked-frame",
        "the first frame from the point on is masked, which only clients do; behind the end marker a ping",
        "the library fails the connection, or hands on scrambled bytes",
        "masked-frame:at=audio/2",
        "first-byte",
        |_| Box::new(Violation::new(Breach::Mask)),
    ),
    Fault::plain(
        Family::Frames,
        "length-not-minimal",
        "the length of the first frame from the point on in a longer form than it needs; behind the end marker a ping",
        "a parser that trusts the form reads the payload at the wrong place",
        "length-not-minimal:at=audio/2",
        "first-byte",
        |_| Box::new(Violation::new(Breach::LongLength)),
    ),
    deflate(
        "deflate-on",
        "permessage-deflate granted to a client that offers it, with the parameters that it asks for; messages are compressed",
        "a client that offers compression has never been answered with it",
        Deflate::Granted,
    ),
    deflate(
        "deflate-unasked",
        "permessage-deflate granted to a client that has not offered it, and RSV1 on compressed messages",
        "the client fails on the handshake, or on a reserved bit in every frame",
        Deflate::Unasked,
    ),
    deflate(
        "deflate-refused",
        "permessage-deflate not granted to a client that offers it, whatever --deflate says",
        "the client compresses all the same, or gives up",
        Deflate::Refused,
    ),
    deflate(
        "deflate-small-uncompressed",
        "permessage-deflate granted; messages below 1024 bytes go uncompressed, as they may",
        "the client inflates what is plain because the extension was granted",
        Deflate::SmallUncompressed,
    ),
];

/// The row of a fault that acts on what the 101 says about compression.
const fn deflate(
    name: &'static str,
    does: &'static str,
    incident: &'static str,
    what: Deflate,
) -> Fault {
    Fault {
        name,
        family: Family::Frames,
        does,
        incident,
        example: name,
        parameters: &[],
        at: "handshake",
        points: Points::Handshake,
        applies: Applies::Everywhere,
        make: Make::Gate(match what {
            Deflate::Granted => |_| Gate::Deflate(Deflate::Granted),
            Deflate::Unasked => |_| Gate::Deflate(Deflate::Unasked),
            Deflate::Refused => |_| Gate::Deflate(Deflate::Refused),
            Deflate::SmallUncompressed => |_| Gate::Deflate(Deflate::SmallUncompressed),
        }),
    }
}
