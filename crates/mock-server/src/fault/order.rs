//! What is said, and in which order.

pub(super) mod altered;
mod ending;
mod errors;
mod turns;

use wire::dialect::{Deviation, Retouch, Retouching};

use self::altered::{Altered, Foreign, Scope};
use self::ending::{AfterCancel, AudioAfterEnd, Doubled, WithoutAudio};
use self::errors::{AfterAudio, Deviate};
use self::turns::{Limit, ManyFinals, Stale, WithoutStart};
use super::row::{Applies, Family, Fault, Kind, Parameter};

pub(super) use self::errors::own;

/// The fault whose `code` is the vendor's.
pub(super) const VENDOR_ERROR: &str = "vendor-error";

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        parameters: &[Parameter {
            key: "code",
            kind: Kind::Text,
            default: "",
            text: "the code in the vendor's spelling; the commonest one unless told otherwise",
        }],
        ..Fault::plain(
            Family::Order,
            VENDOR_ERROR,
            "an error of the vendor's table in its own words, then whatever the vendor does after it",
            "an error code that the client has never seen in a test",
            "vendor-error:at=audio/2",
            "request",
            |values| {
                let code = Some(values.text("code")).filter(|code| !code.is_empty());
                Box::new(Deviate(Deviation::Error(code.map(str::to_owned))))
            },
        )
    },
    Fault::plain(
        Family::Order,
        "error-after-audio",
        "the vendor's commonest error behind audio that has gone out whole, at least one message of it; the rest of the audio and its end marker do not come",
        "partial audio is returned as a success",
        "error-after-audio:at=audio/3",
        "first-byte",
        |_| Box::new(AfterAudio::default()),
    ),
    Fault::plain(
        Family::Order,
        "error-frame-untyped",
        "an error in a shape that the vendor's pages do not list; the session goes on",
        "the error is an unknown message to the client, and dropped",
        "error-frame-untyped:at=audio/2",
        "first-byte",
        |_| Box::new(Deviate(Deviation::Untyped)),
    ),
    Fault::plain(
        Family::Order,
        "unknown-message",
        "a well-formed message of a type that nobody knows; the session goes on",
        "the listener crashes on a new type of message, or yields nothing any more",
        "unknown-message:at=audio/2",
        "first-byte",
        |_| Box::new(Deviate(Deviation::Unknown)),
    ),
    Fault {
        applies: Applies::Retouching(Retouching::ExtraFields),
        ..Fault::plain(
            Family::Order,
            "extra-fields",
            "further members of every JSON type on each known JSON message from the point on",
            "strict models refuse or mistake a message that has grown, and its data is lost in silence",
            "extra-fields:at=result/1",
            "open",
            |_| Box::new(Altered::new(Retouch::ExtraFields, Scope::Every)),
        )
    },
    Fault {
        applies: Applies::Retouching(Retouching::NonObjectJson),
        ..Fault::plain(
            Family::Order,
            "non-object-json",
            "the first JSON message from the point on stands in a JSON list; if none comes before the end marker, an error in a list comes there",
            "the receive loop dies in silence on JSON that is no object",
            "non-object-json:at=result/1",
            "open",
            |_| Box::new(Altered::new(Retouch::NonObjectJson, Scope::OneForSure)),
        )
    },
    Fault {
        applies: Applies::Retouching(Retouching::MalformedJson),
        ..Fault::plain(
            Family::Order,
            "malformed-json",
            "the first JSON message from the point on is cut in the middle; if none comes before the end marker, a cut error comes there",
            "the receive loop dies in silence on JSON that does not parse",
            "malformed-json:at=before-final",
            "open",
            |_| Box::new(Altered::new(Retouch::MalformedJson, Scope::OneForSure)),
        )
    },
    Fault {
        applies: Applies::Synthesis,
        ..Fault::plain(
            Family::Order,
            "done-without-audio",
            "no audio from the point on; everything else comes, and the end marker",
            "a pipeline waits for audio that the end marker says is there",
            "done-without-audio",
            "open",
            |_| Box::new(WithoutAudio),
        )
    },
    Fault {
        parameters: &[Parameter {
            key: "ms",
            kind: Kind::Number(1, 3_600_000),
            default: "500",
            text: "for how many milliseconds it goes on",
        }],
        ..Fault::plain(
            Family::Order,
            "audio-after-cancel",
            "after the client's cancel or close frame the audio goes on, or the last of it comes again every 50 ms when all is said (in recognition the last result); a close frame is answered only after that time",
            "old speech leaks into the next turn",
            "audio-after-cancel:ms=800",
            "open",
            |values| Box::new(AfterCancel::new(values.ms("ms"))),
        )
    },
    Fault {
        parameters: &[Parameter {
            key: "n",
            kind: Kind::Number(1, 100_000),
            default: "5",
            text: "how many requests on one connection are answered",
        }],
        applies: Applies::Repeated,
        ..Fault::plain(
            Family::Order,
            "context-limit",
            "close 1008 in place of an answer to request n + 1 on the connection",
            "one request too many closes the connection that all the others share",
            "context-limit:n=2",
            "open",
            |values| Box::new(Limit::new(values.number("n"))),
        )
    },
    Fault::plain(
        Family::Order,
        "stale-timestamps",
        "the first result (words, subtitles, texts) once more after later ones, so that its times run backwards",
        "words of an interrupted turn come late and move the client's clock back",
        "stale-timestamps:at=result/3",
        "before-final",
        |_| Box::new(Stale::default()),
    ),
    Fault {
        applies: Applies::Recognition,
        ..Fault::plain(
            Family::Order,
            "many-finals",
            "every final result of two words or more comes as two final results, each with its part of the words and times",
            "the client hangs up at the first final result",
            "many-finals",
            "open",
            |_| Box::new(ManyFinals),
        )
    },
    Fault {
        parameters: &[Parameter {
            key: "conn",
            kind: Kind::Text,
            default: "2",
            text: "on which connection of the lane, or N..M",
        }],
        ..Fault::plain(
            Family::Order,
            "resume-midturn",
            "everything but the start message, on that connection",
            "after a reconnect results or audio come without the start that the client waits for",
            "close-1011:at=audio/2,conn=1+resume-midturn:conn=2",
            "open",
            |_| Box::new(WithoutStart),
        )
    },
    Fault::plain(
        Family::Order,
        "quota-inband",
        "an error of quota or concurrency after the 101, then the vendor's close",
        "the refusal comes as a message: the client has counted the connection as a success",
        "quota-inband:conn=1..3",
        "request",
        |_| Box::new(Deviate(Deviation::Quota)),
    ),
    Fault {
        applies: Applies::Retouching(Retouching::ForeignId),
        ..Fault::plain(
            Family::Order,
            "reply-for-other-id",
            "a copy of the first message with an id from the point on, with the id of another request, comes before it; if none comes before the end marker, an error for another request comes there",
            "the client listens to the wrong task",
            "reply-for-other-id:at=result/1",
            "first-byte",
            |_| Box::new(Foreign::default()),
        )
    },
    Fault::plain(
        Family::Order,
        "end-doubled",
        "the end marker twice",
        "the second end finds the client in its next turn, or finishes what is finished",
        "end-doubled",
        "end",
        |_| Box::new(Doubled::default()),
    ),
    Fault::plain(
        Family::Order,
        "audio-after-end",
        "the last audio once more after the end marker, as if more would come (in recognition the last result)",
        "audio meets a client that has closed its file, or starts the next answer with it",
        "audio-after-end",
        "end",
        |_| Box::new(AudioAfterEnd::default()),
    ),
];
