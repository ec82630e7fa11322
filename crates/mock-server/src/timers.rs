//! The timers of one session: a few names, each with an instant of the services' clock.

use std::time::Duration;

/// Armed timers.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    armed: Vec<(&'static str, Duration)>,
}

impl Timers {
    /// Sets a timer, again if it runs already.
    pub(crate) fn arm(&mut self, name: &'static str, due: Duration) {
        self.disarm(name);
        self.armed.push((name, due));
    }

    /// Takes a timer back.
    pub(crate) fn disarm(&mut self, name: &'static str) {
        self.armed.retain(|(armed, _)| *armed != name);
    }

    /// When the next timer is due.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.armed.iter().map(|(_, due)| *due).min()
    }

    /// Takes out the timer that is due first, if one is due at `now`.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<&'static str> {
        let (index, _) = self
            .armed
            .iter()
            .enumerate()
            .filter(|(_, (_, due))| *due <= now)
            .min_by_key(|(_, (_, due))| *due)?;
        Some(self.armed.remove(index).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_run_out_in_order_and_can_be_set_again() {
        let second = Duration::from_secs;
        let mut timers = Timers::default();
        timers.arm("late", second(3));
        timers.arm("idle", second(1));
        timers.arm("idle", second(2));
        assert_eq!(timers.take_due(second(1)), None);
        assert_eq!(timers.take_due(second(3)), Some("idle"));
        assert_eq!(timers.take_due(second(3)), Some("late"));
        assert_eq!(timers.next_due(), None);
    }
}
