//! Faults of time, under a paused clock.

use super::*;

const AUDIO_BYTES: usize = 8000;

/// When each audio message of one speech comes, in milliseconds.
async fn audio_times(pace: Pace, scenario: &'static str) -> Vec<u128> {
    let mut run = run_faulty(pace, scenario).await;
    let before = Instant::now();
    run.client.send(Message::text("speak")).await.unwrap();
    let mut times = Vec::new();
    while times.len() < 6 {
        let message = run.next().await;
        if message.is_binary() {
            assert_eq!(message.len(), AUDIO_BYTES);
            times.push(before.elapsed().as_millis());
        }
    }
    times
}

#[tokio::test(start_paused = true)]
async fn slow_audio_comes_when_it_is_let_go() {
    for (pace, scenario, expected) in [
        (Pace::Burst, "slow-first-byte:ms=800", [800; 6]),
        (
            Pace::Burst,
            "slow-first-byte:ms=800,at=audio/3",
            [0, 0, 800, 800, 800, 800],
        ),
        (
            Pace::Burst,
            "slow-trickle:gap_ms=100,at=audio/2",
            [0, 100, 200, 300, 400, 500],
        ),
        (
            Pace::Times(1),
            "slow-trickle:gap_ms=700",
            [700, 1400, 2100, 2800, 3500, 4200],
        ),
        (
            Pace::Burst,
            "slow-first-byte:ms=50+slow-trickle:gap_ms=10",
            [60, 70, 80, 90, 100, 110],
        ),
    ] {
        assert_eq!(audio_times(pace, scenario).await, expected, "{scenario}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_pong_holds_up_nothing_else() {
    let mut run = run_faulty(Pace::Burst, "late-pong:ms=900").await;
    let before = Instant::now();
    let ping = Message::Ping(Bytes::from_static(b"x"));
    run.client.send(ping).await.unwrap();
    run.client.send(Message::text("hello")).await.unwrap();
    assert_eq!(run.next().await, Message::text("hello"));
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(run.next().await, Message::Pong(Bytes::from_static(b"x")));
    assert_eq!(before.elapsed(), Duration::from_millis(900));
}

#[tokio::test(start_paused = true)]
async fn pings_take_the_place_of_audio_for_a_time() {
    let scenario = "silent-but-pinging:ms=2500,every_ms=1000";
    let mut run = run_faulty(Pace::Burst, scenario).await;
    let before = Instant::now();
    run.client.send(Message::text("speak")).await.unwrap();
    for (n, ms) in [(b"1", 0), (b"2", 1000), (b"3", 2000)] {
        let ping = run.next().await;
        assert_eq!(ping, Message::Ping(Bytes::copy_from_slice(n)));
        assert_eq!(before.elapsed(), Duration::from_millis(ms));
    }
    assert!(run.next().await.is_binary());
    assert_eq!(before.elapsed(), Duration::from_millis(2500));
}

#[tokio::test(start_paused = true)]
async fn a_stalled_session_answers_pings_however_much_it_holds_back() {
    let mut run = run_faulty(Pace::Burst, "stall-midstream:at=audio/1").await;
    for n in 0..10 {
        run.client.send(Message::text("speak")).await.unwrap();
        let payload = Bytes::from(vec![n]);
        run.client
            .send(Message::Ping(payload.clone()))
            .await
            .unwrap();
        assert_eq!(run.next().await, Message::Pong(payload));
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_dropped_when_it_has_been_idle_long_enough() {
    let mut run = run_faulty(Pace::Burst, "stale-reuse:at=3000ms").await;
    let before = Instant::now();
    tokio::time::sleep(Duration::from_secs(2)).await;
    run.client.send(Message::text("hello")).await.unwrap();
    assert_eq!(run.next().await, Message::text("hello"));
    let end = run.client.next().await;
    assert!(!matches!(end, Some(Ok(_))), "no close frame: {end:?}");
    assert_eq!(before.elapsed(), Duration::from_secs(5));
    run.task.await.unwrap();
    assert_eq!(ending(&run.journal), (1006, "server"));
}

/// Nobody can tell any more where the client's answer to the close frame would begin.
#[tokio::test(start_paused = true)]
async fn a_broken_close_frame_ends_the_connection_at_once_while_faults_wait() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let (near, mut far) = tokio::io::duplex(64 << 10);
    let parrot = Box::new(Conversation::new(&TABLE, Parrot));
    let scenario = "half-open:at=audio/2";
    let served = serve_faulty(parrot, near, Pace::Burst, ClockMode::default(), scenario);
    let before = Instant::now();
    // A close frame with half a code.
    far.write_all(&[0x88, 0x81, 0, 0, 0, 0, 3]).await.unwrap();
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, [0x88, 2, 0x03, 0xEA]);
    assert_eq!(before.elapsed(), Duration::ZERO);
    drop(far);
    served.task.await.unwrap();
}
