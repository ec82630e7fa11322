//! The load generator. Every mode prints one JSON object.
//!
//! ```text
//! load capture   ADDRESS WORKLOAD SCRIPT          stores what a server answers
//! load sessions  ADDRESS WORKLOAD SCRIPT --concurrency 64 --seconds 2
//! load paced     ADDRESS WORKLOAD SCRIPT --streams 1000
//! load idle      ADDRESS WORKLOAD --connections 10000
//! ```
//!
//! `idle` prints a second object: the first when all connections are open; when a line comes on
//! standard input every connection is pinged, and the second says how many answered.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bench::frames::{PING, put_masked};
use bench::script::{Head, Message, Script};
use bench::session::{Arrivals, Open, Plan, run};
use bench::stats::Percentiles;
use bench::workload::{Closes, Workload};
use bytes::{Bytes, BytesMut};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio_tungstenite::tungstenite;

type Failure = Box<dyn Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let (words, options) = arguments()?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let option = |name: &str, default: u64| options.get(name).copied().unwrap_or(default);
    let local = LocalSet::new();
    match words.as_slice() {
        ["capture", address, workload, script] => {
            let script = Path::new(script);
            capture(address, &Workload::load(Path::new(workload))?, script).await
        }
        ["sessions", address, workload, script] => {
            let load = Rc::new(Load::new(address, workload, Some(script))?);
            let seconds = Duration::from_millis(option("--milliseconds", 2000));
            let sessions = sessions(load, option("--concurrency", 64), seconds);
            local.run_until(sessions).await
        }
        ["paced", address, workload, script] => {
            let load = Rc::new(Load::new(address, workload, Some(script))?);
            local
                .run_until(paced(load, option("--streams", 1000)))
                .await
        }
        ["idle", address, workload] => {
            let load = Rc::new(Load::new(address, workload, None)?);
            let connections = option("--connections", 10_000);
            local.run_until(idle(load, connections)).await
        }
        _ => Err("usage: load capture|sessions|paced|idle ADDRESS WORKLOAD [SCRIPT]".into()),
    }
}

/// Plain words, and options with numbers.
fn arguments() -> Result<(Vec<String>, BTreeMap<String, u64>), Failure> {
    let (mut words, mut options) = (Vec::new(), BTreeMap::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        if argument.starts_with("--") {
            let value = arguments.next().ok_or("an option without its number")?;
            options.insert(argument, value.parse()?);
        } else {
            words.push(argument);
        }
    }
    Ok((words, options))
}

fn say(value: &Value) {
    println!("{value}");
    // Whoever reads this has gone if it fails.
    let _ = std::io::stdout().flush();
}

/// A workload against a server, and how it went so far.
struct Load {
    workload: Workload,
    plan: Plan,
    upload: Bytes,
    /// What every session sends, if they all send the same.
    constant: Option<Bytes>,
    /// Sessions prepared and not yet used.
    prepared: RefCell<Vec<Bytes>>,
    next_id: Cell<u64>,
    done: Cell<u64>,
    failed: Cell<u64>,
    bytes: Cell<u64>,
    reasons: RefCell<BTreeMap<String, u64>>,
}

impl Load {
    fn new(address: &str, workload: &str, script: Option<&str>) -> Result<Self, Failure> {
        let workload = Workload::load(Path::new(workload))?;
        let script = script
            .map(|path| Script::load(Path::new(path)))
            .transpose()?;
        let plan = Plan {
            address: address.parse()?,
            handshake: workload.handshake(address),
            messages: script.map_or(0, |script| script.messages.len()),
            closes: workload.closes,
        };
        let upload = workload.upload();
        let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
        // No id comes twice, from whatever run against the same server.
        let first_id = u64::try_from(since.as_nanos())?;
        let constant = workload.is_constant().then(|| workload.sends(0, &upload));
        Ok(Self {
            constant,
            workload,
            plan,
            upload,
            prepared: RefCell::default(),
            next_id: Cell::new(first_id),
            done: Cell::default(),
            failed: Cell::default(),
            bytes: Cell::default(),
            reasons: RefCell::default(),
        })
    }

