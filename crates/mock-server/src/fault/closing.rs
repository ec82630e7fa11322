//! How a connection ends.

use super::behaviour::{Behaviour, CloseBody, Hand, Leave};
use super::gate::Gate;
use super::row::{Applies, Family, Fault, Kind, Make, Parameter, Points, Values};

/// The faults of this family.
pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "close-CODE",
        family: Family::Closing,
        does: "a close frame with this code, 1000 to 4999, and nothing else",
        incident: "a code that the client has no branch for: retried for ever, or taken for success",
        example: "close-1011:at=audio/3,reason=internal error",
        parameters: &[REASON],
        at: "audio/2",
        points: Points::Session,
        applies: Applies::Everywhere,
        make: Make::Behaviour(|values| Box::new(Close::of(values))),
    },
    Fault {
        name: "abrupt-1006",
        family: Family::Closing,
        does: "TCP ends without a close frame, with a FIN or with an RST",
        incident: "a connection that dies: the client freezes, or loops without a pause",
        example: "abrupt-1006:at=audio/3,how=rst",
        parameters: &[Parameter {
            key: "how",
            kind: Kind::Word(&["fin", "rst"]),
            default: "fin",
            text: "how TCP ends",
        }],
        at: "audio/2",
        points: Points::Any,
        applies: Applies::Everywhere,
        make: Make::Either(
            |values| Gate::Leave(how(values)),
            |values| Box::new(Abrupt(how(values))),
        ),
    },
];

const REASON: Parameter = Parameter {
    key: "reason",
    kind: Kind::Text,
    default: "",
    text: "the reason in the close frame, at most 123 bytes",
};

/// A close frame.
struct Close(CloseBody);

impl Close {
    fn of(values: &Values) -> Self {
        Self(CloseBody::new(values.code(), values.text("reason")))
    }
}

impl Behaviour for Close {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        hand.close(self.0.clone());
    }
}

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
