//! Opcodes that are wrong for what they carry, or for RFC 6455.

use bytes::Bytes;
use wire::session::{Data, Form};
use wire::ws::{FrameHead, Opcode};

use crate::fault::behaviour::{Behaviour, Body, Frame, Hand, Outgoing};

/// Messages of one form as the other.
pub(super) struct Opcodes {
    due: Form,
    sent: Form,
}

impl Opcodes {
    /// Text in binary frames.
    pub(super) const TEXT_AS_BINARY: Self = Self {
        due: Form::Text,
        sent: Form::Binary,
    };
    /// Bytes in text frames.
    pub(super) const BINARY_AS_TEXT: Self = Self {
        due: Form::Binary,
        sent: Form::Text,
    };
}

impl Behaviour for Opcodes {
    fn strike(&mut self, _: &mut Hand<'_>) {}

    fn message(&mut self, message: Outgoing, hand: &mut Hand<'_>) -> Vec<Outgoing> {
        let body = match message.body {
            Body::Data(kind, data) if data.form == self.due => {
                hand.fire();
                let form = self.sent;
                Body::Data(kind, Data { form, ..data })
            }
            body => body,
        };
        vec![Outgoing { body, ..message }]
    }
}

/// A frame that RFC 6455 has not defined.
pub(super) struct Reserved;

impl Behaviour for Reserved {
    fn strike(&mut self, hand: &mut Hand<'_>) {
        const PAYLOAD: &[u8] = b"mynah";
        hand.frames(vec![Frame {
            head: FrameHead::server(Opcode::Other(0x3), PAYLOAD.len()),
            payload: Bytes::from_static(PAYLOAD),
        }]);
    }
}
