//! The loop against an independent WebSocket client, over memory and a paused clock.

mod hostile;
mod laws;
mod rfc6455;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::io::DuplexStream;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};
use wire::audio::{AudioFormat, Encoding, Endian};
use wire::clause::{Clause, Level, Source};
use wire::dialect::Deviation;
use wire::session::{
    Action, Conversation, Data, Decoded, Form, Protocol, Rule, Session, State, Step, Table, Turn,
};
use wire::speech::{Chunking, Speech, SpeechEvent, units_of};
use wire::ws::Limits;

use super::*;
use crate::clock::ClockMode;
use crate::fault::Plan;
use crate::journal::{Journal, Redactor, SessionInfo, guard};
use crate::lane::Lanes;
use crate::live::Surroundings;
use crate::options::{JournalMode, Pace};
use crate::scenario::Library;
use crate::scenario::Scenario;
use crate::sound::{SessionSound, SoundOptions};

const CLAUSE: Clause = Clause::new(
    "TST-AAAA",
    Level::Must,
    Source {
        page: "none",
        read: "never",
    },
    "A protocol for tests.",
);

static TABLE: Table = Table {
    states: &[State {
        name: "open",
        text: "anything goes",
    }],
    rules: &[
        Rule::client(&["open"], "echo", None, &CLAUSE),
        Rule::client(&["open"], "speak", None, &CLAUSE),
        Rule::client(&["open"], "bye", None, &CLAUSE),
        Rule::client(&["open"], "drop", None, &CLAUSE),
        Rule::server(&["open"], "echo", None, &CLAUSE),
        Rule::server(&["open"], "audio", None, &CLAUSE),
    ],
    order: &CLAUSE,
};

/// Echoes text, speaks when asked to, closes when asked to, and after 20 s without a message.
struct Parrot;

impl Parrot {
    fn rest(turn: &mut Turn<'_>) {
        turn.arm("idle", Duration::from_secs(20));
    }
}

impl Protocol for Parrot {
    type Message = String;

    fn decode(&self, _: Form, payload: &Bytes) -> Decoded<String> {
        let message = String::from_utf8_lossy(payload).into_owned();
        let kind = match message.as_str() {
            "speak" => "speak",
            "bye" => "bye",
            "drop" => "drop",
            _ => "echo",
        };
        Decoded {
            kind,
            message,
            findings: Vec::new(),
            credentials: Vec::new(),
        }
    }

    fn open(&mut self, turn: &mut Turn<'_>) {
        Self::rest(turn);
    }

    fn receive(&mut self, message: String, _: Step, turn: &mut Turn<'_>) {
        Self::rest(turn);
        match message.as_str() {
            "bye" => turn.close(1000, "bye"),
            "drop" => {
                turn.send("echo", Data::text("last words"));
                turn.act(Action::Abort);
            }
            "speak" => turn.speak(Speech {
                units: units_of("one two three four five six"),
                voice: "anna".to_owned(),
                speed_permille: 1000,
                pitch_permille: 1000,
                volume_permille: 1000,
                trailing_silence_ms: 0,
                format: AudioFormat {
                    encoding: Encoding::Pcm(Endian::Little),
                    rate_hz: 8000,
                },
                chunking: Chunking::Millis(500),
            }),
            _ => turn.send("echo", Data::text(message)),
        }
    }

    fn spoken(&mut self, event: SpeechEvent, turn: &mut Turn<'_>) {
        if let SpeechEvent::Audio { bytes, .. } = event {
            turn.send("audio", Data::binary(bytes));
        }
    }

    fn timer(&mut self, _: &'static str, turn: &mut Turn<'_>) {
        turn.close(1011, "idle");
    }

    fn deviate(&mut self, deviation: &Deviation, turn: &mut Turn<'_>) -> bool {
        let _ = (deviation, turn);
        false
    }
}

mod faults;

type Client = WebSocketStream<DuplexStream>;

