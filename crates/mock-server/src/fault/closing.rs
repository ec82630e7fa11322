//! How a connection ends.

pub(super) mod idle;

use bytes::Bytes;
use wire::dialect::{Part, Retouch};
use wire::session::{Data, Form};

use super::behaviour::{Behaviour, Body, CloseBody, Hand, Leave, Outgoing};
use super::gate::Gate;
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points, Values};

/// The faults of this family that act at once, or at the end.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "close-CODE",
        does: "a close frame with this code, 1000 to 4999, and nothing else; 1005 is close-no-status, 1006 is abrupt-1006, 1015 sends the forbidden code itself",
        incident: "a code that the client has no branch for: retried for ever, or taken for success",
        example: "close-1011:at=audio/3,reason=overloaded",
        parameters: &[REASON],
        make: Make::Behaviour(|values| Close::with(values.code(), values)),
        ..CLOSE
    },
    Fault {
        name: "close-1012",
        does: "a close frame with 1012, service restart",
        incident: "a rolling deployment of the service: the client gives up where it should reconnect",
        example: "close-1012:at=audio/2,times=1",
        parameters: &[REASON],
        make: Make::Behaviour(|values| Close::with(1012, values)),
        ..CLOSE
    },
    Fault {
        name: "close-1013",
        does: "a close frame with 1013, try again later, before the request is answered",
        incident: "an overloaded service: the client reconnects at once and makes it worse",
        example: "close-1013:times=2",
        parameters: &[REASON],
        at: "request",
        make: Make::Behaviour(|values| Close::with(1013, values)),
        ..CLOSE
    },
    Fault {
        name: "close-no-status",
        does: "a close frame with an empty body, which clients report as 1005",
        incident: "no code taken for success: truncated audio counts as complete",
        example: "close-no-status:at=50%",
        make: Make::Behaviour(|_| Box::new(Close(CloseBody::empty()))),
        ..CLOSE
    },
    Fault {
        name: "close-1000-early",
        does: "a close frame with 1000 before the end marker",
        incident: "a normal close in the middle: truncated audio or half a text is reported as complete",
        example: "close-1000-early:at=50%",
        parameters: &[REASON],
        make: Make::Behaviour(|values| Close::with(1000, values)),
        ..CLOSE
    },
    Fault {
        name: "close-1000-with-error-reason",
        does: "a close frame with 1000 whose reason tells of a failure",
        incident: "a code that says all is well and a reason that does not: the client reads the code alone",
        example: "close-1000-with-error-reason:reason=no such session",
        parameters: &[Parameter {
            default: "unexpected error",
            ..REASON
        }],
        at: "first-byte",
        make: Make::Behaviour(|values| Close::with(1000, values)),
        ..CLOSE
    },
    Fault {
        name: "close-throttled",
        does: "a close frame with 4429, or with the code given, when the turn has begun and before its first audio or result",
        incident: "a throttled key: the turn begins, not one byte comes, and an unknown code makes the client reconnect without end",
        example: "close-throttled:code=1007",
        parameters: &[
            code("4429"),
            Parameter {
                default: "too many requests",
                ..REASON
            },
        ],
        at: "first-byte",
        make: Make::Behaviour(Close::coded),
        ..CLOSE
    },
    Fault {
        name: "close-reason-bad-utf8",
        does: "a close frame whose reason is not UTF-8, or a text frame that is not",
        incident: "the client's own library fails the connection with 1007 and hides what the service said",
        example: "close-reason-bad-utf8:in=text",
        parameters: &[
            Parameter {
                key: "in",
                kind: Kind::Word(&["close", "text"]),
                default: "close",
                text: "the frame that is not UTF-8; the session goes on behind a text frame",
            },
            code("1011"),
        ],
        make: Make::Behaviour(|values| match values.text("in") {
            "text" => Box::new(BadText),
            _ => Box::new(Close(CloseBody {
                code: code_of(values),
                reason: Bytes::from_static(NOT_UTF8),
            })),
        }),
        ..CLOSE
    },
    Fault {
        name: "close-before-final",
        does: "a close frame when a final result or the end marker is due; what came before it has gone out",
        incident: "a partial text is returned as success, and the fallback is never taken",
        example: "close-before-final:code=1011",
        parameters: &[code("1000"), REASON],
        at: "before-final",
        make: Make::Behaviour(Close::coded),
        ..CLOSE
    },
    Fault {
        name: "abrupt-1006",
        does: "TCP ends without a close frame, with a FIN or with an RST; at the handshake, without an answer",
        incident: "a connection that dies: the client freezes, or loops without a pause",
        example: "abrupt-1006:at=audio/3,how=rst",
        parameters: &[Parameter {
            key: "how",
            kind: Kind::Word(&["fin", "rst"]),
            default: "fin",
            text: "how TCP ends",
        }],
        points: Points::Any,
        make: Make::Either(
            |values| Gate::Leave(how(values)),
            |values| Box::new(Abrupt(how(values))),
        ),
        ..CLOSE
    },
    Fault {
        name: "close-unanswered",
        does: "the client's close frame is never answered, nothing more is sent, and TCP stays open",
        incident: "a close handshake that the client waits for without a limit",
        example: "close-unanswered",
        at: "open",
        make: Make::Behaviour(|_| Box::new(Unanswered)),
        ..CLOSE
    },
    Fault {
        name: "final-never",
        does: "all audio or all results, then neither end marker nor close; TCP stays open and pings are answered",
        incident: "a client that waits for the last marker, or for the close in its stead, without a limit",
        example: "final-never",
        at: "open",
        make: Make::Behaviour(|_| Box::new(FinalNever::default())),
        ..CLOSE
    },
];

