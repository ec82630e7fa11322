//! A mock as one writes it first with tokio-tungstenite: read a message, send the answers.
//!
//! `plain SCRIPT`

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use bench::script::Script;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes, protocol::CloseFrame};

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let path = std::env::args().nth(1).ok_or("usage: plain SCRIPT")?;
    let script = Script::load(Path::new(&path))?;
    let messages = script.messages.into_iter().map(|message| {
        Ok(if message.is_binary {
            Message::Binary(message.payload)
        } else {
            Message::Text(Utf8Bytes::try_from(message.payload)?)
        })
    });
    let messages: Arc<[Message]> = messages.collect::<Result<_, Failure>>()?;
    let head = script.head;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("ready {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let (messages, head) = (Arc::clone(&messages), head.clone());
        // A client that goes away is its own business.
        tokio::spawn(async move { serve(stream, &messages, head.after, head.closes).await.ok() });
    }
}

async fn serve(
    stream: TcpStream,
    messages: &[Message],
    after: usize,
    closes: bool,
) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let mut socket = accept_async(stream).await?;
    let mut received = 0;
    while let Some(message) = socket.next().await {
        if !matches!(message?, Message::Text(_) | Message::Binary(_)) {
            continue;
        }
        received += 1;
        if received == after {
            for message in messages {
                socket.send(message.clone()).await?;
            }
            if closes {
                let code = CloseCode::Normal;
                let reason = Utf8Bytes::default();
                socket.close(Some(CloseFrame { code, reason })).await?;
            }
        }
    }
    Ok(())
}
