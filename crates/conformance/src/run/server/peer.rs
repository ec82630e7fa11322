//! An open connection, with tokio-tungstenite: the suite and the mock do not share framing.

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role as Side, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};
use wire::session::Form;

use super::frames::Seen;
use super::link::Link;
use crate::case::Role;
use crate::cut::Split;
use crate::message::Outgoing;
use crate::verdict::Ending;

/// The server at the other end.
pub(super) struct Peer {
    socket: WebSocketStream<Link>,
    /// Whether we have sent a close frame.
    has_closed: bool,
    /// How the connection ended, once it has.
    ending: Option<(Ending, String)>,
}

/// How a message is cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape<'c> {
    /// The lengths of the first fragments.
    pub(super) fragments: &'c [usize],
    /// Whether a ping goes between them.
    pub(super) ping_between: bool,
    /// Where TCP cuts.
    pub(super) cut: &'c [usize],
}

impl<'c> Shape<'c> {
    pub(super) fn of(split: &'c Split) -> Self {
        Self {
            fragments: &split.fragments,
            ping_between: split.ping_between,
            cut: &split.cut,
        }
    }

    /// Whether nothing is cut.
    pub(super) const fn is_plain(&self) -> bool {
        self.fragments.is_empty() && self.cut.is_empty()
    }
}

/// What the server does.
#[derive(Debug)]
pub(super) enum Incoming {
    Data(Form, Bytes),
    Pong(Bytes),
    /// The connection ended; with the reason of a close frame.
    Ended(Ending, String),
    /// Nothing, until the deadline.
    Silence,
}

/// The code of a close frame without one.
const NO_STATUS: u16 = 1005;

impl Peer {
    pub(super) async fn new(mut stream: Link, tail: Vec<u8>) -> Self {
        stream.frames().begin(&tail);
        let config = WebSocketConfig::default()
            .max_message_size(Some(64 << 20))
            .max_frame_size(Some(64 << 20));
        let socket =
            WebSocketStream::from_partially_read(stream, tail, Side::Client, Some(config)).await;
        Self {
            socket,
            has_closed: false,
            ending: None,
        }
    }

    /// The frames that have come.
    pub(super) fn frames(&mut self) -> Seen {
        self.socket.get_mut().frames().seen()
    }

    /// What comes next.
    pub(super) async fn next(&mut self, deadline: Instant) -> Incoming {
        if let Some((ending, reason)) = &self.ending {
            return Incoming::Ended(ending.clone(), reason.clone());
        }
        loop {
            let Ok(next) = timeout_at(deadline, self.socket.next()).await else {
                return Incoming::Silence;
            };
            return match next {
                Some(Ok(Message::Text(text))) => Incoming::Data(Form::Text, text.into()),
                Some(Ok(Message::Binary(bytes))) => Incoming::Data(Form::Binary, bytes),
                Some(Ok(Message::Pong(payload))) => Incoming::Pong(payload),
                // tungstenite answers pings itself.
                Some(Ok(Message::Ping(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(frame))) => {
                    let by = match self.has_closed {
                        true => Role::Client,
                        false => Role::Server,
                    };
                    let (code, reason) = frame.map_or((NO_STATUS, String::new()), |frame| {
                        (frame.code.into(), frame.reason.to_string())
                    });
                    // The answer to it is queued; reading on sends it.
                    let _ = timeout_at(deadline, self.socket.next()).await;
                    self.end(Ending::Close { code, by }, reason)
                }
                Some(Err(error)) => self.end(ending_of(&error), String::new()),
                None => self.end(Ending::Fin, String::new()),
            };
        }
    }

    /// Sends a message: in fragments if so asked, with a ping between them, cut by TCP.
    pub(super) async fn send(
        &mut self,
        message: &Outgoing,
        shape: Shape<'_>,
        deadline: Instant,
    ) -> Result<(), String> {
        if shape.cut.is_empty() {
            return self.send_frames(message, shape, deadline).await;
        }
        self.socket.get_mut().hold();
        let sent = self.send_frames(message, shape, deadline).await;
        let bytes = self.socket.get_mut().release();
        sent?;
        self.send_bytes(&bytes, shape.cut, deadline).await
    }

    /// Sends bytes that are not a WebSocket library's.
    pub(super) async fn send_bytes(
        &mut self,
        bytes: &[u8],
        cut: &[usize],
        deadline: Instant,
    ) -> Result<(), String> {
        let written = self.socket.get_mut().write_cut(bytes, cut);
        match timeout_at(deadline, written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the server takes nothing".to_owned()),
        }
    }

    async fn send_frames(
        &mut self,
        message: &Outgoing,
        shape: Shape<'_>,
        deadline: Instant,
    ) -> Result<(), String> {
        let Shape {
            fragments,
            ping_between,
            ..
        } = shape;
        let first = match message.form {
            Form::Text => Data::Text,
            Form::Binary => Data::Binary,
        };
        let mut rest = Bytes::from(message.payload.clone());
        let mut opcode = first;
        for length in fragments {
            let piece = rest.split_to((*length).min(rest.len()));
            let frame = Frame::message(piece, OpCode::Data(opcode), false);
            self.write(Message::Frame(frame), deadline).await?;
            if ping_between {
                self.write(Message::Ping(Bytes::from_static(b"between")), deadline)
                    .await?;
            }
            opcode = Data::Continue;
        }
        let frame = Frame::message(rest, OpCode::Data(opcode), true);
        self.write(Message::Frame(frame), deadline).await
    }

    /// Sends a ping.
    pub(super) async fn ping(&mut self, payload: &str, deadline: Instant) -> Result<(), String> {
        let payload = Bytes::from(payload.to_owned());
        self.write(Message::Ping(payload), deadline).await
    }

    /// Sends a close frame.
    pub(super) async fn close(&mut self, code: u16, deadline: Instant) -> Result<(), String> {
        if self.has_closed || self.ending.is_some() {
            return Ok(());
        }
        self.has_closed = true;
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.write(Message::Close(Some(frame)), deadline).await
    }

    async fn write(&mut self, message: Message, deadline: Instant) -> Result<(), String> {
        match timeout_at(deadline, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("the server takes nothing".to_owned()),
        }
    }

    fn end(&mut self, ending: Ending, reason: String) -> Incoming {
        self.ending = Some((ending.clone(), reason.clone()));
        Incoming::Ended(ending, reason)
    }
}

fn ending_of(error: &Error) -> Ending {
    match error {
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Ending::Fin,
        Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe => Ending::Reset,
            _ => Ending::Fin,
        },
        other => Ending::Broken(other.to_string()),
    }
}
