//! Many numbers as a few.

use serde::Serialize;

/// What is told of a set of times, in microseconds.
#[derive(Debug, Default, Serialize)]
pub struct Percentiles {
    /// Half of them are shorter.
    pub p50: u64,
    /// 1 in 100 is longer.
    pub p99: u64,
    /// The longest.
    pub max: u64,
}

impl Percentiles {
    /// Of these times.
    #[must_use]
    pub fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let index = (times.len() * percent / 100).min(times.len().saturating_sub(1));
            times.get(index).copied().unwrap_or_default()
        };
        Self {
            p50: at(50),
            p99: at(99),
            max: at(100),
        }
    }
}
