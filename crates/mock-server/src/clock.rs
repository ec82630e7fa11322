//! Time as the emulated services see it.
//!
//! Idle limits, durations and pacing run on a [`Clock`], which is real time, a multiple of
//! it, or stands still until somebody advances it. Guards against hostile peers do not: they
//! use real time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// What moves a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMode {
    /// Real time, so many times as fast; 1 is real time itself.
    Times(u32),
    /// Nothing but [`Clock::advance`].
    Manual,
}

impl Default for ClockMode {
    fn default() -> Self {
        Self::Times(1)
    }
}

/// A clock that starts at zero. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Running { start: Instant, times: u32 },
    Manual(Arc<watch::Sender<Duration>>),
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub fn start(mode: ClockMode) -> Self {
        let source = match mode {
            ClockMode::Times(times) => Source::Running {
                start: Instant::now(),
                times: times.max(1),
            },
            ClockMode::Manual => Source::Manual(Arc::new(watch::Sender::new(Duration::ZERO))),
        };
        Self { source }
    }

    /// The time since the clock started.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &self.source {
            Source::Running { start, times } => start.elapsed() * *times,
            Source::Manual(now) => *now.borrow(),
        }
    }

    /// Waits until the clock tells `due`.
    pub async fn wait(&self, due: Duration) {
        match &self.source {
            Source::Running { start, times } => sleep_until(*start + due / *times).await,
            Source::Manual(now) => {
                let mut now = now.subscribe();
                // The sender lives in self, so waiting ends only when the time has come.
                let _ = now.wait_for(|now| *now >= due).await;
            }
        }
    }

    /// Moves a manual clock forward; `false` if the clock moves by itself.
    #[must_use]
    pub fn advance(&self, by: Duration) -> bool {
        match &self.source {
            Source::Running { .. } => false,
            Source::Manual(now) => {
                now.send_modify(|now| *now += by);
                true
            }
        }
    }

    /// The clock's mode in output: `real`, `x50`, `manual`.
    #[must_use]
    pub fn mode(&self) -> String {
        match &self.source {
            Source::Running { times: 1, .. } => "real".to_owned(),
            Source::Running { times, .. } => format!("x{times}"),
            Source::Manual(_) => "manual".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_faster_clock_waits_less() {
        let clock = Clock::start(ClockMode::Times(50));
        let before = Instant::now();
        clock.wait(Duration::from_secs(20)).await;
        assert_eq!(before.elapsed(), Duration::from_millis(400));
        assert_eq!(clock.now(), Duration::from_secs(20));
    }

    #[tokio::test]
    async fn a_manual_clock_stands_still_until_it_is_moved() {
        let clock = Clock::start(ClockMode::Manual);
        let other = clock.clone();
        let waiting = tokio::spawn(async move { other.wait(Duration::from_secs(20)).await });
        assert!(clock.advance(Duration::from_secs(19)));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert!(clock.advance(Duration::from_secs(1)));
        waiting.await.unwrap();
    }
}