    /// Makes what so many sessions send, before time is taken.
    fn prepare(&self, sessions: usize) {
        if self.constant.is_none() {
            let made = (0..sessions).map(|_| self.make()).collect();
            self.prepared.replace(made);
        }
    }

    fn sends(&self) -> Bytes {
        if let Some(constant) = &self.constant {
            return constant.clone();
        }
        let prepared = self.prepared.borrow_mut().pop();
        prepared.unwrap_or_else(|| self.make())
    }

    fn make(&self) -> Bytes {
        let id = self.next_id.get();
        self.next_id.set(id + 1);
        self.workload.sends(id, &self.upload)
    }

    fn note(&self, outcome: &Result<u64, std::io::Error>) {
        match outcome {
            Ok(bytes) => {
                self.done.set(self.done.get() + 1);
                self.bytes.set(self.bytes.get() + bytes);
            }
            Err(error) => {
                self.failed.set(self.failed.get() + 1);
                let mut reasons = self.reasons.borrow_mut();
                *reasons.entry(error.to_string()).or_default() += 1;
            }
        }
    }

    fn say(&self, took: Duration, more: &Value) {
        let mut said = json!({
            "sessions": self.done.get(),
            "failed": self.failed.get(),
            "reasons": *self.reasons.borrow(),
            "bytes": self.bytes.get(),
            "seconds": took.as_secs_f64(),
        });
        if let (Value::Object(said), Value::Object(more)) = (&mut said, more) {
            said.extend(more.clone());
        }
        say(&said);
    }
}

/// One session as an independent client sees it.
async fn capture(address: &str, workload: &Workload, path: &Path) -> Result<(), Failure> {
    const SILENCE: Duration = Duration::from_millis(700);
    let mut request = tungstenite::client::IntoClientRequest::into_client_request(format!(
        "ws://{address}{}",
        workload.path
    ))?;
    for (name, value) in &workload.headers {
        let name: tungstenite::http::HeaderName = name.parse()?;
        request.headers_mut().append(name, value.parse()?);
    }
    let stream = TcpStream::connect(address).await?;
    let (mut socket, _) = tokio_tungstenite::client_async(request, stream).await?;
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let sends = workload.messages_of(u64::try_from(since.as_nanos())?);
    let after = sends.len();
    for message in sends {
        let message = match message {
            (true, payload) => tungstenite::Message::binary(payload),
            (false, payload) => tungstenite::Message::text(String::from_utf8(payload)?),
        };
        socket.feed(message).await?;
    }
    socket.flush().await?;
    let mut messages = Vec::new();
    let closes = loop {
        match tokio::time::timeout(SILENCE, socket.next()).await {
            Err(_) | Ok(None) => break false,
            Ok(Some(message)) => match message? {
                tungstenite::Message::Close(_) => break true,
                tungstenite::Message::Text(text) => messages.push(Message {
                    is_binary: false,
                    payload: text.into(),
                }),
                tungstenite::Message::Binary(payload) => messages.push(Message {
                    is_binary: true,
                    payload,
                }),
                _ => {}
            },
        }
    };
    if closes != (workload.closes == Closes::Server) {
        return Err("the workload says otherwise who closes".into());
    }
    let lengths: Vec<usize> = messages.iter().map(|it| it.payload.len()).collect();
    let head = Head { after, closes };
    Script { head, messages }.save(path)?;
    say(
        &json!({ "messages": lengths.len(), "bytes": lengths.iter().sum::<usize>(), "lengths": lengths }),
    );
    Ok(())
}

