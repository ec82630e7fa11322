//! What to think of the clients, all in all.

use std::time::Duration;

use tokio::time::Instant;

use crate::journal::guard;
use crate::options::Strict;
use crate::server::Shared;

/// Whether the clients did right, and what speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether they pass. With [`Strict::Warn`] they do whatever was found.
    pub passed: bool,
    /// What was found, a line each, without credentials.
    pub reasons: Vec<String>,
}

/// How many findings are listed: who has so many needs no more.
const MOST_REASONS: usize = 1000;

/// How long may be spent on listing them: a server that ends has to end, whatever was said to it.
const LONGEST: Duration = Duration::from_millis(300);

impl Shared {
    /// The verdict on one lane, or on all.
    pub(crate) fn verdict(&self, lane: Option<&str>) -> Verdict {
        // What a scenario expects has been asked for: it counts however strict the rest is taken.
        let lanes = self.lanes.chosen(lane);
        let mut reasons: Vec<String> = lanes
            .iter()
            .flat_map(|lane| lane.disappointments())
            .collect();
        let is_as_expected = reasons.is_empty();
        if self.options.strict == Strict::Ignore {
            return Verdict {
                passed: is_as_expected,
                reasons,
            };
        }
        reasons.extend(self.oddities(lane));
        Verdict {
            passed: is_as_expected && (reasons.is_empty() || self.options.strict == Strict::Warn),
            reasons,
        }
    }

    /// What was found about the clients of one lane, or of all, and the faults that never fired.
    fn oddities(&self, lane: Option<&str>) -> Vec<String> {
        let mut reasons = Vec::new();
        let began = Instant::now();
        for record in self.journal.sessions() {
            if began.elapsed() > LONGEST {
                break;
            }
            let mut record = guard(&record);
            if lane.is_none_or(|lane| lane == record.lane()) {
                reasons.extend(record.reasons());
            }
            if reasons.len() >= MOST_REASONS {
                reasons.truncate(MOST_REASONS);
                break;
            }
        }
        // Numbers are kept when records are not.
        let shown = u64::try_from(reasons.len()).unwrap_or(u64::MAX);
        let found = self.lanes.tally(lane).scored();
        if found > shown {
            let more = found - shown;
            reasons.push(format!("{more} more findings, which are not listed here"));
        }
        for lane in self.lanes.chosen(lane) {
            let unfired = lane.unfired().into_iter();
            reasons.extend(
                unfired.map(|fault| format!("lane {}: fault {fault} never fired", lane.name)),
            );
        }
        reasons
    }
}
