//! permessage-deflate on one connection: what its handshake agrees on, and what goes out then.
//!
//! Nobody gets it unasked but through a fault, and nobody gets it at all unless the server is
//! told to grant it or a fault does.

use bytes::Bytes;
use wire::session::{Data, Form};
use wire::ws::deflate::offers;
use wire::ws::{Deflate, Deflater, FrameHead, Opcode, Receiver};

use crate::fault::{self, Frame};

/// What both sides of a connection have agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extension {
    agreed: Deflate,
    /// Messages shorter than this go out as they are.
    least: usize,
}

/// What a handshake makes of the extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Agreement {
    /// What holds on the connection, and the header that says so.
    pub(crate) granted: Option<(Extension, String)>,
    /// Whether the fault has made a difference.
    pub(crate) has_fired: bool,
}

/// Messages that a server with this fault does not compress.
const SMALL: usize = 1024;

/// Agrees on what the client's values of `Sec-WebSocket-Extensions` offer.
pub(crate) fn agree(values: &[&str], is_on: bool, fault: Option<fault::Deflate>) -> Agreement {
    let values = || values.iter().copied();
    let is_offered = !offers(values()).is_empty();
    let negotiated = || Deflate::negotiate(values(), Deflate::default());
    let (granted, has_fired) = match fault {
        None => (is_on.then(negotiated).flatten(), false),
        Some(fault::Deflate::Refused) => (None, is_offered),
        Some(fault::Deflate::Unasked) if !is_offered => {
            let agreed = Deflate::default();
            (Some((agreed, agreed.header())), true)
        }
        Some(fault::Deflate::Unasked) => (negotiated(), false),
        Some(fault::Deflate::Granted | fault::Deflate::SmallUncompressed) => {
            let granted = negotiated();
            let has_fired = granted.is_some();
            (granted, has_fired)
        }
    };
    let least = match fault {
        Some(fault::Deflate::SmallUncompressed) => SMALL,
        _ => 0,
    };
    Agreement {
        granted: granted.map(|(agreed, header)| (Extension { agreed, least }, header)),
        has_fired,
    }
}

impl Extension {
    /// The same reader, which knows of the agreement.
    pub(crate) fn on(self, receiver: Receiver) -> Receiver {
        receiver.with_deflate(self.agreed)
    }

    /// What compresses the server's messages.
    pub(crate) const fn packer(self) -> Packer {
        Packer {
            deflater: Deflater::new(self.agreed.server),
            least: self.least,
        }
    }
}

/// Compresses the messages of the server.
#[derive(Debug)]
pub(crate) struct Packer {
    deflater: Deflater,
    least: usize,
}

impl Packer {
    /// A message as one frame.
    pub(crate) fn frame(&mut self, data: &Data) -> Frame {
        let plain = plain(data);
        if plain.payload.len() < self.least {
            return plain;
        }
        let payload = self.deflater.compress(&plain.payload);
        let head = FrameHead {
            rsv: RSV1,
            ..FrameHead::server(plain.head.opcode, payload.len())
        };
        Frame { head, payload }
    }
}

/// A message as one frame that is not compressed.
pub(crate) fn plain(data: &Data) -> Frame {
    let opcode = match data.form {
        Form::Text => Opcode::Text,
        Form::Binary => Opcode::Binary,
    };
    let payload: Bytes = match data.head.is_empty() {
        true => data.body.clone(),
        false => [data.head.as_ref(), data.body.as_ref()].concat().into(),
    };
    Frame {
        head: FrameHead::server(opcode, payload.len()),
        payload,
    }
}

const RSV1: u8 = 0b100;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::off(false, None, true, None, false)]
    #[case::on(true, None, true, Some("permessage-deflate"), false)]
    #[case::nobody_asks(true, None, false, None, false)]
    #[case::granted(
        false,
        Some(fault::Deflate::Granted),
        true,
        Some("permessage-deflate"),
        true
    )]
    #[case::not_granted(false, Some(fault::Deflate::Granted), false, None, false)]
    #[case::unasked(
        false,
        Some(fault::Deflate::Unasked),
        false,
        Some("permessage-deflate"),
        true
    )]
    #[case::asked_for(
        false,
        Some(fault::Deflate::Unasked),
        true,
        Some("permessage-deflate"),
        false
    )]
    #[case::refused(true, Some(fault::Deflate::Refused), true, None, true)]
    fn offers_are_answered(
        #[case] is_on: bool,
        #[case] fault: Option<fault::Deflate>,
        #[case] is_offered: bool,
        #[case] header: Option<&str>,
        #[case] has_fired: bool,
    ) {
        let values: &[&str] = if is_offered {
            &["permessage-deflate"]
        } else {
            &[]
        };
        let agreement = agree(values, is_on, fault);
        let granted = agreement.granted.map(|(_, header)| header);
        assert_eq!(granted.as_deref(), header);
        assert_eq!(agreement.has_fired, has_fired);
    }

    #[test]
    fn small_messages_go_as_they_are() {
        let values = ["permessage-deflate; client_max_window_bits"];
        let fault = Some(fault::Deflate::SmallUncompressed);
        let (extension, _) = agree(&values, false, fault).granted.unwrap();
        let mut packer = extension.packer();
        assert_eq!(packer.frame(&Data::text("short")).head.rsv, 0);
        let long = packer.frame(&Data::text("long ".repeat(1000)));
        assert_eq!(long.head.rsv, RSV1);
        assert!(long.payload.len() < 200);
    }
}