/// As many sessions as possible, so many at a time.
async fn sessions(load: Rc<Load>, concurrency: u64, time: Duration) -> Result<(), Failure> {
    load.prepare(usize::try_from(time.as_millis())? * 16);
    let times: Rc<RefCell<(Vec<u64>, Vec<u64>)>> = Rc::default();
    say(&json!({ "ready": true }));
    let began = Instant::now();
    let clients: Vec<_> = (0..concurrency)
        .map(|_| {
            let (load, times) = (Rc::clone(&load), Rc::clone(&times));
            tokio::task::spawn_local(async move {
                while began.elapsed() < time {
                    let sends = load.sends();
                    let outcome = run(&load.plan, &sends, Arrivals::Ignored).await;
                    let is_lost = outcome.is_err();
                    if let Ok(took) = &outcome {
                        let mut times = times.borrow_mut();
                        times.0.push(took.opened.as_micros() as u64);
                        times.1.push(took.first.as_micros() as u64);
                    }
                    load.note(&outcome.map(|took| took.bytes));
                    if is_lost {
                        // A server that refuses everything is not to be asked in a tight loop.
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                }
            })
        })
        .collect();
    for client in clients {
        client.await?;
    }
    let took = began.elapsed();
    let (opened, first) = times.take();
    let more = json!({ "opened_us": Percentiles::of(opened), "first_us": Percentiles::of(first) });
    load.say(took, &more);
    Ok(())
}

/// Streams in real time: how far from its time does every message come?
async fn paced(load: Rc<Load>, streams: u64) -> Result<(), Failure> {
    let answer = load.workload.answer.clone();
    let answer = answer.ok_or("the workload does not say what its audio is")?;
    load.prepare(usize::try_from(streams)?);
    let errors: Rc<RefCell<Vec<u64>>> = Rc::default();
    say(&json!({ "ready": true }));
    let began = Instant::now();
    let clients: Vec<_> = (0..streams)
        .map(|n| {
            let (load, errors, answer) = (Rc::clone(&load), Rc::clone(&errors), answer.clone());
            tokio::task::spawn_local(async move {
                // Spread over a second, as streams of people are.
                let start = Duration::from_micros(n * 1_000_000 / streams);
                tokio::time::sleep(start).await;
                let sends = load.sends();
                let outcome = run(&load.plan, &sends, Arrivals::Noted).await;
                if let Ok(took) = &outcome {
                    let mut sound = 0_u64;
                    let first = took.arrivals.first().map(|(at, _)| *at);
                    for (at, length) in &took.arrivals {
                        let due =
                            Duration::from_micros(sound * 1_000_000 / answer.bytes_per_second);
                        let since = first.map_or(Duration::ZERO, |first| *at - first);
                        errors
                            .borrow_mut()
                            .push(since.abs_diff(due).as_micros() as u64);
                        sound += length - answer.head_bytes.min(*length);
                    }
                }
                load.note(&outcome.map(|took| took.bytes));
            })
        })
        .collect();
    for client in clients {
        client.await?;
    }
    let more = json!({ "pacing_error_us": Percentiles::of(errors.take()) });
    load.say(began.elapsed(), &more);
    Ok(())
}

/// Connections that do nothing.
async fn idle(load: Rc<Load>, connections: u64) -> Result<(), Failure> {
    const AT_ONCE: u64 = 64;
    let began = Instant::now();
    let open: Rc<RefCell<Vec<Open>>> = Rc::default();
    let left = Rc::new(Cell::new(connections));
    let openers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (load, open, left) = (Rc::clone(&load), Rc::clone(&open), Rc::clone(&left));
            tokio::task::spawn_local(async move {
                while left.get() > 0 {
                    left.set(left.get() - 1);
                    let connected = Open::new(&load.plan).await;
                    load.note(
                        &connected
                            .as_ref()
                            .map(|_| 0)
                            .map_err(|e| std::io::Error::other(e.to_string())),
                    );
                    if let Ok((connection, _)) = connected {
                        open.borrow_mut().push(connection);
                    }
                }
            })
        })
        .collect();
    for opener in openers {
        opener.await?;
    }
    load.say(began.elapsed(), &json!({}));
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await??;
    let mut ping = BytesMut::new();
    put_masked(&mut ping, PING, b"there?");
    let mut answered = 0_u64;
    for mut connection in open.take() {
        let mut pongs = 0;
        if connection.send(&ping).await.is_ok() {
            while pongs == 0 && !connection.has_ended() {
                const PONG: u8 = 10;
                let read = connection.next(|frame| pongs += u64::from(frame.opcode == PONG));
                if read.await.is_err() {
                    break;
                }
            }
        }
        answered += pongs;
    }
    say(&json!({ "answered": answered }));
    Ok(())
}