/// A running session, its client, and what it leaves in the journal.
struct Run {
    client: Client,
    journal: Arc<Journal>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

async fn run(pace: Pace) -> Run {
    run_faulty(pace, "none").await
}

/// A session with the faults of a scenario.
async fn run_faulty(pace: Pace, scenario: &'static str) -> Run {
    let (near, far) = tokio::io::duplex(64 << 10);
    let parrot = Box::new(Conversation::new(&TABLE, Parrot));
    let served = serve_faulty(parrot, near, pace, ClockMode::default(), scenario);
    let client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    Run {
        client,
        journal: served.journal,
        stop: served.stop,
        task: served.task,
    }
}

/// A session at work on its end of a pipe.
struct Served {
    journal: Arc<Journal>,
    stop: CancellationToken,
    clock: Clock,
    heavy: Arc<Semaphore>,
    task: tokio::task::JoinHandle<()>,
}

fn serve(session: Box<dyn Session>, near: DuplexStream, pace: Pace, mode: ClockMode) -> Served {
    serve_faulty(session, near, pace, mode, "none")
}

fn serve_faulty(
    session: Box<dyn Session>,
    near: DuplexStream,
    pace: Pace,
    mode: ClockMode,
    scenario: &'static str,
) -> Served {
    let journal = Arc::new(Journal::new(1 << 20, JournalMode::On, None).unwrap());
    let stop = CancellationToken::new();
    let clock = Clock::start(mode);
    let heavy = Arc::new(Semaphore::new(1));
    let task = tokio::spawn({
        let (journal, stop, clock) = (Arc::clone(&journal), stop.clone(), clock.clone());
        let heavy = Arc::clone(&heavy);
        async move {
            work(
                session,
                near,
                pace,
                scenario,
                (&journal, &stop, &clock, &heavy),
            )
            .await;
        }
    });
    Served {
        journal,
        stop,
        clock,
        heavy,
        task,
    }
}

/// A session from its opening to its end.
async fn work(
    session: Box<dyn Session>,
    near: impl Socket,
    pace: Pace,
    scenario: &str,
    (journal, stop, clock, heavy): (&Journal, &CancellationToken, &Clock, &Semaphore),
) {
    let info = SessionInfo {
        lane: "test".to_owned(),
        connection: 1,
        endpoint: None,
        status: 101,
        request: String::new(),
        scenario: None,
    };
    let lanes = Lanes::new(&[]);
    let lane = lanes.enter("test").unwrap();
    let recorder = journal.open(info, Redactor::default(), Arc::clone(&lane));
    let Some(endpoint) = wire::registry::endpoints().next() else {
        unreachable!("something is served")
    };
    let library = Library::default();
    let scenario = Scenario::parse(scenario).unwrap();
    let plan = Plan::new(scenario.orders(), endpoint, &lane, 1, 0).unwrap();
    let around = Surroundings {
        connection: 1,
        library: &library,
        scenario: None,
        endpoint,
        seed: 0,
        lane,
        lanes: &lanes,
        chosen: None,
        clock,
        pace,
        sound: SessionSound {
            options: &SoundOptions::default(),
            seed: 0,
            kept: &Arc::default(),
        },
        limits: Limits::default(),
        extension: None,
        heavy,
        close_time: Duration::from_secs(10),
        recorder: &recorder,
    };
    let mut live = Live::open(session, plan, around);
    drive(&mut live, near, Bytes::new(), clock, stop).await;
}

impl Run {
    async fn next(&mut self) -> Message {
        self.client.next().await.unwrap().unwrap()
    }

