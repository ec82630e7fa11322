//! A WebSocket connection, as every vendor needs it.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{Failure, error};

/// An open connection.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    patience: Duration,
}

/// What the service does.
pub(crate) enum Heard {
    Text(String),
    Binary(Vec<u8>),
    /// It closed, with this code, or ended TCP without one.
    Closed(Option<u16>),
}

/// The code of a close frame that has none.
const NO_STATUS: u16 = 1005;

impl Socket {
    /// Opens one, on which nothing may be silent for so long.
    pub(crate) async fn open(
        url: &str,
        header: Option<(&'static str, String)>,
        patience: Duration,
    ) -> Result<Self, Failure> {
        let mut request = url.into_client_request().map_err(error)?;
        if let Some((name, value)) = header {
            let value = HeaderValue::from_str(&value).map_err(error)?;
            request.headers_mut().insert(name, value);
        }
        let connected = timeout(patience, connect_async(request)).await;
        let connected = connected.map_err(|_| error("the handshake is not answered"))?;
        match connected {
            Ok((stream, _)) => Ok(Self { stream, patience }),
            Err(Error::Http(response)) => {
                let body = response.body().as_deref().unwrap_or_default();
                let body = String::from_utf8_lossy(body);
                Err(error(format!(
                    "the handshake is answered {}: {body}",
                    response.status()
                )))
            }
            Err(problem) => Err(error(problem)),
        }
    }

    /// Sends text.
    pub(crate) async fn send_text(&mut self, text: String) -> Result<(), Failure> {
        self.stream.send(Message::text(text)).await.map_err(error)
    }

    /// Sends bytes.
    pub(crate) async fn send_binary(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        self.stream
            .send(Message::binary(bytes))
            .await
            .map_err(error)
    }

    /// What comes next; pings are answered on the way.
    pub(crate) async fn hear(&mut self) -> Result<Heard, Failure> {
        loop {
            let next = timeout(self.patience, self.stream.next()).await;
            let next = next.map_err(|_| error("nothing came for too long"))?;
            return match next {
                Some(Ok(Message::Text(text))) => Ok(Heard::Text(text.to_string())),
                Some(Ok(Message::Binary(bytes))) => Ok(Heard::Binary(bytes.to_vec())),
                Some(Ok(Message::Close(frame))) => {
                    // The answer to it is queued; reading on sends it.
                    let _ = timeout(self.patience, self.stream.next()).await;
                    Ok(Heard::Closed(Some(
                        frame.map_or(NO_STATUS, |frame| frame.code.into()),
                    )))
                }
                Some(Ok(_)) => continue,
                None => Ok(Heard::Closed(None)),
                Some(Err(Error::ConnectionClosed)) => Ok(Heard::Closed(None)),
                Some(Err(problem)) => Err(error(problem)),
            };
        }
    }

    /// Closes, and waits for the answer.
    pub(crate) async fn close(mut self) {
        let frame = CloseFrame {
            code: 1000.into(),
            reason: "".into(),
        };
        // All that was wanted is here: how the end goes changes nothing.
        let farewell = async {
            if self.stream.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.stream.next().await {}
            }
        };
        let _ = timeout(self.patience, farewell).await;
    }
}
