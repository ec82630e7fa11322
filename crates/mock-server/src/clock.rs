//! Time as the emulated services see it.
//!
//! Idle limits, durations and pacing run on a [`Clock`], which is real time, a multiple of
//! it, or stands still until somebody advances it. Guards against hostile peers do not: they
//! use real time.
//!
//! A manual clock goes from one due time to the next and lets those that it wakes finish what
//! they do, so that a timer that is armed by another one runs when it should. For that it knows
//! its [`Sleeper`]s: when each is due, and whether it is busy.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::lock::lock;

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
    Manual(Arc<Manual>),
}

#[derive(Debug, Default)]
struct Manual {
    stand: Mutex<Stand>,
    /// Told whenever a sleeper comes to rest.
    rested: Notify,
    /// One advance at a time.
    advancing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Stand {
    now: Duration,
    last_id: u64,
    sleepers: BTreeMap<u64, Sleep>,
}

#[derive(Debug, Default)]
struct Sleep {
    due: Option<Duration>,
    is_busy: bool,
    waker: Option<Waker>,
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
            ClockMode::Manual => Source::Manual(Arc::default()),
        };
        Self { source }
    }

    /// The time since the clock started.
    #[must_use]
    pub fn now(&self) -> Duration {
        match &self.source {
            Source::Running { start, times } => start.elapsed() * *times,
            Source::Manual(manual) => manual.lock().now,
        }
    }

    /// Somebody who sleeps by this clock.
    #[must_use]
    pub(crate) fn sleeper(&self) -> Sleeper<'_> {
        let id = match &self.source {
            Source::Running { .. } => 0,
            Source::Manual(manual) => {
                let mut stand = manual.lock();
                stand.last_id += 1;
                let id = stand.last_id;
                let sleep = Sleep {
                    is_busy: true,
                    ..Sleep::default()
                };
                stand.sleepers.insert(id, sleep);
                id
            }
        };
        Sleeper { clock: self, id }
    }

    /// Waits until the clock tells `due`.
    pub async fn wait(&self, due: Duration) {
        let sleeper = self.sleeper();
        tokio::select! {
            biased;
            () = sleeper.wait(due) => {}
            () = sleeper.rest() => {}
        }
    }

    /// Moves a manual clock forward, from one due time to the next, and returns when everybody
    /// who was woken is at rest again; `false` if the clock moves by itself.
    pub async fn advance(&self, by: Duration) -> bool {
        let Source::Manual(manual) = &self.source else {
            return false;
        };
        let _turn = manual.advancing.lock().await;
        manual.settle().await;
        let target = manual.lock().now.saturating_add(by);
        while manual.wake_next(target) {
            manual.settle().await;
        }
        true
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

impl Manual {
    /// Goes to the next due time up to `target`, and wakes who is due then. `false` if nobody
    /// is; the clock tells `target` then.
    fn wake_next(&self, target: Duration) -> bool {
        let mut stand = self.lock();
        let dues = stand.sleepers.values().filter_map(|sleep| sleep.due);
        let next = dues.min().filter(|due| *due <= target);
        stand.now = next.unwrap_or(target).max(stand.now);
        let now = stand.now;
        for sleep in stand.sleepers.values_mut() {
            if sleep.due.is_some_and(|due| due <= now) {
                sleep.is_busy = true;
                sleep.due = None;
                if let Some(waker) = sleep.waker.take() {
                    waker.wake();
                }
            }
        }
        next.is_some()
    }

    /// Waits until nobody is busy.
    async fn settle(&self) {
        loop {
            let rested = self.rested.notified();
            tokio::pin!(rested);
            // From here on nothing is missed.
            rested.as_mut().enable();
            if !self.lock().sleepers.values().any(|sleep| sleep.is_busy) {
                return;
            }
            rested.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Stand> {
        lock(&self.stand)
    }
}

/// Somebody who sleeps by a clock, and whom a manual clock lets finish.
#[derive(Debug)]
pub(crate) struct Sleeper<'c> {
    clock: &'c Clock,
    id: u64,
}

impl Sleeper<'_> {
    /// Waits until the clock tells `due`.
    pub(crate) async fn wait(&self, due: Duration) {
        match &self.clock.source {
            Source::Running { start, times } => {
                let due = *start + due / *times;
                // Timers are as coarse as a millisecond. What is late already need not wait for
                // one, only for its turn.
                match due <= Instant::now() {
                    true => tokio::task::yield_now().await,
                    false => sleep_until(due).await,
                }
            }
            Source::Manual(manual) => {
                Waiting {
                    manual,
                    id: self.id,
                    due,
                }
                .await;
            }
        }
    }

    /// Never completes. Polled after everything else that may happen, it tells a manual clock
    /// that there is nothing to do for now.
    pub(crate) async fn rest(&self) {
        if let Source::Manual(manual) = &self.clock.source {
            self.note(manual, false);
        }
        std::future::pending::<()>().await;
    }

    /// There is something to do again.
    pub(crate) fn stir(&self) {
        if let Source::Manual(manual) = &self.clock.source {
            self.note(manual, true);
        }
    }

    fn note(&self, manual: &Manual, is_busy: bool) {
        if let Some(sleep) = manual.lock().sleepers.get_mut(&self.id) {
            sleep.is_busy = is_busy;
        }
        manual.rested.notify_waiters();
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        if let Source::Manual(manual) = &self.clock.source {
            manual.lock().sleepers.remove(&self.id);
            manual.rested.notify_waiters();
        }
    }
}

/// The future of [`Sleeper::wait`] on a manual clock.
struct Waiting<'m> {
    manual: &'m Manual,
    id: u64,
    due: Duration,
}

impl Future for Waiting<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut stand = self.manual.lock();
        let is_due = stand.now >= self.due;
        if let Some(sleep) = stand.sleepers.get_mut(&self.id) {
            sleep.due = (!is_due).then_some(self.due);
            sleep.waker = (!is_due).then(|| context.waker().clone());
        }
        match is_due {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Who stops waiting is not due any more.
        if let Some(sleep) = self.manual.lock().sleepers.get_mut(&self.id) {
            sleep.due = None;
            sleep.waker = None;
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
        tokio::task::yield_now().await;
        assert!(clock.advance(Duration::from_secs(19)).await);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert!(clock.advance(Duration::from_secs(1)).await);
        waiting.await.unwrap();
    }

    #[tokio::test]
    async fn timers_of_several_sleepers_run_in_order_and_at_their_time() {
        let clock = Clock::start(ClockMode::Manual);
        let log = Arc::new(Mutex::new(Vec::new()));
        let second = Duration::from_secs;
        for (name, every) in [("a", second(3)), ("b", second(5))] {
            let (clock, log) = (clock.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                let sleeper = clock.sleeper();
                let mut due = every;
                loop {
                    tokio::select! {
                        biased;
                        () = sleeper.wait(due) => {}
                        () = sleeper.rest() => {}
                    }
                    // Some work that takes more than one turn of the scheduler.
                    tokio::task::yield_now().await;
                    log.lock().unwrap().push((name, clock.now().as_secs()));
                    due = clock.now() + every;
                }
            });
        }
        tokio::task::yield_now().await;
        assert!(clock.advance(second(10)).await);
        let seen = log.lock().unwrap().clone();
        assert_eq!(seen, [("a", 3), ("b", 5), ("a", 6), ("a", 9), ("b", 10)]);
        assert_eq!(clock.now(), second(10));
    }

    #[tokio::test]
    async fn a_running_clock_cannot_be_moved() {
        let clock = Clock::start(ClockMode::Times(1));
        assert!(!clock.advance(Duration::from_secs(1)).await);
    }
}
