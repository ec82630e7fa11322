//! Frames off a stream, joined to messages, and frames onto one.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use wire::session::{Form, Side};
use wire::ws::{FrameHead, LengthForm, Opcode, mask};

/// One message of either side, and the bytes that it came in.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) what: What,
    pub(super) payload: Vec<u8>,
    /// Its frames as they were.
    pub(super) raw: Vec<u8>,
    /// Whether they are several.
    pub(super) is_fragmented: bool,
}

/// What kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Data(Form),
    Control(Opcode),
    /// Bytes behind the head of a frame that is larger than anybody sends.
    Raw,
}

/// What a client's frame may declare, and still be waited for: services refuse more on sight.
const LARGEST_ASKED: u64 = 4 << 20;

/// What a server's frame may declare: how clients take large ones is tried.
const LARGEST_ANSWERED: u64 = 16 << 20;

/// Messages off a stream.
#[derive(Debug)]
pub(super) struct Frames<R> {
    stream: R,
    buffer: Vec<u8>,
    /// The message whose fragments are under way.
    open: Option<Message>,
    /// From here on there are no frames to be told apart, only bytes.
    is_raw: bool,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    /// Messages off a stream of which `buffer` has been read already.
    pub(super) const fn new(stream: R, buffer: Vec<u8>) -> Self {
        Self {
            stream,
            buffer,
            open: None,
            is_raw: false,
        }
    }

    /// The next message; `None` at the end of the stream.
    pub(super) async fn next(&mut self) -> Option<Message> {
        loop {
            if self.is_raw {
                return self.raw().await;
            }
            let Some((head, payload, raw)) = self.frame().await? else {
                continue;
            };
            if head.opcode.is_control() {
                return Some(Message {
                    what: What::Control(head.opcode),
                    payload,
                    raw,
                    is_fragmented: false,
                });
            }
            let message = match self.open.take() {
                Some(mut open) => {
                    open.payload.extend(payload);
                    open.raw.extend(raw);
                    open
                }
                None => Message {
                    what: What::Data(match head.opcode {
                        Opcode::Text => Form::Text,
                        _ => Form::Binary,
                    }),
                    payload,
                    raw,
                    is_fragmented: !head.fin,
                },
            };
            if head.fin {
                return Some(message);
            }
            self.open = Some(message);
        }
    }

    /// Whatever has come.
    async fn raw(&mut self) -> Option<Message> {
        if self.buffer.is_empty()
            && !matches!(self.stream.read_buf(&mut self.buffer).await, Ok(1..))
        {
            return None;
        }
        Some(Message {
            what: What::Raw,
            payload: Vec::new(),
            raw: std::mem::take(&mut self.buffer),
            is_fragmented: false,
        })
    }

    /// The next frame; `None` inside if it is too large to be waited for.
    async fn frame(&mut self) -> Option<Option<(FrameHead, Vec<u8>, Vec<u8>)>> {
        loop {
            if let Some((head, used)) = FrameHead::decode(&self.buffer) {
                let largest = match head.mask {
                    Some(_) => LARGEST_ASKED,
                    None => LARGEST_ANSWERED,
                };
                if head.length > largest {
                    self.is_raw = true;
                    return Some(None);
                }
                let end = usize::try_from(head.length).ok()?.checked_add(used)?;
                if self.buffer.len() >= end {
                    let rest = self.buffer.split_off(end);
                    let raw = std::mem::replace(&mut self.buffer, rest);
                    let mut payload = raw.get(used..).unwrap_or_default().to_vec();
                    if let Some(key) = head.mask {
                        mask(&mut payload, key, 0);
                    }
                    return Some(Some((head, payload, raw)));
                }
            }
            match self.stream.read_buf(&mut self.buffer).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Reads until the stream ends.
    pub(super) async fn drain(&mut self) {
        while self.next().await.is_some() {}
    }
}

/// A frame of a side; clients mask, with a key that changes nothing.
pub(super) fn frame(side: Side, opcode: Opcode, fin: bool, rsv: u8, payload: &[u8]) -> Vec<u8> {
    let length = u64::try_from(payload.len()).unwrap_or(u64::MAX);
    let head = FrameHead {
        fin,
        rsv,
        opcode,
        mask: (side == Side::Client).then_some([0; 4]),
        length,
        length_form: LengthForm::minimal(length),
    };
    let mut bytes = head.encode().to_vec();
    bytes.extend(payload);
    bytes
}

/// The opcode of a form.
pub(super) const fn opcode(form: Form) -> Opcode {
    match form {
        Form::Text => Opcode::Text,
        Form::Binary => Opcode::Binary,
    }
}