/// What most rows have in common.
const CLOSE: Fault = Fault {
    name: "",
    family: Family::Closing,
    does: "",
    incident: "",
    example: "",
    parameters: &[],
    at: "audio/2",
    points: Points::Session,
    applies: Applies::Everywhere,
    make: Make::Behaviour(|_| Box::new(Close(CloseBody::empty()))),
};

pub(super) const REASON: Parameter = Parameter {
    key: "reason",
    kind: Kind::Brief(MOST_REASON),
    default: "",
    text: "the reason in the close frame, at most 123 bytes",
};

/// What is left of a control frame of 125 bytes behind the code.
const MOST_REASON: usize = 123;

/// The parameter for the code of a close frame.
pub(super) const fn code(default: &'static str) -> Parameter {
    Parameter {
        key: "code",
        kind: Kind::Number(1000, 4999),
        default,
        text: "the code in the close frame",
    }
}

/// The code that is given.
pub(super) fn code_of(values: &Values) -> u16 {
    u16::try_from(values.number("code")).unwrap_or_default()
}

/// A close frame.
struct Close(CloseBody);

impl Close {
    /// With a code, and the reason that is given.
    fn with(code: u16, values: &Values) -> Box<dyn Behaviour> {
        Box::new(Self(CloseBody::new(code, values.text("reason"))))
    }

    /// With the code and the reason that are given.
    fn coded(values: &Values) -> Box<dyn Behaviour> {
        Self::with(code_of(values), values)
    }
}

impl Behaviour for Close {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.close(self.0.clone());
    }
}

/// A text frame that is not text.
struct BadText;

impl Behaviour for BadText {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        let data = Data {
            form: Form::Text,
            head: Bytes::new(),
            body: Bytes::from_static(NOT_UTF8),
        };
        hand.send(Outgoing {
            part: Part::Other,
            body: Body::Data("not-utf-8", data),
        });
    }
}

/// A message in GBK, as a service sends it that takes its platform's encoding for granted.
const NOT_UTF8: &[u8] = b"service error: \xb7\xfe\xce\xf1\xd2\xec\xb3\xa3";

/// The end of TCP.
struct Abrupt(Leave);

impl Behaviour for Abrupt {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.leave(self.0);
    }
}

pub(super) fn how(values: &Values) -> Leave {
    match values.text("how") {
        "rst" => Leave::Reset,
        _ => Leave::Fin,
    }
}

/// The client's close frame stays without an answer.
struct Unanswered;

impl Behaviour for Unanswered {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn answers_close(&mut self, hand: &mut Hand<'_>) -> bool {
        hand.fire();
        false
    }
}

/// Everything but the end.
#[derive(Default)]
struct FinalNever {
    has_ended: bool,
}

impl Behaviour for FinalNever {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        if self.has_ended {
            // Not even the vendor's idle rule gets through.
            hand.stall();
            return Vec::new();
        }
        if !message.part.is_end() {
            return vec![message];
        }
        self.has_ended = true;
        hand.fire();
        match message.part {
            Part::LastAudio => hand
                .retouch(Retouch::NotLast, &message)
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }
}