    fn findings(&self) -> usize {
        guard(&self.journal.sessions()[0]).findings_count()
    }
}

fn ending(journal: &Journal) -> (u16, &'static str) {
    let sessions = journal.sessions();
    let record = guard(&sessions[0]);
    let ending = record.ending().unwrap();
    (ending.code, ending.by.name())
}

fn close_of(message: Message) -> (u16, String) {
    match message {
        Message::Close(Some(CloseFrame { code, reason })) => (code.into(), reason.to_string()),
        other => panic!("{other:?} is no close frame with a code"),
    }
}

#[tokio::test(start_paused = true)]
async fn messages_and_pings_are_answered() {
    let mut run = run(Pace::Burst).await;
    run.client.send(Message::text("hello")).await.unwrap();
    assert_eq!(run.next().await, Message::text("hello"));
    let ping = Message::Ping(Bytes::from_static(b"x"));
    run.client.send(ping).await.unwrap();
    assert_eq!(run.next().await, Message::Pong(Bytes::from_static(b"x")));
}

#[tokio::test(start_paused = true)]
async fn a_client_close_is_echoed_with_its_code() {
    let mut run = run(Pace::Burst).await;
    let close = CloseFrame {
        code: 4321.into(),
        reason: "enough".into(),
    };
    run.client.close(Some(close)).await.unwrap();
    assert_eq!(close_of(run.next().await).0, 4321);
    run.task.await.unwrap();
    assert_eq!(ending(&run.journal), (4321, "client"));
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_is_closed_when_the_timer_runs_out() {
    let mut run = run(Pace::Burst).await;
    let before = Instant::now();
    assert_eq!(close_of(run.next().await), (1011, "idle".to_owned()));
    assert_eq!(before.elapsed(), Duration::from_secs(20));
    assert_eq!(ending(&run.journal), (1011, "server"));
}

#[tokio::test(start_paused = true)]
async fn a_close_that_is_never_answered_ends_after_the_guard() {
    let mut run = run(Pace::Burst).await;
    let before = Instant::now();
    run.client.send(Message::text("bye")).await.unwrap();
    // The client does not read, so it does not answer.
    run.task.await.unwrap();
    assert_eq!(before.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_connection_still_says_what_was_said_before() {
    let mut run = run(Pace::Burst).await;
    run.client.send(Message::text("drop")).await.unwrap();
    assert_eq!(run.next().await, Message::text("last words"));
    let end = run.client.next().await;
    assert!(!matches!(end, Some(Ok(_))), "no close frame: {end:?}");
    run.task.await.unwrap();
    assert_eq!(ending(&run.journal), (1006, "server"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_closes_and_reads_nothing_is_let_go() {
    let mut run = run(Pace::Burst).await;
    run.client.send(Message::text("speak")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = Instant::now();
    // More than the pipe holds, less than stops the reading: the answer to the close waits.
    for _ in 0..5 {
        let message = Message::text("x".repeat(20_000));
        run.client.send(message).await.unwrap();
    }
    run.client.send(Message::Close(None)).await.unwrap();
    run.task.await.unwrap();
    assert_eq!(before.elapsed(), Duration::from_secs(10));
}

#[tokio::test(start_paused = true)]
async fn stopping_closes_with_1001() {
    let mut run = run(Pace::Burst).await;
    run.stop.cancel();
    assert_eq!(close_of(run.next().await).0, 1001);
}

#[tokio::test(start_paused = true)]
async fn stopping_does_not_wait_long_for_a_client_that_does_not_answer() {
    let run = run(Pace::Burst).await;
    let before = Instant::now();
    run.stop.cancel();
    run.task.await.unwrap();
    assert_eq!(before.elapsed(), Duration::from_secs(1));
    assert_eq!(ending(&run.journal), (1001, "server"));
}

#[tokio::test(start_paused = true)]
async fn a_vanished_client_is_1006() {
    let run = run(Pace::Burst).await;
    drop(run.client);
    run.task.await.unwrap();
    assert_eq!(ending(&run.journal), (1006, "client"));
}

#[tokio::test(start_paused = true)]
async fn a_broken_frame_is_a_finding_and_ends_with_1002() {
    use tokio::io::AsyncWriteExt as _;
    let mut run = run(Pace::Burst).await;
    // An unmasked text frame.
    run.client.get_mut().write_all(b"\x81\x01a").await.unwrap();
    assert_eq!(close_of(run.next().await).0, 1002);
    assert_eq!(run.findings(), 1);
}

#[tokio::test(start_paused = true)]
async fn burst_audio_comes_at_once_and_real_time_audio_when_it_is_heard() {
    for (pace, expected_ms) in [
        (Pace::Burst, 0),
        (Pace::Times(1), 2500),
        (Pace::Times(5), 500),
    ] {
        let mut run = run(pace).await;
        let before = Instant::now();
        run.client.send(Message::text("speak")).await.unwrap();
        let mut bytes = 0;
        while bytes < 6 * 8000 {
            bytes += run.next().await.into_data().len();
        }
        assert_eq!(
            before.elapsed(),
            Duration::from_millis(expected_ms),
            "{pace:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_stops_the_speech_not_the_server() {
    let mut run = run(Pace::Burst).await;
    for _ in 0..20 {
        run.client.send(Message::text("speak")).await.unwrap();
    }
    // Nothing is read for a while; then a whole speech arrives all the same.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let mut bytes = 0;
    while bytes < 6 * 8000 {
        bytes += run.next().await.into_data().len();
    }
}
