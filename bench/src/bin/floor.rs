//! The floor: a server that parses nothing and writes bytes that were made beforehand. No server
//! that speaks WebSocket can be faster on the same sockets.
//!
//! `floor SCRIPT`

use std::error::Error;
use std::io;
use std::path::Path;

use bench::ACCEPT;
use bench::frames::{CLOSE, put_plain};
use bench::script::{NORMAL, Script};
use bytes::{Bytes, BytesMut};
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// How much the kernel may queue unsent. More would leave the processor's cache before it is read.
const UNSENT: u32 = 128 << 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: floor SCRIPT")?;
    let script = Script::load(Path::new(&path))?;
    let (answer, closes) = (script.on_the_wire(), script.head.closes);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    // Connections inherit both.
    SockRef::from(&listener).set_tcp_notsent_lowat(UNSENT)?;
    SockRef::from(&listener).set_tcp_nodelay(true)?;
    println!("ready {}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let answer = answer.clone();
        // A client that goes away is its own business.
        tokio::spawn(async move { serve(stream, answer, closes).await.ok() });
    }
}

async fn serve(mut stream: TcpStream, answer: Bytes, closes: bool) -> io::Result<()> {
    let mut buffer = [0; 2048];
    let mut length = 0;
    while !buffer[..length].ends_with(b"\r\n\r\n") {
        match stream.read(&mut buffer[length..]).await? {
            0 => return Ok(()),
            more => length += more,
        }
    }
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {ACCEPT}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    if !answer.is_empty() {
        if stream.read(&mut buffer).await? == 0 {
            return Ok(());
        }
        stream.write_all(&answer).await?;
    }
    // The client's close frame.
    if stream.read(&mut buffer).await? == 0 {
        return Ok(());
    }
    if !closes {
        let mut close = BytesMut::new();
        put_plain(&mut close, CLOSE, &NORMAL);
        stream.write_all(&close).await?;
    }
    stream.shutdown().await?;
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}
