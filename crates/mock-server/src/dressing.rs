//! A 101 as a fault wants it: the same head, sent otherwise than hyper would.

use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::clock::Clock;

/// How a 101 goes out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dressing {
    /// The pause behind each byte, if they go out one by one.
    pub(crate) gap: Option<Duration>,
    /// Whether its lines end in a bare LF.
    pub(crate) has_bare_lf: bool,
}

impl Dressing {
    /// The head as it goes out.
    pub(crate) fn dress(self, mut head: Vec<u8>) -> Vec<u8> {
        if self.has_bare_lf {
            head.retain(|byte| *byte != b'\r');
        }
        head
    }

    /// Sends a head that has been dressed; how many bytes of it the client was there for.
    pub(crate) async fn send(
        self,
        head: &[u8],
        io: &mut (impl AsyncWrite + Unpin),
        clock: &Clock,
    ) -> usize {
        let Some(gap) = self.gap else {
            let sent = io.write_all(head).await.is_ok() && io.flush().await.is_ok();
            return if sent { head.len() } else { 0 };
        };
        // One for the whole way: a manual clock waits for it between two bytes.
        let sleeper = clock.sleeper();
        for (sent, byte) in head.iter().enumerate() {
            if sent > 0 {
                let due = clock.now() + gap;
                tokio::select! {
                    biased;
                    () = sleeper.wait(due) => {}
                    () = sleeper.rest() => {}
                }
                sleeper.stir();
            }
            if io.write_all(&[*byte]).await.is_err() || io.flush().await.is_err() {
                return sent;
            }
        }
        head.len()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::time::Instant;

    use super::*;
    use crate::clock::ClockMode;

    const HEAD: &[u8] = b"HTTP/1.1 101\r\nUpgrade: websocket\r\n\r\n";

    #[tokio::test(start_paused = true)]
    async fn bytes_go_out_one_by_one_on_the_services_clock() {
        let clock = Clock::start(ClockMode::Times(10));
        let (mut near, mut far) = tokio::io::duplex(1);
        let gap = Some(Duration::from_millis(100));
        let dressing = Dressing {
            gap,
            has_bare_lf: false,
        };
        let began = Instant::now();
        let sending = tokio::spawn(async move { dressing.send(HEAD, &mut near, &clock).await });
        let mut seen = Vec::new();
        far.read_to_end(&mut seen).await.unwrap();
        assert_eq!(seen, HEAD);
        assert_eq!(sending.await.unwrap(), HEAD.len());
        let gaps = u32::try_from(HEAD.len() - 1).unwrap();
        // The timer of a paused clock is as fine as a millisecond.
        let least = Duration::from_millis(10) * gaps;
        assert!((least..least + Duration::from_millis(2) * gaps).contains(&began.elapsed()));
    }

    #[tokio::test]
    async fn a_manual_clock_sends_byte_after_byte_as_it_is_moved() {
        let clock = Clock::start(ClockMode::Manual);
        let other = clock.clone();
        let (mut near, mut far) = tokio::io::duplex(64);
        let dressing = Dressing {
            gap: Some(Duration::from_millis(100)),
            has_bare_lf: false,
        };
        let sending = tokio::spawn(async move { dressing.send(HEAD, &mut near, &other).await });
        tokio::task::yield_now().await;
        assert!(clock.advance(Duration::from_millis(450)).await);
        let mut seen = [0; 64];
        assert_eq!(far.read(&mut seen).await.unwrap(), 5);
        assert!(clock.advance(Duration::from_secs(10)).await);
        assert_eq!(sending.await.unwrap(), HEAD.len());
    }

    #[tokio::test]
    async fn a_client_that_leaves_ends_the_drip() {
        let clock = Clock::start(ClockMode::Times(1));
        let (mut near, far) = tokio::io::duplex(64);
        drop(far);
        let dressing = Dressing {
            gap: Some(Duration::from_secs(60)),
            has_bare_lf: false,
        };
        assert_eq!(dressing.send(HEAD, &mut near, &clock).await, 0);
    }

    #[test]
    fn lines_lose_their_carriage_returns() {
        let dressing = Dressing {
            gap: None,
            has_bare_lf: true,
        };
        assert_eq!(
            dressing.dress(HEAD.to_vec()),
            b"HTTP/1.1 101\nUpgrade: websocket\n\n"
        );
    }
}
